//! Payloads as flat, typed attributes, as OCEL wants them: one type for each attribute of each kind.

use std::collections::BTreeMap;

use events::Moment;
use events::cloudevent::rfc3339;
use serde_json::{Value, json};

/// The type of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    String,
    Time,
    Integer,
    Float,
    Boolean,
}

impl Kind {
    /// Its word in OCEL 2.0.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Time => "time",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Boolean => "boolean",
        }
    }

    /// The type that holds what either holds.
    fn with(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Integer, Self::Float) | (Self::Float, Self::Integer) => Self::Float,
            (Self::String | Self::Time | Self::Integer | Self::Float | Self::Boolean, _) => Self::String,
        }
    }
}

/// The types seen, by what has the attribute and by its name.
#[derive(Default)]
pub(super) struct Kinds(BTreeMap<String, BTreeMap<String, Kind>>);

impl Kinds {
    /// Takes notice that `what` exists, even where it has no attribute.
    pub(super) fn exists(&mut self, what: &str) {
        if !self.0.contains_key(what) {
            self.0.insert(what.to_owned(), BTreeMap::new());
        }
    }

    /// Takes notice of an attribute.
    pub(super) fn see(&mut self, what: &str, name: &str, kind: Kind) {
        self.exists(what);
        let kinds = self.0.entry(what.to_owned()).or_default();
        match kinds.get_mut(name) {
            Some(seen) => *seen = seen.with(kind),
            None => drop(kinds.insert(name.to_owned(), kind)),
        }
    }

    /// A value as its attribute's type has it.
    pub(super) fn fitted(&self, what: &str, name: &str, value: &Value) -> Value {
        let kind = self.0.get(what).and_then(|kinds| kinds.get(name));
        match (kind, value) {
            (Some(Kind::String), Value::String(_))
            | (Some(Kind::Time | Kind::Integer | Kind::Float | Kind::Boolean) | None, _) => value.clone(),
            (Some(Kind::String), other) => json!(other.to_string()),
        }
    }

    /// All of them, as OCEL declares them.
    pub(super) fn declared(&self) -> Value {
        let attributes = |kinds: &BTreeMap<String, Kind>| -> Vec<Value> {
            kinds.iter().map(|(name, kind)| json!({ "name": name, "type": kind.word() })).collect()
        };
        self.0.iter().map(|(name, kinds)| json!({ "name": name, "attributes": attributes(kinds) })).collect()
    }
}

/// The attributes of a payload: its own fields, what is not a plain value as JSON; none of a payload that is no object.
pub(super) fn attributes(payload: &str) -> Vec<(String, Kind, Value)> {
    let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(payload) else { return Vec::new() };
    fields.into_iter().filter_map(|(name, value)| typed(&name, value).map(|(kind, value)| (name, kind, value))).collect()
}

fn typed(name: &str, value: Value) -> Option<(Kind, Value)> {
    let time = name.ends_with("_at") || name == "until";
    Some(match value {
        Value::Null => return None,
        Value::Bool(_) => (Kind::Boolean, value),
        Value::String(_) => (Kind::String, value),
        Value::Number(number) => match number.as_i64() {
            Some(micros) if time => (Kind::Time, json!(rfc3339(Moment(micros)))),
            Some(_) => (Kind::Integer, Value::Number(number)),
            None => (Kind::Float, Value::Number(number)),
        },
        Value::Array(_) | Value::Object(_) => (Kind::String, json!(value.to_string())),
    })
}
