//! Foreign logs: each source is a pure translator of one record, with its misfits counted.
//!
//! A file is opened as [`text`] and read as [`records`]: [`lines`], rows of a table ([`csv`]), events of a process log
//! ([`xes`]) or [`json`] documents, each in bounded memory. A source says which of them it understands, what it mended and what it
//! had to leave out; it writes nothing.
//! Ids are derived from the source's own keys, so importing twice adds nothing.

pub mod anonymous_bank;
pub mod chatwoot;
pub mod cloudevents;
mod columns;
pub mod connect;
pub mod csv;
mod delivery;
mod dialogue;
pub mod genesys;
pub mod json;
pub mod lines;
pub mod mapping;
pub mod ocel;
mod payload;
pub mod process_log;
pub mod rasa;
pub mod records;
pub mod rocketchat;
pub mod servicenow;
pub mod star;
pub mod stc3;
pub mod text;
pub mod ticket;
pub mod volvo;
pub mod xes;
pub mod zendesk;

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
    /// Chatwoot's webhooks and its API: JSON.
    Chatwoot,
    /// Zendesk's audits, incremental exports, metric events and ratings: JSON.
    Zendesk,
    /// Rocket.Chat's omnichannel webhook: JSON.
    RocketChat,
    /// Amazon Connect's contact records, events and transcripts: JSON.
    Connect,
    /// Genesys Cloud's conversation details: JSON.
    Genesys,
    /// Trackers and events of Rasa's bots: JSON.
    Rasa,
    /// Any object-centric event log: OCEL 2.0, JSON.
    Ocel,
    /// Any other table, by a mapping: CSV or TSV.
    Csv,
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
    /// JSON values; these lists of an object that wraps them hold records of their own.
    Json(&'static [&'static str]),
}

impl SourceKind {
    /// Every source.
    pub const ALL: [Self; 17] = [
        Self::AnonymousBank,
        Self::CloudEvents,
        Self::Star,
        Self::Stc3,
        Self::VolvoCsv,
        Self::VolvoXes,
        Self::ServiceNow,
        Self::Bpic2012,
        Self::Xes,
        Self::Chatwoot,
        Self::Zendesk,
        Self::RocketChat,
        Self::Connect,
        Self::Genesys,
        Self::Rasa,
        Self::Ocel,
        Self::Csv,
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
            Self::Chatwoot => chatwoot::NAME,
            Self::Zendesk => zendesk::NAME,
            Self::RocketChat => rocketchat::NAME,
            Self::Connect => connect::NAME,
            Self::Genesys => genesys::NAME,
            Self::Rasa => rasa::NAME,
            Self::Ocel => ocel::NAME,
            Self::Csv => mapping::NAME,
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
        if ocel::recognises(head) {
            return Some(Self::Ocel);
        }
        let of_line: [(Self, Recognises); 6] = [
            (Self::AnonymousBank, anonymous_bank::recognises),
            (Self::Star, star::recognises),
            (Self::Stc3, stc3::recognises),
            (Self::CloudEvents, cloudevents::recognises),
            (Self::VolvoCsv, volvo::recognises),
            (Self::ServiceNow, servicenow::recognises),
        ];
        // JSON may have its names anywhere in the beginning; what names itself in its first line goes first.
        let of_head: [(Self, Recognises); 6] = [
            (Self::RocketChat, rocketchat::recognises),
            (Self::Zendesk, zendesk::recognises),
            (Self::Connect, connect::recognises),
            (Self::Genesys, genesys::recognises),
            (Self::Rasa, rasa::recognises),
            (Self::Chatwoot, chatwoot::recognises),
        ];
        let by_line = of_line.into_iter().find(|(_, recognises)| recognises(first_line));
        let by_head =
            || of_head.into_iter().find(|(_, recognises)| head.trim_start().starts_with(['{', '[']) && recognises(head));
        let known = by_line.or_else(by_head).map(|(kind, _)| kind);
        known.or_else(|| csv::recognises(head).then_some(Self::Csv))
    }

    /// What parts the fields of its lines, if they are a table's that is read as lines.
    #[must_use]
    pub fn delimiter(self) -> Option<u8> {
        (self == Self::AnonymousBank).then_some(b'\t')
    }

    /// How its files are cut into records.
    #[must_use]
    pub fn format(self) -> Format {
        match self {
            Self::AnonymousBank | Self::CloudEvents | Self::Star | Self::Stc3 => Format::Lines,
            Self::VolvoCsv | Self::ServiceNow | Self::Csv => Format::Table,
            Self::VolvoXes | Self::Bpic2012 | Self::Xes => Format::ProcessLog,
            Self::Chatwoot => Format::Json(chatwoot::LISTS),
            Self::Zendesk => Format::Json(zendesk::LISTS),
            Self::RocketChat => Format::Json(rocketchat::LISTS),
            Self::Connect | Self::Rasa => Format::Json(&[]),
            Self::Genesys => Format::Json(genesys::LISTS),
            Self::Ocel => Format::Json(ocel::LISTS),
        }
    }

