//! The question that every replay answers: what became of the contacts of each queue.
//!
//! The peer in `peers/cqrs_es` compiles this file too, so both sides read the same board the same way.

use projections::figure::{Dimension, groups};
use projections::metric::Metric;
use projections::scope::Scope;
use projections::{Board, Lens};
use serde_json::{Map, Value, json};

const METRICS: [Metric; 5] =
    [Metric::Offered, Metric::Answered, Metric::Abandoned, Metric::AnsweredWithin, Metric::SpeedOfAnswer];

/// Offered, answered, abandoned and answered in time, and the microseconds that the answered waited, by queue.
///
/// Contacts that were in no queue stand under the empty name.
pub(crate) fn by_queue(board: &Board) -> Value {
    let as_of = board.latest_at.unwrap_or_default();
    let lens = Lens { as_of, today: as_of, zone: "UTC".to_owned() };
    let queues = groups(board, &METRICS, &[Dimension::Queue], &Scope::default(), &lens);
    let row = |figures: &[projections::figure::Figure]| {
        json!({
            "offered": figures[0].numerator,
            "answered": figures[1].numerator,
            "abandoned": figures[2].numerator,
            "within": figures[3].numerator,
            "wait_us": (figures[4].numerator * 1e6).round(),
        })
    };
    let named = queues.iter().map(|group| (group.key.first().cloned().flatten().unwrap_or_default(), row(&group.figures)));
    Value::Object(named.collect::<Map<_, _>>())
}
