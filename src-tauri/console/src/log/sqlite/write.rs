//! The one writer: checks, inserts and commits whatever is queued, then answers.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use events::{EventId, Moment, NewEvent, Position, StreamId, Version, codec};
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};
use tokio::sync::{Mutex, mpsc, oneshot, watch};

use super::keeper::{Keeper, store};
use super::open::{Size, of_sqlx};
use super::{Request, Then, read, sealing};
use crate::clock::Clock;
use crate::keys::Keys;
use crate::log::memory::check_expected;
use crate::log::{Appended, Expected, Ingested, LogError, delivered_twice, same_content};

/// Requests committed together.
const GROUP_MAX: usize = 256;
/// Rows per INSERT: measured to be the knee of the curve through sqlx.
const ROWS_MAX: usize = 100;
/// Values per `IN (…)`.
const LOOKUP_MAX: usize = 500;

/// The writer's state; it alone knows where the log ends.
pub(super) struct Writer {
    connection: SqliteConnection,
    path: PathBuf,
    clock: Clock,
    size: Size,
    head: watch::Sender<u64>,
    /// Who waits for the write-ahead log to be folded into the file.
    folds: Vec<oneshot::Sender<Result<(), LogError>>>,
    ends: Ends,
}

/// What the writer brings to an orderly end.
pub(super) struct Ends {
    /// Texts are sealed under these.
    pub(super) keys: Result<Arc<Keys>, LogError>,
    /// Signs the rest when the last handle is gone.
    pub(super) keeper: Arc<Mutex<Keeper>>,
    /// Given back only after the connection is closed.
    pub(super) lock: Arc<File>,
}

/// An answer that is sent once its transaction is durable.
enum Answer {
    Append(oneshot::Sender<Result<Appended, LogError>>, Result<Appended, LogError>),
    Ingest(oneshot::Sender<Result<Ingested, LogError>>, Result<Ingested, LogError>),
    Seal(oneshot::Sender<Result<(), LogError>>, Result<(), LogError>),
}

impl Answer {
    fn storage_fault(&self) -> Option<LogError> {
        let error = match self {
            Self::Append(_, result) => result.as_ref().err(),
            Self::Ingest(_, result) => result.as_ref().err(),
            Self::Seal(_, result) => result.as_ref().err(),
        };
        error.filter(|error| matches!(error, LogError::File { .. } | LogError::Damaged { .. })).cloned()
    }

    fn send(self, committed: &Result<(), LogError>) {
        // A caller that has gone away wants no answer.
        match (self, committed) {
            (Self::Append(to, answer), Ok(())) => to.send(answer).ok().unwrap_or_default(),
            (Self::Ingest(to, answer), Ok(())) => to.send(answer).ok().unwrap_or_default(),
            (Self::Seal(to, answer), Ok(())) => to.send(answer).ok().unwrap_or_default(),
            (Self::Append(to, _), Err(error)) => to.send(Err(error.clone())).ok().unwrap_or_default(),
            (Self::Ingest(to, _), Err(error)) => to.send(Err(error.clone())).ok().unwrap_or_default(),
            (Self::Seal(to, _), Err(error)) => to.send(Err(error.clone())).ok().unwrap_or_default(),
        }
    }
}

impl Writer {
    pub(super) fn new(
        connection: SqliteConnection,
        path: PathBuf,
        clock: Clock,
        size: Size,
        head: watch::Sender<u64>,
        ends: Ends,
    ) -> Self {
        Self { connection, path, clock, size, head, folds: Vec::new(), ends }
    }

