//! Conversations: the list, and one conversation's summary above its trail.

use events::{Moment, Timing};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::board::Board;
use crate::conversation::{Conversation, Hands, Leg, Outcome, Phase};
use crate::projection::Lens;
use crate::scope::{Scope, Sieve, channel_word};

/// The most rows one page carries.
pub const PAGE_MAX: u32 = 500;

/// What to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ConversationQuery {
    /// Which conversations: by their last leg's queue and agent, and by their own start.
    pub scope: Scope,
    /// Only those whose id, topic, queue or agent contains this, whatever its case.
    pub text: String,
    /// Only those whose last leg stands so.
    pub outcome: Option<Outcome>,
    /// Rows to skip.
    pub offset: u32,
    /// Rows wanted, at most [`PAGE_MAX`].
    pub limit: u32,
}

/// One conversation in the list.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ConversationRow {
    /// Its id: the stream is `conversation-<id>`.
    pub id: String,
    /// Where its facts come from.
    pub source: String,
    /// Its channel's word.
    pub channel: Option<String>,
    /// What it is about.
    pub topic: Option<String>,
    /// How urgent.
    pub priority: Option<u8>,
    /// The customer's pseudonym.
    pub customer: Option<String>,
    /// Its last leg's queue.
    pub queue: Option<String>,
    /// Its last leg's agent; `None` when nobody's or not recorded.
    pub agent: Option<String>,
    /// How its last leg stands; `None` before the first queue.
    pub outcome: Option<Outcome>,
    /// What its last leg is doing.
    pub phase: Option<Phase>,
    /// When it began.
    pub started_at: Moment,
    /// How that time is known.
    pub timing: Timing,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// How that time is known.
    pub ended_timing: Timing,
    /// Seconds in queues, all legs together; `None` when it was in none or still waits.
    pub waited_secs: Option<f64>,
    /// Seconds of handling, all legs together; `None` until a leg's handling is over.
    pub handled_secs: Option<f64>,
    /// The rating.
    pub rating: Option<u8>,
    /// The best possible rating.
    pub rating_max: Option<u8>,
    /// Its facts.
    pub n_facts: u32,
    /// Its legs.
    pub n_legs: u32,
    /// Whether the source says it was no contact at all.
    pub voided: bool,
}

/// A page of the list, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ConversationPage {
    /// How many fit in all.
    #[ts(type = "number")]
    pub n: u64,
    /// The page's rows.
    pub rows: Vec<ConversationRow>,
    /// How many facts the list rests on.
    #[ts(type = "number")]
    pub position: u64,
}

/// Lists conversations, newest start first.
#[must_use]
pub fn conversations(board: &Board, query: &ConversationQuery, _lens: &Lens) -> ConversationPage {
    let folded = &board.conversations;
    let sieve = Sieve::new(folded, &Scope { queue: None, agent: None, ..query.scope.clone() });
    let of_leg =
        Sieve::new(folded, &Scope { queue: query.scope.queue.clone(), agent: query.scope.agent.clone(), ..Scope::default() });
    let legs_matter = query.scope.queue.is_some() || query.scope.agent.is_some();
    let needle = query.text.trim().to_lowercase();
    let (from, to) = (query.scope.from, query.scope.to);
    let mut found: Vec<(usize, Moment)> = folded
        .by_id
        .iter()
        .enumerate()
        .filter(|(_, (_, conversation))| {
            let last = conversation.legs.last().map(|&leg| &folded.legs[leg as usize]);
            from.is_none_or(|from| from <= conversation.started.at)
                && to.is_none_or(|to| conversation.started.at < to)
                && sieve.fits_conversation(conversation)
                && (!legs_matter || conversation.legs.iter().any(|&leg| of_leg.fits(&folded.legs[leg as usize], conversation)))
                && query.outcome.is_none_or(|outcome| last.is_some_and(|leg| leg.outcome == outcome))
        })
        .filter(|(_, (id, conversation))| needle.is_empty() || mentions(board, id, conversation, &needle))
        .map(|(index, (_, conversation))| (index, conversation.started.at))
        .collect();
    found.sort_by_key(|&(index, at)| std::cmp::Reverse((at, index)));
    let rows = found
        .iter()
        .skip(query.offset as usize)
        .take(query.limit.min(PAGE_MAX) as usize)
        .filter_map(|&(index, _)| folded.by_id.get_index(index))
        .map(|(id, conversation)| row(board, id, conversation))
        .collect();
    ConversationPage { n: found.len() as u64, rows, position: board.n_facts }
}

/// One conversation's row, if the log knows it.
#[must_use]
pub fn conversation(board: &Board, id: &str) -> Option<ConversationRow> {
    board.conversations.by_id.get(id).map(|conversation| row(board, id, conversation))
}

fn mentions(board: &Board, id: &str, conversation: &Conversation, needle: &str) -> bool {
    let names = &board.conversations.names;
    let legs = conversation.legs.iter().map(|&leg| &board.conversations.legs[leg as usize]);
    let of_legs = legs.flat_map(|leg| [leg.queue, agent(leg)]).flatten();
    id.to_lowercase().contains(needle)
        || of_legs.chain(conversation.topic).chain(conversation.customer).any(|name| {
            let text = names.text(name);
            text.to_lowercase().contains(needle)
                || board
                    .agents
                    .by_id
                    .get(text)
                    .and_then(|agent| agent.name.as_ref())
                    .is_some_and(|name| name.to_lowercase().contains(needle))
        })
}

fn agent(leg: &Leg) -> Option<crate::names::Name> {
    match leg.hands {
        Hands::Agent(agent) => Some(agent),
        Hands::Nobody | Hands::Unnamed => None,
    }
}

fn row(board: &Board, id: &str, conversation: &Conversation) -> ConversationRow {
    let folded = &board.conversations;
    let text = |name| folded.names.text(name).to_owned();
    let legs: Vec<&Leg> = conversation.legs.iter().map(|&leg| &folded.legs[leg as usize]).collect();
    let last = legs.last();
    let sum = |values: Vec<i64>| {
        (!values.is_empty()).then(|| values.iter().fold(0, |sum: i64, value| sum.saturating_add(*value)) as f64 * 1e-6)
    };
    ConversationRow {
        id: id.to_owned(),
        source: text(conversation.source),
        channel: conversation.channel.map(|channel| channel_word(channel).to_owned()),
        topic: conversation.topic.map(text),
        priority: conversation.priority,
        customer: conversation.customer.map(text),
        queue: last.and_then(|leg| leg.queue).map(text),
        agent: last.and_then(|leg| agent(leg)).map(text),
        outcome: last.map(|leg| leg.outcome),
        phase: last.map(|leg| leg.phase()),
        started_at: conversation.started.at,
        timing: conversation.timing,
        ended_at: conversation.ended.map(|mark| mark.at),
        ended_timing: conversation.ended_timing,
        waited_secs: sum(legs.iter().filter_map(|leg| leg.waited_micros()).collect()),
        handled_secs: sum(legs.iter().filter_map(|leg| leg.handled_micros()).collect()),
        rating: conversation.rating.map(|(score, _, _)| score),
        rating_max: conversation.rating.map(|(_, score_max, _)| score_max),
        n_facts: conversation.n_facts,
        n_legs: u32::try_from(legs.len()).unwrap_or(u32::MAX),
        voided: conversation.voided.is_some(),
    }
}
