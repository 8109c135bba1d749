//! Foreign logs: each source is a pure translator of one row, with its misfits counted.
//!
//! A source says which rows it understands, what it mended in each and which it had to leave out; it writes nothing.
//! Ids are derived from the source's own keys, so importing twice adds nothing.

pub mod anonymous_bank;
pub mod cloudevents;
pub mod lines;

use events::NewEvent;

use crate::keys::Pseudonyms;
use crate::verbs::Trouble;

/// The sources that this version reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// The call-by-call file of the "Anonymous Bank" (Technion, 1999): TSV.
    AnonymousBank,
    /// CloudEvents 1.0, one JSON object a line, as `retrace export` writes them.
    CloudEvents,
}

impl SourceKind {
    /// Every source.
    pub const ALL: [Self; 2] = [Self::AnonymousBank, Self::CloudEvents];

    /// Its name on the command line and in the log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AnonymousBank => anonymous_bank::NAME,
            Self::CloudEvents => cloudevents::NAME,
        }
    }

    /// The source called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The source that a file's first line speaks of, if any does.
    #[must_use]
    pub fn detect(first_line: &str) -> Option<Self> {
        if anonymous_bank::recognises(first_line) {
            return Some(Self::AnonymousBank);
        }
        cloudevents::recognises(first_line).then_some(Self::CloudEvents)
    }

    /// The IANA zone its local times are in.
    #[must_use]
    pub fn zone(self) -> &'static str {
        match self {
            Self::AnonymousBank => anonymous_bank::ZONE,
            // Its times carry their offset; days are shown in UTC until a person says otherwise.
            Self::CloudEvents => "UTC",
        }
    }

    /// A translator, given the file's first line and how the log names customers.
    ///
    /// # Errors
    /// [`FormatError`] when the header is not this source's.
    pub fn translator(self, first_line: &str, pseudonyms: Pseudonyms) -> Result<Translator, FormatError> {
        match self {
            Self::AnonymousBank => anonymous_bank::Columns::of(first_line, pseudonyms).map(Translator::AnonymousBank),
            Self::CloudEvents => Ok(Translator::CloudEvents(pseudonyms)),
        }
    }
}

/// Why a file is not of the source it was taken for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct FormatError {
    /// Which trouble.
    pub code: Trouble,
    /// What exactly.
    pub detail: String,
}

/// One row, understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Translated {
    /// Its facts, in their stream's order.
    pub events: Vec<NewEvent>,
    /// What was mended, from the source's closed list.
    pub repairs: Vec<&'static str>,
}

/// One row that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Why, from the source's closed list.
    pub reason: &'static str,
    /// What was wrong in it, without personal text.
    pub detail: Option<String>,
}

impl Misfit {
    /// A misfit with the words that were wrong.
    pub fn new(reason: &'static str, detail: impl Into<String>) -> Self {
        Self { reason, detail: Some(detail.into()) }
    }
}

/// A source bound to one file's header.
pub enum Translator {
    /// Rows of the bank.
    AnonymousBank(anonymous_bank::Columns),
    /// CloudEvents.
    CloudEvents(Pseudonyms),
}

impl Translator {
    /// Whether the first line is a header and no row.
    #[must_use]
    pub fn has_header(&self) -> bool {
        match self {
            Self::AnonymousBank(_) => true,
            Self::CloudEvents(_) => false,
        }
    }

    /// The customer whom a row is about, by pseudonym, as far as even a row that makes no sense tells.
    #[must_use]
    pub fn subject(&self, line: &str) -> Option<String> {
        match self {
            Self::AnonymousBank(columns) => columns.subject(line),
            Self::CloudEvents(pseudonyms) => cloudevents::subject(line, pseudonyms),
        }
    }

    /// Translates one row.
    ///
    /// # Errors
    /// [`Misfit`] when the row makes no sense; the import counts it and goes on.
    pub fn translate(&self, line: &str) -> Result<Translated, Misfit> {
        match self {
            Self::AnonymousBank(columns) => columns.translate(line),
            Self::CloudEvents(pseudonyms) => cloudevents::translate(line, pseudonyms),
        }
    }
}
