//! Opening the file: who may, what it is, and saying plainly why not.

use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};

use crate::log::LogError;
use crate::verbs::Trouble;

/// The length of an SQLite file's header.
const HEADER_BYTES: usize = 100;
/// Marks an SQLite file as a Retrace log: `RTRC`.
const APPLICATION_ID: i64 = 0x5254_5243;
/// The newest layout known; the files in `migrations/` lead to it one by one, and the last step seals older texts.
const SCHEMA: i64 = super::sealing::LAYOUT;
const MIGRATIONS: [&str; 2] =
    [include_str!("../../../migrations/0001_log.sql"), include_str!("../../../migrations/0002_evidence.sql")];
/// Readers beside the writer, the keeper's among them.
const READERS_MAX: u32 = 4;
/// Statements kept prepared: one per size of the last, smaller insert.
const STATEMENTS_MAX: usize = 512;
/// The writer's page cache: 64 MiB, as a negative number of KiB.
const CACHE_KIB: &str = "-65536";
/// Pages written before the write-ahead log is folded into the file: 32 MB.
const CHECKPOINT_PAGES: &str = "8000";
/// How long a connection waits for another's lock.
const BUSY: Duration = Duration::from_secs(5);

/// How far the log has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) n_facts: u64,
    pub(super) recorded_us: i64,
}

fn trouble(code: Trouble, detail: impl Into<String>, path: &Path) -> LogError {
    LogError::File { code, detail: detail.into(), path: path.to_owned() }
}

#[allow(clippy::wildcard_enum_match_arm, reason = "the standard library's list is open; what is not named is storage trouble")]
fn of_io(error: &std::io::Error, path: &Path) -> LogError {
    let code = match error.kind() {
        ErrorKind::NotFound => Trouble::LogFolder,
        ErrorKind::PermissionDenied => Trouble::FileForbidden,
        ErrorKind::IsADirectory => Trouble::FileIsFolder,
        ErrorKind::ReadOnlyFilesystem => Trouble::LogReadOnly,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Trouble::DiskFull,
        _ => Trouble::LogStorage,
    };
    trouble(code, error.to_string(), path)
}

/// Says what an SQLite error means for the file.
pub(crate) fn of_sqlx(error: &sqlx::Error, path: &Path) -> LogError {
    let code: Option<i32> = error.as_database_error().and_then(|error| error.code()).and_then(|code| code.parse().ok());
    // The primary code is the low byte; 778 and 1034 are failed writes and syncs, which a full disk also gives.
    let meaning = match code.map(|code| (code & 0xff, code)) {
        Some((13, _) | (_, 778 | 1034)) => Trouble::DiskFull,
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
    let mut file = options.open(path).map_err(|error| of_io(&error, path))?;
    check_header(&mut file, path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(trouble(Trouble::LogInUse, "another Retrace has this log open", path)),
        Err(TryLockError::Error(error)) => Err(of_io(&error, path)),
    }
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
    if header.is_empty() || (sqlite && (ours || number(40) == Some(0))) {
        return Ok(());
    }
    Err(trouble(Trouble::LogForeign, "this file is not a Retrace log", path))
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
    check_header(&mut file, path)
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

/// Opens one connection that only reads.
pub(super) async fn reader(path: &Path) -> Result<SqliteConnection, LogError> {
    let connection = SqliteConnection::connect_with(&options(path).read_only(true)).await;
    let mut connection = connection.map_err(|error| of_sqlx(&error, path))?;
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

/// Opens the readers.
pub(super) async fn readers(path: &Path) -> Result<SqlitePool, LogError> {
    SqlitePoolOptions::new()
        .max_connections(READERS_MAX)
        .connect_with(options(path).read_only(true))
        .await
        .map_err(|error| of_sqlx(&error, path))
}

/// Checks that a file opened for reading is a log this version knows.
pub(super) async fn check_schema(readers: &SqlitePool, path: &Path) -> Result<Size, LogError> {
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

fn refuse_newer(schema: i64, path: &Path) -> Result<(), LogError> {
    if SCHEMA < schema {
        let detail = format!("the log has layout {schema}; this Retrace knows layouts up to {SCHEMA}");
        return Err(trouble(Trouble::LogNewer, detail, path));
    }
    Ok(())
}

async fn migrate(connection: &mut SqliteConnection, path: &Path) -> Result<(), LogError> {
    let (application, schema) = marks(connection, path).await?;
    let n_tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema")
        .fetch_one(&mut *connection)
        .await
        .map_err(|error| of_sqlx(&error, path))?;
    if application != APPLICATION_ID && 0 < n_tables {
        return Err(trouble(Trouble::LogForeign, "this SQLite file is not a Retrace log", path));
    }
    refuse_newer(schema, path)?;
    let from = usize::try_from(schema).unwrap_or(0);
    for (step, migration) in MIGRATIONS.iter().enumerate().skip(from) {
        // One transaction each: after a crash the file has the old layout or the new one, nothing between.
        let script = format!(
            "BEGIN IMMEDIATE; {migration}; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {}; COMMIT;",
            step + 1
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&mut *connection).await.map_err(|error| of_sqlx(&error, path))?;
    }
    Ok(())
}

async fn size(connection: &mut SqliteConnection, path: &Path) -> Result<Size, LogError> {
    let last: Option<(i64, i64)> = sqlx::query_as("SELECT position, recorded_us FROM event ORDER BY position DESC LIMIT 1")
        .fetch_optional(connection)
        .await
        .map_err(|error| of_sqlx(&error, path))?;
    Ok(last.map_or(Size { n_facts: 0, recorded_us: i64::MIN }, |(position, recorded_us)| Size {
        n_facts: u64::try_from(position).unwrap_or(0) + 1,
        recorded_us,
    }))
}
