//! Reading foreign files into the log: twice is once, whatever the dirt, the order, the interruption.

use std::io::Write;
use std::path::Path;

use console::clock::Clock;
use console::export::{PersonalText, cloudevents};
use console::figures;
use console::import::{Cancel, Ending, ImportError, Order, Progress, import};
use console::log::memory::MemoryLog;
use console::log::{EventLog, Rights};
use console::sources::SourceKind;
use console::verbs::Trouble;
use events::import::Report;
use expect_test::{Expect, expect};
use projections::import::{Import, Standing};
use projections::live::{Range, live};
use projections::{Board, Lens};
use proptest::prelude::*;
use tests::bank::{HEADER, Row, file, many};
use tests::made_up::{CANARY, EVENING, Log, config, day, one_day};
use tests::place::{Place, all, folded};
use tests::rights::unmasked;
use tokio::sync::watch;

fn memory() -> MemoryLog {
    MemoryLog::new(Clock::chosen(EVENING))
}

async fn read(log: &impl EventLog, path: &Path) -> Result<(Report, Ending), ImportError> {
    let order = Order { path: path.to_owned(), source: None, mapping: None };
    import(log, &Clock::chosen(EVENING), &order, &Cancel::default(), &watch::Sender::new(Progress::default())).await
}

/// What an import came to: its ending, its report and the notes of its rows.
async fn told(bytes: &[u8]) -> String {
    let (place, log) = (Place::default(), memory());
    let ended = read(&log, &place.file("calls.tsv", bytes)).await;
    let ending = match &ended {
        Ok((_, Ending::Interrupted(ImportError::File { code, .. }))) => format!("interrupted: {code:?}"),
        Ok((_, ending)) => format!("{ending:?}").to_lowercase(),
        Err(ImportError::File { code, .. }) => return format!("{code:?}"),
        Err(error) => return error.to_string(),
    };
    let (report, _) = ended.expect("it ended");
    let board = folded(&log).await;
    let import = one(&board);
    counts_are_those_of_the_notes(import, &report);
    format!(
        "{ending}; {} rows, {} calls; mended {:?}; refused {:?}",
        report.n_rows_read,
        board.conversations.by_id.len(),
        report.repaired,
        report.refused
    )
}

fn one(board: &Board) -> &Import {
    board.imports.by_id.values().next().expect("an import is in the log")
}

/// Every count in a report can be opened to its rows; only the file's encoding is mended as a whole.
fn counts_are_those_of_the_notes(import: &Import, report: &Report) {
    for (refused, counts) in [(true, &report.refused), (false, &report.repaired)] {
        for (reason, &n) in counts.iter().filter(|(reason, _)| !reason.starts_with("decoded") && *reason != "byte_order_mark") {
            let notes = import.notes.iter().filter(|note| note.refused == refused && note.reasons.contains(reason));
            assert_eq!(notes.count() as u64, n, "{reason}");
        }
    }
    let noted = import.notes.iter().filter(|note| note.refused).count() as u64;
    assert_eq!(noted, report.refused.values().sum::<u64>());
}

#[track_caller]
fn check(bytes: impl AsRef<[u8]>, want: Expect) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    want.assert_eq(&runtime.block_on(told(bytes.as_ref())));
}

fn two() -> String {
    file(&[Row::answered(1), Row::abandoned(2)])
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).expect("memory takes it");
    packed.finish().expect("memory takes it")
}

fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn line_ends_and_blank_lines_do_not_matter() {
    check(two(), expect!["finished; 2 rows, 2 calls; mended {}; refused {}"]);
    check(two().replace("\r\n", "\n"), expect!["finished; 2 rows, 2 calls; mended {}; refused {}"]);
    check(two().trim_end(), expect!["finished; 2 rows, 2 calls; mended {}; refused {}"]);
    check(two().replace("\r\n", "\r\n\r\n"), expect!["finished; 2 rows, 2 calls; mended {}; refused {}"]);
}

