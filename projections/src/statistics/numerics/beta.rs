//! The regularised incomplete beta function, its inverse, and what is counted by it: binomial and negative binomial.

use super::{HALF_LN_TAU, Tails, deviance_apart, stirling_error};

/// Enough for shapes of 1e12; the steps needed grow with the square root of the larger one.
const STEPS_MAX: u32 = 20_000_000;

/// The logarithm of `x^a y^b / B(a, b)` with `y = 1 - x`: the density of a Beta over the log-odds of `x`.
///
/// Takes `a, b > 0` and `x, y` in 0 to 1, each to its own last place.
#[must_use]
pub fn ln_density_over_log_odds(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x <= 0.0 || y <= 0.0 {
        return f64::NEG_INFINITY;
    }
    let n = a + b;
    let errors = stirling_error(n) - stirling_error(a) - stirling_error(b);
    let apart = apart(a, b, x, y);
    errors - deviance_apart(a, n * x, apart) - deviance_apart(b, n * y, -apart) + 0.5 * libm::log(a * (b / n)) - HALF_LN_TAU
}

/// `I_x(a, b)` below and `1 - I_x(a, b)` above, for `a, b > 0` and `x` in 0 to 1 with `y = 1 - x` to its own last place.
///
/// Source: A. R. DiDonato, A. H. Morris, Algorithm 708 (1992), the fraction of its §4: it has `y` where others have
/// `1 - x`, and so keeps its digits for shapes of a thousand million.
#[must_use]
pub fn tails(a: f64, b: f64, x: f64, y: f64) -> Tails {
    let (ln, turned) = ln_smaller(a, b, x, y);
    let lower = libm::exp(ln).clamp(0.0, 1.0);
    let both = Tails { lower, upper: 1.0 - lower };
    if turned { both.turned() } else { both }
}

/// The logarithm of `I_x(a, b)`; also where it is less than the smallest number.
#[must_use]
pub fn ln_lower(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let (ln, turned) = ln_smaller(a, b, x, y);
    if turned { libm::log1p(-libm::exp(ln).min(1.0)) } else { ln.min(0.0) }
}

/// The logarithm of the tail on the side of `x`'s mean that is away from it, and whether that is the upper one.
fn ln_smaller(a: f64, b: f64, x: f64, y: f64) -> (f64, bool) {
    if x <= 0.0 || y <= 0.0 {
        return (f64::NEG_INFINITY, x > 0.0);
    }
    let apart = apart(a, b, x, y);
    let ln = ln_density_over_log_odds(a, b, x, y);
    if apart < 0.0 {
        (ln + libm::log(fraction(b, a, y, x, -apart)), true)
    } else {
        (ln + libm::log(fraction(a, b, x, y, apart)), false)
    }
}

/// `a - (a + b) x`, from whichever of `x` and `y` has the smaller shape, and with it the digits.
fn apart(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if b < a { libm::fma(a + b, y, -b) } else { libm::fma(-(a + b), x, a) }
}

/// The continued fraction for `I_x(a, b) / (x^a y^b / B(a, b))` where `apart = a - (a + b) x >= 0`.
fn fraction(a: f64, b: f64, x: f64, y: f64, apart: f64) -> f64 {
    let (c, c0, c1) = (1.0 + apart, b / a, 1.0 + 1.0 / a);
    let (mut p, mut s) = (1.0, a + 1.0);
    let (mut above, mut below, mut above_next, mut below_next) = (0.0, 1.0, 1.0, c / c1);
    let mut value = c1 / c;
    for step in 1..STEPS_MAX {
        let n = f64::from(step);
        let t = n / a;
        let w = n * (b - n) * x;
        let e = a / s;
        let alpha = p * (p + c0) * e * e * (w * x);
        let e = (1.0 + t) / (c1 + t + t);
        let beta = n + w / s + e * (c + n * (1.0 + y));
        p = 1.0 + t;
        s += 2.0;
        (above, above_next) = (above_next, alpha * above + beta * above_next);
        (below, below_next) = (below_next, alpha * below + beta * below_next);
        let before = std::mem::replace(&mut value, above_next / below_next);
        if (value - before).abs() <= 1e-16 * value.abs() {
            break;
        }
        // Scaled, or the numerators would overflow.
        above /= below_next;
        below /= below_next;
        above_next = value;
        below_next = 1.0;
    }
    value
}

/// The log-odds `ln(x/y)` at which `I_x(a, b)` is `p`, for `a, b > 0` and `0 < p < 1`.
///
/// By Newton's steps on the logarithm of the tail: over the log-odds it is concave, so they cannot wander.
#[must_use]
pub fn lower_quantile_log_odds(a: f64, b: f64, p: f64) -> f64 {
    let wanted = libm::log(p);
    let mut at = libm::log(a / b);
    for _ in 0..200 {
        let (x, y) = (super::logistic(at), super::logistic(-at));
        let ln = ln_lower(a, b, x, y);
        let slope = libm::exp(ln_density_over_log_odds(a, b, x, y) - ln);
        let step = (wanted - ln) / slope;
        let next = if step.is_finite() { (at + step).clamp(-700.0, 700.0) } else { at - 1.0 };
        let moved = (next - at).abs();
        at = next;
        if moved <= 2e-16 * at.abs().max(1e-6) {
            break;
        }
    }
    at
}

/// The `x` below which a share `p` of a Beta lies, for `a, b > 0` and `0 < p < 1`.
#[must_use]
pub fn lower_quantile(a: f64, b: f64, p: f64) -> f64 {
    super::logistic(lower_quantile_log_odds(a, b, p))
}

/// The `x` above which a share `p` of a Beta lies, for `a, b > 0` and `0 < p < 1`.
#[must_use]
pub fn upper_quantile(a: f64, b: f64, p: f64) -> f64 {
    super::logistic(-lower_quantile_log_odds(b, a, p))
}

/// The probability of at least `k` events, negative binomial with mean `mean > 0` and variance `phi * mean`, `phi > 1`.
#[must_use]
pub fn negative_binomial_at_least(k: u64, mean: f64, phi: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    tails(k as f64, mean / (phi - 1.0), (phi - 1.0) / phi, 1.0 / phi).lower
}
