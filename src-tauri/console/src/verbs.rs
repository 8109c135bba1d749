//! The verbs: all that a window may ask, with their questions and answers.
//!
//! One list serves the desktop window (Tauri's IPC), the served page (HTTP) and the generated TypeScript; the
//! functions behind them are methods of [`crate::desk::Desk`]. Events never cross as domain values: an [`EventRow`] is
//! a view of one, with its personal text as far as the lens's rights go.

mod bindings;
mod error;
mod imports;
mod personal;
mod verification;

use std::collections::BTreeMap;

use events::customer::Standing as CustomerStanding;
use events::{Moment, Poison, Position, Timing};
use projections::claim::ClaimRow;
use projections::figure::Figure;
use projections::live::Range;
use projections::rating::RatingView;
use projections::scope::Scope;
use projections::trail::ConversationRow;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::keys::custody::Keeper;
use crate::log::Showing;

pub use self::bindings::bindings;
pub use self::error::{Trouble, WindowError};
pub use self::imports::{
    ImportQuestion, ImportRow, Job, JobQuestion, JobState, MappingRow, MappingSave, MappingSaved, NotesPage, NotesQuestion,
};
pub use self::personal::{ActiveUnmasking, ForgetQuestion};
pub use self::verification::{Verification, VerificationProgress, Verified};
// The questions and answers that are views and commands themselves; a host that walks the list names them from here.
pub use crate::erasure::Erasure;
pub use crate::import::preview::Preview;
pub use crate::playhead::{PlayheadCommand, PlayheadView};
pub use events::{Intent, Receipt};
pub use projections::live::LiveView;
pub use projections::metric::Definition;
pub use projections::trail::{ConversationPage, ConversationQuery};

/// A verb without a question.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, TS)]
pub struct Nothing {}

/// What the status line and the playhead show.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Status {
    /// The version of this console.
    pub build: String,
    /// The desk's name, once declared.
    pub site: Option<String>,
    /// The zone in which times are shown.
    pub zone: String,
    /// The log's file.
    pub log: String,
    /// The playhead.
    pub playhead: PlayheadView,
    /// The moment the screens show.
    pub as_of: Moment,
    /// How many facts the screens rest on.
    #[ts(type = "number")]
    pub position: u64,
    /// How many facts the log holds.
    #[ts(type = "number")]
    pub head: u64,
    /// Facts in the log that are not folded yet.
    #[ts(type = "number")]
    pub lag: u64,
    /// The first and last moment anything happened, if anything did.
    pub span: Option<(Moment, Moment)>,
    /// Facts per quarter of an hour, for the playhead's line: start and count.
    #[ts(type = "Array<[number, number]>")]
    pub density: Vec<(Moment, u32)>,
    /// Sources seen.
    pub sources: Vec<String>,
    /// Facts that could not be read.
    #[ts(type = "number")]
    pub n_poison: u64,
    /// Whether the log holds made-up facts of the simulator, which must be said.
    pub sample: bool,
    /// Where the projector stands still because the log cannot be read further, and why.
    pub halted: Option<Halt>,
    /// How far the log is verified; `None` before the first verification is done.
    pub verified: Option<Verified>,
    /// The desk's own clock, whatever moment the screens show.
    pub now: Moment,
    /// Who is at the keyboard, as far as the system says: the actor of what is asked from here.
    pub actor: String,
    /// Who keeps the log's keys; `None` when they are not here.
    pub keeper: Option<Keeper>,
    /// Unmaskings under which texts are shown now, the latest last.
    pub unmaskings: Vec<ActiveUnmasking>,
}

/// The place at which the log cannot be read further.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Halt {
    /// The first position that cannot be read.
    pub position: Position,
    /// Why, for the person who mends it.
    pub why: String,
}

/// Asks for the Live screen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct LiveQuestion {
    /// Which legs.
    pub scope: Scope,
    /// Which days.
    pub range: Range,
}

/// Asks for a page of the events behind a figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct EvidenceQuestion {
    /// The figure's metric id.
    pub metric: String,
    /// The figure's scope.
    pub scope: Scope,
    /// Rows to skip.
    pub offset: u32,
    /// Rows wanted, at most [`projections::trail::PAGE_MAX`].
    pub limit: u32,
}

/// A page of the events behind a figure, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct EvidencePage {
    /// The figure, computed anew from the same facts as the rows.
    pub figure: Figure,
    /// Its definition.
    pub definition: Option<Definition>,
    /// The page's rows.
    pub rows: Vec<EvidenceRow>,
}

