//! The playhead: which moment the screens show. A state machine over a given clock; it reads none itself.
//!
//! *Live* shows the log's end. Any other state shows the facts that had **occurred** up to a moment, played at a speed
//! or standing still. Commands to the desk always act on the log's end, whatever the playhead shows.

use events::Moment;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The slowest and fastest replay, in seconds of the log per second of the reader.
pub const SPEEDS: std::ops::RangeInclusive<u32> = 1..=3600;

/// What a person does to the playhead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PlayheadCommand {
    /// Show the log's end and follow it.
    Live,
    /// Play from where it stands (from the beginning when live) at this speed, 1..=3600.
    Play {
        /// Seconds of the log per second.
        speed: u32,
    },
    /// Stand still.
    Pause,
    /// Go to a moment, and go on as before (paused when live).
    Jump {
        /// The moment.
        at: Moment,
    },
}

/// How the playhead stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// At the log's end.
    #[default]
    Live,
    /// Moving through the past.
    Playing,
    /// Standing in the past.
    Paused,
}

/// The playhead as the window shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PlayheadView {
    /// How it stands.
    pub mode: Mode,
    /// The moment it shows; `None` when live.
    pub at: Option<Moment>,
    /// The speed it plays at or would play at.
    pub speed: u32,
}

/// The playhead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Playhead {
    mode: Mode,
    /// The moment shown when `anchored_at` was the time.
    at: Moment,
    anchored_at: Moment,
    speed: u32,
}

impl Default for Playhead {
    fn default() -> Self {
        Self { mode: Mode::Live, at: Moment(0), anchored_at: Moment(0), speed: 60 }
    }
}

impl Playhead {
    /// The moment shown at `now`, never past the log's `last` moment; `None` when live.
    #[must_use]
    pub fn at(&self, now: Moment, last: Moment) -> Option<Moment> {
        match self.mode {
            Mode::Live => None,
            Mode::Paused => Some(self.at.min(last)),
            Mode::Playing => {
                let passed = now.micros_since(self.anchored_at).max(0);
                Some(Moment(self.at.0.saturating_add(passed.saturating_mul(i64::from(self.speed)))).min(last))
            }
        }
    }

    /// Obeys a command given at `now`, over a log whose facts occurred from `first` to `last`.
    pub fn obey(&mut self, command: PlayheadCommand, now: Moment, first: Moment, last: Moment) {
        let shown = self.at(now, last);
        match command {
            PlayheadCommand::Live => self.mode = Mode::Live,
            PlayheadCommand::Play { speed } => {
                // Playing on from the very end would show nothing new: begin again.
                self.at = shown.filter(|&at| at < last).unwrap_or(first);
                self.mode = Mode::Playing;
                self.speed = speed.clamp(*SPEEDS.start(), *SPEEDS.end());
            }
            PlayheadCommand::Pause => {
                self.at = shown.unwrap_or(last);
                self.mode = Mode::Paused;
            }
            PlayheadCommand::Jump { at } => {
                self.at = at.clamp(first, last);
                if self.mode == Mode::Live {
                    self.mode = Mode::Paused;
                }
            }
        }
        self.anchored_at = now;
    }

    /// As the window shows it.
    #[must_use]
    pub fn view(&self, now: Moment, last: Moment) -> PlayheadView {
        let at = self.at(now, last);
        // A replay that has arrived stands still, though nobody paused it.
        let mode = if self.mode == Mode::Playing && at == Some(last) { Mode::Paused } else { self.mode };
        PlayheadView { mode, at, speed: self.speed }
    }
}
