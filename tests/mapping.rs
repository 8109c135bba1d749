//! Any table by a mapping: previewed, imported, counted, reported; whatever its order and its encoding.

use std::collections::BTreeMap;
use std::path::Path;

use console::clock::Clock;
use console::figures;
use console::import::{Cancel, Ending, Order, Progress, import};
use console::log::memory::MemoryLog;
use console::snapshots::content_digest;
use console::sources::mapping::presets::PRESETS;
use console::verbs::{ImportQuestion, MappingSave, Nothing, Trouble, WindowError};
use encoding_rs::{BIG5, GBK};
use events::import::Report;
use projections::Board;
use serde_json::Value;
use tests::Draw;
use tests::made_up::EVENING;
use tests::place::{Place, close, folded, shared};
use tests::program::run;
use tokio::sync::watch;

const MAPPING: &str = r#"
name = "helpdesk"
kind = "contacts"
zone = "Asia/Shanghai"
times = ["%Y-%m-%d %H:%M:%S"]
unknown = ["无"]
key = ["编号"]
[fields]
started_at = "来电时间"
channel = { constant = "voice" }
queue = "技能组"
agent = "坐席"
customer = "来电号码"
waiting_secs = "等待秒数"
talk_secs = "通话秒数"
outcome = { column = "结果", values = { "已接通" = "answered", "放弃" = "abandoned" }, else = "refuse" }
"#;
const HEADER: &str = "编号,来电时间,技能组,坐席,来电号码,等待秒数,通话秒数,结果";

fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

/// Made-up calls of a Chinese centre, one a line.
fn calls(n: u64) -> Vec<String> {
    let mut draw = Draw(5);
    (0..n)
        .map(|call| {
            let (minute, second, wait) = (draw.below(600), draw.below(60), draw.below(90));
            let answered = draw.below(4) != 0;
            let (agent, talk, outcome) = if answered { ("王芳", draw.below(400), "已接通") } else { ("无", 0, "放弃") };
            let (hour, minute) = (8 + minute / 60, minute % 60);
            format!("{call},2026-03-02 {hour:02}:{minute:02}:{second:02},售后,{agent},1381234{call:04},{wait},{talk},{outcome}")
        })
        .collect()
}

