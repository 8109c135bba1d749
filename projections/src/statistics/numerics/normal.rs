//! The normal distribution.

use super::HALF_LN_TAU;

/// The density at `z`.
#[must_use]
pub fn density(z: f64) -> f64 {
    libm::exp(-0.5 * z * z - HALF_LN_TAU)
}

/// The probability above `z`: right to the last places also where it is 1e-300.
#[must_use]
pub fn upper(z: f64) -> f64 {
    let x = z * std::f64::consts::FRAC_1_SQRT_2;
    if x <= 1.0 {
        return 0.5 * libm::erfc(x);
    }
    // `x` is rounded; what it lacks of z²/2 is put right, for the tail falls as its exponential.
    let (square, half) = (x * x, 0.5 * z * z);
    let lacks = (square - half) + (libm::fma(x, x, -square) - libm::fma(0.5 * z, z, -half));
    0.5 * libm::erfc(x) * libm::exp(lacks)
}

/// The probability below `z`.
#[must_use]
pub fn lower(z: f64) -> f64 {
    upper(-z)
}

/// The logarithm of the probability above `z`; also where the probability itself is less than the smallest number.
#[must_use]
pub fn ln_upper(z: f64) -> f64 {
    if z < 37.0 {
        return libm::log(upper(z));
    }
    // Mills' ratio as a continued fraction (Laplace); far out a few steps are exact.
    let fraction = (1..=30).rev().fold(z, |below, step| z + f64::from(step) / below);
    -0.5 * z * z - HALF_LN_TAU - libm::log(fraction)
}

/// The `z` with probability `p` above it, for `0 < p < 1`; ±infinity outside, which no caller passes on.
///
/// By Newton's steps on the logarithm of the tail, which is concave: from the right they cannot miss.
#[must_use]
pub fn upper_quantile(p: f64) -> f64 {
    if 0.5 < p {
        return -upper_quantile(1.0 - p);
    }
    if p <= 0.0 {
        return f64::INFINITY;
    }
    let wanted = libm::log(p);
    let mut z = libm::sqrt((-2.0 * libm::log(2.0 * p)).max(0.0));
    for _ in 0..60 {
        let ln = ln_upper(z);
        let step = (ln - wanted) * libm::exp(ln + 0.5 * z * z + HALF_LN_TAU);
        z += step;
        if step.abs() <= 1e-16 * z.abs().max(1e-300) {
            break;
        }
    }
    z
}
