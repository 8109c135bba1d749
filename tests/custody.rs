//! Who keeps a log's secrets: a keyring, a passphrase, or a file and a warning; never a silent file.

use std::path::Path;
use std::process::Command;

use tests::bank::{self, Row};
use tests::place::Place;
use tests::program::{Said, command, program};

/// A call of a customer whose number stands in no other text.
fn calls(place: &Place) -> String {
    let rows = [Row::answered(1).with("customer_id", "2799740655123")];
    place.file("calls.tsv", bank::file(&rows)).to_str().expect("a path").to_owned()
}

/// Runs the program with these variables instead of the tests' own.
fn with(variables: &[(&str, &str)], log: &Path, arguments: &[&str]) -> Said {
    let mut command = command();
    for name in ["RETRACE_KEYS", "RETRACE_PASSPHRASE", "RETRACE_PASSPHRASE_FILE", "DBUS_SESSION_BUS_ADDRESS"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied()).arg("--log").arg(log).args(arguments).output().expect("it runs").into()
}

/// The customer's number as `unmask` tells it, or why not.
fn number(variables: &[(&str, &str)], log: &Path) -> Result<String, Said> {
    let said = with(variables, log, &["unmask", "2799740655123", "--reason", "a test", "--json"]);
    if said.code != 0 {
        return Err(said);
    }
    Ok(said.json()["texts"][0]["texts"]["customer_number"].as_str().expect("a number").to_owned())
}

fn secrets(place: &Place) -> String {
    std::fs::read_to_string(place.path("desk.retrace-keys/secrets.json")).expect("it says who keeps the secrets")
}

#[test]
fn where_there_is_no_keyring_and_no_passphrase_the_file_is_warned_of() {
    let place = Place::default();
    let calls = calls(&place);
    let said = with(&[], &place.log_path(), &["import", &calls]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.error.contains("guarded only by the rights of the file"), "{said:?}");
    assert!(secrets(&place).contains(r#""keeper":"file""#));
    assert_eq!(number(&[], &place.log_path()).as_deref().ok(), Some("2799740655123"));
    let silent = Place::default();
    let said = with(&[("RETRACE_KEYS", "file")], &silent.log_path(), &["import", &calls]);
    assert!(!said.error.contains("guarded only"), "asked for, it is not warned of: {said:?}");
}

#[test]
fn under_a_passphrase_the_texts_are_read_with_it_alone() {
    let place = Place::default();
    let (calls, log) = (calls(&place), place.log_path());
    let right = [("RETRACE_PASSPHRASE", "correct horse battery staple")];
    assert_eq!(with(&right, &log, &["import", &calls]).code, 0);
    assert!(secrets(&place).contains(r#""keeper":"passphrase""#) && !secrets(&place).contains("correct horse"));
    let file = place.file("passphrase", "correct horse battery staple\n");
    let of_file = [("RETRACE_PASSPHRASE_FILE", file.to_str().expect("a path"))];
    for variables in [&right, &of_file] {
        assert_eq!(number(variables, &log).as_deref().ok(), Some("2799740655123"));
    }
    for wrong in [[("RETRACE_PASSPHRASE", "wrong")], [("RETRACE_KEYS", "file")]] {
        let said = number(&wrong, &log).expect_err("nobody else reads them");
        assert!(said.code == 3 && said.error.contains("locked") && !said.out.contains("2799740655123"), "{said:?}");
        let more = place.file("more.tsv", bank::file(&[Row::answered(2)]));
        let refused = with(&wrong, &log, &["import", more.to_str().expect("a path")]);
        assert_eq!(refused.code, 3, "no text is written that could not be sealed: {refused:?}");
        assert_eq!(with(&wrong, &log, &["board", "--json"]).code, 0, "numbers hold no personal text");
    }
}

#[test]
fn in_a_keyring_the_secrets_are_in_no_file_of_ours() {
    let daemon = Command::new("gnome-keyring-daemon").arg("--version").output();
    if daemon.is_err() || Command::new("dbus-run-session").arg("--version").output().is_err() {
        println!("skipped: gnome-keyring-daemon and dbus-run-session are not both here");
        return;
    }
    let place = Place::default();
    let (calls, log) = (calls(&place), place.log_path());
    let script = r#"
        printf 'a test' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
        "$0" --log "$1" import "$2" --json && "$0" --log "$1" unmask 2799740655123 --reason test --json &&
        "$0" --log "$1" forget 2799740655123 --json
    "#;
    let mut session = Command::new("dbus-run-session");
    session.args(["--", "sh", "-c", script]).arg(program()).arg(&log).arg(&calls);
    session.env("HOME", place.path("")).env("XDG_DATA_HOME", place.path("data")).env("XDG_RUNTIME_DIR", place.path("run"));
    session.env_remove("RETRACE_KEYS").env_remove("DBUS_SESSION_BUS_ADDRESS").env("RETRACE_LANGUAGE", "en");
    std::fs::create_dir(place.path("run")).expect("a folder");
    let said: Said = session.output().expect("a session runs").into();
    assert_eq!(said.code, 0, "{said:?}");
    assert!(secrets(&place).contains(r#"{"keeper":"keyring","origin":"retrace/"#), "{}", secrets(&place));
    let answers: Vec<serde_json::Value> = said.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(answers[1]["texts"][0]["texts"]["customer_number"], "2799740655123");
    assert_eq!(answers[2]["erasure"]["hits"], serde_json::json!([]), "{said:?}");
    let later = with(&[], &log, &["unmask", "2799740655123", "--reason", "without a keyring"]);
    assert_eq!(later.code, 3, "without the keyring the log takes and shows no text: {later:?}");
}
