//! R9: two Retraces and one log, by its own name, through a symbolic link and a hard one, at once and after a kill.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tests::place::Place;

use crate::cases;
use crate::kill::{fresh, laid_out, left, undisturbed};
use crate::strace::run;
use crate::tally::{Finding, Tally};
use crate::victim::{LOG, appender, victims};

/// Nobody waits longer for a refusal, or for the log of one that was killed.
const WAIT: Duration = Duration::from_secs(1);

/// What another program's lock is waited for, twice, and something over: SQLite itself cannot say whose it is.
const WAIT_FOR_OTHERS: Duration = Duration::from_secs(12);

/// A Retrace that has the log open and keeps it; and how long that took.
fn holder(folder: &Path) -> (Child, Duration) {
    let begun = Instant::now();
    let mut child = crate::spawn(appender(folder, &["holds"]).stdin(Stdio::piped()).stdout(Stdio::piped()));
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("it was piped")).read_line(&mut line).expect("it speaks");
    assert!(line.starts_with("OPEN"), "{line}");
    (child, begun.elapsed())
}

fn links(folder: &Path) -> Vec<PathBuf> {
    let log = folder.join(LOG);
    let (soft, hard, through) = (folder.join("soft.retrace"), folder.join("hard.retrace"), folder.join("through"));
    std::os::unix::fs::symlink(&log, &soft).expect("a link");
    std::fs::hard_link(&log, &hard).expect("a hard link");
    std::os::unix::fs::symlink(folder, &through).expect("a link");
    // The hard one first: while it is there, the log has two names.
    vec![hard, log, soft, through.join(LOG)]
}

#[test]
fn a_second_retrace_is_refused_at_once_and_after_a_kill_the_log_is_free() {
    let victim = victims().into_iter().find(|victim| victim.name == "append").expect("a victim has this name");
    let place = laid_out(&victim);
    let whole = undisturbed(&victim, &place);
    let mut tally = Tally::new("R9", "two instances, links, killed holder");
    for nth in 0..cases(3, 50) {
        let folder = fresh(&place);
        let (mut first, _) = holder(&folder);
        for path in links(&folder) {
            let mut second = tests::program::command();
            second.arg("--log").arg(&path).args(["simulate", "--days", "1"]);
            let begun = Instant::now();
            let ran = run(second, &place.path("told"));
            let outcome = match ran.code {
                _ if WAIT < begun.elapsed() => Err(Finding::Stuck(format!("refused after {:?}", begun.elapsed()))),
                Some(3) if ran.error.contains("another Retrace has this log open") => Ok(()),
                _ => Err(Finding::Wrong(format!("{ran:?}"))),
            };
            tally.count(format!("{nth}: a second one at {}", path.display()), outcome);
            if path.ends_with("hard.retrace") {
                let mut look = tests::program::command();
                look.arg("--log").arg(&path).args(["board", "--json"]);
                let looked = run(look, &place.path("told"));
                let refused = looked.code == Some(3) && looked.error.contains("names (hard links)");
                tally.count(
                    format!("{nth}: a second name"),
                    if refused { Ok(()) } else { Err(Finding::Wrong(format!("{looked:?}"))) },
                );
                std::fs::remove_file(&path).expect("it can be removed");
                continue;
            }
            let mut look = tests::program::command();
            look.arg("--log").arg(&path).args(["board", "--json"]);
            let begun = Instant::now();
            let looked = run(look, &place.path("told"));
            let good = looked.code == Some(0) && begun.elapsed() < WAIT;
            let outcome = if good { Ok(()) } else { Err(Finding::Stuck(format!("{:?}: {looked:?}", begun.elapsed()))) };
            tally.count(format!("{nth}: looking on at {}", path.display()), outcome);
        }
        first.kill().and_then(|()| first.wait()).expect("it can be killed");
        let (mut next, opened) = holder(&folder);
        let outcome = if opened < WAIT { Ok(()) } else { Err(Finding::Stuck(format!("opened after {opened:?}"))) };
        tally.count(format!("{nth}: after a kill"), outcome);
        next.kill().and_then(|()| next.wait()).expect("it can be killed");
        tally.count(format!("{nth}: and the log is whole"), left(&victim, &folder, 0, &whole));
    }
    tally.close();
}

