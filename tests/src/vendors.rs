//! Files of vendors' systems, read and delivered in whatever order: what the tests of those sources share.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use console::clock::Clock;
use console::import::{Cancel, Ending, Order, Progress, import};
use console::keys::Pseudonyms;
use console::log::EventLog;
use console::sources::records::Records;
use console::sources::text::Text;
use console::sources::{SourceKind, Translator};
use events::NewEvent;
use events::import::Report;
use projections::{Board, Projection};
use tokio::sync::watch;

use crate::Draw;
use crate::made_up::{EVENING, recorded};
use crate::place::{Place, repository};

/// A fixture's text; the name is a path under `tests/fixtures`.
#[must_use]
pub fn fixture(name: &str) -> String {
    std::fs::read_to_string(repository().join("tests/fixtures").join(name)).expect("a fixture is in the repository")
}

/// What a text came to.
#[derive(Debug, Default)]
pub struct Told {
    /// Its facts, in the order of the file.
    pub facts: Vec<NewEvent>,
    /// What was mended, by reason: how many records.
    pub mended: BTreeMap<&'static str, u32>,
    /// Why records were refused, in their order.
    pub refused: Vec<&'static str>,
}

/// Reads a text as a source does with a file, without a log.
#[must_use]
pub fn told(kind: SourceKind, bytes: impl Into<Vec<u8>>) -> Told {
    let bytes = bytes.into();
    let mut surveying = translator(kind, &bytes);
    while surveying.surveys() {
        let mut records = Records::of(text_of(&bytes), kind);
        while let Some(record) = records.next_record().expect("memory does not break off") {
            record.content.iter().for_each(|content| surveying.survey(content));
        }
        surveying.surveyed();
    }
    translated(surveying, kind, &bytes)
}

/// Reads a text as a source does with what comes by the standard input, once, without a log.
#[must_use]
pub fn told_once(kind: SourceKind, bytes: impl Into<Vec<u8>>) -> Told {
    let bytes = bytes.into();
    let following = translator(kind, &bytes);
    assert!(following.follows(), "it can be read once");
    translated(following, kind, &bytes)
}

fn text_of(bytes: &[u8]) -> Text {
    Text::open(Cursor::new(bytes.to_vec())).expect("it is text")
}

fn translator(kind: SourceKind, bytes: &[u8]) -> Translator {
    kind.translator(text_of(bytes).first_line(), Pseudonyms::of_no_secret()).expect("it has no header")
}

fn translated(mut translator: Translator, kind: SourceKind, bytes: &[u8]) -> Told {
    let text = text_of(bytes);
    let mut records = Records::of(text, kind);
    let mut told = Told::default();
    while let Some(record) = records.next_record().expect("memory does not break off") {
        match record.content.map_err(|(misfit, _)| misfit).and_then(|content| translator.translate(&content)) {
            Ok(row) => {
                told.facts.extend(row.events);
                row.repairs.into_iter().for_each(|reason| *told.mended.entry(reason).or_default() += 1);
            }
            Err(misfit) => told.refused.push(misfit.reason),
        }
    }
    told
}

/// Facts a line each: time of day, type, payload; `*` where words are sealed.
#[must_use]
pub fn lines(facts: &[NewEvent]) -> String {
    let line = |fact: &NewEvent| {
        let at = events::cloudevent::rfc3339(fact.occurred_at);
        let sealed = if fact.personal.is_some() { "*" } else { "" };
        format!("{} {}{sealed} {}", &at[11..19], fact.body.event_type, String::from_utf8_lossy(&fact.body.data))
    };
    facts.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What the log keeps of facts: the first of each id.
///
/// # Panics
/// When one id is taken by two contents.
#[must_use]
pub fn kept(facts: &[NewEvent]) -> Vec<NewEvent> {
    let mut seen: BTreeMap<_, &NewEvent> = BTreeMap::new();
    let mut kept = Vec::new();
    for fact in facts {
        match seen.get(&fact.id) {
            Some(first) => {
                let content = |fact: &NewEvent| (fact.stream.clone(), fact.occurred_at, fact.body.clone());
                assert_eq!(content(first), content(fact), "one id, one content");
            }
            None => {
                seen.insert(fact.id, fact);
                kept.push(fact.clone());
            }
        }
    }
    kept
}

/// The board of facts as they were delivered, each kept once.
#[must_use]
pub fn board(facts: &[NewEvent]) -> Board {
    let mut board = Board::default();
    recorded(&kept(facts)).iter().for_each(|fact| board.evolve(fact));
    board
}

/// The same facts in another order, some of them twice or more.
#[must_use]
pub fn delivered(facts: &[NewEvent], seed: u64) -> Vec<NewEvent> {
    let mut draw = Draw(seed);
    let mut all = facts.to_vec();
    all.extend(facts.iter().filter(|_| draw.below(2) == 0).cloned());
    for place in (1..all.len()).rev() {
        all.swap(place, usize::try_from(draw.below(place as u64 + 1)).unwrap_or(0));
    }
    all
}

/// Imports a text as a file, its source recognised by its beginning.
///
/// # Panics
/// When it is not recognised or not read to its end.
pub async fn read(log: &impl EventLog, name: &str, bytes: impl AsRef<[u8]>) -> Report {
    let place = Place::default();
    let order = Order { path: place.file(name, bytes), source: None, mapping: None };
    let progress = watch::Sender::new(Progress::default());
    let ended = import(log, &Clock::chosen(EVENING), &order, &Cancel::default(), &progress).await;
    let (report, ending) = ended.expect("the file is recognised");
    assert_eq!(ending, Ending::Finished);
    report
}

/// Whether any of these words stands in what folds read: payloads, streams, meta.
#[must_use]
pub fn leaked<'a>(facts: &[NewEvent], words: &[&'a str]) -> BTreeSet<&'a str> {
    let open = |fact: &NewEvent| format!("{} {:?} {}", fact.stream, fact.meta, String::from_utf8_lossy(&fact.body.data));
    let all: String = facts.iter().map(open).collect();
    words.iter().copied().filter(|word| all.contains(word)).collect()
}
