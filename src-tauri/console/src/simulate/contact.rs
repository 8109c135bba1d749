//! One contact: who and what it is, and the script of what is still to happen in it.

use std::collections::VecDeque;

use events::conversation::{Channel, Party};

use super::INCIDENT_RESOLVED;
use super::agents::Agent;
use super::chance::{Chance, LogNormal};
use super::customers::Customer;
use super::demand::INCIDENT_HANDLE;
use super::recorder::Stream;
use super::survey::{Experience, SURVEY};
use super::texts::{Line, Matter};
use super::topics::{MENU, Queue, Topic, exclusive, wrap_up};

/// The probability that an agent passes a contact on in its first leg; never at the English desk.
pub(super) const TRANSFER_SHARE: f64 = 0.07;
/// The same in later legs.
const TRANSFER_SHARE_AGAIN: f64 = 0.02;
/// The probability that a call is put on hold.
pub(super) const HOLD_SHARE: f64 = 0.15;
/// How long a hold lasts.
const HOLD: LogNormal = LogNormal { median_secs: 38.0, sigma: 0.6 };
/// What each further written conversation adds to an agent's handle times.
pub(super) const CONCURRENCY_SLOWDOWN: f64 = 0.1;
/// Out of hours, the probability that menu or bot ends a contact.
const CLOSED_SELF_SERVICE_SHARE: f64 = 0.85;
/// In an incident, what remains of the probability that menu or bot is enough.
const INCIDENT_SELF_SERVICE: f64 = 0.35;
/// The shortest talk, in milliseconds.
const TALK_MIN: i64 = 20_000;
/// The time to one exchange of messages, in milliseconds.
const EXCHANGE: i64 = 95_000;
/// How long after the question a rating comes.
const RATING: LogNormal = LogNormal { median_secs: 170.0, sigma: 1.1 };
/// The latest rating, in milliseconds after the question.
const RATING_MAX: i64 = 4 * 3_600_000;

/// Something that is going to happen in a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Menu or bot is done.
    SelfServiceEnd,
    /// It enters a queue.
    Enqueue(Queue),
    /// The customer writes the so-many-th text of a kind.
    Receive(Line, u64),
    /// The desk writes.
    Send(Party, Line, u64),
    /// The agent puts the customer on hold.
    Hold,
    /// The agent is back.
    Resume,
    /// The agent passes it on.
    Transfer(Queue),
    /// Talk or chat ends.
    End(Party),
    /// The matter is settled.
    Resolve,
    /// The agent is done with it.
    WrapUpEnd,
    /// The customer is asked for a rating.
    SurveySend,
    /// The customer rates.
    SurveyAnswer,
}

/// How an agent reacts to an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reaction {
    /// Takes it.
    Accept,
    /// Declines it.
    Reject,
    /// Does not notice.
    TimeOut,
}

/// Where a contact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// With menu or bot, or between two queues.
    SelfService,
    /// In a queue.
    Waiting,
    /// Offered to this agent, who will react so.
    Offered(usize, Reaction),
    /// In this agent's hands, up to the end of wrap-up.
    Handled(usize),
    /// With nobody any more.
    Over,
}

/// One contact that is not finished.
#[derive(Clone, Debug)]
pub(super) struct Contact {
    /// Its stream.
    pub(super) stream: Stream,
    /// Its own draws.
    pub(super) chance: Chance,
    /// Who it is with.
    pub(super) customer: Customer,
    /// How they talk.
    pub(super) channel: Channel,
    /// Which order it is about.
    pub(super) matter: Matter,
    /// What it is about.
    pub(super) topic: Topic,
    /// The queue it is in or meant for.
    pub(super) queue: Queue,
    /// Whether an incident made it.
    pub(super) in_incident: bool,
    /// Its legs begun.
    pub(super) n_legs: u8,
    /// Offers made.
    pub(super) n_offers: u32,
    /// The row of the truth's half hours that its leg counts in.
    pub(super) row: usize,
    /// Its turn in the queue: smaller first.
    pub(super) rank: (u8, u64),
    /// Entry into the present queue.
    pub(super) enqueued_at: i64,
    /// What the customer met so far.
    pub(super) met: Experience,
    /// Where it is.
    pub(super) place: Place,
    /// What is going to happen, in order.
    pub(super) script: VecDeque<(i64, Step)>,
    /// Chooses among texts, so that two contacts differ.
    pub(super) voice: u64,
}

