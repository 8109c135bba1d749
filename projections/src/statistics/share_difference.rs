//! Intervals of the difference of two shares, and Fisher's exact test: what is shown where a t test has nothing to say.

use super::Unknown;
use super::interval::Observed;
use super::numerics::{ln_choose, normal};
use super::unknown::ALPHA;

/// Two shares, `successes` of `n` each, checked; differences are treatment less control.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    control: [f64; 2],
    treatment: [f64; 2],
    alpha: f64,
}

/// A probability of the hypergeometric that is this little above the observed one is the same one, rounded otherwise.
const SAME: f64 = 1.0 + 1e-7;

impl Pair {
    /// `[n, successes]` of either arm, and the level.
    ///
    /// # Errors
    /// [`Unknown::InsufficientData`] for an empty arm; [`Unknown::OutOfRange`] for what is no share or no level.
    pub fn new(control: [f64; 2], treatment: [f64; 2], alpha: f64) -> Result<Self, Unknown> {
        Unknown::unless_between_0_and_1(alpha, ALPHA)?;
        Observed::new(control[0], control[1], alpha)?;
        Observed::new(treatment[0], treatment[1], alpha)?;
        Ok(Self { control, treatment, alpha })
    }

    fn shares(&self) -> [f64; 2] {
        [self.control, self.treatment].map(|[n, successes]| successes / n)
    }

    fn z(&self) -> f64 {
        normal::upper_quantile(0.5 * self.alpha)
    }

    /// The observed difference.
    #[must_use]
    pub fn estimate(&self) -> f64 {
        let [a, b] = self.shares();
        b - a
    }

    /// Newcombe's hybrid of two Wilson intervals, -1 to 1. Source: Newcombe (1998), method 10.
    #[must_use]
    pub fn newcombe(&self) -> [f64; 2] {
        let wilson = |[n, successes]: [f64; 2]| Observed { n, successes, alpha: self.alpha }.wilson();
        let ([a, b], [a_low, a_high], [b_low, b_high]) = (self.shares(), wilson(self.control), wilson(self.treatment));
        [b - a - libm::hypot(b - b_low, a_high - a), b - a + libm::hypot(b_high - b, a - a_low)]
    }

    /// Agresti and Caffo's: one success and one failure more in either arm, then Wald's; not cut to -1 and 1.
    ///
    /// Source: Agresti, Caffo (2000).
    #[must_use]
    pub fn agresti_caffo(&self) -> [f64; 2] {
        let more = |[n, successes]: [f64; 2]| [n + 2.0, successes + 1.0];
        Self { control: more(self.control), treatment: more(self.treatment), alpha: self.alpha }.wald()
    }

    /// Wald's, for comparison: no interval at all where nothing varies.
    #[must_use]
    pub fn wald(&self) -> [f64; 2] {
        let variance = |[n, successes]: [f64; 2]| successes / n * ((n - successes) / n) / n;
        let half = self.z() * libm::sqrt(variance(self.control) + variance(self.treatment));
        [self.estimate() - half, self.estimate() + half]
    }

    /// Miettinen and Nurminen's score interval: the differences that their test does not reject, -1 to 1.
    ///
    /// Source: Miettinen, Nurminen (1985), with the factor `N/(N-1)`; the restricted shares by their closed solution.
    #[must_use]
    pub fn miettinen_nurminen(&self) -> [f64; 2] {
        let (z, estimate) = (self.z(), self.estimate());
        let end = |side: f64| {
            let (mut inside, mut outside) = (estimate, side);
            if self.score(outside).abs() <= z {
                return outside;
            }
            for _ in 0..200 {
                let middle = 0.5 * (inside + outside);
                if middle == inside || middle == outside {
                    break;
                }
                if self.score(middle).abs() <= z { inside = middle } else { outside = middle }
            }
            0.5 * (inside + outside)
        };
        [end(-1.0), end(1.0)]
    }

