//! The floor: who waits, who gets the offer, and what happens in a contact.
//!
//! A queue has two lines, one for calls and one for what is written. Better-valued customers go first, then whoever
//! came first. An offer goes to an agent who serves the queue and has room: one who takes only this kind before one
//! who takes both, then the one with the fewest contacts, then the one longest idle.

use events::conversation::{
    Abandoned, Assigned, Dequeue, Dequeued, Ended, Enqueued, Held, MessageReceived, MessageSent, OfferAccepted, OfferRejected,
    OfferTimedOut, Offered, Party, Resolved, Resumed, SelfServiceEnded, SurveyAnswered, SurveySent, Transferred, WrapUpEnded,
    WrapUpStarted,
};
use events::{NewEvent, Personal};

use super::agents::{Agent, Duty, Role};
use super::contact::{Contact, Place, Reaction, Step};
use super::desk::{Desk, Due};
use super::survey::{SCORE_MAX, SURVEY, comment, score};
use super::texts::{Line, text};
use super::topics::{PATIENCE_CLOSED, Queue, patience};

/// How agents react to offers: accept, reject, do not notice.
const REACTIONS: [(Reaction, f64); 3] = [(Reaction::Accept, 0.965), (Reaction::Reject, 0.013), (Reaction::TimeOut, 0.022)];
/// An answer within so many milliseconds counts as in time.
const WITHIN: i64 = 20_000;
/// No contact is passed on in the last so many milliseconds before closing.
const TRANSFER_LAST: i64 = 30 * 60_000;
/// The probability that somebody who waits for a chat asks whether anybody is there.
const NUDGE_SHARE: f64 = 0.5;

impl<F: FnMut(NewEvent)> Desk<F> {
    /// Does the next step of a contact's script.
    pub(super) fn step(&mut self, now: i64, number: u64) {
        let Some(mut contact) = self.open.remove(&number) else { return };
        let Some((_, step)) = contact.script.pop_front() else { return };
        match step {
            Step::SelfServiceEnd => self.recorder.record(now, &mut contact.stream, SelfServiceEnded {}, None),
            Step::Enqueue(queue) => self.enqueue(now, number, &mut contact, queue),
            Step::Receive(line, nth) => self.receive(now, &mut contact, line, nth),
            Step::Send(by, line, nth) => self.send(now, &mut contact, by, line, nth),
            Step::Hold => self.recorder.record(now, &mut contact.stream, Held {}, None),
            Step::Resume => self.recorder.record(now, &mut contact.stream, Resumed {}, None),
            Step::Transfer(queue) => self.transfer(now, &mut contact, queue),
            Step::End(by) => self.end(now, &mut contact, by),
            Step::Resolve => self.recorder.record(now, &mut contact.stream, Resolved {}, None),
            Step::WrapUpEnd => self.finish(now, &mut contact),
            Step::SurveySend => self.recorder.record(now, &mut contact.stream, SurveySent {}, None),
            Step::SurveyAnswer => self.rate(now, &mut contact),
        }
        self.keep(number, contact);
    }

    /// Puts a contact back among the open ones, if anything can still happen in it, and sets its clock.
    pub(super) fn keep(&mut self, number: u64, contact: Contact) {
        match contact.script.front() {
            Some(&(at, _)) => self.push(at, Due::Step(number)),
            None if contact.place == Place::Over => return,
            None => {}
        }
        self.open.insert(number, contact);
    }

    fn enqueue(&mut self, now: i64, number: u64, contact: &mut Contact, queue: Queue) {
        contact.queue = queue;
        contact.n_legs += 1;
        contact.enqueued_at = now;
        // Whoever was passed on waits no longer than a better-valued customer.
        let priority = contact.customer.priority.max(contact.met.n_transfers).min(2);
        contact.rank = (2 - priority, self.next_turn());
        contact.place = Place::Waiting;
        self.recorder.record(now, &mut contact.stream, Enqueued { queue: queue.word().to_owned() }, None);
        let law = if self.is_open(now) { patience(contact.channel) } else { PATIENCE_CLOSED };
        let patience = contact.chance.millis(&law).max(1000);
        self.push(now + patience, Due::GiveUp(number, contact.n_legs));
        if !contact.exclusive() && contact.chance.hit(NUDGE_SHARE) {
            let nudge = contact.chance.between(40_000, 120_000);
            self.push(now + nudge, Due::Nudge(number, contact.n_legs));
        }
        self.route(now, number, contact);
    }

