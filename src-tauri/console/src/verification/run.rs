//! Reading and checking at once: SQLite on its thread, hashes on another.

use std::path::{Path, PathBuf};
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::mpsc;

use super::judge::{Mark, disputed, judge, unverified};
use super::marks::{Marks, Refused, orphans, twice};
use super::rests::rests;
use super::scan::Scan;
use super::{Finding, Report};
use crate::log::sqlite::raw::{self, ROWS_MAX, Rows};
use crate::log::sqlite::{SqliteLog, open_raw, open_raw_beside};
use crate::log::{BATCH_MAX, LogError};
use crate::merkle::{Frontier, TILE_WIDTH, Tiles};
use crate::projector::{fold_to, resume};
use crate::snapshots::Snapshots;
use crate::witness::Witness;

/// Batches read ahead of the hashing.
const AHEAD_MAX: usize = 4;
/// Tiles of the lowest level read at once when a change is to be placed.
const TILES_MAX: u64 = 64;

/// What the reading thread hands over.
enum Step {
    Rows(Box<(Rows, Tiles)>),
    Unreadable(Option<u64>, String),
}

/// How far a verification is: events checked, of how many.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// Verifies the whole log at `path`, for reading only and beside whoever writes it.
///
/// `given` are checkpoints that a person holds, as signed notes.
///
/// # Errors
/// [`Refused`] when the file cannot be opened as a log at all, or a given text is not one of its checkpoints. Damage
/// is no error but a finding.
pub async fn verify(path: &Path, witness: &Witness, given: &[String], progress: Progress<'_>) -> Result<Report, Refused> {
    let begun = Instant::now();
    let mut following = Following::new(path, witness.clone());
    following.scan.ids = Some(Vec::new());
    let mut connection = open_raw(path).await?;
    following.begin(&mut connection).await;
    for note in given {
        following.marks.given(note, &mut following.scan.findings)?;
    }
    let mut report = following.pass(&mut connection, true, progress).await;
    // Closed first: what follows opens the file by another way, and that would drop this connection's locks.
    connection.close().await.ok();
    report.rests_on_unverified = rest(path, &report).await;
    report.seconds = begun.elapsed().as_secs_f64();
    report.events_per_sec = report.size as f64 / report.seconds.max(1e-9);
    Ok(report)
}

/// Verifies the whole of a log that this process has open itself.
pub(crate) async fn verify_own(path: &Path, witness: &Witness, progress: Progress<'_>) -> Result<Report, LogError> {
    let begun = Instant::now();
    let mut following = Following::own(path, witness.clone());
    following.scan.ids = Some(Vec::new());
    let mut connection = open_raw_beside(path).await?;
    following.begin(&mut connection).await;
    let mut report = following.pass(&mut connection, true, progress).await;
    report.seconds = begun.elapsed().as_secs_f64();
    report.events_per_sec = report.size as f64 / report.seconds.max(1e-9);
    Ok(report)
}

/// Figures that rest on what is not verified. Where rows were changed, a snapshot may still tell of the old ones.
async fn rest(path: &Path, report: &Report) -> Vec<super::Rests> {
    if report.unverified.is_empty() {
        return Vec::new();
    }
    let Ok(log) = SqliteLog::open_to_read(path).await else { return Vec::new() };
    let board = if report.clean() { resume(&log, &Snapshots::beside(path)).await.ok() } else { None };
    let mut board = board.unwrap_or_default();
    // The log may not be readable to its end: the figures then stand at the last event that is.
    fold_to(&log, &mut board, report.size, BATCH_MAX).await.ok();
    rests(&board, &report.unverified)
}

/// A verification that goes on where it stopped: what a desk does in the background.
#[derive(Debug)]
pub struct Following {
    path: PathBuf,
    witness: Witness,
    scan: Scan,
    marks: Marks,
    begun: bool,
    report: Report,
    /// Whether this process has the log open itself.
    own: bool,
}

impl Following {
    /// Of the log at `path`, from its first event.
    #[must_use]
    pub fn new(path: &Path, witness: Witness) -> Self {
        let path = path.to_owned();
        let (scan, marks, report) = (Scan::default(), Marks::default(), Report::default());
        Self { path, witness, scan, marks, begun: false, report, own: false }
    }

    /// Of a log that this process has open itself.
    #[must_use]
    pub fn own(path: &Path, witness: Witness) -> Self {
        Self { own: true, ..Self::new(path, witness) }
    }

