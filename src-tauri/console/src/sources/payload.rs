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

/// How many subjects are remembered at most of what is read only once.
const KNOWN_MAX: usize = 10_000;
/// How many of a file that was looked through first: some 150 MB.
const SURVEYED_MAX: usize = 1_000_000;

/// Whose a conversation is: what the desk writes often comes without the customer's number.
///
/// Of a file all that it says is learnt before anything is translated, so that its order decides nothing; of what is read
/// only once, what was met lately. Of several customers the latest is kept, by the times of the records that name them.
#[derive(Default)]
pub(super) struct Known {
    by_native: BTreeMap<String, (Moment, String)>,
    order: VecDeque<String>,
    surveyed: bool,
}

impl Known {
    /// Makes room for what a whole file says.
    pub(super) fn survey(&mut self) {
        self.surveyed = true;
    }

    /// Keeps whose `native` was at a moment.
    pub(super) fn learn(&mut self, native: &str, at: Moment, subject: String) {
        let told = (at, subject);
        if let Some(known) = self.by_native.get_mut(native) {
            if *known < told {
                *known = told;
            }
            return;
        }
        self.by_native.insert(native.to_owned(), told);
        self.order.push_back(native.to_owned());
        if (if self.surveyed { SURVEYED_MAX } else { KNOWN_MAX }) < self.order.len()
            && let Some(oldest) = self.order.pop_front()
        {
            self.by_native.remove(&oldest);
        }
    }

    /// Whose `native` is, as far as it is known.
    pub(super) fn of(&self, native: &str) -> Option<String> {
        self.by_native.get(native).map(|(_, subject)| subject.clone())
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
    /// Under which name words are sealed while nobody knows whose they are.
    own: Option<String>,
}

impl Stream {
    /// The stream of what `source` calls `native`.
    pub(super) fn of(noun: &str, source: &str, native: &str, subject: Option<String>) -> Result<Self, Misfit> {
        let id = StreamId::new(noun, &format!("{source}.{native}"))
            .map_err(|_its_words| Misfit { reason: "bad_stream", detail: None })?;
        Ok(Self { id, subject, own: None })
    }

    /// The same stream, with a pseudonym of its own for words of which no record says whose they are: they are kept, and
    /// can be forgotten by that name.
    pub(super) fn or_own(self, own: String) -> Self {
        Self { own: Some(own), ..self }
    }

    /// The same stream, for words of somebody else.
    pub(super) fn with_words_of(&self, subject: String) -> Self {
        Self { id: self.id.clone(), subject: Some(subject), own: None }
    }

    /// The stream of a customer.
    pub(super) fn of_customer(pseudonym: &str) -> Result<Self, Misfit> {
        let id = StreamId::new("customer", pseudonym).map_err(|_its_words| Misfit { reason: "bad_stream", detail: None })?;
        Ok(Self { id, subject: Some(pseudonym.to_owned()), own: None })
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
        let name = codec::encode(&event).event_type;
        self.say_as(&name, stream, at, what, event, texts);
    }

    /// Adds a fact whose type is not certain; `what` tells it from every other of its stream and `name`, whatever its type.
    pub(super) fn say_as(
        &mut self,
        name: &str,
        stream: &Stream,
        at: Moment,
        what: &str,
        event: impl Into<Event>,
        texts: BTreeMap<String, String>,
    ) {
        let event = event.into();
        let place = Some(place_of(&event));
        let body = codec::encode(&event);
        // Without any name, words could never be forgotten.
        if stream.subject.is_none() && !texts.is_empty() {
            self.mended(if stream.own.is_some() { "sealed_by_conversation" } else { "customer_not_recorded" });
        }
        let personal = stream.subject.clone().or_else(|| stream.own.clone()).filter(|_| !texts.is_empty());
        let id = EventId::derived(self.source, &format!("{}|{what}|{name}", stream.id));
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
