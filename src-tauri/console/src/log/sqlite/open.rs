//! Opening the file: who may, what it is, and saying plainly why not.

use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};

use super::migrate::{SCHEMA, migrate};
use crate::log::LogError;
use crate::private::private_file;
use crate::verbs::Trouble;

/// The length of an SQLite file's header.
const HEADER_BYTES: usize = 100;
/// Marks an SQLite file as a Retrace log: `RTRC`.
pub(super) const APPLICATION_ID: i64 = 0x5254_5243;
/// Readers beside the writer, the keeper's among them.
const READERS_MAX: u32 = 4;
/// Statements kept prepared: one per size of the last, smaller insert.
const STATEMENTS_MAX: usize = 512;
/// The writer's page cache: 64 MiB, as a negative number of KiB.
const CACHE_KIB: &str = "-65536";
/// Pages written before the write-ahead log is folded into the file: 32 MB.
const CHECKPOINT_PAGES: &str = "8000";
/// What a write-ahead log's shared memory takes at first, twice over.
const SHARED_BYTES: usize = 64 << 10;
/// How long a connection waits for another's lock.
const BUSY: Duration = Duration::from_secs(5);

/// How far the log has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) n_facts: u64,
    pub(super) recorded_us: i64,
}

pub(super) fn trouble(code: Trouble, detail: impl Into<String>, path: &Path) -> LogError {
    LogError::File { code, detail: detail.into(), path: path.to_owned() }
}

#[allow(clippy::wildcard_enum_match_arm, reason = "the standard library's list is open; what is not named is storage trouble")]
pub(crate) fn of_io(error: &std::io::Error, path: &Path) -> LogError {
    let code = match error.kind() {
        ErrorKind::NotFound => Trouble::LogFolder,
        ErrorKind::PermissionDenied => Trouble::FileForbidden,
        ErrorKind::IsADirectory => Trouble::FileIsFolder,
        ErrorKind::ReadOnlyFilesystem => Trouble::LogReadOnly,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Trouble::DiskFull,
        _ => Trouble::LogStorage,
    };
    trouble(code, error.to_string(), path)
}

/// Says what an SQLite error means for the file.
pub(crate) fn of_sqlx(error: &sqlx::Error, path: &Path) -> LogError {
    let code: Option<i32> = error.as_database_error().and_then(|error| error.code()).and_then(|code| code.parse().ok());
    // The primary code is the low byte; 778, 1034 and 4874 are failed writes, syncs and growths, as a full disk gives them.
    let meaning = match code.map(|code| (code & 0xff, code)) {
        Some((13, _) | (_, 778 | 1034 | 4874)) => Trouble::DiskFull,
        Some((8, _)) => Trouble::LogReadOnly,
        Some((5 | 6, _)) => Trouble::LogInUse,
        Some((11, _)) => Trouble::LogDamaged,
        Some((26, _)) => Trouble::LogForeign,
        Some((14, _)) => Trouble::LogFolder,
        _ => Trouble::LogStorage,
    };
    trouble(meaning, error.to_string(), path)
}

/// Takes the kernel's lock on the file, making the file and its folder if need be.
pub(super) fn lock(path: &Path) -> Result<File, LogError> {
    if path.is_dir() {
        return Err(trouble(Trouble::FileIsFolder, "a folder has this name", path));
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| of_io(&error, folder))?;
    }
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // Customers' words: for this account only.
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(|error| {
        let forbidden = error.kind() == ErrorKind::PermissionDenied;
        // It may be read and not written: a matter of rights, or of the medium.
        if forbidden && File::open(path).is_ok() {
            trouble(Trouble::LogReadOnly, error.to_string(), path)
        } else if forbidden && !path.exists() {
            trouble(Trouble::LogFolder, error.to_string(), path)
        } else {
            of_io(&error, path)
        }
    })?;
    check_header(&mut file, path)?;
    match file.try_lock() {
        Ok(()) => one_name(&file, path).map(|()| file),
        Err(TryLockError::WouldBlock) => Err(trouble(Trouble::LogInUse, "another Retrace has this log open", path)),
        Err(TryLockError::Error(error)) => Err(of_io(&error, path)),
    }
}

