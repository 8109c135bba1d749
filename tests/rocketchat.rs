//! Rocket.Chat: a webhook that is sent ten times tells once.

use console::clock::Clock;
use console::log::memory::MemoryLog;
use console::snapshots::content_digest;
use console::sources::SourceKind::RocketChat;
use expect_test::expect;
use proptest::prelude::*;
use serde_json::{Value, json};
use tests::made_up::{EVENING, config};
use tests::place::folded;
use tests::vendors::{board, delivered, fixture, kept, leaked, lines, read, told};

const ID: &str = "rocketchat.room1";

fn webhooks() -> String {
    fixture("rocketchat/webhooks.jsonl")
}

/// The closing webhook with something else in it.
fn closing(change: impl FnOnce(&mut Value)) -> String {
    let text = webhooks();
    let line = text.lines().find(|line| line.contains("\"LivechatSession\"")).expect("it is there");
    let mut value: Value = serde_json::from_str(line).expect("JSON");
    change(&mut value);
    value.to_string()
}

#[test]
fn what_is_sent_ten_times_is_told_once_and_its_words_are_sealed() {
    let told = told(RocketChat, webhooks());
    expect![[r#"
        10:00:00 conversation.started* {"channel":"chat","direction":"inbound","customer":"c-4a44445f649146cc2e386109adf1f9e4"}
        10:00:00 conversation.enqueued {"queue":"sales"}
        10:00:20 conversation.assigned {"agent":"rocketchat.a7"}
        10:00:05 conversation.message_received* {"n_chars":2}
        10:00:35 conversation.message_sent* {"by":"agent","n_chars":5}
        10:01:00 conversation.message_received* {"n_chars":2}
        10:01:40 conversation.message_sent* {"by":"system","n_chars":4}
        10:01:40 conversation.ended {"by":"agent"}"#]]
    .assert_eq(&lines(&kept(&told.facts)));
    expect![[r#"{"activity_not_kept": 1, "time_not_known": 2, "unknown_event": 1} []"#]]
        .assert_eq(&format!("{:?} {:?}", told.mended, told.refused));
    let personal = ["王小明", "xiaoming@example.com", "13812345678", "在吗", "tok-91", "guest-1"];
    assert_eq!(leaked(&told.facts, &personal).len(), 0);
}

#[tokio::test]
async fn importing_twice_adds_nothing() {
    let log = MemoryLog::new(Clock::chosen(EVENING));
    read(&log, "a.jsonl", webhooks()).await;
    let report = read(&log, "b.jsonl", format!("\n{}", webhooks())).await;
    assert_eq!((report.n_events_written, report.refused.len()), (0, 0), "{report:?}");
}

#[test]
fn the_closing_remark_answers_nobody_and_an_agent_needs_no_agent_id() {
    let board = board(&told(RocketChat, webhooks()).facts);
    let said = &board.turns.by_conversation[ID].said;
    assert_eq!(said.len(), 3, "two of the visitor, one of the agent: {said:?}");
    let bare = closing(|it| it["messages"][2]["agentId"] = Value::Null);
    assert!(lines(&told(RocketChat, bare).facts).contains("\"by\":\"agent\""));
    let stranger = closing(|it| {
        it["messages"][2] = json!({ "_id": "m9", "msg": "?", "ts": "2024-05-01T10:00:35Z", "u": { "_id": "zz" } });
    });
    assert!(told(RocketChat, stranger).mended.contains_key("author_not_known"));
}

#[test]
fn a_time_may_be_text_or_a_date_object() {
    let of = |time: Value| lines(&told(RocketChat, closing(|it| it["closedAt"] = time)).facts);
    let plain = of(json!("2024-05-01T10:01:40.000Z"));
    assert!(plain.contains("10:01:40 conversation.ended"), "{plain}");
    for time in [
        json!({ "$date": "2024-05-01T10:01:40Z" }),
        json!({ "$date": 1_714_557_700_000_i64 }),
        json!({ "$date": { "$numberLong": "1714557700000" } }),
    ] {
        assert_eq!(of(time.clone()), plain, "{time}");
    }
}

#[test]
fn what_is_wrong_in_a_payload_is_mended_or_refused_by_name() {
    let all = [
        closing(|it| it["_id"] = Value::Null),
        closing(|it| it["createdAt"] = json!("soon")),
        closing(|it| it["createdAt"] = Value::Null),
        closing(|it| it["closedAt"] = json!("2024-05-01T09:00:00Z")),
        closing(|it| it["closedAt"] = json!(true)),
        closing(|it| it["visitor"] = Value::Null),
        closing(|it| it["servedBy"]["ts"] = Value::Null),
        closing(|it| it["messages"] = json!("none")),
        closing(|it| it["messages"][0]["ts"] = json!("soon")),
        closing(|it| it["type"] = json!("Whatever")),
        closing(|it| it["messages"][0]["msg"] = json!("字".repeat(1 << 20))),
        "{\"_id\": \"x\"".to_owned(),
    ];
    let outcome = |text: String| {
        let told = told(RocketChat, text);
        format!("{:?} {:?}", told.refused, told.mended.keys().collect::<Vec<_>>())
    };
    expect![[r#"
        ["conversation_missing"] []
        ["bad_time"] []
        ["time_missing"] []
        [] ["activity_not_kept", "end_before_start"]
        [] ["activity_not_kept", "time_not_believable"]
        [] ["activity_not_kept", "author_not_known", "customer_not_recorded"]
        [] ["activity_not_kept", "time_not_known"]
        [] []
        [] ["activity_not_kept", "message_not_read"]
        [] ["activity_not_kept", "unknown_event"]
        [] ["activity_not_kept"]
        ["cut_off"] []"#]]
    .assert_eq(&all.map(outcome).join("\n"));
}

#[tokio::test]
async fn a_record_of_years_to_come_is_refused_and_the_next_is_read() {
    let log = MemoryLog::new(Clock::chosen(EVENING));
    let future = closing(|it| it["closedAt"] = json!("2099-05-01T10:01:40Z"));
    let report =
        read(&log, "a.jsonl", format!("{}\n{future}\n{}", closing(|_| {}), closing(|it| it["_id"] = json!("room2")))).await;
    assert_eq!(report.refused.into_iter().collect::<Vec<_>>(), [("time_in_future".to_owned(), 1)]);
    assert_eq!(folded(&log).await.conversations.by_id.len(), 2);
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn the_order_and_number_of_deliveries_change_nothing(seed in any::<u64>()) {
        let mut facts = told(RocketChat, webhooks()).facts;
        // Forwarded to somebody else: who serves from then on is another.
        let forwarded = closing(|it| it["servedBy"] = json!({ "_id": "a8", "username": "zhou", "ts": "2024-05-01T10:00:50Z" }));
        facts.extend(told(RocketChat, forwarded).facts);
        let (straight, otherwise) = (board(&facts), board(&delivered(&facts, seed)));
        prop_assert_eq!(content_digest(&straight), content_digest(&otherwise));
    }
}