fn file(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

async fn read(path: &Path, mapping: &str) -> (Board, Report) {
    let log = MemoryLog::new(Clock::chosen(EVENING));
    let order = Order { path: path.to_owned(), source: None, mapping: Some(mapping.to_owned()) };
    let progress = watch::Sender::new(Progress::default());
    let ended = import(&log, &Clock::chosen(EVENING), &order, &Cancel::default(), &progress).await;
    let (report, ending) = ended.expect("the file is read");
    assert_eq!(ending, Ending::Finished);
    (folded(&log).await, report)
}

/// A place with a file and a mapping of it.
fn place(rows: &[String]) -> (Place, String, String) {
    let place = Place::default();
    let mapping = place.file("helpdesk.toml", MAPPING);
    let calls = place.file("calls.csv", file(rows));
    let (mapping, calls) = (text(&mapping).to_owned(), text(&calls).to_owned());
    (place, mapping, calls)
}

#[test]
fn a_table_is_previewed_imported_and_its_report_opened_again() {
    let mut rows = calls(200);
    rows.push("900,not a time,售后,王芳,13812345678,1,2,已接通".to_owned());
    rows.push("901,2026-03-02 09:00:00,售后,无,13812345679,1,2,已接通".to_owned());
    let (place, mapping, calls) = place(&rows);
    let log = place.log_path();

    let preview = run(&log, &["import", "--preview", "--mapping", &mapping, &calls, "--json"]).json();
    assert_eq!((&preview["mapping"]["name"], &preview["mapping"]["guessed"]), (&"helpdesk".into(), &false.into()));
    assert_eq!((&preview["columns"][4]["becomes"], &preview["refused"]["bad_time"]), (&"customer".into(), &1.into()));
    assert!(!log.exists(), "a preview writes nothing");
    assert!(!preview.to_string().contains("13812340001"), "a number of a customer is masked");

    let said = run(&log, &["import", "--mapping", &mapping, &calls, "--json"]).json();
    assert_eq!((&said["source"], &said["rows_read"]), (&"csv".into(), &202.into()));
    assert_eq!((&said["refused"]["bad_time"], &said["repaired"]["agent_not_recorded"]), (&1.into(), &1.into()));
    let again = run(&log, &["import", "--source", "csv", "--mapping", &mapping, &calls, "--json"]).json();
    assert_eq!((&again["events_written"], &again["position"]), (&0.into(), &said["position"]), "twice adds nothing");

    let imports = run(&log, &["imports", "--json"]).json();
    assert_eq!((&imports[0]["source"], &imports[0]["mapping"]["name"]), (&"helpdesk".into(), &"helpdesk".into()));
    let id = imports[0]["id"].as_str().expect("an id").to_owned();
    let report = run(&log, &["imports", &id[..8], "--notes", "--json"]).json();
    assert_eq!(report[0]["mapping"]["text"], MAPPING, "the report keeps the mapping as it was");
    assert_eq!((&report[0]["notes"][0]["line"], &report[0]["notes"][0]["reasons"][0]), (&202.into(), &"bad_time".into()));
    let original = report[0]["notes"][0]["original"].as_str().expect("its own words");
    // Of a foreign row it is not known which part says what: its letters and digits are hidden.
    assert_eq!(original, "***,*** * ****,**,**,***********,*,*,***");
    let said = run(&log, &["imports", &id, "--notes"]);
    assert!(said.out.contains("left out: bad_time") && said.out.contains("by the mapping helpdesk"), "{said:?}");
    assert_eq!(run(&log, &["imports", "nonesuch"]).code, 1);
}

#[test]
fn without_a_mapping_one_is_proposed_that_works() {
    let (place, _, calls) = place(&calls(60));
    let log = place.log_path();
    let said = run(&log, &["import", "--source", "csv", &calls]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.error.contains("--preview --source csv"), "{said:?}");
    let preview = run(&log, &["import", "--preview", "--source", "csv", &calls, "--json"]).json();
    assert_eq!((&preview["mapping"]["guessed"], &preview["mapping"]["problems"]), (&true.into(), &Value::Array(Vec::new())));
    let guessed = place.file("guessed.toml", preview["mapping"]["text"].as_str().expect("a text"));
    let said = run(&log, &["import", "--mapping", text(&guessed), &calls, "--json"]);
    assert_eq!((said.code, &said.json()["rows_read"]), (0, &60.into()), "{said:?}");
}

#[test]
fn a_wrong_mapping_is_wrong_usage_and_names_its_lines() {
    let (place, _, calls) = place(&calls(3));
    for (from, to, words) in [
        ("Asia/Shanghai", "Asia/Peking", "line 4, zone: there is no time zone"),
        ("\"技能组\"", "\"技能\"", "line 11, fields.queue: the file has no column"),
        ("queue", "queu", "there is no key \"queu\" here (queue)"),
        ("name =", "name ==", "line 2: "),
    ] {
        let wrong = place.file("wrong.toml", MAPPING.replace(from, to));
        let said = run(&place.log_path(), &["import", "--mapping", text(&wrong), &calls]);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.error.contains(words), "{words} is not in {said:?}");
    }
    let said = run(&place.log_path(), &["import", "--source", "star", "--mapping", &calls, &calls]);
    assert_eq!(said.code, 2, "{said:?}");
}

#[tokio::test]
async fn shuffled_and_repeated_rows_lead_to_the_same_figures() {
    let rows = calls(300);
    let place = Place::default();
    let (straight, _) = read(&place.file("a.csv", file(&rows)), MAPPING).await;
    let mut draw = Draw(11);
    let mut shuffled: Vec<String> = rows.iter().chain(rows.iter().take(50)).cloned().collect();
    for place in (1..shuffled.len()).rev() {
        shuffled.swap(place, draw.below(place as u64 + 1) as usize);
    }
    let (mixed, report) = read(&place.file("b.csv", file(&shuffled)), MAPPING).await;
    assert!(50 * 3 <= report.n_already_present, "the repeated rows are known again: {report:?}");
    assert_eq!(content_digest(&straight), content_digest(&mixed));
}

