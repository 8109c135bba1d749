//! The envelope as a CloudEvent 1.0, so that export and import come free.
//!
//! Source: CloudEvents 1.0.2 and its documented extensions `recordedtime`, `sequence`, `correlationid`,
//! `causationid`, `authtype`, `authid`, `dataclassification`. Ours are `streamid`, `streamversion`, `dataschemaversion`,
//! `timeknown`, `sourceplace`, `sourceleg`, `personaltexts` and `personalsubject`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::codec::Encoded;
use crate::{CodecError, EventId, Meta, Moment, NewEvent, Personal, Position, StreamId, Timing, Version, codec};

/// What every type carries in front of its name outside the log.
pub const TYPE_PREFIX: &str = "dev.retrace.";

/// One fact as one CloudEvent in JSON.
#[derive(Debug, Serialize, Deserialize)]
pub struct CloudEvent {
    /// Always `1.0`.
    pub specversion: String,
    /// The fact's identity.
    pub id: String,
    /// Where the fact comes from.
    pub source: String,
    /// The type with [`TYPE_PREFIX`].
    #[serde(rename = "type")]
    pub event_type: String,
    /// When it happened, RFC 3339 in UTC.
    pub time: String,
    /// The stream's id without its noun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Always `application/json`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datacontenttype: Option<String>,
    /// The payload's schema number, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataschemaversion: Option<String>,
    /// The stream.
    pub streamid: String,
    /// The place in the stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streamversion: Option<String>,
    /// The place in the log, padded so that texts sort as numbers do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<String>,
    /// When it was recorded here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recordedtime: Option<String>,
    /// What kind of actor: `user` for a person, else `system`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authtype: Option<String>,
    /// Who acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authid: Option<String>,
    /// The intent or import it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlationid: Option<String>,
    /// The fact that led to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causationid: Option<String>,
    /// `personal` as it is, `masked`, or absent when the fact has no personal text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataclassification: Option<String>,
    /// How its time is known, where the source did not say it: `derived` or `unknown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeknown: Option<Timing>,
    /// Its place in the source's own order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sourceplace: Option<u32>,
    /// The leg of its conversation that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sourceleg: Option<String>,
    /// The payload, exactly as stored.
    pub data: Box<RawValue>,
    /// The personal texts by name as a JSON text, as far as the reader's rights go; an extension holds no objects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personaltexts: Option<String>,
    /// The customer that the personal texts are about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personalsubject: Option<String>,
}

/// Why a CloudEvent cannot become a fact of this log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloudEventError {
    /// Another version of the specification.
    #[error("specversion is {0:?}, not 1.0")]
    SpecVersion(String),
    /// The time is not RFC 3339.
    #[error("the time {0:?} is not RFC 3339")]
    Time(String),
    /// The stream's name is not one.
    #[error("the stream {0:?} is not <noun>-<id>")]
    Stream(String),
    /// The payload is not one of ours.
    #[error(transparent)]
    Payload(#[from] CodecError),
}

/// A fact's envelope around stored bytes, as it goes out.
pub struct Outgoing<'a> {
    /// Its place in the log.
    pub position: Position,
    /// Its stream.
    pub stream: &'a StreamId,
    /// Its place in the stream.
    pub version: Version,
    /// Its identity.
    pub id: EventId,
    /// When it happened.
    pub occurred_at: Moment,
    /// When it was recorded.
    pub recorded_at: Moment,
    /// Who recorded it and why.
    pub meta: &'a Meta,
    /// Its stored payload.
    pub body: &'a Encoded,
    /// Its personal text, as far as the reader may see it.
    pub personal: Option<&'a Personal>,
    /// Whether that text has been masked.
    pub masked: bool,
}

/// Writes a moment as RFC 3339 in UTC; a moment beyond year ±9999 is written as the nearest that fits.
#[must_use]
pub fn rfc3339(moment: Moment) -> String {
    let nearest = if moment.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_microsecond(moment.0).unwrap_or(nearest).to_string()
}

/// Reads RFC 3339.
///
/// # Errors
/// When the text is not RFC 3339 with an offset.
pub fn moment(text: &str) -> Result<Moment, CloudEventError> {
    let time: Timestamp = text.parse().map_err(|_not_a_time: jiff::Error| CloudEventError::Time(text.to_owned()))?;
    Ok(Moment(time.as_microsecond()))
}

