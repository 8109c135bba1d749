//! Looks that are planned: how far a difference must be at each of them.

use super::Unknown;
use super::numerics::normal;
use super::numerics::quadrature::gauss_legendre;
use super::unknown::ALPHA;

/// The most looks of a plan.
pub const LOOKS_MAX: usize = 1_000;
/// Beyond this many standard errors nothing is left to integrate.
const FAR: f64 = 9.0;

/// How the error is spent over the information `t`, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spending {
    /// Little at first: `2 (1 - Φ(z_{α/2} / √t))` a side. O'Brien-Fleming type.
    ObrienFleming,
    /// Nearly evenly: `α ln(1 + (e-1) t)`. Pocock type.
    Pocock,
    /// `α t^φ`, `φ > 0`. Kim, DeMets (1987).
    Power(f64),
}

impl Spending {
    /// What one side has spent of its `alpha` at `t`.
    fn spent(self, alpha: f64, t: f64) -> f64 {
        match self {
            Self::ObrienFleming => 2.0 * normal::upper(normal::upper_quantile(0.5 * alpha) / libm::sqrt(t)),
            Self::Pocock => alpha * libm::log1p((std::f64::consts::E - 1.0) * t),
            Self::Power(phi) => alpha * libm::pow(t, phi),
        }
    }
}

/// A plan of looks.
#[derive(Clone, Debug, PartialEq)]
pub struct Boundaries {
    /// How many standard errors from 0 stop the experiment at each look; `None` where the error that may be spent is
    /// less than the smallest number.
    pub z: Vec<Option<f64>>,
    /// The error spent up to each look.
    pub cumulative_alpha: Vec<f64>,
}

/// Equal steps of information.
///
/// # Errors
/// [`Unknown::OutOfRange`] for no looks or more than [`LOOKS_MAX`].
pub fn equal_information(looks: usize) -> Result<Vec<f64>, Unknown> {
    if !(1..=LOOKS_MAX).contains(&looks) {
        return Err(Unknown::OutOfRange("there must be 1 to 1,000 looks"));
    }
    Ok((1..=looks).map(|look| look as f64 / looks as f64).collect())
}

/// The boundaries by the recursion over the looks; with two sides each spends half of `alpha`.
///
/// Takes the information at each look as a share of the planned one: above 0, increasing, at most 1.
///
/// # Errors
/// [`Unknown::OutOfRange`] for the level, the power's exponent or such information.
///
/// Source: Armitage, McPherson, Rowe (1969); Lan, DeMets (1983); Jennison, Turnbull (2000) §19.
pub fn boundaries(information: &[f64], alpha: f64, two_sided: bool, spending: Spending) -> Result<Boundaries, Unknown> {
    Unknown::unless_between_0_and_1(alpha, ALPHA)?;
    let increasing = information.windows(2).all(|pair| pair[0] < pair[1]);
    let within = information.iter().all(|t| 0.0 < *t && *t <= 1.0 + 1e-12);
    if !(increasing && within && (1..=LOOKS_MAX).contains(&information.len())) {
        return Err(Unknown::OutOfRange("information must increase from above 0 to at most 1"));
    }
    if matches!(spending, Spending::Power(phi) if !(0.0 < phi && phi <= 100.0)) {
        return Err(Unknown::OutOfRange("phi must be above 0"));
    }
    let sides = if two_sided { 2.0 } else { 1.0 };
    let mut plan = Boundaries { z: Vec::new(), cumulative_alpha: Vec::new() };
    // The density of what goes on, over the score: a weight at each node. At first all of it lies at 0.
    let (mut going_on, mut before, mut spent) = (vec![(0.0, 1.0)], 0.0, 0.0);
    for t in information.iter().map(|t| t.min(1.0)) {
        let spends = spending.spent(alpha / sides, t);
        let (error, step) = (spends - spent, libm::sqrt(t - before));
        let z = boundary(&going_on, error, step, libm::sqrt(t));
        let far = FAR * libm::sqrt(t);
        let high = z.map_or(far, |z| (z * libm::sqrt(t)).min(far));
        let low = if two_sided { -high } else { -far };
        going_on = carried(&going_on, step, low, high);
        plan.z.push(z);
        plan.cumulative_alpha.push(sides * spends);
        (before, spent) = (t, spends);
    }
    Ok(plan)
}

/// The `z` above which just `error` of what goes on would stop now.
fn boundary(going_on: &[(f64, f64)], error: f64, step: f64, root: f64) -> Option<f64> {
    if error < 1e-300 {
        return None;
    }
    let stops = |z: f64| going_on.iter().map(|(score, weight)| weight * normal::upper((z * root - score) / step)).sum::<f64>();
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..90 {
        let middle = 0.5 * (low + high);
        if error < stops(middle) {
            low = middle
        } else {
            high = middle
        }
        if high - low < 1e-13 {
            break;
        }
    }
    Some(0.5 * (low + high))
}

/// What goes on between two scores, after one more step of information.
fn carried(going_on: &[(f64, f64)], step: f64, low: f64, high: f64) -> Vec<(f64, f64)> {
    let (middle, half) = (0.5 * (high + low), 0.5 * (high - low));
    if half <= 0.0 {
        return Vec::new();
    }
    // The finer the steps, the finer the nodes.
    let nodes = libm::ceil((12.0 * half / step).clamp(48.0, 400.0)) as u32;
    let at = |(x, w): (f64, f64)| {
        let score = middle + half * x;
        let density: f64 = going_on.iter().map(|(from, weight)| weight * normal::density((score - from) / step)).sum();
        (score, w * half * density / step)
    };
    gauss_legendre(nodes).into_iter().map(at).collect()
}
