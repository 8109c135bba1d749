//! Forgetting a customer: nothing of them is left in any file, no number changes, and they do not come back.

use std::path::{Path, PathBuf};

use console::log::{EventLog, Expected, Rights, Showing};
use console::verbs::EventQuestion;
use events::{Event, NewEvent, Personal, Position, StreamId, codec, customer};
use projections::Board;
use serde_json::Value;
use sqlx::{Connection, Row as _, SqliteConnection};
use tests::bank::{self, Row};
use tests::made_up::{self, MORNING, fact, one_day};
use tests::place::{Place, all, close, folded};
use tests::program::{Said, run};
use tests::rights::unmasked;

/// A customer of the bank whom no other row names.
const NUMBER: &str = "2799740655123";
/// What stands in no file of ours for any other reason.
const CANARY: &str = "金丝雀唱歌 canary-in-the-coal-mine";

/// Every file under a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// The files in which something stands; a file that SQLite takes away meanwhile holds nothing.
fn holding(folder: &Path, needle: &[u8]) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| std::fs::read(path).unwrap_or_default().windows(needle.len()).any(|window| window == needle);
    files(folder).into_iter().filter(holds).collect()
}

/// A log with a day of other customers and two calls of the one who is to be forgotten.
fn calls(place: &Place) -> PathBuf {
    let mut rows = bank::many(300, 4);
    rows.push(Row::answered(9_000_001).with("customer_id", NUMBER));
    // A row that is mended, so that its original is kept.
    rows.push(Row::answered(9_000_002).with("customer_id", NUMBER).with("server", "NO_SERVER"));
    rows.push(Row::answered(9_000_003).with("customer_id", NUMBER).with("date", "x"));
    place.file("input/calls.tsv", bank::file(&rows))
}

fn done(said: Said) -> Value {
    assert_eq!(said.code, 0, "{said:?}");
    said.json()
}

/// Every metric by day and queue, without the position at which it was read.
fn metrics(log: &Path) -> Value {
    let mut rows = done(run(log, &["metrics", "--by", "day,queue", "--json"]));
    fn without_positions(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.remove("position");
                fields.values_mut().for_each(without_positions);
            }
            Value::Array(items) => items.iter_mut().for_each(without_positions),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    without_positions(&mut rows);
    rows
}

/// The wrapped keys in a log's database of keys, by pseudonym.
async fn wrapped_keys(log: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(log.with_file_name("desk.retrace-keys").join("keys.db"));
    let mut keys = SqliteConnection::connect_with(&options).await.expect("SQLite opens it");
    let rows = sqlx::query("SELECT subject, wrapped FROM subject_key WHERE wrapped IS NOT NULL").fetch_all(&mut keys).await;
    let found = rows.expect("a table").iter().map(|row| (row.get(0), row.get(1))).collect();
    keys.close().await.expect("SQLite closes it");
    found
}

