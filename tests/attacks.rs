//! Whoever may write the file may change it; nobody can change it unnoticed.

use std::collections::BTreeMap;
use std::path::Path;

use console::clock::Clock;
use console::envelope::{Columns, Hasher, Sealed};
use console::keys::{Keys, Signer, folder};
use console::log::sqlite::SqliteLog;
use console::log::{EventLog, LogError};
use console::merkle::{self, Frontier};
use console::note::{Head, Verifier, sign};
use console::verbs::Trouble;
use console::verification::{Finding, Held, Report, verify};
use console::witness::Witness;
use events::Position;
use sqlx::{Connection, Row, SqliteConnection};
use tests::file::raw;
use tests::made_up::EVENING;
use tests::place::Place;
use tests::program::{command, run};
use tests::victim::{Victim, grow, open, witness};

/// The leaves of a log's rows, as an attacker who knows our source computes them.
async fn leaves(connection: &mut SqliteConnection) -> Vec<merkle::Hash> {
    let sealed = "SELECT e.*, s.subject, s.bytes FROM event e LEFT JOIN sealed s USING (position) ORDER BY e.position";
    let rows = sqlx::query(sealed).fetch_all(connection).await.expect("rows");
    let mut hasher = Hasher::default();
    let leaf = |row: &sqlx::sqlite::SqliteRow| {
        let id: Vec<u8> = row.get(3);
        let (subject, bytes): (Option<String>, Option<Vec<u8>>) = (row.get(10), row.get(11));
        hasher.leaf(&Columns {
            position: row.get(0),
            stream: row.get(1),
            version: row.get(2),
            id: id.try_into().expect("16 bytes"),
            event_type: row.get(4),
            schema: row.get(5),
            occurred_us: row.get(6),
            recorded_us: row.get(7),
            meta: row.get(8),
            data: row.get(9),
            sealed: subject.as_deref().zip(bytes.as_deref()).map(|(subject, bytes)| Sealed { subject, bytes }),
        })
    };
    rows.iter().map(leaf).collect()
}

/// Writes the tree anew over what the rows are now, and with a signer the checkpoints too.
async fn rehash(path: &Path, signer: Option<&Signer>) {
    let mut connection = raw(path).await;
    let leaves = leaves(&mut connection).await;
    let sizes: Vec<i64> = sqlx::query_scalar("SELECT size FROM checkpoint").fetch_all(&mut connection).await.expect("sizes");
    let (mut tree, mut tiles, mut notes) = (Frontier::default(), Vec::new(), Vec::new());
    for leaf in leaves {
        tree.push(leaf, |tile| tiles.push(tile));
        if let Some(signer) = signer.filter(|_| sizes.contains(&(tree.size() as i64))) {
            let head = Head { origin: signer.origin.clone(), size: tree.size(), root: tree.root() };
            notes.push((tree.size(), sign(head, &signer.seed).note));
        }
    }
    tiles.extend(tree.open_tiles());
    for (level, number, hashes) in tiles {
        let tile = sqlx::query("INSERT OR REPLACE INTO tile VALUES (?, ?, ?)").bind(level).bind(number as i64);
        tile.bind(merkle::laid(&hashes)).execute(&mut connection).await.expect("a tile");
    }
    for (size, note) in notes {
        let note = sqlx::query("UPDATE checkpoint SET note = ? WHERE size = ?").bind(note).bind(size as i64);
        note.execute(&mut connection).await.expect("a checkpoint");
    }
    connection.close().await.expect("closed");
}

#[track_caller]
fn found(report: &Report, what: &str, first_bad: std::ops::RangeInclusive<u64>, expected: impl Fn(&Finding) -> bool) {
    assert!(report.findings.iter().any(expected), "{what}: {report:?}");
    let first = report.first_bad.map(|position| position.0);
    assert!(first.is_some_and(|first| first_bad.contains(&first)), "{what}: {first:?} is not in {first_bad:?}");
    assert!(report.verified_to <= *first_bad.end(), "{what}: verified to {}", report.verified_to);
    let covered = report.unverified.iter().any(|range| range.from <= *first_bad.end() && *first_bad.end() <= range.to);
    assert!(covered, "{what}: {:?}", report.unverified);
}

