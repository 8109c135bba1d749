//! Chatwoot: webhook payloads, and the same conversations as its API lists them (`data/payload`, `payload`).
//!
//! Vendor's description: webhook events, `conversation_*`, `message_*`, `contact_*`; lists of conversations, messages and
//! reporting events. Neither has an id for what happened: a message is known by its number, a change by the second at
//! which it was made, so that a webhook and an export of the same message are the same fact. Times are whole seconds,
//! because one of the ways has no more.
//!
//! A conversation waits from its opening until it is assigned; one handed over by a bot (`pending`) from then on. Opened
//! again, it waits again. Snoozed is on hold. A change is believed only where the payload says what changed: a snapshot
//! tells how things stand, not when they came to stand so. Private notes, activity messages and unknown fields
//! (`group_*`) are no facts of the conversation. Reporting events are claims.
//!
//! Conversations are known by the number that people see, which is unique in one account; the `conversation_id` of a
//! reporting event is taken for that number. What is settled without ever having been assigned counts as abandoned.

mod change;
mod message;

use std::collections::BTreeMap;

use events::conversation::{Assigned, Channel, ClaimUnit, Direction, Enqueued, FigureClaimed, Started};
use events::{Moment, customer::Identified};
use serde_json::Value;

use super::dialogue::{list, native, texts, word};
use super::payload::{Known, Stream, Telling, at, moment, number, second, when};
use super::records::Content;
use super::{Misfit, Translate, Translated, document};
use crate::keys::Pseudonyms;

/// Its name.
pub const NAME: &str = "chatwoot";
/// Its times are UTC.
pub const ZONE: &str = "UTC";
/// The lists in which its API wraps records.
pub const LISTS: &[&str] = &["data/payload", "payload", "data/conversations"];

/// Whether a file's beginning speaks of this source.
#[must_use]
pub fn recognises(head: &str) -> bool {
    let has = |name: &str| head.contains(&format!("\"{name}\""));
    let of_webhook = ["conversation_", "message_", "contact_", "webwidget_"];
    (has("event") && of_webhook.iter().any(|event| head.contains(&format!("\"{event}"))) && (has("account") || has("inbox_id")))
        || (has("inbox_id") && has("conversation_id") && has("message_type"))
        || (has("inbox_id") && has("contact_last_seen_at"))
        || (has("value_in_business_hours") && has("event_start_time"))
}

/// Reads payloads.
pub struct Chatwoot {
    pseudonyms: Pseudonyms,
    known: Known,
}

/// What a record tells of one conversation, and under which names.
struct Told<'a> {
    telling: &'a mut Telling,
    stream: &'a Stream,
}

impl Translate for Chatwoot {
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
        let of_record = record.as_ref().and_then(|record| contact(record, &record["conversation"]));
        // Of what is cut off only a contact's own number is found.
        let id = of_record.or_else(|| record.is_none().then(|| native(raw, "contact_id")).flatten())?;
        Some(self.pseudonyms.of(NAME, &id))
    }

    fn remembers(&self) -> bool {
        true
    }
}

/// The number of the customer whom a record is about.
fn contact(record: &Value, conversation: &Value) -> Option<String> {
    let sender = &record["sender"];
    let of_sender = word(&sender["type"]).filter(|kind| kind.eq_ignore_ascii_case("contact")).and_then(|_| word(&sender["id"]));
    [
        at(conversation, &["meta", "sender", "id"]),
        at(conversation, &["contact_inbox", "contact_id"]),
        at(record, &["meta", "sender", "id"]),
        at(record, &["contact_inbox", "contact_id"]),
        at(record, &["contact", "id"]),
    ]
    .into_iter()
    .find_map(word)
    .or(of_sender)
}

impl Chatwoot {
    pub(super) fn new(pseudonyms: Pseudonyms) -> Self {
        Self { pseudonyms, known: Known::default() }
    }

