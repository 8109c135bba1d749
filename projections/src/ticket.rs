//! Every ticket with its revisions and steps, in the order in which they occurred.
//!
//! Facts may be delivered late, in any order and twice: a ticket's revisions are kept sorted by their moment, their
//! sequence and their id, and one that is there already is not added. Handovers, returns, re-openings and durations
//! are never counted while folding: they are read off the sorted revisions (ADR-0005).

use std::collections::BTreeSet;

use events::ticket::{ActivityRecorded, Event as Fact, Revised};
use events::{Body, Event, EventId, Moment, Position, Recorded};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::conversation::Mark;
use crate::names::{Name, Names};
use crate::projection::Projection;

/// Where a fact of a ticket stands among the others, whatever the order of delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// When it happened.
    pub at: Moment,
    /// The source's word on which comes first within one moment.
    pub sequence: u32,
    /// Settles what the source leaves open; derived from the content, so it is the same for every delivery.
    pub id: EventId,
}

/// The record of a ticket after one change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    /// Where it stands.
    pub place: Place,
    /// Where its fact stands in the log.
    pub position: Position,
    /// Whether what it does not tell is as it was before.
    pub partial: bool,
    /// How the ticket stands.
    pub status: Option<Name>,
    /// How exactly.
    pub sub_status: Option<Name>,
    /// The team that has it.
    pub team: Option<Name>,
    /// The person who has it.
    pub agent: Option<Name>,
    /// The team's line of support.
    pub level: Option<Name>,
    /// How soon it is to be solved.
    pub priority: Option<Name>,
    /// How much it hurts.
    pub impact: Option<Name>,
    /// How much it presses.
    pub urgency: Option<Name>,
    /// The product it is about.
    pub product: Option<Name>,
    /// What it is about.
    pub category: Option<Name>,
    /// How the customer reached the desk.
    pub channel: Option<Name>,
    /// Who it is for, by pseudonym.
    pub customer: Option<Name>,
    /// The organisation whose team has it.
    pub organisation: Option<Name>,
    /// The country of the team.
    pub country: Option<Name>,
    /// The customer's place.
    pub location: Option<Name>,
    /// The source's count of reassignments.
    pub reassignments_claimed: Option<u32>,
    /// The source's count of re-openings.
    pub reopens_claimed: Option<u32>,
    /// The source's word on its service level.
    pub sla_met_claimed: Option<bool>,
    /// When it was opened.
    pub opened_at: Option<Moment>,
    /// When it was solved.
    pub resolved_at: Option<Moment>,
    /// When it was closed.
    pub closed_at: Option<Moment>,
}

/// A step of work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Where it stands.
    pub place: Place,
    /// Where its fact stands in the log.
    pub position: Position,
    /// What is done.
    pub activity: Name,
    /// What became of it.
    pub transition: Option<Name>,
    /// Who did it.
    pub agent: Option<Name>,
    /// The team that did it.
    pub team: Option<Name>,
}

/// One ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// Where its facts come from.
    pub source: Name,
    /// Its opening, where the source tells of it; the earliest, if more than once.
    pub opened: Option<Mark>,
    /// What was asked for.
    pub amount_requested: Option<u64>,
    /// Its record after each change, earliest first.
    pub revisions: Vec<Revision>,
    /// Its steps, earliest first.
    pub steps: Vec<Step>,
}

/// Every ticket of the log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tickets {
    /// By stream id (without the noun), in the order of first appearance.
    pub by_id: IndexMap<String, Ticket>,
    /// Every word of the tickets.
    pub names: Names,
    /// The sources of tickets, in the order of first appearance.
    pub sources: Vec<Name>,
}

impl Ticket {
    /// Microseconds from the first revision or step to the last; `None` when there is none.
    #[must_use]
    pub fn duration_micros(&self) -> Option<i64> {
        let places = || self.revisions.iter().map(|revision| revision.place).chain(self.steps.iter().map(|step| step.place));
        Some(places().max()?.at.micros_since(places().min()?.at))
    }

    /// The changes of one facet from revision to revision; a step where either side is unknown is none.
    pub fn changes<'a>(
        &'a self,
        facet: impl Fn(&Revision) -> Option<Name> + Copy + 'a,
    ) -> impl Iterator<Item = (Name, Name)> + 'a {
        let mut last = None;
        let pairs = self.revisions.iter().filter_map(move |revision| {
            let now = facet(revision).or(last.filter(|_| revision.partial));
            let from = std::mem::replace(&mut last, now);
            Some((from?, now?))
        });
        pairs.filter(|(from, to)| from != to)
    }

    /// Changes to a team that the ticket had left before.
    #[must_use]
    pub fn n_returns(&self) -> usize {
        let mut left = BTreeSet::new();
        let returns = self.changes(|revision| revision.team).filter(|&(from, to)| {
            left.insert(from);
            left.contains(&to)
        });
        returns.count()
    }

    /// How often `status` was followed by another status.
    #[must_use]
    pub fn n_left(&self, status: Name) -> usize {
        self.changes(|revision| revision.status).filter(|&(from, _)| from == status).count()
    }
}