#[tokio::test]
async fn every_change_of_a_row_is_told_with_its_place() {
    let victim = Victim::new().await;
    let (pristine, n) = (victim.copy(), victim.n);
    assert_eq!(victim.report().await.findings, [], "nothing is found in what was not touched");
    let columns = [
        "stream = stream || 'x'",
        "type = 'conversation.ended'",
        "occurred_us = occurred_us + 1",
        "data = CAST(data || x'20' AS BLOB)",
    ];
    let columns =
        [&columns[..], &["meta = x'7b7d'", "schema = schema + 1", "version = version + 1000", "recorded_us = recorded_us + 1"]]
            .concat();
    let mut cases: Vec<(String, u64)> = Vec::new();
    for position in [0, 1, n / 2, n - 1] {
        cases.extend(columns.iter().map(|set| (format!("UPDATE event SET {set} WHERE position = {position}"), position)));
        cases.push((format!("UPDATE event SET id = randomblob(16) WHERE position = {position}"), position));
        cases.push((format!("DELETE FROM event WHERE position = {position}"), position));
    }
    let (sealed, plain): (i64, i64) = {
        let mut connection = raw(&victim.path()).await;
        let sql = "SELECT (SELECT min(position) FROM sealed WHERE subject = 'c1'), \
                   (SELECT min(position) FROM event WHERE position NOT IN (SELECT position FROM sealed))";
        sqlx::query_as(sql).fetch_one(&mut connection).await.expect("positions")
    };
    let (sealed, plain) = (sealed as u64, plain as u64);
    for statement in ["UPDATE sealed SET bytes = zeroblob(90)", "UPDATE sealed SET subject = 'c2'", "DELETE FROM sealed"] {
        cases.push((format!("{statement} WHERE position = {}", sealed + 5), sealed + 5));
    }
    cases.push((format!("INSERT INTO sealed VALUES ({plain}, 'c1', randomblob(90))"), plain));
    let shift = "UPDATE event SET position = -1 - position WHERE 20 <= position; UPDATE event SET position = -position WHERE position < 0;
        UPDATE sealed SET position = -1 - position WHERE 20 <= position; UPDATE sealed SET position = -position WHERE position < 0;";
    cases.push((format!("{shift} INSERT INTO event SELECT 20, 'conversation-forged', 0, randomblob(16), type, schema, occurred_us, recorded_us, meta, data FROM event WHERE position = 19"), 20));
    cases.push((
        "UPDATE event SET position = -31 WHERE position = 30; UPDATE event SET position = 30 WHERE position = 31; \
        UPDATE event SET position = 31 WHERE position = -31"
            .to_owned(),
        30,
    ));
    cases.push(("INSERT INTO event SELECT -5, 'conversation-forged', 0, randomblob(16), type, schema, occurred_us, recorded_us, meta, data FROM event WHERE position = 19".to_owned(), 0));
    for (statement, position) in &cases {
        victim.put(&pristine);
        victim.do_sql(statement).await;
        found(&victim.report().await, statement, *position..=*position, |finding| finding.position().is_some());
        // The same with the tree written anew: what is left is the signature.
        rehash(&victim.path(), None).await;
        let report = victim.report().await;
        assert!(!report.clean() && report.first_bad.is_some_and(|first| first.0 <= *position), "{statement}: {report:?}");
    }
    victim.put(&pristine);
    victim
        .do_sql("DROP INDEX event_id; UPDATE event SET id = (SELECT id FROM event WHERE position = 3) WHERE position = 90")
        .await;
    let expected = Finding::IdTwice { position: Position(90), first: Position(3) };
    found(&victim.report().await, "one id twice", 90..=90, |finding| *finding == expected);
    println!("{} changes of rows, each with and without the tree written anew", cases.len());
}

