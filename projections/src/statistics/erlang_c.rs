//! Queues whose callers never leave: Erlang C.

use super::Unknown;
use super::numerics::gamma;

/// The largest load and the most agents that are computed.
pub const AGENTS_MAX: f64 = 1e9;
/// Up to so many agents the recursion is as quick as the closed form, and exact to the last places.
const RECURSION_MAX: f64 = 20_000.0;
/// Parts in a whole, for shares that are compared without rounding.
const PPM: f64 = 1_000_000.0;

/// What arrives in an interval, and how long it takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    /// Contacts that arrive, at least 0.
    pub contacts: f64,
    /// In how many seconds.
    pub interval_secs: f64,
    /// Seconds that one of them takes.
    pub handle_secs: f64,
}

/// What happens to contacts that all wait as long as they must.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waiting {
    /// The load in erlangs.
    pub offered_load: f64,
    /// Whether the queue ends at all.
    pub stable: bool,
    /// The probability to wait; 1 where the queue grows without end.
    pub p_wait: f64,
    /// The share answered within the target; 0 where the queue grows without end.
    pub service_level: f64,
    /// The mean wait of all in seconds; `None`: it grows without end.
    pub asa_secs: Option<f64>,
    /// The mean wait of those who wait, in seconds; `None`: it grows without end.
    pub asa_of_delayed_secs: Option<f64>,
    /// The share of their time that agents are busy, at most 1.
    pub occupancy: f64,
    /// Contacts that wait on average; `None`: it grows without end.
    pub avg_queue: Option<f64>,
}

/// How many agents are needed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Required {
    /// Agents who answer.
    pub on_phone: u64,
    /// Agents to plan for, with those who are away.
    pub scheduled: u64,
    /// What so many give; `None` for no contacts at all.
    pub waiting: Option<Waiting>,
}

/// What is asked of a staffing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// Seconds within which a contact is to be answered.
    pub secs: f64,
    /// The share to be answered in that time.
    pub service_level: f64,
    /// The largest share of their time that agents may be busy.
    pub occupancy_max: f64,
    /// The share of planned agents who are away.
    pub shrinkage: f64,
}

impl Demand {
    /// A demand that can be computed.
    ///
    /// # Errors
    /// [`Unknown::OutOfRange`] for less than 0 contacts or seconds, or no interval; [`Unknown::TooLarge`] beyond
    /// [`AGENTS_MAX`] erlangs.
    pub fn checked(self) -> Result<Self, Unknown> {
        if !(0.0 <= self.contacts && 0.0 <= self.handle_secs && 0.0 < self.interval_secs && self.interval_secs.is_finite()) {
            return Err(Unknown::OutOfRange("contacts and seconds must be at least 0, and the interval above 0"));
        }
        if self.load() <= AGENTS_MAX { Ok(self) } else { Err(Unknown::TooLarge) }
    }

    /// The load in erlangs: `contacts × handle / interval`.
    #[must_use]
    pub fn load(&self) -> f64 {
        self.contacts * self.handle_secs / self.interval_secs
    }

