//! How many units, and at which looks.

use projections::statistics::group_sequential::{Spending, boundaries, equal_information};
use projections::statistics::power::Plan;
use serde::Deserialize;
use serde_json::{Value, json};

use super::inputs::{Count, read};
use super::{Answer, Refused, told};

#[derive(Deserialize)]
struct PlanInput {
    alpha: f64,
    power: f64,
    #[serde(default = "one")]
    ratio_n2_over_n1: f64,
    #[serde(default = "yes")]
    two_sided: bool,
}

fn one() -> f64 {
    1.0
}

fn yes() -> bool {
    true
}

impl PlanInput {
    fn plan(&self) -> Plan {
        Plan { alpha: self.alpha, power: self.power, ratio: self.ratio_n2_over_n1, two_sided: self.two_sided }
    }
}

#[derive(Deserialize)]
struct Shares {
    p1: f64,
    p2: f64,
    #[serde(flatten)]
    plan: PlanInput,
}

pub(super) fn shares(inputs: &Value) -> Answer {
    let Shares { p1, p2, plan } = read(inputs)?;
    let size = plan.plan().checked()?.shares(p1, p2)?;
    Ok(json!({
        "n1_unpooled": size.unpooled, "n1_pooled_fleiss": size.pooled, "n1_arcsine": size.arcsine,
        "n1_unpooled_ceil": size.unpooled_ceil, "power_at_ceil": size.power_at_ceil
    }))
}

#[derive(Deserialize)]
struct Means {
    delta: f64,
    sd: f64,
    #[serde(flatten)]
    plan: PlanInput,
}

pub(super) fn means(inputs: &Value) -> Answer {
    let Means { delta, sd, plan } = read(inputs)?;
    let plan = plan.plan().checked()?;
    Ok(json!({ "n1_normal": plan.means(delta, sd)?, "n1_t": told(plan.means_by_student(delta, sd)) }))
}

#[derive(Deserialize)]
struct Smallest {
    n_per_arm: f64,
    p_control: f64,
    #[serde(flatten)]
    plan: PlanInput,
}

pub(super) fn smallest(inputs: &Value) -> Answer {
    let Smallest { n_per_arm, p_control, plan } = read(inputs)?;
    let increase = plan.plan().checked()?.smallest_increase(n_per_arm, p_control)?;
    let relative = projections::statistics::fixed::positive(p_control).map(|base| increase / base);
    Ok(json!({ "mde_absolute_increase": increase, "mde_relative": told(relative) }))
}

#[derive(Deserialize)]
struct Looks {
    looks: Count,
    alpha: f64,
    #[serde(default = "yes")]
    two_sided: bool,
    spending: String,
    phi: Option<f64>,
    information: Option<Information>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Information {
    Word(String),
    Shares(Vec<f64>),
}

pub(super) fn looks(inputs: &Value) -> Answer {
    let Looks { looks, alpha, two_sided, spending, phi, information } = read(inputs)?;
    let spending = match spending.trim_end_matches("_spending") {
        "obrien_fleming" => Spending::ObrienFleming,
        "pocock" => Spending::Pocock,
        "power" => Spending::Power(phi.ok_or_else(|| Refused::Inputs("power spending needs phi".to_owned()))?),
        _ => return Err(Refused::Inputs(format!("no spending is called {spending:?}"))),
    };
    let looks = usize::try_from(looks.0).unwrap_or(usize::MAX);
    let shares = match information {
        None => equal_information(looks)?,
        Some(Information::Word(word)) if word == "equal" => equal_information(looks)?,
        Some(Information::Shares(shares)) if shares.len() == looks => shares,
        Some(_) => return Err(Refused::Inputs("information is \"equal\" or a share for each look".to_owned())),
    };
    let plan = boundaries(&shares, alpha, two_sided, spending)?;
    Ok(json!({ "z_boundaries": plan.z, "cumulative_alpha": plan.cumulative_alpha }))
}
