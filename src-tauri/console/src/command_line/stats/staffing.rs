//! Agents and queues.

use projections::statistics::Unknown;
use projections::statistics::erlang_a::{self, Patience};
use projections::statistics::erlang_c::{Demand, Target, Waiting};
use serde::Deserialize;
use serde_json::{Value, json};

use super::inputs::read;
use super::{Answer, Refused};

#[derive(Deserialize)]
struct DemandInput {
    contacts: f64,
    interval_s: f64,
    aht_s: f64,
    target_s: f64,
}

impl DemandInput {
    fn demand(&self) -> Demand {
        Demand { contacts: self.contacts, interval_secs: self.interval_s, handle_secs: self.aht_s }
    }
}

#[derive(Deserialize)]
struct Staffed {
    #[serde(flatten)]
    demand: DemandInput,
    agents: f64,
    mean_patience_s: Option<f64>,
}

/// A mean that grows without end is told by the word, as JSON has no such number.
fn or_endless(secs: Option<f64>) -> Value {
    secs.map_or_else(|| json!("Infinity"), |secs| json!(secs))
}

pub(super) fn waiting(inputs: &Value) -> Answer {
    let Staffed { demand, agents, .. } = read(inputs)?;
    let Waiting { offered_load, stable, p_wait, service_level, asa_secs, asa_of_delayed_secs, occupancy, avg_queue } =
        demand.demand().waiting(agents, demand.target_s)?;
    Ok(json!({
        "offered_load": offered_load, "stable": stable, "p_wait": p_wait, "service_level": service_level,
        "asa": or_endless(asa_secs), "asa_of_delayed": or_endless(asa_of_delayed_secs), "occupancy": occupancy,
        "avg_queue": or_endless(avg_queue), "p_immediate": 1.0 - p_wait,
        "status": if stable { "ok" } else { "unstable" }
    }))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(flatten)]
    demand: DemandInput,
    service_level: f64,
    max_occupancy: Option<f64>,
    shrinkage: Option<f64>,
}

/// What nothing can do is told as the error that it is, and as unknown.
fn or_impossible<T>(found: Result<T, Unknown>, shown: impl Fn(T) -> Value) -> Answer {
    match found {
        Ok(found) => Ok(shown(found)),
        Err(reason @ Unknown::Impossible(_)) => Ok(json!({ "error": reason.to_string(), "unknown": reason.to_string() })),
        Err(reason) => Err(Refused::Unknown(reason)),
    }
}

pub(super) fn required(inputs: &Value) -> Answer {
    let Asked { demand, service_level, max_occupancy, shrinkage } = read(inputs)?;
    let target = Target {
        secs: demand.target_s,
        service_level,
        occupancy_max: max_occupancy.unwrap_or(1.0),
        shrinkage: shrinkage.unwrap_or(0.0),
    };
    or_impossible(demand.demand().required(&target), |found| {
        // Without contacts nobody waits, and nobody is there to be busy.
        let waiting = found.waiting;
        json!({
            "required_on_phone": found.on_phone, "required_scheduled": found.scheduled,
            "service_level": waiting.map_or(1.0, |waiting| waiting.service_level),
            "p_wait": waiting.map_or(0.0, |waiting| waiting.p_wait),
            "occupancy": waiting.map_or(0.0, |waiting| waiting.occupancy),
            "asa": waiting.map_or(json!(0.0), |waiting| or_endless(waiting.asa_secs))
        })
    })
}

fn of_patience(found: &Patience) -> Value {
    json!({
        "offered_load": found.offered_load, "p_wait": found.p_wait, "abandon_fraction": found.abandoned,
        "mean_wait_all": found.mean_wait_secs, "avg_queue": found.avg_queue, "occupancy": found.occupancy,
        "served_within_T_over_all_arrivals": found.served_in_time, "abandon_within_T": found.abandoned_in_time,
        "sl_over_answered_plus_abandon_after_T": found.of_those_left_in_time(), "sl_over_answered": found.of_answered()
    })
}

pub(super) fn patience(inputs: &Value) -> Answer {
    let Staffed { demand, agents, mean_patience_s } = read(inputs)?;
    let patience_secs = mean_patience_s.ok_or_else(|| Refused::Inputs("mean_patience_s is missing".to_owned()))?;
    let found = erlang_a::patience(&demand.demand(), agents, demand.target_s, patience_secs)?;
    Ok(of_patience(&found))
}

#[derive(Deserialize)]
struct AskedWithPatience {
    #[serde(flatten)]
    demand: DemandInput,
    service_level: f64,
    max_abandon: Option<f64>,
    mean_patience_s: f64,
}

pub(super) fn required_with_patience(inputs: &Value) -> Answer {
    let AskedWithPatience { demand, service_level, max_abandon, mean_patience_s } = read(inputs)?;
    let abandoned_max = max_abandon.unwrap_or(1.0);
    let found = erlang_a::required(&demand.demand(), demand.target_s, service_level, abandoned_max, mean_patience_s);
    or_impossible(found, |found| {
        let mut fields = of_patience(&found.patience);
        if let Some(fields) = fields.as_object_mut() {
            fields.insert("required_on_phone".to_owned(), json!(found.on_phone));
            fields.insert("erlang_c_would_ask".to_owned(), json!(found.erlang_c));
        }
        fields
    })
}
