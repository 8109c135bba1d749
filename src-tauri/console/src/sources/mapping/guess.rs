//! A mapping guessed from a table's header and first rows, for a person to correct.

mod synonyms;

use std::collections::BTreeSet;
use std::fmt::Write;

use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use self::synonyms::{
    CHANNELS, CLOCKS, CONTACT, CONTACT_KEY, DAYS, DIRECTIONS, HAPPENING, Names, OUTCOMES, PARTIES, TICKET, TICKET_KEY, TIMES,
    TYPES, UNKNOWN, Words,
};
use super::Kind;
use super::fields::{Known, Sort};
use super::time::{Format, Unit, span_secs};

/// Values of a column that are put into a table of values at most.
const VALUES_MAX: usize = 30;
/// Times before 2001 and after 2033 are rarely meant by a number of ten digits.
const EPOCH_SECS: std::ops::Range<i64> = 978_307_200..2_000_000_000;

/// One column as the guess sees it.
struct Column<'a> {
    name: &'a str,
    /// The name without capitals, spaces and signs.
    plain: String,
    /// Its values that are not empty and not unknown.
    values: Vec<&'a str>,
    time: Option<&'static str>,
    day: Option<&'static str>,
    clock: Option<&'static str>,
}

/// A mapping, as TOML, for a table with these columns and first rows; `name` is what the source is to be called.
///
/// It always reads as a mapping; whether it fits is for a person to see. Nothing of the rows stands in it but the words
/// of columns that hold few different ones.
#[must_use]
pub fn guessed(name: &str, columns: &[String], rows: &[Vec<String>]) -> String {
    let seen: Vec<Column<'_>> = columns.iter().enumerate().map(|(place, name)| Column::of(name, place, rows)).collect();
    let unknown: Vec<&str> =
        UNKNOWN.iter().copied().filter(|word| rows.iter().flatten().any(|field| field.trim() == *word)).collect();
    Guess::of(&seen).written(&slug(name), &unknown)
}

impl<'a> Column<'a> {
    fn of(name: &'a str, place: usize, rows: &'a [Vec<String>]) -> Self {
        let known = |field: &&str| !field.is_empty() && !UNKNOWN.contains(field);
        let values: Vec<&str> = rows.iter().filter_map(|row| row.get(place)).map(|field| field.trim()).filter(known).collect();
        let time = first(TIMES, |format| fits(format, &values));
        let day = first(DAYS, |format| all(&values, |text| strtime::parse(format, text).is_ok()));
        let clock = first(CLOCKS, |format| all(&values, |text| strtime::parse(format, text).is_ok()));
        Self { name, plain: plain(name), values, time, day, clock }
    }

    fn fits(&self, sort: Sort) -> bool {
        match sort {
            Sort::Time => self.time.is_some() || self.clock.is_some(),
            Sort::Span => self.unit().is_some(),
            Sort::Count(most) => all(&self.values, |text| text.parse::<u32>().is_ok_and(|number| number <= most)),
            Sort::Flag => all(&self.values, |text| text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")),
            Sort::Text | Sort::Word(_) | Sort::Customer | Sort::Message => true,
        }
    }

    fn unit(&self) -> Option<&'static str> {
        match () {
            () if all(&self.values, |text| span_secs(text, Unit::Secs).is_some()) => Some("s"),
            () if all(&self.values, |text| span_secs(text, Unit::Clock).is_some()) => Some("clock"),
            () => None,
        }
    }

    fn distinct(&self) -> BTreeSet<&'a str> {
        self.values.iter().copied().collect()
    }
}

fn first(of: &'static [&'static str], fits: impl Fn(&str) -> bool) -> Option<&'static str> {
    of.iter().copied().find(|format| fits(format))
}

fn all(values: &[&str], holds: impl Fn(&str) -> bool) -> bool {
    !values.is_empty() && values.iter().all(|text| holds(text))
}

fn fits(format: &str, values: &[&str]) -> bool {
    let Some(read) = Format::named(format) else { return false };
    let likely = |text: &str| match read {
        Format::EpochSecs => text.parse::<f64>().is_ok_and(|secs| EPOCH_SECS.contains(&(secs as i64))),
        Format::EpochMillis => text.parse::<i64>().is_ok_and(|millis| EPOCH_SECS.contains(&(millis / 1_000))),
        Format::Iso | Format::Excel | Format::Pattern(_) => true,
    };
    all(values, |text| likely(text) && read.read(text, &TimeZone::UTC).is_some())
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A file's name as a source's name.
fn slug(name: &str) -> String {
    let stem = name.split('.').next().unwrap_or_default();
    let slug: String = stem.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).take(40).collect();
    let slug = slug.trim_matches('-');
    if slug.is_empty() || slug == "desk" { "table".to_owned() } else { slug.to_lowercase().chars().take(40).collect() }
}

/// What was guessed.
struct Guess<'a> {
    kind: Kind,
    columns: &'a [Column<'a>],
    key: Option<&'a Column<'a>>,
    /// The column of days that clocks are of.
    day: Option<&'a Column<'a>>,
    fields: Vec<(&'static Known, &'a Column<'a>)>,
}

