//! R5: the end of the log cut off, its write-ahead log taken away, an older copy put back.
//!
//! A shorter log is a true log: only a checkpoint that lies elsewhere can tell. With `retrace verify` and a witness all
//! of these are reported; without, what is left is the true beginning and nothing falls over.

use std::path::Path;

use tests::place::Place;

use crate::flips::{killed, prefix, rows, told, verifies, witness, witnessed};
use crate::strace::run;
use crate::tally::{Finding, Tally};
use crate::victim::{LOG, appender, begun};
use crate::{cases, copy};

/// Cuts of each kind.
const CUTS: usize = 60;
const SAMPLED: usize = 8;

/// What is left is the true beginning, or refused; and when a witness knows better, `verify` says so.
fn judged(folder: &Path, rows: &[String]) -> Result<(), Finding> {
    let board = told(folder, &["board", "--json"]);
    if board.panicked() {
        return Err(Finding::Panic(board.error));
    }
    let prefix = prefix(folder, rows);
    match board.code {
        Some(0) if prefix.whole || prefix.shorter => {}
        Some(0) => return Err(Finding::Wrong(format!("{} rows are true, and more is shown", prefix.n_true))),
        Some(1 | 3) => {}
        other => return Err(Finding::Stuck(format!("{other:?}: {}", board.error))),
    }
    if !verifies() || prefix.whole {
        return Ok(());
    }
    let verified = told(folder, &["verify", "--json"]);
    match verified.code {
        Some(3) => Ok(()),
        Some(0) if !witnessed(folder) => Err(Finding::Wrong("no checkpoint was left with the witness".to_owned())),
        Some(0) => Err(Finding::Wrong(format!("verified with {} of {} rows", prefix.n_true, rows.len()))),
        other => Err(Finding::Stuck(format!("verify ends with {other:?}: {}", verified.error))),
    }
}

/// A log that was killed with its end in the write-ahead log; `older.retrace` is what it was before.
fn hot(place: &Place) -> std::path::PathBuf {
    let folder = place.path("hot");
    std::fs::create_dir(&folder).expect("a folder");
    begun_with(&folder, 40);
    std::fs::copy(folder.join(LOG), place.path("older.retrace")).expect("a copy");
    killed(&folder);
    folder
}

#[test]
fn a_log_that_lost_its_end_is_told_of_or_is_a_true_beginning() {
    let place = Place::default();
    let hot = hot(&place);
    if verifies() {
        // A checkpoint of the whole, made from a copy so that the log itself stays as the kill left it.
        copy(&hot, &place.path("copy"));
        told(&place.path("copy"), &["checkpoint", "--json"]);
        std::fs::remove_dir_all(witness(&hot)).expect("it can be removed");
        copy(&witness(&place.path("copy")), &witness(&hot));
    }
    let folder = place.path("case");
    copy(&hot, &folder);
    let rows = rows(&folder);
    let mut tally = Tally::new("R5", "tail cut, -wal removed, older copy put back");
    let fresh = || {
        std::fs::remove_dir_all(&folder).expect("it can be removed");
        copy(&hot, &folder);
    };
    let wal = folder.join(format!("{LOG}-wal"));
    fresh();
    std::fs::remove_file(&wal).expect("it was there");
    tally.count("the write-ahead log is gone", judged(&folder, &rows));
    let n = cases(SAMPLED, CUTS);
    let length = hot.join(format!("{LOG}-wal")).metadata().expect("it is there").len();
    for nth in 0..n as u64 {
        fresh();
        let file = std::fs::File::options().write(true).open(&wal).expect("it is there");
        let to = length * nth / n as u64;
        file.set_len(to).expect("it can be cut");
        tally.count(format!("the write-ahead log is cut to {to} of {length} bytes"), judged(&folder, &rows));
    }
    // Folded in and closed: now the file itself.
    let closed = place.path("closed");
    copy(&hot, &closed);
    assert_eq!(run(appender(&closed, &[]), &place.path("told")).code, Some(0));
    let length = closed.join(LOG).metadata().expect("it is there").len();
    for nth in 0..n as u64 {
        std::fs::remove_dir_all(&folder).expect("it can be removed");
        copy(&closed, &folder);
        let to = length * nth / n as u64;
        std::fs::File::options().write(true).open(folder.join(LOG)).and_then(|file| file.set_len(to)).expect("it can be cut");
        tally.count(format!("the file is cut to {to} of {length} bytes"), judged(&folder, &rows));
    }
    // An older copy of the log, whole in itself, is put back where the newer one was.
    for with_wal in [false, true] {
        std::fs::remove_dir_all(&folder).expect("it can be removed");
        copy(if with_wal { &hot } else { &closed }, &folder);
        std::fs::copy(place.path("older.retrace"), folder.join(LOG)).expect("a copy");
        tally.count(format!("an older copy, beside a newer write-ahead log: {with_wal}"), judged(&folder, &rows));
    }
    tally.close();
}

/// A closed log of the day's first facts.
fn begun_with(folder: &Path, n: usize) {
    crate::wait(async {
        let log = crate::victim::open(folder).await.expect("a log can be made");
        let first = crate::victim::day()[..n].to_vec();
        console::log::EventLog::ingest(&log, first, |_ingested| Vec::new()).await.expect("the log takes facts");
        log.close().await;
    });
}

#[test]
fn rubbish_in_the_shared_memory_does_no_harm() {
    let place = Place::default();
    let folder = place.path("log");
    std::fs::create_dir(&folder).expect("a folder");
    begun(&folder);
    let before = rows(&folder);
    let mut tally = Tally::new("R5", "-shm filled with rubbish or left over");
    for fill in [0_u8, 0x5a, 0xff] {
        std::fs::write(folder.join(format!("{LOG}-shm")), vec![fill; 32_768]).expect("it can be written");
        let outcome = if told(&folder, &["board"]).code != Some(0) {
            Err(Finding::Stuck("it does not open".to_owned()))
        } else if rows(&folder) == before {
            Ok(())
        } else {
            Err(Finding::Wrong("the rows are others".to_owned()))
        };
        tally.count(format!("filled with {fill}"), outcome);
    }
    tally.close();
}