#[tokio::test]
async fn damage_to_the_evidence_itself_is_told_and_the_events_stay_verified() {
    let victim = Victim::new().await;
    let pristine = victim.copy();
    type Expected = fn(&Finding) -> bool;
    let cases: [(&str, Expected); 5] = [
        ("UPDATE tile SET hashes = zeroblob(length(hashes)) WHERE level = 0 AND number = 1", |finding| {
            matches!(finding, Finding::TileChanged { level: 0, number: 1 })
        }),
        ("DELETE FROM tile WHERE level = 0 AND number = 0", |finding| {
            matches!(finding, Finding::TileChanged { level: 0, number: 0 })
        }),
        ("UPDATE tile SET hashes = zeroblob(length(hashes)) WHERE level = 1", |finding| {
            matches!(finding, Finding::TileChanged { level: 1, .. })
        }),
        ("UPDATE checkpoint SET note = note || 'x' WHERE size = (SELECT min(size) FROM checkpoint)", |finding| {
            matches!(finding, Finding::CheckpointForged { .. })
        }),
        ("INSERT INTO sealed VALUES (99999, 'c1', randomblob(90))", |finding| {
            matches!(finding, Finding::SealedOrphan { position: 99999 })
        }),
    ];
    for (statement, expected) in cases {
        victim.put(&pristine);
        victim.do_sql(statement).await;
        let report = victim.report().await;
        assert!(report.findings.iter().all(expected) && !report.clean(), "{statement}: {:?}", report.findings);
        assert_eq!((report.first_bad, report.verified_to), (None, victim.n), "{statement}");
    }
    victim.put(&pristine);
    victim.do_sql("DROP TABLE tile; DROP TABLE checkpoint").await;
    assert!(victim.report().await.findings.iter().any(|finding| matches!(finding, Finding::TableUnreadable { .. })));
    victim.put(&pristine);
    victim.do_sql("DELETE FROM identity").await;
    found(&victim.report().await, "no identity", 0..=0, |finding| *finding == Finding::KeyMissing);
    victim.put(&pristine);
    victim.do_sql("DELETE FROM checkpoint").await;
    let report = victim.report().await;
    assert_eq!((report.clean(), report.verified_to, report.checkpoints), (true, victim.n, 0), "the outside one vouches for all");
}

#[tokio::test]
async fn a_history_signed_anew_is_caught_by_what_is_held_outside() {
    let victim = Victim::new().await;
    let (pristine, path) = (victim.copy(), victim.path());
    let signer = Keys::open_to_read(&path).await.expect("the keys lie beside the log").signer();
    victim.do_sql("UPDATE event SET data = CAST(data || x'20' AS BLOB) WHERE position = 12").await;
    rehash(&path, Some(&signer)).await;
    let report = victim.report().await;
    found(&report, "the same key", 0..=12, |finding| matches!(finding, Finding::RootDiffers { held: Held::Outside, .. }));
    // With the account's own folder forged too, only what left the machine binds.
    std::fs::remove_dir_all(victim.place.path("witness")).expect("the attacker may");
    let report = victim.report().await;
    assert_eq!((report.clean(), report.outside), (true, None), "nothing on this machine knows better");
    let given = verify(&path, &witness(&victim.place), std::slice::from_ref(&victim.taken), &|_, _| {}).await.expect("a report");
    found(&given, "given", 0..=12, |finding| matches!(finding, Finding::RootDiffers { held: Held::Given, .. }));
    let file = victim.place.file("taken.checkpoint", &victim.taken);
    let said = run(&path, &["verify", "--json", "--against", file.to_str().expect("a path")]);
    assert_eq!((said.code, &said.json()["findings"][0]["kind"]), (3, &serde_json::json!("root_differs")), "{said:?}");

    victim.put(&pristine);
    let other = Signer { origin: signer.origin.clone(), seed: [5; 32] };
    let key = Verifier::of_seed(&other.origin, &other.seed);
    victim.do_sql(&format!("UPDATE event SET data = x'7b7d' WHERE position = 12; UPDATE identity SET verifier = '{key}'")).await;
    rehash(&path, Some(&other)).await;
    let given = verify(&path, &witness(&victim.place), std::slice::from_ref(&victim.taken), &|_, _| {}).await.expect("a report");
    found(&given, "another key", 0..=0, |finding| *finding == Finding::KeyDiffers { held: Held::Given });
}

