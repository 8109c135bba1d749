//! A foreign file as records, whatever its format: lines, rows of a table, events of a process log, or JSON documents.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::csv::{Csv, Fields};
use super::json::{Document, Json};
use super::lines::{Line, Lines, ReadError};
use super::text::Text;
use super::xes::{Step, Xes};
use super::{Format, Misfit, SourceKind};

/// One record of a file.
pub struct Record {
    /// The line of the file on which it begins, from 1.
    pub line: u64,
    /// What it holds; or why it is none, with its own words where they are known.
    pub content: Result<Content, (Misfit, Option<String>)>,
}

/// What a record holds, by the format of its file.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// One line of text.
    Line(String),
    /// One row of a table.
    Fields(Fields),
    /// One event of a process log.
    Step(Step),
    /// One JSON document.
    Document(Document),
}

impl Content {
    /// The record as it stands in the file; of an event of a process log, its beginning.
    #[must_use]
    pub fn original(&self) -> &str {
        match self {
            Self::Line(text) => text,
            Self::Fields(fields) => fields.raw(),
            Self::Step(step) => &step.raw,
            Self::Document(document) => &document.raw,
        }
    }
}

/// A file being read record by record.
pub enum Records {
    /// Lines, with the number of the last one, and what parts their fields if they are a table's.
    Lines(Lines, u64, Option<u8>),
    /// A table.
    Csv(Box<Csv>),
    /// A process log.
    Xes(Box<Xes>),
    /// JSON documents.
    Json(Box<Json>),
}

impl Records {
    /// The records of a text as a source's files are cut, a table's header included.
    #[must_use]
    pub fn of(text: Text, kind: SourceKind) -> Self {
        match kind.format() {
            Format::Lines => {
                let mut lines = Lines::of(text);
                lines.allow(kind.line_bytes_max());
                Self::Lines(lines, 0, kind.delimiter())
            }
            Format::Table => {
                let header = text.first_line().to_owned();
                Self::Csv(Box::new(Csv::of(Lines::of(text), &header)))
            }
            Format::ProcessLog => Self::Xes(Box::new(Xes::of(text))),
            Format::Json(lists) => Self::Json(Box::new(Json::of(text, lists))),
        }
    }

    /// The records of a table with `n_columns` columns, cut and quoted as told, a header included.
    #[must_use]
    pub fn table(text: Text, delimiter: u8, quote: u8, n_columns: usize) -> Self {
        Self::Csv(Box::new(Csv::cut(Lines::of(text), delimiter, quote, n_columns)))
    }

    /// Bytes taken off the disk so far; shared, so that progress can be watched.
    #[must_use]
    pub fn bytes_read(&self) -> Arc<AtomicU64> {
        match self {
            Self::Lines(lines, ..) => lines.bytes_read(),
            Self::Csv(csv) => csv.bytes_read(),
            Self::Xes(xes) => xes.bytes_read(),
            Self::Json(json) => json.bytes_read(),
        }
    }

    /// The next record, or `None` at the end; blank lines are none.
    ///
    /// # Errors
    /// When the file cannot be read further; what was read before stands.
    pub fn next_record(&mut self) -> Result<Option<Record>, ReadError> {
        match self {
            Self::Csv(csv) => csv.next_record(),
            Self::Xes(xes) => xes.next_record(),
            Self::Json(json) => json.next_record(),
            Self::Lines(lines, number, delimiter) => loop {
                let Some(content) = lines.next_line()? else { return Ok(None) };
                *number += 1;
                let content = match content {
                    Line::Text(text) if blank(&text, *delimiter) => continue,
                    Line::Text(text) => Ok(Content::Line(text)),
                    Line::TooLong(_) | Line::NotText => Err((misfit_of(&content), None)),
                };
                return Ok(Some(Record { line: *number, content }));
            },
        }
    }
}

/// Whether a line holds nothing but blanks, none of which parts fields.
pub(super) fn blank(line: &str, delimiter: Option<u8>) -> bool {
    line.bytes().all(|byte| byte.is_ascii_whitespace() && Some(byte) != delimiter)
}

/// Why a line is no record.
pub(super) fn misfit_of(line: &Line) -> Misfit {
    match line {
        Line::TooLong(n_bytes) => Misfit::new("line_too_long", format!("{n_bytes} bytes")),
        Line::NotText | Line::Text(_) => Misfit { reason: "not_utf8", detail: None },
    }
}
