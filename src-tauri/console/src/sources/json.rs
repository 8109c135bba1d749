//! A foreign file as JSON documents: one a line, one after another, or the elements of an array, whichever the file has.
//!
//! Vendors write the same records in many wrappings: webhooks are kept one a line, streams put one object directly behind
//! the other, exports are one array, or an object in which one list holds the records (`{"audits": [ … ], "next_page": … }`).
//! The file is cut by its brackets and strings alone, in bounded memory and without recursion; what stands in a record is
//! for its source to parse.
//!
//! One record that is cut off spoils no other: no string of JSON holds a line end, and a line that begins as records
//! begin, while one is still open, begins the next.

mod scan;

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use serde_json::Value;

use self::scan::{Scan, Step};
use super::Misfit;
use super::records::{Content, Record};
use super::text::{ReadError, Text, of_io};

/// The longest record, in bytes; longer ones are refused and skipped without being kept.
pub const DOCUMENT_BYTES_MAX: usize = 16 << 20;

/// How much of a record that was cut off is kept, in bytes.
const ORIGINAL_BYTES_MAX: usize = 16 << 10;
/// What RFC 7464 puts before each record.
const RECORD_SEPARATOR: u8 = 0x1e;

/// One record: a JSON value as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The list of its wrapping in which it stood, by its path (`data/payload`); nothing when it stood alone.
    pub list: Option<&'static str>,
    /// Its text.
    pub raw: String,
}

impl Document {
    /// The record, parsed.
    ///
    /// # Errors
    /// [`Misfit`] `bad_json`, with its place and none of its words; `not_an_object` when it is another value.
    pub fn object(&self) -> Result<Value, Misfit> {
        let value: Value =
            serde_json::from_str(&self.raw).map_err(|error| Misfit::new("bad_json", events::codec::place(&error)))?;
        if value.is_object() { Ok(value) } else { Err(Misfit { reason: "not_an_object", detail: None }) }
    }
}

/// Where the reader stands: what it has opened and not closed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Level {
    /// In a list whose elements are records.
    List(Option<&'static str>),
    /// In an object that wraps lists of records, which has this path.
    Wrapping(String),
}

/// A file being read document by document.
pub struct Json {
    reader: BufReader<Box<dyn Read + Send>>,
    read: Arc<AtomicU64>,
    /// The paths of the lists that hold records.
    lists: &'static [&'static str],
    levels: Vec<Level>,
    line: u64,
    column: u64,
    /// In which column the records of this list begin, once one has.
    begins_at: Option<u64>,
    /// Whether each of them stood in one line.
    one_a_line: bool,
    /// Whether a record was cut off and its rest is passed over.
    lost: bool,
}

/// A value as it was cut out.
struct Cut {
    line: u64,
    raw: Vec<u8>,
    n_bytes: u64,
    /// Whether its brackets and strings are all closed.
    whole: bool,
}

impl Cut {
    fn add(&mut self, bytes: &[u8]) {
        self.n_bytes += bytes.len() as u64;
        let room = DOCUMENT_BYTES_MAX.saturating_sub(self.raw.len());
        self.raw.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn into_record(self, list: Option<&'static str>) -> Record {
        let original = || Some(String::from_utf8_lossy(&self.raw[..self.raw.len().min(ORIGINAL_BYTES_MAX)]).into_owned());
        let content = if (self.raw.len() as u64) < self.n_bytes {
            Err((Misfit::new("record_too_long", format!("{} bytes", self.n_bytes)), None))
        } else if !self.whole {
            Err((Misfit { reason: "cut_off", detail: None }, original()))
        } else {
            match String::from_utf8(self.raw) {
                Ok(raw) => Ok(Content::Document(Document { list, raw })),
                Err(_) => Err((Misfit { reason: "not_utf8", detail: None }, None)),
            }
        };
        Record { line: self.line, content }
    }
}

impl Json {
    /// The documents of a text; the elements of the `lists` named, by path, are records of their own.
    #[must_use]
    pub fn of(text: Text, lists: &'static [&'static str]) -> Self {
        let Text { reader, read, .. } = text;
        let levels = Vec::new();
        Self { reader, read, lists, levels, line: 1, column: 0, begins_at: None, one_a_line: true, lost: false }
    }

