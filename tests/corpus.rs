//! Every payload ever written still reads: one golden file per type and schema, written once, never changed.
//!
//! `UPDATE_CORPUS=1 cargo test -p tests --test corpus` writes the files that are missing, and only those.

use std::path::PathBuf;

use events::codec::{encode, try_decode, types};
use serde_json::{Value, json};
use tests::place::repository;

fn folder() -> PathBuf {
    repository().join("tests/corpus")
}

/// An example of each type with every field filled, as this version writes it.
fn example(event_type: &str) -> Value {
    let report = json!({
        "n_rows_read": 17_456, "n_events_written": 97_218, "n_already_present": 3,
        "repaired": { "crossed_midnight": 4 }, "refused": { "bad_time": 1 },
    });
    let agent = || json!({ "agent": "a17" });
    match event_type {
        "conversation.started" => json!({
            "channel": "messaging", "direction": "callback", "topic": "发票", "priority": 2,
            "customer": "9f6e2c9e-1111-5222-8333-444455556666", "language": "zh-Hans", "entry": "AA0101",
        }),
        "conversation.enqueued" => json!({ "queue": "售后" }),
        "conversation.offered" | "conversation.offer_accepted" | "conversation.offer_timed_out" | "conversation.assigned" => {
            agent()
        }
        "conversation.offer_rejected" => json!({ "agent": "a17", "reason": "busy" }),
        "conversation.dequeued" => json!({ "reason": "callback_requested" }),
        "conversation.transferred" => json!({ "to_queue": "billing", "to_agent": "a18", "reason": "wrong queue" }),
        "conversation.message_received" => json!({ "n_chars": 42 }),
        "conversation.message_sent" => json!({ "by": "bot", "n_chars": 7 }),
        "conversation.wrap_up_ended" => json!({ "code": "solved" }),
        "conversation.ended" => json!({ "by": "customer" }),
        "conversation.survey_answered" => json!({ "score": 4, "score_max": 5 }),
        "conversation.voided" => json!({ "reason": "PHANTOM" }),
        "conversation.suggestions_requested" | "conversation.step_instructed" => json!({ "n_chars": 19 }),
        "conversation.suggestion_picked" => json!({
            "label": "bank_ask_pin", "rank": 2, "n_offered": 3, "options": ["hello", "bank_ask_pin", "goodbye_1"], "n_chars": 25,
        }),
        "conversation.knowledge_queried" => json!({ "api": "bank_balance", "fields": ["FullName", "PIN", "PIN"] }),
        "conversation.knowledge_returned" => json!({ "api": "bank_balance", "n_items": 3, "found": true }),
        "conversation.task_selected" => json!({ "task": "bank_balance" }),
        "conversation.item_selected" => json!({ "slot": "secondary" }),
        "conversation.completion_declared" => json!({ "by": "customer" }),
        "conversation.concluded" => json!({ "outcome": "Complete" }),
        "conversation.questionnaire_answered" => {
            json!({ "by": "customer", "answers": [{ "yes": true }, { "number": 3.5 }, {}] })
        }
        "conversation.turn_began" => json!({ "by": "agent", "nth": 2, "n_messages": 3 }),
        "conversation.intent_read" => json!({ "intent": "ask_balance", "confidence": 0.93, "by": "DIETClassifier" }),
        "conversation.turns_retracted" => json!({ "reason": "rewound", "n": 1 }),
        "conversation.rated" => {
            json!({ "rater": "7", "values": { "A": -1, "E": 0, "S": 2 }, "labels": ["CNUG0", "HNUG*"] })
        }
        "conversation.figure_claimed" => json!({
            "metric": "first_response", "value": 184.5, "unit": "secs", "in_business_hours": true,
            "from": 1_772_413_200_000_000_i64, "to": 1_772_413_384_500_000_i64, "agent": "7", "instance": "2",
        }),
        "agent.profile_changed" => {
            json!({ "name": "王小明", "queues": ["售后", "billing"], "languages": ["zh", "en"], "n_chats_max": 3 })
        }
        "agent.state_changed" => json!({ "state": "training" }),
        "customer.identified" => json!({ "tier": "gold", "language": "zh-Hant" }),
        "customer.restricted" | "customer.released" | "customer.erased" => json!({ "reason": "asked for on 3 March" }),
        "unmasking.granted" => json!({
            "customer": "c-00112233445566778899aabbccddeeff", "reason": "call back", "ticket": "T-7", "until": 1_772_413_200_000_000_i64,
        }),
        "site.declared" => json!({ "name": "The desk", "zone": "Asia/Taipei" }),
        "ticket.opened" => json!({ "amount_requested": 20_000 }),
        "ticket.activity_recorded" => json!({
            "sequence": 1, "activity": "W_Nabellen offertes", "transition": "START", "agent": "10609", "team": "sales",
        }),
        "ticket.revised" => json!({
            "sequence": 3, "status": "Accepted", "sub_status": "Wait - User", "team": "V5 3rd", "agent": "se-Åse",
            "agent_country": "Sweden", "level": "L3", "priority": "3", "impact": "Medium", "urgency": "2",
            "product": "PROD582", "category": "55", "subcategory": "170", "symptom": "72", "item": "cmdb_ci 7",
            "channel": "Phone", "customer": "c-00112233445566778899aabbccddeeff", "organisation": "Org line A2",
            "division": "A2_5", "country": "se", "location": "143", "opened_by": "8", "updated_by": "21",
            "resolved_by": "149", "close_code": "5", "vendor": "Vendor 1", "problem": "14", "reassignments_claimed": 2,
            "reopens_claimed": 1, "sla_met_claimed": false, "revision": 3, "opened_at": 1_456_708_560_000_000_i64,
            "resolved_at": 1_456_745_340_000_000_i64, "closed_at": 1_457_179_200_000_000_i64,
        }),
        "import.started" => {
            json!({ "source": "anonymous-bank", "file": "calls.tsv.gz", "size_bytes": 452_213, "zone": "Asia/Jerusalem", "from_row": 500 })
        }
        "import.progressed" | "import.cancelled" | "import.finished" => json!({ "report": report }),
        "import.interrupted" => json!({ "report": report, "reason": "gzip_truncated" }),
        "import.row_repaired" => json!({ "line": 12, "reasons": ["crossed_midnight"] }),
        "import.row_refused" => json!({ "line": 13, "reason": "bad_time", "detail": "vru_entry is \"x\"" }),
        _ => json!({}),
    }
}