#[test]
fn a_file_is_read_in_the_encoding_it_has() {
    check(
        [b"\xef\xbb\xbf", two().as_bytes()].concat(),
        expect![[r#"finished; 2 rows, 2 calls; mended {"byte_order_mark": 1}; refused {}"#]],
    );
    check(utf16(&two(), false, true), expect![[r#"finished; 2 rows, 2 calls; mended {"decoded_from_utf16": 1}; refused {}"#]]);
    check(utf16(&two(), true, true), expect![[r#"finished; 2 rows, 2 calls; mended {"decoded_from_utf16": 1}; refused {}"#]]);
    check(utf16(&two(), false, false), expect![[r#"finished; 2 rows, 2 calls; mended {"decoded_from_utf16": 1}; refused {}"#]]);
    check(utf16(&two(), true, false), expect![[r#"finished; 2 rows, 2 calls; mended {"decoded_from_utf16": 1}; refused {}"#]]);
    // 王小明 and 客服 in GBK and in Big5.
    let named = |name: &[u8]| {
        let rows: Vec<Row> = (0..40).map(|call| Row::answered(call).with("server", "@@")).collect();
        let parts: Vec<Vec<u8>> = file(&rows).split("@@").map(|part| part.as_bytes().to_vec()).collect();
        parts.join(name)
    };
    check(
        named(b"\xcd\xf5\xd0\xa1\xc3\xf7\xbf\xcd\xb7\xfe"),
        expect![[r#"finished; 40 rows, 40 calls; mended {"decoded_from_gbk": 1}; refused {}"#]],
    );
    check(
        named(b"\xa4\xfd\xa4\x70\xa9\xfa\xab\xc8\xaa\x41"),
        expect![[r#"finished; 40 rows, 40 calls; mended {"decoded_from_big5": 1}; refused {}"#]],
    );
}

#[test]
fn dirty_rows_are_left_out_and_the_rest_is_read() {
    let rows = [
        Row::answered(1),
        Row::answered(2).with("date", "990231"),
        Row::answered(3).with("server", "NO_SERVER"),
        Row::answered(4).with("outcome", "LOST"),
    ];
    check(
        file(&rows),
        expect![[r#"finished; 4 rows, 2 calls; mended {"agent_not_recorded": 1}; refused {"bad_date": 1, "bad_outcome": 1}"#]],
    );
    check(
        file(&rows) + "a\tb\r\n",
        expect![[
            r#"finished; 5 rows, 2 calls; mended {"agent_not_recorded": 1}; refused {"bad_date": 1, "bad_outcome": 1, "field_count": 1}"#
        ]],
    );
    check(
        [file(&rows).as_bytes(), b"AA\xff\xfe\t1\r\n", Row::abandoned(9).line().as_bytes()].concat(),
        expect![[
            r#"finished; 6 rows, 3 calls; mended {"agent_not_recorded": 1, "decoded_from_legacy": 1}; refused {"bad_date": 1, "bad_outcome": 1, "field_count": 1}"#
        ]],
    );
}

#[test]
fn two_rows_of_one_call_that_disagree_are_told_apart() {
    check(
        file(&[Row::answered(1), Row::answered(1), Row::answered(1).with("ser_time", "121")]),
        expect![[r#"finished; 3 rows, 1 calls; mended {"service_time_disagrees": 1}; refused {"id_conflict": 1}"#]],
    );
}

#[test]
fn a_file_without_rows_is_told() {
    check("", expect!["FileEmpty"]);
    check(HEADER, expect!["interrupted: NothingUnderstood; 0 rows, 0 calls; mended {}; refused {}"]);
    check(
        format!("{HEADER}\r\nnonsense\r\n"),
        expect![[r#"interrupted: NothingUnderstood; 1 rows, 0 calls; mended {}; refused {"field_count": 1}"#]],
    );
    check("Dear Sir or Madam,\n", expect!["FormatUnknown"]);
    check(HEADER.replace("\tserver", "") + "\r\n", expect!["HeaderIncomplete"]);
    check(format!("{HEADER}\tq_time\r\n"), expect!["HeaderDuplicate"]);
}

#[test]
fn packed_files_are_read_as_far_as_they_go() {
    let rows = file(&many(3_000, 9));
    let packed = gz(rows.as_bytes());
    check(&packed, expect![[r#"finished; 3000 rows, 3000 calls; mended {"agent_not_recorded": 60}; refused {}"#]]);
    let (head, tail) = rows.split_at(rows.find("\r\n").expect("lines") + 2);
    check(
        [gz(head.as_bytes()), gz(tail.as_bytes())].concat(),
        expect![[r#"finished; 3000 rows, 3000 calls; mended {"agent_not_recorded": 60}; refused {}"#]],
    );
    check(
        &packed[..packed.len() / 2],
        expect![[r#"interrupted: GzipTruncated; 1492 rows, 1492 calls; mended {"agent_not_recorded": 40}; refused {}"#]],
    );
    check(
        &packed[..packed.len() - 4],
        expect![[r#"interrupted: GzipTruncated; 3000 rows, 3000 calls; mended {"agent_not_recorded": 60}; refused {}"#]],
    );
    check(&packed[..6], expect!["GzipTruncated"]);
    let mut damaged = packed.clone();
    damaged[packed.len() / 2..packed.len() / 2 + 64].fill(0xff);
    check(
        &damaged,
        expect![[
            r#"interrupted: GzipDamaged; 2719 rows, 1492 calls; mended {"agent_not_recorded": 40}; refused {"bad_date": 14, "bad_time": 7, "field_count": 502, "not_utf8": 704}"#
        ]],
    );
    check(
        [&packed[..], b"trailing rubbish"].concat(),
        expect![[r#"interrupted: GzipDamaged; 3000 rows, 3000 calls; mended {"agent_not_recorded": 60}; refused {}"#]],
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_told() {
    let (place, log) = (Place::default(), memory());
    let code = |ended: Result<(Report, Ending), ImportError>| match ended {
        Err(ImportError::File { code, .. }) => code,
        other => panic!("{other:?}"),
    };
    assert_eq!(code(read(&log, &place.path("nowhere.tsv")).await), Trouble::FileMissing);
    assert_eq!(code(read(&log, &place.path("")).await), Trouble::FileIsFolder);
    assert_eq!(all(&log).await.len(), 0, "and nothing is recorded of it");
}

/// The figures of a bank in a log, and all that the Live screen shows of it.
async fn figures(log: &impl EventLog) -> String {
    let board = folded(log).await;
    let at = board.latest_at.unwrap_or(EVENING);
    let view = live(&board, &Default::default(), Range::All, &Lens { as_of: at, today: at, zone: "Asia/Jerusalem".to_owned() });
    let shown: Vec<String> = view
        .totals
        .iter()
        .chain(view.queues.iter().chain(&view.half_hours).flat_map(|group| &group.figures))
        .map(|figure| {
            format!("{} {:?} {} {}", figure.metric, figure.value, figure.n, figure.scope.queue.clone().unwrap_or_default())
        })
        .collect();
    format!("{}\n{}", figures::set("anonymous_bank", &board).expect("the bank's set"), shown.join("\n"))
}

#[tokio::test]
async fn reading_a_file_twice_adds_nothing() {
    let (place, log) = (Place::default(), memory());
    let path = place.file("calls.tsv", file(&many(1_200, 2)));
    let (first, _) = read(&log, &path).await.expect("a good file");
    let before = all(&log).await;
    let (again, ending) = read(&log, &path).await.expect("a good file");
    assert_eq!((again.n_events_written, again.n_already_present), (0, first.n_events_written));
    assert_eq!((again.n_rows_read, again.repaired == first.repaired, ending), (1_200, true, Ending::Finished));
    assert!(all(&log).await == before, "the head has not moved");
    // The same rows in another file are the same facts.
    let copy = place.file("copy.tsv", file(&many(1_200, 2)).replace("\r\n", "\n"));
    let (copied, _) = read(&log, &copy).await.expect("a good file");
    assert_eq!((copied.n_events_written, copied.n_already_present), (0, first.n_events_written));
}

#[tokio::test]
async fn the_order_of_rows_does_not_change_the_figures() {
    let mut rows = many(900, 4);
    let (place, forwards, backwards) = (Place::default(), memory(), memory());
    read(&forwards, &place.file("a.tsv", file(&rows))).await.expect("a good file");
    rows.reverse();
    read(&backwards, &place.file("b.tsv", file(&rows))).await.expect("a good file");
    assert_eq!(figures(&forwards).await, figures(&backwards).await);
}

#[tokio::test]
async fn an_import_stopped_and_taken_up_again_is_the_whole_import() {
    let (place, whole, stopped) = (Place::default(), memory(), memory());
    let path = place.file("calls.tsv", file(&many(16_000, 6)));
    let (report, _) = read(&whole, &path).await.expect("a good file");
    let mut n_stops = 0;
    let last = loop {
        let (cancel, progress) = (Cancel::default(), watch::Sender::new(Progress::default()));
        let mut watching = progress.subscribe();
        let canceller = cancel.clone();
        let before = folded(&stopped).await.imports.by_id.values().next().map_or(0, |import| import.n_rows_read);
        let watcher = tokio::spawn(async move {
            // Stops as soon as one more batch has been read.
            watching.wait_for(|progress| before < progress.report.n_rows_read).await.ok();
            canceller.cancel();
        });
        let order = Order { path: path.clone(), source: Some(SourceKind::AnonymousBank), mapping: None };
        let (report, ending) = import(&stopped, &Clock::System, &order, &cancel, &progress).await.expect("a good file");
        drop(progress);
        watcher.await.expect("it ends");
        match ending {
            Ending::Finished => break report,
            Ending::Cancelled => n_stops += 1,
            Ending::Interrupted(error) => panic!("{error}"),
        }
        let board = folded(&stopped).await;
        assert_eq!((one(&board).standing, one(&board).n_rows_read), (Standing::Cancelled, report.n_rows_read));
    };
    assert!(2 <= n_stops, "it was stopped {n_stops} times");
    assert_eq!(last, report);
    let board = folded(&stopped).await;
    assert_eq!(one(&board).report.as_ref(), Some(&report));
    assert_eq!(figures(&whole).await, figures(&stopped).await);
}

#[tokio::test]
async fn an_import_stopped_before_it_began_leaves_no_trace_of_another_file() {
    let (place, log) = (Place::default(), memory());
    let path = place.file("calls.tsv", two());
    let cancel = Cancel::default();
    cancel.cancel();
    let order = Order { path: path.clone(), source: None, mapping: None };
    let ended = import(&log, &Clock::chosen(EVENING), &order, &cancel, &watch::Sender::new(Progress::default())).await;
    assert!(matches!(ended, Ok((_, Ending::Cancelled))), "{ended:?}");
    read(&log, &path).await.expect("a good file");
    let board = folded(&log).await;
    assert_eq!(board.imports.by_id.len(), 1, "one file, one import: {:?}", board.imports);
}

#[tokio::test]
async fn a_truncated_file_and_then_the_whole_one_double_nothing() {
    let (place, log, whole) = (Place::default(), memory(), memory());
    let rows = file(&many(3_000, 9));
    let packed = gz(rows.as_bytes());
    let (_, ending) = read(&log, &place.file("calls.tsv.gz", &packed[..packed.len() / 2])).await.expect("it begins");
    assert!(matches!(ending, Ending::Interrupted(ImportError::File { code: Trouble::GzipTruncated, .. })), "{ending:?}");
    read(&log, &place.file("again.tsv.gz", &packed)).await.expect("a good file");
    read(&whole, &place.file("whole.tsv", &rows)).await.expect("a good file");
    assert_eq!(figures(&log).await, figures(&whole).await);
    let board = folded(&log).await;
    assert_eq!(one(&board).interruption.as_deref(), Some("gzip_truncated"), "in the words that the window has a sentence for");
}

async fn exported(log: &impl EventLog, personal: PersonalText) -> Vec<u8> {
    let mut bytes = Vec::new();
    let said = cloudevents(log, &mut bytes, personal).await.expect("memory takes it");
    assert_eq!((said.n_bytes, said.n_events), (bytes.len() as u64, *log.head().borrow()));
    bytes
}

proptest! {
    #![proptest_config(config(12))]

    #[test]
    fn an_export_read_into_a_new_log_is_the_same_log(Log(facts) in day(12)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let (place, from, to) = (Place::default(), memory(), memory());
            from.ingest(facts, |_ingested| Vec::new()).await.expect("taken");
            let bytes = exported(&from, PersonalText::Shown(unmasked(None))).await;
            prop_assert_eq!(&bytes, &exported(&from, PersonalText::Shown(unmasked(None))).await, "twice the same bytes");
            let (report, ending) = read(&to, &place.file("log.jsonl", &bytes)).await.expect("a good file");
            prop_assert_eq!((report.refused.len(), ending), (0, Ending::Finished));
            let head = *from.head().borrow();
            let mut there = all(&to).await;
            // The import's own bookkeeping is of the new log.
            there.retain(|stored| stored.fact.stream.noun() != "import");
            let told = |stored: &console::log::Stored| {
                let fact = &stored.fact;
                (fact.id, fact.stream.clone(), fact.version, fact.occurred_at, fact.meta.clone(), stored.payload.clone())
            };
            prop_assert!(there.iter().map(told).eq(all(&from).await.iter().map(told)), "{} events", head);
            let (a, b) = (folded(&from).await, folded(&to).await);
            prop_assert!(a.conversations.by_id.keys().eq(b.conversations.by_id.keys()) && a.conversations.names == b.conversations.names);
            prop_assert_eq!(figures(&from).await, figures(&to).await);
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn an_export_read_into_its_own_log_adds_nothing() {
    let (place, log) = (Place::default(), memory());
    log.ingest(one_day(15, 8), |_ingested| Vec::new()).await.expect("taken");
    for (name, personal) in [
        ("masked.jsonl", PersonalText::Shown(Rights::Masked)),
        ("none.jsonl", PersonalText::None),
        ("plain.jsonl", PersonalText::Shown(unmasked(None))),
    ] {
        let bytes = exported(&log, personal).await;
        let n = bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
        let (report, _) = read(&log, &place.file(name, bytes)).await.expect("a good file");
        assert_eq!((report.n_events_written, report.n_already_present, report.refused.len()), (0, n, 0), "{name}");
    }
    let plain = exported(&log, PersonalText::Shown(unmasked(None))).await;
    assert!(String::from_utf8_lossy(&plain).contains(CANARY), "and takes nothing away");
}

#[tokio::test]
async fn a_line_that_is_no_event_of_ours_is_refused_by_its_kind() {
    let (place, log) = (Place::default(), memory());
    let good = r#"{"specversion":"1.0","id":"1","source":"x","type":"conversation.resolved","time":"2026-03-02T01:00:00Z","streamid":"conversation-1","data":{}}"#;
    let lines = [
        good.to_owned(),
        "not json".to_owned(),
        good.replace("\"1.0\"", "\"0.3\""),
        good.replace("2026-03-02T01:00:00Z", "yesterday"),
        good.replace("conversation-1", "nonsense"),
        good.replace("conversation.resolved", "conversation.teleported"),
        good.replace("\"data\"", "\"dataschemaversion\":\"7\",\"data\""),
        good.replace("conversation.resolved", "conversation.enqueued").replace("\"id\":\"1\"", "\"id\":\"2\""),
        good.replace("\"data\":{}", "\"data\":{\"more\":1}"),
        "{\"specversion\":\"1.0\"}".to_owned(),
    ];
    let (report, _) = read(&log, &place.file("log.jsonl", lines.join("\n"))).await.expect("a file of ours");
    expect![[r#"1 written, refused {"bad_json": 1, "bad_stream": 1, "bad_time": 1, "id_conflict": 1, "malformed_payload": 1, "newer_schema": 1, "not_a_cloudevent": 2, "unknown_event_type": 1}"#]].assert_eq(&format!("{} written, refused {:?}", report.n_events_written, report.refused));
}