#[tokio::test]
async fn nothing_of_a_forgotten_customer_is_left_in_any_file_and_no_number_changes() {
    let (place, input) = (Place::default(), Place::default());
    std::fs::create_dir(input.path("input")).expect("a folder");
    let (log, calls) = (place.log_path(), calls(&input));
    done(run(&log, &["import", calls.to_str().expect("a path"), "--json"]));
    done(run(&log, &["export", "--out", place.path("export.jsonl").to_str().expect("a path"), "--json"]));
    done(run(&log, &["board", "--json"]));
    let (metrics_before, figures_before) = (metrics(&log), done(run(&log, &["figures", "--set", "anonymous_bank", "--json"])));
    let keys_before = wrapped_keys(&log).await;
    let secrets_before = std::fs::read_to_string(place.path("desk.retrace-keys/secrets.json")).expect("secrets");
    let secrets_before: Value = serde_json::from_str(&secrets_before).expect("JSON");
    let secrets_before = secrets_before["secrets"].as_str().expect("kept in a file").to_owned();

    let said = done(run(&log, &["forget", NUMBER, "--reason", "asked on 3 March", "--json"]));
    let pseudonym = said["customer"].as_str().expect("a pseudonym").to_owned();
    assert_eq!(said["event"]["event_type"], "customer.erased");
    assert_eq!(said["erasure"]["hits"], Value::Array(Vec::new()), "{said}");
    assert_eq!(said["erasure"]["n_texts"], 4, "two numbers and two originals: {said}");
    assert!(2 < said["erasure"]["n_needles"].as_u64().expect("a count"), "{said}");

    let mut needles = vec![NUMBER.as_bytes().to_vec(), secrets_before.into_bytes(), keys_before[&pseudonym].clone()];
    needles.push(keys_before[&pseudonym].iter().flat_map(|byte| format!("{byte:02X}").into_bytes()).collect());
    for needle in needles {
        assert_eq!(holding(&place.path(""), &needle), Vec::<PathBuf>::new(), "{:?}", String::from_utf8_lossy(&needle));
    }
    let keys_after = wrapped_keys(&log).await;
    assert_eq!(keys_before.len(), keys_after.len() + 1);
    assert!(keys_after.iter().all(|(subject, wrapped)| keys_before[subject] != *wrapped), "every other key is wrapped anew");

    assert_eq!(metrics(&log), metrics_before);
    assert_eq!(done(run(&log, &["figures", "--set", "anonymous_bank", "--json"])), figures_before);
    assert_eq!(run(&log, &["forget", "31415926535"]).code, 1, "nobody has this number");
    assert_eq!(done(run(&log, &["forget", NUMBER, "--json"]))["event"], Value::Null, "forgotten twice is forgotten once");
}

#[tokio::test]
async fn importing_again_does_not_bring_a_forgotten_customer_back() {
    let (place, input) = (Place::default(), Place::default());
    std::fs::create_dir(input.path("input")).expect("a folder");
    let (log, calls) = (place.log_path(), calls(&input));
    done(run(&log, &["import", calls.to_str().expect("a path"), "--json"]));
    done(run(&log, &["forget", NUMBER, "--json"]));
    let again = done(run(&log, &["import", calls.to_str().expect("a path"), "--json"]));
    assert_eq!(again["events_written"], 0, "{again}");
    let later = input.file("input/later.tsv", bank::file(&[Row::answered(9_100_000).with("customer_id", NUMBER)]));
    let taken = done(run(&log, &["import", later.to_str().expect("a path"), "--json"]));
    assert!(0 < taken["events_written"].as_u64().expect("a count"), "the call itself is counted: {taken}");
    assert_eq!(holding(&place.path(""), NUMBER.as_bytes()), Vec::<PathBuf>::new());
    let shown = run(&log, &["unmask", NUMBER, "--reason", "a test", "--json"]);
    let texts = done(shown)["texts"].clone();
    assert!(texts.as_array().expect("a list").iter().all(|text| text["showing"] == "erased"), "{texts}");
}

fn with_text(nth: u64, customer: &str, text: &str) -> NewEvent {
    let texts = [("text".to_owned(), text.to_owned())].into();
    NewEvent {
        personal: Some(Personal { subject: Some(customer.to_owned()), texts }),
        ..fact("conversation", "said", nth, MORNING, events::conversation::MessageReceived { n_chars: 9 })
    }
}

async fn showing(desk: &console::desk::Desk, position: u64) -> (Option<Showing>, String) {
    let row = desk.event(EventQuestion { position: Position(position) }).await.expect("it is there");
    (row.showing, row.personal.get("text").cloned().unwrap_or_default())
}

