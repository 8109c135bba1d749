//! Which words belong to one of two piles: log-odds with a prior made of both.

use super::Unknown;

/// How much more a word belongs to the first pile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leaning {
    /// The difference of the log-odds.
    pub log_odds_ratio: f64,
    /// That, over its standard error.
    pub z: f64,
}

/// The leaning of each word, counted in both piles; `None` for a word in neither, and for the only word there is.
///
/// `δ = ln((a+α)/(nₐ+A-a-α)) - ln((b+α)/(n_b+A-b-α))`, `z = δ/√(1/(a+α) + 1/(b+α))`, with `α` in proportion to the counts
/// of both piles and `A = strength` in all. Count conversations, not tokens; it is association, not cause.
///
/// # Errors
/// [`Unknown::OutOfRange`] for lists of two lengths or a strength not above 0; [`Unknown::InsufficientData`] where
/// nothing was counted.
///
/// Source: Monroe, Colaresi, Quinn, Fightin' Words (2008), eq. 15-22.
pub fn leanings(first: &[u64], second: &[u64], strength: f64) -> Result<Vec<Option<Leaning>>, Unknown> {
    if first.len() != second.len() {
        return Err(Unknown::OutOfRange("both piles must be counted for the same words"));
    }
    if !(0.0 < strength && strength <= 1e15) {
        return Err(Unknown::OutOfRange("the prior's strength must be above 0"));
    }
    let whole = |counts: &[u64]| counts.iter().map(|n| *n as f64).sum::<f64>();
    let (n_a, n_b) = (whole(first), whole(second));
    if n_a + n_b == 0.0 {
        return Err(Unknown::InsufficientData);
    }
    let leaning = |(a, b): (&u64, &u64)| {
        let (a, b) = (*a as f64, *b as f64);
        let prior = strength * (a + b) / (n_a + n_b);
        let (a, b) = (a + prior, b + prior);
        let (rest_a, rest_b) = (n_a + strength - a, n_b + strength - b);
        if prior == 0.0 || rest_a <= 0.0 || rest_b <= 0.0 {
            return None;
        }
        let log_odds_ratio = libm::log(a / rest_a) - libm::log(b / rest_b);
        Some(Leaning { log_odds_ratio, z: log_odds_ratio / libm::sqrt(1.0 / a + 1.0 / b) })
    };
    Ok(first.iter().zip(second).map(leaning).collect())
}
