//! How unreadable facts are kept in a snapshot: without the tags that the window is given, which no snapshot reads back.

use events::{CodecError, Poison, Position};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// [`CodecError`], by the order of its variants.
#[derive(Serialize, Deserialize)]
#[serde(remote = "CodecError")]
enum Why {
    UnknownType(String),
    NewerSchema { found: u32, known: u32 },
    Malformed(String),
}

#[derive(Serialize, Deserialize)]
struct Row {
    position: Position,
    event_type: String,
    schema: u32,
    #[serde(with = "Why")]
    why: CodecError,
}

pub(crate) fn serialize<S: Serializer>(poison: &[(Position, Poison)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(poison.iter().map(|(position, poison)| {
        let Poison { event_type, schema, why } = poison.clone();
        Row { position: *position, event_type, schema, why }
    }))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(Position, Poison)>, D::Error> {
    let rows = Vec::<Row>::deserialize(from)?.into_iter();
    Ok(rows.map(|Row { position, event_type, schema, why }| (position, Poison { event_type, schema, why })).collect())
}
