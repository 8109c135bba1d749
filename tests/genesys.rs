//! Genesys conversation details: participants, sessions and segments become legs; what the router reckons, claims.

use console::log::EventLog;
use console::sources::SourceKind;
use events::NewEvent;
use expect_test::expect;
use proptest::prelude::*;
use serde_json::{Value, json};
use tests::delivered::{board, facts, fixture, imported, imported_twice, legs, meaning, read, shuffled, told};
use tests::made_up::{EVENING, config};
use tests::place::{Place, all, folded};
use tests::rights::unmasked;

const GENESYS: SourceKind = SourceKind::Genesys;
const ALL: [&str; 4] = ["genesys/growing.jsonl", "genesys/transfer.json", "genesys/snake_case.jsonl", "genesys/queues.json"];

fn of(names: &[&str]) -> Vec<NewEvent> {
    facts(GENESYS, names)
}

/// The whole conversation with one thing changed.
fn conversation(change: impl FnOnce(&mut Value)) -> String {
    let text = fixture("genesys/growing.jsonl");
    let mut conversation: Value = serde_json::from_str(text.lines().next_back().expect("a line")).expect("JSON");
    change(&mut conversation);
    conversation.to_string()
}

fn trouble(text: &str) -> String {
    let read = read(GENESYS, text);
    format!("{:?} {:?}", read.repairs, read.refused)
}

