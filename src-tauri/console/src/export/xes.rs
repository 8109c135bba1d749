//! The log as a process log (XES, IEEE 1849): a trace for each conversation and ticket, an event for each fact of it.
//!
//! Events have the standard's own attributes, what is known of the case by then under the prefix `retrace`, and in
//! `retrace:event` the whole fact as a CloudEvent: our own source reads that back. Facts of agents, customers, the desk
//! and imports are steps of no case: the log's own attribute `retrace:rest` lists them, so that no reader takes them for
//! cases. (The standard has room for events outside traces; pm4py refuses them.) A fact whose source told no time has no
//! `time:timestamp`.
//!
//! Traces come in the order in which the log heard of them, so a log is read twice: once for the places of its facts,
//! once trace by trace. What is held are those places, 16 bytes a fact, and the names of cases.

use std::collections::BTreeMap;
use std::io::Write;

use events::cloudevent::rfc3339;
use events::{Position, StreamId, Timing};

use super::ExportError;
use super::facets::{Facets, Known, of_case};
use super::leaving::{Departing, Leaving};
use crate::log::{BATCH_MAX, EventLog};

/// The key under which an event holds the whole fact.
pub(crate) const WHOLE: &str = "retrace:event";

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Retrace" prefix="retrace" uri="urn:retrace:xes:1"/>
<global scope="trace">
<string key="concept:name" value="unknown"/>
</global>
<global scope="event">
<string key="concept:name" value="unknown"/>
<string key="concept:instance" value="unknown"/>
</global>
<classifier name="Activity" keys="concept:name"/>
<classifier name="Activity and transition" keys="concept:name lifecycle:transition"/>
"#;

/// Writes the process log; returns how many facts.
pub(super) async fn write(leaving: &Leaving<'_, impl EventLog>, to: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
    let places = places(leaving.log).await?;
    let n_rest = places.partition_point(|&(case, _)| case == 0);
    to.write_all(HEAD.as_bytes())?;
    to.write_all(b"<list key=\"retrace:rest\">\n<values>\n")?;
    for places in places[..n_rest].chunks(BATCH_MAX) {
        let mut text = String::new();
        for departing in leaving.at(&positions(places)).await? {
            whole(&departing, &mut text)?;
        }
        to.write_all(text.as_bytes())?;
    }
    to.write_all(b"</values>\n</list>\n")?;
    let mut open: Option<StreamId> = None;
    let mut known = Known::default();
    for places in places[n_rest..].chunks(BATCH_MAX) {
        let mut text = String::new();
        for departing in leaving.at(&positions(places)).await? {
            let stream = &departing.stored.fact.stream;
            let goes_on = open.as_ref() == Some(stream);
            if !goes_on {
                known = Known::default();
            }
            let facets = known.with(&departing.stored.fact, &departing.stored.payload.event_type);
            if !goes_on {
                text.push_str(if open.is_some() { "</trace>\n" } else { "" });
                trace(stream, &facets, &mut text);
                open = Some(stream.clone());
            }
            event(&departing, &facets, &mut text)?;
        }
        to.write_all(text.as_bytes())?;
    }
    to.write_all(if open.is_some() { b"</trace>\n</log>\n" } else { b"</log>\n" })?;
    Ok(places.len() as u64)
}

fn positions(places: &[(u32, Position)]) -> Vec<Position> {
    places.iter().map(|&(_, position)| position).collect()
}

/// Where the facts stand: those of no case first, the others case by case.
async fn places(log: &impl EventLog) -> Result<Vec<(u32, Position)>, ExportError> {
    let mut cases: BTreeMap<StreamId, u32> = BTreeMap::new();
    let mut places = Vec::new();
    loop {
        let batch = log.read(places.len() as u64, BATCH_MAX).await?;
        if batch.is_empty() {
            // Stable: within a case the order is the log's.
            places.sort_by_key(|&(case, _)| case);
            return Ok(places);
        }
        for fact in batch {
            let next = u32::try_from(cases.len()).unwrap_or(u32::MAX - 1) + 1;
            let case = if of_case(fact.stream.noun()) { *cases.entry(fact.stream).or_insert(next) } else { 0 };
            places.push((case, fact.position));
        }
    }
}