    /// Offers a waiting contact to the best agent who has room, or puts it in line.
    fn route(&mut self, now: i64, number: u64, contact: &mut Contact) {
        let exclusive = contact.exclusive();
        let best = (0..self.agents.len())
            .filter(|&place| {
                let agent = &self.agents[place];
                agent.queues.contains(&contact.queue)
                    && agent.has_room(exclusive)
                    && self.accepting(now, agent)
                    && (exclusive || !self.drains(agent))
            })
            .min_by_key(|&place| {
                let agent = &self.agents[place];
                (agent.role == Role::Both, agent.load(), agent.idle_since)
            });
        match best {
            Some(place) => self.offer(now, number, contact, place),
            None => {
                contact.place = Place::Waiting;
                self.waiting[line(contact.queue, exclusive)].insert(contact.rank, number);
            }
        }
    }

    /// Gives an agent what waits for them, as long as they have room.
    pub(super) fn fill(&mut self, now: i64, place: usize) {
        while let Some((line, rank, number)) = self.next_for(now, place) {
            self.waiting[line].remove(&rank);
            let Some(mut contact) = self.open.remove(&number) else { continue };
            self.offer(now, number, &mut contact, place);
            self.open.insert(number, contact);
        }
    }

    fn next_for(&self, now: i64, place: usize) -> Option<(usize, (u8, u64), u64)> {
        let agent = &self.agents[place];
        if !self.accepting(now, agent) {
            return None;
        }
        let drains = self.drains(agent);
        let kinds = [true, false].into_iter().filter(|&exclusive| agent.has_room(exclusive) && (exclusive || !drains));
        kinds
            .flat_map(|exclusive| agent.queues.iter().map(move |&queue| line(queue, exclusive)))
            .filter_map(|line| self.waiting[line].first_key_value().map(|(&rank, &number)| (line, rank, number)))
            .min_by_key(|&(_, rank, _)| rank)
    }

    /// Whether offers may reach an agent.
    fn accepting(&self, now: i64, agent: &Agent) -> bool {
        let staying = match agent.leaving {
            None | Some(Duty::SignIn) => true,
            Some(Duty::Rest(..)) => false,
            Some(Duty::SignOut) => self.today.hours.1 <= now,
        };
        agent.present && agent.away_until.is_none() && agent.paused_until.is_none() && staying
    }

    /// Whether an agent who takes both takes no more chats for now, because calls wait for them.
    fn drains(&self, agent: &Agent) -> bool {
        agent.role == Role::Both
            && 0 < agent.load()
            && agent.queues.iter().any(|&queue| !self.waiting[line(queue, true)].is_empty())
    }

    fn offer(&mut self, now: i64, number: u64, contact: &mut Contact, place: usize) {
        let agent = &mut self.agents[place];
        if contact.exclusive() {
            agent.n_calls += 1
        } else {
            agent.n_chats += 1
        }
        contact.n_offers += 1;
        let reaction = REACTIONS[contact.chance.weighted(&REACTIONS.map(|(_, weight)| weight))].0;
        let delay = match (reaction, contact.exclusive()) {
            (Reaction::Accept, true) => contact.chance.between(1500, 5500),
            (Reaction::Accept, false) => contact.chance.between(800, 4000),
            (Reaction::Reject, _) => contact.chance.between(2500, 7000),
            (Reaction::TimeOut, true) => 15_000,
            (Reaction::TimeOut, false) => 20_000,
        };
        contact.place = Place::Offered(place, reaction);
        let offered = Offered { agent: agent.stream.id().to_owned() };
        self.recorder.record(now, &mut contact.stream, offered, None);
        self.push(now + delay, Due::React(number, contact.n_offers));
    }