/// One event behind a figure.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct EvidenceRow {
    /// What it adds above the line, in the figure's unit.
    pub numerator: f64,
    /// What it adds below the line.
    pub denominator: f64,
    /// Its conversation or agent.
    pub subject: String,
    /// The event.
    pub event: EventRow,
}

/// A recorded event as the window may see it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct EventRow {
    /// Its place in the log.
    pub position: Position,
    /// Its stream.
    pub stream: String,
    /// Its place in the stream.
    #[ts(type = "number")]
    pub version: u64,
    /// Its id.
    pub id: String,
    /// Its type, such as `conversation.enqueued`.
    pub event_type: String,
    /// Its payload's schema.
    pub schema: u32,
    /// When it happened.
    pub occurred_at: Moment,
    /// How that time is known; an unknown one is only a place in the order.
    pub timing: Timing,
    /// When it was recorded.
    pub recorded_at: Moment,
    /// Where it comes from.
    pub source: String,
    /// Who acted.
    pub actor: Option<String>,
    /// Its payload, as JSON text.
    pub data: String,
    /// The customer whom its personal text is about, by pseudonym.
    pub subject: Option<String>,
    /// How its personal text is shown; `None` when it has none.
    pub showing: Option<Showing>,
    /// Its personal text, masked unless it was recorded that more is shown.
    #[ts(type = "Record<string, string>")]
    pub personal: BTreeMap<String, String>,
    /// Why it could not be read, if it could not.
    pub poison: Option<Poison>,
}

/// Asks for one conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ConversationQuestion {
    /// Its id.
    pub id: String,
}

/// One conversation with its whole trail, as of the playhead.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ConversationView {
    /// Its summary.
    pub row: ConversationRow,
    /// How its customer's texts may be used now, whatever the playhead shows; `None` when it names no customer.
    pub standing: Option<CustomerStanding>,
    /// Its events up to the playhead, in stream order.
    pub trail: Vec<EventRow>,
    /// What people who were not in it say of it, and how far they agree; `None` when nobody rated it.
    pub ratings: Option<RatingView>,
    /// What the source says it measured of it, beside what its facts show; none when it says nothing.
    pub claims: Vec<ClaimRow>,
}

/// The words on a chart, in the reader's language; they come from the window.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChartWords {
    /// What it shows.
    pub title: String,
    /// The upright axis.
    pub y: String,
    /// The level axis.
    pub x: String,
    /// One label per series.
    pub series: Vec<String>,
}

/// The window's colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}

/// Asks for the half-hour chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ChartQuestion {
    /// Which legs.
    pub scope: Scope,
    /// Which days.
    pub range: Range,
    /// Colours.
    pub theme: Theme,
    /// Words: the series are answered, abandoned and service level, in this order.
    pub words: ChartWords,
    /// Width in CSS pixels, 200..=4000.
    pub width: u32,
    /// Height in CSS pixels, 120..=2000.
    pub height: u32,
}

/// A drawn chart.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Chart {
    /// The picture, an SVG document.
    pub svg: String,
}

/// Asks for one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EventQuestion {
    /// Its place in the log.
    pub position: Position,
}

/// Declares the verbs once: `name: Question => Answer`, by the method of [`crate::desk::Desk`] of the same name.
///
/// Expands `$then! { name Question Answer, … }`, so that each host and the bindings walk the same list.
#[macro_export]
macro_rules! with_verbs {
    ($then:ident) => {
        $then! {
            status: Nothing => Status,
            live: LiveQuestion => LiveView,
            chart: ChartQuestion => Chart,
            conversations: ConversationQuery => ConversationPage,
            conversation: ConversationQuestion => ConversationView,
            evidence: EvidenceQuestion => EvidencePage,
            event: EventQuestion => EventRow,
            definitions: Nothing => Vec<Definition>,
            playhead: PlayheadCommand => PlayheadView,
            import_preview: ImportQuestion => Preview,
            import_start: ImportQuestion => Job,
            import_jobs: Nothing => Vec<Job>,
            import_cancel: JobQuestion => Job,
            imports: Nothing => Vec<ImportRow>,
            import_notes: NotesQuestion => NotesPage,
            mappings: Nothing => Vec<MappingRow>,
            mapping_save: MappingSave => MappingSaved,
            verification: Nothing => Verification,
            verify: Nothing => Verification,
            ask: Intent => Receipt,
            forget: ForgetQuestion => Erasure,
        }
    };
}
