//! No view shows a customer's words, name or number; only the one door does, and only to who has the right.

use std::sync::Arc;

use console::desk::Desk;
use console::export::{PersonalText, cloudevents};
use console::import::{Cancel, Order, Progress, import};
use console::log::{EventLog, Rights};
use console::playhead::PlayheadCommand;
use console::verbs::{
    ChartQuestion, ChartWords, ConversationQuestion, EventQuestion, EvidenceQuestion, LiveQuestion, NotesQuestion, Nothing, Theme,
};
use events::conversation::{MessageReceived, SurveyAnswered};
use events::{EventId, NewEvent, Personal, Position, customer};
use projections::live::Range;
use projections::scope::Scope;
use projections::trail::ConversationQuery;
use proptest::prelude::*;
use tests::bank::{HEADER, Row};
use tests::made_up::{self, CANARY, EVENING, Log, MORNING, config, day, fact};
use tests::place::{Place, all};
use tests::rights::unmasked;
use tokio::sync::watch;

/// What no view may hold: a made-up person in every guise.
const SECRETS: [&str; 8] =
    [CANARY, "13800138000", "canary@example.com", "小明", "6222020200112233445", "Canary Wharton", "Wharton", "一三八零零一三八"];

/// Every answer that the desk gives to any verb, as the window gets it.
async fn every_view(desk: &Arc<Desk>) -> Vec<(String, String)> {
    let mut views = Vec::new();
    let mut add = |name: &str, text: String| views.push((name.to_owned(), text));
    let text = |value: serde_json::Value| value.to_string();
    macro_rules! ask {
        ($verb:ident, $question:expr) => {
            if let Ok(answer) = desk.$verb($question).await {
                add(stringify!($verb), text(serde_json::to_value(answer).expect("views are JSON")));
            }
        };
    }
    ask!(status, Nothing {});
    ask!(definitions, Nothing {});
    ask!(import_jobs, Nothing {});
    ask!(imports, Nothing {});
    for range in [Range::All, Range::Day] {
        ask!(live, LiveQuestion { scope: Scope::default(), range });
        let words = ChartWords::default();
        ask!(chart, ChartQuestion { scope: Scope::default(), range, theme: Theme::Light, words, width: 800, height: 300 });
    }
    let query = || ConversationQuery { limit: 500, ..ConversationQuery::default() };
    ask!(conversations, query());
    for row in desk.conversations(query()).await.expect("a list").rows {
        ask!(conversation, ConversationQuestion { id: row.id.clone() });
    }
    for metric in projections::metric::Metric::ALL {
        ask!(evidence, EvidenceQuestion { metric: metric.id().to_owned(), scope: Scope::default(), offset: 0, limit: 500 });
    }
    for stored in all(desk.log()).await {
        ask!(event, EventQuestion { position: stored.fact.position });
    }
    for import in desk.imports(Nothing {}).await.expect("a list") {
        ask!(import_notes, NotesQuestion { id: import.id, reason: None, offset: 0, limit: 500 });
    }
    views
}

fn secret_in(text: &str) -> Option<&'static str> {
    SECRETS.into_iter().find(|secret| text.contains(secret))
}

/// Facts with a person's words in every field that may hold them.
fn personal(facts: &mut Vec<NewEvent>) {
    let words = |name: &str, text: &str| {
        Some(Personal { subject: Some(made_up::customer(1)), texts: [(name.to_owned(), text.to_owned())].into() })
    };
    let message = |nth: u64, name: &str, text: &str| NewEvent {
        personal: words(name, text),
        ..fact("conversation", "said", nth, MORNING, MessageReceived { n_chars: 9 })
    };
    facts.push(message(0, "text", "我的手机是13800138000，邮箱canary@example.com。"));
    facts.push(message(1, "text", "一三八零零一三八零零零"));
    facts.push(message(2, "text", "card 6222020200112233445"));
    facts.push(message(3, "name", "王小明"));
    facts.push(message(4, "original", "Canary Wharton\t13800138000"));
    facts.push(message(5, "address", "Canary Wharton, 13800138000"));
    let answer = fact("conversation", "said", 6, MORNING, SurveyAnswered { score: 1, score_max: 5 });
    facts.push(NewEvent { personal: words("comment", "call 13800138000"), ..answer });
    let known = fact("customer", &made_up::customer(2), 0, MORNING, customer::Identified { tier: None, language: None });
    facts.push(NewEvent { personal: words("phone", "13800138000"), ..known });
}

proptest! {
    #![proptest_config(config(6))]

    #[test]
    fn no_view_shows_what_is_personal(Log(mut facts) in day(8), secs in 0..40_000_i64) {
        personal(&mut facts);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let place = Place::default();
            let desk = place.desk(facts).await;
            for command in [PlayheadCommand::Live, PlayheadCommand::Jump { at: MORNING.plus_secs(secs) }] {
                desk.playhead(command).await.expect("the playhead obeys");
                let views = every_view(&desk).await;
                prop_assert!(60 < views.len(), "{} views", views.len());
                for (name, text) in views {
                    prop_assert_eq!(secret_in(&text), None, "{}: {}", name, text);
                }
            }
            Ok(())
        })?;
    }
}