    /// Lets the agent react to an offer that still stands.
    pub(super) fn react(&mut self, now: i64, number: u64, offer: u32) {
        let Some(mut contact) = self.open.remove(&number) else { return };
        if let Place::Offered(place, reaction) = contact.place
            && contact.n_offers == offer
        {
            match reaction {
                Reaction::Accept => {
                    self.connect(now, &mut contact, place);
                    return self.keep(number, contact);
                }
                Reaction::Reject | Reaction::TimeOut => self.pass(now, number, &mut contact, place, reaction),
            }
        }
        self.open.insert(number, contact);
    }

    fn connect(&mut self, now: i64, contact: &mut Contact, place: usize) {
        let agent = &self.agents[place];
        let id = agent.stream.id().to_owned();
        self.recorder.record(now, &mut contact.stream, OfferAccepted { agent: id.clone() }, None);
        self.recorder.record(now, &mut contact.stream, Dequeued { reason: Dequeue::Answered }, None);
        self.recorder.record(now, &mut contact.stream, Assigned { agent: Some(id) }, None);
        let waited = now - contact.enqueued_at;
        contact.met.waited += waited;
        contact.place = Place::Handled(place);
        let within = u32::from(waited <= WITHIN);
        let row = &mut self.truth.half_hours[contact.row];
        row.n_answered += 1;
        row.n_answered_within += within;
        let queue = &mut self.truth.queues[contact.queue as usize];
        queue.n_answered += 1;
        queue.n_answered_within += u64::from(within);
        contact.talk(now, agent, now + TRANSFER_LAST < self.today.hours.1);
    }

    /// An agent let an offer pass: they get none for a moment, and the contact goes to the next.
    fn pass(&mut self, now: i64, number: u64, contact: &mut Contact, place: usize, reaction: Reaction) {
        let agent = self.agents[place].stream.id().to_owned();
        if reaction == Reaction::Reject {
            let reasons = ["忙碌", "系统卡顿", "需要更高权限"];
            let reason = if contact.queue == Queue::English { "busy" } else { contact.chance.pick(&reasons) };
            let rejected = OfferRejected { agent, reason: Some(reason.to_owned()) };
            self.recorder.record(now, &mut contact.stream, rejected, None);
        } else {
            self.recorder.record(now, &mut contact.stream, OfferTimedOut { agent }, None);
        }
        let agent = &mut self.agents[place];
        if contact.exclusive() {
            agent.n_calls -= 1
        } else {
            agent.n_chats -= 1
        }
        let idle = agent.load() == 0 && agent.leaving.is_none();
        if reaction == Reaction::TimeOut && idle {
            let length = contact.chance.between(60_000, 180_000);
            self.step_away(now, place, length);
        } else {
            let until = now + 20_000;
            agent.paused_until = Some(until);
            self.push(until, Due::Unpause(place));
            self.leave_if_free(now, place);
        }
        self.route(now, number, contact);
    }

    /// The customer's patience is over.
    pub(super) fn give_up(&mut self, now: i64, number: u64, leg: u8) {
        let Some(contact) = self.open.get_mut(&number).filter(|contact| contact.n_legs == leg) else { return };
        let offered_to = match contact.place {
            Place::Waiting => None,
            Place::Offered(place, _) => Some(place),
            Place::SelfService | Place::Handled(_) | Place::Over => return,
        };
        self.recorder.record(now, &mut contact.stream, Abandoned {}, None);
        self.truth.half_hours[contact.row].n_abandoned += 1;
        self.truth.queues[contact.queue as usize].n_abandoned += 1;
        let exclusive = contact.exclusive();
        self.waiting[line(contact.queue, exclusive)].remove(&contact.rank);
        self.open.remove(&number);
        if let Some(place) = offered_to {
            self.release(now, place, exclusive);
        }
    }

