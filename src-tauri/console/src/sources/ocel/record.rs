//! What a case says of itself, as the record of a ticket.

use std::collections::BTreeMap;

use events::ticket::Revised;
use events::{Moment, Personal, Timing};

use super::super::Misfit;
use super::super::ticket::moment_or_utc;

/// Texts that have no place among facets.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Said {
    pub(super) texts: BTreeMap<String, String>,
}

impl Said {
    /// Keeps a text; of several under one name, all.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        let name = name.trim();
        match self.texts.get_mut(name) {
            Some(before) => {
                before.push('\n');
                before.push_str(value);
            }
            None => drop(self.texts.insert(name.to_owned(), value.to_owned())),
        }
    }
}

/// A time; one without an offset is read as UTC, and that is mended.
pub(super) fn moment(text: Option<&str>, repairs: &mut Vec<&'static str>) -> Result<Moment, Misfit> {
    moment_or_utc(text.unwrap_or_default().trim(), repairs)
}

/// One state of a record: since when, how that is known, what it says, and what else is said.
pub(super) type Record = (Moment, Timing, Revised, Option<Personal>);

/// The states of a record by the times of its attributes, each whole; and what was mended.
pub(super) fn revised<'a>(
    attributes: impl Iterator<Item = (&'a str, String, Option<&'a str>)>,
    first_at: Option<Moment>,
    customer: Option<String>,
    related: BTreeMap<String, String>,
) -> Result<(Vec<Record>, Vec<&'static str>), Misfit> {
    let mut repairs = Vec::new();
    let mut by_time: BTreeMap<Moment, Vec<(&str, String)>> = BTreeMap::new();
    let begin = first_at.unwrap_or_default();
    for (name, value, time) in attributes {
        let at = match time {
            None => begin,
            Some(time) => match moment(Some(time), &mut repairs)? {
                Moment(0) => begin,
                at => at,
            },
        };
        by_time.entry(at).or_default().push((name, value));
    }
    if customer.is_some() || !related.is_empty() {
        by_time.entry(begin).or_default();
    }
    repairs.dedup();
    let mut record = Revised { customer, ..Revised::default() };
    let mut records = Vec::with_capacity(by_time.len());
    let mut related = Some(related);
    for (at, changes) in by_time {
        let mut said = Said { texts: related.take().unwrap_or_default() };
        for (name, value) in changes {
            match field(&mut record, name) {
                Some(field) => *field = Some(value),
                None => said.add(name, &value),
            }
        }
        let personal = (!said.texts.is_empty()).then_some(Personal { subject: record.customer.clone(), texts: said.texts });
        // No event tells when the case began.
        let timing = if first_at.is_none() && at == begin { Timing::Unknown } else { Timing::Recorded };
        records.push((at, timing, record.clone(), personal));
    }
    Ok((records, repairs))
}

/// The place of an attribute in a ticket's record, by its name in any spelling.
fn field<'a>(record: &'a mut Revised, name: &str) -> Option<&'a mut Option<String>> {
    let name: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    Some(match name.as_str() {
        "status" | "state" => &mut record.status,
        "substatus" => &mut record.sub_status,
        "priority" => &mut record.priority,
        "impact" => &mut record.impact,
        "urgency" => &mut record.urgency,
        "product" => &mut record.product,
        "category" => &mut record.category,
        "subcategory" => &mut record.subcategory,
        "channel" => &mut record.channel,
        "team" => &mut record.team,
        "closecode" => &mut record.close_code,
        _ => return None,
    })
}