    /// Serves until every handle of the log is gone.
    pub(super) async fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        let mut group = Vec::with_capacity(GROUP_MAX);
        while 0 < requests.recv_many(&mut group, GROUP_MAX).await {
            let before = self.size;
            let mut answers = Vec::with_capacity(group.len());
            let committed = self.commit(&mut group, &mut answers).await;
            if committed.is_err() {
                self.size = before;
                sqlx::raw_sql("ROLLBACK").execute(&mut self.connection).await.ok();
            } else if before.n_facts < self.size.n_facts {
                self.head.send_replace(self.size.n_facts);
            }
            for answer in answers {
                answer.send(&committed);
            }
            for fold in std::mem::take(&mut self.folds) {
                let folded = self.execute("PRAGMA wal_checkpoint(TRUNCATE)").await;
                // A caller that has gone away wants no answer.
                fold.send(folded).ok();
            }
            group.clear();
        }
        let Self { mut connection, ends: Ends { keys, keeper, lock }, size, .. } = self;
        keeper.lock().await.finish(&mut connection, size.n_facts).await;
        if let Ok(keys) = &keys
            && let Err(error) = keys.settle().await
        {
            tracing::warn!(%error, "the keys did not close cleanly; nothing is lost");
        }
        if let Err(error) = connection.close().await {
            tracing::warn!(%error, "the log did not close cleanly; nothing is lost");
        }
        drop(lock);
    }

    async fn commit(&mut self, group: &mut Vec<Request>, answers: &mut Vec<Answer>) -> Result<(), LogError> {
        let mut standing = self.execute("BEGIN IMMEDIATE").await;
        for request in group.drain(..) {
            let answer = match (request, &standing) {
                (Request::Append { stream, expected, events, answer }, Ok(())) => {
                    Answer::Append(answer, self.append(&stream, expected, events).await)
                }
                (Request::Ingest { events, then, answer }, Ok(())) => {
                    Answer::Ingest(answer, self.ingest_then(events, then).await)
                }
                (Request::Fold { answer }, _) => {
                    self.folds.push(answer);
                    continue;
                }
                (Request::Seal { seal, answer }, Ok(())) => {
                    let stored = store(&mut self.connection, &seal).await.map_err(|error| of_sqlx(&error, &self.path));
                    Answer::Seal(answer, stored)
                }
                (Request::Seal { answer, .. }, Err(error)) => Answer::Seal(answer, Err(error.clone())),
                (Request::Append { answer, .. }, Err(error)) => Answer::Append(answer, Err(error.clone())),
                (Request::Ingest { answer, .. }, Err(error)) => Answer::Ingest(answer, Err(error.clone())),
            };
            // A storage fault inside one request spoils the whole transaction: nobody is told that it was written.
            if let Some(fault) = answer.storage_fault() {
                standing = Err(fault);
            }
            answers.push(answer);
        }
        match standing {
            Ok(()) => self.execute("COMMIT").await,
            Err(fault) => Err(fault),
        }
    }

    async fn execute(&mut self, sql: &'static str) -> Result<(), LogError> {
        match sqlx::raw_sql(sql).execute(&mut self.connection).await {
            Ok(_) => Ok(()),
            Err(error) => Err(of_sqlx(&error, &self.path)),
        }
    }

    async fn append(&mut self, stream: &StreamId, expected: Expected, events: Vec<NewEvent>) -> Result<Appended, LogError> {
        let places = self.places(&events).await?;
        if let Some(&Place::Elsewhere(position)) = places.iter().find(|place| matches!(place, Place::Elsewhere(_))) {
            let index = places.iter().position(|place| *place == Place::Elsewhere(position)).unwrap_or(0);
            return Err(LogError::IdConflict { id: events[index].id, position });
        }
        if let (true, Some(&Place::There(position))) = (!places.contains(&Place::New), places.last()) {
            return Ok(Appended { position, already_present: true });
        }
        let versions = self.versions(&events).await?;
        check_expected(stream, expected, versions.get(stream).copied())?;
        let new: Vec<NewEvent> =
            events.into_iter().zip(&places).filter(|(_, place)| **place == Place::New).map(|(event, _)| event).collect();
        self.insert(new, versions).await?;
        Ok(Appended { position: Position(self.size.n_facts.saturating_sub(1)), already_present: false })
    }

    async fn ingest_then(&mut self, events: Vec<NewEvent>, then: Then) -> Result<Ingested, LogError> {
        let ingested = self.ingest(events).await?;
        let bookkeeping = then(&ingested);
        if !bookkeeping.is_empty() {
            self.ingest(bookkeeping).await?;
        }
        Ok(ingested)
    }

    async fn ingest(&mut self, events: Vec<NewEvent>) -> Result<Ingested, LogError> {
        let mut ingested = Ingested::default();
        let places = self.places(&events).await?;
        let mut new = Vec::with_capacity(events.len());
        for (index, (event, place)) in events.into_iter().zip(places).enumerate() {
            match place {
                Place::New => new.push(event),
                Place::There(_) => ingested.n_present += 1,
                Place::Elsewhere(_) => ingested.conflicts.push(index),
            }
        }
        ingested.n_written = new.len() as u64;
        let versions = self.versions(&new).await?;
        self.insert(new, versions).await?;
        Ok(ingested)
    }

    /// Looks up where each event stands already; a second one of the same id within `events` counts as there.
    async fn places(&mut self, events: &[NewEvent]) -> Result<Vec<Place>, LogError> {
        let mut known = BTreeMap::new();
        for chunk in events.chunks(LOOKUP_MAX) {
            let ids: Vec<EventId> = chunk.iter().map(|event| event.id).collect();
            for stored in read::by_ids(&mut self.connection, &self.path, &ids).await? {
                known.insert(stored.fact.id, stored);
            }
        }
        let mut first: BTreeMap<EventId, usize> = BTreeMap::new();
        Ok(events
            .iter()
            .enumerate()
            .map(|(index, event)| match known.get(&event.id) {
                Some(there) if same_content(there, event) => Place::There(there.fact.position),
                Some(there) => Place::Elsewhere(there.fact.position),
                None => match first.get(&event.id) {
                    None => {
                        first.insert(event.id, index);
                        Place::New
                    }
                    Some(&earlier) => {
                        let position = Position(self.size.n_facts);
                        let same = delivered_twice(&events[earlier], event);
                        if same { Place::There(position) } else { Place::Elsewhere(position) }
                    }
                },
            })
            .collect())
    }

    async fn versions(&mut self, events: &[NewEvent]) -> Result<BTreeMap<StreamId, Version>, LogError> {
        let mut streams: Vec<&StreamId> = events.iter().map(|event| &event.stream).collect();
        streams.sort_unstable();
        streams.dedup();
        let mut versions = BTreeMap::new();
        for chunk in streams.chunks(LOOKUP_MAX) {
            let sql =
                format!("SELECT stream, max(version) FROM event WHERE stream IN ({}) GROUP BY stream", marks(chunk.len(), "?"));
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for stream in chunk {
                query = query.bind(stream.as_str());
            }
            for row in query.fetch_all(&mut self.connection).await.map_err(|error| of_sqlx(&error, &self.path))? {
                let name: String = row.try_get(0).map_err(|error| of_sqlx(&error, &self.path))?;
                let version: i64 = row.try_get(1).map_err(|error| of_sqlx(&error, &self.path))?;
                if let Ok(stream) = StreamId::try_from(name) {
                    versions.insert(stream, Version(u64::try_from(version).unwrap_or(0)));
                }
            }
        }
        Ok(versions)
    }

    async fn insert(&mut self, events: Vec<NewEvent>, mut versions: BTreeMap<StreamId, Version>) -> Result<(), LogError> {
        if events.is_empty() {
            return Ok(());
        }
        let now = Moment(self.clock.now().0.max(self.size.recorded_us));
        let mut personal = Vec::new();
        for chunk in events.chunks(ROWS_MAX) {
            let sql = format!(
                "INSERT INTO event (position, stream, version, id, type, schema, occurred_us, recorded_us, meta, data) VALUES {}",
                marks(chunk.len(), "(?,?,?,?,?,?,?,?,?,?)")
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for event in chunk {
                let position = self.size.n_facts;
                let version = versions.get(&event.stream).map_or(0, |last| last.0 + 1);
                versions.insert(event.stream.clone(), Version(version));
                if event.personal.is_some() {
                    personal.push((position, event));
                }
                query = query
                    .bind(signed(position))
                    .bind(event.stream.as_str())
                    .bind(signed(version))
                    .bind(event.id.0.as_bytes().as_slice())
                    .bind(event.body.event_type.as_str())
                    .bind(i64::from(event.body.schema))
                    .bind(event.occurred_at.0)
                    .bind(now.0)
                    .bind(serde_json::to_vec(&event.meta).expect("meta is a plain struct of texts"))
                    .bind(event.body.data.as_slice());
                self.size.n_facts += 1;
            }
            query.execute(&mut self.connection).await.map_err(|error| of_sqlx(&error, &self.path))?;
        }
        self.size.recorded_us = now.0;
        if !personal.is_empty() {
            let keys = self.ends.keys.as_ref().map_err(Clone::clone)?;
            sealing::insert(&mut self.connection, &self.path, keys, &personal).await?;
        }
        Ok(())
    }
}

/// Where an event that is to be written stands already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nowhere.
    New,
    /// Here, with the same content.
    There(Position),
    /// Its id stands here with other content.
    Elsewhere(Position),
}

/// `n` times `mark`, with commas.
pub(super) fn marks(n: usize, mark: &str) -> String {
    vec![mark; n].join(",")
}

/// SQLite's integers are signed; no log comes near their end.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The stored payload of a row.
pub(super) fn encoded(event_type: String, schema: i64, data: Vec<u8>) -> codec::Encoded {
    codec::Encoded { event_type, schema: u32::try_from(schema).unwrap_or(u32::MAX), data }
}
