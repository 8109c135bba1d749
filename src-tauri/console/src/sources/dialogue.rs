//! What sources of dialogues share: one JSON object a line, read leniently, each piece a fact with its place.

use std::collections::BTreeMap;

use events::{Event, EventId, Meta, Moment, NewEvent, Personal, StreamId, Timing, codec};
use serde_json::Value;

use crate::sources::Misfit;

/// The longest line of a dialogue, in bytes; longer ones are refused and skipped without being kept.
pub(super) const LINE_BYTES_MAX: usize = 8 << 20;

/// Whether a line is a JSON object that has all these names.
pub(super) fn has(line: &str, names: &[&str]) -> bool {
    let object: Result<BTreeMap<String, serde::de::IgnoredAny>, _> = serde_json::from_str(line);
    match object {
        Ok(object) => names.iter().all(|name| object.contains_key(*name)),
        // A first line that was cut off still says what it was to be.
        Err(_not_whole) => line.starts_with('{') && names.iter().all(|name| line.contains(&format!("\"{name}\":"))),
    }
}

/// Reads a line as a JSON object.
pub(super) fn object(line: &str) -> Result<Value, Misfit> {
    let value: Value = serde_json::from_str(line).map_err(|error| Misfit::new("bad_json", codec::place(&error)))?;
    if value.is_object() { Ok(value) } else { Err(Misfit::new("not_a_dialogue", "the line is no JSON object")) }
}

/// What a key of a line is, even of a line that is cut off: the text or number that stands behind its name.
pub(super) fn native(line: &str, name: &str) -> Option<String> {
    if let Ok(value) = serde_json::from_str::<Value>(line) {
        return word(&value[name]);
    }
    let behind = line.split(&format!("\"{name}\":")).nth(1)?.trim_start();
    let (text, _) = behind.strip_prefix('"')?.split_once('"')?;
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// A text or a whole number as a text; nothing for an empty one.
pub(super) fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The elements of a list; none of what is no list.
pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Length in Unicode scalar values.
pub(super) fn n_chars(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// The facts of one dialogue as they are put together.
pub(super) struct Script {
    source: &'static str,
    key: String,
    stream: StreamId,
    subject: Option<String>,
    pub(super) events: Vec<NewEvent>,
    pub(super) repairs: Vec<&'static str>,
}

/// When a fact happened and where it stands in the source's order.
#[derive(Clone, Copy)]
pub(super) struct When {
    pub(super) at: Moment,
    pub(super) timing: Timing,
    pub(super) place: Option<u32>,
}

impl Script {
    /// Begins the facts of the dialogue that `source` calls `key`, about `subject`.
    pub(super) fn new(source: &'static str, key: String, subject: Option<String>) -> Result<Self, Misfit> {
        let stream = StreamId::new("conversation", &format!("{source}.{key}"))
            .map_err(|_not_a_name| Misfit::new("bad_stream", "the dialogue's id is too long or cannot be printed"))?;
        Ok(Self { source, key, stream, subject, events: Vec::new(), repairs: Vec::new() })
    }

    /// Adds a fact; `what` tells it from every other of its dialogue and its type, for ever.
    pub(super) fn say(&mut self, when: When, what: &str, event: impl Into<Event>, texts: BTreeMap<String, String>) {
        let body = codec::encode(&event.into());
        self.events.push(NewEvent {
            stream: self.stream.clone(),
            id: EventId::derived(self.source, &format!("{}|{what}|{}", self.key, body.event_type)),
            occurred_at: when.at,
            meta: Meta {
                source: self.source.to_owned(),
                actor: Some("importer".to_owned()),
                timing: when.timing,
                place: when.place,
                ..Meta::default()
            },
            body,
            personal: (!texts.is_empty()).then(|| Personal { subject: self.subject.clone(), texts }),
        });
    }

    /// Notes what was mended; each reason once a line, as the report counts rows.
    pub(super) fn mended(&mut self, reason: &'static str) {
        if !self.repairs.contains(&reason) {
            self.repairs.push(reason);
        }
    }
}

/// One personal text by name; none of an empty one.
pub(super) fn texts<const N: usize>(named: [(&str, Option<String>); N]) -> BTreeMap<String, String> {
    let kept = named.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.filter(|text| !text.is_empty())?)));
    kept.collect()
}