fn trace(stream: &StreamId, facets: &Facets, text: &mut String) {
    text.push_str("<trace>\n");
    attribute("string", "concept:name", stream.as_str(), text);
    attribute("string", "retrace:noun", stream.noun(), text);
    for (key, value) in [("retrace:channel", &facets.known.channel), ("retrace:customer", &facets.known.customer)] {
        if let Some(value) = value {
            attribute("string", key, value, text);
        }
    }
}

fn event(departing: &Departing, facets: &Facets, text: &mut String) -> Result<(), ExportError> {
    let fact = &departing.stored.fact;
    let known = &facets.known;
    text.push_str("<event>\n");
    attribute("string", "concept:name", &facets.activity, text);
    attribute("string", "concept:instance", &fact.id.to_string(), text);
    if fact.meta.timing != Timing::Unknown {
        attribute("date", "time:timestamp", &rfc3339(fact.occurred_at), text);
    }
    attribute("string", "lifecycle:transition", facets.transition.as_deref().unwrap_or("complete"), text);
    let group = known.team.as_ref().or(known.queue.as_ref());
    for (key, value) in [
        ("org:resource", known.agent.as_ref()),
        ("org:group", group),
        ("retrace:channel", known.channel.as_ref()),
        ("retrace:queue", known.queue.as_ref()),
        ("retrace:team", known.team.as_ref()),
        ("retrace:customer", known.customer.as_ref()),
    ] {
        if let Some(value) = value {
            attribute("string", key, value, text);
        }
    }
    attribute("string", "retrace:type", &departing.stored.payload.event_type, text);
    attribute("int", "retrace:position", &fact.position.0.to_string(), text);
    attribute("date", "retrace:recorded", &rfc3339(fact.recorded_at), text);
    whole(departing, text)?;
    text.push_str("</event>\n");
    Ok(())
}

fn whole(departing: &Departing, text: &mut String) -> Result<(), ExportError> {
    text.push_str("<string key=\"");
    text.push_str(WHOLE);
    // JSON is full of quotes, and has few apostrophes.
    text.push_str("\" value='");
    json(&departing.cloudevent()?, text);
    text.push_str("'/>\n");
    Ok(())
}

/// What XML 1.0 can hold at all, escaped or not.
fn allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

fn attribute(tag: &str, key: &str, value: &str, text: &mut String) {
    text.push('<');
    text.push_str(tag);
    text.push_str(" key=\"");
    text.push_str(key);
    text.push_str("\" value=\"");
    for c in value.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            // A parser makes a space of each, unless it is written so.
            '\t' => text.push_str("&#9;"),
            '\n' => text.push_str("&#10;"),
            '\r' => text.push_str("&#13;"),
            c if !allowed(c) => text.push('\u{fffd}'),
            c => text.push(c),
        }
    }
    text.push_str("\"/>\n");
}

/// JSON within apostrophes. What XML cannot hold is written as JSON's own escapes: it stands within a JSON text, as
/// everything beyond ASCII does.
fn json(value: &str, text: &mut String) {
    for c in value.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '\'' => text.push_str("&apos;"),
            '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => text.push_str(&format!("\\u{:04x}", u32::from(c))),
            // Blanks between the parts of a stored payload.
            '\t' | '\n' | '\r' => text.push(' '),
            c => text.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{attribute, json};

    #[test]
    fn no_text_breaks_the_xml() {
        let mut text = String::new();
        attribute("string", "k", "a<b>&\"'\u{1}\t\n\u{ffff}售", &mut text);
        assert_eq!(text, "<string key=\"k\" value=\"a&lt;b&gt;&amp;&quot;'\u{fffd}&#9;&#10;\u{fffd}售\"/>\n");
    }

    #[test]
    fn json_keeps_what_xml_cannot_hold() {
        let mut text = String::new();
        json("{\"a\":\"<&'\\u0001\u{85}\u{ffff}\"}", &mut text);
        assert_eq!(text, "{\"a\":\"&lt;&amp;&apos;\\u0001\\u0085\\uffff\"}");
    }
}