    /// Verifies what was signed since the last time. Once something is found, it stays found.
    ///
    /// # Errors
    /// When the file cannot be opened as a log at all.
    pub async fn advance(&mut self, progress: Progress<'_>) -> Result<Report, LogError> {
        if self.begun && !self.report.clean() {
            return Ok(self.report.clone());
        }
        let begun = Instant::now();
        let from = self.scan.next;
        let mut connection = if self.own { open_raw_beside(&self.path).await? } else { open_raw(&self.path).await? };
        if !self.begun {
            self.begin(&mut connection).await;
        }
        let mut report = self.pass(&mut connection, false, progress).await;
        report.seconds = begun.elapsed().as_secs_f64();
        report.events_per_sec = (self.scan.next - from) as f64 / report.seconds.max(1e-9);
        self.report = report.clone();
        Ok(report)
    }

    async fn begin(&mut self, connection: &mut SqliteConnection) {
        self.begun = true;
        self.marks.begin(connection, &self.path, &self.witness, &mut self.scan.findings).await;
    }

    /// One pass: over the rows that checkpoints cover, or over all.
    async fn pass(&mut self, connection: &mut SqliteConnection, whole: bool, progress: Progress<'_>) -> Report {
        self.marks.stored(connection, &self.path, &mut self.scan.findings).await;
        // Read after the checkpoints: a log that grows meanwhile is longer than they say, never shorter.
        let last = match raw::last_position(connection, &self.path).await {
            Ok(last) => last.map_or(0, |last| u64::try_from(last).unwrap_or(0) + 1),
            // The end is somewhere: it is looked for row by row.
            Err(_unreadable) => u64::MAX >> 1,
        };
        let next = self.scan.next;
        self.scan.wanted = self.marks.marks.iter().map(|mark| mark.size).filter(|size| next < *size).collect();
        let end = if whole { last } else { last.min(self.marks.largest()) };
        self.scan = scanned(connection, &self.path, std::mem::take(&mut self.scan), end, self.marks.covered, progress).await;
        // What was signed before and remembered outside has its root from an earlier pass, or it is not asked again.
        let known = |mark: &&Mark| next < mark.size || mark.size == 0 || self.scan.roots.contains_key(&mark.size);
        let marks: Vec<Mark> = self.marks.marks.iter().filter(known).cloned().collect();
        if whole {
            orphans(connection, &self.path, &mut self.scan.findings).await;
            for half in self.scan.ids_alike().into_iter().take(super::LISTED_MAX) {
                twice(connection, &self.path, half, &mut self.scan.findings).await;
            }
            self.upper_tiles(connection).await;
        }
        let told = match disputed(&self.scan, &marks) {
            Some(mark) => told_root(connection, &self.path, mark.size).await == Some(mark.root),
            None => false,
        };
        let mark = judge(&mut self.scan, &marks, told).cloned();
        self.told(mark.as_ref(), last)
    }

    fn told(&mut self, mark: Option<&Mark>, last: u64) -> Report {
        let size = if last == u64::MAX >> 1 { self.scan.next } else { last.max(self.scan.next) };
        let mut findings = self.scan.findings.listed.clone();
        findings.sort_by_key(Finding::position);
        let verified_to = mark.map_or(0, |mark| mark.size);
        // Events that were signed and are gone are not verified either.
        let shorter = |finding: &Finding| if let Finding::Shorter { size, .. } = finding { Some(*size) } else { None };
        let lost = findings.iter().filter_map(shorter).max().unwrap_or(0);
        Report {
            origin: self.marks.verifier.as_ref().map(|verifier| verifier.name().to_owned()),
            verifier: self.marks.verifier.as_ref().map(ToString::to_string),
            size,
            root: self.scan.whole().then(|| STANDARD.encode(self.scan.tree.root())),
            verified_to,
            made_at: mark.and_then(|mark| mark.made_at),
            checkpoints: self.marks.n_stored,
            outside: self.marks.outside,
            first_bad: self.scan.findings.first_bad.map(events::Position),
            findings,
            counts: self.scan.findings.counts.clone(),
            unverified: unverified(verified_to, self.scan.findings.first_bad, size.max(lost)),
            rests_on_unverified: Vec::new(),
            seconds: 0.0,
            events_per_sec: 0.0,
        }
    }

    /// Tiles above the lowest must hold the hashes of those below.
    async fn upper_tiles(&mut self, connection: &mut SqliteConnection) {
        if !self.scan.whole() || !self.scan.changed.is_empty() {
            return;
        }
        let width = TILE_WIDTH as u64;
        let mut n = self.marks.covered / width;
        for (below, hashes) in self.scan.upper.iter().enumerate() {
            let level = u8::try_from(below + 1).unwrap_or(u8::MAX);
            let stored = raw::tiles(connection, &self.path, level, 0, n / width).await.unwrap_or_default();
            let due = &hashes[..hashes.len().min(usize::try_from(n).unwrap_or(usize::MAX))];
            for (number, due) in (0_u64..).zip(due.chunks(TILE_WIDTH)) {
                let there = stored.0.get(&(level, number)).is_some_and(|there| there.get(..due.len()) == Some(due));
                if !there {
                    self.scan.findings.add(Finding::TileChanged { level, number });
                }
            }
            n /= width;
        }
    }
}

