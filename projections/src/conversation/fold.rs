//! How each fact changes its conversation and the leg in progress.

use events::conversation::{Dequeue, Direction, Event as Fact};
use events::{Body, Event, Recorded, Timing};

use super::settled::Placed;
use super::step::Step;
use super::{Conversation, Conversations, Hands, Leg, Mark, Outcome, Phase, slot};
use crate::names::Name;
use crate::projection::Projection;

impl Projection for Conversations {
    const NAME: &'static str = "conversations";
    const SCHEMA: u32 = 3;

    fn evolve(&mut self, fact: &Recorded) {
        let Body::Read(Event::Conversation(event)) = &fact.body else { return };
        let mark = Mark { at: fact.occurred_at, position: fact.position };
        let index = self.conversation(fact, mark);
        let conversation = &mut self.by_id[index];
        conversation.n_facts += 1;
        let may_be_late = fact.meta.leg.is_some() || fact.meta.place.is_some();
        if !may_be_late || conversation.latest.at <= mark.at {
            conversation.latest = mark;
        }
        conversation.n_received += u32::from(matches!(event, Fact::MessageReceived(_)));
        // A suggestion that was picked was sent.
        conversation.n_sent += u32::from(matches!(event, Fact::MessageSent(_) | Fact::SuggestionPicked(_)));
        if may_be_late {
            self.note_earliest(index, mark, fact.meta.timing);
        }
        let Some(step) = Step::of(event, &mut self.names) else { return };
        let timing = fact.meta.timing;
        if may_be_late {
            let leg = fact.meta.leg.as_deref().map(|leg| self.names.number(leg));
            let (place, id) = (fact.meta.place.unwrap_or_default(), fact.id);
            self.settle_in(index, Placed { at: mark.at, place, id, position: mark.position, timing, leg, step });
        } else {
            self.apply(index, None, &step, mark, timing);
        }
        self.settle(index);
    }
}