    fn read(&mut self, record: &Value, telling: &mut Telling) -> Result<(), Misfit> {
        match record["event"].as_str() {
            Some("conversation_created" | "conversation_updated" | "conversation_status_changed") => {
                self.conversation(record, telling)
            }
            Some("message_created" | "message_updated") => self.message(record, telling),
            Some("contact_created" | "contact_updated") => self.contact(record, telling),
            Some(event) => {
                telling.mended(if known(event) { "event_not_used" } else { "unknown_event" });
                Ok(())
            }
            None if record.get("message_type").is_some() => self.message(record, telling),
            None if record.get("event_end_time").is_some() => claim(record, telling),
            None if record.get("status").is_some() && record.get("inbox_id").is_some() => self.conversation(record, telling),
            None => Err(Misfit { reason: "unknown_record", detail: None }),
        }
    }

    /// The stream of a conversation, and whose it is.
    fn stream(&mut self, id: &str, contact: Option<String>) -> Result<Stream, Misfit> {
        let told = contact.map(|contact| self.pseudonyms.of(NAME, &contact));
        let subject = self.known.subject(id, told);
        Stream::of("conversation", NAME, id, subject)
    }

    fn conversation(&mut self, record: &Value, telling: &mut Telling) -> Result<(), Misfit> {
        let id = word(&record["id"]).ok_or(Misfit { reason: "conversation_missing", detail: None })?;
        let stream = self.stream(&id, contact(record, record))?;
        let told = &mut Told { telling, stream: &stream };
        let contact = at(record, &["meta", "sender"]);
        begin(told, record, contact);
        match record["event"].as_str() {
            Some("conversation_created") => {
                if let Some(opened) = second(&record["created_at"]) {
                    opened_at(told, record, opened);
                }
            }
            Some(event) => change::tell(told, record, event)?,
            None => {}
        }
        for message in list(&record["messages"]) {
            message::tell(told, message, false)?;
        }
        Ok(())
    }

    fn message(&mut self, record: &Value, telling: &mut Telling) -> Result<(), Misfit> {
        let conversation = &record["conversation"];
        let id = [&conversation["id"], &conversation["display_id"], &record["conversation_id"]].into_iter().find_map(word);
        let id = id.ok_or(Misfit { reason: "conversation_missing", detail: None })?;
        let stream = self.stream(&id, contact(record, conversation))?;
        let told = &mut Told { telling, stream: &stream };
        begin(told, conversation, at(conversation, &["meta", "sender"]));
        message::tell(told, record, record["event"] == "message_updated")
    }

    fn contact(&self, record: &Value, telling: &mut Telling) -> Result<(), Misfit> {
        let id = word(&record["id"]).ok_or(Misfit { reason: "contact_missing", detail: None })?;
        let pseudonym = self.pseudonyms.of(NAME, &id);
        let stream = Stream::of_customer(&pseudonym)?;
        let times = [&record["updated_at"], &record["last_activity_at"], &record["created_at"]];
        // Most versions tell no time of a contact: then it is that of no day.
        let known = times.into_iter().find_map(second);
        let identified = Identified { tier: None, language: word(at(record, &["additional_attributes", "language_code"])) };
        let what = known.map_or_else(String::new, |at| at.0.to_string());
        telling.say(&stream, known.unwrap_or(Moment(0)), &what, identified, names(record));
        if known.is_none() {
            telling.mended("time_not_known");
            telling.events.iter_mut().for_each(|event| event.meta.timing = events::Timing::Unknown);
        }
        Ok(())
    }
}

/// Events that Chatwoot has and that say nothing about the desk's work.
fn known(event: &str) -> bool {
    event.starts_with("conversation_typing_") || event.starts_with("inbox_") || event == "webwidget_triggered"
}

/// What is personal of a contact.
fn names(contact: &Value) -> BTreeMap<String, String> {
    let of = |name: &str| word(&contact[name]);
    texts([
        ("customer_number", of("id")),
        ("name", of("name")),
        ("mail", of("email")),
        ("phone", of("phone_number")),
        ("identifier", of("identifier")),
    ])
}

