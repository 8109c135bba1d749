//! A foreign file as lines of text, and never more than one bounded line in memory.

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::text::Text;
pub use super::text::{ReadError, of_io, open};

/// The longest line read unless [`Lines::allow`] says otherwise, in bytes; longer ones are refused and skipped without
/// being kept.
pub const LINE_BYTES_MAX: usize = 1 << 20;

/// One line, without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Its text.
    Text(String),
    /// Longer than is allowed: only its length.
    TooLong(u64),
    /// Not text in the file's encoding.
    NotText,
}

impl Line {
    /// The bytes of its text that are held.
    #[must_use]
    pub fn n_bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::TooLong(_) | Self::NotText => 0,
        }
    }
}

/// A file being read line by line.
pub struct Lines {
    reader: BufReader<Box<dyn Read + Send>>,
    read: Arc<AtomicU64>,
    mended: Option<&'static str>,
    buffer: Vec<u8>,
    line_bytes_max: usize,
}

impl Lines {
    /// Begins to read: unpacks gzip, finds the encoding.
    ///
    /// # Errors
    /// When the source has no content or cannot be unpacked.
    pub fn new(source: impl Read + Send + 'static) -> Result<Self, ReadError> {
        Text::open(source).map(Self::of)
    }

    /// The lines of a text.
    #[must_use]
    pub fn of(text: Text) -> Self {
        let Text { reader, read, mended, .. } = text;
        Self { reader, read, mended, buffer: Vec::new(), line_bytes_max: LINE_BYTES_MAX }
    }

    /// Allows lines of up to `n_bytes` from here on.
    pub fn allow(&mut self, n_bytes: usize) {
        self.line_bytes_max = n_bytes;
    }

    /// What had to be mended to read the file as text at all: its encoding.
    #[must_use]
    pub fn mended(&self) -> Option<&'static str> {
        self.mended
    }

    /// Bytes taken off the disk so far; shared, so that progress can be watched.
    #[must_use]
    pub fn bytes_read(&self) -> Arc<AtomicU64> {
        self.read.clone()
    }

    /// The next line, or `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read or unpacked further; what was read before stands.
    pub fn next_line(&mut self) -> Result<Option<Line>, ReadError> {
        self.buffer.clear();
        let mut n_bytes: u64 = 0;
        let mut last_byte = None;
        let mut ended = false;
        while !ended {
            let chunk = match self.reader.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(of_io(&error)),
            };
            if chunk.is_empty() {
                if n_bytes == 0 && last_byte.is_none() {
                    return Ok(None);
                }
                break;
            }
            let end = chunk.iter().position(|&byte| byte == b'\n');
            let taken = end.unwrap_or(chunk.len());
            // One byte more than a line may have: the carriage return before its end.
            if self.buffer.len() + taken <= self.line_bytes_max + 1 {
                self.buffer.extend_from_slice(&chunk[..taken]);
            }
            n_bytes += taken as u64;
            last_byte = chunk[..taken].last().copied().or(last_byte);
            ended = end.is_some();
            self.reader.consume(taken + usize::from(ended));
        }
        if last_byte == Some(b'\r') {
            n_bytes -= 1;
        }
        if (self.line_bytes_max as u64) < n_bytes {
            return Ok(Some(Line::TooLong(n_bytes)));
        }
        self.buffer.truncate(usize::try_from(n_bytes).unwrap_or(self.line_bytes_max));
        Ok(Some(std::str::from_utf8(&self.buffer).map_or(Line::NotText, |text| Line::Text(text.to_owned()))))
    }
}
