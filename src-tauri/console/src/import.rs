//! Reading a foreign file into the log: streamed, counted, cancellable, and taken up again where it stopped.
//!
//! A thread reads and translates; each batch of rows becomes one transaction that holds the rows' facts *and* how far
//! the import has come, so a killed import loses nothing that was answered and goes on at the next row. The import is a
//! stream of its own, named by the file's SHA-256: reading a finished file again writes nothing.

mod before;
mod cancel;
mod fingerprint;
pub mod folder;
mod opened;
pub mod preview;
mod reading;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use events::import::{Cancelled, Finished, Interrupted, Progressed, Report, RowRefused, RowRepaired, Started};
use events::{Event, EventId, Meta, Moment, NewEvent, Personal, StreamId, codec};
use tokio::sync::watch;

use crate::clock::Clock;
use crate::log::{EventLog, Ingested, LogError};
use crate::sources::SourceKind;
use crate::sources::mapping::{self, Mapping};
use crate::sources::text::ReadError;
use crate::verbs::Trouble;

use self::before::Before;
pub use self::before::since;
pub use self::cancel::Cancel;
use self::fingerprint::fingerprint;
use self::opened::Opened;
use self::reading::{RowRead, last_written, of_file, same_file};

/// Digits of a mapping's digest in the id of an import: enough to tell one person's mappings apart.
const MAPPING_DIGITS: usize = 12;

/// What to import.
#[derive(Clone, Debug)]
pub struct Order {
    /// The file; `-` is the standard input.
    pub path: PathBuf,
    /// The source; `None` to detect it.
    pub source: Option<SourceKind>,
    /// The text of the mapping to read it by; a table of no known source needs one.
    pub mapping: Option<String>,
}

/// How far an import has come.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// The source, once known.
    pub source: Option<&'static str>,
    /// The import's id in the log, once known.
    pub import: Option<String>,
    /// What it came to so far, earlier attempts included.
    pub report: Report,
    /// What earlier attempts came to.
    pub before: Report,
    /// Bytes of the file read so far.
    pub bytes_read: u64,
    /// Bytes of the file, if it has a size.
    pub bytes_total: Option<u64>,
}

/// How an import ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// Everything was read.
    Finished,
    /// A person stopped it.
    Cancelled,
    /// The file broke off.
    Interrupted(ImportError),
}

/// Why an import could not begin, or not go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ImportError {
    /// The file is in trouble.
    #[error("{}: {detail}", path.display())]
    File {
        /// Which trouble.
        code: Trouble,
        /// What exactly.
        detail: String,
        /// The file.
        path: PathBuf,
    },
    /// The log is in trouble.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Imports one file.
///
/// # Errors
/// [`ImportError`] when the file cannot be opened or recognised, or the log does not take its facts. A file that
/// breaks off is not an error but an [`Ending`]: its readable rows are in the log.
pub async fn import<L: EventLog>(
    log: &L,
    clock: &Clock,
    order: &Order,
    cancel: &Cancel,
    progress: &watch::Sender<Progress>,
) -> Result<(Report, Ending), ImportError> {
    let file = of_file(&order.path);
    let stdin = order.path.as_os_str() == "-";
    if log.file().is_some_and(|log| same_file(log, &order.path)) {
        return Err(file(ReadError { code: Trouble::FormatUnknown, detail: "this is the log itself".to_owned() }));
    }
    if stdin {
        let id = format!("stdin{}", clock.now().0);
        let Some(opened) = Opened::of_stdin(order, log.pseudonyms()?, cancel).await? else {
            return Ok((Report::default(), Ending::Cancelled));
        };
        let taking = Taking { id, bytes_total: None, written: None, before: Before::default() };
        return take(log, clock, &order.path, opened, taking, cancel, progress).await;
    }
    let Some(print) = fingerprint(&order.path, None, Vec::new(), cancel).await? else {
        return Ok((Report::default(), Ending::Cancelled));
    };
    let written = last_written(&order.path);
    let id = id_by(print.id, order.mapping.as_ref());
    let before = Before::of(&log.stream(&stream_of(&id)).await?);
    let opened = Opened::of_file_beside(order, u64::MAX, log.pseudonyms()?).await?;
    let taking = Taking { id, bytes_total: Some(print.n_bytes), written, before };
    take(log, clock, &order.path, opened, taking, cancel, progress).await
}

/// The id of an import of a file. The same file by another mapping is another import: its facts are others.
fn id_by(fingerprint: String, mapping: Option<&String>) -> String {
    mapping.map_or(fingerprint.clone(), |text| format!("{fingerprint}.{}", &mapping::digest(text)[..MAPPING_DIGITS]))
}

/// The stream of an import.
fn stream_of(id: &str) -> StreamId {
    StreamId::new("import", id).expect("a fingerprint is a name")
}

/// What is to be taken in, and what is known of it.
struct Taking {
    id: String,
    bytes_total: Option<u64>,
    /// The size and time that the file must still have when it has been read.
    written: Option<(u64, std::time::SystemTime)>,
    before: Before,
}

