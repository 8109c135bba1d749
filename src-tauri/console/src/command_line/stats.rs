//! `retrace stats`: statistical cases in, their answers out. It needs no log.

mod arms;
mod experiments;
mod inputs;
mod online;
mod plans;
mod shares;
mod staffing;

use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use projections::statistics::Unknown;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Failure;
use super::print::{self, Language, language};
use crate::sources::lines::{ReadError, of_io, open};
use crate::verbs::WindowError;

/// The largest document, in bytes.
const BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// `retrace stats`
#[derive(Debug, Args)]
pub(super) struct Stats {
    /// A JSON document with `cases`; the standard input when not given, or `-`
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// What is asked.
#[derive(Deserialize)]
struct Asked {
    cases: Vec<Value>,
}

/// Why a case has no answer.
#[derive(Debug)]
enum Refused {
    /// The inputs are not those of its category.
    Inputs(String),
    /// They are, and the answer is not known.
    Unknown(Unknown),
}

impl From<Unknown> for Refused {
    fn from(reason: Unknown) -> Self {
        Self::Unknown(reason)
    }
}

impl From<serde_json::Error> for Refused {
    fn from(error: serde_json::Error) -> Self {
        Self::Inputs(error.to_string())
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Inputs(why) => write!(f, "inputs: {why}"),
            Self::Unknown(reason) => reason.fmt(f),
        }
    }
}

/// What a category answers: the fields of its result.
type Answer = Result<Value, Refused>;

/// A number, or why there is none.
fn told(value: Result<f64, Unknown>) -> Value {
    value.map_or_else(|reason| json!({ "unknown": reason.to_string() }), |value| json!(value))
}

impl Stats {
    pub(super) fn run(self, json: bool) -> Result<(), Failure> {
        let path = self.file.unwrap_or_else(|| "-".into());
        let trouble =
            |ReadError { code, detail }: ReadError| WindowError::Trouble { code, detail, path: Some(path.display().to_string()) };
        let mut bytes = Vec::new();
        let read = if path.as_os_str() == "-" {
            std::io::stdin().lock().take(BYTES_MAX + 1).read_to_end(&mut bytes)
        } else {
            open(&path).map_err(trouble)?.take(BYTES_MAX + 1).read_to_end(&mut bytes)
        };
        read.map_err(|error| trouble(of_io(&error)))?;
        if BYTES_MAX < bytes.len() as u64 {
            return Err(not_understood(&format!("it is longer than {BYTES_MAX} bytes")));
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let asked: Asked = serde_json::from_slice(text).map_err(|error| not_understood(&error.to_string()))?;
        let results: Vec<Value> = asked.cases.iter().map(result).collect();
        if json {
            print::json(&json!({ "results": results }));
        } else {
            // A result a line, for the eye and for line tools.
            let lines: Vec<String> = results.iter().map(Value::to_string).collect();
            print::text(&format!("{{\"results\": [\n  {}\n]}}\n", lines.join(",\n  ")));
        }
        Ok(())
    }
}

fn not_understood(why: &str) -> Failure {
    let advice = match language() {
        Language::Hans => "无法读懂这份输入；它应当是一个 JSON 对象：{\"cases\": [{\"id\", \"category\", \"inputs\"}]}",
        Language::Hant => "無法讀懂這份輸入；它應當是一個 JSON 物件：{\"cases\": [{\"id\", \"category\", \"inputs\"}]}",
        Language::English => {
            "the input is not understood; it is to be a JSON object: {\"cases\": [{\"id\", \"category\", \"inputs\"}]}"
        }
    };
    let value = json!({ "kind": "cases", "detail": why });
    Failure { code: 2, message: format!("{advice}\n  {why}"), json: Some(value) }
}

/// The answer to one case; whatever is wrong with it stays its own affair.
fn result(case: &Value) -> Value {
    let mut fields = Map::from_iter([("id".to_owned(), case.get("id").cloned().unwrap_or(Value::Null))]);
    let inputs = case.get("inputs").unwrap_or(&Value::Null);
    let answer = match case.get("category").and_then(Value::as_str) {
        Some(category) => answer(category, inputs),
        None => Err(Refused::Inputs("a case has an id, a category and inputs".to_owned())),
    };
    match answer {
        Ok(Value::Object(answer)) => fields.extend(answer),
        Ok(other) => {
            fields.insert("answer".to_owned(), other);
        }
        Err(refused) => {
            fields.insert("unknown".to_owned(), refused.to_string().into());
        }
    }
    Value::Object(fields)
}

fn answer(category: &str, inputs: &Value) -> Answer {
    match category {
        "fixed_proportion" | "fixed_mean" => arms::fixed(inputs),
        "sequential_asympcs" => arms::sequential(inputs),
        "bayes_normal" => arms::bayes(inputs),
        "extreme_p" => arms::extreme(inputs),
        "edge_two_sample" => arms::edge(inputs),
        "bayes_beta_binomial" => shares::beta_binomial(inputs),
        "interval_single_proportion" => shares::single(inputs),
        "interval_diff_proportion" => shares::difference(inputs),
        "srm_chi2" => shares::sample_ratio(inputs),
        "srm_sequential" => shares::sample_ratio_watched(inputs),
        "label_evalue_exact" => shares::labels(inputs),
        "ratio_delta_method" => experiments::ratio(inputs),
        "cuped" => experiments::cuped(inputs),
        "quantile" => experiments::quantile(inputs),
        "multiplicity" => experiments::multiplicity(inputs),
        "assignment_hash" => experiments::assignment(inputs),
        "power_proportion" => plans::shares(inputs),
        "power_mean" => plans::means(inputs),
        "mde_proportion" => plans::smallest(inputs),
        "group_sequential" => plans::looks(inputs),
        "erlang_c_metrics" => staffing::waiting(inputs),
        "erlang_c_required" | "erlang_c_argument_edges" => staffing::required(inputs),
        "erlang_a_metrics" => staffing::patience(inputs),
        "erlang_a_required" => staffing::required_with_patience(inputs),
        "ftrl_proximal" => online::ftrl(inputs),
        "classification_metrics" => online::ranking(inputs),
        "isotonic_calibration" => online::isotonic(inputs),
        "drift" => online::drift(inputs),
        "log_odds_dirichlet" => online::log_odds(inputs),
        "spike" => online::spike(inputs),
        "kleinberg_burst" => online::bursts(inputs),
        "holt_winters_additive" => online::smoothing(inputs),
        _ => Err(Refused::Inputs(format!("no category is called {category:?}"))),
    }
}