#[test]
fn every_type_and_schema_has_its_golden_file() {
    for (event_type, newest) in types() {
        for schema in 1..=newest {
            let path = folder().join(format!("{event_type}.v{schema}.json"));
            if !path.exists() && std::env::var_os("UPDATE_CORPUS").is_some() && schema == newest {
                let golden = json!({ "type": event_type, "schema": schema, "data": example(event_type) });
                let text = serde_json::to_string_pretty(&golden).expect("JSON") + "\n";
                std::fs::write(&path, text).expect("the corpus can be written");
            }
            assert!(path.exists(), "{event_type} v{schema} has no golden file; UPDATE_CORPUS=1 writes it");
        }
    }
}

fn goldens() -> Vec<(String, Value)> {
    let entries =
        std::fs::read_dir(folder()).expect("the corpus is in the repository").map(|entry| entry.expect("an entry").path());
    let mut goldens: Vec<(String, Value)> = entries
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a golden file");
            (path.file_name().expect("a name").to_string_lossy().into_owned(), serde_json::from_str(&text).expect("JSON"))
        })
        .collect();
    goldens.sort_by(|a, b| a.0.cmp(&b.0));
    goldens
}

#[test]
fn every_golden_payload_still_reads_and_loses_nothing() {
    for (name, golden) in goldens() {
        let event_type = golden["type"].as_str().expect("a type");
        let schema = u32::try_from(golden["schema"].as_u64().expect("a schema")).expect("a small number");
        assert_eq!(name, format!("{event_type}.v{schema}.json"));
        let data = serde_json::to_vec(&golden["data"]).expect("JSON");
        let event = try_decode(event_type, schema, &data).unwrap_or_else(|error| panic!("{name}: {error}"));
        let encoded = encode(&event);
        assert_eq!(encoded.event_type, event_type, "{name}");
        let again: Value = serde_json::from_slice(&encoded.data).expect("JSON");
        if schema == encoded.schema {
            assert_eq!(again, golden["data"], "{name}: what is written again is what was read");
        } else {
            // A lifted payload may gain fields and change shape, but reads back as itself.
            assert_eq!(try_decode(event_type, encoded.schema, &encoded.data).as_ref(), Ok(&event), "{name}");
        }
    }
}

#[test]
fn a_payload_of_the_least_fields_reads_too() {
    let least = [
        ("conversation.started", json!({ "channel": "voice" })),
        ("conversation.assigned", json!({})),
        ("conversation.offer_rejected", json!({ "agent": "a" })),
        ("conversation.transferred", json!({})),
        ("conversation.wrap_up_ended", json!({})),
        ("conversation.ended", json!({})),
        ("conversation.suggestion_picked", json!({ "n_offered": 0, "n_chars": 0 })),
        ("conversation.knowledge_queried", json!({})),
        ("conversation.knowledge_returned", json!({ "found": false })),
        ("conversation.task_selected", json!({})),
        ("conversation.rated", json!({ "rater": "1", "values": {} })),
        ("conversation.intent_read", json!({ "intent": "x" })),
        ("conversation.turns_retracted", json!({ "reason": "restarted" })),
        ("conversation.figure_claimed", json!({ "metric": "replies", "unit": "count" })),
        ("customer.identified", json!({})),
        ("ticket.opened", json!({})),
        ("ticket.revised", json!({})),
        ("ticket.activity_recorded", json!({ "activity": "call" })),
        ("import.started", json!({ "source": "s", "file": "f", "zone": "UTC", "from_row": 0 })),
        ("import.row_refused", json!({ "line": 1, "reason": "bad_time" })),
    ];
    for (event_type, data) in least {
        let bytes = serde_json::to_vec(&data).expect("JSON");
        let event = try_decode(event_type, 1, &bytes).unwrap_or_else(|error| panic!("{event_type}: {error}"));
        let again: Value = serde_json::from_slice(&encode(&event).data).expect("JSON");
        for (field, value) in data.as_object().expect("an object") {
            assert_eq!(&again[field], value, "{event_type}");
        }
    }
}

#[test]
fn a_field_of_a_later_time_does_not_keep_a_payload_from_being_read() {
    for (name, golden) in goldens() {
        let mut data = golden["data"].clone();
        data["a_field_of_a_later_time"] = json!(true);
        let bytes = serde_json::to_vec(&data).expect("JSON");
        let schema = u32::try_from(golden["schema"].as_u64().expect("a schema")).expect("a small number");
        assert!(try_decode(golden["type"].as_str().expect("a type"), schema, &bytes).is_ok(), "{name}");
    }
}
