//! The log as an object-centric event log (OCEL 2.0, JSON): each fact touches a case, a customer, an agent, a queue at
//! once, and is related to all of them.
//!
//! Every stream is an object of its noun's type; queues and teams are objects too. Their ids are `<type>-<name>`, as
//! streams are called. The facts that describe a thing (a conversation's beginning, a ticket's record, an agent's
//! profile) give its object attributes, with the moment since when they hold; every payload's fields are attributes of
//! its event. `retrace:event` holds the whole fact as a CloudEvent: our own source reads that back.
//!
//! Objects stand before events, so the log is read twice; what is held are the objects.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use events::cloudevent::rfc3339;
use events::{Moment, Timing};
use serde_json::{Value, json};

use super::ExportError;
use super::facets::{Cases, Facets};
use super::leaving::{Departing, Leaving};
use super::typed::{Kind, Kinds, attributes};
use super::xes::WHOLE;
use crate::log::EventLog;

/// Facts that describe the thing their stream is about.
const DESCRIBING: [&str; 6] =
    ["conversation.started", "ticket.opened", "ticket.revised", "agent.profile_changed", "customer.identified", "site.declared"];

/// A thing that facts are about.
#[derive(Default)]
struct Object {
    /// Name, since when, and value.
    attributes: Vec<(String, Moment, Value)>,
    /// Qualifier and id of others.
    related: BTreeSet<(&'static str, String)>,
}

/// Things by type and name.
type Objects = BTreeMap<(String, String), Object>;

/// Writes the event log; returns how many facts.
pub(super) async fn write(leaving: &Leaving<'_, impl EventLog>, to: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
    let (mut objects, mut of_objects, mut of_events) = (Objects::new(), Kinds::default(), Kinds::default());
    let (mut cases, mut n_events) = (Cases::default(), 0);
    loop {
        let batch = leaving.from(n_events).await?;
        if batch.is_empty() {
            break;
        }
        for departing in &batch {
            let facets = cases.facets(&departing.stored.fact, &departing.stored.payload.event_type);
            met(departing, &facets, &mut objects, &mut of_objects)?;
            of_events.exists(&departing.stored.payload.event_type);
            for (name, kind, _) in of_event(departing)? {
                of_events.see(&departing.stored.payload.event_type, &name, kind);
            }
            n_events += 1;
        }
    }
    let types = json!({ "objectTypes": of_objects.declared(), "eventTypes": of_events.declared() }).to_string();
    to.write_all(types.strip_suffix('}').unwrap_or(&types).as_bytes())?;
    to.write_all(b",\n\"objects\":[")?;
    for (index, ((noun, name), object)) in objects.iter().enumerate() {
        separate(index as u64, to)?;
        to.write_all(told(noun, name, object, &of_objects).to_string().as_bytes())?;
    }
    drop(objects);
    to.write_all(b"\n],\n\"events\":[")?;
    let mut cases = Cases::default();
    let mut n_written = 0;
    // A log that grows meanwhile is written as it was: types and objects are those of the facts counted.
    while n_written < n_events {
        let batch = leaving.from(n_written).await?;
        for departing in batch.iter().take(usize::try_from(n_events - n_written).unwrap_or(usize::MAX)) {
            let facets = cases.facets(&departing.stored.fact, &departing.stored.payload.event_type);
            separate(n_written, to)?;
            to.write_all(event(departing, &facets, &of_events)?.to_string().as_bytes())?;
            n_written += 1;
        }
    }
    to.write_all(b"\n]}\n")?;
    Ok(n_events)
}

fn separate(n_before: u64, to: &mut (dyn Write + Send)) -> std::io::Result<()> {
    to.write_all(if n_before == 0 { b"\n" } else { b",\n" })
}

/// What a fact relates to: qualifier, type and name.
fn related(departing: &Departing, facets: &Facets) -> Vec<(&'static str, String, String)> {
    let stream = &departing.stored.fact.stream;
    let known = &facets.known;
    let mut related = vec![("about", stream.noun().to_owned(), stream.id().to_owned())];
    for (qualifier, name) in
        [("customer", &known.customer), ("agent", &known.agent), ("queue", &known.queue), ("team", &known.team)]
    {
        if let Some(name) = name
            && !(stream.noun() == qualifier && stream.id() == name)
        {
            related.push((qualifier, qualifier.to_owned(), name.clone()));
        }
    }
    related
}

/// Takes notice of what a fact is about.
fn met(departing: &Departing, facets: &Facets, objects: &mut Objects, kinds: &mut Kinds) -> Result<(), ExportError> {
    let related = related(departing, facets);
    let mut others = BTreeSet::new();
    for (qualifier, noun, name) in &related[1..] {
        kinds.exists(noun);
        others.insert((*qualifier, format!("{noun}-{name}")));
        objects.entry((noun.clone(), name.clone())).or_default();
    }
    let (_, noun, name) = &related[0];
    kinds.exists(noun);
    let object = objects.entry((noun.clone(), name.clone())).or_default();
    object.related.extend(others);
    if DESCRIBING.contains(&departing.stored.payload.event_type.as_str()) {
        for (name, kind, value) in attributes(departing.payload()?) {
            // It is an object of its own.
            if matches!(name.as_str(), "customer" | "team" | "agent" | "queue" | "sequence") {
                continue;
            }
            kinds.see(noun, &name, kind);
            let last = object.attributes.iter().rev().find(|(before, _, _)| *before == name);
            if last.is_none_or(|(_, _, before)| *before != value) {
                object.attributes.push((name, departing.stored.fact.occurred_at, value));
            }
        }
    }
    Ok(())
}

fn told(noun: &str, name: &str, object: &Object, kinds: &Kinds) -> Value {
    let attributes: Vec<Value> = object
        .attributes
        .iter()
        .map(|(name, since, value)| json!({ "name": name, "time": rfc3339(*since), "value": kinds.fitted(noun, name, value) }))
        .collect();
    json!({ "id": format!("{noun}-{name}"), "type": noun, "attributes": attributes, "relationships": relationships(&object.related) })
}

fn relationships<'a>(related: impl IntoIterator<Item = &'a (&'static str, String)>) -> Vec<Value> {
    related.into_iter().map(|(qualifier, id)| json!({ "objectId": id, "qualifier": qualifier })).collect()
}

/// The attributes of an event: its payload's, and what its envelope says.
fn of_event(departing: &Departing) -> Result<Vec<(String, Kind, Value)>, ExportError> {
    let fact = &departing.stored.fact;
    let mut all = attributes(departing.payload()?);
    let mut text = |name: &str, value: &str| all.push((name.to_owned(), Kind::String, json!(value)));
    text("retrace:source", &fact.meta.source);
    if let Some(actor) = &fact.meta.actor {
        text("retrace:actor", actor);
    }
    match fact.meta.timing {
        Timing::Recorded => {}
        Timing::Derived => text("retrace:timing", "derived"),
        Timing::Unknown => text("retrace:timing", "unknown"),
    }
    all.push(("retrace:recorded".to_owned(), Kind::Time, json!(rfc3339(fact.recorded_at))));
    all.push((WHOLE.to_owned(), Kind::String, Value::Null));
    Ok(all)
}

fn event(departing: &Departing, facets: &Facets, kinds: &Kinds) -> Result<Value, ExportError> {
    let fact = &departing.stored.fact;
    let event_type = &departing.stored.payload.event_type;
    let mut attributes = Vec::new();
    for (name, _, value) in of_event(departing)? {
        let value = if name == WHOLE { json!(departing.cloudevent()?) } else { kinds.fitted(event_type, &name, &value) };
        attributes.push(json!({ "name": name, "value": value }));
    }
    let related: Vec<(&'static str, String)> =
        related(departing, facets).into_iter().map(|(qualifier, noun, name)| (qualifier, format!("{noun}-{name}"))).collect();
    Ok(json!({
        "id": fact.id.to_string(),
        "type": event_type,
        "time": rfc3339(fact.occurred_at),
        "attributes": attributes,
        "relationships": relationships(&related),
    }))
}