/// The file of the log's name and `ending`.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Looks at the first bytes without touching the file: empty, a log, or an SQLite file in which nothing is yet.
fn check_header(file: &mut File, path: &Path) -> Result<(), LogError> {
    let mut header = Vec::with_capacity(HEADER_BYTES);
    file.take(HEADER_BYTES as u64).read_to_end(&mut header).map_err(|error| of_io(&error, path))?;
    // SQLite's file format: big-endian numbers at fixed places; a schema cookie of 0 says that no table was ever made.
    let number = |at: usize| header.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes);
    let sqlite = header.starts_with(b"SQLite format 3\0");
    let ours = number(68) == u32::try_from(APPLICATION_ID).ok();
    if ours && let Some(schema) = number(60) {
        refuse_newer(i64::from(schema), path)?;
    }
    // The power went while the file was made: SQLite's journal beside it takes the half of a first page back.
    let torn = header.iter().all(|&byte| byte == 0) && beside(path, "-journal").metadata().is_ok_and(|journal| 0 < journal.len());
    if ours && !beside(path, "-wal").metadata().is_ok_and(|wal| 0 < wal.len()) {
        whole(file, &number, path)?;
    }
    if header.is_empty() || torn || (sqlite && (ours || number(40) == Some(0))) {
        return Ok(());
    }
    Err(trouble(Trouble::LogForeign, "this file is not a Retrace log", path))
}

/// Whether the file is as long as its header says; without a write-ahead log nothing else holds what is missing.
fn whole(file: &File, number: &impl Fn(usize) -> Option<u32>, path: &Path) -> Result<(), LogError> {
    let length = file.metadata().map_err(|error| of_io(&error, path))?.len();
    // Bytes 16 and 17: the page size, 1 for 65,536. Bytes 28 to 31: pages, if the same change wrote 24 and 92.
    let page = number(16).map_or(0, |bytes| u64::from(bytes >> 16));
    let want = u64::from(number(28).unwrap_or(0)) * if page == 1 { 65_536 } else { page };
    if number(24) == number(92) && length < want {
        let detail = format!("the file was cut: it has {length} bytes, and its header tells of {want}");
        return Err(trouble(Trouble::LogDamaged, detail, path));
    }
    Ok(())
}

/// Checks that there is a log to read.
pub(super) fn check_readable(path: &Path) -> Result<(), LogError> {
    if path.is_dir() {
        return Err(trouble(Trouble::FileIsFolder, "a folder has this name", path));
    }
    let mut file = File::open(path).map_err(|error| {
        if error.kind() == ErrorKind::NotFound {
            trouble(Trouble::FileMissing, "there is no log of this name", path)
        } else {
            of_io(&error, path)
        }
    })?;
    check_header(&mut file, path)?;
    one_name(&file, path)
}

/// SQLite looks for the write-ahead log beside the name it is given: by another name of the same file it would miss what
/// was acknowledged, and write past it.
fn one_name(file: &File, path: &Path) -> Result<(), LogError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let n_names = file.metadata().map_err(|error| of_io(&error, path))?.nlink();
        if 1 < n_names {
            let detail = format!("this file has {n_names} names (hard links), and a log must have one; remove the others");
            return Err(trouble(Trouble::LogStorage, detail, path));
        }
    }
    Ok(())
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY)
        .statement_cache_capacity(STATEMENTS_MAX)
        // The log's own triggers keep its rows together.
        .foreign_keys(false)
        .disable_statement_logging()
}

/// Opens the writing connection and brings the file to today's layout.
pub(super) async fn writer(path: &Path) -> Result<(SqliteConnection, Size), LogError> {
    room(path)?;
    refuse_newer_within(path).await?;
    let options = options(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // Ids are random keys: with SQLite's own 2 MB the index of a large log is read again for every batch. Together
        // with rarer checkpoints measured at 1.7 to 1.9 times the rate of bulk appends.
        .pragma("cache_size", CACHE_KIB)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES);
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(|error| of_sqlx(&error, path))?;
    migrate(&mut connection, path).await?;
    let size = size(&mut connection, path).await?;
    Ok((connection, size))
}

