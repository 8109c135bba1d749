//! The desk: the heap of what is due, the days, the arrivals, and the agents' comings and goings.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use events::agent::{SignedIn, SignedOut, State, StateChanged};
use events::conversation::{Channel, Direction, Started};
use events::customer::Identified;
use events::site::Declared;
use events::{NewEvent, Personal};

use super::agents::{Agent, Duty, roster};
use super::calendar::Calendar;
use super::chance::{Chance, Purpose};
use super::contact::{CONCURRENCY_SLOWDOWN, Contact, HOLD_SHARE, Place, TRANSFER_SHARE};
use super::customers::Pool;
use super::demand::{CLOSE_MINUTE, Demand, HALF_HOURS, OPEN_MINUTE};
use super::recorder::{Recorder, Stream};
use super::survey::{Experience, SURVEY};
use super::texts::Matter;
use super::topics::{PATIENCE_CLOSED, Queue, Topic, entry, patience, wrap_up};
use super::truth::{HandleTime, Patience, QueueTruth, Truth};
use super::{Params, SITE_NAME};

/// A break that would begin later than this is skipped, in milliseconds.
const BREAK_LATE_MAX: i64 = 40 * 60_000;
/// The channels in use and their words.
const CHANNELS: [(Channel, &str); 3] = [(Channel::Voice, "voice"), (Channel::Chat, "chat"), (Channel::Messaging, "messaging")];

/// Something that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// A day begins.
    Day(u32),
    /// A contact arrives.
    Arrival(Queue),
    /// The next step of a contact's script.
    Step(u64),
    /// The customer's patience in this leg is over.
    GiveUp(u64, u8),
    /// The customer in this leg asks whether anybody is there.
    Nudge(u64, u8),
    /// The agent reacts to this offer.
    React(u64, u32),
    /// The next thing in an agent's plan.
    Duty(usize),
    /// An agent comes back from what the plan said.
    Return(usize),
    /// An agent comes back who had stepped away.
    StepBack(usize),
    /// An agent may get offers again.
    Unpause(usize),
}

/// Today.
pub(super) struct Today {
    /// Which day of the run.
    pub(super) day: u32,
    /// When the desk opens and closes.
    pub(super) hours: (i64, i64),
    /// The day's arrivals.
    pub(super) demand: Demand,
}

/// The desk at one moment.
pub(super) struct Desk<F> {
    params: Params,
    calendar: Calendar,
    pub(super) recorder: Recorder<F>,
    site: Stream,
    heap: BinaryHeap<Reverse<(i64, u64, Due)>>,
    sequence: u64,
    pub(super) today: Today,
    pub(super) agents: Vec<Agent>,
    pool: Pool,
    /// Contacts that are not finished, by number.
    pub(super) open: BTreeMap<u64, Contact>,
    /// Those in a queue, by queue and kind (see [`super::floor`]), in order of rank.
    pub(super) waiting: Vec<BTreeMap<(u8, u64), u64>>,
    /// What was made.
    pub(super) truth: Truth,
}

impl<F: FnMut(NewEvent)> Desk<F> {
    /// A desk on the eve of its first day.
    pub(super) fn new(params: Params, emit: F) -> Self {
        let calendar = Calendar::new(params.start, &params.zone);
        let recorder = Recorder::new(&params, &calendar, emit);
        let mut desk = Self {
            site: Stream::new("site", "desk"),
            heap: BinaryHeap::new(),
            sequence: 0,
            today: Today { day: 0, hours: (0, 0), demand: Demand::new(&params, &calendar, 0) },
            agents: roster(&params),
            pool: Pool::new(&params),
            open: BTreeMap::new(),
            waiting: vec![BTreeMap::new(); 2 * Queue::ALL.len()],
            truth: untold(&params, &calendar),
            recorder,
            calendar,
            params,
        };
        desk.push(desk.calendar.at(0, 0), Due::Day(0));
        desk
    }

    /// Runs until nothing is due any more.
    pub(super) fn run(mut self) -> Truth {
        self.declare();
        while self.turn() {}
        self.truth.n_events = self.recorder.n_events;
        self.truth
    }

    /// Says who the desk is.
    pub(super) fn declare(&mut self) {
        let midnight = self.calendar.at(0, 0);
        let declared = Declared { name: SITE_NAME.to_owned(), zone: self.calendar.zone().to_owned() };
        self.recorder.record(midnight, &mut self.site, declared, None);
        for agent in &mut self.agents {
            self.recorder.record(midnight, &mut agent.stream, agent.profile.clone(), None);
        }
    }

