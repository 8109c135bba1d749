//! The event log: append with an expected version, one gapless order, idempotent by id *and* content.
//!
//! Two logs keep the same promises (`tests/log_contract.rs`): [`sqlite::SqliteLog`], the log of record, and
//! [`memory::MemoryLog`], for tests that need no file.

pub mod memory;
pub mod sqlite;

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;

use events::{EventId, NewEvent, Personal, Position, Recorded, StreamId, Version};
use serde::Serialize;
use tokio::sync::watch;
use ts_rs::TS;

use crate::keys::Pseudonyms;
pub use crate::unmasking::Rights;

/// The most facts one read returns.
pub const BATCH_MAX: usize = 4_096;

/// What the writer expects of a stream before it appends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing.
    Any,
    /// That it does not exist yet.
    NoStream,
    /// That this is its last version.
    Exact(Version),
}

/// What became of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The last fact's position.
    pub position: Position,
    /// Whether all of them were there already, from an earlier delivery of the same ids.
    pub already_present: bool,
}

/// What became of facts that may have been delivered before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ingested {
    /// Facts written now.
    pub n_written: u64,
    /// Facts that the log held already, with the same content.
    pub n_present: u64,
    /// Indices (into what was given) of facts whose id the log holds with *other* content; they were not written.
    pub conflicts: Vec<usize>,
}

/// A fact with its payload as it lies in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The fact.
    pub fact: Recorded,
    /// Its payload, byte for byte.
    pub payload: events::codec::Encoded,
}

/// How a personal text came through the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Showing {
    /// With what is personal hidden.
    Masked,
    /// As it is; that is recorded.
    Unmasked,
    /// Not at all: the customer's texts are kept, but neither shown nor used.
    Restricted,
    /// Not at all: the customer's texts were erased.
    Erased,
    /// Not at all: the log's keys are not here, or their keeper does not give them.
    Locked,
    /// Not at all: it was changed after it was sealed.
    Damaged,
}

/// A personal text as far as a reader may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The texts; none when they are not shown at all.
    pub personal: Personal,
    /// How they are shown.
    pub showing: Showing,
}

/// Where a reader of facts in the order of their occurrence stands: after this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OccurredCursor {
    /// When the last fact read happened.
    pub at: events::Moment,
    /// Where it stands in the log.
    pub position: Option<Position>,
}

impl Default for OccurredCursor {
    fn default() -> Self {
        Self { at: events::Moment(i64::MIN), position: None }
    }
}

/// Why the log cannot do what it is asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// Somebody else appended first.
    #[error("stream {stream} stands at {actual:?}, not at {expected:?}")]
    Conflict {
        /// The stream.
        stream: StreamId,
        /// What was expected.
        expected: Expected,
        /// Its last version, if it exists.
        actual: Option<Version>,
    },
    /// The id is in the log with other content.
    #[error("event {id} stands at position {} with other content", position.0)]
    IdConflict {
        /// The id.
        id: EventId,
        /// Where it stands.
        position: Position,
    },
    /// The log cannot be read at a position.
    #[error("the log cannot be read at position {}: {detail}", position.0)]
    Damaged {
        /// The first position that cannot be read.
        position: Position,
        /// What was found.
        detail: String,
    },
    /// The file behind the log is in trouble.
    #[error("{detail}: {}", path.display())]
    File {
        /// Which trouble.
        code: crate::verbs::Trouble,
        /// What exactly.
        detail: String,
        /// The file.
        path: PathBuf,
    },
    /// The log was closed while it was asked.
    #[error("the log is closed")]
    Closed,
}

