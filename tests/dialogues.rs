//! Dialogues with suggestions and with ratings: real ones compared with what pandas says, made-up ones with every trap.

use console::clock::Clock;
use console::export::{PersonalText, cloudevents};
use console::figures;
use console::import::{Cancel, Ending, Order, Progress, import};
use console::keys::Pseudonyms;
use console::log::EventLog;
use console::log::memory::MemoryLog;
use console::sources::SourceKind;
use console::sources::records::Content;
use console::sources::text::Text;
use events::import::Report;
use events::{NewEvent, Position, Timing};
use expect_test::expect;
use projections::Board;
use projections::rating::of_conversation;
use proptest::prelude::*;
use serde_json::{Value, json};
use tests::Draw;
use tests::agreed::same;
use tests::dialogues::{POST, SECRET, star, stc3, with};
use tests::made_up::{EVENING, config, recorded};
use tests::place::{Place, folded, shared};
use tests::rights::unmasked;
use tokio::sync::watch;

const STAR: &str = "data/star_dialogues/public/dialogues.jsonl.gz";
const STC3: [&str; 2] =
    ["data/stc3_weibo_helpdesk/public/dialogues_cn.jsonl.gz", "data/stc3_weibo_helpdesk/public/dialogues_en.jsonl.gz"];

fn memory() -> MemoryLog {
    MemoryLog::new(Clock::chosen(EVENING))
}

async fn read(log: &impl EventLog, path: &std::path::Path) -> (Report, Ending) {
    let order = Order { path: path.to_owned(), source: None, mapping: None };
    let progress = watch::Sender::new(Progress::default());
    import(log, &Clock::chosen(EVENING), &order, &Cancel::default(), &progress).await.expect("a good file")
}

/// Reads lines as a file, without being told of which source.
async fn read_lines(log: &impl EventLog, lines: &[String]) -> Report {
    read(log, &Place::default().file("dialogues.jsonl", lines.join("\n"))).await.0
}

fn set(name: &str, board: &Board) -> Value {
    figures::set(name, board).expect("a set of that name")
}

