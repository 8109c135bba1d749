//! What every event log promises: the same cases over memory and over SQLite.

use std::collections::BTreeMap;

use console::clock::Clock;
use console::log::memory::MemoryLog;
use console::log::sqlite::SqliteLog;
use console::log::{BATCH_MAX, EventLog, Expected, LogError, OccurredCursor, Rights, Showing, Shown, Stored};
use events::conversation::{Enqueued, Resolved};
use events::{Moment, NewEvent, Personal, Position, StreamId, Version, customer};
use proptest::prelude::*;
use tests::made_up::{self, CANARY, EVENING, Log, MORNING, config, drawn, fact, one_day, wild};
use tests::place::{Place, all};
use tests::rights::unmasked;

/// Runs a case over each log; the clock is the case's to turn.
macro_rules! both {
    ($($name:ident => $case:ident;)+) => {
        mod memory { $(#[tokio::test] async fn $name() {
            let clock = super::Clock::chosen(super::EVENING);
            super::$case(super::MemoryLog::new(clock.clone()), clock).await;
        })+ }
        mod sqlite { $(#[tokio::test] async fn $name() {
            let (place, clock) = (super::Place::default(), super::Clock::chosen(super::EVENING));
            let log = super::SqliteLog::open(&place.log_path(), clock.clone()).await.expect("a log can be made");
            super::$case(log, clock).await;
        })+ }
    };
}

both! {
    positions_and_versions_have_no_gaps => gapless;
    an_unexpected_version_is_a_conflict_and_writes_nothing => conflicts;
    the_same_delivery_twice_is_one_fact_whatever_is_expected => idempotent;
    an_id_with_other_content_is_refused => id_conflicts;
    an_append_is_all_or_nothing => all_or_nothing;
    an_id_twice_in_one_delivery_is_judged_by_its_whole_content => twice_in_one;
    bookkeeping_is_written_with_what_it_keeps_book_of => bookkeeping;
    every_reading_agrees_with_the_log_order => readings;
    personal_text_comes_only_through_the_door => door;
    recorded_time_never_goes_back => recorded_time;
    the_head_tells_of_every_durable_fact => head;
}

fn resolved(stream: &str, nth: u64) -> NewEvent {
    fact("conversation", stream, nth, MORNING.plus_secs(nth as i64), Resolved {})
}

async fn append(log: &impl EventLog, expected: Expected, facts: Vec<NewEvent>) -> Result<(u64, bool), LogError> {
    let stream = facts[0].stream.clone();
    log.append(&stream, expected, facts).await.map(|appended| (appended.position.0, appended.already_present))
}

async fn gapless(log: impl EventLog, _clock: Clock) {
    let mut day = one_day(40, 3);
    let tail = day.split_off(60);
    for fact in day {
        append(&log, Expected::Any, vec![fact]).await.expect("anything is expected");
    }
    log.ingest(tail, |_ingested| Vec::new()).await.expect("the log takes facts");
    let mut versions: BTreeMap<StreamId, u64> = BTreeMap::new();
    for (position, stored) in all(&log).await.iter().enumerate() {
        let next = versions.entry(stored.fact.stream.clone()).or_default();
        assert_eq!((stored.fact.position.0, stored.fact.version), (position as u64, Version(*next)));
        *next += 1;
    }
    assert!(40 < versions.len());
}

async fn conflicts(log: impl EventLog, _clock: Clock) {
    assert_eq!(append(&log, Expected::NoStream, vec![resolved("a", 0), resolved("a", 1)]).await, Ok((1, false)));
    let stream = resolved("a", 0).stream;
    for expected in [Expected::NoStream, Expected::Exact(Version(0)), Expected::Exact(Version(2))] {
        let conflict = LogError::Conflict { stream: stream.clone(), expected, actual: Some(Version(1)) };
        assert_eq!(append(&log, expected, vec![resolved("a", 2)]).await, Err(conflict));
    }
    let conflict = LogError::Conflict { stream: resolved("b", 0).stream, expected: Expected::Exact(Version(0)), actual: None };
    assert_eq!(append(&log, Expected::Exact(Version(0)), vec![resolved("b", 0)]).await, Err(conflict));
    assert_eq!(all(&log).await.len(), 2);
    assert_eq!(append(&log, Expected::Exact(Version(1)), vec![resolved("a", 2)]).await, Ok((2, false)));
    assert_eq!(append(&log, Expected::Any, vec![resolved("a", 3)]).await, Ok((3, false)));
}

