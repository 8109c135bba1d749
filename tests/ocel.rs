//! Object-centric event logs: their events are steps of cases, whichever objects those are and wherever they stand.

use std::path::Path;

use console::clock::Clock;
use console::import::preview::preview;
use console::import::{Cancel, Ending, ImportError, Order, Progress, import};
use console::keys::Pseudonyms;
use console::log::EventLog;
use console::log::memory::MemoryLog;
use console::sources::SourceKind;
use events::import::Report;
use expect_test::{Expect, expect};
use tests::made_up::EVENING;
use tests::place::{Place, all, repository};
use tests::program::{command, run};
use tests::rights::unmasked;
use tokio::sync::watch;

fn fixture(name: &str) -> String {
    std::fs::read_to_string(repository().join("tests/ocel").join(name)).expect("it is in the repository")
}

async fn read(path: &Path) -> (MemoryLog, Result<(Report, Ending), ImportError>) {
    let log = MemoryLog::new(Clock::chosen(EVENING));
    let order = Order { path: path.to_owned(), source: None, mapping: None };
    let progress = watch::Sender::new(Progress::default());
    let ended = import(&log, &Clock::chosen(EVENING), &order, &Cancel::default(), &progress).await;
    (log, ended)
}

/// The facts of tickets that came of a file, one a line, with what is personal of them.
async fn told(log: &MemoryLog) -> String {
    let stored: Vec<_> = all(log).await.into_iter().filter(|stored| stored.fact.stream.noun() == "ticket").collect();
    let positions: Vec<_> = stored.iter().map(|stored| stored.fact.position).collect();
    let mut personal = log.personal(&positions, &unmasked(None)).await.expect("shown");
    let mut lines: Vec<String> = Vec::new();
    for stored in &stored {
        let data = String::from_utf8_lossy(&stored.payload.data);
        let texts = personal.remove(&stored.fact.position).map(|shown| shown.personal.texts).unwrap_or_default();
        let at = events::cloudevent::rfc3339(stored.fact.occurred_at);
        lines.push(format!("{at} {} {data} {texts:?}", stored.fact.stream));
    }
    lines.sort();
    lines.join("\n")
}

async fn check(content: &str, expected: Expect) {
    let place = Place::default();
    let (log, ended) = read(&place.file("log.json", content)).await;
    let (report, ending) = ended.expect("it is recognised");
    let counts = format!("{ending:?}: {} rows, mended {:?}, refused {:?}", report.n_rows_read, report.repaired, report.refused);
    expected.assert_eq(&format!("{counts}\n{}\n", told(&log).await));
}

