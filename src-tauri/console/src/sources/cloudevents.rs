//! CloudEvents 1.0 in JSON lines, as `retrace export --format cloudevents` writes them.

use events::cloudevent::{CloudEvent, CloudEventError, unwrap};
use events::codec::{encode, try_decode};
use events::conversation::Event as Fact;
use events::{CodecError, Event, NewEvent, StreamId};

use crate::keys::Pseudonyms;
use crate::keys::pseudonym::is_pseudonym;
use crate::sources::records::Content;
use crate::sources::{Misfit, Translate, Translated, line};

/// Its name.
pub const NAME: &str = "cloudevents";
/// The personal text that holds a source's own number for a customer.
const NATIVE: &str = "customer_number";

/// Whether a file's first line is a CloudEvent.
#[must_use]
pub fn recognises(first_line: &str) -> bool {
    first_line.trim_start().starts_with('{') && first_line.contains("\"specversion\"")
}

/// Translates lines, naming customers as the log does.
pub struct CloudEvents(Pseudonyms);

impl CloudEvents {
    pub(super) fn new(pseudonyms: Pseudonyms) -> Self {
        Self(pseudonyms)
    }
}

impl Translate for CloudEvents {
    fn translate(&mut self, content: &Content) -> Result<Translated, Misfit> {
        translate(line(content)?, &self.0)
    }

    fn subject(&self, content: &Content) -> Option<String> {
        subject(line(content).ok()?, &self.0)
    }
}

/// Translates one line.
///
/// # Errors
/// [`Misfit`] when it is not JSON, not a CloudEvent, or not one of our facts.
fn translate(line: &str, pseudonyms: &Pseudonyms) -> Result<Translated, Misfit> {
    let event: CloudEvent = serde_json::from_str(line).map_err(|error| {
        let reason = if error.is_data() { "not_a_cloudevent" } else { "bad_json" };
        Misfit::new(reason, events::codec::place(&error))
    })?;
    // None of these quotes what was found: a slipped field may hold a customer's words.
    let event = unwrap(event).map_err(|error| match error {
        CloudEventError::SpecVersion(_) => Misfit::new("not_a_cloudevent", "specversion is not 1.0"),
        CloudEventError::Time(_) => Misfit::new("bad_time", "time is not RFC 3339"),
        CloudEventError::Stream(_) => Misfit::new("bad_stream", "streamid is not <noun>-<id>"),
        CloudEventError::Payload(CodecError::UnknownType(_)) => Misfit { reason: "unknown_event_type", detail: None },
        CloudEventError::Payload(error @ CodecError::NewerSchema { .. }) => Misfit::new("newer_schema", error.to_string()),
        CloudEventError::Payload(CodecError::Malformed(place)) => Misfit::new("malformed_payload", place),
    })?;
    Ok(Translated { events: vec![named(event, pseudonyms)], repairs: Vec::new() })
}

/// The customer that a line says it is about, whatever else is wrong in it.
fn subject(line: &str, pseudonyms: &Pseudonyms) -> Option<String> {
    let event: serde_json::Value = serde_json::from_str(line).ok()?;
    let source = event.get("source").and_then(serde_json::Value::as_str).unwrap_or(NAME);
    let native = event.get("personalsubject").and_then(serde_json::Value::as_str)?;
    Some(pseudonyms.of(source, native))
}

/// Names customers as this log does. What was exported by a Retrace has such names already and stays as it is; a
/// stranger's number for a customer is kept as sealed text and stands nowhere else.
fn named(mut event: NewEvent, pseudonyms: &Pseudonyms) -> NewEvent {
    let source = event.meta.source.clone();
    let mut natives = Vec::new();
    let mut name = |native: &str| {
        if !is_pseudonym(native) {
            natives.push(native.to_owned());
        }
        pseudonyms.of(&source, native)
    };
    if event.stream.noun() == "customer" {
        let id = name(event.stream.id());
        event.stream = StreamId::new("customer", &id).unwrap_or(event.stream);
    }
    if event.body.event_type == "conversation.started"
        && let Ok(Event::Conversation(Fact::Started(mut started))) =
            try_decode(&event.body.event_type, event.body.schema, &event.body.data)
        && let Some(customer) = started.customer.take_if(|customer| !is_pseudonym(customer))
    {
        started.customer = Some(name(&customer));
        event.body = encode(&Event::Conversation(Fact::Started(started)));
    }
    let subject = event.personal.as_mut().and_then(|personal| personal.subject.take()).map(|native| name(&native));
    if let Some(native) = natives.pop() {
        let subject = subject.unwrap_or_else(|| pseudonyms.of(&source, &native));
        let personal = event.personal.get_or_insert_default();
        personal.subject = Some(subject);
        personal.texts.entry(NATIVE.to_owned()).or_insert(native);
    } else if let Some(personal) = &mut event.personal {
        personal.subject = subject;
    }
    event
}
