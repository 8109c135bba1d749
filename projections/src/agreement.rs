//! Krippendorff's alpha: how far several people who judge the same things agree, beyond chance.
//!
//! Source: Klaus Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", University of Pennsylvania,
//! section on any number of observers and missing data, with the interval difference function (c − k)².

use std::collections::BTreeMap;

/// Values given to one thing: how many, their sum and the sum of their squares. These add, and are enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    /// How many values it was given.
    pub n: u64,
    /// Their sum.
    pub sum: i128,
    /// The sum of their squares.
    pub sum_squares: i128,
}

impl Unit {
    /// The unit with `n` more values of `value`.
    #[must_use]
    pub fn with(self, value: i32, n: u32) -> Self {
        let (value, times) = (i128::from(value), i128::from(n));
        Self { n: self.n + u64::from(n), sum: self.sum + value * times, sum_squares: self.sum_squares + value * value * times }
    }

    /// The squared differences of all pairs: Σ (c − k)² over c < k, which is n Σ x² − (Σ x)².
    fn differences(self) -> i128 {
        i128::from(self.n) * self.sum_squares - self.sum * self.sum
    }
}

/// Krippendorff's alpha for values on an interval scale: 1 is perfect agreement, 0 is chance, below 0 is worse.
///
/// Units with fewer than two values hold nothing to compare and are left out, as the source says. `None` when no two
/// values can be compared, or all values are the same: then chance itself would always agree.
///
/// The order of the units does not matter to the last bit: they are added up as integers, one sum for each number of
/// values, before the one division each.
#[must_use]
pub fn alpha_interval(units: impl IntoIterator<Item = Unit>) -> Option<f64> {
    let mut all = Unit::default();
    let mut within: BTreeMap<u64, i128> = BTreeMap::new();
    for unit in units.into_iter().filter(|unit| 2 <= unit.n) {
        all.n += unit.n;
        all.sum += unit.sum;
        all.sum_squares += unit.sum_squares;
        *within.entry(unit.n).or_default() += unit.differences();
    }
    let expected = all.differences();
    if expected == 0 {
        return None;
    }
    let observed: f64 = within.iter().map(|(&n, &differences)| differences as f64 / (n - 1) as f64).sum();
    Some(1.0 - (all.n - 1) as f64 * observed / expected as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Alpha of observers' rows, one unit a column; `None` is a missing value.
    fn of_rows(rows: &[&[Option<i32>]]) -> Option<f64> {
        let unit =
            |column: usize| rows.iter().filter_map(|row| row[column]).fold(Unit::default(), |unit, value| unit.with(value, 1));
        alpha_interval((0..rows[0].len()).map(unit))
    }

    fn row(text: &str) -> Vec<Option<i32>> {
        text.split_whitespace().map(|value| value.parse().ok()).collect()
    }

    #[track_caller]
    fn check(rows: &[&str], want: f64) {
        let rows: Vec<Vec<Option<i32>>> = rows.iter().map(|text| row(text)).collect();
        let rows: Vec<&[Option<i32>]> = rows.iter().map(Vec::as_slice).collect();
        let alpha = of_rows(&rows).expect("there is something to compare");
        assert!((alpha - want).abs() < 1e-12, "{alpha} is not {want}");
    }

    #[test]
    fn the_textbook_example_has_the_textbook_alpha() {
        // Krippendorff (2011), section C: four observers, twelve units; the paper gives 0.849 for interval data.
        // krippendorff 0.8.0 (Python) gives alpha(reliability_data=…, level_of_measurement='interval'):
        let rows = ["1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 ."];
        check(&rows, 0.849_107_142_857_142_8);
    }

    #[test]
    fn another_program_computes_the_same() {
        // krippendorff 0.8.0 (Python), as above.
        let rows = [". . . . . 3 4 1 2 1 1 3 3 . 3", "1 . 2 1 3 3 4 3 . . . . . . .", ". . 2 1 3 4 4 . 2 1 1 3 3 . 4"];
        check(&rows, 0.810_844_892_812_105_9);
        let rows = ["-2 0 2 -1 1 -2 0 2", "-2 1 -1 -1 2 0 0 -2", "-2 2 -2 -1 -2 -1 0 -1", "-2 0 2 -1 1 -2 0 2"];
        check(&rows, 0.227_414_330_218_068_56);
    }

    #[test]
    fn where_nothing_can_be_compared_agreement_is_unknown() {
        assert_eq!(alpha_interval([]), None);
        assert_eq!(of_rows(&[&[Some(1), Some(2)]]), None, "one observer agrees with nobody");
        assert_eq!(of_rows(&[&[Some(2), Some(2)], &[Some(2), Some(2)]]), None, "chance would agree as well");
        assert_eq!(of_rows(&[&[Some(1), Some(2)], &[Some(1), Some(2)]]), Some(1.0));
    }

    #[test]
    fn the_order_of_the_units_does_not_matter_to_the_last_bit() {
        let units: Vec<Unit> =
            (0..97).map(|n| Unit::default().with(n % 5 - 2, 3).with(n % 7 - 3, 1 + (n % 4).unsigned_abs())).collect();
        let turned = units.iter().rev().copied();
        assert_eq!(alpha_interval(units.iter().copied()).map(f64::to_bits), alpha_interval(turned).map(f64::to_bits));
    }
}
