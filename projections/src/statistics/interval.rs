//! Intervals of one share.

use super::Unknown;
use super::numerics::{beta, normal};
use super::sums::counted;
use super::unknown::ALPHA;

/// One share and the level of its intervals, both checked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    pub(crate) n: f64,
    pub(crate) successes: f64,
    pub(crate) alpha: f64,
}

impl Observed {
    /// A share `successes / n`, and intervals that cover with probability `1 - alpha`.
    ///
    /// # Errors
    /// [`Unknown::InsufficientData`] for `n = 0`; [`Unknown::OutOfRange`] for what is no share or no level.
    pub fn new(n: f64, successes: f64, alpha: f64) -> Result<Self, Unknown> {
        Unknown::unless_between_0_and_1(alpha, ALPHA)?;
        let n = counted(n)?;
        if !(0.0 <= successes && successes <= n && successes.fract() == 0.0) {
            return Err(Unknown::OutOfRange("successes must be whole and between 0 and n"));
        }
        Ok(Self { n, successes, alpha })
    }

    /// The share itself.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.successes / self.n
    }

    /// Wilson's score interval. Source: Wilson (1927).
    #[must_use]
    pub fn wilson(&self) -> [f64; 2] {
        let z = normal::upper_quantile(0.5 * self.alpha);
        let (square, failures) = (z * z, self.n - self.successes);
        let half = z * libm::sqrt(self.successes * failures / self.n + 0.25 * square);
        // From each end by its own: nothing cancels where one of them is near 0.
        let low = |x: f64| if x == 0.0 { 0.0 } else { x * x / self.n / (x + 0.5 * square + half) };
        [low(self.successes), 1.0 - low(failures)]
    }

    /// Clopper and Pearson's exact interval. Source: Clopper, Pearson (1934).
    #[must_use]
    pub fn clopper_pearson(&self) -> [f64; 2] {
        let (x, rest, tail) = (self.successes, self.n - self.successes, 0.5 * self.alpha);
        let low = if x == 0.0 { 0.0 } else { beta::lower_quantile(x, rest + 1.0, tail) };
        let high = if rest == 0.0 { 1.0 } else { beta::upper_quantile(x + 1.0, rest, tail) };
        [low, high]
    }

    /// The middle of the posterior under Jeffreys' prior, also at 0 and at all. Source: Brown, Cai, DasGupta (2001).
    #[must_use]
    pub fn jeffreys(&self) -> [f64; 2] {
        let (a, b, tail) = (self.successes + 0.5, self.n - self.successes + 0.5, 0.5 * self.alpha);
        [beta::lower_quantile(a, b, tail), beta::upper_quantile(a, b, tail)]
    }

    /// Agresti and Coull's interval, cut to 0 and 1. Source: Agresti, Coull (1998).
    #[must_use]
    pub fn agresti_coull(&self) -> [f64; 2] {
        let z = normal::upper_quantile(0.5 * self.alpha);
        let n = self.n + z * z;
        let share = (self.successes + 0.5 * z * z) / n;
        let half = z * libm::sqrt(share * (1.0 - share) / n);
        [(share - half).max(0.0), (share + half).min(1.0)]
    }
}
