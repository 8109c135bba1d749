//! Mutated files through every parser: nothing panics, nothing hangs, nothing is invented.
//!
//! `make test` runs it for about a second; `FUZZ_SECS=600 cargo test -p tests --test fuzz` for as long as is wanted.
//! `FUZZ_SEED` names the first seed, which a failure prints; `FUZZ_KIND` the one source whose files are broken.

use std::io::Cursor;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use console::keys::Pseudonyms;
use console::sources::mapping::presets::PRESETS;
use console::sources::mapping::{Mapping, Table, guessed};
use console::sources::records::Records;
use console::sources::text::Text;
use console::sources::{Format, SourceKind, Translator, csv};
use tests::Draw;
use tests::bank::{file, many};
use tests::delivered::fixture;
use tests::dialogues::{star, stc3};
use tests::tickets::{Incident, changes, event, servicenow, trace, volvo_csv, volvo_xes};

/// A table that only a mapping makes sense of.
const CALLS: &str = "通话编号,来电时间,技能组,坐席,来电号码,等待时长,通话时长,接通状态,满意度\n\
    1,2026-03-02 09:00:05,售后,王芳,13812345678,12,240,已接通,5\n\
    2,2026-03-02 09:00:09,售后,-,13812345679,65,0,放弃,\n\
    3,2026-03-02 09:01:00,\"退,换\",李雷,13812345680,3,0:01:40,已接通,4\n";

fn fixtures() -> Vec<(SourceKind, Vec<u8>)> {
    let incidents: Vec<Incident> =
        (0..12).map(|n| Incident::new(n, 0).with("contact_type", "\"by \"\"phone\"\",\nreally\"")).collect();
    let steps: Vec<String> =
        (0..9).map(|_| event(&[("concept:name", "a&amp;b"), ("more", "x")], "2012-03-01T10:00:00.125+02:00")).collect();
    let cloudevent = r#"{"specversion":"1.0","id":"1","source":"x","type":"ticket.revised","time":"2026-03-02T01:00:00Z","streamid":"ticket-1","data":{"status":"New"}}"#;
    let ocel = r#"{"objectTypes":[{"name":"case","attributes":[]}],"eventTypes":[],
        "objects":[{"id":"c1","type":"case","attributes":[{"name":"status","time":"1970-01-01T00:00:00Z","value":"New"}]}],
        "events":[{"id":"e1","type":"made","time":"2026-03-02T01:00:00Z","relationships":[{"objectId":"c1","qualifier":""}]}]}"#;
    let packed = {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, volvo_csv(&changes(6, 4)).as_bytes()).expect("memory takes it");
        packed.finish().expect("memory takes it")
    };
    let of_vendors = [
        (SourceKind::Connect, "connect/transfer.json"),
        (SourceKind::Connect, "connect/queues.json"),
        (SourceKind::Connect, "connect/events.jsonl"),
        (SourceKind::Connect, "connect/agents.jsonl"),
        (SourceKind::Connect, "connect/lens.json"),
        (SourceKind::Connect, "connect/lens_stream.jsonl"),
        (SourceKind::Genesys, "genesys/transfer.json"),
        (SourceKind::Genesys, "genesys/snake_case.jsonl"),
        (SourceKind::Rasa, "rasa/tracker.json"),
        (SourceKind::Rasa, "rasa/broker.jsonl"),
    ];
    let mut fixtures = of_vendors.map(|(kind, name)| (kind, fixture(name).into_bytes())).to_vec();
    fixtures.extend([
        (SourceKind::AnonymousBank, file(&many(12, 3)).into_bytes()),
        (SourceKind::CloudEvents, format!("{cloudevent}\n{cloudevent}\n").into_bytes()),
        (SourceKind::VolvoCsv, volvo_csv(&changes(4, 1)).into_bytes()),
        (SourceKind::VolvoCsv, packed),
        (SourceKind::VolvoXes, volvo_xes(&changes(4, 1)).into_bytes()),
        (SourceKind::ServiceNow, servicenow(&incidents).into_bytes()),
        (SourceKind::Bpic2012, trace(&steps).into_bytes()),
        (SourceKind::Xes, trace(&steps).into_bytes()),
        (SourceKind::Chatwoot, fixture("chatwoot/webhooks.jsonl").into_bytes()),
        (SourceKind::Chatwoot, fixture("chatwoot/messages.json").into_bytes()),
        (SourceKind::Zendesk, fixture("zendesk/audits.json").into_bytes()),
        (SourceKind::Zendesk, fixture("zendesk/metric_events.json").into_bytes()),
        (SourceKind::RocketChat, fixture("rocketchat/webhooks.jsonl").into_bytes()),
        (SourceKind::Ocel, ocel.as_bytes().to_vec()),
        (SourceKind::Star, format!("{}\n{}\n", star(1), star(2)).into_bytes()),
        (SourceKind::Stc3, format!("{}\n{}\n", stc3("a", 1), stc3("b", 2)).into_bytes()),
        (SourceKind::Csv, CALLS.as_bytes().to_vec()),
        (SourceKind::Csv, volvo_csv(&changes(4, 1)).into_bytes()),
    ]);
    fixtures
}

