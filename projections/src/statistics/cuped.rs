//! Less noise: a metric less what the same units' past already told of it.

use super::Unknown;
use super::fixed::{Difference, Effect, positive};
use super::numerics::difference_of_products;
use super::sums::{Moments, counted, spread};

/// What is kept of the units of one arm: the metric `y`, and the same metric `x` before the experiment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairedSums {
    /// Units.
    pub n: f64,
    /// Sum of `y`.
    pub y_sum: f64,
    /// Sum of its squares.
    pub y_squares: f64,
    /// Sum of `x`.
    pub x_sum: f64,
    /// Sum of its squares.
    pub x_squares: f64,
    /// Sum of the products.
    pub products: f64,
}

/// From which variation the slope is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// Within each arm: a true effect leaves the slope alone.
    WithinArms,
    /// All units as one list, as `gbstats` 0.8.0 has it: a true effect leaks into the slope.
    Joined,
}

/// Sample variances and covariance.
#[derive(Clone, Copy, Debug)]
struct Spread {
    y: f64,
    x: f64,
    yx: f64,
}

impl PairedSums {
    fn spread(&self) -> Result<Spread, Unknown> {
        let n = counted(self.n)?;
        if n < 2.0 {
            return Err(Unknown::InsufficientData);
        }
        let pairs = n * (n - 1.0);
        let y = spread(n, self.y_squares, self.y_sum, self.y_sum)? / pairs;
        let x = spread(n, self.x_squares, self.x_sum, self.x_sum)? / pairs;
        let yx = Unknown::unless_finite(difference_of_products(n, self.products, self.y_sum, self.x_sum) / pairs)?;
        if x * y * (1.0 + 1e-9) < yx * yx {
            return Err(Unknown::Inconsistent("the products are larger than the squares allow"));
        }
        Ok(Spread { y, x, yx })
    }

    /// The metric alone.
    ///
    /// # Errors
    /// [`Unknown::InsufficientData`], [`Unknown::Inconsistent`].
    pub fn unadjusted(&self) -> Result<Moments, Unknown> {
        let spread = self.spread()?;
        Ok(Moments { n: self.n, mean: Unknown::unless_finite(self.y_sum / self.n)?, variance: Some(spread.y) })
    }

    fn joined(&self, other: &Self) -> Self {
        Self {
            n: self.n + other.n,
            y_sum: self.y_sum + other.y_sum,
            y_squares: self.y_squares + other.y_squares,
            x_sum: self.x_sum + other.x_sum,
            x_squares: self.x_squares + other.x_squares,
            products: self.products + other.products,
        }
    }
}

/// The slope `θ = cov/var` of the metric on its past; 0 where the past does not vary.
///
/// # Errors
/// [`Unknown::InsufficientData`] for fewer than two units in an arm; [`Unknown::Inconsistent`].
///
/// Source: Deng, Xu, Kohavi, Walker (WSDM 2013).
pub fn theta(control: &PairedSums, treatment: &PairedSums, pooling: Pooling) -> Result<f64, Unknown> {
    let (a, b) = (control.spread()?, treatment.spread()?);
    let (covariance, variance) = match pooling {
        Pooling::Joined => {
            let joined = control.joined(treatment).spread()?;
            (joined.yx, joined.x)
        }
        Pooling::WithinArms => {
            let (a_dof, b_dof) = (control.n - 1.0, treatment.n - 1.0);
            (a.yx * a_dof + b.yx * b_dof, a.x * a_dof + b.x * b_dof)
        }
    };
    if variance <= 0.0 { Ok(0.0) } else { Unknown::unless_finite(covariance / variance) }
}

/// The effect on the adjusted metric `y - θ (x - x̄)`; a lift and its variance are told with unadjusted means.
///
/// Variance of an arm: `vy + θ² vx - 2θ cov`.
///
/// # Errors
/// As [`Effect::of`].
pub fn effect(control: &PairedSums, treatment: &PairedSums, theta: f64, difference: Difference) -> Result<Effect, Unknown> {
    let adjusted = |arm: &PairedSums| -> Result<Moments, Unknown> {
        let spread = arm.spread()?;
        let variance = spread.y + theta * (theta * spread.x - 2.0 * spread.yx);
        let mean = Unknown::unless_finite((arm.y_sum - theta * arm.x_sum) / arm.n)?;
        Ok(Moments { n: arm.n, mean, variance: Some(Unknown::unless_finite(variance)?.max(0.0)) })
    };
    let absolute = Effect::of(&adjusted(control)?, &adjusted(treatment)?, Difference::Absolute)?;
    if difference == Difference::Absolute {
        return Ok(absolute);
    }
    let (a, b) = (adjusted(control)?.variance_of_mean()?, adjusted(treatment)?.variance_of_mean()?);
    let base = positive(control.y_sum / control.n)?;
    let (lift, ratio) = (absolute.estimate / base, treatment.y_sum / treatment.n / base);
    let variance = (b + a * ratio * ratio) / (base * base);
    Ok(Effect { estimate: Unknown::unless_finite(lift)?, variance: Unknown::unless_finite(variance)?, ..absolute })
}
