//! The log of record: one SQLite file, one writer, readers beside it.
//!
//! The writer is one task with one connection; whatever is queued when it comes round goes into one transaction
//! (group commit), `synchronous=FULL`, so an answered append survives a power cut. Its process holds the file's
//! kernel lock (`flock`), so a second Retrace is refused in words, through links and after a crash alike; readers
//! of another process may look on.

mod keeper;
mod migrate;
mod open;
pub(crate) mod raw;
mod read;
mod sealing;
mod write;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use events::{Moment, NewEvent, Position, Recorded, StreamId};
use sqlx::{SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, mpsc, oneshot, watch};

use crate::clock::Clock;
use crate::keys::{Keys, Pseudonyms};
use crate::log::{Appended, EventLog, Expected, Ingested, LogError, OccurredCursor, Rights, Shown, Stored};
use crate::note::Checkpoint;
use crate::verbs::Trouble;
use crate::witness::Witness;

pub use self::keeper::{EVERY, EVERY_FACTS, Kept};
pub(crate) use self::open::{beside, of_io, of_sqlx, room, unshared};
pub use self::sealing::TextsToErase;

/// Checkpoints asked for and not made yet.
const DEMANDS_MAX: usize = 16;
/// Appends waiting for the writer; beyond it callers wait.
const QUEUE_MAX: usize = 1_024;

/// Adds bookkeeping facts to a transaction once it is known what became of the others.
type Then = Box<dyn FnOnce(&Ingested) -> Vec<NewEvent> + Send>;

/// What the writer is asked.
enum Request {
    Append { stream: StreamId, expected: Expected, events: Vec<NewEvent>, answer: oneshot::Sender<Result<Appended, LogError>> },
    Ingest { events: Vec<NewEvent>, then: Then, answer: oneshot::Sender<Result<Ingested, LogError>> },
    Fold { answer: oneshot::Sender<Result<(), LogError>> },
    Seal { seal: Box<keeper::Seal>, answer: oneshot::Sender<Result<(), LogError>> },
}

/// The log in one SQLite file.
#[derive(Clone)]
pub struct SqliteLog {
    path: Arc<PathBuf>,
    readers: SqlitePool,
    /// `None` when the log was opened for reading only.
    writer: Option<mpsc::Sender<Request>>,
    head: watch::Sender<u64>,
    /// The log's keys, or why they are not here.
    keys: Result<Arc<Keys>, LogError>,
    /// Asks the keeper for a checkpoint, and what it has kept; `None` when the log was opened for reading only.
    keeper: Option<(mpsc::Sender<keeper::Demand>, watch::Receiver<Kept>)>,
    witness: Arc<Witness>,
    /// Holds the kernel's lock for as long as any handle lives. Declared last: it must outlive the connections.
    _lock: Option<Arc<File>>,
}

impl SqliteLog {
    /// Opens the log at `path` for reading and writing, and makes it if there is none.
    ///
    /// # Errors
    /// [`LogError::File`] when another process has it open, when it is not a log or a newer one, or when folder,
    /// rights or disk do not allow it.
    pub async fn open(path: &Path, clock: Clock) -> Result<Self, LogError> {
        Self::open_witnessed(path, clock, Witness::default()).await
    }

