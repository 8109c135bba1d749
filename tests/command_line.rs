//! The command line keeps its contract: exit codes, one JSON document, sentences in the reader's language.

use std::path::Path;

use serde_json::{Value, json};
use tests::bank::{HEADER, Row, file, many};
use tests::made_up::one_day;
use tests::place::Place;
use tests::program::{Said, command, run};

fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

/// A place with a log of a small bank.
fn banked() -> Place {
    let place = Place::default();
    let calls = place.file("calls.tsv", file(&many(400, 3)));
    let said = run(&place.log_path(), &["import", text(&calls)]);
    assert_eq!(said.code, 0, "{said:?}");
    place
}

async fn made_up() -> Place {
    let place = Place::default();
    let log = place.log().await;
    console::log::EventLog::ingest(&log, one_day(30, 2), |_ingested| Vec::new()).await.expect("taken");
    log.close().await;
    place
}

#[track_caller]
fn check(log: &Path, arguments: &[&str], code: i32, words: &str) -> Said {
    let said = run(log, arguments);
    assert_eq!(said.code, code, "{arguments:?}: {said:?}");
    assert!(said.error.contains(words), "{arguments:?} does not say {words:?}: {said:?}");
    said
}

/// The shape of a JSON document: every value by its kind, arrays by their first.
fn shape(value: &Value) -> Value {
    match value {
        Value::Null => json!("null"),
        Value::Bool(_) => json!("bool"),
        Value::Number(_) => json!("number"),
        Value::String(_) => json!("text"),
        Value::Array(rows) => rows.first().map_or(json!([]), |row| json!([shape(row)])),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
    }
}

#[test]
fn wrong_usage_is_two() {
    let place = banked();
    let log = place.log_path();
    for (arguments, words) in [
        (&[][..], "Usage"),
        (&["fly"], "unrecognized subcommand"),
        (&["import"], "FILE"),
        (&["import", "--source", "nobody", "x.tsv"], "anonymous-bank"),
        (&["metrics", "--by", "weather"], "half-hour"),
        (&["metrics", "--metric", "no.such"], "contacts.offered"),
        (&["metrics", "--metric", "contacts.offered@9"], "version 1"),
        (&["metrics", "--at", "yesterday"], "RFC 3339"),
        (&["board", "--at", "@x"], "invalid"),
        (&["figures", "--set", "weather"], "anonymous_bank"),
        (&["replay", "--batch", "0"], "batch"),
        (&["replay", "--speed", "9999"], "3600"),
        (&["simulate", "--rate", "0"], "rate"),
        (&["simulate", "--days", "0"], "days"),
        (&["export", "--format", "papyrus"], "cloudevents"),
        (&["prove"], "EVENT"),
        (&["prove", "@x"], "POSITION"),
        (&["prove", "3", "--from", "1"], "--from"),
        (&["prove", "--to", "3"], "--from"),
    ] {
        check(&log, arguments, 2, words);
    }
}

#[test]
fn done_is_nought_and_help_has_an_example() {
    let place = Place::default();
    for verb in [
        "import",
        "simulate",
        "metrics",
        "figures",
        "board",
        "replay",
        "export",
        "verify",
        "prove",
        "checkpoint",
        "serve",
        "doctor",
    ] {
        let said = check(&place.log_path(), &[verb, "--help"], 0, "");
        assert!(said.out.contains("Example:\n  retrace "), "{verb}: {}", said.out);
    }
    assert!(check(&place.log_path(), &["completions", "bash"], 0, "").out.contains("retrace"));
    assert!(check(&place.log_path(), &["man"], 0, "").out.contains(".TH retrace"));
    assert!(!place.log_path().exists(), "and no log is made for it");
}

