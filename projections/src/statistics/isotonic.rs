//! Probabilities from scores: the monotone curve nearest to what came true.

use super::Unknown;

/// A curve that never falls: at each score that was seen its value, straight lines between, level outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    points: Vec<(f64, f64)>,
}

impl Calibration {
    /// Fits by pooling adjacent violators; equal scores are one point with the mean of their outcomes.
    ///
    /// # Errors
    /// [`Unknown::InsufficientData`] for none; [`Unknown::OutOfRange`] for lists of two lengths or what is not finite.
    ///
    /// Source: Ayer et al. (1955); `sklearn` 1.9.1, `IsotonicRegression`.
    pub fn fitted(scores: &[f64], outcomes: &[f64]) -> Result<Self, Unknown> {
        if scores.len() != outcomes.len() || !scores.iter().chain(outcomes).all(|x| x.is_finite()) {
            return Err(Unknown::OutOfRange("there must be as many finite outcomes as finite scores"));
        }
        if scores.is_empty() {
            return Err(Unknown::InsufficientData);
        }
        let mut pairs: Vec<_> = scores.iter().copied().zip(outcomes.iter().copied()).collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        // Blocks of neighbouring scores: the last score's place, weight and sum of outcomes.
        let mut blocks: Vec<(usize, f64, f64)> = Vec::new();
        let mut places: Vec<f64> = Vec::new();
        for tie in pairs.chunk_by(|a, b| a.0 == b.0) {
            places.push(tie[0].0);
            let mut block = (places.len(), tie.len() as f64, tie.iter().map(|(_, y)| y).sum::<f64>());
            while let Some((_, weight, sum)) = blocks.last().copied()
                && block.2 * weight <= sum * block.1
            {
                block = (block.0, block.1 + weight, block.2 + sum);
                blocks.pop();
            }
            blocks.push(block);
        }
        let (mut points, mut from) = (Vec::with_capacity(places.len()), 0);
        for (to, weight, sum) in blocks {
            points.extend(places[from..to].iter().map(|place| (*place, sum / weight)));
            from = to;
        }
        Ok(Self { points })
    }

    /// The value at a score; at what is not a number that of the lowest.
    #[must_use]
    pub fn at(&self, score: f64) -> f64 {
        let after = self.points.partition_point(|(place, _)| *place <= score);
        let below = after.checked_sub(1).and_then(|at| self.points.get(at)).copied();
        match (below, self.points.get(after).copied()) {
            (None, Some((_, value))) | (Some((_, value)), None) => value,
            (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * ((score - x0) / (x1 - x0)),
            (None, None) => 0.0,
        }
    }
}