    /// Arrivals a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.contacts / self.interval_secs
    }

    /// Whether so many agents end the queue: compared without a division, so that 30 × 60 s in 1,800 s is just 1.
    fn stable(&self, agents: f64) -> bool {
        self.contacts * self.handle_secs < agents * self.interval_secs
    }

    /// The queue before so many agents.
    ///
    /// `C = B / (1 - (a/c)(1 - B))`, service level `1 - C e^{-(c-a) T / AHT}`, mean wait `C AHT / (c - a)`.
    ///
    /// # Errors
    /// [`Unknown::OutOfRange`] for agents that are not whole or a target below 0; [`Unknown::TooLarge`].
    ///
    /// Source: Erlang (1917); Koole, Call Center Optimization (2013) §4.
    pub fn waiting(&self, agents: f64, target_secs: f64) -> Result<Waiting, Unknown> {
        let demand = self.checked()?;
        let agents = whole(agents)?;
        let target_secs = at_least_0(target_secs)?;
        Ok(if demand.load() == 0.0 && 0.0 < agents {
            demand.of_blocking(agents, target_secs, 0.0)
        } else if demand.stable(agents) {
            demand.of_blocking(agents, target_secs, blocking(agents, demand.load()))
        } else {
            let (offered_load, none) = (demand.load(), None);
            Waiting {
                offered_load,
                stable: false,
                p_wait: 1.0,
                service_level: 0.0,
                asa_secs: none,
                asa_of_delayed_secs: none,
                occupancy: 1.0,
                avg_queue: none,
            }
        })
    }

    fn of_blocking(&self, agents: f64, target_secs: f64, blocking: f64) -> Waiting {
        let load = self.load();
        let spare = agents - load;
        let p_wait = (blocking / (1.0 - load / agents * (1.0 - blocking))).min(1.0);
        let asa_of_delayed = self.handle_secs / spare;
        let late = if self.handle_secs == 0.0 { 0.0 } else { p_wait * libm::exp(-spare * target_secs / self.handle_secs) };
        Waiting {
            offered_load: load,
            stable: true,
            p_wait,
            service_level: 1.0 - late,
            asa_secs: Some(p_wait * asa_of_delayed),
            asa_of_delayed_secs: Some(asa_of_delayed),
            occupancy: load / agents,
            avg_queue: Some(p_wait * load / spare),
        }
    }

    /// The fewest agents who meet the target, and how many to plan for: `ceil(c / (1 - shrinkage))` in whole parts per
    /// million, because 21 / 0.7 is 30.000000000000004.
    ///
    /// # Errors
    /// [`Unknown::Impossible`] for a service level or a shrinkage of 1 or more, or an occupancy of 0;
    /// [`Unknown::OutOfRange`]; [`Unknown::TooLarge`].
    pub fn required(&self, target: &Target) -> Result<Required, Unknown> {
        let demand = self.checked()?;
        let secs = at_least_0(target.secs)?;
        if 1.0 <= target.shrinkage {
            return Err(Unknown::Impossible("shrinkage must be < 1"));
        }
        if 1.0 <= target.service_level {
            return Err(Unknown::Impossible("service_level must be < 1"));
        }
        if target.occupancy_max <= 0.0 {
            return Err(Unknown::Impossible("max_occupancy must be > 0"));
        }
        if !(0.0 <= target.shrinkage && 0.0 <= target.service_level && target.occupancy_max.is_finite()) {
            return Err(Unknown::OutOfRange("shares must be between 0 and 1"));
        }
        let load = demand.load();
        if load == 0.0 {
            return Ok(Required { on_phone: 0, scheduled: 0, waiting: None });
        }
        let busy_max = libm::rint(target.occupancy_max.min(1.0) * PPM).max(1.0);
        let busy = |agents: f64| demand.contacts * demand.handle_secs * PPM <= busy_max * agents * demand.interval_secs;
        let mut agents = libm::floor(load).max(1.0).max(libm::floor(load * PPM / busy_max) - 1.0);
        while !(demand.stable(agents) && busy(agents)) {
            agents += 1.0;
        }
        let mut blocked = blocking(agents, load);
        let mut waiting = demand.of_blocking(agents, secs, blocked);
        while waiting.service_level < target.service_level {
            agents += 1.0;
            if AGENTS_MAX < agents {
                return Err(Unknown::TooLarge);
            }
            // B_c = a B_{c-1} / (c + a B_{c-1})
            blocked = load * blocked / (agents + load * blocked);
            waiting = demand.of_blocking(agents, secs, blocked);
        }
        let on_phone = agents as u64;
        let there = PPM as u64 - libm::rint(target.shrinkage * PPM) as u64;
        if there == 0 {
            return Err(Unknown::Impossible("shrinkage must be < 1"));
        }
        let scheduled = (u128::from(on_phone) * PPM as u128).div_ceil(u128::from(there));
        Ok(Required { on_phone, scheduled: u64::try_from(scheduled).unwrap_or(u64::MAX), waiting: Some(waiting) })
    }
}

/// The share that is turned away where nobody may wait: Erlang B, for `agents >= 0` and `load > 0`.
///
/// By `1/B_c = 1 + (c/a)/B_{c-1}`, and for very many agents by Poisson's probabilities, which it is a ratio of.
#[must_use]
pub fn blocking(agents: f64, load: f64) -> f64 {
    if RECURSION_MAX < agents {
        let below = gamma::tails(agents + 1.0, load).upper;
        return (libm::exp(gamma::ln_poisson(agents, load)) / below).min(1.0);
    }
    let mut blocked = 1.0;
    for c in 1..=agents as u64 {
        blocked = load * blocked / (c as f64 + load * blocked);
    }
    blocked
}

/// A number of agents.
pub(crate) fn whole(agents: f64) -> Result<f64, Unknown> {
    if !(0.0 <= agents && agents.fract() == 0.0) {
        return Err(Unknown::OutOfRange("agents must be a whole number of at least 0"));
    }
    if agents <= AGENTS_MAX { Ok(agents) } else { Err(Unknown::TooLarge) }
}

/// A number of seconds.
pub(crate) fn at_least_0(secs: f64) -> Result<f64, Unknown> {
    if 0.0 <= secs && secs.is_finite() { Ok(secs) } else { Err(Unknown::OutOfRange("seconds must be at least 0")) }
}
