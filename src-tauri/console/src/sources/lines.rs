//! A foreign file as lines of text: unpacked, decoded, and never more than one bounded line in memory.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;
use flate2::bufread::MultiGzDecoder;

use crate::verbs::Trouble;

/// The longest line read unless [`Lines::allow`] says otherwise, in bytes; longer ones are refused and skipped without
/// being kept.
pub const LINE_BYTES_MAX: usize = 1 << 20;
/// How much of a file is looked at to find its encoding.
const SAMPLE_BYTES: usize = 64 << 10;

/// Why a file cannot be read, or not further.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct ReadError {
    /// Which trouble.
    pub code: Trouble,
    /// What exactly.
    pub detail: String,
}

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

/// Counts what is taken off the disk.
struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

/// The end of a file that could not be read to its end.
struct Broken(Option<std::io::Error>);

impl Read for Broken {
    fn read(&mut self, _buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Says what an error of the file system means for a file to be read.
#[allow(clippy::wildcard_enum_match_arm, reason = "the standard library's list is open; what is not named is not readable")]
#[must_use]
pub fn of_io(error: &std::io::Error) -> ReadError {
    let code = match error.kind() {
        ErrorKind::NotFound => Trouble::FileMissing,
        ErrorKind::PermissionDenied => Trouble::FileForbidden,
        ErrorKind::IsADirectory => Trouble::FileIsFolder,
        ErrorKind::UnexpectedEof => Trouble::GzipTruncated,
        ErrorKind::InvalidInput | ErrorKind::InvalidData => Trouble::GzipDamaged,
        _ => Trouble::FileUnreadable,
    };
    ReadError { code, detail: error.to_string() }
}

/// Opens a file to read its bytes.
///
/// # Errors
/// When it is missing, forbidden or a folder.
pub fn open(path: &Path) -> Result<File, ReadError> {
    let file = File::open(path).map_err(|error| of_io(&error))?;
    if file.metadata().map_err(|error| of_io(&error))?.is_dir() {
        return Err(ReadError { code: Trouble::FileIsFolder, detail: "this is a folder".to_owned() });
    }
    Ok(file)
}

impl Lines {
    /// Begins to read: unpacks gzip, finds the encoding.
    ///
    /// # Errors
    /// When the source has no content or cannot be unpacked.
    pub fn new(source: impl Read + Send + 'static) -> Result<Self, ReadError> {
        let read = Arc::new(AtomicU64::new(0));
        let mut packed = BufReader::with_capacity(SAMPLE_BYTES, Counted { inner: source, read: read.clone() });
        let gzip = packed.fill_buf().map_err(|error| of_io(&error))?.starts_with(&[0x1f, 0x8b]);
        let plain: Box<dyn Read + Send> = if gzip { Box::new(MultiGzDecoder::new(packed)) } else { Box::new(packed) };
        let mut plain = plain;
        let mut sample = Vec::with_capacity(SAMPLE_BYTES);
        // A file that breaks off inside the sample still gives the rows before the break.
        if let Err(error) = plain.by_ref().take(SAMPLE_BYTES as u64).read_to_end(&mut sample) {
            if sample.is_empty() {
                return Err(of_io(&error));
            }
            plain = Box::new(Broken(Some(error)));
        }
        if sample.is_empty() {
            return Err(ReadError { code: Trouble::FileEmpty, detail: "the file has no content".to_owned() });
        }
        let (encoding, mended) = encoding_of(&sample);
        let whole = std::io::Cursor::new(sample).chain(plain);
        let decoded: Box<dyn Read + Send> = match encoding {
            None => Box::new(whole),
            Some(encoding) => Box::new(DecodeReaderBytesBuilder::new().encoding(Some(encoding)).build(whole)),
        };
        let reader = BufReader::with_capacity(SAMPLE_BYTES, decoded);
        Ok(Self { reader, read, mended, buffer: Vec::new(), line_bytes_max: LINE_BYTES_MAX })
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

/// The encoding to decode from (`None`: UTF-8, nothing to do) and what to call that repair.
fn encoding_of(sample: &[u8]) -> (Option<&'static Encoding>, Option<&'static str>) {
    if let Some((encoding, _)) = Encoding::for_bom(sample) {
        return if encoding == UTF_8 {
            (Some(UTF_8), Some("byte_order_mark"))
        } else {
            (Some(encoding), Some("decoded_from_utf16"))
        };
    }
    if let Some(encoding) = utf16_without_mark(sample) {
        return (Some(encoding), Some("decoded_from_utf16"));
    }
    // The sample may end inside a character; only an error before its end counts.
    let utf8 = match std::str::from_utf8(sample) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && sample.len() - error.valid_up_to() < 4,
    };
    if utf8 {
        return (None, None);
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(sample, false);
    let guess = detector.guess(None, chardetng::Utf8Detection::Allow);
    let mended = match guess.name() {
        "UTF-8" => return (None, None),
        "GBK" | "gb18030" => "decoded_from_gbk",
        "Big5" => "decoded_from_big5",
        _ => "decoded_from_legacy",
    };
    (Some(guess), Some(mended))
}

/// Text in a Latin script as UTF-16 has a zero in every other byte.
fn utf16_without_mark(sample: &[u8]) -> Option<&'static Encoding> {
    let head = &sample[..sample.len().min(512) & !1];
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|&&byte| byte == 0).count();
    let most = head.len() / 2 * 9 / 10;
    if head.len() < 8 {
        return None;
    }
    if most <= zeros(1) {
        return Some(UTF_16LE);
    }
    (most <= zeros(0)).then_some(UTF_16BE)
}
