//! The right to see personal text, as a log's fact gives it.

use console::log::Rights;
use console::unmasking::Grant;
use events::unmasking::Granted;
use events::{Body, Event, Moment, Position, Recorded, Version, codec, unmasking};

use crate::made_up::{EVENING, MORNING, fact};

/// The right to see texts about a customer, or about all, in the evening of the made-up day.
#[must_use]
pub fn unmasked(customer: Option<String>) -> Rights {
    let until = EVENING.plus_secs(3600);
    let granted = Granted { customer, reason: "a test".to_owned(), ticket: None, until };
    let new = fact("unmasking", "u1", 0, MORNING, Event::Unmasking(unmasking::Event::Granted(granted)));
    let recorded = Recorded {
        position: Position(0),
        stream: new.stream,
        version: Version(0),
        id: new.id,
        occurred_at: new.occurred_at,
        recorded_at: Moment(0),
        meta: new.meta,
        body: codec::decode(&new.body.event_type, new.body.schema, &new.body.data),
    };
    assert!(matches!(recorded.body, Body::Read(_)), "it can be read back");
    Rights::Unmasked { grants: Grant::recorded(&recorded).into_iter().collect(), at: EVENING }
}
