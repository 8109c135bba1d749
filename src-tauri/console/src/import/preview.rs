//! What an import would make of a file, before anything is written: its first rows, their facts, what would be mended.
//!
//! The rows are shown masked, as every text is; nothing of them is kept.

use std::collections::BTreeMap;

use events::{Moment, Personal};
use serde::Serialize;
use ts_rs::TS;

use super::opened::{Mapped, Opened, Purpose};
use super::reading::{of_file, row};
use super::{ImportError, Order};
use crate::keys::Pseudonyms;
use crate::log::LogError;
use crate::sources::mapping::{Kind, Problem};
use crate::sources::records::Content;

/// Rows shown.
const ROWS_SHOWN: usize = 20;
/// Rows looked at, to count what would be mended or left out.
const ROWS_LOOKED_AT: u64 = 2_000;
/// Longest field shown, in characters.
const FIELD_CHARS_MAX: usize = 200;

/// What an import would make of a file.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Preview {
    /// The source, detected or as named.
    pub source: String,
    /// The file's name.
    pub file: String,
    /// The encoding it is in.
    pub encoding: String,
    /// Its columns, or the attributes of its events, in their order.
    pub columns: Vec<PreviewColumn>,
    /// Its first rows.
    pub rows: Vec<PreviewRow>,
    /// The facts of those rows.
    pub events: Vec<PreviewEvent>,
    /// What would be mended, by reason, in the rows looked at.
    #[ts(type = "Record<string, number>")]
    pub repaired: BTreeMap<String, u64>,
    /// What would be left out, by reason, in the rows looked at.
    #[ts(type = "Record<string, number>")]
    pub refused: BTreeMap<String, u64>,
    /// How many rows were looked at.
    #[ts(type = "number")]
    pub n_rows_looked_at: u64,
    /// Whether those are all.
    pub whole: bool,
    /// The mapping it would be read by, where its source needs one.
    pub mapping: Option<PreviewMapping>,
}

/// The mapping of a table, given or guessed.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct PreviewMapping {
    /// Its text, TOML or YAML.
    pub text: String,
    /// Whether it was guessed from the header and the first rows.
    pub guessed: bool,
    /// What it calls its source, once it makes sense.
    pub name: Option<String>,
    /// What a row stands for, once it makes sense.
    pub kind: Option<Kind>,
    /// The zone of its local times, once it makes sense.
    pub zone: Option<String>,
    /// The SHA-256 of its text, in hexadecimal digits.
    pub sha256: String,
    /// What is wrong with it, in the order of its lines; while anything is, no row is understood.
    pub problems: Vec<Problem>,
}

impl PreviewMapping {
    fn of(mapped: &Mapped) -> Self {
        let read = mapped.read.as_deref();
        Self {
            text: mapped.text.clone(),
            guessed: mapped.guessed,
            name: read.map(|mapping| mapping.name.clone()),
            kind: read.map(|mapping| mapping.kind),
            zone: read.map(|mapping| mapping.zone.clone()),
            sha256: crate::sources::mapping::digest(&mapped.text),
            problems: mapped.problems.clone(),
        }
    }
}

/// A column and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PreviewColumn {
    /// Its name in the file.
    pub column: String,
    /// The facet or time that it becomes; `None` when it is not read.
    pub becomes: Option<String>,
}

/// A row as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PreviewRow {
    /// The line on which it begins.
    #[ts(type = "number")]
    pub line: u64,
    /// Its fields in the order of the columns; of a row that could not be cut into fields, its text.
    pub fields: Vec<String>,
    /// What would be mended.
    pub repaired: Vec<String>,
    /// Why it would be left out.
    pub refused: Option<String>,
}

/// A fact that would be written.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct PreviewEvent {
    /// The row's line.
    #[ts(type = "number")]
    pub line: u64,
    /// Its type.
    pub event_type: String,
    /// Its stream.
    pub stream: String,
    /// When it happened.
    pub occurred_at: Moment,
    /// Its payload, JSON.
    pub data: String,
}

/// Looks at a file; writes nothing.
///
/// # Errors
/// [`ImportError::File`] when it cannot be opened, read or recognised.
pub async fn preview(order: &Order, pseudonyms: Pseudonyms, now: Moment) -> Result<Preview, ImportError> {
    let order = order.clone();
    let looking = tokio::task::spawn_blocking(move || look(&order, pseudonyms, now));
    looking.await.map_err(|_panicked| ImportError::Log(LogError::Closed))?
}

