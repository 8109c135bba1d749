//! Whether the arms have as many units as they should.

use super::Unknown;
use super::label_evalue::{log_e_value, shares};
use super::numerics::{gamma, sum_of};

/// A fixed look alerts below this p-value.
pub const ALERT_P: f64 = 0.001;
/// Watching all the time alerts at this e-value.
pub const ALERT_E: f64 = 1_000.0;
/// The concentration of the bets when watching all the time.
pub const CONCENTRATION: f64 = 1_000.0;

/// What one look says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mismatch {
    /// `Σ (O - E)²/E` over the arms that have a weight.
    pub chi2: f64,
    /// One less than those arms.
    pub df: u64,
    /// The probability of so much or more.
    pub p_value: f64,
    /// Units in arms of weight 0: each is an error of its own, and in no sum.
    pub unexpected: u64,
    /// Whether anybody must be told.
    pub alert: bool,
}

/// The χ² test at one look that was planned.
///
/// # Errors
/// [`Unknown::InsufficientData`] without units or with a single arm; [`Unknown::OutOfRange`] for weights that are no
/// shares or not as many as arms; [`Unknown::TooLarge`].
///
/// Source: Fabijan et al., Diagnosing Sample Ratio Mismatch (KDD 2019).
pub fn mismatch(counts: &[u64], weights: &[f64]) -> Result<Mismatch, Unknown> {
    let shares = shares(counts.len(), weights)?;
    let unexpected = counts.iter().zip(&shares).filter(|(_, w)| **w == 0.0).map(|(n, _)| *n);
    let unexpected = unexpected.fold(0, u64::saturating_add);
    let arms: Vec<_> = counts.iter().zip(&shares).filter(|(_, w)| 0.0 < **w).map(|(n, w)| (*n as f64, *w)).collect();
    let n: f64 = arms.iter().map(|(n, _)| n).sum();
    if n == 0.0 || arms.len() < 2 {
        return Err(Unknown::InsufficientData);
    }
    let chi2 =
        Unknown::unless_finite(sum_of(arms.iter().map(|(observed, w)| (observed - n * w) * (observed - n * w) / (n * w))))?;
    let df = arms.len() as u64 - 1;
    let p_value = gamma::chi_square_upper(df as f64, chi2);
    Ok(Mismatch { chi2, df, p_value, unexpected, alert: p_value < ALERT_P || 0 < unexpected })
}

/// The natural logarithm of the e-value of watching all the time; without units 0.
///
/// # Errors
/// As [`log_e_value`]. Source: Lindon, Malek (2022).
pub fn watched(counts: &[u64], weights: &[f64], concentration: f64) -> Result<f64, Unknown> {
    log_e_value(counts, weights, concentration)
}
