//! Proofs that leave the machine: that an event is in the log, and that the log only grew.
//!
//! Both are texts that a stranger can check with the log's verifier key and nothing of ours: `c2sp.org/tlog-proof` for
//! one event, its envelope in the `extra` line; and for two sizes of the log the body of an `add-checkpoint` request,
//! which is what a witness is sent. Every proof is checked before it is given away.
//!
//! Source: c2sp.org/tlog-proof, c2sp.org/tlog-witness, RFC 6962 §2.1.1 and §2.1.2.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use events::{EventId, Moment, Position};
use sqlx::SqliteConnection;

use crate::envelope::Hasher;
use crate::log::LogError;
use crate::log::sqlite::{open_raw, raw};
use crate::merkle::{Hash, consistency, consistent, included, inclusion, leaf};
use crate::note::{Checkpoint, Head, NoteError, Verifier, head_of};
use crate::verbs::Trouble;

/// The first line of a proof of one event.
pub const TLOG_PROOF: &str = "c2sp.org/tlog-proof@v1";

/// Which event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one that stands here.
    At(Position),
    /// The one of this id.
    Of(EventId),
}

/// Which size of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Size {
    /// This many events.
    Events(u64),
    /// As a checkpoint says that a person holds.
    Note(String),
}

/// The proof that one event is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// Where it stands.
    pub index: u64,
    /// What the leaf is the hash of.
    pub envelope: Vec<u8>,
    /// Siblings from the leaf up.
    pub hashes: Vec<Hash>,
    /// The checkpoint that covers it.
    pub checkpoint: Checkpoint,
    /// The key that the checkpoint is verified with.
    pub verifier: Verifier,
}

/// The proof that the log of one size begins with the log of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consistency {
    /// The smaller size and its root.
    pub from: (u64, Hash),
    /// The proof.
    pub hashes: Vec<Hash>,
    /// The checkpoint of the larger size.
    pub checkpoint: Checkpoint,
    /// The key that the checkpoint is verified with.
    pub verifier: Verifier,
}