    /// As [`open`](Self::open), with a witness of the caller's choice.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_witnessed(path: &Path, clock: Clock, witness: Witness) -> Result<Self, LogError> {
        Self::opened(path, clock, witness, true).await
    }

    /// As [`open`](Self::open), but nothing is hashed or signed: for measuring what that costs.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_unkept(path: &Path, clock: Clock) -> Result<Self, LogError> {
        Self::opened(path, clock, Witness::default(), false).await
    }

    async fn opened(path: &Path, clock: Clock, witness: Witness, evidence: bool) -> Result<Self, LogError> {
        let lock = Arc::new(open::lock(path)?);
        let (mut connection, size) = open::writer(path).await?;
        let keys = sealing::keys(&mut connection, path, size.n_facts).await?;
        let readers = open::readers(path).await?;
        let head = watch::Sender::new(size.n_facts);
        let (writer, requests) = mpsc::channel(QUEUE_MAX);
        let (mut keeper, mut asking) = (None, None);
        if evidence {
            let signer = keys.as_ref().map(|keys| keys.signer()).map_err(Clone::clone);
            let taken = keeper::Keeper::open(&mut connection, path, clock.clone(), witness.clone(), signer, size.n_facts).await;
            let (demands, asked) = mpsc::channel(DEMANDS_MAX);
            asking = Some((demands, taken.kept()));
            let taken = Arc::new(Mutex::new(taken));
            tokio::spawn(keeper::keep(taken.clone(), readers.clone(), writer.downgrade(), head.subscribe(), asked));
            keeper = Some(taken);
        }
        let ends = write::Ends { keys: keys.clone(), keeper, lock: lock.clone() };
        let writing = write::Writer::new(connection, path.to_owned(), clock, size, head.clone(), ends);
        tokio::spawn(writing.run(requests));
        let (path, witness) = (Arc::new(path.to_owned()), Arc::new(witness));
        Ok(Self { path, readers, writer: Some(writer), head, keys, keeper: asking, witness, _lock: Some(lock) })
    }

    /// Opens an existing log for reading only, beside whoever writes it.
    ///
    /// # Errors
    /// [`LogError::File`] when there is none, or it is not a log or a newer one.
    pub async fn open_to_read(path: &Path) -> Result<Self, LogError> {
        open::check_readable(path)?;
        let (readers, size, lock) = open::viewers(path).await?;
        let keys = Keys::open_to_read(path).await.map(Arc::new);
        let (path, head, witness) = (Arc::new(path.to_owned()), watch::Sender::new(size.n_facts), Arc::default());
        Ok(Self { path, readers, writer: None, head, keys, keeper: None, witness, _lock: lock.map(Arc::new) })
    }

    /// Opens the log for reading and writing, or, where it can only be read, for reading.
    ///
    /// # Errors
    /// As [`open`](Self::open) and [`open_to_read`](Self::open_to_read).
    pub async fn open_or_view(path: &Path, clock: Clock) -> Result<Self, LogError> {
        match Self::open(path, clock).await {
            Err(LogError::File { code: Trouble::LogReadOnly, .. }) => Self::open_to_read(path).await,
            opened => opened,
        }
    }

    /// Whether facts can be appended.
    #[must_use]
    pub fn writable(&self) -> bool {
        self.writer.is_some()
    }

    /// The log's file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The log's keys.
    ///
    /// # Errors
    /// [`LogError::File`] when they are not here or their keeper does not give them.
    pub fn keys(&self) -> Result<&Arc<Keys>, LogError> {
        self.keys.as_ref().map_err(Clone::clone)
    }

    /// Opens the texts of a customer who is to be forgotten, so that a search can show that they are gone.
    ///
    /// # Errors
    /// What the storage or the keeper of the keys says.
    pub async fn texts_to_erase(&self, customer: &str) -> Result<TextsToErase, LogError> {
        sealing::to_erase(&self.readers, &self.path, self.keys()?, customer).await
    }

    /// Where other customers' texts hold something.
    ///
    /// # Errors
    /// What the storage or the keeper of the keys says.
    pub async fn texts_of_others(&self, customer: &str, found: impl Fn(&[u8]) -> bool) -> Result<Vec<Position>, LogError> {
        sealing::of_others(&self.readers, &self.path, self.keys()?, customer, found).await
    }

    /// Where texts about a customer stand.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn texts_of(&self, customer: &str) -> Result<Vec<Position>, LogError> {
        let sql = "SELECT position FROM sealed WHERE subject = ? ORDER BY position";
        let positions: Vec<i64> =
            sqlx::query_scalar(sql).bind(customer).fetch_all(&self.readers).await.map_err(|error| of_sqlx(&error, &self.path))?;
        Ok(positions.into_iter().map(|position| Position(u64::try_from(position).unwrap_or(0))).collect())
    }

    /// Whether the log holds texts about a customer of this name, or knows that they were erased.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn knows(&self, customer: &str) -> Result<bool, LogError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM sealed WHERE subject = ?1) OR EXISTS (SELECT 1 FROM event WHERE stream = 'customer-' || ?1)";
        let known: i64 =
            sqlx::query_scalar(sql).bind(customer).fetch_one(&self.readers).await.map_err(|error| of_sqlx(&error, &self.path))?;
        Ok(known == 1)
    }

    /// Folds the write-ahead log into the file and empties it.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn fold_write_ahead(&self) -> Result<(), LogError> {
        let (answer, answered) = oneshot::channel();
        self.writer()?.send(Request::Fold { answer }).await.map_err(|_closed| LogError::Closed)?;
        answered.await.map_err(|_closed| LogError::Closed)?
    }

    /// Writes out and closes the file; facts appended before are durable either way.
    pub async fn close(self) {
        let Self { readers, writer, head, keeper, _lock: lock, .. } = self;
        let last = lock.as_ref().map(Arc::downgrade);
        drop((writer, keeper, lock));
        readers.close().await;
        // The writer task lets go of the lock when its queue is empty and its connection closed.
        let mut watching = head.subscribe();
        drop(head);
        while last.as_ref().is_some_and(|lock| 0 < lock.strong_count()) {
            if watching.changed().await.is_err() {
                break;
            }
        }
    }

    /// Signs a checkpoint over all that is in the log now, if there is anything new, and answers the latest.
    ///
    /// # Errors
    /// When the log was opened for reading only, when it does not continue what was signed before, or what the storage
    /// says.
    pub async fn checkpoint(&self) -> Result<Option<Checkpoint>, LogError> {
        let (demands, _) = self.keeper.as_ref().ok_or_else(|| self.read_only())?;
        let (answer, answered) = oneshot::channel();
        demands.send(answer).await.map_err(|_closed| LogError::Closed)?;
        answered.await.map_err(|_closed| LogError::Closed)?
    }

    /// How far the evidence goes, now and later; `None` when the log was opened for reading only.
    #[must_use]
    pub fn kept(&self) -> Option<watch::Receiver<Kept>> {
        self.keeper.as_ref().map(|(_, kept)| kept.clone())
    }

    /// What remembers this log's checkpoints outside it.
    #[must_use]
    pub fn witness(&self) -> &Witness {
        &self.witness
    }

    fn read_only(&self) -> LogError {
        LogError::File {
            code: Trouble::LogReadOnly,
            detail: "the log was opened for reading only".to_owned(),
            path: self.path.to_path_buf(),
        }
    }

    fn writer(&self) -> Result<&mpsc::Sender<Request>, LogError> {
        self.writer.as_ref().ok_or_else(|| self.read_only())
    }
}

