//! R2: killed at drawn moments in the middle of an import, the log holds all that it confirmed and the import goes on.
//!
//! 40 kills in `cargo test`; in `make faults` five logs are killed 200 times each. Every fifth time another Retrace replays the log meanwhile, and is
//! killed too.
//!
//! Waiting a drawn time before each kill is the experiment itself, not a way to wait for something.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use console::log::EventLog;
use console::log::sqlite::SqliteLog;
use events::import::{Event as Fact, Report};
use events::{Body, Event, EventId, StreamId};
use projections::import::Standing;
use tests::Draw;
use tests::bank::{file, many};
use tests::place::{Place, all, folded};
use tests::program::{command, run};

const KILLS: usize = 40;
const KILLS_OF_ALL: usize = 200;
const LOGS_OF_ALL: u64 = 5;
const ROWS: u64 = 60_000;

/// Imports in a child process and kills it after `patience`; whether it was still at work then.
fn import_and_kill(log: &Path, calls: &Path, patience: Duration) -> bool {
    let mut import = command();
    import.arg("--log").arg(log).args(["import", "--source", "anonymous-bank", "--json"]).arg(calls);
    let mut child = import.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program runs");
    let mut out = child.stdout.take().expect("it was piped");
    let (to, ended) = std::sync::mpsc::channel();
    // The pipe ends with the process.
    let reading = std::thread::spawn(move || to.send(std::io::read_to_string(&mut out).unwrap_or_default()).ok());
    let at_work = ended.recv_timeout(patience).is_err();
    // On Unix this is SIGKILL: no handler runs, nothing is flushed.
    child.kill().expect("it can be killed");
    let status = child.wait().expect("it can be waited for");
    reading.join().expect("the reader ends");
    assert!(at_work || status.success() || status.code().is_none(), "left alone, it finishes: {status:?}");
    at_work && !status.success()
}

/// Another Retrace that reads the log while it is written.
fn replaying(log: &Path) -> Child {
    let mut replay = command();
    replay.arg("--log").arg(log).args(["replay", "--json"]).stdout(Stdio::null()).stderr(Stdio::null());
    replay.spawn().expect("the program runs")
}

/// What has been seen in the log so far, so that only what is new is read after each kill.
#[derive(Default)]
struct Seen {
    ids: Vec<EventId>,
    versions: BTreeMap<StreamId, u64>,
    confirmed: Report,
}

impl Seen {
    /// Reads what is new; everything seen before must stand where it stood.
    async fn check(&mut self, path: &Path) {
        let log = SqliteLog::open(path, console::clock::Clock::System).await.expect("it opens after a kill");
        let head = *log.head().borrow();
        assert!(self.ids.len() as u64 <= head, "{} events were confirmed, {head} are left", self.ids.len());
        for back in [1, 2, 3, 7, 100, 5_000].into_iter().filter(|&back| back <= self.ids.len()) {
            let place = self.ids.len() - back;
            let there = log.at(&[events::Position(place as u64)]).await.expect("it can be read");
            assert_eq!(there.first().map(|stored| stored.fact.id), Some(self.ids[place]), "at {place}");
        }
        loop {
            let batch = log.read(self.ids.len() as u64, 4_096).await.expect("it can be read");
            if batch.is_empty() {
                break;
            }
            batch.into_iter().for_each(|fact| self.see(fact));
        }
        assert_eq!(self.ids.len() as u64, head);
        log.close().await;
    }

    fn see(&mut self, fact: events::Recorded) {
        assert_eq!(fact.position.0, self.ids.len() as u64, "positions have no gaps");
        let version = self.versions.entry(fact.stream).or_default();
        assert_eq!(fact.version.0, *version, "versions have no gaps");
        *version += 1;
        if let Body::Read(Event::Import(Fact::Progressed(progress))) = &fact.body {
            assert!(self.confirmed.n_rows_read <= progress.report.n_rows_read, "an import never falls back");
            self.confirmed = progress.report.clone();
        }
        self.ids.push(fact.id);
    }
}

