//! A made-up desk: the sample day, the demo and the load generator.
//!
//! A discrete-event simulation of a shop's service desk in Chinese and English. The same parameters give the same
//! bytes on every machine (see `chance`); a longer run begins with exactly the facts of a shorter one. Every fact
//! says `source` and `actor` [`SOURCE`], so nobody takes it for something that happened.
//!
//! | file | what it holds |
//! |---|---|
//! | `chance` | seeded draws |
//! | `calendar` | civil days in the desk's zone |
//! | `demand` | when contacts arrive, and the incident |
//! | `topics` | queues, topics, channels and their laws |
//! | `customers` | who calls |
//! | `agents` | who works when |
//! | `texts` | what is written |
//! | `survey` | how customers rate |
//! | `contact` | one contact and its script |
//! | `desk` | the event heap and the agents' days |
//! | `floor` | queues, offers, and what happens in contacts |
//! | `recorder` | streams, versions and ids |
//! | `truth` | what was made, and from what |

mod agents;
mod calendar;
mod chance;
mod contact;
mod customers;
mod demand;
mod desk;
mod floor;
mod recorder;
mod survey;
#[cfg(test)]
mod tests;
mod texts;
mod topics;
mod truth;

use events::NewEvent;
use jiff::civil::Date;

pub use recorder::SOURCE;
pub use truth::{HalfHour, HandleTime, Incident, LogNormal, Patience, QueueTruth, Survey, Truth};

/// What the desk is called.
pub const SITE_NAME: &str = "云杉客服中心";
/// What an incident takes off the probability that a contact's matter is settled.
pub const INCIDENT_RESOLVED: f64 = 0.25;

/// Contacts of a normal Monday per agent, self-served ones included: 3,500 for 24.
const CONTACTS_PER_AGENT: f64 = 3500.0 / 24.0;
/// Customers active on a day, per agent. Three quarters of them come, some several times.
const CUSTOMERS_PER_AGENT: f64 = 75.0;

/// The most days of one run.
pub const DAYS_MAX: u32 = 3660;
/// The largest roster.
pub const AGENTS_MAX: u32 = 2_000;
/// The greatest rate.
pub const RATE_MAX: f64 = 100.0;

/// What to simulate.
#[derive(Clone, Debug, PartialEq)]
pub struct Params {
    /// The seed of all draws.
    pub seed: u64,
    /// Days, 1 to [`DAYS_MAX`]; the first has its incident at 13:00.
    pub n_days: u32,
    /// Agents on the roster, 1 to [`AGENTS_MAX`]; the number of contacts grows with it.
    pub n_agents: u32,
    /// The first day, 1970 to 2199.
    pub start: Date,
    /// Volume relative to what the roster is made for, above 0 and at most [`RATE_MAX`]; at 1.0 about 3,500 contacts
    /// a working day for 24 agents, at 3.0 the desk drowns.
    pub rate: f64,
    /// The IANA zone in which its days begin.
    pub zone: String,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            seed: 7,
            n_days: 1,
            n_agents: 24,
            start: jiff::civil::date(2026, 3, 2),
            rate: 1.0,
            zone: "Asia/Shanghai".to_owned(),
        }
    }
}

/// Why a desk cannot be simulated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ParamsError {
    /// Too few or too many days.
    #[error("a run has 1 to {DAYS_MAX} days, not {0}")]
    Days(u32),
    /// Too small or too large a roster.
    #[error("a roster has 1 to {AGENTS_MAX} agents, not {0}")]
    Agents(u32),
    /// A day outside the calendar of the simulator.
    #[error("a run starts in the years 1970 to 2199, not on {0}")]
    Start(Date),
    /// Not a volume.
    #[error("a rate is above 0 and at most {RATE_MAX}, not {0}")]
    Rate(f64),
    /// No such zone exists.
    #[error("no time zone is called {0:?}")]
    Zone(String),
}

impl Params {
    /// Says whether this desk can be simulated as asked.
    ///
    /// # Errors
    /// With the first field that is out of its range.
    pub fn check(&self) -> Result<(), ParamsError> {
        if !(1..=DAYS_MAX).contains(&self.n_days) {
            return Err(ParamsError::Days(self.n_days));
        }
        if !(1..=AGENTS_MAX).contains(&self.n_agents) {
            return Err(ParamsError::Agents(self.n_agents));
        }
        if !(1970..2200).contains(&self.start.year()) {
            return Err(ParamsError::Start(self.start));
        }
        if !(0.0 < self.rate && self.rate <= RATE_MAX) {
            return Err(ParamsError::Rate(self.rate));
        }
        if jiff::tz::db().get(&self.zone).is_err() {
            return Err(ParamsError::Zone(self.zone.clone()));
        }
        Ok(())
    }

    /// The nearest parameters that can be simulated; an unknown zone becomes UTC.
    fn nearest(&self) -> Self {
        let rate = if self.rate.is_finite() { self.rate.clamp(0.001, RATE_MAX) } else { 1.0 };
        let year = self.start.year().clamp(1970, 2199);
        Self {
            seed: self.seed,
            n_days: self.n_days.clamp(1, DAYS_MAX),
            n_agents: self.n_agents.clamp(1, AGENTS_MAX),
            start: self.start.with().year(year).build().unwrap_or(jiff::civil::date(year, 2, 28)),
            rate,
            zone: calendar::Calendar::new(self.start, &self.zone).zone().to_owned(),
        }
    }
}

/// Simulates a desk and hands out its facts one by one, in order of `occurred_at`.
///
/// Only what is open is held in memory: contacts that have not ended, today's plan, customers seen today or
/// yesterday, and the truth's counts (240 rows a day). The last day's contacts run out, so no leg is left open.
/// Parameters that [`Params::check`] refuses are moved to the nearest that it does not.
pub fn simulate(params: &Params, emit: impl FnMut(NewEvent)) -> Truth {
    desk::Desk::new(params.nearest(), emit).run()
}
