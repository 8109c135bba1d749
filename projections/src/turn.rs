//! Who said something when, and whose turn it was: what response times are computed from.

use events::conversation::{Event as Fact, Party};
use events::{Body, Event, Moment, Recorded, Timing};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::projection::Projection;

/// Something said at a known time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Said {
    /// When.
    pub at: Moment,
    /// Its place in the source's own order, or else in the stream: which of two in one second came first.
    pub place: u32,
    /// By whom.
    pub by: Party,
}

/// What was said in one conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// What customer and agent said, in order, without the words. What has no known time is not here.
    pub said: Vec<Said>,
    /// Turns, where the source tells them.
    pub n_turns: u32,
    /// Those of the customer.
    pub n_turns_customer: u32,
    /// Messages without a character in them.
    pub n_empty: u32,
}

impl Exchange {
    /// Seconds from the earliest customer's message not yet answered to the agent's next, for each such answer.
    #[must_use]
    pub fn response_secs(&self) -> Vec<f64> {
        let mut waiting: Option<Moment> = None;
        let mut responses = Vec::new();
        for said in &self.said {
            match said.by {
                Party::Customer => {
                    waiting.get_or_insert(said.at);
                }
                Party::Agent => responses.extend(waiting.take().map(|since| said.at.micros_since(since) as f64 * 1e-6)),
                Party::Bot | Party::System => {}
            }
        }
        responses
    }

    fn say(&mut self, fact: &Recorded, by: Party, n_chars: u32) {
        self.n_empty += u32::from(n_chars == 0);
        if fact.meta.timing == Timing::Unknown || !matches!(by, Party::Customer | Party::Agent) {
            return;
        }
        let of_stream = u32::try_from(fact.version.0).unwrap_or(u32::MAX);
        let said = Said { at: fact.occurred_at, place: fact.meta.place.unwrap_or(of_stream), by };
        let place = self.said.partition_point(|earlier| *earlier <= said);
        self.said.insert(place, said);
    }
}

/// What was said, by conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turns {
    /// By the conversation's id, in the order of the first word.
    pub by_conversation: IndexMap<String, Exchange>,
}

impl Projection for Turns {
    const NAME: &'static str = "turns";
    const SCHEMA: u32 = 1;

    #[allow(clippy::wildcard_enum_match_arm, reason = "of a long closed list only these four are said or taken in turns")]
    fn evolve(&mut self, fact: &Recorded) {
        let Body::Read(Event::Conversation(event)) = &fact.body else { return };
        match event {
            Fact::MessageReceived(message) => self.of(fact).say(fact, Party::Customer, message.n_chars),
            Fact::MessageSent(message) => self.of(fact).say(fact, message.by, message.n_chars),
            Fact::SuggestionPicked(picked) => self.of(fact).say(fact, Party::Agent, picked.n_chars),
            Fact::TurnBegan(turn) => {
                let exchange = self.of(fact);
                exchange.n_turns += 1;
                exchange.n_turns_customer += u32::from(turn.by == Party::Customer);
            }
            _ => {}
        }
    }
}

impl Turns {
    fn of(&mut self, fact: &Recorded) -> &mut Exchange {
        let id = fact.stream.id();
        let index = match self.by_conversation.get_index_of(id) {
            Some(index) => index,
            None => self.by_conversation.insert_full(id.to_owned(), Exchange::default()).0,
        };
        &mut self.by_conversation[index]
    }
}
