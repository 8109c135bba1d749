//! Whom the faults befall: each lays out where it begins, runs, and can be asked what it came to.
//!
//! Another victim is one more entry of [`victims`].

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use console::clock::Clock;
use console::log::sqlite::SqliteLog;
use console::log::{EventLog, LogError, Shown, Stored};
use console::witness::Witness;
use events::{NewEvent, Position};
use sqlx::{Connection, SqliteConnection};
use tests::bank;
use tests::made_up::{EVENING, customer, one_day};
use tests::place::all;
use tests::program;
use tests::rights::unmasked;

use crate::tally::Finding;
use crate::wait;

/// One that is broken.
pub(crate) struct Victim {
    pub(crate) name: &'static str,
    /// Lays out the folder it begins in.
    pub(crate) prepare: fn(&Path),
    /// What it runs.
    pub(crate) command: fn(&Path) -> Command,
    /// Files that `write` fills, or that are written by a second connection: they have a count of their own.
    pub(crate) apart: fn(&Path) -> Vec<PathBuf>,
    /// What the log holds, one line a fact, in words that no clock changes and no resumption.
    pub(crate) facts: fn(&Path) -> Vec<String>,
    /// What else is left once it has come to its end.
    pub(crate) end: fn(&Path) -> String,
    /// What must hold at once after a fault, before the product has touched anything again.
    pub(crate) at_once: fn(&Path) -> Result<(), Finding>,
}

/// The log's name in a victim's folder.
pub(crate) const LOG: &str = "desk.retrace";

/// Everyone.
pub(crate) fn victims() -> Vec<Victim> {
    let plain = || Victim {
        name: "append",
        prepare: |_| {},
        command: |folder| appender(folder, &[]),
        apart: keys,
        facts: |folder| told(&facts(folder)),
        end: |_| String::new(),
        at_once: |_| Ok(()),
    };
    vec![
        plain(),
        Victim {
            name: "snapshot",
            command: |folder| appender(folder, &["snapshots"]),
            apart: |folder| {
                let snapshots = (0..400).map(|n| folder.join(format!("{LOG}-derived/board-{n:020}.unfinished")));
                keys(folder).into_iter().chain(snapshots).collect()
            },
            ..plain()
        },
        Victim {
            name: "import",
            prepare: |folder| {
                std::fs::write(folder.join("calls.tsv"), bank::file(&bank::many(40, 3))).expect("a file");
                // Customers' names depend on the log's own secret: every case begins with the same one.
                wait(async { open(folder).await.expect("a log can be made").close().await });
            },
            command: |folder| retrace(folder, &["import", "--json", "calls.tsv"]),
            facts: |folder| told(&of_rows(facts(folder))),
            end: |folder| reports(&facts(folder)),
            ..plain()
        },
        Victim {
            name: "export",
            prepare: begun,
            command: |folder| retrace(folder, &["export", "--json", "--out", "out.jsonl"]),
            apart: |folder| vec![folder.join("out.jsonl"), folder.join("out.jsonl.unfinished")],
            end: |folder| std::fs::read_to_string(folder.join("out.jsonl")).unwrap_or_default(),
            at_once: never_half_an_export,
            ..plain()
        },
        Victim {
            name: "migration",
            prepare: |folder| wait(layout_one(&folder.join(LOG), &day()[..MIGRATED])),
            at_once: one_layout_or_the_other,
            ..plain()
        },
        Victim {
            name: "erasure",
            prepare: begun,
            command: |folder| retrace(folder, &["forget", "--json", &customer(1)]),
            facts: |folder| told(&without_texts(facts(folder))),
            end: |folder| erased(&facts(folder)),
            ..plain()
        },
    ]
}

/// Facts of the log that a migration begins with.
pub(crate) const MIGRATED: usize = 90;

/// The day that the writer appends.
pub(crate) fn day() -> Vec<NewEvent> {
    one_day(12, 1)
}

/// The writer of these tests.
pub(crate) fn appender(folder: &Path, wishes: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_appender"));
    command.arg(folder.join(LOG)).args(wishes).env("RETRACE_WITNESS", folder.join("witness")).stdin(Stdio::null());
    command
}

