//! How each fact changes its conversation and the leg in progress.

use events::conversation::{Dequeue, Direction, Event as Fact};
use events::{Body, Event, Recorded, Timing};

use super::late::{Placed, Step};
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
        self.by_id[index].n_facts += 1;
        self.seen(index, fact.meta.place.is_some(), mark);
        if matches!(event, Fact::Started(_)) {
            self.by_id[index].timing = fact.meta.timing;
        } else if matches!(event, Fact::Ended(_) | Fact::Abandoned(_)) {
            self.by_id[index].ended_timing = fact.meta.timing;
        }
        match (self.step_of(event), fact.meta.place) {
            (None, place) => self.apply(index, event, mark, place.is_some()),
            (Some(step), None) => self.step(index, step, mark),
            (Some(step), Some(place)) => {
                self.place(index, Placed { at: mark.at, place, id: fact.id, position: mark.position, step });
            }
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
            legs: Vec::new(),
            steps: Vec::new(),
        };
        self.by_id.insert_full(fact.stream.id().to_owned(), conversation).0
    }

    /// What a fact does to the leg in progress; `None` when it is about the conversation as a whole.
    fn step_of(&mut self, event: &Fact) -> Option<Step> {
        Some(match event {
            Fact::Enqueued(enqueued) => Step::Enqueued(self.names.number(&enqueued.queue)),
            Fact::Dequeued(dequeued) => Step::Dequeued(dequeued.reason),
            Fact::Abandoned(_) => Step::Abandoned,
            Fact::Assigned(assigned) => Step::Assigned(assigned.agent.as_deref().map(|agent| self.names.number(agent))),
            Fact::Held(_) => Step::Held,
            Fact::Resumed(_) => Step::Resumed,
            Fact::Transferred(passed) => Step::Transferred(passed.to_agent.as_deref().map(|agent| self.names.number(agent))),
            Fact::WrapUpStarted(_) => Step::WrapUpStarted,
            Fact::WrapUpEnded(_) => Step::WrapUpEnded,
            Fact::Ended(_) => Step::Ended,
            Fact::Started(_)
            | Fact::SelfServiceEnded(_)
            | Fact::Offered(_)
            | Fact::OfferAccepted(_)
            | Fact::OfferRejected(_)
            | Fact::OfferTimedOut(_)
            | Fact::MessageReceived(_)
            | Fact::MessageSent(_)
            | Fact::SuggestionPicked(_)
            | Fact::Resolved(_)
            | Fact::SurveySent(_)
            | Fact::SurveyAnswered(_)
            | Fact::Voided(_)
            | Fact::SuggestionsRequested(_)
            | Fact::KnowledgeQueried(_)
            | Fact::KnowledgeReturned(_)
            | Fact::StepInstructed(_)
            | Fact::TaskSelected(_)
            | Fact::ItemSelected(_)
            | Fact::CompletionDeclared(_)
            | Fact::Concluded(_)
            | Fact::QuestionnaireAnswered(_)
            | Fact::TurnBegan(_)
            | Fact::Rated(_)
            | Fact::FigureClaimed(_) => return None,
        })
    }

    /// Applies a fact about the conversation as a whole; of two that have a `placed` order, the later one holds.
    fn apply(&mut self, index: usize, event: &Fact, mark: Mark, placed: bool) {
        let of = &mut self.by_id[index];
        let late = |before: Option<Mark>| placed && before.is_some_and(|before| mark.at < before.at);
        match event {
            Fact::Started(started) => self.start(index, started, mark),
            Fact::SelfServiceEnded(_) if late(of.self_service_ended) => {}
            Fact::SelfServiceEnded(_) => of.self_service_ended = Some(mark),
            Fact::MessageReceived(_) => of.n_received += 1,
            // A suggestion that was picked was sent.
            Fact::MessageSent(_) | Fact::SuggestionPicked(_) => of.n_sent += 1,
            Fact::Resolved(_) if late(of.resolved) => {}
            Fact::Resolved(_) => of.resolved = Some(mark),
            Fact::SurveySent(_) if late(of.survey_sent) => {}
            Fact::SurveySent(_) => of.survey_sent = Some(mark),
            Fact::SurveyAnswered(answer) => {
                let after = |(score, _, before): (u8, u8, Mark)| (before.at, score) <= (mark.at, answer.score);
                if !placed || of.rating.is_none_or(after) {
                    of.rating = Some((answer.score, answer.score_max, mark));
                }
            }
            Fact::Voided(_) => of.voided = Some(mark),
            // What helped the agent, whose turn it was and what others say of it: folds of their own. The rest are
            // steps of a leg.
            Fact::Offered(_)
            | Fact::OfferAccepted(_)
            | Fact::OfferRejected(_)
            | Fact::OfferTimedOut(_)
            | Fact::Enqueued(_)
            | Fact::Dequeued(_)
            | Fact::Abandoned(_)
            | Fact::Assigned(_)
            | Fact::Held(_)
            | Fact::Resumed(_)
            | Fact::Transferred(_)
            | Fact::WrapUpStarted(_)
            | Fact::WrapUpEnded(_)
            | Fact::Ended(_)
            | Fact::SuggestionsRequested(_)
            | Fact::KnowledgeQueried(_)
            | Fact::KnowledgeReturned(_)
            | Fact::StepInstructed(_)
            | Fact::TaskSelected(_)
            | Fact::ItemSelected(_)
            | Fact::CompletionDeclared(_)
            | Fact::Concluded(_)
            | Fact::QuestionnaireAnswered(_)
            | Fact::TurnBegan(_)
            | Fact::Rated(_)
            | Fact::FigureClaimed(_) => {}
        }
    }

    /// Changes the leg in progress.
    pub(super) fn step(&mut self, index: usize, step: Step, mark: Mark) {
        match step {
            Step::Enqueued(queue) => self.enqueue(index, queue, mark),
            Step::Dequeued(reason) => {
                let leg = self.leg(index, mark, "conversation.dequeued");
                leg.dequeued = Some(mark);
                leg.outcome = match reason {
                    Dequeue::Answered => Outcome::Answered,
                    Dequeue::FlowedOut => Outcome::FlowedOut,
                    Dequeue::CallbackRequested => Outcome::CallbackRequested,
                };
            }
            Step::Abandoned => {
                let leg = self.leg(index, mark, "conversation.abandoned");
                leg.dequeued = Some(mark);
                leg.outcome = Outcome::Abandoned;
                self.by_id[index].ended = Some(mark);
            }
            Step::Assigned(agent) => {
                let leg = self.leg(index, mark, "conversation.assigned");
                leg.hands = agent.map_or(Hands::Unnamed, Hands::Agent);
                leg.assigned = Some(mark);
                leg.outcome = Outcome::Answered;
                // Until the source says when the wait ended, it ended with the connection.
                leg.dequeued.get_or_insert(mark);
            }
            Step::Held => self.leg(index, mark, "conversation.held").held_since = Some(mark.at),
            Step::Resumed => {
                let leg = self.leg(index, mark, "conversation.resumed");
                if let Some(since) = leg.held_since.take() {
                    leg.held_micros = leg.held_micros.saturating_add(mark.at.micros_since(since).max(0));
                }
            }
            Step::Transferred(to_agent) => self.transfer(index, to_agent, mark),
            Step::WrapUpStarted => self.leg(index, mark, "conversation.wrap_up_started").wrap_started = Some(mark),
            Step::WrapUpEnded => self.leg(index, mark, "conversation.wrap_up_ended").wrap_ended = Some(mark),
            Step::Ended => self.end(index, mark),
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

    fn enqueue(&mut self, index: usize, queue: Name, mark: Mark) {
        let queue = Some(queue);
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

    fn transfer(&mut self, index: usize, to_agent: Option<Name>, mark: Mark) {
        let leg = self.leg(index, mark, "conversation.transferred");
        leg.transferred = Some(mark);
        if leg.outcome == Outcome::Waiting {
            leg.outcome = Outcome::FlowedOut;
            leg.dequeued = Some(mark);
        } else {
            leg.released.get_or_insert(mark);
        }
        // A queue that takes over begins its leg with its own `Enqueued`; a person takes over here and now.
        if let Some(agent) = to_agent {
            self.push_leg(index, mark, |leg| leg.hands = Hands::Agent(agent));
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
        let new = || u32::try_from(self.legs.len()).expect("four thousand million legs do not fit in memory");
        let number = self.spare.pop().unwrap_or_else(new);
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
        match self.legs.get_mut(number as usize) {
            Some(spare) => *spare = leg,
            None => self.legs.push(leg),
        }
        self.by_id[index].legs.push(number);
        self.slots.entry(slot(initiated.at)).or_default().push(number);
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
