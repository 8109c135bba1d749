//! Tests that may be read after every event: asymptotic confidence sequences and their e-values.

use super::Unknown;
use super::fixed::Effect;
use super::unknown::ALPHA;

/// The sample size for which the interval is tightest where no plan says otherwise.
pub const TUNING_N: f64 = 5_000.0;

/// What may be said after any event, with the same guarantee over all of them together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anytime {
    /// The difference, in the metric's unit or as a fraction.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// How wide the mixture is, from the level and the sample size it is tuned for.
    pub rho: f64,
    /// The interval; all of them over time cover the difference together with probability `1 - alpha`.
    pub ci: [f64; 2],
    /// The natural logarithm of the e-value: the exponential overflows beyond 709.
    pub log_e_value: f64,
    /// `min(1, 1/e)`; the running minimum is the always-valid p-value.
    pub p_value: f64,
}

/// How wide the mixture is: `ρ² = (-2 ln α + ln(1 - 2 ln α)) / t*`.
///
/// # Errors
/// [`Unknown::OutOfRange`] for the level or a tuning size that is not above 0.
pub fn rho(alpha: f64, tuning_n: f64) -> Result<f64, Unknown> {
    Unknown::unless_between_0_and_1(alpha, ALPHA)?;
    if !(0.0 < tuning_n && tuning_n.is_finite()) {
        return Err(Unknown::OutOfRange("tuning_n must be above 0"));
    }
    let twice = -2.0 * libm::log(alpha);
    Ok(libm::sqrt((twice + libm::log1p(twice)) / tuning_n))
}

impl Anytime {
    /// The asymptotic confidence sequence at level `alpha`, tightest at `tuning_n` units.
    ///
    /// Half-width `sqrt(N V) sqrt(2 (Nρ²+1)/(N²ρ²) ln(sqrt(Nρ²+1)/α))`;
    /// `ln e = ρ² d² N / (2V (Nρ²+1)) - ln(Nρ²+1)/2`.
    ///
    /// # Errors
    /// [`Unknown::Degenerate`] where nothing varies; [`Unknown::OutOfRange`] for the level or the tuning size;
    /// [`Unknown::TooLarge`].
    ///
    /// Source: Waudby-Smith et al., arXiv 2103.06476v7, eq. 9, 155, 161, as `gbstats` 0.8.0 has it.
    pub fn of(effect: &Effect, alpha: f64, tuning_n: f64) -> Result<Self, Unknown> {
        let rho = rho(alpha, tuning_n)?;
        let se = effect.se()?;
        let n = effect.n;
        let information = n * rho * rho;
        let ln_root = 0.5 * libm::log1p(information);
        let half = se * libm::sqrt(2.0 * (information + 1.0) / information * (ln_root - libm::log(alpha)));
        let t = effect.estimate / se;
        let log_e_value = Unknown::unless_finite(0.5 * t * t * (information / (information + 1.0)) - ln_root)?;
        let ci = [Unknown::unless_finite(effect.estimate - half)?, Unknown::unless_finite(effect.estimate + half)?];
        Ok(Self { estimate: effect.estimate, se, rho, ci, log_e_value, p_value: p_value(log_e_value) })
    }
}

/// The p-value of an e-value: `min(1, 1/e)`.
#[must_use]
pub fn p_value(log_e_value: f64) -> f64 {
    libm::exp(-log_e_value).min(1.0)
}

/// What was seen so far of a test that is read again and again: it never takes back an alarm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Running {
    /// The smallest p-value so far.
    pub p_value: f64,
    /// What all intervals so far have in common; empty (the first above the second) means that the effect moves.
    pub ci: [f64; 2],
}

impl Default for Running {
    fn default() -> Self {
        Self { p_value: 1.0, ci: [f64::MIN, f64::MAX] }
    }
}

impl Running {
    /// After one more reading.
    #[must_use]
    pub fn after(self, reading: &Anytime) -> Self {
        let [low, high] = self.ci;
        Self { p_value: self.p_value.min(reading.p_value), ci: [low.max(reading.ci[0]), high.min(reading.ci[1])] }
    }

    /// Whether the intervals have nothing in common any more.
    #[must_use]
    pub fn drifted(&self) -> bool {
        self.ci[1] < self.ci[0]
    }
}
