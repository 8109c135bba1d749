//! A row that is one event: its type, its time and the fields of that type.

use events::{Event, NewEvent};
use serde_json::{Map, Value, json};

use super::row::{Row, n_chars, sealed, stream};
use crate::sources::Misfit;
use crate::sources::ticket::Memory;

/// The fields that an event's payload may have under the same name.
const TEXTS: [&str; 12] =
    ["topic", "language", "entry", "queue", "agent", "reason", "to_queue", "to_agent", "code", "activity", "transition", "team"];
const WORDS: [&str; 4] = ["channel", "direction", "by", "state"];
const COUNTS: [&str; 3] = ["priority", "score", "score_max"];

/// The fact of one row.
pub(super) fn events(row: &mut Row<'_>, memory: &mut Memory) -> Result<Vec<NewEvent>, Misfit> {
    let at = row.time("at", None)?.ok_or(Misfit { reason: "time_missing", detail: None })?;
    let event_type = row.word("type")?.ok_or(Misfit { reason: "type_missing", detail: None })?;
    let identity = row.identity(memory)?;
    let (noun, _) = event_type.split_once('.').unwrap_or_default();
    // An agent is the same agent whatever the source: conversations name them by the same name.
    let stream = if noun == "agent" {
        let agent = row.text("agent")?.ok_or(Misfit { reason: "agent_missing", detail: None })?;
        stream(noun, &agent)?
    } else {
        stream(noun, &identity.stream)?
    };
    let customer = row.customer()?;
    let subject = customer.as_ref().map(|(pseudonym, _)| pseudonym);
    let text = row.text("text")?;
    let place = row.count("place")?;
    let event = payload(row, &event_type, subject, text.as_deref(), place)?;
    let number = customer.as_ref().map(|(_, number)| number).filter(|_| event_type == "conversation.started");
    let personal = sealed(subject, &[("customer_number", number), ("text", text.as_ref())]);
    // Two events of one moment and one type may differ only in what else the row says.
    let id = memory.id(row.source(), row.content().and(&identity.key));
    let mut fact = row.fact(&stream, id, at, &event, personal);
    fact.meta.place = place;
    Ok(vec![fact])
}

fn payload(
    row: &mut Row<'_>,
    event_type: &str,
    customer: Option<&String>,
    text: Option<&str>,
    place: Option<u32>,
) -> Result<Event, Misfit> {
    let mut said = Map::new();
    for name in TEXTS {
        said.extend(row.text(name)?.map(|text| (name.to_owned(), Value::String(text))));
    }
    for name in WORDS {
        said.extend(row.word(name)?.map(|word| (name.to_owned(), Value::String(word))));
    }
    for name in COUNTS {
        said.extend(row.count(name)?.map(|number| (name.to_owned(), json!(number))));
    }
    said.extend(customer.map(|customer| ("customer".to_owned(), json!(customer))));
    said.insert("n_chars".to_owned(), json!(text.map_or(0, n_chars)));
    said.extend(place.map(|place| ("sequence".to_owned(), json!(place))));
    if event_type == "conversation.started" {
        said.insert("attributes".to_owned(), json!(row.attributes()));
    }
    // The payload takes the fields that its type has and leaves the others.
    let read = events::codec::try_decode(event_type, 1, Value::Object(said).to_string().as_bytes());
    read.map_err(|error| Misfit::new("malformed_payload", format!("{event_type}: {error}")))
}
