//! The language of mappings: what it says, and how it tells what is wrong.

use std::sync::Arc;

use super::*;
use crate::keys::Pseudonyms;
use crate::sources::csv::Csv;
use crate::sources::lines::Lines;
use crate::sources::text::Text;
use crate::sources::{Misfit, Translate, Translated};

const TOML: &str = r#"
name = "desk-a"
kind = "contacts"
zone = "Europe/Berlin"
times = ["%Y-%m-%d %H:%M:%S", "epoch_s"]
unknown = ["?"]
key = ["id"]
[fields]
started_at = "began"
channel = { constant = "chat" }
queue = "team"
waiting_secs = "wait"
talk_secs = { column = "talk", unit = "clock" }
agent = "agent"
customer = "phone"
outcome = { column = "result", values = { OK = "answered", LOST = "abandoned" }, else = "refuse" }
"#;

const YAML: &str = "
name: desk-a
kind: contacts
zone: Europe/Berlin
times: ['%Y-%m-%d %H:%M:%S', epoch_s]
unknown: ['?']
key: [id]
fields:
  started_at: began
  channel: {constant: chat}
  queue: team
  waiting_secs: wait
  talk_secs: {column: talk, unit: clock}
  agent: agent
  customer: phone
  outcome:
    column: result
    values: {OK: answered, LOST: abandoned}
    else: refuse
";
const HEADER: &str = "id,began,team,wait,talk,agent,phone,result";

fn bound(mapping: &str, header: &str) -> Result<Table, Vec<Problem>> {
    let columns: Vec<String> = header.split(',').map(str::to_owned).collect();
    Table::of(Arc::new(Mapping::of(mapping)?), &columns, Pseudonyms::of_no_secret())
}

fn rows(mapping: &str, header: &str, rows: &str) -> Vec<Result<Translated, Misfit>> {
    let mut table = bound(mapping, header).expect("a mapping that fits");
    let text = Text::open(std::io::Cursor::new(rows.as_bytes().to_vec())).expect("text");
    let mut csv = Csv::cut(Lines::of(text), b',', b'"', header.split(',').count());
    let mut all = Vec::new();
    while let Some(record) = csv.next_record().expect("it is read") {
        all.push(table.translate(&record.content.expect("fields")));
    }
    all
}

/// The facts of one row, each with its second after the first.
#[track_caller]
fn told(mapping: &str, header: &str, row: &str) -> (String, Vec<&'static str>) {
    let translated = rows(mapping, header, row).remove(0).expect("it is understood");
    let from = translated.events[0].occurred_at;
    let fact = |event: &events::NewEvent| {
        let secs = event.occurred_at.micros_since(from) / 1_000_000;
        format!("{} +{secs}", event.body.event_type.rsplit('.').next().unwrap_or_default())
    };
    (translated.events.iter().map(fact).collect::<Vec<_>>().join(", "), translated.repairs)
}

#[track_caller]
fn refused(mapping: &str, header: &str, row: &str) -> &'static str {
    rows(mapping, header, row).remove(0).expect_err("it makes no sense").reason
}

#[track_caller]
fn wrong(text: &str, expected: &[&str]) {
    let problems = bound(text, HEADER).err().unwrap_or_default();
    assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), expected, "{text}");
}

/// The mapping with one piece changed.
#[track_caller]
fn changed(from: &str, to: &str) -> String {
    assert!(TOML.contains(from), "{from}");
    TOML.replace(from, to)
}

#[test]
fn toml_and_yaml_say_the_same() {
    let row = "7,2024-05-01 09:00:00,sales,30,0:01:40,eve,555,OK";
    let [toml, yaml] = [TOML, YAML].map(|text| rows(text, HEADER, row).remove(0).expect("understood"));
    assert_eq!(toml, yaml);
    let expected = "started +0, enqueued +0, assigned +30, dequeued +30, ended +130";
    assert_eq!(told(TOML, HEADER, row), (expected.to_owned(), Vec::new()));
    assert_eq!(toml.events[0].occurred_at.0, 1_714_546_800_000_000, "nine in Berlin is seven in UTC");
}

