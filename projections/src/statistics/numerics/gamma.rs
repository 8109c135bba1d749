//! The regularised incomplete gamma function, and what is counted by it: Poisson and χ².

use super::{HALF_LN_TAU, Tails, deviance, stirling_error};

/// Enough for shapes of 1e12; the steps needed grow with the square root of the shape.
const STEPS_MAX: u32 = 20_000_000;

/// The logarithm of the Poisson probability `m^k e^-m / Γ(k+1)`, for `k >= 0` (it may be a fraction) and `m > 0`.
#[must_use]
pub fn ln_poisson(k: f64, mean: f64) -> f64 {
    if k <= 0.0 {
        return -mean;
    }
    -stirling_error(k) - deviance(k, mean) - 0.5 * libm::log(k) - HALF_LN_TAU
}

/// The regularised incomplete gamma functions `P(a, x)` below and `Q(a, x)` above, for `a > 0` and `x >= 0`.
///
/// Source: the series and Legendre's continued fraction, DLMF 8.11.4 and 8.9.2.
#[must_use]
pub fn tails(a: f64, x: f64) -> Tails {
    if x <= 0.0 {
        return Tails { lower: 0.0, upper: 1.0 };
    }
    // x^a e^-x / Γ(a+1)
    let term = libm::exp(ln_poisson(a, x));
    if x < a + 1.0 {
        let (mut sum, mut part, mut n) = (1.0, 1.0, a);
        for _ in 0..STEPS_MAX {
            n += 1.0;
            part *= x / n;
            sum += part;
            if part <= sum * 1e-17 {
                break;
            }
        }
        let lower = (term * sum).min(1.0);
        return Tails { lower, upper: 1.0 - lower };
    }
    let mut below = x + 1.0 - a;
    let (mut c, mut d) = (1e300, 1.0 / below);
    let mut fraction = d;
    for step in 1..STEPS_MAX {
        let i = f64::from(step);
        let above = -i * (i - a);
        below += 2.0;
        d = 1.0 / nonzero(above * d + below);
        c = nonzero(below + above / c);
        let change = d * c;
        fraction *= change;
        if (change - 1.0).abs() <= 1e-16 {
            break;
        }
    }
    let upper = (term * a * fraction).clamp(0.0, 1.0);
    Tails { lower: 1.0 - upper, upper }
}

/// Lentz's guard: a denominator that is exactly 0 is moved by nothing that counts.
fn nonzero(x: f64) -> f64 {
    if x == 0.0 { 1e-300 } else { x }
}

/// The probability that χ² with `df > 0` degrees of freedom is at least `x`.
#[must_use]
pub fn chi_square_upper(df: f64, x: f64) -> f64 {
    tails(0.5 * df, 0.5 * x).upper
}

/// The probability of at least `k` events where `mean >= 0` are expected.
#[must_use]
pub fn poisson_at_least(k: u64, mean: f64) -> f64 {
    if k == 0 { 1.0 } else { tails(k as f64, mean).lower }
}

#[cfg(test)]
mod tests {
    use super::tails;

    #[test]
    fn the_tails_are_one_together_and_move_one_way() {
        for a in [0.3, 1.0, 7.5, 400.0, 1e5] {
            let mut before = 0.0;
            for step in 0..40 {
                let x = a * f64::from(step) / 20.0;
                let both = tails(a, x);
                assert!((both.lower + both.upper - 1.0).abs() < 1e-15 && before <= both.lower, "a {a} x {x}");
                before = both.lower;
            }
        }
    }
}
