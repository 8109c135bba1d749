//! Queues whose callers leave when their patience ends: Erlang A, exact.

use super::Unknown;
use super::erlang_c::{self, Demand, Target, at_least_0, whole};
use super::numerics::{beta, sum_of};

/// States with less than this of the likeliest one's probability are left out.
const NEGLIGIBLE: f64 = 1e-22;
/// The most states that are looked at on either side.
const STATES_MAX: u64 = 20_000_000;

/// What happens to contacts of limited patience.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patience {
    /// The load in erlangs.
    pub offered_load: f64,
    /// The probability not to be answered at once.
    pub p_wait: f64,
    /// The share that leaves unanswered.
    pub abandoned: f64,
    /// The mean wait of all, answered or not, in seconds.
    pub mean_wait_secs: f64,
    /// Contacts that wait on average.
    pub avg_queue: f64,
    /// The share of their time that agents are busy.
    pub occupancy: f64,
    /// The share of all that is answered within the target.
    pub served_in_time: f64,
    /// The share of all that leaves within the target.
    pub abandoned_in_time: f64,
}

impl Patience {
    /// Answered in time, of those who did not leave in that time.
    #[must_use]
    pub fn of_those_left_in_time(&self) -> Option<f64> {
        share(self.served_in_time, 1.0 - self.abandoned_in_time)
    }

    /// Answered in time, of those answered at all.
    #[must_use]
    pub fn of_answered(&self) -> Option<f64> {
        share(self.served_in_time, 1.0 - self.abandoned)
    }
}

fn share(part: f64, of: f64) -> Option<f64> {
    (0.0 < of).then(|| (part / of).min(1.0))
}

/// The queue before so many agents, where a caller's patience is exponential with this mean in seconds.
///
/// Births `λ`, deaths `min(n, c) μ + max(n - c, 0) θ`. Who finds `k` waiting is answered in time with probability
/// `r/(r+k+1) (1 - I_x(r+1, k+1))`, `r = cμ/θ`, `x = e^{-θT}`, for `e^{-θV}` of the wait `V` is a Beta. A patience of 0
/// leaves at once (Erlang B).
///
/// # Errors
/// [`Unknown::OutOfRange`] for agents that are not whole, a handle time of 0 or less than 0 of anything;
/// [`Unknown::TooLarge`] for more states than can be counted.
///
/// Source: Palm (1957); Mandelbaum, Zeltyn, Service Engineering of Call Centers (2007).
pub fn patience(demand: &Demand, agents: f64, target_secs: f64, patience_secs: f64) -> Result<Patience, Unknown> {
    let demand = demand.checked()?;
    let (agents, target_secs, patience_secs) = (whole(agents)?, at_least_0(target_secs)?, at_least_0(patience_secs)?);
    let load = demand.load();
    if demand.contacts == 0.0 || load == 0.0 {
        return if 0.0 < agents { Ok(quiet(load)) } else { Err(Unknown::InsufficientData) };
    }
    if patience_secs == 0.0 {
        let blocked = erlang_c::blocking(agents, load);
        return Ok(Patience {
            p_wait: blocked,
            abandoned: blocked,
            occupancy: if agents == 0.0 { 0.0 } else { load * (1.0 - blocked) / agents },
            served_in_time: 1.0 - blocked,
            abandoned_in_time: blocked,
            ..quiet(load)
        });
    }
    let (rate, serve, leave) = (demand.rate(), 1.0 / demand.handle_secs, 1.0 / patience_secs);
    let states = States::of(rate, serve, leave, agents)?;
    let (mut delays, mut queue) = (Vec::new(), Vec::new());
    let mut late = Late::new(agents * serve / leave, leave * target_secs, states.first_waiting(agents));
    let (mut served, mut left) = (Vec::new(), Vec::new());
    for (waiting, p) in states.waiting(agents) {
        delays.push(p);
        queue.push(p * waiting);
        let (answered, gone) = late.next(waiting);
        served.push(p * answered);
        left.push(p * gone);
    }
    let (p_wait, avg_queue) = (sum_of(delays), sum_of(queue));
    let abandoned = (leave * avg_queue / rate).min(1.0);
    Ok(Patience {
        offered_load: load,
        p_wait: p_wait.min(1.0),
        abandoned,
        mean_wait_secs: avg_queue / rate,
        avg_queue,
        occupancy: if agents == 0.0 { 0.0 } else { (load * (1.0 - abandoned) / agents).min(1.0) },
        served_in_time: (states.at_once(agents) + sum_of(served)).min(1.0),
        abandoned_in_time: sum_of(left).min(1.0),
    })
}

