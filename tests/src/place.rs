//! Places on disk, logs in them, and the data that may lie beside the repository.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use console::clock::Clock;
use console::desk::Desk;
use console::log::sqlite::SqliteLog;
use console::log::{BATCH_MAX, EventLog, Stored};
use events::{Moment, NewEvent};
use projections::{Board, Projection};
use tempfile::TempDir;

use crate::made_up::EVENING;

/// A folder of one test's own, gone when the test is over.
pub struct Place(TempDir);

impl Default for Place {
    fn default() -> Self {
        Self(tempfile::tempdir().expect("the system gives a temporary folder"))
    }
}

impl Place {
    /// A path in the folder.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file into the folder.
    #[must_use]
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).expect("the temporary folder can be written");
        path
    }

    /// Where this test's log lies.
    #[must_use]
    pub fn log_path(&self) -> PathBuf {
        self.path("desk.retrace")
    }

    /// This test's log, with a clock that stands still in the evening after the made-up day.
    pub async fn log(&self) -> SqliteLog {
        SqliteLog::open(&self.log_path(), Clock::chosen(EVENING)).await.expect("a log can be made")
    }

    /// A desk on this test's log, after these facts.
    pub async fn desk(&self, facts: Vec<NewEvent>) -> Arc<Desk> {
        let log = self.log().await;
        log.ingest(facts, |_ingested| Vec::new()).await.expect("the log takes facts");
        Desk::open(log, Clock::chosen(EVENING)).await.expect("a desk opens")
    }
}

/// Closes a desk and its log, so that another may open it.
///
/// # Panics
/// When something still holds the log long after the desk is gone.
pub async fn close(desk: Arc<Desk>) {
    let log = desk.log().clone();
    drop(desk);
    let closed = tokio::time::timeout(std::time::Duration::from_secs(10), log.close()).await;
    closed.expect("a desk that is dropped lets go of its log");
}

/// A file beside the repository, if it is here; says so when it is not.
#[must_use]
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared").join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: ../shared is not here");
    None
}

/// The folder of the repository.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every fact of a log.
pub async fn all(log: &impl EventLog) -> Vec<Stored> {
    let mut facts = Vec::new();
    loop {
        let batch = log.stored(facts.len() as u64, BATCH_MAX).await.expect("the log can be read");
        if batch.is_empty() {
            return facts;
        }
        facts.extend(batch);
    }
}

/// A board folded from nothing over a whole log.
pub async fn folded(log: &impl EventLog) -> Board {
    let mut board = Board::default();
    for stored in all(log).await {
        board.evolve(&stored.fact);
    }
    board
}

/// The moment that RFC 3339 text names.
#[must_use]
pub fn moment(text: &str) -> Moment {
    events::cloudevent::moment(text).expect("a time in a test is RFC 3339")
}
