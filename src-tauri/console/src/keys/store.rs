//! Customers' keys, wrapped under the epoch key, in a small database beside the log.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use events::customer::Standing;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, SqliteConnection};

use super::custody::random;
use super::seal::{SubjectKey, opened, sealed};
use super::{Destroyed, KeyOf, trouble};
use crate::log::LogError;
use crate::log::sqlite::{beside, of_io, of_sqlx, room, unshared};
use crate::private::{new_private_file, private_folder};
use crate::verbs::Trouble;

/// The database in a log's folder of keys.
const FILE: &str = "keys.db";
/// Values per `IN (…)`.
const LOOKUP_MAX: usize = 500;
/// Keys held unwrapped by the writer; beyond it all are let go.
const HELD_MAX: usize = 50_000;

const LAYOUT: &str = "
CREATE TABLE IF NOT EXISTS subject_key (
  subject  TEXT PRIMARY KEY,
  standing TEXT NOT NULL CHECK (standing IN ('active', 'restricted', 'erased')),
  wrapped  BLOB CHECK ((wrapped IS NULL) = (standing = 'erased'))
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS epoch (one INTEGER PRIMARY KEY CHECK (one = 0), number INTEGER NOT NULL) STRICT;
INSERT OR IGNORE INTO epoch VALUES (0, 0);
";

/// The wrapped keys of a log.
pub(super) struct Store {
    connection: SqliteConnection,
    path: PathBuf,
    writes: bool,
    /// Keys unwrapped before, for the writer alone: another process may destroy what a reader would hold.
    held: BTreeMap<String, Option<SubjectKey>>,
}

/// A row of the database.
type Found = (String, String, Option<Vec<u8>>);

impl Store {
    pub(super) async fn open(folder: &Path, writes: bool) -> Result<Self, LogError> {
        let path = folder.join(FILE);
        let options = SqliteConnectOptions::new().filename(&path).disable_statement_logging();
        let options = if writes {
            private_folder(folder).map_err(|error| of_io(&error, folder))?;
            if !path.exists() {
                new_private_file(&path).map_err(|error| of_io(&error, &path))?;
            }
            options
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                // What is deleted is overwritten.
                .pragma("secure_delete", "ON")
        } else {
            options.read_only(true)
        };
        let options = match room(&path) {
            Err(error) if writes => return Err(error),
            // Nothing can be written beside it, as on a medium that can only be read: read without shared memory.
            Err(_) if !beside(&path, "-shm").exists() => unshared(options, &path),
            Ok(()) | Err(_) => options,
        };
        let connection = SqliteConnection::connect_with(&options).await.map_err(|error| of_sqlx(&error, &path))?;
        let mut store = Self { connection, path, writes, held: BTreeMap::new() };
        if writes {
            store.run(LAYOUT).await?;
        }
        Ok(store)
    }

    async fn run(&mut self, sql: &'static str) -> Result<(), LogError> {
        sqlx::raw_sql(sql).execute(&mut self.connection).await.map_err(|error| of_sqlx(&error, &self.path))?;
        Ok(())
    }

    pub(super) async fn epoch(&mut self) -> Result<u64, LogError> {
        let number: i64 = sqlx::query_scalar("SELECT number FROM epoch")
            .fetch_one(&mut self.connection)
            .await
            .map_err(|error| of_sqlx(&error, &self.path))?;
        Ok(u64::try_from(number).unwrap_or(0))
    }

    async fn find(&mut self, subjects: &[&str]) -> Result<Vec<Found>, LogError> {
        let mut found = Vec::new();
        for chunk in subjects.chunks(LOOKUP_MAX) {
            let marks = vec!["?"; chunk.len()].join(",");
            let sql = format!("SELECT subject, standing, wrapped FROM subject_key WHERE subject IN ({marks})");
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for subject in chunk {
                query = query.bind(*subject);
            }
            let rows = query.fetch_all(&mut self.connection).await.map_err(|error| of_sqlx(&error, &self.path))?;
            for row in rows {
                let read = || -> Result<Found, sqlx::Error> { Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)) };
                found.push(read().map_err(|error| of_sqlx(&error, &self.path))?);
            }
        }
        Ok(found)
    }

    fn unwrapped(&self, subject: &str, wrapped: &[u8], wrapping: &[u8; 32]) -> Result<SubjectKey, LogError> {
        opened(wrapping, subject.as_bytes(), wrapped)
            .and_then(|key| key.try_into().ok())
            .map(SubjectKey)
            .ok_or_else(|| trouble(Trouble::KeysDamaged, "a customer's key does not open", &self.path))
    }

    pub(super) async fn opening(
        &mut self,
        subjects: &BTreeSet<&str>,
        wrapping: &[u8; 32],
    ) -> Result<BTreeMap<String, KeyOf>, LogError> {
        let asked: Vec<&str> = subjects.iter().copied().collect();
        let mut keys: BTreeMap<String, KeyOf> = asked.iter().map(|subject| ((*subject).to_owned(), KeyOf::None)).collect();
        for (subject, standing, wrapped) in self.find(&asked).await? {
            let key = match (standing.as_str(), wrapped) {
                ("active", Some(wrapped)) => KeyOf::Here(self.unwrapped(&subject, &wrapped, wrapping)?),
                ("restricted", Some(_)) => KeyOf::Restricted,
                _ => KeyOf::Erased,
            };
            keys.insert(subject, key);
        }
        Ok(keys)
    }

    pub(super) async fn sealing(
        &mut self,
        subjects: &BTreeSet<&str>,
        wrapping: &[u8; 32],
    ) -> Result<BTreeMap<String, Option<SubjectKey>>, LogError> {
        if HELD_MAX < self.held.len() {
            self.held.clear();
        }
        let wanted: Vec<&str> = subjects.iter().copied().filter(|subject| !self.held.contains_key(*subject)).collect();
        for (subject, _, wrapped) in self.find(&wanted).await? {
            let key = wrapped.map(|wrapped| self.unwrapped(&subject, &wrapped, wrapping)).transpose()?;
            self.held.insert(subject, key);
        }
        let new: Vec<&str> = wanted.into_iter().filter(|subject| !self.held.contains_key(*subject)).collect();
        if !new.is_empty() {
            self.make(&new, wrapping).await?;
        }
        Ok(subjects.iter().map(|subject| ((*subject).to_owned(), self.held.get(*subject).cloned().flatten())).collect())
    }

    /// Makes keys and makes them durable: a text is never sealed under a key that a power cut could take away.
    async fn make(&mut self, subjects: &[&str], wrapping: &[u8; 32]) -> Result<(), LogError> {
        let mut made = Vec::with_capacity(subjects.len());
        for subject in subjects {
            let key = SubjectKey(random()?);
            made.push((*subject, self.wrapped(subject, &key, wrapping)?, key));
        }
        let path = self.path.clone();
        let insert = async {
            let mut transaction = self.connection.begin().await?;
            for chunk in made.chunks(100) {
                let marks = vec!["(?,'active',?)"; chunk.len()].join(",");
                let sql = format!("INSERT INTO subject_key (subject, standing, wrapped) VALUES {marks}");
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for (subject, wrapped, _) in chunk {
                    query = query.bind(*subject).bind(wrapped.as_slice());
                }
                query.execute(&mut *transaction).await?;
            }
            transaction.commit().await
        };
        insert.await.map_err(|error: sqlx::Error| of_sqlx(&error, &path))?;
        self.held.extend(made.into_iter().map(|(subject, _, key)| (subject.to_owned(), Some(key))));
        Ok(())
    }

    fn wrapped(&self, subject: &str, key: &SubjectKey, wrapping: &[u8; 32]) -> Result<Vec<u8>, LogError> {
        sealed(wrapping, subject.as_bytes(), &key.0).map_err(|error| trouble(Trouble::KeysLocked, error.to_string(), &self.path))
    }

    pub(super) async fn set_standing(&mut self, subject: &str, standing: Standing, wrapping: &[u8; 32]) -> Result<(), LogError> {
        self.sealing(&BTreeSet::from([subject]), wrapping).await?;
        let word = if standing == Standing::Restricted { "restricted" } else { "active" };
        sqlx::query("UPDATE subject_key SET standing = ? WHERE subject = ? AND standing <> 'erased'")
            .bind(word)
            .bind(subject)
            .execute(&mut self.connection)
            .await
            .map_err(|error| of_sqlx(&error, &self.path))?;
        Ok(())
    }

    /// Destroys one customer's key and wraps all others anew, in one transaction.
    pub(super) async fn change_epoch(
        &mut self,
        erased: &str,
        old: &[u8; 32],
        new: &[u8; 32],
        epoch: u64,
    ) -> Result<Destroyed, LogError> {
        let mut destroyed = Destroyed::default();
        let rows = sqlx::query("SELECT subject, wrapped FROM subject_key WHERE wrapped IS NOT NULL")
            .fetch_all(&mut self.connection)
            .await
            .map_err(|error| of_sqlx(&error, &self.path))?;
        let mut rewrapped = Vec::with_capacity(rows.len());
        for row in rows {
            let read = || -> Result<(String, Vec<u8>), sqlx::Error> { Ok((row.try_get(0)?, row.try_get(1)?)) };
            let (subject, wrapped): (String, Vec<u8>) = read().map_err(|error| of_sqlx(&error, &self.path))?;
            let key = self.unwrapped(&subject, &wrapped, old)?;
            if subject == erased {
                destroyed.keys.extend([key.0.to_vec(), wrapped]);
            } else {
                let wrapped = self.wrapped(&subject, &key, new)?;
                rewrapped.push((subject, wrapped));
            }
        }
        destroyed.n_rewrapped = rewrapped.len() as u64;
        self.held.clear();
        let path = self.path.clone();
        let write = async {
            let mut transaction = self.connection.begin().await?;
            for (subject, wrapped) in rewrapped {
                let update = sqlx::query("UPDATE subject_key SET wrapped = ? WHERE subject = ?");
                update.bind(wrapped).bind(subject).execute(&mut *transaction).await?;
            }
            sqlx::query("INSERT OR REPLACE INTO subject_key (subject, standing, wrapped) VALUES (?, 'erased', NULL)")
                .bind(erased)
                .execute(&mut *transaction)
                .await?;
            let number = i64::try_from(epoch).unwrap_or(i64::MAX);
            sqlx::query("UPDATE epoch SET number = ?").bind(number).execute(&mut *transaction).await?;
            transaction.commit().await
        };
        write.await.map_err(|error: sqlx::Error| of_sqlx(&error, &path))?;
        Ok(destroyed)
    }

    /// Folds the write-ahead log into the database.
    pub(super) async fn settle(&mut self) -> Result<(), LogError> {
        self.run("PRAGMA wal_checkpoint(TRUNCATE)").await
    }

    /// Leaves no old byte in the database's files.
    pub(super) async fn scrub(&mut self) -> Result<(), LogError> {
        debug_assert!(self.writes, "readers change nothing");
        self.run("VACUUM").await?;
        let busy: i64 = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut self.connection)
            .await
            .map_err(|error| of_sqlx(&error, &self.path))?;
        if busy == 0 {
            return Ok(());
        }
        Err(trouble(Trouble::KeysBusy, "another program reads the keys; old bytes may be left until it ends", &self.path))
    }
}
