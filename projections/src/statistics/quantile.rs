//! Quantiles of long-tailed times: their variance from the ranks around them.

use super::Unknown;
use super::numerics::normal;
use super::sums::{Moments, counted};
use super::unknown::ALPHA;

/// What is kept of one arm's ordered values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantile {
    /// Values.
    pub n: f64,
    /// The number of values that the two ranks were chosen for; the same as `n` without clusters.
    pub n_star: f64,
    /// Which quantile, 0 to 1.
    pub nu: f64,
    /// Its value.
    pub value: f64,
    /// The value at rank `n (ν - z √(ν(1-ν)/n*))`.
    pub lower: f64,
    /// The value at rank `n (ν + z √(ν(1-ν)/n*))`.
    pub upper: f64,
}

impl Quantile {
    /// The quantile with the variance `(n*/n) (n-1) ((U - L)/(2z))²` of one value's share in it.
    ///
    /// # Errors
    /// [`Unknown::InsufficientData`] unless `n > z² max(ν/(1-ν), (1-ν)/ν)`, for then a rank would lie outside;
    /// [`Unknown::OutOfRange`] for a quantile outside 0 to 1, ranks in the wrong order or the level.
    ///
    /// Source: Deng, Knoblich, Lu (KDD 2018) §4; `gbstats` 0.8.0, `QuantileStatistic`.
    pub fn moments(&self, alpha: f64) -> Result<Moments, Unknown> {
        Unknown::unless_between_0_and_1(alpha, ALPHA)?;
        let nu = Unknown::unless_between_0_and_1(self.nu, "the quantile must be between 0 and 1")?;
        let (n, n_star) = (counted(self.n)?, counted(self.n_star)?);
        if !(self.lower <= self.upper && (self.upper - self.lower).is_finite() && self.value.is_finite()) {
            return Err(Unknown::OutOfRange("the lower rank's value must not be above the upper one's"));
        }
        let z = normal::upper_quantile(0.5 * alpha);
        if n <= z * z * (nu / (1.0 - nu)).max((1.0 - nu) / nu) {
            return Err(Unknown::InsufficientData);
        }
        let half = (self.upper - self.lower) / (2.0 * z);
        Ok(Moments { n, mean: self.value, variance: Some(Unknown::unless_finite((n_star / n) * (n - 1.0) * half * half)?) })
    }
}