#[test]
fn what_cannot_be_read_is_one_and_said_in_three_languages() {
    let place = Place::default();
    let packed = {
        use std::io::Write;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(file(&many(900, 1)).as_bytes()).expect("memory takes it");
        packed.finish().expect("memory takes it")
    };
    std::fs::create_dir(place.path("folder")).expect("a folder");
    let letter = place.file("letter.txt", "Dear Sir or Madam,\n");
    let cases = [
        (letter.clone(), &[][..], "format_unknown", ["无法识别文件格式", "無法識別檔案格式", "the format is not recognised"]),
        (
            letter,
            &["--source", "anonymous-bank"],
            "header_incomplete",
            ["表头缺少列", "表頭缺少欄位", "the header lacks columns"],
        ),
        (
            place.file("twice.tsv", format!("{HEADER}\tserver\r\n")),
            &[],
            "header_duplicate",
            ["重复的列", "重複的欄位", "names a column twice"],
        ),
        (
            place.file("half.tsv.gz", &packed[..packed.len() / 2]),
            &[],
            "gzip_truncated",
            ["压缩文件不完整", "壓縮檔不完整", "ends too early"],
        ),
        (place.file("empty.tsv", ""), &[], "file_empty", ["文件没有内容", "檔案沒有內容", "has no content"]),
        (
            place.file("header.tsv", format!("{HEADER}\r\nx\r\n")),
            &[],
            "nothing_understood",
            ["没有一行能按此格式读出", "沒有一列能按此格式讀出", "not one row"],
        ),
        (place.path("folder"), &[], "file_is_folder", ["这是一个文件夹", "這是一個資料夾", "this is a folder"]),
        (place.path("nowhere.tsv"), &[], "file_missing", ["找不到这个文件", "找不到這個檔案", "there is no such file"]),
    ];
    for (path, more, code, words) in cases {
        for (language, words) in ["zh-Hans", "zh-Hant", "en"].into_iter().zip(words) {
            let mut import = command();
            import.env("RETRACE_LANGUAGE", language).arg("--log").arg(place.path(&format!("{code}-{language}.retrace")));
            let said: Said = import.args(["--json", "import"]).args(more).arg(&path).output().expect("it runs").into();
            assert_eq!(said.code, 1, "{code}: {said:?}");
            assert!(said.error.contains(words), "{code} in {language} does not say {words}: {said:?}");
            assert!(said.error.contains(text(&path)), "{code} names the file: {said:?}");
            let last = said.out.lines().last().expect("an answer");
            let answer: Value = serde_json::from_str(last).expect("JSON");
            assert_eq!(answer["error"]["code"], code, "{said:?}");
        }
    }
}

#[test]
fn the_log_in_trouble_is_three_and_said_in_three_languages() {
    let place = Place::default();
    let letter = place.file("letter.txt", "Dear Sir or Madam, this is no log\n");
    let words = ["这不是 Retrace 的日志", "這不是 Retrace 的日誌", "this is not a Retrace log"];
    for (language, words) in ["zh-CN.UTF-8", "zh_TW.UTF-8", "de_DE.UTF-8"].into_iter().zip(words) {
        let mut board = command();
        board.env_remove("RETRACE_LANGUAGE").env("LC_ALL", language);
        let said: Said = board.arg("--log").arg(&letter).args(["board"]).output().expect("it runs").into();
        assert_eq!((said.code, said.error.contains(words)), (3, true), "{language}: {said:?}");
    }
    check(&place.path(""), &["board"], 1, "this is a folder");
    check(&place.path("none.retrace"), &["board"], 1, "there is no such file");
    check(&letter, &["doctor"], 3, "needs attention");
}

#[test]
fn an_import_says_what_it_did() {
    let place = Place::default();
    let rows = [Row::answered(1), Row::answered(2).with("server", "NO_SERVER"), Row::answered(3).with("date", "x")];
    let calls = place.file("calls.tsv", file(&rows));
    let path = text(&calls);
    let first = check(&place.log_path(), &["import", "--source", "anonymous-bank", path, "--json"], 0, "").json();
    let want = json!({
        "source": "anonymous-bank", "files": [path], "rows_read": 3, "events_written": 12, "already_present": 0,
        "repaired": { "agent_not_recorded": 1 }, "refused": { "bad_date": 1 }, "position": 16,
    });
    assert_eq!(first, want);
    let again = check(&place.log_path(), &["import", path, "--json"], 0, "").json();
    assert_eq!((&again["events_written"], &again["already_present"], &again["position"]), (&json!(0), &json!(12), &json!(16)));
    let more = place.file("more.tsv", file(&[Row::abandoned(9)]));
    let both = check(&place.log_path(), &["import", path, text(&more), "--json"], 0, "").json();
    assert_eq!(
        (&both["rows_read"], &both["events_written"], both["files"].as_array().map(Vec::len)),
        (&json!(4), &json!(4), Some(2))
    );
}

#[test]
fn an_import_reads_the_standard_input() {
    let place = Place::default();
    let calls = place.file("calls.tsv", file(&many(50, 8)));
    let mut import = command();
    import.arg("--log").arg(place.log_path()).args(["import", "-", "--json"]);
    let said: Said = import.stdin(std::fs::File::open(calls).expect("it is there")).output().expect("it runs").into();
    assert_eq!((said.code, &said.json()["rows_read"]), (0, &json!(50)), "{said:?}");
}

