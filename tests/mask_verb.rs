//! `retrace mask`: what the verb answers, line by line.

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};
use tests::place::Place;
use tests::program::{Said, command};

/// The JSON objects of a text, one a line.
fn rows(file: &str) -> Vec<Value> {
    file.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn mask(arguments: &[&str], input: &[u8]) -> Said {
    let mut child = command()
        .arg("mask")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_vec();
    // What is written and what is read need not fit the pipes.
    let writing = std::thread::spawn(move || stdin.write_all(&input).ok());
    let said = child.wait_with_output().expect("it ends").into();
    writing.join().expect("written");
    said
}

#[test]
fn the_verb_answers_line_by_line_in_characters() {
    let said = mask(
        &["--json"],
        "{\"id\":7,\"text\":\"😀我叫王小明\"}\r\n\n{\"id\":\"b\",\"text\":\"hi\",\"more\":1}\n{\"text\":\"\"}".as_bytes(),
    );
    assert_eq!((said.code, said.error.as_str()), (0, ""));
    let answers = rows(&said.out);
    let span = json!({ "start": 3, "end": 6, "type": "NAME", "norm": "王小明", "mask": "王**" });
    assert_eq!(answers[0], json!({ "id": 7, "spans": [span], "masked": "😀我叫王**", "masker": 1, "policy": "cn-default-v1" }));
    assert_eq!((&answers[1]["id"], &answers[1]["spans"], &answers[1]["masked"]), (&json!("b"), &json!([]), &json!("hi")));
    assert_eq!((&answers[2]["id"], answers.len()), (&Value::Null, 3));
    assert_eq!(mask(&[], "{\"text\":\"我叫王小明\\n打13812345678\"}".as_bytes()).out, "我叫王** 打138****5678\n");
}

#[test]
fn a_bad_line_is_named_and_those_before_it_are_answered() {
    for (bad, code) in [
        (&b"not json"[..], "line_not_understood"),
        (b"{\"id\":3}", "line_not_understood"),
        (b"{\"id\":3,\"text\":4}", "line_not_understood"),
        (b"{\"text\":\"\xff\"}", "line_not_text"),
        (b"[]", "line_not_understood"),
    ] {
        let input = [b"{\"id\":1,\"text\":\"a\"}\n{\"id\":2,\"text\":\"b\"}\n", bad, b"\n{\"id\":4,\"text\":\"c\"}\n"].concat();
        let said = mask(&["--json"], &input);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.error.contains("line 3 cannot be read"), "{said:?}");
        let answers = rows(&said.out);
        assert_eq!(answers.len(), 3, "two answers and the error: {said:?}");
        assert_eq!((&answers[2]["error"]["code"], &answers[2]["error"]["line"]), (&json!(code), &json!(3)));
    }
}

#[test]
fn a_policy_of_ones_own_decides_what_is_shown() {
    let place = Place::default();
    let policy = place
        .file("house.toml", "policy = \"house\"\n[mobile]\nshow = \"ends\"\nfirst = 0\nlast = 2\n[name]\nshow = \"stars\"\n");
    let input = "{\"text\":\"我叫王小明，电话138 1234 5678\"}".as_bytes();
    let said = mask(&["--policy", policy.to_str().expect("a path")], input);
    assert_eq!((said.code, said.out.as_str()), (0, "我叫***，电话*** **** **78\n"), "{said:?}");
    let wrong = place.file("wrong.toml", "[mobile]\nshow = \"half\"\n");
    let said = mask(&["--json", "--policy", wrong.to_str().expect("a path")], input);
    assert!(said.code == 1 && said.error.contains("half") && said.json()["error"]["kind"] == "policy", "{said:?}");
    assert_eq!(mask(&["--policy", "nowhere.toml"], input).code, 1);
    let file = place.file("texts.jsonl", input);
    assert_eq!(mask(&[file.to_str().expect("a path")], b"").out, "我叫王**，电话138 **** 5678\n");
    assert_eq!(mask(&["nowhere.jsonl"], b"").code, 1);
}

#[test]
fn a_line_of_many_megabytes_is_answered() {
    let text = "13812345678，".repeat(700_000);
    let said = mask(&[], format!("{{\"text\":\"{text}\"}}").as_bytes());
    assert_eq!((said.code, said.out.len()), (0, text.len() + 1), "{}", said.error);
    assert!(!said.out.contains("12345"));
}
