//! A normal posterior of the effect: a way to read it, never a rule for stopping.

use super::Unknown;
use super::fixed::Effect;
use super::numerics::normal;
use super::unknown::ALPHA;

/// What is believed of the effect beforehand, in its own unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Prior {
    /// Nothing.
    Flat,
    /// A normal.
    Normal {
        /// Its mean.
        mean: f64,
        /// Its variance, above 0.
        variance: f64,
    },
}

/// What is believed of the effect afterwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Posterior {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation.
    pub sd: f64,
    /// The probability that the treatment is the better one.
    pub chance_to_win: f64,
    /// The middle `1 - alpha` of it.
    pub ci: [f64; 2],
    /// What is lost on average by keeping the control.
    pub risk_of_control: f64,
    /// What is lost on average by shipping the treatment.
    pub risk_of_treatment: f64,
}

impl Posterior {
    /// `P = 1/V + 1/s0²`, `μ = (d/V + μ0/s0²)/P`, `σ = 1/√P`; losses `σ φ(u) ∓ μ Φ(∓u)` with `u = μ/σ`.
    ///
    /// Where less is better, chance and losses are those of the effect's negative.
    ///
    /// # Errors
    /// [`Unknown::Degenerate`] where nothing varies; [`Unknown::OutOfRange`] for the level or the prior.
    ///
    /// Source: Stucchio, Bayesian A/B Testing at VWO (2015); `gbstats` 0.8.0, `EffectBayesianABTest`.
    pub fn of(effect: &Effect, prior: Prior, alpha: f64, lower_is_better: bool) -> Result<Self, Unknown> {
        Unknown::unless_between_0_and_1(alpha, ALPHA)?;
        let variance = effect.se().map(|_| effect.variance)?;
        let (mean, variance) = match prior {
            Prior::Flat => (effect.estimate, variance),
            Prior::Normal { mean, variance: of_prior } => {
                if !(0.0 < of_prior && of_prior.is_finite() && mean.is_finite()) {
                    return Err(Unknown::OutOfRange("the prior's variance must be above 0"));
                }
                // Weights, not precisions: 1/V may overflow.
                let both = variance + of_prior;
                (effect.estimate * (of_prior / both) + mean * (variance / both), variance * (of_prior / both))
            }
        };
        let sd = libm::sqrt(variance);
        let half = normal::upper_quantile(0.5 * alpha) * sd;
        let better = if lower_is_better { -mean } else { mean };
        let u = Unknown::unless_finite(better / sd)?;
        Ok(Self {
            mean: Unknown::unless_finite(mean)?,
            sd,
            chance_to_win: normal::lower(u),
            ci: [mean - half, mean + half],
            risk_of_control: sd * above_zero(u),
            risk_of_treatment: sd * above_zero(-u),
        })
    }
}

/// The mean of what lies above 0 of a normal about `u` with deviation 1: `φ(u) + u Φ(u)`.
fn above_zero(u: f64) -> f64 {
    if -8.0 < u {
        return (normal::density(u) + u * normal::lower(u)).max(0.0);
    }
    // Both terms nearly cancel far out: their asymptotic series.
    let square = 1.0 / (u * u);
    let series = 1.0 - square * (3.0 - square * (15.0 - square * (105.0 - square * (945.0 - square * 10_395.0))));
    normal::density(u) * square * series
}
