//! The floor as it stands: who waits, who does what.

use std::collections::BTreeMap;

use events::agent::State;

use super::{AGENTS_IN_STANDING, AgentRow, Standing, WaitingRow};
use crate::board::Board;
use crate::conversation::{Hands, Mark, Phase};
use crate::figure::{Dimension, Evidence, Figure, figure, groups};
use crate::metric::{Metric, Unit};
use crate::projection::Lens;
use crate::scope::{Scope, Sieve};

pub(super) fn waiting(board: &Board, scope: &Scope) -> Vec<WaitingRow> {
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

pub(super) fn standings(board: &Board, scope: &Scope) -> Vec<Figure> {
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

pub(super) fn agents(board: &Board, scope: &Scope, lens: &Lens) -> Vec<AgentRow> {
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
