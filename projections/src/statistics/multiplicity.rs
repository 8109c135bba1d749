//! Many comparisons at once: Holm for decisions, Benjamini and Hochberg for what is explored.

use super::Unknown;
use super::unknown::ALPHA;

/// How p-values are adjusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Each times their number. Bonferroni.
    Bonferroni,
    /// Step down. Holm (1979).
    Holm,
    /// The share of false alarms among alarms. Benjamini, Hochberg (1995).
    BenjaminiHochberg,
    /// The same under any dependence. Benjamini, Yekutieli (2001).
    BenjaminiYekutieli,
    /// The closure of Simes' test. Hommel (1988).
    Hommel,
}

impl Method {
    /// All of them, and the names that `statsmodels` 0.15.0 `multipletests` gives them.
    pub const ALL: [(&'static str, Self); 5] = [
        ("bonferroni", Self::Bonferroni),
        ("holm", Self::Holm),
        ("fdr_bh", Self::BenjaminiHochberg),
        ("fdr_by", Self::BenjaminiYekutieli),
        ("hommel", Self::Hommel),
    ];
}

/// One comparison among many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adjusted {
    /// The adjusted p-value, 0 to 1: the smallest level at which it is rejected.
    pub p_value: f64,
    /// Whether it is rejected at the level asked.
    pub reject: bool,
}

/// Adjusts p-values, in their order; equal ones are adjusted alike, none give none.
///
/// # Errors
/// [`Unknown::OutOfRange`] for a p-value outside 0 to 1 or the level.
pub fn adjusted(p_values: &[f64], alpha: f64, method: Method) -> Result<Vec<Adjusted>, Unknown> {
    Unknown::unless_between_0_and_1(alpha, ALPHA)?;
    if !p_values.iter().all(|p| (0.0..=1.0).contains(p)) {
        return Err(Unknown::OutOfRange("p-values must be between 0 and 1"));
    }
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let sorted: Vec<f64> = order.iter().map(|at| p_values[*at]).collect();
    let of_sorted = match method {
        Method::Bonferroni => sorted.iter().map(|p| p * sorted.len() as f64).collect(),
        Method::Holm => {
            let mut largest = 0.0_f64;
            let step = |(rank, p): (usize, &f64)| {
                largest = largest.max(p * (sorted.len() - rank) as f64);
                largest
            };
            sorted.iter().enumerate().map(step).collect()
        }
        Method::BenjaminiHochberg => discoveries(&sorted, 1.0),
        Method::BenjaminiYekutieli => discoveries(&sorted, (1..=sorted.len()).map(|rank| 1.0 / rank as f64).sum()),
        Method::Hommel => hommel(&sorted),
    };
    let mut all = vec![Adjusted { p_value: 1.0, reject: false }; p_values.len()];
    for (at, p) in order.into_iter().zip(of_sorted) {
        // A level that is met but for the last place is met.
        all[at] = Adjusted { p_value: p.min(1.0), reject: p <= alpha * (1.0 + 4.0 * f64::EPSILON) };
    }
    Ok(all)
}

fn discoveries(sorted: &[f64], factor: f64) -> Vec<f64> {
    let n = sorted.len() as f64;
    let (mut smallest, mut adjusted) = (f64::INFINITY, Vec::with_capacity(sorted.len()));
    for (rank, p) in sorted.iter().enumerate().rev() {
        smallest = smallest.min(p * factor * n / (rank + 1) as f64);
        adjusted.push(smallest);
    }
    adjusted.reverse();
    adjusted
}

/// Source: Wright (1992), the algorithm of §4, as R's `p.adjust` has it.
fn hommel(sorted: &[f64]) -> Vec<f64> {
    let n = sorted.len();
    let simes = |from: usize, m: usize| (from..m).map(move |k| sorted[n - m + k] * m as f64 / (k + 1) as f64);
    let least = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::INFINITY, f64::min);
    let mut adjusted = vec![least(&mut simes(0, n)); n];
    for m in (2..n).rev() {
        let q = least(&mut simes(1, m));
        let (first, rest) = adjusted.split_at_mut(n - m + 1);
        let bounded = |p: &f64| q.min(m as f64 * p);
        first.iter_mut().zip(sorted).for_each(|(adjusted, p)| *adjusted = adjusted.max(bounded(p)));
        let of_rest = bounded(&sorted[n - m]);
        rest.iter_mut().for_each(|adjusted| *adjusted = adjusted.max(of_rest));
    }
    adjusted.iter().zip(sorted).map(|(adjusted, p)| adjusted.max(*p)).collect()
}
