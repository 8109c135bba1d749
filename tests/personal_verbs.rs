//! What the window is told and may ask about personal text: who sees it, how it may be used, and that it is forgotten.

use console::clock::Clock;
use console::desk::Desk;
use console::keys::custody::Keeper;
use console::log::sqlite::SqliteLog;
use console::log::{EventLog, Showing};
use console::verbs::{ConversationQuestion, EventQuestion, ForgetQuestion, Nothing, WindowError};
use events::conversation::{Channel, Direction, MessageReceived, Started};
use events::customer::Standing;
use events::{Command, Intent, NewEvent, Personal, Position, customer, unmasking};
use tests::made_up::{self, EVENING, MORNING, fact};
use tests::place::Place;

const WORDS: &str = "我是王小明，電話13800138000";

/// A conversation of a customer who says something, and one of another who names them.
fn said_by(customer: &str) -> Vec<NewEvent> {
    let started = Started {
        channel: Channel::Chat,
        direction: Direction::Inbound,
        topic: None,
        priority: None,
        customer: Some(customer.to_owned()),
        language: None,
        entry: None,
        attributes: std::collections::BTreeMap::new(),
    };
    let texts = [("text".to_owned(), WORDS.to_owned())].into();
    let message = NewEvent {
        personal: Some(Personal { subject: Some(customer.to_owned()), texts }),
        ..fact("conversation", "said", 1, MORNING, MessageReceived { n_chars: 18 })
    };
    vec![fact("conversation", "said", 0, MORNING, started), message]
}

fn wish(id: &str, command: Command) -> Intent {
    Intent { id: id.to_owned(), actor: "person:ann".to_owned(), at: EVENING, seen: 0, command }
}

fn forget(id: &str, customer: &str) -> ForgetQuestion {
    let (actor, reason) = ("person:ann".to_owned(), "asked for by mail".to_owned());
    ForgetQuestion { id: id.to_owned(), actor, customer: customer.to_owned(), reason }
}

async fn standing(desk: &Desk) -> Option<Standing> {
    desk.conversation(ConversationQuestion { id: "said".to_owned() }).await.expect("it is known").standing
}

#[tokio::test]
async fn the_status_names_every_unmasking_until_it_is_over() {
    let place = Place::default();
    let clock = Clock::chosen(EVENING);
    let log = SqliteLog::open(&place.log_path(), clock.clone()).await.expect("a log can be made");
    let customer = made_up::customer(1);
    log.ingest(said_by(&customer), |_ingested| Vec::new()).await.expect("taken");
    let desk = Desk::open(log, clock.clone()).await.expect("a desk opens");
    let status = desk.status(Nothing {}).await.expect("a status");
    assert!(status.unmaskings.is_empty() && status.now == EVENING && status.actor.starts_with("person:"), "{status:?}");
    assert!(matches!(status.keeper, Some(Keeper::File | Keeper::Keyring | Keeper::Passphrase)), "{status:?}");
    let grant = |id: &str, secs| unmasking::Command::Grant {
        unmasking: id.to_owned(),
        customer: Some(customer.clone()),
        reason: "a complaint".to_owned(),
        ticket: None,
        secs,
        at: EVENING,
    };
    desk.ask(wish("i1", Command::Unmasking(grant("u1", 60)))).await.expect("granted");
    desk.ask(wish("i2", Command::Unmasking(grant("u2", 600)))).await.expect("granted");
    let named = async || {
        let active = desk.status(Nothing {}).await.expect("a status").unmaskings;
        active.into_iter().map(|one| (one.id, one.customer, one.reason, one.until, one.actor)).collect::<Vec<_>>()
    };
    let told = |id: &str, secs| {
        (id.to_owned(), Some(customer.clone()), "a complaint".to_owned(), EVENING.plus_secs(secs), Some("person:ann".to_owned()))
    };
    assert_eq!(named().await, [told("u1", 60), told("u2", 600)]);
    clock.set(EVENING.plus_secs(60));
    assert_eq!(named().await, [told("u2", 600)], "its time is over");
    let (named_one, reason) = (customer.clone(), "under dispute".to_owned());
    let restrict = customer::Command::Restrict { customer: named_one, reason: reason.clone() };
    desk.ask(wish("i4", Command::Customer(restrict))).await.expect("restricted");
    assert_eq!(named().await, [], "nothing is shown of a restricted customer");
    let release = customer::Command::Release { customer: customer.clone(), reason };
    desk.ask(wish("i5", Command::Customer(release))).await.expect("released");
    assert_eq!(named().await, [told("u2", 600)]);
    let end = Command::Unmasking(unmasking::Command::End { unmasking: "u2".to_owned() });
    desk.ask(Intent { at: EVENING.plus_secs(60), ..wish("i3", end) }).await.expect("ended");
    assert_eq!(named().await, [], "it was ended");
}

#[tokio::test]
async fn a_conversation_says_how_its_customers_texts_may_be_used_now() {
    let place = Place::default();
    let customer = made_up::customer(1);
    let desk = place.desk(said_by(&customer)).await;
    assert_eq!(standing(&desk).await, Some(Standing::Active));
    let (reason, named) = ("under dispute".to_owned(), customer.clone());
    let restrict = customer::Command::Restrict { customer: named, reason };
    desk.ask(wish("i1", Command::Customer(restrict))).await.expect("restricted");
    assert_eq!(standing(&desk).await, Some(Standing::Restricted));
    let row = desk.event(EventQuestion { position: Position(1) }).await.expect("it is there");
    assert!(row.showing == Some(Showing::Restricted) && row.personal.is_empty(), "{row:?}");
    let release = customer::Command::Release { customer: customer.clone(), reason: "settled".to_owned() };
    desk.ask(wish("i2", Command::Customer(release))).await.expect("released");
    assert_eq!(standing(&desk).await, Some(Standing::Active));
    desk.forget(forget("i3", &customer)).await.expect("forgotten");
    assert_eq!(standing(&desk).await, Some(Standing::Erased));
}

#[tokio::test]
async fn the_window_forgets_a_customer_and_is_told_what_is_left() {
    let place = Place::default();
    let customer = made_up::customer(1);
    let desk = place.desk(said_by(&customer)).await;
    let erasure = desk.forget(forget("i1", &customer)).await.expect("forgotten");
    assert_eq!((erasure.n_texts, erasure.hits.as_slice()), (1, [].as_slice()), "{erasure:?}");
    assert!(0 < erasure.n_files && 0 < erasure.n_needles, "it was searched for: {erasure:?}");
    let row = desk.event(EventQuestion { position: Position(1) }).await.expect("it is there");
    assert!(row.showing == Some(Showing::Erased) && row.personal.is_empty(), "{row:?}");
    let head = *desk.log().head().borrow();
    desk.forget(forget("i1", &customer)).await.expect("the same wish twice");
    desk.forget(forget("i2", &customer)).await.expect("and another that says the same");
    assert_eq!(*desk.log().head().borrow(), head, "are recorded once");
    let unknown = desk.forget(forget("i3", &made_up::customer(9))).await;
    assert!(matches!(unknown, Err(WindowError::Unknown { .. })), "{unknown:?}");
    let silent = desk.forget(ForgetQuestion { reason: " ".to_owned(), ..forget("i4", &customer) }).await;
    assert!(matches!(silent, Err(WindowError::Rejected { .. })), "without a reason nothing is forgotten: {silent:?}");
}
