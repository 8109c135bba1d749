//! What the simulated desk promises.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use events::agent::Event as AgentFact;
use events::conversation::{Channel, Dequeue, Event as Fact};
use events::{Event, NewEvent, codec};
use sha2::{Digest, Sha256};

use super::chance::exp;
use super::*;

/// The queue that the incident hits.
const PAYMENTS: &str = "支付账户";

fn seeded(seed: u64) -> Params {
    Params { seed, ..Params::default() }
}

fn read(fact: &NewEvent) -> Event {
    codec::try_decode(&fact.body.event_type, fact.body.schema, &fact.body.data).expect("the simulator writes what can be read")
}

fn facts(params: &Params) -> Vec<NewEvent> {
    let mut facts = Vec::new();
    let truth = simulate(params, |fact| facts.push(fact));
    assert_eq!(truth.n_events, facts.len() as u64);
    facts
}

/// The sample day, made once.
fn sample() -> &'static [NewEvent] {
    static SAMPLE: OnceLock<Vec<NewEvent>> = OnceLock::new();
    SAMPLE.get_or_init(|| facts(&Params::default()))
}

fn digest(facts: &[NewEvent]) -> String {
    let mut hash = Sha256::new();
    for fact in facts {
        let NewEvent { stream, id, occurred_at, meta, body, personal } = fact;
        hash.update(format!("{stream} {id} {} {} {:?} ", occurred_at.0, meta.source, meta.actor));
        hash.update(format!("{} {} {:?} ", body.event_type, body.schema, personal));
        hash.update(&body.data);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// One leg, read from the facts alone.
#[derive(Clone, Debug)]
struct Leg {
    queue: String,
    /// Minute of the day at which its contact began, in Shanghai.
    minute: i64,
    enqueued: i64,
    waited: Option<i64>,
    answered: bool,
}

/// The legs of a run: what the figures are made from, without the projections.
fn legs(facts: &[NewEvent]) -> Vec<Leg> {
    let mut legs: Vec<Leg> = Vec::new();
    let mut begun: BTreeMap<&str, i64> = BTreeMap::new();
    let mut latest: BTreeMap<&str, usize> = BTreeMap::new();
    for fact in facts {
        let (id, now) = (fact.stream.as_str(), fact.occurred_at.0);
        match fact.body.event_type.as_str() {
            "conversation.started" | "conversation.transferred" => {
                begun.insert(id, now);
            }
            "conversation.enqueued" => {
                let Event::Conversation(Fact::Enqueued(enqueued)) = read(fact) else { panic!("{fact:?}") };
                let minute = (begun[id] / 60_000_000 + 8 * 60).rem_euclid(1440);
                latest.insert(id, legs.len());
                legs.push(Leg { queue: enqueued.queue, minute, enqueued: now, waited: None, answered: false });
            }
            "conversation.dequeued" | "conversation.abandoned" => {
                let leg = &mut legs[latest[id]];
                leg.waited = Some(now - leg.enqueued);
                leg.answered = fact.body.event_type == "conversation.dequeued";
            }
            _ => {}
        }
    }
    legs
}

/// Shares over those legs that fit: service level within 20 s with abandons against it, and abandonment.
fn shares(legs: &[Leg], fits: impl Fn(&Leg) -> bool) -> (f64, f64) {
    let legs: Vec<&Leg> = legs.iter().filter(|leg| fits(leg)).collect();
    let count = |counts: &dyn Fn(&Leg) -> bool| legs.iter().filter(|leg| counts(leg)).count() as f64 / legs.len() as f64;
    (count(&|leg| leg.answered && leg.waited <= Some(20_000_000)), count(&|leg| !leg.answered))
}

fn hours(from: i64, to: i64) -> impl Fn(&Leg) -> bool {
    move |leg| (60 * from..60 * to).contains(&leg.minute)
}

#[test]
fn the_sample_day_is_the_same_on_every_machine() {
    let day = digest(sample());
    assert_eq!(day, digest(&facts(&Params::default())));
    // A change of the simulator changes this; a change of machine must not.
    assert_eq!(day, "5131e39a3f90b941");
    assert_ne!(day, digest(&facts(&seeded(8))));
}

#[test]
fn seeds_and_desks_share_no_conversations_and_no_ids() {
    let base = || Params { rate: 0.1, ..Params::default() };
    let others = [
        Params { seed: 8, ..base() },
        Params { rate: 0.2, ..base() },
        Params { n_agents: 12, ..base() },
        Params { zone: "Asia/Taipei".to_owned(), ..base() },
        Params { start: jiff::civil::date(2026, 3, 3), ..base() },
    ];
    let conversations = |facts: &[NewEvent]| {
        let streams = facts.iter().filter(|fact| fact.stream.noun() == "conversation");
        streams.map(|fact| fact.stream.clone()).collect::<std::collections::BTreeSet<_>>()
    };
    let ids = |facts: &[NewEvent]| facts.iter().map(|fact| fact.id).collect::<std::collections::BTreeSet<_>>();
    let sample = facts(&base());
    assert_eq!(ids(&sample).len(), sample.len(), "ids are unique within a run");
    for other in others {
        let facts = facts(&other);
        assert!(conversations(&sample).is_disjoint(&conversations(&facts)), "{other:?}");
        assert!(ids(&sample).is_disjoint(&ids(&facts)), "{other:?}");
    }
}

#[test]
fn a_longer_run_begins_with_the_facts_of_a_shorter_one() {
    let by_stream = |facts: Vec<NewEvent>| {
        let mut streams: BTreeMap<String, Vec<NewEvent>> = BTreeMap::new();
        for fact in facts {
            streams.entry(fact.stream.to_string()).or_default().push(fact);
        }
        streams
    };
    let run = |n_days: u32| by_stream(facts(&Params { n_days, rate: 0.3, ..Params::default() }));
    let (day, days) = (run(1), run(3));
    for (stream, facts) in day {
        assert_eq!(facts, days[&stream][..facts.len()], "{stream}");
    }
}

#[test]
fn facts_come_in_order_of_time_and_say_who_made_them() {
    let facts = facts(&Params { n_days: 2, ..Params::default() });
    assert!(facts.is_sorted_by_key(|fact| fact.occurred_at));
    assert!(facts.iter().all(|fact| fact.meta.source == SOURCE && fact.meta.actor.as_deref() == Some(SOURCE)));
    assert_eq!(facts[0].body.event_type, "site.declared");
    assert_eq!(facts[0].occurred_at.0, 1_772_380_800_000_000, "midnight in Shanghai");
}

#[test]
fn every_text_is_as_long_as_its_fact_says_and_about_its_customer() {
    let mut customers: BTreeMap<String, String> = BTreeMap::new();
    let mut n_texts = 0;
    for fact in sample() {
        let n_chars = match read(fact) {
            Event::Conversation(Fact::Started(started)) => {
                customers.insert(fact.stream.to_string(), started.customer.expect("every contact has its customer"));
                continue;
            }
            Event::Conversation(Fact::MessageReceived(message)) => message.n_chars,
            Event::Conversation(Fact::MessageSent(message)) => message.n_chars,
            Event::Conversation(Fact::SurveyAnswered(_)) if fact.personal.is_some() => {
                let personal = fact.personal.as_ref().expect("just seen");
                assert_eq!(personal.subject.as_ref(), customers.get(fact.stream.as_str()));
                assert!(!personal.texts["comment"].is_empty());
                continue;
            }
            Event::Customer(_) => {
                let personal = fact.personal.as_ref().expect("a customer has a name and a number");
                assert_eq!(personal.subject.as_deref(), Some(fact.stream.id()));
                assert!(!personal.texts["name"].is_empty() && !personal.texts["phone"].is_empty());
                continue;
            }
            Event::Ticket(_) => panic!("the simulator makes no tickets"),
            Event::Conversation(_) | Event::Agent(_) | Event::Site(_) | Event::Import(_) | Event::Unmasking(_) => {
                assert_eq!(fact.personal, None);
                continue;
            }
        };
        let personal = fact.personal.as_ref().expect("a message has its text");
        assert_eq!(personal.texts["text"].chars().count(), n_chars as usize);
        assert_eq!(personal.subject.as_ref(), customers.get(fact.stream.as_str()));
        n_texts += 1;
    }
    assert!(10_000 < n_texts);
}

/// What may come next in a conversation: a small machine that the facts must fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    New,
    Menu,
    Between,
    Waiting,
    Offered,
    Accepted,
    Dequeued,
    Talking,
    Held,
    WrappingUp,
    Over,
    Gone,
}

fn next(stage: Stage, fact: &Fact) -> Option<Stage> {
    match (stage, fact) {
        (Stage::New, Fact::Started(_)) => Some(Stage::Menu),
        (Stage::Menu, Fact::SelfServiceEnded(_)) => Some(Stage::Between),
        (Stage::Between, Fact::Enqueued(_)) => Some(Stage::Waiting),
        (Stage::Between, Fact::Ended(_)) => Some(Stage::Gone),
        (Stage::Waiting, Fact::Offered(_)) => Some(Stage::Offered),
        (Stage::Offered, Fact::OfferAccepted(_)) => Some(Stage::Accepted),
        (Stage::Offered, Fact::OfferRejected(_) | Fact::OfferTimedOut(_)) => Some(Stage::Waiting),
        (Stage::Waiting | Stage::Offered, Fact::Abandoned(_)) => Some(Stage::Gone),
        (Stage::Accepted, Fact::Dequeued(dequeued)) if dequeued.reason == Dequeue::Answered => Some(Stage::Dequeued),
        (Stage::Dequeued, Fact::Assigned(_)) => Some(Stage::Talking),
        (Stage::Talking, Fact::Held(_)) => Some(Stage::Held),
        (Stage::Held, Fact::Resumed(_)) => Some(Stage::Talking),
        (Stage::Talking, Fact::Transferred(_)) => Some(Stage::Between),
        (Stage::Talking, Fact::Ended(_)) => Some(Stage::Over),
        (Stage::Over, Fact::WrapUpStarted(_)) => Some(Stage::WrappingUp),
        (Stage::WrappingUp, Fact::WrapUpEnded(_)) => Some(Stage::Over),
        (Stage::WrappingUp | Stage::Over, Fact::Resolved(_) | Fact::SurveySent(_) | Fact::SurveyAnswered(_)) => Some(stage),
        (Stage::Menu | Stage::Waiting | Stage::Talking, Fact::MessageReceived(_)) => Some(stage),
        (Stage::Menu | Stage::Talking, Fact::MessageSent(_)) => Some(stage),
        _ => None,
    }
}

#[test]
fn every_conversation_runs_its_course_to_the_end() {
    for params in [seeded(3), Params { n_days: 3, n_agents: 8, rate: 2.0, ..seeded(4) }] {
        let mut stages: BTreeMap<String, Stage> = BTreeMap::new();
        for fact in facts(&params) {
            let Event::Conversation(event) = read(&fact) else { continue };
            let stage = stages.entry(fact.stream.to_string()).or_insert(Stage::New);
            *stage = next(*stage, &event).unwrap_or_else(|| panic!("{event:?} in {stage:?} of {}", fact.stream));
        }
        assert!(stages.values().all(|stage| matches!(stage, Stage::Over | Stage::Gone)));
    }
}

#[test]
fn agents_hold_no_more_than_they_can_and_go_home() {
    let mut limits: BTreeMap<String, (u8, bool)> = BTreeMap::new();
    let mut held: BTreeMap<String, (u8, u8)> = BTreeMap::new();
    let mut hands: BTreeMap<String, (String, bool)> = BTreeMap::new();
    let mut channels: BTreeMap<String, Channel> = BTreeMap::new();
    for fact in facts(&Params { n_days: 3, n_agents: 12, ..Params::default() }) {
        let id = fact.stream.id().to_owned();
        match read(&fact) {
            Event::Agent(AgentFact::ProfileChanged(profile)) => {
                limits.insert(id, (profile.n_chats_max, false));
            }
            Event::Agent(AgentFact::SignedIn(_)) => limits.get_mut(&id).expect("profiles come first").1 = true,
            Event::Agent(AgentFact::SignedOut(_)) => {
                assert_eq!(held.get(&id).copied().unwrap_or_default(), (0, 0), "{id} leaves with empty hands");
                limits.get_mut(&id).expect("profiles come first").1 = false;
            }
            Event::Agent(AgentFact::StateChanged(_)) => assert!(limits[&id].1, "{id} is in a shift"),
            Event::Conversation(Fact::Started(started)) => {
                channels.insert(id, started.channel);
            }
            Event::Conversation(Fact::Assigned(assigned)) => {
                let agent = assigned.agent.expect("the simulator knows who");
                let voice = channels[&id] == Channel::Voice;
                let (n_calls, n_chats) = held.entry(agent.clone()).or_default();
                *(if voice { &mut *n_calls } else { &mut *n_chats }) += 1;
                let (n_chats_max, present) = limits[&agent];
                assert!(present && *n_chats <= n_chats_max && *n_calls <= 1 && (*n_calls == 0 || *n_chats == 0), "{agent}");
                hands.insert(id, (agent, voice));
            }
            Event::Conversation(Fact::WrapUpEnded(_) | Fact::Transferred(_)) => {
                let (agent, voice) = hands.remove(&id).expect("somebody had it");
                let (n_calls, n_chats) = held.get_mut(&agent).expect("they had it");
                *(if voice { n_calls } else { n_chats }) -= 1;
            }
            Event::Ticket(_) => panic!("the simulator makes no tickets"),
            Event::Conversation(_) | Event::Customer(_) | Event::Site(_) | Event::Import(_) | Event::Unmasking(_) => {}
        }
    }
    assert!(limits.values().all(|&(_, present)| !present), "everybody has gone home");
}

#[test]
fn the_desk_is_believable_and_the_incident_is_seen() {
    for seed in [7, 1, 2, 3, 4, 5] {
        let legs = if seed == 7 { legs(sample()) } else { legs(&facts(&seeded(seed))) };
        assert!(legs.iter().all(|leg| leg.waited.is_some()), "no leg is left open");
        let (open, incident_hour) = (hours(8, 22), hours(13, 14));
        let (day_level, day_abandoned) = shares(&legs, &open);
        let (level, abandoned) = shares(&legs, |leg| open(leg) && !hours(13, 15)(leg));
        let (level_hit, abandoned_hit) = shares(&legs, |leg| incident_hour(leg) && leg.queue == PAYMENTS);
        let (_, abandoned_else) = shares(&legs, |leg| !incident_hour(leg) && leg.queue == PAYMENTS);
        assert!((0.65..0.80).contains(&day_level), "seed {seed}: service level {day_level}");
        assert!((0.04..0.15).contains(&day_abandoned), "seed {seed}: abandonment {day_abandoned}");
        assert!((0.75..0.88).contains(&level), "seed {seed}: service level {level} without the incident");
        assert!(abandoned < 0.08, "seed {seed}: abandonment {abandoned} without the incident");
        assert!(level_hit < 0.4 && 0.3 < abandoned_hit, "seed {seed}: {level_hit}, {abandoned_hit} in the incident");
        assert!(2.0 * abandoned_else < abandoned_hit, "seed {seed}: {abandoned_else}, {abandoned_hit} in the incident");
    }
}

#[test]
fn triple_the_contacts_drown_the_desk() {
    let (level, abandoned) = shares(&legs(&facts(&Params { n_agents: 12, rate: 3.0, ..Params::default() })), hours(8, 22));
    assert!(level < 0.3 && 0.3 < abandoned, "service level {level}, abandonment {abandoned}");
}

#[test]
fn the_truth_counts_what_the_facts_say() {
    let mut made = Vec::new();
    let truth = simulate(&Params::default(), |fact| made.push(fact));
    assert!((3300..4000).contains(&truth.n_conversations), "{}", truth.n_conversations);
    let legs = legs(&made);
    for queue in &truth.queues {
        let of = |counts: &dyn Fn(&Leg) -> bool| legs.iter().filter(|leg| leg.queue == queue.queue && counts(leg)).count() as u64;
        assert_eq!(queue.n_answered, of(&|leg| leg.answered));
        assert_eq!(queue.n_answered_within, of(&|leg| leg.answered && leg.waited <= Some(20_000_000)));
        assert_eq!(queue.n_abandoned, of(&|leg| !leg.answered));
    }
    for row in &truth.half_hours {
        let minute: i64 = row.time[..2].parse::<i64>().expect("HH") * 60 + row.time[3..].parse::<i64>().expect("MM");
        let of = |answered: bool| {
            let fits =
                |leg: &&Leg| leg.queue == row.queue && leg.answered == answered && (minute..minute + 30).contains(&leg.minute);
            legs.iter().filter(fits).count() as u32
        };
        assert_eq!((row.n_answered, row.n_abandoned), (of(true), of(false)), "{row:?}");
    }
    assert_eq!(truth.half_hours.iter().map(|row| u64::from(row.n_arrivals)).sum::<u64>(), truth.n_conversations);
    assert_eq!(truth.incidents.len(), 1);
    let (drawn, expected) = truth
        .half_hours
        .iter()
        .fold((0.0, 0.0), |(drawn, expected), row| (drawn + f64::from(row.n_arrivals), expected + row.arrivals_expected));
    assert!((drawn - expected).abs() < 4.0 * expected.sqrt(), "{drawn} drawn, {expected} expected");
    assert!(
        (exp(0.5 * truth.patience[0].law.sigma * truth.patience[0].law.sigma) * 152.0 - truth.patience[0].mean_secs).abs() < 1e-9
    );
    let table = truth.table();
    assert_eq!(table.lines().count(), 49, "{table}");
}

#[test]
fn thirty_days_hold_no_more_than_three() {
    let high_water = |n_days: u32| {
        let mut n_events = 0_u64;
        let mut desk = desk::Desk::new(Params { n_days, n_agents: 8, rate: 0.4, ..Params::default() }, |_| n_events += 1);
        desk.declare();
        let mut n_held = 0;
        while desk.turn() {
            n_held = n_held.max(desk.n_held());
        }
        assert!(desk.open.is_empty() && desk.waiting.iter().all(BTreeMap::is_empty));
        n_held
    };
    let (short, long) = (high_water(3), high_water(30));
    assert!(long < 2 * short, "{long} things held in thirty days, {short} in three");
}

#[test]
fn any_desk_can_be_simulated() {
    let berlin = "Europe/Berlin".to_owned();
    let start = jiff::civil::date(2026, 3, 28);
    for params in [
        Params { n_agents: 1, ..Params::default() },
        Params { n_agents: 3, n_days: 9, ..Params::default() },
        Params { n_agents: 60, rate: 0.1, ..Params::default() },
        Params { n_agents: 8, n_days: 3, start, zone: berlin, ..Params::default() },
    ] {
        assert_eq!(params.check(), Ok(()));
        let facts = facts(&params);
        assert!(facts.is_sorted_by_key(|fact| fact.occurred_at) && 100 < facts.len(), "{params:?}");
    }
}

#[test]
fn what_cannot_be_simulated_is_refused_by_name_and_survived() {
    let nowhere = Params { zone: "Nowhere".to_owned(), ..Params::default() };
    assert_eq!(nowhere.check(), Err(ParamsError::Zone("Nowhere".to_owned())));
    let zoneless = facts(&nowhere);
    let Event::Site(events::site::Event::Declared(declared)) = read(&zoneless[0]) else { panic!("{:?}", zoneless[0]) };
    assert_eq!(declared.zone, "UTC");
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY, 101.0] {
        assert!(matches!(Params { rate, ..Params::default() }.check(), Err(ParamsError::Rate(_))), "{rate}");
    }
    assert_eq!(Params { n_days: 0, ..Params::default() }.check(), Err(ParamsError::Days(0)));
    assert_eq!(Params { n_agents: 0, ..Params::default() }.check(), Err(ParamsError::Agents(0)));
    let odd = Params { n_days: 0, n_agents: 0, rate: f64::NAN, start: Date::MAX, ..Params::default() };
    assert!(odd.check().is_err());
    assert!(facts(&odd).is_sorted_by_key(|fact| fact.occurred_at));
}