impl<'a> Guess<'a> {
    fn of(columns: &'a [Column<'a>]) -> Self {
        let (kind, names, keys) = kind_of(columns);
        let named = |wanted: &str| wanted.split_whitespace().find_map(|name| columns.iter().find(|column| column.plain == name));
        let unique = |column: &&Column<'_>| column.distinct().len() == column.values.len();
        let key = named(keys).filter(|column| kind != Kind::Contacts || unique(column));
        let day = columns.iter().find(|column| column.day.is_some() && column.clock.is_none());
        let mut guess = Self { kind, columns, key, day, fields: Vec::new() };
        for known in kind.fields() {
            let synonyms = names.iter().find(|(field, _)| *field == known.name).map_or("", |(_, names)| names);
            let column = synonyms.split_whitespace().find_map(|name| {
                columns.iter().find(|column| column.plain == name && column.fits(known.sort) && guess.free(column))
            });
            guess.fields.extend(column.map(|column| (known, column)));
        }
        guess.when();
        guess
    }

    /// A column is read once; a time of day may also be half of a time.
    fn free(&self, column: &Column<'_>) -> bool {
        !self.fields.iter().any(|(_, taken)| std::ptr::eq(*taken, column))
            && self.key.is_none_or(|key| !std::ptr::eq(key, column))
    }

    /// Without a time no row can be told: the first column that has one is it.
    fn when(&mut self) {
        let wanted = if self.kind == Kind::Contacts { "started_at" } else { "at" };
        let has = |name: &str| self.fields.iter().any(|(known, _)| known.name == name);
        if has(wanted) || has("enqueued_at") {
            return;
        }
        let time = self.columns.iter().find(|column| self.free(column) && column.time.is_some());
        let time = time.or_else(|| self.columns.iter().find(|column| self.free(column) && column.clock.is_some()));
        let known = self.kind.fields().iter().find(|known| known.name == wanted);
        self.fields.extend(known.zip(time));
    }

    fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _)| known.name == name)
    }

    fn written(&self, name: &str, unknown: &[&str]) -> String {
        let mut text = String::from("# Guessed from the header and the first rows; please check every line.\n");
        let mut put = |line: &str| {
            text.push_str(line);
            text.push('\n');
        };
        put("mapping = 1");
        put(&format!("name = {}", quoted(name)));
        put(&format!("kind = {}", quoted(self.kind.name())));
        let (zone, why) = self.zone();
        put(&format!("zone = {}  # {why}", quoted(zone)));
        let mut formats: Vec<String> = Vec::new();
        for (_, column) in self.fields.iter().filter(|(known, _)| known.sort == Sort::Time) {
            let format = column.time.map(str::to_owned).or_else(|| {
                let day = self.day.and_then(|day| day.day)?;
                column.clock.map(|clock| format!("{day} {clock}"))
            });
            formats.extend(format.filter(|format| !formats.contains(format)));
        }
        if formats.is_empty() {
            formats.push("iso".to_owned());
        }
        put(&format!("times = {}", list(formats.iter().map(String::as_str))));
        if !unknown.is_empty() {
            put(&format!("unknown = {}", list(unknown.iter().copied())));
        }
        match self.key {
            Some(key) => put(&format!("key = [{}]", self.column(key))),
            None if self.kind == Kind::Contacts => {
                put("# key = [\"…\"]  # the columns that make a row the row it is; else all of it does")
            }
            None => put(&format!("key = [{}]", self.columns.first().map_or_else(String::new, |column| self.column(column)))),
        }
        put("");
        put("[fields]");
        self.fields.iter().for_each(|(known, column)| put(&self.field(known, column)));
        self.needed(name).iter().for_each(|line| put(line));
        let left: Vec<&str> = self
            .columns
            .iter()
            .filter(|column| self.free(column) && self.day.is_none_or(|day| !std::ptr::eq(day, *column)))
            .map(|column| column.name)
            .collect();
        if !left.is_empty() {
            put("");
            put(&format!("# Not read: {}", list(left.iter().copied()).replace('\n', " ")));
            put("# Columns that name no person may be kept beside the facts: keep = [\"…\"], above [fields].");
        }
        text
    }

    /// A column by its name; by its place where that says more than one.
    fn column(&self, column: &Column<'_>) -> String {
        let twice = 1 < self.columns.iter().filter(|other| other.name == column.name).count();
        let place = self.columns.iter().position(|other| std::ptr::eq(other, column)).map_or(1, |place| place + 1);
        if twice || column.name.is_empty() { place.to_string() } else { quoted(column.name) }
    }

    fn field(&self, known: &Known, column: &Column<'_>) -> String {
        let name = known.name;
        let from = self.column(column);
        match known.sort {
            Sort::Time if column.time.is_none() => {
                let day = self.day.map_or_else(String::new, |day| format!("{}, ", self.column(day)));
                format!("{name} = {{ columns = [{day}{from}], crosses_midnight = true }}")
            }
            Sort::Span => format!("{name} = {{ column = {from}, unit = {} }}", quoted(column.unit().unwrap_or("s"))),
            Sort::Word(words) => word_field(name, &from, column, words),
            Sort::Text | Sort::Time | Sort::Count(_) | Sort::Flag | Sort::Customer | Sort::Message => format!("{name} = {from}"),
        }
    }

    /// What the kind needs and no column seems to be.
    fn needed(&self, name: &str) -> Vec<String> {
        let mut lines = Vec::new();
        let first = || self.columns.first().map_or_else(|| "1".to_owned(), |column| self.column(column));
        match self.kind {
            Kind::Contacts => {
                if !self.has("started_at") && !self.has("enqueued_at") {
                    lines.push(format!("started_at = {}  # no column looks like a time", first()));
                }
                if !self.has("channel") {
                    lines
                        .push("channel = { constant = \"voice\" }  # voice, chat, messaging, email, social or ticket".to_owned());
                }
                if !self.has("queue") && ["enqueued_at", "waiting_secs", "dequeued_at"].into_iter().any(|field| self.has(field)) {
                    lines.push(format!("queue = {{ constant = {} }}", quoted(name)));
                }
                if self.has("rating") {
                    lines.push("rating_max = { constant = 5 }".to_owned());
                }
            }
            Kind::Events | Kind::Tickets => {
                if !self.has("at") {
                    lines.push(format!("at = {}  # no column looks like a time", first()));
                }
            }
        }
        lines
    }

    fn zone(&self) -> (&'static str, &'static str) {
        let text: String = self.columns.iter().flat_map(|column| column.name.chars()).collect();
        let traditional = ["時", "間", "電", "話", "戶", "號", "單", "狀", "態"].iter().any(|word| text.contains(word));
        let chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        match (traditional, chinese) {
            (true, _) => ("Asia/Taipei", "where the clocks hang: guessed from the language"),
            (false, true) => ("Asia/Shanghai", "where the clocks hang: guessed from the language"),
            (false, false) => ("UTC", "where the clocks hang: not told by the file"),
        }
    }
}

