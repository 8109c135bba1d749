//! The Live screen: are we all right, where not, since when.

mod floor;

use std::collections::BTreeMap;

use events::agent::State;
use events::{Moment, Position};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::board::Board;
use crate::figure::{Dimension, Figure, Group, day_start, figure, groups, half_hour, zone_of};
use crate::metric::{Aggregate, Definition, Metric, Unit};
use crate::projection::Lens;
use crate::scope::{Scope, Sieve};

pub use self::floor::standing_evidence;
use self::floor::{agents, standings, waiting};

/// The most rows of waiting contacts a view carries; `n_waiting` always counts all.
pub const WAITING_MAX: usize = 200;

/// The metric of agents by standing; its evidence is each agent's latest fact.
pub const AGENTS_IN_STANDING: (&str, u32) = ("agents.in_standing", 1);

/// That metric's published definition.
#[must_use]
pub fn agents_in_standing() -> Definition {
    Definition {
        id: AGENTS_IN_STANDING.0.to_owned(),
        version: AGENTS_IN_STANDING.1,
        unit: Unit::Count,
        aggregate: Aggregate::Sum,
        formula: "agents by their latest fact: in contact and wrapping up before the state they chose".to_owned(),
        citation: "Amazon Connect, agent status and next activity".to_owned(),
        within_secs: None,
    }
}

/// What an agent is doing, from their own facts and their conversations'.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Ready, with no contact.
    Available,
    /// In at least one conversation.
    OnContact,
    /// Finishing up after one.
    WrappingUp,
    /// Resting, eating, learning, in a meeting or away.
    Away,
    /// Not in a shift.
    SignedOut,
    /// The source records no states.
    NotRecorded,
}

impl Standing {
    /// Every standing, in the order in which they are shown.
    pub const ALL: [Self; 6] =
        [Self::Available, Self::OnContact, Self::WrappingUp, Self::Away, Self::SignedOut, Self::NotRecorded];
}

/// Which days the Live screen counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Range {
    /// The calendar day that counts as today for the lens, in its zone.
    #[default]
    Day,
    /// All days.
    All,
    /// The scope's own `from` and `to`.
    Given,
}

/// A calendar day with contacts in it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Day {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// Its first moment.
    pub from: Moment,
    /// The first moment after it.
    pub to: Moment,
    /// Legs that began in it.
    #[ts(type = "number")]
    pub n_legs: u64,
}

/// A contact in a queue.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct WaitingRow {
    /// Its conversation.
    pub conversation: String,
    /// Its queue.
    pub queue: Option<String>,
    /// Its channel's word.
    pub channel: Option<String>,
    /// Since when.
    pub since: Moment,
    /// The fact that put it there.
    pub position: Position,
}

/// An agent.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AgentRow {
    /// Their id.
    pub id: String,
    /// The name colleagues see.
    pub name: String,
    /// What they are doing.
    pub standing: Standing,
    /// What they said they are doing, if they did.
    pub state: Option<State>,
    /// Since when; `None` when not recorded.
    pub since: Option<Moment>,
    /// Conversations they hold now.
    pub n_contacts: u32,
    /// The queues they serve.
    pub queues: Vec<String>,
    /// Answered contacts and handle time within the scope.
    pub figures: Vec<Figure>,
    /// Their latest fact that says so.
    pub position: Option<Position>,
}

/// All that the Live screen shows.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct LiveView {
    /// The moment shown.
    pub as_of: Moment,
    /// How many facts it rests on.
    #[ts(type = "number")]
    pub position: u64,
    /// The zone of its days.
    pub zone: String,
    /// The scope, with its range resolved.
    pub scope: Scope,
    /// Sources seen in the log.
    pub sources: Vec<String>,
    /// Days that have contacts within the scope's source.
    pub days: Vec<Day>,
    /// Every metric over the scope.
    pub totals: Vec<Figure>,
    /// The metrics of [`QUEUE_METRICS`] by queue.
    pub queues: Vec<Group>,
    /// The metrics of [`HALF_HOUR_METRICS`] by half-hour.
    pub half_hours: Vec<Group>,
    /// The longest waiting contacts.
    pub waiting: Vec<WaitingRow>,
    /// All waiting contacts.
    #[ts(type = "number")]
    pub n_waiting: u64,
    /// Agents by standing.
    pub standings: Vec<Figure>,
    /// The agents.
    pub agents: Vec<AgentRow>,
}

/// What the queue table shows.
pub const QUEUE_METRICS: &[Metric] = &[
    Metric::Offered,
    Metric::Answered,
    Metric::Abandoned,
    Metric::Waiting,
    Metric::Oldest,
    Metric::ServiceLevel,
    Metric::SpeedOfAnswer,
    Metric::HandleTime,
    Metric::AbandonRate,
];

