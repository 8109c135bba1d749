//! The call-by-call log of the "Anonymous Bank" (Mandelbaum, Technion, 1999): one telephone call a row, TSV.
//!
//! 17 columns: line, call, customer (0 = not identified), priority, type, date (YYMMDD), then start, end and seconds
//! of the voice menu, of the queue and of the service, with the outcome (AGENT, HANG, PHANTOM) and the agent
//! (`NO_SERVER` = not recorded). Times are H:MM:SS in Israel, without a date of their own.
//!
//! What is mended, and counted each time: an end before its start (midnight was crossed), a voice-menu time below 0
//! (kept as recorded; its length is unknown), a service without times, an answered call without an agent, a hang-up
//! with a service, and an end that disagrees with the seconds beside it (the seconds are the measurement).

use std::collections::BTreeMap;

use events::conversation::{
    Abandoned, Assigned, Channel, Dequeue, Dequeued, Direction, Ended, Enqueued, SelfServiceEnded, Started, Voided,
};
use events::{Event, EventId, Meta, Moment, NewEvent, Personal, StreamId, codec};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::keys::Pseudonyms;
use crate::sources::records::Content;
use crate::sources::{FormatError, Misfit, Translate, Translated, line};
use crate::verbs::Trouble;

/// Its name.
pub const NAME: &str = "anonymous-bank";
/// Where the bank's clocks hang.
pub const ZONE: &str = "Asia/Jerusalem";
/// What stands where no agent was recorded.
pub const NO_AGENT: &str = "NO_SERVER";

const DAY_SECS: i64 = 86_400;
/// Columns in the order of the file's usual header.
const COLUMNS: [&str; 17] = [
    "vru+line",
    "call_id",
    "customer_id",
    "priority",
    "type",
    "date",
    "vru_entry",
    "vru_exit",
    "vru_time",
    "q_start",
    "q_exit",
    "q_time",
    "outcome",
    "ser_start",
    "ser_exit",
    "ser_time",
    "server",
];

/// Whether a file's first line is this source's header.
#[must_use]
pub fn recognises(first_line: &str) -> bool {
    let names: Vec<&str> = first_line.split('\t').map(str::trim).collect();
    ["call_id", "vru_entry", "q_start", "ser_start"].iter().all(|name| names.contains(name))
}

/// Where each column stands in one file.
pub struct Columns {
    place: [usize; 17],
    n: usize,
    zone: TimeZone,
    pseudonyms: Pseudonyms,
}

/// The row's fields by column; the numbers index [`COLUMNS`].
struct Row<'a> {
    fields: [&'a str; 17],
}

impl Row<'_> {
    fn text(&self, column: usize) -> &str {
        self.fields[column]
    }

    fn number(&self, column: usize) -> Result<i64, Misfit> {
        let text = self.text(column);
        text.parse().map_err(|_not_a_number: std::num::ParseIntError| {
            Misfit::new("bad_number", format!("{} is {}", COLUMNS[column], shape(text)))
        })
    }

    /// Seconds since midnight; hours beyond 23 belong to the next day.
    fn secs(&self, column: usize) -> Result<i64, Misfit> {
        let text = self.text(column);
        let mut parts = text.split(':').map(str::parse::<i64>);
        let parsed = (parts.next(), parts.next(), parts.next(), parts.next());
        match parsed {
            (Some(Ok(h)), Some(Ok(m)), Some(Ok(s)), None)
                if (0..48).contains(&h) && (0..60).contains(&m) && (0..60).contains(&s) =>
            {
                Ok(h * 3600 + m * 60 + s)
            }
            _ => Err(Misfit::new("bad_time", format!("{} is {}", COLUMNS[column], shape(text)))),
        }
    }

    fn date(&self) -> Result<Date, Misfit> {
        let text = self.text(5);
        let bad = || Misfit::new("bad_date", format!("date is {}", shape(text)));
        if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad());
        }
        let digits = |from: usize| text[from..from + 2].parse::<i8>().map_err(|_not_a_number: std::num::ParseIntError| bad());
        let year = i16::from(digits(0)?);
        // Two-digit years: the bank's log is of 1999; whatever is below 70 is of this century.
        let year = if year < 70 { 2000 + year } else { 1900 + year };
        Date::new(year, digits(2)?, digits(4)?).map_err(|_no_such_day: jiff::Error| bad())
    }
}

impl Translate for Columns {
    fn translate(&mut self, content: &Content) -> Result<Translated, Misfit> {
        self.understand(line(content)?)
    }

    fn subject(&self, content: &Content) -> Option<String> {
        self.subject_of(line(content).ok()?)
    }
}

