//! A log's file under other hands than Retrace's.

use std::path::Path;

use sqlx::{Connection, SqliteConnection};

/// A connection of a stranger.
pub async fn raw(path: &Path) -> SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true).foreign_keys(false);
    SqliteConnection::connect_with(&options).await.expect("SQLite opens it")
}

/// Runs a stranger's statements.
///
/// # Errors
/// What SQLite says.
pub async fn sql(path: &Path, sql: &str) -> Result<(), String> {
    let mut connection = raw(path).await;
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await;
    connection.close().await.expect("SQLite closes it");
    done.map(|_| ()).map_err(|error| error.to_string())
}

/// Every trigger that guards a log.
pub const UNGUARDED: &str = "PRAGMA ignore_check_constraints = ON; \
    DROP TRIGGER IF EXISTS event_is_never_changed; DROP TRIGGER IF EXISTS event_is_never_deleted; \
    DROP TRIGGER IF EXISTS event_is_only_appended; DROP TRIGGER IF EXISTS checkpoint_is_never_changed; \
    DROP TRIGGER IF EXISTS checkpoint_is_never_deleted; DROP TRIGGER IF EXISTS sealed_is_never_changed; \
    DROP TRIGGER IF EXISTS sealed_is_never_deleted;";
