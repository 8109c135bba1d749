//! Every trap of tables and process logs: what is wrong is counted, what is right is read.

use std::io::Write;

use console::clock::Clock;
use console::import::{Cancel, Ending, ImportError, Order, Progress, import};
use console::log::memory::MemoryLog;
use expect_test::{Expect, expect};
use tests::made_up::EVENING;
use tests::place::{Place, folded};
use tests::tickets::{Incident, OFFICIAL, changes, event, servicenow, trace, volvo_csv, volvo_xes};
use tokio::sync::watch;

async fn told(bytes: &[u8]) -> String {
    let (place, log) = (Place::default(), MemoryLog::new(Clock::chosen(EVENING)));
    let order = Order { path: place.file("file", bytes), source: None, mapping: None };
    let progress = watch::Sender::new(Progress::default());
    let ended = import(&log, &Clock::chosen(EVENING), &order, &Cancel::default(), &progress).await;
    let (report, ending) = match ended {
        Ok((report, Ending::Interrupted(ImportError::File { code, .. }))) => (report, code.word()),
        Ok((report, ending)) => (report, format!("{ending:?}").to_lowercase()),
        Err(ImportError::File { code, .. }) => return code.word(),
        Err(error) => return error.to_string(),
    };
    let board = folded(&log).await;
    let import = &board.imports.by_id[0];
    let lines: Vec<u64> = import.notes.iter().filter(|note| note.refused).map(|note| note.line).collect();
    let n = board.tickets.by_id.values().map(|ticket| ticket.revisions.len() + ticket.steps.len()).sum::<usize>();
    format!(
        "{} {ending}: {} rows, {n} facts; mended {:?}; refused {:?} in lines {lines:?}",
        import.source, report.n_rows_read, report.repaired, report.refused
    )
}

#[track_caller]
fn check(bytes: impl AsRef<[u8]>, want: Expect) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    want.assert_eq(&runtime.block_on(told(bytes.as_ref())));
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).expect("memory takes it");
    packed.finish().expect("memory takes it")
}

fn three() -> String {
    servicenow(&[Incident::new(1, 0), Incident::new(1, 1), Incident::new(2, 0)])
}

