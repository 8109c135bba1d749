//! The rows as they lie in the file, none of them understood: what the keeper hashes and the verifier checks.
//!
//! Nothing here trusts a byte: a text may be no UTF-8, a number may be missing, a page may be unreadable. As in
//! `read`, a batch comes as one SQL row, because each row through the driver costs six times its worth.

use std::collections::BTreeMap;
use std::path::Path;

use events::EventId;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use super::open::of_sqlx;
use crate::envelope::{Columns, NAME_BYTES_MAX, Sealed};
use crate::log::LogError;
use crate::merkle::{Hash, TILE_WIDTH, Tiles, taken};

/// The most rows of one batch.
pub(crate) const ROWS_MAX: usize = 4_096;

/// Rows in the order of their positions.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    positions: Vec<i64>,
    streams: Pieces,
    versions: Vec<i64>,
    ids: Pieces,
    types: Pieces,
    schemas: Vec<i64>,
    occurred: Vec<i64>,
    recorded: Vec<i64>,
    metas: Pieces,
    data: Pieces,
    sealed: BTreeMap<i64, (Vec<u8>, Vec<u8>)>,
}

/// Byte strings laid end to end.
#[derive(Debug, Default)]
struct Pieces {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Pieces {
    fn new(lengths: &[u8], bytes: Vec<u8>, n: usize) -> Option<Self> {
        let mut end = 0_usize;
        let mut ends = Vec::with_capacity(n);
        for length in numbers(lengths, n)? {
            end = end.checked_add(usize::try_from(length).ok()?)?;
            ends.push(end);
        }
        (end == bytes.len()).then_some(Self { bytes, ends })
    }

    fn get(&self, index: usize) -> &[u8] {
        let from = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.bytes[from..self.ends[index]]
    }
}

/// `n` decimal numbers with commas between them.
fn numbers(text: &[u8], n: usize) -> Option<Vec<i64>> {
    if n == 0 {
        return text.is_empty().then(Vec::new);
    }
    let mut read = Vec::with_capacity(n);
    for digits in text.split(|&byte| byte == b',') {
        read.push(number(digits)?);
    }
    (read.len() == n).then_some(read)
}

/// A decimal number as SQLite writes it.
fn number(text: &[u8]) -> Option<i64> {
    match text {
        // Short enough not to overflow: nearly all are.
        [b'0'..=b'9', ..] if text.len() < 19 => {
            text.iter().try_fold(0_i64, |number, digit| digit.is_ascii_digit().then(|| 10 * number + i64::from(digit - b'0')))
        }
        other => std::str::from_utf8(other).ok()?.parse().ok(),
    }
}

impl Rows {
    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.positions.len()
    }

    /// The position of one.
    pub(crate) fn position(&self, index: usize) -> i64 {
        self.positions[index]
    }

    /// One row; what is wrong with it when it cannot be an envelope.
    pub(crate) fn columns(&self, index: usize) -> Result<Columns<'_>, &'static str> {
        let position = self.positions[index];
        let sealed = match self.sealed.get(&position) {
            Some((subject, bytes)) => Some(Sealed { subject: name(subject)?, bytes }),
            None => None,
        };
        Ok(Columns {
            position,
            stream: name(self.streams.get(index))?,
            version: self.versions[index],
            id: self.ids.get(index).try_into().map_err(|_length| "the id is not 16 bytes")?,
            event_type: name(self.types.get(index))?,
            schema: self.schemas[index],
            occurred_us: self.occurred[index],
            recorded_us: self.recorded[index],
            meta: self.metas.get(index),
            data: self.data.get(index),
            sealed,
        })
    }
}

fn name(bytes: &[u8]) -> Result<&str, &'static str> {
    if NAME_BYTES_MAX < bytes.len() {
        return Err("a name is too long");
    }
    std::str::from_utf8(bytes).map_err(|_invalid| "a name is not UTF-8")
}

/// A packed column of texts or bytes: their lengths, and them.
fn laid(column: &str) -> String {
    format!("group_concat(octet_length({column})), CAST(group_concat({column}, '') AS BLOB)")
}

