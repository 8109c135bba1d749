//! Several files, files in trouble and files read again: what `retrace import` says is what it did.

use std::path::Path;

use tests::bank::{file, many};
use tests::place::Place;
use tests::program::run;
use tests::tickets::{changes, volvo_csv};

fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

fn packed_half(text: &str) -> Vec<u8> {
    let mut packing = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packing, text.as_bytes()).expect("memory takes it");
    let mut packed = packing.finish().expect("memory takes it");
    packed.truncate(packed.len() / 2);
    packed
}

#[test]
fn a_file_in_trouble_keeps_no_other_out_and_all_is_reported_and_signed() {
    let place = Place::default();
    let (first, last) = (place.file("1.tsv", file(&many(40, 1))), place.file("3.tsv", file(&many(30, 2))));
    let missing = place.path("2.tsv");
    let said = run(&place.log_path(), &["--json", "import", text(&first), text(&missing), text(&last)]);
    assert_eq!(said.code, 1, "{said:?}");
    let report = said.json();
    assert_eq!(report["rows_read"], 70, "{report}");
    assert_eq!(report["error"]["code"], "file_missing", "{report}");
    let verified = run(&place.log_path(), &["--json", "verify"]).json();
    assert_ne!(verified["checkpoints"], 0, "{verified}");
}

#[test]
fn a_file_that_breaks_off_is_not_reported_twice_as_written() {
    let place = Place::default();
    let cut = place.file("cut.tsv.gz", packed_half(&file(&many(3_000, 1))));
    let first = run(&place.log_path(), &["--json", "import", text(&cut)]).json();
    assert!(0 < first["events_written"].as_u64().unwrap_or_default(), "{first}");
    assert_eq!(first["error"]["code"], "gzip_truncated", "one document holds the report and the error: {first}");
    let again = run(&place.log_path(), &["--json", "import", text(&cut)]).json();
    assert_eq!((&again["rows_read"], &again["events_written"]), (&0.into(), &0.into()), "{again}");
}

#[test]
fn a_year_that_no_desk_has_known_is_refused() {
    let place = Place::default();
    let rows = volvo_csv(&changes(3, 1));
    let (header, row) = rows.split_once('\n').expect("a header and rows");
    let first = row.lines().next().expect("a row");
    let year = first.find("20").expect("its year");
    let old = format!("{}1010{}", &first[..year], &first[year + 4..]);
    let table = place.file("old.csv", format!("{header}\n{old}\n{row}"));
    let report = run(&place.log_path(), &["--json", "import", text(&table)]).json();
    assert_eq!(report["refused"]["bad_time"], 1, "{report}");
}

#[test]
fn a_pipe_that_is_named_is_told_of() {
    let place = Place::default();
    let said = run(&place.log_path(), &["import", "--source", "chatwoot", "/dev/null"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.error.contains("standard input"), "{said:?}");
}

#[test]
fn the_board_of_a_file_of_rubbish_is_short() {
    let place = Place::default();
    let rubbish = place.file("rubbish.tsv", file(&many(5, 1)) + &"x\n".repeat(3_000));
    let report = run(&place.log_path(), &["--json", "import", text(&rubbish)]).json();
    assert_eq!(report["refused"]["field_count"], 3_000, "{report}");
    let board = run(&place.log_path(), &["--json", "board"]).json();
    let import = board["imports"]["by_id"].as_object().and_then(|all| all.values().next()).expect("an import");
    assert_eq!(import["n_notes"].as_u64(), Some(3_000 + report["repaired"].as_object().map_or(0, |all| all.len() as u64)));
    assert!(import["notes"].as_array().is_some_and(|notes| notes.len() <= 500), "the rest is behind `retrace imports`");
}
