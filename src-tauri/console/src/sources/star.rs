//! STAR: task-oriented dialogues between a customer and an agent who was offered replies (Mosig, Mehri and Kober 2020,
//! arXiv:2010.11853): JSON lines, one dialogue a line.
//!
//! Each event of the source is one fact, in the source's order. `utter` is a message, `pick_suggestion` a suggestion
//! that was sent. An event without `UnixTime` takes the moment of the one before it and says that its time is not
//! known. The dialogue begins with its first event that has a time; one without any begins with its batch, whose name
//! ends in the second it was made.
//!
//! Sealed as personal text: all words, the values looked for, items found, questions and answers in words, and both
//! people's orders. Left out: the items that the source repeats beside each event of the agent (they stand with the
//! answer that brought them), the annotations that were added later, and the source's own bookkeeping.
//! The same worker may be the customer of one dialogue and the agent of another; only the customer's name is hidden.

use std::collections::BTreeMap;

use events::conversation::{
    Answer, Assigned, Channel, CompletionDeclared, Concluded, Direction, Ended, ItemSelected, ItemSlot, KnowledgeQueried,
    KnowledgeReturned, MessageReceived, MessageSent, Party, QuestionnaireAnswered, Started, StepInstructed, SuggestionPicked,
    SuggestionsRequested, TaskSelected,
};
use events::{Event, Moment, Timing};
use serde_json::Value;

use super::dialogue::{Script, When, has, list, n_chars, native, object, texts, word};
use crate::keys::Pseudonyms;
use crate::sources::records::Content;
use crate::sources::{Misfit, Translate, Translated, line};

/// Its name.
pub const NAME: &str = "star";
/// Its times are seconds of UTC; where its people sat is not recorded.
pub const ZONE: &str = "UTC";
/// The seconds in which a time is believed: from 2000 to 2100.
const SECS: std::ops::Range<i64> = 946_684_800..4_102_444_800;
/// Where the source names the customer.
const CUSTOMER: &str = "AnonymizedUserWorkerID";

/// Whether a file's first line is a dialogue of this source.
#[must_use]
pub fn recognises(first_line: &str) -> bool {
    has(first_line, &["DialogueID", "Events"])
}

/// Reads dialogues.
pub struct Dialogues {
    pseudonyms: Pseudonyms,
}

impl Translate for Dialogues {
    fn translate(&mut self, content: &Content) -> Result<Translated, Misfit> {
        self.understand(line(content)?)
    }

    fn subject(&self, content: &Content) -> Option<String> {
        self.subject_of(line(content).ok()?)
    }
}

impl Dialogues {
    pub(super) fn new(pseudonyms: Pseudonyms) -> Self {
        Self { pseudonyms }
    }

    /// The customer of a line, whatever else is wrong in it.
    fn subject_of(&self, line: &str) -> Option<String> {
        native(line, CUSTOMER).map(|number| self.pseudonyms.of(NAME, &number))
    }

    /// Translates one line.
    ///
    /// # Errors
    /// [`Misfit`] when it is not JSON or has no id or no list of events.
    fn understand(&self, line: &str) -> Result<Translated, Misfit> {
        let dialogue = object(line)?;
        let id = word(&dialogue["DialogueID"]).ok_or_else(|| Misfit::new("not_a_dialogue", "DialogueID is missing"))?;
        let Some(events) = dialogue["Events"].as_array() else {
            return Err(Misfit::new("not_a_dialogue", "Events is no list"));
        };
        let number = word(&dialogue[CUSTOMER]);
        let customer = number.as_ref().map(|number| self.pseudonyms.of(NAME, number));
        let mut script = Script::new(NAME, id, customer.clone())?;
        let mut place = Place::of(&dialogue, events);
        start(&mut script, &dialogue, place.start(), customer, number);
        for (nth, event) in events.iter().enumerate() {
            let when = place.next(event, nth, &mut script);
            tell(&mut script, event, when, nth);
        }
        finish(&mut script, &dialogue, place.end());
        Ok(Translated { events: script.events, repairs: script.repairs })
    }
}

