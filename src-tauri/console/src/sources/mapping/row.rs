//! One row under a mapping: its fields by name, understood, with what had to be mended.

use std::borrow::Cow;
use std::collections::BTreeMap;

use events::{Event, EventId, Meta, Moment, NewEvent, Personal, StreamId, codec};

use super::bound::{Place, Table};
use super::fields::Sort;
use super::time::span_secs;
use super::{Field, Origin, Otherwise};
use crate::sources::Misfit;
use crate::sources::csv::Fields;
use crate::sources::ticket::{Key, Memory, shape};

const DAY_SECS: i64 = 86_400;
/// The longest value kept beside a fact, in characters.
const KEPT_CHARS_MAX: usize = 200;

/// A row, and what was mended in it so far.
pub(super) struct Row<'a> {
    pub(super) table: &'a Table,
    fields: &'a Fields,
    pub(super) repairs: Vec<&'static str>,
}

/// What makes a row the row it is.
pub(super) struct Identity {
    /// The place of its stream among those of the mapping.
    pub(super) stream: String,
    /// What its events' ids are derived from.
    pub(super) key: String,
}

impl<'a> Row<'a> {
    pub(super) fn of(table: &'a Table, fields: &'a Fields) -> Self {
        Self { table, fields, repairs: Vec::new() }
    }

    pub(super) fn source(&self) -> &'a str {
        &self.table.mapping.name
    }

    /// Whether the mapping says where a field is from.
    pub(super) fn mapped(&self, name: &str) -> bool {
        self.table.fields.contains_key(name)
    }

    /// A field's words; `None` where the mapping does not have it, or the row does not know it.
    fn raw(&mut self, name: &str) -> Result<Option<(&'a Field, Cow<'a, str>)>, Misfit> {
        let Some(Place { field, columns }) = self.table.fields.get(name) else { return Ok(None) };
        if let Origin::Constant(constant) = &field.origin {
            return Ok(Some((field, Cow::Borrowed(constant))));
        }
        let known = |place: usize| {
            let text = self.fields.get(place).trim();
            let unknown = |words: &[String]| words.iter().any(|word| word == text);
            (!text.is_empty() && !unknown(&self.table.mapping.unknown) && !unknown(&field.unknown)).then_some(text)
        };
        let text = match columns.as_slice() {
            [place] => known(*place).map(Cow::Borrowed),
            places => places.iter().map(|&place| known(place)).collect::<Option<Vec<_>>>().map(|all| Cow::Owned(all.join(" "))),
        };
        let text = text.map(|text| stripped(text, &field.strip)).filter(|text| !text.is_empty());
        let Some(text) = text else { return Ok(None) };
        if let Some((_, to)) = field.values.iter().find(|(from, _)| *from == text) {
            return Ok(Some((field, Cow::Borrowed(to))));
        }
        match (field.values.is_empty(), field.otherwise) {
            (true, _) | (false, Otherwise::Keep) => Ok(Some((field, text))),
            (false, Otherwise::Refuse) => Err(unlike("value_unknown", name, &text)),
            (false, Otherwise::Unknown) => {
                self.repairs.push("value_unknown_left_out");
                Ok(None)
            }
        }
    }

    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Misfit> {
        Ok(self.raw(name)?.map(|(_, text)| text.into_owned()))
    }

    /// One of the words that may stand in a field.
    pub(super) fn word(&mut self, name: &str) -> Result<Option<String>, Misfit> {
        let Some((field, text)) = self.raw(name)? else { return Ok(None) };
        match field.known.sort {
            Sort::Word(words) if !words.contains(&&*text) => Err(unlike("value_unknown", name, &text)),
            Sort::Word(_)
            | Sort::Text
            | Sort::Time
            | Sort::Span
            | Sort::Count(_)
            | Sort::Flag
            | Sort::Customer
            | Sort::Message => Ok(Some(text.into_owned())),
        }
    }

    pub(super) fn count(&mut self, name: &str) -> Result<Option<u32>, Misfit> {
        let Some((field, text)) = self.raw(name)? else { return Ok(None) };
        let most = if let Sort::Count(most) = field.known.sort { most } else { u32::MAX };
        let number = text.parse().ok().filter(|number| *number <= most);
        number.map(Some).ok_or_else(|| unlike("bad_number", name, &text))
    }

    /// A whole number that fits one byte.
    pub(super) fn small(&mut self, name: &str) -> Result<Option<u8>, Misfit> {
        Ok(self.count(name)?.and_then(|number| u8::try_from(number).ok()))
    }

    pub(super) fn flag(&mut self, name: &str) -> Result<Option<bool>, Misfit> {
        let Some((_, text)) = self.raw(name)? else { return Ok(None) };
        match () {
            () if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            () if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            () => Err(unlike("bad_flag", name, &text)),
        }
    }

    pub(super) fn span(&mut self, name: &str) -> Result<Option<i64>, Misfit> {
        let Some((field, text)) = self.raw(name)? else { return Ok(None) };
        span_secs(&text, field.unit).map(Some).ok_or_else(|| unlike("bad_number", name, &text))
    }

    /// A time; where its clock crosses midnight, one half a day or more before what it follows is of the next day.
    pub(super) fn time(&mut self, name: &str, follows: Option<Moment>) -> Result<Option<Moment>, Misfit> {
        let Some((field, text)) = self.raw(name)? else { return Ok(None) };
        let zone = &self.table.mapping.clocks;
        let read = field.times.iter().find_map(|format| format.read(&text, zone));
        let Some(read) = read else { return Err(unlike("bad_time", name, &text)) };
        self.repairs.extend(read.repair);
        if let Some(follows) = follows
            && field.crosses_midnight
            && read.at.plus_secs(DAY_SECS / 2) < follows
        {
            self.repairs.push("crossed_midnight");
            return Ok(Some(next_day(read.at, zone)));
        }
        Ok(Some(read.at))
    }

    /// The customer: by pseudonym, and as the source names them.
    pub(super) fn customer(&mut self) -> Result<Option<(String, String)>, Misfit> {
        let customer = self.text("customer")?;
        Ok(customer.map(|customer| (self.table.pseudonyms.of(self.source(), &customer), customer)))
    }

    /// What is kept of the columns that the mapping says are not personal.
    pub(super) fn attributes(&self) -> BTreeMap<String, String> {
        let kept = self.table.keep.iter().map(|(name, place)| (name, self.fields.get(*place).trim()));
        let known = kept.filter(|(_, text)| !text.is_empty() && !self.table.mapping.unknown.iter().any(|word| word == text));
        known.map(|(name, text)| (name.clone(), text.chars().take(KEPT_CHARS_MAX).collect())).collect()
    }

    /// The values of the key's columns; a customer among them by pseudonym, for a stream's name is read by everybody.
    fn key(&self) -> Result<Vec<Cow<'a, str>>, Misfit> {
        let of_customer =
            |place: usize| self.table.fields.values().any(|at| at.field.known.sort.personal() && at.columns.contains(&place));
        let part = |place: usize| {
            let text = self.fields.get(place).trim();
            if text.is_empty() || self.table.mapping.unknown.iter().any(|word| word == text) {
                return Err(Misfit { reason: "key_missing", detail: None });
            }
            Ok(if of_customer(place) { Cow::Owned(self.table.pseudonyms.of(self.source(), text)) } else { Cow::Borrowed(text) })
        };
        self.table.key.iter().map(|&place| part(place)).collect()
    }

    /// What the row is known again by: its key, or all of it.
    pub(super) fn identity(&self, memory: &mut Memory) -> Result<Identity, Misfit> {
        let source = self.source();
        if self.table.key.is_empty() {
            let id = memory.id(source, self.content());
            let key = id.0.simple().to_string();
            return Ok(Identity { stream: format!("{source}.{key}"), key });
        }
        let parts = self.key()?;
        let key = parts.join("\u{1f}");
        // Where the parts cannot be told apart, or make no name, a digest of them does.
        let plain = parts.len() == 1 || parts.iter().all(|part| !part.contains('.'));
        let stream = format!("{source}.{}", parts.join("."));
        let fits = plain && StreamId::new("conversation", &stream).is_ok();
        let digest = || format!("{source}.{}", EventId::derived(source, &key).0.simple());
        Ok(Identity { stream: if fits { stream } else { digest() }, key })
    }

    /// All that is read of the row.
    pub(super) fn content(&self) -> Key {
        self.fields.iter().fold(Key::of(self.source(), Moment(0)), |key, field| key.and(field.trim()))
    }

    pub(super) fn fact(&self, stream: &StreamId, id: EventId, at: Moment, event: &Event, personal: Option<Personal>) -> NewEvent {
        NewEvent {
            stream: stream.clone(),
            id,
            occurred_at: at,
            meta: Meta { source: self.source().to_owned(), actor: Some("importer".to_owned()), ..Meta::default() },
            body: codec::encode(event),
            personal,
        }
    }
}