impl Conversations {
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
            timing: fact.meta.timing,
            start_seen: false,
            self_service_ended: None,
            ended: None,
            ended_timing: Timing::Recorded,
            resolved: None,
            voided: None,
            rating: None,
            survey_sent: None,
            n_received: 0,
            n_sent: 0,
            n_facts: 0,
            latest: mark,
            earliest: None,
            legs: Vec::new(),
        };
        self.by_id.insert_full(fact.stream.id().to_owned(), conversation).0
    }

    /// Changes a conversation, and of its legs the one called `key`, or the last where the source calls them nothing.
    pub(super) fn apply(&mut self, index: usize, key: Option<Name>, step: &Step, mark: Mark, timing: Timing) {
        if key.is_some() && step.needs_leg() && self.leg_called(index, key).is_none() {
            // Nothing is known of that leg but this, which alone makes none: perhaps it never reached a queue or a person.
            self.strange(index, step.name());
            return;
        }
        match step {
            Step::Started { .. } => self.start(index, key, step, mark, timing),
            Step::SelfServiceEnded => self.by_id[index].self_service_ended = Some(mark),
            Step::Enqueued(queue) => self.enqueue(index, key, *queue, mark),
            Step::Dequeued(reason) => {
                let leg = self.leg(index, key, mark, step.name());
                leg.dequeued = Some(mark);
                leg.outcome = match reason {
                    Dequeue::Answered => Outcome::Answered,
                    Dequeue::FlowedOut => Outcome::FlowedOut,
                    Dequeue::CallbackRequested => Outcome::CallbackRequested,
                };
            }
            Step::Abandoned => {
                let leg = self.leg(index, key, mark, step.name());
                leg.dequeued = Some(mark);
                leg.outcome = Outcome::Abandoned;
                self.by_id[index].ended = Some(mark);
                self.by_id[index].ended_timing = timing;
            }
            Step::Assigned(agent) => {
                let leg = self.leg(index, key, mark, step.name());
                leg.hands = agent.map_or(Hands::Unnamed, Hands::Agent);
                leg.assigned = Some(mark);
                leg.outcome = Outcome::Answered;
                // Until the source says when the wait ended, it ended with the connection.
                leg.dequeued.get_or_insert(mark);
            }
            Step::Held => self.leg(index, key, mark, step.name()).held_since = Some(mark.at),
            Step::Resumed => {
                let leg = self.leg(index, key, mark, step.name());
                if let Some(since) = leg.held_since.take() {
                    leg.held_micros = leg.held_micros.saturating_add(mark.at.micros_since(since).max(0));
                }
            }
            Step::Transferred(to_agent) => self.transfer(index, key, *to_agent, mark),
            Step::WrapUpStarted => self.leg(index, key, mark, step.name()).wrap_started = Some(mark),
            Step::WrapUpEnded => self.leg(index, key, mark, step.name()).wrap_ended = Some(mark),
            Step::Ended => self.end(index, key, mark, timing),
            Step::Resolved => self.by_id[index].resolved = Some(mark),
            Step::SurveySent => self.by_id[index].survey_sent = Some(mark),
            Step::SurveyAnswered(score, score_max) => self.by_id[index].rating = Some((*score, *score_max, mark)),
            Step::Voided => self.by_id[index].voided = Some(mark),
        }
    }

    fn start(&mut self, index: usize, key: Option<Name>, step: &Step, mark: Mark, timing: Timing) {
        let Step::Started { channel, direction, topic, priority, customer, language, entry } = step else { return };
        let conversation = &mut self.by_id[index];
        if key.is_some() && conversation.start_seen {
            // Another of the source's streams tells of the same start: it adds what it knows more.
            conversation.topic = conversation.topic.or(*topic);
            conversation.priority = conversation.priority.or(*priority);
            conversation.customer = conversation.customer.or(*customer);
            conversation.language = conversation.language.or(*language);
            conversation.entry = conversation.entry.or(*entry);
            return;
        }
        conversation.channel = Some(*channel);
        conversation.direction = *direction;
        conversation.topic = *topic;
        conversation.priority = *priority;
        conversation.customer = *customer;
        conversation.language = *language;
        conversation.entry = *entry;
        conversation.started = mark;
        conversation.timing = timing;
        conversation.start_seen = true;
        // A first leg that was seen before its conversation's start counts from the start as well.
        if let Some(&leg) = conversation.legs.first() {
            self.move_leg(leg, mark);
        }
    }

    fn enqueue(&mut self, index: usize, key: Option<Name>, queue: Name, mark: Mark) {
        // Clocks disagree by a second or two: an agent may have been connected "before" the queue was entered.
        let before = if key.is_some() { self.leg_called(index, key) } else { self.by_id[index].legs.last().copied() };
        if let Some(before) = before {
            let leg = &mut self.legs[before as usize];
            if leg.queue.is_none() && leg.enqueued.is_none() && leg.transferred.is_none() {
                leg.queue = Some(queue);
                leg.enqueued = Some(mark);
                return;
            }
        }
        let initiated = self.initiated(index, key, mark);
        self.push_leg(index, key, initiated, |leg| {
            leg.queue = Some(queue);
            leg.enqueued = Some(mark);
        });
    }

    fn transfer(&mut self, index: usize, key: Option<Name>, to_agent: Option<Name>, mark: Mark) {
        let leg = self.leg(index, key, mark, "conversation.transferred");
        leg.transferred = Some(mark);
        if leg.outcome == Outcome::Waiting {
            leg.outcome = Outcome::FlowedOut;
            leg.dequeued = Some(mark);
        } else {
            leg.released.get_or_insert(mark);
        }
        // A queue that takes over begins its leg with its own `Enqueued`; a person takes over here and now, unless the
        // source calls that leg by an id of its own.
        if let (Some(agent), None) = (to_agent, key) {
            self.push_leg(index, None, mark, |leg| leg.hands = Hands::Agent(agent));
        }
    }

    fn end(&mut self, index: usize, key: Option<Name>, mark: Mark, timing: Timing) {
        let called = self.leg_called(index, key);
        let last = if key.is_some() { called } else { self.by_id[index].legs.last().copied() };
        let goes_on =
            |&leg: &u32| Some(leg) != last && matches!(self.legs[leg as usize].phase(), Phase::Waiting | Phase::Talking);
        // One leg's end is the conversation's unless another leg goes on.
        if key.is_none() || !self.by_id[index].legs.iter().any(goes_on) {
            self.by_id[index].ended = Some(mark);
            self.by_id[index].ended_timing = timing;
        }
        let Some(leg) = last else { return };
        let leg = &mut self.legs[leg as usize];
        match leg.outcome {
            Outcome::Answered => {
                leg.released.get_or_insert(mark);
                if let Some(since) = leg.held_since.take() {
                    leg.held_micros = leg.held_micros.saturating_add(mark.at.micros_since(since).max(0));
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
    fn initiated(&self, index: usize, key: Option<Name>, mark: Mark) -> Mark {
        let conversation = &self.by_id[index];
        let Some(&last) = conversation.legs.last() else { return conversation.started };
        let last = &self.legs[last as usize];
        // A leg with an id may begin while the one before it goes on: the end of that one's wait is not its beginning.
        let waited = last.dequeued.filter(|_| key.is_none() || last.outcome != Outcome::Answered);
        last.transferred.or(waited).unwrap_or(mark)
    }

    /// The leg that the source calls so.
    fn leg_called(&self, index: usize, key: Option<Name>) -> Option<u32> {
        self.histories.get(&u32::try_from(index).ok()?)?.legs.get(&key?).copied()
    }

    /// Counts a fact that makes no sense where it stands, for as long as the conversation is folded this way.
    fn strange(&mut self, index: usize, what: &str) {
        *self.anomalies.entry(what.to_owned()).or_default() += 1;
        let history = u32::try_from(index).ok().and_then(|of| self.histories.get_mut(&of));
        if let Some(history) = history {
            history.strange.push(what.to_owned());
        }
    }

    /// The leg in progress, or the one called `key`; a fact that finds none begins one without a queue, and is counted if
    /// that is strange.
    fn leg(&mut self, index: usize, key: Option<Name>, mark: Mark, what: &str) -> &mut Leg {
        let last = self.by_id[index].legs.last().copied();
        let there = if key.is_some() { self.leg_called(index, key) } else { last };
        let number = match there {
            Some(number) => number,
            None => {
                if what != "conversation.assigned" {
                    self.strange(index, what);
                }
                let initiated = self.initiated(index, key, mark);
                self.push_leg(index, key, initiated, |_leg| {})
            }
        };
        &mut self.legs[number as usize]
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

    fn push_leg(&mut self, index: usize, key: Option<Name>, initiated: Mark, fill: impl FnOnce(&mut Leg)) -> u32 {
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
        let number = self.keep_leg(leg, key);
        if key.is_some() {
            // It goes on in another leg.
            self.by_id[index].ended = None;
        }
        self.by_id[index].legs.push(number);
        self.slots.entry(slot(initiated.at)).or_default().push(number);
        number
    }

    /// Puts a leg where one of an earlier folding of its conversation was, or behind all others.
    fn keep_leg(&mut self, leg: Leg, key: Option<Name>) -> u32 {
        let of = leg.conversation;
        let history = self.histories.get_mut(&of);
        let number = match history.and_then(|history| history.free.pop_front()) {
            Some(number) => {
                self.legs[number as usize] = leg;
                number
            }
            None => {
                self.legs.push(leg);
                u32::try_from(self.legs.len() - 1).expect("four thousand million legs do not fit in memory")
            }
        };
        if let (Some(key), Some(history)) = (key, self.histories.get_mut(&of)) {
            history.legs.insert(key, number);
        }
        number
    }

    pub(super) fn move_leg(&mut self, number: u32, initiated: Mark) {
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
