//! What the window asks of imports, and what it is answered.

use events::Moment;
use events::import::{Mapping, Report};
use projections::import::{RowNote, Standing as ImportStanding};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::WindowError;

/// Asks to import a file that the console can reach.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ImportQuestion {
    /// The file.
    pub path: String,
    /// The source's name; `None` to detect it.
    pub source: Option<String>,
    /// The text of the mapping to read it by, TOML or YAML; a table of no known source needs one.
    #[serde(default)]
    pub mapping: Option<String>,
}

/// Names an import that runs or ran since the console was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct JobQuestion {
    /// The job's number.
    pub job: u32,
}

/// How a job stands.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JobState {
    /// Reading.
    Running,
    /// Everything was read.
    Finished,
    /// A person stopped it; importing the file again goes on from there.
    Cancelled,
    /// It could not go on; what was read is kept.
    Stopped {
        /// Why.
        problem: WindowError,
    },
}

/// An import that runs or ran since the console was opened.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Job {
    /// Its number.
    pub job: u32,
    /// The file's name.
    pub file: String,
    /// The source, once known.
    pub source: Option<String>,
    /// The import's id in the log, once known.
    pub import: Option<String>,
    /// How it stands.
    pub state: JobState,
    /// What it came to so far.
    pub report: Report,
    /// Bytes of the file read so far, as it lies on disk.
    #[ts(type = "number")]
    pub bytes_read: u64,
    /// Bytes of the file.
    #[ts(type = "number | null")]
    pub bytes_total: Option<u64>,
    /// Rows per second so far.
    pub rows_per_sec: f64,
    /// Seconds still needed at this rate; `None` while unknown.
    pub eta_secs: Option<f64>,
    /// Seconds since it began, or that it took.
    pub elapsed_secs: f64,
}

/// One import recorded in the log.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ImportRow {
    /// Its id: the stream is `import-<id>`.
    pub id: String,
    /// The source's name.
    pub source: String,
    /// The file's name.
    pub file: String,
    /// The zone its local times were read in.
    pub zone: String,
    /// The mapping it was read by, as it was then.
    pub mapping: Option<Mapping>,
    /// When it was begun.
    pub started_at: Moment,
    /// How it stands.
    pub standing: ImportStanding,
    /// Why it broke off.
    pub interruption: Option<String>,
    /// Rows read so far.
    #[ts(type = "number")]
    pub n_rows_read: u64,
    /// What it came to, once it ended.
    pub report: Option<Report>,
    /// Rows mended or left out.
    #[ts(type = "number")]
    pub n_notes: u64,
}

/// Asks for rows of an import that were mended or left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct NotesQuestion {
    /// The import's id.
    pub id: String,
    /// Only this reason.
    pub reason: Option<String>,
    /// Rows to skip.
    pub offset: u32,
    /// Rows wanted, at most [`projections::trail::PAGE_MAX`].
    pub limit: u32,
}

/// A page of an import's notes.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct NotesPage {
    /// How many fit in all.
    #[ts(type = "number")]
    pub n: u64,
    /// The page's rows.
    pub rows: Vec<RowNote>,
    /// What each of them says in the file, as far as it may be shown; `None` when that is not kept.
    pub originals: Vec<Option<String>>,
}

/// A mapping that can be chosen: one that comes with Retrace, or one that was saved beside the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct MappingRow {
    /// What it is called.
    pub name: String,
    /// Whether it was saved here; otherwise it comes with Retrace.
    pub saved: bool,
    /// Its text, TOML or YAML.
    pub text: String,
}

/// Asks to save a mapping beside the log, over one of the same name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MappingSave {
    /// Its text; it must make sense, and is saved under the name that it says.
    pub text: String,
}

/// Where a mapping was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct MappingSaved {
    /// What it is called.
    pub name: String,
    /// The file.
    pub path: String,
}
