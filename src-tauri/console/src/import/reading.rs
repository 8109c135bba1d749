//! Reading a foreign file on a thread of its own: fingerprint, format, records, translated a few batches ahead.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use events::Moment;
use tokio::sync::mpsc;

use super::ImportError;
use super::opened::Opened;
use crate::clock::Clock;
use crate::sources::records::Record;
use crate::sources::text::ReadError;
use crate::sources::{Misfit, Translate, Translated};

/// Rows per transaction.
const BATCH_ROWS: usize = 500;
/// Bytes of rows after which a transaction has enough, however few rows they are.
const BATCH_BYTES: usize = 4 << 20;
/// Facts after which it has: one dialogue is many.
const BATCH_FACTS: usize = 4_000;
/// Batches read ahead of the writer.
const AHEAD_MAX: usize = 2;
/// How long a row that arrives alone waits for others.
const PROMPTLY: Duration = Duration::from_millis(250);
/// How far ahead of the clock a ticket's fact may be: clocks differ, zones are mistaken, but nobody writes next week's log.
const AHEAD_SECS: i64 = 86_400;
/// The beginning of 1971: before, it is a year cut off, or the zero of a clock that was not set.
const EARLIEST: Moment = Moment(31_536_000_000_000);
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
    /// Reads and translates on a thread of its own, a few batches ahead; nothing can have happened long after the
    /// clock's now.
    pub(super) fn read(self, n_rows_to_skip: u64, clock: Clock) -> mpsc::Receiver<Batch> {
        let (to, batches) = mpsc::channel(AHEAD_MAX);
        let bytes = self.records.bytes_read();
        let mut rows = Rows { opened: self, n_rows: 0, n_rows_to_skip, clock };
        tokio::task::spawn_blocking(move || {
            loop {
                let mut batch = Filling::default();
                while !batch.full() {
                    if let Some(read) = rows.next() {
                        batch.add(read);
                    } else if to.is_closed() {
                        // A reader who has nothing to hand over must still notice that nobody waits for it.
                        return;
                    }
                }
                let batch = batch.done(&bytes);
                let last = batch.ended.is_some();
                // A receiver that is gone has cancelled or failed: there is nobody to read for.
                if to.blocking_send(batch).is_err() || last {
                    return;
                }
            }
        });
        batches
    }

    /// As [`read`](Self::read), for what is still being written: no row waits longer than [`PROMPTLY`] for others.
    ///
    /// The thread that reads may wait for ever; it is left alone when the import ends first.
    pub(super) fn follow(self, clock: Clock) -> mpsc::Receiver<Batch> {
        let (to, batches) = mpsc::channel(AHEAD_MAX);
        let bytes = self.records.bytes_read();
        let mut rows = Rows { opened: self, n_rows: 0, n_rows_to_skip: 0, clock };
        let (hand, arriving) = std::sync::mpsc::sync_channel(BATCH_ROWS);
        std::thread::spawn(move || {
            loop {
                let Some(read) = rows.next() else { continue };
                let last = matches!(read, Next::Ended(_));
                if hand.send(read).is_err() || last {
                    return;
                }
            }
        });
        tokio::task::spawn_blocking(move || {
            loop {
                let mut batch = Filling::default();
                let mut until = None;
                while !batch.full() {
                    let wait = until.map_or(PROMPTLY, |until: Instant| until.saturating_duration_since(Instant::now()));
                    match arriving.recv_timeout(wait) {
                        Ok(read) => {
                            until.get_or_insert_with(|| Instant::now() + PROMPTLY);
                            batch.add(read);
                        }
                        Err(RecvTimeoutError::Timeout) if until.is_some() => break,
                        Err(RecvTimeoutError::Timeout) if !to.is_closed() => {}
                        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
                    }
                }
                let batch = batch.done(&bytes);
                let last = batch.ended.is_some();
                if to.blocking_send(batch).is_err() || last {
                    return;
                }
            }
        });
        batches
    }
}

/// What reading on came to.
enum Next {
    /// A row, and its length in bytes.
    Row(RowRead, usize),
    /// The end, or why there is no more.
    Ended(Result<(), ReadError>),
}

/// The rows of a file, one after the other.
struct Rows {
    opened: Opened,
    n_rows: u64,
    n_rows_to_skip: u64,
    clock: Clock,
}

impl Rows {
    /// The next row, translated; `None` now and then while rows are passed over that an earlier attempt has written.
    fn next(&mut self) -> Option<Next> {
        let Opened { records, translator, .. } = &mut self.opened;
        loop {
            let record = match records.next_record() {
                Ok(None) => return Some(Next::Ended(Ok(()))),
                Err(error) => return Some(Next::Ended(Err(error))),
                Ok(Some(record)) => record,
            };
            self.n_rows += 1;
            if self.n_rows_to_skip < self.n_rows {
                let n_bytes = record.content.as_ref().map_or(0, |content| content.original().len());
                return Some(Next::Row(row(translator.as_mut(), record, self.clock.now()), n_bytes));
            }
            if translator.remembers()
                && let Ok(content) = &record.content
            {
                // It was written by an earlier attempt; only its place among equals matters now.
                translator.translate(content).ok();
            }
            if self.n_rows.is_multiple_of(BATCH_ROWS as u64) {
                return None;
            }
        }
    }
}

/// A batch that is being filled.
#[derive(Default)]
struct Filling {
    rows: Vec<RowRead>,
    n_bytes: usize,
    n_facts: usize,
    ended: Option<Result<(), ReadError>>,
}

impl Filling {
    fn full(&self) -> bool {
        BATCH_ROWS <= self.rows.len() || BATCH_BYTES <= self.n_bytes || BATCH_FACTS <= self.n_facts || self.ended.is_some()
    }

    fn add(&mut self, read: Next) {
        match read {
            Next::Row(row, n_bytes) => {
                self.n_bytes += n_bytes;
                self.n_facts += row.outcome.as_ref().map_or(0, |translated| translated.events.len());
                self.rows.push(row);
            }
            Next::Ended(ended) => self.ended = Some(ended),
        }
    }

    fn done(self, bytes: &AtomicU64) -> Batch {
        Batch { rows: self.rows, bytes_read: bytes.load(Ordering::Relaxed), ended: self.ended }
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
            let past = translator.tells_the_past();
            let outcome = translator.translate(&content).and_then(|translated| possible(translated, past, now));
            let remarkable = outcome.as_ref().map_or(true, |translated| !translated.repairs.is_empty());
            let original = remarkable.then(|| shortened(content.original()));
            let subject = if remarkable { translator.subject(&content) } else { None };
            RowRead { line, outcome, original, subject }
        }
    }
}

/// Refuses a fact from a year that has not come, which would hide every other behind it, or from one before there were
/// such systems: of a ticket, or of a source that tells only the past.
fn possible(translated: Translated, past: bool, now: Moment) -> Result<Translated, Misfit> {
    let latest = now.plus_secs(AHEAD_SECS);
    let dated =
        |event: &&events::NewEvent| (past || event.stream.noun() == "ticket") && event.meta.timing == events::Timing::Recorded;
    let mut dated = translated.events.iter().filter(dated);
    match dated.find(|event| latest < event.occurred_at || event.occurred_at < EARLIEST) {
        Some(event) if latest < event.occurred_at => return Err(Misfit { reason: "time_in_future", detail: None }),
        Some(_) => return Err(Misfit::new("bad_time", "before 1971")),
        None => {}
    }
    Ok(translated)
}