/// Each import's standing, its report and how many rows of it were noted.
async fn outcome(path: &Path) -> (String, Vec<(Standing, Option<Report>, usize)>, Vec<EventId>) {
    let log = SqliteLog::open(path, console::clock::Clock::System).await.expect("it opens");
    let board = folded(&log).await;
    let figures = console::figures::set("anonymous_bank", &board).expect("the bank's set").to_string();
    let imports = board.imports.by_id.values().map(|import| (import.standing, import.report.clone(), import.notes.len()));
    let rows = all(&log).await.into_iter().filter(|stored| stored.fact.stream.noun() == "conversation");
    let told = (figures, imports.collect(), rows.map(|stored| stored.fact.id).collect());
    log.close().await;
    told
}

fn imported(log: &Path, calls: &Path) -> Duration {
    let begun = Instant::now();
    let said = run(log, &["import", "--source", "anonymous-bank", calls.to_str().expect("a path")]);
    assert_eq!(said.code, 0, "{said:?}");
    begun.elapsed()
}

#[tokio::test]
async fn an_import_killed_again_and_again_is_the_whole_import() {
    let all = std::env::var_os("FAULTS").is_some_and(|wanted| wanted == "all");
    let (kills, logs) = if all { (KILLS_OF_ALL, LOGS_OF_ALL) } else { (KILLS, 1) };
    for log in 0..logs {
        killed_again_and_again(kills, log).await;
    }
    let n_kills = kills as u64 * logs;
    println!("| R2 | kill at drawn moments, imports beside a replay | {n_kills} | 0 | 0 | 0 | 0 |");
}

async fn killed_again_and_again(kills: usize, seed: u64) {
    let (place, whole, tiny) = (Place::default(), Place::default(), Place::default());
    let mut calls = vec![place.file("calls-1.tsv", file(&many(ROWS, 100 * seed + 1)))];
    let length = imported(&whole.log_path(), &calls[0]);
    let mut about = imported(&tiny.log_path(), &tiny.file("one.tsv", file(&many(1, 9))));
    let (mut draw, mut seen, mut n_kills, mut n_in_the_middle) = (Draw(41 + seed), Seen::default(), 0, 0);
    while n_kills < kills {
        let patience = about * (50 + u32::try_from(draw.below(100)).expect("a percentage")) / 100;
        let (before, current) = (seen.ids.len(), calls.last().expect("there is one").clone());
        let mut beside = (n_kills % 5 == 4).then(|| replaying(&place.log_path()));
        let killed = import_and_kill(&place.log_path(), &current, patience);
        if let Some(replay) = &mut beside {
            replay.kill().and_then(|()| replay.wait()).expect("it can be killed");
        }
        if killed {
            n_kills += 1;
            seen.check(&place.log_path()).await;
            let written = before < seen.ids.len();
            n_in_the_middle += usize::from(written);
            // Machines differ, and differ from minute to minute: two in three are to fall while rows are written.
            about = if written { about * 19 / 20 } else { about * 11 / 10 };
        } else {
            // It came to its end before all kills were made: on with the next file.
            let next = calls.len() as u64 + 1;
            seen.check(&place.log_path()).await;
            seen.confirmed = Report::default();
            calls.push(place.file(&format!("calls-{next}.tsv"), file(&many(ROWS, 100 * seed + next))));
            imported(&whole.log_path(), calls.last().expect("one was added"));
        }
    }
    println!("{n_kills} kills, {n_in_the_middle} of them while rows were written, over {} files; {length:?} alone", calls.len());
    assert!(kills / 2 < n_in_the_middle, "most kills land in the middle, not {n_in_the_middle}");
    imported(&place.log_path(), calls.last().expect("there is one"));
    seen.check(&place.log_path()).await;
    let (killed, left_alone) = (outcome(&place.log_path()).await, outcome(&whole.log_path()).await);
    assert!(left_alone.1.iter().all(|(standing, _, _)| *standing == Standing::Finished));
    assert_eq!(killed.0, left_alone.0, "the figures");
    assert_eq!(killed.1, left_alone.1, "the imports");
    assert!(killed.2 == left_alone.2, "the facts of the rows, in their order");
}