/// Where the dialogue has got to.
struct Place {
    at: Moment,
    timing: Timing,
}

/// A second that can be believed.
fn believable(value: &Value) -> Option<Moment> {
    let secs = value.as_i64().or_else(|| value.as_f64().map(|secs| secs.floor() as i64))?;
    SECS.contains(&secs).then(|| Moment(0).plus_secs(secs))
}

impl Place {
    fn of(dialogue: &Value, events: &[Value]) -> Self {
        let first = events.iter().find_map(|event| believable(&event["UnixTime"]));
        let of_batch = || dialogue["BatchID"].as_str()?.rsplit('_').next()?.parse::<i64>().ok();
        match first.or_else(|| of_batch().and_then(|secs| believable(&Value::from(secs)))) {
            Some(at) => Self { at, timing: Timing::Derived },
            None => Self { at: Moment(0), timing: Timing::Unknown },
        }
    }

    fn start(&self) -> When {
        When { at: self.at, timing: self.timing, place: None }
    }

    fn next(&mut self, event: &Value, nth: usize, script: &mut Script) -> When {
        let place = u32::try_from(nth).ok();
        let time = &event["UnixTime"];
        match believable(time) {
            Some(at) => {
                self.at = at;
                When { at, timing: Timing::Recorded, place }
            }
            None => {
                if !time.is_null() {
                    script.mended("time_not_believable");
                }
                When { at: self.at, timing: Timing::Unknown, place }
            }
        }
    }

    fn end(&self) -> When {
        When { at: self.at, timing: self.timing, place: None }
    }
}

fn start(script: &mut Script, dialogue: &Value, when: When, customer: Option<String>, number: Option<String>) {
    let scenario = &dialogue["Scenario"];
    if customer.is_none() {
        script.mended("customer_not_recorded");
    }
    let started = Started {
        channel: Channel::Chat,
        direction: Direction::Inbound,
        topic: topic(scenario),
        priority: None,
        customer,
        language: Some("en".to_owned()),
        entry: word(&dialogue["BatchID"]),
        attributes: BTreeMap::new(),
    };
    let orders = [("customer_number", number), ("customer_task", word(&scenario["UserTask"]))];
    script.say(when, "", started, texts(orders));
    if when.timing == Timing::Unknown {
        // A connection at no known time would be one on the first of January 1970 in every figure by day.
        script.mended("time_not_known");
        return;
    }
    let agent = word(&dialogue["AnonymizedWizardWorkerID"]);
    if agent.is_none() {
        script.mended("agent_not_recorded");
    }
    script.say(when, "", Assigned { agent }, texts([("agent_task", word(&scenario["WizardTask"]))]));
}

/// The domains, and the task where it is one: `bank/bank_balance`, `bank+weather`.
fn topic(scenario: &Value) -> Option<String> {
    let domains: Vec<String> = list(&scenario["Domains"]).iter().filter_map(word).collect();
    let domains = Some(domains.join("+")).filter(|domains| !domains.is_empty());
    let task = match list(&scenario["WizardCapabilities"]) {
        [only] => word(&only["Task"]),
        _ => None,
    };
    match (domains, task) {
        (Some(domains), Some(task)) => Some(format!("{domains}/{task}")),
        (domains, task) => domains.or(task),
    }
}

