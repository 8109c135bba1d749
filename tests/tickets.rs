//! Tickets: the figures of real logs, one meaning for one log in two formats, and no meaning in the order of delivery.

use std::path::Path;

use console::clock::Clock;
use console::figures;
use console::import::{Cancel, Ending, Order, Progress, import};
use console::log::EventLog;
use console::log::memory::MemoryLog;
use console::snapshots::content_digest;
use events::import::Report;
use events::{Body, Position, Recorded};
use projections::{Board, Projection};
use proptest::prelude::*;
use serde_json::{Value, json};
use tests::Draw;
use tests::made_up::{EVENING, config};
use tests::place::{Place, all, folded, shared};
use tests::tickets::{Change, Incident, changes, servicenow, volvo_csv, volvo_xes};
use tokio::sync::watch;

const VOLVO_CSV: &str = "data/volvo_bpic2013/public/vinst_incidents.csv.gz";
const VOLVO_XES: &str = "data/volvo_bpic2013/public/bpic2013_incidents.xes.gz";
const SERVICENOW: &str = "data/servicenow_incidents_uci498/public/incident_event_log.csv.gz";
const CASES_RECOUNTED: usize = 1_500;
const LOANS: &str = "data/bpic2012_loan_calls/public/bpic2012.xes.gz";

fn memory() -> MemoryLog {
    MemoryLog::new(Clock::chosen(EVENING))
}

async fn read(log: &impl EventLog, path: &Path) -> Report {
    let order = Order { path: path.to_owned(), source: None, mapping: None };
    let progress = watch::Sender::new(Progress::default());
    let ended = import(log, &Clock::chosen(EVENING), &order, &Cancel::default(), &progress).await;
    let (report, ending) = ended.expect("the file is recognised");
    assert_eq!(ending, Ending::Finished);
    report
}

/// Counts to the unit, means to the millionth.
#[track_caller]
fn same(place: &str, found: &Value, expected: &Value) {
    match expected {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, expected)| same(&format!("{place}.{name}"), &found[name], expected));
            assert_eq!(found.as_object().map(serde_json::Map::len), Some(fields.len()), "{place} has more");
        }
        Value::Number(number) if number.is_f64() => {
            let near = found.as_f64().zip(number.as_f64()).is_some_and(|(is, want)| (is - want).abs() <= 1e-6);
            assert!(near, "{place} is {found}, not {expected}");
        }
        _ => assert_eq!(found, expected, "{place}"),
    }
}

async fn figures_agree(file: &str, set: &str) -> Option<Board> {
    let (path, expected) = (shared(file)?, shared("data/EXPECTED_public.json")?);
    let text = std::fs::read_to_string(expected).expect("it can be read");
    let expected: Value = serde_json::from_str(&text).expect("JSON");
    let log = memory();
    let report = read(&log, &path).await;
    assert_eq!(report.refused.len(), 0, "{report:?}");
    let board = folded(&log).await;
    same(set, &figures::set(set, &board).expect("a set"), &expected[set]);
    Some(board)
}

#[tokio::test]
async fn the_figures_of_volvo_are_those_of_pandas_and_csv_and_xes_mean_the_same() {
    let Some(csv) = figures_agree(VOLVO_CSV, "volvo").await else { return };
    let Some(xes) = figures_agree(VOLVO_XES, "volvo").await else { return };
    assert_eq!(content_digest(&csv), content_digest(&xes));
    assert_eq!(csv.imports.by_id[0].report.as_ref().map(|report| report.repaired["name_mended"]), Some(616));
}

#[tokio::test]
async fn the_figures_of_servicenow_are_those_of_pandas() {
    figures_agree(SERVICENOW, "servicenow").await;
}

/// The events of a process log, counted without reading XML: by line.
fn recounted(text: &str) -> Value {
    let value = |line: &str| line.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned();
    let (mut cases, mut events, mut unnamed, mut total) = (0, 0, 0, 0);
    let (mut activity, mut lifecycle) = (std::collections::BTreeMap::new(), std::collections::BTreeMap::new());
    let mut outcomes = std::collections::BTreeMap::new();
    let (mut inside, mut named, mut outcome) = (false, false, "undecided");
    for line in text.lines().map(str::trim) {
        match line {
            "<trace>" => (cases, outcome) = (cases + 1, "undecided"),
            "</trace>" => *outcomes.entry(outcome).or_insert(0) += 1,
            "<event>" => (events, inside, named) = (events + 1, true, false),
            "</event>" => (unnamed, inside) = (unnamed + u64::from(!named), false),
            _ if inside && line.contains("\"org:resource\"") => named = true,
            _ if inside && line.contains("\"lifecycle:transition\"") => *lifecycle.entry(value(line)).or_insert(0) += 1,
            _ if inside && line.contains("\"concept:name\"") => {
                outcome = match value(line).as_str() {
                    "A_APPROVED" => "approved",
                    "A_DECLINED" => "declined",
                    "A_CANCELLED" => "cancelled",
                    _ => outcome,
                };
                *activity.entry(value(line)).or_insert(0) += 1;
            }
            _ if cases > 0 && line.contains("\"AMOUNT_REQ\"") => total += value(line).parse::<u64>().unwrap_or_default(),
            _ => {}
        }
    }
    json!({
        "cases": cases, "events": events, "events_without_resource": unnamed, "activity": activity,
        "lifecycle": lifecycle, "outcomes": outcomes, "amount_requested_total": total,
    })
}

