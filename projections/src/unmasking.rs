//! Unmaskings: who was shown personal text as it is, why, and until when.

use events::unmasking::Event as Fact;
use events::{Body, Event, Moment, Position, Recorded};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::projection::Projection;

/// One unmasking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Unmasking {
    /// Where it was granted.
    pub position: Position,
    /// Who was shown the texts.
    pub actor: Option<String>,
    /// The customer whose texts, by pseudonym; `None` for all.
    pub customer: Option<String>,
    /// Why.
    pub reason: String,
    /// The case it was for.
    pub ticket: Option<String>,
    /// From when.
    pub from: Moment,
    /// Until when, exclusively; brought forward when it was ended early.
    pub until: Moment,
}

/// Every unmasking by its name, in the order in which they were granted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Unmaskings {
    /// The unmaskings.
    pub by_id: IndexMap<String, Unmasking>,
}

impl Projection for Unmaskings {
    const NAME: &'static str = "unmaskings";
    const SCHEMA: u32 = 1;

    fn evolve(&mut self, fact: &Recorded) {
        let Body::Read(Event::Unmasking(event)) = &fact.body else { return };
        match event {
            Fact::Granted(granted) => {
                let unmasking = Unmasking {
                    position: fact.position,
                    actor: fact.meta.actor.clone(),
                    customer: granted.customer.clone(),
                    reason: granted.reason.clone(),
                    ticket: granted.ticket.clone(),
                    from: fact.occurred_at,
                    until: granted.until,
                };
                self.by_id.insert(fact.stream.id().to_owned(), unmasking);
            }
            Fact::Ended(_) => {
                if let Some(unmasking) = self.by_id.get_mut(fact.stream.id()) {
                    unmasking.until = unmasking.until.min(fact.occurred_at);
                }
            }
        }
    }
}
