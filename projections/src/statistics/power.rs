//! How many units it takes, and what so many units can show.

use super::Unknown;
use super::numerics::quadrature::over_the_line;
use super::numerics::{gamma, normal, student};
use super::unknown::ALPHA;

/// Fewer degrees of freedom leave no test.
const DOF_MIN: f64 = 0.1;

/// What a plan fixes before any unit is counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// The probability of an alarm without an effect.
    pub alpha: f64,
    /// The probability of an alarm with the effect.
    pub power: f64,
    /// Treatment units for each control unit, above 0.
    pub ratio: f64,
    /// Whether an effect of the other sign is an alarm too.
    pub two_sided: bool,
}

/// Units of the control that a difference of shares takes, by three formulas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SharesSize {
    /// With each arm's own variance.
    pub unpooled: f64,
    /// With one common variance under no effect (Fleiss).
    pub pooled: f64,
    /// On the arcsine scale (Cohen).
    pub arcsine: f64,
    /// `unpooled` in whole units.
    pub unpooled_ceil: f64,
    /// The power of so many units.
    pub power_at_ceil: f64,
}

impl Plan {
    /// A plan that can be kept.
    ///
    /// # Errors
    /// [`Unknown::OutOfRange`] for levels outside 0 to 1, a power not above `alpha`, a ratio not above 0.
    pub fn checked(self) -> Result<Self, Unknown> {
        Unknown::unless_between_0_and_1(self.alpha, ALPHA)?;
        Unknown::unless_between_0_and_1(self.power, "power must be between 0 and 1")?;
        if self.power <= self.alpha {
            return Err(Unknown::OutOfRange("power must be above alpha"));
        }
        if !(1e-9 <= self.ratio && self.ratio <= 1e9) {
            return Err(Unknown::OutOfRange("the ratio of the arms must be above 0"));
        }
        Ok(self)
    }

    fn z_alpha(&self) -> f64 {
        normal::upper_quantile(if self.two_sided { 0.5 * self.alpha } else { self.alpha })
    }

    fn z_power(&self) -> f64 {
        -normal::upper_quantile(self.power)
    }

    /// The power to see `effect` with standard error `se`, by the normal distribution.
    fn power_of(&self, effect: f64, se: f64) -> f64 {
        let (z, shift) = (self.z_alpha(), effect.abs() / se);
        normal::upper(z - shift) + if self.two_sided { normal::upper(z + shift) } else { 0.0 }
    }

    /// Units of the control to tell the share `p2` from `p1`.
    ///
    /// `n = (zα + zβ)² (p1 q1 + p2 q2 / r) / d²`; pooled: `(zα √(p q (1 + 1/r)) + zβ √(p1 q1 + p2 q2 / r))² / d²`;
    /// arcsine: `(zα + zβ)² (1 + 1/r) / (2 asin √p2 - 2 asin √p1)²`, both tails counted where there are two.
    ///
    /// # Errors
    /// [`Unknown::OutOfRange`] for what is no share; [`Unknown::Impossible`] for no difference; [`Unknown::TooLarge`].
    ///
    /// Source: Fleiss, Levin, Paik (2003) §4; Cohen (1988) §6.
    pub fn shares(&self, p1: f64, p2: f64) -> Result<SharesSize, Unknown> {
        if ![p1, p2].iter().all(|p| (0.0..=1.0).contains(p)) {
            return Err(Unknown::OutOfRange("shares must be between 0 and 1"));
        }
        if p1 == p2 {
            return Err(Unknown::Impossible("no number of units shows a difference of 0"));
        }
        let (d, r) = (p2 - p1, self.ratio);
        let variance = p1 * (1.0 - p1) + p2 * (1.0 - p2) / r;
        let (z_alpha, z_power) = (self.z_alpha(), self.z_power());
        let unpooled = Unknown::unless_finite((z_alpha + z_power) * (z_alpha + z_power) * variance / (d * d))?;
        let common = (p1 + r * p2) / (1.0 + r);
        let root = z_alpha * libm::sqrt(common * (1.0 - common) * (1.0 + 1.0 / r)) + z_power * libm::sqrt(variance);
        let angle = 2.0 * libm::asin(libm::sqrt(p2)) - 2.0 * libm::asin(libm::sqrt(p1));
        let unpooled_ceil = libm::ceil(unpooled).max(1.0);
        Ok(SharesSize {
            unpooled,
            pooled: Unknown::unless_finite(root * root / (d * d))?,
            arcsine: self.units(|n| self.power_of(angle, libm::sqrt((1.0 + 1.0 / r) / n)))?,
            unpooled_ceil,
            power_at_ceil: if 0.0 < variance { self.power_of(d, libm::sqrt(variance / unpooled_ceil)) } else { 1.0 },
        })
    }

    /// Units of the control to see a difference of means `delta` where values spread by `sd`, by the normal:
    /// `(zα + zβ)² sd² (1 + 1/r) / delta²`.
    ///
    /// # Errors
    /// [`Unknown::OutOfRange`], [`Unknown::Impossible`], [`Unknown::TooLarge`].
    pub fn means(&self, delta: f64, sd: f64) -> Result<f64, Unknown> {
        let ratio = standardised(delta, sd)?;
        let z = self.z_alpha() + self.z_power();
        Unknown::unless_finite(z * z * (1.0 + 1.0 / self.ratio) / (ratio * ratio))
    }

