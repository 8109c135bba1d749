//! Reading a foreign file on a thread of its own: fingerprint, format, records, translated a few batches ahead.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use events::Moment;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::opened::Opened;
use super::{Cancel, ImportError};
use crate::log::LogError;
use crate::sources::records::Record;
use crate::sources::text::{ReadError, of_io, open};
use crate::sources::{Misfit, Translate, Translated};

/// Rows per transaction.
const BATCH_ROWS: usize = 500;
/// Bytes of rows after which a transaction has enough, however few rows they are.
const BATCH_BYTES: usize = 4 << 20;
/// Batches read ahead of the writer.
const AHEAD_MAX: usize = 4;
/// How far ahead of the clock a ticket's fact may be: clocks differ, zones are mistaken, but nobody writes next week's log.
const AHEAD_SECS: i64 = 86_400;
/// Longest original text kept with a note, in characters.
const ORIGINAL_CHARS_MAX: usize = 2_000;

/// A row of the file and what came of it.
pub(super) struct RowRead {
    pub(super) line: u64,
    pub(super) outcome: Result<Translated, Misfit>,
    /// Kept only when there is something to say about the row.
    pub(super) original: Option<String>,
    /// The customer whom the row is about, by pseudonym, when the original is kept.
    pub(super) subject: Option<String>,
}

/// What the reading thread hands over.
pub(super) struct Batch {
    pub(super) rows: Vec<RowRead>,
    pub(super) bytes_read: u64,
    pub(super) ended: Option<Result<(), ReadError>>,
}

pub(super) fn of_file(path: &Path) -> impl Fn(ReadError) -> ImportError + use<> {
    let path = path.to_owned();
    move |error| ImportError::File { code: error.code, detail: error.detail, path: path.clone() }
}

/// The file's SHA-256, shortened to 32 hexadecimal digits, and its size; `None` when cancelled.
pub(super) async fn fingerprint(path: &Path, cancel: &Cancel) -> Result<Option<(String, u64)>, ImportError> {
    let (path, cancel) = (path.to_owned(), cancel.clone());
    let file = of_file(&path);
    let hashed = tokio::task::spawn_blocking(move || -> Result<_, ReadError> {
        let mut source = open(&path)?;
        let mut digest = Sha256::new();
        let mut size: u64 = 0;
        let mut chunk = vec![0; 1 << 20];
        loop {
            if cancel.asked() {
                return Ok(None);
            }
            let n = source.read(&mut chunk).map_err(|error| of_io(&error))?;
            if n == 0 {
                break;
            }
            digest.update(&chunk[..n]);
            size += n as u64;
        }
        let hex: String = digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Ok(Some((hex, size)))
    });
    hashed.await.map_err(|_panicked| ImportError::Log(LogError::Closed))?.map_err(file)
}

/// The size of a file and when it was written last.
pub(super) fn last_written(path: &Path) -> Option<(u64, std::time::SystemTime)> {
    let there = std::fs::metadata(path).ok()?;
    Some((there.len(), there.modified().ok()?))
}

/// Whether two paths lead to one file, without opening either.
pub(super) fn same_file(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    if let (Ok(a), Ok(b)) = (std::fs::metadata(a), std::fs::metadata(b)) {
        use std::os::unix::fs::MetadataExt;
        return (a.dev(), a.ino()) == (b.dev(), b.ino());
    }
    a.canonicalize().ok().zip(b.canonicalize().ok()).is_some_and(|(a, b)| a == b)
}

impl Opened {
    /// Reads and translates on a thread of its own, a few batches ahead; nothing can have happened long after `now`.
    pub(super) fn read(self, n_rows_to_skip: u64, now: Moment) -> mpsc::Receiver<Batch> {
        let (to, batches) = mpsc::channel(AHEAD_MAX);
        tokio::task::spawn_blocking(move || {
            let Self { mut records, mut translator, .. } = self;
            let bytes: Arc<AtomicU64> = records.bytes_read();
            let mut n_rows = 0;
            loop {
                let mut batch = Batch { rows: Vec::with_capacity(BATCH_ROWS), bytes_read: 0, ended: None };
                let mut n_bytes = 0;
                while batch.rows.len() < BATCH_ROWS && n_bytes < BATCH_BYTES && batch.ended.is_none() {
                    match records.next_record() {
                        Ok(None) => batch.ended = Some(Ok(())),
                        Err(error) => batch.ended = Some(Err(error)),
                        Ok(Some(record)) => {
                            n_rows += 1;
                            if n_rows_to_skip < n_rows {
                                n_bytes += record.content.as_ref().map_or(0, |content| content.original().len());
                                batch.rows.push(row(translator.as_mut(), record, now));
                            } else if translator.remembers()
                                && let Ok(content) = &record.content
                            {
                                // It was written by an earlier attempt; only its place among equals matters now.
                                translator.translate(content).ok();
                            }
                            // A reader who has nothing to hand over must still notice that nobody waits for it.
                            if n_rows % BATCH_ROWS as u64 == 0 && to.is_closed() {
                                return;
                            }
                        }
                    }
                }
                batch.bytes_read = bytes.load(Ordering::Relaxed);
                let last = batch.ended.is_some();
                // A receiver that is gone has cancelled or failed: there is nobody to read for.
                if to.blocking_send(batch).is_err() || last {
                    return;
                }
            }
        });
        batches
    }
}

/// Translates one record.
pub(super) fn row(translator: &mut dyn Translate, record: Record, now: Moment) -> RowRead {
    let Record { line, content } = record;
    let shortened = |text: &str| text.chars().take(ORIGINAL_CHARS_MAX).collect::<String>();
    match content {
        Err((misfit, original)) => {
            RowRead { line, outcome: Err(misfit), original: original.as_deref().map(shortened), subject: None }
        }
        Ok(content) => {
            let outcome = translator.translate(&content);
            let outcome = outcome.and_then(|translated| possible(translated, translator.past(), now));
            let remarkable = outcome.as_ref().map_or(true, |translated| !translated.repairs.is_empty());
            let original = remarkable.then(|| shortened(content.original()));
            let subject = if remarkable { translator.subject(&content) } else { None };
            RowRead { line, outcome, original, subject }
        }
    }
}

/// Refuses a ticket's fact from a year that has not come, which would hide every other behind it; or any, when `all`.
fn possible(translated: Translated, all: bool, now: Moment) -> Result<Translated, Misfit> {
    let latest = now.plus_secs(AHEAD_SECS);
    let ahead = |event: &events::NewEvent| (all || event.stream.noun() == "ticket") && latest < event.occurred_at;
    if translated.events.iter().any(ahead) {
        return Err(Misfit { reason: "time_in_future", detail: None });
    }
    Ok(translated)
}
