//! The sets `stc3_cn` and `stc3_en`: what annotators say of dialogues in one language, and how far they agree.

use std::collections::BTreeMap;

use projections::Board;
use projections::agreement::{Unit, alpha_interval};
use projections::rating::{Rated, of_kind};
use projections::turn::Exchange;
use serde_json::{Map, Value, json};

use crate::sources::stc3;

/// The scales: task accomplishment, customer satisfaction, effectiveness.
const SCALES: [&str; 3] = ["A", "S", "E"];
/// Raters of 19 who are most of them.
const MAJORITY: u32 = 10;

/// The set of the dialogues in one language, computed from the board.
pub(super) fn set(board: &Board, language: &str) -> Value {
    let folded = &board.conversations;
    let (source, language_name) = (folded.names.find(stc3::NAME), folded.names.find(language));
    let rows = folded.by_id.iter().filter(|(_, row)| Some(row.source) == source && row.language == language_name);
    let exchanges: Vec<Option<&Exchange>> =
        rows.map(|(id, _)| board.turns.by_conversation.get(id.as_str())).filter(|_| language_name.is_some()).collect();
    let sum = |of: fn(&Exchange) -> u32| exchanges.iter().flatten().map(|it| u64::from(of(it))).sum::<u64>();
    let rated: Vec<&Rated> = of_kind(board, stc3::NAME, Some(language)).map(|(_, rated)| rated).collect();
    let mut set = Map::from_iter([
        ("dialogues".to_owned(), json!(exchanges.len())),
        ("turns".to_owned(), json!(sum(|it| it.n_turns))),
        ("customer_turns".to_owned(), json!(sum(|it| it.n_turns_customer))),
        ("empty_utterances".to_owned(), json!(sum(|it| it.n_empty))),
        ("annotators".to_owned(), json!(rated.iter().map(|rated| rated.n_raters).max().unwrap_or(0))),
    ]);
    set.extend(SCALES.map(|name| (name.to_owned(), scale(board, &rated, name))));
    let mut labels: BTreeMap<&str, u64> = BTreeMap::new();
    for (&label, &(n, _)) in rated.iter().flat_map(|rated| &rated.labels) {
        *labels.entry(board.ratings.names.text(label)).or_default() += u64::from(n);
    }
    set.insert("nuggets".to_owned(), json!(labels));
    let solved = board.ratings.names.find("CNUG*");
    let by_most =
        |rated: &&&Rated| solved.and_then(|label| rated.labels.get(&label)).is_some_and(|&(_, n_raters)| MAJORITY <= n_raters);
    set.insert("majority_CNUG*".to_owned(), json!(rated.iter().filter(by_most).count()));
    Value::Object(set)
}

fn scale(board: &Board, rated: &[&Rated], name: &str) -> Value {
    let Some(scale) = board.ratings.names.find(name) else { return Value::Null };
    let units: Vec<Unit> = rated.iter().map(|rated| rated.unit(scale)).collect();
    let mut distribution: BTreeMap<i32, u64> = BTreeMap::new();
    for (&value, &n) in rated.iter().filter_map(|rated| rated.values.get(&scale)).flatten() {
        *distribution.entry(value).or_default() += u64::from(n);
    }
    let (n, sum) = units.iter().fold((0, 0), |(n, sum), unit| (n + unit.n, sum + unit.sum));
    // A mean of at most −1 is a sum of at most −n; of at most −½, a doubled sum of at most −n.
    let at_most = |times: i128| units.iter().filter(|it| 0 < it.n && times * it.sum <= -i128::from(it.n)).count();
    json!({
        "mean": (0 < n).then(|| sum as f64 / n as f64),
        "distribution": distribution.iter().map(|(value, n)| (value.to_string(), json!(n))).collect::<Map<_, _>>(),
        "krippendorff_alpha_interval": alpha_interval(units.iter().copied()),
        "dialogues_mean_le_minus1": at_most(1),
        "dialogues_mean_le_minus_half": at_most(2),
    })
}
