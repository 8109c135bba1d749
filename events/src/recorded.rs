//! The envelope: where and when a fact was recorded, by whom, and what of it is personal.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};
use ts_rs::TS;
use uuid::{Builder, Uuid};

use crate::{Body, codec};

/// A place in the whole log: 0, 1, 2, … without gaps. The next issue's Merkle leaf has the same index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct Position(#[ts(type = "number")] pub u64);

/// A place in one stream: 0, 1, 2, … without gaps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub u64);

/// A point in time: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Well inside ±2^53, so it crosses to the window as an exact number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct Moment(#[ts(type = "number")] pub i64);

impl Moment {
    /// The moment `secs` whole seconds later (earlier when negative); stops at the ends of the range.
    #[must_use]
    pub fn plus_secs(self, secs: i64) -> Self {
        Self(self.0.saturating_add(secs.saturating_mul(1_000_000)))
    }

    /// Microseconds from `earlier` to this moment; negative when `earlier` is in fact later.
    #[must_use]
    pub fn micros_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// The longest stream name accepted, in bytes.
pub const STREAM_BYTES_MAX: usize = 200;

/// The name of a stream: `<noun>-<id>`, printable, at most [`STREAM_BYTES_MAX`] bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
pub struct StreamId(String);

/// Why a text is not a stream name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stream name is <noun>-<id>, printable, at most {STREAM_BYTES_MAX} bytes, not {0:?}")]
pub struct StreamIdError(pub String);

impl StreamId {
    /// Names the stream of one `noun` by its `id`.
    ///
    /// # Errors
    /// When the name has control characters, has no id, or is too long.
    pub fn new(noun: &str, id: &str) -> Result<Self, StreamIdError> {
        Self::try_from(format!("{noun}-{id}"))
    }

    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the stream is about: the part before the first `-`.
    #[must_use]
    pub fn noun(&self) -> &str {
        self.0.split_once('-').map_or("", |(noun, _)| noun)
    }

    /// Which one: the part after the first `-`.
    #[must_use]
    pub fn id(&self) -> &str {
        self.0.split_once('-').map_or("", |(_, id)| id)
    }
}

impl TryFrom<String> for StreamId {
    type Error = StreamIdError;

    fn try_from(name: String) -> Result<Self, StreamIdError> {
        let parts = name.split_once('-').is_some_and(|(noun, id)| !noun.is_empty() && !id.is_empty());
        if !parts || name.len() > STREAM_BYTES_MAX || name.chars().any(char::is_control) {
            return Err(StreamIdError(name));
        }
        Ok(Self(name))
    }
}

impl From<StreamId> for String {
    fn from(stream: StreamId) -> Self {
        stream.0
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The identity of a fact, the same however often it is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct EventId(#[ts(type = "string")] pub Uuid);

/// The namespace of every id that Retrace derives (itself a UUIDv5 of the word in the URL namespace).
const RETRACE: Uuid = Uuid::from_u128(0x7d5c_2f4e_53a1_5b0e_9f52_6a1f_0d1c_9a77);

impl EventId {
    /// Derives the id of what `native` names in `source`: the same two texts give the same id for ever, so
    /// importing twice adds nothing.
    #[must_use]
    pub fn derived(source: &str, native: &str) -> Self {
        let name = [RETRACE.as_bytes(), source.as_bytes(), b"\n", native.as_bytes()];
        let digest = name.iter().fold(Sha1::new(), |digest, part| digest.chain_update(part)).finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        #[allow(clippy::disallowed_methods, reason = "this is the one place that derives ids")]
        let id = Builder::from_sha1_bytes(bytes).into_uuid();
        Self(id)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// How a fact's time is known.
///
/// A source may give some of its events no time. Such a fact takes the moment of the one before it in the source's own
/// order (or 1970-01-01T00:00:00Z where none has any) and is [`Timing::Unknown`]: nothing shows or counts that moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// The source says when.
    #[default]
    Recorded,
    /// It follows from something else that the source says: a neighbouring event, a number that holds a time.
    Derived,
    /// The source does not say; only its place in the order is known.
    Unknown,
}

impl Timing {
    fn recorded(&self) -> bool {
        *self == Self::Recorded
    }
}

/// Who recorded a fact and what led to it. Holds no personal data of customers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Meta {
    /// Where the fact comes from: a source's name such as `anonymous-bank`, or `desk`. CloudEvents `source`.
    pub source: String,
    /// Who acted: `importer`, `simulator`, `person:<name>`, or a policy with its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The intent or import that this fact belongs to. CloudEvents `correlationid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<String>,
    /// The fact that led to this one. CloudEvents `causationid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation: Option<EventId>,
    /// How its time is known.
    #[serde(default, skip_serializing_if = "Timing::recorded")]
    pub timing: Timing,
    /// Its place in the source's own order within its stream, from 0, where the source has one: its times may be too
    /// coarse to tell which of two came first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    /// The leg of its conversation that it is about, by the source's id, where the source tells legs apart and promises no
    /// order of delivery: folds then settle the conversation by time and `place`, whatever came first
    /// (projections/adr/0006).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leg: Option<String>,
}

/// The personal text of a fact, kept apart from the facets that folds read.
///
/// It is reached only through the log's one door, with a lens's rights; a fold never sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Personal {
    /// The customer that the text is about, if it is known which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The texts by name: `text`, `name`, `phone`, `comment`, `original` …
    pub texts: BTreeMap<String, String>,
}

/// A fact that is to be recorded: it has no position yet.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    /// The stream it belongs to.
    pub stream: StreamId,
    /// Its identity, chosen by whoever saw it first.
    pub id: EventId,
    /// When it happened, by the world's clock.
    pub occurred_at: Moment,
    /// Who recorded it and why.
    pub meta: Meta,
    /// Its type and payload, as bytes.
    pub body: codec::Encoded,
    /// Its personal text, if it has any.
    pub personal: Option<Personal>,
}

/// A fact of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Its place in the log.
    pub position: Position,
    /// The stream it belongs to.
    pub stream: StreamId,
    /// Its place in that stream.
    pub version: Version,
    /// Its identity.
    pub id: EventId,
    /// When it happened, by the world's clock. May lie before an earlier position's: sources are late.
    pub occurred_at: Moment,
    /// When it was written here; never decreases along the log.
    pub recorded_at: Moment,
    /// Who recorded it and why.
    pub meta: Meta,
    /// What happened, or why that cannot be read.
    pub body: Body,
}