/// Wraps a recorded fact.
///
/// # Errors
/// When the stored payload is not JSON at all, which only damage can cause.
pub fn wrap(fact: &Outgoing<'_>) -> Result<CloudEvent, CodecError> {
    let text = std::str::from_utf8(&fact.body.data).map_err(|error| CodecError::Malformed(error.to_string()))?;
    let data = RawValue::from_string(text.to_owned()).map_err(|error| CodecError::Malformed(codec::place(&error)))?;
    Ok(CloudEvent {
        specversion: "1.0".to_owned(),
        id: fact.id.to_string(),
        source: fact.meta.source.clone(),
        event_type: format!("{TYPE_PREFIX}{}", fact.body.event_type),
        time: rfc3339(fact.occurred_at),
        subject: Some(fact.stream.id().to_owned()),
        datacontenttype: Some("application/json".to_owned()),
        dataschemaversion: Some(fact.body.schema.to_string()),
        streamid: fact.stream.to_string(),
        streamversion: Some(fact.version.0.to_string()),
        sequence: Some(format!("{:020}", fact.position.0)),
        recordedtime: Some(rfc3339(fact.recorded_at)),
        authtype: fact.meta.actor.as_deref().map(|actor| if actor.starts_with("person:") { "user" } else { "system" }.to_owned()),
        authid: fact.meta.actor.clone(),
        correlationid: fact.meta.correlation.clone(),
        causationid: fact.meta.causation.map(|id| id.to_string()),
        dataclassification: fact.personal.map(|_| if fact.masked { "masked" } else { "personal" }.to_owned()),
        timeknown: Some(fact.meta.timing).filter(|timing| *timing != Timing::Recorded),
        sourceplace: fact.meta.place,
        sourceleg: fact.meta.leg.clone(),
        data,
        personaltexts: fact.personal.map(|personal| serde_json::to_string(&personal.texts).expect("a map of texts is JSON")),
        personalsubject: fact.personal.and_then(|personal| personal.subject.clone()),
    })
}

/// Unwraps a CloudEvent into a fact to record.
///
/// An id that is not a UUID is turned into one from source and id, which CloudEvents says are unique together.
///
/// # Errors
/// When the version, time, stream or payload is not one of ours.
pub fn unwrap(event: CloudEvent) -> Result<NewEvent, CloudEventError> {
    if event.specversion != "1.0" {
        return Err(CloudEventError::SpecVersion(event.specversion));
    }
    let occurred_at = moment(&event.time)?;
    let stream = StreamId::try_from(event.streamid).map_err(|error| CloudEventError::Stream(error.0))?;
    let event_type = event.event_type.strip_prefix(TYPE_PREFIX).unwrap_or(&event.event_type).to_owned();
    let schema = match event.dataschemaversion.as_deref() {
        None => 1,
        Some(text) => text.parse().map_err(|_not_a_number: std::num::ParseIntError| {
            CodecError::Malformed("dataschemaversion is no number".to_owned())
        })?,
    };
    let data = event.data.get().as_bytes().to_vec();
    codec::try_decode(&event_type, schema, &data)?;
    let id = Uuid::parse_str(&event.id).map_or_else(|_foreign| EventId::derived(&event.source, &event.id), EventId);
    let causation = event.causationid.as_deref().and_then(|id| Uuid::parse_str(id).ok()).map(EventId);
    let personal = match &event.personaltexts {
        None => None,
        Some(text) => {
            let texts = serde_json::from_str(text)
                .map_err(|error| CodecError::Malformed(format!("personaltexts: {}", codec::place(&error))))?;
            Some(Personal { subject: event.personalsubject, texts })
        }
    };
    Ok(NewEvent {
        stream,
        id,
        occurred_at,
        meta: Meta {
            source: event.source,
            actor: event.authid,
            correlation: event.correlationid,
            causation,
            timing: event.timeknown.unwrap_or_default(),
            place: event.sourceplace,
            leg: event.sourceleg,
        },
        body: Encoded { event_type, schema, data },
        personal,
    })
}
