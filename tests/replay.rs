//! Time travel: the screen behind any moment can be put back.

use console::clock::Clock;
use console::log::EventLog;
use console::log::memory::MemoryLog;
use console::playhead::{Mode, Playhead, PlayheadCommand};
use console::projector::Replay;
use console::snapshots::digest;
use console::verbs::{ConversationQuestion, LiveQuestion, Nothing};
use events::conversation::Enqueued;
use events::{Moment, NewEvent};
use expect_test::{Expect, expect, expect_file};
use projections::live::Range;
use projections::{Board, Projection};
use proptest::prelude::*;
use tests::made_up::{EVENING, Log, MORNING, config, day, fact, one_day, recorded};
use tests::place::Place;

/// The board of what had occurred by a moment, folded in that order from nothing.
fn naive(facts: &[NewEvent], until: Moment) -> Board {
    let mut facts = recorded(facts);
    facts.retain(|fact| fact.occurred_at <= until);
    facts.sort_by_key(|fact| (fact.occurred_at, fact.position));
    let mut board = Board::default();
    facts.iter().for_each(|fact| board.evolve(fact));
    board
}

fn run<R>(future: impl Future<Output = R>) -> R {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

async fn log_of(facts: &[NewEvent]) -> MemoryLog {
    let log = MemoryLog::new(Clock::chosen(EVENING));
    log.ingest(facts.to_vec(), |_ingested| Vec::new()).await.expect("memory takes facts");
    log
}

fn at(secs: i64) -> Moment {
    MORNING.plus_secs(secs)
}

proptest! {
    #![proptest_config(config(32))]

    #[test]
    fn a_replay_shows_what_had_occurred_wherever_it_came_from(Log(facts) in day(16), stops in prop::collection::vec(-800..40_000_i64, 1..8)) {
        run(async {
            let log = log_of(&facts).await;
            let mut replay = Replay::default();
            for secs in stops {
                let board = replay.seek(&log, at(secs), None).await.expect("memory can be read");
                prop_assert_eq!(digest(board), digest(&naive(&facts, at(secs))), "at {}", secs);
            }
            Ok(())
        })?;
    }

    #[test]
    fn late_facts_are_taken_in_where_they_belong(Log(facts) in day(16), cuts in prop::collection::vec((0.0..1.0_f64, -800..40_000_i64), 1..6)) {
        run(async {
            let log = MemoryLog::new(Clock::chosen(EVENING));
            let (mut replay, mut n) = (Replay::default(), 0);
            for (share, secs) in cuts {
                let until = n + ((facts.len() - n) as f64 * share) as usize;
                let late = facts[n..until].iter().map(|fact| fact.occurred_at).min();
                log.ingest(facts[n..until].to_vec(), |_ingested| Vec::new()).await.expect("memory takes facts");
                n = until;
                let board = replay.seek(&log, at(secs), late).await.expect("memory can be read");
                prop_assert_eq!(digest(board), digest(&naive(&facts[..n], at(secs))), "{} facts at {}", n, secs);
            }
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn stations_along_a_long_replay_change_nothing() {
    let waits = |nth: u64| {
        fact(
            "conversation",
            &format!("w{}", nth % 977),
            nth,
            at((nth * 7_919 % 80_000) as i64),
            Enqueued { queue: "x".to_owned() },
        )
    };
    let facts: Vec<NewEvent> = (0..45_000).map(waits).collect();
    let log = log_of(&facts).await;
    let mut replay = Replay::default();
    for secs in [79_999, 10, 79_000, 40_000, 39_999, 70_000, 0, 80_000] {
        let board = replay.seek(&log, at(secs), None).await.expect("memory can be read");
        assert_eq!(digest(board), digest(&naive(&facts, at(secs))), "at {secs}");
    }
    let late = fact("conversation", "late", 0, at(30_000), Enqueued { queue: "x".to_owned() });
    log.ingest(vec![late.clone()], |_ingested| Vec::new()).await.expect("memory takes facts");
    let facts = [facts, vec![late]].concat();
    for (secs, late) in [(60_000, Some(at(30_000))), (29_000, None), (31_000, None), (80_000, None)] {
        let board = replay.seek(&log, at(secs), late).await.expect("memory can be read");
        assert_eq!(digest(board), digest(&naive(&facts, at(secs))), "at {secs}, a fact late");
    }
}

#[derive(Clone, Copy)]
enum Step {
    Live,
    Play(u32),
    Pause,
    Jump(i64),
    Wait(i64),
}

/// A playhead over a log of a thousand seconds, told after each step.
#[track_caller]
fn check(steps: &[Step], want: Expect) {
    let (mut playhead, mut now, first, last) = (Playhead::default(), EVENING, at(0), at(1_000));
    let told = steps.iter().map(|step| {
        match *step {
            Step::Live => playhead.obey(PlayheadCommand::Live, now, first, last),
            Step::Play(speed) => playhead.obey(PlayheadCommand::Play { speed }, now, first, last),
            Step::Pause => playhead.obey(PlayheadCommand::Pause, now, first, last),
            Step::Jump(secs) => playhead.obey(PlayheadCommand::Jump { at: at(secs) }, now, first, last),
            Step::Wait(secs) => now = now.plus_secs(secs),
        }
        let view = playhead.view(now, last);
        let place = view.at.map_or_else(|| "the end".to_owned(), |at| (at.micros_since(MORNING) / 1_000_000).to_string());
        format!("{:?} {place} x{}", view.mode, view.speed)
    });
    want.assert_eq(&told.collect::<Vec<_>>().join(", "));
}

#[test]
fn the_playhead_plays_from_where_it_stands() {
    check(
        &[Step::Wait(9), Step::Play(60), Step::Wait(5), Step::Pause, Step::Wait(60), Step::Play(10), Step::Wait(2)],
        expect![
            "Live the end x60, Playing 0 x60, Playing 300 x60, Paused 300 x60, Paused 300 x60, Playing 300 x10, Playing 320 x10"
        ],
    );
}

#[test]
fn the_playhead_changes_its_speed_on_the_way() {
    check(
        &[Step::Play(1), Step::Wait(10), Step::Play(100), Step::Wait(1), Step::Play(0), Step::Play(9_999)],
        expect!["Playing 0 x1, Playing 10 x1, Playing 10 x100, Playing 110 x100, Playing 110 x1, Playing 110 x3600"],
    );
}

#[test]
fn the_playhead_stops_at_the_end_and_begins_again() {
    check(
        &[Step::Play(3600), Step::Wait(1), Step::Wait(5), Step::Play(10), Step::Wait(1)],
        expect!["Playing 0 x3600, Paused 1000 x3600, Paused 1000 x3600, Playing 0 x10, Playing 10 x10"],
    );
}

#[test]
fn the_playhead_jumps_and_goes_on_as_before() {
    check(
        &[
            Step::Jump(500),
            Step::Wait(9),
            Step::Play(10),
            Step::Wait(1),
            Step::Jump(200),
            Step::Wait(1),
            Step::Pause,
            Step::Jump(300),
        ],
        expect![
            "Paused 500 x60, Paused 500 x60, Playing 500 x10, Playing 510 x10, Playing 200 x10, Playing 210 x10, Paused 210 x10, Paused 300 x10"
        ],
    );
}

#[test]
fn the_playhead_stays_inside_the_log() {
    check(
        &[Step::Jump(-50), Step::Jump(5_000), Step::Live, Step::Pause, Step::Live],
        expect!["Paused 0 x60, Paused 1000 x60, Live the end x60, Paused 1000 x60, Live the end x60"],
    );
}

#[test]
fn a_clock_that_goes_back_does_not_turn_a_replay_round() {
    check(
        &[Step::Play(10), Step::Wait(10), Step::Pause, Step::Play(10), Step::Wait(-500), Step::Wait(505)],
        expect!["Playing 0 x10, Playing 100 x10, Paused 100 x10, Playing 100 x10, Playing 100 x10, Playing 150 x10"],
    );
}

#[tokio::test]
async fn the_screens_of_a_replay_are_those_of_its_moment() {
    let place = Place::default();
    let facts = one_day(40, 3);
    let desk = place.desk(facts.clone()).await;
    let jump = |secs: i64| desk.playhead(PlayheadCommand::Jump { at: at(secs) });
    for secs in [20_000, 5_000, 30_000, 5_000] {
        let view = jump(secs).await.expect("the playhead obeys");
        assert_eq!((view.mode, view.at), (Mode::Paused, Some(at(secs))));
        let status = desk.status(Nothing {}).await.expect("a status");
        let board = naive(&facts, at(secs));
        assert_eq!((status.as_of, status.position, status.head), (at(secs), board.n_facts, facts.len() as u64));
        let live = desk.live(LiveQuestion { range: Range::All, ..LiveQuestion::default() }).await.expect("a live screen");
        assert_eq!((live.position, live.as_of), (board.n_facts, at(secs)));
        for (id, conversation) in &board.conversations.by_id {
            let view = desk.conversation(ConversationQuestion { id: id.clone() }).await.expect("it had begun");
            assert_eq!(view.trail.len() as u32, conversation.n_facts);
            assert!(view.trail.iter().all(|event| event.occurred_at <= at(secs)));
        }
    }
    jump(-10_000).await.expect("the playhead obeys");
    let last = desk.conversation(ConversationQuestion { id: "m7".to_owned() }).await;
    assert!(last.is_err(), "it had not begun");
}

#[tokio::test]
async fn a_fact_recorded_while_the_past_is_shown_appears_in_it() {
    let place = Place::default();
    let desk = place.desk(one_day(10, 3)).await;
    desk.playhead(PlayheadCommand::Jump { at: at(30_000) }).await.expect("the playhead obeys");
    let before = desk.status(Nothing {}).await.expect("a status").position;
    let late = |nth, secs| fact("conversation", "late", nth, at(secs), Enqueued { queue: "售后".to_owned() });
    desk.log().ingest(vec![late(0, 15_000), late(1, 35_000)], |_ingested| Vec::new()).await.expect("taken");
    desk.caught_up().await;
    let status = desk.status(Nothing {}).await.expect("a status");
    assert_eq!((status.position, status.as_of), (before + 1, at(30_000)));
    desk.conversation(ConversationQuestion { id: "late".to_owned() }).await.expect("it had begun");
}

#[tokio::test]
async fn a_playing_replay_follows_the_clock_it_is_given() {
    let place = Place::default();
    let log = place.log().await;
    log.ingest(one_day(10, 3), |_ingested| Vec::new()).await.expect("taken");
    let clock = Clock::chosen(EVENING);
    let desk = console::desk::Desk::open(log, clock.clone()).await.expect("a desk opens");
    desk.playhead(PlayheadCommand::Jump { at: at(1_000) }).await.expect("the playhead obeys");
    desk.playhead(PlayheadCommand::Play { speed: 300 }).await.expect("the playhead obeys");
    clock.set(EVENING.plus_secs(20));
    assert_eq!(desk.status(Nothing {}).await.expect("a status").as_of, at(7_000));
    desk.playhead(PlayheadCommand::Live).await.expect("the playhead obeys");
    let status = desk.status(Nothing {}).await.expect("a status");
    assert_eq!((status.playhead.at, status.position), (None, status.head));
}

#[tokio::test]
async fn the_live_screen_at_half_past_one_is_this() {
    let place = Place::default();
    let desk = place.desk(one_day(12, 5)).await;
    desk.playhead(PlayheadCommand::Jump { at: at(16_200) }).await.expect("the playhead obeys");
    let mut view = desk.live(LiveQuestion::default()).await.expect("a live screen");
    // Enough to see their shape; `evidence` checks every one.
    view.half_hours.truncate(1);
    view.agents.truncate(1);
    let mut text = serde_json::to_string_pretty(&view).expect("views are JSON");
    text.push('\n');
    expect_file!["snapshots/live_at_half_past_one.json"].assert_eq(&text);
}
