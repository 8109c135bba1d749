//! Personal texts: sealed on their way in, opened at the one door.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use events::{EventId, NewEvent, Personal, Position};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection, SqlitePool};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::open::{self, of_sqlx};
use super::read::{LOOKUP_MAX, get};
use super::write::signed;
use crate::keys::{self, KeyOf, Keys, Sealing, SubjectKey};
use crate::log::{LogError, Rights, Showing, Shown, through_the_door};
use crate::verbs::Trouble;

/// The layout in which every personal text is sealed.
pub(super) const LAYOUT: i64 = 3;
/// Rows per INSERT.
const ROWS_MAX: usize = 100;

/// Opens the keys of a log that is opened for writing, and seals the texts of an older layout.
///
/// A log with facts whose keys are gone can still be read and written, but for its texts: then this answers with why.
pub(super) async fn keys(
    connection: &mut SqliteConnection,
    path: &Path,
    n_facts: u64,
) -> Result<Result<Arc<Keys>, LogError>, LogError> {
    let (_, layout) = open::marks(connection, path).await?;
    let folder = keys::folder(path);
    if LAYOUT <= layout && 0 < n_facts && !folder.exists() {
        return Ok(Err(keys::trouble(Trouble::KeysMissing, "the folder of the log's keys is not there", &folder)));
    }
    let keys = Keys::open_or_make(path).await.map(Arc::new);
    if layout < LAYOUT {
        seal_older(connection, path, keys.as_ref().map_err(Clone::clone)?).await?;
    }
    Ok(keys)
}

/// Seals the texts of layout 2 in one transaction, and leaves no byte of them in the file.
async fn seal_older(connection: &mut SqliteConnection, path: &Path, keys: &Keys) -> Result<(), LogError> {
    let of = |error: sqlx::Error| of_sqlx(&error, path);
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(of)?;
    let mut n_sealed: usize = 0;
    let mut after: i64 = -1;
    loop {
        let rows = sqlx::query(
            "SELECT position, subject, texts, id, type, schema FROM personal JOIN event USING (position) \
             WHERE position > ? ORDER BY position LIMIT 500",
        )
        .bind(after)
        .fetch_all(&mut *transaction)
        .await
        .map_err(of)?;
        let mut texts = Vec::with_capacity(rows.len());
        for row in &rows {
            after = get(row, 0, path)?;
            let subject: Option<String> = get(row, 1, path)?;
            texts.push((Place::of(row, path)?, subject.unwrap_or_default(), Zeroizing::new(get::<Vec<u8>>(row, 2, path)?)));
        }
        if texts.is_empty() {
            break;
        }
        n_sealed += texts.len();
        write(&mut transaction, path, keys, &texts).await?;
    }
    let script = format!("DROP TABLE personal; PRAGMA user_version = {LAYOUT};");
    sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut *transaction).await.map_err(of)?;
    transaction.commit().await.map_err(of)?;
    if 0 < n_sealed {
        let scrub = "PRAGMA secure_delete = ON; VACUUM; PRAGMA wal_checkpoint(TRUNCATE);";
        sqlx::raw_sql(scrub).execute(&mut *connection).await.map_err(of)?;
    }
    Ok(())
}

/// The fact to which a sealed text belongs.
struct Place {
    position: Position,
    id: EventId,
    event_type: String,
    schema: u32,
}

impl Place {
    /// Reads columns 0 (position), 3 (id), 4 (type) and 5 (schema).
    fn of(row: &SqliteRow, path: &Path) -> Result<Self, LogError> {
        let position = Position(u64::try_from(get::<i64>(row, 0, path)?).unwrap_or(0));
        let id: Vec<u8> = get(row, 3, path)?;
        let id = Uuid::from_slice(&id).map_err(|error| LogError::Damaged { position, detail: error.to_string() })?;
        let schema = u32::try_from(get::<i64>(row, 5, path)?).unwrap_or(u32::MAX);
        Ok(Self { position, id: EventId(id), event_type: get(row, 4, path)?, schema })
    }

    fn sealing<'a>(&'a self, subject: &'a str) -> Sealing<'a> {
        Sealing { position: self.position, id: self.id, event_type: &self.event_type, schema: self.schema, subject }
    }
}

