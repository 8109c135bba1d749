//! Zendesk: audits, incremental exports, metric events and ratings of the same ticket are the same facts, told twice.

use console::clock::Clock;
use console::keys::Pseudonyms;
use console::log::memory::MemoryLog;
use console::snapshots::content_digest;
use console::sources::SourceKind::Zendesk;
use expect_test::expect;
use projections::claim::of_conversation;
use proptest::prelude::*;
use serde_json::{Value, json};
use tests::made_up::{EVENING, config};
use tests::place::{all, folded};
use tests::vendors::{Told, board, delivered, fixture, kept, leaked, lines, read, told, told_once};

const ID: &str = "zendesk.77";
const NAMES: [&str; 7] =
    ["audits.json", "ticket_events.json", "tickets.json", "metric_events.json", "metrics.json", "ratings.json", "channels.jsonl"];

fn of(name: &str) -> String {
    fixture(&format!("zendesk/{name}"))
}

fn everything() -> String {
    NAMES.map(of).join("\n")
}

/// The first audit with something else in it.
fn with(change: impl FnOnce(&mut Value)) -> String {
    let mut audits: Value = serde_json::from_str(&of("audits.json")).expect("JSON");
    let mut audit = audits["audits"][0].take();
    change(&mut audit);
    audit.to_string()
}