async fn idempotent(log: impl EventLog, _clock: Clock) {
    let first = vec![resolved("a", 0), resolved("a", 1)];
    assert_eq!(append(&log, Expected::NoStream, first.clone()).await, Ok((1, false)));
    append(&log, Expected::Any, vec![resolved("b", 0)]).await.expect("anything is expected");
    let before = all(&log).await;
    for expected in [Expected::NoStream, Expected::Any, Expected::Exact(Version(9))] {
        assert_eq!(append(&log, expected, first.clone()).await, Ok((1, true)), "{expected:?}");
    }
    let mut elsewhere = first.clone();
    elsewhere[0].meta.actor = Some("somebody else".to_owned());
    assert_eq!(append(&log, Expected::NoStream, elsewhere).await, Ok((1, true)), "who brings it is not its content");
    let again = log.ingest(first, |_ingested| Vec::new()).await.expect("the log takes facts");
    assert_eq!((again.n_written, again.n_present, again.conflicts.len()), (0, 2, 0));
    assert_eq!(all(&log).await, before);
}

/// The same id with one thing changed, each in its own way.
fn others() -> Vec<NewEvent> {
    let first = fact("conversation", "a", 0, MORNING, Enqueued { queue: "售后".to_owned() });
    let with = |change: &dyn Fn(&mut NewEvent)| {
        let mut other = first.clone();
        change(&mut other);
        other
    };
    vec![
        with(&|other| other.stream = resolved("b", 0).stream),
        with(&|other| other.occurred_at = EVENING),
        with(&|other| other.body.data = br#"{"queue":"billing"}"#.to_vec()),
        with(&|other| other.body.event_type = "conversation.resolved".to_owned()),
        with(&|other| other.body.schema = 2),
    ]
}

async fn id_conflicts(log: impl EventLog, _clock: Clock) {
    let first = fact("conversation", "a", 0, MORNING, Enqueued { queue: "售后".to_owned() });
    append(&log, Expected::NoStream, vec![first.clone()]).await.expect("an empty log");
    for other in others() {
        let conflict = LogError::IdConflict { id: first.id, position: Position(0) };
        assert_eq!(append(&log, Expected::Any, vec![resolved("c", 5), other.clone()]).await, Err(conflict));
        let ingested = log.ingest(vec![other, first.clone()], |_ingested| Vec::new()).await.expect("conflicts are listed");
        assert_eq!((ingested.n_written, ingested.n_present, ingested.conflicts), (0, 1, vec![0]));
    }
    assert_eq!(all(&log).await.len(), 1);
}

async fn all_or_nothing(log: impl EventLog, _clock: Clock) {
    let first = fact("conversation", "a", 0, MORNING, Enqueued { queue: "售后".to_owned() });
    let mut other = first.clone();
    other.body.data = br#"{"queue":"billing"}"#.to_vec();
    let refused = append(&log, Expected::NoStream, vec![resolved("a", 7), first, other]).await;
    assert!(matches!(refused, Err(LogError::IdConflict { .. })), "{refused:?}");
    assert_eq!((all(&log).await.len(), *log.head().borrow()), (0, 0));
}

async fn twice_in_one(log: impl EventLog, _clock: Clock) {
    let first = fact("conversation", "a", 0, MORNING, Enqueued { queue: "售后".to_owned() });
    let mut delivery = vec![first.clone(), first];
    delivery.extend(others());
    let ingested = log.ingest(delivery, |_ingested| Vec::new()).await.expect("conflicts are listed");
    assert_eq!((ingested.n_written, ingested.n_present, ingested.conflicts), (1, 1, vec![2, 3, 4, 5, 6]));
    assert_eq!(all(&log).await.len(), 1);
}

async fn bookkeeping(log: impl EventLog, _clock: Clock) {
    let counted = |n: u64| fact("conversation", "book", n, MORNING, Enqueued { queue: n.to_string() });
    for n in [1_u64, 2] {
        let day = vec![resolved("a", 0), resolved("a", n)];
        let ingested = log.ingest(day, move |ingested| vec![counted(10 * n + ingested.n_written)]).await.expect("taken");
        assert_eq!(ingested.n_written + ingested.n_present, 2, "bookkeeping is not counted");
    }
    let streams: Vec<String> =
        all(&log).await.iter().map(|stored| format!("{}@{}", stored.fact.stream, stored.fact.version.0)).collect();
    assert_eq!(
        streams,
        ["conversation-a@0", "conversation-a@1", "conversation-book@0", "conversation-a@2", "conversation-book@1"]
    );
    let books = log.stream(&counted(0).stream).await.expect("it can be read");
    let told: Vec<String> = books.iter().map(|stored| String::from_utf8_lossy(&stored.payload.data).into_owned()).collect();
    assert_eq!(told, [r#"{"queue":"12"}"#, r#"{"queue":"21"}"#]);
}

async fn readings(log: impl EventLog, _clock: Clock) {
    for seed in [1, 2, 3] {
        let Log(facts) = drawn(&wild(70), seed);
        log.ingest(facts, |_ingested| Vec::new()).await.expect("the log takes facts");
        agree(&log).await;
    }
}

/// Compares every reading with the naive one: all facts, filtered.
async fn agree(log: &impl EventLog) {
    let facts = all(log).await;
    for from in [0, 1, facts.len() / 2, facts.len(), facts.len() + 5] {
        for limit in [0, 1, 7, BATCH_MAX + 5] {
            let want: Vec<&Stored> = facts.iter().skip(from).take(limit.min(BATCH_MAX)).collect();
            let read = log.read(from as u64, limit).await.expect("it can be read");
            assert!(read.iter().eq(want.iter().map(|stored| &stored.fact)), "read({from}, {limit})");
            assert!(log.stored(from as u64, limit).await.expect("it can be read").iter().eq(want), "stored({from}, {limit})");
        }
    }
    for stream in facts.iter().map(|stored| &stored.fact.stream) {
        let want: Vec<&Stored> = facts.iter().filter(|stored| stored.fact.stream == *stream).collect();
        assert!(log.stream(stream).await.expect("it can be read").iter().eq(want), "{stream}");
    }
    let asked: Vec<Position> = [3, 1, 999_999, 1, 0].map(Position).to_vec();
    let found = log.at(&asked).await.expect("it can be read");
    assert!(found.iter().eq([3, 1, 1, 0].map(|place: usize| &facts[place])), "positions come as they were asked for");
    occurred(log, &facts).await;
}

async fn occurred(log: &impl EventLog, facts: &[Stored]) {
    let mut want: Vec<_> = facts.iter().map(|stored| &stored.fact).collect();
    want.sort_by_key(|fact| (fact.occurred_at, fact.position));
    for until in [Moment(i64::MIN), MORNING, MORNING.plus_secs(20_000), EVENING, Moment(i64::MAX)] {
        let (mut cursor, mut read) = (OccurredCursor::default(), Vec::new());
        loop {
            let batch = log.read_occurred(cursor, until, 9).await.expect("it can be read");
            let Some(last) = batch.last() else { break };
            cursor = OccurredCursor { at: last.occurred_at, position: Some(last.position) };
            read.extend(batch);
            assert!(read.len() <= facts.len(), "a fact came twice");
        }
        assert!(read.iter().eq(want.iter().copied().filter(|fact| fact.occurred_at <= until)), "until {until:?}");
    }
}

async fn door(log: impl EventLog, _clock: Clock) {
    let mut known = fact("customer", &made_up::customer(1), 0, MORNING, customer::Identified { tier: None, language: None });
    let texts = BTreeMap::from([("name", "王小明"), ("phone", "13800138000"), ("text", CANARY)]);
    let texts = texts.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    known.personal = Some(Personal { subject: Some(made_up::customer(1)), texts });
    log.ingest(vec![resolved("a", 0), known.clone()], |_ingested| Vec::new()).await.expect("taken");
    let asked = [0, 1, 7].map(Position);
    let plain = log.personal(&asked, &unmasked(None)).await.expect("it can be read");
    let whole = Shown { personal: known.personal.clone().expect("set above"), showing: Showing::Unmasked };
    assert_eq!(plain, BTreeMap::from([(Position(1), whole)]));
    assert_eq!(log.personal(&asked, &unmasked(Some(made_up::customer(1)))).await, Ok(plain), "for this customer");
    let other = log.personal(&asked, &unmasked(Some(made_up::customer(2)))).await.expect("it can be read");
    let masked = log.personal(&asked, &Rights::Masked).await.expect("it can be read");
    let want = r#"{"name": "王**", "phone": "138****8000", "text": "金丝雀1***@example.com"}"#;
    assert_eq!(format!("{:?}", masked[&Position(1)].personal.texts), want);
    assert_eq!(other, masked, "a grant for another customer shows nothing");
    let facts = format!("{:?}", all(&log).await);
    assert!(!facts.contains("13800138000") && !facts.contains("王"), "no other door: {facts}");
}

async fn recorded_time(log: impl EventLog, clock: Clock) {
    for (nth, now) in [(0, 100), (1, 50), (2, 120), (3, 119)] {
        clock.set(Moment(now));
        log.ingest(vec![resolved("a", nth)], |_ingested| Vec::new()).await.expect("taken");
    }
    let times: Vec<i64> = all(&log).await.iter().map(|stored| stored.fact.recorded_at.0).collect();
    assert_eq!(times, [100, 100, 120, 120]);
}

async fn head(log: impl EventLog, _clock: Clock) {
    let mut head = log.head();
    assert_eq!(*head.borrow_and_update(), 0);
    append(&log, Expected::Any, vec![resolved("a", 0), resolved("a", 1)]).await.expect("anything is expected");
    head.changed().await.expect("the log lives");
    assert_eq!(*head.borrow_and_update(), 2);
    log.ingest(vec![resolved("a", 2)], |_ingested| vec![resolved("b", 0)]).await.expect("taken");
    head.changed().await.expect("the log lives");
    assert_eq!((*head.borrow_and_update(), *log.head().borrow()), (4, 4));
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn memory_and_sqlite_tell_the_same_of_the_same_deliveries(Log(day) in wild(30), order in prop::collection::vec((any::<prop::sample::Index>(), 1..5_usize, 0..4_u64), 1..25)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let place = Place::default();
            let (memory, sqlite) = (MemoryLog::new(Clock::chosen(EVENING)), place.log().await);
            for (from, n, kind) in order.iter().filter(|_| !day.is_empty()) {
                let facts: Vec<NewEvent> = day.iter().skip(from.index(day.len())).take(*n).cloned().collect();
                if *kind == 0 {
                    let both = (memory.ingest(facts.clone(), |_| Vec::new()).await, sqlite.ingest(facts, |_| Vec::new()).await);
                    prop_assert_eq!(both.0, both.1);
                } else {
                    let expected = [Expected::Any, Expected::NoStream, Expected::Exact(Version(*kind - 1))][*kind as usize - 1];
                    let one = vec![facts[0].clone()];
                    prop_assert_eq!(append(&memory, expected, one.clone()).await, append(&sqlite, expected, one).await);
                }
            }
            prop_assert_eq!(all(&memory).await, all(&sqlite).await);
            sqlite.close().await;
            let reopened = place.log().await;
            prop_assert_eq!(all(&memory).await, all(&reopened).await, "and after it was closed and opened");
            Ok(())
        })?;
    }
}
