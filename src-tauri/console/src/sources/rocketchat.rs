//! Rocket.Chat Omnichannel: the webhook of its livechat.
//!
//! Vendor's description: webhook payloads `LivechatSession…` and `Message`. Each carries the conversation as it stands and
//! some or all of its messages; one that is not answered is sent again up to ten times. A message is known by its number,
//! an agent's turn by when they began to serve (`servedBy.ts`), the end by the conversation: all of it is told once,
//! however often it is sent.
//!
//! A message is an agent's when it has an `agentId`, or its author is the one who serves; a visitor's when its author is
//! the visitor. The closing remark (`closingMessage`) is the system's: it answers nobody.

use std::collections::BTreeMap;

use events::conversation::{Assigned, Channel, Direction, Ended, Enqueued, MessageReceived, MessageSent, Party, Started};
use serde_json::Value;

use super::dialogue::{list, n_chars, native, texts, word};
use super::payload::{Stream, Telling, at, second, when};
use super::records::Content;
use super::{Misfit, Translate, Translated, document};
use crate::keys::Pseudonyms;

/// Its name.
pub const NAME: &str = "rocketchat";
/// Its times are UTC.
pub const ZONE: &str = "UTC";
/// Exports of the same payloads by other programs wrap them so.
pub const LISTS: &[&str] = &["sessions", "rooms"];

/// What a payload may be about.
const TYPES: [&str; 13] = [
    "LivechatSession",
    "LivechatSessionStart",
    "LivechatSessionStarted",
    "LivechatSessionQueued",
    "LivechatSessionTaken",
    "LivechatSessionForwarded",
    "LivechatEdit",
    "LivechatOfflineMessage",
    "LeadCapture",
    "Message",
    "VisitorNavigation",
    "AgentAssigned",
    "VisitorTyping",
];

/// Whether a file's beginning speaks of this source.
#[must_use]
pub fn recognises(head: &str) -> bool {
    let has = |name: &str| head.contains(&format!("\"{name}\""));
    has("_id") && has("visitor") && has("type") && TYPES.iter().any(|kind| head.contains(&format!("\"{kind}\"")))
}

/// Reads payloads.
pub struct RocketChat {
    pseudonyms: Pseudonyms,
}

impl Translate for RocketChat {
    fn translate(&mut self, content: &Content) -> Result<Translated, Misfit> {
        let record = document(content)?.object()?;
        let mut telling = Telling::new(NAME);
        self.read(&record, &mut telling)?;
        Ok(Translated { events: telling.events, repairs: telling.repairs })
    }

    fn tells_the_past(&self) -> bool {
        true
    }

    fn subject(&self, content: &Content) -> Option<String> {
        let raw = &document(content).ok()?.raw;
        let record: Option<Value> = serde_json::from_str(raw).ok();
        let id = match &record {
            Some(record) => visitor(record),
            // Of a visitor `_id` says nothing by itself: it may be the room's.
            None => native(raw, "token"),
        };
        id.map(|id| self.pseudonyms.of(NAME, &id))
    }
}

fn visitor(record: &Value) -> Option<String> {
    [at(record, &["visitor", "_id"]), at(record, &["visitor", "token"])].into_iter().find_map(word)
}

/// The first of an agent's names; `None` for one who has none.
fn agent(person: &Value) -> Option<String> {
    [&person["_id"], &person["agentId"], &person["username"]].into_iter().find_map(word).map(|id| format!("{NAME}.{id}"))
}

impl RocketChat {
    pub(super) fn new(pseudonyms: Pseudonyms) -> Self {
        Self { pseudonyms }
    }

    fn read(&self, record: &Value, telling: &mut Telling) -> Result<(), Misfit> {
        let kind = record["type"].as_str().unwrap_or_default();
        if !TYPES.contains(&kind) {
            telling.mended("unknown_event");
        }
        let id = word(&record["_id"]).ok_or(Misfit { reason: "conversation_missing", detail: None })?;
        let customer = visitor(record).map(|id| self.pseudonyms.of(NAME, &id));
        let stream = Stream::of("conversation", NAME, &id, customer)?;
        let began = when(&[&record["createdAt"], &record["ts"]])?;
        start(telling, &stream, record, began);
        let queue = [at(record, &["visitor", "department"]), &record["departmentId"], &record["department"]];
        // It waits from its beginning; without a department, for anybody.
        let queue = queue.into_iter().find_map(word).unwrap_or_else(|| "livechat".to_owned());
        telling.say(&stream, began, "", Enqueued { queue }, BTreeMap::new());
        self.serve(telling, &stream, record);
        for message in list(&record["messages"]) {
            say(telling, &stream, record, message);
        }
        end(telling, &stream, record, began);
        Ok(())
    }

