//! Any object-centric event log (OCEL 2.0, JSON): each event is a step of the cases among the objects it relates to.
//!
//! Which objects are cases the standard does not say. Here they are those of the type `case`, or of the type that most
//! events relate to; between equals, the type with more objects, then the first by name. An event of several cases is a
//! step of each; one of none is refused. To know this, and because events may stand before the objects they relate to,
//! a file is looked through twice before it is translated: the types of all objects are held, the events are not.
//!
//! Who did it is the attribute `org:resource` or `resource`, else a related object whose type or qualifier says so; with
//! which team likewise. A case's own attributes that a ticket's record has become `Revised`; one that OCEL dates 1970,
//! which means from the beginning, holds from the case's first event on. What is said beyond that may be personal and is
//! kept as sealed text, as the relationships are. Objects that are no cases are known by the events that name them.
//! Times without an offset are read as UTC, and counted as mended. A log that we exported holds each fact whole: such an
//! event becomes that fact again.

mod record;
mod survey;

use std::collections::{BTreeMap, HashMap};

use events::ticket::ActivityRecorded;
use events::{EventId, Personal, StreamId};
use serde_json::Value;

use self::record::{Said, moment, revised};
use self::survey::Survey;
use super::cloudevents::CloudEvents;
use super::records::Content;
use super::ticket::{Memory, fact};
use super::{Misfit, Translate, Translated, document};
use crate::export::WHOLE;
use crate::keys::Pseudonyms;

/// Its name.
pub const NAME: &str = "ocel";
/// The lists of its files.
pub(super) const LISTS: &[&str] = &["objectTypes", "eventTypes", "objects", "events"];

/// What names whoever did it.
const AGENTS: [&str; 8] = ["agent", "agents", "employee", "employees", "resource", "resources", "user", "person"];
/// What names the team.
const TEAMS: [&str; 6] = ["team", "teams", "group", "department", "queue", "org:group"];
/// What names the customer.
const CUSTOMERS: [&str; 2] = ["customer", "customers"];
/// The types that attributes may have.
const KINDS: [&str; 5] = ["string", "time", "integer", "float", "boolean"];

/// Whether a file begins like an object-centric event log.
#[must_use]
pub fn recognises(head: &str) -> bool {
    let has = |name: &str| head.contains(&format!("\"{name}\""));
    let begins = head.trim_start_matches('\u{feff}').trim_start().starts_with('{');
    begins && (has("objectTypes") || has("eventTypes") || has("objectId") && has("qualifier"))
}

/// Translates one file.
pub struct Ocel {
    survey: Survey,
    own: CloudEvents,
    pseudonyms: Pseudonyms,
    memory: Memory,
    /// Halves of the hashes of events' ids and of what those events say.
    seen: HashMap<u64, u64>,
}

impl Ocel {
    pub(super) fn new(pseudonyms: Pseudonyms) -> Self {
        let own = CloudEvents::new(pseudonyms.clone());
        Self { survey: Survey::default(), own, pseudonyms, memory: Memory::default(), seen: HashMap::new() }
    }
}

impl Translate for Ocel {
    fn translate(&mut self, content: &Content) -> Result<Translated, Misfit> {
        let document = document(content)?;
        let value = document.object()?;
        match document.list {
            Some("events") => self.event(&value, &document.raw),
            Some("objects") => self.object(&value),
            Some("objectTypes" | "eventTypes") => declared(&value),
            Some(_) | None => Err(Misfit { reason: "not_an_event_log", detail: None }),
        }
    }

    fn subject(&self, content: &Content) -> Option<String> {
        let value = document(content).ok()?.object().ok()?;
        self.own.subject_of(whole(&value)?)
    }

    fn remembers(&self) -> bool {
        true
    }

    fn surveys(&self) -> bool {
        self.survey.goes_on()
    }

    fn survey(&mut self, content: &Content) {
        // What makes no sense is refused when it is translated.
        if let Ok(document) = document(content)
            && let Ok(value) = document.object()
        {
            self.survey.look(document.list, &value);
        }
    }

    fn surveyed(&mut self) {
        self.survey.looked();
    }
}

/// A type's declaration becomes no fact; one that declares what no reader knows is noted.
fn declared(value: &Value) -> Result<Translated, Misfit> {
    text(value, "name").ok_or(Misfit { reason: "type_without_name", detail: None })?;
    let attributes = value.get("attributes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let unknown = |attribute: &Value| !text(attribute, "type").is_some_and(|kind| KINDS.contains(&kind));
    let repairs = if attributes.iter().any(unknown) { vec!["attribute_type_unknown"] } else { Vec::new() };
    Ok(Translated { events: Vec::new(), repairs })
}

/// A text that is not empty.
fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// The fact that an event of ours holds whole.
fn whole(event: &Value) -> Option<&str> {
    let attributes = event.get("attributes").and_then(Value::as_array)?;
    let whole = attributes.iter().find(|attribute| text(attribute, "name") == Some(WHOLE))?;
    text(whole, "value")
}

/// What an object or event says of itself, name and value; what has no name or value says nothing.
fn attributes(value: &Value) -> impl Iterator<Item = (&str, String, Option<&str>)> {
    let all = value.get("attributes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(|attribute| {
        let said = match attribute.get("value")? {
            Value::Null => return None,
            Value::String(said) => said.clone(),
            other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => other.to_string(),
        };
        Some((text(attribute, "name")?, said, text(attribute, "time")))
    })
}

/// What it relates to: the other's id, and as what.
fn relationships(value: &Value) -> impl Iterator<Item = (&str, &str)> {
    let all = value.get("relationships").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(|related| Some((text(related, "objectId")?, text(related, "qualifier").unwrap_or_default())))
}