#[test]
fn every_problem_is_told_with_its_line_and_key() {
    wrong(
        &changed("kind = \"contacts\"", "kind = \"calls\""),
        &["line 3, kind: \"calls\" cannot stand here (contacts, events, tickets)"],
    );
    wrong(
        &changed("zone = \"Europe/Berlin\"", "zone = \"Berlin\""),
        &["line 4, zone: there is no time zone \"Berlin\" (Asia/Shanghai)"],
    );
    wrong(
        &changed("\"epoch_s\"]", "\"%H:%M\"]"),
        &["line 5, times: \"%H:%M\" is no format of a time (%Y-%m-%d %H:%M:%S, iso, epoch_s, epoch_ms, excel)"],
    );
    wrong(&changed("unknown =", "unknwon ="), &["line 6, unknwon: there is no key \"unknwon\" here (unknown)"]);
    wrong(
        &changed("queue = ", "qeue = "),
        &["line 8, fields: \"queue\" is missing", "line 11, fields.qeue: there is no key \"qeue\" here (queue)"],
    );
    wrong(
        &changed("unit = \"clock\"", "unit = \"hours\""),
        &["line 13, fields.talk_secs.unit: \"hours\" cannot stand here (s, ms, min, clock)"],
    );
    wrong(
        &changed("unit = \"clock\"", "time = \"iso\""),
        &["line 13, fields.talk_secs.time: \"time\" means nothing for this field"],
    );
    wrong(
        &changed("constant = \"chat\"", "constant = \"chatt\""),
        &["line 10, fields.channel.constant: \"chatt\" cannot stand here (chat)"],
    );
    wrong(
        &changed("LOST = \"abandoned\"", "LOST = \"abandonned\""),
        &["line 16, fields.outcome.values.LOST: \"abandonned\" cannot stand here (abandoned)"],
    );
    wrong(
        &changed("\"refuse\"", "\"panic\""),
        &["line 16, fields.outcome.else: \"panic\" cannot stand here (keep, refuse, unknown)"],
    );
    wrong(
        &changed("{ constant = \"chat\" }", "{ constant = \"chat\", column = \"team\" }"),
        &["line 10, fields.channel: exactly one of column, columns and constant is needed"],
    );
    wrong(
        &changed("{ constant = \"chat\" }", "{}"),
        &["line 10, fields.channel: exactly one of column, columns and constant is needed"],
    );
    wrong(
        &changed("key = [\"id\"]", "key = [\"id\"]\nkeep = [\"phone\"]"),
        &["line 8, keep: \"phone\" may name a person and cannot be kept"],
    );
    wrong(
        &changed("key = [\"id\"]", "key = [\"id\"]\nfile = { encoding = \"klingon\", quote = \"x\" }"),
        &[
            "line 8, file.encoding: there is no encoding \"klingon\" (utf-8, gbk, big5, utf-16le)",
            "line 8, file.quote: \"x\" cannot stand here (\"\\\"\" \"'\")",
        ],
    );
    wrong(&changed("zone = \"Europe/Berlin\"\n", ""), &["line 1, \"zone\" is missing".replace(", \"", ": \"").as_str()]);
    wrong(
        &changed("name = \"desk-a\"", "name = \"a b\""),
        &["line 2, name: \"a b\" cannot stand here (1 to 40 letters, digits, - and _, and not \"desk\", which is this console)"],
    );
}

#[test]
fn the_columns_that_a_file_lacks_are_told_in_one_sentence_with_its_header_once() {
    let problems = bound(&changed("\"phone\"", "\"handset\""), "number,day,tema,wait,talk,clerk").err().unwrap_or_default();
    assert_eq!(
        in_one_line(&problems),
        "the file does not have the columns \"id\" (line 7, key), \"began\" (line 9, fields.started_at), \"agent\" (line 14, \
         fields.agent), \"handset\" (line 15, fields.customer), \"result\" (line 16, fields.outcome.column); it has number, day, tema, \
         wait, talk, clerk; line 11, fields.queue: the file has no column \"team\" (tema)"
    );
    let alone = bound(&changed("\"phone\"", "\"handset\""), "id,began,team,wait,talk,agent,result").err().unwrap_or_default();
    assert_eq!(in_one_line(&alone), alone[0].to_string());
}

