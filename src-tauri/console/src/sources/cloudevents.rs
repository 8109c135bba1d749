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
        Misfit::new(reason, error.to_string())
    })?;
    let event = unwrap(event).map_err(|error| {
        let reason = match &error {
            CloudEventError::SpecVersion(_) => "not_a_cloudevent",
            CloudEventError::Time(_) => "bad_time",
            CloudEventError::Stream(_) => "bad_stream",
            CloudEventError::Payload(CodecError::UnknownType(_)) => "unknown_event_type",
            CloudEventError::Payload(CodecError::NewerSchema { .. }) => "newer_schema",
            CloudEventError::Payload(CodecError::Malformed(_)) => "malformed_payload",
        };
        Misfit::new(reason, error.to_string())
    })?;
    Ok(Translated { events: vec![event], repairs: Vec::new() })
}
