//! Every conversation with its legs: the rows from which all metrics are computed.
//!
//! A *leg* is one stay in one queue and what came of it (Amazon Connect: one contact record). Facts may come late, twice
//! in meaning or before their cause; the fold keeps the facts' own times and positions and never refuses one.

use std::collections::{BTreeMap, BTreeSet};

use events::conversation::{Channel, Dequeue, Direction, Event as Fact};
use events::{Body, Event, Moment, Position, Recorded};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::names::{Name, Names};
use crate::projection::Projection;

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
        Some(talk + wrap)
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
    /// Whether its start has been seen.
    pub start_seen: bool,
    /// The end of self-service.
    pub self_service_ended: Option<Mark>,
    /// Its end.
    pub ended: Option<Mark>,
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
    /// Its legs, by index, in the order they began.
    pub legs: Vec<u32>,
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
    /// Legs that still wait, talk or wrap up.
    pub open: BTreeSet<u32>,
    /// Facts that made no sense where they stood (an answer without a queue, an end without a start), by type.
    pub anomalies: BTreeMap<String, u64>,
}

impl Projection for Conversations {
    const NAME: &'static str = "conversations";
    const SCHEMA: u32 = 1;

    fn evolve(&mut self, fact: &Recorded) {
        let Body::Read(Event::Conversation(event)) = &fact.body else { return };
        let mark = Mark { at: fact.occurred_at, position: fact.position };
        let index = self.conversation(fact, mark);
        self.by_id[index].n_facts += 1;
        self.by_id[index].latest = mark;
        self.apply(index, event, mark);
        self.settle(index);
    }
}

impl Conversations {
    /// The names of the sources, in the order of first appearance.
    #[must_use]
    pub fn sources(&self) -> Vec<String> {
        self.sources.iter().map(|&source| self.names.text(source).to_owned()).collect()
    }

    /// The conversation that a leg belongs to, with its id.
    #[must_use]
    pub fn of(&self, leg: &Leg) -> (&str, &Conversation) {
        let (id, conversation) = self.by_id.get_index(leg.conversation as usize).expect("legs are made with their conversation");
        (id, conversation)
    }

    fn conversation(&mut self, fact: &Recorded, mark: Mark) -> usize {
        if let Some(index) = self.by_id.get_index_of(fact.stream.id()) {
            return index;
        }
        let source = self.names.number(&fact.meta.source);
        if !self.sources.contains(&source) {
            self.sources.push(source);
        }
        let conversation = Conversation {
            channel: None,
            direction: Direction::default(),
            topic: None,
            priority: None,
            customer: None,
            language: None,
            entry: None,
            source,
            started: mark,
            start_seen: false,
            self_service_ended: None,
            ended: None,
            resolved: None,
            voided: None,
            rating: None,
            survey_sent: None,
            n_received: 0,
            n_sent: 0,
            n_facts: 0,
            latest: mark,
            legs: Vec::new(),
        };
        self.by_id.insert_full(fact.stream.id().to_owned(), conversation).0
    }