#[test]
fn metrics_are_rows_that_open_to_their_events() {
    let place = banked();
    let log = place.log_path();
    let rows = check(&log, &["metrics", "--by", "day,queue", "--events", "--json"], 0, "").json();
    for row in rows.as_array().expect("rows") {
        assert_eq!(row["events"].as_array().map(|events| events.len() as u64), row["n"].as_u64(), "{row}");
    }
    let want = json!({
        "metric": "text", "version": "number", "group": { "day": "text", "queue": "text" }, "value": "number",
        "numerator": "number", "denominator": "number", "n": "number", "unit": "text", "position": "number", "events": ["number"],
    });
    assert_eq!(shape(&rows[0]), want);
    let chosen = check(&log, &["metrics", "--metric", "asa.connect@1", "--metric", "abandon.count", "--json"], 0, "").json();
    let ids: Vec<&Value> = chosen.as_array().expect("rows").iter().map(|row| &row["metric"]).collect();
    assert_eq!(ids, ["asa.connect", "abandon.count"]);
    let figures = check(&log, &["figures", "--set", "anonymous_bank", "--json"], 0, "").json();
    assert_eq!((&chosen[0]["value"], &chosen[1]["value"]), (&figures["asa_s"], &json!(figures["abandoned"])));
}

#[test]
fn metrics_that_count_nothing_say_so() {
    let place = banked();
    let arguments = ["metrics", "--queue", "no such queue", "--metric", "contacts.offered", "--metric", "asa.connect", "--json"];
    let rows = check(&place.log_path(), &arguments, 0, "").json();
    assert_eq!((&rows[0]["value"], &rows[0]["n"], &rows[1]["value"]), (&json!(0.0), &json!(0), &Value::Null), "{rows}");
    let backwards = ["metrics", "--from", "1999-02-03T00:00:00Z", "--to", "1999-02-02T00:00:00Z", "--json"];
    let said = run(&place.log_path(), &backwards);
    assert!([0, 2].contains(&said.code), "an answer or wrong usage, not a fault: {said:?}");
}

#[tokio::test]
async fn a_moment_is_a_time_or_a_position() {
    let place = made_up().await;
    let log = place.log_path();
    let offered = |at: &str| {
        let rows = check(&log, &["metrics", "--metric", "contacts.offered", "--at", at, "--json"], 0, "").json();
        (rows[0]["value"].as_f64(), rows[0]["position"].as_u64())
    };
    assert_eq!(offered("@99").1, Some(100), "a position includes its fact");
    assert!(offered("2026-03-02T13:00:00+08:00").0 < offered("2026-03-02T23:00:00+08:00").0);
    assert_eq!(offered("2026-03-02T13:00:00+08:00"), offered("2026-03-02T05:00:00Z"), "whatever the offset");
    check(&log, &["board", "--at", "@999999"], 1, "there is none at @999999");
}

#[tokio::test]
async fn a_replay_gives_one_board_for_any_batch_and_any_snapshot() {
    let place = made_up().await;
    let log = place.log_path();
    let digest = |arguments: &[&str]| check(&log, arguments, 0, "").json()["digest"].as_str().expect("a digest").to_owned();
    let whole = digest(&["replay", "--json"]);
    for batch in ["1", "7", "4096"] {
        assert_eq!(digest(&["replay", "--batch", batch, "--json"]), whole, "batches of {batch}");
    }
    let board = check(&log, &["board", "--json"], 0, "").json();
    assert_eq!(board["digest"], whole);
    let shown: Vec<&String> = board.as_object().expect("an object").keys().collect();
    assert_eq!(
        shown,
        ["as_of", "content_digest", "conversations", "day", "definitions", "digest", "imports", "live", "n_poison", "position"]
    );
    let played = check(&log, &["replay", "--from", "2026-03-02T20:00:00+08:00", "--json"], 0, "").json();
    assert_eq!(played["position"], board["position"], "a replay played to its end has folded everything");
}

#[tokio::test]
async fn an_export_is_told_with_its_digest_and_overwrites_nothing() {
    let place = made_up().await;
    let (log, out) = (place.log_path(), place.path("log.jsonl"));
    let said = check(&log, &["export", "--format", "cloudevents", "--out", text(&out), "--json"], 0, "").json();
    let bytes = std::fs::read(&out).expect("it was written");
    assert_eq!((said["bytes"].as_u64(), &said["format"]), (Some(bytes.len() as u64), &json!("cloudevents")));
    assert_eq!(said["events"].as_u64(), Some(bytes.iter().filter(|&&byte| byte == b'\n').count() as u64));
    let first: Value = serde_json::from_slice(bytes.split(|&byte| byte == b'\n').next().expect("a line")).expect("JSON");
    assert_eq!((&first["specversion"], &first["sequence"]), (&json!("1.0"), &json!("00000000000000000000")));
    assert!(first["type"].as_str().is_some_and(|text| text.starts_with("dev.retrace.")));
    check(&log, &["export", "--out", text(&out)], 1, "overwrites nothing");
    assert_eq!(run(&log, &["export"]).out.into_bytes(), bytes, "the standard output holds the same bytes");
}

