//! Every import: what was read, mended and refused, and where it stands.

use events::import::{Event as Fact, Mapping, Report};
use events::{Body, Event, Moment, Position, Recorded};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::projection::Projection;

/// How an import stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "ImportStanding")]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Begun and not ended: it runs now, or the machine stopped under it.
    #[default]
    Unfinished,
    /// A person stopped it; it can be taken up again.
    Cancelled,
    /// The file broke off.
    Interrupted,
    /// Everything was read.
    Finished,
}

/// A row that was mended or left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RowNote {
    /// Its line in the file, from 1, the header included.
    #[ts(type = "number")]
    pub line: u64,
    /// Reasons from the source's closed list.
    pub reasons: Vec<String>,
    /// The words that were wrong, if they are not personal.
    pub detail: Option<String>,
    /// Whether it was left out; otherwise it was mended and read.
    pub refused: bool,
    /// The fact that says so.
    pub position: Position,
}

/// One import.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Import {
    /// The source's name.
    pub source: String,
    /// The file's name.
    pub file: String,
    /// The file's size.
    pub size_bytes: Option<u64>,
    /// The zone its local times were read in.
    pub zone: String,
    /// The mapping it was read by, if any.
    pub mapping: Option<Mapping>,
    /// When it was begun, first of all.
    pub started_at: Moment,
    /// When its latest fact was recorded.
    pub latest_at: Moment,
    /// How it stands.
    pub standing: Standing,
    /// Rows read so far.
    pub n_rows_read: u64,
    /// What it came to so far.
    pub report: Option<Report>,
    /// Why it broke off.
    pub interruption: Option<String>,
    /// Rows mended or left out, in the order of the file.
    pub notes: Vec<RowNote>,
}

/// Every import by id, and what the sources' zones are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Imports {
    /// The imports.
    pub by_id: IndexMap<String, Import>,
}

impl Imports {
    /// The zone in which `source`'s days begin, as its latest import says.
    #[must_use]
    pub fn zone(&self, source: &str) -> Option<&str> {
        self.by_id.values().rev().find(|import| import.source == source).map(|import| import.zone.as_str())
    }
}

impl Projection for Imports {
    const NAME: &'static str = "imports";
    const SCHEMA: u32 = 2;

    fn evolve(&mut self, fact: &Recorded) {
        let Body::Read(Event::Import(event)) = &fact.body else { return };
        let import = self.by_id.entry(fact.stream.id().to_owned()).or_default();
        import.latest_at = fact.recorded_at;
        match event {
            Fact::Started(started) => {
                if import.source.is_empty() {
                    import.started_at = fact.recorded_at;
                }
                import.source.clone_from(&started.source);
                import.file.clone_from(&started.file);
                import.size_bytes = started.size_bytes;
                import.zone.clone_from(&started.zone);
                import.mapping.clone_from(&started.mapping);
                import.standing = Standing::Unfinished;
                import.interruption = None;
            }
            Fact::Progressed(progress) => {
                import.n_rows_read = progress.report.n_rows_read;
                import.report = Some(progress.report.clone());
            }
            Fact::RowRepaired(row) => import.notes.push(RowNote {
                line: row.line,
                reasons: row.reasons.clone(),
                detail: None,
                refused: false,
                position: fact.position,
            }),
            Fact::RowRefused(row) => import.notes.push(RowNote {
                line: row.line,
                reasons: vec![row.reason.clone()],
                detail: row.detail.clone(),
                refused: true,
                position: fact.position,
            }),
            Fact::Cancelled(end) => import.end(Standing::Cancelled, &end.report),
            Fact::Interrupted(end) => {
                import.end(Standing::Interrupted, &end.report);
                import.interruption = Some(end.reason.clone());
            }
            Fact::Finished(end) => import.end(Standing::Finished, &end.report),
        }
    }
}

impl Import {
    /// All of it but its notes, of which there may be very many.
    #[must_use]
    pub fn clone_without_notes(&self) -> Self {
        Self {
            source: self.source.clone(),
            file: self.file.clone(),
            size_bytes: self.size_bytes,
            zone: self.zone.clone(),
            mapping: self.mapping.clone(),
            started_at: self.started_at,
            latest_at: self.latest_at,
            standing: self.standing,
            n_rows_read: self.n_rows_read,
            report: self.report.clone(),
            interruption: self.interruption.clone(),
            notes: Vec::new(),
        }
    }

    fn end(&mut self, standing: Standing, report: &Report) {
        self.standing = standing;
        self.n_rows_read = report.n_rows_read;
        self.report = Some(report.clone());
    }
}