    /// Bytes taken off the disk so far; shared, so that progress can be watched.
    #[must_use]
    pub fn bytes_read(&self) -> Arc<AtomicU64> {
        self.read.clone()
    }

    /// The next document, or `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read or unpacked further; what was read before stands.
    pub fn next_record(&mut self) -> Result<Option<Record>, ReadError> {
        while let Some(byte) = self.peek()? {
            if self.lost {
                self.find_again(byte)?;
                continue;
            }
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b',' | RECORD_SEPARATOR => self.skip(byte),
                b']' | b'}' => {
                    self.skip(byte);
                    self.close(byte);
                }
                b'[' if self.levels.is_empty() => {
                    self.skip(byte);
                    self.open(Level::List(None));
                }
                b'"' if matches!(self.levels.last(), Some(Level::Wrapping(_))) => {
                    let (name, cut) = self.name()?;
                    if !cut.whole {
                        self.lost = true;
                    } else if !self.opens(&name)? {
                        let passed_over = self.value()?;
                        self.lost = !passed_over.whole;
                    }
                }
                b'{' if self.levels.is_empty() && !self.lists.is_empty() => {
                    if let Some(cut) = self.wrapping_or_value()? {
                        return Ok(Some(self.record(cut)));
                    }
                }
                _ => {
                    let cut = self.value()?;
                    return Ok(Some(self.record(cut)));
                }
            }
        }
        Ok(None)
    }

    fn record(&mut self, cut: Cut) -> Record {
        self.lost = !cut.whole;
        self.one_a_line &= self.line == cut.line;
        let list = match self.levels.last() {
            Some(Level::List(list)) => *list,
            Some(Level::Wrapping(_)) | None => None,
        };
        cut.into_record(list)
    }

    /// Passes over the rest of a record that was cut off, up to the line in which the next begins or the list ends.
    fn find_again(&mut self, byte: u8) -> Result<(), ReadError> {
        let begins = self.column == self.begins_at.unwrap_or_default() && matches!(byte, b'{' | b'[');
        let ends = byte == b']' && self.column <= self.begins_at.unwrap_or_default() && !self.levels.is_empty();
        if begins || ends {
            self.lost = false;
            return Ok(());
        }
        if matches!(byte, b' ' | b'\t') && self.column < self.begins_at.unwrap_or_default() {
            self.skip(byte);
            return Ok(());
        }
        while let Some(byte) = self.peek()? {
            self.skip(byte);
            if byte == b'\n' {
                break;
            }
        }
        Ok(())
    }

    fn open(&mut self, level: Level) {
        self.levels.push(level);
        self.begins_at = None;
        self.one_a_line = true;
    }

    fn close(&mut self, byte: u8) {
        match (self.levels.last(), byte) {
            (Some(Level::List(_)), b']') | (Some(Level::Wrapping(_)), b'}') => {
                self.levels.pop();
                self.begins_at = None;
            }
            // A bracket that nothing opened: what opened it was cut off.
            _ => {}
        }
    }

    /// An object at the top: a wrapping if one of the lists stands in it, else a record.
    ///
    /// Its members are kept until a list is met, so the record is whole when none is.
    fn wrapping_or_value(&mut self) -> Result<Option<Cut>, ReadError> {
        self.begins_at = Some(self.column);
        let mut held = Cut { line: self.line, raw: Vec::new(), n_bytes: 0, whole: false };
        self.skip(b'{');
        held.add(b"{");
        while let Some(byte) = self.peek()? {
            match byte {
                b'}' => {
                    self.skip(byte);
                    held.add(b"}");
                    held.whole = true;
                    break;
                }
                b'"' => {
                    let (name, cut) = self.name()?;
                    held.add(&cut.raw);
                    if !cut.whole {
                        break;
                    }
                    self.levels.push(Level::Wrapping(String::new()));
                    if self.opens(&name)? {
                        return Ok(None);
                    }
                    let value = self.value();
                    self.levels.pop();
                    let value = value?;
                    held.n_bytes += value.n_bytes - value.raw.len() as u64;
                    held.add(&value.raw);
                    if !value.whole {
                        break;
                    }
                }
                b'{' if self.column == 0 && self.begins_at == Some(0) => break,
                _ => {
                    self.skip(byte);
                    held.add(&[byte]);
                }
            }
        }
        Ok(Some(held))
    }

    /// A member's name with the colon behind it, and both as they stand.
    fn name(&mut self) -> Result<(String, Cut), ReadError> {
        let mut cut = self.value()?;
        let name = serde_json::from_slice::<String>(&cut.raw).unwrap_or_default();
        let mut colon = false;
        while let Some(byte @ (b' ' | b'\t' | b'\r' | b'\n' | b':')) = self.peek()? {
            // Nobody breaks a line before the colon: the record was cut off behind the name.
            if byte == b'\n' && !colon {
                break;
            }
            colon |= byte == b':';
            self.skip(byte);
            cut.add(&[byte]);
        }
        cut.whole &= colon;
        Ok((name, cut))
    }

    /// Goes into a member of a wrapping that is a list of records or leads to one; whether it did.
    fn opens(&mut self, name: &str) -> Result<bool, ReadError> {
        let Some(Level::Wrapping(path)) = self.levels.last() else { return Ok(false) };
        let path = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
        let list = self.lists.iter().find(|list| **list == path).copied();
        let leads = self.lists.iter().any(|list| list.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('/')));
        let level = match (self.peek()?, list) {
            (Some(b'['), Some(list)) => Level::List(Some(list)),
            (Some(b'{'), None) if leads => Level::Wrapping(path),
            _ => return Ok(false),
        };
        self.reader.consume(1);
        self.column += 1;
        self.open(level);
        Ok(true)
    }

    fn peek(&mut self) -> Result<Option<u8>, ReadError> {
        self.chunk().map(|chunk| chunk.first().copied())
    }

    fn chunk(&mut self) -> Result<&[u8], ReadError> {
        loop {
            match self.reader.fill_buf() {
                Ok(_) => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(of_io(&error)),
            }
        }
        Ok(self.reader.buffer())
    }

    fn skip(&mut self, byte: u8) {
        self.reader.consume(1);
        if byte == b'\n' {
            self.line += 1;
            self.column = 0;
        } else {
            self.column += 1;
        }
    }

    /// Cuts out the value that begins here.
    fn value(&mut self) -> Result<Cut, ReadError> {
        let mut cut = Cut { line: self.line, raw: Vec::new(), n_bytes: 0, whole: false };
        let begins_at = *self.begins_at.get_or_insert(self.column);
        let mut scan = Scan::of(begins_at, self.one_a_line, self.levels.is_empty());
        loop {
            let (mut line, mut column) = (self.line, self.column);
            let chunk = self.chunk()?;
            let at_end = chunk.is_empty();
            let mut n = 0;
            for &byte in chunk {
                let step = scan.step(byte, column);
                if matches!(step, Step::Before) {
                    break;
                }
                n += 1;
                if byte == b'\n' {
                    line += 1;
                    column = 0;
                } else {
                    column += 1;
                }
                if matches!(step, Step::Behind) {
                    break;
                }
            }
            cut.add(&chunk[..n]);
            self.reader.consume(n);
            (self.line, self.column) = (line, column);
            if at_end || scan.ended().is_some() {
                cut.whole = scan.ended().unwrap_or(false);
                return Ok(cut);
            }
        }
    }
}
