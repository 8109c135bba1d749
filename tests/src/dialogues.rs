//! Made-up dialogues, for the specs of the sources that tell of suggestions and of ratings.

use serde_json::{Value, json};

/// Words that no reason and no board may repeat.
pub const SECRET: &str = "my PIN is 4711";

/// A dialogue of the kind that STAR is, with every action once or more.
#[must_use]
pub fn star(id: u64) -> Value {
    let at = |secs: u64| 1_589_375_000 + id * 1_000 + secs;
    json!({
        "AnonymizedUserWorkerID": format!("user {}", id % 3), "AnonymizedWizardWorkerID": format!("wizard {}", id % 2),
        "BatchID": "woz_1589355382", "CompletionLevel": "Complete", "DialogueID": id,
        "Events": [
            { "Agent": "UserGuide", "Action": "instruct", "Text": SECRET, "UnixTime": at(0) },
            { "Agent": "User", "Action": "utter", "Text": SECRET, "UnixTime": at(10) },
            { "Agent": "User", "Action": "utter", "Text": "hello?", "UnixTime": at(15) },
            { "Agent": "Wizard", "Action": "select_task", "Task": "bank_balance", "UnixTime": at(16) },
            { "Agent": "Wizard", "Action": "request_suggestions", "Text": SECRET, "UnixTime": at(20) },
            { "Agent": "Wizard", "Action": "pick_suggestion", "ActionLabel": "ask_name",
              "ActionLabelOptions": ["hello", "ask_name", "ask_name"], "Text": SECRET, "UnixTime": at(22 + id % 9) },
            { "Agent": "User", "Action": "utter", "Text": SECRET, "UnixTime": at(40) },
            { "Agent": "Wizard", "Action": "query", "APIName": "bank", "Constraints": [{ "PIN": SECRET }], "UnixTime": at(41) },
            { "Agent": "KnowledgeBase", "Action": "return_item", "APIName": "bank", "Item": { "Name": SECRET }, "TotalItems": -1 },
            { "Agent": "Wizard", "Action": "select_primary", "PrimaryItem": { "Name": SECRET }, "UnixTime": at(43) },
            { "Agent": "Wizard", "Action": "select_secondary", "UnixTime": at(43) },
            { "Agent": "Wizard", "Action": "utter", "Text": SECRET, "UnixTime": at(40) },
            { "Agent": "User", "Action": "complete", "UnixTime": at(50) },
        ],
        "Scenario": { "Domains": ["bank"], "UserTask": SECRET, "WizardTask": SECRET,
                      "WizardCapabilities": [{ "Domain": "bank", "Task": "bank_balance" }] },
        "UserQuestionnaire": [{ "Answer": true, "Question": "Did it help?" }, { "Answer": SECRET, "Question": "Why?" }],
        "WizardQuestionnaire": [{ "Answer": 4, "Question": "How hard was it?" }],
    })
}

/// A dialogue of the kind that STC-3 is: three turns, `n` raters.
#[must_use]
pub fn stc3(id: &str, n: i64) -> Value {
    let rater = |nth: i64| {
        let quality = json!({ "A": nth % 5 - 2, "S": (nth * 3) % 5 - 2, "E": nth % 3 - 1 });
        json!({ "quality": quality, "nugget": ["CNUG0", "HNUG", if nth % 2 == 0 { "CNUG*" } else { "CNaN" }] })
    };
    json!({
        "id": id, "annotations": (0..n).map(rater).collect::<Vec<_>>(),
        "turns": [
            { "sender": "customer", "utterances": ["我的宽带断了三天", ""] },
            { "sender": "helpdesk", "utterances": ["请私信我们"] },
            { "sender": "customer", "utterances": ["谢谢"] },
        ],
    })
}

/// A post of February 2012, by its id.
pub const POST: &str = "3416789012345678";

/// A dialogue with something else in it.
pub fn with(mut dialogue: Value, change: impl FnOnce(&mut Value)) -> Value {
    change(&mut dialogue);
    dialogue
}
