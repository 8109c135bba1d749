//! Verification: is this log what it was when its checkpoints were signed?
//!
//! Every leaf is computed anew from the rows and compared with the tiles; every root with the checkpoints in the log,
//! with the one remembered outside it, and with those that a person brings. All findings are told, not only the first,
//! with the ranges that are not verified and the figures that rest on them. Nothing is repaired.
//!
//! Source: RFC 6962 §2.1, c2sp.org/tlog-checkpoint. ADR-0011.

mod judge;
mod marks;
mod rests;
mod run;
mod scan;

use std::collections::BTreeMap;

use events::{Moment, Position};
use serde::Serialize;
use ts_rs::TS;

pub use self::marks::Refused;
pub use self::run::{Following, Progress, verify};

/// Findings of one kind that are listed; the others are counted.
pub const LISTED_MAX: usize = 100;

/// Where a checkpoint was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// In the log itself.
    Log,
    /// In this account's folder of outside checkpoints.
    Outside,
    /// By the person who asks.
    Given,
}

/// What is not as it was, or not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Finding {
    /// An event, or its sealed text, is not the one that was signed.
    RecordChanged {
        /// Where.
        position: Position,
    },
    /// There is no event at a position.
    PositionMissing {
        /// The first missing.
        position: Position,
        /// The next that is there.
        next: Position,
    },
    /// A row stands where none belongs.
    OutOfPlace {
        /// The position that was due.
        position: Position,
        /// The row's own.
        #[ts(type = "number")]
        found: i64,
    },
    /// A stream's versions do not run on.
    VersionOutOfOrder {
        /// Where.
        position: Position,
        /// The version that was due.
        #[ts(type = "number")]
        expected: i64,
        /// The one found.
        #[ts(type = "number")]
        found: i64,
    },
    /// The time of recording goes back.
    RecordedBackwards {
        /// Where.
        position: Position,
    },
    /// Two events have one id.
    IdTwice {
        /// The later one.
        position: Position,
        /// The earlier one.
        first: Position,
    },
    /// Rows cannot be read, or hold what no event can.
    Unreadable {
        /// The first.
        position: Position,
        /// The next that can be read, if one can.
        next: Option<Position>,
        /// What the storage says.
        detail: String,
    },
    /// A stored tile of the tree is missing or damaged, while the events agree with what was signed.
    TileChanged {
        /// Its level.
        level: u8,
        /// Its number.
        #[ts(type = "number")]
        number: u64,
    },
    /// A part of the file cannot be read at all.
    TableUnreadable {
        /// Its name.
        table: String,
        /// What the storage says.
        detail: String,
    },
    /// A checkpoint in the log is not one, or its signature does not fit.
    CheckpointForged {
        /// Its size.
        #[ts(type = "number")]
        size: i64,
        /// What is wrong with it.
        detail: String,
    },
    /// The events do not give the root that was signed.
    RootDiffers {
        /// From here on, at the earliest, something was changed.
        position: Position,
        /// The checkpoint's size.
        #[ts(type = "number")]
        size: u64,
        /// When it was signed, if that is known.
        made_at: Option<Moment>,
        /// Where it was held.
        held: Held,
    },
    /// The log is shorter than a checkpoint: its tail was cut, or an older copy put back.
    Shorter {
        /// Where it ends now.
        position: Position,
        /// The checkpoint's size.
        #[ts(type = "number")]
        size: u64,
        /// When it was signed, if that is known.
        made_at: Option<Moment>,
        /// Where it was held.
        held: Held,
    },
    /// Another log lay at this place.
    OtherLog {
        /// The log that is remembered.
        expected: String,
        /// The log that is there; nothing when it has no name.
        found: Option<String>,
    },
    /// The log names another key than the one its checkpoints are known by.
    KeyDiffers {
        /// Where the other key is known from.
        held: Held,
    },
    /// The log has lost its name and key.
    KeyMissing,
    /// What is remembered outside the log cannot be read.
    OutsideUnreadable {
        /// Why.
        detail: String,
    },
    /// A sealed text belongs to no event.
    SealedOrphan {
        /// Where it says it belongs.
        #[ts(type = "number")]
        position: i64,
    },
}

