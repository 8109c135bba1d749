//! Shares of few units, read with a Beta prior: which arm is better, and what the wrong choice costs.

use super::Unknown;
use super::numerics::quadrature::over_the_line;
use super::numerics::{beta, logistic};
use super::sums::counted;

/// What is believed of a share after it was observed: a Beta.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// One more than the successes counted, under a flat prior.
    pub alpha: f64,
    /// One more than the failures counted, under a flat prior.
    pub beta: f64,
}

impl Share {
    /// `Beta(α0 + x, β0 + n - x)`; with `n = 0` that is the prior.
    ///
    /// # Errors
    /// [`Unknown::OutOfRange`] unless `0 <= successes <= n`, whole, and both sides of the prior are above 0.
    pub fn observed(n: f64, successes: f64, prior: [f64; 2]) -> Result<Self, Unknown> {
        if n != 0.0 {
            counted(n)?;
        }
        if !(0.0 <= successes && successes <= n && successes.fract() == 0.0) {
            return Err(Unknown::OutOfRange("successes must be whole and between 0 and n"));
        }
        if !prior.iter().all(|side| 1e-6 <= *side && *side <= 1e12) {
            return Err(Unknown::OutOfRange("the prior's alpha and beta must be above 0"));
        }
        Ok(Self { alpha: prior[0] + successes, beta: prior[1] + (n - successes) })
    }

    /// Its mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.alpha / (self.alpha + self.beta)
    }

    /// How wide it is over the log-odds, roughly.
    fn width(&self) -> f64 {
        libm::sqrt(1.0 / self.alpha + 1.0 / self.beta)
    }
}

/// Which of two shares is larger.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compared {
    /// The probability that `b` is the larger one.
    pub b_beats_a: f64,
    /// What is lost on average by choosing `a`: the mean of `max(B - A, 0)`.
    pub loss_of_a: f64,
    /// What is lost on average by choosing `b`: the mean of `max(A - B, 0)`.
    pub loss_of_b: f64,
}

impl Compared {
    /// Compares two posteriors, of any size and with any prior.
    ///
    /// Integrates over the log-odds of the narrower share, where a Beta is a smooth bump and the trapezoid rule
    /// converges exponentially; the wider share enters by its own distribution, so nothing needs to be summed over
    /// counts. Evan Miller's closed sums, which need whole parameters and as many terms, agree to 1e-12.
    #[must_use]
    pub fn of(a: &Share, b: &Share) -> Self {
        if b.width() <= a.width() {
            let [above, gain, loss] = against(b, a);
            Self { b_beats_a: above, loss_of_a: gain, loss_of_b: loss }
        } else {
            let [above, gain, loss] = against(a, b);
            Self { b_beats_a: 1.0 - above, loss_of_a: loss, loss_of_b: gain }
        }
    }
}

/// `P(N > W)`, the mean of `max(N - W, 0)` and of `max(W - N, 0)`.
fn against(narrow: &Share, wide: &Share) -> [f64; 3] {
    let step = 0.3 * narrow.width().min(1.0);
    let mean = wide.mean();
    let [whole, above, gain, loss] = over_the_line(libm::log(narrow.alpha / narrow.beta), step, |log_odds| {
        let (x, y) = (logistic(log_odds), logistic(-log_odds));
        let density = libm::exp(beta::ln_density_over_log_odds(narrow.alpha, narrow.beta, x, y));
        let tails = beta::tails(wide.alpha, wide.beta, x, y);
        // x^a y^b / (a B(a, b)), by which I_x(a, b) is more than I_x(a+1, b).
        let term = mean / wide.alpha * libm::exp(beta::ln_density_over_log_odds(wide.alpha, wide.beta, x, y));
        // Which of the two is the difference x - mean or y - (1 - mean) keeps its digits near the ends.
        let apart = if x < 0.5 { x - mean } else { wide.beta / (wide.alpha + wide.beta) - y };
        let gain = (apart * tails.lower + term).max(0.0);
        let loss = (term - apart * tails.upper).max(0.0);
        [density, density * tails.lower, density * gain, density * loss]
    });
    [above / whole, gain / whole, loss / whole].map(|part| part.clamp(0.0, 1.0))
}
