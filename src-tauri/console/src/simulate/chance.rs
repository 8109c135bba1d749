//! Seeded chance: the same draws on every machine, bit for bit.
//!
//! ChaCha8 gives the bits. Every transformation uses only `+ − × ÷` and the square root, which IEEE 754 fixes to the
//! last bit, and integer shifts; the logarithm and the exponential are our own series, because those of the
//! platforms' libraries differ in the last place. Times are rounded to whole milliseconds at the end.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::Serialize;

/// What a stream of draws is for; each kind is independent of the others.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// One day's level and whether it has an incident.
    Day = 1,
    /// The arrivals of one queue on one day.
    Arrivals = 2,
    /// Everything about one contact.
    Contact = 3,
    /// Who one customer is.
    Customer = 4,
    /// One agent's day.
    Shift = 5,
}

/// A stream of draws.
#[derive(Clone, Debug)]
pub(super) struct Chance(ChaCha8Rng);

/// A log-normal distribution of times.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LogNormal {
    /// Half of the draws are below, in seconds.
    pub median_secs: f64,
    /// Standard deviation of the natural logarithm.
    pub sigma: f64,
}

impl LogNormal {
    /// Its mean, in seconds.
    #[must_use]
    pub fn mean_secs(&self) -> f64 {
        self.median_secs * exp(self.sigma * self.sigma / 2.0)
    }
}

impl Chance {
    /// The stream for the `b`-th thing of the `a`-th group.
    pub(super) fn new(seed: u64, purpose: Purpose, a: u64, b: u64) -> Self {
        let mut key = [0; 32];
        for (place, word) in [seed, purpose as u64, a, b].into_iter().enumerate() {
            key[8 * place..8 * (place + 1)].copy_from_slice(&word.to_le_bytes());
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Evenly in 0..1, both ends excluded.
    pub(super) fn share(&mut self) -> f64 {
        ((self.0.next_u64() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    /// True with probability `p`.
    pub(super) fn hit(&mut self, p: f64) -> bool {
        self.share() < p
    }

    /// Evenly among `0..n`; 0 when `n` is 0.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(n)) >> 64) as u64
    }

    /// Evenly among `from..=to`; `from` when the range is empty.
    pub(super) fn between(&mut self, from: i64, to: i64) -> i64 {
        from + self.below(u64::try_from(to - from + 1).unwrap_or(0)) as i64
    }

    /// Evenly one of `list`, which is not empty.
    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u64) as usize]
    }

    /// An index of `weights` in proportion to them.
    pub(super) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut rest = self.share() * weights.iter().sum::<f64>();
        for (place, weight) in weights.iter().enumerate() {
            if rest < *weight {
                return place;
            }
            rest -= weight;
        }
        weights.len().saturating_sub(1)
    }

    /// The time to the next of events that come once per unit of time on average.
    pub(super) fn gap(&mut self) -> f64 {
        -ln(self.share())
    }

    /// Normal with mean 0 and standard deviation 1.
    pub(super) fn normal(&mut self) -> f64 {
        normal_quantile(self.share())
    }

    /// A log-normal time in whole milliseconds.
    pub(super) fn millis(&mut self, law: &LogNormal) -> i64 {
        (1000.0 * law.median_secs * exp(law.sigma * self.normal())).round() as i64
    }
}

/// The natural logarithm of a positive normal number, to about 1e-15.
pub(super) fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let mut exponent = ((bits >> 52) & 0x7ff) as i64 - 1023;
    let mut mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
    if std::f64::consts::SQRT_2 < mantissa {
        mantissa /= 2.0;
        exponent += 1;
    }
    // ln m = 2 artanh((m − 1) / (m + 1)); the argument stays below 0.172.
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let square = s * s;
    let mut sum = 0.0;
    for odd in (0..11).rev() {
        sum = sum * square + 1.0 / f64::from(2 * odd + 1);
    }
    2.0 * s * sum + exponent as f64 * std::f64::consts::LN_2
}

/// The exponential, to about 1e-15 of its value; arguments are held within ±700.
pub(super) fn exp(x: f64) -> f64 {
    let x = x.clamp(-700.0, 700.0);
    let halvings = (x * std::f64::consts::LOG2_E + 0.5).floor();
    let rest = x - halvings * std::f64::consts::LN_2;
    let mut sum = 1.0;
    for term in (1..=16).rev() {
        sum = 1.0 + rest * sum / f64::from(term);
    }
    sum * f64::from_bits(((1023 + halvings as i64) as u64) << 52)
}

/// The standard normal quantile of `p` in 0..1, relative error below 1.2e-9.
///
/// Source: P. J. Acklam's rational approximation.
fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] = [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416];
    const TAIL: f64 = 0.02425;
    let polynomial = |list: &[f64], x: f64| list.iter().fold(0.0, |sum, term| sum * x + term);
    let tail = |p: f64| {
        let q = (-2.0 * ln(p)).sqrt();
        polynomial(&C, q) / (polynomial(&D, q) * q + 1.0)
    };
    if p < TAIL {
        tail(p)
    } else if 1.0 - TAIL < p {
        -tail(1.0 - p)
    } else {
        let q = p - 0.5;
        let r = q * q;
        polynomial(&A, r) * q / (polynomial(&B, r) * r + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithm_and_exponential_agree_with_the_platform() {
        for step in 1..2000 {
            let x = f64::from(step) * 0.01;
            assert!((ln(x) - x.ln()).abs() < 1e-14, "ln {x}");
            assert!((exp(x - 10.0) / (x - 10.0).exp() - 1.0).abs() < 1e-14, "exp {x}");
        }
    }

    #[test]
    fn the_normal_has_its_known_quantiles() {
        for (p, z) in [(0.5, 0.0), (0.975, 1.959_963_985), (0.001, -3.090_232_306), (0.999_9, 3.719_016_485)] {
            assert!((normal_quantile(p) - z).abs() < 1e-7, "{p}");
        }
    }

    #[test]
    fn a_stream_is_the_same_for_ever() {
        let mut chance = Chance::new(7, Purpose::Contact, 1, 2);
        let draws: Vec<u64> = (0..3).map(|_| chance.below(1_000_000)).collect();
        let mut again = Chance::new(7, Purpose::Contact, 1, 2);
        let repeated: Vec<u64> = (0..3).map(|_| again.below(1_000_000)).collect();
        assert_eq!(draws, repeated);
        let mut other = Chance::new(8, Purpose::Contact, 1, 2);
        assert_ne!(draws[0], other.below(1_000_000));
    }
}