/// Says one event of the source as one fact.
fn tell(script: &mut Script, event: &Value, when: When, nth: usize) {
    let text = event["Text"].as_str().map(str::to_owned);
    let length = text.as_deref().map_or(0, n_chars);
    let json = |value: &Value| (!value.is_null()).then(|| value.to_string());
    let (fact, sealed): (Event, _) = match event["Action"].as_str().unwrap_or_default() {
        "utter" => {
            if text.is_none() {
                script.mended("text_not_recorded");
            }
            let fact = match event["Agent"].as_str() {
                Some("User") => MessageReceived { n_chars: length }.into(),
                Some("Wizard") => MessageSent { by: Party::Agent, n_chars: length }.into(),
                Some(_) | None => MessageSent { by: Party::System, n_chars: length }.into(),
            };
            (fact, texts([("text", text)]))
        }
        "request_suggestions" => (SuggestionsRequested { n_chars: length }.into(), texts([("text", text)])),
        "pick_suggestion" => (picked(script, event, length).into(), texts([("text", text)])),
        "query" => {
            let fields = list(&event["Constraints"]).iter().filter_map(Value::as_object);
            let fields = fields.flat_map(|fields| fields.keys().cloned()).collect();
            let queried = KnowledgeQueried { api: word(&event["APIName"]), fields };
            (queried.into(), texts([("constraints", json(&event["Constraints"]))]))
        }
        "return_item" => {
            // The source writes −1 where it did not count.
            let n_items = event["TotalItems"].as_i64().and_then(|n| u32::try_from(n).ok());
            let found = !event["Item"].is_null();
            let returned = KnowledgeReturned { api: word(&event["APIName"]), n_items, found };
            (returned.into(), texts([("item", json(&event["Item"]))]))
        }
        "instruct" => (StepInstructed { n_chars: length }.into(), texts([("text", text)])),
        "select_task" => (TaskSelected { task: word(&event["Task"]) }.into(), BTreeMap::new()),
        "select_primary" => (ItemSelected { slot: ItemSlot::Primary }.into(), texts([("item", json(&event["PrimaryItem"]))])),
        "select_secondary" => {
            (ItemSelected { slot: ItemSlot::Secondary }.into(), texts([("item", json(&event["SecondaryItem"]))]))
        }
        "complete" => (CompletionDeclared { by: party(&event["Agent"]) }.into(), BTreeMap::new()),
        _ => {
            script.mended("unknown_action");
            return;
        }
    };
    script.say(when, &nth.to_string(), fact, sealed);
}

fn party(agent: &Value) -> Party {
    match agent.as_str() {
        Some("User") => Party::Customer,
        Some("Wizard") => Party::Agent,
        Some(_) | None => Party::System,
    }
}

/// The suggestion picked and its place; the first place where the source offers one twice.
fn picked(script: &mut Script, event: &Value, n_chars: u32) -> SuggestionPicked {
    let label = word(&event["ActionLabel"]);
    let options: Vec<String> = list(&event["ActionLabelOptions"]).iter().filter_map(word).collect();
    let rank = label.as_ref().and_then(|label| options.iter().position(|option| option == label));
    if label.is_none() {
        script.mended("label_not_recorded");
    } else if rank.is_none() {
        script.mended("label_not_offered");
    }
    SuggestionPicked {
        label,
        rank: rank.and_then(|rank| u32::try_from(rank + 1).ok()),
        n_offered: u32::try_from(options.len()).unwrap_or(u32::MAX),
        options,
        n_chars,
    }
}

/// How it came out, and what both sides answered afterwards; when, the source does not say.
fn finish(script: &mut Script, dialogue: &Value, when: When) {
    script.say(when, "", Ended { by: None }, BTreeMap::new());
    let after = When { timing: Timing::Unknown, ..when };
    match word(&dialogue["CompletionLevel"]) {
        Some(outcome) => script.say(after, "", Concluded { outcome }, BTreeMap::new()),
        None => script.mended("outcome_not_recorded"),
    }
    for (name, by) in [("UserQuestionnaire", Party::Customer), ("WizardQuestionnaire", Party::Agent)] {
        let rows = list(&dialogue[name]);
        if rows.is_empty() {
            continue;
        }
        let answer = |row: &Value| Answer { yes: row["Answer"].as_bool(), number: row["Answer"].as_f64() };
        let words = rows.iter().enumerate().flat_map(|(nth, row)| {
            let answer = row["Answer"].as_str().map(str::to_owned);
            texts([(&*format!("question {}", nth + 1), word(&row["Question"])), (&*format!("answer {}", nth + 1), answer)])
        });
        let answered = QuestionnaireAnswered { by, answers: rows.iter().map(answer).collect() };
        let words = words.collect();
        script.say(after, name, answered, words);
    }
}
