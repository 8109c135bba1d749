//! The incident log of a ServiceNow desk (UCI data set 498): the record of an incident after each change, CSV.
//!
//! 36 columns, times D/M/YYYY HH:MM without a zone (read as UTC, because none is told), `?` where a value is unknown.
//! Two headers are about: the official one, and one that says `ident_state` for `incident_state` and `category` twice;
//! so are values with and without their prefixes (`INC0000045`, `Group 56`, `2 - Medium`). Each is read as the other.
//!
//! Kept as claims: the source's own counts of reassignments and re-openings, and whether its service level was met. Of
//! a moment's changes, `sys_mod_count` says which came first. Not read: who created the row and when, and the columns
//! that say how the record was kept (`active`, `knowledge`, `u_priority_confirmation`, `notify`, `rfc`, `caused_by`).

use std::collections::BTreeMap;

use events::ticket::Revised;
use events::{Moment, Personal, StreamId};
use jiff::civil::DateTime;

use super::csv::{Fields, columns_of};
use super::records::Content;
use super::ticket::{Key, Memory, fact, shape};
use super::{FormatError, Misfit, Translate, Translated, fields};
use crate::keys::Pseudonyms;
use crate::verbs::Trouble;

/// Its name.
pub const NAME: &str = "servicenow";
/// The zone its times are read in.
pub const ZONE: &str = "UTC";

const UNKNOWN: &str = "?";
const COLUMNS: [&str; 28] = [
    "number",
    "incident_state",
    "reassignment_count",
    "reopen_count",
    "sys_mod_count",
    "made_sla",
    "caller_id",
    "opened_by",
    "opened_at",
    "sys_updated_by",
    "sys_updated_at",
    "contact_type",
    "location",
    "category",
    "subcategory",
    "u_symptom",
    "cmdb_ci",
    "impact",
    "urgency",
    "priority",
    "assignment_group",
    "assigned_to",
    "problem_id",
    "vendor",
    "closed_code",
    "resolved_by",
    "resolved_at",
    "closed_at",
];
/// The states that ServiceNow has words for; others are kept and told.
const STATES: [&str; 8] =
    ["New", "Active", "Awaiting User Info", "Awaiting Vendor", "Awaiting Problem", "Awaiting Evidence", "Resolved", "Closed"];

/// Whether a file's first line is this source's header.
#[must_use]
pub fn recognises(first_line: &str) -> bool {
    let names = columns_of(first_line);
    ["sys_mod_count", "reassignment_count", "made_sla"].iter().all(|name| names.iter().any(|column| column == name))
}

/// Where each column stands in one file, and what was seen of it so far.
pub struct ServiceNow {
    place: [usize; 28],
    n: usize,
    mended: bool,
    pseudonyms: Pseudonyms,
    memory: Memory,
}

struct Row<'a> {
    fields: &'a Fields,
    place: &'a [usize; 28],
}

impl<'a> Row<'a> {
    /// A column's text; nothing when it is unknown.
    fn text(&self, column: usize) -> Option<&'a str> {
        let text = self.fields.get(self.place[column]).trim();
        (!text.is_empty() && text != UNKNOWN).then_some(text)
    }

    /// As [`text`](Self::text), without what the official copy puts before or behind a number.
    fn bare(&self, column: usize) -> Option<String> {
        self.text(column).map(|text| bare(text).to_owned())
    }

    fn number(&self, column: usize) -> Result<Option<u32>, Misfit> {
        let parsed = self.text(column).map(|text| text.parse().map_err(|_not_a_number: std::num::ParseIntError| text));
        parsed.transpose().map_err(|text| Misfit::new("bad_number", format!("{} is {}", COLUMNS[column], shape(text))))
    }

    fn flag(&self, column: usize) -> Result<Option<bool>, Misfit> {
        match self.text(column) {
            None => Ok(None),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(text) => Err(Misfit::new("bad_flag", format!("{} is {}", COLUMNS[column], shape(text)))),
        }
    }

    fn time(&self, column: usize) -> Result<Option<Moment>, Misfit> {
        let bad = |text: &str| Misfit::new("bad_time", format!("{} is {}", COLUMNS[column], shape(text)));
        self.text(column).map(|text| time(text).ok_or_else(|| bad(text))).transpose()
    }
}

/// D/M/YYYY HH:MM, with or without seconds.
fn time(text: &str) -> Option<Moment> {
    let (date, clock) = text.split_once(' ')?;
    let mut date = date.split('/');
    let (day, month, year) = (date.next()?.parse().ok()?, date.next()?.parse().ok()?, date.next()?.parse().ok()?);
    let mut clock = clock.split(':');
    let (hour, minute) = (clock.next()?.parse().ok()?, clock.next()?.parse().ok()?);
    let second = clock.next().map_or(Some(0), |text| text.parse().ok())?;
    if date.next().is_some() || clock.next().is_some() {
        return None;
    }
    let local = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    Some(Moment(local.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_microsecond()))
}

/// `Group 56`, `INC0000045` and `2 - Medium` are 56, 0000045 and 2.
fn bare(text: &str) -> &str {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((scale, _)) = text.split_once(" - ").filter(|(scale, _)| digits(scale)) {
        return scale;
    }
    let number = text.rsplit(' ').next().filter(|number| digits(number));
    let number = number.or_else(|| text.strip_prefix("INC").filter(|number| digits(number)));
    number.unwrap_or(text)
}

impl Translate for ServiceNow {
    fn translate(&mut self, content: &Content) -> Result<Translated, Misfit> {
        self.row(fields(content)?)
    }