/// An append-only log of facts.
pub trait EventLog: Send + Sync {
    /// Appends to one stream, all or nothing, and returns once it is durable.
    ///
    /// Delivering the same ids with the same content again changes nothing and answers as the first time, whatever
    /// version is expected.
    ///
    /// # Errors
    /// [`LogError::Conflict`] when the stream stands elsewhere, [`LogError::IdConflict`] when an id is taken by other
    /// content, and what the storage says.
    fn append(
        &self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> impl Future<Output = Result<Appended, LogError>> + Send;

    /// Appends facts of any streams, all or nothing, leaving out those that are there already; returns once durable.
    ///
    /// `then` is told what became of them and may add bookkeeping facts to the same transaction; those are not counted.
    ///
    /// # Errors
    /// What the storage says. Ids taken by other content are not errors but listed in the answer.
    fn ingest(
        &self,
        events: Vec<NewEvent>,
        then: impl FnOnce(&Ingested) -> Vec<NewEvent> + Send + 'static,
    ) -> impl Future<Output = Result<Ingested, LogError>> + Send;

    /// All facts of one stream, in its order.
    ///
    /// # Errors
    /// What the storage says.
    fn stream(&self, stream: &StreamId) -> impl Future<Output = Result<Vec<Stored>, LogError>> + Send;

    /// Up to `limit` (at most [`BATCH_MAX`]) facts from position `from` on, in log order.
    ///
    /// # Errors
    /// [`LogError::Damaged`] with the first position that cannot be read, and what the storage says.
    fn read(&self, from: u64, limit: usize) -> impl Future<Output = Result<Vec<Recorded>, LogError>> + Send;

    /// Up to `limit` (at most [`BATCH_MAX`]) facts after `cursor` that occurred until `until`, in the order of their
    /// occurrence and, within one moment, of the log.
    ///
    /// # Errors
    /// What the storage says.
    fn read_occurred(
        &self,
        cursor: OccurredCursor,
        until: events::Moment,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Recorded>, LogError>> + Send;

    /// The facts at these positions, in their order; unknown positions are left out.
    ///
    /// # Errors
    /// What the storage says.
    fn at(&self, positions: &[Position]) -> impl Future<Output = Result<Vec<Stored>, LogError>> + Send;

    /// As [`read`](Self::read), with the payloads as they are stored; slower, for exports.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    fn stored(&self, from: u64, limit: usize) -> impl Future<Output = Result<Vec<Stored>, LogError>> + Send;

    /// The one door to personal text: what these positions hold, as far as `rights` go.
    ///
    /// # Errors
    /// What the storage says.
    fn personal(
        &self,
        positions: &[Position],
        rights: &Rights,
    ) -> impl Future<Output = Result<BTreeMap<Position, Shown>, LogError>> + Send;

    /// How this log names customers.
    ///
    /// # Errors
    /// [`LogError::File`] when the log's keys are not here.
    fn pseudonyms(&self) -> Result<Pseudonyms, LogError> {
        Ok(Pseudonyms::of_no_secret())
    }

    /// The file the log lies in, if it lies in one. Nobody else may open it: closing a second handle drops SQLite's locks.
    fn file(&self) -> Option<&std::path::Path> {
        None
    }

    /// How many facts the log holds; changes when facts become durable.
    fn head(&self) -> watch::Receiver<u64>;
}

/// Whether a fact delivered again is the one that is there: stream, type, schema, time and payload, not who brought it.
fn same_content(there: &Stored, again: &NewEvent) -> bool {
    there.fact.stream == again.stream && there.fact.occurred_at == again.occurred_at && there.payload == again.body
}

/// Whether two facts of one batch are one fact delivered twice, by the same reading as [`same_content`].
fn delivered_twice(a: &NewEvent, b: &NewEvent) -> bool {
    a.stream == b.stream && a.occurred_at == b.occurred_at && a.body == b.body
}

/// Applies `rights` to a personal text.
fn through_the_door(personal: Personal, rights: &Rights) -> Shown {
    if rights.plain(personal.subject.as_deref()) {
        return Shown { personal, showing: Showing::Unmasked };
    }
    Shown { personal: crate::mask::masked(personal), showing: Showing::Masked }
}
