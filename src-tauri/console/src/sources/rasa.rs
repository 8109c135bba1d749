//! Rasa: what a bot's tracker remembers of its dialogues; whole trackers, or the events of a broker one by one.
//!
//! A tracker is a conversation, named by a pseudonym of its sender: senders are often the numbers of customers. A sender who
//! comes back goes on in the same conversation. `rewind`, `undo` and `restart` take nothing out of it: what was said is
//! kept, and a fact says what no longer counts for the bot ([`events::conversation::TurnsRetracted`]).
//!
//! Left out is the bot's own bookkeeping: its actions but for the one that hands over, slots, loops, reminders, policies.
//! A `pause` is told as the end of self-service: from then on the bot is silent and somebody else is to speak.
//!
//! Source: Rasa Open Source, `rasa/shared/core/events.py` and the documentation of event brokers and of the HTTP API.

use std::collections::BTreeMap;

use events::conversation::{
    Assigned, Channel, Direction, Ended, Enqueued, IntentRead, MessageReceived, MessageSent, Party, Retraction, SelfServiceEnded,
    Started, TurnsRetracted,
};
use events::{Moment, Timing};
use serde_json::Value;

use super::delivery::{At, Delivery, moment, of, text};
use super::dialogue::{n_chars, texts};
use super::{Misfit, Translate, Translated, document};
use crate::keys::Pseudonyms;
use crate::sources::records::Content;

/// Its name.
pub const NAME: &str = "rasa";
/// Its times are seconds of UTC.
pub const ZONE: &str = "UTC";

/// A tracker has one leg; sources that settle conversations by time name it.
const LEG: &str = "tracker";
/// What the queue to the humans is called where the bot does not name one.
const HUMANS: &str = "human_handoff";
/// What of the bot's own bookkeeping is known, and told by no fact.
const BOOKKEEPING: [&str; 24] = [
    "slot",
    "reset_slots",
    "reminder",
    "cancel_reminder",
    "resume",
    "followup",
    "active_loop",
    "form",
    "loop_interrupted",
    "form_validation",
    "action_execution_rejected",
    "export",
    "entities",
    "user_featurization",
    "stack",
    "flow_started",
    "flow_completed",
    "flow_resumed",
    "flow_interrupted",
    "flow_cancelled",
    "dialogue_stack_updated",
    "routing_session_ended",
    "session_resumed",
    "warning_predicate",
];

/// Whether a file begins with a tracker or an event of this source.
#[must_use]
pub fn recognises(head: &str) -> bool {
    let near = |names: &[&str]| names.iter().all(|name| head.contains(&format!("\"{name}\"")));
    near(&["sender_id", "events"]) || near(&["sender_id", "event", "timestamp"])
}

/// Reads trackers and events.
pub struct Rasa {
    pseudonyms: Pseudonyms,
}

impl Rasa {
    pub(super) fn new(pseudonyms: Pseudonyms) -> Self {
        Self { pseudonyms }
    }

    fn sender(&self, record: &Value) -> Option<(String, String)> {
        let sender = text(record, "sender_id")?;
        Some((self.pseudonyms.of(NAME, &sender), sender))
    }
}

impl Translate for Rasa {
    fn translate(&mut self, content: &Content) -> Result<Translated, Misfit> {
        let record = document(content)?.object()?;
        let (pseudonym, sender) = self.sender(&record).ok_or(Misfit { reason: "conversation_missing", detail: None })?;
        let mut told = Delivery::new(NAME, "conversation", &pseudonym, Some(pseudonym.clone()))?;
        let of_customer = Customer { pseudonym, sender };
        let Some(events) = of(&record, "events").as_array() else {
            let at = told.time(&record, "timestamp").ok_or(Misfit { reason: "time_missing", detail: None })?;
            tell(&mut told, &record, (at, Timing::Recorded), &of_customer);
            return Ok(told.end());
        };
        let begins = events.iter().find_map(|event| moment(of(event, "timestamp")));
        let mut last = begins.map_or((Moment(0), Timing::Unknown), |at| (at, Timing::Derived));
        if let (Some(at), false) = (begins, events.iter().any(|event| of(event, "event").as_str() == Some("session_started"))) {
            // A tracker that was cut, or of a version without sessions, began no later than its first event.
            let at = At { at, timing: Timing::Derived, place: 0, leg: Some(LEG) };
            start(&mut told, at, &of_customer);
        }
        for event in events {
            last = match told.time(event, "timestamp") {
                Some(at) => (at, Timing::Recorded),
                None => {
                    told.mended("time_not_known");
                    (last.0, Timing::Unknown)
                }
            };
            tell(&mut told, event, last, &of_customer);
        }
        Ok(told.end())
    }

