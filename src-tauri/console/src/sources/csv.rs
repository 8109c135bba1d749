//! A foreign file as records of a table: fields may be quoted and hold line ends, and one bad record spoils no other.
//!
//! A record is one line, or several while a quote is open. A quote that never closes would swallow the rest of the
//! file: when a record of several lines comes to nothing, its first line alone is refused and reading goes on at the
//! next.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

use super::Misfit;
use super::lines::{LINE_BYTES_MAX, Line, Lines, ReadError};
use super::records::{Content, Record, blank, misfit_of};

/// The most lines of one record.
const RECORD_LINES_MAX: usize = 200;

/// One record of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    raw: String,
    text: String,
    ends: Vec<usize>,
}

impl Fields {
    /// How many fields it has.
    #[must_use]
    pub fn n(&self) -> usize {
        self.ends.len()
    }

    /// A field, without its quotes; nothing beyond the last.
    #[must_use]
    pub fn get(&self, index: usize) -> &str {
        let from = index.checked_sub(1).map_or(0, |before| self.ends.get(before).copied().unwrap_or_default());
        self.ends.get(index).and_then(|&to| self.text.get(from..to)).unwrap_or_default()
    }

    /// Every field, without its quotes.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.n()).map(|index| self.get(index))
    }

    /// The record as it stands in the file.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    fn of_plain(line: String, delimiter: u8, n_columns: usize) -> Self {
        let (mut text, mut ends) = (String::with_capacity(line.len()), Vec::with_capacity(n_columns));
        let mut from = 0;
        for to in memchr::memchr_iter(delimiter, line.as_bytes()).chain([line.len()]) {
            text.push_str(&line[from..to]);
            ends.push(text.len());
            from = to + 1;
        }
        Self { raw: line, text, ends }
    }
}

/// The delimiter that parts a header most.
#[must_use]
pub fn delimiter_of(header: &str) -> u8 {
    let n = |delimiter: u8| header.bytes().filter(|&byte| byte == delimiter).count();
    [b'\t', b';', b','].into_iter().max_by_key(|&delimiter| n(delimiter)).unwrap_or(b',')
}

/// The names of a header's columns.
#[must_use]
pub fn columns_of(header: &str) -> Vec<String> {
    let delimiter = delimiter_of(header);
    let names = header.trim_start_matches('\u{feff}').split(char::from(delimiter));
    names.map(|name| name.trim().trim_matches('"').trim().to_owned()).collect()
}

/// Whether a text begins like a table: its first two lines are parted alike into two columns or more.
#[must_use]
pub fn recognises(head: &str) -> bool {
    let header = head.lines().next().unwrap_or_default();
    let rows = sample(head, delimiter_of(header), b'"', 2);
    let n = |place: usize| rows.get(place).map_or(0, Vec::len);
    !header.trim_start().starts_with(['{', '[', '<']) && 2 <= n(0) && n(0) == n(1)
}

/// The first records of a text at most, blank ones left out; one that the text breaks off in is none.
#[must_use]
pub fn sample(head: &str, delimiter: u8, quote: u8, n_max: usize) -> Vec<Vec<String>> {
    let mut parser = ReaderBuilder::new().delimiter(delimiter).quote(quote).terminator(Terminator::CRLF).build();
    let head = head.trim_start_matches('\u{feff}');
    let whole = head.rfind('\n').map_or(head.len(), |end| end + 1);
    let mut rest = &head.as_bytes()[..whole];
    let mut rows = Vec::new();
    let (mut text, mut ends) = (vec![0; whole + 1], vec![0; whole + 2]);
    while rows.len() < n_max && !rest.is_empty() {
        let (result, n_read, _, n_ends) = parser.read_record(rest, &mut text, &mut ends);
        rest = &rest[n_read..];
        let mut from = 0;
        let fields: Vec<String> = ends[..n_ends]
            .iter()
            .map(|&to| String::from_utf8_lossy(&text[std::mem::replace(&mut from, to)..to]).into_owned())
            .collect();
        match result {
            ReadRecordResult::Record if fields.len() == 1 && blank(&fields[0], None) => {}
            ReadRecordResult::Record => rows.push(fields),
            // A header without an end is a header all the same.
            ReadRecordResult::InputEmpty if rows.is_empty() && n_ends == 0 => {
                return vec![columns_of(head)];
            }
            ReadRecordResult::InputEmpty
            | ReadRecordResult::End
            | ReadRecordResult::OutputFull
            | ReadRecordResult::OutputEndsFull => break,
        }
    }
    rows
}