/// A few changes: bytes turned, cut out, doubled, or replaced by what parsers stumble over.
fn mutated(bytes: &[u8], draw: &mut Draw) -> Vec<u8> {
    let words: [&[u8]; 20] = [
        b"\"",
        b"'",
        b"<",
        b">",
        b"</event>",
        b"<event>",
        b"<trace>",
        b"&",
        b"&#x0;",
        b"<!--",
        b"-->",
        b"]]>",
        b",",
        b"\n",
        b"\r",
        b"\0",
        b"\xff\xfe",
        b"\xf0\x9f",
        b"99999999999999999999",
        b"<!DOCTYPE x [",
    ];
    let mut bytes = bytes.to_vec();
    for _ in 0..1 + draw.below(6) {
        let at = usize::try_from(draw.below(bytes.len() as u64 + 1)).unwrap_or_default();
        let to = (at + usize::try_from(draw.below(40)).unwrap_or_default()).min(bytes.len());
        match draw.below(5) {
            0 if at < bytes.len() => bytes[at] = u8::try_from(draw.below(256)).unwrap_or_default(),
            1 => drop(bytes.drain(at..to)),
            2 => {
                let part = bytes[at..to].to_vec();
                bytes.splice(at..at, part);
            }
            3 => bytes.truncate(at.max(1)),
            _ => drop(bytes.splice(at..at, words[usize::try_from(draw.below(20)).unwrap_or_default()].to_vec())),
        }
    }
    bytes
}

/// A table by the mapping that is guessed for it, which must read as one whatever stands in the table.
fn by_guess(text: Text) -> Option<(Translator, Records)> {
    let delimiter = csv::delimiter_of(text.first_line());
    let mut rows = csv::sample(text.head(), delimiter, b'"', 50);
    let columns = if rows.is_empty() { return None } else { rows.remove(0) };
    let guess = guessed("fuzz.csv", &columns, &rows);
    let mapping = Mapping::of(&guess).unwrap_or_else(|problems| panic!("{problems:?} in {guess}"));
    let table = Table::of(Arc::new(mapping), &columns, Pseudonyms::of_no_secret()).ok()?;
    let mut records = Records::table(text, delimiter, b'"', columns.len());
    records.next_record().ok()?;
    Some((Box::new(table), records))
}

