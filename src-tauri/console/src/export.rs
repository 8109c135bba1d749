//! The log as CloudEvents 1.0, one JSON object a line, in log order.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use events::Position;
use events::cloudevent::{Outgoing, wrap};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::log::{BATCH_MAX, EventLog, LogError, Rights, Showing};
use crate::private::new_private_file;

/// How personal text leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonalText {
    /// Not at all.
    None,
    /// As far as these rights go.
    Shown(Rights),
}

/// What was exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// The format.
    pub format: &'static str,
    /// Facts written.
    pub n_events: u64,
    /// Bytes written.
    pub n_bytes: u64,
    /// SHA-256 of those bytes, in hexadecimal.
    pub sha256: String,
}

/// Why an export broke off.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The log is in trouble.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A payload is not JSON: it was damaged after it was written.
    #[error("the event at position {0} cannot be written as JSON: {1}")]
    Payload(u64, events::CodecError),
    /// What is written to does not take it.
    #[error("the export cannot be written: {0}")]
    Write(#[from] std::io::Error),
}

/// Writes the whole log as CloudEvents into a new file, which has its name only once it is whole and on disk.
///
/// # Errors
/// [`ExportError`]; nothing is left but, after a crash, a file that ends in `.unfinished`.
pub async fn cloudevents_into(log: &impl EventLog, path: &Path, personal_text: PersonalText) -> Result<Exported, ExportError> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    // What an earlier export left when it was killed. That there is none is the usual case.
    std::fs::remove_file(&unfinished).ok();
    let mut file = BufWriter::new(new_private_file(&unfinished)?);
    let exported = match cloudevents(log, &mut file, personal_text).await {
        Ok(exported) => file.get_ref().sync_all().and_then(|()| std::fs::rename(&unfinished, path)).map(|()| exported),
        Err(error) => {
            std::fs::remove_file(&unfinished).ok();
            return Err(error);
        }
    };
    Ok(exported?)
}

/// Writes the whole log as CloudEvents.
///
/// # Errors
/// [`ExportError`]; what was written before it stays with the receiver.
pub async fn cloudevents(
    log: &impl EventLog,
    to: &mut (impl Write + Send),
    personal_text: PersonalText,
) -> Result<Exported, ExportError> {
    let mut digest = Sha256::new();
    let mut exported = Exported { format: "cloudevents", n_events: 0, n_bytes: 0, sha256: String::new() };
    loop {
        let batch = log.stored(exported.n_events, BATCH_MAX).await?;
        if batch.is_empty() {
            break;
        }
        let positions: Vec<Position> = batch.iter().map(|stored| stored.fact.position).collect();
        let personal = match &personal_text {
            PersonalText::None => std::collections::BTreeMap::new(),
            PersonalText::Shown(rights) => log.personal(&positions, rights).await?,
        };
        for stored in &batch {
            let fact = &stored.fact;
            let shown = personal.get(&fact.position);
            let event = wrap(&Outgoing {
                position: fact.position,
                stream: &fact.stream,
                version: fact.version,
                id: fact.id,
                occurred_at: fact.occurred_at,
                recorded_at: fact.recorded_at,
                meta: &fact.meta,
                body: &stored.payload,
                // A text that was erased, restricted or locked leaves no trace in an export.
                personal: shown
                    .filter(|shown| matches!(shown.showing, Showing::Masked | Showing::Unmasked))
                    .map(|shown| &shown.personal),
                masked: shown.is_some_and(|shown| shown.showing == Showing::Masked),
            });
            let event = event.map_err(|error| ExportError::Payload(fact.position.0, error))?;
            let mut line = serde_json::to_vec(&event).expect("an envelope of texts around checked JSON");
            line.push(b'\n');
            digest.update(&line);
            to.write_all(&line)?;
            exported.n_bytes += line.len() as u64;
            exported.n_events += 1;
        }
    }
    to.flush()?;
    exported.sha256 = hex::encode(digest.finalize());
    Ok(exported)
}
