//! Who said something when, and whose turn it was: what response times are computed from.

use events::conversation::{Event as Fact, Party, Retraction};
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
    /// What the bot took back, in order: when, and its place among what happened in one moment.
    pub retracted: Vec<(Moment, u32, Retraction)>,
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

    /// What of it still counts for the bot: without what was taken back later. What was said is in [`Exchange::said`].
    #[must_use]
    pub fn standing(&self) -> Vec<Said> {
        let mut standing: Vec<Said> = Vec::new();
        let mut said = self.said.iter().peekable();
        for &(at, place, reason) in &self.retracted {
            while let Some(earlier) = said.next_if(|said| (said.at, said.place) <= (at, place)) {
                standing.push(*earlier);
            }
            match reason {
                Retraction::Rewound => {
                    let last = standing.iter().rposition(|said| said.by == Party::Customer);
                    standing.truncate(last.unwrap_or(standing.len()));
                }
                // The bot's own words are not kept here.
                Retraction::Undone => {}
                Retraction::Restarted => standing.clear(),
            }
        }
        standing.extend(said);
        standing
    }

    fn retract(&mut self, fact: &Recorded, reason: Retraction) {
        if fact.meta.timing == Timing::Unknown {
            return;
        }
        let retracted = (fact.occurred_at, place(fact), reason);
        let behind = self.retracted.partition_point(|earlier| *earlier <= retracted);
        self.retracted.insert(behind, retracted);
    }

    fn say(&mut self, fact: &Recorded, by: Party, n_chars: u32) {
        self.n_empty += u32::from(n_chars == 0);
        if fact.meta.timing == Timing::Unknown || !matches!(by, Party::Customer | Party::Agent) {
            return;
        }
        let said = Said { at: fact.occurred_at, place: place(fact), by };
        let place = self.said.partition_point(|earlier| *earlier <= said);
        self.said.insert(place, said);
    }
}

/// Its place in the source's own order, or else in its stream.
fn place(fact: &Recorded) -> u32 {
    fact.meta.place.unwrap_or_else(|| u32::try_from(fact.version.0).unwrap_or(u32::MAX))
}

/// What was said, by conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turns {
    /// By the conversation's id, in the order of the first word.
    pub by_conversation: IndexMap<String, Exchange>,
}

impl Projection for Turns {
    const NAME: &'static str = "turns";
    const SCHEMA: u32 = 2;

    #[allow(clippy::wildcard_enum_match_arm, reason = "of a long closed list only these five are said or taken in turns")]
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
            Fact::TurnsRetracted(retracted) => self.of(fact).retract(fact, retracted.reason),
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