#[tokio::test]
async fn a_log_that_lost_its_end_or_its_place_is_told() {
    let victim = Victim::new().await;
    let (older, path) = (victim.copy(), victim.path());
    let log = open(&victim.place, &path).await;
    grow(&log, 40, "more").await;
    log.checkpoint().await.expect("signed");
    let n = *log.head().borrow();
    // What lies in the write-ahead log only, and is then deleted. Read by another process, for SQLite's locks are this one's.
    let main_alone = std::process::Command::new("cat").arg(&path).output().expect("the file").stdout;
    let main_alone = BTreeMap::from([(path.clone(), main_alone)]);
    log.close().await;
    let latest = victim.copy();
    let cut = "DELETE FROM event WHERE position >= (SELECT max(position) - 3 FROM event)";
    let traceless = format!("{cut}; DELETE FROM checkpoint WHERE size > (SELECT count(*) FROM event)");
    for (what, files, statement, held) in [
        ("an older copy", &older, "SELECT 1", Held::Outside),
        ("without its write-ahead log", &main_alone, "SELECT 1", Held::Outside),
        ("a cut tail", &latest, cut, Held::Log),
        ("a cut tail and its checkpoints", &latest, &traceless, Held::Outside),
    ] {
        victim.put(files);
        victim.do_sql(statement).await;
        let report = victim.report().await;
        assert!(report.size < n, "{what}: {report:?}");
        found(
            &report,
            what,
            report.size..=report.size,
            |finding| matches!(finding, Finding::Shorter { size, made_at: Some(_), held: by, .. } if *size == n && *by == held),
        );
        let log = open(&victim.place, &path).await;
        let refused = log.checkpoint().await;
        assert!(matches!(refused, Err(LogError::File { code: Trouble::LogForked, .. })), "{what}: {refused:?}");
        log.close().await;
    }
    let other = Victim::new().await;
    victim.put(&BTreeMap::from([(path.clone(), std::fs::read(other.path()).expect("a file"))]));
    let report = victim.report().await;
    found(&report, "another file", 0..=0, |finding| matches!(finding, Finding::OtherLog { .. }));
    let said = verify(&path, &witness(&victim.place), std::slice::from_ref(&victim.taken), &|_, _| {}).await;
    assert!(said.is_err(), "a checkpoint of the log that was there is of another log now");
}

#[tokio::test]
async fn of_two_continuations_only_one_is_signed() {
    let victim = Victim::new().await;
    let (path, copy) = (victim.path(), victim.place.path("copy.retrace"));
    std::fs::copy(&path, &copy).expect("a copy");
    std::fs::create_dir(folder(&copy)).expect("a folder");
    for name in ["secrets.json", "keys.db"] {
        std::fs::copy(folder(&path).join(name), folder(&copy).join(name)).expect("the keys too");
    }
    let first = open(&victim.place, &path).await;
    grow(&first, 30, "first").await;
    first.checkpoint().await.expect("signed");
    first.close().await;
    for n in [5, 60] {
        let second = open(&victim.place, &copy).await;
        grow(&second, n, &format!("second{n}")).await;
        let refused = second.checkpoint().await;
        assert!(matches!(refused, Err(LogError::File { code: Trouble::LogForked, .. })), "{n}: {refused:?}");
        assert!(second.kept().is_some_and(|kept| kept.borrow().refused.is_some()), "and the desk knows");
        second.close().await;
        let report = verify(&copy, &witness(&victim.place), &[], &|_, _| {}).await.expect("a report");
        assert!(!report.clean() && report.first_bad.is_some(), "{n}: {report:?}");
    }
    assert_eq!(victim.report().await.findings, [], "the one that was signed is as it was");
}

#[tokio::test]
async fn a_new_log_may_take_the_place_of_one_that_was_deleted() {
    let victim = Victim::new().await;
    let (before, path) = (victim.report().await.origin, victim.path());
    victim.put(&BTreeMap::new());
    std::fs::remove_file(&path).expect("it is deleted");
    let log = open(&victim.place, &path).await;
    grow(&log, 7, "new").await;
    let made = log.checkpoint().await.expect("it is signed").expect("there is something to sign");
    log.close().await;
    let report = victim.report().await;
    assert_eq!((report.findings, report.verified_to, made.head.size), (vec![], 7, 7));
    assert!(report.origin.is_some() && report.origin != before, "under a name of its own");
}

#[tokio::test]
async fn without_a_place_outside_the_log_works_and_says_so() {
    let place = Place::default();
    let file = place.file("not-a-folder", "");
    let witness = Witness::at(&file.join("witness"));
    let clock = Clock::chosen(EVENING);
    let log = SqliteLog::open_witnessed(&place.log_path(), clock, witness.clone()).await.expect("it opens");
    grow(&log, 5, "few").await;
    log.checkpoint().await.expect("it is signed all the same");
    log.close().await;
    let report = verify(&place.log_path(), &witness, &[], &|_, _| {}).await.expect("a report");
    assert_eq!((report.outside, report.verified_to), (None, report.size));
    let mut said = command();
    said.env("RETRACE_WITNESS", place.path("empty")).arg("--log").arg(place.log_path()).arg("verify");
    let said = said.output().expect("it runs");
    assert!(said.status.success() && String::from_utf8_lossy(&said.stdout).contains("no outside checkpoint"), "{said:?}");
}