impl Contact {
    /// Whether it takes all of an agent.
    pub(super) fn exclusive(&self) -> bool {
        exclusive(self.channel)
    }

    /// Writes the script up to the queue, or up to the end when menu or bot is enough.
    pub(super) fn enter(&mut self, now: i64, open: bool) {
        let share = match (open, self.in_incident) {
            (false, _) => CLOSED_SELF_SERVICE_SHARE,
            (true, true) => INCIDENT_SELF_SERVICE * self.topic.self_service_share(self.channel),
            (true, false) => self.topic.self_service_share(self.channel),
        };
        let enough = self.chance.hit(share);
        let mut script = Vec::new();
        let mut at = now;
        let mut after = |chance: &mut Chance, from: i64, to: i64| {
            at += chance.between(from, to);
            at
        };
        let chance = &mut self.chance;
        if exclusive(self.channel) {
            let menu = chance.millis(&MENU);
            script.push((after(chance, menu, menu), Step::SelfServiceEnd));
        } else {
            script.push((after(chance, 200, 900), Step::Send(Party::Bot, Line::BotGreeting, 0)));
            script.push((after(chance, 4000, 15_000), Step::Receive(Line::Opening, 0)));
            let n_answers = if enough { 1 + chance.below(3) } else { chance.below(2) };
            for nth in 0..n_answers {
                script.push((after(chance, 800, 2500), Step::Send(Party::Bot, Line::BotAnswer, nth)));
                let line = if enough && nth + 1 == n_answers { Line::Thanks } else { Line::FollowUp };
                script.push((after(chance, 8000, 35_000), Step::Receive(line, nth)));
            }
            if !enough {
                script.push((after(chance, 3000, 12_000), Step::Receive(Line::Human, 0)));
                let line = if open { Line::Connecting } else { Line::Closed };
                script.push((after(chance, 300, 900), Step::Send(Party::Bot, line, 0)));
            }
            script.push((after(chance, 200, 500), Step::SelfServiceEnd));
        }
        if enough {
            script.push((after(chance, 100, 3000), Step::End(Party::Customer)));
        } else {
            script.push((after(chance, 0, 300), Step::Enqueue(self.queue)));
        }
        self.script = script.into();
    }

    /// Writes the script of a talk with `agent` that begins at `now`.
    pub(super) fn talk(&mut self, now: i64, agent: &Agent, may_transfer: bool) {
        let others = f64::from(agent.n_chats.saturating_sub(1));
        let slow = agent.pace * (1.0 + CONCURRENCY_SLOWDOWN * others) * if self.in_incident { INCIDENT_HANDLE } else { 1.0 };
        let law = self.topic.talk(self.channel);
        let whole = ((self.chance.millis(&law) as f64 * slow).round() as i64).max(TALK_MIN);
        let target = self.transfer_target(may_transfer);
        let resolved_share = self.topic.resolved_share() - if self.in_incident { INCIDENT_RESOLVED } else { 0.0 };
        self.met.resolved = target.is_none() && self.chance.hit(resolved_share);
        let length = match target {
            Some(_) => whole * self.chance.between(35, 85) / 100,
            None => whole,
        };
        let mut script = if self.exclusive() { self.holds(now, length) } else { self.exchange(now, length, target.is_some()) };
        let end = now + length;
        if let Some(queue) = target {
            script.push((end, Step::Transfer(queue)));
            script.push((end + self.chance.between(300, 1500), Step::Enqueue(queue)));
        } else {
            self.close(end, &mut script);
        }
        script.sort_by_key(|&(at, _)| at);
        self.script = script.into();
    }

