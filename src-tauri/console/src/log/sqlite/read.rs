//! Reading: whole batches as one SQL row, because each row through the driver costs six times its worth.

use std::collections::BTreeMap;
use std::path::Path;

use events::{EventId, Meta, Moment, Position, Recorded, StreamId, Version, codec};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection, SqlitePool};
use uuid::Uuid;

use super::open::of_sqlx;
use super::write::{encoded, marks, signed};
use crate::log::{BATCH_MAX, LogError, OccurredCursor, Stored};

/// Separates texts that cannot hold it: stream names have no control characters, type names are ours.
const UNIT: char = '\u{1f}';
/// The columns of a fact, one row each.
const COLUMNS: &str = "position, stream, version, id, type, schema, occurred_us, recorded_us, meta, data";
/// Values per `IN (…)`.
pub(super) const LOOKUP_MAX: usize = 500;

/// Facts from a position on, in log order; the first that cannot be read ends the batch, or is the error.
pub(super) async fn from(readers: &SqlitePool, path: &Path, from: u64, limit: usize) -> Result<Vec<Recorded>, LogError> {
    let mut limit = limit.min(BATCH_MAX);
    loop {
        let source = format!("SELECT {COLUMNS} FROM event WHERE position >= ? ORDER BY position LIMIT ?");
        let query = sqlx::query(AssertSqlSafe(packed(&source))).bind(signed(from)).bind(signed(limit as u64));
        let row = query.fetch_one(readers).await.map_err(|error| of_sqlx(&error, path));
        match row.and_then(|row| unpack(&row, path).and_then(|facts| check_order(facts, from))) {
            Ok(facts) => return Ok(facts),
            // Something in this batch is damaged: halve it until the first bad position stands alone.
            Err(_damage) if 1 < limit => limit /= 2,
            Err(LogError::Damaged { detail, .. }) => return Err(LogError::Damaged { position: Position(from), detail }),
            Err(other) => return Err(LogError::Damaged { position: Position(from), detail: other.to_string() }),
        }
    }
}

/// Facts in the order of their occurrence.
pub(super) async fn occurred(
    readers: &SqlitePool,
    path: &Path,
    cursor: OccurredCursor,
    until: Moment,
    limit: usize,
) -> Result<Vec<Recorded>, LogError> {
    let source = format!(
        "SELECT {COLUMNS} FROM event WHERE (occurred_us, position) > (?, ?) AND occurred_us <= ? ORDER BY occurred_us, position LIMIT ?"
    );
    let mut limit = limit.min(BATCH_MAX);
    loop {
        let row = sqlx::query(AssertSqlSafe(packed(&source)))
            .bind(cursor.at.0)
            .bind(cursor.position.map_or(-1, |position| signed(position.0)))
            .bind(until.0)
            .bind(signed(limit as u64))
            .fetch_one(readers)
            .await
            .map_err(|error| of_sqlx(&error, path));
        match row.and_then(|row| unpack(&row, path)) {
            Ok(facts) => return Ok(facts),
            // As above: what can be read before the damage is read.
            Err(_damage) if 1 < limit => limit /= 2,
            Err(damage) => return Err(damage),
        }
    }
}

/// One stream, in its order.
pub(super) async fn stream(readers: &SqlitePool, path: &Path, stream: &StreamId) -> Result<Vec<Stored>, LogError> {
    let sql = format!("SELECT {COLUMNS} FROM event WHERE stream = ? ORDER BY version");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(stream.as_str()).fetch_all(readers).await;
    rows.map_err(|error| of_sqlx(&error, path))?.iter().map(|row| single(row, path)).collect()
}

/// Facts from a position on with their payloads as stored.
pub(super) async fn stored(readers: &SqlitePool, path: &Path, from: u64, limit: usize) -> Result<Vec<Stored>, LogError> {
    let sql = format!("SELECT {COLUMNS} FROM event WHERE position >= ? ORDER BY position LIMIT ?");
    let limit = limit.min(BATCH_MAX) as u64;
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(signed(from)).bind(signed(limit)).fetch_all(readers).await;
    rows.map_err(|error| of_sqlx(&error, path))?.iter().map(|row| single(row, path)).collect()
}