#[test]
fn of_several_that_begin_together_one_at_a_time_writes() {
    let victim = victims().into_iter().find(|victim| victim.name == "append").expect("a victim has this name");
    let place = laid_out(&victim);
    let whole = undisturbed(&victim, &place);
    let mut tally = Tally::new("R9", "six begin together");
    for nth in 0..cases(4, 60) {
        let folder = fresh(&place);
        let begin = |_| crate::spawn(appender(&folder, &[]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()));
        let children: Vec<Child> = (0..6).map(begin).collect();
        let (mut n_done, mut outcome) = (0, Ok(()));
        for child in children {
            let said = child.wait_with_output().expect("it ends");
            let text = String::from_utf8_lossy(&said.stdout).into_owned();
            match said.status.code() {
                Some(0) => n_done += 1,
                Some(3) if text.contains("ERR log_in_use") => {}
                code => outcome = Err(Finding::Wrong(format!("{code:?}: {text}"))),
            }
        }
        if n_done == 0 {
            outcome = Err(Finding::Stuck("all were refused".to_owned()));
        }
        let whole_of_it = left(&victim, &folder, if n_done == 0 { 0 } else { whole.facts.len() }, &whole);
        tally.count(format!("{nth}: {n_done} came to their end"), outcome.and(whole_of_it));
    }
    tally.close();
}

/// SQLite looks for the write-ahead log beside the name it is given: by a second name it would not find what was
/// acknowledged, and would write past it.
#[test]
fn a_log_with_two_names_is_neither_written_nor_shown_by_either() {
    let place = Place::default();
    let folder = place.path("log");
    std::fs::create_dir(&folder).expect("a folder");
    crate::flips::killed(&folder);
    let (log, hard) = (folder.join(LOG), folder.join("hard.retrace"));
    std::fs::hard_link(&log, &hard).expect("a hard link");
    let mut tally = Tally::new("R9", "hard link to a log that was killed");
    for path in [&hard, &log] {
        for verb in [&["simulate", "--days", "1", "--agents", "2"][..], &["board"]] {
            let mut command = tests::program::command();
            let ran = run(
                {
                    command.arg("--log").arg(path).args(verb);
                    command
                },
                &place.path("told"),
            );
            let refused = ran.code == Some(3) && ran.error.contains("names (hard links)");
            tally.count(
                format!("{verb:?} {}", path.display()),
                if refused { Ok(()) } else { Err(Finding::Wrong(format!("{ran:?}"))) },
            );
        }
    }
    std::fs::remove_file(&hard).expect("it can be removed");
    let held = crate::victim::facts(&folder).len();
    let outcome = if held == crate::victim::day().len() { Ok(()) } else { Err(Finding::Lost(format!("{held} are left"))) };
    tally.count("with one name again", outcome);
    tally.close();
}

/// Another program, such as the `sqlite3` shell, holds the file's write lock: told in words, and nothing is lost.
#[test]
fn a_foreign_lock_is_told_of() {
    let place = Place::default();
    let folder = place.path("log");
    std::fs::create_dir(&folder).expect("a folder");
    crate::victim::begun(&folder);
    let script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1],isolation_level=None); c.execute('BEGIN IMMEDIATE'); \
                  print('held',flush=True); sys.stdin.read()";
    let mut python = Command::new("python3");
    python.args(["-c", script]).arg(folder.join(LOG)).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut tally = Tally::new("R9", "a foreign program holds the write lock");
    if !crate::whole() {
        return tally.skip("it waits five seconds; `make faults` does");
    }
    let mut foreign = crate::spawn(&mut python);
    let mut line = String::new();
    BufReader::new(foreign.stdout.take().expect("it was piped")).read_line(&mut line).expect("it speaks");
    if line.trim() != "held" {
        foreign.wait().expect("it ended");
        return tally.skip("there is no python3 with sqlite3");
    }
    let begun = Instant::now();
    let mut import = tests::program::command();
    import.arg("--log").arg(folder.join(LOG)).args(["simulate", "--days", "1", "--agents", "2"]);
    let ran = run(import, &place.path("told"));
    let outcome = match ran.code {
        _ if WAIT_FOR_OTHERS < begun.elapsed() => Err(Finding::Stuck(format!("refused after {:?}", begun.elapsed()))),
        Some(3) => Ok(()),
        _ => Err(Finding::Wrong(format!("{ran:?}"))),
    };
    tally.count("an import", outcome);
    drop(foreign.stdin.take());
    foreign.wait().expect("it ends with its standard input");
    tally.close();
}
