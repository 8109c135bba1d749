//! The effect of a treatment, and the test for one look at a planned end: Welch's t.

use super::Unknown;
use super::numerics::student;
use super::sums::Moments;
use super::unknown::ALPHA;

/// Which difference is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Treatment less control, in the metric's unit.
    Absolute,
    /// That, as a fraction of the control: 0.05 is 5 % more.
    Relative,
}

/// How much the treatment changes a metric, before anything is said of chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// The difference, in the metric's unit or as a fraction.
    pub estimate: f64,
    /// Its variance; 0 where nothing varies.
    pub variance: f64,
    /// Welch and Satterthwaite's degrees of freedom; `None` where nothing varies.
    pub dof: Option<f64>,
    /// Units in both arms.
    pub n: f64,
}

/// What a fixed test says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tested {
    /// The difference, in the metric's unit or as a fraction.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// Degrees of freedom.
    pub dof: f64,
    /// The two-sided p-value, 0 to 1; 0 only below the smallest number there is.
    pub p_value: f64,
    /// Its natural logarithm, which is never lost.
    pub ln_p_value: f64,
    /// The interval that covers the difference with probability `1 - alpha`.
    pub ci: [f64; 2],
}

impl Effect {
    /// The effect of `treatment` against `control`, whose numbers have been seen to be finite.
    ///
    /// Absolute: `mB - mA` with variance `vA/nA + vB/nB`. Relative, by the delta method: `(mB - mA)/mA` with variance
    /// `vB/(mA² nB) + vA mB²/(mA⁴ nA)`. Degrees of freedom by Welch and Satterthwaite on the means.
    ///
    /// # Errors
    /// [`Unknown::InsufficientData`] for fewer than two units in an arm; of a relative effect
    /// [`Unknown::BaselineZero`] and [`Unknown::BaselineNonpositive`]; [`Unknown::TooLarge`].
    ///
    /// Source: `gbstats` 0.8.0, `frequentist_diff` and `frequentist_variance`; Welch (1947).
    pub fn of(control: &Moments, treatment: &Moments, difference: Difference) -> Result<Self, Unknown> {
        let (a, b) = (control.variance_of_mean()?, treatment.variance_of_mean()?);
        let n = control.n + treatment.n;
        let dof = dof(a, control.n, b, treatment.n);
        let apart = treatment.mean - control.mean;
        let (estimate, variance) = match difference {
            Difference::Absolute => (apart, a + b),
            Difference::Relative => {
                let base = positive(control.mean)?;
                let ratio = treatment.mean / base;
                (apart / base, (b + a * ratio * ratio) / (base * base))
            }
        };
        Ok(Self { estimate: Unknown::unless_finite(estimate)?, variance: Unknown::unless_finite(variance)?, dof, n })
    }

    /// Standard error.
    ///
    /// # Errors
    /// [`Unknown::Degenerate`] where nothing varies.
    pub fn se(&self) -> Result<f64, Unknown> {
        if 0.0 < self.variance { Ok(libm::sqrt(self.variance)) } else { Err(Unknown::Degenerate) }
    }

    /// Welch's test at level `alpha`: the only look at a planned end.
    ///
    /// # Errors
    /// [`Unknown::Degenerate`] where nothing varies; [`Unknown::OutOfRange`] for `alpha`; [`Unknown::TooLarge`].
    ///
    /// Source: Welch (1947); the tail by [`student::two_sided`].
    pub fn tested(&self, alpha: f64) -> Result<Tested, Unknown> {
        Unknown::unless_between_0_and_1(alpha, ALPHA)?;
        let (se, dof) = (self.se()?, self.dof.ok_or(Unknown::Degenerate)?);
        let t = Unknown::unless_finite(self.estimate / se)?;
        let half = student::two_sided_quantile(alpha, dof) * se;
        let ci = [Unknown::unless_finite(self.estimate - half)?, Unknown::unless_finite(self.estimate + half)?];
        let (p_value, ln_p_value) = (student::two_sided(t, dof), student::ln_two_sided(t, dof));
        Ok(Tested { estimate: self.estimate, se, dof, p_value, ln_p_value: Unknown::unless_finite(ln_p_value)?, ci })
    }
}

/// A baseline that a lift may be told against.
///
/// # Errors
/// [`Unknown::BaselineZero`], [`Unknown::BaselineNonpositive`].
pub fn positive(baseline: f64) -> Result<f64, Unknown> {
    if baseline == 0.0 {
        return Err(Unknown::BaselineZero);
    }
    if baseline < 0.0 { Err(Unknown::BaselineNonpositive) } else { Ok(baseline) }
}

/// Welch and Satterthwaite's degrees of freedom from the variances of two means; scaled first, so that nothing underflows.
fn dof(a: f64, n_a: f64, b: f64, n_b: f64) -> Option<f64> {
    let both = a + b;
    if both <= 0.0 || !both.is_finite() {
        return None;
    }
    let (a, b) = (a / both, b / both);
    Some(1.0 / (a * a / (n_a - 1.0) + b * b / (n_b - 1.0)))
}
