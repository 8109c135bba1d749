//! How good probabilities are: as an order, as a list that is worked off from the top, and as probabilities.

use super::Unknown;
use super::numerics::sum_of;

/// Probabilities are kept this far from 0 and 1 before their logarithm is taken.
pub const CLIP: f64 = 1e-9;

/// Predictions and what became of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// By score, the highest first; equal ones in the order in which they came.
    pairs: Vec<(f64, bool)>,
    positives: f64,
}

/// The first part of the list, as long as there is time to work it off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Top {
    /// The share of it that came true.
    pub precision: f64,
    /// How many times that of a list in any order; unknown where nothing came true.
    pub lift: Result<f64, Unknown>,
    /// The share of what came true that is in it; unknown where nothing came true.
    pub recall: Result<f64, Unknown>,
}

impl Scored {
    /// Pairs of a probability and whether it came true.
    ///
    /// # Errors
    /// [`Unknown::InsufficientData`] for none; [`Unknown::OutOfRange`] for lists of two lengths or no probabilities.
    pub fn new(scores: &[f64], labels: &[bool]) -> Result<Self, Unknown> {
        if scores.len() != labels.len() {
            return Err(Unknown::OutOfRange("there must be as many labels as predictions"));
        }
        if !scores.iter().all(|score| (0.0..=1.0).contains(score)) {
            return Err(Unknown::OutOfRange("predictions must be between 0 and 1"));
        }
        if scores.is_empty() {
            return Err(Unknown::InsufficientData);
        }
        let mut pairs: Vec<_> = scores.iter().copied().zip(labels.iter().copied()).collect();
        pairs.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let positives = labels.iter().filter(|label| **label).count() as f64;
        Ok(Self { pairs, positives })
    }

    fn n(&self) -> f64 {
        self.pairs.len() as f64
    }

    /// The mean squared error. Source: Brier (1950).
    #[must_use]
    pub fn brier(&self) -> f64 {
        let error = |(p, label): &(f64, bool)| if *label { 1.0 - p } else { *p };
        sum_of(self.pairs.iter().map(|pair| error(pair) * error(pair))) / self.n()
    }

    /// The mean negative log-likelihood, probabilities clipped by [`CLIP`].
    #[must_use]
    pub fn log_loss(&self) -> f64 {
        let loss = |(p, label): &(f64, bool)| {
            let p = p.clamp(CLIP, 1.0 - CLIP);
            if *label { -libm::log(p) } else { -libm::log1p(-p) }
        };
        sum_of(self.pairs.iter().map(loss)) / self.n()
    }

    /// The probability that one that came true was scored higher than one that did not; ties count half.
    ///
    /// # Errors
    /// [`Unknown::OneClassOnly`]. Source: Mann, Whitney (1947).
    pub fn auc(&self) -> Result<f64, Unknown> {
        let negatives = self.n() - self.positives;
        if self.positives == 0.0 || negatives == 0.0 {
            return Err(Unknown::OneClassOnly);
        }
        let (mut above, mut area) = (0.0, 0.0);
        for tie in self.ties() {
            let true_ = tie.iter().filter(|(_, label)| *label).count() as f64;
            let false_ = tie.len() as f64 - true_;
            area += false_ * (above + 0.5 * true_);
            above += true_;
        }
        Ok(area / (self.positives * negatives))
    }

    /// The precision at each step of recall, in the mean; equal scores are one step.
    ///
    /// # Errors
    /// [`Unknown::OneClassOnly`] where nothing came true. Source: `sklearn` 1.9.1, `average_precision_score`.
    pub fn average_precision(&self) -> Result<f64, Unknown> {
        if self.positives == 0.0 {
            return Err(Unknown::OneClassOnly);
        }
        let (mut found, mut seen, mut sum) = (0.0, 0.0, 0.0);
        for tie in self.ties() {
            let true_ = tie.iter().filter(|(_, label)| *label).count() as f64;
            found += true_;
            seen += tie.len() as f64;
            sum += true_ * found / seen;
        }
        Ok(sum / self.positives)
    }

    fn ties(&self) -> impl Iterator<Item = &[(f64, bool)]> {
        self.pairs.chunk_by(|(a, _), (b, _)| a == b)
    }

    /// The first `share` of the list, rounded down, but at least one.
    ///
    /// # Errors
    /// [`Unknown::OutOfRange`] unless the share is above 0 and at most 1.
    pub fn top(&self, share: f64) -> Result<Top, Unknown> {
        if !(0.0 < share && share <= 1.0) {
            return Err(Unknown::OutOfRange("the top must be above 0 and at most 1"));
        }
        // 0.07 × 100 is 7.000000000000001, and 0.29 × 100 is 28.999999999999996.
        let k = libm::floor(share * self.n() * (1.0 + 4.0 * f64::EPSILON)).clamp(1.0, self.n());
        let found = self.pairs.iter().take(k as usize).filter(|(_, label)| *label).count() as f64;
        let precision = found / k;
        let of_positives = |value: f64| if self.positives == 0.0 { Err(Unknown::OneClassOnly) } else { Ok(value) };
        Ok(Top {
            precision,
            lift: of_positives(precision / (self.positives / self.n())),
            recall: of_positives(found / self.positives),
        })
    }
}
