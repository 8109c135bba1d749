//! The set `star`: what agents were offered and picked, and how quickly they answered.

use std::collections::BTreeSet;

use projections::Board;
use projections::conversation::Hands;
use serde_json::{Map, Value, json};

use crate::sources::star;

/// Seconds within which an answer is quick.
const QUICK_SECS: f64 = 20.0;

/// The set, computed from the board.
pub(super) fn set(board: &Board) -> Value {
    let folded = &board.conversations;
    let source = folded.names.find(star::NAME);
    let rows: Vec<_> = folded.by_id.iter().filter(|(_, row)| Some(row.source) == source).collect();
    let agents: BTreeSet<_> = rows
        .iter()
        .flat_map(|(_, row)| &row.legs)
        .filter_map(|&leg| match folded.legs[leg as usize].hands {
            Hands::Agent(agent) => Some(agent),
            Hands::Nobody | Hands::Unnamed => None,
        })
        .collect();
    let customers: BTreeSet<_> = rows.iter().filter_map(|(_, row)| row.customer).collect();
    let assist = board.assists.by_source.get(star::NAME).cloned().unwrap_or_default();
    let ranks: Map<String, Value> = assist.ranks.iter().map(|(rank, n)| (rank.to_string(), json!(n))).collect();
    let first_rank = assist.ranks.get(&1).copied().unwrap_or(0);
    let mut set = json!({
        "dialogues": rows.len(),
        "events": assist.n(),
        "events_without_time": assist.n_untimed,
        "actions": {
            "utter": assist.n_received + assist.n_written + assist.n_others,
            "request_suggestions": assist.n_requested,
            "pick_suggestion": assist.n_picked,
            "query": assist.n_queried,
            "return_item": assist.n_returned,
            "complete": assist.n_declared,
            "instruct": assist.n_instructed,
            "select_primary": assist.n_primary,
            "select_secondary": assist.n_secondary,
            "select_task": assist.n_tasks,
        },
        "completion": assist.outcomes,
        "wizards": agents.len(),
        "users": customers.len(),
        "suggestions_picked": assist.n_picked,
        "picked_rank": ranks,
        "top1_rate": (0 < assist.n_picked).then(|| first_rank as f64 / assist.n_picked as f64),
        "free_text_agent_utterances": assist.n_written,
    });
    let exchanges = rows.iter().filter_map(|(id, _)| board.turns.by_conversation.get(id.as_str()));
    let responses: Vec<Vec<f64>> = exchanges.map(projections::turn::Exchange::response_secs).collect();
    if let Some(set) = set.as_object_mut() {
        set.extend(times(&responses));
    }
    set
}

fn times(responses: &[Vec<f64>]) -> Map<String, Value> {
    let mut first: Vec<f64> = responses.iter().filter_map(|of_one| of_one.first().copied()).collect();
    let mut all: Vec<f64> = responses.concat();
    // Sorted first: a sum of the same numbers is then the same to the last bit, whatever order they came in.
    first.sort_by(f64::total_cmp);
    all.sort_by(f64::total_cmp);
    Map::from_iter([
        ("first_response_n".to_owned(), json!(first.len())),
        ("first_response_mean_s".to_owned(), json!(mean(&first))),
        ("first_response_median_s".to_owned(), json!(median(&first))),
        ("responses_n".to_owned(), json!(all.len())),
        ("responses_mean_s".to_owned(), json!(mean(&all))),
        ("responses_le20".to_owned(), json!(all.iter().filter(|secs| **secs <= QUICK_SECS).count())),
    ])
}

fn mean(sorted: &[f64]) -> Option<f64> {
    (!sorted.is_empty()).then(|| sorted.iter().sum::<f64>() / sorted.len() as f64)
}

fn median(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    Some(if sorted.len().is_multiple_of(2) { (sorted[middle - 1] + upper) / 2.0 } else { upper })
}
