//! Special functions, over `libm` alone, so that a replay gives the same bits on every machine.
//!
//! Own code, because the crates lose their digits where it matters here: far tails, and shapes of a million and more.
//! Everything is built on two terms that stay exact to the last places however large the counts are: the error of
//! Stirling's formula and the deviance.
//!
//! Source: C. Loader, Fast and Accurate Computation of Binomial Probabilities (2000).

pub mod beta;
pub mod gamma;
#[cfg(test)]
mod golden;
pub mod normal;
pub mod quadrature;
pub mod student;

/// Half the logarithm of 2π.
pub(crate) const HALF_LN_TAU: f64 = 0.918_938_533_204_672_8;

/// How a distribution is divided at a point: what lies below, and what lies above. Each keeps its own digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tails {
    /// The probability below, 0 to 1.
    pub lower: f64,
    /// The probability above, 0 to 1.
    pub upper: f64,
}

impl Tails {
    /// The same, seen from the other side.
    #[must_use]
    pub fn turned(self) -> Self {
        Self { lower: self.upper, upper: self.lower }
    }
}

/// What Stirling's formula leaves: `ln Γ(x+1) - (x+1/2) ln x + x - ln(2π)/2`, for `x > 0`.
#[must_use]
pub fn stirling_error(x: f64) -> f64 {
    if x < 15.0 {
        return libm::lgamma(x + 1.0) - (x + 0.5) * libm::log(x) + x - HALF_LN_TAU;
    }
    let square = x * x;
    let tail = 1.0 / 1_260.0 - (1.0 / 1_680.0 - (1.0 / 1_188.0 - 691.0 / 360_360.0 / square) / square) / square;
    (1.0 / 12.0 - (1.0 / 360.0 - tail / square) / square) / x
}

/// The deviance `x ln(x/m) + m - x` of a count `x >= 0` from its mean `m > 0`; without cancellation where they are near.
#[must_use]
pub fn deviance(x: f64, mean: f64) -> f64 {
    deviance_apart(x, mean, x - mean)
}

/// The deviance where `apart = x - mean` is known better than the two.
#[must_use]
pub fn deviance_apart(x: f64, mean: f64, apart: f64) -> f64 {
    if x <= 0.0 {
        return mean;
    }
    if 0.1 * (x + mean) <= apart.abs() {
        return x * libm::log(x / mean) - apart;
    }
    let ratio = apart / (x + mean);
    let (mut sum, mut term) = (apart * ratio, 2.0 * x * ratio);
    for odd in 1..1_000_u32 {
        term *= ratio * ratio;
        let next = sum + term / f64::from(2 * odd + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// `a*b - c*d` with one rounding at the end, whatever cancels.
///
/// Source: T. J. Dekker (1971), products by fused multiply-add.
#[must_use]
pub fn difference_of_products(a: f64, b: f64, c: f64, d: f64) -> f64 {
    let (left, right) = (a * b, c * d);
    let (left_rest, right_rest) = (libm::fma(a, b, -left), libm::fma(c, d, -right));
    let difference = left - right;
    let shown = left - difference;
    let lost = (left - (difference + shown)) + (shown - right);
    difference + (lost + (left_rest - right_rest))
}

/// A sum with its rounding errors, so that the order of a long list leaves no trace.
///
/// Source: A. Neumaier (1974).
#[must_use]
pub fn sum_of(values: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut rest) = (0.0, 0.0);
    for value in values {
        let next: f64 = sum + value;
        rest += if f64::abs(value) <= f64::abs(sum) { (sum - next) + value } else { (value - next) + sum };
        sum = next;
    }
    sum + rest
}

/// The logarithm of `n choose k`, for `0 <= k <= n`; both may be fractions.
#[must_use]
pub fn ln_choose(n: f64, k: f64) -> f64 {
    let rest = n - k;
    if k <= 0.0 || rest <= 0.0 {
        return 0.0;
    }
    let errors = stirling_error(n) - stirling_error(k) - stirling_error(rest);
    let half = 0.5 * libm::log(n / (k * rest)) - HALF_LN_TAU;
    // Entropy first: `n ln n` alone would drown the rest; and each logarithm from the side that is near 1.
    let ln_share = |part: f64, other: f64| if part < other { libm::log(part / n) } else { libm::log1p(-other / n) };
    errors + half - k * ln_share(k, rest) - rest * ln_share(rest, k)
}

/// The logistic function, 0 to 1.
#[must_use]
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

#[cfg(test)]
mod tests {
    use super::{difference_of_products, sum_of};

    #[test]
    fn what_cancels_leaves_its_rest() {
        assert_eq!(difference_of_products(1e9 + 1.0, 1e9 + 1.0, 1e9, 1e9 + 2.0), 1.0);
        assert_eq!(sum_of([1e16, 1.0, 1.0, -1e16]), 2.0);
    }
}