    /// The customer asks whether anybody is there, if they still wait.
    pub(super) fn nudge(&mut self, now: i64, number: u64, leg: u8) {
        let Some(mut contact) = self.open.remove(&number) else { return };
        if contact.n_legs == leg && contact.place == Place::Waiting {
            self.receive(now, &mut contact, Line::Waiting, u64::from(leg));
        }
        self.open.insert(number, contact);
    }

    fn transfer(&mut self, now: i64, contact: &mut Contact, queue: Queue) {
        let reason = match queue {
            Queue::Complaints => "客户要求升级",
            Queue::Orders | Queue::Returns | Queue::Payments | Queue::English => "非本组业务",
        };
        let transferred =
            Transferred { to_queue: Some(queue.word().to_owned()), to_agent: None, reason: Some(reason.to_owned()) };
        self.recorder.record(now, &mut contact.stream, transferred, None);
        contact.met.n_transfers += 1;
        contact.row = self.row(queue, now);
        if let Place::Handled(place) = contact.place {
            contact.place = Place::SelfService;
            self.release(now, place, contact.exclusive());
        }
    }

    fn end(&mut self, now: i64, contact: &mut Contact, by: Party) {
        self.recorder.record(now, &mut contact.stream, Ended { by: Some(by) }, None);
        match contact.place {
            Place::Handled(_) => self.recorder.record(now, &mut contact.stream, WrapUpStarted {}, None),
            Place::SelfService | Place::Waiting | Place::Offered(..) | Place::Over => {
                self.truth.n_self_served += 1;
                contact.place = Place::Over;
            }
        }
    }

    fn finish(&mut self, now: i64, contact: &mut Contact) {
        let code = match (contact.met.resolved, contact.queue == Queue::English) {
            (true, true) => "resolved",
            (true, false) => "已解决",
            (false, true) => "follow-up",
            (false, false) => "待跟进",
        };
        self.recorder.record(now, &mut contact.stream, WrapUpEnded { code: Some(code.to_owned()) }, None);
        if let Place::Handled(place) = contact.place {
            contact.place = Place::Over;
            self.release(now, place, contact.exclusive());
        }
    }

    fn release(&mut self, now: i64, place: usize, exclusive: bool) {
        let agent = &mut self.agents[place];
        if exclusive {
            agent.n_calls -= 1
        } else {
            agent.n_chats -= 1
        }
        if agent.load() == 0 {
            agent.idle_since = now;
        }
        self.fill(now, place);
        self.leave_if_free(now, place);
    }

    fn rate(&mut self, now: i64, contact: &mut Contact) {
        let score = score(contact.met, &mut contact.chance);
        let personal = contact.chance.hit(SURVEY.comment_share).then(|| {
            let line = comment(contact.met, score);
            let text = written(contact, line, 0);
            about(contact, "comment", text)
        });
        self.recorder.record(now, &mut contact.stream, SurveyAnswered { score, score_max: SCORE_MAX }, personal);
    }

    fn receive(&mut self, now: i64, contact: &mut Contact, line: Line, nth: u64) {
        let text = written(contact, line, nth);
        let received = MessageReceived { n_chars: n_chars(&text) };
        let personal = about(contact, "text", text);
        self.recorder.record(now, &mut contact.stream, received, Some(personal));
    }

    fn send(&mut self, now: i64, contact: &mut Contact, by: Party, line: Line, nth: u64) {
        let text = written(contact, line, nth);
        let sent = MessageSent { by, n_chars: n_chars(&text) };
        let personal = about(contact, "text", text);
        self.recorder.record(now, &mut contact.stream, sent, Some(personal));
    }
}

/// The index of a queue's line for calls, or for what is written.
fn line(queue: Queue, exclusive: bool) -> usize {
    2 * queue as usize + usize::from(exclusive)
}

fn written(contact: &mut Contact, line: Line, nth: u64) -> String {
    let Contact { customer, matter, chance, topic, voice, .. } = contact;
    text(*topic, line, *voice + nth, customer, matter, chance)
}

fn about(contact: &Contact, name: &str, text: String) -> Personal {
    Personal { subject: Some(contact.customer.pseudonym.clone()), texts: [(name.to_owned(), text)].into() }
}

fn n_chars(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}
