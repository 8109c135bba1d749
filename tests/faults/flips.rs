//! R4: one bit turned over anywhere in the log's file.
//!
//! No flip makes the program fall over, and what it cannot read it names. Whether a flip that leaves the file readable
//! is noticed is the business of `retrace verify`; the checks of it switch themselves on once the program has that verb.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use console::log::sqlite::SqliteLog;
use console::log::{BATCH_MAX, EventLog};
use tests::Draw;
use tests::place::Place;

use crate::strace::{Ran, run};
use crate::tally::{Finding, Tally};
use crate::victim::{LOG, appender, begun, retrace};
use crate::{cases, copy, wait};

/// Flips in the file of a closed log, and in the write-ahead log of one that was killed.
const FLIPS: usize = 1_000;
const SAMPLED: usize = 60;

/// Whether the program can verify a log.
pub(crate) fn verifies() -> bool {
    static VERIFIES: OnceLock<bool> = OnceLock::new();
    *VERIFIES.get_or_init(|| {
        let mut asked = tests::program::command();
        let child = crate::spawn(asked.args(["verify", "--help"]).stdout(Stdio::null()).stderr(Stdio::null()));
        let verifies = child.wait_with_output().is_ok_and(|output| output.status.success());
        if !verifies {
            println!("skipped: `retrace verify` is not here yet; only that damage is told and nothing falls over");
        }
        verifies
    })
}

/// Runs the program on a log; what it says goes into the log's folder.
pub(crate) fn told(folder: &Path, arguments: &[&str]) -> Ran {
    run(retrace(folder, arguments), &folder.join("told"))
}

fn json(ran: &Ran) -> serde_json::Value {
    serde_json::from_str(&ran.lines.join("\n")).unwrap_or_default()
}

/// What a reader gets: as many rows as come before the first that cannot be read or was never written, and whether
/// that is all there is.
pub(crate) struct Prefix {
    pub(crate) n_true: usize,
    pub(crate) whole: bool,
    /// Whether nothing else is there: a shorter log, and a true one.
    pub(crate) shorter: bool,
}

/// How far a log is what it was.
pub(crate) fn prefix(folder: &Path, rows: &[String]) -> Prefix {
    wait(async {
        let mut n_true = 0;
        let Ok(log) = SqliteLog::open_to_read(&folder.join(LOG)).await else {
            return Prefix { n_true, whole: false, shorter: false };
        };
        let head = *log.head().borrow() as usize;
        // One by one: a batch with one bad row in it cannot be read at all.
        while n_true < rows.len() {
            let limit = if head == rows.len() && n_true == 0 { BATCH_MAX } else { 1 };
            let Ok(stored) = log.stored(n_true as u64, limit).await else {
                if limit == 1 {
                    break;
                }
                let Ok(one) = log.stored(n_true as u64, 1).await else { break };
                if one.first().map(|stored| format!("{stored:?}")).as_ref() != rows.first() {
                    break;
                }
                n_true = 1;
                continue;
            };
            if stored.is_empty() {
                break;
            }
            let same = stored.iter().zip(&rows[n_true..]).take_while(|(stored, row)| format!("{stored:?}") == **row).count();
            n_true += same;
            if same < stored.len() {
                break;
            }
        }
        Prefix { n_true, whole: n_true == rows.len() && head == rows.len(), shorter: n_true == head && head < rows.len() }
    })
}

/// Every row of a log as one text each.
pub(crate) fn rows(folder: &Path) -> Vec<String> {
    wait(async {
        let log = SqliteLog::open_to_read(&folder.join(LOG)).await.expect("it opens");
        tests::place::all(&log).await.iter().map(|stored| format!("{stored:?}")).collect()
    })
}

