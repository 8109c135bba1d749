//! What sources of vendors share: values read leniently from JSON, and facts that mean the same in whatever order, however
//! often and by whichever way (webhook or export) they come.
//!
//! A record is read for itself: what it becomes does not depend on the records before it. Facts of one moment have a place
//! in it by what they are, so that folds can settle the order of what was delivered late.

use std::collections::{BTreeMap, VecDeque};

use events::{Event, EventId, Meta, Moment, NewEvent, Personal, StreamId, Timing, codec};
use serde_json::Value;

use super::Misfit;

/// The years in which a time is believed: from 2000 to 2100.
const SECS: std::ops::Range<i64> = 946_684_800..4_102_444_800;
/// Where numbers for times stop being seconds and are milliseconds.
const MILLIS_FROM: f64 = 1e11;

/// A time in whatever way vendors write them: RFC 3339, `2020-03-03 13:05:57 UTC`, seconds or milliseconds since 1970 as a
/// number or its text, or `{"$date": …}` of any of these. `None` when it is none, or of no year that is believed.
pub(super) fn moment(value: &Value) -> Option<Moment> {
    let at = match value {
        Value::Number(number) => of_number(number.as_f64()?)?,
        Value::String(text) => of_text(text.trim())?,
        Value::Object(fields) => match fields.get("$date").or_else(|| fields.get("$numberLong"))? {
            Value::Object(deeper) => of_text(deeper.get("$numberLong")?.as_str()?)?,
            plain @ (Value::Number(_) | Value::String(_)) => moment(plain)?,
            Value::Null | Value::Bool(_) | Value::Array(_) => return None,
        },
        Value::Null | Value::Bool(_) | Value::Array(_) => return None,
    };
    SECS.contains(&at.0.div_euclid(1_000_000)).then_some(at)
}

fn of_number(number: f64) -> Option<Moment> {
    let secs = if MILLIS_FROM <= number { number / 1e3 } else { number };
    // Beyond any year that is believed a float would be cut to the end of its range.
    ((SECS.start as f64)..(SECS.end as f64)).contains(&secs).then(|| Moment((secs * 1e6).round() as i64))
}

fn of_text(text: &str) -> Option<Moment> {
    if let Ok(number) = text.parse::<f64>() {
        return of_number(number);
    }
    if let Ok(at) = events::cloudevent::moment(text) {
        return Some(at);
    }
    let (date, clock) = text.strip_suffix(" UTC").unwrap_or(text).split_once([' ', 'T'])?;
    // Without a zone it is UTC: every one of these vendors says so.
    events::cloudevent::moment(&format!("{date}T{clock}Z")).ok()
}

/// The moment, without what is finer than a second: some ways by which a record comes have no more.
pub(super) fn second(value: &Value) -> Option<Moment> {
    moment(value).map(|at| Moment(at.0.div_euclid(1_000_000) * 1_000_000))
}

/// When a record happened, by the first of these that is told.
pub(super) fn when(values: &[&Value]) -> Result<Moment, Misfit> {
    let told = values.iter().find(|value| !value.is_null()).ok_or(Misfit { reason: "time_missing", detail: None })?;
    second(told).ok_or(Misfit { reason: "bad_time", detail: None })
}

/// A count or length as a finite number that is not below 0.
pub(super) fn number(value: &Value) -> Option<f64> {
    value.as_f64().filter(|number| number.is_finite() && 0.0 <= *number)
}

/// What stands at a path of names.
pub(super) fn at<'a>(value: &'a Value, path: &[&str]) -> &'a Value {
    path.iter().fold(value, |value, name| &value[*name])
}

/// How many subjects are remembered at most.
const KNOWN_MAX: usize = 10_000;

/// Whose a conversation is, of those met lately: what the desk writes often comes without the customer's number.
///
/// It decides under whose key words are sealed, and nothing that a fold reads: the order of delivery changes no fact.
#[derive(Default)]
pub(super) struct Known {
    by_native: BTreeMap<String, String>,
    order: VecDeque<String>,
}

