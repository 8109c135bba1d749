//! The desk itself: its name and the time zone its people live in.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::codec::facts;
use crate::decider::Decider;

facts! {
    /// What can happen to the desk as a whole.
    Site {
        /// Its name and zone were set.
        Declared = "site.declared", 1;
    }
}

/// The desk's name and zone were set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Declared {
    /// The name people see.
    pub name: String,
    /// The IANA time zone in which its days begin and end.
    pub zone: String,
}

/// What may be asked of the desk as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(rename = "SiteCommand")]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Command {
    /// Set its name and zone.
    Declare {
        /// The name people see, 1 to [`NAME_CHARS_MAX`] characters.
        name: String,
        /// An IANA time zone.
        zone: String,
    },
}

/// The longest name of a desk, in characters.
pub const NAME_CHARS_MAX: usize = 80;

/// Why the desk says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[ts(rename = "SiteRejection")]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Rejection {
    /// No such zone exists.
    #[error("no time zone is called {zone:?}")]
    UnknownZone {
        /// The zone asked for.
        zone: String,
    },
    /// The name is empty or too long.
    #[error("a desk's name has 1 to {NAME_CHARS_MAX} characters, not {n_chars}")]
    NameLength {
        /// The length asked for.
        n_chars: u32,
    },
}

/// What a decision about the desk needs to know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    declared: Option<Declared>,
}

/// Decides about the desk as a whole.
pub struct Site;

impl Decider for Site {
    type Command = Command;
    type Event = Event;
    type State = State;
    type Rejection = Rejection;

    fn decide(command: &Command, state: &State) -> Result<Vec<Event>, Rejection> {
        let Command::Declare { name, zone } = command;
        let n_chars = name.trim().chars().count();
        if n_chars == 0 || NAME_CHARS_MAX < n_chars {
            return Err(Rejection::NameLength { n_chars: u32::try_from(n_chars).unwrap_or(u32::MAX) });
        }
        if jiff::tz::db().get(zone).is_err() {
            return Err(Rejection::UnknownZone { zone: zone.clone() });
        }
        let wanted = Declared { name: name.trim().to_owned(), zone: zone.clone() };
        if state.declared.as_ref() == Some(&wanted) {
            return Ok(Vec::new());
        }
        Ok(vec![Event::Declared(wanted)])
    }

    fn evolve(state: &mut State, event: &Event) {
        let Event::Declared(declared) = event;
        state.declared = Some(declared.clone());
    }
}