/// What the half-hour chart and the tiles' lines show.
pub const HALF_HOUR_METRICS: &[Metric] = &[
    Metric::Offered,
    Metric::Answered,
    Metric::Abandoned,
    Metric::ServiceLevel,
    Metric::SpeedOfAnswer,
    Metric::HandleTime,
    Metric::AbandonRate,
    Metric::Satisfied,
];

/// The scope with its range resolved for a lens.
#[must_use]
pub fn resolve(scope: &Scope, range: Range, lens: &Lens) -> Scope {
    let mut resolved = scope.clone();
    match range {
        Range::Given => {}
        Range::All => {
            resolved.from = None;
            resolved.to = None;
        }
        Range::Day => {
            let zone = zone_of(&lens.zone);
            let instant = jiff::Timestamp::from_microsecond(lens.today.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
            let date = zone.to_datetime(instant).date();
            resolved.from = day_start(date, &zone);
            resolved.to = date.tomorrow().ok().and_then(|next| day_start(next, &zone));
        }
    }
    resolved
}

/// The Live screen's view.
#[must_use]
pub fn live(board: &Board, scope: &Scope, range: Range, lens: &Lens) -> LiveView {
    let scope = resolve(scope, range, lens);
    // What waits or talks now does so whatever day it came in: the state of the floor has no range.
    let now = Scope { from: None, to: None, ..scope.clone() };
    let waiting = waiting(board, &now);
    LiveView {
        as_of: lens.as_of,
        position: board.n_facts,
        zone: lens.zone.clone(),
        sources: board.conversations.sources(),
        days: days(board, &scope, lens),
        totals: Metric::ALL
            .iter()
            .map(|&metric| figure(board, metric, if metric.of_the_floor() { &now } else { &scope }, lens))
            .collect(),
        queues: queues(board, &scope, &now, lens),
        half_hours: groups(board, HALF_HOUR_METRICS, &[Dimension::HalfHour], &scope, lens),
        n_waiting: waiting.len() as u64,
        waiting: waiting.into_iter().take(WAITING_MAX).collect(),
        standings: standings(board, &scope),
        agents: agents(board, &scope, lens),
        scope,
    }
}

/// The queue table: counts of the range, the state of the floor as it is now.
fn queues(board: &Board, scope: &Scope, now: &Scope, lens: &Lens) -> Vec<Group> {
    let floor: Vec<Metric> = QUEUE_METRICS.iter().copied().filter(|metric| metric.of_the_floor()).collect();
    let of = |metrics: &[Metric], scope: &Scope| -> BTreeMap<Option<String>, Vec<Figure>> {
        let groups = groups(board, metrics, &[Dimension::Queue], scope, lens);
        groups.into_iter().map(|group| (group.key.into_iter().next().flatten(), group.figures)).collect()
    };
    let (ranged, standing) = (of(QUEUE_METRICS, scope), of(&floor, now));
    let keys: std::collections::BTreeSet<&Option<String>> = ranged.keys().chain(standing.keys()).collect();
    keys.into_iter()
        .map(|key| {
            let figures = QUEUE_METRICS.iter().enumerate().map(|(place, &metric)| {
                let known = match floor.iter().position(|&other| other == metric) {
                    Some(place) => standing.get(key).and_then(|figures| figures.get(place)),
                    None => ranged.get(key).and_then(|figures| figures.get(place)),
                };
                let base = if metric.of_the_floor() { now } else { scope };
                let of_queue = Scope { queue: Some(key.clone().unwrap_or_default()), ..base.clone() };
                known.cloned().unwrap_or_else(|| figure(board, metric, &of_queue, lens))
            });
            Group { key: vec![key.clone()], figures: figures.collect() }
        })
        .collect()
}

fn days(board: &Board, scope: &Scope, lens: &Lens) -> Vec<Day> {
    let zone = zone_of(&lens.zone);
    let unbounded = Scope { source: scope.source.clone(), ..Scope::default() };
    let sieve = Sieve::new(&board.conversations, &unbounded);
    let mut days: BTreeMap<jiff::civil::Date, u64> = BTreeMap::new();
    let mut of_slot = (i64::MIN, jiff::civil::Date::MIN);
    for (slot, _, _, _) in sieve.legs(&board.conversations) {
        if of_slot.0 != slot {
            of_slot = (slot, half_hour(slot, &zone).1);
        }
        *days.entry(of_slot.1).or_default() += 1;
    }
    days.into_iter()
        .filter_map(|(date, n_legs)| {
            let from = day_start(date, &zone)?;
            let to = date.tomorrow().ok().and_then(|next| day_start(next, &zone))?;
            Some(Day { date: date.to_string(), from, to, n_legs })
        })
        .collect()
}
