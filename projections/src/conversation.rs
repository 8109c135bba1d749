//! Every conversation with its legs: the rows from which all metrics are computed.
//!
//! A *leg* is one stay in one queue and what came of it (Amazon Connect: one contact record). Facts may come late, twice
//! in meaning or before their cause; the fold keeps the facts' own times and positions and never refuses one.

mod fold;
mod settled;
mod step;

use std::collections::{BTreeMap, BTreeSet};

use events::conversation::{Channel, Direction};
use events::{Moment, Position, Timing};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use settled::{History, STEPS_MAX};
pub use step::Step;

use crate::names::{Name, Names};

/// A fact's time and place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark {
    /// When it happened.
    pub at: Moment,
    /// Where it stands in the log.
    pub position: Position,
}

/// How a leg stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Still in the queue.
    #[default]
    Waiting,
    /// An agent took it.
    Answered,
    /// The customer left first.
    Abandoned,
    /// It went to another queue or flow before anybody answered.
    FlowedOut,
    /// The customer asked to be called back.
    CallbackRequested,
}

/// Whose hands a leg is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Hands {
    /// Nobody's yet.
    #[default]
    Nobody,
    /// Somebody's, but the source did not record whose.
    Unnamed,
    /// This agent's.
    Agent(Name),
}

/// One stay in one queue and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leg {
    /// The conversation's index.
    pub conversation: u32,
    /// The queue; `None` when the conversation reached an agent without one.
    pub queue: Option<Name>,
    /// When the contact that this leg stands for began: the conversation's start, or the transfer that made it.
    pub initiated: Mark,
    /// Entry into the queue.
    pub enqueued: Option<Mark>,
    /// The end of waiting, whichever way.
    pub dequeued: Option<Mark>,
    /// How it stands.
    pub outcome: Outcome,
    /// Whose hands it is in.
    pub hands: Hands,
    /// Connection of agent and customer.
    pub assigned: Option<Mark>,
    /// End of the talk.
    pub released: Option<Mark>,
    /// Work after the talk: its beginning.
    pub wrap_started: Option<Mark>,
    /// Work after the talk: its end.
    pub wrap_ended: Option<Mark>,
    /// Holds that ended, in microseconds together.
    pub held_micros: i64,
    /// A hold that has not ended.
    pub held_since: Option<Moment>,
    /// Whether another agent or queue took over.
    pub transferred: Option<Mark>,
}

/// What a leg is doing right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// In the queue.
    Waiting,
    /// Agent and customer are connected.
    Talking,
    /// The agent finishes up.
    WrappingUp,
    /// Nothing more will happen in it.
    Closed,
}

impl Leg {
    /// What it is doing, as far as its facts say.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self.outcome {
            Outcome::Waiting => Phase::Waiting,
            Outcome::Answered if self.released.is_none() => Phase::Talking,
            Outcome::Answered if self.wrap_started.is_some() && self.wrap_ended.is_none() => Phase::WrappingUp,
            Outcome::Answered | Outcome::Abandoned | Outcome::FlowedOut | Outcome::CallbackRequested => Phase::Closed,
        }
    }

    /// Microseconds in the queue, never negative; `None` while it waits or when it was in none.
    #[must_use]
    pub fn waited_micros(&self) -> Option<i64> {
        Some(self.dequeued?.at.micros_since(self.enqueued?.at).max(0))
    }

    /// Microseconds of talk (holds included) and of work after it, never negative; `None` until both are over or
    /// when nobody answered.
    #[must_use]
    pub fn handled_micros(&self) -> Option<i64> {
        if self.phase() != Phase::Closed {
            return None;
        }
        let talk = self.released?.at.micros_since(self.assigned?.at).max(0);
        let wrap = match (self.wrap_started, self.wrap_ended) {
            (Some(from), Some(to)) => to.at.micros_since(from.at).max(0),
            _ => 0,
        };
        Some(talk.saturating_add(wrap))
    }
}

