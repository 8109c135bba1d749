//! Two arms and their difference.

use projections::statistics::anytime::{Anytime, TUNING_N};
use projections::statistics::bayes::{Posterior, Prior};
use projections::statistics::fixed::{Difference, Effect, Tested};
use projections::statistics::sums::Moments;
use projections::statistics::verdict::{self, Exact, Verdict};
use projections::statistics::{Unknown, sample_ratio};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::inputs::{Arm, Asked, Metric, read};
use super::{Answer, Refused, told};

#[derive(Deserialize)]
struct Inputs {
    metric: Metric,
    control: Arm,
    treatment: Arm,
    alpha: f64,
    #[serde(default)]
    difference: Asked,
    tuning_n: Option<f64>,
    prior: Option<PriorInput>,
    #[serde(default)]
    lower_is_better: bool,
}

#[derive(Deserialize)]
struct PriorInput {
    mean: f64,
    variance: f64,
    #[serde(default = "yes")]
    proper: bool,
}

fn yes() -> bool {
    true
}

impl Inputs {
    fn moments(&self) -> Result<[Moments; 2], Unknown> {
        Ok([self.control.moments(self.metric)?, self.treatment.moments(self.metric)?])
    }

    fn effect(&self) -> Result<Effect, Unknown> {
        let [control, treatment] = self.moments()?;
        Effect::of(&control, &treatment, self.difference.into())
    }

    /// Why there is no test, with the difference where it is defined all the same.
    fn refused(&self, reason: Unknown) -> Value {
        let mut fields = Map::from_iter([
            ("unknown".to_owned(), json!(reason.to_string())),
            ("status".to_owned(), json!(reason.to_string())),
            ("winner".to_owned(), Value::Null),
        ]);
        if reason == Unknown::Degenerate {
            fields.insert("degenerate".to_owned(), json!(true));
        }
        if let Ok([control, treatment]) = self.moments() {
            fields.insert("estimate_absolute".to_owned(), json!(treatment.mean - control.mean));
        }
        if let Ok(effect) = self.effect() {
            fields.insert("estimate".to_owned(), json!(effect.estimate));
        }
        Value::Object(fields)
    }

    fn answered<T>(&self, reading: Result<T, Unknown>, shown: impl Fn(&T) -> Value) -> Answer {
        match reading {
            Ok(reading) => Ok(shown(&reading)),
            Err(reason @ (Unknown::OutOfRange(_) | Unknown::Inconsistent(_) | Unknown::TooLarge)) => Err(reason.into()),
            Err(reason) => Ok(self.refused(reason)),
        }
    }
}

/// A fixed test's fields.
pub(super) fn of_tested(tested: &Tested) -> Value {
    let Tested { estimate, se, dof, p_value, ln_p_value, ci } = *tested;
    let shown = if p_value < 1e-16 { json!("<1e-16") } else { json!(p_value) };
    json!({
        "estimate": estimate, "se": se, "dof": dof, "p_value": p_value, "ci": ci,
        "log_p_value": ln_p_value, "p_value_shown": shown, "error": null
    })
}

fn of_anytime(reading: &Anytime) -> Value {
    let Anytime { estimate, se, rho, ci, log_e_value, p_value } = *reading;
    json!({ "estimate": estimate, "se": se, "rho": rho, "ci": ci, "log_e_value": log_e_value, "p_value": p_value, "error": null })
}

fn of_posterior(posterior: &Posterior) -> Value {
    json!({
        "posterior_mean": posterior.mean, "posterior_sd": posterior.sd, "chance_to_win": posterior.chance_to_win,
        "ci": posterior.ci, "risk_control_shipped": posterior.risk_of_control,
        "risk_treatment_shipped": posterior.risk_of_treatment,
        "risk": [posterior.risk_of_control, posterior.risk_of_treatment]
    })
}

/// Some fields, or why there are none.
fn or_unknown<T>(reading: &Result<T, Unknown>, shown: impl Fn(&T) -> Value) -> Value {
    reading.as_ref().map_or_else(|reason| json!({ "unknown": reason.to_string() }), shown)
}

pub(super) fn fixed(inputs: &Value) -> Answer {
    let inputs: Inputs = read(inputs)?;
    inputs.answered(inputs.effect().and_then(|effect| effect.tested(inputs.alpha)), of_tested)
}

pub(super) fn sequential(inputs: &Value) -> Answer {
    let inputs: Inputs = read(inputs)?;
    let tuning_n = inputs.tuning_n.unwrap_or(TUNING_N);
    inputs.answered(inputs.effect().and_then(|effect| Anytime::of(&effect, inputs.alpha, tuning_n)), of_anytime)
}