/// Nobody waits.
fn quiet(load: f64) -> Patience {
    Patience {
        offered_load: load,
        p_wait: 0.0,
        abandoned: 0.0,
        mean_wait_secs: 0.0,
        avg_queue: 0.0,
        occupancy: 0.0,
        served_in_time: 1.0,
        abandoned_in_time: 0.0,
    }
}

/// The probabilities of so many contacts in the system, those that count.
struct States {
    first: f64,
    p: Vec<f64>,
}

impl States {
    /// From the likeliest state outward, so that nothing overflows or is lost.
    fn of(rate: f64, serve: f64, leave: f64, agents: f64) -> Result<Self, Unknown> {
        let death = |n: f64| n.min(agents) * serve + (n - agents).max(0.0) * leave;
        let mode = if rate < agents * serve { rate / serve } else { agents + (rate - agents * serve) / leave };
        let mode = libm::floor(mode);
        if 1e15 < mode {
            return Err(Unknown::TooLarge);
        }
        let (mut below, mut above) = (Vec::new(), vec![1.0]);
        let (mut n, mut p) = (mode, 1.0);
        while 0.0 < n && NEGLIGIBLE < p {
            p *= death(n) / rate;
            n -= 1.0;
            below.push(p);
            if STATES_MAX < below.len() as u64 {
                return Err(Unknown::TooLarge);
            }
        }
        let first = n;
        let (mut n, mut p) = (mode, 1.0);
        // Far above the mode the queue's own states may be few and small, but they are what is asked for.
        while NEGLIGIBLE < p || (n <= agents + 8.0 && 1e-280 < p) {
            n += 1.0;
            p *= rate / death(n);
            above.push(p);
            if STATES_MAX < above.len() as u64 {
                return Err(Unknown::TooLarge);
            }
        }
        below.reverse();
        below.append(&mut above);
        let all = sum_of(below.iter().copied());
        Ok(Self { first, p: below.into_iter().map(|p| p / all).collect() })
    }

    fn at_once(&self, agents: f64) -> f64 {
        sum_of(self.numbered().take_while(|(n, _)| *n < agents).map(|(_, p)| p))
    }

    fn first_waiting(&self, agents: f64) -> f64 {
        (self.first - agents).max(0.0)
    }

    fn waiting(&self, agents: f64) -> impl Iterator<Item = (f64, f64)> {
        self.numbered().skip_while(move |(n, _)| *n < agents).map(move |(n, p)| (n - agents, p))
    }

    fn numbered(&self) -> impl Iterator<Item = (f64, f64)> {
        self.p.iter().enumerate().map(|(k, p)| (self.first + k as f64, *p))
    }
}

/// For a caller who finds `k` waiting, one more each time: the probability to be answered in time, and to leave in time.
///
/// `I_x(r, k+1)` grows with `k` by a term that is a product, so the sums are carried along.
struct Late {
    r: f64,
    x: f64,
    y: f64,
    ln_x: f64,
    /// `I_x(r, k+1)` and the logarithm of the term it grows by next.
    beta: [f64; 2],
    /// `I_x(r+1, k+1)` and the logarithm of the term it grows by next.
    beta_more: [f64; 2],
}

