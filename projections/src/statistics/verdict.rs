//! Two arms at a moment, also where there is hardly anything to compare: what may be told, and what must not.

use super::Unknown;
use super::anytime::{Anytime, TUNING_N};
use super::bayes::{Posterior, Prior};
use super::fixed::{Difference, Effect, Tested, positive};
use super::label_evalue::{Evidence, evidence};
use super::sample_ratio::{Mismatch, mismatch};
use super::share_difference::Pair;
use super::sums::Moments;
use super::unknown::ALPHA;

/// Fewer units in an arm are computed, and marked.
pub const UNITS_MIN: f64 = 30.0;
/// A lift over a baseline of fewer standard errors from 0 is marked.
pub const BASELINE_ERRORS_MIN: f64 = 5.0;
/// The concentration of the label e-value beside a small comparison.
pub const CONCENTRATION: f64 = 50.0;

/// One arm: its moments, and of shares also how many succeeded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arm {
    /// Units.
    pub n: f64,
    /// `None` for an empty arm.
    pub moments: Option<Moments>,
    /// Of a share, how many.
    pub successes: Option<f64>,
}

/// In one word, what a comparison is worth; the first that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Fewer than two units in an arm.
    InsufficientData,
    /// The asked lift has no meaning: the baseline is 0, or a share is 0 or all in each arm and another in the other.
    BaselineZero,
    /// The asked lift would change its sign.
    BaselineNonpositive,
    /// Nothing varies in either arm.
    Degenerate,
    /// Computed from fewer than [`UNITS_MIN`] units in an arm.
    BelowMinimum,
    /// The asked lift rests on a baseline of less than [`BASELINE_ERRORS_MIN`] standard errors.
    BaselineNoisy,
    /// Nothing to add.
    Ok,
}

impl Status {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::InsufficientData => "insufficient_data",
            Self::BaselineZero => "baseline_zero",
            Self::BaselineNonpositive => "baseline_nonpositive",
            Self::Degenerate => "degenerate",
            Self::BelowMinimum => "below_minimum",
            Self::BaselineNoisy => "baseline_noisy",
            Self::Ok => "ok",
        }
    }
}

/// How an interval was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Welch's t.
    Welch,
    /// Newcombe's interval, Fisher's p.
    Exact,
}

/// Exact readings of two shares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exact {
    /// Newcombe's interval of the difference.
    pub newcombe: [f64; 2],
    /// Fisher's p-value.
    pub fisher: f64,
    /// What the labels say, at equal weights.
    pub labels: Evidence,
}

/// A comparison with all that may be told of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Everything that holds of it, the weightiest first; never empty.
    pub statuses: Vec<Status>,
    /// Which difference `estimate` is: the asked one, or the absolute one where that has no meaning.
    pub shown: Difference,
    /// The difference; `None` for an empty arm.
    pub estimate: Option<f64>,
    /// Its interval.
    pub ci: Option<[f64; 2]>,
    /// Its p-value; `None` where a test would be about nothing.
    pub p_value: Option<f64>,
    /// How both were found.
    pub method: Option<Method>,
    /// Which arm is better at this level and this look; `None` unless there is a
    /// p-value that says so and neither arm has fewer than [`UNITS_MIN`] units.
    pub winner: Option<&'static str>,
    /// The absolute effect.
    pub absolute: Result<Effect, Unknown>,
    /// The relative effect.
    pub relative: Result<Effect, Unknown>,
    /// Welch's test of the asked difference.
    pub fixed: Result<Tested, Unknown>,
    /// The anytime-valid reading of the asked difference.
    pub sequential: Result<Anytime, Unknown>,
    /// The posterior of the asked difference.
    pub bayes: Result<Posterior, Unknown>,
    /// Exact readings, of shares.
    pub exact: Option<Exact>,
    /// Whether the arms are equally large, as they should be where nothing else is said.
    pub sample_ratio: Result<Mismatch, Unknown>,
}

