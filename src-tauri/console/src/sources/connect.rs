//! Amazon Connect: contact records, contact events, the stream of agent events, and Contact Lens, in one file or in several.
//!
//! A *contact* is one leg; a transfer begins the next, which names the one before it and the first. The first names the
//! conversation. All four tell parts of the same: what two of them say in the same words is one fact, what they say in
//! other words counts once, by what it says: a queue by its name before one by its id, an end with a reason before one
//! without. A fact's place follows from its words alone, so the same words have the same place from whichever stream.
//!
//! Contact Lens names its contact but not the first one: what it heard of a transferred leg stands in a conversation of that
//! leg's own. Left out are recordings, hierarchies, and contacts of supervisors who listen in (they are nobody's leg).
//!
//! Source: Amazon Connect Administrator Guide, "Contact records data model", "Contact events", "Agent event streams data
//! model", "Contact Lens output files" and "Real-time contact analysis segment streams".

mod agent_event;
mod contact_event;
mod lens;
mod record;

use events::conversation::{Assigned, Channel, Direction, Ended, Enqueued, Party, Started};
use serde_json::Value;

use super::delivery::{behind_slash, of, text};
use super::dialogue::has;
use super::{Misfit, Translate, Translated, document};
use crate::keys::Pseudonyms;
use crate::sources::records::Content;

/// Its name.
pub const NAME: &str = "connect";
/// Its times are UTC.
pub const ZONE: &str = "UTC";

/// Whether a file begins with a record of this source.
#[must_use]
pub fn recognises(head: &str) -> bool {
    let near = |names: &[&str]| names.iter().all(|name| head.contains(&format!("\"{name}\"")));
    near(&["AWSContactTraceRecordFormatVersion"])
        || near(&["ContactId", "InitiationTimestamp"])
        || head.contains("Amazon Connect Contact Event")
        || near(&["AgentARN", "EventType"])
        || near(&["Transcript", "CustomerMetadata"])
        || has(head, &["ContactId", "Segments"])
}

/// Reads records.
pub struct Connect {
    pseudonyms: Pseudonyms,
}

impl Connect {
    pub(super) fn new(pseudonyms: Pseudonyms) -> Self {
        Self { pseudonyms }
    }

    /// The customer of a contact record: their number or address, by pseudonym, with itself.
    fn customer(&self, record: &Value) -> Option<(String, String)> {
        let address = text(of(record, "CustomerEndpoint"), "Address")?;
        Some((self.pseudonyms.of(NAME, &address), address))
    }
}

impl Translate for Connect {
    fn translate(&mut self, content: &Content) -> Result<Translated, Misfit> {
        let record = document(content)?.object()?;
        let detail = of(&record, "detail");
        let is = |object: &Value, names: &[&str]| names.iter().all(|name| !of(object, name).is_null());
        if is(&record, &["AgentARN", "EventType"]) {
            agent_event::told(&record)
        } else if is(detail, &["eventType", "contactId"]) {
            contact_event::told(detail)
        } else if is(&record, &["Transcript", "CustomerMetadata"]) {
            lens::of_file(&record)
        } else if is(&record, &["ContactId", "EventType"])
            && matches!(of(&record, "EventType").as_str(), Some("STARTED" | "SEGMENTS" | "COMPLETED" | "FAILED"))
        {
            lens::of_stream(&record)
        } else if is(&record, &["contactId", "eventType"]) {
            contact_event::told(&record)
        } else if is(&record, &["ContactId"]) {
            record::told(&record, self.customer(&record))
        } else {
            Err(Misfit { reason: "unknown_record", detail: None })
        }
    }

    fn subject(&self, content: &Content) -> Option<String> {
        let record = document(content).ok()?.object().ok()?;
        self.customer(&record).map(|(pseudonym, _)| pseudonym)
    }

    fn tells_the_past(&self) -> bool {
        true
    }
}

/// A contact's own id and the first one's, which names the conversation.
fn ids(contact: &Value) -> Result<(String, String), Misfit> {
    let own = text(contact, "ContactId").ok_or(Misfit { reason: "leg_missing", detail: None })?;
    let first = text(contact, "InitialContactId").unwrap_or_else(|| own.clone());
    Ok((own, first))
}

/// How they talk; a voice call, and noted, where the source's word is not known.
fn channel(word: Option<&str>) -> (Channel, bool) {
    match word {
        Some("VOICE") => (Channel::Voice, true),
        Some("CHAT") => (Channel::Chat, true),
        Some("TASK") => (Channel::Ticket, true),
        Some("EMAIL") => (Channel::Email, true),
        Some(_) | None => (Channel::Voice, false),
    }
}

fn direction(method: Option<&str>) -> Direction {
    match method {
        Some("OUTBOUND" | "EXTERNAL_OUTBOUND") => Direction::Outbound,
        Some("CALLBACK") => Direction::Callback,
        Some(_) | None => Direction::Inbound,
    }
}

/// Whether a contact was made by passing on the one before it.
fn passed_on(method: Option<&str>) -> bool {
    matches!(method, Some("TRANSFER" | "QUEUE_TRANSFER"))
}

/// The entry into a queue with its place: a name is better than an id.
fn enqueued(of_queue: &Value) -> Option<(u32, Enqueued)> {
    let place = if text(of_queue, "Name").is_some() { 20 } else { 23 };
    Some((place, Enqueued { queue: queue(of_queue)? }))
}

/// The connection to an agent, with its place.
fn assigned(agent: Option<String>) -> (u32, Assigned) {
    (if agent.is_some() { 40 } else { 43 }, Assigned { agent })
}

/// The end of a leg, with its place.
fn ended(by: Option<Party>) -> (u32, Ended) {
    (if by.is_some() { 60 } else { 63 }, Ended { by })
}

/// The start, with its place.
fn started(started: Started) -> (u32, Started) {
    (if started.customer.is_some() || started.entry.is_some() { 0 } else { 3 }, started)
}

/// A queue's name, or its id where only that is told.
fn queue(queue: &Value) -> Option<String> {
    text(queue, "Name").or_else(|| arn(queue, "ARN")).or_else(|| arn(queue, "queueArn"))
}

/// The id at the end of a resource name.
fn arn(object: &Value, name: &str) -> Option<String> {
    text(object, name).map(|arn| behind_slash(&arn))
}