/// The beginning, from a payload that tells all of it; one that tells less would contradict another that tells more.
fn begin(told: &mut Told<'_>, conversation: &Value, contact: &Value) {
    let channel = [&conversation["channel"], at(conversation, &["meta", "channel"])].into_iter().find_map(word);
    let customer = told.stream.subject.clone().filter(|_| self::contact(conversation, conversation).is_some());
    let (Some(at), Some(channel), Some(customer)) = (second(&conversation["created_at"]), channel, customer) else { return };
    let started = Started {
        channel: channel_of(&channel),
        direction: Direction::Inbound,
        topic: None,
        priority: None,
        customer: Some(customer),
        language: None,
        entry: word(&conversation["inbox_id"]),
        attributes: BTreeMap::new(),
    };
    told.telling.say(told.stream, at, "", started, names(contact));
}

fn channel_of(name: &str) -> Channel {
    match name.trim_start_matches("Channel::") {
        "Email" => Channel::Email,
        "FacebookPage" | "TwitterProfile" | "Instagram" | "Tiktok" => Channel::Social,
        "Whatsapp" | "Sms" | "TwilioSms" | "Telegram" | "Line" => Channel::Messaging,
        "Voice" => Channel::Voice,
        // `WebWidget`, `Api`, and whatever is invented next: words in a window.
        _ => Channel::Chat,
    }
}

/// The queue in which a conversation waits: its team's, or its inbox's where it has none.
fn queue(conversation: &Value) -> String {
    let team = at(conversation, &["meta", "team"]);
    let named = word(&team["name"]).or_else(|| word(&team["id"]).map(|id| format!("team {id}")));
    named.unwrap_or_else(|| word(&conversation["inbox_id"]).map_or_else(|| "inbox".to_owned(), |id| format!("inbox {id}")))
}

/// An agent's id in the log: numbers of two vendors must not meet.
fn agent(id: &str) -> String {
    format!("{NAME}.{id}")
}

/// A conversation that was just opened, as it stood then.
fn opened_at(told: &mut Told<'_>, conversation: &Value, opened: Moment) {
    if conversation["status"] == "pending" {
        return;
    }
    wait(told, conversation, opened);
}

/// It waits, from a moment at which the conversation stood so; one that has its agent already does not wait long.
fn wait(told: &mut Told<'_>, conversation: &Value, since: Moment) {
    let second = since.0.to_string();
    told.telling.say(told.stream, since, &second, Enqueued { queue: queue(conversation) }, BTreeMap::new());
    if let Some(id) = word(at(conversation, &["meta", "assignee", "id"])) {
        told.telling.say(told.stream, since, &second, Assigned { agent: Some(agent(&id)) }, BTreeMap::new());
    }
}

/// A reporting event: what Chatwoot measured, once by the clock and once in business hours.
fn claim(record: &Value, telling: &mut Telling) -> Result<(), Misfit> {
    let id = word(&record["conversation_id"]).ok_or(Misfit { reason: "conversation_missing", detail: None })?;
    let metric = word(&record["name"]).ok_or(Misfit { reason: "metric_missing", detail: None })?;
    let stream = Stream::of("conversation", NAME, &id, None)?;
    let happened = when(&[&record["event_end_time"], &record["created_at"]])?;
    let (from, to) = (moment(&record["event_start_time"]), moment(&record["event_end_time"]));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        telling.mended("end_before_start");
    }
    for (field, in_business_hours) in [("value", false), ("value_in_business_hours", true)] {
        let Some(value) = number(&record[field]) else {
            if !record[field].is_null() {
                telling.mended("value_not_believable");
            }
            continue;
        };
        let claimed = FigureClaimed {
            metric: metric.clone(),
            value: Some(value),
            unit: ClaimUnit::Secs,
            in_business_hours,
            from,
            to,
            agent: word(&record["user_id"]).map(|id| agent(&id)),
            instance: None,
        };
        telling.say(&stream, happened, &format!("{metric}|{field}|{}", happened.0), claimed, BTreeMap::new());
    }
    Ok(())
}