/// Up to `limit` rows from position `from` on.
///
/// # Errors
/// What SQLite says, or that the rows do not fit together: then fewer at a time tell which.
pub(crate) async fn rows(connection: &mut SqliteConnection, path: &Path, from: i64, limit: usize) -> Result<Rows, LogError> {
    let numbers = |column: &str| format!("CAST(group_concat({column}) AS BLOB)");
    let [stream, id, event_type, meta, data] = ["stream", "id", "type", "meta", "data"].map(laid);
    let [position, version, schema, occurred, recorded] =
        ["position", "version", "schema", "occurred_us", "recorded_us"].map(numbers);
    // One bit tells a text from bytes of the same length; what is of the wrong kind is counted as missing. In SQLite's
    // order every text comes before any bytes, and a comparison costs less than `typeof`.
    let kinds = "stream < x'' AND type < x'' AND id >= x'' AND meta >= x'' AND data >= x''";
    let sql = format!(
        "SELECT count(*), {position}, {version}, {schema}, {occurred}, {recorded}, {stream}, {id}, {event_type}, {meta}, {data}, \
         sum({kinds}) FROM (SELECT * FROM event WHERE position >= ? ORDER BY position LIMIT ?)"
    );
    let limit = i64::try_from(limit.min(ROWS_MAX)).unwrap_or(1);
    let row = sqlx::query(AssertSqlSafe(sql)).bind(from).bind(limit).fetch_one(&mut *connection).await;
    let row = row.map_err(|error| of_sqlx(&error, path))?;
    let mut rows = unpack(&row).ok_or_else(|| damaged(path))?;
    if let (Some(first), Some(last)) = (rows.positions.first(), rows.positions.last()) {
        rows.sealed = sealed(connection, path, *first, *last).await?;
    }
    Ok(rows)
}

fn damaged(path: &Path) -> LogError {
    LogError::File {
        code: crate::verbs::Trouble::LogDamaged,
        detail: "a value is missing or of the wrong kind".to_owned(),
        path: path.to_owned(),
    }
}

/// Bytes of a packed column; none where SQLite has nothing to pack.
fn bytes(row: &SqliteRow, index: usize) -> Option<Vec<u8>> {
    row.try_get::<Option<Vec<u8>>, _>(index).ok().map(Option::unwrap_or_default)
}

fn unpack(row: &SqliteRow) -> Option<Rows> {
    let n: i64 = row.try_get(0).ok()?;
    if row.try_get::<Option<i64>, _>(16).ok()?.unwrap_or(0) != n {
        return None;
    }
    let n = usize::try_from(n).ok()?;
    let number = |index| numbers(&bytes(row, index)?, n);
    let piece = |index| Pieces::new(&bytes(row, index)?, bytes(row, index + 1)?, n);
    Some(Rows {
        positions: number(1)?,
        versions: number(2)?,
        schemas: number(3)?,
        occurred: number(4)?,
        recorded: number(5)?,
        streams: piece(6)?,
        ids: piece(8)?,
        types: piece(10)?,
        metas: piece(12)?,
        data: piece(14)?,
        sealed: BTreeMap::new(),
    })
}

async fn sealed(
    connection: &mut SqliteConnection,
    path: &Path,
    from: i64,
    to: i64,
) -> Result<BTreeMap<i64, (Vec<u8>, Vec<u8>)>, LogError> {
    let sql = format!(
        "SELECT count(*), CAST(group_concat(position) AS BLOB), {}, {}, sum(subject < x'' AND bytes >= x'') \
         FROM (SELECT * FROM sealed WHERE position BETWEEN ? AND ? ORDER BY position)",
        laid("subject"),
        laid("bytes")
    );
    let row = sqlx::query(AssertSqlSafe(sql)).bind(from).bind(to).fetch_one(connection).await;
    let row = row.map_err(|error| of_sqlx(&error, path))?;
    let unpack = || {
        let n: i64 = row.try_get(0).ok()?;
        if row.try_get::<Option<i64>, _>(6).ok()?.unwrap_or(0) != n {
            return None;
        }
        let n = usize::try_from(n).ok()?;
        let positions = numbers(&bytes(&row, 1)?, n)?;
        let subjects = Pieces::new(&bytes(&row, 2)?, bytes(&row, 3)?, n)?;
        let texts = Pieces::new(&bytes(&row, 4)?, bytes(&row, 5)?, n)?;
        let each = positions.into_iter().enumerate();
        Some(each.map(|(index, at)| (at, (subjects.get(index).to_vec(), texts.get(index).to_vec()))).collect())
    };
    unpack().ok_or_else(|| damaged(path))
}

/// Positions of sealed texts that belong to no event: at most `limit`.
pub(crate) async fn orphans(connection: &mut SqliteConnection, path: &Path, limit: i64) -> Result<Vec<i64>, LogError> {
    let sql = "SELECT position FROM sealed WHERE position NOT IN (SELECT position FROM event) ORDER BY position LIMIT ?";
    sqlx::query_scalar(sql).bind(limit).fetch_all(connection).await.map_err(|error| of_sqlx(&error, path))
}

/// The tiles of one level with these numbers; a tile that is not whole hashes is left out.
pub(crate) async fn tiles(
    connection: &mut SqliteConnection,
    path: &Path,
    level: u8,
    from: u64,
    to: u64,
) -> Result<Tiles, LogError> {
    let sql = "SELECT number, hashes FROM tile WHERE level = ? AND number BETWEEN ? AND ?";
    let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let query = sqlx::query(sql).bind(i64::from(level)).bind(signed(from)).bind(signed(to));
    let mut tiles = Tiles::default();
    for row in query.fetch_all(connection).await.map_err(|error| of_sqlx(&error, path))? {
        let number = row.try_get::<i64, _>(0).ok().and_then(|number| u64::try_from(number).ok());
        let hashes = row.try_get::<Vec<u8>, _>(1).ok().and_then(|hashes| taken(&hashes));
        if let (Some(number), Some(hashes)) = (number, hashes) {
            tiles.0.insert((level, number), hashes);
        }
    }
    Ok(tiles)
}