async fn exported(desk: &Desk, personal: PersonalText) -> String {
    let mut bytes = Vec::new();
    cloudevents(desk.log(), &mut bytes, personal).await.expect("memory takes it");
    String::from_utf8(bytes).expect("JSON is text")
}

#[tokio::test]
async fn an_export_holds_what_is_personal_only_when_asked_plainly() {
    let (place, mut facts) = (Place::default(), Vec::new());
    personal(&mut facts);
    let desk = place.desk(facts).await;
    for choice in
        [PersonalText::None, PersonalText::Shown(Rights::Masked), PersonalText::Shown(unmasked(Some(made_up::customer(7))))]
    {
        assert_eq!(secret_in(&exported(&desk, choice.clone()).await), None, "{choice:?}");
    }
    let plain = exported(&desk, PersonalText::Shown(unmasked(None))).await;
    assert!(["13800138000", "王小明", "Canary Wharton"].iter().all(|secret| plain.contains(secret)), "{plain}");
    let none = exported(&desk, PersonalText::None).await;
    assert!(!none.contains("personaltexts"), "{none}");
}

async fn imported(place: &Place, name: &str, content: &str) -> Arc<Desk> {
    let desk = place.desk(Vec::new()).await;
    let order = Order { path: place.file(name, content), source: None, mapping: None };
    let progress = watch::Sender::new(Progress::default());
    import(desk.log(), &console::clock::Clock::chosen(EVENING), &order, &Cancel::default(), &progress).await.expect("it begins");
    desk.caught_up().await;
    desk
}

#[tokio::test]
async fn the_notes_of_a_banks_file_do_not_quote_its_customers() {
    let rows = [
        Row::answered(1).with("customer_id", "13800138000"),
        Row::answered(2).with("customer_id", "13800138000").with("server", "NO_SERVER"),
        Row::answered(3).with("customer_id", "13800138000").with("date", "x"),
        // Fields that slipped: the customer stands where something else should.
        Row::answered(4).with("priority", "13800138000"),
        Row::answered(5).with("date", "13800138000"),
        Row::answered(6).with("outcome", "Canary Wharton"),
        Row::answered(7).with("vru_entry", "13800138000"),
    ];
    let place = Place::default();
    let desk = imported(&place, "calls.tsv", &tests::bank::file(&rows)).await;
    for (name, text) in every_view(&desk).await {
        assert_eq!(secret_in(&text), None, "{name}: {text}");
    }
    assert_eq!(secret_in(&exported(&desk, PersonalText::Shown(Rights::Masked)).await), None);
    assert!(HEADER.contains("customer_id"));
}

#[tokio::test]
async fn the_notes_of_a_refused_event_do_not_quote_it() {
    let event = |event_type: &str, stream: &str, time: &str, data: &str| {
        let id = EventId::derived("privacy", &format!("{event_type}|{stream}|{time}|{data}"));
        format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"x","type":"{event_type}","time":"{time}","streamid":"{stream}","data":{data}}}"#
        )
    };
    let lines = [
        event("conversation.resolved", "conversation-1", "2026-03-02T01:00:00Z", "{}"),
        event("conversation.message_received", "conversation-1", "2026-03-02T01:00:00Z", r#"{"n_chars":"Canary Wharton"}"#),
        event("conversation.started", "conversation-1", "2026-03-02T01:00:00Z", r#"{"channel":"13800138000"}"#),
        event("conversation.resolved", "conversation-1", "13800138000", "{}"),
        event("conversation.resolved", "Canary Wharton", "2026-03-02T01:00:00Z", "{}"),
        event("Canary Wharton", "conversation-1", "2026-03-02T01:00:00Z", "{}"),
        r#"{"specversion":"13800138000","id":"1","source":"x","type":"x","time":"x","streamid":"x","data":{}}"#.to_owned(),
        r#"{"specversion":["Canary Wharton"]}"#.to_owned(),
    ];
    let place = Place::default();
    let desk = imported(&place, "log.jsonl", &lines.join("\n")).await;
    let notes = desk.imports(Nothing {}).await.expect("a list")[0].n_notes;
    assert_eq!(notes, 7, "seven lines are refused");
    for (name, text) in every_view(&desk).await {
        assert_eq!(secret_in(&text), None, "{name}: {text}");
    }
}

#[tokio::test]
async fn a_payload_that_cannot_be_understood_is_not_shown() {
    let place = Place::default();
    let desk = place.desk(Vec::new()).await;
    let mut strange = fact("conversation", "x", 0, MORNING, MessageReceived { n_chars: 1 });
    strange.body.data = br#"{"n_chars":"Canary Wharton 13800138000"}"#.to_vec();
    desk.log().append(&strange.stream.clone(), console::log::Expected::Any, vec![strange]).await.expect("the log takes anything");
    desk.caught_up().await;
    let event = desk.event(EventQuestion { position: Position(0) }).await.expect("it is there");
    assert!(event.poison.is_some());
    for (name, text) in every_view(&desk).await {
        assert_eq!(secret_in(&text), None, "{name}: {text}");
    }
}
