//! What leaves can be read: by others as the formats say, and by ourselves without loss.

use std::collections::BTreeMap;
use std::path::Path;

use console::clock::Clock;
use console::export::{Format, PersonalText, export, into_file};
use console::import::{Cancel, Ending, Order, Progress, import};
use console::log::memory::MemoryLog;
use console::log::{EventLog, Rights, Stored};
use console::snapshots::{content_digest, digest};
use events::codec::{encode, try_decode, types};
use events::{EventId, Meta, Moment, NewEvent, Personal, StreamId, Timing};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;
use serde_json::Value;
use tests::made_up::{CANARY, EVENING, MORNING, customer, one_day};
use tests::place::{Place, all, folded, repository};
use tests::rights::unmasked;
use tests::tickets::{event, trace};
use tokio::sync::watch;

/// What breaks formats: markup, quotes, line ends, what XML cannot hold, what spreadsheets run.
const HOSTILE: &str = "=1+1\"';,<a>&amp;]]>\r\n\t\u{1}\u{7f}\u{85}\u{ffff}\u{fffe}\u{202e}售后🙂 ";

fn memory() -> MemoryLog {
    MemoryLog::new(Clock::chosen(EVENING))
}

async fn filled(facts: Vec<NewEvent>) -> MemoryLog {
    let log = memory();
    log.ingest(facts, |_ingested| Vec::new()).await.expect("taken");
    log
}

/// A fact of every type there is, with every field filled and hostile text beside it.
fn every_type() -> Vec<NewEvent> {
    let folder = repository().join("tests/corpus");
    let mut facts = Vec::new();
    for (nth, (event_type, schema)) in types().into_iter().enumerate() {
        let text =
            std::fs::read_to_string(folder.join(format!("{event_type}.v{schema}.json"))).expect("every type has an example");
        let mut example: Value = serde_json::from_str(&text).expect("JSON");
        if let Some(native) = example["data"].get_mut("customer") {
            // A log names customers by pseudonym only.
            *native = Value::from(customer(1));
        }
        let event = try_decode(event_type, schema, example["data"].to_string().as_bytes()).expect("the corpus reads");
        let noun = event_type.split('.').next().expect("a noun");
        let id = if noun == "customer" { customer(1) } else { format!("一 \"{noun}\" & <1>") };
        let timing = [Timing::Recorded, Timing::Derived, Timing::Unknown][nth % 3];
        facts.push(NewEvent {
            stream: StreamId::new(noun, &id).expect("a name"),
            id: EventId::derived("export", event_type),
            occurred_at: Moment(MORNING.0 + nth as i64 * 1_000_001),
            meta: Meta {
                source: "export".to_owned(),
                actor: Some("person:=cmd|' /C calc'!A0".to_owned()),
                correlation: Some(HOSTILE.trim().replace(['\u{ffff}', '\u{fffe}'], "")),
                causation: (nth % 2 == 0).then(|| EventId::derived("export", "cause")),
                timing,
                place: (nth % 4 == 0).then_some(nth as u32),
                leg: (nth % 5 == 0).then(|| "腿 <1>".to_owned()),
            },
            body: encode(&event),
            personal: (nth % 2 == 1).then(|| Personal {
                subject: Some(customer(1)),
                texts: BTreeMap::from([("text".to_owned(), HOSTILE.to_owned())]),
            }),
        });
    }
    facts
}

async fn written(log: &impl EventLog, format: Format, personal: PersonalText) -> Vec<u8> {
    let mut bytes = Vec::new();
    let said = export(log, format, &mut bytes, personal).await.expect("memory takes it");
    assert_eq!((said.format, said.n_bytes, said.n_events), (format.name(), bytes.len() as u64, *log.head().borrow()));
    bytes
}

/// Reads a file into a new log; what was refused is a failure.
async fn read(path: &Path) -> MemoryLog {
    let log = memory();
    let order = Order { path: path.to_owned(), source: None, mapping: None };
    let progress = watch::Sender::new(Progress::default());
    let (report, ending) =
        import(&log, &Clock::chosen(EVENING), &order, &Cancel::default(), &progress).await.expect("it is recognised");
    assert_eq!((ending, report.refused, report.repaired), (Ending::Finished, BTreeMap::new(), BTreeMap::new()));
    log
}

fn plain() -> PersonalText {
    PersonalText::Shown(unmasked(None))
}

