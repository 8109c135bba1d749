//! The laws of folding, over made-up logs: any batch, any snapshot, any order, any delivery.

use std::collections::BTreeMap;

use console::clock::Clock;
use console::log::memory::MemoryLog;
use console::log::{EventLog, Expected};
use console::projector::fold_to;
use console::snapshots::{digest, encode};
use events::decider::Decider;
use events::{Moment, NewEvent, Recorded, site};
use projections::figure::{Dimension, figure, groups};
use projections::live::{Range, live};
use projections::metric::Metric;
use projections::scope::Scope;
use projections::trail::{ConversationQuery, conversations};
use projections::{Board, Lens, Projection};
use proptest::prelude::*;
use tests::made_up::{EVENING, Log, MORNING, config, day, recorded, wild};
use tests::place::{all, folded};

fn fold(facts: &[Recorded]) -> Board {
    let mut board = Board::default();
    facts.iter().for_each(|fact| board.evolve(fact));
    board
}

fn lens(as_of: Moment) -> Lens {
    Lens { as_of, today: as_of, zone: "Asia/Shanghai".to_owned() }
}

fn run<R>(future: impl Future<Output = R>) -> R {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

async fn log_of(facts: Vec<NewEvent>) -> MemoryLog {
    let log = MemoryLog::new(Clock::chosen(EVENING));
    log.ingest(facts, |_ingested| Vec::new()).await.expect("memory takes facts");
    log
}

/// Every figure that any screen shows, by group; positions apart, which say how many facts it rests on.
fn figures(board: &Board) -> BTreeMap<String, String> {
    let dimensions =
        [Dimension::Queue, Dimension::Channel, Dimension::Topic, Dimension::Priority, Dimension::Agent, Dimension::HalfHour];
    let mut all = BTreeMap::new();
    for by in std::iter::once(&[][..]).chain(dimensions.iter().map(std::slice::from_ref)) {
        for group in groups(board, Metric::ALL, by, &Scope::default(), &lens(EVENING)) {
            for figure in group.figures {
                let value = format!("{:?} {} {} {}", figure.value, figure.numerator, figure.denominator, figure.n);
                all.insert(format!("{by:?} {:?} {}", group.key, figure.metric), value);
            }
        }
    }
    all
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn any_batch_size_folds_to_the_same_bytes(Log(facts) in day(14), batch in 1..200_usize) {
        let (batched, whole) = run(async {
            let log = log_of(facts).await;
            let head = *log.head().borrow();
            let mut board = Board::default();
            fold_to(&log, &mut board, head, batch).await.expect("memory can be read");
            (encode(&board), encode(&folded(&log).await))
        });
        prop_assert_eq!(batched, whole);
    }

    #[test]
    fn a_snapshot_and_its_tail_are_the_whole_fold(Log(facts) in wild(90), cut in 0.0..=1.0_f64) {
        let facts = recorded(&facts);
        let cut = (facts.len() as f64 * cut) as usize;
        let bytes = encode(&fold(&facts[..cut]));
        let mut board: Board = tests::made_up::thawed(&bytes);
        prop_assert_eq!(encode(&board), bytes);
        facts[cut..].iter().for_each(|fact| board.evolve(fact));
        let whole = fold(&facts);
        prop_assert_eq!(digest(&board), digest(&whole));
        // What an encoding leaves out its digest cannot tell.
        prop_assert!(board == whole);
    }

    #[test]
    fn no_order_of_facts_stops_a_fold_or_a_view(Log(facts) in wild(120), from in any::<i64>(), to in any::<i64>(), as_of in any::<i64>()) {
        let board = fold(&recorded(&facts));
        prop_assert_eq!(board.n_facts, facts.len() as u64);
        let scope = Scope { from: Some(Moment(from.min(to))), to: Some(Moment(from.max(to))), ..Scope::default() };
        for range in [Range::All, Range::Day, Range::Given] {
            prop_assert_eq!(live(&board, &scope, range, &lens(Moment(as_of))).position, board.n_facts);
        }
        let page = conversations(&board, &ConversationQuery { limit: 500, ..ConversationQuery::default() }, &lens(EVENING));
        prop_assert_eq!(page.n, board.conversations.by_id.len() as u64);
    }

    #[test]
    fn redelivery_changes_nothing(Log(facts) in day(10), again in prop::collection::vec(any::<prop::sample::Index>(), 1..40)) {
        let (before, after, n_written) = run(async {
            let log = log_of(facts.clone()).await;
            let before = (all(&log).await, digest(&folded(&log).await));
            let again: Vec<NewEvent> = again.iter().map(|index| facts[index.index(facts.len())].clone()).collect();
            let mut n_written = 0;
            for fact in &again {
                let stream = fact.stream.clone();
                n_written += u64::from(!log.append(&stream, Expected::NoStream, vec![fact.clone()]).await.expect("it is there").already_present);
            }
            n_written += log.ingest(again, |_ingested| Vec::new()).await.expect("memory takes facts").n_written;
            (before, (all(&log).await, digest(&folded(&log).await)), n_written)
        });
        prop_assert_eq!(n_written, 0);
        prop_assert_eq!(before, after);
    }

    #[test]
    fn the_order_of_occurrence_gives_the_figures_of_the_order_of_recording(Log(facts) in day(14)) {
        let recorded = recorded(&facts);
        let mut occurred = recorded.clone();
        occurred.sort_by_key(|fact| (fact.occurred_at, fact.position));
        prop_assert_eq!(figures(&fold(&recorded)), figures(&fold(&occurred)));
    }

    #[test]
    fn a_start_that_is_told_last_is_the_start_all_the_same(Log(facts) in day(14)) {
        let (starts, others): (Vec<NewEvent>, Vec<NewEvent>) =
            facts.iter().cloned().partition(|fact| fact.body.event_type == "conversation.started");
        let late = [others, starts].concat();
        prop_assert_eq!(figures(&fold(&recorded(&late))), figures(&fold(&recorded(&facts))));
    }

    #[test]
    fn groups_of_any_dimension_add_up_to_the_whole(Log(facts) in day(14)) {
        let board = fold(&recorded(&facts));
        let whole = figure(&board, Metric::Offered, &Scope::default(), &lens(EVENING)).numerator;
        for by in [Dimension::Day, Dimension::HalfHour, Dimension::Queue, Dimension::Channel, Dimension::Topic, Dimension::Agent] {
            let parts = groups(&board, &[Metric::Offered], &[by], &Scope::default(), &lens(EVENING));
            for group in &parts {
                let of_group = &group.figures[0];
                let opened = figure(&board, Metric::Offered, &of_group.scope, &lens(EVENING));
                prop_assert_eq!(&opened, of_group, "{:?} opens to what it shows", group.key);
            }
            prop_assert_eq!(parts.iter().map(|group| group.figures[0].numerator).sum::<f64>(), whole, "{:?}", by);
        }
    }

    #[test]
    fn an_accepted_command_changes_nothing_the_second_time(names in prop::collection::vec("[a-c]{1,2}", 1..12)) {
        let mut state = site::State::default();
        for name in names {
            let command = site::Command::Declare { name, zone: "Asia/Shanghai".to_owned() };
            for event in site::Site::decide(&command, &state).expect("a good name and zone") {
                site::Site::evolve(&mut state, &event);
            }
            prop_assert_eq!(site::Site::decide(&command, &state), Ok(Vec::new()));
        }
    }
}

#[test]
fn a_scope_that_ends_before_it_begins_counts_nothing() {
    let board = fold(&recorded(&tests::made_up::one_day(5, 1)));
    let scope = Scope { from: Some(EVENING), to: Some(MORNING), ..Scope::default() };
    let shown = figure(&board, Metric::Offered, &scope, &lens(EVENING));
    assert_eq!((shown.value, shown.n), (Some(0.0), 0));
}

#[test]
fn a_board_has_one_encoding_on_every_machine() {
    let board = fold(&recorded(&tests::made_up::one_day(12, 7)));
    expect_test::expect!["724ba4426ece5a320415d1a147af31acc0453d19ecde4876b0c05749e64cac2e"].assert_eq(&digest(&board));
}
