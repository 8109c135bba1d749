//! R15 and R16: a log of a newer layout is left as it is; a log of an older one is kept before it is changed.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sqlx::Connection;
use tests::place::Place;

use crate::media::bytes_of;
use crate::strace::run;
use crate::tally::{Finding, Tally};
use crate::victim::{LOG, MIGRATED, appender, backup, begun, day, facts, layout, layout_one, raw, retrace, told};
use crate::{flips, wait};

/// Runs SQL by SQLite alone; `crash` leaves what was written in the write-ahead log, as a kill of the newer one would.
fn sql(folder: &Path, script: &str, crash: bool) {
    let path = folder.join(LOG);
    let aside = folder.join("aside");
    wait(async {
        let mut connection = raw(&path).await.expect("SQLite opens it");
        sqlx::raw_sql(sqlx::AssertSqlSafe(script.to_owned())).execute(&mut connection).await.expect("it is SQL");
        if crash {
            std::fs::create_dir(&aside).expect("a folder");
            for file in [LOG.to_owned(), format!("{LOG}-wal")] {
                std::fs::copy(folder.join(&file), aside.join(&file)).expect("a copy");
            }
        }
        connection.close().await.expect("SQLite closes it");
    });
    if crash {
        for file in [LOG.to_owned(), format!("{LOG}-wal")] {
            std::fs::rename(aside.join(&file), folder.join(&file)).expect("it can be moved");
        }
        std::fs::remove_dir(aside).expect("it is empty");
    }
}

#[test]
fn a_log_of_a_newer_layout_is_refused_and_not_a_byte_of_it_changes() {
    let place = Place::default();
    let mut tally = Tally::new("R15", "newer layout, closed or killed, every verb");
    let newer = "CREATE TABLE later (one INTEGER) STRICT; INSERT INTO later VALUES (1); PRAGMA user_version = 99;";
    for (name, crash, lay_out) in [
        ("closed", false, begun as fn(&Path)),
        ("killed after the change", true, begun),
        ("killed before and after it", true, flips::killed),
    ] {
        let folder = place.path(name);
        std::fs::create_dir(&folder).expect("a folder");
        lay_out(&folder);
        sql(&folder, newer, crash);
        let looked = |folder: &Path| -> Vec<_> {
            // The shared memory is of whoever looks, not of the log.
            bytes_of(folder).into_iter().filter(|(path, _)| !path.to_string_lossy().ends_with("-shm")).collect()
        };
        let before = looked(&folder);
        for verb in
            [&["simulate"][..], &["board"], &["replay"], &["metrics"], &["export"], &["doctor"], &["serve", "--with-stdin"]]
        {
            let ran = run(retrace(&folder, verb), &place.path("told"));
            let said = ran.error.contains("newer Retrace") || ran.lines.iter().any(|line| line.contains("layout 99"));
            let outcome = match ran.code {
                Some(3) if said && looked(&folder) == before => Ok(()),
                Some(3) if said => Err(Finding::Wrong("the files changed".to_owned())),
                _ => Err(Finding::Wrong(format!("{ran:?}"))),
            };
            tally.count(format!("{name}: {verb:?}"), outcome);
        }
    }
    tally.close();
}

#[test]
fn before_its_layout_changes_a_log_is_kept_as_it_was() {
    let place = Place::default();
    let folder = place.path("log");
    std::fs::create_dir(&folder).expect("a folder");
    wait(layout_one(&folder.join(LOG), &day()[..MIGRATED]));
    assert_eq!(run(appender(&folder, &[]), &place.path("told")).code, Some(0));
    assert_eq!(told(&facts(&folder)).len(), day().len(), "the log went on");
    let kept = backup(&folder);
    assert_eq!(std::fs::metadata(&kept).expect("the old one is kept").permissions().mode() & 0o777, 0o600);
    let (old, tables) = wait(layout(&kept)).expect("SQLite opens it");
    assert_eq!((old, tables), (1, vec!["event".to_owned(), "personal".to_owned()]));
    // And it can be put back: the log is then what it was, and goes on once more.
    let back = place.path("back");
    std::fs::create_dir(&back).expect("a folder");
    std::fs::copy(&kept, back.join(LOG)).expect("a copy");
    assert_eq!(told(&facts(&back)), told(&facts(&folder))[..MIGRATED]);
    assert_eq!(run(appender(&back, &[]), &place.path("told")).code, Some(0));
    assert_eq!(told(&facts(&back)), told(&facts(&folder)));
}

#[test]
fn an_empty_log_of_an_older_layout_needs_no_copy() {
    let place = Place::default();
    let folder = place.path("log");
    std::fs::create_dir(&folder).expect("a folder");
    wait(layout_one(&folder.join(LOG), &[]));
    assert_eq!(run(appender(&folder, &[]), &place.path("told")).code, Some(0));
    assert!(!backup(&folder).exists(), "there was nothing to keep");
}

#[test]
fn half_a_copy_of_an_earlier_attempt_is_made_anew() {
    let place = Place::default();
    let folder = place.path("log");
    std::fs::create_dir(&folder).expect("a folder");
    wait(layout_one(&folder.join(LOG), &day()[..MIGRATED]));
    let half = folder.join(format!("{LOG}.layout-1.unfinished"));
    std::fs::write(&half, "half a copy").expect("it can be written");
    assert_eq!(run(appender(&folder, &[]), &place.path("told")).code, Some(0));
    assert!(!half.exists() && backup(&folder).exists());
    assert_eq!(wait(layout(&backup(&folder))).expect("SQLite opens it").0, 1);
}

/// Found by the power cuts: nothing was acknowledged yet, and the log could not be made any more.
#[test]
fn a_file_whose_making_was_cut_short_is_made_after_all() {
    let place = Place::default();
    let folder = place.path("log");
    std::fs::create_dir(&folder).expect("a folder");
    // SQLite's rollback journal of an empty file: its magic, one page count, no records; the file has zeros in it.
    let mut journal =
        vec![0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 16, 0];
    journal.resize(512, 0);
    std::fs::write(folder.join(format!("{LOG}-journal")), journal).expect("it can be written");
    std::fs::write(folder.join(LOG), [0; 4_096]).expect("it can be written");
    assert_eq!(run(appender(&folder, &[]), &place.path("told")).code, Some(0));
    assert_eq!(facts(&folder).len(), day().len());
}
