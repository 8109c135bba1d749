//! The verbs that give evidence away: prove, checkpoint.

use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use events::{EventId, Position};
use serde_json::json;

use super::{Failure, print};
use crate::clock::Clock;
use crate::log::LogError;
use crate::log::sqlite::SqliteLog;
use crate::merkle::{Hash, leaf};
use crate::note::NOTE_BYTES_MAX;
use crate::proof::{ProofError, Size, Which, latest, prove_event, prove_growth};
use crate::verbs::{Trouble, WindowError};

impl From<ProofError> for Failure {
    fn from(error: ProofError) -> Self {
        match error {
            ProofError::Log(error) => error.into(),
            ProofError::Note(error) => foreign(error.to_string(), None),
            ProofError::Absent { .. } | ProofError::Uncovered { .. } => Self { code: 1, message: error.to_string(), json: None },
        }
    }
}

/// A text that is not a checkpoint of this log.
pub(super) fn foreign(detail: String, path: Option<&Path>) -> Failure {
    let path = path.map(|path| path.display().to_string());
    WindowError::Trouble { code: Trouble::CheckpointForeign, detail, path }.into()
}

/// The text of a small file, or of the standard input for `-`.
pub(super) fn note_from(file: &Path) -> Result<String, Failure> {
    use std::io::Read;
    let mut text = Vec::new();
    let limit = NOTE_BYTES_MAX as u64 + 1;
    let read = if file.as_os_str() == "-" {
        std::io::stdin().lock().take(limit).read_to_end(&mut text)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(limit).read_to_end(&mut text))
    };
    read.map_err(|error| foreign(error.to_string(), Some(file)))?;
    String::from_utf8(text).map_err(|_invalid| foreign("this is not a text".to_owned(), Some(file)))
}

fn which(text: &str) -> Result<Which, String> {
    let digits = text.strip_prefix('@').unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits.parse().map(|at| Which::At(Position(at))).map_err(|error| error.to_string());
    }
    let id = serde_json::from_value::<EventId>(json!(text));
    id.map(Which::Of).map_err(|_not_an_id| "write POSITION, @POSITION or an event's id".to_owned())
}

/// `retrace prove`
#[derive(Debug, Args)]
pub(super) struct Prove {
    /// The event: POSITION, @POSITION or its id
    #[arg(value_name = "EVENT", value_parser = which, required_unless_present = "from", conflicts_with = "from")]
    event: Option<Which>,
    /// Prove instead that the log only grew since this size: a number of events, or a file with a checkpoint
    #[arg(long, value_name = "SIZE|FILE")]
    from: Option<String>,
    /// Up to this size; the latest checkpoint when not given
    #[arg(long, value_name = "SIZE|FILE", requires = "from")]
    to: Option<String>,
    /// Write the proof into this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn size(text: &str) -> Result<Size, Failure> {
    match text.strip_prefix('@').unwrap_or(text).parse() {
        Ok(size) => Ok(Size::Events(size)),
        Err(_not_a_number) => note_from(Path::new(text)).map(Size::Note),
    }
}

fn encoded(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| STANDARD.encode(hash)).collect()
}

impl Prove {
    pub(super) async fn run(self, log: &Path, json: bool) -> Result<(), Failure> {
        let (text, document) = match (&self.event, &self.from) {
            (_, Some(from)) => {
                let to = self.to.as_deref().map(size).transpose()?;
                let proof = prove_growth(log, &size(from)?, to.as_ref()).await?;
                let head = &proof.checkpoint.head;
                let document = json!({
                    "kind": "consistency",
                    "origin": head.origin,
                    "verifier": proof.verifier.to_string(),
                    "from": { "size": proof.from.0, "root": STANDARD.encode(proof.from.1) },
                    "to": { "size": head.size, "root": STANDARD.encode(head.root) },
                    "proof": encoded(&proof.hashes),
                    "checkpoint": proof.checkpoint.note,
                });
                (proof.text(), document)
            }
            (event, None) => {
                let proof = prove_event(log, event.unwrap_or(Which::At(Position(0)))).await?;
                let head = &proof.checkpoint.head;
                let document = json!({
                    "kind": "inclusion",
                    "origin": head.origin,
                    "verifier": proof.verifier.to_string(),
                    "index": proof.index,
                    "size": head.size,
                    "root": STANDARD.encode(head.root),
                    "leaf": STANDARD.encode(leaf(&proof.envelope)),
                    "proof": encoded(&proof.hashes),
                    "envelope": String::from_utf8_lossy(&proof.envelope),
                    "checkpoint": proof.checkpoint.note,
                });
                (proof.text(), document)
            }
        };
        if let Some(out) = &self.out {
            let written = crate::private::private_file(out).and_then(|mut file| file.write_all(text.as_bytes()));
            written.map_err(|error| Failure { code: 1, message: format!("{error}: {}", out.display()), json: None })?;
        }
        if json {
            print::json(&document);
        } else if self.out.is_none() {
            print::text(&text);
        }
        Ok(())
    }
}

/// `retrace checkpoint`: signs what is new, if this process may write the log, and prints the latest.
pub(super) async fn checkpoint(path: &Path, json: bool) -> Result<(), Failure> {
    // Looked at first, so that asking makes no log where there is none.
    drop(SqliteLog::open_to_read(path).await?);
    match SqliteLog::open(path, Clock::System).await {
        Ok(log) => {
            let made = log.checkpoint().await;
            log.close().await;
            made?;
        }
        // Who has it open signs it too; the latest is no more than seconds old.
        Err(LogError::File { code: Trouble::LogInUse | Trouble::LogReadOnly | Trouble::FileForbidden, .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let none = || Failure { code: 1, message: "the log has no checkpoint yet".to_owned(), json: None };
    let latest = latest(path).await?.ok_or_else(none)?;
    let head = &latest.checkpoint.head;
    if json {
        print::json(&json!({
            "origin": head.origin,
            "size": head.size,
            "root": STANDARD.encode(head.root),
            "made_at": events::cloudevent::rfc3339(latest.made_at),
            "verifier": latest.verifier.to_string(),
            "note": latest.checkpoint.note,
        }));
    } else {
        // The key goes to the standard error: what is redirected is the note, as others read it.
        print::message(&latest.verifier.to_string());
        print::text(&latest.checkpoint.note);
    }
    Ok(())
}
