//! CloudEvents 1.0 in JSON lines, as `retrace export --format cloudevents` writes them.

use events::CodecError;
use events::cloudevent::{CloudEvent, CloudEventError, unwrap};

use crate::sources::{Misfit, Translated};

/// Its name.
pub const NAME: &str = "cloudevents";

/// Whether a file's first line is a CloudEvent.
#[must_use]
pub fn recognises(first_line: &str) -> bool {
    first_line.trim_start().starts_with('{') && first_line.contains("\"specversion\"")
}

/// Translates one line.
///
/// # Errors
/// [`Misfit`] when it is not JSON, not a CloudEvent, or not one of our facts.
pub fn translate(line: &str) -> Result<Translated, Misfit> {
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
    Ok(Translated { events: vec![event], repairs: Vec::new() })
}
