//! A foreign file as text: opened, unpacked, decoded, with its beginning to be recognised by.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;
use flate2::bufread::MultiGzDecoder;

use crate::verbs::Trouble;

/// How much of a file is looked at to find its encoding and its source.
const SAMPLE_BYTES: usize = 64 << 10;
/// What may stand before UTF-8.
const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";
/// The longest first line that is looked at, in bytes.
const FIRST_LINE_BYTES_MAX: usize = 8 << 20;
/// A packed file may unpack to this many times its size, which deflate reaches only where one byte repeats.
const UNPACKED_TIMES_MAX: u64 = 500;
/// So many characters of UTF-8 beyond ASCII vouch for the file against each sequence of bytes that is none.
///
/// In prose in GBK, Big5, Shift-JIS or Windows-1252, what happens to read as UTF-8 is less than a third of what does not.
const UTF8_FOR_EACH_FAULT: usize = 4;
/// Below this many bytes nobody counts.
const UNPACKED_BYTES_FREE: u64 = 64 << 20;

/// Why a file cannot be read, or not further.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct ReadError {
    /// Which trouble.
    pub code: Trouble,
    /// What exactly.
    pub detail: String,
}

/// A file opened as UTF-8 text.
pub struct Text {
    pub(super) reader: BufReader<Box<dyn Read + Send>>,
    pub(super) read: Arc<AtomicU64>,
    pub(super) mended: Option<&'static str>,
    encoding: &'static str,
    head: String,
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

/// What a packed file unpacks to, as long as that is in proportion.
struct Unpacked<R> {
    inner: R,
    packed: Arc<AtomicU64>,
    n_bytes: u64,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.n_bytes += n as u64;
        let most = UNPACKED_BYTES_FREE.max(self.packed.load(Ordering::Relaxed).saturating_mul(UNPACKED_TIMES_MAX));
        if most < self.n_bytes {
            let detail = format!("it unpacks to more than {UNPACKED_TIMES_MAX} times its size");
            return Err(std::io::Error::new(ErrorKind::FileTooLarge, detail));
        }
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

/// Text whose lines end with carriage returns alone, as line feeds.
struct LineFeeds<R>(R);

impl<R: Read> Read for LineFeeds<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.0.read(buffer)?;
        buffer[..n].iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
        Ok(n)
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
        ErrorKind::FileTooLarge => Trouble::GzipBomb,
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
    let kind = file.metadata().map_err(|error| of_io(&error))?;
    if kind.is_dir() {
        return Err(ReadError { code: Trouble::FileIsFolder, detail: "this is a folder".to_owned() });
    }
    // It is read twice, once to know it again: what a pipe says is said once.
    if !kind.is_file() {
        let detail = "this is a pipe or a device: give it as the standard input, -".to_owned();
        return Err(ReadError { code: Trouble::FileUnreadable, detail });
    }
    Ok(file)
}

impl Text {
    /// Begins to read: unpacks gzip, finds the encoding.
    ///
    /// # Errors
    /// When the source has no content or cannot be unpacked.
    pub fn open(source: impl Read + Send + 'static) -> Result<Self, ReadError> {
        Self::of(source, false, None)
    }

    /// As [`open`](Self::open), in an encoding that somebody knows; `None` to find it.
    ///
    /// # Errors
    /// When the source has no content or cannot be unpacked.
    pub fn open_as(source: impl Read + Send + 'static, known: Option<&'static Encoding>) -> Result<Self, ReadError> {
        Self::of(source, false, known)
    }

    /// As [`open_as`](Self::open_as) reads what is still being written: waits for no more than a first line, by which the
    /// encoding is guessed.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn follow(source: impl Read + Send + 'static, known: Option<&'static Encoding>) -> Result<Self, ReadError> {
        Self::of(source, true, known)
    }