/// Seals and inserts the texts of facts that were inserted just now, in the same transaction.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    path: &Path,
    keys: &Keys,
    facts: &[(u64, &NewEvent)],
) -> Result<(), LogError> {
    let mut texts = Vec::with_capacity(facts.len());
    for (position, event) in facts {
        let Some(personal) = &event.personal else { continue };
        let place = Place {
            position: Position(*position),
            id: event.id,
            event_type: event.body.event_type.clone(),
            schema: event.body.schema,
        };
        let bytes = serde_json::to_vec(&personal.texts).expect("personal texts are a map of texts");
        texts.push((place, personal.subject.clone().unwrap_or_default(), Zeroizing::new(bytes)));
    }
    write(connection, path, keys, &texts).await
}

/// Seals texts, each under its subject's key; what is about an erased customer is let go.
async fn write(
    connection: &mut SqliteConnection,
    path: &Path,
    keys: &Keys,
    texts: &[(Place, String, Zeroizing<Vec<u8>>)],
) -> Result<(), LogError> {
    let subjects: BTreeSet<&str> = texts.iter().map(|(_, subject, _)| subject.as_str()).collect();
    let subject_keys: BTreeMap<String, Option<SubjectKey>> = keys.to_seal(&subjects).await?;
    let mut sealed = Vec::with_capacity(texts.len());
    for (place, subject, text) in texts {
        if let Some(Some(key)) = subject_keys.get(subject) {
            let bytes = keys::seal(key, &place.sealing(subject), text)
                .map_err(|error| keys::trouble(Trouble::LogStorage, error.to_string(), path))?;
            sealed.push((place.position, subject, bytes));
        }
    }
    for chunk in sealed.chunks(ROWS_MAX) {
        let sql = format!("INSERT INTO sealed (position, subject, bytes) VALUES {}", super::write::marks(chunk.len(), "(?,?,?)"));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (position, subject, bytes) in chunk {
            query = query.bind(signed(position.0)).bind(subject.as_str()).bind(bytes.as_slice());
        }
        query.execute(&mut *connection).await.map_err(|error| of_sqlx(&error, path))?;
    }
    Ok(())
}

