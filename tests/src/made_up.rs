//! Made-up logs: believable days, where each stream's facts come in their order, and wild ones, where nothing does.

use std::collections::BTreeMap;

use events::agent::{ProfileChanged, SignedIn, SignedOut, State, StateChanged};
use events::conversation::{
    Abandoned, Assigned, Channel, Concluded, Dequeue, Dequeued, Direction, Ended, Enqueued, FigureClaimed, Held, MessageReceived,
    MessageSent, OfferAccepted, OfferRejected, OfferTimedOut, Offered, Party, Rated, Resolved, Resumed, SelfServiceEnded,
    Started, SuggestionPicked, SurveyAnswered, SurveySent, Transferred, TurnBegan, Voided, WrapUpEnded, WrapUpStarted,
};
use events::{Event, EventId, Meta, Moment, NewEvent, Personal, Position, Recorded, StreamId, Version, codec, customer, site};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::Draw;

/// Nine in the morning in Shanghai on 2 March 2026, a Monday.
pub const MORNING: Moment = Moment(1_772_413_200_000_000);
/// Nine in the evening of that day: everything made up has happened.
pub const EVENING: Moment = Moment(MORNING.0 + 12 * 3_600_000_000);
/// What stands in every personal text; no view may show it.
pub const CANARY: &str = "金丝雀13800138000canary@example.com";
/// The source of made-up facts.
pub const SOURCE: &str = "made-up";

/// Cases and a fixed seed: a property says the same on every machine, and leaves no files behind.
#[must_use]
pub fn config(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_260_302),
        ..Config::default()
    }
}

/// A made-up customer's pseudonym.
#[must_use]
pub fn customer(number: u32) -> String {
    console::keys::Pseudonyms::of_no_secret().of(SOURCE, &number.to_string())
}

/// One value of a strategy, by seed.
pub fn drawn<S: Strategy>(strategy: &S, seed: u8) -> S::Value {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(config(1), rng);
    strategy.new_tree(&mut runner).expect("made-up logs are drawn without conditions").current()
}

/// A made-up log; a failing property tells it one fact a line.
#[derive(Clone)]
pub struct Log(pub Vec<NewEvent>);

impl std::fmt::Debug for Log {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|fact| {
            let data = String::from_utf8_lossy(&fact.body.data);
            writeln!(f, "{} {} {} {data}", fact.occurred_at.0, fact.stream, fact.body.event_type)
        })
    }
}

/// A board read back from its encoding, as a snapshot is.
#[must_use]
pub fn thawed(bytes: &[u8]) -> projections::Board {
    postcard::from_bytes(bytes).expect("what was encoded can be decoded")
}

/// A fact of a stream; its id comes from the stream, the type and `nth`.
#[must_use]
pub fn fact(noun: &str, id: &str, nth: u64, at: Moment, event: impl Into<Event>) -> NewEvent {
    let body = codec::encode(&event.into());
    NewEvent {
        stream: StreamId::new(noun, id).expect("a made-up name is a name"),
        id: EventId::derived(SOURCE, &format!("{noun}|{id}|{nth}|{}", body.event_type)),
        occurred_at: at,
        meta: Meta { source: SOURCE.to_owned(), actor: Some("importer".to_owned()), ..Meta::default() },
        body,
        personal: None,
    }
}

/// Facts as a log would record them, in this order.
#[must_use]
pub fn recorded(facts: &[NewEvent]) -> Vec<Recorded> {
    let mut versions: BTreeMap<&StreamId, u64> = BTreeMap::new();
    let place = |(position, new): (usize, &NewEvent), version: u64| Recorded {
        position: Position(position as u64),
        stream: new.stream.clone(),
        version: Version(version),
        id: new.id,
        occurred_at: new.occurred_at,
        recorded_at: EVENING,
        meta: new.meta.clone(),
        body: codec::decode(&new.body.event_type, new.body.schema, &new.body.data),
    };
    let each = facts.iter().enumerate().map(|(position, new)| {
        let next = versions.entry(&new.stream).or_default();
        *next += 1;
        place((position, new), *next - 1)
    });
    each.collect()
}

/// What happens in one conversation.
#[derive(Clone, Debug)]
pub struct Plan {
    at_ms: u64,
    waits_ms: [u64; 2],
    talks_ms: [u64; 2],
    picks: [u8; 6],
    fate: u8,
    transfer: u8,
    more: u8,
    score: u8,
    n_facts_max: usize,
}