/// The stream of a noun; a name that cannot be one is a misfit.
pub(super) fn stream(noun: &str, id: &str) -> Result<StreamId, Misfit> {
    StreamId::new(noun, id).map_err(|_its_words_are_the_name| Misfit { reason: "bad_stream", detail: None })
}

/// Sealed texts of a fact.
pub(super) fn sealed(subject: Option<&String>, texts: &[(&str, Option<&String>)]) -> Option<Personal> {
    let texts: BTreeMap<String, String> =
        texts.iter().filter_map(|(name, text)| text.map(|text| ((*name).to_owned(), text.clone()))).collect();
    (!texts.is_empty()).then(|| Personal { subject: subject.cloned(), texts })
}

pub(super) fn n_chars(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

fn unlike(reason: &'static str, name: &str, text: &str) -> Misfit {
    Misfit::new(reason, format!("{name} is {}", shape(text)))
}

/// Without what the mapping says stands before or behind.
fn stripped<'a>(text: Cow<'a, str>, strip: &[String]) -> Cow<'a, str> {
    strip.iter().fold(text, |text, word| {
        let bare =
            text.strip_prefix(word.as_str()).or_else(|| text.strip_suffix(word.as_str())).map(|bare| bare.trim().to_owned());
        bare.map_or(text, Cow::Owned)
    })
}

/// The same clock time a day later.
fn next_day(at: Moment, zone: &jiff::tz::TimeZone) -> Moment {
    let later =
        jiff::Timestamp::from_microsecond(at.0).ok().map(|at| at.to_zoned(zone.clone())).and_then(|at| at.tomorrow().ok());
    later.map_or(at.plus_secs(DAY_SECS), |later| Moment(later.timestamp().as_microsecond()))
}
