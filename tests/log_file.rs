//! The log of record as a file: who may open it, what guards it, what damage and unknown facts do.

use std::path::Path;

use console::clock::Clock;
use console::desk::Desk;
use console::log::sqlite::SqliteLog;
use console::log::{EventLog, LogError};
use console::verbs::{LiveQuestion, Nothing, Trouble};
use events::{Body, CodecError, Position};
use projections::live::Range;
use sqlx::Connection;
use tests::bank;
use tests::file::{raw, sql};
use tests::made_up::{EVENING, one_day};
use tests::place::{Place, all, close, folded};
use tests::program::{command, run};

async fn closed_log(place: &Place, n: usize) -> u64 {
    let log = place.log().await;
    log.ingest(one_day(n, 5), |_ingested| Vec::new()).await.expect("taken");
    let head = *log.head().borrow();
    log.close().await;
    head
}

async fn refused(path: &Path) -> Trouble {
    match SqliteLog::open(path, Clock::System).await.map(|log| log.path().to_owned()) {
        Err(LogError::File { code, .. }) => code,
        other => panic!("{} is not refused: {other:?}", path.display()),
    }
}

#[tokio::test]
async fn nothing_in_the_file_is_changed_deleted_or_left_out() {
    let place = Place::default();
    let head = closed_log(&place, 4).await;
    let path = place.log_path();
    let columns = "stream, version, id, type, schema, occurred_us, recorded_us, meta, data";
    let insert = |position: u64, version: &str, recorded: &str| {
        format!(
            "INSERT INTO event (position, {columns}) SELECT {position}, stream, {version}, randomblob(16), type, schema, \
             occurred_us, {recorded}, meta, data FROM event ORDER BY position DESC LIMIT 1"
        )
    };
    let cases = [
        ("UPDATE event SET data = x'7b7d' WHERE position = 0".to_owned(), "an event is never changed"),
        ("DELETE FROM event WHERE position = 0".to_owned(), "an event is never deleted"),
        (
            format!(
                "INSERT OR REPLACE INTO event (position, {columns}) SELECT position, {columns} FROM event WHERE position = 0"
            ),
            "positions have no gaps",
        ),
        ("UPDATE sealed SET bytes = x'7b7d'".to_owned(), "a sealed text is never changed"),
        ("DELETE FROM sealed".to_owned(), "a sealed text is never deleted"),
        (insert(head + 1, "version + 1", "recorded_us"), "positions have no gaps"),
        (insert(head, "version + 2", "recorded_us"), "versions have no gaps"),
        (insert(head, "version", "recorded_us"), "versions have no gaps"),
        (insert(head, "version + 1", "recorded_us - 1"), "recorded time never goes back"),
    ];
    for (statement, why) in cases {
        let refused = sql(&path, &statement).await.expect_err(&statement);
        assert!(refused.contains(why), "{statement}: {refused}");
    }
    sql(&path, &insert(head, "version + 1", "recorded_us")).await.expect("the next row in order is taken");
}

#[tokio::test]
async fn a_second_retrace_is_refused_in_words_through_links_too() {
    let place = Place::default();
    let log = place.log().await;
    let (link, hard) = (place.path("link.retrace"), place.path("hard.retrace"));
    std::os::unix::fs::symlink(place.log_path(), &link).expect("a link");
    std::fs::hard_link(place.log_path(), &hard).expect("a hard link");
    let file = place.file("calls.tsv", bank::file(&[bank::Row::answered(1)]));
    for path in [place.log_path(), link, hard] {
        assert_eq!(refused(&path).await, Trouble::LogInUse);
        let said = run(&path, &["import", file.to_str().expect("a path")]);
        assert_eq!(said.code, 3, "{said:?}");
        assert!(said.error.contains("another Retrace has this log open"), "{said:?}");
    }
    std::fs::remove_file(place.path("hard.retrace")).expect("a log has one name");
    assert_eq!(run(&place.log_path(), &["board", "--json"]).code, 0, "looking on is allowed");
    log.close().await;
    assert_eq!(run(&place.log_path(), &["import", file.to_str().expect("a path")]).code, 0, "and when it is closed, writing");
}