    /// Who serves, and since when; without a time nobody knows when they began.
    fn serve(&self, telling: &mut Telling, stream: &Stream, record: &Value) {
        let served = &record["servedBy"];
        match (agent(served), second(&served["ts"])) {
            (Some(agent), Some(since)) => {
                let what = format!("{agent}|{}", since.0);
                telling.say(stream, since, &what, Assigned { agent: Some(agent) }, BTreeMap::new());
            }
            (Some(_), None) => telling.mended("time_not_known"),
            (None, _) if record["agent"].is_object() => telling.mended("time_not_known"),
            (None, _) => {}
        }
    }
}

fn start(telling: &mut Telling, stream: &Stream, record: &Value, began: events::Moment) {
    let Some(customer) = stream.subject.clone() else {
        telling.mended("customer_not_recorded");
        return;
    };
    let started = Started {
        channel: Channel::Chat,
        direction: Direction::Inbound,
        topic: None,
        priority: None,
        customer: Some(customer),
        language: None,
        entry: None,
        attributes: BTreeMap::new(),
    };
    let visitor = &record["visitor"];
    let first = |name: &str, of: &str| {
        let value = &visitor[name];
        word(value).or_else(|| list(value).iter().find_map(|one| word(one).or_else(|| word(&one[of]))))
    };
    let names = texts([
        ("customer_number", word(&visitor["_id"])),
        ("name", first("name", "")),
        ("mail", first("email", "address").or_else(|| first("visitorEmails", "address"))),
        ("phone", first("phone", "phoneNumber")),
    ]);
    telling.say(stream, began, "", started, names);
}

/// One message; what the system notes of itself is none.
fn say(telling: &mut Telling, stream: &Stream, record: &Value, message: &Value) {
    let (Some(id), Some(at_second)) = (word(&message["_id"]), second(&message["ts"])) else {
        telling.mended("message_not_read");
        return;
    };
    if message.get("t").is_some_and(|kind| !kind.is_null()) {
        telling.mended("activity_not_kept");
        return;
    }
    let text = message["msg"].as_str().map(str::to_owned);
    let n_chars = text.as_deref().map_or(0, n_chars);
    let author = [at(message, &["u", "_id"]), at(message, &["u", "username"])];
    let writes = |person: &Value| {
        let names = [word(&person["_id"]), word(&person["username"]), word(&person["token"])];
        author.iter().filter_map(|name| word(name)).any(|name| names.iter().flatten().any(|known| *known == name))
    };
    let by = if message["closingMessage"] == true {
        Party::System
    } else if word(&message["agentId"]).is_some() || writes(&record["agent"]) || writes(&record["servedBy"]) {
        Party::Agent
    } else if writes(&record["visitor"]) {
        Party::Customer
    } else {
        telling.mended("author_not_known");
        Party::System
    };
    let words = texts([("text", text)]);
    match by {
        Party::Customer => telling.say(stream, at_second, &id, MessageReceived { n_chars }, words),
        Party::Agent | Party::Bot | Party::System => telling.say(stream, at_second, &id, MessageSent { by, n_chars }, words),
    }
}

fn end(telling: &mut Telling, stream: &Stream, record: &Value, began: events::Moment) {
    let Some(closed) = second(&record["closedAt"]) else {
        if !record["closedAt"].is_null() {
            telling.mended("time_not_believable");
        }
        return;
    };
    if closed < began {
        telling.mended("end_before_start");
    }
    let by = match record["closer"].as_str() {
        Some("visitor") => Some(Party::Customer),
        Some("user") => Some(Party::Agent),
        Some(_) => Some(Party::System),
        None => None,
    };
    telling.say(stream, closed, &closed.0.to_string(), Ended { by }, BTreeMap::new());
}