    fn subject(&self, content: &Content) -> Option<String> {
        let record = document(content).ok()?.object().ok()?;
        self.sender(&record).map(|(pseudonym, _)| pseudonym)
    }

    fn tells_the_past(&self) -> bool {
        true
    }
}

struct Customer {
    pseudonym: String,
    sender: String,
}

fn start(told: &mut Delivery, when: At<'_>, of_customer: &Customer) {
    let started = Started {
        channel: Channel::Chat,
        direction: Direction::Inbound,
        topic: None,
        priority: None,
        customer: Some(of_customer.pseudonym.clone()),
        language: None,
        entry: None,
        attributes: BTreeMap::new(),
    };
    told.say(when, started, texts([("customer_number", Some(of_customer.sender.clone()))]));
}

/// One event as facts.
fn tell(told: &mut Delivery, event: &Value, (at, timing): (Moment, Timing), of_customer: &Customer) {
    let when = |place| At { at, timing, place, leg: Some(LEG) };
    let words = of(event, "text").as_str().map(str::to_owned);
    let length = words.as_deref().map_or(0, n_chars);
    let none = BTreeMap::new();
    let retracted = |reason| TurnsRetracted { reason, n: None };
    match of(event, "event").as_str() {
        Some("session_started") => start(told, when(0), of_customer),
        Some("user") => {
            if words.is_none() {
                told.mended("text_not_recorded");
            }
            told.say(when(10), MessageReceived { n_chars: length }, texts([("text", words)]));
            understood(told, of(event, "parse_data"), when(11));
        }
        Some("bot") => {
            // A bot may answer with buttons or pictures alone.
            let data = of(event, "data").as_object().filter(|data| data.values().any(|part| !part.is_null()));
            let more = data.map(|_| of(event, "data").to_string());
            let said = MessageSent { by: Party::Bot, n_chars: length };
            told.say(when(20), said, texts([("text", words), ("data", more)]));
        }
        Some("agent") => {
            told.say(when(15), Assigned { agent: None }, none);
            told.say(when(20), MessageSent { by: Party::Agent, n_chars: length }, texts([("text", words)]));
        }
        Some("action") => {
            let name = text(event, "name").unwrap_or_default();
            let plain = name.to_lowercase().replace(['_', '-'], "");
            if plain.contains("handoff") || plain.contains("handover") {
                told.say(when(12), SelfServiceEnded {}, none.clone());
                told.say(when(13), Enqueued { queue: HUMANS.to_owned() }, none);
            }
        }
        Some("pause") => told.say(when(12), SelfServiceEnded {}, none),
        Some("rewind") => told.say(when(30), retracted(Retraction::Rewound), none),
        Some("undo") => told.say(when(30), retracted(Retraction::Undone), none),
        Some("restart") => told.say(when(30), retracted(Retraction::Restarted), none),
        Some("session_ended") => told.say(when(40), Ended { by: None }, none),
        Some(kind) if BOOKKEEPING.contains(&kind) => {}
        Some(_) | None => told.mended("unknown_action"),
    }
}

/// The intent that the bot read, and the entities it found, which are the customer's own words.
fn understood(told: &mut Delivery, parsed: &Value, when: At<'_>) {
    let read = of(parsed, "intent");
    let Some(intent) = text(read, "name") else { return };
    let confidence = of(read, "confidence").as_f64();
    let sure = confidence.filter(|confidence| (0.0..=1.0).contains(confidence));
    if sure.is_none() && confidence.is_some() {
        told.mended("confidence_out_of_range");
    }
    let found = of(parsed, "entities").as_array().filter(|entities| !entities.is_empty());
    let entities = found.map(|_| of(parsed, "entities").to_string());
    told.say(when, IntentRead { intent, confidence: sure, by: None }, texts([("entities", entities)]));
}
