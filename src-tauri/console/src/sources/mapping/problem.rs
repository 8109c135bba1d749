//! What is wrong in a mapping: each problem names its line and its key, so that a person finds it at once.

use serde::Serialize;
use ts_rs::TS;

/// What kind of problem it is; the window has a sentence for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "MappingProblemCode")]
pub enum Code {
    /// The text is neither TOML nor YAML.
    Syntax,
    /// The text is longer than a mapping may be.
    TooLong,
    /// No such key is known here.
    KeyUnknown,
    /// The same key stands here twice.
    KeyTwice,
    /// A key that is needed is missing.
    KeyMissing,
    /// Another kind of value belongs here.
    WrongType,
    /// The word is not one of those that may stand here.
    ValueUnknown,
    /// The number is out of its range.
    OutOfRange,
    /// There is no such time zone.
    ZoneUnknown,
    /// A time's format makes no sense.
    FormatBad,
    /// There is no such encoding.
    EncodingUnknown,
    /// A field says neither or more than one of: column, columns, constant.
    OriginUnclear,
    /// The file has no such column.
    ColumnUnknown,
    /// The file's header names the column twice.
    ColumnTwice,
    /// The option means nothing for a field of this sort.
    OptionIdle,
    /// The column may name a person, and a kept column must not.
    ColumnPersonal,
}

/// One problem of a mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "MappingProblem")]
pub struct Problem {
    /// The line of the mapping's text, from 1.
    pub line: u32,
    /// The key, from the top: `fields.queue.column`; empty for the text as a whole.
    pub key: String,
    /// What kind.
    pub code: Code,
    /// The word, column or value that is wrong.
    pub found: String,
    /// What may stand there instead, or what is nearest to it.
    pub hint: Option<String>,
}

impl Problem {
    pub(super) fn new(line: u32, key: &str, code: Code, found: impl Into<String>) -> Self {
        Self { line, key: key.to_owned(), code, found: found.into(), hint: None }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With the nearest of the words that may stand here, or with all of them when none is near.
    pub(super) fn nearest(self, of: &[&str]) -> Self {
        let near = of.iter().map(|word| (distance(&self.found, word), word)).min();
        match near {
            Some((n, word)) if n <= 2.max(word.len() / 4) => self.hint(*word),
            Some(_) => self.hint(of.join(", ")),
            None => self,
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "line {}", self.line)?;
        if !self.key.is_empty() {
            write!(to, ", {}", self.key)?;
        }
        let found = &self.found;
        match self.code {
            Code::Syntax => write!(to, ": {found}"),
            Code::TooLong => write!(to, ": a mapping of {found} bytes is too long"),
            Code::KeyUnknown => write!(to, ": there is no key {found:?} here"),
            Code::KeyTwice => write!(to, ": {found:?} stands here twice"),
            Code::KeyMissing => write!(to, ": {found:?} is missing"),
            Code::WrongType => write!(to, ": a {found} cannot stand here"),
            Code::ValueUnknown => write!(to, ": {found:?} cannot stand here"),
            Code::OutOfRange => write!(to, ": {found} is out of range"),
            Code::ZoneUnknown => write!(to, ": there is no time zone {found:?}"),
            Code::FormatBad => write!(to, ": {found:?} is no format of a time"),
            Code::EncodingUnknown => write!(to, ": there is no encoding {found:?}"),
            Code::OriginUnclear => write!(to, ": exactly one of column, columns and constant is needed"),
            Code::ColumnUnknown => write!(to, ": the file has no column {found:?}"),
            Code::ColumnTwice => write!(to, ": the header names {found:?} twice; give its number instead"),
            Code::OptionIdle => write!(to, ": {found:?} means nothing for this field"),
            Code::ColumnPersonal => write!(to, ": {found:?} may name a person and cannot be kept"),
        }?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(to, " ({hint})"))
    }
}

/// What is wrong in a mapping, in one line: columns that the file does not have are told together, so that what it has
/// instead is said once.
#[must_use]
pub fn in_one_line(problems: &[Problem]) -> String {
    let missing = |problem: &&Problem| problem.code == Code::ColumnUnknown && problem.hint.is_some();
    let mut sentences: Vec<String> = Vec::new();
    for (place, problem) in problems.iter().enumerate() {
        let alike = |other: &&Problem| missing(other) && missing(&problem) && other.hint == problem.hint;
        if problems[..place].iter().any(|other| alike(&other)) {
            continue;
        }
        let together: Vec<&Problem> = problems[place..].iter().filter(alike).collect();
        if together.len() < 2 {
            sentences.push(problem.to_string());
            continue;
        }
        let each = |problem: &&Problem| format!("{:?} (line {}, {})", problem.found, problem.line, problem.key);
        let names = together.iter().map(each).collect::<Vec<_>>().join(", ");
        let has = problem.hint.as_deref().unwrap_or_default();
        sentences.push(format!("the file does not have the columns {names}; it has {has}"));
    }
    sentences.join("; ")
}

/// How many letters have to be changed, put in or left out to make one word of another.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    // A longer text is no slip of the pen.
    for (i, x) in a.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
