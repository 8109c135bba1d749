//! The desk verifies behind its screens and says how far.

use console::desk::Desk;
use console::verbs::{Nothing, Verification};
use console::verification::Finding;
use events::Position;
use tests::file::{UNGUARDED, sql};
use tests::made_up::one_day;
use tests::place::{Place, close};

/// Asks until the answer fits; each turn lets the background go on.
async fn until(desk: &Desk, fits: impl Fn(&Verification) -> bool) -> Verification {
    loop {
        let answer = desk.verification(Nothing {}).await.expect("an answer");
        if fits(&answer) {
            return answer;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_says_how_far_the_log_is_verified() {
    let place = Place::default();
    let desk = place.desk(one_day(20, 1)).await;
    let head = desk.status(Nothing {}).await.expect("a status").head;
    desk.log().checkpoint().await.expect("it is signed");
    let answer = until(&desk, |answer| answer.report.verified_to == head).await;
    assert_eq!((answer.signed_to, answer.problem, answer.report.findings), (head, None, vec![]));
    assert!(answer.checkpoint.is_some_and(|note| note.starts_with(&answer.report.origin.expect("a name"))));
    let verified = desk.status(Nothing {}).await.expect("a status").verified.expect("it was verified");
    assert_eq!((verified.to, verified.n_findings), (head, 0));
    // Only what is new is verified then.
    desk.log().checkpoint().await.expect("nothing new is no error");
    console::log::EventLog::ingest(desk.log(), one_day(60, 1), |_ingested| Vec::new()).await.expect("taken");
    desk.log().checkpoint().await.expect("it is signed");
    let now = desk.status(Nothing {}).await.expect("a status").head;
    assert!(head < now);
    until(&desk, |answer| answer.report.verified_to == now).await;
    close(desk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_behind_the_desk_is_shown_with_the_figures_that_rest_on_it() {
    let place = Place::default();
    let desk = place.desk(one_day(30, 1)).await;
    close(desk).await;
    sql(&place.log_path(), &format!("{UNGUARDED} UPDATE event SET occurred_us = occurred_us + 1 WHERE position = 40"))
        .await
        .expect("the guards are gone");
    let desk = place.desk(Vec::new()).await;
    let answer = until(&desk, |answer| answer.verified_at.is_some()).await;
    assert_eq!(answer.report.findings, [Finding::RecordChanged { position: Position(40) }]);
    assert!(!answer.report.rests_on_unverified.is_empty(), "figures rest on it: {:?}", answer.report.unverified);
    assert_eq!(desk.status(Nothing {}).await.expect("a status").verified.map(|verified| verified.n_findings), Some(1));
    desk.verify(Nothing {}).await.expect("it begins again");
    let again = until(&desk, |answer| answer.running.is_none()).await;
    assert_eq!(again.report.first_bad, Some(Position(40)), "and finds the same");
    close(desk).await;
}
