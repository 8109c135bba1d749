//! Amazon Connect: four streams that tell parts of the same contacts, in any order and more than once.

use console::log::EventLog;
use console::sources::SourceKind;
use events::{NewEvent, Position};
use expect_test::expect;
use proptest::prelude::*;
use serde_json::{Value, json};
use tests::delivered::{board, facts, fixture, imported, imported_twice, legs, meaning, read, shuffled, told};
use tests::made_up::config;
use tests::place::{Place, all, folded};
use tests::rights::unmasked;

const CONNECT: SourceKind = SourceKind::Connect;
const ALL: [&str; 7] = [
    "connect/transfer.json",
    "connect/updated.jsonl",
    "connect/queues.json",
    "connect/events.jsonl",
    "connect/agents.jsonl",
    "connect/lens.json",
    "connect/lens_stream.jsonl",
];

fn of(names: &[&str]) -> Vec<NewEvent> {
    facts(CONNECT, names)
}

/// A contact record with one thing changed.
fn record(change: impl FnOnce(&mut Value)) -> String {
    let mut record: Value =
        serde_json::from_str(fixture("connect/updated.jsonl").lines().next_back().expect("a line")).expect("JSON");
    change(&mut record);
    record.to_string()
}

fn trouble(text: &str) -> String {
    let read = read(CONNECT, text);
    format!("{:?} {:?}", read.repairs, read.refused)
}