/// The latest checkpoint in a log, and when it was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latest {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// When it was signed.
    pub made_at: Moment,
    /// The key it is verified with.
    pub verifier: Verifier,
}

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The log is in trouble.
    #[error(transparent)]
    Log(#[from] LogError),
    /// There is no such event, or no such size.
    #[error("the log holds {size} events; there is none {what}")]
    Absent {
        /// Events in the log.
        size: u64,
        /// What was looked for.
        what: String,
    },
    /// No checkpoint covers it yet.
    #[error("checkpoints cover the first {covered} events, and not {what}")]
    Uncovered {
        /// Events that the latest checkpoint covers.
        covered: u64,
        /// What was looked for.
        what: String,
    },
    /// What was given is not a checkpoint of this log.
    #[error(transparent)]
    Note(#[from] NoteError),
}

/// Lines of hashes in base64.
fn lines(hashes: &[Hash]) -> String {
    hashes.iter().map(|hash| format!("{}\n", STANDARD.encode(hash))).collect()
}

impl Inclusion {
    /// The text of `c2sp.org/tlog-proof`.
    #[must_use]
    pub fn text(&self) -> String {
        let (extra, note) = (STANDARD.encode(&self.envelope), &self.checkpoint.note);
        format!("{TLOG_PROOF}\nextra {extra}\nindex {}\n{}\n{note}", self.index, lines(&self.hashes))
    }
}

impl Consistency {
    /// The body of a `c2sp.org/tlog-witness` request to `add-checkpoint`.
    #[must_use]
    pub fn text(&self) -> String {
        format!("old {}\n{}\n{}", self.from.0, lines(&self.hashes), self.checkpoint.note)
    }
}

fn damaged(position: u64, detail: &str) -> LogError {
    LogError::Damaged { position: Position(position), detail: detail.to_owned() }
}

/// The key that the log names.
async fn verifier_of(connection: &mut SqliteConnection, path: &Path) -> Result<Option<Verifier>, LogError> {
    let Some((_, key)) = raw::identity(connection, path).await? else { return Ok(None) };
    let unread = |error: NoteError| LogError::File { code: Trouble::LogForked, detail: error.to_string(), path: path.to_owned() };
    Verifier::parse(&key).map(Some).map_err(unread)
}

/// Checkpoints of a log whose signatures fit, by size.
async fn checkpoints(path: &Path) -> Result<(SqliteConnection, Vec<Latest>), LogError> {
    let mut connection = open_raw(path).await?;
    let Some(verifier) = verifier_of(&mut connection, path).await? else { return Ok((connection, Vec::new())) };
    let stored = raw::checkpoints(&mut connection, path, -1).await?;
    let opened = stored.into_iter().filter_map(|stored| {
        let checkpoint = verifier.open(std::str::from_utf8(&stored.note).ok()?).ok()?;
        Some(Latest { checkpoint, made_at: Moment(stored.made_us), verifier: verifier.clone() })
    });
    let opened = opened.collect();
    Ok((connection, opened))
}

/// The latest checkpoint in a log, if it has one.
///
/// # Errors
/// What the storage says.
pub async fn latest(path: &Path) -> Result<Option<Latest>, LogError> {
    Ok(checkpoints(path).await?.1.pop())
}

/// Proves that an event is in the log, by its latest checkpoint.
///
/// # Errors
/// When there is no such event, when no checkpoint covers it yet, or when the stored tree does not give the proof.
pub async fn prove_event(path: &Path, which: Which) -> Result<Inclusion, ProofError> {
    let (mut connection, mut checkpoints) = checkpoints(path).await?;
    let size = raw::last_position(&mut connection, path).await?.map_or(0, |last| last.unsigned_abs() + 1);
    let (at, what) = match which {
        Which::At(Position(at)) => (Some(at).filter(|at| *at < size), format!("at position {at}")),
        Which::Of(id) => (raw::position_of(&mut connection, path, id).await?, format!("of id {id}")),
    };
    let index = at.ok_or_else(|| ProofError::Absent { size, what: what.clone() })?;
    let covered = checkpoints.last().map_or(0, |latest| latest.checkpoint.head.size);
    let latest = checkpoints.pop().filter(|latest| index < latest.checkpoint.head.size);
    let Some(Latest { checkpoint, verifier, .. }) = latest else { return Err(ProofError::Uncovered { covered, what }) };
    let rows = raw::rows(&mut connection, path, i64::try_from(index).unwrap_or(i64::MAX), 1).await?;
    let columns = match rows.len() {
        0 => Err("there is no event"),
        _ => rows.columns(0),
    };
    let envelope = Hasher::default().envelope(&columns.map_err(|detail| damaged(index, detail))?);
    let head = &checkpoint.head;
    let tiles = raw::tiles_for(&mut connection, path, head.size, &[index]).await?;
    let hashes = inclusion(&tiles, index, head.size).ok_or_else(|| damaged(index, "a tile of the tree is missing"))?;
    if !included(&leaf(&envelope), index, head.size, &hashes, &head.root) {
        return Err(damaged(index, "the event is not the one that was signed").into());
    }
    Ok(Inclusion { index, envelope, hashes, checkpoint, verifier })
}

/// Proves that the log at a checkpoint of `to` events begins with the log at `from`; the latest when `to` is `None`.
///
/// # Errors
/// When a size has no checkpoint, when a given checkpoint is of another log or another history, or when the stored tree
/// does not give the proof.
pub async fn prove_growth(path: &Path, from: &Size, to: Option<&Size>) -> Result<Consistency, ProofError> {
    let (mut connection, checkpoints) = checkpoints(path).await?;
    let covered = checkpoints.last().map_or(0, |latest| latest.checkpoint.head.size);
    let verifier = checkpoints.last().map(|latest| latest.verifier.clone());
    let uncovered = |size: u64| ProofError::Uncovered { covered, what: format!("{size} of them by one of that size") };
    let given = |note: &str| -> Result<Head, ProofError> {
        let head = head_of(note)?;
        let verifier = verifier.as_ref().ok_or_else(|| uncovered(head.size))?;
        Ok(verifier.open(note).map(|checkpoint| checkpoint.head)?)
    };
    let sized = |size: u64| checkpoints.iter().find(|latest| latest.checkpoint.head.size == size);
    let latest = match to {
        None => checkpoints.last().ok_or_else(|| uncovered(1))?,
        Some(Size::Events(size)) => sized(*size).ok_or_else(|| uncovered(*size))?,
        Some(Size::Note(note)) => {
            let head = given(note)?;
            sized(head.size).filter(|latest| latest.checkpoint.head == head).ok_or_else(|| uncovered(head.size))?
        }
    };
    let (from, known) = match from {
        Size::Events(size) => (*size, None),
        Size::Note(note) => given(note).map(|head| (head.size, Some(head.root)))?,
    };
    let Latest { checkpoint, verifier, .. } = latest.clone();
    let head = &checkpoint.head;
    if head.size < from {
        return Err(ProofError::Absent { size: head.size, what: format!("at position {}", from - 1) });
    }
    let tiles = raw::tiles_for(&mut connection, path, head.size, &[from, from.saturating_sub(1)]).await?;
    let missing = || damaged(from, "a tile of the tree is missing");
    let root = tiles.root(from).ok_or_else(missing)?;
    let hashes = consistency(&tiles, from, head.size).ok_or_else(missing)?;
    let fits = consistent(from, &root, head.size, &head.root, &hashes);
    if !fits || known.is_some_and(|known| known != root) {
        let detail = format!("the log of {} events does not begin with those {from} that were signed", head.size);
        return Err(LogError::File { code: Trouble::LogForked, detail, path: path.to_owned() }.into());
    }
    Ok(Consistency { from: (from, root), hashes, checkpoint, verifier })
}