/// One conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// How they talk; `None` while its start has not been seen.
    pub channel: Option<Channel>,
    /// Who began.
    pub direction: Direction,
    /// What it is about.
    pub topic: Option<Name>,
    /// How urgent.
    pub priority: Option<u8>,
    /// Who it is with, by pseudonym.
    pub customer: Option<Name>,
    /// Language spoken.
    pub language: Option<Name>,
    /// The line or page it came in by.
    pub entry: Option<Name>,
    /// Where the facts come from.
    pub source: Name,
    /// Its beginning, or its earliest fact while that is not known.
    pub started: Mark,
    /// How the time of its beginning is known.
    pub timing: Timing,
    /// Whether its start has been seen.
    pub start_seen: bool,
    /// The end of self-service.
    pub self_service_ended: Option<Mark>,
    /// Its end.
    pub ended: Option<Mark>,
    /// How the time of its end is known.
    pub ended_timing: Timing,
    /// Its matter settled.
    pub resolved: Option<Mark>,
    /// Not a contact at all, says the source.
    pub voided: Option<Mark>,
    /// The rating and the best possible one.
    pub rating: Option<(u8, u8, Mark)>,
    /// The question for a rating.
    pub survey_sent: Option<Mark>,
    /// Messages from the customer.
    pub n_received: u32,
    /// Messages from the desk.
    pub n_sent: u32,
    /// Its facts so far.
    pub n_facts: u32,
    /// Its latest fact.
    pub latest: Mark,
    /// The earliest of those whose time is known and which may come late.
    pub earliest: Option<Mark>,
    /// Its legs, by index, in the order they began.
    pub legs: Vec<u32>,
}

impl Conversation {
    /// Takes back what its steps made of it; what was said in it stays.
    fn unfold(&mut self) {
        self.channel = None;
        self.direction = Direction::default();
        (self.topic, self.priority, self.customer, self.language, self.entry) = (None, None, None, None, None);
        self.start_seen = false;
        self.ended_timing = Timing::Recorded;
        (self.self_service_ended, self.ended, self.resolved, self.voided) = (None, None, None, None);
        (self.rating, self.survey_sent) = (None, None);
    }
}

/// The seconds of the grid on which legs are indexed: every zone in use is a multiple of it from UTC.
pub const SLOT_SECS: i64 = 900;

/// The index on the quarter-hour grid of a moment.
#[must_use]
pub fn slot(at: Moment) -> i64 {
    at.0.div_euclid(SLOT_SECS * 1_000_000)
}

/// The moment at which a quarter-hour of the grid begins.
#[must_use]
pub fn slot_start(slot: i64) -> Moment {
    Moment(slot.saturating_mul(SLOT_SECS * 1_000_000))
}

/// Every conversation of the log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Conversations {
    /// By stream id (without the noun), in the order of first appearance.
    pub by_id: IndexMap<String, Conversation>,
    /// Every leg, in the order they began in the log.
    pub legs: Vec<Leg>,
    /// Legs by the quarter-hour of their initiation.
    pub slots: BTreeMap<i64, Vec<u32>>,
    /// Queues, agents, topics, customers, languages, entries, sources: one set, for one kind of number.
    pub names: Names,
    /// The sources of conversations, in the order of first appearance.
    pub sources: Vec<Name>,
    /// The steps of conversations that are settled by time, by the conversation's index.
    pub histories: BTreeMap<u32, History>,
    /// Legs that still wait, talk or wrap up.
    pub open: BTreeSet<u32>,
    /// Facts that made no sense where they stood (an answer without a queue, an end without a start), by type.
    pub anomalies: BTreeMap<String, u64>,
}

impl Conversations {
    /// The names of the sources, in the order of first appearance.
    #[must_use]
    pub fn sources(&self) -> Vec<String> {
        self.sources.iter().map(|&source| self.names.text(source).to_owned()).collect()
    }

    /// When the latest contact of `source` (of any, when `None`) began, to the quarter of an hour.
    #[must_use]
    pub fn latest_start(&self, source: Option<&str>) -> Option<Moment> {
        let wanted = source.and_then(|source| self.names.find(source));
        let fits = |&&leg: &&u32| source.is_none() || Some(self.of(&self.legs[leg as usize]).1.source) == wanted;
        let (&slot, _) = self.slots.iter().rev().find(|(_, legs)| legs.iter().any(|leg| fits(&leg)))?;
        Some(slot_start(slot))
    }

    /// The conversation that a leg belongs to, with its id.
    #[must_use]
    pub fn of(&self, leg: &Leg) -> (&str, &Conversation) {
        let (id, conversation) = self.by_id.get_index(leg.conversation as usize).expect("legs are made with their conversation");
        (id, conversation)
    }
}