fn plan() -> impl Strategy<Value = Plan> {
    let wait = prop_oneof![2 => Just(0_u64), 2 => Just(20_000), 6 => 0..200_000_u64];
    let times = (0..9 * 3_600_000_u64, [wait.clone(), wait], [0..900_000_u64, 0..900_000_u64]);
    let choices = (any::<[u8; 6]>(), 0..10_u8, 0..8_u8, any::<u8>(), 1..=5_u8);
    let n_facts_max = prop_oneof![4 => Just(usize::MAX), 1 => 1..12_usize];
    (times, choices, n_facts_max).prop_map(|((at_ms, waits_ms, talks_ms), (picks, fate, transfer, more, score), n_facts_max)| {
        Plan { at_ms, waits_ms, talks_ms, picks, fate, transfer, more, score, n_facts_max }
    })
}

const QUEUES: [&str; 3] = ["售后", "billing", "退款"];
const AGENTS: [&str; 4] = ["a1", "a2", "a3", "a4"];
const CHANNELS: [Channel; 4] = [Channel::Voice, Channel::Chat, Channel::Messaging, Channel::Email];

fn pick<T: Clone>(from: &[T], by: u8) -> T {
    from[usize::from(by) % from.len()].clone()
}

struct Script {
    at: Moment,
    facts: Vec<(Moment, Event, bool)>,
}

impl Script {
    fn say(&mut self, event: impl Into<Event>) {
        self.facts.push((self.at, event.into(), false));
    }

    fn say_personal(&mut self, event: impl Into<Event>) {
        self.facts.push((self.at, event.into(), true));
    }

    fn after(&mut self, ms: u64) {
        self.at = Moment(self.at.0 + i64::try_from(ms).unwrap_or(0) * 1_000);
    }

    fn leg(&mut self, plan: &Plan, nth: usize) -> bool {
        self.say(Enqueued { queue: pick(&QUEUES, plan.picks[nth]).to_owned() });
        self.after(plan.waits_ms[nth]);
        match plan.fate {
            0 | 1 => self.say_abandoned(),
            2 => self.say(Dequeued { reason: Dequeue::CallbackRequested }),
            3 if nth == 0 => self.say(Dequeued { reason: Dequeue::FlowedOut }),
            4 => {}
            _ => {
                let agent = pick(&AGENTS, plan.picks[nth + 2]).to_owned();
                self.say(Offered { agent: agent.clone() });
                self.say(OfferAccepted { agent: agent.clone() });
                self.say(Dequeued { reason: Dequeue::Answered });
                self.say(Assigned { agent: (!plan.picks[4].is_multiple_of(5)).then_some(agent) });
                return true;
            }
        }
        plan.fate == 3 && nth == 0
    }

    fn say_abandoned(&mut self) {
        self.say(Abandoned {});
    }

    fn talk(&mut self, plan: &Plan, nth: usize) {
        self.after(plan.talks_ms[nth] / 2);
        self.say_personal(MessageReceived { n_chars: 30 });
        if plan.more & 1 == 1 {
            self.say(Held {});
            self.after(plan.talks_ms[nth] / 7);
            self.say(Resumed {});
        }
        self.say_personal(MessageSent { by: Party::Agent, n_chars: 12 });
        self.after(plan.talks_ms[nth] / 2);
    }
}

/// The facts of a planned conversation, in the order of their times.
fn conversation(number: usize, plan: &Plan) -> Vec<NewEvent> {
    let mut script = Script { at: Moment(MORNING.0 + i64::try_from(plan.at_ms).unwrap_or(0) * 1_000), facts: Vec::new() };
    script.say_personal(Started {
        channel: pick(&CHANNELS, plan.picks[5]),
        direction: Direction::Inbound,
        topic: (!plan.picks[4].is_multiple_of(4)).then(|| pick(&["发票", "returns"], plan.picks[3]).to_owned()),
        priority: (!plan.picks[3].is_multiple_of(3)).then_some(plan.picks[3] % 3),
        customer: Some(customer(u32::from(plan.picks[2] % 9))),
        language: None,
        entry: None,
        attributes: BTreeMap::new(),
    });
    // Some are kept in the menu for longer than a half-hour lasts.
    script.after(if plan.more & 32 == 32 { 1_900_000 } else { 1_500 });
    script.say(SelfServiceEnded {});
    if plan.fate == 9 && plan.more & 64 == 64 {
        script.say(Voided { reason: "PHANTOM".to_owned() });
    } else if script.leg(plan, 0) {
        finish(&mut script, plan);
    }
    let id = format!("m{number}");
    let facts = script.facts.into_iter().take(plan.n_facts_max).enumerate();
    facts.map(|(nth, (at, event, personal))| with_words(fact("conversation", &id, nth as u64, at, event), personal)).collect()
}

