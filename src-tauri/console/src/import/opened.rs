//! A foreign file opened and recognised: its source, its records, and for a table the mapping that it is read by.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::reading::of_file;
use super::{Cancel, ImportError, Order};
use crate::keys::Pseudonyms;
use crate::log::LogError;
use crate::sources::mapping::{Cut, Mapping, Problem, Table, guessed, in_one_line};
use crate::sources::records::{Content, Records};
use crate::sources::text::{ReadError, Text, open};
use crate::sources::{Format, FormatError, Misfit, SourceKind, Translate, Translated, Translator, csv, xes};
use crate::verbs::Trouble;

/// Rows that a mapping is guessed from.
const SAMPLE_ROWS: usize = 200;

/// What a file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To be read into the log: everything about it must be clear.
    Import,
    /// To be shown: a mapping that is missing is guessed, and one that is wrong is shown with what is wrong.
    Look,
}

/// A file opened and recognised.
pub(super) struct Opened {
    pub(super) records: Records,
    pub(super) kind: SourceKind,
    pub(super) translator: Translator,
    /// The file's encoding.
    pub(super) encoding: &'static str,
    /// Its columns, where its first line names them.
    pub(super) columns: Vec<String>,
    /// What was mended of the file as a whole.
    pub(super) mended: Vec<&'static str>,
    /// The mapping that it is read by.
    pub(super) mapping: Option<Mapped>,
}

/// The mapping of a table, sound or not.
#[derive(Clone)]
pub(super) struct Mapped {
    pub(super) text: String,
    /// Whether nobody gave it.
    pub(super) guessed: bool,
    /// The mapping, when it makes sense.
    pub(super) read: Option<Arc<Mapping>>,
    /// What is wrong with it.
    pub(super) problems: Vec<Problem>,
    /// What each column becomes, while nothing is wrong.
    pub(super) becomes: Vec<Option<String>>,
}

/// The mapping that somebody gave, read.
struct Given(Option<(String, Result<Mapping, Vec<Problem>>)>);

impl Given {
    fn of(order: &Order) -> Self {
        Self(order.mapping.as_ref().map(|text| (text.clone(), Mapping::of(text))))
    }

    /// How it says that the file is cut.
    fn cut(&self) -> Cut {
        self.0.as_ref().and_then(|(_, mapping)| mapping.as_ref().ok()).map(|mapping| mapping.cut).unwrap_or_default()
    }
}

impl Opened {
    /// Opens on a thread of its own: who writes to the standard input may say nothing for a long time, and nothing waits
    /// for a thread that reads there. `None` when cancelled before there was anything.
    pub(super) async fn of_stdin(order: &Order, pseudonyms: Pseudonyms, cancel: &Cancel) -> Result<Option<Self>, ImportError> {
        let (to, opened) = tokio::sync::oneshot::channel();
        let order = order.clone();
        std::thread::spawn(move || {
            let file = of_file(&order.path);
            let given = Given::of(&order);
            let text = Text::follow(std::io::stdin(), given.cut().encoding).map_err(&file);
            // Nobody waits any more once the import is cancelled.
            let opened = text.and_then(|text| Self::of(text, &order, given, Purpose::Import, pseudonyms));
            let opened = opened.and_then(|opened| {
                let detail = format!("{} is read more than once: give it as a file", opened.kind.name());
                let twice = || file(ReadError { code: Trouble::FormatUnknown, detail });
                if opened.translator.follows() { Ok(opened) } else { Err(twice()) }
            });
            to.send(opened).ok();
        });
        tokio::select! {
            biased;
            () = cancel.wanted() => Ok(None),
            opened = opened => opened.map_err(|_panicked| ImportError::Log(LogError::Closed))?.map(Some),
        }
    }

    /// Opens the standard input to be looked at, waiting for what it says.
    pub(super) fn of_stdin_whole(order: &Order, pseudonyms: Pseudonyms) -> Result<Self, ImportError> {
        let given = Given::of(order);
        let text = Text::open_as(std::io::stdin(), given.cut().encoding).map_err(of_file(&order.path))?;
        Self::of(text, order, given, Purpose::Look, pseudonyms)
    }

    /// Opens the first `upto` bytes of a file, and looks through it first if its source must.
    pub(super) fn of_file(order: &Order, upto: u64, purpose: Purpose, pseudonyms: Pseudonyms) -> Result<Self, ImportError> {
        let file = of_file(&order.path);
        let given = Given::of(order);
        let encoding = given.cut().encoding;
        let text = || open(&order.path).and_then(|content| Text::open_as(content.take(upto), encoding)).map_err(&file);
        let mut opened = Self::of(text()?, order, given, purpose, pseudonyms)?;
        while opened.translator.surveys() {
            let mut records = Records::of(text()?, opened.kind);
            // A file that breaks off is told of when it is read to be translated.
            while let Ok(Some(record)) = records.next_record() {
                if let Ok(content) = &record.content {
                    opened.translator.survey(content);
                }
            }
            opened.translator.surveyed();
        }
        Ok(opened)
    }

