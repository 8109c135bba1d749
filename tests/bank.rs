//! A real call centre's figures: the public half of the bank, imported and compared with what pandas says of it.

use std::path::Path;
use std::sync::Arc;

use console::clock::Clock;
use console::desk::Desk;
use console::import::{Cancel, Ending, Order, Progress, import};
use console::log::EventLog;
use console::log::memory::MemoryLog;
use console::projector::Replay;
use console::verbs::{LiveQuestion, Nothing};
use events::Moment;
use projections::figure::Figure;
use projections::live::{LiveView, Range};
use projections::scope::Scope;
use serde_json::Value;
use tests::agreed::NAMES;
use tests::made_up::EVENING;
use tests::place::{Place, folded, shared};
use tokio::sync::watch;

const CALLS: &str = "data/anonymous_bank_feb1999/public/calls_1999-02-01_14.tsv.gz";

/// The calls and what is expected of them, where they are here.
fn given() -> Option<(std::path::PathBuf, Value)> {
    let (calls, expected) = (shared(CALLS)?, shared("data/EXPECTED_public.json")?);
    let text = std::fs::read_to_string(expected).expect("it can be read");
    let mut expected: Value = serde_json::from_str(&text).expect("JSON");
    Some((calls, expected["anonymous_bank"].take()))
}

async fn read(log: &impl EventLog, calls: &Path) {
    let order = Order { path: calls.to_owned(), source: None, mapping: None };
    let progress = watch::Sender::new(Progress::default());
    let (report, ending) =
        import(log, &Clock::chosen(EVENING), &order, &Cancel::default(), &progress).await.expect("a good file");
    assert_eq!((ending, report.n_rows_read, report.refused.len()), (Ending::Finished, 17_456, 0));
}

/// Counts to the unit, means and shares to the millionth.
#[track_caller]
fn same(place: &str, found: &Value, expected: &Value) {
    match expected {
        Value::Object(fields) => {
            for (name, expected) in fields {
                same(&format!("{place}.{name}"), &found[name], expected);
            }
            assert!(place.is_empty() || found.as_object().map(serde_json::Map::len) == Some(fields.len()), "{place} has more");
        }
        Value::Array(rows) => {
            assert_eq!(found.as_array().map(Vec::len), Some(rows.len()), "{place}");
            rows.iter().enumerate().for_each(|(nth, row)| same(&format!("{place}[{nth}]"), &found[nth], row));
        }
        Value::Number(number) => {
            let (is, want) = (found.as_f64(), number.as_f64().unwrap_or(f64::NAN));
            let near = is.is_some_and(|is| if number.is_f64() { (is - want).abs() <= 1e-6 } else { is == want });
            assert!(near, "{place} is {found}, not {expected}");
        }
        Value::Null | Value::Bool(_) | Value::String(_) => assert_eq!(found, expected, "{place}"),
    }
}

#[tokio::test]
async fn the_set_of_figures_is_what_pandas_says() {
    let Some((calls, expected)) = given() else { return };
    let log = MemoryLog::new(Clock::chosen(EVENING));
    read(&log, &calls).await;
    let set = console::figures::set("anonymous_bank", &folded(&log).await).expect("the bank's set");
    assert_eq!(expected.as_object().map(serde_json::Map::len), Some(28));
    same("", &set, &expected);
    // In the order of occurrence, where an agent's clock runs ahead of the queue's, the figures are the same.
    let mut replay = Replay::default();
    let board = replay.seek(&log, Moment(i64::MAX), None).await.expect("memory can be read");
    same("", &console::figures::set("anonymous_bank", board).expect("the bank's set"), &expected);
}

async fn live(desk: &Arc<Desk>, scope: Scope, range: Range) -> LiveView {
    desk.live(LiveQuestion { scope, range }).await.expect("a live screen")
}

fn of_bank() -> Scope {
    Scope { source: Some("anonymous-bank".to_owned()), ..Scope::default() }
}

