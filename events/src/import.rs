//! One reading of a foreign log: what was read, what was mended, what was refused and how far it came.
//!
//! The original text of a mended or refused row may be personal and is kept as such.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::codec::facts;

facts! {
    /// What can happen in an import.
    Import {
        /// It began, or was taken up again.
        Started = "import.started", 1;
        /// It came this far; recorded together with the facts of those rows.
        Progressed = "import.progressed", 1;
        /// One row needed mending before it could be read.
        RowRepaired = "import.row_repaired", 1;
        /// One row was not understood and left out.
        RowRefused = "import.row_refused", 1;
        /// A person stopped it.
        Cancelled = "import.cancelled", 1;
        /// The file could not be read to its end.
        Interrupted = "import.interrupted", 1;
        /// Everything was read.
        Finished = "import.finished", 1;
    }
}

/// An import began or was taken up again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Started {
    /// The source's name, such as `anonymous-bank`.
    pub source: String,
    /// The file's own name, without its folder.
    pub file: String,
    /// The file's size as it lies on disk, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// The time zone that its local times were read in, as in the IANA database.
    pub zone: String,
    /// The first row not read by an earlier attempt.
    pub from_row: u64,
    /// The mapping it was read by, if its source needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<Mapping>,
}

/// A mapping as it was when an import was begun with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[ts(rename = "ImportMapping")]
pub struct Mapping {
    /// What it calls its source.
    pub name: String,
    /// The SHA-256 of its text, in hexadecimal digits.
    pub sha256: String,
    /// Its text, TOML or YAML, so that the report can be read beside it whatever became of the file.
    pub text: String,
}

/// An import came this far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progressed {
    /// What it came to so far, over all attempts on the file.
    pub report: Report,
}

/// One row was mended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowRepaired {
    /// Its line in the file, counted from 1, the header included.
    pub line: u64,
    /// What was wrong, in the source's closed list of reasons.
    pub reasons: Vec<String>,
}

/// One row was left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowRefused {
    /// Its line in the file, counted from 1, the header included.
    pub line: u64,
    /// What was wrong, in the source's closed list of reasons.
    pub reason: String,
    /// The words, field or value that were wrong, without personal text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// A person stopped the import; what was read stays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cancelled {
    /// How far it came.
    pub report: Report,
}

/// The file broke off; what was read stays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interrupted {
    /// How far it came.
    pub report: Report,
    /// Why it could go no further, as an error code the window knows.
    pub reason: String,
}

/// Everything was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finished {
    /// What came of it.
    pub report: Report,
}

/// What an import came to, counted over all its attempts on the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Report {
    /// Rows read, without the header.
    #[ts(type = "number")]
    pub n_rows_read: u64,
    /// Facts written.
    #[ts(type = "number")]
    pub n_events_written: u64,
    /// Facts that the log held already.
    #[ts(type = "number")]
    pub n_already_present: u64,
    /// Rows mended, by reason.
    #[ts(type = "Record<string, number>")]
    pub repaired: BTreeMap<String, u64>,
    /// Rows left out, by reason.
    #[ts(type = "Record<string, number>")]
    pub refused: BTreeMap<String, u64>,
}