impl Tickets {
    /// The tickets of one source, in the order of first appearance.
    pub fn of_source(&self, source: &str) -> impl Iterator<Item = (&str, &Ticket)> {
        let source = self.names.find(source);
        self.by_id.iter().filter(move |(_, ticket)| Some(ticket.source) == source).map(|(id, ticket)| (id.as_str(), ticket))
    }

    /// The names of the sources, in the order of first appearance.
    #[must_use]
    pub fn sources(&self) -> Vec<String> {
        self.sources.iter().map(|&source| self.names.text(source).to_owned()).collect()
    }

    fn ticket(&mut self, fact: &Recorded) -> usize {
        if let Some(index) = self.by_id.get_index_of(fact.stream.id()) {
            return index;
        }
        let source = self.names.number(&fact.meta.source);
        if !self.sources.contains(&source) {
            self.sources.push(source);
        }
        let ticket = Ticket { source, opened: None, amount_requested: None, revisions: Vec::new(), steps: Vec::new() };
        self.by_id.insert_full(fact.stream.id().to_owned(), ticket).0
    }

    fn revision(&mut self, place: Place, position: Position, revised: &Revised) -> Revision {
        let mut name = |text: &Option<String>| text.as_deref().map(|text| self.names.number(text));
        Revision {
            place,
            position,
            partial: revised.partial,
            status: name(&revised.status),
            sub_status: name(&revised.sub_status),
            team: name(&revised.team),
            agent: name(&revised.agent),
            level: name(&revised.level),
            priority: name(&revised.priority),
            impact: name(&revised.impact),
            urgency: name(&revised.urgency),
            product: name(&revised.product),
            category: name(&revised.category),
            channel: name(&revised.channel),
            customer: name(&revised.customer),
            organisation: name(&revised.organisation),
            country: name(&revised.country),
            location: name(&revised.location),
            reassignments_claimed: revised.reassignments_claimed,
            reopens_claimed: revised.reopens_claimed,
            sla_met_claimed: revised.sla_met_claimed,
            opened_at: revised.opened_at,
            resolved_at: revised.resolved_at,
            closed_at: revised.closed_at,
        }
    }

    fn step(&mut self, place: Place, position: Position, step: &ActivityRecorded) -> Step {
        let mut name = |text: &Option<String>| text.as_deref().map(|text| self.names.number(text));
        let (transition, agent, team) = (name(&step.transition), name(&step.agent), name(&step.team));
        Step { place, position, activity: self.names.number(&step.activity), transition, agent, team }
    }
}

impl Projection for Tickets {
    const NAME: &'static str = "tickets";
    const SCHEMA: u32 = 2;

    fn evolve(&mut self, fact: &Recorded) {
        let Body::Read(Event::Ticket(event)) = &fact.body else { return };
        let index = self.ticket(fact);
        let place = |sequence| Place { at: fact.occurred_at, sequence, id: fact.id };
        match &**event {
            Fact::Opened(opened) => {
                let mark = Mark { at: fact.occurred_at, position: fact.position };
                let ticket = &mut self.by_id[index];
                if ticket.opened.is_none_or(|earlier| mark.at < earlier.at) {
                    ticket.opened = Some(mark);
                    ticket.amount_requested = opened.amount_requested;
                }
            }
            Fact::Revised(revised) => {
                let revision = self.revision(place(revised.sequence), fact.position, revised);
                insert(&mut self.by_id[index].revisions, revision, |revision| revision.place);
            }
            Fact::ActivityRecorded(step) => {
                let step = self.step(place(step.sequence), fact.position, step);
                insert(&mut self.by_id[index].steps, step, |step| step.place);
            }
        }
    }
}

/// Puts `new` where it belongs, unless it is there already; what comes in order is simply appended.
fn insert<T>(sorted: &mut Vec<T>, new: T, place: impl Fn(&T) -> Place) {
    if sorted.last().is_none_or(|last| place(last) < place(&new)) {
        sorted.push(new);
    } else if let Err(index) = sorted.binary_search_by_key(&place(&new), &place) {
        sorted.insert(index, new);
    }
}