/// Which kind the columns speak of, with its names.
fn kind_of(columns: &[Column<'_>]) -> (Kind, &'static [Names], &'static str) {
    let named = |wanted: &str| wanted.split_whitespace().find_map(|name| columns.iter().find(|column| column.plain == name));
    let of = |names: &[Names], field: &str| names.iter().find(|(name, _)| *name == field).and_then(|(_, names)| named(names));
    let repeats = |key: &Column<'_>| key.distinct().len() < key.values.len();
    let types = of(HAPPENING, "type").is_some_and(|column| {
        let distinct = column.distinct();
        let known = distinct.iter().filter(|word| word_for(TYPES, word).is_some()).count();
        !distinct.is_empty() && distinct.len() <= 2 * known
    });
    if types && named(CONTACT_KEY).is_some_and(repeats) {
        return (Kind::Events, HAPPENING, CONTACT_KEY);
    }
    if of(TICKET, "status").is_some() && named(TICKET_KEY).is_some_and(repeats) {
        return (Kind::Tickets, TICKET, TICKET_KEY);
    }
    (Kind::Contacts, CONTACT, CONTACT_KEY)
}

/// The word that a value stands for.
fn word_for(words: &[Words], value: &str) -> Option<&'static str> {
    let value = if words.iter().any(|(word, _)| *word == value) { value.to_owned() } else { plain(value) };
    words.iter().find(|(word, names)| *word == value || names.split_whitespace().any(|name| name == value)).map(|(word, _)| *word)
}

fn word_field(name: &str, from: &str, column: &Column<'_>, words: &[&str]) -> String {
    let known = match name {
        "outcome" => OUTCOMES,
        "channel" => CHANNELS,
        "direction" => DIRECTIONS,
        "ended_by" | "by" => PARTIES,
        "type" => TYPES,
        _ => &[],
    };
    let distinct = column.distinct();
    if distinct.iter().all(|value| words.contains(value)) || VALUES_MAX < distinct.len() {
        return format!("{name} = {from}");
    }
    let pairs: Vec<String> = distinct
        .iter()
        .filter_map(|value| word_for(known, value).map(|word| format!("{} = {}", quoted(value), quoted(word))))
        .collect();
    let left: Vec<String> = distinct.iter().filter(|value| word_for(known, value).is_none()).map(|value| quoted(value)).collect();
    let mut line = format!("{name} = {{ column = {from}, values = {{ {} }}, else = \"unknown\" }}", pairs.join(", "));
    if !left.is_empty() {
        // Writing into a text cannot fail.
        write!(line, "  # not known: {}", left.join(", ")).ok();
    }
    line
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", words.map(quoted).collect::<Vec<_>>().join(", "))
}

/// A text as TOML quotes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\t' => quoted.push_str("\\t"),
            // Writing into a text cannot fail.
            c if c.is_control() => write!(quoted, "\\u{:04X}", u32::from(c)).ok().unwrap_or_default(),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests;
