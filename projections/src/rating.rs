//! What people who were not in a conversation say of it, and how far they agree.
//!
//! A rating stays a rating: nothing here becomes the customer's satisfaction. Kept are counts of values and labels, not
//! who gave which; that stays in the log.

use std::collections::BTreeMap;

use events::conversation::Event as Fact;
use events::{Body, Event, Recorded};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::agreement::{Unit, alpha_interval};
use crate::board::Board;
use crate::names::{Name, Names};
use crate::projection::Projection;

/// What was said of one conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rated {
    /// How many rated it.
    pub n_raters: u32,
    /// How often each value was given, by scale.
    pub values: BTreeMap<Name, BTreeMap<i32, u32>>,
    /// By label: how often it was given to a turn, and by how many raters.
    pub labels: BTreeMap<Name, (u32, u32)>,
}

impl Rated {
    /// The values on one scale as what agreement is computed from.
    #[must_use]
    pub fn unit(&self, scale: Name) -> Unit {
        let values = self.values.get(&scale).into_iter().flatten();
        values.fold(Unit::default(), |unit, (&value, &n)| unit.with(value, n))
    }
}

/// What was said of conversations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratings {
    /// By the conversation's id, in the order of the first rating.
    pub by_conversation: IndexMap<String, Rated>,
    /// Scales and labels.
    pub names: Names,
}

impl Projection for Ratings {
    const NAME: &'static str = "ratings";
    const SCHEMA: u32 = 1;

    fn evolve(&mut self, fact: &Recorded) {
        let Body::Read(Event::Conversation(Fact::Rated(rating))) = &fact.body else { return };
        let rated = self.by_conversation.entry(fact.stream.id().to_owned()).or_default();
        rated.n_raters += 1;
        for (scale, value) in &rating.values {
            *rated.values.entry(self.names.number(scale)).or_default().entry(*value).or_default() += 1;
        }
        let mut given: BTreeMap<&str, u32> = BTreeMap::new();
        for label in &rating.labels {
            *given.entry(label).or_default() += 1;
        }
        for (label, n) in given {
            let (n_turns, n_raters) = rated.labels.entry(self.names.number(label)).or_default();
            *n_turns += n;
            *n_raters += 1;
        }
    }
}

/// What raters say of one conversation on one scale, and how far they agree over all conversations of its kind.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ScaleView {
    /// The scale's name, in the source's word.
    pub scale: String,
    /// How many rated it.
    pub n: u32,
    /// Their mean.
    pub mean: f64,
    /// How often each value was given, from the lowest.
    pub values: Vec<(i32, u32)>,
    /// Krippendorff's alpha (interval) over all rated conversations of the same source and language: 1 is perfect
    /// agreement, 0 is chance; `None` when nothing can be compared. Source: Krippendorff (2011).
    pub alpha: Option<f64>,
    /// How many conversations that alpha is computed over.
    pub n_conversations: u32,
}

/// What raters say of one conversation.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct RatingView {
    /// How many rated it.
    pub n_raters: u32,
    /// By scale, in the order of their names.
    pub scales: Vec<ScaleView>,
    /// By label of a turn: how often it was given.
    pub labels: Vec<(String, u32)>,
}

/// The rated conversations of one source, in one language or in any.
pub fn of_kind<'a>(
    board: &'a Board,
    source: &str,
    language: Option<&str>,
) -> impl Iterator<Item = (&'a str, &'a Rated)> + use<'a> {
    let folded = &board.conversations;
    let (source, wanted) = (folded.names.find(source), language.map(|language| folded.names.find(language)));
    board.ratings.by_conversation.iter().map(|(id, rated)| (id.as_str(), rated)).filter(move |(id, _)| {
        let conversation = folded.by_id.get(*id);
        conversation.is_some_and(|it| Some(it.source) == source && wanted.is_none_or(|wanted| it.language == wanted))
    })
}

/// What raters say of one conversation; `None` when nobody rated it.
#[must_use]
pub fn of_conversation(board: &Board, id: &str) -> Option<RatingView> {
    let rated = board.ratings.by_conversation.get(id)?;
    let conversation = board.conversations.by_id.get(id)?;
    let text = |name| board.conversations.names.text(name);
    let alike: Vec<&Rated> =
        of_kind(board, text(conversation.source), conversation.language.map(text)).map(|(_, rated)| rated).collect();
    let names = &board.ratings.names;
    let scale = |(&scale, values): (&Name, &BTreeMap<i32, u32>)| {
        let unit = rated.unit(scale);
        ScaleView {
            scale: names.text(scale).to_owned(),
            n: u32::try_from(unit.n).unwrap_or(u32::MAX),
            mean: unit.sum as f64 / unit.n as f64,
            values: values.iter().map(|(&value, &n)| (value, n)).collect(),
            alpha: alpha_interval(alike.iter().map(|rated| rated.unit(scale))),
            n_conversations: u32::try_from(alike.len()).unwrap_or(u32::MAX),
        }
    };
    let mut scales: Vec<ScaleView> = rated.values.iter().map(scale).collect();
    scales.sort_by(|a, b| a.scale.cmp(&b.scale));
    let mut labels: Vec<(String, u32)> = rated.labels.iter().map(|(&label, &(n, _))| (names.text(label).to_owned(), n)).collect();
    labels.sort();
    Some(RatingView { n_raters: rated.n_raters, scales, labels })
}