#[test]
fn a_transfer_is_two_legs_and_the_first_agent_finishes_up_while_the_second_talks() {
    // The second leg's record stands first in the file.
    let board = board(&of(&["connect/transfer.json"]));
    expect![[r#"
        Some(Voice) Inbound, ended 900
        Billing Answered agent-1: from 0, queue 30..60, talk 62..390, held 0, after 420..480, passed on 390
        Cards Answered agent-2: from 305, queue 305..345, talk 345..900, held 0, after 900..940, passed on -"#]]
    .assert_eq(&legs(&board, "connect.contact-a"));
}

#[test]
fn queued_and_never_connected_is_abandoned_unless_a_callback_was_asked_for() {
    let board = board(&of(&["connect/queues.json"]));
    let all = ["c", "d", "f", "a"].map(|contact| legs(&board, &format!("connect.contact-{contact}"))).join("\n");
    expect![[r#"
        Some(Voice) Inbound, ended 120
        Billing Abandoned -: from 0, queue 20..120, talk -..-, held 0, after -..-, passed on -
        Some(Voice) Inbound, ended 1200
        Billing CallbackRequested -: from 0, queue 20..60, talk -..-, held 0, after -..-, passed on -
        Billing Answered agent-1: from 60, queue 60..600, talk 600..1200, held 0, after -..-, passed on -
        Some(Voice) Inbound, ended 40
        no such conversation"#]]
    .assert_eq(&all);
}

#[test]
fn records_events_and_the_agents_stream_of_one_contact_double_nothing() {
    let by_record = board(&of(&["connect/transfer.json"]));
    let by_all = board(&of(&["connect/transfer.json", "connect/events.jsonl", "connect/agents.jsonl"]));
    assert_eq!(by_all.conversations.by_id.len(), 1);
    let expected = legs(&by_record, "connect.contact-a").replacen("held 0", "held 30", 1);
    assert_eq!(legs(&by_all, "connect.contact-a"), expected, "all that the streams add is when the hold was");
}

#[test]
fn events_alone_tell_the_same_legs_by_ids() {
    let board = board(&of(&["connect/events.jsonl"]));
    expect![[r#"
        Some(Voice) Inbound, ended 900
        queue-1 Answered agent-1: from 0, queue 30..62, talk 62..300, held 0, after -..-, passed on 300
        queue-2 Answered agent-2: from 300, queue 305..345, talk 345..900, held 0, after -..-, passed on -"#]]
    .assert_eq(&legs(&board, "connect.contact-a"));
}

#[test]
fn the_agents_stream_tells_offers_holds_shifts_and_states_once_however_often_it_repeats_them() {
    let facts = of(&["connect/agents.jsonl"]);
    let mut ids = std::collections::BTreeSet::new();
    let once: Vec<NewEvent> = facts.into_iter().filter(|fact| ids.insert(fact.id)).collect();
    expect![[r#"
        00:50:00 - agent.signed_in {}
        00:50:00 - agent.profile_changed {"name":"amy","queues":["Billing","Cards"],"languages":[],"n_chats_max":3}
        00:50:00 - agent.state_changed {"state":"available"}
        01:00:30 contact-a enqueued {"queue":"Billing"}
        01:00:31 contact-a offered {"agent":"agent-1"}
        01:00:51 contact-a offer_timed_out {"agent":"agent-1"}
        01:00:58 contact-a offered {"agent":"agent-1"}
        01:01:02 contact-a assigned {"agent":"agent-1"}
        01:01:02 contact-a offer_accepted {"agent":"agent-1"}
        01:03:00 contact-a held {}
        01:03:30 contact-a resumed {}
        01:07:00 contact-a ended {}
        01:07:00 contact-a wrap_up_started {}
        01:08:00 contact-a wrap_up_ended {}
        01:10:00 - agent.state_changed {"state":"meal"}
        01:30:00 - agent.signed_out {}"#]]
    .assert_eq(&told(&once));
}

#[test]
fn a_record_that_is_delivered_again_with_more_adds_only_that() {
    let text = fixture("connect/updated.jsonl");
    let of_line = |nth: usize| read(CONNECT, text.lines().nth(nth).expect("a line")).facts;
    let (early, later) = (of_line(0), of_line(1));
    let new: Vec<NewEvent> = later.iter().filter(|fact| early.iter().all(|known| known.id != fact.id)).cloned().collect();
    expect![[r#"
        01:08:00 contact-a wrap_up_ended {}
        01:07:00 contact-a figure_claimed {"metric":"AfterContactWorkDuration","value":60.0,"unit":"secs","agent":"agent-1","instance":"contact-a"}"#]].assert_eq(&told(&new));
    assert_eq!(meaning(&board(&[early.clone(), later.clone()].concat())), meaning(&board(&[later, early].concat())));
}

#[test]
fn a_transcript_told_while_they_talk_and_after_is_told_once_and_its_words_are_sealed() {
    let board = board(&of(&["connect/lens_stream.jsonl", "connect/lens.json"]));
    let conversation = &board.conversations.by_id["connect.contact-a"];
    assert_eq!((conversation.n_received, conversation.n_sent), (2, 1));
    assert_eq!((board.earliest_at, board.density.len()), (None, 0), "offsets are no times of day");
    let facts = of(&["connect/lens.json"]);
    assert!(!told(&facts).contains("4711"));
    let words = facts.iter().filter_map(|fact| fact.personal.as_ref()).map(|personal| personal.texts["text"].as_str());
    assert_eq!(words.collect::<Vec<_>>(), ["Hello, this is Amy.", "My card 4711 is lost.", "Please help."]);
    expect![[r#"? contact-a rated {"rater":"Contact Lens","values":{"sentiment_agent_milli":500,"sentiment_customer_milli":-1250},"labels":["NEUTRAL","NEGATIVE","NEGATIVE"]}"#]].assert_eq(told(&facts).lines().last().unwrap_or_default());
}

#[test]
fn durations_of_the_source_are_claims_and_no_facts() {
    let facts = of(&["connect/transfer.json"]);
    let claims: Vec<NewEvent> = facts.into_iter().filter(|fact| fact.body.event_type == "conversation.figure_claimed").collect();
    expect![[r#"
        01:15:00 contact-b figure_claimed {"metric":"Queue.Duration","value":40.0,"unit":"secs","instance":"contact-b"}
        01:15:00 contact-b figure_claimed {"metric":"AgentInteractionDuration","value":555.0,"unit":"secs","agent":"agent-2","instance":"contact-b"}
        01:15:00 contact-b figure_claimed {"metric":"CustomerHoldDuration","value":0.0,"unit":"secs","agent":"agent-2","instance":"contact-b"}
        01:15:00 contact-b figure_claimed {"metric":"NumberOfHolds","value":0.0,"unit":"count","agent":"agent-2","instance":"contact-b"}
        01:15:00 contact-b figure_claimed {"metric":"AfterContactWorkDuration","value":40.0,"unit":"secs","agent":"agent-2","instance":"contact-b"}
        01:07:00 contact-a figure_claimed {"metric":"Queue.Duration","value":30.0,"unit":"secs","instance":"contact-a"}
        01:07:00 contact-a figure_claimed {"metric":"AgentInteractionDuration","value":328.0,"unit":"secs","agent":"agent-1","instance":"contact-a"}
        01:07:00 contact-a figure_claimed {"metric":"CustomerHoldDuration","value":30.0,"unit":"secs","agent":"agent-1","instance":"contact-a"}
        01:07:00 contact-a figure_claimed {"metric":"LongestHoldDuration","value":30.0,"unit":"secs","agent":"agent-1","instance":"contact-a"}
        01:07:00 contact-a figure_claimed {"metric":"NumberOfHolds","value":1.0,"unit":"count","agent":"agent-1","instance":"contact-a"}
        01:07:00 contact-a figure_claimed {"metric":"AfterContactWorkDuration","value":60.0,"unit":"secs","agent":"agent-1","instance":"contact-a"}
        01:07:00 contact-a figure_claimed {"metric":"AgentConnectionAttempts","value":2.0,"unit":"count","instance":"contact-a"}"#]].assert_eq(&told(&claims));
}

#[test]
fn records_in_any_wrapping_are_the_same_facts() {
    let array = fixture("connect/queues.json");
    let records: Vec<Value> = serde_json::from_str(&array).expect("an array");
    let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
    let behind: String = records.iter().map(Value::to_string).collect();
    let expected = told(&read(CONNECT, &array).facts);
    assert_eq!(told(&read(CONNECT, &lines).facts), expected);
    assert_eq!(told(&read(CONNECT, &behind).facts), expected);
}

#[test]
fn what_is_wrong_in_a_record_is_mended_or_refused_by_name() {
    let huge = "x".repeat(300_000);
    let all = [
        record(|_| {}),
        record(|it| it["ContactId"] = Value::Null),
        record(|it| it["ContactId"] = json!(huge)),
        record(|it| it["InitiationTimestamp"] = Value::Null),
        record(|it| it["InitiationTimestamp"] = json!("2 March")),
        record(|it| it["InitiationTimestamp"] = json!(-1e300)),
        record(|it| it["DisconnectTimestamp"] = json!("2026-03-02T00:00:00Z")),
        record(|it| it["Agent"]["AfterContactWorkEndTimestamp"] = json!("2026-03-02T01:06:59Z")),
        record(|it| it["Channel"] = json!("TELEPATHY")),
        record(|it| it["DisconnectReason"] = json!("SUPERNOVA")),
        record(|it| it["InitiationMethod"] = json!("MAGIC")),
        record(|it| it["InitiationMethod"] = json!("MONITOR")),
        record(|it| it["Queue"] = json!({ "EnqueueTimestamp": "2026-03-02T01:00:30Z" })),
        record(|it| it["Queue"] = json!([1, 2])),
        record(|it| it["Agent"] = json!({ "ConnectedToAgentTimestamp": "2026-03-02T01:01:02Z" })),
        record(|it| it["Agent"]["CustomerHoldDuration"] = json!("long")),
        record(|it| it["Attributes"] = json!({ "note": huge })),
        r#"{"AgentARN": "arn/agent/a", "EventType": "SINGING", "EventTimestamp": "2026-03-02T01:00:00Z"}"#.to_owned(),
        r#"{"AgentARN": "arn/agent/a", "EventType": "LOGIN"}"#.to_owned(),
        r#"{"detail": {"eventType": "TELEPORTED", "contactId": "c"}}"#.to_owned(),
        r#"{"ruleName": "r"}"#.to_owned(),
        "[[1], 2, \"x\"]".to_owned(),
    ]
    .map(|text| trouble(&text));
    expect![[r#"
        [] []
        [] ["unknown_record"]
        [] ["bad_stream"]
        [] ["time_missing"]
        [] ["time_missing"]
        [] ["time_missing"]
        ["end_left_out"] []
        ["end_left_out"] []
        ["channel_unknown"] []
        ["outcome_unknown"] []
        [] []
        ["monitoring_left_out"] []
        ["queue_not_recorded"] []
        [] []
        ["agent_not_recorded"] []
        ["figure_not_a_number"] []
        [] []
        ["unknown_action"] []
        [] ["time_missing"]
        ["unknown_action"] []
        [] ["unknown_record"]
        [] ["not_an_object", "not_an_object", "not_an_object"]"#]]
    .assert_eq(&all.join("\n"));
}

#[tokio::test]
async fn importing_twice_adds_nothing_and_every_file_is_recognised() {
    let (log, n_written) = imported_twice(&ALL).await;
    let kept = all(&log).await.iter().filter(|stored| stored.fact.meta.source == "connect").count();
    assert_eq!(kept as u64, n_written);
    assert_eq!(meaning(&folded(&log).await), meaning(&board(&of(&ALL))));
}

#[tokio::test]
async fn bad_records_in_the_middle_are_counted_and_the_rest_is_read() {
    let place = Place::default();
    let good = fixture("connect/updated.jsonl");
    let mut lines: Vec<&str> = good.lines().collect();
    let future = record(|it| {
        it["ContactId"] = json!("contact-z");
        it["InitiationTimestamp"] = json!("2099-01-01T00:00:00Z");
    });
    lines.insert(1, "{\"ContactId\": \"contact-y\", \"InitiationTimestamp\": \"2026-");
    lines.insert(2, &future);
    lines.push("{\"ContactId\": \"cut");
    let log = console::log::memory::MemoryLog::new(console::clock::Clock::chosen(tests::made_up::EVENING));
    let report = imported(&log, &place.file("a.jsonl", lines.join("\n"))).await;
    let refused: Vec<(&str, u64)> = report.refused.iter().map(|(reason, &n)| (reason.as_str(), n)).collect();
    expect![[r#"5 rows, [("cut_off", 2), ("time_in_future", 1)]"#]]
        .assert_eq(&format!("{} rows, {refused:?}", report.n_rows_read));
    assert_eq!(folded(&log).await.conversations.by_id.len(), 1);
    // In another encoding: a name in Chinese, written as GBK.
    let text = record(|it| it["Queue"]["Name"] = json!("QUEUE"));
    let (before, after) = text.split_once("QUEUE").expect("its queue");
    let bytes = [before.as_bytes(), &[0xca, 0xdb, 0xba, 0xf3], after.as_bytes()].concat();
    let report = imported(&log, &place.file("gbk.jsonl", bytes)).await;
    assert_eq!((report.repaired.get("decoded_from_gbk"), report.refused.len()), (Some(&1), 0));
    assert!(folded(&log).await.conversations.names.find("售后").is_some());
}

#[tokio::test]
async fn the_customers_number_is_a_pseudonym_and_what_is_personal_is_sealed() {
    let (log, _) = imported_twice(&["connect/transfer.json"]).await;
    for stored in all(&log).await {
        let facets = format!("{} {} {:?}", String::from_utf8_lossy(&stored.payload.data), stored.fact.stream, stored.fact.meta);
        assert!(!facets.contains("15112345678") && !facets.contains("Muster"), "{facets}");
    }
    let started = all(&log).await.into_iter().find(|stored| stored.fact.meta.place == Some(0)).expect("it began");
    let position: Position = started.fact.position;
    let shown = log.personal(&[position], &unmasked(None)).await.expect("the door opens");
    let personal = &shown[&position].personal;
    assert_eq!(personal.texts["phone"], "+4915112345678");
    assert!(personal.subject.as_ref().is_some_and(|subject| subject.starts_with("c-")));
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn the_order_and_number_of_deliveries_change_nothing(seed in any::<u64>()) {
        let facts = of(&ALL);
        prop_assert_eq!(meaning(&board(&shuffled(&facts, seed))), meaning(&board(&facts)));
    }
}
