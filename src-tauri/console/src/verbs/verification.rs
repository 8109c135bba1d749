//! What the window hears of the log's evidence.

use events::Moment;
use serde::Serialize;
use ts_rs::TS;

use super::WindowError;
use crate::verification::Report;

/// How far the log is verified: what every "as of" line may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Verified {
    /// Events that agree with a signed checkpoint.
    #[ts(type = "number")]
    pub to: u64,
    /// When that was found.
    pub at: Moment,
    /// How many things are not as they were.
    #[ts(type = "number")]
    pub n_findings: u64,
}

/// How far a verification is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct VerificationProgress {
    /// Events checked.
    #[ts(type = "number")]
    pub done: u64,
    /// Of so many.
    #[ts(type = "number")]
    pub of: u64,
}

/// The log's evidence.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Verification {
    /// What the last verification found.
    pub report: Report,
    /// When that was; `None` before the first is done.
    pub verified_at: Option<Moment>,
    /// How far a verification is that runs now.
    pub running: Option<VerificationProgress>,
    /// Why nothing is signed or verified any more, if that is so.
    pub problem: Option<WindowError>,
    /// Events that a checkpoint covers.
    #[ts(type = "number")]
    pub signed_to: u64,
    /// The latest checkpoint, as a signed note to keep elsewhere.
    pub checkpoint: Option<String>,
}
