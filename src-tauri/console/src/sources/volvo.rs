//! Incidents of Volvo IT's "VINST" (Business Process Intelligence Challenge 2013): one change of status a row.
//!
//! The same log is about as CSV (with a column for the line of support, and a person as `<country>-<first name>`) and
//! as XES (without either). Both become the same facts under the same ids, so reading one after the other adds nothing.
//!
//! The CSV once passed through a program that took Latin letters (ISO 8859-1) for those of the Macintosh: `Åse` became
//! `≈se`. Both character sets have a letter for every byte, so the damage can be undone, and is, where the name as it
//! stands is no name and the mended one is.

use encoding_rs::{MACINTOSH, WINDOWS_1252};
use events::ticket::Revised;
use events::{Moment, StreamId};

use super::csv::{Fields, columns_of};
use super::records::Content;
use super::ticket::{Key, Memory, fact, moment_of};
use super::xes::{Step, value};
use super::{FormatError, Misfit, Translate, Translated, WRONG_FORMAT};
use crate::verbs::Trouble;

/// Its name as CSV.
pub const CSV: &str = "volvo-csv";
/// Its name as XES.
pub const XES: &str = "volvo-xes";
/// What both are called in the log.
pub const SOURCE: &str = "volvo";
/// Where its clocks hang, as its offsets say.
pub const ZONE: &str = "Europe/Stockholm";

/// The columns that are read, by their place in [`Row`]. What is left out follows from them.
const COLUMNS: [&str; 13] = [
    "SR Number",
    "Change Date+Time",
    "Status",
    "Sub Status",
    "Involved ST Function Div",
    "Involved Org line 3",
    "Involved ST",
    "ST Level",
    "SR Latest Impact",
    "Product",
    "Country",
    "Owner Country",
    "Resource",
];

/// Whether a file's first line is the CSV's header.
#[must_use]
pub fn recognises(first_line: &str) -> bool {
    let names = columns_of(first_line);
    ["SR Number", "Involved ST", "SR Latest Impact"].iter().all(|name| names.iter().any(|column| column == name))
}

/// Whether a process log is this one: its events have these attributes.
#[must_use]
pub fn recognises_xes(head: &str) -> bool {
    ["\"organization involved\"", "\"resource country\"", "\"impact\""].iter().all(|key| head.contains(key))
}

/// Translates rows and events; remembers what it has seen, to tell the second of two equal rows from the first.
pub struct Volvo {
    place: [usize; 13],
    n: usize,
    memory: Memory,
}

/// One change, whichever file it is from.
struct Row<'a> {
    case: &'a str,
    at: Moment,
    status: &'a str,
    sub_status: &'a str,
    division: &'a str,
    organisation: &'a str,
    team: &'a str,
    level: &'a str,
    impact: &'a str,
    product: &'a str,
    country: &'a str,
    agent_country: &'a str,
    agent: String,
}

impl Translate for Volvo {
    fn translate(&mut self, content: &Content) -> Result<Translated, Misfit> {
        match content {
            Content::Fields(fields) => self.row(fields),
            Content::Step(step) => self.step(step),
            Content::Line(_) | Content::Document(_) => Err(WRONG_FORMAT),
        }
    }

    fn remembers(&self) -> bool {
        true
    }
}

impl Volvo {
    /// Reads the CSV's header.
    ///
    /// # Errors
    /// When a column is missing.
    pub fn of_csv(header: &str) -> Result<Self, FormatError> {
        let names = columns_of(header);
        let find = |wanted: &&str| names.iter().position(|name| name == wanted);
        let missing: Vec<&str> = COLUMNS.into_iter().filter(|name| find(name).is_none()).collect();
        if !missing.is_empty() {
            let detail = format!("the header lacks {}", missing.join(", "));
            return Err(FormatError { code: Trouble::HeaderIncomplete, detail });
        }
        let place = COLUMNS.map(|name| find(&name).unwrap_or_default());
        Ok(Self { place, n: names.len(), memory: Memory::default() })
    }

    /// The XES needs no header.
    #[must_use]
    pub fn of_xes() -> Self {
        Self { place: [0; 13], n: 0, memory: Memory::default() }
    }

    /// Translates one row of the CSV.
    ///
    /// # Errors
    /// [`Misfit`] when a field is missing, or its time is none.
    fn row(&mut self, fields: &Fields) -> Result<Translated, Misfit> {
        if fields.n() != self.n {
            return Err(Misfit::new("field_count", format!("{} fields instead of {}", fields.n(), self.n)));
        }
        let field = |column: usize| fields.get(self.place[column]).trim();
        let mended = mended_name(field(12));
        let repairs = if mended.is_some() { vec!["name_mended"] } else { Vec::new() };
        let row = Row {
            case: field(0),
            at: moment_of(field(1))?,
            status: field(2),
            sub_status: field(3),
            division: field(4),
            organisation: field(5),
            team: field(6),
            level: field(7),
            impact: field(8),
            product: field(9),
            country: field(10),
            agent_country: field(11),
            agent: mended.unwrap_or_else(|| field(12).to_owned()),
        };
        self.revise(&row, repairs)
    }

