//! Any table, read by a mapping: a document in TOML or YAML that says what each column becomes.
//!
//! A mapping names a kind (a row is a whole contact, one event, or one revision of a ticket), the zone and formats of
//! times, the words that mean "unknown", the columns whose values make a row the row it is, and for each field the
//! column, the constant or the table of values that it is from. What it does not name is not read. It is strict: an
//! unknown key is refused with the nearest known one, and every problem names its line.
//!
//! Ids come from the key's columns, or from the whole row where none are named; so reading twice adds nothing, and the
//! order of rows means nothing but among revisions of one ticket and one moment.

mod bound;
mod contact;
mod fields;
mod guess;
mod happening;
mod node;
pub mod presets;
mod problem;
mod read;
mod revision;
mod row;
mod time;

use encoding_rs::Encoding;
use jiff::tz::TimeZone;
use serde::Serialize;
use sha2::{Digest, Sha256};
use ts_rs::TS;

pub use self::bound::Table;
pub use self::guess::guessed;
pub use self::node::TEXT_BYTES_MAX;
pub use self::problem::{Code, Problem, in_one_line};

use self::fields::Known;
use self::time::{Format, Unit};

/// Its name among the sources.
pub const NAME: &str = "csv";

/// What one row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "MappingKind")]
pub enum Kind {
    /// A whole conversation.
    Contacts,
    /// One event.
    Events,
    /// The record of a ticket after one change.
    Tickets,
}

impl Kind {
    /// Its word in a mapping.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Events => "events",
            Self::Tickets => "tickets",
        }
    }
}

/// How a file is cut into rows and fields.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cut {
    /// What parts two fields; found in the first line when not told.
    pub delimiter: Option<u8>,
    /// What a field is quoted with; `"` when not told.
    pub quote: Option<u8>,
    /// The encoding; found from the beginning when not told.
    pub encoding: Option<&'static Encoding>,
    /// Whether the first row is no header; its columns are then called 1, 2, 3 and so on.
    pub headless: bool,
}

/// A mapping that was read and makes sense in itself; whether it fits a file is seen when it is bound to one.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// What its rows' source is called in the log.
    pub name: String,
    /// What a row stands for.
    pub kind: Kind,
    /// The IANA zone of local times.
    pub zone: String,
    /// How the file is cut.
    pub cut: Cut,
    /// The text it was read from.
    pub text: String,
    /// The SHA-256 of that text, in hexadecimal digits.
    pub sha256: String,
    pub(in crate::sources::mapping) clocks: TimeZone,
    pub(in crate::sources::mapping) unknown: Vec<String>,
    pub(in crate::sources::mapping) key: Vec<Column>,
    pub(in crate::sources::mapping) keep: Vec<Column>,
    pub(in crate::sources::mapping) fields: Vec<Field>,
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// Every [`Problem`] that was found, in the order of the text.
    pub fn of(text: &str) -> Result<Self, Vec<Problem>> {
        read::mapping(text)
    }

    /// As the log keeps it beside an import.
    #[must_use]
    pub fn recorded(&self) -> events::import::Mapping {
        events::import::Mapping { name: self.name.clone(), sha256: self.sha256.clone(), text: self.text.clone() }
    }
}

/// A column as a mapping names it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Column {
    line: u32,
    /// Where the mapping says it.
    key: String,
    name: ColumnName,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ColumnName {
    Named(String),
    /// Its place, from 1.
    Numbered(usize),
}

/// Where a field's words are from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    /// From these columns; more than one are joined by spaces.
    Columns(Vec<Column>),
    /// The same for every row.
    Constant(String),
}

/// What is done with a word that the table of values does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Otherwise {
    /// It stays as it is.
    #[default]
    Keep,
    /// The row is left out.
    Refuse,
    /// It counts as unknown, and that is counted.
    Unknown,
}

/// One field of a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Field {
    known: &'static Known,
    origin: Origin,
    values: Vec<(String, String)>,
    otherwise: Otherwise,
    unknown: Vec<String>,
    times: Vec<Format>,
    unit: Unit,
    strip: Vec<String>,
    crosses_midnight: bool,
}

/// The SHA-256 of a mapping's text, in hexadecimal digits.
#[must_use]
pub fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests;
