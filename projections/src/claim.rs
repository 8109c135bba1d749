//! What sources say they measured, beside what their facts show.
//!
//! A claim is never counted as a fact. Each is held against this version's own reading of the same facts; where that
//! cannot be computed the row says why, and never that both agree. Facts may come in any order and twice: claims are
//! kept sorted, and what is ours is read off folds that are sorted themselves.

mod ours;

use std::collections::BTreeSet;

use events::conversation::{ClaimUnit, Event as Fact};
use events::{Body, Event, EventId, Moment, Position, Recorded};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::board::Board;
use crate::names::{Name, Names};
use crate::projection::Projection;

/// How far a time may be off and still agree, in seconds: some ways by which times come have whole seconds only.
pub const AGREES_SECS: f64 = 1.0;
/// How far a time in minutes may be off: whole minutes, rounded one way or the other.
pub const AGREES_MINUTES: f64 = 1.0;

/// One figure as a source claims it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// When it was so.
    pub at: Moment,
    /// Settles the order of claims of one moment.
    pub id: EventId,
    /// Where its fact stands in the log.
    pub position: Position,
    /// What it measures, in the source's word.
    pub metric: Name,
    /// Its value.
    pub value: Option<f64>,
    /// What the value is measured in.
    pub unit: ClaimUnit,
    /// Whether only business hours are counted.
    pub in_business_hours: bool,
    /// From when it counts.
    pub from: Option<Moment>,
    /// Up to when.
    pub to: Option<Moment>,
    /// Whose figure it is.
    pub agent: Option<Name>,
    /// Which of several.
    pub instance: Option<Name>,
}

/// The claims about one conversation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Claimed {
    /// Sorted by moment and id.
    pub claims: Vec<Claim>,
    /// When it was settled, each time: of sources whose facts may come in any order.
    pub resolved: BTreeSet<Moment>,
}

/// Every claim of the log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Claims {
    /// By the conversation's id, in the order of the first claim.
    pub by_conversation: IndexMap<String, Claimed>,
    /// Metrics, agents, instances.
    pub names: Names,
}

impl Projection for Claims {
    const NAME: &'static str = "claims";
    const SCHEMA: u32 = 1;

    #[allow(clippy::wildcard_enum_match_arm, reason = "of a long closed list only these two are claims or what they are of")]
    fn evolve(&mut self, fact: &Recorded) {
        let Body::Read(Event::Conversation(event)) = &fact.body else { return };
        let claimed = match event {
            Fact::FigureClaimed(claimed) => claimed,
            // Which settlement a claim means is told by its moment, so each is kept.
            Fact::Resolved(_) if fact.meta.place.is_some() => {
                self.of(fact.stream.id()).resolved.insert(fact.occurred_at);
                return;
            }
            #[allow(
                clippy::wildcard_enum_match_arm,
                reason = "of a long closed list only these two are claims or what they mean"
            )]
            _ => return,
        };
        let mut name = |text: &Option<String>| text.as_deref().map(|text| self.names.number(text));
        let (agent, instance) = (name(&claimed.agent), name(&claimed.instance));
        let claim = Claim {
            at: fact.occurred_at,
            id: fact.id,
            position: fact.position,
            metric: self.names.number(&claimed.metric),
            value: claimed.value.filter(|value| value.is_finite()),
            unit: claimed.unit,
            in_business_hours: claimed.in_business_hours,
            from: claimed.from,
            to: claimed.to,
            agent,
            instance,
        };
        let claims = &mut self.of(fact.stream.id()).claims;
        if let Err(place) = claims.binary_search_by_key(&(claim.at, claim.id), |claim| (claim.at, claim.id)) {
            claims.insert(place, claim);
        }
    }
}

impl Claims {
    fn of(&mut self, id: &str) -> &mut Claimed {
        let index = match self.by_conversation.get_index_of(id) {
            Some(index) => index,
            None => self.by_conversation.insert_full(id.to_owned(), Claimed::default()).0,
        };
        &mut self.by_conversation[index]
    }
}