/// The tiles that proofs about these positions and the tree of `size` leaves need: all of the upper levels, and of the
/// lowest those that hold the positions and the end.
pub(crate) async fn tiles_for(
    connection: &mut SqliteConnection,
    path: &Path,
    size: u64,
    positions: &[u64],
) -> Result<Tiles, LogError> {
    let mut tiles = Tiles::default();
    let width = TILE_WIDTH as u64;
    let (mut level, mut n) = (0_u8, size);
    while 0 < n {
        if 0 < level {
            tiles.0.extend(self::tiles(connection, path, level, 0, n / width).await?.0);
        } else {
            for &position in positions.iter().chain([&size, &size.saturating_sub(1)]) {
                tiles.0.extend(self::tiles(connection, path, 0, position / width, position / width).await?.0);
            }
        }
        (level, n) = (level + 1, n / width);
    }
    Ok(tiles)
}

/// A stored checkpoint: its size, when it was made, and its note as bytes that nobody has looked at.
pub(crate) struct StoredCheckpoint {
    pub(crate) size: i64,
    pub(crate) made_us: i64,
    pub(crate) note: Vec<u8>,
}

/// Checkpoints larger than `after`, by size.
pub(crate) async fn checkpoints(
    connection: &mut SqliteConnection,
    path: &Path,
    after: i64,
) -> Result<Vec<StoredCheckpoint>, LogError> {
    let sql = "SELECT size, made_us, CAST(note AS BLOB) FROM checkpoint WHERE ? < size ORDER BY size";
    let rows = sqlx::query(sql).bind(after).fetch_all(connection).await.map_err(|error| of_sqlx(&error, path))?;
    let read = |row: &SqliteRow| StoredCheckpoint {
        size: row.try_get(0).unwrap_or(-1),
        made_us: row.try_get(1).unwrap_or(0),
        note: row.try_get(2).unwrap_or_default(),
    };
    Ok(rows.iter().map(read).collect())
}

/// The log's origin and verifier key, if it has them.
pub(crate) async fn identity(connection: &mut SqliteConnection, path: &Path) -> Result<Option<(String, String)>, LogError> {
    let sql = "SELECT CAST(origin AS BLOB), CAST(verifier AS BLOB) FROM identity LIMIT 1";
    let row = sqlx::query(sql).fetch_optional(connection).await.map_err(|error| of_sqlx(&error, path))?;
    let text = |row: &SqliteRow, index| String::from_utf8_lossy(&bytes(row, index).unwrap_or_default()).into_owned();
    Ok(row.map(|row| (text(&row, 0), text(&row, 1))))
}

/// The last position, however the log got there.
pub(crate) async fn last_position(connection: &mut SqliteConnection, path: &Path) -> Result<Option<i64>, LogError> {
    sqlx::query_scalar("SELECT max(position) FROM event").fetch_one(connection).await.map_err(|error| of_sqlx(&error, path))
}

/// The hash of the leaf at `position` as a tile of level 0 tells it.
pub(crate) fn told(tiles: &Tiles, position: u64) -> Option<Hash> {
    let tile = tiles.0.get(&(0, position / TILE_WIDTH as u64))?;
    tile.get(usize::try_from(position % TILE_WIDTH as u64).ok()?).copied()
}

/// Where the event of an id stands.
pub(crate) async fn position_of(connection: &mut SqliteConnection, path: &Path, id: EventId) -> Result<Option<u64>, LogError> {
    let query = sqlx::query_scalar::<_, i64>("SELECT position FROM event WHERE id = ?").bind(id.0.as_bytes().as_slice());
    let found = query.fetch_optional(connection).await.map_err(|error| of_sqlx(&error, path))?;
    Ok(found.and_then(|position| u64::try_from(position).ok()))
}

/// Positions and ids of events whose id ends with these eight bytes, by the rows themselves and not by the index.
pub(crate) async fn ids_ending(
    connection: &mut SqliteConnection,
    path: &Path,
    half: u64,
) -> Result<Vec<(u64, Vec<u8>)>, LogError> {
    let sql = "SELECT position, id FROM event NOT INDEXED WHERE substr(id, 9) = ? ORDER BY position";
    let rows = sqlx::query(sql).bind(half.to_be_bytes().to_vec()).fetch_all(connection).await;
    let read = |row: &SqliteRow| Some((u64::try_from(row.try_get::<i64, _>(0).ok()?).ok()?, bytes(row, 1)?));
    Ok(rows.map_err(|error| of_sqlx(&error, path))?.iter().filter_map(read).collect())
}
