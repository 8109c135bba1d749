//! Sufficient statistics: what is kept of many values, and what a test is given of them.

use super::Unknown;
use super::numerics::{difference_of_products, sum_of};

/// Count, sum and sum of squares of whole numbers (milliseconds, points), exact.
///
/// The order of adding leaves no trace, two parts merge, and a part can be taken away again: a replay to any moment
/// gives the same bits. Floating sums give a variance of 0 for 1e9 + {1, 2, 3}; this gives 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many values.
    pub n: u64,
    /// Their sum.
    pub sum: i128,
    /// The sum of their squares.
    pub squares: i128,
}

impl Sums {
    /// One more value.
    ///
    /// # Errors
    /// [`Unknown::TooLarge`] instead of wrapping; the sums then stand as they were.
    pub fn add(&mut self, value: i64) -> Result<(), Unknown> {
        let value = i128::from(value);
        // The square of an `i64` fits: 2^126.
        *self = self.merged(&Self { n: 1, sum: value, squares: value * value })?;
        Ok(())
    }

    /// The sums of both parts together.
    ///
    /// # Errors
    /// [`Unknown::TooLarge`] where they do not fit.
    pub fn merged(&self, other: &Self) -> Result<Self, Unknown> {
        Ok(Self {
            n: self.n.checked_add(other.n).ok_or(Unknown::TooLarge)?,
            sum: self.sum.checked_add(other.sum).ok_or(Unknown::TooLarge)?,
            squares: self.squares.checked_add(other.squares).ok_or(Unknown::TooLarge)?,
        })
    }

    /// What is left when a part of it is taken away.
    ///
    /// # Errors
    /// [`Unknown::Inconsistent`] where it was no part of it.
    pub fn without(&self, part: &Self) -> Result<Self, Unknown> {
        let no_part = Unknown::Inconsistent("what is taken away was no part of it");
        let squares = self.squares.checked_sub(part.squares).filter(|squares| 0 <= *squares);
        Ok(Self {
            n: self.n.checked_sub(part.n).ok_or(no_part)?,
            sum: self.sum.checked_sub(part.sum).ok_or(no_part)?,
            squares: squares.ok_or(no_part)?,
        })
    }

    /// Mean and sample variance `(n q - s²) / (n (n-1))`: the numerator exact, one division at the end.
    ///
    /// # Errors
    /// [`Unknown::InsufficientData`] without values; [`Unknown::TooLarge`] where the numerator does not fit into 128
    /// bits; [`Unknown::Inconsistent`] where `n q < s²`, which no values give.
    pub fn moments(&self) -> Result<Moments, Unknown> {
        if self.n == 0 {
            return Err(Unknown::InsufficientData);
        }
        let n = i128::from(self.n);
        let squares = n.checked_mul(self.squares).ok_or(Unknown::TooLarge)?;
        let square = self.sum.checked_mul(self.sum).ok_or(Unknown::TooLarge)?;
        let numerator = squares.checked_sub(square).filter(|numerator| 0 <= *numerator).ok_or(SUMS_OF_NOTHING)?;
        let variance = (1 < self.n).then(|| numerator as f64 / (n as f64 * (n - 1) as f64));
        Ok(Moments { n: self.n as f64, mean: self.sum as f64 / n as f64, variance })
    }
}

const SUMS_OF_NOTHING: Unknown = Unknown::Inconsistent("no values have this sum and this sum of squares");

/// How many values, their mean and their variance: what a test is given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// How many, at least 1.
    pub n: f64,
    /// The mean, in the values' unit.
    pub mean: f64,
    /// The sample variance, in the square of their unit; `None` for a single value.
    pub variance: Option<f64>,
}

impl Moments {
    /// From a count, a sum and a sum of squares that are not whole numbers; `n q - s²` is computed with twice the digits.
    ///
    /// # Errors
    /// [`Unknown::InsufficientData`] for `n = 0`; [`Unknown::OutOfRange`] for a count that is not whole;
    /// [`Unknown::TooLarge`] for what is not finite; [`Unknown::Inconsistent`] for sums that no values give.
    pub fn of_totals(n: f64, sum: f64, squares: f64) -> Result<Self, Unknown> {
        let n = counted(n)?;
        if !(sum.is_finite() && squares.is_finite()) {
            return Err(Unknown::TooLarge);
        }
        let spread = spread(n, squares, sum, sum)?;
        let variance = (1.0 < n).then(|| spread / (n * (n - 1.0)));
        Ok(Self { n, mean: Unknown::unless_finite(sum / n)?, variance })
    }