impl Columns {
    /// Reads a header.
    ///
    /// # Errors
    /// When a column is missing or named twice.
    pub fn of(header: &str, pseudonyms: Pseudonyms) -> Result<Self, FormatError> {
        let names: Vec<&str> = header.split('\t').map(str::trim).collect();
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, name) in names.iter().enumerate() {
            if COLUMNS.contains(name) && seen.insert(name, index).is_some() {
                return Err(FormatError { code: Trouble::HeaderDuplicate, detail: format!("the header names {name} twice") });
            }
        }
        let missing: Vec<&str> = COLUMNS.iter().copied().filter(|name| !seen.contains_key(name)).collect();
        if !missing.is_empty() {
            return Err(FormatError {
                code: Trouble::HeaderIncomplete,
                detail: format!("the header lacks {}", missing.join(", ")),
            });
        }
        let zone = jiff::tz::db().get(ZONE).expect("the bundled database has this zone");
        Ok(Self { place: COLUMNS.map(|name| seen[name]), n: names.len(), zone, pseudonyms })
    }

    /// Translates one row; see the module for what is mended.
    ///
    /// # Errors
    /// [`Misfit`] when a field is missing or is no date, time, number or known word.
    fn understand(&self, line: &str) -> Result<Translated, Misfit> {
        let fields: Vec<&str> = line.split('\t').map(str::trim).collect();
        if fields.len() != self.n {
            return Err(Misfit::new("field_count", format!("{} fields instead of {}", fields.len(), self.n)));
        }
        let row = Row { fields: self.place.map(|index| fields[index]) };
        let mut repairs = Vec::new();
        let times = self.times(&row, &mut repairs)?;
        let customer = self.customer(row.text(2));
        Call { row: &row, times, customer }.events(&mut repairs).map(|events| Translated { events, repairs })
    }

    /// A pseudonym of the bank's own number; the number itself is personal text.
    fn customer(&self, number: &str) -> Option<String> {
        (number != "0").then(|| self.pseudonyms.of(NAME, number))
    }

    /// The customer of a row, whatever else is wrong in it.
    fn subject_of(&self, line: &str) -> Option<String> {
        let number = line.split('\t').map(str::trim).nth(self.place[2])?;
        self.customer(number).filter(|_| !number.is_empty())
    }

    fn moment(&self, day: Date, secs: i64) -> Moment {
        let day = day.saturating_add(jiff::Span::new().days(secs.div_euclid(DAY_SECS)));
        let secs = i32::try_from(secs.rem_euclid(DAY_SECS)).unwrap_or(0);
        let time = day.at(0, 0, 0, 0).saturating_add(jiff::Span::new().seconds(i64::from(secs)));
        // A time that the clocks skip or repeat is read as `compatible` reads it: no local time is refused.
        let zoned = self.zone.to_ambiguous_zoned(time).compatible();
        Moment(zoned.map_or(i64::MAX, |at| at.timestamp().as_microsecond()))
    }

    fn times(&self, row: &Row<'_>, repairs: &mut Vec<&'static str>) -> Result<Times, Misfit> {
        let day = row.date()?;
        let (vru_entry, mut vru_exit, vru_secs) = (row.secs(6)?, row.secs(7)?, row.number(8)?);
        if vru_exit < vru_entry {
            if vru_secs < 0 {
                repairs.push("self_service_time_negative");
            } else {
                vru_exit += DAY_SECS;
                repairs.push("crossed_midnight");
            }
        }
        let (q_start, q_exit, q_secs) = (row.secs(9)?, row.secs(10)?, row.number(11)?);
        let (ser_start, ser_exit, ser_secs) = (row.secs(13)?, row.secs(14)?, row.number(15)?);
        if q_secs < 0 || ser_secs < 0 {
            return Err(Misfit::new("bad_number", format!("a time in the queue of {q_secs} s and in service of {ser_secs} s")));
        }
        // Calls that did not wait have 0:00:00 in the queue's columns: they left it as they came, at the menu's end.
        let waited = !(q_start == 0 && q_exit == 0 && q_secs == 0);
        let q_from = if waited { after_midnight(q_start, vru_exit, repairs) } else { vru_exit };
        if waited {
            check_span(q_start, q_exit, q_secs, "queue_time_disagrees", repairs);
        }
        let enqueued = self.moment(day, q_from);
        let served = !(ser_start == 0 && ser_exit == 0 && ser_secs == 0);
        let dequeued = enqueued.plus_secs(q_secs);
        let assigned = if served {
            check_span(ser_start, ser_exit, ser_secs, "service_time_disagrees", repairs);
            self.moment(day, after_midnight(ser_start, q_from, repairs))
        } else {
            dequeued
        };
        repairs.sort_unstable();
        repairs.dedup();
        Ok(Times {
            started: self.moment(day, vru_entry),
            self_service_ended: self.moment(day, vru_exit),
            enqueued,
            dequeued,
            assigned,
            ended: assigned.plus_secs(ser_secs),
            served,
        })
    }
}

/// The longest shape told, in characters.
const SHAPE_CHARS_MAX: usize = 24;

/// What a field looks like, without what it says: a slipped row may have a customer's number in any column.
fn shape(text: &str) -> String {
    let like = |c: char| {
        if c.is_numeric() {
            '9'
        } else if c.is_alphabetic() {
            'a'
        } else {
            c
        }
    };
    format!("like {:?}", text.chars().take(SHAPE_CHARS_MAX).map(like).collect::<String>())
}

