//! The Live screen: are we all right, where not, since when.

use std::collections::BTreeMap;

use events::agent::State;
use events::{Moment, Position};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::board::Board;
use crate::conversation::{Hands, Mark, Phase};
use crate::figure::{Dimension, Evidence, Figure, Group, day_start, figure, groups, half_hour, zone_of};
use crate::metric::{Aggregate, Definition, Metric, Unit};
use crate::projection::Lens;
use crate::scope::{Scope, Sieve};

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

fn waiting(board: &Board, scope: &Scope) -> Vec<WaitingRow> {
    let conversations = &board.conversations;
    let sieve = Sieve::new(conversations, scope);
    let mut rows: Vec<WaitingRow> = conversations
        .open
        .iter()
        .map(|&number| &conversations.legs[number as usize])
        .filter(|leg| leg.phase() == Phase::Waiting && sieve.fits(leg, conversations.of(leg).1))
        .filter_map(|leg| {
            let enqueued = leg.enqueued?;
            let (id, conversation) = conversations.of(leg);
            Some(WaitingRow {
                conversation: id.to_owned(),
                queue: leg.queue.map(|queue| conversations.names.text(queue).to_owned()),
                channel: conversation.channel.map(|channel| crate::scope::channel_word(channel).to_owned()),
                since: enqueued.at,
                position: enqueued.position,
            })
        })
        .collect();
    rows.sort_by_key(|row| (row.since, row.position));
    rows
}

/// An agent's standing, what they said, since which fact, and how many contacts they hold.
struct Doing {
    standing: Standing,
    state: Option<State>,
    since: Option<Mark>,
    n_contacts: u32,
}

fn doing(board: &Board, scope: &Scope) -> BTreeMap<String, Doing> {
    let conversations = &board.conversations;
    let mut busy: BTreeMap<String, (u32, Option<Mark>, Option<Mark>)> = BTreeMap::new();
    for &number in &conversations.open {
        let leg = &conversations.legs[number as usize];
        let Hands::Agent(agent) = leg.hands else { continue };
        let entry = busy.entry(conversations.names.text(agent).to_owned()).or_default();
        match leg.phase() {
            Phase::Talking => {
                entry.0 += 1;
                entry.1 = [entry.1, leg.assigned].into_iter().flatten().min();
            }
            Phase::WrappingUp => entry.2 = [entry.2, leg.wrap_started].into_iter().flatten().min(),
            Phase::Waiting | Phase::Closed => {}
        }
    }
    let mut all: BTreeMap<String, Doing> = BTreeMap::new();
    for (id, agent) in &board.agents.by_id {
        if scope.source.as_ref().is_some_and(|source| *source != agent.source) {
            continue;
        }
        let (n_contacts, talking, wrapping) = busy.remove(id).unwrap_or_default();
        let said = agent.state.map(|(state, _)| state);
        let (standing, since) = match (agent.shift, talking, wrapping, agent.state) {
            (_, Some(mark), _, _) => (Standing::OnContact, Some(mark)),
            (_, None, Some(mark), _) => (Standing::WrappingUp, Some(mark)),
            (Some((false, mark)), None, None, _) => (Standing::SignedOut, Some(mark)),
            (_, None, None, Some((State::Available, mark))) => (Standing::Available, Some(mark)),
            (_, None, None, Some((_, mark))) => (Standing::Away, Some(mark)),
            (Some((true, mark)), None, None, None) => (Standing::NotRecorded, Some(mark)),
            (None, None, None, None) => (Standing::NotRecorded, None),
        };
        all.insert(id.clone(), Doing { standing, state: said, since, n_contacts });
    }
    // Agents whom only conversations name: the source keeps no states.
    let sieve = Sieve::new(conversations, &Scope { source: scope.source.clone(), ..Scope::default() });
    for (_, _, leg, _) in sieve.legs(conversations) {
        let Hands::Agent(agent) = leg.hands else { continue };
        let id = conversations.names.text(agent);
        if !all.contains_key(id) {
            let (n_contacts, talking, wrapping) = busy.remove(id).unwrap_or_default();
            let standing = match (talking, wrapping) {
                (Some(_), _) => Standing::OnContact,
                (None, Some(_)) => Standing::WrappingUp,
                (None, None) => Standing::NotRecorded,
            };
            all.insert(id.to_owned(), Doing { standing, state: None, since: talking.or(wrapping).or(leg.assigned), n_contacts });
        }
    }
    all
}

fn standing_figure(board: &Board, standing: Standing, scope: &Scope, n: u64) -> Figure {
    Figure {
        metric: AGENTS_IN_STANDING.0.to_owned(),
        version: AGENTS_IN_STANDING.1,
        unit: Unit::Count,
        value: Some(n as f64),
        numerator: n as f64,
        denominator: n as f64,
        n,
        scope: Scope { source: scope.source.clone(), standing: Some(standing), ..Scope::default() },
        position: board.n_facts,
    }
}

fn standings(board: &Board, scope: &Scope) -> Vec<Figure> {
    let mut counts: BTreeMap<Standing, u64> = BTreeMap::new();
    for doing in doing(board, scope).values() {
        *counts.entry(doing.standing).or_default() += u64::from(doing.since.is_some());
    }
    Standing::ALL
        .iter()
        .map(|&standing| standing_figure(board, standing, scope, counts.get(&standing).copied().unwrap_or(0)))
        .collect()
}

/// The figure of agents in one standing, and its events: for each such agent the fact that says so, newest first.
#[must_use]
pub fn standing_evidence(board: &Board, scope: &Scope) -> (Figure, Vec<Evidence>) {
    let standing = scope.standing.unwrap_or(Standing::NotRecorded);
    let mut rows: Vec<Evidence> = doing(board, scope)
        .into_iter()
        .filter(|(_, doing)| doing.standing == standing)
        .filter_map(|(id, doing)| {
            Some(Evidence { position: doing.since?.position, subject: id, numerator: 1.0, denominator: 1.0 })
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.position));
    (standing_figure(board, standing, scope, rows.len() as u64), rows)
}

fn agents(board: &Board, scope: &Scope, lens: &Lens) -> Vec<AgentRow> {
    let metrics = [Metric::Answered, Metric::HandleTime];
    let mut by_agent: BTreeMap<String, Vec<Figure>> = groups(board, &metrics, &[Dimension::Agent], scope, lens)
        .into_iter()
        .filter_map(|group| Some((group.key.into_iter().next().flatten()?, group.figures)))
        .collect();
    doing(board, scope)
        .into_iter()
        .map(|(id, doing)| {
            let agent = board.agents.by_id.get(&id);
            let name = agent.and_then(|agent| agent.name.clone()).unwrap_or_else(|| id.clone());
            let figures = by_agent.remove(&id).unwrap_or_else(|| {
                let scope = Scope { agent: Some(id.clone()), ..scope.clone() };
                metrics.iter().map(|&metric| figure(board, metric, &scope, lens)).collect()
            });
            AgentRow {
                name,
                standing: doing.standing,
                state: doing.state,
                since: doing.since.map(|mark| mark.at),
                n_contacts: doing.n_contacts,
                queues: agent.map(|agent| agent.queues.clone()).unwrap_or_default(),
                figures,
                position: doing.since.map(|mark| mark.position),
                id,
            }
        })
        .collect()
}