/// Refuses a newer layout that only the write-ahead log tells of.
///
/// A connection that may write would fold that log into the file when it closes; one that only reads leaves all as it was.
async fn refuse_newer_within(path: &Path) -> Result<(), LogError> {
    if !beside(path, "-wal").metadata().is_ok_and(|wal| 0 < wal.len()) {
        return Ok(());
    }
    let reading = SqliteConnection::connect_with(&options(path).read_only(true)).await;
    let mut connection = reading.map_err(|error| of_sqlx(&error, path))?;
    let (_, schema) = marks(&mut connection, path).await?;
    connection.close().await.map_err(|error| of_sqlx(&error, path))?;
    refuse_newer(schema, path)
}

/// Opens one connection that only reads.
pub(super) async fn reader(path: &Path) -> Result<SqliteConnection, LogError> {
    let connect = async |options: SqliteConnectOptions| {
        let mut connection = SqliteConnection::connect_with(&options.read_only(true)).await?;
        // Opened is not yet read: what is missing beside the file is missed at the first page.
        sqlx::query("SELECT count(*) FROM sqlite_schema").execute(&mut connection).await.map(|_| connection)
    };
    let shared = match room(path) {
        Ok(()) => connect(options(path)).await.map_err(|error| of_sqlx(&error, path)),
        Err(error) => Err(error),
    };
    let mut connection = match shared {
        Err(error) if without_writing(&error) => match alone(path)? {
            // The lock was only asked: whoever could write here needs the room that is missing.
            Some((options, _lock)) => connect(options).await.map_err(|error| of_sqlx(&error, path))?,
            None => connect(options(path)).await.map_err(|error| of_sqlx(&error, path))?,
        },
        opened => opened?,
    };
    let (application, schema) = marks(&mut connection, path).await?;
    if application != APPLICATION_ID {
        return Err(trouble(Trouble::LogForeign, "this SQLite file is not a Retrace log", path));
    }
    refuse_newer(schema, path)?;
    if schema < SCHEMA {
        let detail = format!("the log has layout {schema} of {SCHEMA}: open it once for writing, to give it evidence");
        return Err(trouble(Trouble::LogStorage, detail, path));
    }
    Ok(connection)
}

/// Opens the readers beside the writer of this process.
pub(super) async fn readers(path: &Path) -> Result<SqlitePool, LogError> {
    pool(options(path), path).await
}

async fn pool(options: SqliteConnectOptions, path: &Path) -> Result<SqlitePool, LogError> {
    let pool = SqlitePoolOptions::new().max_connections(READERS_MAX).connect_with(options.read_only(true));
    pool.await.map_err(|error| of_sqlx(&error, path))
}

/// Opens the readers of a log that this process does not write, and what keeps others from writing it, if need be.
///
/// Readers share memory with a writer through a file. Where that file cannot be made (a medium that can only be read, a
/// full disk) they do without, and nobody may write meanwhile: then the log's own lock is held, together with other readers.
pub(super) async fn viewers(path: &Path) -> Result<(SqlitePool, Size, Option<File>), LogError> {
    let why = match room(path) {
        Ok(()) => match shared(path).await {
            Err(error) if without_writing(&error) => error,
            opened => return opened,
        },
        Err(error) => error,
    };
    // Somebody writes, so the shared memory is there.
    let Some((options, lock)) = alone(path)? else { return shared(path).await };
    tracing::warn!(%why, "nothing can be written beside the log; it is only read");
    let readers = pool(options, path).await?;
    let size = check_schema(&readers, path).await?;
    Ok((readers, size, Some(lock)))
}

/// How a log is read without shared memory, with the lock that keeps writers away; nothing when there is one already.
fn alone(path: &Path) -> Result<Option<(SqliteConnectOptions, File)>, LogError> {
    let lock = File::open(path).map_err(|error| of_io(&error, path))?;
    if lock.try_lock_shared().is_err() {
        return Ok(None);
    }
    Ok(Some((unshared(options(path), path), lock)))
}