/// Opens a connection that only reads, on a file of which nothing is believed but that it is a log.
///
/// # Errors
/// [`LogError::File`] when there is none, or it is not a log.
pub(crate) async fn open_raw(path: &Path) -> Result<SqliteConnection, LogError> {
    open::check_readable(path)?;
    open::reader(path).await
}

/// As [`open_raw`], on a log that this process has open itself: the file is opened by SQLite alone, for closing any other
/// handle of it would drop the locks of all its connections.
///
/// # Errors
/// As [`open_raw`].
pub(crate) async fn open_raw_beside(path: &Path) -> Result<SqliteConnection, LogError> {
    open::reader(path).await
}

impl EventLog for SqliteLog {
    async fn append(&self, stream: &StreamId, expected: Expected, events: Vec<NewEvent>) -> Result<Appended, LogError> {
        let (answer, answered) = oneshot::channel();
        let request = Request::Append { stream: stream.clone(), expected, events, answer };
        self.writer()?.send(request).await.map_err(|_closed| LogError::Closed)?;
        answered.await.map_err(|_closed| LogError::Closed)?
    }

    async fn ingest(
        &self,
        events: Vec<NewEvent>,
        then: impl FnOnce(&Ingested) -> Vec<NewEvent> + Send + 'static,
    ) -> Result<Ingested, LogError> {
        let (answer, answered) = oneshot::channel();
        let request = Request::Ingest { events, then: Box::new(then), answer };
        self.writer()?.send(request).await.map_err(|_closed| LogError::Closed)?;
        answered.await.map_err(|_closed| LogError::Closed)?
    }

    async fn stream(&self, stream: &StreamId) -> Result<Vec<Stored>, LogError> {
        read::stream(&self.readers, &self.path, stream).await
    }

    async fn read(&self, from: u64, limit: usize) -> Result<Vec<Recorded>, LogError> {
        read::from(&self.readers, &self.path, from, limit).await
    }

    async fn read_occurred(&self, cursor: OccurredCursor, until: Moment, limit: usize) -> Result<Vec<Recorded>, LogError> {
        read::occurred(&self.readers, &self.path, cursor, until, limit).await
    }

    async fn at(&self, positions: &[Position]) -> Result<Vec<Stored>, LogError> {
        read::at(&self.readers, &self.path, positions).await
    }

    async fn stored(&self, from: u64, limit: usize) -> Result<Vec<Stored>, LogError> {
        read::stored(&self.readers, &self.path, from, limit).await
    }

    async fn personal(&self, positions: &[Position], rights: &Rights) -> Result<BTreeMap<Position, Shown>, LogError> {
        sealing::personal(&self.readers, &self.path, self.keys.as_deref().ok(), positions, rights).await
    }

    fn pseudonyms(&self) -> Result<Pseudonyms, LogError> {
        self.keys.as_ref().map(|keys| keys.pseudonyms()).map_err(Clone::clone)
    }

    fn file(&self) -> Option<&Path> {
        Some(&self.path)
    }

    fn head(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }
}