#[tokio::test]
async fn what_is_not_a_log_is_refused_and_left_as_it_was() {
    let place = Place::default();
    sql(&place.path("foreign.db"), "CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine')").await.expect("SQLite");
    let marked = "PRAGMA journal_mode = WAL; CREATE TABLE notes (text TEXT); PRAGMA user_version = 1";
    sql(&place.path("foreign-wal.db"), marked).await.expect("SQLite");
    std::fs::create_dir(place.path("folder")).expect("a folder");
    let not_sqlite = place.file("letter.txt", "Dear Sir or Madam, this is no log at all.\n");
    let short = place.file("short.txt", "hi");
    let newer = Place::default();
    closed_log(&newer, 3).await;
    sql(&newer.log_path(), "PRAGMA user_version = 99").await.expect("SQLite");
    let in_delete_mode = Place::default();
    closed_log(&in_delete_mode, 3).await;
    sql(&in_delete_mode.log_path(), "PRAGMA journal_mode = DELETE; PRAGMA user_version = 99").await.expect("SQLite");
    let cases = [
        (place.path("foreign.db"), Trouble::LogForeign),
        (place.path("foreign-wal.db"), Trouble::LogForeign),
        (not_sqlite, Trouble::LogForeign),
        (short, Trouble::LogForeign),
        (place.path("folder"), Trouble::FileIsFolder),
        (newer.log_path(), Trouble::LogNewer),
        (in_delete_mode.log_path(), Trouble::LogNewer),
    ];
    for (path, code) in cases {
        let before = std::fs::read(&path).ok();
        assert_eq!(refused(&path).await, code, "{}", path.display());
        let looked = SqliteLog::open_to_read(&path).await.err();
        assert!(matches!(&looked, Some(LogError::File { code: found, .. }) if *found == code), "{}: {looked:?}", path.display());
        assert!(std::fs::read(&path).ok() == before, "{} was touched", path.display());
    }
}

#[tokio::test]
async fn there_is_nothing_to_read_where_there_is_no_file() {
    let place = Place::default();
    let looked = SqliteLog::open_to_read(&place.log_path()).await.err();
    assert!(matches!(looked, Some(LogError::File { code: Trouble::FileMissing, .. })), "{looked:?}");
    assert!(!place.log_path().exists(), "and looking makes none");
}

#[tokio::test]
async fn a_log_is_readable_by_its_account_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::default();
    let log = place.log().await;
    log.ingest(one_day(2, 1), |_ingested| Vec::new()).await.expect("taken");
    let (mut folders, mut n_files) = (vec![place.path("")], 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            let mode = std::fs::metadata(&entry).expect("a file").permissions().mode() & 0o777;
            assert_eq!(mode, if entry.is_dir() { 0o700 } else { 0o600 }, "{}", entry.display());
            n_files += 1;
            folders.extend(Some(entry).filter(|entry| entry.is_dir()));
        }
    }
    assert!(4 < n_files, "the log, its keys and what SQLite puts beside them: {n_files}");
}

/// Adds a row by hand, as an older or newer version, or a failing disk, might have left it.
async fn add(path: &Path, position: u64, event_type: &str, schema: i64, data: &[u8]) {
    let mut connection = raw(path).await;
    sqlx::query(
        "INSERT INTO event SELECT ?, 'conversation-strange', (SELECT coalesce(max(version) + 1, 0) FROM event WHERE stream = \
         'conversation-strange'), randomblob(16), ?, ?, occurred_us, recorded_us, meta, ? FROM event ORDER BY position DESC LIMIT 1",
    )
    .bind(position as i64)
    .bind(event_type)
    .bind(schema)
    .bind(data)
    .execute(&mut connection)
    .await
    .expect("the row is in order");
    connection.close().await.expect("SQLite closes it");
}

