//! Reading a foreign file on a thread of its own: fingerprint, format, rows, translated a few batches ahead.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::{Cancel, ImportError};
use crate::keys::Pseudonyms;
use crate::log::LogError;
use crate::sources::lines::{Line, Lines, ReadError, open};
use crate::sources::{FormatError, Misfit, SourceKind, Translated, Translator};
use crate::verbs::Trouble;

/// Rows per transaction.
const BATCH_ROWS: usize = 500;
/// Batches read ahead of the writer.
const AHEAD_MAX: usize = 4;
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
            let n = source.read(&mut chunk).map_err(|error| crate::sources::lines::of_io(&error))?;
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

/// A file opened and recognised.
pub(super) struct Opened {
    pub(super) lines: Lines,
    pub(super) kind: SourceKind,
    translator: Translator,
    /// The first line, when it is a row and not a header.
    first: Option<Line>,
}

impl Opened {
    pub(super) fn of(
        source: Box<dyn Read + Send>,
        wanted: Option<SourceKind>,
        pseudonyms: Pseudonyms,
        file: &impl Fn(ReadError) -> ImportError,
    ) -> Result<Self, ImportError> {
        let mut lines = Lines::new(source).map_err(file)?;
        let first = lines.next_line().map_err(file)?;
        let text = match &first {
            Some(Line::Text(text)) => text.clone(),
            Some(Line::TooLong(_) | Line::NotText) | None => String::new(),
        };
        let unknown = || {
            file(ReadError { code: Trouble::FormatUnknown, detail: "no source knows a file that begins like this".to_owned() })
        };
        let kind = wanted.or_else(|| SourceKind::detect(&text)).ok_or_else(unknown)?;
        let translator =
            kind.translator(&text, pseudonyms).map_err(|FormatError { code, detail }| file(ReadError { code, detail }))?;
        let first = first.filter(|_| !translator.has_header());
        Ok(Self { lines, kind, translator, first })
    }

    /// Reads and translates on a thread of its own, a few batches ahead.
    pub(super) fn read(self, n_rows_to_skip: u64) -> mpsc::Receiver<Batch> {
        let (to, batches) = mpsc::channel(AHEAD_MAX);
        tokio::task::spawn_blocking(move || {
            let Self { mut lines, translator, mut first, .. } = self;
            let bytes: Arc<AtomicU64> = lines.bytes_read();
            let mut line_number = u64::from(translator.has_header());
            let mut n_rows = 0;
            loop {
                let mut batch = Batch { rows: Vec::with_capacity(BATCH_ROWS), bytes_read: 0, ended: None };
                while batch.rows.len() < BATCH_ROWS && batch.ended.is_none() {
                    match first.take().map_or_else(|| lines.next_line(), |line| Ok(Some(line))) {
                        Ok(None) => batch.ended = Some(Ok(())),
                        Err(error) => batch.ended = Some(Err(error)),
                        Ok(Some(line)) => {
                            line_number += 1;
                            if line == Line::Text(String::new()) {
                                continue;
                            }
                            n_rows += 1;
                            if n_rows_to_skip < n_rows {
                                batch.rows.push(row(&translator, line_number, line));
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

pub(super) fn row(translator: &Translator, line: u64, content: Line) -> RowRead {
    match content {
        Line::TooLong(n_bytes) => RowRead {
            line,
            outcome: Err(Misfit::new("line_too_long", format!("{n_bytes} bytes"))),
            original: None,
            subject: None,
        },
        Line::NotText => {
            RowRead { line, outcome: Err(Misfit { reason: "not_utf8", detail: None }), original: None, subject: None }
        }
        Line::Text(text) => {
            let outcome = translator.translate(&text);
            let remarkable = outcome.as_ref().map_or(true, |translated| !translated.repairs.is_empty());
            let original = remarkable.then(|| text.chars().take(ORIGINAL_CHARS_MAX).collect());
            let subject = if remarkable { translator.subject(&text) } else { None };
            RowRead { line, outcome, original, subject }
        }
    }
}
