//! The right to see personal text as it is: it comes only from a fact in the log that says who, why and until when.

use events::unmasking::Event as Fact;
use events::{Body, Event, Moment, Recorded};
use projections::unmasking::Unmasking;

/// A recorded unmasking. There is no other way to make one than from its fact, so nothing is shown before it is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    customer: Option<String>,
    until: Moment,
}

impl Grant {
    /// The grant that a fact of the log records, if it records one.
    #[must_use]
    pub fn recorded(fact: &Recorded) -> Option<Self> {
        let Body::Read(Event::Unmasking(Fact::Granted(granted))) = &fact.body else { return None };
        Some(Self { customer: granted.customer.clone(), until: granted.until })
    }

    /// Whether it lets texts about `subject` be seen at `at`.
    #[must_use]
    pub fn covers(&self, subject: Option<&str>, at: Moment) -> bool {
        at < self.until && (self.customer.is_none() || self.customer.as_deref() == subject)
    }
}

impl From<&Unmasking> for Grant {
    fn from(unmasking: &Unmasking) -> Self {
        Self { customer: unmasking.customer.clone(), until: unmasking.until }
    }
}

/// How much of personal texts a reader may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Rights {
    /// Masked.
    #[default]
    Masked,
    /// As they are, where a grant covers them at the moment of reading; masked otherwise.
    Unmasked {
        /// What was recorded.
        grants: Vec<Grant>,
        /// The moment of reading.
        at: Moment,
    },
}

impl Rights {
    /// Whether texts about `subject` may be seen as they are.
    #[must_use]
    pub fn plain(&self, subject: Option<&str>) -> bool {
        match self {
            Self::Masked => false,
            Self::Unmasked { grants, at } => grants.iter().any(|grant| grant.covers(subject, *at)),
        }
    }
}
