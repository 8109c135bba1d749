//! The board: every fold, one explicit line each.

use std::collections::BTreeMap;

use events::{Body, Event, Moment, Poison, Position, Recorded, Timing, site};
use serde::{Deserialize, Serialize};

use crate::agent::Agents;
use crate::assist::Assists;
use crate::claim::Claims;
use crate::conversation::{Conversations, slot};
use crate::customer::Customers;
use crate::import::Imports;
use crate::projection::Projection;
use crate::rating::Ratings;
use crate::ticket::Tickets;
use crate::turn::Turns;
use crate::unmasking::Unmaskings;

/// The most unreadable facts kept by name; beyond it they are only counted.
pub const POISON_KEPT_MAX: usize = 1_000;

/// All that the log means, up to one position.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// How many facts were folded; also the position of the next one when folding in log order.
    pub n_facts: u64,
    /// The latest moment at which anything folded happened.
    pub latest_at: Option<Moment>,
    /// The earliest.
    pub earliest_at: Option<Moment>,
    /// The desk's name and zone, if it was ever declared.
    pub site: Option<(String, String)>,
    /// Conversations and their legs.
    pub conversations: Conversations,
    /// Agents.
    pub agents: Agents,
    /// Tickets.
    pub tickets: Tickets,
    /// Imports.
    pub imports: Imports,
    /// Whose texts may not be shown, or are gone.
    pub customers: Customers,
    /// Who was shown personal text as it is.
    pub unmaskings: Unmaskings,
    /// What helped agents, by source.
    pub assists: Assists,
    /// Who said something when, and whose turn it was.
    pub turns: Turns,
    /// What people who were not in a conversation say of it.
    pub ratings: Ratings,
    /// What sources say they measured themselves.
    pub claims: Claims,
    /// How many facts happened in each quarter of an hour: the playhead's line.
    pub density: BTreeMap<i64, u32>,
    /// Facts that could not be read, the first [`POISON_KEPT_MAX`] of them.
    #[serde(with = "crate::poison")]
    pub poison: Vec<(Position, Poison)>,
    /// How many could not be read in all.
    pub n_poison: u64,
}

impl Projection for Board {
    const NAME: &'static str = "board";
    /// Any fold's schema changes this one's.
    const SCHEMA: u32 = 3_000_000
        + Assists::SCHEMA * 1_000_000
        + Turns::SCHEMA * 1_000_000
        + Ratings::SCHEMA * 1_000_000
        + Claims::SCHEMA * 1_000_000
        + Tickets::SCHEMA * 100_000
        + Conversations::SCHEMA * 10_000
        + Agents::SCHEMA * 1_000
        + Imports::SCHEMA * 100
        + Customers::SCHEMA * 10
        + Unmaskings::SCHEMA;

    fn evolve(&mut self, fact: &Recorded) {
        self.n_facts += 1;
        match &fact.body {
            Body::Read(event) => self.read(event, fact),
            Body::Poison(poison) => {
                self.n_poison += 1;
                if self.poison.len() < POISON_KEPT_MAX {
                    self.poison.push((fact.position, poison.clone()));
                }
            }
        }
        self.conversations.evolve(fact);
        self.agents.evolve(fact);
        self.tickets.evolve(fact);
        self.imports.evolve(fact);
        self.customers.evolve(fact);
        self.unmaskings.evolve(fact);
        self.assists.evolve(fact);
        self.turns.evolve(fact);
        self.ratings.evolve(fact);
        self.claims.evolve(fact);
    }
}

impl Board {
    fn read(&mut self, event: &Event, fact: &Recorded) {
        let occurred_at = fact.occurred_at;
        match event {
            // Nobody knows when it happened: it makes no day longer and no quarter of an hour busier.
            Event::Conversation(_) | Event::Agent(_) | Event::Ticket(_) if fact.meta.timing == Timing::Unknown => {}
            Event::Conversation(_) | Event::Agent(_) | Event::Ticket(_) => {
                *self.density.entry(slot(occurred_at)).or_default() += 1;
                self.latest_at = Some(self.latest_at.map_or(occurred_at, |latest| latest.max(occurred_at)));
                self.earliest_at = Some(self.earliest_at.map_or(occurred_at, |earliest| earliest.min(occurred_at)));
            }
            Event::Site(site::Event::Declared(site)) => self.site = Some((site.name.clone(), site.zone.clone())),
            // The desk's own bookkeeping happens now, not in the days it tells of.
            Event::Customer(_) | Event::Import(_) | Event::Unmasking(_) => {}
        }
    }

    /// The zone in which days begin for `source`: its own import's, else the desk's, else the latest import's, else UTC.
    #[must_use]
    pub fn zone(&self, source: Option<&str>) -> &str {
        let of_source = source.and_then(|source| self.imports.zone(source));
        let of_site = self.site.as_ref().map(|(_, zone)| zone.as_str());
        let of_latest = self.imports.by_id.values().next_back().map(|import| import.zone.as_str());
        of_source.or(of_site).or(of_latest).unwrap_or("UTC")
    }
}
