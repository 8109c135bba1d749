//! What is learnt and watched along the way.

use std::collections::BTreeMap;

use projections::statistics::bursts::bursts as bursts_of;
use projections::statistics::drift::adwin::{Adwin, Settings};
use projections::statistics::drift::{Ddm, Direction, PageHinkley};
use projections::statistics::ftrl::{Learner, Pace};
use projections::statistics::isotonic::Calibration;
use projections::statistics::log_odds::leanings;
use projections::statistics::ranking::Scored;
use projections::statistics::smoothing::{self, Smoothing};
use projections::statistics::spikes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::inputs::{Count, plain, read};
use super::{Answer, Refused, told};

#[derive(Deserialize)]
struct Ftrl {
    alpha: f64,
    beta: f64,
    l1: f64,
    l2: f64,
    examples: Vec<Example>,
}

#[derive(Deserialize)]
struct Example {
    x: BTreeMap<String, f64>,
    y: f64,
    /// The log-odds of a documented score.
    #[serde(default)]
    prior: f64,
}

pub(super) fn ftrl(inputs: &Value) -> Answer {
    let Ftrl { alpha, beta, l1, l2, examples } = read(inputs)?;
    let mut learner = Learner::new(Pace { alpha, beta, l1, l2 })?;
    let learnt: Result<Vec<f64>, Refused> =
        examples.iter().map(|one| Ok(learner.learn(&one.x, one.prior, label(one.y)?)?)).collect();
    let part = |at: usize| learner.features().map(|(name, parts)| (name.to_owned(), json!(parts[at]))).collect::<Map<_, _>>();
    Ok(json!({
        "predictions_before_learning": learnt?, "final_z": part(0), "final_n": part(1), "final_w": part(2)
    }))
}

fn label(y: f64) -> Result<bool, Refused> {
    if y == 0.0 || y == 1.0 { Ok(y == 1.0) } else { Err(Refused::Inputs(format!("{y} is not a label, 0 or 1"))) }
}

#[derive(Deserialize)]
struct Ranking {
    y: Vec<f64>,
    p: Vec<f64>,
    top_fraction: Option<f64>,
}

pub(super) fn ranking(inputs: &Value) -> Answer {
    let Ranking { y, p, top_fraction } = read(inputs)?;
    let labels: Vec<bool> = y.into_iter().map(label).collect::<Result<_, _>>()?;
    let scored = Scored::new(&p, &labels)?;
    let share = top_fraction.unwrap_or(0.05);
    let top = scored.top(share)?;
    let percent = (share * 1e6).round() / 1e4;
    let fields = [
        ("brier".to_owned(), json!(scored.brier())),
        ("log_loss_clip1e9".to_owned(), json!(scored.log_loss())),
        ("auc".to_owned(), told(scored.auc())),
        ("average_precision".to_owned(), told(scored.average_precision())),
        (format!("precision_at_{percent}pct"), json!(top.precision)),
        (format!("lift_at_{percent}pct"), told(top.lift)),
        (format!("recall_at_{percent}pct"), told(top.recall)),
    ];
    Ok(Value::Object(Map::from_iter(fields)))
}

#[derive(Deserialize)]
struct Isotonic {
    score: Vec<f64>,
    y: Vec<f64>,
    #[serde(default)]
    query: Vec<f64>,
}

pub(super) fn isotonic(inputs: &Value) -> Answer {
    let Isotonic { score, y, query } = read(inputs)?;
    let curve = Calibration::fitted(&score, &y)?;
    let at = |places: &[f64]| places.iter().map(|place| curve.at(*place)).collect::<Vec<_>>();
    Ok(json!({ "fitted": at(&score), "at_query": at(&query) }))
}