/// Compares a screen's figures with those expected, as far as names are agreed for them.
#[track_caller]
fn shown(place: &str, figures: &[Figure], expected: &Value) {
    for (name, id) in NAMES {
        let Some(expected) = expected.get(name) else { continue };
        let figure = figures.iter().find(|figure| figure.metric == id).expect("every metric is on the screen");
        same(&format!("{place} {id}"), &serde_json::json!(figure.value), expected);
    }
}

#[tokio::test]
async fn the_live_screen_shows_what_pandas_says() {
    let Some((calls, expected)) = given() else { return };
    let place = Place::default();
    let desk = place.desk(Vec::new()).await;
    read(desk.log(), &calls).await;
    desk.caught_up().await;
    let status = desk.status(Nothing {}).await.expect("a status");
    assert_eq!((status.lag, status.n_poison, status.sources), (0, 0, vec!["anonymous-bank".to_owned()]));
    let whole = live(&desk, of_bank(), Range::All).await;
    assert_eq!(whole.zone, "Asia/Jerusalem");
    shown("overall", &whole.totals, &expected);
    assert_eq!(whole.days.len(), expected["by_day"].as_object().expect("days").len());
    for day in &whole.days {
        let name = day.date[2..].replace('-', "");
        let scope = Scope { from: Some(day.from), to: Some(day.to), ..of_bank() };
        shown(&name, &live(&desk, scope, Range::Given).await.totals, &expected["by_day"][&name]);
    }
    for (topic, figures) in expected["by_type"].as_object().expect("types") {
        let scope = Scope { topic: Some(topic.clone()), ..of_bank() };
        shown(topic, &live(&desk, scope, Range::All).await.totals, figures);
        // The bank's queues are its types.
        let row = whole.queues.iter().find(|group| group.key[0].as_ref() == Some(topic)).expect("every queue has a row");
        for figure in &row.figures {
            let Some((name, _)) = NAMES.iter().find(|(_, id)| *id == figure.metric) else { continue };
            same(&format!("queue {topic} {name}"), &serde_json::json!(figure.value), &figures[name]);
        }
    }
    for (priority, figures) in expected["by_priority"].as_object().expect("priorities") {
        let scope = Scope { priority: Some(priority.clone()), ..of_bank() };
        shown(priority, &live(&desk, scope, Range::All).await.totals, figures);
    }
    agents(&whole, &expected["by_agent"]);
    worst(&whole, &expected["worst_half_hours_by_abandons"]);
    assert_eq!(whole.n_waiting, 0, "nobody waits for twenty-seven years");
}

fn agents(whole: &LiveView, expected: &Value) {
    assert_eq!(whole.agents.len(), expected.as_object().expect("agents").len());
    for agent in &whole.agents {
        let [calls, handled] = agent.figures.as_slice() else { panic!("{} has {:?}", agent.id, agent.figures) };
        let found = serde_json::json!({ "calls": calls.value, "talk_s": handled.numerator, "aht_s": handled.value });
        same(&agent.id, &found, &expected[&agent.id]);
    }
}

fn worst(whole: &LiveView, expected: &Value) {
    let value = |group: &projections::figure::Group, id: &str| {
        group.figures.iter().find(|figure| figure.metric == id).and_then(|figure| figure.value).unwrap_or_default()
    };
    let mut groups: Vec<_> = whole.half_hours.iter().collect();
    groups.sort_by(|a, b| value(b, "abandon.count").total_cmp(&value(a, "abandon.count")));
    let rows: Vec<Value> = groups[..6]
        .iter()
        .map(|group| {
            let start = group.key[0].as_deref().expect("every half-hour has a name");
            let start = format!("{} {}", start[2..10].replace('-', ""), &start[11..16]);
            serde_json::json!({ "start": start, "offered": value(group, "contacts.offered"), "abandoned": value(group, "abandon.count") })
        })
        .collect();
    same("worst half-hours", &Value::Array(rows), expected);
}