/// Facts that are not the bookkeeping of reading a file, with their texts as they are, as they could be recorded again.
async fn facts(log: &MemoryLog, but: &str) -> Vec<NewEvent> {
    let stored: Vec<Stored> = all(log).await.into_iter().filter(|stored| !stored.fact.stream.as_str().starts_with(but)).collect();
    let positions: Vec<_> = stored.iter().map(|stored| stored.fact.position).collect();
    let mut personal = log.personal(&positions, &unmasked(None)).await.expect("shown");
    let again = stored.into_iter().map(|Stored { fact, payload }| NewEvent {
        stream: fact.stream,
        id: fact.id,
        occurred_at: fact.occurred_at,
        meta: fact.meta,
        body: payload,
        personal: personal.remove(&fact.position).map(|shown| shown.personal),
    });
    again.collect()
}

/// The stream of a file's own bookkeeping, which no fact of `every_type` has.
async fn bookkeeping(log: &MemoryLog) -> String {
    let last = all(log).await.pop().expect("an import ends with a fact of its own");
    last.fact.stream.to_string()
}

#[tokio::test]
async fn what_is_read_back_is_every_fact_as_it_was() {
    let place = Place::default();
    let mut given = every_type();
    given.extend(one_day(12, 4));
    let from = filled(given).await;
    let before = facts(&from, "nothing").await;
    let board = folded(&from).await;
    for (format, name) in [(Format::CloudEvents, "log.jsonl"), (Format::Xes, "log.xes"), (Format::Ocel, "log.json")] {
        let bytes = written(&from, format, plain()).await;
        assert_eq!(bytes, written(&from, format, plain()).await, "twice the same bytes");
        let to = read(&place.file(name, bytes)).await;
        let mut after = facts(&to, &bookkeeping(&to).await).await;
        if format == Format::Xes {
            // A process log is grouped by its cases: the facts are the same, their order is not.
            let place = |fact: &NewEvent| before.iter().position(|before| before.id == fact.id);
            after.sort_by_key(place);
        }
        assert_eq!(before.len(), after.len(), "{name}");
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before, after, "{name}");
        }
        let again = filled(after).await;
        assert_eq!(digest(&folded(&again).await), digest(&board), "{name}");
        assert_eq!(content_digest(&folded(&again).await), content_digest(&board), "{name}");
    }
}

#[tokio::test]
async fn an_export_read_into_its_own_log_adds_nothing_whatever_the_format() {
    let (place, log) = (Place::default(), filled(one_day(10, 6)).await);
    let n = *log.head().borrow();
    for (format, name) in [(Format::Xes, "log.xes"), (Format::Ocel, "log.json")] {
        for (personal, how) in [(PersonalText::None, "none"), (PersonalText::Shown(Rights::Masked), "masked")] {
            let place = place.file(&format!("{how}-{name}"), written(&filled(one_day(10, 6)).await, format, personal).await);
            let order = Order { path: place, source: None, mapping: None };
            let progress = watch::Sender::new(Progress::default());
            let read = import(&log, &Clock::chosen(EVENING), &order, &Cancel::default(), &progress).await;
            let (report, _) = read.expect("it is recognised");
            assert_eq!((report.n_events_written, report.n_already_present), (0, n), "{name} {how}");
        }
    }
}

#[tokio::test]
async fn no_format_holds_what_is_personal_unless_asked_plainly() {
    let log = filled(one_day(15, 8)).await;
    for format in Format::ALL {
        for (personal, shown) in [(PersonalText::None, false), (PersonalText::Shown(Rights::Masked), false), (plain(), true)] {
            let bytes = written(&log, format, personal.clone()).await;
            // Parquet packs its columns; what it says is read back.
            let text =
                if format == Format::Parquet { format!("{:?}", rows(bytes)) } else { String::from_utf8(bytes).expect("text") };
            assert_eq!(text.contains(CANARY), shown, "{} {personal:?}", format.name());
        }
    }
}

#[tokio::test]
async fn a_process_log_of_strangers_leaves_as_it_came() {
    let place = Place::default();
    let steps: Vec<String> = (0..9)
        .map(|n| {
            event(
                &[("concept:name", "a&amp;b"), ("org:resource", "r1"), ("more", "x")],
                &format!("2012-03-01T10:00:0{n}.125+02:00"),
            )
        })
        .collect();
    let first = read(&place.file("first.xes", trace(&steps))).await;
    let bytes = written(&first, Format::Xes, plain()).await;
    let second = read(&place.file("second.xes", bytes)).await;
    let steps =
        |facts: Vec<NewEvent>| -> Vec<NewEvent> { facts.into_iter().filter(|fact| fact.stream.noun() == "ticket").collect() };
    let (before, after) = (steps(facts(&first, "import").await), steps(facts(&second, "import").await));
    assert_eq!(before, after);
    assert_eq!(before.len(), 9);
}

