//! Whether there are too many of something.

use super::Unknown;
use super::numerics::{beta, gamma};

/// How unusual a count is where so many are expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spike {
    /// The probability of so many or more by Poisson.
    pub poisson: f64,
    /// The deviation on Anscombe's scale: `2 (√(k + 3/8) - √(μ + 3/8))`.
    pub anscombe_z: f64,
    /// The same probability where the variance is `φ μ`; unknown where nothing is expected or `φ < 1`.
    pub negative_binomial: Result<f64, Unknown>,
}

/// How unusual `count` is where `expected` are, with variance `dispersion × expected`.
///
/// # Errors
/// [`Unknown::OutOfRange`] for an expectation below 0 or not finite.
///
/// Source: Anscombe (1948); the negative binomial with `r = μ/(φ-1)`, `p = 1/φ`.
pub fn spike(count: u64, expected: f64, dispersion: f64) -> Result<Spike, Unknown> {
    if !(0.0..=1e15).contains(&expected) {
        return Err(Unknown::OutOfRange("what is expected must be at least 0"));
    }
    let poisson = gamma::poisson_at_least(count, expected);
    let negative_binomial = if expected == 0.0 {
        Err(Unknown::Degenerate)
    } else if dispersion == 1.0 {
        Ok(poisson)
    } else if 1.0 < dispersion && dispersion <= 1e12 {
        Ok(beta::negative_binomial_at_least(count, expected, dispersion))
    } else {
        Err(Unknown::OutOfRange("the dispersion must be at least 1"))
    };
    let scale = |x: f64| libm::sqrt(x + 0.375);
    let apart = (count as f64 - expected) / (scale(count as f64) + scale(expected));
    Ok(Spike { poisson, anscombe_z: 2.0 * apart, negative_binomial })
}