#[tokio::test]
async fn the_encoding_and_the_delimiter_change_nothing() {
    let rows = calls(40);
    let place = Place::default();
    let (straight, _) = read(&place.file("a.csv", file(&rows)), MAPPING).await;
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let gbk = GBK.encode(&file(&rows)).0.into_owned();
    let tabs = file(&rows).replace(',', "\t");
    let marked = format!("\u{feff}{}", file(&rows));
    for (name, bytes) in [
        ("gbk", gbk),
        ("utf16", [vec![0xff, 0xfe], utf16(&file(&rows))].concat()),
        ("tabs", tabs.into_bytes()),
        ("crlf", file(&rows).replace('\n', "\r\n").into_bytes()),
        ("mark", marked.into_bytes()),
    ] {
        let (board, report) = read(&place.file(name, bytes), MAPPING).await;
        assert_eq!(report.refused, BTreeMap::new(), "{name}");
        assert_eq!(content_digest(&straight), content_digest(&board), "{name}");
    }
    let big5 = |text: &str| text.replace("来电", "來電").replace("时间", "時間").replace("号码", "號碼").replace("编号", "編號");
    let big5 =
        |text: &str| big5(text).replace("技能组", "技能組").replace("坐席", "座席").replace("数", "數").replace("结", "結");
    let big5 = |text: &str| big5(text).replace("话", "話").replace("无", "無").replace("售后", "售後").replace("弃", "棄");
    let big5 = |text: &str| big5(text).replace("已接通", "已接聽");
    let told = big5(MAPPING).replace("[fields]", "file = { encoding = \"big5\" }\n[fields]");
    let (_, report) = read(&place.file("big5", BIG5.encode(&big5(&file(&rows))).0), &told).await;
    assert_eq!((report.n_rows_read, report.refused), (40, BTreeMap::new()));
}

#[tokio::test]
async fn impossible_rows_are_counted_and_the_others_read() {
    let mut rows = calls(20);
    for (row, odd) in [
        "901,2099-01-01 09:00:00,售后,王芳,1,1,2,已接通",
        "902,2026-03-02 09:00:00,售后,王芳,1,-1,2,已接通",
        "903,2026-03-02 09:00:00,售后,王芳,1,1,2,也许",
        "904,2026-03-02 09:00:00,售后",
        "905,2026-03-02 09:00:00,\"售后,王芳,1,1,2,已接通",
    ]
    .into_iter()
    .enumerate()
    {
        rows.insert(row * 3 + 1, odd.to_owned());
    }
    let place = Place::default();
    let (board, report) = read(&place.file("a.csv", file(&rows)), MAPPING).await;
    let refused: Vec<(&str, u64)> = report.refused.iter().map(|(reason, n)| (reason.as_str(), *n)).collect();
    let expected = [("bad_number", 1), ("field_count", 1), ("quote_not_closed", 1), ("time_in_future", 1), ("value_unknown", 1)];
    assert_eq!(refused, expected);
    assert_eq!(board.conversations.by_id.len(), 20);
}

/// Counts to the unit, means to the millionth.
#[track_caller]
fn same(place: &str, found: &Value, expected: &Value) {
    match expected {
        Value::Object(fields) => {
            for (name, expected) in fields {
                same(&format!("{place}.{name}"), &found[name], expected);
            }
        }
        Value::Array(rows) => {
            rows.iter().enumerate().for_each(|(nth, row)| same(&format!("{place}.{nth}"), &found[nth], row));
            assert_eq!(found.as_array().map(Vec::len), Some(rows.len()), "{place}");
        }
        Value::Number(_) => {
            let near = found.as_f64().zip(expected.as_f64()).is_some_and(|(is, want)| (is - want).abs() <= 1e-6);
            assert!(near, "{place} is {found}, not {expected}");
        }
        _ => assert_eq!(found, expected, "{place}"),
    }
}