    /// Does the next thing that is due; false when nothing is.
    pub(super) fn turn(&mut self) -> bool {
        let Some(Reverse((now, _, due))) = self.heap.pop() else { return false };
        match due {
            Due::Day(day) => self.begin_day(now, day),
            Due::Arrival(queue) => self.arrive(now, queue),
            Due::Step(number) => self.step(now, number),
            Due::GiveUp(number, leg) => self.give_up(now, number, leg),
            Due::Nudge(number, leg) => self.nudge(now, number, leg),
            Due::React(number, offer) => self.react(now, number, offer),
            Due::Duty(agent) => self.begin_duty(now, agent),
            Due::Return(agent) => {
                if self.come_back(now, agent) {
                    self.next_duty(now, agent);
                }
            }
            Due::StepBack(agent) => {
                // The plan's clock went on meanwhile.
                self.come_back(now, agent);
            }
            Due::Unpause(agent) => self.unpause(now, agent),
        }
        true
    }

    /// How many things are held in memory.
    #[cfg(test)]
    pub(super) fn n_held(&self) -> usize {
        self.heap.len() + self.open.len() + self.pool.n_identified()
    }

    /// Notes something that is due at `at`.
    pub(super) fn push(&mut self, at: i64, due: Due) {
        self.sequence += 1;
        self.heap.push(Reverse((at, self.sequence, due)));
    }