/// The program on the folder's log; names of files are in the folder.
pub(crate) fn retrace(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = program::command();
    command.arg("--log").arg(folder.join(LOG)).env("RETRACE_WITNESS", folder.join("witness"));
    for argument in arguments {
        if argument.contains(".tsv") || argument.contains(".jsonl") {
            command.arg(folder.join(argument));
        } else {
            command.arg(argument);
        }
    }
    command
}

/// Opens a victim's log, with the witness it has beside it.
pub(crate) async fn open(folder: &Path) -> Result<SqliteLog, LogError> {
    SqliteLog::open_witnessed(&folder.join(LOG), Clock::chosen(EVENING), Witness::at(&folder.join("witness"))).await
}

/// What is written by connections and threads of their own: the keys and the checkpoints outside.
fn keys(folder: &Path) -> Vec<PathBuf> {
    ["", "-wal", "-journal"].map(|ending| folder.join(format!("{LOG}-keys/keys.db{ending}"))).into()
}

/// A closed log with the whole day in it.
pub(crate) fn begun(folder: &Path) {
    wait(async {
        let log = open(folder).await.expect("a log can be made");
        log.ingest(day(), |_ingested| Vec::new()).await.expect("the log takes facts");
        log.close().await;
    });
}

/// A fact with its personal text, if it has one.
pub(crate) type Kept = (Stored, Option<Shown>);

/// All that a log holds, personal texts too; opened as a writer does, so that a torn end is mended.
pub(crate) fn facts(folder: &Path) -> Vec<Kept> {
    wait(async {
        let log = open(folder).await.expect("the log opens");
        let kept = kept(&log).await;
        log.close().await;
        kept
    })
}

/// All that an open log holds.
pub(crate) async fn kept(log: &SqliteLog) -> Vec<Kept> {
    let facts = all(log).await;
    let positions: Vec<Position> = facts.iter().map(|stored| stored.fact.position).collect();
    let mut texts = log.personal(&positions, &unmasked(None)).await.expect("the texts can be read");
    facts
        .into_iter()
        .map(|stored| {
            let text = texts.remove(&stored.fact.position);
            (stored, text)
        })
        .collect()
}

/// One line a fact, with all that was asked to be kept.
pub(crate) fn told(kept: &[Kept]) -> Vec<String> {
    let line = |(stored, text): &Kept| {
        let fact = &stored.fact;
        let texts = text.as_ref().map(|text| (&text.personal.subject, &text.personal.texts, text.showing));
        format!("{} {} {:?} {:?} {:?} {texts:?}", fact.stream, fact.version.0, fact.id, fact.occurred_at, stored.payload)
    };
    kept.iter().map(line).collect()
}

/// The facts that rows became: the import's own carry the time of its attempts.
fn of_rows(kept: Vec<Kept>) -> Vec<Kept> {
    kept.into_iter().filter(|(stored, _)| stored.fact.stream.noun() != "import").collect()
}

/// How each import ended.
fn reports(kept: &[Kept]) -> String {
    let ended = kept.iter().filter(|(stored, _)| stored.payload.event_type == "import.finished");
    ended.map(|(stored, _)| String::from_utf8_lossy(&stored.payload.data).into_owned() + "\n").collect()
}

/// The facts of the day by themselves: what an erasure records bears the time it was asked for.
fn without_texts(kept: Vec<Kept>) -> Vec<Kept> {
    let of_day = kept.into_iter().filter(|(stored, _)| stored.payload.event_type != "customer.erased");
    of_day.map(|(stored, _)| (stored, None)).collect()
}

/// How often an erasure stands in the log, and what is shown of every text.
fn erased(kept: &[Kept]) -> String {
    let n = kept.iter().filter(|(stored, _)| stored.payload.event_type == "customer.erased").count();
    let shown: Vec<_> =
        kept.iter().filter_map(|(_, text)| text.as_ref().map(|text| (text.showing, &text.personal.texts))).collect();
    format!("erased {n} times: {shown:?}")
}