/// Why a claim cannot be held against the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ClaimDoubt {
    /// Which hours are business hours the source does not say.
    BusinessHours,
    /// This version has no reading of its own for that metric.
    NoReading,
    /// The beginning of the conversation is not in the log.
    StartNotSeen,
    /// What it would be measured by did not happen, as far as the log tells.
    NotRecorded,
    /// There are several legs or spells, and the claim does not say which it means.
    Ambiguous,
    /// The source claims a moment and no value.
    MomentOnly,
}

/// One claim beside our own reading.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ClaimRow {
    /// The conversation's id.
    pub conversation: String,
    /// What is measured, in the source's word.
    pub metric: String,
    /// What both values are measured in.
    pub unit: ClaimUnit,
    /// The source's value; `None` when it claims a moment only.
    pub claimed: Option<f64>,
    /// What the facts show; `None` when that is unknown, never 0.
    pub ours: Option<f64>,
    /// The source's less ours; `None` when either is unknown.
    pub difference: Option<f64>,
    /// Whether both agree, to a second, to a minute, or exactly, by unit; `None` when either is unknown.
    pub agrees: Option<bool>,
    /// Why it is not known.
    pub doubt: Option<ClaimDoubt>,
    /// Whether the source counted only its business hours.
    pub in_business_hours: bool,
    /// Whose figure it is, by the agent's id.
    pub agent: Option<String>,
    /// Which of several, in the source's number.
    pub instance: Option<String>,
    /// When it was so.
    pub at: Moment,
    /// Where the claim stands in the log.
    pub position: Position,
}

/// The claims about one conversation beside our own reading, in the order in which they were so.
#[must_use]
pub fn of_conversation(board: &Board, id: &str) -> Vec<ClaimRow> {
    let Some(claimed) = board.claims.by_conversation.get(id) else { return Vec::new() };
    let mut rows: Vec<ClaimRow> = claimed.claims.iter().map(|claim| row(board, id, claimed, claim)).collect();
    rows.sort_by(|a, b| (a.at, &a.metric, a.in_business_hours).cmp(&(b.at, &b.metric, b.in_business_hours)));
    rows
}

/// Every claim beside our own reading, in the order of the conversations' ids; of one source, if one is named.
pub fn rows<'a>(board: &'a Board, source: Option<&'a str>) -> impl Iterator<Item = ClaimRow> + use<'a> {
    let mut ids: Vec<&String> = board.claims.by_conversation.keys().collect();
    ids.sort_unstable();
    let folded = &board.conversations;
    let of_source = move |id: &&String| {
        let of = folded.by_id.get(*id).map(|conversation| folded.names.text(conversation.source));
        source.is_none_or(|source| of == Some(source))
    };
    ids.into_iter().filter(of_source).flat_map(|id| of_conversation(board, id))
}

fn row(board: &Board, id: &str, all: &Claimed, claim: &Claim) -> ClaimRow {
    let names = &board.claims.names;
    let metric = names.text(claim.metric);
    let claimed = claim.value.or_else(|| ours::between(all, claim, names));
    let found = match claimed {
        None => Err(ClaimDoubt::MomentOnly),
        Some(_) if claim.in_business_hours => Err(ClaimDoubt::BusinessHours),
        Some(_) => ours::of(board, id, all, claim, metric),
    };
    let ours = found.ok();
    let difference = claimed.zip(ours).map(|(claimed, ours)| claimed - ours);
    let within = match claim.unit {
        ClaimUnit::Secs => AGREES_SECS,
        ClaimUnit::Minutes => AGREES_MINUTES,
        ClaimUnit::Count => 0.0,
    };
    let text = |name: Option<Name>| name.map(|name| names.text(name).to_owned());
    ClaimRow {
        conversation: id.to_owned(),
        metric: metric.to_owned(),
        unit: claim.unit,
        claimed,
        ours,
        difference,
        agrees: difference.map(|difference| difference.abs() <= within),
        doubt: found.err(),
        in_business_hours: claim.in_business_hours,
        agent: text(claim.agent),
        instance: text(claim.instance),
        at: claim.at,
        position: claim.position,
    }
}