    fn apply(&mut self, index: usize, event: &Fact, mark: Mark) {
        match event {
            Fact::Started(started) => self.start(index, started, mark),
            Fact::SelfServiceEnded(_) => self.by_id[index].self_service_ended = Some(mark),
            Fact::Enqueued(enqueued) => self.enqueue(index, &enqueued.queue, mark),
            Fact::Offered(_) | Fact::OfferAccepted(_) | Fact::OfferRejected(_) | Fact::OfferTimedOut(_) => {}
            Fact::Dequeued(dequeued) => {
                let leg = self.leg(index, mark, "conversation.dequeued");
                leg.dequeued = Some(mark);
                leg.outcome = match dequeued.reason {
                    Dequeue::Answered => Outcome::Answered,
                    Dequeue::FlowedOut => Outcome::FlowedOut,
                    Dequeue::CallbackRequested => Outcome::CallbackRequested,
                };
            }
            Fact::Abandoned(_) => {
                let leg = self.leg(index, mark, "conversation.abandoned");
                leg.dequeued = Some(mark);
                leg.outcome = Outcome::Abandoned;
                self.by_id[index].ended = Some(mark);
            }
            Fact::Assigned(assigned) => {
                let hands = match &assigned.agent {
                    Some(agent) => Hands::Agent(self.names.number(agent)),
                    None => Hands::Unnamed,
                };
                let leg = self.leg(index, mark, "conversation.assigned");
                leg.hands = hands;
                leg.assigned = Some(mark);
                leg.outcome = Outcome::Answered;
                // Until the source says when the wait ended, it ended with the connection.
                leg.dequeued.get_or_insert(mark);
            }
            Fact::Held(_) => self.leg(index, mark, "conversation.held").held_since = Some(mark.at),
            Fact::Resumed(_) => {
                let leg = self.leg(index, mark, "conversation.resumed");
                if let Some(since) = leg.held_since.take() {
                    leg.held_micros += mark.at.micros_since(since).max(0);
                }
            }
            Fact::Transferred(transferred) => self.transfer(index, transferred, mark),
            Fact::MessageReceived(_) => self.by_id[index].n_received += 1,
            Fact::MessageSent(_) => self.by_id[index].n_sent += 1,
            Fact::WrapUpStarted(_) => self.leg(index, mark, "conversation.wrap_up_started").wrap_started = Some(mark),
            Fact::WrapUpEnded(_) => self.leg(index, mark, "conversation.wrap_up_ended").wrap_ended = Some(mark),
            Fact::Ended(_) => self.end(index, mark),
            Fact::Resolved(_) => self.by_id[index].resolved = Some(mark),
            Fact::SurveySent(_) => self.by_id[index].survey_sent = Some(mark),
            Fact::SurveyAnswered(answer) => self.by_id[index].rating = Some((answer.score, answer.score_max, mark)),
            Fact::Voided(_) => self.by_id[index].voided = Some(mark),
        }
    }

    fn start(&mut self, index: usize, started: &events::conversation::Started, mark: Mark) {
        let topic = started.topic.as_deref().map(|text| self.names.number(text));
        let customer = started.customer.as_deref().map(|text| self.names.number(text));
        let language = started.language.as_deref().map(|text| self.names.number(text));
        let entry = started.entry.as_deref().map(|text| self.names.number(text));
        let conversation = &mut self.by_id[index];
        conversation.channel = Some(started.channel);
        conversation.direction = started.direction;
        conversation.topic = topic;
        conversation.priority = started.priority;
        conversation.customer = customer;
        conversation.language = language;
        conversation.entry = entry;
        conversation.started = mark;
        conversation.start_seen = true;
        // A first leg that was seen before its conversation's start counts from the start as well.
        if let Some(&leg) = conversation.legs.first() {
            self.move_leg(leg, mark);
        }
    }

    fn enqueue(&mut self, index: usize, queue: &str, mark: Mark) {
        let queue = Some(self.names.number(queue));
        // Clocks disagree by a second or two: an agent may have been connected "before" the queue was entered.
        if let Some(&last) = self.by_id[index].legs.last() {
            let leg = &mut self.legs[last as usize];
            if leg.queue.is_none() && leg.enqueued.is_none() && leg.transferred.is_none() {
                leg.queue = queue;
                leg.enqueued = Some(mark);
                return;
            }
        }
        let initiated = self.initiated(index, mark);
        self.push_leg(index, initiated, |leg| {
            leg.queue = queue;
            leg.enqueued = Some(mark);
        });
    }

