//! What sources share that deliver records at least once and in no order: each fact's id comes from what it says.
//!
//! Two streams of a source that tell the same thing in the same words tell one fact. Where their words differ, both facts
//! are kept, and the fold counts the one with the lower place (projections/adr/0006).

use std::collections::BTreeMap;

use events::conversation::{ClaimUnit, FigureClaimed};
use events::{Event, EventId, Meta, Moment, NewEvent, Personal, StreamId, Timing, cloudevent, codec};
use serde_json::Value;

use super::dialogue::word;
use super::ticket::shape;
use super::{Misfit, Translated};

/// The moments in which a time is believed: from 2000 to 2100.
const BELIEVED: std::ops::Range<i64> = 946_684_800_000_000..4_102_444_800_000_000;

/// The longest id of a leg, in bytes; a fact of a leg with a longer one names none.
const LEG_BYTES_MAX: usize = 200;

/// A member by its name, in whatever case the source writes it (`AgentInfo`, `agentInfo`, `agent_info`).
pub(super) fn of<'a>(object: &'a Value, name: &str) -> &'a Value {
    static NOTHING: Value = Value::Null;
    let Some(members) = object.as_object() else { return &NOTHING };
    if let Some(found) = members.get(name) {
        return found;
    }
    let plain = |name: &str| name.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase()).collect::<Vec<u8>>();
    let wanted = plain(name);
    members.iter().find(|(name, _)| plain(name) == wanted).map_or(&NOTHING, |(_, found)| found)
}

/// A text or number of a member, as a text.
pub(super) fn text(object: &Value, name: &str) -> Option<String> {
    word(of(object, name))
}

/// The last part of an Amazon resource name, or of anything else with slashes.
pub(super) fn behind_slash(name: &str) -> String {
    name.rsplit('/').next().unwrap_or(name).to_owned()
}

/// What one record tells, as it is put together.
pub(super) struct Delivery {
    source: &'static str,
    /// Which of its conversations or agents; each is a stream of its own.
    stream: StreamId,
    subject: Option<String>,
    told: Translated,
}

/// When a fact happened and where it belongs.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) at: Moment,
    pub(super) timing: Timing,
    /// Its rank among the facts of one moment, and among those that say the same of one leg.
    pub(super) place: u32,
    /// The leg, by the source's id; nothing for what is about an agent.
    pub(super) leg: Option<&'a str>,
}

impl<'a> At<'a> {
    /// A time that the source recorded.
    pub(super) fn recorded(at: Moment, place: u32, leg: &'a str) -> Self {
        Self { at, timing: Timing::Recorded, place, leg: Some(leg) }
    }
}

impl Delivery {
    /// Begins what a record tells of the conversation or agent that `source` calls `id`.
    pub(super) fn new(source: &'static str, noun: &str, id: &str, subject: Option<String>) -> Result<Self, Misfit> {
        Ok(Self { source, stream: named(source, noun, id)?, subject, told: Translated::default() })
    }

    /// Goes on with another conversation or agent.
    pub(super) fn turn_to(&mut self, noun: &str, id: &str) -> Result<(), Misfit> {
        self.stream = named(self.source, noun, id)?;
        Ok(())
    }

    /// Adds a fact whose id comes from its time and payload.
    pub(super) fn say(&mut self, when: At<'_>, event: impl Into<Event>, texts: BTreeMap<String, String>) {
        let event = event.into();
        let body = codec::encode(&event);
        let said = format!("{}|{}", when.at.0, String::from_utf8_lossy(&body.data));
        self.add(when, &said, body, texts);
    }

    /// Adds a fact whose id comes from the source's own `key` for it: its payload may be told in other words.
    pub(super) fn say_keyed(&mut self, when: At<'_>, key: &str, event: impl Into<Event>, texts: BTreeMap<String, String>) {
        self.add(when, key, codec::encode(&event.into()), texts);
    }

    fn add(&mut self, when: At<'_>, said: &str, body: codec::Encoded, texts: BTreeMap<String, String>) {
        let leg = when.leg.filter(|leg| leg.len() <= LEG_BYTES_MAX).map(str::to_owned);
        let key = format!("{}|{}|{}|{said}", self.stream, leg.as_deref().unwrap_or_default(), body.event_type);
        self.told.events.push(NewEvent {
            stream: self.stream.clone(),
            id: EventId::derived(self.source, &key),
            occurred_at: when.at,
            meta: Meta {
                source: self.source.to_owned(),
                actor: Some("importer".to_owned()),
                timing: when.timing,
                place: Some(when.place),
                leg,
                ..Meta::default()
            },
            body,
            personal: (!texts.is_empty()).then(|| Personal { subject: self.subject.clone(), texts }),
        });
    }

    /// Adds a figure that the source counted itself: seconds, or a number of things.
    pub(super) fn claim(&mut self, when: At<'_>, metric: &str, value: f64, unit: ClaimUnit, agent: Option<&str>) {
        if !value.is_finite() {
            self.mended("figure_not_a_number");
            return;
        }
        let claim = FigureClaimed {
            metric: metric.to_owned(),
            value: Some(value),
            unit,
            in_business_hours: false,
            from: None,
            to: None,
            agent: agent.map(str::to_owned),
            instance: when.leg.map(str::to_owned),
        };
        self.say(when, claim, BTreeMap::new());
    }

    /// Notes what was mended; each reason once a record.
    pub(super) fn mended(&mut self, reason: &'static str) {
        if !self.told.repairs.contains(&reason) {
            self.told.repairs.push(reason);
        }
    }

    /// A time of a member; none, and noted, when it is no time that can be believed.
    pub(super) fn time(&mut self, object: &Value, name: &str) -> Option<Moment> {
        let value = of(object, name);
        let at = moment(value);
        if at.is_none() && !value.is_null() && value.as_str() != Some("") {
            self.mended("time_not_believable");
        }
        at
    }

    /// A time that cannot lie before `earliest`; one that does is left out and noted.
    pub(super) fn time_from(&mut self, object: &Value, name: &str, earliest: Option<Moment>) -> Option<Moment> {
        let at = self.time(object, name)?;
        if earliest.is_some_and(|earliest| at < earliest) {
            self.mended("end_left_out");
            return None;
        }
        Some(at)
    }

    /// What the record told.
    pub(super) fn end(self) -> Translated {
        self.told
    }
}

fn named(source: &str, noun: &str, id: &str) -> Result<StreamId, Misfit> {
    let name = if noun == "agent" { id.to_owned() } else { format!("{source}.{id}") };
    StreamId::new(noun, &name).map_err(|_not_a_name| Misfit::new("bad_stream", shape(id)))
}

/// A time as text with an offset, or as seconds since 1970, whole or not.
pub(super) fn moment(value: &Value) -> Option<Moment> {
    let at = match value {
        Value::String(text) => cloudevent::moment(text).ok()?,
        Value::Number(number) => Moment((number.as_f64()? * 1e6).round() as i64),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    BELIEVED.contains(&at.0).then_some(at)
}