fn expected(name: &str) -> Option<Value> {
    let text = std::fs::read_to_string(shared("data/EXPECTED_public.json")?).expect("it can be read");
    let mut all: Value = serde_json::from_str(&text).expect("JSON");
    Some(all[name].take())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_of_real_dialogues_with_suggestions_are_those_of_pandas() {
    let (Some(path), Some(expected)) = (shared(STAR), expected("star")) else { return };
    let log = memory();
    let (report, ending) = read(&log, &path).await;
    assert_eq!((ending, report.n_rows_read, report.refused.len()), (Ending::Finished, 5_302, 0));
    same("star", &set("star", &folded(&log).await), &expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_of_real_ratings_are_those_of_pandas_in_each_language() {
    let (Some(cn), Some(en), Some(expected)) = (shared(STC3[0]), shared(STC3[1]), expected("stc3_cn")) else { return };
    let log = memory();
    // The translation of a dialogue is another conversation: in one log neither hides the other.
    let (of_en, of_cn) = (read(&log, &en).await, read(&log, &cn).await);
    assert_eq!((of_cn.0.n_rows_read, of_en.0.n_rows_read), (2_934, 1_328));
    assert!(of_cn.0.refused.is_empty() && of_en.0.refused.is_empty(), "{of_cn:?} {of_en:?}");
    assert_eq!(of_cn.0.repaired.get("time_not_known"), Some(&3), "three ids are of no year with Weibo in it");
    let board = folded(&log).await;
    same("stc3_cn", &set("stc3_cn", &board), &expected);
    let english = set("stc3_en", &board);
    let counts = ["dialogues", "turns", "customer_turns", "empty_utterances", "annotators"].map(|name| english[name].as_u64());
    assert_eq!(counts, [1_328, 5_422, 2_999, 15, 19].map(Some));
    let year = |at: events::Moment| events::cloudevent::rfc3339(at)[..4].to_owned();
    let days = (board.earliest_at.map(year), board.latest_at.map(year));
    assert_eq!(days, (Some("2011".to_owned()), Some("2016".to_owned())), "and none of 1986 or 1970");
}

fn translated(kind: SourceKind, line: &str) -> Result<console::sources::Translated, console::sources::Misfit> {
    let mut translator = kind.translator(line, Pseudonyms::of_no_secret()).expect("a source without a header");
    translator.translate(&Content::Line(line.to_owned()))
}

/// What a line comes to: its facts by short name with timing and payload, and what was mended; or why it is refused.
fn told(kind: SourceKind, line: &str) -> String {
    match translated(kind, line) {
        Err(misfit) => format!("refused: {} ({})", misfit.reason, misfit.detail.unwrap_or_default()),
        Ok(row) => {
            let facts = row.events.iter().map(|fact| {
                let time = events::cloudevent::rfc3339(fact.occurred_at);
                let time = match fact.meta.timing {
                    Timing::Recorded => time[11..19].to_owned(),
                    Timing::Derived => format!("({})", &time[..10]),
                    Timing::Unknown => "?".to_owned(),
                };
                let name = fact.body.event_type.trim_start_matches("conversation.");
                format!("{time} {name} {}", String::from_utf8_lossy(&fact.body.data))
            });
            facts.chain(row.repairs.iter().map(|repair| format!("mended: {repair}"))).collect::<Vec<_>>().join("\n")
        }
    }
}

/// What is mended or refused in a line.
fn trouble(kind: SourceKind, dialogue: &Value) -> String {
    let line = dialogue.to_string();
    match translated(kind, &line) {
        Ok(row) => format!("{:?}", row.repairs),
        Err(misfit) => format!("refused: {} ({})", misfit.reason, misfit.detail.unwrap_or_default()),
    }
}

#[test]
fn every_event_of_a_dialogue_is_a_fact_and_its_words_are_sealed() {
    let line = star(4).to_string();
    expect![[r#"
        (2020-05-13) started {"channel":"chat","direction":"inbound","topic":"bank/bank_balance","customer":"c-a9485d889a91b02a4c3d4e60fb730a76","language":"en","entry":"woz_1589355382"}
        (2020-05-13) assigned {"agent":"wizard 0"}
        14:10:00 step_instructed {"n_chars":14}
        14:10:10 message_received {"n_chars":14}
        14:10:15 message_received {"n_chars":6}
        14:10:16 task_selected {"task":"bank_balance"}
        14:10:20 suggestions_requested {"n_chars":14}
        14:10:26 suggestion_picked {"label":"ask_name","rank":2,"n_offered":3,"options":["hello","ask_name","ask_name"],"n_chars":14}
        14:10:40 message_received {"n_chars":14}
        14:10:41 knowledge_queried {"api":"bank","fields":["PIN"]}
        ? knowledge_returned {"api":"bank","found":true}
        14:10:43 item_selected {"slot":"primary"}
        14:10:43 item_selected {"slot":"secondary"}
        14:10:40 message_sent {"by":"agent","n_chars":14}
        14:10:50 completion_declared {"by":"customer"}
        (2020-05-13) ended {}
        ? concluded {"outcome":"Complete"}
        ? questionnaire_answered {"by":"customer","answers":[{"yes":true},{}]}
        ? questionnaire_answered {"by":"agent","answers":[{"number":4.0}]}"#]].assert_eq(&told(SourceKind::Star, &line));
    let row = translated(SourceKind::Star, &line).expect("a good row");
    let facets: String = row.events.iter().map(|fact| String::from_utf8_lossy(&fact.body.data).into_owned()).collect();
    assert!(!facets.contains("4711") && !facets.contains("Did it help"), "{facets}");
    let sealed = row.events.iter().filter(|fact| fact.personal.is_some());
    let named = sealed.map(|fact| fact.personal.as_ref().is_some_and(|personal| personal.subject.is_some()));
    assert_eq!(named.collect::<Vec<_>>(), vec![true; 14], "each under the customer's key");
}

#[test]
fn what_is_wrong_in_a_dialogue_with_suggestions_is_mended_or_refused_by_name() {
    let event = |nth: usize, field: &'static str, value: Value| with(star(4), |it| it["Events"][nth][field] = value);
    let field = |name: &'static str, value: Value| with(star(4), |it| it[name] = value);
    let all = [
        event(1, "Action", json!("sing")),
        event(1, "UnixTime", json!("noon")),
        event(1, "UnixTime", json!(-5)),
        event(1, "UnixTime", json!(1e300)),
        event(1, "Text", Value::Null),
        event(5, "ActionLabel", Value::Null),
        event(5, "ActionLabelOptions", json!([])),
        event(5, "ActionLabelOptions", json!("hello")),
        field("AnonymizedUserWorkerID", Value::Null),
        field("AnonymizedWizardWorkerID", json!("")),
        field("CompletionLevel", Value::Null),
        field("Scenario", json!(7)),
        field("Events", json!([])),
        field("Events", Value::Null),
        field("DialogueID", Value::Null),
        field("DialogueID", json!("x".repeat(300))),
        json!([SECRET]),
        json!(SECRET),
    ]
    .map(|dialogue| trouble(SourceKind::Star, &dialogue));
    expect![[r#"
        ["unknown_action"]
        ["time_not_believable"]
        ["time_not_believable"]
        ["time_not_believable"]
        ["text_not_recorded"]
        ["label_not_recorded"]
        ["label_not_offered"]
        ["label_not_offered"]
        ["customer_not_recorded"]
        ["agent_not_recorded"]
        ["outcome_not_recorded"]
        []
        []
        refused: not_a_dialogue (Events is no list)
        refused: not_a_dialogue (DialogueID is missing)
        refused: bad_stream (the dialogue's id is too long or cannot be printed)
        refused: not_a_dialogue (the line is no JSON object)
        refused: not_a_dialogue (the line is no JSON object)"#]]
    .assert_eq(&all.join("\n"));
    assert!(!all.concat().contains("4711"), "nothing is quoted");
}

#[test]
fn a_dialogue_without_any_time_says_so() {
    let none = with(star(4), |it| {
        it["BatchID"] = json!("b");
        it["Events"].as_array_mut().expect("a list").iter_mut().for_each(|event| event["UnixTime"] = Value::Null);
    });
    let row = translated(SourceKind::Star, &none.to_string()).expect("a good row");
    assert!(row.events.iter().all(|fact| fact.meta.timing == Timing::Unknown));
    let mut board = Board::default();
    recorded(&row.events).iter().for_each(|fact| projections::Projection::evolve(&mut board, fact));
    assert_eq!((board.earliest_at, board.latest_at, board.density.len()), (None, None, 0), "it is on no day");
    assert_eq!(set("star", &board)["responses_n"], 0, "and nobody was quick or slow");
}

#[test]
fn ratings_stay_ratings_and_the_time_is_that_of_the_posts_id() {
    expect![[r#"
        (2012-02-24) started {"channel":"social","direction":"inbound","customer":"c-c06c86dbdbff66e5df03b8f42603e3b4","language":"zh"}
        ? turn_began {"by":"customer","nth":1,"n_messages":2}
        ? message_received {"n_chars":8}
        ? message_received {"n_chars":0}
        ? turn_began {"by":"agent","nth":2,"n_messages":1}
        ? message_sent {"by":"agent","n_chars":5}
        ? turn_began {"by":"customer","nth":3,"n_messages":1}
        ? message_received {"n_chars":2}
        ? ended {}
        ? rated {"rater":"1","values":{"A":-2,"E":-1,"S":-2},"labels":["CNUG0","HNUG","CNUG*"]}
        ? rated {"rater":"2","values":{"A":-1,"E":0,"S":1},"labels":["CNUG0","HNUG","CNaN"]}
        mended: rater_count"#]].assert_eq(&told(SourceKind::Stc3, &stc3(POST, 2).to_string()));
}

#[test]
fn what_is_wrong_in_rated_dialogues_is_mended_or_refused_by_name() {
    let good = || stc3(POST, 19);
    let rating = |field: &'static str, value: Value| with(good(), |it| it["annotations"][3][field] = value);
    let all = [
        good(),
        stc3(POST, 18),
        stc3(POST, 20),
        stc3("14503511086", 19),
        stc3("-5", 19),
        stc3("not a number", 19),
        stc3("99999999999999999999999", 19),
        rating("nugget", json!(["CNUG0"])),
        rating("nugget", json!([SECRET, "HNUG", "CNaN"])),
        rating("nugget", json!([1, 2, 3])),
        rating("quality", json!({ "A": 3, "S": "good", "E": 0 })),
        with(good(), |it| it["annotations"][3] = json!({})),
        with(good(), |it| it["annotations"] = Value::Null),
        with(good(), |it| it["turns"][0]["utterances"] = json!([7])),
        with(good(), |it| it["turns"][0]["utterances"] = json!(SECRET)),
        with(good(), |it| it["turns"][0]["sender"] = json!(SECRET)),
        with(good(), |it| it["turns"] = json!([])),
        with(good(), |it| it["id"] = Value::Null),
    ]
    .map(|dialogue| trouble(SourceKind::Stc3, &dialogue));
    expect![[r#"
        []
        ["rater_count"]
        ["rater_count"]
        ["time_not_known"]
        ["time_not_known"]
        ["time_not_known"]
        ["time_not_known"]
        ["label_count"]
        refused: unknown_label (annotation 4)
        refused: unknown_label (annotation 4)
        ["rating_out_of_scale"]
        ["label_count", "rating_empty"]
        ["rater_count"]
        ["text_not_recorded"]
        refused: not_a_dialogue (utterances of turn 1 is no list)
        refused: unknown_sender (turn 1)
        refused: not_a_dialogue (turns is no list, or an empty one)
        refused: not_a_dialogue (id is missing)"#]]
    .assert_eq(&all.join("\n"));
    assert!(!all.concat().contains("4711"), "nothing is quoted");
}

/// The same dialogue in English; its letters tell so unless much of it is names in Chinese.
fn in_english(handle: &str) -> Value {
    with(stc3(POST, 19), |it| {
        it["turns"][0]["utterances"] = json!([format!("my broadband is down @{handle}")]);
        it["turns"][1]["utterances"] = json!(["Please write us a private message, we will look into it at once."]);
        it["turns"][2]["utterances"] = json!([""]);
    })
}

#[tokio::test]
async fn a_translation_is_another_conversation_of_the_same_customer() {
    for lines in [[stc3(POST, 19), in_english("telecom")], [in_english("telecom"), stc3(POST, 19)]] {
        let log = memory();
        let report = read_lines(&log, &lines.map(|line| line.to_string())).await;
        assert_eq!((report.n_already_present, report.refused.len()), (0, 0));
        let board = folded(&log).await;
        let mut ids: Vec<&str> = board.conversations.by_id.keys().map(String::as_str).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["stc3.cn.3416789012345678", "stc3.en.3416789012345678"]);
        let customers: Vec<_> = board.conversations.by_id.values().map(|conversation| conversation.customer).collect();
        assert!(customers[0].is_some() && customers[0] == customers[1], "whoever forgets one forgets both");
    }
}

#[test]
fn letters_that_do_not_tell_their_language_are_read_in_that_of_the_file() {
    let mixed = in_english("中国电信北京").to_string();
    let read_after = |first: Value| {
        let mut translator = SourceKind::Stc3.translator(&first.to_string(), Pseudonyms::of_no_secret()).expect("no header");
        translator.translate(&Content::Line(mixed.clone())).expect("a good row").events[0].stream.to_string()
    };
    let both = [read_after(stc3(POST, 1)), read_after(in_english("telecom"))];
    assert_eq!(both, ["conversation-stc3.cn.3416789012345678", "conversation-stc3.en.3416789012345678"]);
}

#[tokio::test]
async fn broken_lines_are_told_with_their_words_sealed() {
    let (log, place) = (memory(), Place::default());
    let cut: String = star(5).to_string().chars().take(900).collect();
    let long = with(star(6), |it| it["Events"][1]["Text"] = json!("字".repeat(2 << 20)));
    let mut bytes =
        [star(4).to_string(), cut, long.to_string(), "x".repeat(9 << 20), star(4).to_string()].join("\n").into_bytes();
    bytes.extend_from_slice(b"\n{\"DialogueID\": 7, \"Events\": [], \"Text\": \"\xff\xfe\"}\n");
    let (report, ending) = read(&log, &place.file("star.jsonl", bytes)).await;
    assert_eq!((ending, report.n_rows_read), (Ending::Finished, 6));
    let refused: Vec<(&str, u64)> = report.refused.iter().map(|(reason, &n)| (reason.as_str(), n)).collect();
    assert_eq!(refused, [("bad_json", 1), ("line_too_long", 1), ("not_utf8", 1)]);
    let board = folded(&log).await;
    assert_eq!(board.conversations.by_id.len(), 2, "a dialogue that stands there twice is one");
    let import = board.imports.by_id.values().next().expect("an import");
    let note = &import.notes[0];
    assert_eq!((note.line, note.reasons.as_slice()), (2, &["bad_json".to_owned()][..]));
    assert!(!format!("{:?}", import.notes).contains("4711"), "nothing is quoted");
    let shown = log.personal(&[note.position], &unmasked(None)).await.expect("the log answers");
    let original = &shown[&note.position].personal;
    assert!(original.texts["original"].contains("Events"), "but it is kept, sealed: {original:?}");
    assert!(original.subject.is_some(), "under the key of whom it is about");
}

#[tokio::test]
async fn an_export_keeps_what_is_known_of_times() {
    let (place, from, to) = (Place::default(), memory(), memory());
    read_lines(&from, &[star(4).to_string(), star(5).to_string()]).await;
    let mut bytes = Vec::new();
    cloudevents(&from, &mut bytes, PersonalText::None).await.expect("the log can be read");
    read(&to, &place.file("log.jsonl", bytes)).await;
    let (before, after) = (folded(&from).await, folded(&to).await);
    assert_eq!((set("star", &after), &after.turns), (set("star", &before), &before.turns));
    assert_eq!(set("star", &before)["events_without_time"], 2);
}

#[test]
fn a_first_line_tells_the_source() {
    let of = |line: &str| SourceKind::detect(&Text::open(std::io::Cursor::new(line.to_owned())).expect("text"));
    let (suggested, rated) = (star(1).to_string(), stc3(POST, 1).to_string());
    assert_eq!((of(&suggested), of(&rated)), (Some(SourceKind::Star), Some(SourceKind::Stc3)));
    let cut = |line: &str| line.chars().take(line.chars().count() - 5).collect::<String>();
    assert_eq!((of(&cut(&suggested)), of(&cut(&rated))), (Some(SourceKind::Star), Some(SourceKind::Stc3)));
    assert_eq!(of("{\"id\": 1, \"turns\": []}"), None);
}

/// The sets and every conversation's ratings: all that a window or script sees of dialogues.
fn shown(facts: &[NewEvent]) -> String {
    let mut board = Board::default();
    recorded(facts).iter().for_each(|fact| projections::Projection::evolve(&mut board, fact));
    let mut ids: Vec<&String> = board.conversations.by_id.keys().collect();
    ids.sort();
    let ratings: Vec<_> = ids.iter().map(|id| (id, of_conversation(&board, id))).collect();
    let exchanges: Vec<_> = ids.iter().map(|id| board.turns.by_conversation.get(*id)).collect();
    let sets = ["star", "stc3_cn", "stc3_en"].map(|name| set(name, &board).to_string());
    format!("{}\n{ratings:?}\n{exchanges:?}\n{:?}", sets.join("\n"), board.assists)
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn the_order_of_delivery_and_doubles_change_nothing(seed in any::<u64>(), n in 1..6_u64) {
        let posts = (0..n).map(|nth| stc3(&format!("34167890123{nth:05}"), 2 + (nth % 3) as i64));
        let lines = (0..n).map(|id| (SourceKind::Star, star(id))).chain(posts.map(|post| (SourceKind::Stc3, post)));
        let facts: Vec<NewEvent> =
            lines.flat_map(|(kind, line)| translated(kind, &line.to_string()).expect("a good row").events).collect();
        let mut draw = Draw(seed);
        let mut delivered = facts.clone();
        delivered.extend(facts.iter().filter(|_| draw.below(3) == 0).cloned());
        for place in (1..delivered.len()).rev() {
            delivered.swap(place, usize::try_from(draw.below(place as u64 + 1)).unwrap_or(0));
        }
        // The log's own rule: what is there already is left out.
        let log = memory();
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let kept: Vec<NewEvent> = runtime.block_on(async {
            let mut places: Vec<Position> = Vec::new();
            for fact in &delivered {
                let ingested = log.ingest(vec![fact.clone()], |_ingested| Vec::new()).await.expect("the log takes it");
                places.extend((ingested.n_written == 1).then_some(Position(places.len() as u64)));
            }
            let ids: Vec<_> = log.at(&places).await.expect("they are there").iter().map(|stored| stored.fact.id).collect();
            ids.iter().filter_map(|id| facts.iter().find(|fact| fact.id == *id).cloned()).collect()
        });
        prop_assert_eq!(kept.len(), facts.len());
        prop_assert_eq!(shown(&kept), shown(&facts));
    }
}