/// Personal texts, through the door.
pub(super) async fn personal(
    readers: &SqlitePool,
    path: &Path,
    keys: Option<&Keys>,
    positions: &[Position],
    rights: &Rights,
) -> Result<BTreeMap<Position, Shown>, LogError> {
    let mut found = BTreeMap::new();
    for chunk in positions.chunks(LOOKUP_MAX) {
        let marks = super::write::marks(chunk.len(), "?");
        let sql = format!(
            "SELECT position, subject, bytes, id, type, schema FROM sealed JOIN event USING (position) WHERE position IN ({marks})"
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for position in chunk {
            query = query.bind(signed(position.0));
        }
        let rows = query.fetch_all(readers).await.map_err(|error| of_sqlx(&error, path))?;
        let mut sealed = Vec::with_capacity(rows.len());
        for row in &rows {
            sealed.push((Place::of(row, path)?, get::<String>(row, 1, path)?, get::<Vec<u8>>(row, 2, path)?));
        }
        let subjects: BTreeSet<&str> = sealed.iter().map(|(_, subject, _)| subject.as_str()).collect();
        // Keys that cannot be read hide the texts; the facts are shown all the same.
        let subject_keys = match keys {
            Some(keys) if !subjects.is_empty() => keys.to_open(&subjects).await.ok(),
            _ => None,
        };
        for (place, subject, bytes) in &sealed {
            let key = subject_keys.as_ref().and_then(|keys| keys.get(subject));
            found.insert(place.position, shown(place, subject, bytes, key, rights));
        }
    }
    Ok(found)
}

fn shown(place: &Place, subject: &str, bytes: &[u8], key: Option<&KeyOf>, rights: &Rights) -> Shown {
    let subject_name = Some(subject.to_owned()).filter(|subject| !subject.is_empty());
    let hidden = |showing| Shown { personal: Personal { subject: subject_name.clone(), texts: BTreeMap::new() }, showing };
    match key {
        None => hidden(Showing::Locked),
        Some(KeyOf::None) => hidden(Showing::Locked),
        Some(KeyOf::Restricted) => hidden(Showing::Restricted),
        Some(KeyOf::Erased) => hidden(Showing::Erased),
        Some(KeyOf::Here(key)) => {
            let opened = keys::open(key, &place.sealing(subject), bytes).map(Zeroizing::new);
            match opened.and_then(|text| serde_json::from_slice(&text).ok()) {
                Some(texts) => through_the_door(Personal { subject: subject_name.clone(), texts }, rights),
                None => hidden(Showing::Damaged),
            }
        }
    }
}

/// The texts of a customer who is to be forgotten.
pub struct TextsToErase {
    /// Sealed texts in all.
    pub n_sealed: u64,
    /// Names, numbers, addresses: the texts in fields of their own.
    pub identifiers: Vec<Zeroizing<String>>,
    /// What was written or said.
    pub bodies: Vec<Zeroizing<String>>,
}

/// Fields that hold free text.
const BODIES: [&str; 3] = ["text", "comment", "original"];

/// Opens the texts of one customer, to show later that they are nowhere left.
pub(super) async fn to_erase(readers: &SqlitePool, path: &Path, keys: &Keys, customer: &str) -> Result<TextsToErase, LogError> {
    let mut texts = TextsToErase { n_sealed: 0, identifiers: Vec::new(), bodies: Vec::new() };
    let mut n_sealed = 0;
    each(readers, path, keys, "subject = ?", customer, |_, text| {
        n_sealed += 1;
        for (name, text) in text.unwrap_or_default() {
            let text = Zeroizing::new(text);
            if BODIES.contains(&name.as_str()) { texts.bodies.push(text) } else { texts.identifiers.push(text) }
        }
    })
    .await?;
    texts.n_sealed = n_sealed;
    for list in [&mut texts.identifiers, &mut texts.bodies] {
        list.sort_by(|a, b| a.as_str().cmp(b));
        list.dedup();
    }
    Ok(texts)
}

/// The positions of other customers' texts in which something is found.
pub(super) async fn of_others(
    readers: &SqlitePool,
    path: &Path,
    keys: &Keys,
    customer: &str,
    found: impl Fn(&[u8]) -> bool,
) -> Result<Vec<Position>, LogError> {
    let mut positions = Vec::new();
    each(readers, path, keys, "subject <> ?", customer, |position, texts| {
        if texts.unwrap_or_default().into_values().map(Zeroizing::new).any(|text| found(text.as_bytes())) {
            positions.push(position);
        }
    })
    .await?;
    Ok(positions)
}

/// Opens every sealed text that fits a condition; `None` for one that cannot be opened.
async fn each(
    readers: &SqlitePool,
    path: &Path,
    keys: &Keys,
    condition: &'static str,
    customer: &str,
    mut see: impl FnMut(Position, Option<BTreeMap<String, String>>),
) -> Result<(), LogError> {
    let mut after: i64 = -1;
    loop {
        let sql = format!(
            "SELECT position, subject, bytes, id, type, schema FROM sealed JOIN event USING (position) \
             WHERE {condition} AND position > ? ORDER BY position LIMIT 1000"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(customer).bind(after).fetch_all(readers).await;
        let rows = rows.map_err(|error| of_sqlx(&error, path))?;
        if rows.is_empty() {
            return Ok(());
        }
        let mut sealed = Vec::with_capacity(rows.len());
        for row in &rows {
            after = get(row, 0, path)?;
            sealed.push((Place::of(row, path)?, get::<String>(row, 1, path)?, get::<Vec<u8>>(row, 2, path)?));
        }
        let subjects: BTreeSet<&str> = sealed.iter().map(|(_, subject, _)| subject.as_str()).collect();
        let subject_keys = keys.to_open(&subjects).await?;
        for (place, subject, bytes) in &sealed {
            let key = if let Some(KeyOf::Here(key)) = subject_keys.get(subject) { Some(key) } else { None };
            let text = key.and_then(|key| keys::open(key, &place.sealing(subject), bytes)).map(Zeroizing::new);
            see(place.position, text.and_then(|text| serde_json::from_slice(&text).ok()));
        }
    }
}