/// The facts at these positions, in their order.
pub(super) async fn at(readers: &SqlitePool, path: &Path, positions: &[Position]) -> Result<Vec<Stored>, LogError> {
    let mut found: BTreeMap<Position, Stored> = BTreeMap::new();
    for chunk in positions.chunks(LOOKUP_MAX) {
        let sql = format!("SELECT {COLUMNS} FROM event WHERE position IN ({})", marks(chunk.len(), "?"));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for position in chunk {
            query = query.bind(signed(position.0));
        }
        for row in query.fetch_all(readers).await.map_err(|error| of_sqlx(&error, path))? {
            let stored = single(&row, path)?;
            found.insert(stored.fact.position, stored);
        }
    }
    Ok(positions.iter().filter_map(|position| found.get(position).cloned()).collect())
}

/// The facts of these ids, for the writer.
pub(super) async fn by_ids(connection: &mut SqliteConnection, path: &Path, ids: &[EventId]) -> Result<Vec<Stored>, LogError> {
    let sql = format!("SELECT {COLUMNS} FROM event WHERE id IN ({})", marks(ids.len(), "?"));
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for id in ids {
        query = query.bind(id.0.as_bytes().as_slice());
    }
    let rows = query.fetch_all(connection).await.map_err(|error| of_sqlx(&error, path))?;
    rows.iter().map(|row| single(row, path)).collect()
}

/// Packs a query's rows into one: texts joined by [`UNIT`], bytes laid end to end with their lengths beside them.
fn packed(source: &str) -> String {
    format!(
        "SELECT count(*), group_concat(position), group_concat(stream, char(31)), group_concat(version), \
         group_concat(hex(id), ''), group_concat(type, char(31)), group_concat(schema), group_concat(occurred_us), \
         group_concat(recorded_us), group_concat(octet_length(meta)), CAST(group_concat(meta, '') AS BLOB), \
         group_concat(octet_length(data)), CAST(group_concat(data, '') AS BLOB) FROM ({source})"
    )
}

pub(super) fn get<'r, T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>>(
    row: &'r SqliteRow,
    index: usize,
    path: &Path,
) -> Result<T, LogError> {
    row.try_get(index).map_err(|error| of_sqlx(&error, path))
}

fn unpack(row: &SqliteRow, path: &Path) -> Result<Vec<Recorded>, LogError> {
    let n = usize::try_from(get::<i64>(row, 0, path)?).unwrap_or(0);
    if n == 0 {
        return Ok(Vec::new());
    }
    let positions = numbers(&get::<String>(row, 1, path)?, n)?;
    let bad = |what: &str| damaged(positions[0], what);
    let streams: String = get(row, 2, path)?;
    let versions = numbers(&get::<String>(row, 3, path)?, n)?;
    let ids: String = get(row, 4, path)?;
    let types: String = get(row, 5, path)?;
    let schemas = numbers(&get::<String>(row, 6, path)?, n)?;
    let occurred = numbers(&get::<String>(row, 7, path)?, n)?;
    let recorded = numbers(&get::<String>(row, 8, path)?, n)?;
    let metas = Pieces::new(&get::<String>(row, 9, path)?, get(row, 10, path)?, n)?;
    let data = Pieces::new(&get::<String>(row, 11, path)?, get(row, 12, path)?, n)?;
    let mut streams = split(&streams, n)?.into_iter();
    let mut types = split(&types, n)?.into_iter();
    let mut facts = Vec::with_capacity(n);
    for index in 0..n {
        let id = ids
            .get(index * 32..index * 32 + 32)
            .and_then(|hex| Uuid::try_parse(hex).ok())
            .ok_or_else(|| bad("an id is missing"))?;
        let stream = streams.next().map(str::to_owned).ok_or_else(|| bad("a stream is missing"))?;
        let event_type = types.next().ok_or_else(|| bad("a type is missing"))?;
        let position = positions[index];
        facts.push(Recorded {
            position: Position(u64::try_from(position).unwrap_or(0)),
            stream: StreamId::try_from(stream).map_err(|error| damaged(position, &error.to_string()))?,
            version: Version(u64::try_from(versions[index]).unwrap_or(0)),
            id: EventId(id),
            occurred_at: Moment(occurred[index]),
            recorded_at: Moment(recorded[index]),
            meta: meta(metas.get(index), position)?,
            body: codec::decode(event_type, u32::try_from(schemas[index]).unwrap_or(u32::MAX), data.get(index)),
        });
    }
    Ok(facts)
}