fn finish(script: &mut Script, plan: &Plan) {
    let mut talks = plan.fate != 3;
    if talks {
        script.talk(plan, 0);
    }
    if plan.transfer == 0 && talks {
        script.say(Transferred { to_queue: Some("billing".to_owned()), to_agent: None, reason: None });
        talks = script.leg(plan, 1);
        if talks {
            script.talk(plan, 1);
        }
    } else if plan.transfer == 1 && talks {
        script.say(Transferred { to_queue: None, to_agent: Some("a2".to_owned()), reason: None });
        script.say(Assigned { agent: Some("a2".to_owned()) });
        script.talk(plan, 1);
    } else if !talks {
        talks = script.leg(&Plan { fate: 5, ..plan.clone() }, 1);
        script.talk(plan, 1);
    }
    if talks {
        script.say(Ended { by: Some(Party::Customer) });
        if plan.more & 2 == 2 {
            script.say(WrapUpStarted {});
            script.after(plan.talks_ms[1] / 3);
            script.say(WrapUpEnded { code: None });
        }
    }
    if plan.more & 4 == 4 {
        script.say(Resolved {});
    }
    if plan.more & 8 == 8 {
        script.say(SurveySent {});
    }
    if plan.more & 24 == 24 {
        script.after(60_000);
        script.say_personal(SurveyAnswered { score: plan.score, score_max: 5 });
    }
}

fn with_words(mut fact: NewEvent, personal: bool) -> NewEvent {
    let name = match fact.body.event_type.as_str() {
        "conversation.started" => "phone",
        "conversation.survey_answered" => "comment",
        _ => "text",
    };
    let texts = BTreeMap::from([(name.to_owned(), CANARY.to_owned())]);
    fact.personal = personal.then(|| Personal { subject: Some(customer(1)), texts });
    fact
}

/// A shift of each agent, with its states.
fn shifts() -> Vec<Vec<NewEvent>> {
    let shift = |(number, &agent): (usize, &&str)| {
        let at = |secs: i64| MORNING.plus_secs(secs - 600 + number as i64);
        let says = |nth, secs, state| fact("agent", agent, nth, at(secs), StateChanged { state });
        let languages = vec!["zh".to_owned()];
        let profile =
            ProfileChanged { name: format!("Agent {agent}"), queues: vec!["售后".to_owned()], languages, n_chats_max: 3 };
        let mut facts = vec![fact("agent", agent, 0, at(0), profile), fact("agent", agent, 1, at(1), SignedIn {})];
        facts.push(says(2, 2, State::Available));
        facts.push(says(3, 9_000 + number as i64 * 100, State::Meal));
        facts.push(says(4, 12_000, State::Available));
        if number == 2 {
            facts.push(fact("agent", agent, 5, at(20_000), SignedOut {}));
        }
        facts
    };
    AGENTS.iter().enumerate().map(shift).collect()
}

/// Streams merged into one log by a seed, each stream's own order kept: sources are late, but never confused.
fn merged(mut streams: Vec<Vec<NewEvent>>, seed: u64) -> Vec<NewEvent> {
    let mut draw = Draw(seed);
    streams.iter_mut().for_each(|stream| stream.reverse());
    let mut log = Vec::new();
    while !streams.is_empty() {
        let place = usize::try_from(draw.below(streams.len() as u64)).unwrap_or(0);
        log.extend(streams[place].pop());
        streams.retain(|stream| !stream.is_empty());
    }
    log
}

fn whole_day(plans: &[Plan], seed: u64) -> Vec<NewEvent> {
    let declared = site::Declared { name: "The desk".to_owned(), zone: "Asia/Shanghai".to_owned() };
    let known = fact("customer", &customer(1), 0, MORNING, customer::Identified { tier: None, language: None });
    let mut streams = vec![vec![fact("site", "desk", 0, MORNING, declared)], vec![with_words(known, true)]];
    streams.extend(shifts());
    streams.extend(plans.iter().enumerate().map(|(number, plan)| conversation(number, plan)));
    merged(streams, seed)
}

/// A believable day of up to `n_max` conversations and four agents, recorded late and mixed.
pub fn day(n_max: usize) -> impl Strategy<Value = Log> {
    (prop::collection::vec(plan(), 1..=n_max), any::<u64>()).prop_map(|(plans, seed)| Log(whole_day(&plans, seed)))
}

