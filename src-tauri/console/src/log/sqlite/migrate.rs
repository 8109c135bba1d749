//! Bringing an older file to today's layout: the file as it was is kept first, then one transaction a step.

use std::fs::File;
use std::path::Path;

use sqlx::SqliteConnection;

use super::open::{APPLICATION_ID, beside, marks, of_io, of_sqlx, refuse_newer, trouble};
use crate::log::LogError;
use crate::private::new_private_file;
use crate::verbs::Trouble;

/// The newest layout known; the files in `migrations/` lead to it one by one, and the last step seals older texts.
pub(super) const SCHEMA: i64 = super::sealing::LAYOUT;
const MIGRATIONS: [&str; 2] =
    [include_str!("../../../migrations/0001_log.sql"), include_str!("../../../migrations/0002_evidence.sql")];

/// Brings the file to today's layout.
pub(super) async fn migrate(connection: &mut SqliteConnection, path: &Path) -> Result<(), LogError> {
    let (application, schema) = marks(connection, path).await?;
    let n_tables = count(connection, "SELECT count(*) FROM sqlite_schema", path).await?;
    if application != APPLICATION_ID && 0 < n_tables {
        return Err(trouble(Trouble::LogForeign, "this SQLite file is not a Retrace log", path));
    }
    refuse_newer(schema, path)?;
    if schema < SCHEMA && 0 < schema && 0 < count(connection, "SELECT count(*) FROM event", path).await? {
        keep(connection, schema, path).await?;
    }
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

/// Keeps the log as it is in `<log>.layout-<n>.backup`, which has that name only once it is whole and on disk.
async fn keep(connection: &mut SqliteConnection, schema: i64, path: &Path) -> Result<(), LogError> {
    let kept = beside(path, &format!(".layout-{schema}.backup"));
    let unfinished = beside(path, &format!(".layout-{schema}.unfinished"));
    let of_file = |error: std::io::Error| of_io(&error, &unfinished);
    match std::fs::remove_file(&unfinished) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(of_file(error)),
        Ok(()) | Err(_) => {}
    }
    // SQLite fills an empty file that is there: so it is for this account alone from its first byte.
    drop(new_private_file(&unfinished).map_err(of_file)?);
    let into = unfinished.to_str().ok_or_else(|| trouble(Trouble::LogFolder, "the log's path is not UTF-8", path))?;
    let filled = sqlx::query("VACUUM INTO ?").bind(into).execute(&mut *connection).await;
    filled.map_err(|error| of_sqlx(&error, &unfinished))?;
    File::open(&unfinished).and_then(|file| file.sync_all()).map_err(of_file)?;
    std::fs::rename(&unfinished, &kept).map_err(of_file)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    #[cfg(unix)]
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(of_file)?;
    Ok(())
}

async fn count(connection: &mut SqliteConnection, sql: &'static str, path: &Path) -> Result<i64, LogError> {
    sqlx::query_scalar(sql).fetch_one(connection).await.map_err(|error| of_sqlx(&error, path))
}