fn look(order: &Order, pseudonyms: Pseudonyms, now: Moment) -> Result<Preview, ImportError> {
    let file = of_file(&order.path);
    let mut opened = if order.path.as_os_str() == "-" {
        Opened::of_stdin_whole(order, pseudonyms)?
    } else {
        Opened::of_file(order, u64::MAX, Purpose::Look, pseudonyms)?
    };
    let mut columns = opened.columns;
    let of_mapping = opened.mapping.as_ref().map(|mapping| mapping.becomes.clone());
    let becomes = |place: usize, column: &str| match &of_mapping {
        Some(becomes) => becomes.get(place).cloned().flatten(),
        None => opened.kind.becomes(column).map(str::to_owned),
    };
    let mut preview = Preview {
        source: opened.kind.name().to_owned(),
        file: order.path.file_name().map_or_else(|| "-".to_owned(), |name| name.to_string_lossy().into_owned()),
        encoding: opened.encoding.to_owned(),
        columns: Vec::new(),
        rows: Vec::new(),
        events: Vec::new(),
        repaired: opened.mended.iter().map(|&mended| (mended.to_owned(), 1)).collect(),
        refused: BTreeMap::new(),
        n_rows_looked_at: 0,
        whole: false,
        mapping: opened.mapping.as_ref().map(PreviewMapping::of),
    };
    while preview.n_rows_looked_at < ROWS_LOOKED_AT {
        let Some(record) = opened.records.next_record().map_err(&file)? else {
            preview.whole = true;
            break;
        };
        preview.n_rows_looked_at += 1;
        let shown = (preview.rows.len() < ROWS_SHOWN).then(|| match &record.content {
            Ok(content) => fields_of(content, &mut columns),
            Err((_, original)) => original.iter().cloned().collect(),
        });
        let read = row(opened.translator.as_mut(), record, now);
        let (mut repaired, mut refused) = (Vec::new(), None);
        match &read.outcome {
            Ok(translated) => {
                repaired.extend(translated.repairs.iter().map(|&reason| reason.to_owned()));
                if shown.is_some() {
                    preview.events.extend(translated.events.iter().map(|event| PreviewEvent {
                        line: read.line,
                        event_type: event.body.event_type.clone(),
                        stream: event.stream.to_string(),
                        occurred_at: event.occurred_at,
                        data: String::from_utf8_lossy(&event.body.data).into_owned(),
                    }));
                }
            }
            Err(misfit) => refused = Some(misfit.reason.to_owned()),
        }
        repaired.iter().for_each(|reason| *preview.repaired.entry(reason.clone()).or_default() += 1);
        refused.iter().for_each(|reason| *preview.refused.entry(reason.clone()).or_default() += 1);
        if let Some(fields) = shown {
            let names = columns.iter().map(Some).chain(std::iter::repeat(None));
            let becomes = |place: usize, column: Option<&String>| column.and_then(|column| becomes(place, column));
            let shown = |(place, (field, column)): (usize, (String, _))| masked(becomes(place, column).as_deref(), &field);
            let fields = fields.into_iter().zip(names).enumerate().map(shown).collect();
            preview.rows.push(PreviewRow { line: read.line, fields, repaired, refused });
        }
    }
    let columns = columns.into_iter().enumerate();
    preview.columns = columns.map(|(place, column)| PreviewColumn { becomes: becomes(place, &column), column }).collect();
    Ok(preview)
}

/// The fields of a record in the order of the columns; attributes that no event had before make new columns.
fn fields_of(content: &Content, columns: &mut Vec<String>) -> Vec<String> {
    match content {
        Content::Line(line) if columns.is_empty() => vec![line.clone()],
        Content::Line(line) => line.split('\t').map(str::to_owned).collect(),
        Content::Fields(fields) => fields.iter().map(str::to_owned).collect(),
        Content::Document(document) => vec![document.raw.clone()],
        Content::Step(step) => {
            let of_trace = step.trace.iter().map(|(key, value)| (format!("trace {key}"), value));
            let of_event = step.attributes.iter().map(|(key, value)| (key.clone(), value));
            let mut fields = vec![String::new(); columns.len()];
            for (key, value) in of_trace.chain(of_event) {
                let place = columns.iter().position(|column| *column == key).unwrap_or_else(|| {
                    columns.push(key);
                    fields.push(String::new());
                    columns.len() - 1
                });
                fields[place].clone_from(value);
            }
            fields
        }
    }
}

/// A field as it may be shown: shortened, and masked by what its column is for.
fn masked(becomes: Option<&str>, field: &str) -> String {
    let shortened: String = field.chars().take(FIELD_CHARS_MAX).collect();
    let customer = becomes.is_some_and(|becomes| becomes.split(", ").any(|field| field.starts_with("customer")));
    let name = if customer { "customer_id" } else { "text" };
    let texts = BTreeMap::from([(name.to_owned(), shortened)]);
    crate::mask::masked(Personal { subject: None, texts }).texts.into_values().next().unwrap_or_default()
}
