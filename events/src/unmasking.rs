//! One unmasking: somebody was shown personal text as it is, for a reason and a while, and that was recorded first.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Moment;
use crate::codec::facts;
use crate::customer::{REASON_CHARS_MAX, reason_chars};
use crate::decider::Decider;

facts! {
    /// What can happen to an unmasking.
    Unmasking {
        /// It began.
        Granted = "unmasking.granted", 1;
        /// It was ended before its time.
        Ended = "unmasking.ended", 1;
    }
}

/// The longest time for which text may be shown unmasked, in seconds.
pub const UNMASKED_SECS_MAX: u32 = 8 * 3600;

/// From now until a moment, texts are shown as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// The customer whose texts, by pseudonym; `None` for all, as an export needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// Why, masked.
    pub reason: String,
    /// The case it is for, in the house's own numbering.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// Until when, exclusively.
    pub until: Moment,
}

/// The unmasking was ended before its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {}

/// What may be asked of an unmasking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "UnmaskingCommand")]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Command {
    /// Show texts as they are for a while.
    Grant {
        /// Names this unmasking.
        unmasking: String,
        /// The customer whose texts, by pseudonym; `None` for all.
        customer: Option<String>,
        /// Why, 1 to [`REASON_CHARS_MAX`] characters.
        reason: String,
        /// The case it is for.
        ticket: Option<String>,
        /// For how long, 1 to [`UNMASKED_SECS_MAX`] seconds.
        secs: u32,
        /// From when.
        at: Moment,
    },
    /// End it now.
    End {
        /// Which unmasking.
        unmasking: String,
    },
}

impl Command {
    /// The unmasking it is about.
    #[must_use]
    pub fn unmasking(&self) -> &str {
        match self {
            Self::Grant { unmasking, .. } | Self::End { unmasking } => unmasking,
        }
    }
}

/// Why an unmasking is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[ts(rename = "UnmaskingRejection")]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Rejection {
    /// No reason, or too long a one.
    #[error("a reason has 1 to {REASON_CHARS_MAX} characters, not {n_chars}")]
    ReasonLength {
        /// The length given.
        n_chars: u32,
    },
    /// Not for so long.
    #[error("text is shown unmasked for 1 to {UNMASKED_SECS_MAX} seconds, not {secs}")]
    TooLong {
        /// The time asked for.
        secs: u32,
    },
    /// There is none of this name, or it is over.
    #[error("there is no such unmasking, or it is over")]
    NotGranted,
}

/// What a decision about an unmasking needs to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    granted: bool,
    ended: bool,
}

/// Decides about one unmasking.
pub struct Unmasking;

impl Decider for Unmasking {
    type Command = Command;
    type Event = Event;
    type State = State;
    type Rejection = Rejection;

    fn decide(command: &Command, state: &State) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Grant { customer, reason, ticket, secs, at, .. } => {
                reason_chars(reason).map_err(|n_chars| Rejection::ReasonLength { n_chars })?;
                if !(1..=UNMASKED_SECS_MAX).contains(secs) {
                    return Err(Rejection::TooLong { secs: *secs });
                }
                let granted = Granted {
                    customer: customer.clone(),
                    reason: reason.trim().to_owned(),
                    ticket: ticket.clone(),
                    until: at.plus_secs(i64::from(*secs)),
                };
                Ok(if state.granted { Vec::new() } else { vec![Event::Granted(granted)] })
            }
            Command::End { .. } if state.granted && !state.ended => Ok(vec![Event::Ended(Ended {})]),
            Command::End { .. } => Err(Rejection::NotGranted),
        }
    }

    fn evolve(state: &mut State, event: &Event) {
        match event {
            Event::Granted(_) => state.granted = true,
            Event::Ended(_) => state.ended = true,
        }
    }
}