#[test]
fn a_column_that_the_file_has_not_or_has_twice_is_told() {
    wrong(&changed("\"team\"", "\"Team\""), &["line 11, fields.queue: the file has no column \"Team\" (team)"]);
    wrong(&changed("\"team\"", "9"), &["line 11, fields.queue: the file has no column \"9\" (1 to 8)"]);
    let problems = bound(TOML, "id,began,team,wait,talk,agent,phone,team").err().unwrap_or_default();
    let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(said[0], "line 11, fields.queue: the header names \"team\" twice; give its number instead (3, 8)");
    assert!(bound(&changed("\"team\"", "3").replace("\"result\"", "1"), "id,began,team,wait,talk,agent,phone,team").is_ok());
}

#[test]
fn what_is_neither_toml_nor_yaml_is_told_with_its_line() {
    let line = |text: &str| Mapping::of(text).err().map(|problems| (problems[0].line, problems[0].code));
    assert_eq!(line("name = \"a\"\nkind = = 3\n"), Some((2, Code::Syntax)));
    assert_eq!(line("name: a\nkind: [contacts\n"), Some((3, Code::Syntax)));
    assert_eq!(line("name: a\nname: b\n"), Some((2, Code::KeyTwice)));
    assert_eq!(line("a: &x [1]\nb: *x\n"), Some((2, Code::Syntax)), "no alias is ever followed");
    assert_eq!(line(""), Some((1, Code::KeyMissing)));
    assert_eq!(line(&"a: [".repeat(50)).map(|(_, code)| code), Some(Code::Syntax));
    assert_eq!(line(&"x".repeat(TEXT_BYTES_MAX + 1)), Some((1, Code::TooLong)));
    assert_eq!(line("- a\n- b\n"), Some((1, Code::WrongType)));
}

#[test]
fn rows_that_make_no_sense_are_refused_with_their_reason() {
    let check = |row: &str, reason: &str| assert_eq!(refused(TOML, HEADER, row), reason, "{row}");
    check("7,yesterday,sales,30,0:01:40,eve,555,OK", "bad_time");
    check("7,?,sales,30,0:01:40,eve,555,OK", "time_missing");
    check("?,2024-05-01 09:00:00,sales,30,0:01:40,eve,555,OK", "key_missing");
    check("7,2024-05-01 09:00:00,sales,-30,0:01:40,eve,555,OK", "bad_number");
    check("7,2024-05-01 09:00:00,sales,30,100,eve,555,OK", "bad_number");
    check("7,2024-05-01 09:00:00,sales,30,0:01:40,eve,555,MAYBE", "value_unknown");
    check("7,2024-05-01 09:00:00,sales", "field_count");
    let ends = changed("talk_secs = { column = \"talk\", unit = \"clock\" }", "ended_at = \"talk\"");
    assert_eq!(refused(&ends, HEADER, "7,2024-05-01 09:00:00,sales,30,2024-05-01 08:00:00,eve,555,OK"), "end_before_start");
}

#[test]
fn what_is_mended_is_told() {
    let row = "7,2024-05-01 09:00:00,?,30,0:01:40,?,555,OK";
    assert_eq!(told(TOML, HEADER, row).1, ["agent_not_recorded", "queue_not_recorded"]);
    let skipped = "7,2024-03-31 02:30:00,sales,30,0:01:40,eve,555,OK";
    assert_eq!(told(TOML, HEADER, skipped).1, ["time_skipped"]);
    let lenient = changed("else = \"refuse\"", "else = \"unknown\"");
    assert_eq!(
        told(&lenient, HEADER, "7,2024-05-01 09:00:00,sales,30,0:01:40,?,555,MAYBE").1,
        ["agent_not_recorded", "value_unknown_left_out"][1..]
    );
}

#[test]
fn a_customer_is_a_pseudonym_and_the_number_is_sealed() {
    let row = "7,2024-05-01 09:00:00,sales,30,0:01:40,eve,13812345678,OK";
    for text in [TOML.to_owned(), changed("key = [\"id\"]", "key = [\"phone\", \"began\"]")] {
        let translated = rows(&text, HEADER, row).remove(0).expect("understood");
        for event in &translated.events {
            let open = format!("{} {}", event.stream, String::from_utf8_lossy(&event.body.data));
            assert!(!open.contains("13812345678"), "{open}");
        }
        let personal = translated.events[0].personal.as_ref().expect("sealed");
        assert_eq!(personal.texts["customer_number"], "13812345678");
    }
}