    fn transfer_target(&mut self, may_transfer: bool) -> Option<Queue> {
        let share = if self.met.n_transfers == 0 { TRANSFER_SHARE } else { TRANSFER_SHARE_AGAIN };
        // Drawn even when it may not be, so that the draws that follow do not depend on the clock.
        let wants = self.chance.hit(share);
        let upwards = self.chance.hit(0.55);
        let target = match self.queue {
            Queue::English => return None,
            Queue::Complaints => Queue::Returns,
            Queue::Orders | Queue::Returns | Queue::Payments if upwards => Queue::Complaints,
            Queue::Orders => Queue::Payments,
            Queue::Returns => Queue::Orders,
            Queue::Payments => Queue::Returns,
        };
        (wants && may_transfer).then_some(target)
    }

    fn holds(&mut self, now: i64, length: i64) -> Vec<(i64, Step)> {
        if !self.chance.hit(HOLD_SHARE) {
            return Vec::new();
        }
        let from = length * self.chance.between(15, 55) / 100;
        let hold = self.chance.millis(&HOLD).clamp(2000, length * 2 / 5);
        vec![(now + from, Step::Hold), (now + from + hold, Step::Resume)]
    }

    fn exchange(&mut self, now: i64, length: i64, transferred: bool) -> Vec<(i64, Step)> {
        let agent = |line, nth| Step::Send(Party::Agent, line, nth);
        let mut steps =
            vec![agent(Line::Greeting, 0), Step::Receive(Line::Details, u64::from(self.n_legs)), agent(Line::Checking, 0)];
        if transferred {
            steps.push(Step::Receive(Line::FollowUp, 0));
        } else {
            let n_answers = (length / EXCHANGE).clamp(1, 5) as u64;
            for nth in 0..n_answers {
                let line = if nth % 2 == 0 { Line::Answer } else { Line::Reassurance };
                steps.push(agent(line, nth / 2));
                let last = if self.met.resolved { Line::Thanks } else { Line::Upset };
                steps.push(if nth + 1 == n_answers { Step::Receive(last, 0) } else { Step::Receive(Line::FollowUp, nth) });
            }
            steps.push(agent(Line::Closing, 0));
        }
        // The first answer comes quickly; the rest share the time, each somewhere in its own part of it.
        let greeting = self.chance.between(2000, 12_000).min(length / 4);
        let part = (length - greeting) / (steps.len() as i64);
        steps
            .into_iter()
            .enumerate()
            .map(|(place, step)| {
                let within = if place == 0 { 0 } else { self.chance.between(-part / 3, part / 3) };
                (now + greeting + part * place as i64 + within, step)
            })
            .collect()
    }

    /// Writes what comes at and after the end of the last leg's talk.
    fn close(&mut self, end: i64, script: &mut Vec<(i64, Step)>) {
        let by = match (self.chance.weighted(&[0.72, 0.23, 0.05]), self.exclusive()) {
            (0, _) => Party::Customer,
            (2, false) => Party::System,
            _ => Party::Agent,
        };
        script.push((end, Step::End(by)));
        let wrap = self.chance.millis(&wrap_up(self.channel)).clamp(2000, 600_000);
        if self.met.resolved {
            script.push((end + self.chance.between(500, wrap - 1), Step::Resolve));
        }
        script.push((end + wrap, Step::WrapUpEnd));
        if self.chance.hit(SURVEY.sent_share) {
            let sent = end + self.chance.between(5000, 45_000);
            script.push((sent, Step::SurveySend));
            if self.chance.hit(SURVEY.answered_share) {
                script.push((sent + self.chance.millis(&RATING).clamp(6000, RATING_MAX), Step::SurveyAnswer));
            }
        }
    }
}