    /// Translates one event of the XES.
    ///
    /// # Errors
    /// [`Misfit`] when it has no time, or its trace no name.
    fn step(&mut self, step: &Step) -> Result<Translated, Misfit> {
        let get = |key: &str| step.get(key).unwrap_or_default();
        let (team, country, name) = (get("org:group"), get("organization country"), get("org:resource"));
        let row = Row {
            case: value(&step.trace, "concept:name").unwrap_or_default(),
            at: moment_of(get("time:timestamp"))?,
            status: get("concept:name"),
            sub_status: get("lifecycle:transition"),
            division: get("org:role"),
            organisation: get("organization involved"),
            team,
            level: level_of(team),
            impact: get("impact"),
            product: get("product"),
            country,
            agent_country: get("resource country"),
            agent: if name.is_empty() { String::new() } else { format!("{country}-{name}") },
        };
        self.revise(&row, Vec::new())
    }

    fn revise(&mut self, row: &Row<'_>, repairs: Vec<&'static str>) -> Result<Translated, Misfit> {
        if row.case.is_empty() || row.status.is_empty() {
            return Err(Misfit { reason: if row.case.is_empty() { "case_missing" } else { "status_missing" }, detail: None });
        }
        let stream = StreamId::new("ticket", &format!("volvo.{}", row.case))
            .map_err(|_its_words_are_the_name| Misfit { reason: "bad_stream", detail: None })?;
        let key = Key::of(row.case, row.at)
            .and(row.status)
            .and(row.sub_status)
            .and(row.division)
            .and(row.organisation)
            .and(row.team)
            .and(row.level)
            .and(row.impact)
            .and(row.product)
            .and(row.country)
            .and(row.agent_country)
            .and(&row.agent);
        let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let revised = Revised {
            sequence: self.memory.sequence(row.case, row.at),
            status: known(row.status),
            sub_status: known(row.sub_status),
            team: known(row.team),
            agent: known(&row.agent),
            agent_country: known(row.agent_country),
            level: known(row.level),
            impact: known(row.impact),
            product: known(row.product),
            organisation: known(row.organisation),
            division: known(row.division),
            country: known(row.country),
            ..Revised::default()
        };
        let id = self.memory.id(SOURCE, &key);
        Ok(Translated { events: vec![fact(SOURCE, &stream, id, row.at, &revised.into(), None)], repairs })
    }
}

/// The line of support, which the XES tells only in the team's name: `G230 2nd`, `V13 2nd 3rd`.
fn level_of(team: &str) -> &'static str {
    let word = |wanted: &str| team.split_whitespace().any(|word| word == wanted);
    match (word("2nd"), word("3rd")) {
        (false, false) if team.is_empty() => "",
        (false, false) => "L1",
        (true, false) => "L2",
        (false, true) => "L3",
        (true, true) => "L2/L3",
    }
}

/// The name behind one whose Latin letters were taken for a Macintosh's; `None` when it needs no mending.
#[must_use]
pub fn mended_name(name: &str) -> Option<String> {
    if name.is_ascii() || natural(name) {
        return None;
    }
    let (bytes, _, unknown) = MACINTOSH.encode(name);
    if unknown {
        return None;
    }
    let (mended, _) = WINDOWS_1252.decode_without_bom_handling(&bytes);
    natural(&mended).then(|| mended.into_owned())
}

/// Whether a text could be a name: Latin letters, and capitals only where words begin, or everywhere.
fn natural(name: &str) -> bool {
    let latin = |c: char| c.is_alphabetic() && c <= '\u{ff}' && c != 'ª' && c != 'º' && c != 'µ';
    name.split([' ', '-', '_', '\'', '.', '(', ')']).all(|word| {
        let letters = word.chars().all(|c| latin(c) || c.is_ascii());
        let capitals = word.chars().skip(1).filter(|c| !c.is_ascii() && c.is_uppercase()).count();
        let shouted = !word.chars().any(char::is_lowercase);
        let begun = word.chars().next().is_none_or(|c| c.is_ascii() || c.is_uppercase());
        letters && (capitals == 0 || shouted) && begun
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_mended_exactly_when_it_was_damaged() {
        for (damaged, name) in [
            ("se-≈se", "se-Åse"),
            ("se-Bjˆrn T", "se-Björn T"),
            ("fr-StÈphane", "fr-Stéphane"),
            ("fr-DÈsirÈe", "fr-Désirée"),
            ("se-Kent-≈ke", "se-Kent-Åke"),
            ("se-KÂre_OLD", "se-Kåre_OLD"),
            ("br-Iv·n", "br-Iván"),
            ("be-MichaÎl", "be-Michaël"),
            ("ee-J¸ri", "ee-Jüri"),
        ] {
            assert_eq!(mended_name(damaged).as_deref(), Some(name), "{damaged}");
            assert_eq!(mended_name(name), None, "{name} is a name already");
        }
        for name in ["fr-Frederic", "es-Óscar", "tr-Ñandú", "cn-王小明", "-", "", "JOSÉ"] {
            assert_eq!(mended_name(name), None, "{name}");
        }
    }
}
