//! Files of vendors who deliver at least once and in no order: translated, shuffled, doubled, imported.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::Path;

use console::clock::Clock;
use console::import::{Cancel, Ending, Order, Progress, import};
use console::keys::Pseudonyms;
use console::log::EventLog;
use console::log::memory::MemoryLog;
use console::snapshots::content_digest;
use console::sources::SourceKind;
use console::sources::records::Records;
use console::sources::text::Text;
use events::import::Report;
use events::{NewEvent, Timing, cloudevent};
use projections::conversation::Leg;
use projections::{Board, Projection};
use tokio::sync::watch;

use crate::Draw;
use crate::made_up::{EVENING, recorded};
use crate::place::{Place, repository};

/// The text of a fixture, such as `connect/transfer.json`.
#[must_use]
pub fn fixture(name: &str) -> String {
    std::fs::read_to_string(repository().join("tests/fixtures").join(name)).expect("the fixture is in the repository")
}

/// What came of a text.
#[derive(Default)]
pub struct Read {
    /// Its facts, in the order of the text; told twice, they are here twice.
    pub facts: Vec<NewEvent>,
    /// What was mended, record by record.
    pub repairs: Vec<&'static str>,
    /// Why records were refused.
    pub refused: Vec<&'static str>,
}

/// Translates a text as a source's file.
#[must_use]
pub fn read(kind: SourceKind, text: &str) -> Read {
    let text = Text::open(Cursor::new(text.to_owned())).expect("it is text");
    let mut translator = kind.translator(text.first_line(), Pseudonyms::of_no_secret()).expect("a source without a header");
    let mut records = Records::of(text, kind);
    let mut read = Read::default();
    while let Some(record) = records.next_record().expect("nothing breaks off") {
        let translated = record.content.map_err(|(misfit, _)| misfit).and_then(|content| translator.translate(&content));
        match translated {
            Ok(row) => {
                read.facts.extend(row.events);
                read.repairs.extend(row.repairs);
            }
            Err(misfit) => read.refused.push(misfit.reason),
        }
    }
    read
}

/// The facts of several fixtures, one file after the other.
#[must_use]
pub fn facts(kind: SourceKind, names: &[&str]) -> Vec<NewEvent> {
    names.iter().flat_map(|name| read(kind, &fixture(name)).facts).collect()
}

/// A board of these facts as a log would take them: what is there already is left out.
#[must_use]
pub fn board(facts: &[NewEvent]) -> Board {
    let mut seen = BTreeSet::new();
    let kept: Vec<NewEvent> = facts.iter().filter(|fact| seen.insert(fact.id)).cloned().collect();
    let mut board = Board::default();
    recorded(&kept).iter().for_each(|fact| board.evolve(fact));
    board
}

/// The facts in an order drawn by seed, a third of them twice.
#[must_use]
pub fn shuffled(facts: &[NewEvent], seed: u64) -> Vec<NewEvent> {
    let mut draw = Draw(seed);
    let mut delivered = facts.to_vec();
    delivered.extend(facts.iter().filter(|_| draw.below(3) == 0).cloned());
    for place in (1..delivered.len()).rev() {
        delivered.swap(place, usize::try_from(draw.below(place as u64 + 1)).unwrap_or_default());
    }
    delivered
}

/// What a board says of the world, in one word, and what else of it must not depend on the order of delivery.
#[must_use]
pub fn meaning(board: &Board) -> (String, String, String) {
    let mut exchanges: Vec<_> = board.turns.by_conversation.iter().map(|(id, it)| format!("{id} {it:?}")).collect();
    exchanges.sort();
    (
        content_digest(board),
        exchanges.join("\n"),
        format!("{:?}", board.conversations.anomalies.iter().filter(|(_, n)| **n > 0).collect::<Vec<_>>()),
    )
}

/// A fact a line: time, leg, type and payload.
#[must_use]
pub fn told(facts: &[NewEvent]) -> String {
    let one = |fact: &NewEvent| {
        let time = cloudevent::rfc3339(fact.occurred_at);
        let time = match fact.meta.timing {
            Timing::Recorded => time[11..].trim_end_matches('Z').to_owned(),
            Timing::Derived => format!("({})", time[11..].trim_end_matches('Z')),
            Timing::Unknown => "?".to_owned(),
        };
        let leg = fact.meta.leg.as_deref().unwrap_or("-");
        let name = fact.body.event_type.trim_start_matches("conversation.");
        format!("{time} {leg} {name} {}", String::from_utf8_lossy(&fact.body.data))
    };
    facts.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// The legs of a conversation, one a line: queue, outcome, agent, and the seconds from the conversation's start.
#[must_use]
pub fn legs(board: &Board, id: &str) -> String {
    let folded = &board.conversations;
    let Some(conversation) = folded.by_id.get(id) else { return "no such conversation".to_owned() };
    let secs = |mark: Option<projections::conversation::Mark>| {
        mark.map_or_else(|| "-".to_owned(), |mark| (mark.at.micros_since(conversation.started.at) / 1_000_000).to_string())
    };
    let one = |leg: &Leg| {
        let agent = match leg.hands {
            projections::conversation::Hands::Agent(agent) => folded.names.text(agent).to_owned(),
            projections::conversation::Hands::Unnamed => "?".to_owned(),
            projections::conversation::Hands::Nobody => "-".to_owned(),
        };
        format!(
            "{} {:?} {agent}: from {}, queue {}..{}, talk {}..{}, held {}, after {}..{}, passed on {}",
            leg.queue.map_or("-", |queue| folded.names.text(queue)),
            leg.outcome,
            secs(Some(leg.initiated)),
            secs(leg.enqueued),
            secs(leg.dequeued),
            secs(leg.assigned),
            secs(leg.released),
            leg.held_micros / 1_000_000,
            secs(leg.wrap_started),
            secs(leg.wrap_ended),
            secs(leg.transferred),
        )
    };
    let legs = conversation.legs.iter().map(|&number| one(&folded.legs[number as usize]));
    let head = format!("{:?} {:?}, ended {}", conversation.channel, conversation.direction, secs(conversation.ended));
    std::iter::once(head).chain(legs).collect::<Vec<_>>().join("\n")
}

/// Imports a file without being told of which source.
///
/// # Panics
/// When it is not recognised or does not come to its end.
pub async fn imported(log: &impl EventLog, path: &Path) -> Report {
    let order = Order { path: path.to_owned(), source: None, mapping: None };
    let progress = watch::Sender::new(Progress::default());
    let (report, ending) =
        import(log, &Clock::chosen(EVENING), &order, &Cancel::default(), &progress).await.expect("the file is recognised");
    assert_eq!(ending, Ending::Finished);
    report
}

/// Imports each fixture twice, the second time with other line ends, which make it another file; the log, and how many
/// facts came the first time.
///
/// # Panics
/// When the second time adds anything.
pub async fn imported_twice(names: &[&str]) -> (MemoryLog, u64) {
    let (place, log) = (Place::default(), MemoryLog::new(Clock::chosen(EVENING)));
    let mut n_written = 0;
    for name in names {
        let (text, file) = (fixture(name), name.replace('/', "-"));
        n_written += imported(&log, &place.file(&file, &text)).await.n_events_written;
        let again = imported(&log, &place.file(&format!("again-{file}"), text.replace('\n', "\r\n"))).await;
        assert_eq!((again.n_events_written, again.refused.len()), (0, 0), "{name}");
    }
    (log, n_written)
}
