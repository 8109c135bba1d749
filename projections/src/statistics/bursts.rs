//! When a topic burned: Kleinberg's two states, over a day's slots.

use super::Unknown;
use super::numerics::ln_choose;

/// The likeliest states of a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Bursts {
    /// By slot: whether it burned.
    pub burning: Vec<bool>,
    /// The cost of these states, a negative log-likelihood; the lowest there is.
    pub cost: f64,
    /// The share of the topic when calm.
    pub calm: f64,
    /// The share when burning.
    pub burn: f64,
}

/// The largest share that a burning slot is thought to have.
const SHARE_MAX: f64 = 0.9999;

/// The states that explain the counts at the lowest cost, by Viterbi's algorithm; of equal ones the calm.
///
/// Slot cost `-ln C(d, r) - r ln p - (d - r) ln(1 - p)`, `p₀ = R/D`, `p₁ = min(s p₀, 0.9999)`; catching fire costs
/// `γ ln n`, going out nothing. A day begins calm.
///
/// # Errors
/// [`Unknown::OutOfRange`] for lists of two lengths, more relevant than there are, or `s <= 1`, `γ < 0`;
/// [`Unknown::InsufficientData`] without anything counted; [`Unknown::Degenerate`] where all is relevant.
///
/// Source: Kleinberg, Bursty and Hierarchical Structure in Streams (2002), §4, with two states.
pub fn bursts(relevant: &[u64], total: &[u64], s: f64, gamma: f64) -> Result<Bursts, Unknown> {
    if relevant.len() != total.len() || relevant.iter().zip(total).any(|(r, d)| d < r) {
        return Err(Unknown::OutOfRange("each slot must have at least as many in all as relevant ones"));
    }
    if !(1.0 < s && s.is_finite() && 0.0 <= gamma && gamma.is_finite()) {
        return Err(Unknown::OutOfRange("s must be above 1 and gamma at least 0"));
    }
    let sum = |counts: &[u64]| counts.iter().map(|n| *n as f64).sum::<f64>();
    let all = sum(total);
    if all == 0.0 {
        return Err(Unknown::InsufficientData);
    }
    let calm = sum(relevant) / all;
    let burn = (s * calm).min(SHARE_MAX);
    if burn < calm {
        return Err(Unknown::Degenerate);
    }
    let part = |n: u64, p: f64| if n == 0 { 0.0 } else { n as f64 * libm::log(p) };
    let rest = |n: u64, p: f64| if n == 0 { 0.0 } else { n as f64 * libm::log1p(-p) };
    let cost = |r: u64, d: u64, p: f64| -(ln_choose(d as f64, r as f64) + part(r, p) + rest(d - r, p));
    let ignition = gamma * libm::log(relevant.len() as f64);
    let (mut costs, mut from) = ([0.0, f64::INFINITY], Vec::with_capacity(relevant.len()));
    for (r, d) in relevant.iter().zip(total) {
        // Which state each came from: going out is free, so a calm slot comes from the cheaper of the two.
        let to_calm = costs[1] < costs[0];
        let to_burn = costs[1] <= costs[0] + ignition;
        from.push([to_calm, to_burn]);
        costs = [
            cost(*r, *d, calm) + if to_calm { costs[1] } else { costs[0] },
            cost(*r, *d, burn) + if to_burn { costs[1] } else { costs[0] + ignition },
        ];
    }
    let mut state = costs[1] < costs[0];
    let least = Unknown::unless_finite(costs[usize::from(state)])?;
    let mut burning: Vec<bool> = from
        .iter()
        .rev()
        .map(|came| {
            let now = state;
            state = came[usize::from(now)];
            now
        })
        .collect();
    burning.reverse();
    Ok(Bursts { burning, cost: least, calm, burn })
}
