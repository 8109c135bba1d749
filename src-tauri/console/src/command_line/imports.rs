//! `retrace imports`: what was read in, by which mapping, and what came of every row that was not plain.

use std::fmt::Write;
use std::path::Path;

use clap::Args;
use events::Position;
use projections::import::{Import, RowNote};
use serde_json::{Value, json};

use super::look::board_at;
use super::{Failure, print};
use crate::log::sqlite::SqliteLog;
use crate::log::{BATCH_MAX, EventLog, Rights};
use crate::verbs::WindowError;

/// `retrace imports`
#[derive(Debug, Args)]
pub(super) struct Imports {
    /// The import's id, or its beginning; every import when not given
    #[arg(value_name = "IMPORT")]
    import: Option<String>,
    /// List every row that was mended or left out, with its line, its reason and its masked text
    #[arg(long)]
    notes: bool,
}

impl Imports {
    pub(super) async fn run(self, log: &Path, json: bool) -> Result<(), Failure> {
        let log = SqliteLog::open_to_read(log).await?;
        let (board, _) = board_at(&log, None).await?;
        let wanted = self.import.as_deref().unwrap_or_default();
        let found: Vec<(&String, &Import)> = board.imports.by_id.iter().filter(|(id, _)| id.starts_with(wanted)).collect();
        if found.is_empty() && self.import.is_some() {
            return Err(WindowError::Unknown { what: "import".to_owned(), name: wanted.to_owned() }.into());
        }
        let mut rows = Vec::with_capacity(found.len());
        for (id, import) in found.into_iter().rev() {
            let mut row = row(id, import, self.import.is_some());
            if !json {
                print::text(&told(id, import, self.import.is_some()));
            }
            if self.notes {
                let mut notes = Vec::with_capacity(if json { import.notes.len() } else { 0 });
                for page in import.notes.chunks(BATCH_MAX) {
                    for (note, original) in page.iter().zip(originals(&log, page).await?) {
                        if json {
                            notes.push(note_row(note, original.as_deref()));
                        } else {
                            print::text(&note_told(note, original.as_deref()));
                        }
                    }
                }
                row["notes"] = Value::Array(notes);
            }
            rows.push(row);
        }
        if json {
            print::json(&rows);
        }
        Ok(())
    }
}

/// The rows that the notes are about, as they stood in the file, masked.
async fn originals(log: &SqliteLog, notes: &[RowNote]) -> Result<Vec<Option<String>>, Failure> {
    let positions: Vec<Position> = notes.iter().map(|note| note.position).collect();
    let mut texts = log.personal(&positions, &Rights::Masked).await?;
    let of = |position| texts.remove(position).and_then(|mut shown| shown.personal.texts.remove("original"));
    Ok(positions.iter().map(of).collect())
}

fn row(id: &str, import: &Import, whole: bool) -> Value {
    let report = import.report.clone().unwrap_or_default();
    let mapping = import.mapping.as_ref().map(|mapping| {
        let text = whole.then_some(&mapping.text);
        json!({ "name": mapping.name, "sha256": mapping.sha256, "text": text })
    });
    json!({
        "id": id,
        "source": import.source,
        "file": import.file,
        "size_bytes": import.size_bytes,
        "zone": import.zone,
        "mapping": mapping,
        "started_at": import.started_at,
        "latest_at": import.latest_at,
        "standing": import.standing,
        "interruption": import.interruption,
        "rows_read": report.n_rows_read,
        "events_written": report.n_events_written,
        "already_present": report.n_already_present,
        "repaired": report.repaired,
        "refused": report.refused,
        "n_notes": import.notes.len(),
    })
}

fn note_row(note: &RowNote, original: Option<&str>) -> Value {
    json!({
        "line": note.line,
        "refused": note.refused,
        "reasons": note.reasons,
        "detail": note.detail,
        "original": original,
        "position": note.position,
    })
}

/// An import in a few lines; with `whole`, the mapping it was read by as well.
fn told(id: &str, import: &Import, whole: bool) -> String {
    let report = import.report.clone().unwrap_or_default();
    let standing =
        serde_json::to_value(import.standing).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default();
    let at = jiff::Timestamp::from_microsecond(import.started_at.0).map_or_else(|_far| String::new(), |at| at.to_string());
    let mut text = format!(
        "{id}\n  {} from {} at {at}: {standing}\n  {} rows read, {} events written, {} already there\n",
        print::visible(&import.file),
        print::visible(&import.source),
        report.n_rows_read,
        report.n_events_written,
        report.n_already_present,
    );
    // Writing into a text cannot fail.
    for (what, reasons) in [("mended", &report.repaired), ("left out", &report.refused)] {
        for (reason, n) in reasons {
            writeln!(text, "  {n:>8}  {reason} ({what})").ok();
        }
    }
    if let Some(mapping) = &import.mapping {
        writeln!(text, "  by the mapping {}, sha256 {}", print::visible(&mapping.name), mapping.sha256).ok();
        for line in mapping.text.lines().filter(|_| whole) {
            writeln!(text, "    {}", print::visible(line)).ok();
        }
    }
    text
}

fn note_told(note: &RowNote, original: Option<&str>) -> String {
    let what = if note.refused { "left out" } else { "mended" };
    let detail = note.detail.as_deref().map(|detail| format!(" ({detail})")).unwrap_or_default();
    let original = original.map(|text| format!("\n           {}", text.replace('\n', " "))).unwrap_or_default();
    format!("{:>8}  {what}: {}{}{}\n", note.line, note.reasons.join(", "), print::visible(&detail), shown(&original))
}

/// The text of a row below its note.
fn shown(original: &str) -> String {
    original.split('\n').map(print::visible).collect::<Vec<_>>().join("\n")
}
