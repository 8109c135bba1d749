//! Chatwoot: webhooks and exports of the same conversations are the same facts, whatever Chatwoot's ways of writing them.

use console::clock::Clock;
use console::keys::Pseudonyms;
use console::log::memory::MemoryLog;
use console::snapshots::content_digest;
use console::sources::SourceKind::Chatwoot;
use expect_test::expect;
use projections::claim::{ClaimDoubt, of_conversation};
use projections::conversation::Outcome;
use proptest::prelude::*;
use serde_json::{Value, json};
use tests::made_up::{EVENING, config};
use tests::place::{all, folded};
use tests::vendors::{board, delivered, fixture, kept, leaked, lines, read, told};

const ID: &str = "chatwoot.42";

fn webhooks() -> String {
    fixture("chatwoot/webhooks.jsonl")
}

/// Every fixture of the conversation, by either way.
fn everything() -> String {
    let names = ["webhooks.jsonl", "messages.json", "conversations.json", "reporting_events.json", "turns.jsonl"];
    names.map(|name| fixture(&format!("chatwoot/{name}"))).join("\n")
}

/// The webhook of this index with something else in it, as text.
fn with(index: usize, change: impl FnOnce(&mut Value)) -> String {
    let mut value: Value = serde_json::from_str(webhooks().lines().nth(index).expect("a line")).expect("JSON");
    change(&mut value);
    value.to_string()
}