    fn of(source: impl Read + Send + 'static, promptly: bool, known: Option<&'static Encoding>) -> Result<Self, ReadError> {
        let read = Arc::new(AtomicU64::new(0));
        let mut packed = BufReader::with_capacity(SAMPLE_BYTES, Counted { inner: source, read: read.clone() });
        let gzip = packed.fill_buf().map_err(|error| of_io(&error))?.starts_with(&[0x1f, 0x8b]);
        let mut plain: Box<dyn Read + Send> = if gzip {
            Box::new(Unpacked { inner: MultiGzDecoder::new(packed), packed: read.clone(), n_bytes: 0 })
        } else {
            Box::new(packed)
        };
        let mut sample = Vec::with_capacity(SAMPLE_BYTES);
        // A file that breaks off inside the sample still gives the rows before the break.
        loop {
            match sampled(plain.as_mut(), promptly, &mut sample) {
                Err(error) if sample.is_empty() => return Err(of_io(&error)),
                Err(error) => {
                    plain = Box::new(Broken(Some(error)));
                    break;
                }
                // A source is recognised by its whole first line.
                Ok(n) if n == 0 || sample.contains(&b'\n') || FIRST_LINE_BYTES_MAX <= sample.len() => break,
                Ok(_) => {}
            }
        }
        if sample.is_empty() {
            return Err(ReadError { code: Trouble::FileEmpty, detail: "the file has no content".to_owned() });
        }
        let (encoding, mended) = known.map_or_else(|| encoding_of(&sample), |known| (Some(known), None));
        let (head, of_head, _) = encoding.unwrap_or(UTF_8).decode(&sample);
        let (mut head, of_head) = (head.into_owned(), of_head.name());
        // UTF-8 is not decoded: a record with a bad byte is to be refused, not to be read with a replacement in it.
        let marked = encoding == Some(UTF_8) && sample.starts_with(UTF8_MARK);
        let from = if marked { UTF8_MARK.len() } else { 0 };
        let mut whole = std::io::Cursor::new(sample);
        whole.set_position(from as u64);
        let whole = whole.chain(plain);
        let mut decoded: Box<dyn Read + Send> = match encoding.filter(|encoding| *encoding != UTF_8) {
            None => Box::new(whole),
            Some(encoding) => Box::new(DecodeReaderBytesBuilder::new().encoding(Some(encoding)).build(whole)),
        };
        // The first line was read whole, so the file has no line feed, or far too late for one.
        if head.contains('\r') && !head.contains('\n') {
            head = head.replace('\r', "\n");
            decoded = Box::new(LineFeeds(decoded));
        }
        Ok(Self { reader: BufReader::with_capacity(SAMPLE_BYTES, decoded), read, mended, encoding: of_head, head })
    }

    /// What had to be mended to read the file as text at all: its encoding.
    #[must_use]
    pub fn mended(&self) -> Option<&'static str> {
        self.mended
    }

    /// The encoding it is in, by its name in the Encoding Standard.
    #[must_use]
    pub fn encoding(&self) -> &'static str {
        self.encoding
    }

    /// Its beginning, decoded; where it breaks off inside a character, a replacement stands for that.
    #[must_use]
    pub fn head(&self) -> &str {
        &self.head
    }

    /// Its first line without the line's end, as far as the beginning holds it.
    #[must_use]
    pub fn first_line(&self) -> &str {
        let line = self.head.split('\n').next().unwrap_or_default();
        line.strip_suffix('\r').unwrap_or(line)
    }

    /// Bytes taken off the disk so far; shared, so that progress can be watched.
    #[must_use]
    pub fn bytes_read(&self) -> Arc<AtomicU64> {
        self.read.clone()
    }
}

/// Reads on in the sample: as much as fits or, promptly, what is there.
fn sampled(plain: &mut (dyn Read + Send), promptly: bool, sample: &mut Vec<u8>) -> std::io::Result<usize> {
    if !promptly {
        return plain.take(SAMPLE_BYTES as u64).read_to_end(sample);
    }
    let mut chunk = vec![0; SAMPLE_BYTES];
    loop {
        match plain.read(&mut chunk) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => {
                return read.inspect(|&n| sample.extend_from_slice(&chunk[..n]));
            }
        }
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
        // Plain letters say nothing; what XML says of itself holds for what comes later.
        let legacy = declared(sample)
            .filter(|_| sample.is_ascii())
            .filter(|encoding| *encoding != UTF_8 && encoding.is_ascii_compatible());
        return legacy.map_or((None, None), |encoding| (Some(encoding), Some(mended_as(encoding))));
    }
    if mostly_utf8(sample) {
        return (None, None);
    }
    // What XML says of itself is better than a guess.
    if let Some(encoding) = declared(sample).filter(|encoding| *encoding != UTF_8) {
        return (Some(encoding), Some(mended_as(encoding)));
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(sample, false);
    let guess = detector.guess(None, chardetng::Utf8Detection::Allow);
    if guess == UTF_8 { (None, None) } else { (Some(guess), Some(mended_as(guess))) }
}

/// Whether text that is not all UTF-8 is so but for a few faults.
fn mostly_utf8(sample: &[u8]) -> bool {
    let (mut n_beyond_ascii, mut n_faults) = (0, 0);
    for chunk in sample.utf8_chunks() {
        n_beyond_ascii += chunk.valid().bytes().filter(|&byte| 0xc0 <= byte).count();
        n_faults += usize::from(!chunk.invalid().is_empty());
    }
    n_faults * UTF8_FOR_EACH_FAULT <= n_beyond_ascii
}

fn mended_as(encoding: &'static Encoding) -> &'static str {
    match encoding.name() {
        "GBK" | "gb18030" => "decoded_from_gbk",
        "Big5" => "decoded_from_big5",
        _ => "decoded_from_legacy",
    }
}

/// The encoding that an XML declaration names.
fn declared(sample: &[u8]) -> Option<&'static Encoding> {
    let head = &sample[..sample.len().min(200)];
    let declaration = head.starts_with(b"<?xml").then(|| String::from_utf8_lossy(head))?;
    let (_, after) = declaration.split("?>").next()?.split_once("encoding")?;
    let label = after.trim_start_matches(['=', ' ', '"', '\'']);
    Encoding::for_label(label.split(['"', '\'']).next()?.as_bytes())
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
