//! A preview shows what an import would do, and does nothing.

use console::clock::Clock;
use console::import::Order;
use console::import::preview::{Preview, preview};
use console::keys::Pseudonyms;
use tests::delivered::fixture;
use tests::made_up::EVENING;
use tests::place::Place;
use tests::tickets::{Incident, changes, servicenow, volvo_csv, volvo_xes};

async fn shown(bytes: impl AsRef<[u8]>) -> Preview {
    let place = Place::default();
    let order = Order { path: place.file("file", bytes), source: None, mapping: None };
    preview(&order, Pseudonyms::of_no_secret(), Clock::chosen(EVENING).now()).await.expect("it is recognised")
}

#[tokio::test]
async fn a_preview_shows_the_first_rows_and_what_becomes_of_each_column() {
    let rows = [Incident::new(1, 0).with("incident_state", "-100"), Incident::new(1, 1).with("made_sla", "maybe")];
    let preview = shown(servicenow(&rows).replace("incident_state", "ident_state")).await;
    assert_eq!((preview.source.as_str(), preview.encoding.as_str(), preview.columns.len()), ("servicenow", "UTF-8", 36));
    assert_eq!((preview.columns[1].column.as_str(), preview.columns[1].becomes.as_deref()), ("ident_state", Some("status")));
    assert_eq!((preview.repaired["header_mended"], preview.repaired["status_unknown"], preview.refused["bad_flag"]), (1, 1, 1));
    assert_eq!((preview.rows.len(), preview.events.len(), preview.whole), (2, 1, true));
    assert_eq!((preview.rows[1].line, preview.rows[1].refused.as_deref()), (3, Some("bad_flag")));
}

#[tokio::test]
async fn a_preview_of_a_process_log_has_its_attributes_for_columns() {
    let preview = shown(volvo_xes(&changes(40, 8))).await;
    let becomes =
        |name: &str| preview.columns.iter().find(|column| column.column == name).and_then(|column| column.becomes.clone());
    assert_eq!((preview.rows.len(), preview.events.len()), (20, 20));
    assert_eq!(
        (becomes("trace concept:name").as_deref(), becomes("org:group").as_deref()),
        (Some("ticket"), Some("team, level"))
    );
    let table = shown(volvo_csv(&changes(40, 8))).await;
    assert_eq!(
        table.events.iter().map(|event| &event.data).collect::<Vec<_>>(),
        preview.events.iter().map(|event| &event.data).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_preview_of_a_vendors_export_shows_its_records_masked_and_their_facts() {
    let preview = shown(fixture("connect/transfer.json")).await;
    assert_eq!((preview.source.as_str(), preview.rows.len(), preview.columns.len()), ("connect", 2, 0));
    assert!(preview.events.iter().any(|event| event.event_type == "conversation.assigned"));
    assert!(!format!("{:?}", preview.rows).contains("+4915112345678"), "{:?}", preview.rows);
    for (name, source) in [("genesys/transfer.json", "genesys"), ("rasa/tracker.json", "rasa"), ("rasa/broker.jsonl", "rasa")] {
        assert_eq!(shown(fixture(name)).await.source, source, "{name}");
    }
}