#[tokio::test]
async fn a_process_log_is_well_formed_whatever_the_words() {
    let text = String::from_utf8(written(&filled(every_type()).await, Format::Xes, plain()).await).expect("UTF-8");
    let forbidden = |c: char| !matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert_eq!(text.chars().find(|&c| forbidden(c)), None);
    let mut reader = quick_xml::Reader::from_str(&text);
    let (mut n_traces, mut n_events, mut n_whole) = (0, 0, 0);
    loop {
        match reader.read_event().expect("well-formed") {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) if tag.name().as_ref() == "trace" => n_traces += 1,
            quick_xml::events::Event::Start(tag) if tag.name().as_ref() == "event" => n_events += 1,
            quick_xml::events::Event::Empty(tag) => {
                let attributes: Vec<_> = tag.attributes().map(|attribute| attribute.expect("well-formed")).collect();
                n_whole += usize::from(attributes.iter().any(|attribute| attribute.value.as_ref() == "retrace:event"));
            }
            _ => {}
        }
    }
    let cases = types().iter().filter(|(name, _)| name.starts_with("conversation.") || name.starts_with("ticket.")).count();
    assert_eq!((n_traces, n_events, n_whole), (2, cases, types().len()), "agents and imports are no cases");
}

fn rows(bytes: Vec<u8>) -> Vec<parquet::record::Row> {
    let reader = SerializedFileReader::new(parquet_bytes(bytes)).expect("a Parquet file");
    reader.get_row_iter(None).expect("rows").map(|row| row.expect("a row")).collect()
}

fn parquet_bytes(bytes: Vec<u8>) -> std::fs::File {
    use std::io::{Seek, Write};
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(&bytes).and_then(|()| file.rewind()).expect("it can be written");
    file
}

#[tokio::test]
async fn a_parquet_file_holds_a_row_for_each_fact() {
    let log = filled(every_type()).await;
    let bytes = written(&log, Format::Parquet, plain()).await;
    let reader = SerializedFileReader::new(parquet_bytes(bytes.clone())).expect("a Parquet file");
    let columns: Vec<String> =
        reader.metadata().file_metadata().schema_descr().columns().iter().map(|column| column.name().to_owned()).collect();
    let at = |name: &str| columns.iter().position(|column| column == name).expect("a column");
    let rows = rows(bytes);
    let stored = all(&log).await;
    assert_eq!(rows.len(), stored.len());
    for (row, Stored { fact, payload }) in rows.iter().zip(&stored) {
        assert_eq!(row.get_long(at("position")).expect("a number"), fact.position.0 as i64);
        assert_eq!(row.get_string(at("id")).expect("a text"), &fact.id.to_string());
        assert_eq!(row.get_string(at("stream")).expect("a text"), fact.stream.as_str());
        assert_eq!(row.get_string(at("data")).expect("a text").as_bytes(), payload.data);
        assert_eq!(row.get_timestamp_micros(at("recorded_at")).expect("a time"), fact.recorded_at.0);
        let occurred = (fact.meta.timing != Timing::Unknown).then_some(fact.occurred_at.0);
        assert_eq!(row.get_timestamp_micros(at("occurred_at")).ok(), occurred, "an unknown time is none");
        assert_eq!(row.get_string(at("correlation")).ok(), fact.meta.correlation.as_ref());
    }
    let enqueued = stored.iter().position(|stored| stored.payload.event_type == "conversation.enqueued").expect("there is one");
    assert_eq!(rows[enqueued].get_string(at("queue")).expect("a text"), "售后");
    assert_eq!(rows[enqueued].get_string(at("channel")).expect("known from its beginning"), "messaging");
}

/// Cells of comma-separated values by RFC 4180, and nothing more.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (quoted, c) {
            (true, '"') if chars.peek() == Some(&'"') => cell.extend(chars.next()),
            (_, '"') => quoted = !quoted,
            (false, ',') => row.push(std::mem::take(&mut cell)),
            (false, '\r') if chars.next_if_eq(&'\n').is_some() => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            (_, c) => cell.push(c),
        }
    }
    assert!(row.is_empty() && cell.is_empty() && !quoted, "the last line has its end");
    rows
}

