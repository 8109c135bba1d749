//! R12: what cannot be understood, from outside and in the log itself: left out or kept with its reason, counted, shown,
//! never in the way of what comes after it, and read again by a version that understands it.

use std::path::Path;

use console::log::EventLog;
use console::projector::at_head;
use console::snapshots::{Snapshots, digest, encode};
use events::import::{Finished, Progressed, Report, RowRefused, Started};
use events::{Body, CodecError, EventId, Poison};
use projections::Projection;
use serde_json::{Value, json};
use sqlx::Connection;
use tests::Draw;
use tests::made_up::{EVENING, fact};
use tests::place::{Place, all, folded};

use crate::flips::told;
use crate::tally::{Finding, Tally};
use crate::victim::{LOG, begun, day, open, raw};
use crate::{boards, cases, wait, whole};

/// Good lines before the first bad one: the encoding is found from the file's first 64 KiB.
const BEFORE: usize = 400;
const MIB: usize = 1 << 20;

fn line(name: &str, event_type: &str, data: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"{name}","source":"poison","type":"dev.retrace.{event_type}","time":"2026-03-02T09:00:00Z","streamid":"conversation-{name}","data":{data}}}"#
    )
}

fn good(name: &str) -> String {
    line(name, "conversation.started", r#"{"channel":"voice"}"#)
}

/// Lines from outside, and the reason each is left out for; none for a line that is taken as it is.
fn corpus() -> Vec<(&'static str, Vec<u8>, Option<&'static str>)> {
    let started = |name: &str, data: &str| line(name, "conversation.started", data).into_bytes();
    let topic = |name: &str, topic: &str| started(name, &format!(r#"{{"channel":"voice","topic":"{topic}"}}"#));
    let deep = |open: &str, close: &str| open.repeat(10_000) + &close.repeat(10_000);
    let with = |name: &str, from: &str, to: &str| good(name).replace(from, to).into_bytes();
    let mut invalid = topic("utf8", "????");
    invalid.iter_mut().filter(|byte| **byte == b'?').for_each(|byte| *byte = 0xff);
    let mut nul = topic("nul", "?");
    nul.iter_mut().filter(|byte| **byte == b'?').for_each(|byte| *byte = 0);
    let newer = with("newer", "\"data\":", r#""dataschemaversion":"2","data":"#);
    let doubled = with("doubled", "\"source\":", r#""source":"other","source":"#);
    vec![
        ("malformed JSON", br#"{"specversion":"1.0","#.to_vec(), Some("bad_json")),
        ("not an object", b"[1,2,3]".to_vec(), Some("not_a_cloudevent")),
        ("an empty object", b"{}".to_vec(), Some("not_a_cloudevent")),
        ("unknown type", line("unknown", "conversation.teleported", "{}").into_bytes(), Some("unknown_event_type")),
        (
            "type with a control character",
            line("unit", "conversation\\u001fstarted", "{}").into_bytes(),
            Some("unknown_event_type"),
        ),
        ("schema N+1", newer, Some("newer_schema")),
        (
            "schema that is no number",
            with("words", "\"data\":", r#""dataschemaversion":"two","data":"#),
            Some("malformed_payload"),
        ),
        ("payload of another shape", started("shape", r#"{"channel":7}"#), Some("malformed_payload")),
        ("payload that is null", started("null", "null"), Some("malformed_payload")),
        ("invalid UTF-8", invalid, Some("not_utf8")),
        ("NUL as it is", nul, Some("bad_json")),
        ("NUL escaped, in a name", with("nul2", "conversation-nul2", "conversation-\\u0000"), Some("bad_stream")),
        ("NUL escaped, in a text", topic("nul3", "a\\u0000b"), None),
        ("NaN", started("nan", r#"{"channel":"voice","priority":NaN}"#), Some("bad_json")),
        ("1e999", started("huge", r#"{"channel":"voice","priority":1e999}"#), Some("malformed_payload")),
        (
            "a number of thirty digits",
            started("digits", r#"{"channel":"voice","priority":123456789012345678901234567890}"#),
            Some("malformed_payload"),
        ),
        (
            "duplicate keys in the payload",
            started("twice", r#"{"channel":"voice","channel":"messaging"}"#),
            Some("malformed_payload"),
        ),
        ("duplicate keys in the envelope", doubled, Some("not_a_cloudevent")),
        ("a lone surrogate", topic("surrogate", "\\ud800"), Some("malformed_payload")),
        ("bidirectional controls", topic("bidi", "\u{202e}gnp.exe\u{2066}\\u202e"), None),
        ("depth 10,000 as the payload", started("deep1", &deep("[", "]")), Some("malformed_payload")),
        (
            "depth 10,000 for a text",
            started("deep2", &format!(r#"{{"channel":"voice","topic":{}}}"#, deep("[", "]"))),
            Some("malformed_payload"),
        ),
        (
            "depth 10,000 of objects",
            started("deep3", &(r#"{"a":"#.repeat(10_000) + "1" + &"}".repeat(10_000))),
            Some("malformed_payload"),
        ),
        ("a day that is none", with("day", "2026-03-02", "2026-02-30"), Some("bad_time")),
        ("a year beyond all", with("year", "2026-03-02", "99999-01-01"), Some("bad_time")),
        ("a stream that is none", with("stream", "conversation-stream", "conversation"), Some("bad_stream")),
        ("a million characters", topic("long", &"x".repeat(1_000_000)), None),
        ("a line longer than may be", topic("longer", &"x".repeat(2 * MIB)), Some("line_too_long")),
        ("a body of many megabytes", topic("longest", &"x".repeat(cases(8, 100) * MIB)), Some("line_too_long")),
    ]
}

#[test]
fn what_cannot_be_understood_is_left_out_with_its_reason_and_nothing_after_it() {
    let mut tally = Tally::new("R12", "poison lines, each imported between good ones");
    for (nth, (name, bad, reason)) in corpus().into_iter().enumerate() {
        let place = Place::default();
        let mut file: Vec<u8> = (0..BEFORE).flat_map(|n| (good(&format!("before-{nth}-{n}")) + "\n").into_bytes()).collect();
        file.extend(bad);
        file.extend(format!("\n{}\n", good("after")).bytes());
        std::fs::write(place.path("poison.jsonl"), file).expect("a file");
        tally.count(name, one_bad_line(&place.path(""), reason));
    }
    tally.close();
}

fn one_bad_line(folder: &Path, reason: Option<&str>) -> Result<(), Finding> {
    let import = told(folder, &["import", "--json", "poison.jsonl"]);
    if import.panicked() || import.code.is_none() {
        return Err(Finding::Panic(import.error));
    }
    let said: Value = serde_json::from_str(&import.lines.join("\n")).unwrap_or_default();
    let refused = reason.map_or_else(|| json!({}), |reason| json!({ reason: 1 }));
    if import.code != Some(0) || said["refused"] != refused || said["rows_read"] != BEFORE + 2 {
        return Err(Finding::Wrong(format!("{:?}: {said}", import.code)));
    }
    let n_taken = BEFORE + 1 + usize::from(reason.is_none());
    if said["events_written"] != n_taken {
        return Err(Finding::Lost(format!("{} of {n_taken} good lines were taken", said["events_written"])));
    }
    let board = told(folder, &["board", "--json"]);
    let shown: Value = serde_json::from_str(&board.lines.join("\n")).unwrap_or_default();
    // Shown with the import: how many, why, and which line.
    if board.code != Some(0)
        || shown["n_poison"] != 0
        || (reason.is_some() && !shown["imports"].to_string().contains(reason.unwrap_or_default()))
    {
        return Err(Finding::Wrong(format!("{:?}: {}", board.code, shown["imports"])));
    }
    let export = told(folder, &["export", "--json", "--out", "out.jsonl"]);
    if export.code == Some(0) { Ok(()) } else { Err(Finding::Stuck(format!("it cannot be exported: {export:?}"))) }
}

/// Good lines with bytes turned, doubled, dropped and swapped, as a broken sender would write them.
#[test]
fn no_line_however_broken_makes_an_import_fall_over() {
    let mut tally = Tally::new("R12", "lines broken at random (seeded)");
    let n_lines = 500;
    for seed in 0..cases(2, 40) as u64 {
        let (place, mut draw, mut file) = (Place::default(), Draw(seed), Vec::new());
        for n in 0..n_lines {
            let mut bytes =
                line(&format!("{seed}-{n}"), "conversation.started", r#"{"channel":"voice","topic":"售后 \u552e","priority":2}"#)
                    .into_bytes();
            for _ in 0..draw.below(4) {
                let at = draw.below(bytes.len() as u64) as usize;
                match draw.below(5) {
                    0 => bytes[at] ^= 1 << draw.below(8),
                    1 => bytes.truncate(at + 1),
                    2 => bytes.insert(at, draw.bits() as u8),
                    3 => bytes.extend_from_within(at..),
                    _ => bytes[at] = *draw_of(&mut draw, b"{}[]\",:\\\0\xff0e-"),
                }
            }
            bytes.retain(|byte| *byte != b'\n');
            file.extend(bytes);
            file.push(b'\n');
        }
        std::fs::write(place.path("poison.jsonl"), file).expect("a file");
        let import = told(&place.path(""), &["import", "--json", "--source", "cloudevents", "poison.jsonl"]);
        let said: Value = serde_json::from_str(&import.lines.join("\n")).unwrap_or_default();
        let board = told(&place.path(""), &["board", "--json"]);
        for n in 0..n_lines {
            let outcome = match import.code {
                _ if import.panicked() || board.panicked() => Err(Finding::Panic(import.error.clone())),
                Some(0) if board.code == Some(0) && said["rows_read"].as_u64().is_some_and(|read| 0 < read) => Ok(()),
                _ => Err(Finding::Stuck(format!("{import:?} {board:?}"))),
            };
            tally.count(format!("seed {seed}, line {n}"), outcome);
        }
    }
    tally.close();
}

fn draw_of<'a, T>(draw: &mut Draw, from: &'a [T]) -> &'a T {
    &from[draw.below(from.len() as u64) as usize]
}

/// Rows that a newer version, or a failing disk, left in the log itself.
#[test]
fn what_cannot_be_understood_in_the_log_is_kept_counted_and_passed() {
    let started = "conversation.started";
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let large = format!(r#"{{"channel":"voice","line":"{}"}}"#, "x".repeat(cases(4, 100) * MIB));
    let rows: Vec<(&str, &str, i64, Vec<u8>)> = vec![
        ("malformed JSON", started, 1, b"{".to_vec()),
        ("no bytes", started, 1, Vec::new()),
        ("unknown type", "conversation.teleported", 1, b"{}".to_vec()),
        ("unknown noun", "weather.changed", 1, b"{}".to_vec()),
        ("type with a separator in it", "conversation\u{1f}started", 1, b"{}".to_vec()),
        ("type with NUL in it", "conversation\0started", 1, b"{}".to_vec()),
        ("type that runs from right to left", "\u{202e}conversation.started", 1, b"{}".to_vec()),
        ("no type", "", 1, b"{}".to_vec()),
        ("schema N+1", started, 2, br#"{"channel":"voice"}"#.to_vec()),
        ("schema below zero", started, -1, br#"{"channel":"voice"}"#.to_vec()),
        ("schema beyond 32 bits", started, i64::MAX, br#"{"channel":"voice"}"#.to_vec()),
        ("invalid UTF-8", started, 1, b"\xff\xfe\x80".to_vec()),
        ("NUL", started, 1, b"\0\0".to_vec()),
        ("NaN", started, 1, br#"{"channel":"voice","priority":NaN}"#.to_vec()),
        ("1e999", started, 1, br#"{"channel":"voice","priority":1e999}"#.to_vec()),
        ("duplicate keys", started, 1, br#"{"channel":"voice","channel":"voice"}"#.to_vec()),
        ("a lone surrogate", started, 1, br#"{"channel":"voice","topic":"\udc00"}"#.to_vec()),
        ("depth 10,000", started, 1, deep.into_bytes()),
        ("a body of many megabytes that is none of ours", "conversation.teleported", 1, large.into_bytes()),
    ];
    let mut tally = Tally::new("R12", "poison rows, each in the log between good ones");
    for (name, event_type, schema, data) in rows {
        let place = Place::default();
        begun(&place.path(""));
        let n = day().len();
        wait(poisoned(&place.log_path(), n, event_type, schema, &data));
        let outcome = wait(async {
            let log = open(&place.path("")).await?;
            // What comes after it is taken and folded.
            log.ingest(vec![fact("conversation", "after", 0, EVENING, events::conversation::Held {})], |_ingested| Vec::new())
                .await?;
            let (opened, board) = boards(&log).await?;
            let board_of = folded(&log).await;
            let kept = log.at(&[events::Position(n as u64)]).await?;
            log.close().await;
            let why = board_of.poison.first().map(|(_, poison)| poison.why.to_string()).unwrap_or_default();
            let all_there = kept.first().is_some_and(|stored| stored.payload.data == data);
            Ok::<_, console::log::LogError>(if !all_there {
                Err(Finding::Lost("it is not kept as it was written".to_owned()))
            } else if opened != board || board_of.n_poison != 1 || board_of.n_facts != n as u64 + 2 || why.is_empty() {
                Err(Finding::Wrong(format!(
                    "{} of {} facts, {} not understood: {why}",
                    board_of.n_facts,
                    n + 2,
                    board_of.n_poison
                )))
            } else {
                Ok(())
            })
        });
        tally.count(name, outcome.unwrap_or_else(|error| Err(Finding::Stuck(error.to_string()))));
        let replay = told(&place.path(""), &["board", "--json", "--at", "2026-03-03T00:00:00Z"]);
        let good = replay.code == Some(0) && !replay.panicked();
        tally.count(format!("{name}, replayed"), if good { Ok(()) } else { Err(Finding::Stuck(format!("{replay:?}"))) });
    }
    tally.close();
}

async fn poisoned(path: &Path, position: usize, event_type: &str, schema: i64, data: &[u8]) {
    let mut connection = raw(path).await.expect("SQLite opens it");
    let sql = "INSERT INTO event SELECT ?, 'conversation-strange', 0, randomblob(16), CAST(? AS TEXT), ?, occurred_us, recorded_us, meta, ? \
               FROM event ORDER BY position DESC LIMIT 1";
    let row = sqlx::query(sql).bind(position as i64).bind(event_type.as_bytes()).bind(schema).bind(data);
    row.execute(&mut connection).await.expect("the row is in order");
    connection.close().await.expect("SQLite closes it");
}

/// Found by the flips: a time beyond all years, which only damage can leave, made the program fall over.
#[test]
fn a_time_beyond_all_years_is_shown_as_some_time() {
    let mut tally = Tally::new("R12", "times beyond all years");
    let beyond = [i64::MIN, i64::MIN + 1, -377_705_023_201_000_001, 253_402_207_200_000_000, 253_402_300_800_000_000, i64::MAX];
    for at in beyond {
        let place = Place::default();
        begun(&place.path(""));
        wait(async {
            let mut connection = raw(&place.log_path()).await.expect("SQLite opens it");
            let sql = "INSERT INTO event SELECT position + 1, 'conversation-strange', 0, randomblob(16), 'conversation.started', 1, ?, \
                       recorded_us, meta, ? FROM event ORDER BY position DESC LIMIT 1";
            let row = sqlx::query(sql).bind(at).bind(br#"{"channel":"voice"}"#.as_slice());
            row.execute(&mut connection).await.expect("the row is in order");
            connection.close().await.expect("SQLite closes it");
        });
        for verb in [&["board", "--json"][..], &["metrics", "--by", "day,half-hour"], &["export"], &["replay"], &["verify"]] {
            let ran = told(&place.path(""), verb);
            let good = !ran.panicked() && matches!(ran.code, Some(0 | 3));
            tally.count(format!("{at}: {verb:?}"), if good { Ok(()) } else { Err(Finding::Panic(ran.error)) });
        }
    }
    tally.close();
}

/// A snapshot of a version that did not know a type is not taken up: its facts are read again.
#[test]
fn a_fact_that_was_not_understood_is_read_again_after_an_upgrade() {
    let place = Place::default();
    begun(&place.path(""));
    let mut tally = Tally::new("R12", "tried again after an upgrade");
    for (older, n_poison) in [(true, 0), (false, 1)] {
        let outcome = wait(async {
            let log = open(&place.path("")).await.expect("it opens");
            let mut facts: Vec<_> = all(&log).await.into_iter().map(|stored| stored.fact).collect();
            let last = facts.last_mut().expect("there is one");
            let why = CodecError::UnknownType("conversation.of_tomorrow".to_owned());
            last.body = Body::Poison(Poison { event_type: "conversation.of_tomorrow".to_owned(), schema: 1, why });
            let mut board = projections::Board::default();
            facts.iter().for_each(|fact| board.evolve(fact));
            let snapshots = Snapshots::beside(&place.log_path());
            std::fs::remove_dir_all(snapshots.folder()).ok();
            let id = facts.last().expect("there is one").id;
            snapshots.save(&board, id);
            if older {
                with_other_types(snapshots.folder(), &board);
            }
            let opened = at_head(&log, &snapshots).await.expect("it opens");
            log.close().await;
            (opened.n_poison, digest(&opened) == digest(&board))
        });
        // Today's own snapshot is believed: that it would be is what makes the other one a test.
        let good = outcome == (n_poison, !older);
        tally.count(
            format!("written by an older version: {older}"),
            if good { Ok(()) } else { Err(Finding::Wrong(format!("{outcome:?}"))) },
        );
    }
    tally.close();
}

/// Rewrites the one snapshot's head as a version with other types would have written it.
fn with_other_types(folder: &Path, board: &projections::Board) {
    type Head = (String, u32, String, u64, EventId, [u8; 32]);
    let file = std::fs::read_dir(folder).expect("a folder").next().expect("a snapshot").expect("an entry").path();
    let bytes = std::fs::read(&file).expect("a snapshot");
    let (mut head, body): (Head, _) = postcard::take_from_bytes(&bytes).expect("a snapshot's head");
    assert_eq!(body, encode(board));
    "conversation.started@1 ".clone_into(&mut head.2);
    let mut older = postcard::to_stdvec(&head).expect("a head");
    older.extend_from_slice(body);
    std::fs::write(file, older).expect("it can be written");
}

/// A file that an older version read to its end with a row left out: imported again, the row is taken.
#[test]
fn a_row_that_was_left_out_is_taken_when_the_file_comes_again() {
    let (place, today) = (Place::default(), Place::default());
    let lines: Vec<String> = (0..5).map(|n| good(&format!("row-{n}"))).collect();
    for folder in [place.path(""), today.path("")] {
        std::fs::write(folder.join("rows.jsonl"), lines.join("\n") + "\n").expect("a file");
    }
    assert_eq!(told(&today.path(""), &["import", "rows.jsonl"]).code, Some(0));
    wait(async {
        let log = open(&today.path("")).await.expect("it opens");
        let facts = all(&log).await;
        log.close().await;
        let stream = facts.iter().find(|stored| stored.fact.stream.noun() == "import").expect("an import").fact.stream.clone();
        let of_rows: Vec<_> = facts.iter().filter(|stored| stored.fact.stream.noun() == "conversation").collect();
        let mut older: Vec<_> = of_rows
            .iter()
            .take(4)
            .map(|stored| events::NewEvent {
                stream: stored.fact.stream.clone(),
                id: stored.fact.id,
                occurred_at: stored.fact.occurred_at,
                meta: stored.fact.meta.clone(),
                body: stored.payload.clone(),
                personal: None,
            })
            .collect();
        let refused = [("unknown_event_type".to_owned(), 1)].into();
        let report = Report { n_rows_read: 5, n_events_written: 4, refused, ..Report::default() };
        let (source, file, zone) = ("cloudevents".to_owned(), "rows.jsonl".to_owned(), "UTC".to_owned());
        let note = RowRefused { line: 5, reason: "unknown_event_type".to_owned(), detail: None };
        let begun: events::Event = Started { source, file, size_bytes: None, zone, from_row: 0, mapping: None }.into();
        for (nth, event) in
            [begun, note.into(), Progressed { report: report.clone() }.into(), Finished { report }.into()].into_iter().enumerate()
        {
            older.push(fact("import", stream.id(), nth as u64, EVENING, event));
        }
        let log = open(&place.path("")).await.expect("it opens");
        log.ingest(older, |_ingested| Vec::new()).await.expect("the log takes facts");
        log.close().await;
    });
    let again = told(&place.path(""), &["import", "--json", "rows.jsonl"]);
    let said: Value = serde_json::from_str(&again.lines.join("\n")).expect("JSON");
    assert_eq!((&said["events_written"], &said["already_present"]), (&json!(1), &json!(4)), "{again:?}");
    assert!(place.path(LOG).exists() && (whole() || said["refused"] == json!({})));
}
