//! Exact evidence from labels: valid after every event, for few units and for none converted.
//!
//! If the treatment changes nothing, then among the units with one outcome the arms are drawn with the weights of the
//! assignment, whatever the outcomes are. A bet against that, outcome by outcome, is an e-value that depends on counts
//! alone: no order, no asymptotics.

use super::Unknown;
use super::anytime::p_value;
use super::numerics::{HALF_LN_TAU, deviance, ln_choose, stirling_error, sum_of};

/// The concentration of the bets that served best where it was measured.
pub const CONCENTRATION: f64 = 200.0;

/// What the labels say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// The natural logarithm of the e-value.
    pub log_e_value: f64,
    /// `min(1, 1/e)`.
    pub p_value: f64,
    /// The same against any weights instead of the stated ones: unmoved by a sample ratio mismatch.
    pub log_e_value_robust: f64,
}

/// The logarithm of `Γ(s + n) / (Γ(s) n!)`; 0 for no counts.
fn ln_rising(s: f64, n: f64) -> f64 {
    ln_choose(s + n, n) + libm::log(s / (s + n))
}

/// The logarithm of the probability of these counts when each unit draws its arm by these shares.
///
/// By Stirling's errors and deviances: nothing of the size of `n ln n` is ever added, so `n` may be 1e15.
fn ln_multinomial<'a>(arms: impl Iterator<Item = (&'a u64, &'a f64)>, n: f64) -> f64 {
    let whole = |n: f64| if n == 0.0 { 0.0 } else { stirling_error(n) + 0.5 * libm::log(n) + HALF_LN_TAU };
    whole(n) - sum_of(arms.map(|(arm, w)| whole(*arm as f64) + deviance(*arm as f64, n * w)))
}

/// The logarithm of the e-value of counts against weights, betting with a Dirichlet around the weights:
/// `lnΓ(c) - lnΓ(c+n) + Σ (lnΓ(c wj + nj) - lnΓ(c wj)) - Σ nj ln wj`.
///
/// Takes as many counts as weights; weights of 0 with no counts are left out, the others are taken as shares.
///
/// # Errors
/// [`Unknown::OutOfRange`] for weights that are no shares, a concentration not above 0, or counts in an arm of weight 0;
/// [`Unknown::TooLarge`].
///
/// Source: Lindon, Malek, Anytime-Valid Inference for Multinomial Count Data (2022), eq. 8.
pub fn log_e_value(counts: &[u64], weights: &[f64], concentration: f64) -> Result<f64, Unknown> {
    let shares = shares(counts.len(), weights)?;
    if !(0.0 < concentration && concentration <= 1e15) {
        return Err(Unknown::OutOfRange("the concentration must be above 0"));
    }
    if counts.iter().zip(&shares).any(|(n, w)| *w == 0.0 && 0 < *n) {
        return Err(Unknown::OutOfRange("units in an arm of weight 0"));
    }
    let arms = || counts.iter().zip(&shares).filter(|(_, w)| 0.0 < **w);
    let n = arms().try_fold(0_u64, |all, (n, _)| all.checked_add(*n)).ok_or(Unknown::TooLarge)?;
    let n = n as f64;
    let bets = arms().map(|(arm, w)| ln_rising(concentration * w, *arm as f64));
    Unknown::unless_finite(sum_of(bets.chain([-ln_rising(concentration, n), -ln_multinomial(arms(), n)])))
}

/// Weights as shares of 1, as many as arms.
pub(crate) fn shares(arms: usize, weights: &[f64]) -> Result<Vec<f64>, Unknown> {
    let all: f64 = weights.iter().sum();
    if arms != weights.len() || !(0.0 < all && all.is_finite()) || !weights.iter().all(|w| 0.0 <= *w) {
        return Err(Unknown::OutOfRange("weights must be at least 0, not all of them, and one for each arm"));
    }
    Ok(weights.iter().map(|weight| weight / all).collect())
}

/// The evidence of a table: for each outcome the counts of the arms.
///
/// The robust variant takes the arms' own shares for weights where the stated ones are (universal inference).
///
/// # Errors
/// As [`log_e_value`]. Source: ours, after Lindon, Malek (2022) and Wasserman et al. (2020).
pub fn evidence(table: &[Vec<u64>], weights: &[f64], concentration: f64) -> Result<Evidence, Unknown> {
    let mut levels = Vec::with_capacity(table.len());
    let mut arms = vec![0_u64; weights.len()];
    for counts in table {
        levels.push(log_e_value(counts, weights, concentration)?);
        for (arm, n) in arms.iter_mut().zip(counts) {
            *arm = arm.checked_add(*n).ok_or(Unknown::TooLarge)?;
        }
    }
    let shares = shares(arms.len(), weights)?;
    let n = arms.iter().map(|n| *n as f64).sum::<f64>();
    let stated_less_own = arms.iter().zip(&shares).map(|(arm, w)| -deviance(*arm as f64, n * w));
    let log_e_value = Unknown::unless_finite(sum_of(levels.iter().copied()))?;
    let robust = sum_of(levels.iter().copied().chain(stated_less_own));
    Ok(Evidence { log_e_value, p_value: p_value(log_e_value), log_e_value_robust: Unknown::unless_finite(robust)? })
}