fn single(row: &SqliteRow, path: &Path) -> Result<Stored, LogError> {
    let position: i64 = get(row, 0, path)?;
    let stream: String = get(row, 1, path)?;
    let id: Vec<u8> = get(row, 3, path)?;
    let payload = encoded(get(row, 4, path)?, get(row, 5, path)?, get(row, 9, path)?);
    let metas: Vec<u8> = get(row, 8, path)?;
    let fact = Recorded {
        position: Position(u64::try_from(position).unwrap_or(0)),
        stream: StreamId::try_from(stream).map_err(|error| damaged(position, &error.to_string()))?,
        version: Version(u64::try_from(get::<i64>(row, 2, path)?).unwrap_or(0)),
        id: EventId(Uuid::from_slice(&id).map_err(|error| damaged(position, &error.to_string()))?),
        occurred_at: Moment(get(row, 6, path)?),
        recorded_at: Moment(get(row, 7, path)?),
        meta: meta(&metas, position)?,
        body: codec::decode(&payload.event_type, payload.schema, &payload.data),
    };
    Ok(Stored { fact, payload })
}

fn meta(bytes: &[u8], position: i64) -> Result<Meta, LogError> {
    serde_json::from_slice(bytes).map_err(|error| damaged(position, &format!("the envelope is not readable: {error}")))
}

fn damaged(position: i64, detail: &str) -> LogError {
    LogError::Damaged { position: Position(u64::try_from(position).unwrap_or(0)), detail: detail.to_owned() }
}

/// Positions must run on without a gap; a hole is damage, not an end.
fn check_order(facts: Vec<Recorded>, from: u64) -> Result<Vec<Recorded>, LogError> {
    for (fact, want) in facts.iter().zip(from..) {
        if fact.position.0 != want {
            let detail = format!("the next event found is at {}", fact.position.0);
            return Err(LogError::Damaged { position: Position(want), detail });
        }
    }
    Ok(facts)
}

fn numbers(text: &str, n: usize) -> Result<Vec<i64>, LogError> {
    let numbers: Vec<i64> = text.split(',').map_while(|number| number.parse().ok()).collect();
    if numbers.len() == n { Ok(numbers) } else { Err(damaged(numbers.first().copied().unwrap_or(0), "a number is missing")) }
}

/// Texts joined by [`UNIT`]; a text alone may hold anything, [`UNIT`] too, if the disk put it there.
fn split(joined: &str, n: usize) -> Result<Vec<&str>, LogError> {
    let texts: Vec<&str> = if n == 1 { vec![joined] } else { joined.split(UNIT).collect() };
    if texts.len() == n { Ok(texts) } else { Err(damaged(0, "a name holds a control character")) }
}

/// Byte strings laid end to end.
struct Pieces {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Pieces {
    fn new(lengths: &str, bytes: Vec<u8>, n: usize) -> Result<Self, LogError> {
        let mut end = 0;
        let ends: Vec<usize> = numbers(lengths, n)?
            .into_iter()
            .map(|length| {
                end += usize::try_from(length).unwrap_or(0);
                end
            })
            .collect();
        if end == bytes.len() { Ok(Self { bytes, ends }) } else { Err(damaged(0, "the lengths do not add up")) }
    }

    fn get(&self, index: usize) -> &[u8] {
        let from = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.bytes[from..self.ends[index]]
    }
}
