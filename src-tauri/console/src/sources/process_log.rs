//! Any process log in XES: each event is a step of its trace, and so of a ticket.
//!
//! Read are the standard's own attributes: the name and time of the event, its lifecycle transition, who did it, with
//! which team. What a log says beyond that may be personal and is kept as sealed text. The loan process of the Business
//! Process Intelligence Challenge 2012 (`bpic2012`) has two more, of the trace: when the customer asked, and for how
//! much. One event in fifteen there does not say who did it; that is not recorded, never guessed.
//!
//! Times without an offset are read as UTC, and counted as mended. A log that we exported holds each fact whole: such an
//! event becomes that fact again, as one of `cloudevents` does.

use std::collections::BTreeMap;

use events::ticket::{ActivityRecorded, Opened};
use events::{EventId, Personal, StreamId};

use super::cloudevents::CloudEvents;
use super::records::Content;
use super::ticket::{Key, Memory, fact, moment_or_utc};
use super::xes::{Step, value};
use super::{Misfit, Translate, Translated, WRONG_FORMAT};
use crate::export::WHOLE;
use crate::keys::Pseudonyms;

/// The loan process's name.
pub const BPIC2012: &str = "bpic2012";
/// Any other log's.
pub const XES: &str = "xes";
/// Where the bank's clocks hang.
pub const BPIC2012_ZONE: &str = "Europe/Amsterdam";

/// Attributes that become facets.
const READ: [&str; 5] = ["concept:name", "lifecycle:transition", "org:resource", "org:group", "time:timestamp"];

/// Whether a process log is the loan process: its traces have these attributes.
#[must_use]
pub fn recognises_bpic2012(head: &str) -> bool {
    head.contains("\"REG_DATE\"") && head.contains("\"AMOUNT_REQ\"")
}

/// Translates events of one log.
pub struct ProcessLog {
    source: &'static str,
    own: CloudEvents,
    memory: Memory,
}

impl Translate for ProcessLog {
    fn translate(&mut self, content: &Content) -> Result<Translated, Misfit> {
        match content {
            Content::Step(step) => match step.get(WHOLE) {
                Some(whole) => self.own.line(whole),
                None => self.step(step),
            },
            Content::Line(_) | Content::Fields(_) | Content::Document(_) => Err(WRONG_FORMAT),
        }
    }

    fn subject(&self, content: &Content) -> Option<String> {
        match content {
            Content::Step(step) => self.own.subject_of(step.get(WHOLE)?),
            Content::Line(_) | Content::Fields(_) | Content::Document(_) => None,
        }
    }

    fn remembers(&self) -> bool {
        true
    }
}

impl ProcessLog {
    /// A translator of the log called `source`, given how ours names customers.
    #[must_use]
    pub fn of(source: &'static str, pseudonyms: Pseudonyms) -> Self {
        Self { source, own: CloudEvents::new(pseudonyms), memory: Memory::default() }
    }

    /// Translates one event.
    ///
    /// # Errors
    /// [`Misfit`] when it has no name or time, or its trace no name.
    fn step(&mut self, step: &Step) -> Result<Translated, Misfit> {
        let missing = |reason: &'static str| Misfit { reason, detail: None };
        let case = value(&step.trace, "concept:name").filter(|case| !case.is_empty()).ok_or(missing("case_missing"))?;
        let activity = step.get("concept:name").ok_or(missing("activity_missing"))?;
        let mut repairs = Vec::new();
        let at = moment_or_utc(step.get("time:timestamp").unwrap_or_default(), &mut repairs)?;
        let source = self.source;
        let stream =
            StreamId::new("ticket", &format!("{source}.{case}")).map_err(|_its_words_are_the_name| missing("bad_stream"))?;
        let mut events = Vec::with_capacity(2);
        if step.first && source == BPIC2012 {
            match value(&step.trace, "REG_DATE").map(|text| moment_or_utc(text, &mut repairs)) {
                Some(Ok(opened_at)) => {
                    let asked = value(&step.trace, "AMOUNT_REQ").filter(|amount| !amount.is_empty());
                    let amount_requested = asked.and_then(|amount| amount.parse().ok());
                    if asked.is_some() && amount_requested.is_none() {
                        repairs.push("amount_not_a_number");
                    }
                    let id = EventId::derived(source, &format!("{case}\u{1f}opened"));
                    events.push(fact(source, &stream, id, opened_at, &Opened { amount_requested }.into(), None));
                }
                Some(Err(_)) => repairs.push("opening_time_not_a_time"),
                None => {}
            }
        }
        let text = |key: &str| step.get(key).map(str::to_owned);
        let mut attributes: Vec<&(String, String)> = step.attributes.iter().collect();
        attributes.sort();
        let key = attributes.iter().fold(Key::of(case, at), |key, (name, value)| key.and(name).and(value));
        let more: BTreeMap<String, String> =
            attributes.into_iter().filter(|(name, _)| !READ.contains(&name.as_str())).cloned().collect();
        let recorded = ActivityRecorded {
            sequence: self.memory.sequence(case, at),
            activity: activity.to_owned(),
            transition: text("lifecycle:transition"),
            agent: text("org:resource"),
            team: text("org:group"),
        };
        let personal = (!more.is_empty()).then_some(Personal { subject: None, texts: more });
        let id = self.memory.id(source, key);
        events.push(fact(source, &stream, id, at, &recorded.into(), personal));
        // A row is counted once, whichever of its times has no zone.
        repairs.dedup();
        Ok(Translated { events, repairs })
    }
}