    /// From the values themselves, in two passes.
    ///
    /// # Errors
    /// [`Unknown::InsufficientData`] for none, [`Unknown::TooLarge`] for values that are not finite.
    pub fn of_values(values: &[f64]) -> Result<Self, Unknown> {
        let n = counted(values.len() as f64)?;
        let mean = Unknown::unless_finite(sum_of(values.iter().copied()) / n)?;
        let rest = sum_of(values.iter().map(|value| value - mean));
        let squares = sum_of(values.iter().map(|value| (value - mean) * (value - mean))) - rest * rest / n;
        let variance = (1.0 < n).then(|| squares.max(0.0) / (n - 1.0));
        variance.map_or(Ok(()), |variance| Unknown::unless_finite(variance).map(|_| ()))?;
        Ok(Self { n, mean: mean + rest / n, variance })
    }

    /// Of a share: variance `m (1 - m)`, as GrowthBook's statistics have it, not `n/(n-1)` of it.
    ///
    /// # Errors
    /// [`Unknown::InsufficientData`] for `n = 0`; [`Unknown::OutOfRange`] unless both are whole and `successes <= n`.
    pub fn of_share(n: f64, successes: f64) -> Result<Self, Unknown> {
        let n = counted(n)?;
        if !(0.0 <= successes && successes <= n) || successes.fract() != 0.0 {
            return Err(Unknown::OutOfRange("successes must be whole and between 0 and n"));
        }
        let share = successes / n;
        Ok(Self { n, mean: share, variance: (1.0 < n).then(|| share * ((n - successes) / n)) })
    }

    /// The variance of the mean, `v/n`.
    ///
    /// # Errors
    /// [`Unknown::InsufficientData`] for a single value.
    pub fn variance_of_mean(&self) -> Result<f64, Unknown> {
        self.variance.map(|variance| variance / self.n).ok_or(Unknown::InsufficientData)
    }
}

/// A count, if it is one and not 0.
pub(crate) fn counted(n: f64) -> Result<f64, Unknown> {
    if !(0.0..=9.007_199_254_740_992e15).contains(&n) || n.fract() != 0.0 {
        return Err(Unknown::OutOfRange("n must be a whole number of at least 0"));
    }
    if n == 0.0 { Err(Unknown::InsufficientData) } else { Ok(n) }
}

/// `n Σxx - Σx Σx`, 0 where what is left is no more than the rounding of what was given.
pub(crate) fn spread(n: f64, squares: f64, sum: f64, other: f64) -> Result<f64, Unknown> {
    let spread = Unknown::unless_finite(difference_of_products(n, squares, sum, other))?;
    let exact = [squares, sum, other].iter().all(|x| x.fract() == 0.0 && x.abs() < 9.0e15);
    let rounding = if exact { 0.0 } else { 4.0 * f64::EPSILON * (n * squares).abs() };
    if spread.abs() <= rounding {
        return Ok(0.0);
    }
    if spread < 0.0 { Err(SUMS_OF_NOTHING) } else { Ok(spread) }
}

#[cfg(test)]
mod tests {
    use super::{Moments, Sums, Unknown};

    fn of(values: &[i64]) -> Sums {
        let mut sums = Sums::default();
        values.iter().for_each(|value| sums.add(*value).expect("small"));
        sums
    }

    #[test]
    fn a_variance_does_not_drown_in_its_mean() {
        let moments = of(&[1_000_000_001, 1_000_000_002, 1_000_000_003]).moments().expect("three values");
        assert_eq!((moments.mean, moments.variance), (1_000_000_002.0, Some(1.0)));
        let constant = Moments::of_totals(10.0, 10.0 * 0.1, 10.0 * 0.1 * 0.1).expect("ten values");
        assert_eq!(constant.variance, Some(0.0));
    }

    #[test]
    fn the_order_of_adding_leaves_no_trace_and_a_part_can_be_taken_away() {
        let (values, turned) = ([5, -3, 12, 7, 1 << 40], [1 << 40, 7, 12, -3, 5]);
        assert_eq!(of(&values), of(&turned));
        assert_eq!(of(&values[..2]).merged(&of(&values[2..])), Ok(of(&values)));
        assert_eq!(of(&values).without(&of(&values[2..])), Ok(of(&values[..2])));
        assert!(of(&values[..1]).without(&of(&values)).is_err());
    }

    #[test]
    fn what_does_not_fit_is_told_and_nothing_wraps() {
        let mut sums = Sums { n: 1, sum: i128::MAX, squares: 0 };
        assert_eq!(sums.add(1), Err(Unknown::TooLarge));
        assert_eq!(sums.moments(), Err(Unknown::TooLarge));
        assert_eq!(Sums::default().moments(), Err(Unknown::InsufficientData));
        assert!(Moments::of_totals(2.0, f64::NAN, 1.0).is_err() && Moments::of_totals(2.5, 1.0, 1.0).is_err());
        assert!(Moments::of_totals(2.0, 10.0, 1.0).is_err() && Moments::of_share(3.0, 4.0).is_err());
    }
}