#[tokio::test]
async fn a_restricted_customers_texts_are_kept_and_not_shown_and_released_they_are_again() {
    let place = Place::default();
    let (one, other) = (made_up::customer(1), made_up::customer(2));
    let desk = place.desk(vec![with_text(0, &one, CANARY), with_text(1, &other, CANARY)]).await;
    close(desk).await;
    for (verb, want) in [("restrict", Showing::Restricted), ("release", Showing::Masked)] {
        done(run(&place.log_path(), &[verb, &one, "--reason", "disputed", "--json"]));
        let desk = place.desk(Vec::new()).await;
        let all_rights = unmasked(None);
        let personal = desk.log().personal(&[Position(0)], &all_rights).await.expect("it can be read");
        assert_eq!(personal[&Position(0)].showing == Showing::Restricted, want == Showing::Restricted, "whatever the right");
        assert_eq!(showing(&desk, 0).await.0, Some(want), "{verb}");
        assert_eq!(showing(&desk, 1).await.0, Some(Showing::Masked), "nobody else is touched");
        close(desk).await;
    }
    assert_eq!(run(&place.log_path(), &["release", &one, "--json"]).code, 1, "there is nothing to release");
    done(run(&place.log_path(), &["forget", &one, "--json"]));
    assert_eq!(run(&place.log_path(), &["restrict", &one, "--json"]).code, 1, "erased is final");
}

#[tokio::test]
async fn an_erasure_cut_short_after_its_fact_is_completed_by_the_next_opening() {
    let place = Place::default();
    let one = made_up::customer(1);
    let desk = place.desk(vec![with_text(0, &one, CANARY)]).await;
    let erased = Event::Customer(customer::Event::Erased(customer::Erased { reason: "asked for".to_owned() }));
    let stream = StreamId::new("customer", &one).expect("a name");
    let body = codec::encode(&erased);
    let fact = NewEvent { stream: stream.clone(), body, personal: None, ..with_text(7, &one, "") };
    desk.log().append(&stream, Expected::NoStream, vec![fact]).await.expect("appended");
    // The process dies here: the key is still there.
    let before = desk.log().personal(&[Position(0)], &unmasked(None)).await.expect("it can be read");
    assert_eq!(before[&Position(0)].showing, Showing::Unmasked);
    close(desk).await;
    let desk = place.desk(Vec::new()).await;
    let after = desk.log().personal(&[Position(0)], &unmasked(None)).await.expect("it can be read");
    assert_eq!((after[&Position(0)].showing, after[&Position(0)].personal.texts.len()), (Showing::Erased, 0));
}

#[tokio::test]
async fn keys_from_an_old_copy_do_not_bring_a_forgotten_customer_back() {
    let (place, copy) = (Place::default(), Place::default());
    let (one, other) = (made_up::customer(1), made_up::customer(2));
    let desk = place.desk(vec![with_text(0, &one, CANARY), with_text(1, &other, CANARY)]).await;
    close(desk).await;
    for name in ["keys.db", "secrets.json"] {
        std::fs::copy(place.path("desk.retrace-keys").join(name), copy.path(name)).expect("a copy");
    }
    done(run(&place.log_path(), &["forget", &one, "--json"]));
    // Only the database is put back: its keys are wrapped under an epoch key that no longer exists.
    std::fs::copy(copy.path("keys.db"), place.path("desk.retrace-keys/keys.db")).expect("put back");
    let log = place.log().await;
    let found = log.personal(&[Position(0), Position(1)], &unmasked(None)).await.expect("facts are read all the same");
    assert!(found.values().all(|shown| shown.showing == Showing::Locked && shown.personal.texts.is_empty()), "{found:?}");
    log.close().await;
    // All of it is put back: the log still knows who was erased.
    std::fs::copy(copy.path("secrets.json"), place.path("desk.retrace-keys/secrets.json")).expect("put back");
    let desk = place.desk(Vec::new()).await;
    let found = desk.log().personal(&[Position(0), Position(1)], &unmasked(None)).await.expect("they can be read");
    let standing: Vec<Showing> = found.values().map(|shown| shown.showing).collect();
    assert_eq!(standing, [Showing::Erased, Showing::Unmasked]);
}