/// Reads and translates all of it; how many facts came of it.
fn through(kind: SourceKind, bytes: Vec<u8>) -> u64 {
    let n_bytes = bytes.len() as u64;
    let again = bytes.clone();
    let Ok(text) = Text::open(Cursor::new(bytes)) else { return 0 };
    let _any_answer_will_do = SourceKind::detect(&text);
    let first_line = text.first_line().to_owned();
    let packed = first_line.contains('\u{fffd}');
    let (mut translator, mut records) = if kind == SourceKind::Csv {
        let Some(opened) = by_guess(text) else { return 0 };
        opened
    } else {
        let Ok(mut translator) = kind.translator(&first_line, Pseudonyms::of_no_secret()) else { return 0 };
        while translator.surveys() {
            let Ok(text) = Text::open(Cursor::new(again.clone())) else { return 0 };
            let mut records = Records::of(text, kind);
            while let Ok(Some(record)) = records.next_record() {
                record.content.iter().for_each(|content| translator.survey(content));
            }
            translator.surveyed();
        }
        (translator, Records::of(text, kind))
    };
    let (mut n_records, mut n_facts) = (0_u64, 0);
    while let Ok(Some(record)) = records.next_record() {
        n_records += 1;
        assert!(packed || kind.format() != Format::Lines || n_records <= n_bytes * 8 + 1, "records come from bytes");
        if let Ok(content) = record.content {
            let _ = translator.subject(&content);
            n_facts += translator.translate(&content).map_or(0, |translated| translated.events.len() as u64);
        }
    }
    n_facts
}

/// Breaks one of the `originals` after the other, as long as is asked for, and looks what `read` makes of it; how often,
/// and how much it still made sense of.
fn broken<K: Copy>(originals: &[(K, Vec<u8>)], name: impl Fn(K) -> String, read: impl Fn(K, Vec<u8>) -> u64) -> (u64, u64) {
    let asked = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let limit = Duration::from_millis(asked("FUZZ_SECS").map_or(1_500, |secs| secs * 1_000));
    let begun = Instant::now();
    let mut seed = asked("FUZZ_SEED").unwrap_or(1);
    let (mut n, mut n_understood) = (0_u64, 0);
    while begun.elapsed() < limit {
        let (kind, bytes) = &originals[usize::try_from(seed % originals.len() as u64).unwrap_or_default()];
        let (kind, mutation) = (*kind, mutated(bytes, &mut Draw(seed)));
        let slow = Instant::now();
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| read(kind, mutation)));
        n_understood += outcome.unwrap_or_else(|_| panic!("FUZZ_SEED={seed} brings {} down", name(kind)));
        assert!(slow.elapsed() < Duration::from_secs(20), "FUZZ_SEED={seed} takes {} too long", name(kind));
        (seed, n) = (seed + 1, n + 1);
    }
    (n, n_understood)
}

#[test]
fn no_mutation_of_a_file_brings_a_parser_down() {
    let only = std::env::var("FUZZ_KIND").ok();
    let wanted = |(kind, _): &(SourceKind, Vec<u8>)| only.as_ref().is_none_or(|only| kind.name() == only);
    let fixtures: Vec<_> = fixtures().into_iter().filter(wanted).collect();
    assert!(!fixtures.is_empty(), "there is a file of that source");
    for (kind, bytes) in &fixtures {
        assert!(0 < through(*kind, bytes.clone()), "{} is read as it is", kind.name());
    }
    let (n, n_facts) = broken(&fixtures, |kind| kind.name().to_owned(), through);
    println!("{}: {n} mutations, {n_facts} facts", only.as_deref().unwrap_or("every source"));
    assert!(0 < n_facts, "some of them still say something");
}

#[test]
fn every_source_has_a_file_that_is_broken() {
    let fixtures = fixtures();
    for kind in SourceKind::ALL {
        assert!(fixtures.iter().any(|(of, _)| *of == kind), "{}", kind.name());
    }
}

#[test]
fn no_mutation_of_a_mapping_brings_its_parser_down() {
    let presets = PRESETS.map(|preset| (preset.name, preset.text.as_bytes().to_vec()));
    let (n, n_read) = broken(&presets, str::to_owned, |_, text| u64::from(Mapping::of(&String::from_utf8_lossy(&text)).is_ok()));
    println!("mappings: {n} mutations, {n_read} of them still mappings");
    assert!(0 < n_read, "some of them still make sense");
}