#[test]
fn audits_tell_the_ticket_and_the_conversation() {
    let told = told(Zendesk, of("audits.json"));
    expect![[r#"
        10:00:00 conversation.started* {"channel":"email","direction":"inbound","customer":"c-df980ec011e8d13778a595b787e34df4"}
        10:00:00 ticket.revised* {"sequence":9001,"partial":true,"status":"new","team":"zendesk.30","channel":"email","customer":"c-df980ec011e8d13778a595b787e34df4","opened_at":1714557600000000}
        10:00:00 conversation.enqueued {"queue":"zendesk.30"}
        10:00:00 conversation.message_received* {"n_chars":6}
        10:02:00 ticket.revised {"sequence":9002,"partial":true,"status":"open","agent":"zendesk.610"}
        10:02:00 conversation.assigned {"agent":"zendesk.610"}
        10:10:00 ticket.revised {"sequence":9003,"partial":true,"status":"pending"}
        10:10:00 conversation.message_sent* {"by":"agent","n_chars":7}
        10:20:00 ticket.revised {"sequence":9004,"partial":true,"status":"open"}
        10:20:00 conversation.message_received* {"n_chars":7}
        10:30:00 ticket.revised {"sequence":9005,"partial":true,"team":"zendesk.31","agent":"zendesk.611"}
        10:30:00 conversation.transferred {"to_queue":"zendesk.31","to_agent":"zendesk.611"}
        10:30:00 conversation.enqueued {"queue":"zendesk.31"}
        10:30:00 conversation.assigned {"agent":"zendesk.611"}
        10:40:00 ticket.revised {"sequence":9006,"partial":true,"status":"solved"}
        10:40:00 conversation.resolved {}
        10:40:00 conversation.ended {}
        10:40:00 conversation.message_sent* {"by":"agent","n_chars":3}
        10:50:00 conversation.survey_answered* {"score":2,"score_max":2}
        11:00:00 ticket.revised {"sequence":9008,"partial":true,"status":"open"}
        11:00:00 conversation.enqueued {"queue":"zendesk.31"}
        11:00:00 conversation.assigned {"agent":"zendesk.611"}
        11:00:00 conversation.message_received* {"n_chars":3}
        11:10:00 ticket.revised {"sequence":9009,"partial":true,"status":"solved"}
        11:10:00 conversation.resolved {}
        11:10:00 conversation.ended {}
        11:10:00 conversation.offered {"agent":"zendesk.612"}"#]].assert_eq(&lines(&told.facts));
    expect![[r#"{"private_note": 1, "redacted_in_source": 1, "unknown_event": 1} []"#]]
        .assert_eq(&format!("{:?} {:?}", told.mended, told.refused));
    assert_eq!(leaked(&told.facts, &["xiaoming", "王小明", "发票", "4711", "\"501\"", "多谢"]).len(), 0);
}

#[test]
fn an_undocumented_event_is_passed_over_and_a_redaction_is_told() {
    let told = told(Zendesk, of("audits.json"));
    assert_eq!((told.mended["unknown_event"], told.mended["redacted_in_source"], told.refused.len()), (1, 1, 0));
    assert_eq!(told.mended["private_note"], 1);
}

#[tokio::test]
async fn the_incremental_export_and_the_audits_are_the_same_facts() {
    let log = MemoryLog::new(Clock::chosen(EVENING));
    let first = read(&log, "audits.json", of("audits.json")).await;
    let before = content_digest(&folded(&log).await);
    let report = read(&log, "ticket_events.json", of("ticket_events.json")).await;
    assert_eq!((report.n_events_written, report.refused.len()), (0, 0), "{report:?}");
    assert_eq!(report.n_already_present, first.n_events_written);
    assert_eq!(content_digest(&folded(&log).await), before);
}

#[tokio::test]
async fn importing_twice_adds_nothing() {
    let log = MemoryLog::new(Clock::chosen(EVENING));
    let report = read(&log, "audits.json", everything()).await;
    assert_eq!(report.refused.len(), 0, "{report:?}");
    let n = all(&log).await.iter().filter(|stored| stored.fact.stream.noun() != "import").count();
    let report = read(&log, "again.json", format!("\n{}", everything())).await;
    assert_eq!((report.n_events_written, report.refused.len()), (0, 0), "{report:?}");
    assert_eq!(all(&log).await.iter().filter(|stored| stored.fact.stream.noun() != "import").count(), n);
}

#[test]
fn a_revision_that_tells_only_what_changed_leaves_the_rest_as_it_was() {
    let board = board(&told(Zendesk, of("audits.json")).facts);
    let ticket = &board.tickets.by_id[ID];
    let text = |name| board.tickets.names.text(name).to_owned();
    let changes = |facet: fn(&projections::ticket::Revision) -> Option<projections::names::Name>| {
        ticket.changes(facet).map(|(from, to)| format!("{} > {}", text(from), text(to))).collect::<Vec<_>>()
    };
    expect!["new > open, open > pending, pending > open, open > solved, solved > open, open > solved"]
        .assert_eq(&changes(|revision| revision.status).join(", "));
    assert_eq!(changes(|revision| revision.team), ["zendesk.30 > zendesk.31"]);
    assert_eq!(changes(|revision| revision.agent), ["zendesk.610 > zendesk.611"]);
}

#[test]
fn an_author_is_the_customer_where_the_record_says_so_and_else_the_desk() {
    let board = board(&told(Zendesk, everything()).facts);
    let conversation = &board.conversations.by_id[ID];
    assert_eq!((conversation.n_received, conversation.n_sent), (3, 2));
    assert_eq!(conversation.rating.map(|(score, best, _)| (score, best)), Some((2, 2)));
}

#[test]
fn chats_and_calls_are_told_by_their_own_times() {
    let told = told(Zendesk, of("channels.jsonl"));
    expect![[r#"
        10:00:00 conversation.started {"channel":"chat","direction":"inbound","customer":"c-874d10057d850a8449a5efdd5ae108df"}
        10:00:00 ticket.revised* {"sequence":9101,"partial":true,"status":"new","channel":"chat","customer":"c-874d10057d850a8449a5efdd5ae108df","opened_at":1714557600000000}
        10:00:02 conversation.message_received* {"n_chars":2}
        10:00:22 conversation.message_sent* {"by":"agent","n_chars":2}
        10:00:50 conversation.figure_claimed {"metric":"call_duration","value":48.0,"unit":"secs","from":1714557600000000,"agent":"zendesk.610"}
        10:00:50 conversation.message_sent* {"by":"agent","n_chars":1}"#]].assert_eq(&lines(&told.facts));
    expect![[r#"{"sealed_by_conversation": 1, "time_not_believable": 1} []"#]]
        .assert_eq(&format!("{:?} {:?}", told.mended, told.refused));
}

#[test]
fn what_zendesk_measured_is_held_against_the_facts() {
    let board = board(&told(Zendesk, everything()).facts);
    let row = |row: projections::claim::ClaimRow| {
        let hours = if row.in_business_hours { " in business hours" } else { "" };
        format!("{}{hours}: {:?} {:?} {:?} {:?}", row.metric, row.claimed, row.ours, row.agrees, row.doubt)
    };
    let rows: Vec<String> = of_conversation(&board, ID).into_iter().map(row).collect();
    expect![[r#"
        reply_time.activate: None None None Some(MomentOnly)
        reply_time.apply_sla: Some(5.0) None None Some(NoReading)
        reply_time.breach: None None None Some(MomentOnly)
        reply_time.fulfill: Some(10.0) Some(10.0) Some(true) None
        reply_time.update_status: Some(10.0) Some(10.0) Some(true) None
        reply_time.update_status in business hours: Some(4.0) None None Some(BusinessHours)
        requester_wait_time.pause: None None None Some(MomentOnly)
        requester_wait_time.activate: None None None Some(MomentOnly)
        agent_wait_time_in_minutes: Some(10.0) Some(10.0) Some(true) None
        assignee_stations: Some(2.0) Some(2.0) Some(true) None
        first_resolution_time_in_minutes: Some(40.0) Some(40.0) Some(true) None
        first_resolution_time_in_minutes in business hours: Some(20.0) None None Some(BusinessHours)
        full_resolution_time_in_minutes: Some(99.0) Some(70.0) Some(false) None
        full_resolution_time_in_minutes in business hours: Some(40.0) None None Some(BusinessHours)
        group_stations: Some(2.0) Some(2.0) Some(true) None
        on_hold_time_in_minutes: Some(0.0) Some(0.0) Some(true) None
        on_hold_time_in_minutes in business hours: Some(0.0) None None Some(BusinessHours)
        reopens: Some(1.0) Some(1.0) Some(true) None
        replies: Some(2.0) Some(2.0) Some(true) None
        reply_time_in_minutes: Some(10.0) Some(10.0) Some(true) None
        reply_time_in_minutes in business hours: Some(4.0) None None Some(BusinessHours)
        requester_wait_time_in_minutes: Some(40.0) Some(40.0) Some(true) None"#]]
    .assert_eq(&rows.join("\n"));
}

#[test]
fn what_is_wrong_in_a_record_is_mended_or_refused_by_name() {
    let all = [
        with(|it| it["created_at"] = json!("yesterday")),
        with(|it| it["created_at"] = Value::Null),
        with(|it| it["ticket_id"] = Value::Null),
        with(|it| it["id"] = json!({})),
        with(|it| it["events"] = json!("none")),
        with(|it| it["events"] = json!([{ "type": "Create", "field_name": "status", "value": "sublime" }])),
        with(|it| it["ticket_id"] = json!("7".repeat(300))),
        of("tickets.json").replace("2024-05-01T10:00:00Z", "2025-05-01T10:00:00Z"),
        of("ratings.json").replace("\"score\": \"good\"", "\"score\": 7"),
        "[1]".to_owned(),
        "{\"ticket_id\": 1}".to_owned(),
    ];
    let outcome = |text: String| {
        let told = told(Zendesk, text);
        format!("{:?} {:?}", told.refused, told.mended.keys().collect::<Vec<_>>())
    };
    expect![[r#"
        ["bad_time"] []
        ["time_missing"] []
        ["ticket_missing"] []
        ["audit_missing"] []
        [] []
        [] ["status_unknown"]
        ["bad_stream"] []
        [] ["created_after_update"]
        [] ["rating_out_of_scale"]
        ["not_an_object"] []
        ["unknown_record"] []"#]]
    .assert_eq(&all.map(outcome).join("\n"));
}

#[tokio::test]
async fn a_file_cut_off_or_of_years_to_come_is_counted_and_the_rest_is_read() {
    let log = MemoryLog::new(Clock::chosen(EVENING));
    let audits = of("audits.json").replace("2024-05-01T10:20:00Z", "2099-05-01T10:20:00Z");
    let cut: String = audits.chars().take(audits.chars().count() - 300).collect();
    let report = read(&log, "audits.json", cut).await;
    let refused: Vec<(&str, u64)> = report.refused.iter().map(|(reason, &n)| (reason.as_str(), n)).collect();
    assert_eq!(refused, [("cut_off", 1), ("time_in_future", 1)]);
    assert_eq!(folded(&log).await.tickets.by_id[ID].revisions.len(), 6);
}

/// Audits of one ticket: asked by 501, answered by 900, both by mail; asked again, and settled.
fn mails() -> [Value; 3] {
    let audit = |id: u32, time: &str, author: u32, address: &str, events: Value| {
        json!({ "id": id, "ticket_id": 35, "created_at": format!("2024-03-05T{time}Z"), "author_id": author, "events": events,
            "via": { "channel": "email", "source": { "from": { "address": address } } } })
    };
    let change = |name: &str, value: &str, before: Value| json!({ "id": 1, "type": "Change", "field_name": name, "value": value, "previous_value": before });
    let say = |id: u32, text: &str| json!({ "id": id, "type": "Comment", "plain_body": text, "public": true });
    let create = |name: &str, value: &str| json!({ "id": 1, "type": "Create", "field_name": name, "value": value });
    [
        audit(
            2001,
            "09:00:00",
            501,
            "bob@example.com",
            json!([say(1, "Refund please"), create("status", "new"), create("requester_id", "501"), create("group_id", "77")]),
        ),
        audit(
            2002,
            "09:10:00",
            900,
            "anna@example.org",
            json!([
                say(2, "Done, refunded"),
                change("status", "solved", json!("new")),
                change("assignee_id", "900", Value::Null)
            ]),
        ),
        audit(2003, "09:20:00", 501, "bob@example.com", json!([say(3, "Not yet"), change("status", "open", json!("solved"))])),
    ]
}

fn lines_of(audits: &[&Value]) -> String {
    audits.iter().map(|audit| format!("{audit}\n")).collect()
}

/// Messages, and under whose names their words are sealed.
fn messages(told: &Told) -> Vec<(String, Option<String>)> {
    let of_messages = told.facts.iter().filter(|fact| fact.body.event_type.starts_with("conversation.message"));
    of_messages
        .map(|fact| (fact.body.event_type.to_string(), fact.personal.clone().and_then(|personal| personal.subject)))
        .collect()
}

fn named(native: &str) -> Option<String> {
    Some(Pseudonyms::of_no_secret().of("zendesk", native))
}

#[test]
fn an_agents_mail_is_the_desks_and_sealed_under_the_customer() {
    let [asked, answered, again] = mails();
    let (received, sent) = ("conversation.message_received".to_owned(), "conversation.message_sent".to_owned());
    let wanted = [(received.clone(), named("501")), (sent, named("501")), (received, named("501"))];
    assert_eq!(messages(&told(Zendesk, lines_of(&[&asked, &answered, &again]))), wanted);
    assert_eq!(messages(&told_once(Zendesk, lines_of(&[&asked, &answered, &again]))), wanted, "by the standard input too");
}

#[test]
fn the_requester_is_the_customer_by_whichever_way_they_write_and_in_whichever_order_the_records_stand() {
    let mut mails = mails();
    mails[2]["via"] = json!({ "channel": "web", "source": { "from": {}, "rel": "help_center" } });
    let [asked, answered, again] = &mails;
    let straight = told(Zendesk, lines_of(&[asked, answered, again])).facts;
    assert!(lines(&straight).contains("09:20:00 conversation.message_received*"), "{}", lines(&straight));
    let ids = |facts: &[events::NewEvent]| {
        facts.iter().map(|fact| (fact.id, fact.body.clone(), fact.personal.clone().map(|it| it.subject))).collect::<Vec<_>>()
    };
    let mut backwards = ids(&told(Zendesk, lines_of(&[again, answered, asked])).facts);
    let mut straight = ids(&straight);
    straight.sort_by_key(|(id, ..)| *id);
    backwards.sort_by_key(|(id, ..)| *id);
    assert_eq!(straight, backwards);
}

#[test]
fn a_ticket_opened_again_waits_again_and_is_its_agents_again() {
    let [asked, answered, again] = mails();
    for order in [[&asked, &answered, &again], [&again, &asked, &answered]] {
        let told = told(Zendesk, lines_of(&order));
        let board = board(&told.facts);
        let conversation = &board.conversations.by_id["zendesk.35"];
        let secs = |mark: Option<projections::conversation::Mark>| {
            mark.map(|mark| mark.at.micros_since(conversation.started.at) / 1_000_000)
        };
        let legs = conversation.legs.iter().map(|&leg| &board.conversations.legs[leg as usize]);
        let legs: Vec<_> = legs.map(|leg| (secs(leg.enqueued), secs(leg.assigned))).collect();
        assert_eq!(legs, [(Some(0), Some(600)), (Some(1200), Some(1200))]);
        let reopened = lines(&told.facts).lines().filter(|line| line.starts_with("09:20:00")).collect::<Vec<_>>().join("\n");
        assert!(reopened.contains("enqueued {\"queue\":\"zendesk.77\"}"), "{reopened}");
        assert!(reopened.contains("assigned {\"agent\":\"zendesk.900\"}"), "{reopened}");
    }
}

#[tokio::test]
async fn a_page_without_its_customer_keeps_every_word_and_is_not_told_twice() {
    let [asked, answered, again] = mails();
    let page = told(Zendesk, lines_of(&[&answered]));
    assert_eq!(messages(&page), [("conversation.message_sent".to_owned(), named("ticket:35"))]);
    assert!(page.mended.contains_key("sealed_by_conversation"), "{:?}", page.mended);
    let log = MemoryLog::new(Clock::chosen(EVENING));
    let web = json!({ "channel": "web" });
    let mut unsure = again.clone();
    unsure["via"] = web;
    read(&log, "page.jsonl", lines_of(&[&answered, &unsure])).await;
    let report = read(&log, "whole.jsonl", lines_of(&[&asked, &answered, &unsure])).await;
    assert_eq!(
        report.refused.into_iter().collect::<Vec<_>>(),
        [("id_conflict".to_owned(), 1)],
        "and what contradicts it is shown"
    );
    let n = all(&log).await.iter().filter(|stored| stored.payload.event_type.starts_with("conversation.message")).count();
    assert_eq!(n, 3, "each message once, on whichever side it was first told to be");
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn the_order_and_number_of_deliveries_change_nothing(seed in any::<u64>()) {
        let facts = told(Zendesk, everything()).facts;
        let (straight, otherwise) = (board(&facts), board(&delivered(&facts, seed)));
        prop_assert_eq!(kept(&facts).len(), kept(&delivered(&facts, seed)).len());
        prop_assert_eq!(content_digest(&straight), content_digest(&otherwise));
        let rows = |board: &_| of_conversation(board, ID).into_iter().map(|row| (row.at, row.metric, row.ours.map(f64::to_bits))).collect::<Vec<_>>();
        prop_assert_eq!(rows(&straight), rows(&otherwise));
    }
}