    /// As [`of_file`](Self::of_file) to be read into the log, beside whatever else goes on.
    pub(super) async fn of_file_beside(order: &Order, upto: u64, pseudonyms: Pseudonyms) -> Result<Self, ImportError> {
        let order = order.clone();
        let opening = tokio::task::spawn_blocking(move || Self::of_file(&order, upto, Purpose::Import, pseudonyms));
        opening.await.map_err(|_panicked| ImportError::Log(LogError::Closed))?
    }

    fn of(text: Text, order: &Order, given: Given, purpose: Purpose, pseudonyms: Pseudonyms) -> Result<Self, ImportError> {
        let file = of_file(&order.path);
        let unknown = |detail: &str| file(ReadError { code: Trouble::FormatUnknown, detail: detail.to_owned() });
        if text.head().trim_start().starts_with('<') && text.head().contains("<!DOCTYPE") {
            let detail = "the file declares a document type, whose entities are never expanded".to_owned();
            return Err(file(ReadError { code: Trouble::XmlDoctype, detail }));
        }
        let wanted = given.0.is_some().then_some(SourceKind::Csv).or(order.source);
        let detected = wanted.or_else(|| SourceKind::detect(&text));
        let kind = detected.ok_or_else(|| unknown("no source knows a file that begins like this"))?;
        if kind.format() == Format::ProcessLog && !xes::recognises(text.head()) {
            return Err(unknown("the file does not begin like a process log in XES"));
        }
        if kind == SourceKind::Csv {
            return Self::table(text, &order.path, given, purpose, pseudonyms).map_err(file);
        }
        let columns = kind.columns_of(text.first_line());
        let translator = kind
            .translator(text.first_line(), pseudonyms)
            .map_err(|FormatError { code, detail }| file(ReadError { code, detail }))?;
        let mended = text.mended().into_iter().chain(translator.mended()).collect();
        let encoding = text.encoding();
        let mut records = Records::of(text, kind);
        if kind.has_header() {
            records.next_record().map_err(file)?;
        }
        Ok(Self { records, kind, translator, encoding, columns, mended, mapping: None })
    }

    fn table(text: Text, path: &Path, given: Given, purpose: Purpose, pseudonyms: Pseudonyms) -> Result<Self, ReadError> {
        let cut = given.cut();
        let delimiter = cut.delimiter.unwrap_or_else(|| csv::delimiter_of(text.first_line()));
        let quote = cut.quote.unwrap_or(b'"');
        let mut rows = csv::sample(text.head(), delimiter, quote, SAMPLE_ROWS);
        let incomplete = || ReadError { code: Trouble::HeaderIncomplete, detail: "the first row cannot be read".to_owned() };
        let first = rows.first().ok_or_else(incomplete)?;
        let n = first.len();
        let columns: Vec<String> = if cut.headless {
            (1..=n).map(|number| number.to_string()).collect()
        } else {
            rows.remove(0).iter().map(|name| name.trim().to_owned()).collect()
        };
        let (mapping, translator) = mapped(given, path, &columns, &rows, purpose, pseudonyms)?;
        let (encoding, mended) = (text.encoding(), text.mended().into_iter().collect());
        let mut records = Records::table(text, delimiter, quote, n);
        if !cut.headless {
            records.next_record()?;
        }
        Ok(Self { records, kind: SourceKind::Csv, translator, encoding, columns, mended, mapping: Some(mapping) })
    }
}

/// The mapping that a table is read by, and its translator; while something is wrong with it, one that tells nothing.
fn mapped(
    Given(given): Given,
    path: &Path,
    columns: &[String],
    rows: &[Vec<String>],
    purpose: Purpose,
    pseudonyms: Pseudonyms,
) -> Result<(Mapped, Translator), ReadError> {
    let guess = given.is_none();
    let (text, read) = match given {
        Some(given) => given,
        None if purpose == Purpose::Import => {
            let detail = "a table of no known source is read by a mapping".to_owned();
            return Err(ReadError { code: Trouble::MappingMissing, detail });
        }
        None => {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let text = guessed(&name, columns, rows);
            (text.clone(), Mapping::of(&text))
        }
    };
    let read = read.map(Arc::new);
    let bound = read.clone().and_then(|mapping| Table::of(mapping, columns, pseudonyms));
    let sound = Mapped { text, guessed: guess, read: read.ok(), problems: Vec::new(), becomes: Vec::new() };
    match bound {
        Ok(table) => {
            let becomes = table.becomes().to_vec();
            Ok((Mapped { becomes, ..sound }, Box::new(table)))
        }
        Err(problems) if purpose == Purpose::Look => Ok((Mapped { problems, ..sound }, Box::new(Unmapped))),
        Err(problems) => {
            let detail = in_one_line(&problems);
            Err(ReadError { code: Trouble::MappingWrong, detail })
        }
    }
}

/// Shows rows that no mapping makes sense of yet.
struct Unmapped;

impl Translate for Unmapped {
    fn translate(&mut self, _content: &Content) -> Result<Translated, Misfit> {
        Ok(Translated::default())
    }
}
