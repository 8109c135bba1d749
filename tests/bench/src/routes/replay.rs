//! The whole log from nothing into the board, on three ways through SQLite.

use std::io::BufWriter;
use std::path::Path;

use console::export::{PersonalText, cloudevents};
use console::log::sqlite::SqliteLog;
use console::log::{BATCH_MAX, EventLog};
use console::projector::fold_to;
use console::snapshots::digest;
use events::{EventId, Meta, Moment, Position, Recorded, StreamId, Version, codec};
use futures_util::TryStreamExt;
use projections::{Board, Projection};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Row};
use uuid::Uuid;

use crate::answer::by_queue;
use crate::measure::Watch;

const ROWS: &str =
    "SELECT position, stream, version, id, type, schema, occurred_us, recorded_us, meta, data FROM event ORDER BY position";

/// A row's columns, borrowed from whichever driver.
struct Columns<'a> {
    position: i64,
    stream: &'a str,
    version: i64,
    id: &'a [u8],
    event_type: &'a str,
    schema: i64,
    occurred_us: i64,
    recorded_us: i64,
    meta: &'a [u8],
    data: &'a [u8],
}

fn recorded(columns: &Columns<'_>) -> anyhow::Result<Recorded> {
    Ok(Recorded {
        position: Position(columns.position.try_into()?),
        stream: StreamId::try_from(columns.stream.to_owned())?,
        version: Version(columns.version.try_into()?),
        id: EventId(Uuid::from_slice(columns.id)?),
        occurred_at: Moment(columns.occurred_us),
        recorded_at: Moment(columns.recorded_us),
        meta: serde_json::from_slice::<Meta>(columns.meta)?,
        body: codec::decode(columns.event_type, columns.schema.try_into()?, columns.data),
    })
}

fn said(board: &Board, (wall_secs, cpu_secs): (f64, f64)) -> Value {
    json!({
        "wall_secs": wall_secs, "cpu_secs": cpu_secs, "n": board.n_facts,
        "answer": by_queue(board), "digest": digest(board),
    })
}

/// As the console does.
pub(super) async fn ours(path: &Path) -> anyhow::Result<Value> {
    let log = SqliteLog::open_to_read(path).await?;
    let watch = Watch::begin();
    let mut board = Board::default();
    let head = *log.head().borrow();
    fold_to(&log, &mut board, head, BATCH_MAX).await?;
    Ok(said(&board, watch.secs()))
}

/// The obvious way: rows streamed through the same driver, the same decoding, the same fold.
pub(super) async fn sqlx(path: &Path) -> anyhow::Result<Value> {
    let mut connection = SqliteConnectOptions::new().filename(path).read_only(true).connect().await?;
    let watch = Watch::begin();
    let mut board = Board::default();
    let mut rows = sqlx::query(ROWS).fetch(&mut connection);
    while let Some(row) = rows.try_next().await? {
        let fact = recorded(&Columns {
            position: row.try_get(0)?,
            stream: row.try_get(1)?,
            version: row.try_get(2)?,
            id: row.try_get(3)?,
            event_type: row.try_get(4)?,
            schema: row.try_get(5)?,
            occurred_us: row.try_get(6)?,
            recorded_us: row.try_get(7)?,
            meta: row.try_get(8)?,
            data: row.try_get(9)?,
        })?;
        board.evolve(&fact);
    }
    Ok(said(&board, watch.secs()))
}

/// The same without a driver between: SQLite's rows borrowed in place.
pub(super) fn rusqlite(path: &Path) -> anyhow::Result<Value> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let watch = Watch::begin();
    let mut board = Board::default();
    let mut statement = connection.prepare(ROWS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let fact = recorded(&Columns {
            position: row.get(0)?,
            stream: row.get_ref(1)?.as_str()?,
            version: row.get(2)?,
            id: row.get_ref(3)?.as_blob()?,
            event_type: row.get_ref(4)?.as_str()?,
            schema: row.get(5)?,
            occurred_us: row.get(6)?,
            recorded_us: row.get(7)?,
            meta: row.get_ref(8)?.as_blob()?,
            data: row.get_ref(9)?.as_blob()?,
        })?;
        board.evolve(&fact);
    }
    Ok(said(&board, watch.secs()))
}

/// Writes what the peers read.
pub(super) async fn export(log: &Path, to: &Path) -> anyhow::Result<Value> {
    let log = SqliteLog::open_to_read(log).await?;
    let mut file = BufWriter::new(std::fs::File::create(to)?);
    let watch = Watch::begin();
    let exported = cloudevents(&log, &mut file, PersonalText::None).await?;
    let (wall_secs, cpu_secs) = watch.secs();
    Ok(json!({ "wall_secs": wall_secs, "cpu_secs": cpu_secs, "n": exported.n_events, "n_bytes": exported.n_bytes }))
}
