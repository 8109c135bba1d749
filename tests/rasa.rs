//! Rasa: what was said to a bot is kept, and so is what the bot took back.

use console::log::EventLog;
use console::sources::SourceKind;
use events::NewEvent;
use events::conversation::Party;
use expect_test::expect;
use proptest::prelude::*;
use serde_json::{Value, json};
use tests::delivered::{board, facts, fixture, imported, imported_twice, legs, meaning, read, shuffled, told};
use tests::made_up::{EVENING, config};
use tests::place::{Place, all, folded};
use tests::rights::unmasked;

const RASA: SourceKind = SourceKind::Rasa;
const ALL: [&str; 3] = ["rasa/tracker.json", "rasa/broker.jsonl", "rasa/cut.json"];

fn of(names: &[&str]) -> Vec<NewEvent> {
    facts(RASA, names)
}

/// A tracker with one event.
fn one(event: Value) -> String {
    json!({ "sender_id": "s", "events": [event] }).to_string()
}

fn trouble(text: &str) -> String {
    let read = read(RASA, text);
    format!("{:?} {:?}", read.repairs, read.refused)
}

#[test]
fn a_tracker_is_told_with_what_it_took_back_and_its_words_are_sealed() {
    let facts = of(&["rasa/tracker.json"]);
    expect![[r#"
        01:00:00.000125 tracker started {"channel":"chat","direction":"inbound","customer":"c-a88de9764d2a93ddb79a1709a9867072"}
        01:00:01.5 tracker message_received {"n_chars":23}
        01:00:01.5 tracker intent_read {"intent":"ask_balance","confidence":0.97}
        01:00:01.75 tracker message_sent {"by":"bot","n_chars":19}
        01:00:10.25 tracker message_received {"n_chars":17}
        01:00:10.25 tracker intent_read {"intent":"deny","confidence":0.41}
        01:00:11 tracker turns_retracted {"reason":"rewound"}
        01:00:12 tracker message_received {"n_chars":10}
        01:00:12 tracker intent_read {"intent":"ask_balance","confidence":0.9}
        01:00:12.5 tracker message_sent {"by":"bot","n_chars":19}
        01:00:13 tracker turns_retracted {"reason":"undone"}
        01:00:14 tracker message_sent {"by":"bot","n_chars":20}
        01:00:15 tracker turns_retracted {"reason":"restarted"}
        01:00:16 tracker message_received {"n_chars":14}
        01:00:16 tracker intent_read {"intent":"ask_human","confidence":0.99}
        01:00:17 tracker self_service_ended {}
        01:00:17 tracker enqueued {"queue":"human_handoff"}
        01:00:17.5 tracker self_service_ended {}
        01:00:30 tracker assigned {}
        01:00:30 tracker message_sent {"by":"agent","n_chars":19}
        01:00:40 tracker message_received {"n_chars":6}
        01:00:40 tracker intent_read {"intent":"thank","confidence":0.9}
        01:00:50 tracker ended {}"#]]
    .assert_eq(&told(&facts));
    assert!(!told(&facts).contains("4711"));
}

#[test]
fn the_events_of_a_broker_are_the_facts_of_the_tracker() {
    let (tracker, broker) = (of(&["rasa/tracker.json"]), of(&["rasa/broker.jsonl"]));
    assert_eq!(told(&broker), told(&tracker));
    assert_eq!(meaning(&board(&[tracker.clone(), broker].concat())), meaning(&board(&tracker)));
}

#[test]
fn what_was_said_and_what_still_counts_for_the_bot_are_two_readings() {
    let facts = of(&["rasa/broker.jsonl"]);
    let readings = |facts: &[NewEvent]| {
        let board = board(facts);
        let (_, exchange) = board.turns.by_conversation.first().expect("one conversation");
        let of_customer = |said: &[projections::turn::Said]| said.iter().filter(|said| said.by == Party::Customer).count();
        (of_customer(&exchange.said), of_customer(&exchange.standing()))
    };
    let until = |micros: i64| {
        let begun = facts[0].occurred_at.0;
        facts.iter().filter(|fact| fact.occurred_at.0 - begun <= micros).cloned().collect::<Vec<_>>()
    };
    assert_eq!(readings(&until(10_500_000)), (2, 2), "nothing is taken back yet");
    assert_eq!(readings(&until(11_500_000)), (2, 1), "rewound: the last message no longer counts");
    assert_eq!(readings(&until(14_500_000)), (3, 2), "undone: the bot's own action, no message");
    assert_eq!(readings(&until(15_500_000)), (3, 0), "restarted: nothing before counts");
    assert_eq!(readings(&facts), (5, 2));
}

#[test]
fn a_hand_over_waits_in_a_queue_until_a_person_speaks() {
    let board = board(&of(&["rasa/tracker.json"]));
    let (id, conversation) = board.conversations.by_id.first().expect("one conversation");
    assert!(conversation.self_service_ended.is_some());
    expect![[r#"
        Some(Chat) Inbound, ended 49
        human_handoff Answered ?: from 0, queue 16..29, talk 29..49, held 0, after -..-, passed on -"#]]
    .assert_eq(&legs(&board, id));
}

#[test]
fn a_tracker_that_was_cut_says_what_it_can() {
    let read = read(RASA, &fixture("rasa/cut.json"));
    expect![[r#"
        (01:00:01) tracker started {"channel":"chat","direction":"inbound","customer":"c-deffa3547c51ddc0312dc843a0bcfa44"}
        01:00:01 tracker message_sent {"by":"bot","n_chars":0}
        01:00:02 tracker message_received {"n_chars":0}
        01:00:02 tracker intent_read {"intent":"x"}
        ? tracker message_sent {"by":"bot","n_chars":4}
        ["text_not_recorded", "confidence_out_of_range", "time_not_known", "unknown_action"]"#]]
    .assert_eq(&format!("{}\n{:?}", told(&read.facts), read.repairs));
}

#[test]
fn what_is_wrong_in_an_event_is_mended_or_refused_by_name() {
    let at = 1_772_413_200.25;
    let huge = "x".repeat(300_000);
    let all = [
        one(json!({ "event": "user", "timestamp": at, "text": huge, "parse_data": { "intent": { "name": "x", "confidence": 0.5 } } })),
        one(json!({ "event": "user", "timestamp": at })),
        one(json!({ "event": "user", "timestamp": at, "text": 7, "parse_data": { "intent": { "name": "x", "confidence": -1 } } })),
        one(json!({ "event": "bot", "timestamp": "2026-03-02T01:00:00Z", "text": "hello" })),
        one(json!({ "event": "bot", "timestamp": 4.1e12, "text": "hello" })),
        one(json!({ "event": "bot", "timestamp": -1, "text": "hello" })),
        one(json!({ "event": "levitate", "timestamp": at })),
        one(json!("text")),
        json!({ "sender_id": null, "events": [] }).to_string(),
        json!({ "sender_id": "s", "events": "none" }).to_string(),
        json!({ "sender_id": "s", "event": "user" }).to_string(),
        "[1]".to_owned(),
    ]
    .map(|text| trouble(&text));
    expect![[r#"
        [] []
        ["text_not_recorded"] []
        ["text_not_recorded", "confidence_out_of_range"] []
        [] []
        ["time_not_believable", "time_not_known"] []
        ["time_not_believable", "time_not_known"] []
        ["unknown_action"] []
        ["time_not_known", "unknown_action"] []
        [] ["conversation_missing"]
        [] ["time_missing"]
        [] ["time_missing"]
        [] ["not_an_object"]"#]]
    .assert_eq(&all.join("\n"));
}

#[tokio::test]
async fn importing_twice_adds_nothing_and_every_file_is_recognised() {
    let (log, _) = imported_twice(&ALL).await;
    assert_eq!(meaning(&folded(&log).await), meaning(&board(&of(&ALL))));
}

#[tokio::test]
async fn bad_records_in_the_middle_are_counted_and_the_rest_is_read() {
    let (place, log) = (Place::default(), console::log::memory::MemoryLog::new(console::clock::Clock::chosen(EVENING)));
    let good = fixture("rasa/broker.jsonl");
    let mut lines: Vec<&str> = good.lines().collect();
    lines.insert(4, "{\"sender_id\": \"s\", \"event\": \"user\", \"timestamp\": 17724");
    lines.insert(6, "{\"sender_id\": \"s\", \"event\": \"user\", \"timestamp\": 4071000000.5, \"text\": \"from 2099\"}");
    let report = imported(&log, &place.file("a.jsonl", lines.join("\n"))).await;
    let refused: Vec<(&str, u64)> = report.refused.iter().map(|(reason, &n)| (reason.as_str(), n)).collect();
    expect![[r#"22 rows, [("cut_off", 1), ("time_in_future", 1)]"#]]
        .assert_eq(&format!("{} rows, {refused:?}", report.n_rows_read));
    assert_eq!(meaning(&folded(&log).await), meaning(&board(&of(&["rasa/broker.jsonl"]))));
}

#[tokio::test]
async fn a_sender_is_a_pseudonym_and_what_they_said_is_sealed() {
    let (log, _) = imported_twice(&["rasa/tracker.json"]).await;
    let mut words = Vec::new();
    for stored in all(&log).await {
        let facets = format!("{} {} {:?}", String::from_utf8_lossy(&stored.payload.data), stored.fact.stream, stored.fact.meta);
        assert!(["13800138000", "4711", "savings"].iter().all(|secret| !facets.contains(secret)), "{facets}");
        let shown = log.personal(&[stored.fact.position], &unmasked(None)).await.expect("the door opens");
        words.extend(shown.into_values().filter(|shown| shown.personal.subject.is_some()).flat_map(|it| it.personal.texts));
    }
    let number = words.iter().find(|(name, _)| name == "customer_number").map(|(_, number)| number.as_str());
    assert_eq!(number, Some("whatsapp:+8613800138000"));
    assert_eq!(words.iter().filter(|(name, _)| name == "text").count(), 9);
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn the_order_and_number_of_deliveries_change_nothing(seed in any::<u64>()) {
        let facts = of(&ALL);
        prop_assert_eq!(meaning(&board(&shuffled(&facts, seed))), meaning(&board(&facts)));
    }
}