impl Late {
    fn new(r: f64, patiences: f64, k: f64) -> Self {
        let (x, y) = (libm::exp(-patiences), -libm::expm1(-patiences));
        let mut late = Self { r, x, y, ln_x: -patiences, beta: [1.0; 2], beta_more: [1.0; 2] };
        late.beta = late.start(r, k);
        late.beta_more = late.start(r + 1.0, k);
        late
    }

    fn start(&self, r: f64, k: f64) -> [f64; 2] {
        if r == 0.0 || self.y == 0.0 {
            // Without agents nobody is answered, and a target of 0 is over at once: nothing is in time.
            return [1.0, f64::NEG_INFINITY];
        }
        let value = if k == 0.0 { libm::exp(r * self.ln_x) } else { beta::tails(r, k + 1.0, self.x, self.y).lower };
        // x^r y^{k+1} Γ(r+k+1) / (Γ(r) (k+1)!)
        let term = beta::ln_density_over_log_odds(r, k + 1.0, self.x, self.y) - libm::log(k + 1.0);
        [value, if term.is_finite() { term } else { r * self.ln_x + libm::log(r * self.y) }]
    }

    /// The answer for `k` waiting; the next call must be for `k + 1`.
    fn next(&mut self, k: f64) -> (f64, f64) {
        let answered = self.r / (self.r + k + 1.0) * (1.0 - self.beta_more[0]).max(0.0);
        let gone = (1.0 - answered - self.x * self.beta[0]).max(0.0);
        let grow = |[value, ln_term]: [f64; 2], r: f64| {
            [(value + libm::exp(ln_term)).min(1.0), ln_term + libm::log(self.y * (r + k + 1.0) / (k + 2.0))]
        };
        (self.beta, self.beta_more) = (grow(self.beta, self.r), grow(self.beta_more, self.r + 1.0));
        (answered, gone)
    }
}

/// How many agents are needed where callers leave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Required {
    /// Agents who answer.
    pub on_phone: u64,
    /// What so many give.
    pub patience: Patience,
    /// How many Erlang C would ask for the same service level.
    pub erlang_c: u64,
}

/// The fewest agents who answer this share of all in time and lose no more than `abandoned_max`.
///
/// # Errors
/// As [`patience`]; [`Unknown::Impossible`] for a service level of 1 or more, or no loss at all.
pub fn required(
    demand: &Demand,
    target_secs: f64,
    level: f64,
    abandoned_max: f64,
    patience_secs: f64,
) -> Result<Required, Unknown> {
    if 1.0 <= level {
        return Err(Unknown::Impossible("service_level must be < 1"));
    }
    if !(0.0 <= level && 0.0 <= abandoned_max) {
        return Err(Unknown::OutOfRange("shares must be between 0 and 1"));
    }
    let asked = Target { secs: target_secs, service_level: level, occupancy_max: 1.0, shrinkage: 0.0 };
    let erlang_c = demand.required(&asked)?.on_phone;
    if demand.load() == 0.0 {
        return Ok(Required { on_phone: 0, patience: quiet(0.0), erlang_c });
    }
    if abandoned_max == 0.0 {
        return Err(Unknown::Impossible("max_abandon must be > 0"));
    }
    let of = |agents: f64| patience(demand, agents, target_secs, patience_secs);
    let meets = |found: &Patience| level <= found.served_in_time && found.abandoned <= abandoned_max;
    let (mut low, mut high) = (0.0, 1.0_f64.max(erlang_c as f64));
    let mut best = of(high)?;
    while !meets(&best) {
        (low, high) = (high, high * 2.0);
        best = of(high)?;
    }
    // More agents never do worse, so halving finds the first that do well.
    while 1.0 < high - low {
        let middle = libm::floor(0.5 * (low + high));
        let found = of(middle)?;
        if meets(&found) { (high, best) = (middle, found) } else { low = middle }
    }
    Ok(Required { on_phone: high as u64, patience: best, erlang_c })
}