    fn subject(&self, content: &Content) -> Option<String> {
        let row = Row { fields: fields(content).ok()?, place: &self.place };
        row.bare(6).map(|caller| self.pseudonyms.of(NAME, &caller))
    }

    fn remembers(&self) -> bool {
        true
    }

    fn mended(&self) -> Option<&'static str> {
        self.mended.then_some("header_mended")
    }
}

impl ServiceNow {
    /// Reads a header, official or damaged.
    ///
    /// # Errors
    /// When a column is missing, or named twice other than in the known way.
    pub fn of(header: &str, pseudonyms: Pseudonyms) -> Result<Self, FormatError> {
        let mut names = columns_of(header);
        let n = names.len();
        let mut mended = false;
        for index in 0..n {
            let mend = match names[index].as_str() {
                "ident_state" => Some("incident_state"),
                "category" if names[..index].iter().any(|name| name == "category") => Some("subcategory"),
                _ => None,
            };
            if let Some(name) = mend.filter(|mend| !names.iter().any(|name| name == mend)) {
                name.clone_into(&mut names[index]);
                mended = true;
            }
        }
        let find = |wanted: &str| names.iter().position(|name| name == wanted);
        let missing: Vec<&str> = COLUMNS.into_iter().filter(|name| find(name).is_none()).collect();
        if !missing.is_empty() {
            let detail = format!("the header lacks {}", missing.join(", "));
            return Err(FormatError { code: Trouble::HeaderIncomplete, detail });
        }
        if let Some(twice) = COLUMNS.iter().find(|&&wanted| 1 < names.iter().filter(|name| *name == wanted).count()) {
            return Err(FormatError { code: Trouble::HeaderDuplicate, detail: format!("the header names {twice} twice") });
        }
        let place = COLUMNS.map(|name| find(name).unwrap_or_default());
        Ok(Self { place, n, mended, pseudonyms, memory: Memory::default() })
    }

    /// Translates one row.
    ///
    /// # Errors
    /// [`Misfit`] when a field is missing, or is no time, number or known word.
    fn row(&mut self, fields: &Fields) -> Result<Translated, Misfit> {
        if fields.n() != self.n {
            return Err(Misfit::new("field_count", format!("{} fields instead of {}", fields.n(), self.n)));
        }
        let row = Row { fields, place: &self.place };
        let case = row.bare(0).ok_or(Misfit { reason: "case_missing", detail: None })?;
        let at = row.time(10)?.ok_or(Misfit { reason: "time_missing", detail: None })?;
        let stream = StreamId::new("ticket", &format!("servicenow.{case}"))
            .map_err(|_its_words_are_the_number| Misfit { reason: "bad_stream", detail: None })?;
        let mut repairs = Vec::new();
        let caller = row.bare(6);
        let customer = caller.as_ref().map(|caller| self.pseudonyms.of(NAME, caller));
        let revised = revised(&row, customer.clone(), &mut repairs)?;
        let key = (0..COLUMNS.len()).fold(Key::of(&case, at), |key, column| match column {
            6 => key.and(caller.as_deref().unwrap_or_default()),
            0 | 7 | 9 | 12..=15 | 17..=21 | 24 | 25 => key.and(&row.bare(column).unwrap_or_default()),
            _ => key.and(row.text(column).unwrap_or_default()),
        });
        let met = customer.as_deref().is_some_and(|customer| self.memory.first_met(customer));
        let personal = caller.zip(customer).filter(|_| met).map(|(caller, subject)| Personal {
            subject: Some(subject),
            texts: BTreeMap::from([("customer_number".to_owned(), caller)]),
        });
        let id = self.memory.id(NAME, &key);
        Ok(Translated { events: vec![fact(NAME, &stream, id, at, &revised.into(), personal)], repairs })
    }
}

fn revised(row: &Row<'_>, customer: Option<String>, repairs: &mut Vec<&'static str>) -> Result<Revised, Misfit> {
    let text = |column: usize| row.text(column).map(str::to_owned);
    let status = row.text(1);
    if status.is_some_and(|status| !STATES.contains(&status)) {
        repairs.push("status_unknown");
    }
    let (opened_at, mut resolved_at, mut closed_at) = (row.time(8)?, row.time(26)?, row.time(27)?);
    if resolved_at.take_if(|end| opened_at.is_some_and(|start| *end < start)).is_some() {
        repairs.push("resolved_before_opened");
    }
    if closed_at.take_if(|end| opened_at.is_some_and(|start| *end < start)).is_some() {
        repairs.push("closed_before_opened");
    }
    let revision = row.number(4)?;
    Ok(Revised {
        sequence: revision.unwrap_or_default(),
        status: status.map(str::to_owned),
        team: row.bare(20),
        agent: row.bare(21),
        priority: row.bare(19),
        impact: row.bare(17),
        urgency: row.bare(18),
        category: row.bare(13),
        subcategory: row.bare(14),
        symptom: row.bare(15),
        item: text(16),
        channel: text(11),
        customer,
        location: row.bare(12),
        opened_by: row.bare(7),
        updated_by: row.bare(9),
        resolved_by: row.bare(25),
        close_code: row.bare(24),
        vendor: text(23),
        problem: text(22),
        reassignments_claimed: row.number(2)?,
        reopens_claimed: row.number(3)?,
        sla_met_claimed: row.flag(5)?,
        revision,
        opened_at,
        resolved_at,
        closed_at,
        ..Revised::default()
    })
}