    fn transfer(&mut self, index: usize, transferred: &events::conversation::Transferred, mark: Mark) {
        let leg = self.leg(index, mark, "conversation.transferred");
        leg.transferred = Some(mark);
        if leg.outcome == Outcome::Waiting {
            leg.outcome = Outcome::FlowedOut;
            leg.dequeued = Some(mark);
        } else {
            leg.released.get_or_insert(mark);
        }
        // A queue that takes over begins its leg with its own `Enqueued`; a person takes over here and now.
        if let Some(agent) = &transferred.to_agent {
            let hands = Hands::Agent(self.names.number(agent));
            self.push_leg(index, mark, |leg| leg.hands = hands);
        }
    }

    fn end(&mut self, index: usize, mark: Mark) {
        self.by_id[index].ended = Some(mark);
        let Some(&leg) = self.by_id[index].legs.last() else { return };
        let leg = &mut self.legs[leg as usize];
        match leg.outcome {
            Outcome::Answered => {
                leg.released.get_or_insert(mark);
                if let Some(since) = leg.held_since.take() {
                    leg.held_micros += mark.at.micros_since(since).max(0);
                }
            }
            Outcome::Waiting => {
                // Ended in the queue without a word why: whoever waited is gone.
                leg.outcome = Outcome::Abandoned;
                leg.dequeued = Some(mark);
            }
            Outcome::Abandoned | Outcome::FlowedOut | Outcome::CallbackRequested => {}
        }
    }

    /// Where a new leg's contact began: with the conversation, or with the transfer that made this leg.
    fn initiated(&self, index: usize, mark: Mark) -> Mark {
        let conversation = &self.by_id[index];
        match conversation.legs.last() {
            None => conversation.started,
            Some(&leg) => self.legs[leg as usize].transferred.or(self.legs[leg as usize].dequeued).unwrap_or(mark),
        }
    }

    /// The leg in progress; a fact that finds none begins one without a queue, and is counted if that is strange.
    fn leg(&mut self, index: usize, mark: Mark, what: &str) -> &mut Leg {
        if self.by_id[index].legs.is_empty() {
            if what != "conversation.assigned" {
                *self.anomalies.entry(what.to_owned()).or_default() += 1;
            }
            let initiated = self.initiated(index, mark);
            self.push_leg(index, initiated, |_leg| {});
        }
        let last = *self.by_id[index].legs.last().expect("one was just made sure of");
        &mut self.legs[last as usize]
    }

    fn settle(&mut self, index: usize) {
        let conversation = &self.by_id[index];
        for &number in &conversation.legs {
            if conversation.voided.is_none() && self.legs[number as usize].phase() != Phase::Closed {
                self.open.insert(number);
            } else {
                self.open.remove(&number);
            }
        }
    }

    fn push_leg(&mut self, index: usize, initiated: Mark, fill: impl FnOnce(&mut Leg)) {
        let number = u32::try_from(self.legs.len()).expect("four thousand million legs do not fit in memory");
        let mut leg = Leg {
            conversation: u32::try_from(index).expect("there are no more conversations than legs and facts"),
            queue: None,
            initiated,
            enqueued: None,
            dequeued: None,
            outcome: Outcome::Waiting,
            hands: Hands::Nobody,
            assigned: None,
            released: None,
            wrap_started: None,
            wrap_ended: None,
            held_micros: 0,
            held_since: None,
            transferred: None,
        };
        fill(&mut leg);
        self.legs.push(leg);
        self.by_id[index].legs.push(number);
        self.slots.entry(slot(initiated.at)).or_default().push(number);
    }

    fn move_leg(&mut self, number: u32, initiated: Mark) {
        let before = slot(self.legs[number as usize].initiated.at);
        self.legs[number as usize].initiated = initiated;
        if before != slot(initiated.at) {
            if let Some(legs) = self.slots.get_mut(&before) {
                legs.retain(|&leg| leg != number);
                if legs.is_empty() {
                    self.slots.remove(&before);
                }
            }
            self.slots.entry(slot(initiated.at)).or_default().push(number);
        }
    }
}