#[tokio::test]
async fn comma_separated_values_hold_every_fact_and_no_formula() {
    let log = filled(every_type()).await;
    let text = String::from_utf8(written(&log, Format::Csv, plain()).await).expect("UTF-8");
    let rows = cells(&text);
    let stored = all(&log).await;
    assert_eq!(rows.len(), stored.len() + 1);
    let at = |name: &str| rows[0].iter().position(|column| column == name).expect("a column");
    for (row, stored) in rows[1..].iter().zip(&stored) {
        assert_eq!(row.len(), rows[0].len());
        assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{row:?}");
        assert_eq!(row[at("data")].as_bytes(), stored.payload.data);
        let correlation = stored.fact.meta.correlation.as_deref().expect("each has one");
        assert_eq!(row[at("correlation")].strip_prefix('\'').expect("it begins as a formula does"), correlation);
    }
}

#[tokio::test]
async fn an_object_of_every_kind_is_related_to_what_touches_it() {
    let log = filled(one_day(10, 6)).await;
    let whole: Value = serde_json::from_slice(&written(&log, Format::Ocel, PersonalText::None).await).expect("JSON");
    let list = |name: &str| whole[name].as_array().unwrap_or_else(|| panic!("{name} is a list")).clone();
    let objects: BTreeMap<String, String> = list("objects")
        .iter()
        .map(|object| (object["id"].as_str().expect("an id").to_owned(), object["type"].as_str().expect("a type").to_owned()))
        .collect();
    assert_eq!(objects.len(), list("objects").len(), "no object is there twice");
    let declared = |name: &str| -> BTreeMap<String, BTreeMap<String, String>> {
        let attributes = |of: &Value| -> BTreeMap<String, String> {
            let all = of["attributes"].as_array().expect("a list").iter();
            all.map(|one| (one["name"].as_str().expect("a name").to_owned(), one["type"].as_str().expect("a type").to_owned()))
                .collect()
        };
        list(name).iter().map(|of| (of["name"].as_str().expect("a name").to_owned(), attributes(of))).collect()
    };
    let (object_types, event_types) = (declared("objectTypes"), declared("eventTypes"));
    let fits = |kind: &str, value: &Value| match kind {
        "string" => value.is_string(),
        "time" => value.as_str().is_some_and(|time| events::cloudevent::moment(time).is_ok()),
        "integer" => value.is_i64(),
        "float" => value.is_number(),
        "boolean" => value.is_boolean(),
        other => panic!("{other} is no type"),
    };
    let mut checked = 0;
    for (things, types) in [(list("objects"), &object_types), (list("events"), &event_types)] {
        for thing in things {
            let of_type = &types[thing["type"].as_str().expect("a type")];
            for attribute in thing["attributes"].as_array().expect("a list") {
                let kind = &of_type[attribute["name"].as_str().expect("a name")];
                assert!(fits(kind, &attribute["value"]), "{kind}: {attribute}");
                checked += 1;
            }
            for related in thing["relationships"].as_array().expect("a list") {
                assert!(objects.contains_key(related["objectId"].as_str().expect("an id")), "{related}");
            }
        }
    }
    assert!(100 < checked);
    for noun in ["conversation", "customer", "agent", "queue"] {
        assert!(objects.values().any(|of_type| of_type == noun), "{noun}");
    }
    assert_eq!(list("events").len() as u64, *log.head().borrow());
}

#[tokio::test]
async fn a_name_that_ends_in_gz_is_packed_and_read_back() {
    let (place, log) = (Place::default(), filled(one_day(5, 2)).await);
    let path = place.path("log.xes.gz");
    let said = into_file(&log, Format::Xes, &path, PersonalText::None).await.expect("written");
    let bytes = std::fs::read(&path).expect("it is there");
    assert_eq!((said.n_bytes, &bytes[..2]), (bytes.len() as u64, &[0x1f, 0x8b][..]));
    assert!(!place.path("log.xes.gz.unfinished").exists());
    let again = read(&path).await;
    assert_eq!(
        content_digest(&folded(&filled(facts(&again, &bookkeeping(&again).await).await).await).await),
        content_digest(&folded(&log).await)
    );
}

#[tokio::test]
async fn a_log_without_facts_leaves_as_an_empty_one() {
    let log = memory();
    for format in Format::ALL {
        let bytes = written(&log, format, PersonalText::None).await;
        match format {
            Format::CloudEvents => assert_eq!(bytes, b""),
            Format::Csv => assert_eq!(cells(&String::from_utf8(bytes).expect("text")).len(), 1),
            Format::Parquet => assert_eq!(rows(bytes).len(), 0),
            Format::Ocel => {
                assert_eq!(serde_json::from_slice::<Value>(&bytes).expect("JSON")["events"], Value::Array(Vec::new()))
            }
            Format::Xes => assert!(bytes.ends_with(b"</log>\n")),
        }
    }
}
