//! Text is shown as it is only after that was recorded, for a while, and never when it cannot be recorded.

use std::sync::Arc;

use console::clock::Clock;
use console::desk::Desk;
use console::log::sqlite::SqliteLog;
use console::log::{EventLog, Showing};
use console::verbs::{EventQuestion, WindowError};
use events::conversation::MessageReceived;
use events::{Command, Intent, NewEvent, Personal, Position, Receipt, unmasking};
use tests::made_up::{self, EVENING, MORNING, fact};
use tests::place::{Place, all, close};
use tests::program::run;

const WORDS: &str = "我是王小明，电话13800138000";

fn said_by(customer: &str, nth: u64) -> NewEvent {
    let texts = [("text".to_owned(), WORDS.to_owned())].into();
    NewEvent {
        personal: Some(Personal { subject: Some(customer.to_owned()), texts }),
        ..fact("conversation", "said", nth, MORNING, MessageReceived { n_chars: 18 })
    }
}

async fn opened(place: &Place, facts: Vec<NewEvent>) -> (Arc<Desk>, Clock) {
    let clock = Clock::chosen(EVENING);
    let log = SqliteLog::open(&place.log_path(), clock.clone()).await.expect("a log can be made");
    log.ingest(facts, |_ingested| Vec::new()).await.expect("taken");
    (Desk::open(log, clock.clone()).await.expect("a desk opens"), clock)
}

fn wish(id: &str, customer: Option<String>, reason: &str, secs: u32) -> Intent {
    let (unmasking, reason) = (format!("u-{id}"), reason.to_owned());
    let command = unmasking::Command::Grant { unmasking, customer, reason, ticket: Some("T-7".to_owned()), secs, at: EVENING };
    Intent { id: id.to_owned(), actor: "person:ann".to_owned(), at: EVENING, seen: 0, command: Command::Unmasking(command) }
}

async fn text(desk: &Desk, position: u64) -> (Option<Showing>, String) {
    let row = desk.event(EventQuestion { position: Position(position) }).await.expect("it is there");
    (row.showing, row.personal["text"].clone())
}

#[tokio::test]
async fn text_is_shown_as_it_is_from_its_record_on_until_its_end() {
    let place = Place::default();
    let (one, other) = (made_up::customer(1), made_up::customer(2));
    let (desk, clock) = opened(&place, vec![said_by(&one, 0), said_by(&other, 1)]).await;
    let masked = text(&desk, 0).await;
    assert!(masked.0 == Some(Showing::Masked) && !masked.1.contains("13800138000"), "{masked:?}");
    let receipt = desk.ask(wish("i1", Some(one.clone()), "call back 13800138000", 600)).await.expect("granted");
    assert_eq!(receipt, Receipt { position: Some(Position(2)) });
    assert_eq!(text(&desk, 0).await, (Some(Showing::Unmasked), WORDS.to_owned()));
    assert_eq!(text(&desk, 1).await.0, Some(Showing::Masked), "for one customer is for no other");
    let recorded = all(desk.log()).await.pop().expect("it is the last fact");
    let data = String::from_utf8_lossy(&recorded.payload.data).into_owned();
    assert!(data.contains(&one) && data.contains("call back") && !data.contains("13800138000"), "who, why, masked: {data}");
    assert_eq!(recorded.fact.meta.actor.as_deref(), Some("person:ann"));
    clock.set(EVENING.plus_secs(599));
    assert_eq!(text(&desk, 0).await.0, Some(Showing::Unmasked));
    clock.set(EVENING.plus_secs(600));
    assert_eq!(text(&desk, 0).await, masked, "the time is over");
}

#[tokio::test]
async fn an_unmasking_ended_early_is_over() {
    let place = Place::default();
    let (desk, clock) = opened(&place, vec![said_by(&made_up::customer(1), 0)]).await;
    desk.ask(wish("i1", None, "an audit", 600)).await.expect("granted");
    assert_eq!(text(&desk, 0).await.0, Some(Showing::Unmasked));
    clock.set(EVENING.plus_secs(60));
    let end = unmasking::Command::End { unmasking: "u-i1".to_owned() };
    let end = |id: &str| Intent {
        id: id.to_owned(),
        at: EVENING.plus_secs(60),
        command: Command::Unmasking(end.clone()),
        ..wish("x", None, "x", 1)
    };
    desk.ask(end("i2")).await.expect("ended");
    assert_eq!(text(&desk, 0).await.0, Some(Showing::Masked));
    assert!(matches!(desk.ask(end("i3")).await, Err(WindowError::Rejected { .. })), "there is nothing more to end");
}

#[tokio::test]
async fn without_a_reason_or_for_too_long_nothing_is_shown() {
    let place = Place::default();
    let (desk, _clock) = opened(&place, vec![said_by(&made_up::customer(1), 0)]).await;
    for (reason, secs) in [("", 60), ("   ", 60), ("a reason", 0), ("a reason", 8 * 3600 + 1)] {
        let refused = desk.ask(wish(&format!("{reason}{secs}"), None, reason, secs)).await;
        assert!(matches!(refused, Err(WindowError::Rejected { .. })), "{reason:?} {secs}: {refused:?}");
        assert_eq!(text(&desk, 0).await.0, Some(Showing::Masked));
    }
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_shown() {
    let place = Place::default();
    let (desk, _clock) = opened(&place, vec![said_by(&made_up::customer(1), 0)]).await;
    let busy = run(&place.log_path(), &["unmask", &made_up::customer(1), "--reason", "while another writes", "--json"]);
    assert!(busy.code == 3 && !busy.out.contains("王小明"), "{busy:?}");
    let plain = run(&place.log_path(), &["export", "--personal", "plain", "--reason", "while another writes"]);
    assert!(plain.code == 3 && plain.out.is_empty(), "{plain:?}");
    assert_eq!(run(&place.log_path(), &["export", "--personal", "plain"]).code, 2, "an export of plain text has a reason");
    close(desk).await;
    // A log that may only be read: the desk on it shows, and records nothing.
    let log = SqliteLog::open_to_read(&place.log_path()).await.expect("it can be read");
    let desk = Desk::open(log, Clock::chosen(EVENING)).await.expect("a desk opens");
    assert!(desk.ask(wish("i9", None, "a reason", 600)).await.is_err());
    assert_eq!(text(&desk, 0).await.0, Some(Showing::Masked));
    close(desk).await;
    // Where no file may grow, the append fails, and so does the showing.
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "ulimit -f 1; exec \"$@\"", "sh"]).arg(tests::program::program()).arg("--log").arg(place.log_path());
    shell.args(["unmask", &made_up::customer(1), "--reason", "on a full disk", "--json"]);
    let said: tests::program::Said = shell.output().expect("a shell").into();
    assert!(said.code != 0 && !said.out.contains("王小明") && !said.error.contains("王小明"), "{said:?}");
}

#[tokio::test]
async fn an_export_of_plain_text_is_recorded_before_it() {
    let place = Place::default();
    let (desk, _clock) = opened(&place, vec![said_by(&made_up::customer(1), 0)]).await;
    close(desk).await;
    let said = run(&place.log_path(), &["export", "--personal", "plain", "--reason", "handed to the court", "--ticket", "T-9"]);
    assert_eq!(said.code, 0, "{said:?}");
    let lines: Vec<&str> = said.out.lines().collect();
    assert!(lines[0].contains("王小明"), "{lines:?}");
    assert!(lines[1].contains("unmasking.granted") && lines[1].contains("handed to the court"), "{lines:?}");
}