#[derive(Deserialize)]
struct Drift {
    stream: Stream,
    adwin: Option<AdwinInput>,
    page_hinkley: Option<PageHinkleyInput>,
    ddm: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Stream {
    Bits(String),
    Values(Vec<f64>),
}

#[derive(Deserialize)]
struct AdwinInput {
    delta: f64,
    clock: Count,
    max_buckets: Count,
    min_window_length: Count,
    grace_period: Count,
}

#[derive(Deserialize)]
struct PageHinkleyInput {
    min_instances: Count,
    delta: f64,
    threshold: f64,
    alpha: f64,
    mode: Option<String>,
}

#[derive(Deserialize)]
struct DdmInput {
    warm_start: Option<Count>,
    drift_threshold: Option<f64>,
}

impl Stream {
    fn values(self) -> Result<Vec<f64>, Refused> {
        match self {
            Self::Values(values) => Ok(values),
            Self::Bits(bits) => {
                let bit = |c| match c {
                    '0' => Ok(0.0),
                    '1' => Ok(1.0),
                    other => Err(Refused::Inputs(format!("{other:?} is not a bit"))),
                };
                bits.chars().map(bit).collect()
            }
        }
    }
}

/// The places at which there was an alarm.
fn alarms(values: &[f64], mut changed: impl FnMut(f64) -> bool) -> Vec<usize> {
    values.iter().enumerate().filter(|(_, value)| changed(**value)).map(|(at, _)| at).collect()
}

pub(super) fn drift(inputs: &Value) -> Answer {
    let Drift { stream, adwin, page_hinkley, ddm } = read(inputs)?;
    let values = stream.values()?;
    let mut fields = Map::new();
    if let Some(AdwinInput { delta, clock, max_buckets, min_window_length, grace_period }) = adwin {
        let buckets_max = usize::try_from(max_buckets.0).unwrap_or(usize::MAX);
        let settings = Settings { delta, clock: clock.0, buckets_max, part_min: min_window_length.0, grace: grace_period.0 };
        let mut window = Adwin::new(settings)?;
        fields.insert("adwin".to_owned(), json!(alarms(&values, |value| window.changed(value))));
    }
    if let Some(PageHinkleyInput { min_instances, delta, threshold, alpha, mode }) = page_hinkley {
        let mode = match mode.as_deref() {
            None | Some("both") => Direction::Both,
            Some("up") => Direction::Up,
            Some("down") => Direction::Down,
            Some(other) => return Err(Refused::Inputs(format!("no mode is called {other:?}"))),
        };
        let mut test = PageHinkley::new(min_instances.0, delta, threshold, alpha, mode)?;
        fields.insert("page_hinkley".to_owned(), json!(alarms(&values, |value| test.changed(value))));
    }
    if let Some(settings) = ddm {
        let mut test = Ddm::default();
        if settings.is_object() {
            let DdmInput { warm_start, drift_threshold } = read(&settings)?;
            test.warm_start = warm_start.map_or(test.warm_start, |count| count.0);
            test.threshold = drift_threshold.unwrap_or(test.threshold);
        }
        let errors: Vec<bool> = values.iter().map(|value| label(*value)).collect::<Result<_, _>>()?;
        let mut errors = errors.into_iter();
        fields.insert("ddm".to_owned(), json!(alarms(&values, |_| errors.next().is_some_and(|error| test.changed(error)))));
    }
    Ok(Value::Object(fields))
}

#[derive(Deserialize)]
struct LogOdds {
    words: Vec<String>,
    counts_low: Vec<Count>,
    counts_rest: Vec<Count>,
    prior_strength: f64,
    prior: Option<String>,
}

pub(super) fn log_odds(inputs: &Value) -> Answer {
    let LogOdds { words, counts_low, counts_rest, prior_strength, prior } = read(inputs)?;
    if words.len() != counts_low.len() {
        return Err(Refused::Inputs("there must be a count for each word".to_owned()));
    }
    if prior.is_some_and(|prior| !prior.starts_with("proportional")) {
        return Err(Refused::Inputs("the prior is known only proportional to pooled counts".to_owned()));
    }
    let found = leanings(&plain(&counts_low), &plain(&counts_rest), prior_strength)?;
    let ratios: Vec<_> = found.iter().map(|one| one.map(|one| one.log_odds_ratio)).collect();
    let z: Vec<_> = found.iter().map(|one| one.map(|one| one.z)).collect();
    Ok(json!({ "words": words, "log_odds_ratio": ratios, "z": z }))
}

#[derive(Deserialize)]
struct Spike {
    count: Count,
    expected: f64,
    #[serde(default = "one")]
    dispersion_phi: f64,
}

fn one() -> f64 {
    1.0
}

pub(super) fn spike(inputs: &Value) -> Answer {
    let Spike { count, expected, dispersion_phi } = read(inputs)?;
    let found = spikes::spike(count.0, expected, dispersion_phi)?;
    Ok(json!({
        "poisson_sf_ge": found.poisson, "anscombe_z": found.anscombe_z, "negbin_sf_ge": told(found.negative_binomial)
    }))
}

#[derive(Deserialize)]
struct Bursts {
    relevant: Vec<Count>,
    total: Vec<Count>,
    s: f64,
    gamma: f64,
}

pub(super) fn bursts(inputs: &Value) -> Answer {
    let Bursts { relevant, total, s, gamma } = read(inputs)?;
    let found = bursts_of(&plain(&relevant), &plain(&total), s, gamma)?;
    let states: Vec<u8> = found.burning.iter().map(|burning| u8::from(*burning)).collect();
    Ok(json!({ "states": states, "cost": found.cost, "p0": found.calm, "p1": found.burn }))
}

#[derive(Deserialize)]
struct HoltWinters {
    y: Vec<f64>,
    m: Count,
    alpha: f64,
    beta: f64,
    gamma: f64,
    l0: f64,
    b0: f64,
    s0: Vec<f64>,
    h: Count,
}

pub(super) fn smoothing(inputs: &Value) -> Answer {
    let HoltWinters { y, m, alpha, beta, gamma, l0, b0, s0, h } = read(inputs)?;
    if s0.len() as u64 != m.0 {
        return Err(Refused::Inputs("s0 must have m values".to_owned()));
    }
    let season = s0.len();
    let mut state = Smoothing::new(smoothing::Pace { alpha, beta, gamma }, l0, b0, s0)?;
    let mut fitted = Vec::with_capacity(y.len());
    for value in &y {
        fitted.push(state.expected());
        state.observe(*value);
    }
    let forecast = state.forecast(usize::try_from(h.0).unwrap_or(usize::MAX))?;
    let sse: f64 = fitted.iter().zip(&y).map(|(fitted, y)| (y - fitted) * (y - fitted)).sum();
    // What statsmodels 0.15.0 `ExponentialSmoothing` says where it takes the stale slot: to compare with, not to use.
    let fresh = state.latest();
    let peer = |(at, value): (usize, &f64)| if (at + 1).is_multiple_of(season) { value - fresh + state.stale() } else { *value };
    let of_peer: Vec<f64> = forecast.iter().enumerate().map(peer).collect();
    Ok(json!({
        "fitted": fitted, "forecast": forecast, "forecast_truth_ETSModel": forecast,
        "forecast_ExponentialSmoothing": of_peer, "sse": sse
    }))
}