    /// A number that grows with every call, for turns in queues.
    pub(super) fn next_turn(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// Whether the desk takes contacts at `at`.
    pub(super) fn is_open(&self, at: i64) -> bool {
        (self.today.hours.0..self.today.hours.1).contains(&at)
    }

    /// The row of the truth's half hours for `queue` at `at`.
    pub(super) fn row(&self, queue: Queue, at: i64) -> usize {
        let half_hour = self.today.day as usize * HALF_HOURS + self.today.demand.half_hour(at);
        half_hour * Queue::ALL.len() + queue as usize
    }

    fn begin_day(&mut self, now: i64, day: u32) {
        let demand = Demand::new(&self.params, &self.calendar, day);
        self.truth.half_hours.extend(demand.half_hours(self.calendar.date(day)));
        self.truth.incidents.extend(demand.incident());
        let hours = (self.calendar.at(day, OPEN_MINUTE), self.calendar.at(day, CLOSE_MINUTE));
        self.today = Today { day, hours, demand };
        self.pool.begin_day(self.calendar.number(day));
        for place in 0..self.agents.len() {
            let plan = self.agents[place].plan_day(&self.params, &self.calendar, day, place as u64);
            let agent = &mut self.agents[place];
            let idle = agent.plan.is_empty() && !agent.present;
            agent.plan.extend(plan);
            if idle {
                self.next_duty(now, place);
            }
        }
        for queue in Queue::ALL {
            self.next_arrival(queue);
        }
        if day + 1 < self.params.n_days {
            self.push(self.calendar.at(day + 1, 0), Due::Day(day + 1));
        }
    }

    fn next_arrival(&mut self, queue: Queue) {
        if let Some(at) = self.today.demand.next(queue) {
            self.push(at, Due::Arrival(queue));
        }
    }

    fn arrive(&mut self, now: i64, queue: Queue) {
        self.next_arrival(queue);
        self.truth.n_conversations += 1;
        let number = self.truth.n_conversations;
        let row = self.row(queue, now);
        self.truth.half_hours[row].n_arrivals += 1;
        self.truth.queues[queue as usize].n_arrivals += 1;
        let mut chance = Chance::new(self.params.seed, Purpose::Contact, self.calendar.number(0) as u64, number);
        let whose = self.pool.draw(&mut chance, queue);
        let customer = self.pool.customer(whose);
        if self.pool.first_seen(whose) {
            let texts = [("name", &customer.name), ("phone", &customer.phone)];
            let personal = Personal {
                subject: Some(customer.pseudonym.clone()),
                texts: texts.into_iter().map(|(name, text)| (name.to_owned(), text.clone())).collect(),
            };
            let identified =
                Identified { tier: Some(customer.tier.to_owned()), language: Some(customer.language.tag().to_owned()) };
            self.recorder.record(now, &mut Stream::new("customer", &customer.pseudonym), identified, Some(personal));
        }
        let in_incident = self.today.demand.in_incident(queue, now) && chance.hit(0.85);
        let drawn = queue.draw_topic(&mut chance);
        let channel = queue.draw_channel(&mut chance);
        let ordered = self.calendar.before(self.today.day, chance.between(0, 20));
        let mut contact = Contact {
            stream: self.recorder.conversation(number),
            channel,
            topic: if in_incident { Topic::PaymentFailed } else { drawn },
            queue,
            in_incident,
            n_legs: 0,
            n_offers: 0,
            row,
            rank: (0, 0),
            enqueued_at: now,
            met: Experience { waited: 0, n_transfers: 0, resolved: false },
            place: Place::SelfService,
            script: VecDeque::new(),
            voice: chance.below(1 << 20),
            matter: Matter::draw(ordered, &mut chance),
            chance,
            customer,
        };
        let started = Started {
            channel,
            direction: Direction::Inbound,
            topic: Some(contact.topic.word(queue).to_owned()),
            priority: Some(contact.customer.priority),
            customer: Some(contact.customer.pseudonym.clone()),
            language: Some(contact.customer.language.tag().to_owned()),
            entry: Some(entry(channel, queue).to_owned()),
            attributes: BTreeMap::new(),
        };
        self.recorder.record(now, &mut contact.stream, started, None);
        contact.enter(now, self.is_open(now));
        self.keep(number, contact);
    }

    /// Sets the clock for the next thing in an agent's plan.
    fn next_duty(&mut self, now: i64, place: usize) {
        if let Some(&(at, _)) = self.agents[place].plan.front() {
            self.push(at.max(now), Due::Duty(place));
        }
    }

    fn begin_duty(&mut self, now: i64, place: usize) {
        let agent = &mut self.agents[place];
        let Some((planned, duty)) = agent.plan.pop_front() else { return };
        match duty {
            Duty::SignIn => {
                agent.present = true;
                agent.idle_since = now;
                self.recorder.record(now, &mut agent.stream, SignedIn {}, None);
                self.recorder.record(now, &mut agent.stream, StateChanged { state: State::Available }, None);
                self.next_duty(now, place);
                self.fill(now, place);
            }
            // Nobody rests at home, and nobody makes up for a short break much later.
            Duty::Rest(..) if !agent.present => self.next_duty(now, place),
            Duty::Rest(State::Break | State::Away, _) if planned + BREAK_LATE_MAX < now => self.next_duty(now, place),
            Duty::Rest(..) => {
                agent.leaving = Some(duty);
                self.leave_if_free(now, place);
            }
            Duty::SignOut => {
                agent.leaving = Some(duty);
                // Whoever goes at closing time first takes what still waits.
                self.fill(now, place);
                self.leave_if_free(now, place);
            }
        }
    }

    /// Lets an agent begin what they wait to begin, when nothing is in their hands.
    pub(super) fn leave_if_free(&mut self, now: i64, place: usize) {
        let agent = &mut self.agents[place];
        if 0 < agent.load() {
            return;
        }
        match agent.leaving.take() {
            None | Some(Duty::SignIn) => {}
            Some(Duty::Rest(state, length)) => {
                self.recorder.record(now, &mut agent.stream, StateChanged { state }, None);
                agent.away_until = Some(now + length);
                self.push(now + length, Due::Return(place));
            }
            Some(Duty::SignOut) => {
                self.recorder.record(now, &mut agent.stream, SignedOut {}, None);
                agent.present = false;
                agent.away_until = None;
                self.next_duty(now, place);
            }
        }
    }

    /// Sends an agent away for a moment who let an offer pass.
    pub(super) fn step_away(&mut self, now: i64, place: usize, length: i64) {
        let agent = &mut self.agents[place];
        self.recorder.record(now, &mut agent.stream, StateChanged { state: State::Away }, None);
        agent.away_until = Some(now + length);
        self.push(now + length, Due::StepBack(place));
    }

    /// Makes an agent available again; false when something else has begun meanwhile.
    fn come_back(&mut self, now: i64, place: usize) -> bool {
        let agent = &mut self.agents[place];
        if agent.away_until != Some(now) {
            return false;
        }
        agent.away_until = None;
        agent.idle_since = now;
        self.recorder.record(now, &mut agent.stream, StateChanged { state: State::Available }, None);
        self.fill(now, place);
        true
    }

    fn unpause(&mut self, now: i64, place: usize) {
        let agent = &mut self.agents[place];
        if agent.paused_until == Some(now) {
            agent.paused_until = None;
            self.fill(now, place);
        }
    }
}

/// The truth before anything happened.
fn untold(params: &Params, calendar: &Calendar) -> Truth {
    let law = |channel: &'static str, law: super::LogNormal| Patience { channel, law, mean_secs: law.mean_secs() };
    let handle = |topic: Topic, (channel, word): (Channel, &'static str)| HandleTime {
        topic: topic.word(Queue::Orders),
        channel: word,
        talk: topic.talk(channel),
        wrap_up: wrap_up(channel),
        resolved_share: topic.resolved_share(),
        self_service_share: topic.self_service_share(channel),
    };
    Truth {
        seed: params.seed,
        start: params.start.to_string(),
        n_days: params.n_days,
        n_agents: params.n_agents,
        rate: params.rate,
        zone: calendar.zone().to_owned(),
        n_conversations: 0,
        n_events: 0,
        n_self_served: 0,
        half_hours: Vec::new(),
        queues: Queue::ALL
            .map(|queue| QueueTruth { queue: queue.word(), n_arrivals: 0, n_answered: 0, n_answered_within: 0, n_abandoned: 0 })
            .to_vec(),
        patience: CHANNELS
            .iter()
            .map(|&(channel, word)| law(word, patience(channel)))
            .chain([law("closed", PATIENCE_CLOSED)])
            .collect(),
        handle_times: Topic::ALL.iter().flat_map(|&topic| CHANNELS.map(|channel| handle(topic, channel))).collect(),
        transfer_share: TRANSFER_SHARE,
        hold_share: HOLD_SHARE,
        concurrency_slowdown: CONCURRENCY_SLOWDOWN,
        incidents: Vec::new(),
        survey: SURVEY,
    }
}
