//! Bulk appending: the console's log beside the same rows through rusqlite.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use console::clock::Clock;
use console::log::sqlite::SqliteLog;
use console::log::{BATCH_MAX, EventLog};
use events::{Moment, NewEvent, StreamId};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::load;
use crate::measure::Watch;

/// The layout of the log, as the console makes it.
const LAYOUT: &str = include_str!("../../../../src-tauri/console/migrations/0001_log.sql");
/// When every row was recorded, on both sides, so that the files are alike to the byte.
const RECORDED: Moment = Moment(1_772_000_000_000_000);
pub(super) const INSERT: &str = "INSERT INTO event \
     (position, stream, version, id, type, schema, occurred_us, recorded_us, meta, data) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// What a log does without, to see what it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Without {
    /// Nothing.
    Nothing,
    /// Nothing is hashed or signed.
    Evidence,
    /// Nor are there personal texts: nothing is sealed, and no key is made.
    EvidenceAndTexts,
}

/// Through [`SqliteLog::ingest`], 4,096 facts a transaction: ids looked up, versions counted, triggers on.
pub(super) async fn ours(path: &Path, n: usize, without: Without) -> anyhow::Result<Value> {
    let (_, mut facts) = load::facts(n)?;
    if without == Without::EvidenceAndTexts {
        facts.iter_mut().for_each(|fact| fact.personal = None);
    }
    let batches: Vec<Vec<NewEvent>> = facts.chunks(BATCH_MAX).map(<[NewEvent]>::to_vec).collect();
    let clock = Clock::chosen(RECORDED);
    let log = match without {
        Without::Nothing => SqliteLog::open(path, clock).await?,
        Without::Evidence | Without::EvidenceAndTexts => SqliteLog::open_unkept(path, clock).await?,
    };
    let watch = Watch::begin();
    let mut n_written = 0;
    for batch in batches {
        n_written += log.ingest(batch, |_ingested| Vec::new()).await?.n_written;
    }
    let (wall_secs, cpu_secs) = watch.secs();
    log.close().await;
    anyhow::ensure!(n_written == n as u64, "{n_written} of {n} facts were written");
    Ok(json!({ "wall_secs": wall_secs, "cpu_secs": cpu_secs, "n": n }))
}

/// One fact as the row it becomes.
struct Row<'a> {
    version: u64,
    fact: &'a NewEvent,
    meta: Vec<u8>,
    texts: Option<(Option<&'a str>, Vec<u8>)>,
}

fn prepared(facts: &[NewEvent]) -> anyhow::Result<Vec<Row<'_>>> {
    let mut versions: BTreeMap<&StreamId, u64> = BTreeMap::new();
    let row = |fact: &'_ NewEvent, version| -> anyhow::Result<_> {
        let texts = fact.personal.as_ref().map(|personal| serde_json::to_vec(&personal.texts)).transpose()?;
        Ok((version, serde_json::to_vec(&fact.meta)?, texts))
    };
    let mut rows = Vec::with_capacity(facts.len());
    for fact in facts {
        let next = versions.entry(&fact.stream).or_default();
        let (version, meta, texts) = row(fact, *next)?;
        *next += 1;
        let subject = fact.personal.as_ref().and_then(|personal| personal.subject.as_deref());
        rows.push(Row { version, fact, meta, texts: texts.map(|texts| (subject, texts)) });
    }
    Ok(rows)
}

/// Opens a new file of the log's layout, WAL and FULL as the console's.
pub(super) fn open(path: &Path) -> anyhow::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(LAYOUT)?;
    Ok(connection)
}

/// Through rusqlite, one prepared statement, 4,096 rows a transaction; the rows' texts are made before the clock runs
/// and nothing is looked up: the floor that SQLite itself sets.
pub(super) fn rusqlite(path: &Path, n: usize, bare: bool) -> anyhow::Result<Value> {
    let (_, facts) = load::facts(n)?;
    let rows = prepared(&facts)?;
    let mut connection = open(path)?;
    if bare {
        connection.execute_batch("DROP TRIGGER event_is_only_appended; DROP TRIGGER event_is_never_changed;")?;
    }
    let watch = Watch::begin();
    let mut position: i64 = 0;
    for batch in rows.chunks(BATCH_MAX) {
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        {
            let mut insert = transaction.prepare_cached(INSERT)?;
            let mut personal = transaction.prepare_cached("INSERT INTO personal (position, subject, texts) VALUES (?, ?, ?)")?;
            for Row { version, fact, meta, texts } in batch {
                insert.execute(params![
                    position,
                    fact.stream.as_str(),
                    version.cast_signed(),
                    fact.id.0.as_bytes().as_slice(),
                    fact.body.event_type,
                    fact.body.schema,
                    fact.occurred_at.0,
                    RECORDED.0,
                    meta,
                    fact.body.data,
                ])?;
                if let Some((subject, texts)) = texts {
                    personal.execute(params![position, subject, texts])?;
                }
                position += 1;
            }
        }
        transaction.commit()?;
    }
    let (wall_secs, cpu_secs) = watch.secs();
    connection.close().map_err(|(_, error)| error)?;
    Ok(json!({ "wall_secs": wall_secs, "cpu_secs": cpu_secs, "n": n }))
}

/// How many rows a log holds, the SHA-256 over all of them, and the file's bytes.
pub(super) fn rows(path: &Path) -> anyhow::Result<Value> {
    let connection = Connection::open(path)?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    let mut digest = Sha256::new();
    let mut n = 0_u64;
    let sql = "SELECT position, stream, version, id, type, schema, occurred_us, meta, data FROM event ORDER BY position";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        for column in [0, 2, 5, 6] {
            digest.update(row.get::<_, i64>(column)?.to_le_bytes());
        }
        for column in [1, 3, 4, 7, 8] {
            let value = row.get_ref(column)?;
            digest.update(value.as_bytes().or_else(|_| value.as_blob())?);
        }
        n += 1;
    }
    let n_personal: i64 = connection.query_row("SELECT count(*) FROM personal", [], |row| row.get(0))?;
    let size_bytes = std::fs::metadata(path).context("the log's size")?.len();
    let sha256: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(json!({ "answer": { "n": n, "n_personal": n_personal, "sha256": sha256 }, "size_bytes": size_bytes }))
}