#[test]
fn a_transfer_is_two_legs_with_their_own_holds_and_wrap_ups() {
    expect![[r#"
        Some(Voice) Inbound, ended 720
        q-billing Answered u1: from 0, queue 30..70, talk 70..360, held 30, after 360..420, passed on 360
        q-cards Answered u3: from 330, queue 330..350, talk 350..720, held 0, after 720..750, passed on -"#]]
    .assert_eq(&legs(&board(&of(&["genesys/transfer.json"])), "genesys.conv-1"));
}

#[test]
fn both_spellings_and_both_wrappings_are_the_same_facts() {
    let wrapped = of(&["genesys/transfer.json"]);
    assert_eq!(told(&of(&["genesys/snake_case.jsonl"])), told(&wrapped));
    assert!(20 < wrapped.len());
}

#[test]
fn every_segment_is_a_fact_of_its_leg_and_what_the_source_reckons_is_a_claim() {
    expect![[r#"
        01:00:00 conv-1 started {"channel":"voice","direction":"inbound","customer":"c-6d10207bb2245366abd7b860991c6c56","entry":"tel:+498001000"}
        01:00:05 s1 figure_claimed {"metric":"nConnected","value":1.0,"unit":"count","instance":"s1"}
        01:00:30 s2 self_service_ended {}
        01:00:30 s2 figure_claimed {"metric":"tIvr","value":25.0,"unit":"secs","instance":"s2"}
        01:00:30 s3 enqueued {"queue":"q-billing"}
        01:01:10 s3 dequeued {"reason":"answered"}
        01:00:30 s3 figure_claimed {"metric":"nOffered","value":1.0,"unit":"count","instance":"s3"}
        01:01:10 s3 figure_claimed {"metric":"tAnswered","value":40.0,"unit":"secs","instance":"s3"}
        01:00:30 s3 figure_claimed {"metric":"requestedRoutings.Bullseye","value":1.0,"unit":"count","instance":"s3"}
        01:00:30 s3 figure_claimed {"metric":"requestedRoutings.Standard","value":1.0,"unit":"count","instance":"s3"}
        01:00:30 s3 figure_claimed {"metric":"usedRouting.Standard","value":1.0,"unit":"count","instance":"s3"}
        01:00:30 s3 figure_claimed {"metric":"proposedAgents.agentRank","value":1.0,"unit":"count","agent":"u1","instance":"s3"}
        01:00:30 s3 figure_claimed {"metric":"proposedAgents.agentRank","value":2.0,"unit":"count","agent":"u2","instance":"s3"}
        01:00:30 s3 figure_claimed {"metric":"scoredAgents.agentScore","value":88.0,"unit":"count","agent":"u1","instance":"s3"}
        01:00:35 s3 offered {"agent":"u2"}
        01:00:50 s3 offer_timed_out {"agent":"u2"}
        01:00:50 s3 figure_claimed {"metric":"tNotResponding","value":15.0,"unit":"secs","agent":"u2","instance":"s3"}
        01:01:10 s3 assigned {"agent":"u1"}
        01:00:55 s3 offered {"agent":"u1"}
        01:01:10 s3 offer_accepted {"agent":"u1"}
        01:03:00 s3 held {}
        01:03:30 s3 resumed {}
        01:06:00 s3 wrap_up_started {}
        01:07:00 s3 wrap_up_ended {"code":"code-7"}
        01:06:00 s3 transferred {"reason":"transfer"}
        01:06:00 s3 figure_claimed {"metric":"tTalk","value":260.0,"unit":"secs","agent":"u1","instance":"s3"}
        01:06:00 s3 figure_claimed {"metric":"tHeld","value":30.0,"unit":"secs","agent":"u1","instance":"s3"}
        01:07:00 s3 figure_claimed {"metric":"tAcw","value":60.0,"unit":"secs","agent":"u1","instance":"s3"}
        01:07:00 s3 figure_claimed {"metric":"tHandle","value":350.0,"unit":"secs","agent":"u1","instance":"s3"}
        01:05:30 s6 enqueued {"queue":"q-cards"}
        01:05:50 s6 dequeued {"reason":"answered"}
        01:05:50 s6 figure_claimed {"metric":"tAnswered","value":20.0,"unit":"secs","instance":"s6"}
        01:05:50 s6 assigned {"agent":"u3"}
        01:05:40 s6 offered {"agent":"u3"}
        01:05:50 s6 offer_accepted {"agent":"u3"}
        01:12:00 s6 wrap_up_started {}
        01:12:30 s6 wrap_up_ended {"code":"code-8"}
        01:12:00 s6 ended {"by":"customer"}
        01:12:00 s6 figure_claimed {"metric":"tTalk","value":370.0,"unit":"secs","agent":"u3","instance":"s6"}
        01:12:00 conv-1 ended {}
        05:00:00 conv-1 survey_answered {"score":80,"score_max":100}
        06:00:00 conv-1 rated {"rater":"boss","values":{"total_score":91}}"#]].assert_eq(&told(&of(&["genesys/transfer.json"])));
}

#[test]
fn who_left_the_queue_how_is_told_by_metrics_and_else_by_segments() {
    let board = board(&of(&["genesys/queues.json"]));
    let all = (2..7).map(|nth| legs(&board, &format!("genesys.conv-{nth}"))).collect::<Vec<_>>().join("\n");
    expect![[r#"
        Some(Voice) Inbound, ended 300
        q-billing Abandoned -: from 0, queue 10..120, talk -..-, held 0, after -..-, passed on -
        Some(Voice) Inbound, ended 300
        q-billing FlowedOut -: from 0, queue 10..120, talk -..-, held 0, after -..-, passed on -
        Some(Voice) Inbound, ended 300
        q-billing Abandoned -: from 0, queue 10..120, talk -..-, held 0, after -..-, passed on -
        Some(Voice) Inbound, ended 300
        q-billing Abandoned -: from 0, queue 10..120, talk -..-, held 0, after -..-, passed on -
        Some(Voice) Outbound, ended 180
        - Answered u1: from 0, queue -..10, talk 10..180, held 0, after -..-, passed on -"#]]
    .assert_eq(&all);
}

#[test]
fn a_declined_ring_is_no_answer_and_a_ring_that_goes_on_says_nothing_yet() {
    let declined = of(&["genesys/queues.json"]).into_iter().filter(|fact| fact.stream.id() == "genesys.conv-5");
    let offers: Vec<NewEvent> = declined.filter(|fact| fact.body.event_type.starts_with("conversation.offer")).collect();
    expect![[r#"
        05:00:20 conv-5q offered {"agent":"u2"}
        05:00:25 conv-5q offer_rejected {"agent":"u2"}"#]]
    .assert_eq(&told(&offers));
}

#[test]
fn a_conversation_told_again_when_it_has_grown_only_adds() {
    let text = fixture("genesys/growing.jsonl");
    let of_line = |nth: usize| read(GENESYS, text.lines().nth(nth).expect("a line")).facts;
    let (early, grown) = (of_line(0), of_line(1));
    let gone: Vec<NewEvent> = early.iter().filter(|fact| grown.iter().all(|other| other.id != fact.id)).cloned().collect();
    assert_eq!(told(&gone), "", "whatever was said stands");
    assert_eq!(meaning(&board(&[early.clone(), grown.clone()].concat())), meaning(&board(&grown)));
    expect![[r#"
        Some(Voice) Inbound, ended -
        q-billing Answered u1: from 0, queue 30..70, talk 70..-, held 0, after -..-, passed on -"#]]
    .assert_eq(&legs(&board(&early), "genesys.conv-1"));
}

#[test]
fn what_is_wrong_in_a_conversation_is_mended_or_refused_by_name() {
    let session = |who: usize, field: &'static str, value: Value| {
        conversation(move |it| it["participants"][who]["sessions"][0][field] = value)
    };
    let segment = |nth: usize, field: &'static str, value: Value| {
        conversation(move |it| it["participants"][4]["sessions"][0]["segments"][nth][field] = value)
    };
    let all = [
        conversation(|_| {}),
        conversation(|it| it["conversationId"] = Value::Null),
        conversation(|it| it["conversationId"] = json!("x".repeat(100_000))),
        conversation(|it| it["conversationStart"] = json!("soon")),
        conversation(|it| it["conversationEnd"] = json!("2026-03-01T01:00:00Z")),
        conversation(|it| it["participants"] = json!("nobody")),
        conversation(|it| it["participants"][4]["userId"] = Value::Null),
        conversation(|it| it["participants"][4]["purpose"] = json!("wizard")),
        session(0, "mediaType", json!("smoke")),
        session(2, "segments", json!([])),
        session(2, "segments", json!([{ "segmentStart": "2026-03-02T01:00:30Z" }])),
        session(4, "sessionId", Value::Null),
        session(4, "metrics", json!([{ "name": "tTalk", "value": "long" }, 7])),
        segment(1, "segmentStart", json!("noon")),
        segment(1, "segmentEnd", json!("2026-03-02T01:01:00Z")),
        segment(1, "segmentType", json!("levitate")),
        segment(3, "disconnectType", json!("asteroid")),
        "7".to_owned(),
    ]
    .map(|text| trouble(&text));
    expect![[r#"
        [] []
        [] ["conversation_missing"]
        [] ["bad_stream"]
        [] ["time_missing"]
        ["end_left_out"] []
        ["channel_unknown"] []
        ["agent_not_recorded"] []
        [] []
        ["channel_unknown"] []
        [] []
        ["queue_not_recorded"] []
        ["session_missing"] []
        ["figure_not_a_number"] []
        ["time_not_believable", "time_missing"] []
        ["end_left_out"] []
        ["unknown_action"] []
        ["outcome_unknown"] []
        [] ["cut_off"]"#]]
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
    let future = conversation(|it| {
        it["conversationId"] = json!("conv-z");
        it["conversationStart"] = json!("2099-01-01T00:00:00Z");
    });
    let good = conversation(|_| {});
    let cut = &good[..good.len() / 2];
    let lines = [&good[..], cut, &future, "{\"conversationId\": 7}", &good].join("\n");
    let report = imported(&log, &place.file("a.jsonl", lines)).await;
    let refused: Vec<(&str, u64)> = report.refused.iter().map(|(reason, &n)| (reason.as_str(), n)).collect();
    expect![[r#"5 rows, [("cut_off", 1), ("time_in_future", 1), ("time_missing", 1)]"#]]
        .assert_eq(&format!("{} rows, {refused:?}", report.n_rows_read));
    assert_eq!(folded(&log).await.conversations.by_id.len(), 1);
}

#[tokio::test]
async fn what_is_personal_is_sealed_under_the_customers_pseudonym() {
    let (log, _) = imported_twice(&["genesys/transfer.json"]).await;
    let mut sealed = Vec::new();
    for stored in all(&log).await {
        let facets = format!("{} {} {:?}", String::from_utf8_lossy(&stored.payload.data), stored.fact.stream, stored.fact.meta);
        assert!(["Muster", "4711", "15112345678"].iter().all(|secret| !facets.contains(secret)), "{facets}");
        let shown = log.personal(&[stored.fact.position], &unmasked(None)).await.expect("the door opens");
        sealed.extend(shown.into_values().map(|shown| shown.personal));
    }
    assert!(sealed.iter().all(|personal| personal.subject.is_some()));
    let mut names: Vec<&str> = sealed.iter().flat_map(|personal| personal.texts.keys().map(String::as_str)).collect();
    names.sort_unstable();
    assert_eq!(names, ["attributes", "customer_number", "name", "note", "phone"]);
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn the_order_and_number_of_deliveries_change_nothing(seed in any::<u64>()) {
        let facts = of(&ALL);
        prop_assert_eq!(meaning(&board(&shuffled(&facts, seed))), meaning(&board(&facts)));
    }
}