#[tokio::test]
async fn events_are_steps_of_the_objects_that_most_relate_to() {
    check(&fixture("tickets.json"), expect![[r#"
        Finished: 15 rows, mended {}, refused {}
        2026-03-01T09:00:00Z ticket-ocel.t1 {"activity":"open","transition":"complete","agent":"e1","team":"team A"} {"customer for": "c1"}
        2026-03-01T09:00:00Z ticket-ocel.t1 {"status":"New","priority":"2","customer":"c-c3029f2c9376dbeaa9a2b48dfc143347"} {"letter": "Dear Canary Wharton", "relationship asked by 0": "c1"}
        2026-03-01T10:00:00Z ticket-ocel.t1 {"activity":"merge"} {}
        2026-03-01T10:00:00Z ticket-ocel.t2 {"activity":"merge"} {}
        2026-03-01T11:00:00Z ticket-ocel.t1 {"activity":"close"} {"note": "said goodbye"}
        2026-03-01T11:00:00Z ticket-ocel.t1 {"status":"Closed","priority":"2","customer":"c-c3029f2c9376dbeaa9a2b48dfc143347"} {}
    "#]]).await;
}

#[tokio::test]
async fn what_makes_no_sense_is_counted_and_spoils_nothing() {
    check(&fixture("traps.json"), expect![[r#"
        Finished: 19 rows, mended {"attribute_type_unknown": 1, "event_repeated": 1, "object_unknown": 1, "zone_missing": 1}, refused {"activity_missing": 1, "bad_time": 2, "case_missing": 1, "cut_off": 1, "duplicate_id": 2, "id_missing": 1, "not_an_object": 1, "time_in_future": 1, "type_without_name": 1}
        2026-03-01T10:00:00Z ticket-ocel.t1 {"activity":"open"} {}
        2026-03-01T10:00:00Z ticket-ocel.t1 {"priority":"1"} {}
        2026-03-01T10:05:00Z ticket-ocel.t1 {"activity":"look"} {}
        2026-03-01T10:07:00Z ticket-ocel.t1 {"activity":"ghost"} {"relationship with": "nobody"}
        2026-03-01T10:10:00Z ticket-ocel.t1 {"activity":"odd"} {"list": "[1,2]"}
        2026-03-01T10:11:00Z ticket-ocel.t1 {"activity":"close"} {}
    "#]]).await;
}

#[tokio::test]
async fn the_order_of_the_lists_does_not_matter() {
    let place = Place::default();
    let mut whole: serde_json::Value = serde_json::from_str(&fixture("tickets.json")).expect("JSON");
    let lists = whole.as_object_mut().expect("an object");
    let texts: Vec<(&str, String)> = ["events", "objects", "eventTypes", "objectTypes"]
        .map(|name| (name, lists.remove(name).expect("a list").to_string()))
        .into();
    let members: Vec<String> = texts.iter().map(|(name, list)| format!("\"{name}\": {list}")).collect();
    let (turned, _) = read(&place.file("turned.json", format!("{{{}}}", members.join(",")))).await;
    let (straight, _) = read(&place.file("straight.json", fixture("tickets.json"))).await;
    assert_eq!(told(&turned).await, told(&straight).await);
}

#[tokio::test]
async fn a_type_that_is_called_case_is_the_case() {
    let place = Place::default();
    let content = fixture("tickets.json").replace("\"employee\"", "\"case\"");
    let (log, _) = read(&place.file("log.json", content)).await;
    let told = told(&log).await;
    assert!(told.lines().all(|line| line.contains("ticket-ocel.e1")) && !told.is_empty(), "{told}");
}

#[tokio::test]
async fn a_file_that_breaks_off_keeps_what_was_read() {
    let place = Place::default();
    let whole = fixture("tickets.json");
    for (name, cut) in [("half.json", &whole[..whole.len() * 7 / 10]), ("head.json", &whole[..900])] {
        let (log, ended) = read(&place.file(name, cut)).await;
        let (report, _) = ended.expect("it is recognised");
        assert!(0 < report.n_rows_read, "{name}");
        assert!(all(&log).await.len() < 40);
    }
}

#[tokio::test]
async fn other_encodings_and_packed_files_are_read_too() {
    let place = Place::default();
    let (plain, _) = read(&place.file("log.json", fixture("tickets.json"))).await;
    let utf16: Vec<u8> =
        "\u{feff}".encode_utf16().chain(fixture("tickets.json").encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let (decoded, ended) = read(&place.file("utf16.json", utf16)).await;
    assert!(ended.is_ok_and(|(report, _)| report.repaired.contains_key("decoded_from_utf16")));
    assert_eq!(told(&decoded).await, told(&plain).await);
}

#[test]
fn it_is_detected_previewed_and_refused_where_it_cannot_be_read_twice() {
    let place = Place::default();
    let path = place.file("log.json", fixture("tickets.json"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let order = Order { path: path.clone(), source: None, mapping: None };
    let shown = runtime.block_on(preview(&order, Pseudonyms::of_no_secret(), EVENING)).expect("it can be read");
    assert_eq!((shown.source.as_str(), shown.whole), (SourceKind::Ocel.name(), true));
    assert!(shown.events.iter().any(|event| event.stream == "ticket-ocel.t2"), "{:?}", shown.events);
    let mut import = command();
    import.arg("--log").arg(place.log_path()).args(["import", "-"]).stdin(std::fs::File::open(&path).expect("it is there"));
    let said: tests::program::Said = import.output().expect("it runs").into();
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.error.contains("give it as a file"), "{said:?}");
    let twice = [(), ()]
        .map(|()| run(&place.log_path(), &["import", "--source", "ocel", path.to_str().expect("a path"), "--json"]).json());
    assert_eq!(twice.map(|said| said["events_written"].as_u64()), [Some(6), Some(0)]);
}