#[tokio::test]
async fn texts_of_an_older_layout_are_sealed_when_the_log_is_opened() {
    let place = Place::default();
    let path = place.log_path();
    let log = place.log().await;
    log.ingest(one_day(6, 3), |_ingested| Vec::new()).await.expect("taken");
    let (facts, board): (_, Board) = (all(&log).await, folded(&log).await);
    log.close().await;
    // As layout 1 had it: a table of plain texts, no evidence, and no keys.
    std::fs::remove_dir_all(place.path("desk.retrace-keys")).expect("no keys yet");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let mut old = SqliteConnection::connect_with(&options).await.expect("SQLite opens it");
    let script = format!(
        "DROP TABLE sealed; DROP TABLE tile; DROP TABLE checkpoint; DROP TABLE identity; \
         CREATE TABLE personal (position INTEGER PRIMARY KEY REFERENCES event (position), subject TEXT, texts BLOB NOT NULL) STRICT; \
         INSERT INTO personal VALUES (0, 'c-1', CAST('{{\"text\":\"{CANARY}\"}}' AS BLOB)), (2, NULL, CAST('{{\"original\":\"{CANARY}\"}}' AS BLOB)); \
         PRAGMA user_version = 1; VACUUM;"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&mut old).await.expect("an older layout");
    old.close().await.expect("SQLite closes it");
    assert!(!holding(&place.path(""), CANARY.as_bytes()).is_empty(), "it stands there plainly");
    assert_eq!(run(&path, &["board", "--json"]).code, 3, "a reader does not change the layout, and says so");

    let log = place.log().await;
    assert_eq!((all(&log).await, folded(&log).await), (facts, board));
    let shown = log.personal(&[Position(0), Position(2)], &unmasked(None)).await.expect("they can be read");
    let texts: Vec<&str> = shown.values().flat_map(|shown| shown.personal.texts.values().map(String::as_str)).collect();
    assert_eq!(texts, [CANARY, CANARY]);
    assert_eq!(shown[&Position(0)].personal.subject.as_deref(), Some("c-1"));
    log.close().await;
    let left: Vec<PathBuf> = holding(&place.path(""), CANARY.as_bytes());
    assert!(left.iter().all(|path| path.extension().is_some_and(|extension| extension == "backup")), "{left:?}");
}

#[tokio::test]
async fn without_its_keys_a_log_still_counts_and_takes_no_text() {
    let place = Place::default();
    let desk = place.desk(vec![with_text(0, &made_up::customer(1), CANARY)]).await;
    let board = folded(desk.log()).await;
    close(desk).await;
    std::fs::rename(place.path("desk.retrace-keys"), place.path("elsewhere")).expect("moved");
    let desk = place.desk(vec![fact("conversation", "b", 0, MORNING, events::conversation::Resolved {})]).await;
    assert_eq!(showing(&desk, 0).await, (Some(Showing::Locked), String::new()));
    assert_eq!(folded(desk.log()).await.n_facts, board.n_facts + 1, "facts without texts are taken");
    let refused = desk.log().ingest(vec![with_text(1, &made_up::customer(1), "x")], |_ingested| Vec::new()).await;
    let missing = |error: &console::log::LogError| {
        matches!(error, console::log::LogError::File { code: console::verbs::Trouble::KeysMissing, .. })
    };
    assert!(refused.as_ref().is_err_and(missing), "a text is never stored unsealed: {refused:?}");
    close(desk).await;
    std::fs::rename(place.path("elsewhere"), place.path("desk.retrace-keys")).expect("put back");
    let log = place.log().await;
    assert_eq!(log.personal(&[Position(0)], &Rights::Masked).await.expect("read")[&Position(0)].showing, Showing::Masked);
    assert!(
        log.personal(&[Position(0)], &unmasked(None))
            .await
            .is_ok_and(|shown| shown[&Position(0)].personal.texts["text"] == CANARY)
    );
}
