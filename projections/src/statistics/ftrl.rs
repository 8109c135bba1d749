//! A logistic model that learns from one example at a time: FTRL-Proximal, on what a documented score leaves over.

use std::collections::BTreeMap;

use super::Unknown;
use super::numerics::logistic;

/// Log-odds beyond this say no more.
const LOG_ODDS_MAX: f64 = 35.0;

/// How quickly it learns, and how little it keeps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// The step, above 0.
    pub alpha: f64,
    /// How much evidence slows the first steps, at least 0.
    pub beta: f64,
    /// Weights within this are 0.
    pub l1: f64,
    /// How strongly weights are drawn to 0.
    pub l2: f64,
}

/// The state: per feature two sums, from which its weight follows whenever it is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Learner {
    pace: Pace,
    /// By feature: the sum of adjusted gradients, and of their squares.
    state: BTreeMap<String, [f64; 2]>,
}

impl Learner {
    /// A learner that knows nothing.
    ///
    /// # Errors
    /// [`Unknown::OutOfRange`] unless `alpha` is above 0 and the others at least 0.
    pub fn new(pace: Pace) -> Result<Self, Unknown> {
        let rest = [pace.beta, pace.l1, pace.l2];
        if !(0.0 < pace.alpha && pace.alpha.is_finite() && rest.iter().all(|x| 0.0 <= *x && x.is_finite())) {
            return Err(Unknown::OutOfRange("alpha must be above 0, beta, l1 and l2 at least 0"));
        }
        Ok(Self { pace, state: BTreeMap::new() })
    }

    /// The weight of a feature: 0 within `l1`, else `-(z - sgn(z) l1) / ((β + √n)/α + l2)`.
    #[must_use]
    pub fn weight(&self, feature: &str) -> f64 {
        self.state.get(feature).map_or(0.0, |[z, n]| self.of(*z, *n))
    }

    fn of(&self, z: f64, n: f64) -> f64 {
        let rest = z.abs() - self.pace.l1;
        if rest <= 0.0 {
            return 0.0;
        }
        let scale = (self.pace.beta + libm::sqrt(n)) / self.pace.alpha + self.pace.l2;
        if scale == 0.0 { 0.0 } else { -rest.copysign(z) / scale }
    }

    /// The probability of an example, on top of the log-odds `prior` of a documented score (0 without one).
    ///
    /// Features are added in the order of their names, so that a replay gives the same bits.
    #[must_use]
    pub fn predicted(&self, features: &BTreeMap<String, f64>, prior: f64) -> f64 {
        let log_odds = features.iter().fold(prior, |sum, (name, x)| sum + self.weight(name) * x);
        logistic(log_odds.clamp(-LOG_ODDS_MAX, LOG_ODDS_MAX))
    }

    /// Learns from an example whose label is known by now, and tells what was predicted before.
    ///
    /// `g = (p - y) x`, `σ = (√(n + g²) - √n)/α`, `z += g - σ w`, `n += g²`; features of 0 stay as they are.
    ///
    /// # Errors
    /// [`Unknown::OutOfRange`] for a value that is not finite; nothing is learnt then.
    ///
    /// Source: McMahan et al., Ad Click Prediction (KDD 2013), algorithm 1.
    pub fn learn(&mut self, features: &BTreeMap<String, f64>, prior: f64, label: bool) -> Result<f64, Unknown> {
        if !(prior.is_finite() && features.values().all(|x| x.abs() <= 1e100)) {
            return Err(Unknown::OutOfRange("features must be finite"));
        }
        let predicted = self.predicted(features, prior);
        let residual = predicted - f64::from(u8::from(label));
        for (name, x) in features.iter().filter(|(_, x)| **x != 0.0) {
            let weight = self.weight(name);
            let [z, n] = self.state.entry(name.clone()).or_default();
            let gradient = residual * x;
            let more = *n + gradient * gradient;
            let sigma = (libm::sqrt(more) - libm::sqrt(*n)) / self.pace.alpha;
            *z += gradient - sigma * weight;
            *n = more;
        }
        Ok(predicted)
    }

    /// By feature: the sum of adjusted gradients, that of their squares, and the weight.
    pub fn features(&self) -> impl Iterator<Item = (&str, [f64; 3])> {
        self.state.iter().map(|(name, [z, n])| (name.as_str(), [*z, *n, self.of(*z, *n)]))
    }
}