pub(super) fn bayes(inputs: &Value) -> Answer {
    let inputs: Inputs = read(inputs)?;
    let prior = match &inputs.prior {
        Some(prior) if prior.proper => Prior::Normal { mean: prior.mean, variance: prior.variance },
        Some(_) | None => Prior::Flat,
    };
    let posterior = inputs.effect().and_then(|effect| Posterior::of(&effect, prior, inputs.alpha, inputs.lower_is_better));
    inputs.answered(posterior, of_posterior)
}

pub(super) fn extreme(inputs: &Value) -> Answer {
    let inputs: Inputs = read(inputs)?;
    let effect = inputs.effect();
    let tested = effect.and_then(|effect| effect.tested(inputs.alpha));
    let sequential = effect.and_then(|effect| Anytime::of(&effect, inputs.alpha, inputs.tuning_n.unwrap_or(TUNING_N)));
    Ok(json!({ "fixed": or_unknown(&tested, of_tested), "sequential": or_unknown(&sequential, of_anytime) }))
}

fn word(difference: Difference) -> &'static str {
    match difference {
        Difference::Absolute => "absolute",
        Difference::Relative => "relative",
    }
}

fn of_effect(effect: &Effect) -> Value {
    json!({ "estimate": effect.estimate, "se": effect.se().ok(), "dof": effect.dof })
}

/// What is shown where there is hardly anything to compare; the interval and the p-value are named by their method.
pub(super) fn edge(inputs: &Value) -> Answer {
    let inputs: Inputs = read(inputs)?;
    let (control, treatment) = (inputs.control.of_verdict(inputs.metric)?, inputs.treatment.of_verdict(inputs.metric)?);
    let verdict = Verdict::of(&control, &treatment, inputs.alpha, inputs.difference.into())?;
    let statuses: Vec<_> = verdict.statuses.iter().map(|status| status.word()).collect();
    let status = *statuses.first().ok_or(Refused::Unknown(Unknown::InsufficientData))?;
    let method = verdict.method.map(|method| match method {
        verdict::Method::Welch => ["welch", "welch"],
        verdict::Method::Exact => ["newcombe", "fisher"],
    });
    let variance = |arm: &verdict::Arm| arm.moments.and_then(|moments| moments.variance);
    let mut fields = json!({
        "status": status, "flags": statuses,
        "degenerate": verdict.statuses.contains(&verdict::Status::Degenerate),
        "difference_shown": word(verdict.shown),
        "estimate": verdict.estimate, "ci": verdict.ci, "p_value": verdict.p_value,
        "ci_method": method.map(|[ci, _]| ci), "p_method": method.map(|[_, p]| p).filter(|_| verdict.p_value.is_some()),
        "winner": verdict.winner,
        "absolute": or_unknown(&verdict.absolute, of_effect),
        "relative": or_unknown(&verdict.relative, of_effect),
        "fixed": or_unknown(&verdict.fixed, of_tested),
        "sequential": or_unknown(&verdict.sequential, of_anytime),
        "bayes": or_unknown(&verdict.bayes, of_posterior),
        "variance_control": variance(&control), "variance_treatment": variance(&treatment),
        "estimate_absolute": verdict.absolute.ok().map(|effect| effect.estimate),
        "se_absolute": verdict.absolute.ok().map(|effect| effect.se().unwrap_or_default()),
        "dof": verdict.absolute.ok().and_then(|effect| effect.dof),
        "sample_ratio": or_unknown(&verdict.sample_ratio, of_ratio)
    });
    if let (Some(exact), Some(fields)) = (&verdict.exact, fields.as_object_mut()) {
        fields.extend(of_exact(exact));
    }
    Ok(fields)
}

fn of_ratio(found: &sample_ratio::Mismatch) -> Value {
    json!({ "p_value": found.p_value, "alert": found.alert, "weights": [0.5, 0.5] })
}

fn of_exact(exact: &Exact) -> Map<String, Value> {
    let evidence = &exact.labels;
    Map::from_iter([
        ("newcombe_ci_diff".to_owned(), json!(exact.newcombe)),
        ("fisher_p_two_sided".to_owned(), json!(exact.fisher)),
        ("label_log_e_value_k50".to_owned(), json!(evidence.log_e_value)),
        ("label_log_e_value_srm_robust_k50".to_owned(), json!(evidence.log_e_value_robust)),
        ("label_e_value_k50".to_owned(), told(Unknown::unless_finite(evidence.log_e_value.exp()))),
    ])
}