#[test]
fn both_headers_are_read_and_no_other() {
    check(three(), expect!["servicenow finished: 3 rows, 3 facts; mended {}; refused {} in lines []"]);
    let damaged = OFFICIAL.replace("incident_state", "ident_state").replace("subcategory", "category");
    check(
        three().replace(OFFICIAL, &damaged),
        expect![[r#"servicenow finished: 3 rows, 3 facts; mended {"header_mended": 1}; refused {} in lines []"#]],
    );
    check(three().replace(",priority,", ",prio,"), expect!["header_incomplete"]);
    check(three().replace(",priority,", ",urgency,"), expect!["header_incomplete"]);
    let prefixed =
        Incident::new(1, 0).with("number", "INC0000001").with("priority", "3 - Moderate").with("caller_id", "Caller 2403");
    check(
        servicenow(&[prefixed.clone().with("assignment_group", "Group 56"), Incident::new(1, 0)]),
        expect!["servicenow finished: 2 rows, 2 facts; mended {}; refused {} in lines []"],
    );
}

#[test]
fn what_makes_no_sense_in_a_row_is_mended_or_left_out() {
    let row = |column: &str, value: &str| Incident::new(1, 0).with(column, value);
    check(
        servicenow(&[
            row("incident_state", "-100"),
            row("closed_at", "1/1/2015 00:00"),
            row("resolved_at", "1/1/2015 00:00").with("number", "7"),
            row("closed_at", "?").with("caller_id", "?"),
            row("sys_updated_at", "30/2/2016 10:00"),
            row("sys_updated_at", "1/1/2099 10:00"),
            row("sys_updated_at", "?"),
            row("sys_updated_at", "27/3/2016 02:30"),
            row("made_sla", "maybe"),
            row("sys_mod_count", "-1"),
            row("number", "?"),
        ]),
        expect![[
            r#"servicenow finished: 11 rows, 5 facts; mended {"closed_before_opened": 1, "resolved_before_opened": 1, "status_unknown": 1}; refused {"bad_flag": 1, "bad_number": 1, "bad_time": 1, "case_missing": 1, "time_in_future": 1, "time_missing": 1} in lines [6, 7, 8, 10, 11, 12]"#
        ]],
    );
}

#[test]
fn a_quoted_field_holds_anything_and_a_broken_one_spoils_its_own_row_alone() {
    check(
        servicenow(&[Incident::new(1, 0).with("contact_type", "\"by \"\"phone\"\",\nreally\""), Incident::new(2, 0)]),
        expect!["servicenow finished: 2 rows, 2 facts; mended {}; refused {} in lines []"],
    );
    check(
        servicenow(&[Incident::new(1, 0).with("contact_type", "\"Phone"), Incident::new(2, 0), Incident::new(3, 0)]),
        expect![[r#"servicenow finished: 3 rows, 2 facts; mended {}; refused {"quote_not_closed": 1} in lines [2]"#]],
    );
    let quoted = Incident::new(3, 0).with("contact_type", "\"E,mail\"");
    check(
        servicenow(&[Incident::new(1, 0).with("contact_type", "\"Phone"), Incident::new(2, 0), quoted]),
        expect![[r#"servicenow finished: 3 rows, 2 facts; mended {}; refused {"quote_not_closed": 1} in lines [2]"#]],
    );
    check(
        servicenow(&[Incident::new(1, 0), Incident::new(2, 0).with("contact_type", &"x".repeat(2 << 20)), Incident::new(3, 0)]),
        expect![[r#"servicenow finished: 3 rows, 2 facts; mended {}; refused {"line_too_long": 1} in lines [3]"#]],
    );
    check(
        three().replace("Phone,143", "Phone;143"),
        expect![[r#"servicenow nothing_understood: 3 rows, 0 facts; mended {}; refused {"field_count": 3} in lines [2, 3, 4]"#]],
    );
    check(three().replace(',', ";"), expect!["servicenow finished: 3 rows, 3 facts; mended {}; refused {} in lines []"]);
    check(
        three().replacen('\n', "\r\n", 2) + "\n\n",
        expect!["servicenow finished: 3 rows, 3 facts; mended {}; refused {} in lines []"],
    );
}

#[test]
fn a_table_is_read_in_the_encoding_it_has() {
    let rows: Vec<Incident> = (0..40).map(|n| Incident::new(n, 0).with("contact_type", "@@")).collect();
    let named = |name: &[u8]| servicenow(&rows).split("@@").map(|part| part.as_bytes().to_vec()).collect::<Vec<_>>().join(name);
    check(
        named(b"\xcd\xf5\xd0\xa1\xc3\xf7\xbf\xcd\xb7\xfe"),
        expect![[r#"servicenow finished: 40 rows, 40 facts; mended {"decoded_from_gbk": 1}; refused {} in lines []"#]],
    );
    check(
        named(b"\xb9\xf1\xb8\xdc\xab\xc8\xaa\x41\xb1\x4d\xbd\x75"),
        expect![[r#"servicenow finished: 40 rows, 40 facts; mended {"decoded_from_big5": 1}; refused {} in lines []"#]],
    );
    let utf16: Vec<u8> = three().encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(
        [&b"\xff\xfe"[..], &utf16].concat(),
        expect![[r#"servicenow finished: 3 rows, 3 facts; mended {"decoded_from_utf16": 1}; refused {} in lines []"#]],
    );
    let log = volvo_xes(&changes(3, 1)).replace("UTF-8", "ISO-8859-1");
    let latin: Vec<u8> = log.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin letters")).collect();
    check(
        latin,
        expect![[r#"volvo-xes finished: 18 rows, 18 facts; mended {"decoded_from_legacy": 1}; refused {} in lines []"#]],
    );
}

#[test]
fn a_bad_byte_in_utf8_spoils_its_own_record_alone() {
    let spoiled = |text: String| {
        let parts: Vec<&[u8]> = text.split("@@").map(str::as_bytes).collect();
        parts.join(&b"\xe5\xae"[..])
    };
    let row = |n| Incident::new(n, 0).with("contact_type", "王小明客服专线");
    check(
        spoiled(servicenow(&[row(1), row(2).with("category", "@@"), row(3)])),
        expect![[r#"servicenow finished: 3 rows, 2 facts; mended {}; refused {"not_utf8": 1} in lines [3]"#]],
    );
    check(
        spoiled(trace(&[step("投诉已受理"), step("b@@"), step("投诉已结束")])),
        expect![[r#"xes finished: 3 rows, 2 facts; mended {}; refused {"not_utf8": 1} in lines [16]"#]],
    );
    // What XML says of itself does not make mojibake of it either.
    check(
        spoiled(trace(&[step("投诉已受理"), step("b@@"), step("投诉已结束")]).replace("UTF-8", "ISO-8859-1")),
        expect![[r#"xes finished: 3 rows, 2 facts; mended {}; refused {"not_utf8": 1} in lines [16]"#]],
    );
}

#[test]
fn lines_that_end_with_carriage_returns_alone_are_read() {
    let returns = |text: String| text.replace('\n', "\r");
    check(returns(three()), expect!["servicenow finished: 3 rows, 3 facts; mended {}; refused {} in lines []"]);
    let quoted = Incident::new(1, 0).with("contact_type", "\"by phone,\nreally\"");
    check(
        returns(servicenow(&[quoted, Incident::new(2, 0)])),
        expect!["servicenow finished: 2 rows, 2 facts; mended {}; refused {} in lines []"],
    );
    check(
        returns(volvo_csv(&changes(2, 2))),
        expect![[
            r#"volvo-csv finished: 5 rows, 5 facts; mended {"byte_order_mark": 1, "name_mended": 4}; refused {} in lines []"#
        ]],
    );
    check(returns(trace(&[step("a"), step("b")])), expect!["xes finished: 2 rows, 2 facts; mended {}; refused {} in lines []"]);
    let utf16: Vec<u8> = returns(three()).encode_utf16().flat_map(u16::to_be_bytes).collect();
    check(utf16, expect![[r#"servicenow finished: 3 rows, 3 facts; mended {"decoded_from_utf16": 1}; refused {} in lines []"#]]);
}

#[test]
fn a_line_of_blanks_is_no_row_and_one_of_delimiters_is() {
    check(
        three().replacen('\n', "\n \t \n", 2) + "   ",
        expect!["servicenow finished: 3 rows, 3 facts; mended {}; refused {} in lines []"],
    );
    check(
        three() + ",,,\n",
        expect![[r#"servicenow finished: 4 rows, 3 facts; mended {}; refused {"field_count": 1} in lines [5]"#]],
    );
    check(
        three().replace(',', "\t") + "\t\t\n \n",
        expect![[r#"servicenow finished: 4 rows, 3 facts; mended {}; refused {"field_count": 1} in lines [5]"#]],
    );
}

#[test]
fn a_time_without_a_zone_is_read_as_utc_and_counted() {
    let local = trace(&[step("a"), step("b").replace("+02:00", ""), step("c").replace("T10:00:00.125+02:00", "")]);
    check(local, expect![[r#"xes finished: 3 rows, 3 facts; mended {"zone_missing": 2}; refused {} in lines []"#]]);
}

fn step(name: &str) -> String {
    event(&[("concept:name", name), ("lifecycle:transition", "START"), ("org:resource", "112")], "2012-03-01T10:00:00.125+02:00")
}

#[test]
fn a_broken_tag_spoils_its_event_alone() {
    let whole = || vec![step("a"), step("b"), step("c")];
    check(trace(&whole()), expect!["xes finished: 3 rows, 3 facts; mended {}; refused {} in lines []"]);
    let with = |from: &str, to: &str| trace(&[step("a"), step("b").replace(from, to), step("c")]);
    check(
        with("value=\"b\"/>", "value=\"b"),
        expect![[r#"xes finished: 3 rows, 2 facts; mended {}; refused {"malformed_xml": 1} in lines [16]"#]],
    );
    check(
        with("value=\"b\"/>", "value=\"&lol;\"/>"),
        expect![[r#"xes finished: 3 rows, 2 facts; mended {}; refused {"unknown_entity": 1} in lines [16]"#]],
    );
    check(
        with("value=\"b\"/>", "value=\"&amp;&#x41;\"/>"),
        expect!["xes finished: 3 rows, 3 facts; mended {}; refused {} in lines []"],
    );
    check(
        with("value=\"b\"/>", "value=\"b\">"),
        expect![[r#"xes finished: 3 rows, 2 facts; mended {}; refused {"attribute_not_closed": 1} in lines [16]"#]],
    );
    check(
        with("value=\"b\"/>", "value=\"b\"><string key=\"more\" value=\"x\"/></string>"),
        expect!["xes finished: 3 rows, 3 facts; mended {}; refused {} in lines []"],
    );
    check(
        with("</event>", ""),
        expect![[r#"xes finished: 3 rows, 2 facts; mended {}; refused {"event_not_closed": 1} in lines [16]"#]],
    );
    check(
        with("<event>", ""),
        expect![[r#"xes finished: 3 rows, 2 facts; mended {}; refused {"event_not_opened": 1} in lines [20]"#]],
    );
    check(
        with("2012-03-01T", "2012-13-01T"),
        expect![[r#"xes finished: 3 rows, 2 facts; mended {}; refused {"bad_time": 1} in lines [16]"#]],
    );
    check(
        with("<date key=\"time:timestamp\"", "<date key=\"time\""),
        expect![[r#"xes finished: 3 rows, 2 facts; mended {}; refused {"time_missing": 1} in lines [16]"#]],
    );
    check(
        with("\"b\"", &format!("\"{}\"", "x".repeat(2 << 20))),
        expect![[r#"xes finished: 3 rows, 2 facts; mended {}; refused {"attribute_too_long": 1} in lines [16]"#]],
    );
    check(
        with("<event>", "<!-- \"don't > stop\" <event> --><event>"),
        expect!["xes finished: 3 rows, 3 facts; mended {}; refused {} in lines []"],
    );
    check(
        trace(&whole()).replace("<trace>\n<string key=\"concept:name\" value=\"t1\"/>", "<trace>"),
        expect![[r#"xes nothing_understood: 3 rows, 0 facts; mended {}; refused {"case_missing": 3} in lines [9, 15, 21]"#]],
    );
    check(
        with("value=\"112\"", "value=\"112\"/><string key=\"remark\" value=\"call me\""),
        expect!["xes finished: 3 rows, 3 facts; mended {}; refused {} in lines []"],
    );
}

#[test]
fn a_process_log_that_ends_too_early_is_told_and_what_was_read_is_kept() {
    let log = volvo_xes(&changes(400, 2));
    check(&log, expect!["volvo-xes finished: 1787 rows, 1787 facts; mended {}; refused {} in lines []"]);
    check(
        &log.as_bytes()[..log.len() / 2],
        expect!["volvo-xes file_truncated: 893 rows, 893 facts; mended {}; refused {} in lines []"],
    );
    let packed = gz(log.as_bytes());
    check(
        &packed[..packed.len() / 2],
        expect!["volvo-xes gzip_truncated: 881 rows, 881 facts; mended {}; refused {} in lines []"],
    );
    check(
        "<?xml version=\"1.0\"?><log xes.version=\"1.0\"></log>",
        expect!["xes nothing_understood: 0 rows, 0 facts; mended {}; refused {} in lines []"],
    );
    check(volvo_csv(&changes(2, 2)).replace("SR Number", "Number"), expect!["mapping_missing"]);
}

#[test]
fn no_entity_is_expanded_and_no_bomb_goes_off() {
    let entities = "<!DOCTYPE log [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
    check(trace(&[step("&b;")]).replacen("<log", &format!("{entities}<log"), 1), expect!["xml_doctype"]);
    check(trace(&[step("a"), format!("{entities}{}", step("b"))]), expect!["xml_doctype"]);
    // 200 MiB of one letter, behind a good beginning.
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(three().as_bytes()).expect("memory takes it");
    for _ in 0..200 {
        packed.write_all(&vec![b'x'; 1 << 20]).expect("memory takes it");
    }
    check(
        packed.finish().expect("memory takes it"),
        expect!["servicenow gzip_bomb: 3 rows, 3 facts; mended {}; refused {} in lines []"],
    );
}

/// A file that grows by a row as soon as its import has begun.
#[tokio::test]
async fn a_file_that_changes_while_it_is_read_is_told() {
    let (place, log) = (Place::default(), MemoryLog::new(Clock::chosen(EVENING)));
    let rows: Vec<Incident> = (0..20_000).map(|n| Incident::new(n, 0)).collect();
    let path = place.file("a.csv", servicenow(&rows));
    let progress = watch::Sender::new(Progress::default());
    let mut watching = progress.subscribe();
    let grown = path.clone();
    let growing = tokio::spawn(async move {
        watching.wait_for(|progress| progress.import.is_some()).await.expect("it begins");
        let mut file = std::fs::OpenOptions::new().append(true).open(grown).expect("it can be written");
        file.write_all(Incident::new(99_999, 0).line().as_bytes()).expect("it can be written");
    });
    let order = Order { path: path.clone(), source: None, mapping: None };
    let (_, ending) = import(&log, &Clock::chosen(EVENING), &order, &Cancel::default(), &progress).await.expect("a good file");
    growing.await.expect("it grew");
    let code = if let Ending::Interrupted(ImportError::File { code, .. }) = ending { code.word() } else { format!("{ending:?}") };
    assert_eq!(code, "file_changed");
    let (report, ending) =
        import(&log, &Clock::chosen(EVENING), &order, &Cancel::default(), &progress).await.expect("a good file");
    assert_eq!((ending, report.n_rows_read), (Ending::Finished, 20_001));
    assert_eq!(folded(&log).await.tickets.by_id.len(), 20_001, "nothing is lost and nothing doubles");
}

#[tokio::test]
async fn an_import_of_tickets_taken_up_again_is_the_whole_import() {
    let (place, whole, stopped) =
        (Place::default(), MemoryLog::new(Clock::chosen(EVENING)), MemoryLog::new(Clock::chosen(EVENING)));
    // Equal rows on both sides of a stop: the second must not be taken for the first.
    let rows: Vec<Incident> = (0..3_000).map(|n| Incident::new(n % 700, 0)).collect();
    let order = Order { path: place.file("a.csv", servicenow(&rows)), source: None, mapping: None };
    let run = async |log: &MemoryLog, cancel: &Cancel, progress: &watch::Sender<Progress>| {
        import(log, &Clock::chosen(EVENING), &order, cancel, progress).await.expect("a good file")
    };
    run(&whole, &Cancel::default(), &watch::Sender::new(Progress::default())).await;
    let (cancel, progress) = (Cancel::default(), watch::Sender::new(Progress::default()));
    let (mut watching, canceller) = (progress.subscribe(), cancel.clone());
    let watcher = tokio::spawn(async move {
        watching.wait_for(|progress| 0 < progress.report.n_rows_read).await.ok();
        canceller.cancel();
    });
    let (_, ending) = run(&stopped, &cancel, &progress).await;
    watcher.await.expect("it ends");
    assert_eq!(ending, Ending::Cancelled);
    let (report, ending) = run(&stopped, &Cancel::default(), &progress).await;
    assert_eq!((ending, report.n_events_written), (Ending::Finished, 3_000));
    let digest = async |log: &MemoryLog| console::snapshots::content_digest(&folded(log).await);
    assert_eq!(digest(&whole).await, digest(&stopped).await);
}