#[test]
fn a_simulation_is_the_same_for_the_same_seed() {
    let (one, two) = (Place::default(), Place::default());
    let arguments = ["simulate", "--seed", "11", "--days", "1", "--agents", "4", "--json"];
    let said = check(&one.log_path(), &arguments, 0, "").json();
    let kinds: Vec<&String> = said.as_object().expect("an object").keys().collect();
    assert_eq!(kinds, ["already_present", "events_written", "position", "truth"]);
    assert!(1_000 < said["events_written"].as_u64().unwrap_or(0) && said["truth"].is_object(), "{said}");
    check(&two.log_path(), &arguments, 0, "");
    let digest = |place: &Place| check(&place.log_path(), &["replay", "--json"], 0, "").json()["digest"].clone();
    assert_eq!(digest(&one), digest(&two));
    let again = check(&one.log_path(), &arguments, 0, "").json();
    assert_eq!((&again["events_written"], &again["already_present"]), (&json!(0), &said["events_written"]));
}

#[tokio::test]
async fn the_doctor_finds_a_good_log_good_and_a_false_snapshot_false() {
    let place = made_up().await;
    let log = place.log_path();
    let checks = check(&log, &["doctor", "--json"], 0, "").json();
    assert_eq!(shape(&checks[0]), json!({ "check": "text", "good": "null", "detail": "text" }));
    assert!(checks.as_array().expect("checks").iter().all(|check| check["good"] != json!(false)), "{checks}");
    check(&place.path("none.retrace"), &["doctor"], 0, "");
}

#[tokio::test]
async fn evidence_is_given_and_refused_by_exit_code() {
    let place = made_up().await;
    let log = place.log_path();
    let clean = check(&log, &["verify", "--json"], 0, "").json();
    assert_eq!((&clean["verified_to"], &clean["findings"], &clean["first_bad"]), (&clean["size"], &json!([]), &Value::Null));
    for field in ["origin", "root", "made_at", "checkpoints", "unverified", "rests_on_unverified", "seconds", "events_per_sec"] {
        assert!(!clean[field].is_null(), "{field} in {clean}");
    }
    assert!(clean["made_at"].as_str().is_some_and(|at| at.ends_with('Z')), "{clean}");
    let checkpoint = check(&log, &["checkpoint", "--json"], 0, "").json();
    assert_eq!((&checkpoint["size"], &checkpoint["root"]), (&clean["size"], &clean["root"]));
    let note = place.file("now.checkpoint", checkpoint["note"].as_str().expect("a note"));
    check(&log, &["verify", "--against", text(&note)], 0, "");
    let other = made_up().await;
    let foreign = check(&other.log_path(), &["verify", "--json", "--against", text(&note)], 1, "not a checkpoint of this log");
    assert_eq!(foreign.json()["error"]["code"], json!("checkpoint_foreign"));
    check(&log, &["verify", "--against", text(&place.file("letter", "Dear Sir"))], 1, "not a checkpoint");
    check(&log, &["verify", "--against", text(&place.path("none"))], 1, "none");
    check(&log, &["prove", "@999999"], 1, "there is none at position 999999");
    check(&log, &["prove", "--from", "2", "--to", "3"], 1, "checkpoints cover the first");
    let unguarded = "DROP TRIGGER event_is_never_changed; UPDATE event SET data = x'7b7d' WHERE position = 9";
    tests::file::sql(&log, unguarded).await.expect("the guard is gone");
    let found = check(&log, &["verify", "--json"], 3, "not what was signed").json();
    assert_eq!((&found["first_bad"], &found["findings"][0]["kind"]), (&json!(9), &json!("record_changed")));
    assert_eq!(found["unverified"][0]["why"], json!("not_signed"), "{found}");
    assert!(check(&log, &["verify"], 3, "").out.contains("@9  the event is not the one that was signed"));
    check(&log, &["prove", "@9"], 3, "damaged");
}

#[tokio::test]
async fn the_doctor_says_who_keeps_the_keys_and_warns_of_a_file() {
    let place = made_up().await;
    let of = |checks: &Value| checks.as_array().and_then(|all| all.iter().find(|check| check["check"] == "keys")).cloned();
    let keys = of(&check(&place.log_path(), &["doctor", "--json"], 0, "").json()).expect("it is told");
    let kept = std::fs::read_to_string(console::keys::folder(&place.log_path()).join("secrets.json")).expect("who keeps them");
    let detail = keys["detail"].as_str().unwrap_or_default();
    assert_eq!(kept.contains(r#""keeper":"file""#), detail.contains("warning"), "{keys}");
    std::fs::remove_dir_all(console::keys::folder(&place.log_path())).expect("they can be taken away");
    let missing = of(&check(&place.log_path(), &["doctor", "--json"], 3, "").json()).expect("it is told");
    assert_eq!(missing["good"], json!(false), "{missing}");
}