/// Reads and checks rows from where the scan stands up to `end`.
async fn scanned(
    connection: &mut SqliteConnection,
    path: &Path,
    scan: Scan,
    end: u64,
    covered: u64,
    progress: Progress<'_>,
) -> Scan {
    let (to_hash, mut steps) = mpsc::channel(AHEAD_MAX);
    let next = scan.next;
    let hashing = tokio::task::spawn_blocking(move || {
        let mut scan = scan;
        while let Some(step) = steps.blocking_recv() {
            match step {
                Step::Rows(read) => scan.rows(&read.0, &read.1, covered, end),
                Step::Unreadable(to, detail) => scan.unreadable(to, detail),
            }
        }
        scan
    });
    read(connection, path, next, end, progress, &to_hash).await;
    drop(to_hash);
    hashing.await.expect("the hashing thread does not panic")
}

async fn read(
    connection: &mut SqliteConnection,
    path: &Path,
    next: u64,
    end: u64,
    progress: Progress<'_>,
    to_hash: &mpsc::Sender<Step>,
) {
    let end = i64::try_from(end).unwrap_or(i64::MAX);
    // Rows before the first position belong nowhere, and are found too.
    let mut from = if next == 0 { i64::MIN } else { i64::try_from(next).unwrap_or(i64::MAX) };
    let mut limit = ROWS_MAX;
    while from < end {
        let wanted = usize::try_from(end - from.max(0)).unwrap_or(ROWS_MAX).min(limit);
        match raw::rows(connection, path, from, wanted).await {
            Ok(rows) => {
                let highest = (0..rows.len()).map(|index| rows.position(index)).filter(|position| *position < end).max();
                let Some(highest) = highest else { return };
                let [first, last] = [from, highest].map(|position| u64::try_from(position).unwrap_or(0) / TILE_WIDTH as u64);
                let tiles = raw::tiles(connection, path, 0, first, last).await.unwrap_or_default();
                if to_hash.send(Step::Rows(Box::new((rows, tiles)))).await.is_err() {
                    return;
                }
                from = from.max(highest).saturating_add(1);
                limit = (2 * limit).min(ROWS_MAX);
                progress(u64::try_from(from).unwrap_or(0), u64::try_from(end).unwrap_or(0));
            }
            // Something in this batch is damaged: fewer at a time, until the first bad one stands alone.
            Err(_damage) if 1 < wanted => limit = wanted / 2,
            Err(error) => {
                from = from.max(0);
                let readable = readable_after(connection, path, from, end).await;
                let to = readable.and_then(|to| u64::try_from(to).ok());
                if to_hash.send(Step::Unreadable(to, error.to_string())).await.is_err() {
                    return;
                }
                let Some(readable) = readable else { return };
                from = readable;
            }
        }
    }
}

/// The next position after `from` that can be read, looked for in growing steps.
async fn readable_after(connection: &mut SqliteConnection, path: &Path, from: i64, end: i64) -> Option<i64> {
    let mut step = 1_i64;
    while from.checked_add(step)? < end {
        match raw::rows(connection, path, from + step, 1).await {
            Ok(rows) if rows.len() == 0 => return None,
            Ok(rows) => return Some(rows.position(0)).filter(|position| from < *position),
            Err(_damage) => step = step.checked_mul(2)?,
        }
    }
    None
}

/// The root of `size` leaves by the stored hashes of the leaves; `None` when one is missing.
async fn told_root(connection: &mut SqliteConnection, path: &Path, size: u64) -> Option<[u8; 32]> {
    let (mut tree, width) = (Frontier::default(), TILE_WIDTH as u64);
    while tree.size() < size {
        let first = tree.size() / width;
        let tiles = raw::tiles(connection, path, 0, first, first + TILES_MAX - 1).await.ok()?;
        for number in first..first + TILES_MAX {
            let due = usize::try_from((size - tree.size()).min(width)).ok()?;
            if due == 0 {
                break;
            }
            tiles.0.get(&(0, number))?.get(..due)?.iter().for_each(|hash| tree.push(*hash, |_full| {}));
        }
    }
    Some(tree.root())
}
