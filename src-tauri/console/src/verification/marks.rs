//! Gathering the checkpoints that the rows are held against: the log's own, the outside one, and those given.

use std::path::Path;

use events::{Moment, Position};
use sqlx::SqliteConnection;

use super::judge::Mark;
use super::{Finding, Findings, Held};
use crate::log::LogError;
use crate::log::sqlite::raw;
use crate::note::{NoteError, Verifier, head_of};
use crate::witness::{Witness, WitnessError};

/// The checkpoints known so far, and whose they are.
#[derive(Debug, Default)]
pub(super) struct Marks {
    pub(super) verifier: Option<Verifier>,
    pub(super) marks: Vec<Mark>,
    pub(super) n_stored: u64,
    pub(super) outside: Option<u64>,
    /// Leaves that the stored tiles should tell of.
    pub(super) covered: u64,
    last: i64,
}

/// Why a verification cannot be begun.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// A given text is not a checkpoint, or is of another log.
    #[error(transparent)]
    Given(#[from] NoteError),
    /// The file is not a log, or cannot be opened at all.
    #[error(transparent)]
    Log(#[from] LogError),
}

fn unreadable(findings: &mut Findings, table: &str, error: &LogError) {
    findings.add(Finding::TableUnreadable { table: table.to_owned(), detail: error.to_string() });
}

impl Marks {
    /// Takes in the log's name and what is remembered of it outside. Called once, before the first pass.
    pub(super) async fn begin(
        &mut self,
        connection: &mut SqliteConnection,
        path: &Path,
        witness: &Witness,
        findings: &mut Findings,
    ) {
        let identity = raw::identity(connection, path).await.unwrap_or_else(|error| {
            unreadable(findings, "identity", &error);
            None
        });
        let origin = identity.as_ref().map(|(origin, _)| origin.clone());
        self.verifier = identity.as_ref().and_then(|(_, key)| Verifier::parse(key).ok());
        let named = self.verifier.as_ref().map(|verifier| verifier.name().to_owned());
        // A folder that cannot be used remembers nothing, and the report says so.
        let expected = witness.origin_at(path).unwrap_or_default();
        if named != origin || (origin.is_none() && expected.is_some()) {
            findings.add(Finding::KeyMissing);
        } else if let Some(expected) = expected.as_ref().filter(|expected| origin.as_ref() != Some(*expected)) {
            findings.add(Finding::OtherLog { expected: expected.clone(), found: origin.clone() });
        }
        let Some(origin) = origin.or(expected) else { return };
        match witness.memory(&origin) {
            Err(error @ WitnessError::Damaged { .. }) => {
                findings.add(Finding::OutsideUnreadable { detail: error.to_string() });
            }
            Err(WitnessError::Folder(_)) | Ok(None) => {}
            Ok(Some(memory)) => {
                if self.verifier.as_ref().is_some_and(|verifier| *verifier != memory.verifier) {
                    findings.add(Finding::KeyDiffers { held: Held::Outside });
                }
                self.verifier.get_or_insert(memory.verifier);
                let head = memory.checkpoint.head;
                self.outside = Some(head.size);
                let made_at = Some(memory.made_at);
                self.marks.push(Mark { size: head.size, root: head.root, made_at, held: Held::Outside });
            }
        }
    }

    /// Takes in a checkpoint that a person holds.
    pub(super) fn given(&mut self, note: &str, findings: &mut Findings) -> Result<(), NoteError> {
        let head = head_of(note)?;
        let wanted = self.verifier.as_ref().map(|verifier| verifier.name().to_owned());
        if wanted.as_ref() != Some(&head.origin) {
            return Err(NoteError::OtherOrigin { found: head.origin, wanted: wanted.unwrap_or_default() });
        }
        match self.verifier.as_ref().map(|verifier| verifier.open(note)) {
            Some(Err(NoteError::Unsigned { .. })) => findings.add(Finding::KeyDiffers { held: Held::Given }),
            Some(Err(error)) => return Err(error),
            Some(Ok(_)) | None => {}
        }
        self.marks.push(Mark { size: head.size, root: head.root, made_at: None, held: Held::Given });
        Ok(())
    }

    /// Takes in the checkpoints that were stored since the last look.
    pub(super) async fn stored(&mut self, connection: &mut SqliteConnection, path: &Path, findings: &mut Findings) {
        let after = if self.n_stored == 0 { i64::MIN } else { self.last };
        let stored = match raw::checkpoints(connection, path, after).await {
            Ok(stored) => stored,
            Err(error) => return unreadable(findings, "checkpoint", &error),
        };
        for stored in stored {
            self.n_stored += 1;
            self.last = self.last.max(stored.size);
            let note = std::str::from_utf8(&stored.note).map_err(|_invalid| NoteError::Shape("it is not UTF-8"));
            let opened = note.and_then(|note| self.verifier.as_ref().ok_or(NoteError::Key)?.open(note));
            match opened {
                Ok(checkpoint) if i64::try_from(checkpoint.head.size) == Ok(stored.size) => {
                    let (size, root, made_at) = (checkpoint.head.size, checkpoint.head.root, Some(Moment(stored.made_us)));
                    self.covered = self.covered.max(size);
                    self.marks.push(Mark { size, root, made_at, held: Held::Log });
                }
                Ok(_) => findings
                    .add(Finding::CheckpointForged { size: stored.size, detail: "the checkpoint is of another size".to_owned() }),
                Err(error) => findings.add(Finding::CheckpointForged { size: stored.size, detail: error.to_string() }),
            }
        }
        // Checkpoints that were given have no time of their own; the log may know it.
        for index in 0..self.marks.len() {
            let Mark { size, root, made_at: None, .. } = self.marks[index] else { continue };
            let same = self.marks.iter().find(|mark| mark.size == size && mark.root == root && mark.made_at.is_some());
            self.marks[index].made_at = same.and_then(|mark| mark.made_at);
        }
    }

    /// The largest size that any checkpoint speaks of.
    pub(super) fn largest(&self) -> u64 {
        self.marks.iter().map(|mark| mark.size).max().unwrap_or(0)
    }
}

/// Tells of sealed texts that belong to no event.
pub(super) async fn orphans(connection: &mut SqliteConnection, path: &Path, findings: &mut Findings) {
    match raw::orphans(connection, path, super::LISTED_MAX as i64).await {
        Ok(orphans) => orphans.into_iter().for_each(|position| findings.add(Finding::SealedOrphan { position })),
        Err(error) => unreadable(findings, "sealed", &error),
    }
}

/// Tells of events whose ids are one, among those whose ids end alike.
pub(super) async fn twice(connection: &mut SqliteConnection, path: &Path, half: u64, findings: &mut Findings) {
    let found = match raw::ids_ending(connection, path, half).await {
        Ok(found) => found,
        Err(error) => return unreadable(findings, "event", &error),
    };
    for (index, (position, id)) in found.iter().enumerate() {
        if let Some((first, _)) = found[..index].iter().find(|(_, earlier)| earlier == id) {
            findings.add(Finding::IdTwice { position: Position(*position), first: Position(*first) });
        }
    }
}
