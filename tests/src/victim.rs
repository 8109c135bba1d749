//! A signed log for attackers to try themselves on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use console::clock::Clock;
use console::log::EventLog;
use console::log::sqlite::SqliteLog;
use console::verification::{Report, verify};
use console::witness::Witness;
use events::conversation::MessageReceived;
use sqlx::Connection;

use crate::file::{UNGUARDED, raw, sql};
use crate::made_up::{EVENING, MORNING, fact, one_day};
use crate::place::Place;

/// A log with five checkpoints, sealed texts in its last third, and one checkpoint that a person took away.
pub struct Victim {
    /// Where it lies.
    pub place: Place,
    /// Events in it.
    pub n: u64,
    /// A checkpoint that a person took away.
    pub taken: String,
}

/// The witness of a place of its own.
#[must_use]
pub fn witness(place: &Place) -> Witness {
    Witness::at(&place.path("witness"))
}

/// A log in a place, with the place's own witness.
pub async fn open(place: &Place, path: &Path) -> SqliteLog {
    SqliteLog::open_witnessed(path, Clock::chosen(EVENING), witness(place)).await.expect("it opens")
}

/// Appends `n` events that no other tag has.
pub async fn grow(log: &SqliteLog, n: u64, tag: &str) {
    let said = |nth| fact("conversation", &format!("{tag}{}", nth / 4), nth, MORNING, MessageReceived { n_chars: 3 });
    log.ingest((0..n).map(said).collect(), |_ingested| Vec::new()).await.expect("taken");
}

impl Victim {
    /// Makes one.
    pub async fn new() -> Self {
        let place = Place::default();
        let path = place.log_path();
        let log = open(&place, &path).await;
        let facts = one_day(40, 3);
        let mut taken = String::new();
        for part in facts.chunks(facts.len() / 3 + 1) {
            log.ingest(part.to_vec(), |_ingested| Vec::new()).await.expect("taken");
            let made = log.checkpoint().await.expect("signed").expect("something");
            taken = if taken.is_empty() { made.note } else { taken };
        }
        log.close().await;
        // Rows with sealed texts, as the log's other half writes them.
        let mut connection = raw(&path).await;
        let head: i64 = sqlx::query_scalar("SELECT count(*) FROM event").fetch_one(&mut connection).await.expect("a number");
        for nth in 0..60 {
            let row = "INSERT INTO event SELECT ?, 'conversation-sealed', ?, randomblob(16), type, schema, occurred_us, recorded_us, \
                       meta, data FROM event ORDER BY position DESC LIMIT 1";
            sqlx::query(row).bind(head + nth).bind(nth).execute(&mut connection).await.expect("a row");
            let sealed = sqlx::query("INSERT INTO sealed VALUES (?, 'c1', randomblob(90))").bind(head + nth);
            sealed.execute(&mut connection).await.expect("a sealed text");
        }
        connection.close().await.expect("closed");
        let log = open(&place, &path).await;
        grow(&log, 30, "late").await;
        let n = *log.head().borrow();
        log.close().await;
        Self { place, n, taken }
    }

    /// Its file.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.place.log_path()
    }

    /// What verification says of it.
    pub async fn report(&self) -> Report {
        verify(&self.path(), &witness(&self.place), &[], &|_, _| {}).await.expect("damage is no error")
    }

    /// The file and its surroundings as they are, to be put back.
    #[must_use]
    pub fn copy(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = [self.path(), self.path().with_extension("retrace-wal"), self.path().with_extension("retrace-shm")];
        files.into_iter().filter_map(|file| std::fs::read(&file).ok().map(|bytes| (file, bytes))).collect()
    }

    /// Puts files back, and nothing beside them.
    pub fn put(&self, files: &BTreeMap<PathBuf, Vec<u8>>) {
        for file in ["retrace-wal", "retrace-shm"] {
            std::fs::remove_file(self.path().with_extension(file)).ok();
        }
        for (file, bytes) in files {
            std::fs::write(file, bytes).expect("written");
        }
    }

    /// Runs statements with every guard taken off.
    pub async fn do_sql(&self, statements: &str) {
        sql(&self.path(), &format!("{UNGUARDED} {statements}")).await.unwrap_or_else(|error| panic!("{statements}: {error}"));
    }
}