    /// How many standard errors the observed difference is from `difference`, the error taken where that one is true.
    fn score(&self, difference: f64) -> f64 {
        let ([n_a, x_a], [n_b, x_b]) = (self.control, self.treatment);
        let n = n_a + n_b;
        let a = restricted(n_b, x_b, n_a, x_a, difference);
        let b = (a + difference).clamp(0.0, 1.0);
        let variance = (a * (1.0 - a) / n_a + b * (1.0 - b) / n_b) * (n / (n - 1.0));
        let apart = self.estimate() - difference;
        if apart == 0.0 {
            return 0.0;
        }
        if variance <= 0.0 { f64::INFINITY } else { apart / libm::sqrt(variance) }
    }

    /// The probability, under one common share, of a table as unlikely as this one or more.
    ///
    /// Source: Fisher (1935), two-sided by the likelihood of tables, as `scipy` 1.17.1 has it.
    #[must_use]
    pub fn fisher(&self) -> f64 {
        let ([n_a, x_a], [n_b, x_b]) = (self.control, self.treatment);
        let (successes, n) = (x_a + x_b, n_a + n_b);
        let (low, high) = ((successes - n_b).max(0.0), successes.min(n_a));
        let ln = |x: f64| ln_choose(n_a, x) + ln_choose(n_b, successes - x) - ln_choose(n, successes);
        let observed = ln(x_a);
        let limit = observed + libm::log(SAME);
        let mode = libm::floor((successes + 1.0) * (n_a + 1.0) / (n + 2.0)).clamp(low, high);
        if ln(mode) <= limit {
            return 1.0;
        }
        // On either side of the mode the probabilities fall: the tail begins where they are first below the limit.
        let tail = |toward: f64, end: f64| {
            let (mut inside, mut outside) = (mode, end);
            if limit < ln(outside) {
                return 0.0;
            }
            while 1.0 < (outside - inside).abs() {
                let middle = libm::floor(0.5 * (inside + outside));
                if ln(middle) <= limit { outside = middle } else { inside = middle }
            }
            let (mut x, mut term, mut sum) = (outside, libm::exp(ln(outside)), 0.0);
            while term > sum * 1e-17 {
                sum += term;
                term *= ratio(x, toward, n_a, n_b, successes);
                x += toward;
            }
            sum
        };
        (tail(-1.0, low) + tail(1.0, high)).min(1.0)
    }
}

/// By what a hypergeometric probability changes in one step.
fn ratio(x: f64, toward: f64, n_a: f64, n_b: f64, successes: f64) -> f64 {
    if 0.0 < toward {
        (n_a - x) * (successes - x) / ((x + 1.0) * (n_b - successes + x + 1.0))
    } else {
        x * (n_b - successes + x) / ((n_a - x + 1.0) * (successes - x + 1.0))
    }
}

/// The most likely share of the second arm, given that the first arm's is larger by `difference`.
///
/// Source: Miettinen, Nurminen (1985), appendix: the root of a cubic in closed form.
fn restricted(n_1: f64, x_1: f64, n_0: f64, x_0: f64, difference: f64) -> f64 {
    let (n, x) = (n_1 + n_0, x_1 + x_0);
    let l3 = n;
    let l2 = (n_1 + 2.0 * n_0) * difference - n - x;
    let l1 = (n_0 * difference - n - 2.0 * x_0) * difference + x;
    let l0 = x_0 * difference * (1.0 - difference);
    let third = l2 / (3.0 * l3);
    let q = third * third * third - l1 * l2 / (6.0 * l3 * l3) + l0 / (2.0 * l3);
    let p = libm::sqrt((third * third - l1 / (3.0 * l3)).max(0.0)).copysign(if q < 0.0 { -1.0 } else { 1.0 });
    let cube = p * p * p;
    let angle = if cube == 0.0 { 0.0 } else { (q / cube).clamp(-1.0, 1.0) };
    let root = 2.0 * p * libm::cos((std::f64::consts::PI + libm::acos(angle)) / 3.0) - third;
    root.clamp((-difference).max(0.0), (1.0 - difference).min(1.0))
}