    /// The IANA zone its local times are in; a mapping tells its own.
    #[must_use]
    pub fn zone(self) -> &'static str {
        match self {
            Self::AnonymousBank => anonymous_bank::ZONE,
            // Its times carry their offset; days are shown in UTC until a person says otherwise.
            Self::CloudEvents | Self::Xes | Self::Ocel | Self::Csv => "UTC",
            Self::Star => star::ZONE,
            Self::Stc3 => stc3::ZONE,
            Self::VolvoCsv | Self::VolvoXes => volvo::ZONE,
            Self::ServiceNow => servicenow::ZONE,
            Self::Bpic2012 => process_log::BPIC2012_ZONE,
            Self::Chatwoot => chatwoot::ZONE,
            Self::Zendesk => zendesk::ZONE,
            Self::RocketChat => rocketchat::ZONE,
            Self::Connect => connect::ZONE,
            Self::Genesys => genesys::ZONE,
            Self::Rasa => rasa::ZONE,
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
            | Self::Xes
            | Self::Csv => lines::LINE_BYTES_MAX,
            // Their files are no lines.
            Self::Chatwoot | Self::Zendesk | Self::RocketChat | Self::Connect | Self::Genesys | Self::Rasa | Self::Ocel => {
                json::DOCUMENT_BYTES_MAX
            }
        }
    }

    /// Whether the first record of its files is a header and no row; a mapping may say that there is none.
    #[must_use]
    pub fn has_header(self) -> bool {
        self == Self::AnonymousBank || self.format() == Format::Table
    }

    /// A translator, given the file's first line and how the log names customers.
    ///
    /// # Errors
    /// [`FormatError`] when the header is not this source's.
    pub fn translator(self, first_line: &str, pseudonyms: Pseudonyms) -> Result<Translator, FormatError> {
        Ok(match self {
            Self::AnonymousBank => Box::new(anonymous_bank::Columns::of(first_line, pseudonyms)?),
            Self::CloudEvents => Box::new(cloudevents::CloudEvents::new(pseudonyms)),
            Self::Star => Box::new(star::Dialogues::new(pseudonyms)),
            Self::Stc3 => Box::new(stc3::Dialogues::new(first_line, pseudonyms)),
            Self::VolvoCsv => Box::new(volvo::Volvo::of_csv(first_line)?),
            Self::VolvoXes => Box::new(volvo::Volvo::of_xes()),
            Self::ServiceNow => Box::new(servicenow::ServiceNow::of(first_line, pseudonyms)?),
            Self::Bpic2012 | Self::Xes => Box::new(process_log::ProcessLog::of(self.name(), pseudonyms)),
            Self::Ocel => Box::new(ocel::Ocel::new(pseudonyms)),
            Self::Chatwoot => Box::new(chatwoot::Chatwoot::new(pseudonyms)),
            Self::Zendesk => Box::new(zendesk::Zendesk::new(pseudonyms)),
            Self::RocketChat => Box::new(rocketchat::RocketChat::new(pseudonyms)),
            Self::Connect => Box::new(connect::Connect::new(pseudonyms)),
            Self::Genesys => Box::new(genesys::Genesys::new(pseudonyms)),
            Self::Rasa => Box::new(rasa::Rasa::new(pseudonyms)),
            Self::Csv => {
                let detail = "a table of no known source is read by a mapping".to_owned();
                return Err(FormatError { code: Trouble::MappingMissing, detail });
            }
        })
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
pub trait Translate: Send {
    /// Translates one record.
    ///
    /// # Errors
    /// [`Misfit`] when the record makes no sense; the import counts it and goes on.
    fn translate(&mut self, content: &Content) -> Result<Translated, Misfit>;

    /// The customer whom a record is about, by pseudonym, as far as even one that makes no sense tells.
    fn subject(&self, _content: &Content) -> Option<String> {
        None
    }

    /// Whether what a record becomes depends on those before it: an import taken up again then looks at them too.
    fn remembers(&self) -> bool {
        false
    }

    /// Whether none of its facts can be of a time that has not come; such a record is then refused. Tickets never can.
    fn tells_the_past(&self) -> bool {
        false
    }

    /// Whether it must look through the whole file, once more, before it can translate: what it stands for may stand
    /// behind it.
    fn surveys(&self) -> bool {
        false
    }

    /// Whether it can do without that, less well: the standard input cannot be read twice.
    fn follows(&self) -> bool {
        !self.surveys()
    }

    /// Looks at one record before anything is translated.
    fn survey(&mut self, _content: &Content) {}

    /// The end of one such reading.
    fn surveyed(&mut self) {}

    /// What was mended in the header.
    fn mended(&self) -> Option<&'static str> {
        None
    }
}

/// A source at work on one file.
pub type Translator = Box<dyn Translate>;

/// What a record is refused with that is cut another way than its source's files are; no reader makes one.
const WRONG_FORMAT: Misfit = Misfit { reason: "wrong_format", detail: None };

/// The line that a record is.
fn line(content: &Content) -> Result<&str, Misfit> {
    match content {
        Content::Line(line) => Ok(line),
        Content::Fields(_) | Content::Step(_) | Content::Document(_) => Err(WRONG_FORMAT),
    }
}

/// The fields of a row of a table.
fn fields(content: &Content) -> Result<&csv::Fields, Misfit> {
    match content {
        Content::Fields(fields) => Ok(fields),
        Content::Line(_) | Content::Step(_) | Content::Document(_) => Err(WRONG_FORMAT),
    }
}

/// The JSON document that a record is.
fn document(content: &Content) -> Result<&json::Document, Misfit> {
    match content {
        Content::Document(document) => Ok(document),
        Content::Line(_) | Content::Fields(_) | Content::Step(_) => Err(WRONG_FORMAT),
    }
}