#[test]
fn what_happened_in_a_conversation_is_told_with_its_words_sealed() {
    let told = told(Chatwoot, webhooks());
    expect![[r#"
        10:00:00 conversation.started* {"channel":"chat","direction":"inbound","customer":"c-a3bc3f17d5f1e83363104c52c0fe191a","entry":"3"}
        10:00:00 conversation.enqueued {"queue":"inbox 3"}
        10:00:02 conversation.message_received* {"n_chars":8}
        10:00:30 conversation.assigned {"agent":"chatwoot.7"}
        10:01:00 conversation.message_sent* {"by":"agent","n_chars":10}
        10:05:00 conversation.transferred {"to_agent":"chatwoot.8"}
        10:05:00 conversation.assigned {"agent":"chatwoot.8"}
        10:06:40 conversation.message_received* {"n_chars":2}
        10:07:40 conversation.message_sent* {"by":"agent","n_chars":5}
        10:10:00 conversation.resolved {}
        10:10:00 conversation.ended {"by":"agent"}
        10:10:01 conversation.survey_sent {}
        10:10:01 conversation.survey_answered* {"score":4,"score_max":5}
        00:00:00 customer.identified* {}"#]].assert_eq(&lines(&kept(&told.facts)));
    expect![[r#"{"activity_not_kept": 1, "event_not_used": 1, "private_note": 1, "time_not_known": 1} []"#]]
        .assert_eq(&format!("{:?} {:?}", told.mended, told.refused));
    let personal = ["王小明", "xiaoming@example.com", "13812345678", "我的包裹", "很快", "同事", "shop.example"];
    assert_eq!(leaked(&told.facts, &personal).len(), 0);
    assert!(!lines(&told.facts).contains("同事能看到"), "a private note is in no fact");
}

#[test]
fn every_sealed_text_is_under_the_customers_pseudonym() {
    let told = told(Chatwoot, everything());
    let mut subjects = told.facts.iter().filter_map(|fact| fact.personal.as_ref()).map(|personal| personal.subject.clone());
    let first = subjects.next().expect("there are sealed texts");
    assert!(first.as_ref().is_some_and(|subject| subject.starts_with("c-")));
    assert!(subjects.all(|subject| subject == first), "or it could not be forgotten");
}

#[tokio::test]
async fn a_webhook_and_an_export_of_the_same_conversation_double_nothing() {
    let log = MemoryLog::new(Clock::chosen(EVENING));
    read(&log, "webhooks.jsonl", webhooks()).await;
    let before = content_digest(&folded(&log).await);
    for name in ["messages.json", "conversations.json"] {
        let report = read(&log, name, fixture(&format!("chatwoot/{name}"))).await;
        assert_eq!((report.n_events_written, report.refused.len()), (0, 0), "{name}: {report:?}");
        assert!(0 < report.n_already_present, "{name}");
    }
    assert_eq!(content_digest(&folded(&log).await), before);
}

#[tokio::test]
async fn importing_twice_adds_nothing() {
    let log = MemoryLog::new(Clock::chosen(EVENING));
    read(&log, "webhooks.jsonl", everything()).await;
    let n = all(&log).await.iter().filter(|stored| stored.fact.stream.noun() != "import").count();
    let report = read(&log, "again.jsonl", format!("\n{}", everything())).await;
    assert_eq!((report.n_events_written, report.refused.len()), (0, 0));
    assert_eq!(all(&log).await.iter().filter(|stored| stored.fact.stream.noun() != "import").count(), n);
}

#[test]
fn a_message_type_may_be_a_number_or_a_word_and_a_time_may_be_written_in_five_ways() {
    let of = |change: &dyn Fn(&mut Value)| lines(&told(Chatwoot, with(1, |it| change(it))).facts);
    let plain = of(&|_| {});
    assert!(plain.contains("10:00:02 conversation.message_received*"), "{plain}");
    assert_eq!(of(&|it| it["message_type"] = json!(0)), plain);
    for time in [json!(1_714_557_602), json!(1_714_557_602.75), json!("2024-05-01 10:00:02 UTC"), json!("1714557602")] {
        assert_eq!(of(&|it| it["created_at"] = time.clone()), plain, "{time}");
    }
    for time in [json!("noon"), json!(-5), json!(1e300), json!("2024-13-01T00:00:00Z"), json!([])] {
        assert_eq!(told(Chatwoot, with(1, |it| it["created_at"] = time.clone())).refused, ["bad_time"], "{time}");
    }
    assert_eq!(told(Chatwoot, with(1, |it| it["created_at"] = Value::Null)).refused, ["time_missing"]);
    assert_eq!(told(Chatwoot, with(1, |it| it["message_type"] = json!("shout"))).refused, ["unknown_message_type"]);
}

#[test]
fn an_unknown_event_is_counted_and_passed_over_and_unknown_fields_are_not_looked_at() {
    let told = told(Chatwoot, "{\"event\":\"conversation_typing_on\"}\n{\"event\":\"group_joined\",\"group_id\":3}\n{\"x\":1}");
    assert_eq!((told.facts.len(), told.refused), (0, vec!["unknown_record"]));
    assert_eq!(told.mended.into_iter().collect::<Vec<_>>(), [("event_not_used", 1), ("unknown_event", 1)]);
}

#[test]
fn a_reply_of_a_person_counts_and_one_of_a_bot_a_rule_or_a_note_does_not() {
    let board = board(&told(Chatwoot, fixture("chatwoot/turns.jsonl")).facts);
    let said = &board.turns.by_conversation["chatwoot.43"].said;
    assert_eq!(said.len(), 1, "the bot's word is not a person's: {said:?}");
    let ruled = with(4, |it| it["content_attributes"] = json!({ "automation_rule_id": 3 }));
    assert!(lines(&told(Chatwoot, ruled).facts).contains("\"by\":\"system\""));
}

#[test]
fn a_hand_over_by_a_bot_a_snooze_and_a_reopening_are_legs_and_holds() {
    let told = told(Chatwoot, fixture("chatwoot/turns.jsonl"));
    let board = board(&told.facts);
    let conversation = &board.conversations.by_id["chatwoot.43"];
    let secs = |mark: Option<projections::conversation::Mark>| {
        mark.map(|mark| mark.at.micros_since(conversation.started.at) / 1_000_000)
    };
    assert_eq!(secs(conversation.self_service_ended), Some(20));
    assert_eq!(secs(conversation.resolved), Some(1000), "settled again after it was opened again");
    let legs: Vec<_> = conversation.legs.iter().map(|&leg| &board.conversations.legs[leg as usize]).collect();
    let told: Vec<_> =
        legs.iter().map(|leg| (leg.outcome, secs(leg.enqueued), secs(leg.assigned), leg.held_micros / 1_000_000)).collect();
    expect!["[(FlowedOut, Some(20), None, 0), (Answered, Some(25), Some(25), 600), (Answered, Some(900), Some(900), 0)]"]
        .assert_eq(&format!("{told:?}"));
    let outcomes: Vec<Outcome> = legs.iter().map(|leg| leg.outcome).collect();
    assert_eq!(outcomes, [Outcome::FlowedOut, Outcome::Answered, Outcome::Answered], "nobody waits any more, and nobody left");
}

#[test]
fn a_rating_arrives_as_a_changed_message() {
    let board = board(&told(Chatwoot, webhooks()).facts);
    let conversation = &board.conversations.by_id[ID];
    assert_eq!(conversation.rating.map(|(score, best, _)| (score, best)), Some((4, 5)));
    assert_eq!((conversation.n_received, conversation.n_sent), (2, 2), "a survey is no message");
    let odd = with(11, |it| it["content_attributes"]["submitted_values"]["csat_survey_response"]["rating"] = json!(9));
    assert_eq!(told(Chatwoot, odd).mended.keys().copied().collect::<Vec<_>>(), ["rating_out_of_scale"]);
}

#[test]
fn what_chatwoot_measured_is_held_against_the_facts() {
    let facts = told(Chatwoot, everything()).facts;
    let board = board(&facts);
    let row = |row: projections::claim::ClaimRow| {
        let hours = if row.in_business_hours { " in business hours" } else { "" };
        format!("{}{hours}: {:?} {:?} {:?} {:?}", row.metric, row.claimed, row.ours, row.agrees, row.doubt)
    };
    let rows = of_conversation(&board, ID);
    assert!(rows.iter().filter(|row| row.in_business_hours).all(|row| row.doubt == Some(ClaimDoubt::BusinessHours)));
    let told: Vec<String> = rows.into_iter().filter(|row| !row.in_business_hours).map(row).collect();
    expect![[r#"
        conversation_bot_handoff: Some(5.0) None None Some(NotRecorded)
        first_response: Some(60.0) Some(60.0) Some(true) None
        reply_time: Some(60.0) Some(60.0) Some(true) None
        conversation_resolved: Some(999.0) Some(600.0) Some(false) None"#]]
    .assert_eq(&told.join("\n"));
}

#[tokio::test]
async fn bad_records_are_counted_and_the_good_ones_between_them_are_read() {
    let log = MemoryLog::new(Clock::chosen(EVENING));
    let lines: Vec<String> = webhooks().lines().map(str::to_owned).collect();
    let cut: String = lines[4].chars().take(300).collect();
    let future = with(4, |it| it["created_at"] = json!("2099-05-01T10:00:00Z"));
    let huge = with(4, |it| it["content"] = json!("字".repeat(6 << 20)));
    let long = with(1, |it| it["conversation"]["id"] = json!("9".repeat(300)));
    let text = [&lines[0], &lines[1], &cut, "{\"event\": 7}", &future, &huge, &long, "[1, \"x\"]", &lines[4]] as [&str; 9];
    let report = read(&log, "bad.jsonl", text.join("\n")).await;
    expect![[
        r#"{"bad_stream": 1, "cut_off": 1, "not_an_object": 2, "record_too_long": 1, "time_in_future": 1, "unknown_record": 1}"#
    ]]
    .assert_eq(&format!("{:?}", report.refused));
    assert_eq!(folded(&log).await.conversations.by_id[ID].n_sent, 1, "the last line was read");
}

#[tokio::test]
async fn a_file_in_gbk_is_converted_and_says_so() {
    let log = MemoryLog::new(Clock::chosen(EVENING));
    // `包裹在哪里` in GBK, and nothing else that is not ASCII.
    let line = with(1, |it| it["content"] = json!("@@")).replace("王小明", "Wang");
    let (before, after) = line.split_once("@@").expect("the mark is there");
    let bytes = [before.as_bytes(), b"\xb0\xfc\xb9\xfc\xd4\xda\xc4\xc4\xc0\xef", after.as_bytes(), b"\n"].concat();
    let report = read(&log, "gbk.jsonl", bytes).await;
    assert_eq!(report.refused.len(), 0, "{report:?}");
    assert_eq!(report.repaired.get("decoded_from_gbk"), Some(&1), "{report:?}");
    assert_eq!(folded(&log).await.conversations.by_id[ID].n_received, 1);
    let sent = all(&log).await.into_iter().find(|stored| stored.payload.event_type == "conversation.message_received");
    let data = sent.map(|stored| String::from_utf8_lossy(&stored.payload.data).into_owned());
    assert_eq!(data.as_deref(), Some("{\"n_chars\":5}"), "five letters, not ten bytes");
}

#[test]
fn conversations_of_the_same_number_in_two_accounts_are_two() {
    let other = with(0, |it| it["account"] = json!({ "id": 2 })).replace("\"account_id\": 1", "\"account_id\": 2");
    let board = board(&told(Chatwoot, format!("{}\n{other}", with(0, |_| ()))).facts);
    assert_eq!(board.conversations.by_id.keys().collect::<Vec<_>>(), [ID, "chatwoot.2.42"]);
}

#[test]
fn what_does_not_say_its_account_is_of_the_account_of_its_inbox() {
    let said = json!({ "event": "conversation_created", "account": { "id": 2 }, "id": 9, "inbox_id": 5, "status": "open",
        "created_at": 1_714_557_600, "channel": "Channel::Api", "meta": { "sender": { "id": 4 } } });
    let message = json!({ "id": 70, "inbox_id": 5, "conversation_id": 9, "message_type": 0, "content": "hello",
        "created_at": 1_714_557_601 });
    for text in [format!("{said}\n{message}"), format!("{message}\n{said}")] {
        let told = told(Chatwoot, text);
        assert!(told.facts.iter().all(|fact| fact.stream.to_string() == "conversation-chatwoot.2.9"), "{:?}", told.facts);
        assert_eq!(told.mended.len(), 0);
    }
}

#[test]
fn words_of_a_conversation_whose_contact_nobody_names_are_kept_under_its_own_name() {
    let message = json!({ "id": 70, "inbox_id": 5, "conversation_id": 9, "message_type": 1, "content": "hello",
        "created_at": 1_714_557_601 });
    let told = told(Chatwoot, message.to_string());
    let sealed: Vec<_> = told.facts.iter().filter_map(|fact| fact.personal.clone()).collect();
    let own = Pseudonyms::of_no_secret().of("chatwoot", "conversation:9");
    assert_eq!(sealed.len(), 1);
    assert_eq!((sealed[0].subject.clone(), sealed[0].texts["text"].as_str()), (Some(own), "hello"));
    assert_eq!(told.mended.keys().copied().collect::<Vec<_>>(), ["sealed_by_conversation"]);
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn the_order_and_number_of_deliveries_change_nothing(seed in any::<u64>()) {
        let facts = told(Chatwoot, everything()).facts;
        let (straight, otherwise) = (board(&facts), board(&delivered(&facts, seed)));
        prop_assert_eq!(content_digest(&straight), content_digest(&otherwise));
        let rows = |board: &_| of_conversation(board, ID).into_iter().map(|row| (row.at, row.metric, row.ours.map(f64::to_bits))).collect::<Vec<_>>();
        prop_assert_eq!(rows(&straight), rows(&otherwise));
    }
}
