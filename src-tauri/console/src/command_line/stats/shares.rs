//! Shares and counts of arms.

use std::collections::BTreeMap;

use projections::statistics::beta_binomial::{Compared, Share};
use projections::statistics::interval::Observed;
use projections::statistics::label_evalue::{self, evidence};
use projections::statistics::share_difference::Pair;
use projections::statistics::{anytime, sample_ratio};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Answer;
use super::inputs::{Arm, Count, plain, read};

#[derive(Deserialize)]
struct PriorInput {
    alpha: f64,
    beta: f64,
}

#[derive(Deserialize)]
struct TwoShares {
    control: Arm,
    treatment: Arm,
    #[serde(default = "flat")]
    prior: PriorInput,
}

fn flat() -> PriorInput {
    PriorInput { alpha: 1.0, beta: 1.0 }
}

pub(super) fn beta_binomial(inputs: &Value) -> Answer {
    let TwoShares { control, treatment, prior } = read(inputs)?;
    let prior = [prior.alpha, prior.beta];
    let share = |[n, successes]: [f64; 2]| Share::observed(n, successes, prior);
    let (a, b) = (share(control.share())?, share(treatment.share())?);
    let compared = Compared::of(&a, &b);
    Ok(json!({
        "prob_b_beats_a": compared.b_beats_a,
        "expected_loss_choose_a": compared.loss_of_a, "expected_loss_choose_b": compared.loss_of_b,
        "posterior_a": [a.alpha, a.beta], "posterior_b": [b.alpha, b.beta], "mean_a": a.mean(), "mean_b": b.mean()
    }))
}

#[derive(Deserialize)]
struct OneShare {
    n: f64,
    successes: f64,
    alpha: f64,
}

pub(super) fn single(inputs: &Value) -> Answer {
    let OneShare { n, successes, alpha } = read(inputs)?;
    let share = Observed::new(n, successes, alpha)?;
    Ok(json!({
        "estimate": share.share(), "wilson": share.wilson(), "clopper_pearson": share.clopper_pearson(),
        "jeffreys": share.jeffreys(), "agresti_coull": share.agresti_coull()
    }))
}

#[derive(Deserialize)]
struct Difference {
    control: Arm,
    treatment: Arm,
    alpha: f64,
}

pub(super) fn difference(inputs: &Value) -> Answer {
    let Difference { control, treatment, alpha } = read(inputs)?;
    let pair = Pair::new(control.share(), treatment.share(), alpha)?;
    Ok(json!({
        "estimate": pair.estimate(), "newcomb": pair.newcombe(), "agresti-caffo": pair.agresti_caffo(), "wald": pair.wald(),
        "score": pair.miettinen_nurminen(), "fisher_p_two_sided": pair.fisher()
    }))
}

#[derive(Deserialize)]
struct Counts {
    counts: Vec<Count>,
    weights: Vec<f64>,
    concentration: Option<f64>,
}

pub(super) fn sample_ratio(inputs: &Value) -> Answer {
    let Counts { counts, weights, .. } = read(inputs)?;
    let found = sample_ratio::mismatch(&plain(&counts), &weights)?;
    Ok(json!({
        "chi2": found.chi2, "df": found.df, "p_value": found.p_value,
        "unexpected_units_in_zero_weight_arms": found.unexpected, "alert": found.alert
    }))
}

pub(super) fn sample_ratio_watched(inputs: &Value) -> Answer {
    let Counts { counts, weights, concentration } = read(inputs)?;
    let log = sample_ratio::watched(&plain(&counts), &weights, concentration.unwrap_or(sample_ratio::CONCENTRATION))?;
    Ok(json!({ "log_e_value": log, "p_value": anytime::p_value(log), "alert": sample_ratio::ALERT_E.ln() <= log }))
}

#[derive(Deserialize)]
struct Table {
    table_outcome_to_counts_per_arm: BTreeMap<String, Vec<Count>>,
    weights: Vec<f64>,
    concentration: Option<f64>,
}

pub(super) fn labels(inputs: &Value) -> Answer {
    let Table { table_outcome_to_counts_per_arm: table, weights, concentration } = read(inputs)?;
    let table: Vec<_> = table.values().map(|counts| plain(counts)).collect();
    let found = evidence(&table, &weights, concentration.unwrap_or(label_evalue::CONCENTRATION))?;
    Ok(json!({
        "log_e_value": found.log_e_value, "p_value": found.p_value, "log_e_value_srm_robust": found.log_e_value_robust
    }))
}
