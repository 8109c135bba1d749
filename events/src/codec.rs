//! Bytes ⇄ today's events: the one place that knows type names, schema numbers and how old payloads are lifted.
//!
//! A payload that cannot be read becomes a [`Poison`]: the log goes on, the position advances, the fact stays as it
//! was written and can be read again by a later version.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Event, agent, conversation, customer, import, site, ticket, unmasking};

/// The payload of a fact as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// The type's name, such as `conversation.enqueued`.
    pub event_type: String,
    /// The payload's schema: 1 for a type's first shape, one more with every lift.
    pub schema: u32,
    /// JSON, exactly as it was written.
    pub data: Vec<u8>,
}

/// What a stored payload turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A fact this version understands.
    Read(Event),
    /// A fact it does not: kept, counted and shown, never guessed at.
    Poison(Poison),
}

/// A payload that cannot be read, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Poison {
    /// The type's name as stored.
    pub event_type: String,
    /// The schema number as stored.
    pub schema: u32,
    /// Why it cannot be read.
    pub why: CodecError,
}

/// Why a payload cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(tag = "kind", content = "detail", rename_all = "snake_case")]
pub enum CodecError {
    /// No event of this name exists in this version.
    #[error("no event is called {0:?}")]
    UnknownType(String),
    /// The payload was written by a newer version.
    #[error("schema {found} is newer than {known}, the newest known here")]
    NewerSchema {
        /// The number stored.
        found: u32,
        /// The newest number this version knows.
        known: u32,
    },
    /// The bytes are not the JSON of that type.
    #[error("the payload does not fit its type: {0}")]
    Malformed(String),
}

/// Reads a payload; never fails, because a fact cannot be refused.
#[must_use]
pub fn decode(event_type: &str, schema: u32, data: &[u8]) -> Body {
    match try_decode(event_type, schema, data) {
        Ok(event) => Body::Read(event),
        Err(why) => Body::Poison(Poison { event_type: event_type.to_owned(), schema, why }),
    }
}

/// Reads a payload that must be understood, as an importer does before it writes.
///
/// # Errors
/// When the type is unknown, the schema is newer than this version's, or the bytes do not fit.
pub fn try_decode(event_type: &str, schema: u32, data: &[u8]) -> Result<Event, CodecError> {
    let noun = event_type.split('.').next().unwrap_or_default();
    match noun {
        "conversation" => conversation::Event::decode(event_type, schema, data).map(Event::Conversation),
        "agent" => agent::Event::decode(event_type, schema, data).map(Event::Agent),
        "customer" => customer::Event::decode(event_type, schema, data).map(Event::Customer),
        "site" => site::Event::decode(event_type, schema, data).map(Event::Site),
        "ticket" => ticket::Event::decode(event_type, schema, data).map(|event| Event::Ticket(Box::new(event))),
        "import" => import::Event::decode(event_type, schema, data).map(Event::Import),
        "unmasking" => unmasking::Event::decode(event_type, schema, data).map(Event::Unmasking),
        _ => Err(CodecError::UnknownType(event_type.to_owned())),
    }
}

/// Writes an event as it is stored.
#[must_use]
pub fn encode(event: &Event) -> Encoded {
    match event {
        Event::Conversation(event) => event.encode(),
        Event::Agent(event) => event.encode(),
        Event::Customer(event) => event.encode(),
        Event::Site(event) => event.encode(),
        Event::Ticket(event) => event.encode(),
        Event::Import(event) => event.encode(),
        Event::Unmasking(event) => event.encode(),
    }
}

/// Every type name with its newest schema, in the order of the nouns.
#[must_use]
pub fn types() -> Vec<(&'static str, u32)> {
    [
        conversation::Event::TYPES,
        agent::Event::TYPES,
        customer::Event::TYPES,
        site::Event::TYPES,
        ticket::Event::TYPES,
        import::Event::TYPES,
        unmasking::Event::TYPES,
    ]
    .concat()
}

pub(crate) fn from_json<T: for<'de> Deserialize<'de>>(data: &[u8]) -> Result<T, CodecError> {
    serde_json::from_slice(data).map_err(|error| CodecError::Malformed(place(&error)))
}

/// Where JSON stops making sense, without the words that stand there: they may be a customer's.
#[must_use]
pub fn place(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Io | serde_json::error::Category::Eof => "the text ends too early",
        serde_json::error::Category::Syntax => "this is not JSON",
        serde_json::error::Category::Data => "a value is missing or of the wrong kind",
    };
    format!("{what}, at line {} column {}", error.line(), error.column())
}

/// What most payloads fit in.
const PAYLOAD_BYTES: usize = 512;

pub(crate) fn to_json<T: Serialize>(payload: &T) -> Vec<u8> {
    // Room for most payloads: growing step by step costs more than writing.
    let mut json = Vec::with_capacity(PAYLOAD_BYTES);
    serde_json::to_writer(&mut json, payload).expect("event payloads are plain structs of texts, numbers and lists");
    json
}

pub(crate) fn known(schema: u32, newest: u32) -> Result<(), CodecError> {
    if newest < schema { Err(CodecError::NewerSchema { found: schema, known: newest }) } else { Ok(()) }
}

/// Declares a noun's closed list of facts: the enum, and how each is stored.
///
/// `Variant = "noun.name", schema` expects a struct `Variant` beside it. When a payload's shape changes, raise the
/// schema and lift the older shape in that struct's `Deserialize`; the corpus in `tests/corpus` keeps every old one.
macro_rules! facts {
    ($(#[$doc:meta])* $noun:ident { $($(#[$vdoc:meta])* $variant:ident = $name:literal, $schema:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum Event { $($(#[$vdoc])* $variant($variant),)+ }

        impl Event {
            /// Every type of this noun with its newest schema.
            pub const TYPES: &'static [(&'static str, u32)] = &[$(($name, $schema)),+];

            pub(crate) fn decode(event_type: &str, schema: u32, data: &[u8]) -> Result<Self, crate::CodecError> {
                match event_type {
                    $($name => {
                        crate::codec::known(schema, $schema)?;
                        crate::codec::from_json(data).map(Self::$variant)
                    })+
                    _ => Err(crate::CodecError::UnknownType(event_type.to_owned())),
                }
            }

            pub(crate) fn encode(&self) -> crate::codec::Encoded {
                match self {
                    $(Self::$variant(payload) => crate::codec::Encoded {
                        event_type: $name.to_owned(),
                        schema: $schema,
                        data: crate::codec::to_json(payload),
                    },)+
                }
            }
        }

        $(impl From<$variant> for crate::Event {
            fn from(payload: $variant) -> Self {
                Self::$noun(Event::$variant(payload).into())
            }
        })+
    };
}
pub(crate) use facts;
