//! How customers rate what they met.

use super::chance::Chance;
use super::texts::Line;
use super::truth::Survey;

/// The law of ratings.
pub(super) const SURVEY: Survey = Survey {
    sent_share: 0.6,
    answered_share: 0.35,
    comment_share: 0.4,
    base: 4.75,
    per_waited_minute: 0.28,
    per_transfer: 0.6,
    unresolved: 1.7,
    sigma: 0.8,
};
/// The best rating.
pub(super) const SCORE_MAX: u8 = 5;
/// The longest wait that still makes a rating worse, in minutes.
const WAITED_MINUTES_MAX: f64 = 8.0;

/// What a customer met.
#[derive(Clone, Copy, Debug)]
pub(super) struct Experience {
    /// Milliseconds in queues.
    pub(super) waited: i64,
    /// Times passed on.
    pub(super) n_transfers: u8,
    /// Whether the matter was settled.
    pub(super) resolved: bool,
}

/// Draws a rating in 1..=[`SCORE_MAX`].
pub(super) fn score(met: Experience, chance: &mut Chance) -> u8 {
    let minutes = (met.waited as f64 / 60_000.0).min(WAITED_MINUTES_MAX);
    let trouble = SURVEY.per_waited_minute * minutes
        + SURVEY.per_transfer * f64::from(met.n_transfers)
        + if met.resolved { 0.0 } else { SURVEY.unresolved };
    let latent = SURVEY.base - trouble + SURVEY.sigma * chance.normal();
    latent.round().clamp(1.0, f64::from(SCORE_MAX)) as u8
}

/// What kind of comment fits a rating.
pub(super) fn comment(met: Experience, score: u8) -> Line {
    if 4 <= score {
        Line::Praise
    } else if 120_000 < met.waited {
        Line::BlameWait
    } else if !met.resolved {
        Line::BlameUnresolved
    } else if 0 < met.n_transfers {
        Line::BlameTransfer
    } else {
        Line::Middling
    }
}