impl Finding {
    /// Where, if it has a place: nothing from here on is verified.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        match self {
            Self::RecordChanged { position }
            | Self::PositionMissing { position, .. }
            | Self::OutOfPlace { position, .. }
            | Self::VersionOutOfOrder { position, .. }
            | Self::RecordedBackwards { position }
            | Self::IdTwice { position, .. }
            | Self::Unreadable { position, .. }
            | Self::RootDiffers { position, .. }
            | Self::Shorter { position, .. } => Some(*position),
            // Whose log it is is in doubt, and so is all of it.
            Self::OtherLog { .. } | Self::KeyDiffers { .. } | Self::KeyMissing => Some(Position(0)),
            Self::TileChanged { .. }
            | Self::TableUnreadable { .. }
            | Self::CheckpointForged { .. }
            | Self::OutsideUnreadable { .. }
            | Self::SealedOrphan { .. } => None,
        }
    }

    /// Its word, such as `record_changed`.
    #[must_use]
    pub fn word(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        value.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned()
    }
}

/// Why a range of events is not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// No checkpoint covers it yet.
    NotSigned,
    /// Something before it, or in it, is not as it was.
    AfterFinding,
}

/// Events that are not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Unverified {
    /// The first.
    #[ts(type = "number")]
    pub from: u64,
    /// The one after the last.
    #[ts(type = "number")]
    pub to: u64,
    /// Why.
    pub why: Why,
}

/// A metric with contributions from events that are not verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Rests {
    /// The metric's id.
    pub metric: String,
    /// Its version.
    pub version: u32,
    /// How many contacts are concerned.
    #[ts(type = "number")]
    pub n: u64,
    /// Their days, in the log's zone; at most [`LISTED_MAX`].
    pub days: Vec<String>,
}

/// What verification came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, TS)]
pub struct Report {
    /// The log's name.
    pub origin: Option<String>,
    /// The key its checkpoints are verified with, as c2sp.org/signed-note writes it.
    pub verifier: Option<String>,
    /// Events in the log.
    #[ts(type = "number")]
    pub size: u64,
    /// The root over them, in base64; `None` when they cannot all be hashed.
    pub root: Option<String>,
    /// Events that agree with a signed checkpoint.
    #[ts(type = "number")]
    pub verified_to: u64,
    /// When that checkpoint was signed, if that is known.
    pub made_at: Option<Moment>,
    /// Checkpoints in the log.
    #[ts(type = "number")]
    pub checkpoints: u64,
    /// The size of the checkpoint held outside the log; `None` when there is none.
    #[ts(type = "number | null")]
    pub outside: Option<u64>,
    /// The first position that is not as it was.
    pub first_bad: Option<Position>,
    /// All findings, at most [`LISTED_MAX`] of a kind, in the order of their positions.
    pub findings: Vec<Finding>,
    /// How many of each kind there are.
    #[ts(type = "Record<string, number>")]
    pub counts: BTreeMap<String, u64>,
    /// Ranges that are not verified.
    pub unverified: Vec<Unverified>,
    /// Figures that rest on those.
    pub rests_on_unverified: Vec<Rests>,
    /// How long it took.
    pub seconds: f64,
    /// Events per second.
    pub events_per_sec: f64,
}

impl Report {
    /// Whether nothing was found.
    #[must_use]
    pub fn clean(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Findings, listed up to a limit and counted beyond it.
#[derive(Clone, Debug, Default)]
struct Findings {
    listed: Vec<Finding>,
    counts: BTreeMap<String, u64>,
    first_bad: Option<u64>,
}

impl Findings {
    fn add(&mut self, finding: Finding) {
        let count = self.counts.entry(finding.word()).or_default();
        *count += 1;
        if let Some(position) = finding.position() {
            self.first_bad = Some(self.first_bad.map_or(position.0, |first| first.min(position.0)));
        }
        if *count <= LISTED_MAX as u64 {
            self.listed.push(finding);
        }
    }
}
