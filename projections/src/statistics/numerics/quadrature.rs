//! Sums in place of integrals.

/// The nodes and weights of the Gauss-Legendre rule with `n >= 1` nodes on -1 to 1.
///
/// By Newton's steps on the Legendre polynomial from Chebyshev's nodes.
#[must_use]
pub fn gauss_legendre(n: u32) -> Vec<(f64, f64)> {
    let size = f64::from(n);
    let rule = (0..n).map(|i| {
        let mut x = libm::cos(std::f64::consts::PI * (f64::from(i) + 0.75) / (size + 0.5));
        let mut slope = 1.0;
        for _ in 0..100 {
            let (mut before, mut value) = (1.0, x);
            for k in 2..=n {
                let k = f64::from(k);
                (before, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k);
            }
            if n == 1 {
                (before, value) = (1.0, x);
            }
            slope = size * (x * value - before) / (x * x - 1.0);
            let step = value / slope;
            x -= step;
            if step.abs() < 1e-16 {
                break;
            }
        }
        (x, 2.0 / ((1.0 - x * x) * slope * slope))
    });
    rule.collect()
}

/// The integral of a smooth bump over the whole line by the trapezoid rule, whose error then falls exponentially.
///
/// Starts at `center`, goes both ways in steps of `step` until the terms have fallen below the last place, and at most
/// 100,000 steps a side.
pub fn over_the_line<const N: usize>(center: f64, step: f64, bump: impl Fn(f64) -> [f64; N]) -> [f64; N] {
    let mut sums = bump(center);
    for side in [1.0, -1.0] {
        for k in 1..100_000_u32 {
            let terms = bump(center + side * f64::from(k) * step);
            let mut gone = true;
            for (sum, term) in sums.iter_mut().zip(terms) {
                *sum += term;
                gone &= term.abs() <= 1e-19 * sum.abs();
            }
            // The middle of a bump can be far from the middle of the other factor: first look past it.
            if gone && 24 < k {
                break;
            }
        }
    }
    sums.map(|sum| sum * step)
}

#[cfg(test)]
mod tests {
    use super::{gauss_legendre, over_the_line};

    #[test]
    fn a_rule_of_n_nodes_integrates_degree_2n_minus_1_exactly() {
        for n in [1, 2, 5, 48, 400] {
            let degree = (2 * n - 2).min(60);
            let sum: f64 = gauss_legendre(n).iter().map(|(x, w)| w * libm::pow(*x, f64::from(degree))).sum();
            assert!((sum - 2.0 / f64::from(degree + 1)).abs() < 1e-14, "{n}: {sum}");
        }
    }

    #[test]
    fn a_bell_has_its_area() {
        let [area] = over_the_line(3.0, 0.5, |x| [libm::exp(-0.5 * (x - 3.0) * (x - 3.0))]);
        assert!((area - libm::sqrt(std::f64::consts::TAU)).abs() < 1e-14, "{area}");
    }
}