/// The number at the end of "… read at position N: …".
fn position_named(error: &str) -> Option<usize> {
    let (_, rest) = error.split_once("cannot be read at position ")?;
    rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

fn flipped(folder: &Path, rows: &[String], digest: &str, n_silent: &mut usize) -> Result<(), Finding> {
    let replayed = told(folder, &["replay", "--json"]);
    if replayed.panicked() {
        return Err(Finding::Panic(replayed.error));
    }
    let prefix = prefix(folder, rows);
    match replayed.code {
        Some(0) if prefix.whole && json(&replayed)["digest"] == digest => {}
        // Read to its end, and not what it was: whoever wants to know asks `verify`.
        Some(0) => *n_silent += 1,
        Some(3) => {
            if let Some(named) = position_named(&replayed.error) {
                if prefix.n_true < named && !verifies() {
                    *n_silent += 1;
                }
                if named < prefix.n_true {
                    return Err(Finding::Wrong(format!("{named} is named, {} rows are as they were", prefix.n_true)));
                }
                if let Some(before) = named.checked_sub(1) {
                    let board = told(folder, &["board", "--json", "--at", &format!("@{before}")]);
                    if board.code != Some(0) {
                        return Err(Finding::Stuck(format!("what stands before position {named} is not shown: {board:?}")));
                    }
                }
            }
        }
        other => return Err(Finding::Stuck(format!("it ends with {other:?}: {}", replayed.error))),
    }
    if verifies() { verified(folder, &prefix) } else { Ok(()) }
}

/// `verify` answers 3 and names the first bad position whenever a record is not as it was.
fn verified(folder: &Path, prefix: &Prefix) -> Result<(), Finding> {
    let verified = told(folder, &["verify", "--json"]);
    if verified.panicked() {
        return Err(Finding::Panic(verified.error));
    }
    match verified.code {
        Some(0) if prefix.whole => Ok(()),
        // Nobody outside was told how long the log had been: what is left of it is true.
        Some(0) if prefix.shorter && !witnessed(folder) => Ok(()),
        Some(0) => Err(Finding::Wrong(format!("verified, though only {} rows are as they were", prefix.n_true))),
        Some(3) => match json(&verified)["first_bad"].as_u64() {
            Some(first) if !prefix.whole && (prefix.n_true as u64) < first => {
                Err(Finding::Wrong(format!("first bad is {first}, and {} rows are as they were", prefix.n_true)))
            }
            _ => Ok(()),
        },
        other => Err(Finding::Stuck(format!("verify ends with {other:?}: {}", verified.error))),
    }
}

/// Whether a checkpoint of this log lies outside of it.
pub(crate) fn witnessed(folder: &Path) -> bool {
    std::fs::read_dir(witness(folder)).is_ok_and(|mut entries| entries.next().is_some())
}

/// Where checkpoints go that whoever changes the log cannot reach.
pub(crate) fn witness(folder: &Path) -> std::path::PathBuf {
    folder.join("witness")
}

fn flips(name: &str, file: &str, begun: impl Fn(&Path), seed: u64) {
    let place = Place::default();
    std::fs::create_dir(place.path("begun")).expect("a folder");
    begun(&place.path("begun"));
    let folder = place.path("case");
    copy(&place.path("begun"), &folder);
    let rows = rows(&folder);
    let digest = json(&told(&folder, &["replay", "--json"]))["digest"].as_str().expect("a digest").to_owned();
    let bytes = std::fs::read(place.path("begun").join(file)).expect("the file");
    let mut tally = Tally::new("R4", format!("one bit turned over: {name}"));
    let (mut draw, mut n_silent) = (Draw(seed), 0);
    for _ in 0..cases(SAMPLED, FLIPS) {
        let bit = draw.below(bytes.len() as u64 * 8) as usize;
        std::fs::remove_dir_all(&folder).expect("it can be removed");
        copy(&place.path("begun"), &folder);
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(folder.join(file), bytes).expect("it can be written");
        tally.count(format!("bit {} of byte {}", bit % 8, bit / 8), flipped(&folder, &rows, &digest, &mut n_silent));
    }
    println!("of these, {n_silent} are seen by `verify` alone");
    tally.close();
}

#[test]
fn a_bit_that_turns_over_in_the_file_is_told_or_harmless() {
    flips("the log's file", LOG, begun, 4);
}

/// Leaves a log as a kill leaves it: nothing folded into the file yet.
pub(crate) fn killed(folder: &Path) {
    let mut command: Command = appender(folder, &["stays"]);
    let mut child = crate::spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped()));
    let out = std::io::BufReader::new(child.stdout.take().expect("it was piped"));
    let stays = std::io::BufRead::lines(out).map_while(Result::ok).any(|line| line == "STAY");
    assert!(stays, "the day is in");
    child.kill().and_then(|()| child.wait()).expect("it can be killed");
    // The shared memory is of no process any more.
    std::fs::remove_file(folder.join(format!("{LOG}-shm"))).expect("it was there");
}

#[test]
fn a_bit_that_turns_over_in_the_write_ahead_log_is_told_or_harmless() {
    flips("its write-ahead log", &format!("{LOG}-wal"), killed, 5);
}