impl Verdict {
    /// Compares two arms.
    ///
    /// Shares of which an arm has none or all are shown with Newcombe's interval and Fisher's p-value; where nothing
    /// varies in either arm and both are the same, or values are no shares, no p-value and no winner is told.
    ///
    /// # Errors
    /// [`Unknown::OutOfRange`] for the level.
    pub fn of(control: &Arm, treatment: &Arm, alpha: f64, asked: Difference) -> Result<Self, Unknown> {
        Unknown::unless_between_0_and_1(alpha, ALPHA)?;
        let effect = |difference| match (&control.moments, &treatment.moments) {
            (Some(a), Some(b)) => Effect::of(a, b, difference),
            _ => Err(Unknown::InsufficientData),
        };
        let exact = exact(control, treatment, alpha);
        let one_sided = [control, treatment].iter().any(|arm| arm.successes.is_some_and(|x| x == 0.0 || x == arm.n));
        let separated = one_sided && exact.is_some() && means(control, treatment).is_some_and(|[a, b]| (b - a).abs() == 1.0);
        let absolute = effect(Difference::Absolute);
        let relative = if separated { Err(Unknown::BaselineZero) } else { effect(Difference::Relative) };
        let statuses = statuses(control, treatment, asked, &absolute, &relative);
        let of_asked = if asked == Difference::Relative { relative } else { absolute };
        let usable = of_asked.is_ok_and(|effect| 0.0 < effect.variance);
        let shown = if usable { asked } else { Difference::Absolute };
        let fixed = of_asked.and_then(|effect| effect.tested(alpha));
        let mut verdict = Self {
            statuses,
            shown,
            estimate: means(control, treatment).map(|[a, b]| if shown == Difference::Absolute { b - a } else { (b - a) / a }),
            ci: None,
            p_value: None,
            method: None,
            winner: None,
            absolute,
            relative,
            fixed,
            sequential: of_asked.and_then(|effect| Anytime::of(&effect, alpha, TUNING_N)),
            bayes: of_asked.and_then(|effect| Posterior::of(&effect, Prior::Normal { mean: 0.0, variance: 0.09 }, alpha, false)),
            exact,
            sample_ratio: mismatch(&[control.n as u64, treatment.n as u64], &[1.0, 1.0]),
        };
        verdict.choose(one_sided, alpha);
        Ok(verdict)
    }

    /// Chooses what is shown as the interval and the p-value.
    fn choose(&mut self, one_sided: bool, alpha: f64) {
        if self.statuses[0] == Status::InsufficientData {
            return;
        }
        let welch = self.fixed.or_else(|_| self.absolute.and_then(|effect| effect.tested(alpha)));
        match (self.exact, welch) {
            (Some(exact), _) if one_sided => {
                self.shown = Difference::Absolute;
                self.estimate = self.absolute.ok().map(|effect| effect.estimate);
                self.ci = Some(exact.newcombe);
                // The same share in both, none or all: there is nothing to test.
                self.p_value = (self.estimate != Some(0.0)).then_some(exact.fisher);
                self.method = Some(Method::Exact);
            }
            (_, Ok(tested)) => {
                (self.ci, self.p_value, self.method) = (Some(tested.ci), Some(tested.p_value), Some(Method::Welch));
            }
            (_, Err(_)) => {}
        }
        let better = self.estimate.map(|estimate| if estimate < 0.0 { "control" } else { "treatment" });
        // Few units are computed, but nobody wins by them.
        let enough = !self.statuses.contains(&Status::BelowMinimum);
        self.winner = better.filter(|_| enough && self.p_value.is_some_and(|p| p < alpha));
    }
}

fn means(control: &Arm, treatment: &Arm) -> Option<[f64; 2]> {
    Some([control.moments?.mean, treatment.moments?.mean])
}

fn exact(control: &Arm, treatment: &Arm, alpha: f64) -> Option<Exact> {
    let (x_a, x_b) = (control.successes?, treatment.successes?);
    let pair = Pair::new([control.n, x_a], [treatment.n, x_b], alpha).ok()?;
    let table = [vec![(control.n - x_a) as u64, (treatment.n - x_b) as u64], vec![x_a as u64, x_b as u64]];
    let labels = evidence(&table, &[1.0, 1.0], CONCENTRATION).ok()?;
    Some(Exact { newcombe: pair.newcombe(), fisher: pair.fisher(), labels })
}

fn statuses(
    control: &Arm,
    treatment: &Arm,
    asked: Difference,
    absolute: &Result<Effect, Unknown>,
    relative: &Result<Effect, Unknown>,
) -> Vec<Status> {
    let mut all = Vec::new();
    if control.n.min(treatment.n) < 2.0 {
        all.push(Status::InsufficientData);
    }
    if asked == Difference::Relative {
        match relative {
            Err(Unknown::BaselineZero) => all.push(Status::BaselineZero),
            Err(Unknown::BaselineNonpositive) => all.push(Status::BaselineNonpositive),
            Ok(_) | Err(_) => {}
        }
        let noisy = control.moments.is_some_and(|control| {
            let error = control.variance_of_mean().map(libm::sqrt).unwrap_or_default();
            positive(control.mean).is_ok_and(|base| base < BASELINE_ERRORS_MIN * error)
        });
        if noisy {
            all.push(Status::BaselineNoisy);
        }
    }
    if absolute.is_ok_and(|effect| effect.variance == 0.0) {
        all.push(Status::Degenerate);
    }
    if control.n.min(treatment.n) < UNITS_MIN {
        all.push(Status::BelowMinimum);
    }
    if all.is_empty() {
        all.push(Status::Ok);
    }
    all.sort();
    all
}
