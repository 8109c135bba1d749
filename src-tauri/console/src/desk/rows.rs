//! Events as the window may see them.

use crate::log::Stored;
use crate::verbs::EventRow;

/// One event with its personal text, as far as it came through the door.
pub(super) fn event_row(stored: &Stored, personal: Option<events::Personal>) -> EventRow {
    let fact = &stored.fact;
    EventRow {
        position: fact.position,
        stream: fact.stream.to_string(),
        version: fact.version.0,
        id: fact.id.to_string(),
        event_type: stored.payload.event_type.clone(),
        schema: stored.payload.schema,
        occurred_at: fact.occurred_at,
        recorded_at: fact.recorded_at,
        source: fact.meta.source.clone(),
        actor: fact.meta.actor.clone(),
        // What cannot be understood may hold anything, a customer's words among it: it is counted, not shown.
        data: match &fact.body {
            events::Body::Read(_) => String::from_utf8_lossy(&stored.payload.data).into_owned(),
            events::Body::Poison(_) => String::new(),
        },
        personal: personal.map(|personal| personal.texts).unwrap_or_default(),
        poison: match &fact.body {
            events::Body::Read(_) => None,
            events::Body::Poison(poison) => Some(poison.clone()),
        },
    }
}