/// Options to read a file that nobody writes, without shared memory: its write-ahead log, if there is one, with an index
/// in this process's own memory, or else the file alone.
pub(crate) fn unshared(options: SqliteConnectOptions, path: &Path) -> SqliteConnectOptions {
    if beside(path, "-wal").metadata().is_ok_and(|wal| 0 < wal.len()) {
        options.vfs("unix-none").locking_mode(SqliteLockingMode::Exclusive)
    } else {
        options.immutable(true)
    }
}

/// Readers as they are beside a writer.
async fn shared(path: &Path) -> Result<(SqlitePool, Size, Option<File>), LogError> {
    let readers = readers(path).await?;
    let size = check_schema(&readers, path).await?;
    Ok((readers, size, None))
}

/// Whether it is writing that fails, and not the log.
fn without_writing(error: &LogError) -> bool {
    let LogError::File { code, .. } = error else { return false };
    matches!(code, Trouble::LogReadOnly | Trouble::LogFolder | Trouble::DiskFull | Trouble::LogStorage)
}

/// Whether there is room for the memory that readers and the writer share.
///
/// SQLite touches it through a mapping: on a full disk that is no error but the death of the process, where blocks are
/// smaller than pages. So as much is written, and taken back, before SQLite is let near it.
pub(crate) fn room(path: &Path) -> Result<(), LogError> {
    let tried = beside(path, "-room");
    let written = private_file(&tried).and_then(|mut file| file.write_all(&[0; SHARED_BYTES]));
    // Where it could not be made there is nothing to take back.
    std::fs::remove_file(&tried).ok();
    written.map_err(|error| of_io(&error, path))
}

/// Checks that a file opened for reading is a log this version knows.
async fn check_schema(readers: &SqlitePool, path: &Path) -> Result<Size, LogError> {
    let mut connection = readers.acquire().await.map_err(|error| of_sqlx(&error, path))?;
    let (application, schema) = marks(&mut connection, path).await?;
    if application != APPLICATION_ID {
        return Err(trouble(Trouble::LogForeign, "this SQLite file is not a Retrace log", path));
    }
    refuse_newer(schema, path)?;
    if schema < SCHEMA {
        let detail = format!("the log has layout {schema}; it is brought to layout {SCHEMA} when it is opened for writing");
        return Err(trouble(Trouble::LogOlder, detail, path));
    }
    size(&mut connection, path).await
}

pub(super) async fn marks(connection: &mut SqliteConnection, path: &Path) -> Result<(i64, i64), LogError> {
    let application: i64 =
        sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *connection).await.map_err(|error| of_sqlx(&error, path))?;
    let schema: i64 =
        sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *connection).await.map_err(|error| of_sqlx(&error, path))?;
    Ok((application, schema))
}

pub(super) fn refuse_newer(schema: i64, path: &Path) -> Result<(), LogError> {
    if SCHEMA < schema {
        let detail = format!("the log has layout {schema}; this Retrace knows layouts up to {SCHEMA}");
        return Err(trouble(Trouble::LogNewer, detail, path));
    }
    Ok(())
}

async fn size(connection: &mut SqliteConnection, path: &Path) -> Result<Size, LogError> {
    let sql = "SELECT position, recorded_us, length(id) IS 16 FROM event ORDER BY position DESC LIMIT 1";
    let last: Option<(i64, i64, bool)> =
        sqlx::query_as(sql).fetch_optional(connection).await.map_err(|error| of_sqlx(&error, path))?;
    match last {
        None => Ok(Size { n_facts: 0, recorded_us: i64::MIN }),
        Some((position, recorded_us, true)) => Ok(Size { n_facts: u64::try_from(position).unwrap_or(0) + 1, recorded_us }),
        // Zeros where a page was: where the log ends cannot be said.
        Some((_, _, false)) => Err(trouble(Trouble::LogDamaged, "the last event is not one", path)),
    }
}