#[tokio::test]
async fn the_figures_of_the_loans_are_those_of_a_recount_by_line() {
    let Some(path) = shared(LOANS) else { return };
    let mut text = String::new();
    let packed = std::fs::File::open(&path).expect("it can be opened");
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(packed), &mut text).expect("it unpacks");
    // As many cases as are recounted in a second or two.
    let end = text.match_indices("</trace>").nth(CASES_RECOUNTED - 1).map(|(at, end)| at + end.len()).expect("so many there are");
    text.truncate(end);
    text.push_str("\n</log>\n");
    let (place, log) = (Place::default(), memory());
    assert_eq!(read(&log, &place.file("a.xes", &text)).await.refused.len(), 0);
    let set = figures::set("bpic2012", &folded(&log).await).expect("a set");
    for (name, expected) in recounted(&text).as_object().expect("an object") {
        assert_eq!(&set[name], expected, "{name}");
    }
    assert_eq!(set["cases"], json!(CASES_RECOUNTED));
}

#[tokio::test]
async fn one_log_in_two_formats_is_the_same_facts() {
    let changes = changes(60, 3);
    let (place, csv, xes) = (Place::default(), memory(), memory());
    let (table, process) = (place.file("a.csv", volvo_csv(&changes)), place.file("a.xes", volvo_xes(&changes)));
    let report = read(&csv, &table).await;
    read(&xes, &process).await;
    assert!(100 < report.repaired["name_mended"], "{report:?}");
    assert_eq!(content_digest(&folded(&csv).await), content_digest(&folded(&xes).await));
    let again = read(&csv, &process).await;
    assert_eq!((again.n_events_written, again.n_already_present), (0, changes.len() as u64), "the ids are the same too");
}

#[tokio::test]
async fn a_shuffled_file_is_the_same_facts() {
    let mut changes = changes(80, 5);
    let (place, log) = (Place::default(), memory());
    read(&log, &place.file("a.csv", volvo_csv(&changes))).await;
    let before = content_digest(&folded(&log).await);
    let mut draw = Draw(9);
    for last in (1..changes.len()).rev() {
        changes.swap(last, usize::try_from(draw.below(last as u64 + 1)).expect("small"));
    }
    let report = read(&log, &place.file("b.csv", volvo_csv(&changes))).await;
    assert_eq!((report.n_events_written, report.n_already_present), (0, changes.len() as u64));
    assert_eq!(content_digest(&folded(&log).await), before);
}

#[tokio::test]
async fn equal_rows_are_told_apart_and_twice_is_once() {
    let (place, log) = (Place::default(), memory());
    let rows = [Incident::new(1, 0), Incident::new(1, 0), Incident::new(1, 1), Incident::new(1, 0)];
    let path = place.file("a.csv", servicenow(&rows));
    assert_eq!(read(&log, &path).await.n_events_written, 4);
    let report = read(&log, &place.file("b.csv", servicenow(&rows).replace('\n', "\r\n"))).await;
    assert_eq!((report.n_events_written, report.n_already_present), (0, 4));
}

#[tokio::test]
async fn the_customer_of_a_ticket_is_a_pseudonym_and_their_number_is_sealed() {
    let (place, log) = (Place::default(), memory());
    let rows = [Incident::new(1, 0), Incident::new(1, 1), Incident::new(2, 0).with("caller_id", "?")];
    read(&log, &place.file("a.csv", servicenow(&rows).replace("2403", "24031122"))).await;
    for stored in all(&log).await {
        assert!(!String::from_utf8_lossy(&stored.payload.data).contains("24031122"), "{stored:?}");
    }
    let shown = log.personal(&[Position(1)], &tests::rights::unmasked(None)).await.expect("the door opens");
    let personal = &shown[&Position(1)].personal;
    assert_eq!(personal.texts["customer_number"], "24031122");
    assert!(personal.subject.as_ref().is_some_and(|subject| subject.starts_with("c-")));
}

/// Facts as a log would record them, delivered in this order.
async fn facts_of(changes: &[Change]) -> Vec<Recorded> {
    let (place, log) = (Place::default(), memory());
    read(&log, &place.file("a.csv", volvo_csv(changes))).await;
    let facts = all(&log).await.into_iter().map(|stored| stored.fact);
    facts.filter(|fact| matches!(fact.body, Body::Read(events::Event::Ticket(_)))).collect()
}

fn delivered<'a>(facts: impl Iterator<Item = &'a Recorded>) -> Board {
    let mut board = Board::default();
    for (position, fact) in facts.enumerate() {
        board.evolve(&Recorded { position: Position(position as u64), ..fact.clone() });
    }
    board
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn the_order_and_number_of_deliveries_change_nothing(seed in any::<u64>(), n in 1_u64..12) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let mut changes = changes(n, seed);
        // Some of one moment: the file's order settles them.
        changes.iter_mut().for_each(|change| change.minute -= change.minute % 100);
        let facts = runtime.block_on(facts_of(&changes));
        let mut draw = Draw(seed);
        let drawn = (0..3 * facts.len()).map(|_| usize::try_from(draw.below(facts.len() as u64)).unwrap_or_default());
        let order: Vec<usize> = drawn.chain((0..facts.len()).rev()).collect();
        let (straight, otherwise) = (delivered(facts.iter()), delivered(order.iter().map(|&index| &facts[index])));
        prop_assert_eq!(content_digest(&straight), content_digest(&otherwise));
        prop_assert_eq!(figures::set("volvo", &straight), figures::set("volvo", &otherwise));
    }
}
