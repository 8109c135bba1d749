//! One customer, by pseudonym; names and numbers are personal text, sealed under a key of the customer's own.
//!
//! A customer is *active*, *restricted* (their texts are kept but neither shown nor used: PIPL article 47, GDPR
//! article 18) or *erased* (the key of their texts is destroyed). Erased is final.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::codec::facts;
use crate::decider::Decider;

facts! {
    /// What can become known about a customer, and be decided about their texts.
    Customer {
        /// They were recognised.
        Identified = "customer.identified", 1;
        /// Their texts are kept, but neither shown nor used.
        Restricted = "customer.restricted", 1;
        /// Their texts may be used again.
        Released = "customer.released", 1;
        /// Their texts are to be unreadable for ever.
        Erased = "customer.erased", 1;
    }
}

/// The customer was recognised; name and number are personal text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Identified {
    /// How much the house values them, in its own word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// BCP 47 tag of the language they prefer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// The customer's texts are kept, but neither shown nor used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restricted {
    /// Why, in the words of whoever asked, masked.
    pub reason: String,
}

/// The customer's texts may be used again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// Why, in the words of whoever asked, masked.
    pub reason: String,
}

/// The customer's texts are to be unreadable for ever: their key is destroyed once this is durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Why, in the words of whoever asked, masked.
    pub reason: String,
}

/// How a customer's texts may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Shown masked, and unmasked where that is recorded.
    #[default]
    Active,
    /// Kept, and neither shown nor used.
    Restricted,
    /// Unreadable for ever.
    Erased,
}

impl Standing {
    /// The standing after one more fact.
    #[must_use]
    pub fn after(self, event: &Event) -> Self {
        match (self, event) {
            (Self::Erased, _) | (_, Event::Erased(_)) => Self::Erased,
            (_, Event::Restricted(_)) => Self::Restricted,
            (_, Event::Released(_)) => Self::Active,
            (standing, Event::Identified(_)) => standing,
        }
    }
}

/// What may be asked about one customer's texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "CustomerCommand")]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Command {
    /// Keep the texts, but neither show nor use them.
    Restrict {
        /// The customer's pseudonym.
        customer: String,
        /// Why, 1 to [`REASON_CHARS_MAX`] characters.
        reason: String,
    },
    /// Use the texts again.
    Release {
        /// The customer's pseudonym.
        customer: String,
        /// Why, 1 to [`REASON_CHARS_MAX`] characters.
        reason: String,
    },
    /// Make the texts unreadable for ever.
    Erase {
        /// The customer's pseudonym.
        customer: String,
        /// Why, 1 to [`REASON_CHARS_MAX`] characters.
        reason: String,
    },
}

impl Command {
    /// The customer it is about.
    #[must_use]
    pub fn customer(&self) -> &str {
        match self {
            Self::Restrict { customer, .. } | Self::Release { customer, .. } | Self::Erase { customer, .. } => customer,
        }
    }

    fn reason(&self) -> &str {
        match self {
            Self::Restrict { reason, .. } | Self::Release { reason, .. } | Self::Erase { reason, .. } => reason,
        }
    }
}

/// The longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 500;

/// Why a wish about a customer's texts is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[ts(rename = "CustomerRejection")]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Rejection {
    /// No reason, or too long a one.
    #[error("a reason has 1 to {REASON_CHARS_MAX} characters, not {n_chars}")]
    ReasonLength {
        /// The length given.
        n_chars: u32,
    },
    /// Erased is final.
    #[error("the customer's texts were erased; that cannot be undone")]
    Erased,
    /// There is nothing to release.
    #[error("the customer's texts are not restricted")]
    NotRestricted,
}

/// Checks a reason's length.
pub(crate) fn reason_chars(reason: &str) -> Result<(), u32> {
    let n_chars = reason.trim().chars().count();
    if (1..=REASON_CHARS_MAX).contains(&n_chars) { Ok(()) } else { Err(u32::try_from(n_chars).unwrap_or(u32::MAX)) }
}

/// Decides about one customer's texts.
pub struct Customer;

impl Decider for Customer {
    type Command = Command;
    type Event = Event;
    type State = Standing;
    type Rejection = Rejection;

    fn decide(command: &Command, standing: &Standing) -> Result<Vec<Event>, Rejection> {
        reason_chars(command.reason()).map_err(|n_chars| Rejection::ReasonLength { n_chars })?;
        let reason = command.reason().trim().to_owned();
        match (command, standing) {
            (Command::Erase { .. }, Standing::Erased) | (Command::Restrict { .. }, Standing::Restricted) => Ok(Vec::new()),
            (Command::Restrict { .. } | Command::Release { .. }, Standing::Erased) => Err(Rejection::Erased),
            (Command::Release { .. }, Standing::Active) => Err(Rejection::NotRestricted),
            (Command::Erase { .. }, _) => Ok(vec![Event::Erased(Erased { reason })]),
            (Command::Restrict { .. }, Standing::Active) => Ok(vec![Event::Restricted(Restricted { reason })]),
            (Command::Release { .. }, Standing::Restricted) => Ok(vec![Event::Released(Released { reason })]),
        }
    }

    fn evolve(standing: &mut Standing, event: &Event) {
        *standing = standing.after(event);
    }
}
