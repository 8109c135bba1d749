//! Student's t, also at a thousand million degrees of freedom and at 1e-300.

use super::beta;

/// The two-sided tail `P(|T| >= |t|)` with `dof > 0` degrees of freedom.
///
/// Never `2 (1 - cdf)`, which is 0 below 1e-16. Source: DLMF 8.17, `I_{ν/(ν+t²)}(ν/2, 1/2)`.
#[must_use]
pub fn two_sided(t: f64, dof: f64) -> f64 {
    let (x, y) = parts(t, dof);
    beta::tails(0.5 * dof, 0.5, x, y).lower
}

/// The logarithm of [`two_sided`]; also where that is less than the smallest number.
#[must_use]
pub fn ln_two_sided(t: f64, dof: f64) -> f64 {
    let (x, y) = parts(t, dof);
    if y <= 0.0 { 0.0 } else { beta::ln_lower(0.5 * dof, 0.5, x, y) }
}

/// `ν/(ν+t²)` and `t²/(ν+t²)`.
fn parts(t: f64, dof: f64) -> (f64, f64) {
    let square = t * t;
    (1.0 / (1.0 + square / dof), square / (dof + square))
}

/// The `t > 0` whose two-sided tail is `alpha`, for `0 < alpha < 1` and `dof > 0`.
#[must_use]
pub fn two_sided_quantile(alpha: f64, dof: f64) -> f64 {
    libm::sqrt(dof) * libm::exp(-0.5 * beta::lower_quantile_log_odds(0.5 * dof, 0.5, alpha))
}