/// A file being read record by record.
pub struct Csv {
    lines: Lines,
    /// Lines given back, with their numbers.
    back: VecDeque<(u64, Line)>,
    n_lines: u64,
    delimiter: u8,
    quote: u8,
    n_columns: usize,
    parser: Reader,
}

impl Csv {
    /// The records of a text whose first line is `header`.
    #[must_use]
    pub fn of(lines: Lines, header: &str) -> Self {
        Self::cut(lines, delimiter_of(header), b'"', columns_of(header).len())
    }

    /// The records of a text with `n_columns` columns, cut and quoted as told.
    #[must_use]
    pub fn cut(lines: Lines, delimiter: u8, quote: u8, n_columns: usize) -> Self {
        let parser = ReaderBuilder::new().delimiter(delimiter).quote(quote).terminator(Terminator::Any(b'\n')).build();
        Self { lines, back: VecDeque::new(), n_lines: 0, delimiter, quote, n_columns, parser }
    }

    /// Bytes taken off the disk so far.
    #[must_use]
    pub fn bytes_read(&self) -> Arc<AtomicU64> {
        self.lines.bytes_read()
    }

    fn line(&mut self) -> Result<Option<(u64, Line)>, ReadError> {
        if let Some(given_back) = self.back.pop_front() {
            return Ok(Some(given_back));
        }
        let line = self.lines.next_line()?;
        self.n_lines += 1;
        Ok(line.map(|line| (self.n_lines, line)))
    }

    /// The next record that is not blank, or `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read or unpacked further.
    pub fn next_record(&mut self) -> Result<Option<Record>, ReadError> {
        loop {
            let Some((line, content)) = self.line()? else { return Ok(None) };
            let content = match content {
                Line::Text(text) if blank(&text, Some(self.delimiter)) => continue,
                Line::Text(text) if memchr::memchr(self.quote, text.as_bytes()).is_some() => {
                    let original = text.clone();
                    self.quoted(line, text)?.map_err(|misfit| (misfit, Some(original)))
                }
                Line::Text(text) => Ok(Content::Fields(Fields::of_plain(text, self.delimiter, self.n_columns))),
                Line::TooLong(_) | Line::NotText => Err((misfit_of(&content), None)),
            };
            return Ok(Some(Record { line, content }));
        }
    }

    /// A record with quotes, over as many lines as it takes.
    fn quoted(&mut self, number: u64, first: String) -> Result<Result<Content, Misfit>, ReadError> {
        let mut taken: VecDeque<(u64, Line)> = VecDeque::new();
        let mut unfinished = Unfinished::default();
        self.parser.reset();
        let mut closed = unfinished.add(&mut self.parser, &first);
        while !closed && taken.len() < RECORD_LINES_MAX && unfinished.raw.len() < LINE_BYTES_MAX {
            let Some((number, line)) = self.line()? else { break };
            if let Line::Text(text) = &line {
                closed = unfinished.add(&mut self.parser, text);
                taken.push_back((number, line));
            } else {
                taken.push_back((number, line));
                break;
            }
        }
        let fields = if closed { unfinished.fields() } else { None };
        match fields.filter(|fields| taken.is_empty() || fields.n() == self.n_columns) {
            Some(fields) => Ok(Ok(Content::Fields(fields))),
            None => {
                taken.append(&mut self.back);
                self.back = taken;
                Ok(Err(Misfit::new("quote_not_closed", format!("a quote in line {number} is not closed where it should be"))))
            }
        }
    }
}

/// A record whose quotes may still be open.
#[derive(Default)]
struct Unfinished {
    raw: String,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Unfinished {
    /// Adds a line; whether the record ends with it.
    fn add(&mut self, parser: &mut Reader, line: &str) -> bool {
        let from = self.raw.len();
        self.raw.push_str(line);
        self.raw.push('\n');
        let piece = &self.raw.as_bytes()[from..];
        let (n_text, n_ends) = (self.text.len(), self.ends.len());
        self.text.resize(n_text + piece.len() + 1, 0);
        self.ends.resize(n_ends + piece.len() + 2, 0);
        let (result, _, more_text, more_ends) = parser.read_record(piece, &mut self.text[n_text..], &mut self.ends[n_ends..]);
        self.text.truncate(n_text + more_text);
        self.ends.truncate(n_ends + more_ends);
        match result {
            ReadRecordResult::Record | ReadRecordResult::End => true,
            // There was room for everything: only an open quote asks for more.
            ReadRecordResult::InputEmpty | ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => false,
        }
    }

    fn fields(mut self) -> Option<Fields> {
        self.raw.pop();
        Some(Fields { raw: self.raw, text: String::from_utf8(self.text).ok()?, ends: self.ends })
    }
}
