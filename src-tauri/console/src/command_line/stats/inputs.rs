//! What several categories are given.

use projections::statistics::fixed::Difference;
use projections::statistics::sums::{Moments, Sums};
use projections::statistics::{Unknown, verdict};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Number, Value};

use super::Refused;

/// A whole number of at least 0, also where it is written `5.0`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(try_from = "Number")]
pub(super) struct Count(pub(super) u64);

impl TryFrom<Number> for Count {
    type Error = String;

    fn try_from(number: Number) -> Result<Self, String> {
        let float = number.as_f64().filter(|x| x.fract() == 0.0 && (0.0..9.0e15).contains(x));
        // A float below 2^53 that is whole converts without loss.
        let count = number.as_u64().or(float.map(|x| x as u64));
        count.map(Self).ok_or_else(|| format!("{number} is not a whole number of at least 0"))
    }
}

/// Counts as plain numbers.
pub(super) fn plain(counts: &[Count]) -> Vec<u64> {
    counts.iter().map(|count| count.0).collect()
}

/// Reads a category's inputs.
pub(super) fn read<T: DeserializeOwned>(inputs: &Value) -> Result<T, Refused> {
    Ok(T::deserialize(inputs)?)
}

/// Which difference is asked for.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Asked {
    #[default]
    Absolute,
    Relative,
}

impl From<Asked> for Difference {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::Absolute => Self::Absolute,
            Asked::Relative => Self::Relative,
        }
    }
}

/// Of what an arm is the sum.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Metric {
    Proportion,
    Mean,
}

/// One arm's sums, as exact as they were given.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Arm {
    n: f64,
    sum: Number,
    sum_squares: Option<Number>,
    raw: Option<Vec<Number>>,
    sum_squares_exact: Option<String>,
}

/// A number as an integer, if it was written as one or is a whole one that no rounding has touched.
fn integer(number: &Number) -> Option<i128> {
    let whole = |x: &f64| x.fract() == 0.0 && x.abs() < 9.0e15;
    number.as_i128().or_else(|| number.as_f64().filter(whole).map(|x| x as i128))
}

impl Arm {
    /// How many succeeded, of shares.
    pub(super) fn successes(&self) -> f64 {
        self.sum.as_f64().unwrap_or(f64::NAN)
    }

    /// `[n, successes]`.
    pub(super) fn share(&self) -> [f64; 2] {
        [self.n, self.successes()]
    }

    /// The moments: from the values where they were given, from whole sums exactly, and else with twice the digits.
    pub(super) fn moments(&self, metric: Metric) -> Result<Moments, Unknown> {
        if metric == Metric::Proportion {
            return Moments::of_share(self.n, self.successes());
        }
        if let Some(values) = &self.raw {
            return self.of_values(values);
        }
        let squares = match &self.sum_squares_exact {
            Some(exact) => {
                Some(exact.parse().map_err(|_not_whole| Unknown::OutOfRange("sum_squares_exact must be a whole number"))?)
            }
            None => self.sum_squares.as_ref().and_then(integer),
        };
        let n = (self.n.fract() == 0.0 && (0.0..9.0e15).contains(&self.n)).then_some(self.n as u64);
        if let (Some(n), Some(sum), Some(squares)) = (n, integer(&self.sum), squares) {
            return Sums { n, sum, squares }.moments();
        }
        let squares = self.sum_squares.as_ref().and_then(Number::as_f64);
        let squares = squares.ok_or(Unknown::OutOfRange("a mean needs sum_squares, sum_squares_exact or raw"))?;
        Moments::of_totals(self.n, self.successes(), squares)
    }

    fn of_values(&self, values: &[Number]) -> Result<Moments, Unknown> {
        if values.len() as f64 != self.n {
            return Err(Unknown::Inconsistent("raw has not n values"));
        }
        let whole: Option<Vec<i64>> = values.iter().map(|value| i64::try_from(integer(value)?).ok()).collect();
        let Some(whole) = whole else {
            let values: Vec<f64> = values.iter().filter_map(Number::as_f64).collect();
            return Moments::of_values(&values);
        };
        let mut sums = Sums::default();
        whole.into_iter().try_for_each(|value| sums.add(value))?;
        sums.moments()
    }

    /// The arm of a verdict; an empty one has no moments, and is no error.
    pub(super) fn of_verdict(&self, metric: Metric) -> Result<verdict::Arm, Unknown> {
        let moments = match self.moments(metric) {
            Ok(moments) => Some(moments),
            Err(Unknown::InsufficientData) => None,
            Err(reason) => return Err(reason),
        };
        let successes = (metric == Metric::Proportion && moments.is_some()).then(|| self.successes());
        Ok(verdict::Arm { n: self.n, moments, successes })
    }
}
