//! JSON files are cut into the same records however a vendor wraps them, and a broken record spoils no other.

use std::io::Cursor;

use console::sources::json::{DOCUMENT_BYTES_MAX, Document, Json};
use console::sources::records::{Content, Record};
use console::sources::text::Text;
use proptest::prelude::*;
use serde_json::{Value, json};

const LISTS: &[&str] = &["audits", "data/payload"];

fn records(bytes: impl Into<Vec<u8>>) -> Vec<Record> {
    let text = Text::open(Cursor::new(bytes.into())).expect("it is text");
    let mut json = Json::of(text, LISTS);
    std::iter::from_fn(|| json.next_record().expect("nothing breaks off")).collect()
}

fn documents(bytes: impl Into<Vec<u8>>) -> Vec<Document> {
    let whole = |record: Record| match record.content {
        Ok(Content::Document(document)) => Some(document),
        _ => None,
    };
    records(bytes).into_iter().filter_map(whole).collect()
}

fn values(bytes: impl Into<Vec<u8>>) -> Vec<Value> {
    documents(bytes).iter().map(|document| serde_json::from_str(&document.raw).unwrap_or(Value::Null)).collect()
}

/// The reasons of what is refused, with their lines.
fn refused(bytes: impl Into<Vec<u8>>) -> Vec<(u64, &'static str)> {
    let reason = |record: Record| record.content.err().map(|(misfit, _)| (record.line, misfit.reason));
    records(bytes).into_iter().filter_map(reason).collect()
}

#[test]
fn every_wrapping_of_the_same_records_gives_the_same_records() {
    let all = [json!({"id": 1, "a": [{"b": "}{][\",\\"}]}), json!({"id": 2, "text": "您好\n{"}), json!({"id": 3})];
    let lines: String = all.iter().map(|value| format!("{value}\n")).collect();
    let behind: String = all.iter().map(Value::to_string).collect();
    let pretty: String =
        all.iter().map(|value| serde_json::to_string_pretty(value).expect("JSON")).collect::<Vec<_>>().join("\n");
    let array = serde_json::to_string(&all).expect("JSON");
    let array_pretty = serde_json::to_string_pretty(&all).expect("JSON");
    let wrapped = json!({"next_page": null, "audits": all, "count": 3, "more": {"audits": [1]}}).to_string();
    let deeper = serde_json::to_string_pretty(&json!({"data": {"meta": {"n": [1]}, "payload": all}})).expect("JSON");
    let separated = lines.replace('\n', "\n\u{1e}");
    for (wrapping, text) in [
        ("lines", lines),
        ("behind", behind),
        ("pretty", pretty),
        ("array", array),
        ("array, pretty", array_pretty),
        ("wrapped", wrapped),
        ("deeper", deeper),
        ("separated", separated),
    ] {
        assert_eq!(values(text.clone()), all, "{wrapping}");
        assert_eq!(values(text.replace('\n', "\r\n")), all, "{wrapping}, with carriage returns");
        assert_eq!(refused(text), [], "{wrapping}");
    }
}

#[test]
fn a_record_names_the_list_it_stood_in_and_the_line_it_began_on() {
    let text = "{\"audits\": [\n {\"id\": 1},\n {\"id\": 2}\n], \"data\": {\"payload\": [{\"id\": 3}]}}\n{\"id\": 4}";
    let of = |record: Record| match record.content {
        Ok(Content::Document(document)) => (record.line, document.list),
        _ => (record.line, Some("refused")),
    };
    let found: Vec<_> = records(text).into_iter().map(of).collect();
    assert_eq!(found, [(2, Some("audits")), (3, Some("audits")), (4, Some("data/payload")), (5, None)]);
}

#[test]
fn a_line_cut_off_spoils_no_other() {
    for broken in [
        "{\"id\": \"2",
        "{\"id\": {\"x\": [1, 2",
        "{\"id\": 2,",
        "{\"id\"",
        "no JSON at all, {\"but\": \"words\"}",
        "{\"id\": 2}}",
    ] {
        let text = format!("{{\"id\": 1}}\n{broken}\n{{\"id\": 3}}\n{{\"id\": 4}}\n");
        let ids: Vec<Value> =
            values(text.clone()).iter().map(|value| value["id"].clone()).filter(|id| id != &Value::Null).collect();
        assert!(ids.contains(&json!(1)) && ids.contains(&json!(3)) && ids.contains(&json!(4)), "{broken}: {ids:?}");
    }
    assert_eq!(refused("{\"id\": 1}\n{\"id\": \"2\n{\"id\": 3}"), [(2, "cut_off")]);
}

#[test]
fn an_element_cut_off_spoils_no_other_of_its_list() {
    let text = "{\"audits\": [\n  {\n    \"id\": 1\n  },\n  {\n    \"id\": \"2\n  },\n  {\n    \"id\": 3\n  }\n]}\n";
    assert_eq!(values(text), [json!({"id": 1}), json!({"id": 3})]);
    assert_eq!(refused(text), [(5, "cut_off")]);
}

#[test]
fn the_end_of_a_file_cut_off_is_one_refused_record() {
    let whole = "[{\"id\": 1}, {\"id\": 2, \"text\": \"abc\"}]";
    for end in 12..whole.len() - 2 {
        assert_eq!(values(&whole[..end])[0], json!({"id": 1}), "cut at {end}");
        assert!(refused(&whole[..end]).len() <= 1, "cut at {end}");
    }
}

#[test]
fn a_record_too_long_is_refused_and_the_next_is_read() {
    let long = "x".repeat(DOCUMENT_BYTES_MAX);
    let text = format!("{{\"id\": 1}}\n{{\"id\": \"{long}\"}}\n{{\"id\": 3}}\n");
    assert_eq!(refused(text.clone()), [(2, "record_too_long")]);
    assert_eq!(values(text), [json!({"id": 1}), json!({"id": 3})]);
}

#[test]
fn brackets_a_million_deep_are_one_record_that_no_parser_follows() {
    let deep = format!("{}{}\n{{\"id\": 2}}", "[{\"a\":".repeat(500_000), "}]".repeat(500_000));
    // The first bracket opens a list; what stands in it is one record.
    let found = documents(deep);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].object().expect_err("too deep").reason, "bad_json");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_the_bytes_the_reader_comes_to_an_end(text in "[\\[\\]{}\",:\\\\ \n\raudits1]{0,200}") {
        prop_assume!(!text.is_empty());
        let n = records(text.clone()).len();
        prop_assert!(n <= text.len());
    }

    #[test]
    fn cutting_and_joining_are_inverse(ids in prop::collection::vec((any::<u32>(), ".{0,20}"), 1..20), pretty in any::<bool>(), wrapped in any::<bool>()) {
        let all: Vec<Value> = ids.iter().map(|(id, text)| json!({"id": id, "text": text, "more": [{"x": {}}]})).collect();
        let file = if wrapped { json!({"first": {"a": 1}, "audits": all}) } else { json!(all) };
        let text = if pretty { serde_json::to_string_pretty(&file) } else { serde_json::to_string(&file) };
        prop_assert_eq!(values(text.expect("JSON")), all);
    }
}