#[test]
fn without_a_key_a_row_is_known_by_its_content_wherever_it_stands() {
    let text = changed("key = [\"id\"]\n", "");
    let [a, b] = ["7,2024-05-01 09:00:00,sales,30,0:01:40,eve,555,OK", "8,2024-05-01 09:00:00,sales,30,0:01:40,eve,555,OK"];
    let ids = |order: &[&str]| {
        let all = rows(&text, HEADER, &order.join("\n"));
        let mut ids: Vec<_> = all.into_iter().flat_map(|row| row.expect("understood").events).map(|event| event.id).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(ids(&[a, b, a]), ids(&[a, a, b]));
    let distinct: std::collections::BTreeSet<_> = ids(&[a, b, a]).into_iter().collect();
    assert_eq!(distinct.len(), 15, "an equal row is another contact");
}

#[test]
fn kept_columns_stand_beside_the_facts() {
    let text = changed("key = [\"id\"]", "key = [\"id\"]\nkeep = [\"team\"]");
    let row = rows(&text, HEADER, "7,2024-05-01 09:00:00,sales,30,0:01:40,eve,555,OK").remove(0).expect("understood");
    assert!(String::from_utf8_lossy(&row.events[0].body.data).contains(r#""attributes":{"team":"sales"}"#));
    assert_eq!(bound(&text, HEADER).expect("it fits").becomes()[2].as_deref(), Some("queue, attributes"));
}

#[test]
fn a_row_can_be_one_event() {
    let text = r#"
name = "e"
kind = "events"
zone = "UTC"
times = "epoch_ms"
key = ["c"]
[fields]
at = "t"
type = { column = "e", values = { in = "conversation.started", q = "conversation.enqueued", login = "agent.signed_in" }, else = "refuse" }
channel = { column = "x", values = { in = "chat" }, else = "unknown", unknown = ["-"] }
queue = "q"
agent = "a"
"#;
    let header = "c,t,e,x,q,a";
    let all = rows(
        text,
        header,
        "1,1714550400000,in,in,,\n1,1714550401000,q,-,sales,\n2,1714550401000,login,-,,eve\n1,1714550401000,q,-,,\n1,1,dance,-,,",
    );
    let said: Vec<String> = all
        .into_iter()
        .map(|row| {
            row.map_or_else(
                |misfit| misfit.reason.to_owned(),
                |row| format!("{} {}", row.events[0].stream, row.events[0].body.event_type),
            )
        })
        .collect();
    let expected = [
        "conversation-e.1 conversation.started",
        "conversation-e.1 conversation.enqueued",
        "agent-eve agent.signed_in",
        "malformed_payload",
        "value_unknown",
    ];
    assert_eq!(said, expected);
}

#[test]
fn no_text_makes_a_mapping_or_a_row_panic() {
    let mut state: u64 = 7;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    let (toml, yaml): (Vec<char>, Vec<char>) = (TOML.chars().collect(), YAML.chars().collect());
    for _ in 0..2_000 {
        let mut text = if next() % 2 == 0 { toml.clone() } else { yaml.clone() };
        for _ in 0..=next() % 4 {
            let (place, other) = (next() % text.len(), text[next() % text.len()]);
            match next() % 3 {
                0 => text[place] = other,
                1 => text.insert(place, other),
                _ => drop(text.remove(place)),
            }
        }
        let text: String = text.into_iter().collect();
        if let Ok(mut table) = bound(&text, HEADER) {
            let fields = "7,2024-05-01 09:00:00,销售,9999999999999999999,0:01:40,\u{202e},555,OK";
            let read = Text::open(std::io::Cursor::new(fields.as_bytes().to_vec())).expect("text");
            let mut csv = Csv::cut(Lines::of(read), b',', b'"', 8);
            let record = csv.next_record().expect("read").expect("a row");
            table.translate(&record.content.expect("fields")).ok();
        }
    }
}