#[tokio::test]
async fn a_fact_that_cannot_be_understood_is_counted_kept_and_passed() {
    let place = Place::default();
    let head = closed_log(&place, 4).await;
    let rows: [(&str, i64, &[u8]); 8] = [
        ("conversation.teleported", 1, b"{}"),
        ("weather.changed", 1, b"{}"),
        ("weather\u{1f}changed", 1, b"{}"),
        ("conversation.enqueued", 2, br#"{"queue":"x"}"#),
        ("conversation.enqueued", 1, br#"{"line":"x"}"#),
        ("conversation.enqueued", 1, b"\xff\x00\xfe not JSON"),
        ("conversation.enqueued", 1, b""),
        ("conversation.enqueued", 4_294_967_296, br#"{"queue":"x"}"#),
    ];
    for (nth, (event_type, schema, data)) in rows.into_iter().enumerate() {
        add(&place.log_path(), head + nth as u64, event_type, schema, data).await;
    }
    let desk = place.desk(one_day(6, 6)).await;
    let status = desk.status(Nothing {}).await.expect("a status");
    assert_eq!((status.n_poison, status.halted, status.lag), (8, None, 0));
    assert!(head + 8 < status.position, "facts after them are folded too");
    let board = folded(desk.log()).await;
    let whys: Vec<String> =
        board.poison.iter().map(|(position, poison)| format!("{} {}", position.0 - head, poison.why)).collect();
    expect_test::expect![[r#"
        0 no event is called "conversation.teleported"
        1 no event is called "weather.changed"
        2 no event is called "weather\u{1f}changed"
        3 schema 2 is newer than 1, the newest known here
        4 the payload does not fit its type: a value is missing or of the wrong kind, at line 1 column 12
        5 the payload does not fit its type: this is not JSON, at line 1 column 1
        6 the payload does not fit its type: the text ends too early, at line 1 column 0
        7 schema 4294967295 is newer than 1, the newest known here"#]]
    .assert_eq(&whys.join("\n"));
    let stored = desk.log().at(&[Position(head + 5)]).await.expect("it can be read");
    assert_eq!(stored[0].payload.data, b"\xff\x00\xfe not JSON", "kept as it was written");
    assert!(matches!(&stored[0].fact.body, Body::Poison(poison) if matches!(poison.why, CodecError::Malformed(_))));
    let event = desk.event(console::verbs::EventQuestion { position: Position(head) }).await.expect("it is shown");
    assert_eq!(event.poison.map(|poison| poison.why), Some(CodecError::UnknownType("conversation.teleported".to_owned())));
    let said = run(&place.log_path(), &["doctor", "--json"]);
    assert_eq!(said.code, 3, "the doctor tells of them: {said:?}");
}

/// Where reading in log order first fails.
async fn first_bad(log: &SqliteLog) -> Option<u64> {
    let mut from = 0;
    loop {
        match log.read(from, 4_096).await {
            Ok(facts) if facts.is_empty() => return None,
            Ok(facts) => from += facts.len() as u64,
            Err(LogError::Damaged { position, .. }) => return Some(position.0),
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn damage_stops_the_desk_at_the_first_bad_place_with_its_views_still_served() {
    let cases = [
        ("UPDATE event SET stream = 'nonsense' WHERE position IN (37, 90)", 37),
        ("UPDATE event SET meta = x'00ff' WHERE position = 41", 41),
        ("UPDATE event SET id = x'00' WHERE position = 3", 3),
        ("DELETE FROM event WHERE position = 17", 17),
        ("DELETE FROM event WHERE position < 2", 0),
        ("UPDATE event SET stream = 'conversation-' || char(31) || 'x' WHERE position = 29", 29),
    ];
    for (damage, at) in cases {
        let place = Place::default();
        closed_log(&place, 20).await;
        let unguarded = format!(
            "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; DROP TRIGGER event_is_never_changed; DROP TRIGGER event_is_never_deleted; {damage}"
        );
        sql(&place.log_path(), &unguarded).await.expect("the guards are gone");
        let log = place.log().await;
        assert_eq!(first_bad(&log).await, Some(at), "{damage}");
        let desk = Desk::open(log, Clock::chosen(EVENING)).await.expect("a desk opens all the same");
        let status = desk.status(Nothing {}).await.expect("a status");
        assert_eq!((status.halted.map(|halt| halt.position), status.position), (Some(Position(at)), at), "{damage}");
        let view = desk.live(LiveQuestion { range: Range::All, ..LiveQuestion::default() }).await.expect("views are served");
        assert_eq!(view.position, at, "{damage}");
        let said = run(&place.log_path(), &["metrics", "--json"]);
        assert_eq!(said.code, 3, "{damage}: {said:?}");
        assert!(said.error.contains("damaged") && said.error.contains(&at.to_string()), "{damage}: {said:?}");
    }
}

#[tokio::test]
async fn a_snapshot_of_another_log_is_not_believed() {
    let (place, other) = (Place::default(), Place::default());
    let desk = place.desk(one_day(20, 1)).await;
    desk.save_snapshot();
    close(desk).await;
    let of = |place: &Place| place.path("desk.retrace-derived");
    std::fs::create_dir(of(&other)).expect("a folder");
    for entry in std::fs::read_dir(of(&place)).expect("a snapshot was saved").map(|entry| entry.expect("an entry")) {
        std::fs::copy(entry.path(), of(&other).join(entry.file_name())).expect("a copy");
    }
    let desk = other.desk(one_day(25, 2)).await;
    let view = desk.live(LiveQuestion { range: Range::All, ..LiveQuestion::default() }).await.expect("a view");
    let board = folded(desk.log()).await;
    assert_eq!(view.totals[0].n as usize, all_offered(&board), "folded from nothing instead");
    // Snapshots cut short or with other bytes are not believed either.
    for entry in std::fs::read_dir(of(&other)).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let bytes = std::fs::read(&entry).expect("a snapshot");
        std::fs::write(&entry, &bytes[..bytes.len() / 2]).expect("the folder can be written");
    }
    close(desk).await;
    let desk = other.desk(Vec::new()).await;
    assert_eq!(desk.status(Nothing {}).await.expect("a status").position, all(desk.log()).await.len() as u64);
}

fn all_offered(board: &projections::Board) -> usize {
    let lens = projections::Lens { as_of: EVENING, today: EVENING, zone: "Asia/Shanghai".to_owned() };
    let metric = projections::metric::Metric::ALL[0];
    projections::figure::figure(board, metric, &projections::scope::Scope::default(), &lens).n as usize
}

#[tokio::test]
async fn a_full_disk_is_told_and_loses_nothing_confirmed() {
    let place = Place::default();
    let file = place.file("calls.tsv", bank::file(&bank::many(6_000, 1)));
    let log = place.log_path();
    let first = place.file("first.tsv", bank::file(&[bank::Row::answered(1)]));
    assert_eq!(run(&log, &["import", first.to_str().expect("a path")]).code, 0);
    let limited = command_limited(&log, &file);
    assert_eq!(limited.code, 3, "{limited:?}");
    assert!(limited.error.contains("the disk is full"), "{limited:?}");
    let before = {
        let log = place.log().await;
        let facts = all(&log).await;
        log.close().await;
        facts
    };
    assert!(!before.is_empty(), "what was confirmed is there");
    let resumed = run(&log, &["import", "--json", file.to_str().expect("a path")]);
    let told = resumed.json();
    assert_eq!(resumed.code, 0, "{resumed:?}");
    assert!((1..6_000).contains(&told["rows_read"].as_u64().unwrap_or_default()), "it goes on and tells what it did: {told}");
    let board = run(&log, &["--json", "board"]).json();
    let imports = board["imports"]["by_id"].as_object().expect("imports").values();
    assert_eq!(imports.map(|import| import["n_rows_read"].as_u64().unwrap_or_default()).max(), Some(6_000), "all of it is there");
    let log = place.log().await;
    let after = all(&log).await;
    assert!(before.len() < after.len() && after[..before.len()] == before[..], "and nothing before it changed");
}

/// Imports where no file may grow beyond a megabyte.
fn command_limited(log: &Path, file: &Path) -> tests::program::Said {
    let program = command();
    let mut shell = std::process::Command::new("sh");
    // POSIX: in blocks of 512 bytes.
    shell.args(["-c", "ulimit -f 2000; exec \"$@\"", "sh"]).arg(program.get_program());
    shell.args(["--log"]).arg(log).arg("import").arg(file).env("RETRACE_LANGUAGE", "en");
    shell.output().expect("a shell").into()
}