/// Reads what was opened into the log.
async fn take<L: EventLog>(
    log: &L,
    clock: &Clock,
    path: &Path,
    opened: Opened,
    taking: Taking,
    cancel: &Cancel,
    progress: &watch::Sender<Progress>,
) -> Result<(Report, Ending), ImportError> {
    let file = of_file(path);
    let Taking { id, bytes_total, written, before } = taking;
    let (kind, stream) = (opened.kind, stream_of(&id));
    let mapping = opened.mapping.clone().and_then(|mapping| mapping.read);
    let mut import = Import { log, clock, stream, id, path, kind, mapping, before, bytes_total };
    let mut report = import.begin(&opened.mended).await?;
    progress.send_modify(|shown| {
        *shown = Progress {
            source: Some(kind.name()),
            import: Some(import.id.clone()),
            report: report.clone(),
            before: if import.before.finished { Report::default() } else { import.before.report.clone() },
            bytes_read: 0,
            bytes_total,
        };
    });
    let mut batches = match bytes_total {
        Some(_) => opened.read(import.before.n_rows_to_skip(), clock.clone()),
        None => opened.follow(clock.clone()),
    };
    let ending = loop {
        let batch = tokio::select! {
            biased;
            () = cancel.wanted() => {
                import.end(Cancelled { report: report.clone() }.into(), "cancelled", report.n_rows_read).await?;
                break Ending::Cancelled;
            }
            batch = batches.recv() => batch,
        };
        let Some(batch) = batch else { break Ending::Finished };
        import.write(&batch.rows, &mut report).await?;
        tracing::info!(rows = report.n_rows_read, "rows are in the log");
        progress.send_modify(|shown| {
            shown.report = report.clone();
            shown.bytes_read = batch.bytes_read;
        });
        match batch.ended {
            None => {}
            Some(Ok(())) if written.is_none() || written == last_written(path) => {
                break import.finish(&report).await?;
            }
            Some(ended) => {
                let changed =
                    || ReadError { code: Trouble::FileChanged, detail: "it was written to while it was read".to_owned() };
                let error = ended.err().unwrap_or_else(changed);
                let reason = error.code.word();
                import.end(Interrupted { report: report.clone(), reason }.into(), "interrupted", report.n_rows_read).await?;
                break Ending::Interrupted(file(error));
            }
        }
    };
    Ok((report, ending))
}

/// One import at work.
struct Import<'a, L> {
    log: &'a L,
    clock: &'a Clock,
    stream: StreamId,
    id: String,
    path: &'a Path,
    kind: SourceKind,
    mapping: Option<Arc<Mapping>>,
    before: Before,
    bytes_total: Option<u64>,
}

