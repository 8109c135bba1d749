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
//! reporting event is taken for that number. Of another account than 1, which is that of a desk with one account, the
//! account stands before it. Lists of messages do not say their account: it is that of their inbox, as far as another record
//! of the file says so, else 1. Words of a conversation whose contact no record names are sealed under a name of the
//! conversation, `conversation:<number>`: forgetting the contact does not reach them, forgetting that name does. What is settled without ever having been assigned counts as abandoned.

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
    /// The contact of each conversation.
    known: Known,
    /// The account of each inbox.
    accounts: Known,
    surveyed: bool,
}

/// What a record tells of one conversation, and under which names.
struct Told<'a> {
    telling: &'a mut Telling,
    stream: &'a Stream,
}

impl Translate for Chatwoot {
    fn translate(&mut self, content: &Content) -> Result<Translated, Misfit> {
        let record = document(content)?.object()?;
        self.learn(&record);
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
        let id = of_record.or_else(|| record.is_none().then(|| native(raw, "contact_id")).flatten());
        let known = || {
            let record = record.as_ref()?;
            let native = self.native(record, &number_of(record)?);
            Some(self.known.of(&native).unwrap_or_else(|| self.own(&native)))
        };
        id.map(|id| self.pseudonyms.of(NAME, &id)).or_else(known)
    }

    fn surveys(&self) -> bool {
        !self.surveyed
    }

    fn follows(&self) -> bool {
        true
    }

    fn survey(&mut self, content: &Content) {
        self.known.survey();
        if let Ok(record) = document(content).and_then(|document| document.object()) {
            self.learn(&record);
        }
    }

    fn surveyed(&mut self) {
        self.surveyed = true;
    }

    fn remembers(&self) -> bool {
        true
    }
}

/// The account of a desk that has one, whose conversations go by their numbers alone.
const FIRST_ACCOUNT: &str = "1";

/// The number of the conversation that a record is about.
fn number_of(record: &Value) -> Option<String> {
    let conversation = &record["conversation"];
    let named = [&conversation["id"], &conversation["display_id"], &record["conversation_id"]].into_iter().find_map(word);
    // Only what is a conversation itself has a status and an inbox and is no message.
    let itself = record.get("message_type").is_none() && record.get("inbox_id").is_some() && record.get("status").is_some();
    let of_webhook = record["event"].as_str().is_some_and(|event| event.starts_with("conversation_"));
    named.or_else(|| word(&record["id"]).filter(|_| itself || of_webhook))
}

/// The account that a record says it is of.
fn account(record: &Value) -> Option<String> {
    let conversation = &record["conversation"];
    let message = |of: &Value| list(&of["messages"]).first().and_then(|first| word(&first["account_id"]));
    [at(record, &["account", "id"]), &record["account_id"], &conversation["account_id"]]
        .into_iter()
        .find_map(word)
        .or_else(|| message(record))
        .or_else(|| message(conversation))
}

/// The inbox by which a record came.
fn inbox(record: &Value) -> Option<String> {
    [&record["inbox_id"], at(record, &["inbox", "id"]), at(record, &["conversation", "inbox_id"])].into_iter().find_map(word)
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
        Self { pseudonyms, known: Known::default(), accounts: Known::default(), surveyed: false }
    }

    /// The name under which a conversation's words are sealed that belong to nobody known.
    fn own(&self, native: &str) -> String {
        self.pseudonyms.of(NAME, &format!("conversation:{native}"))
    }

    /// Keeps whose a conversation is, and to which account its inbox belongs.
    fn learn(&mut self, record: &Value) {
        // Neither changes hands: of what contradicts itself, the same is kept in any order.
        let always = Moment(0);
        if let (Some(inbox), Some(account)) = (inbox(record), account(record)) {
            self.accounts.learn(&inbox, always, account);
        }
        if let (Some(id), Some(contact)) = (number_of(record), contact(record, &record["conversation"])) {
            let (native, subject) = (self.native(record, &id), self.pseudonyms.of(NAME, &contact));
            self.known.learn(&native, always, subject);
        }
    }

    /// What a conversation is called that a record calls by this number.
    fn native(&self, record: &Value, id: &str) -> String {
        let account = account(record).or_else(|| self.accounts.of(&inbox(record)?));
        account.filter(|account| account != FIRST_ACCOUNT).map_or_else(|| id.to_owned(), |account| format!("{account}.{id}"))
    }

    fn read(&self, record: &Value, telling: &mut Telling) -> Result<(), Misfit> {
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
            None if record.get("event_end_time").is_some() => claim(&self.stream(record, None)?, record, telling),
            None if record.get("status").is_some() && record.get("inbox_id").is_some() => self.conversation(record, telling),
            None => Err(Misfit { reason: "unknown_record", detail: None }),
        }
    }

    /// The stream of a conversation, and whose it is.
    fn stream(&self, record: &Value, contact: Option<String>) -> Result<Stream, Misfit> {
        let id = number_of(record).ok_or(Misfit { reason: "conversation_missing", detail: None })?;
        let native = self.native(record, &id);
        let told = contact.map(|contact| self.pseudonyms.of(NAME, &contact));
        let subject = told.or_else(|| self.known.of(&native));
        Ok(Stream::of("conversation", NAME, &native, subject)?.or_own(self.own(&native)))
    }

    fn conversation(&self, record: &Value, telling: &mut Telling) -> Result<(), Misfit> {
        let stream = self.stream(record, contact(record, record))?;
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

    fn message(&self, record: &Value, telling: &mut Telling) -> Result<(), Misfit> {
        let conversation = &record["conversation"];
        let stream = self.stream(record, contact(record, conversation))?;
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
fn claim(stream: &Stream, record: &Value, telling: &mut Telling) -> Result<(), Misfit> {
    let metric = word(&record["name"]).ok_or(Misfit { reason: "metric_missing", detail: None })?;
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
        telling.say(stream, happened, &format!("{metric}|{field}|{}", happened.0), claimed, BTreeMap::new());
    }
    Ok(())
}
