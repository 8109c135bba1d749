//! Foreign logs: each source is a pure translator of one record, with its misfits counted.
//!
//! A file is opened as [`text`] and read as [`records`]: [`lines`], rows of a table ([`csv`]) or events of a process log
//! ([`xes`]), each in bounded memory. A source says which of them it understands, what it mended and what it
//! had to leave out; it writes nothing.
//! Ids are derived from the source's own keys, so importing twice adds nothing.

pub mod anonymous_bank;
pub mod cloudevents;
mod columns;
pub mod csv;
mod dialogue;
pub mod lines;
pub mod process_log;
pub mod records;
pub mod servicenow;
pub mod star;
pub mod stc3;
pub mod text;
pub mod ticket;
pub mod volvo;
pub mod xes;

use events::NewEvent;

use self::records::Content;
use self::text::Text;
use crate::keys::Pseudonyms;
use crate::verbs::Trouble;

/// The sources that this version reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// The call-by-call file of the "Anonymous Bank" (Technion, 1999): TSV.
    AnonymousBank,
    /// CloudEvents 1.0, one JSON object a line, as `retrace export` writes them.
    CloudEvents,
    /// STAR dialogues with suggestions offered and picked: JSON lines.
    Star,
    /// NTCIR STC-3 helpdesk dialogues with annotators' ratings: JSON lines.
    Stc3,
    /// Volvo IT's incidents, 2013: CSV.
    VolvoCsv,
    /// The same as XES.
    VolvoXes,
    /// Incidents of a ServiceNow desk: CSV.
    ServiceNow,
    /// The loan process of a Dutch bank, 2012: XES.
    Bpic2012,
    /// Any other process log: XES.
    Xes,
}

/// Whether a first line is a source's own.
type Recognises = fn(&str) -> bool;

/// How a file is cut into records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One record a line.
    Lines,
    /// Rows of a table, whose fields may be quoted.
    Table,
    /// Events of traces, in XML.
    ProcessLog,
}

impl SourceKind {
    /// Every source.
    pub const ALL: [Self; 9] = [
        Self::AnonymousBank,
        Self::CloudEvents,
        Self::Star,
        Self::Stc3,
        Self::VolvoCsv,
        Self::VolvoXes,
        Self::ServiceNow,
        Self::Bpic2012,
        Self::Xes,
    ];