/// A time of day that lies half a day or more before the one it follows belongs to the next day.
fn after_midnight(secs: i64, follows: i64, repairs: &mut Vec<&'static str>) -> i64 {
    if secs + DAY_SECS / 2 < follows {
        repairs.push("crossed_midnight");
        return secs + DAY_SECS;
    }
    secs
}

/// Compares a start and an end with the seconds measured between them; the seconds are kept.
fn check_span(from: i64, to: i64, secs: i64, disagrees: &'static str, repairs: &mut Vec<&'static str>) {
    if to - from == secs {
        return;
    }
    repairs.push(if to + DAY_SECS - from == secs { "crossed_midnight" } else { disagrees });
}

struct Times {
    started: Moment,
    self_service_ended: Moment,
    enqueued: Moment,
    dequeued: Moment,
    assigned: Moment,
    ended: Moment,
    served: bool,
}

/// One row with its times worked out.
struct Call<'a> {
    row: &'a Row<'a>,
    times: Times,
    customer: Option<String>,
}

impl Call<'_> {
    fn events(self, repairs: &mut Vec<&'static str>) -> Result<Vec<NewEvent>, Misfit> {
        let (line, call, day) = (self.row.text(0), self.row.text(1), self.row.text(5));
        let key = format!("{line}|{call}|{day}");
        let stream = StreamId::new("conversation", &format!("bank.{day}.{line}.{call}"))
            .map_err(|error| Misfit::new("bad_stream", error.to_string()))?;
        let mut facts: Vec<(Moment, Event)> = Vec::with_capacity(6);
        let times = &self.times;
        facts.push((times.self_service_ended, SelfServiceEnded {}.into()));
        match self.row.text(12) {
            "PHANTOM" => facts.push((times.self_service_ended, Voided { reason: "PHANTOM".to_owned() }.into())),
            "AGENT" => self.answered(&mut facts, repairs),
            "HANG" => {
                facts.push((times.enqueued, Enqueued { queue: self.row.text(4).to_owned() }.into()));
                facts.push((times.dequeued, Abandoned {}.into()));
                if times.served {
                    repairs.push("abandoned_with_service_time");
                }
            }
            other => return Err(Misfit::new("bad_outcome", format!("outcome is {}", shape(other)))),
        }
        // Menu and queue first, whatever second the clocks say: an agent's clock runs a little ahead of the queue's.
        let n_before = if facts.len() < 2 { facts.len() } else { 2 };
        facts[n_before..].sort_by_key(|(at, _)| *at);
        facts.insert(0, (times.started, self.started()?.into()));
        Ok(facts.into_iter().map(|(at, event)| self.fact(&stream, &key, at, &event)).collect())
    }

    fn started(&self) -> Result<Started, Misfit> {
        let priority = u8::try_from(self.row.number(3)?).map_err(|_out_of_range: std::num::TryFromIntError| {
            Misfit::new("bad_priority", format!("priority is {}", shape(self.row.text(3))))
        })?;
        let topic = self.row.text(4);
        Ok(Started {
            channel: Channel::Voice,
            direction: if topic == "TT" { Direction::Callback } else { Direction::Inbound },
            topic: Some(topic.to_owned()),
            priority: Some(priority),
            customer: self.customer.clone(),
            language: (topic == "PE").then(|| "en".to_owned()),
            entry: Some(self.row.text(0).to_owned()),
            attributes: BTreeMap::new(),
        })
    }

    fn answered(&self, facts: &mut Vec<(Moment, Event)>, repairs: &mut Vec<&'static str>) {
        let times = &self.times;
        let agent = Some(self.row.text(16).to_owned()).filter(|agent| agent != NO_AGENT);
        if agent.is_none() {
            repairs.push("agent_not_recorded");
        }
        if !times.served {
            repairs.push("service_time_not_recorded");
        }
        facts.push((times.enqueued, Enqueued { queue: self.row.text(4).to_owned() }.into()));
        // The log counts the ring to the agent's pick-up as service: most services begin a second before the wait ends.
        facts.push((times.assigned, Assigned { agent }.into()));
        facts.push((times.dequeued, Dequeued { reason: Dequeue::Answered }.into()));
        facts.push((times.ended, Ended { by: None }.into()));
    }

    fn fact(&self, stream: &StreamId, key: &str, at: Moment, event: &Event) -> NewEvent {
        let body = codec::encode(event);
        let personal = match (event, self.customer.clone()) {
            (Event::Conversation(events::conversation::Event::Started(_)), Some(subject)) => Some(Personal {
                subject: Some(subject),
                texts: BTreeMap::from([("customer_number".to_owned(), self.row.text(2).to_owned())]),
            }),
            _ => None,
        };
        NewEvent {
            stream: stream.clone(),
            id: EventId::derived(NAME, &format!("{key}|{}", body.event_type)),
            occurred_at: at,
            meta: Meta { source: NAME.to_owned(), actor: Some("importer".to_owned()), ..Meta::default() },
            body,
            personal,
        }
    }
}