impl<L: EventLog> Import<'_, L> {
    /// Records that reading begins or goes on; a finished import is only counted again.
    async fn begin(&mut self, mended: &[&'static str]) -> Result<Report, ImportError> {
        if self.before.finished {
            return Ok(Report::default());
        }
        let mut report = self.before.report.clone();
        if report.n_rows_read == 0 {
            report.repaired.extend(mended.iter().map(|&mended| (mended.to_owned(), 1)));
        }
        if !self.before.begun {
            let file = self.path.file_name().map_or_else(|| "-".to_owned(), |name| name.to_string_lossy().into_owned());
            let started = Started {
                source: self.mapping.as_ref().map_or_else(|| self.kind.name().to_owned(), |mapping| mapping.name.clone()),
                file,
                size_bytes: self.bytes_total,
                zone: self.mapping.as_ref().map_or_else(|| self.kind.zone().to_owned(), |mapping| mapping.zone.clone()),
                from_row: report.n_rows_read,
                mapping: self.mapping.as_deref().map(Mapping::recorded),
            };
            let attempt = format!("started|{}|{}", report.n_rows_read, self.clock.now().0);
            self.log.ingest(vec![self.fact(&started.into(), &attempt, None)], |_ingested| Vec::new()).await?;
        }
        Ok(report)
    }

    async fn write(&self, rows: &[RowRead], report: &mut Report) -> Result<(), ImportError> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut facts: Vec<NewEvent> = Vec::with_capacity(rows.len() * 6);
        let mut of_row: Vec<usize> = Vec::with_capacity(rows.len() * 6);
        for (index, row) in rows.iter().enumerate() {
            match &row.outcome {
                Ok(translated) => {
                    facts.extend(translated.events.iter().cloned());
                    for repair in &translated.repairs {
                        *report.repaired.entry((*repair).to_owned()).or_default() += 1;
                    }
                }
                Err(misfit) => *report.refused.entry(misfit.reason.to_owned()).or_default() += 1,
            }
            of_row.resize(facts.len(), index);
        }
        report.n_rows_read += rows.len() as u64;
        if self.before.finished {
            self.count_again(facts, &of_row, rows, report).await
        } else {
            self.write_new(facts, &of_row, rows, report).await
        }
    }

    /// Writes a batch: its facts, its notes and how far the import has come, in one transaction.
    async fn write_new(
        &self,
        facts: Vec<NewEvent>,
        of_row: &[usize],
        rows: &[RowRead],
        report: &mut Report,
    ) -> Result<(), ImportError> {
        let notes: Vec<NewEvent> = rows.iter().filter_map(|row| self.note(row)).collect();
        let counted = report.clone();
        let line_of: Vec<u64> = of_row.iter().map(|&row| rows[row].line).collect();
        let Import { stream, id, clock, .. } = self;
        let (stream, id, now, lines) = (stream.clone(), id.clone(), clock.now(), line_of.clone());
        let then = move |ingested: &Ingested| {
            let mut report = counted;
            let conflicting = count(&mut report, ingested, &lines);
            let mut bookkeeping = notes;
            for line in conflicting {
                let refused = RowRefused { line, reason: "id_conflict".to_owned(), detail: None };
                bookkeeping.push(fact(&stream, &id, now, &refused.into(), &format!("conflict|{line}"), None));
            }
            let place = format!("progressed|{}", report.n_rows_read);
            bookkeeping.push(fact(&stream, &id, now, &Progressed { report }.into(), &place, None));
            bookkeeping
        };
        let ingested = self.log.ingest(facts, then).await?;
        count(report, &ingested, &line_of);
        Ok(())
    }

    /// Counts what a finished file's rows are in the log; writes only what, against expectation, is not.
    async fn count_again(
        &self,
        facts: Vec<NewEvent>,
        of_row: &[usize],
        rows: &[RowRead],
        report: &mut Report,
    ) -> Result<(), ImportError> {
        let ingested = self.log.ingest(facts, |_ingested| Vec::new()).await?;
        let line_of: Vec<u64> = of_row.iter().map(|&row| rows[row].line).collect();
        count(report, &ingested, &line_of);
        Ok(())
    }

    async fn finish(&self, report: &Report) -> Result<Ending, ImportError> {
        let nothing = report.n_rows_read == 0 || report.refused.values().sum::<u64>() == report.n_rows_read;
        if nothing && !self.before.finished {
            let detail = format!("of {} rows none could be read as {}", report.n_rows_read, self.kind.name());
            self.end(
                Interrupted { report: report.clone(), reason: Trouble::NothingUnderstood.word() }.into(),
                "nothing",
                report.n_rows_read,
            )
            .await?;
            let path = self.path.to_owned();
            return Ok(Ending::Interrupted(ImportError::File { code: Trouble::NothingUnderstood, detail, path }));
        }
        self.end(Finished { report: report.clone() }.into(), "finished", report.n_rows_read).await?;
        Ok(Ending::Finished)
    }

    async fn end(&self, event: Event, what: &str, n_rows: u64) -> Result<(), ImportError> {
        if self.before.finished {
            return Ok(());
        }
        let place = format!("{what}|{n_rows}|{}", self.clock.now().0);
        self.log.ingest(vec![self.fact(&event, &place, None)], |_ingested| Vec::new()).await?;
        Ok(())
    }

    fn note(&self, row: &RowRead) -> Option<NewEvent> {
        let texts = row.original.as_ref().map(|text| BTreeMap::from([("original".to_owned(), text.clone())]));
        let personal = texts.map(|texts| Personal { subject: row.subject.clone(), texts });
        let place = format!("row|{}", row.line);
        match &row.outcome {
            Ok(translated) if translated.repairs.is_empty() => None,
            Ok(translated) => {
                let reasons = translated.repairs.iter().map(|&reason| reason.to_owned()).collect();
                Some(self.fact(&RowRepaired { line: row.line, reasons }.into(), &place, personal))
            }
            Err(misfit) => {
                let refused = RowRefused { line: row.line, reason: misfit.reason.to_owned(), detail: misfit.detail.clone() };
                Some(self.fact(&refused.into(), &place, personal))
            }
        }
    }

    fn fact(&self, event: &Event, place: &str, personal: Option<Personal>) -> NewEvent {
        fact(&self.stream, &self.id, self.clock.now(), event, place, personal)
    }
}

/// Adds what became of a batch to a report; returns the lines whose ids are taken by other content.
fn count(report: &mut Report, ingested: &Ingested, line_of: &[u64]) -> BTreeSet<u64> {
    report.n_events_written += ingested.n_written;
    report.n_already_present += ingested.n_present;
    let conflicting: BTreeSet<u64> = ingested.conflicts.iter().map(|&place| line_of[place]).collect();
    if !conflicting.is_empty() {
        *report.refused.entry("id_conflict".to_owned()).or_default() += conflicting.len() as u64;
    }
    conflicting
}

/// A fact of the import's own stream.
fn fact(stream: &StreamId, id: &str, now: Moment, event: &Event, place: &str, personal: Option<Personal>) -> NewEvent {
    NewEvent {
        stream: stream.clone(),
        id: EventId::derived("import", &format!("{id}|{place}")),
        occurred_at: now,
        meta: Meta {
            source: "desk".to_owned(),
            actor: Some("importer".to_owned()),
            correlation: Some(stream.to_string()),
            ..Meta::default()
        },
        body: codec::encode(event),
        personal,
    }
}
