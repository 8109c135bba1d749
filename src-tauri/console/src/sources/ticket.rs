//! What the sources of tickets share: ids from content, places within a moment, and their facts.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;

use events::{Event, EventId, Meta, Moment, NewEvent, Personal, StreamId, codec};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::Misfit;

/// What most rows' keys have room in.
const KEY_BYTES: usize = 512;

/// What makes one row of a source the row it is: the case, the time and every field, whatever its place in the file.
pub(super) struct Key(String);

impl Key {
    pub(super) fn of(case: &str, at: Moment) -> Self {
        let mut key = String::with_capacity(KEY_BYTES);
        // A text takes whatever is written to it.
        write!(key, "{case}\u{1f}{}", at.0).ok();
        Self(key)
    }

    pub(super) fn and(mut self, field: &str) -> Self {
        self.0.push('\u{1f}');
        self.0.push_str(field);
        self
    }
}

/// What has to be known of the rows before: which were the same, and which were of the same moment.
///
/// It holds 8 bytes for each row, and one case by name.
#[derive(Default)]
pub struct Memory {
    seen: HashSet<u64>,
    again: BTreeMap<EventId, u32>,
    customers: HashSet<u64>,
    case: String,
    at: Moment,
    sequence: u32,
}

impl Memory {
    /// The id of a row, by its content: the first of several equal rows has the same id in whatever order they stand,
    /// the second another, and so on.
    pub(super) fn id(&mut self, source: &str, key: Key) -> EventId {
        let mut key = key.0;
        key.push_str("\u{1f}0");
        let first = EventId::derived(source, &key);
        // Half of a hash is enough to know a row again: among ten million rows, two are taken for one once in 400,000 logs.
        let (half, _) = first.0.as_u64_pair();
        if self.seen.insert(half) {
            return first;
        }
        let nth = self.again.entry(first).or_default();
        *nth += 1;
        key.pop();
        write!(key, "{nth}").ok();
        EventId::derived(source, &key)
    }

    /// Whether a customer, by pseudonym, is met for the first time: what is personal of them need not be kept with
    /// every row again.
    pub(super) fn first_met(&mut self, pseudonym: &str) -> bool {
        let (half, _) = EventId::derived("customer", pseudonym).0.as_u64_pair();
        self.customers.insert(half)
    }

    /// The place of a row among the rows of its case and moment that follow each other in the file.
    pub(super) fn sequence(&mut self, case: &str, at: Moment) -> u32 {
        if self.case == case && self.at == at {
            self.sequence += 1;
        } else {
            self.sequence = 0;
            self.at = at;
            case.clone_into(&mut self.case);
        }
        self.sequence
    }
}

/// A fact of a ticket.
pub(super) fn fact(
    source: &str,
    stream: &StreamId,
    id: EventId,
    at: Moment,
    event: &Event,
    personal: Option<Personal>,
) -> NewEvent {
    NewEvent {
        stream: stream.clone(),
        id,
        occurred_at: at,
        meta: Meta { source: source.to_owned(), actor: Some("importer".to_owned()), ..Meta::default() },
        body: codec::encode(event),
        personal,
    }
}

/// A time with its offset from UTC.
pub(super) fn moment_of(text: &str) -> Result<Moment, Misfit> {
    if text.is_empty() {
        return Err(Misfit { reason: "time_missing", detail: None });
    }
    events::cloudevent::moment(text).map_err(|_its_words| Misfit::new("bad_time", shape(text)))
}

/// A time; one without an offset is read as UTC, and that is mended.
pub(super) fn moment_or_utc(text: &str, repairs: &mut Vec<&'static str>) -> Result<Moment, Misfit> {
    moment_of(text).or_else(|misfit| {
        let local: DateTime = text.parse().map_err(|_its_words: jiff::Error| misfit.clone())?;
        let zoned = local.to_zoned(TimeZone::UTC).map_err(|_out_of_range: jiff::Error| misfit.clone())?;
        repairs.push("zone_missing");
        Ok(Moment(zoned.timestamp().as_microsecond()))
    })
}

/// The longest shape told, in characters.
const SHAPE_CHARS_MAX: usize = 24;

/// What a field looks like, without what it says: a slipped row may have personal text in any column.
pub(super) fn shape(text: &str) -> String {
    let like = |c: char| match c {
        _ if c.is_numeric() => '9',
        _ if c.is_alphabetic() => 'a',
        _ => c,
    };
    format!("like {:?}", text.chars().take(SHAPE_CHARS_MAX).map(like).collect::<String>())
}
