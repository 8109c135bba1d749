//! Ratios, adjusted means, quantiles, many comparisons, and who is in which arm.

use projections::statistics::Unknown;
use projections::statistics::assignment::GrowthBook;
use projections::statistics::cuped::{self, PairedSums, Pooling};
use projections::statistics::fixed::{Difference, Effect};
use projections::statistics::multiplicity::{Method, adjusted};
use projections::statistics::quantile::Quantile;
use projections::statistics::ratio::RatioSums;
use projections::statistics::sums::Moments;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::arms::of_tested;
use super::inputs::{Count, read};
use super::{Answer, Refused};

#[derive(Deserialize)]
struct Two<T> {
    control: T,
    treatment: T,
    alpha: f64,
}

fn tested(effect: Result<Effect, Unknown>, alpha: f64) -> Value {
    let tested = effect.and_then(|effect| effect.tested(alpha));
    let estimate = effect.ok().map(|effect| effect.estimate);
    tested.map_or_else(|reason| json!({ "unknown": reason.to_string(), "estimate": estimate }), |tested| of_tested(&tested))
}

fn both(control: &Moments, treatment: &Moments, alpha: f64) -> [Value; 2] {
    [Difference::Absolute, Difference::Relative].map(|difference| tested(Effect::of(control, treatment, difference), alpha))
}

#[derive(Deserialize)]
struct RatioArm {
    n: f64,
    m_sum: f64,
    m_sum_squares: f64,
    d_sum: f64,
    d_sum_squares: f64,
    md_sum_products: f64,
}

impl RatioArm {
    fn moments(&self) -> Result<Moments, Unknown> {
        let Self { n, m_sum, m_sum_squares, d_sum, d_sum_squares, md_sum_products } = *self;
        RatioSums { n, m_sum, m_squares: m_sum_squares, d_sum, d_squares: d_sum_squares, products: md_sum_products }.moments()
    }
}

pub(super) fn ratio(inputs: &Value) -> Answer {
    let Two::<RatioArm> { control, treatment, alpha } = read(inputs)?;
    let (a, b) = (control.moments()?, treatment.moments()?);
    let [absolute, relative] = both(&a, &b, alpha);
    Ok(json!({
        "absolute": absolute, "relative": relative, "ratio_a": a.mean, "ratio_b": b.mean,
        "variance_a": a.variance, "variance_b": b.variance
    }))
}

#[derive(Deserialize)]
struct PairedArm {
    n: f64,
    y_sum: f64,
    y_sum_squares: f64,
    x_sum: f64,
    x_sum_squares: f64,
    xy_sum_products: f64,
}

impl From<PairedArm> for PairedSums {
    fn from(arm: PairedArm) -> Self {
        let PairedArm { n, y_sum, y_sum_squares, x_sum, x_sum_squares, xy_sum_products } = arm;
        Self { n, y_sum, y_squares: y_sum_squares, x_sum, x_squares: x_sum_squares, products: xy_sum_products }
    }
}

/// The fields are those of the slope over all units, as the peer has it; those of the slope within arms stand beside.
pub(super) fn cuped(inputs: &Value) -> Answer {
    let Two::<PairedArm> { control, treatment, alpha } = read(inputs)?;
    let (control, treatment) = (control.into(), treatment.into());
    let of = |pooling| -> Result<(f64, Value, Value), Unknown> {
        let theta = cuped::theta(&control, &treatment, pooling)?;
        let of = |difference| tested(cuped::effect(&control, &treatment, theta, difference), alpha);
        Ok((theta, of(Difference::Absolute), of(Difference::Relative)))
    };
    let (theta, absolute, relative) = of(Pooling::Joined)?;
    let (theta_within, absolute_within, relative_within) = of(Pooling::WithinArms)?;
    let unadjusted = Effect::of(&control.unadjusted()?, &treatment.unadjusted()?, Difference::Absolute)?;
    Ok(json!({
        "theta": theta, "absolute": absolute, "relative": relative, "unadjusted_se": unadjusted.variance.sqrt(),
        "within_arms": { "theta": theta_within, "absolute": absolute_within, "relative": relative_within }
    }))
}

#[derive(Deserialize)]
struct QuantileArm {
    n: f64,
    n_star: f64,
    nu: f64,
    quantile_hat: f64,
    quantile_lower: f64,
    quantile_upper: f64,
}

impl QuantileArm {
    fn moments(&self, alpha: f64) -> Result<Moments, Unknown> {
        let Self { n, n_star, nu, quantile_hat: value, quantile_lower: lower, quantile_upper: upper } = *self;
        Quantile { n, n_star, nu, value, lower, upper }.moments(alpha)
    }
}

pub(super) fn quantile(inputs: &Value) -> Answer {
    let Two::<QuantileArm> { control, treatment, alpha } = read(inputs)?;
    let [absolute, relative] = both(&control.moments(alpha)?, &treatment.moments(alpha)?, alpha);
    Ok(json!({ "absolute": absolute, "relative": relative }))
}

#[derive(Deserialize)]
struct Comparisons {
    p_values: Vec<f64>,
    alpha: f64,
}

pub(super) fn multiplicity(inputs: &Value) -> Answer {
    let Comparisons { p_values, alpha } = read(inputs)?;
    let mut fields = Map::new();
    for (name, method) in Method::ALL {
        let all = adjusted(&p_values, alpha, method)?;
        let (p_values, reject): (Vec<_>, Vec<_>) = all.iter().map(|one| (one.p_value, one.reject)).unzip();
        fields.insert(name.to_owned(), json!({ "adjusted": p_values, "reject": reject }));
    }
    Ok(Value::Object(fields))
}

#[derive(Deserialize)]
struct Assignment {
    unit_id: Value,
    seed: String,
    variants: Count,
    coverage: Option<f64>,
    weights: Option<Vec<f64>>,
}

pub(super) fn assignment(inputs: &Value) -> Answer {
    let Assignment { unit_id, seed, variants, coverage, weights } = read(inputs)?;
    let unit = match unit_id {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            return Err(Refused::Inputs("unit_id must be a text".to_owned()));
        }
    };
    let arms = usize::try_from(variants.0).unwrap_or(usize::MAX);
    let found = GrowthBook::assigned(&unit, &seed, arms, coverage.unwrap_or(1.0), weights.as_deref())?;
    Ok(json!({ "hash_v1": found.hash_v1, "hash_v2": found.hash_v2, "ranges": found.ranges, "variant": found.variant }))
}