/// One such day of exactly `n` conversations, by seed.
#[must_use]
pub fn one_day(n: usize, seed: u8) -> Vec<NewEvent> {
    whole_day(&drawn(&prop::collection::vec(plan(), n), seed), u64::from(seed))
}

fn picked(rank: u32) -> SuggestionPicked {
    SuggestionPicked { label: None, rank: Some(rank), n_offered: 3, options: Vec::new(), n_chars: 2 }
}

fn rated(value: i32) -> Rated {
    Rated { rater: "1".to_owned(), values: BTreeMap::from([("A".to_owned(), value)]), labels: vec!["CNUG".to_owned()] }
}

/// Any conversation event at all.
pub fn any_event() -> impl Strategy<Value = Event> {
    let agent = || prop::sample::select(&AGENTS[..]).prop_map(str::to_owned);
    let queue = || prop::sample::select(&QUEUES[..]).prop_map(str::to_owned);
    let started = (prop::sample::select(&CHANNELS[..]), prop::option::of(queue()), prop::option::of(0..4_u8));
    let started = started.prop_map(|(channel, topic, priority)| Started {
        channel,
        direction: Direction::Callback,
        topic,
        priority,
        customer: None,
        language: None,
        entry: None,
        attributes: BTreeMap::new(),
    });
    let reason = prop::sample::select(&[Dequeue::Answered, Dequeue::FlowedOut, Dequeue::CallbackRequested][..]);
    let transferred = (prop::option::of(queue()), prop::option::of(agent()));
    let state = prop::sample::select(&[State::Available, State::Break, State::Meeting][..]);
    prop_oneof![
        3 => started.prop_map(Event::from),
        4 => queue().prop_map(|queue| Enqueued { queue }.into()),
        1 => agent().prop_map(|agent| Offered { agent }.into()),
        1 => agent().prop_map(|agent| OfferRejected { agent, reason: None }.into()),
        1 => agent().prop_map(|agent| OfferTimedOut { agent }.into()),
        3 => reason.prop_map(|reason| Dequeued { reason }.into()),
        2 => Just(Abandoned {}.into()),
        4 => prop::option::of(agent()).prop_map(|agent| Assigned { agent }.into()),
        2 => Just(Held {}.into()),
        2 => Just(Resumed {}.into()),
        2 => transferred.prop_map(|(to_queue, to_agent)| Transferred { to_queue, to_agent, reason: None }.into()),
        1 => Just(MessageReceived { n_chars: 3 }.into()),
        1 => Just(MessageSent { by: Party::Bot, n_chars: 3 }.into()),
        2 => Just(WrapUpStarted {}.into()),
        2 => Just(WrapUpEnded { code: None }.into()),
        2 => Just(Ended { by: None }.into()),
        1 => Just(Resolved {}.into()),
        1 => Just(SurveySent {}.into()),
        1 => (0..6_u8, 0..6_u8).prop_map(|(score, score_max)| SurveyAnswered { score, score_max }.into()),
        1 => Just(Voided { reason: "PHANTOM".to_owned() }.into()),
        1 => (1..4_u32).prop_map(|rank| picked(rank).into()),
        1 => Just(TurnBegan { by: Party::Customer, nth: 1, n_messages: 1 }.into()),
        1 => (-2..3_i32).prop_map(|value| rated(value).into()),
        1 => Just(Concluded { outcome: "Complete".to_owned() }.into()),
        1 => Just(FigureClaimed::secs("first_response", 7.5).into()),
        1 => Just(SignedIn {}.into()),
        1 => Just(SignedOut {}.into()),
        1 => state.prop_map(|state| StateChanged { state }.into()),
    ]
}

/// A log without rhyme or reason: any fact anywhere, at any time that the clock can show.
pub fn wild(n_max: usize) -> impl Strategy<Value = Log> {
    let near = (0..40_000_i64).prop_map(|secs| MORNING.plus_secs(secs));
    let at = prop_oneof![30 => near, 1 => any::<i64>().prop_map(Moment), 1 => prop::sample::select(&[Moment(i64::MIN), Moment(i64::MAX)][..])];
    prop::collection::vec((0..5_u8, any_event(), at), 0..=n_max).prop_map(|rows| {
        let each = rows.into_iter().enumerate().map(|(nth, (stream, event, at))| {
            let noun = if matches!(event, Event::Agent(_)) { "agent" } else { "conversation" };
            fact(noun, &format!("a{stream}"), nth as u64, at, event)
        });
        Log(each.collect())
    })
}