fn never_half_an_export(folder: &Path) -> Result<(), Finding> {
    let Ok(text) = std::fs::read_to_string(folder.join("out.jsonl")) else { return Ok(()) };
    let (n, want) = (text.lines().count(), day().len());
    if n == want && text.ends_with('\n') {
        // It is whole: the next run is to find the name free again.
        std::fs::remove_file(folder.join("out.jsonl")).expect("it can be removed");
        return Ok(());
    }
    Err(Finding::Wrong(format!("{n} of {want} lines stand under the export's name")))
}

/// Opens a file with SQLite and nothing else.
pub(crate) async fn raw(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
    SqliteConnection::connect_with(&options).await
}

/// Makes a log of layout 1, as the first version of Retrace wrote them.
pub(crate) async fn layout_one(path: &Path, facts: &[NewEvent]) {
    let mut connection = raw(path).await.expect("SQLite opens it");
    let script = include_str!("../../src-tauri/console/migrations/0001_log.sql");
    let script =
        format!("PRAGMA journal_mode = WAL; {script}; PRAGMA application_id = 0x52545243; PRAGMA user_version = 1; BEGIN;");
    sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&mut connection).await.expect("the first layout");
    let mut versions = std::collections::BTreeMap::new();
    for (position, fact) in facts.iter().enumerate() {
        let version = versions.entry(fact.stream.clone()).and_modify(|version| *version += 1).or_insert(0_i64);
        let row = sqlx::query("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").bind(position as i64);
        let row = row.bind(fact.stream.as_str()).bind(*version).bind(fact.id.0.as_bytes().as_slice());
        let row = row.bind(&fact.body.event_type).bind(i64::from(fact.body.schema)).bind(fact.occurred_at.0).bind(EVENING.0);
        let row = row.bind(serde_json::to_vec(&fact.meta).expect("JSON")).bind(fact.body.data.as_slice());
        row.execute(&mut connection).await.expect("the row is in order");
        if let Some(personal) = &fact.personal {
            let row =
                sqlx::query("INSERT INTO personal VALUES (?, ?, ?)").bind(position as i64).bind(personal.subject.as_deref());
            let row = row.bind(serde_json::to_vec(&personal.texts).expect("JSON"));
            row.execute(&mut connection).await.expect("the row is in order");
        }
    }
    sqlx::raw_sql("COMMIT").execute(&mut connection).await.expect("it is written");
    connection.close().await.expect("SQLite closes it");
}

/// The layout of a file and the names of its tables, by SQLite alone.
pub(crate) async fn layout(path: &Path) -> Result<(i64, Vec<String>), sqlx::Error> {
    let mut connection = raw(path).await?;
    let layout = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut connection).await?;
    let tables = sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
    let tables = tables.fetch_all(&mut connection).await?;
    connection.close().await?;
    Ok((layout, tables))
}

/// The file before the migration is kept.
pub(crate) fn backup(folder: &Path) -> PathBuf {
    folder.join(format!("{LOG}.layout-1.backup"))
}

/// A file is of the old layout, or of today's with the old one kept beside it; nothing between.
fn one_layout_or_the_other(folder: &Path) -> Result<(), Finding> {
    // SQLite would mend a torn end and fold it in: what is looked at is a copy.
    let looked = tempfile::tempdir().expect("a folder");
    crate::copy(&folder.join("."), looked.path());
    let (layout, tables) = wait(layout(&looked.path().join(LOG))).map_err(|error| Finding::Stuck(error.to_string()))?;
    let new = tables.iter().any(|table| table == "checkpoint");
    if new != (layout != 1) {
        return Err(Finding::Wrong(format!("layout {layout} with {tables:?}")));
    }
    let kept = looked.path().join(backup(folder).file_name().expect("a name"));
    if layout == 1 && !kept.exists() {
        return Ok(());
    }
    let n: Result<i64, sqlx::Error> = wait(async {
        let mut connection = raw(&kept).await?;
        sqlx::query_scalar("SELECT count(*) FROM event").fetch_one(&mut connection).await
    });
    match n {
        Ok(n) if n == MIGRATED as i64 => Ok(()),
        other => Err(Finding::Lost(format!("the backup of layout 1 holds {other:?} of {MIGRATED} events"))),
    }
}