    /// The same by Student's t, whose power is that of the noncentral t.
    ///
    /// # Errors
    /// As [`Self::means`]; [`Unknown::Impossible`] also for an effect of which two units are already too many.
    ///
    /// Source: Cohen (1988) §2, as `statsmodels` 0.15.0 `TTestIndPower` has it.
    pub fn means_by_student(&self, delta: f64, sd: f64) -> Result<f64, Unknown> {
        let effect = standardised(delta, sd)?.abs();
        let n = self.units(|n| {
            let (dof, shift) = (n * (1.0 + self.ratio) - 2.0, effect * libm::sqrt(n * self.ratio / (1.0 + self.ratio)));
            if dof < DOF_MIN { 0.0 } else { self.power_of_student(shift, dof) }
        })?;
        if n * (1.0 + self.ratio) - 2.0 < 1.01 * DOF_MIN {
            return Err(Unknown::Impossible("the effect is so large that it needs no t test"));
        }
        Ok(n)
    }

    /// The power of a t test where the noncentrality is `shift`.
    fn power_of_student(&self, shift: f64, dof: f64) -> f64 {
        let t = student::two_sided_quantile(if self.two_sided { self.alpha } else { 2.0 * self.alpha.min(0.499_999) }, dof);
        let above = student_above(t, shift, dof);
        if self.two_sided { above + student_above(t, -shift, dof) } else { above }
    }

    /// The number of units, a fraction, at which a power that grows with them is the plan's.
    fn units(&self, power: impl Fn(f64) -> f64) -> Result<f64, Unknown> {
        let (mut low, mut high) = (1e-9, 1.0);
        while power(high) < self.power {
            (low, high) = (high, high * 4.0);
            if 1e18 < high {
                return Err(Unknown::TooLarge);
            }
        }
        // Illinois: keeps the root between two ends, and is quick because the power is smooth.
        let (mut at_low, mut at_high) = (power(low) - self.power, power(high) - self.power);
        for _ in 0..200 {
            let middle = (low * at_high - high * at_low) / (at_high - at_low);
            let middle = if low < middle && middle < high { middle } else { 0.5 * (low + high) };
            let at = power(middle) - self.power;
            if at.abs() < 1e-15 || high - low < 1e-13 * high {
                return Ok(middle);
            }
            if at < 0.0 {
                (low, at_low) = (middle, at);
                at_high *= 0.5;
            } else {
                (high, at_high) = (middle, at);
                at_low *= 0.5;
            }
        }
        Ok(0.5 * (low + high))
    }

    /// The smallest increase of a share `p` that `n` units in either arm show, and the same as a fraction of `p`.
    ///
    /// The root of `Φ(d/se - z) + Φ(-d/se - z) = power` with `se² = (p q + (p+d)(1-p-d)) / n`.
    ///
    /// # Errors
    /// [`Unknown::InsufficientData`] without units; [`Unknown::OutOfRange`]; [`Unknown::Impossible`] where not even an
    /// increase to 1 would be seen.
    pub fn smallest_increase(&self, n: f64, p: f64) -> Result<f64, Unknown> {
        if !(0.0..1.0).contains(&p) {
            return Err(Unknown::OutOfRange("the control's share must be at least 0 and below 1"));
        }
        if !(1.0 <= n && n.is_finite()) {
            return Err(Unknown::InsufficientData);
        }
        let power = |d: f64| {
            let variance = p * (1.0 - p) + (p + d) * (1.0 - p - d).max(0.0);
            self.power_of(d, libm::sqrt(variance / n)) - self.power
        };
        let (mut low, mut high) = (0.0, 1.0 - p);
        if power(high) < 0.0 {
            return Err(Unknown::Impossible("not even an increase to 1 would be seen"));
        }
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if middle == low || middle == high {
                break;
            }
            if power(middle) < 0.0 { low = middle } else { high = middle }
        }
        Ok(high)
    }
}

fn standardised(delta: f64, sd: f64) -> Result<f64, Unknown> {
    if !(0.0 < sd && sd.is_finite() && delta.is_finite()) {
        return Err(Unknown::OutOfRange("sd must be above 0"));
    }
    if delta == 0.0 {
        return Err(Unknown::Impossible("no number of units shows a difference of 0"));
    }
    Unknown::unless_finite(delta / sd)
}

/// The probability that a noncentral t with this shift is above `t`.
///
/// The mean of `Φ(shift - t s)` over the estimated deviation `s = √(χ²/ν)`, by the trapezoid rule over `ln s²`, where
/// the density of a χ² is a smooth bump.
#[must_use]
pub fn student_above(t: f64, shift: f64, dof: f64) -> f64 {
    let half = 0.5 * dof;
    let step = 0.3 * libm::sqrt(1.0 / half).min(1.0);
    let [whole, above] = over_the_line(0.0, step, |ln_square| {
        let density = libm::exp(gamma::ln_poisson(half, half * libm::exp(ln_square)));
        [density, density * normal::upper(t * libm::exp(0.5 * ln_square) - shift)]
    });
    above / whole
}
