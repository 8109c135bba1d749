//! The log of record: one SQLite file, one writer, readers beside it.
//!
//! The writer is one task with one connection; whatever is queued when it comes round goes into one transaction
//! (group commit), `synchronous=FULL`, so an answered append survives a power cut. Its process holds the file's
//! kernel lock (`flock`), so a second Retrace is refused in words, through links and after a crash alike; readers
//! of another process may look on.

mod migrate;
mod open;
mod read;
mod write;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use events::{Moment, NewEvent, Personal, Position, Recorded, StreamId};
use sqlx::SqlitePool;
use tokio::sync::{mpsc, oneshot, watch};

use crate::clock::Clock;
use crate::log::{Appended, EventLog, Expected, Ingested, LogError, OccurredCursor, Rights, Stored};
use crate::verbs::Trouble;

/// Appends waiting for the writer; beyond it callers wait.
const QUEUE_MAX: usize = 1_024;

/// Adds bookkeeping facts to a transaction once it is known what became of the others.
type Then = Box<dyn FnOnce(&Ingested) -> Vec<NewEvent> + Send>;

/// What the writer is asked.
enum Request {
    Append { stream: StreamId, expected: Expected, events: Vec<NewEvent>, answer: oneshot::Sender<Result<Appended, LogError>> },
    Ingest { events: Vec<NewEvent>, then: Then, answer: oneshot::Sender<Result<Ingested, LogError>> },
}

/// The log in one SQLite file.
#[derive(Clone)]
pub struct SqliteLog {
    path: Arc<PathBuf>,
    readers: SqlitePool,
    /// `None` when the log was opened for reading only.
    writer: Option<mpsc::Sender<Request>>,
    head: watch::Sender<u64>,
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
        let lock = open::lock(path)?;
        let (connection, size) = open::writer(path).await?;
        let readers = open::readers(path).await?;
        let head = watch::Sender::new(size.n_facts);
        let (writer, requests) = mpsc::channel(QUEUE_MAX);
        let lock = Arc::new(lock);
        let writing = write::Writer::new(connection, path.to_owned(), clock, size, head.clone(), lock.clone());
        tokio::spawn(writing.run(requests));
        Ok(Self { path: Arc::new(path.to_owned()), readers, writer: Some(writer), head, _lock: Some(lock) })
    }

    /// Opens an existing log for reading only, beside whoever writes it.
    ///
    /// # Errors
    /// [`LogError::File`] when there is none, or it is not a log or a newer one.
    pub async fn open_to_read(path: &Path) -> Result<Self, LogError> {
        open::check_readable(path)?;
        let (readers, size, lock) = open::viewers(path).await?;
        let head = watch::Sender::new(size.n_facts);
        Ok(Self { path: Arc::new(path.to_owned()), readers, writer: None, head, _lock: lock.map(Arc::new) })
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

    /// Writes out and closes the file; facts appended before are durable either way.
    pub async fn close(self) {
        let Self { readers, writer, head, _lock: lock, .. } = self;
        readers.close().await;
        let last = lock.as_ref().map(Arc::downgrade);
        drop((writer, lock));
        // The writer task lets go of the lock when its queue is empty and its connection closed.
        let mut watching = head.subscribe();
        drop(head);
        while last.as_ref().is_some_and(|lock| 0 < lock.strong_count()) {
            if watching.changed().await.is_err() {
                break;
            }
        }
    }

    fn writer(&self) -> Result<&mpsc::Sender<Request>, LogError> {
        self.writer.as_ref().ok_or_else(|| LogError::File {
            code: Trouble::LogReadOnly,
            detail: "the log was opened for reading only".to_owned(),
            path: self.path.to_path_buf(),
        })
    }
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

    async fn personal(&self, positions: &[Position], rights: Rights) -> Result<BTreeMap<Position, Personal>, LogError> {
        read::personal(&self.readers, &self.path, positions, rights).await
    }

    fn file(&self) -> Option<&Path> {
        Some(&self.path)
    }

    fn head(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }
}