async fn preset_agrees(preset: &str, data: &str, set: &str) {
    let (Some(path), Some(expected)) = (shared(data), shared("data/EXPECTED_public.json")) else { return };
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(expected).expect("it is read")).expect("JSON");
    let preset = PRESETS.iter().find(|shipped| shipped.name == preset).expect("a preset");
    let (board, report) = read(&path, preset.text).await;
    assert_eq!(report.refused, BTreeMap::new(), "{}", preset.name);
    same(set, &figures::set(set, &board).expect("a set"), &expected[set]);
}

#[tokio::test]
async fn the_bank_by_its_preset_has_the_figures_of_pandas() {
    let data = "data/anonymous_bank_feb1999/public/calls_1999-02-01_14.tsv.gz";
    preset_agrees("anonymous-bank", data, "anonymous_bank").await;
}

#[tokio::test]
async fn volvo_by_its_preset_has_the_figures_of_pandas() {
    let data = "data/volvo_bpic2013/public/vinst_incidents.csv.gz";
    preset_agrees("volvo", data, "volvo").await;
}

#[tokio::test]
async fn servicenow_by_its_preset_has_the_figures_of_pandas() {
    let data = "data/servicenow_incidents_uci498/public/incident_event_log.csv.gz";
    preset_agrees("servicenow", data, "servicenow").await;
}

#[tokio::test]
async fn a_mapping_that_was_saved_is_offered_before_those_that_are_shipped() {
    let place = Place::default();
    let desk = place.desk(Vec::new()).await;
    let offered = async || desk.mappings(Nothing {}).await.expect("a list");
    assert_eq!(offered().await.len(), PRESETS.len());
    let saved = desk.mapping_save(MappingSave { text: MAPPING.to_owned() }).await.expect("it makes sense");
    assert!(saved.path.ends_with("desk.retrace-mappings/helpdesk.toml"), "{saved:?}");
    let changed = MAPPING.replace("Shanghai", "Taipei");
    desk.mapping_save(MappingSave { text: changed.clone() }).await.expect("one of a name");
    let rows = offered().await;
    assert_eq!(
        (rows.len(), &rows[0].name, rows[0].saved, &rows[0].text),
        (PRESETS.len() + 1, &"helpdesk".to_owned(), true, &changed)
    );
    for wrong in ["name = \"../../etc\"", "", "{"] {
        let refused = desk.mapping_save(MappingSave { text: wrong.to_owned() }).await;
        assert!(matches!(refused, Err(WindowError::Trouble { code: Trouble::MappingWrong, .. })), "{refused:?}");
    }
    close(desk).await;
}

#[tokio::test]
async fn the_window_shows_what_is_wrong_and_the_rows_beside_it() {
    let place = Place::default();
    let desk = place.desk(Vec::new()).await;
    let path = text(&place.file("calls.csv", file(&calls(30)))).to_owned();
    let question = |mapping: Option<String>| ImportQuestion { path: path.clone(), source: None, mapping };
    let guessed = desk.import_preview(question(None)).await.expect("a table");
    assert!(guessed.mapping.as_ref().is_some_and(|mapping| mapping.guessed && mapping.problems.is_empty()), "{guessed:?}");
    let wrong = desk.import_preview(question(Some(MAPPING.replace("\"坐席\"", "\"坐\"")))).await.expect("a table");
    let mapping = wrong.mapping.expect("a mapping");
    assert_eq!((mapping.problems.len(), mapping.problems[0].line, mapping.problems[0].found.as_str()), (1, 12, "坐"));
    assert_eq!((wrong.rows.len(), wrong.events.len(), wrong.columns.len()), (20, 0, 8), "rows are shown, none is understood");
    let right = desk.import_preview(question(Some(MAPPING.to_owned()))).await.expect("a table");
    assert!(right.events.len() >= 60, "{} facts", right.events.len());
    close(desk).await;
}