impl Known {
    /// The subject of what is called `native`: as told now, or as told lately.
    pub(super) fn subject(&mut self, native: &str, told: Option<String>) -> Option<String> {
        let Some(subject) = told else { return self.by_native.get(native).cloned() };
        if self.by_native.insert(native.to_owned(), subject.clone()).is_none() {
            self.order.push_back(native.to_owned());
        }
        if KNOWN_MAX < self.order.len()
            && let Some(oldest) = self.order.pop_front()
        {
            self.by_native.remove(&oldest);
        }
        Some(subject)
    }
}

/// Facts of one record as they are put together.
pub(super) struct Telling {
    source: &'static str,
    pub(super) events: Vec<NewEvent>,
    pub(super) repairs: Vec<&'static str>,
}

/// One stream that a record tells of.
pub(super) struct Stream {
    id: StreamId,
    /// Whose words its facts hold, by pseudonym.
    pub(super) subject: Option<String>,
}

impl Stream {
    /// The stream of what `source` calls `native`.
    pub(super) fn of(noun: &str, source: &str, native: &str, subject: Option<String>) -> Result<Self, Misfit> {
        let id = StreamId::new(noun, &format!("{source}.{native}"))
            .map_err(|_its_words| Misfit { reason: "bad_stream", detail: None })?;
        Ok(Self { id, subject })
    }

    /// The stream of a customer.
    pub(super) fn of_customer(pseudonym: &str) -> Result<Self, Misfit> {
        let id = StreamId::new("customer", pseudonym).map_err(|_its_words| Misfit { reason: "bad_stream", detail: None })?;
        Ok(Self { id, subject: Some(pseudonym.to_owned()) })
    }
}

impl Telling {
    pub(super) fn new(source: &'static str) -> Self {
        Self { source, events: Vec::new(), repairs: Vec::new() }
    }

    /// Adds a fact; `what` tells it from every other of its stream and type, for ever and by whichever way it comes.
    pub(super) fn say(
        &mut self,
        stream: &Stream,
        at: Moment,
        what: &str,
        event: impl Into<Event>,
        texts: BTreeMap<String, String>,
    ) {
        let event = event.into();
        let place = Some(place_of(&event));
        let body = codec::encode(&event);
        // Words of somebody who is not known could never be forgotten.
        if stream.subject.is_none() && !texts.is_empty() {
            self.mended("customer_not_recorded");
        }
        let personal = stream.subject.clone().filter(|_| !texts.is_empty());
        let id = EventId::derived(self.source, &format!("{}|{what}|{}", stream.id, body.event_type));
        // Two fields of one record may tell the same.
        if self.events.iter().any(|told| told.id == id) {
            return;
        }
        self.events.push(NewEvent {
            stream: stream.id.clone(),
            id,
            occurred_at: at,
            meta: Meta {
                source: self.source.to_owned(),
                actor: Some("importer".to_owned()),
                timing: Timing::Recorded,
                place,
                ..Meta::default()
            },
            body,
            personal: personal.map(|subject| Personal { subject: Some(subject), texts }),
        });
    }

    /// Says that the time of the latest fact follows from something else.
    pub(super) fn derived(&mut self) {
        if let Some(fact) = self.events.last_mut() {
            fact.meta.timing = Timing::Derived;
        }
    }

    /// Notes what was mended; each reason once a record.
    pub(super) fn mended(&mut self, reason: &'static str) {
        if !self.repairs.contains(&reason) {
            self.repairs.push(reason);
        }
    }
}

/// Which of the facts of one moment comes first: what ends a leg before what begins the next.
#[allow(clippy::wildcard_enum_match_arm, reason = "of a long closed list only these are ever told at one moment")]
fn place_of(event: &Event) -> u32 {
    use events::conversation::Event as Fact;
    let Event::Conversation(fact) = event else { return 0 };
    match fact {
        Fact::Started(_) => 0,
        Fact::SelfServiceEnded(_) => 1,
        Fact::Resumed(_) => 2,
        Fact::Transferred(_) => 3,
        Fact::Enqueued(_) => 4,
        Fact::Offered(_) => 5,
        Fact::Assigned(_) => 6,
        Fact::MessageReceived(_) => 7,
        Fact::MessageSent(_) => 8,
        Fact::Held(_) => 9,
        Fact::Resolved(_) => 10,
        Fact::Ended(_) => 11,
        _ => 12,
    }
}