impl Ocel {
    fn event(&mut self, event: &Value, raw: &str) -> Result<Translated, Misfit> {
        if let Some(whole) = whole(event) {
            return self.own.line(whole);
        }
        let missing = |reason: &'static str| Misfit { reason, detail: None };
        let id = text(event, "id").ok_or(missing("id_missing"))?;
        let activity = text(event, "type").ok_or(missing("activity_missing"))?;
        let mut repairs = Vec::new();
        let at = moment(text(event, "time"), &mut repairs)?;
        let mut cases = Vec::new();
        let mut said = Said::default();
        let (mut agent, mut team, mut subject) = (None, None, None);
        for (object, qualifier) in relationships(event) {
            let Some(of_type) = self.survey.type_of(object) else {
                repairs.push("object_unknown");
                said.add(&format!("relationship {qualifier}"), object);
                continue;
            };
            if self.survey.case() == Some(of_type) {
                if !cases.contains(&object) {
                    cases.push(object);
                }
                continue;
            }
            if CUSTOMERS.contains(&of_type) && subject.is_none() {
                subject = Some(self.pseudonyms.of(NAME, object));
            }
            let as_one_of = |names: &[&str]| names.contains(&of_type) || names.contains(&qualifier);
            if as_one_of(&AGENTS) && agent.is_none() {
                agent = Some(object.to_owned());
            } else if as_one_of(&TEAMS) && team.is_none() {
                team = Some(object.to_owned());
            } else {
                said.add(&format!("{of_type} {qualifier}"), object);
            }
        }
        let mut transition = None;
        for (name, value, _) in attributes(event) {
            match name {
                "lifecycle:transition" | "lifecycle" => transition = Some(value),
                "org:resource" | "resource" => agent = Some(value),
                "org:group" => team = Some(value),
                name => said.add(name, &value),
            }
        }
        if cases.is_empty() {
            return Err(missing("case_missing"));
        }
        let half = |text: &str| EventId::derived(NAME, text).0.as_u64_pair().0;
        if let Some(before) = self.seen.insert(half(id), half(raw)) {
            // The first that has an id keeps it.
            self.seen.insert(half(id), before);
            return if before == half(raw) {
                Ok(Translated { events: Vec::new(), repairs: vec!["event_repeated"] })
            } else {
                Err(missing("duplicate_id"))
            };
        }
        repairs.dedup();
        let key = said
            .texts
            .iter()
            .fold(format!("{id}\u{1f}{activity}\u{1f}{}", at.0), |key, (name, value)| format!("{key}\u{1f}{name}\u{1f}{value}"));
        let mut events = Vec::with_capacity(cases.len());
        for case in cases {
            let stream = stream(case)?;
            let recorded = ActivityRecorded {
                sequence: self.memory.sequence(case, at),
                activity: activity.to_owned(),
                transition: transition.clone(),
                agent: agent.clone(),
                team: team.clone(),
            };
            let id = EventId::derived(NAME, &format!("{case}\u{1f}{key}"));
            events.push(fact(NAME, &stream, id, at, &recorded.into(), said.personal(subject.clone())));
        }
        Ok(Translated { events, repairs })
    }

    /// A case's record as it changed; any other object becomes no fact of its own.
    fn object(&mut self, object: &Value) -> Result<Translated, Misfit> {
        let missing = |reason: &'static str| Misfit { reason, detail: None };
        let id = text(object, "id").ok_or(missing("id_missing"))?;
        let of_type = text(object, "type").ok_or(missing("type_missing"))?;
        let mut repairs = Vec::new();
        if self.survey.type_of(id).is_some_and(|first| first != of_type) {
            return Err(missing("duplicate_id"));
        }
        if self.survey.case() != Some(of_type) || self.survey.own() {
            return Ok(Translated::default());
        }
        let mut related: BTreeMap<String, String> = BTreeMap::new();
        let mut customer = None;
        for (other, qualifier) in relationships(object) {
            match self.survey.type_of(other) {
                Some(of_type) if CUSTOMERS.contains(&of_type) && customer.is_none() => {
                    customer = Some(self.pseudonyms.of(NAME, other));
                }
                Some(_) => {}
                None => repairs.push("object_unknown"),
            }
            related.insert(format!("relationship {qualifier} {}", related.len()), other.to_owned());
        }
        repairs.dedup();
        let first_at = self.survey.first_at(id);
        let (records, more) = revised(attributes(object), first_at, customer, related)?;
        repairs.extend(more);
        let stream = stream(id)?;
        let events = records.into_iter().map(|(at, known, record, personal)| {
            let body = serde_json::to_string(&record).expect("a record is plain data");
            let place = EventId::derived(NAME, &format!("{id}\u{1f}record\u{1f}{}\u{1f}{body}\u{1f}{personal:?}", at.0));
            let mut event = fact(NAME, &stream, place, at, &record.into(), personal);
            event.meta.timing = known;
            event
        });
        Ok(Translated { events: events.collect(), repairs })
    }
}

fn stream(case: &str) -> Result<StreamId, Misfit> {
    StreamId::new("ticket", &format!("{NAME}.{case}"))
        .map_err(|_its_words_are_the_name| Misfit { reason: "bad_stream", detail: None })
}

impl Said {
    /// What is kept sealed, under the key of the customer it is about.
    fn personal(&self, subject: Option<String>) -> Option<Personal> {
        (!self.texts.is_empty()).then(|| Personal { subject, texts: self.texts.clone() })
    }
}