    /// Its name on the command line and in the log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AnonymousBank => anonymous_bank::NAME,
            Self::CloudEvents => cloudevents::NAME,
            Self::Star => star::NAME,
            Self::Stc3 => stc3::NAME,
            Self::VolvoCsv => volvo::CSV,
            Self::VolvoXes => volvo::XES,
            Self::ServiceNow => servicenow::NAME,
            Self::Bpic2012 => process_log::BPIC2012,
            Self::Xes => process_log::XES,
        }
    }

    /// The source called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The source that a file's beginning speaks of, if any does.
    #[must_use]
    pub fn detect(text: &Text) -> Option<Self> {
        let (first_line, head) = (text.first_line(), text.head());
        if xes::recognises(head) {
            return Some(match () {
                () if volvo::recognises_xes(head) => Self::VolvoXes,
                () if process_log::recognises_bpic2012(head) => Self::Bpic2012,
                () => Self::Xes,
            });
        }
        let of_line: [(Self, Recognises); 6] = [
            (Self::AnonymousBank, anonymous_bank::recognises),
            (Self::Star, star::recognises),
            (Self::Stc3, stc3::recognises),
            (Self::CloudEvents, cloudevents::recognises),
            (Self::VolvoCsv, volvo::recognises),
            (Self::ServiceNow, servicenow::recognises),
        ];
        of_line.into_iter().find(|(_, recognises)| recognises(first_line)).map(|(kind, _)| kind)
    }

    /// How its files are cut into records.
    #[must_use]
    pub fn format(self) -> Format {
        match self {
            Self::AnonymousBank | Self::CloudEvents | Self::Star | Self::Stc3 => Format::Lines,
            Self::VolvoCsv | Self::ServiceNow => Format::Table,
            Self::VolvoXes | Self::Bpic2012 | Self::Xes => Format::ProcessLog,
        }
    }

    /// The IANA zone its local times are in.
    #[must_use]
    pub fn zone(self) -> &'static str {
        match self {
            Self::AnonymousBank => anonymous_bank::ZONE,
            // Its times carry their offset; days are shown in UTC until a person says otherwise.
            Self::CloudEvents | Self::Xes => "UTC",
            Self::Star => star::ZONE,
            Self::Stc3 => stc3::ZONE,
            Self::VolvoCsv | Self::VolvoXes => volvo::ZONE,
            Self::ServiceNow => servicenow::ZONE,
            Self::Bpic2012 => process_log::BPIC2012_ZONE,
        }
    }

    /// The longest line it may have, in bytes.
    #[must_use]
    pub fn line_bytes_max(self) -> usize {
        match self {
            Self::Star | Self::Stc3 => dialogue::LINE_BYTES_MAX,
            Self::AnonymousBank
            | Self::CloudEvents
            | Self::VolvoCsv
            | Self::VolvoXes
            | Self::ServiceNow
            | Self::Bpic2012
            | Self::Xes => lines::LINE_BYTES_MAX,
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
            Self::Star => Ok(Translator::Star(star::Dialogues::new(pseudonyms))),
            Self::Stc3 => Ok(Translator::Stc3(stc3::Dialogues::new(first_line, pseudonyms))),
            Self::VolvoCsv => volvo::Volvo::of_csv(first_line).map(Box::new).map(Translator::Volvo),
            Self::VolvoXes => Ok(Translator::Volvo(Box::new(volvo::Volvo::of_xes()))),
            Self::ServiceNow => servicenow::ServiceNow::of(first_line, pseudonyms).map(Box::new).map(Translator::ServiceNow),
            Self::Bpic2012 | Self::Xes => Ok(Translator::ProcessLog(Box::new(process_log::ProcessLog::of(self.name())))),
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

/// A source bound to one file's header, and to what it has seen of the file.
pub enum Translator {
    /// Rows of the bank.
    AnonymousBank(anonymous_bank::Columns),
    /// CloudEvents.
    CloudEvents(Pseudonyms),
    /// STAR dialogues.
    Star(star::Dialogues),
    /// STC-3 dialogues.
    Stc3(stc3::Dialogues),
    /// Incidents of Volvo IT.
    Volvo(Box<volvo::Volvo>),
    /// Incidents of a ServiceNow desk.
    ServiceNow(Box<servicenow::ServiceNow>),
    /// Steps of a process.
    ProcessLog(Box<process_log::ProcessLog>),
}

/// What a record is refused with that is cut another way than its source's files are; no reader makes one.
const WRONG_FORMAT: Misfit = Misfit { reason: "wrong_format", detail: None };

impl Translator {
    /// Whether the first record is a header and no row.
    #[must_use]
    pub fn has_header(&self, format: Format) -> bool {
        match (self, format) {
            (Self::AnonymousBank(_), _) | (_, Format::Table) => true,
            (_, Format::Lines | Format::ProcessLog) => false,
        }
    }

    /// What was mended in the header.
    #[must_use]
    pub fn mended(&self) -> Option<&'static str> {
        match self {
            Self::ServiceNow(servicenow) => servicenow.mended(),
            Self::AnonymousBank(_)
            | Self::CloudEvents(_)
            | Self::Star(_)
            | Self::Stc3(_)
            | Self::Volvo(_)
            | Self::ProcessLog(_) => None,
        }
    }

    /// Whether what a record becomes depends on those before it: an import taken up again then looks at them too.
    #[must_use]
    pub fn remembers(&self) -> bool {
        match self {
            Self::AnonymousBank(_) | Self::CloudEvents(_) | Self::Star(_) | Self::Stc3(_) => false,
            Self::Volvo(_) | Self::ServiceNow(_) | Self::ProcessLog(_) => true,
        }
    }

    /// The customer whom a record is about, by pseudonym, as far as even one that makes no sense tells.
    #[must_use]
    pub fn subject(&self, content: &Content) -> Option<String> {
        match (self, content) {
            (Self::AnonymousBank(columns), Content::Line(line)) => columns.subject(line),
            (Self::CloudEvents(pseudonyms), Content::Line(line)) => cloudevents::subject(line, pseudonyms),
            (Self::Star(dialogues), Content::Line(line)) => dialogues.subject(line),
            (Self::Stc3(dialogues), Content::Line(line)) => dialogues.subject(line),
            (Self::ServiceNow(servicenow), Content::Fields(fields)) => servicenow.subject(fields),
            (_, Content::Line(_) | Content::Fields(_) | Content::Step(_)) => None,
        }
    }

    /// Translates one record.
    ///
    /// # Errors
    /// [`Misfit`] when the record makes no sense; the import counts it and goes on.
    pub fn translate(&mut self, content: &Content) -> Result<Translated, Misfit> {
        match (self, content) {
            (Self::AnonymousBank(columns), Content::Line(line)) => columns.translate(line),
            (Self::CloudEvents(pseudonyms), Content::Line(line)) => cloudevents::translate(line, pseudonyms),
            (Self::Star(dialogues), Content::Line(line)) => dialogues.translate(line),
            (Self::Stc3(dialogues), Content::Line(line)) => dialogues.translate(line),
            (Self::Volvo(volvo), Content::Fields(fields)) => volvo.row(fields),
            (Self::Volvo(volvo), Content::Step(step)) => volvo.step(step),
            (Self::ServiceNow(servicenow), Content::Fields(fields)) => servicenow.translate(fields),
            (Self::ProcessLog(log), Content::Step(step)) => log.translate(step),
            (_, Content::Line(_) | Content::Fields(_) | Content::Step(_)) => Err(WRONG_FORMAT),
        }
    }
}
