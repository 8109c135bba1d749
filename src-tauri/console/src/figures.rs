//! Sets of figures by name, so that an outside script can compare them with its own.
//!
//! A set has the keys and nesting that were agreed outside; every value is read off the board by a metric's
//! definition, or counted over the conversations or tickets of one source.

mod tickets;

mod star;
mod stc3;

use std::collections::BTreeSet;

use projections::figure::{Dimension, Group, groups};
use projections::metric::Metric;
use projections::scope::Scope;
use projections::{Board, Lens};
use serde_json::{Map, Value, json};

use crate::sources::anonymous_bank;

/// The sets that this version knows.
pub const SETS: [&str; 7] = ["anonymous_bank", "star", "stc3_cn", "stc3_en", "volvo", "servicenow", "bpic2012"];
/// Half-hours listed as the worst.
const WORST: usize = 6;

/// The figures of every group, by their agreed names.
const COMMON: [(&str, Metric); 12] = [
    ("offered", Metric::Offered),
    ("answered", Metric::Answered),
    ("abandoned", Metric::Abandoned),
    ("abandon_rate", Metric::AbandonRate),
    ("asa_s", Metric::SpeedOfAnswer),
    ("answered_within_20s", Metric::AnsweredWithin),
    ("sl20_of_answered", Metric::ServiceLevelOfAnswered),
    ("sl20_of_offered", Metric::ServiceLevel),
    ("sl20_excl_short_abandons", Metric::ServiceLevelWithoutShort),
    ("short_abandons_le20", Metric::AbandonedWithin),
    ("aht_answered_s", Metric::HandleTime),
    ("aht_named_agent_s", Metric::HandleTimeNamed),
];
/// Those of the whole alone.
const WHOLE: [(&str, Metric); 5] = [
    ("queued", Metric::Queued),
    ("queued_answered", Metric::QueuedAnswered),
    ("queued_abandoned", Metric::QueuedAbandoned),
    ("median_wait_answered", Metric::WaitMedian),
    ("max_wait", Metric::WaitMax),
];

/// The set called `name`, computed from the board; `None` when there is none of that name.
#[must_use]
pub fn set(name: &str, board: &Board) -> Option<Value> {
    match name {
        "anonymous_bank" => Some(bank(board)),
        "star" => Some(star::set(board)),
        "stc3_cn" => Some(stc3::set(board, "zh")),
        "stc3_en" => Some(stc3::set(board, "en")),
        "volvo" => Some(tickets::volvo(board)),
        "servicenow" => Some(tickets::servicenow(board)),
        "bpic2012" => Some(tickets::bpic2012(board)),
        _ => None,
    }
}

fn named(figures: &[(&str, Metric)], group: Option<&Group>) -> Map<String, Value> {
    let of = |metric: Metric| group.and_then(|group| group.figures.iter().find(|figure| figure.metric == metric.id()));
    figures.iter().map(|(name, metric)| ((*name).to_owned(), json!(of(*metric).and_then(|figure| figure.value)))).collect()
}

fn bank(board: &Board) -> Value {
    let scope = Scope { source: Some(anonymous_bank::NAME.to_owned()), ..Scope::default() };
    let as_of = board.latest_at.unwrap_or_default();
    let lens = Lens { as_of, today: as_of, zone: anonymous_bank::ZONE.to_owned() };
    let common: Vec<Metric> = COMMON.iter().map(|(_, metric)| *metric).collect();
    let all: Vec<Metric> = COMMON.iter().chain(&WHOLE).map(|(_, metric)| *metric).collect();
    let by = |metrics: &[Metric], dimension: &[Dimension]| groups(board, metrics, dimension, &scope, &lens);
    let whole = by(&all, &[]);
    let mut set = named(&COMMON, whole.first());
    set.extend(named(&WHOLE, whole.first()));
    set.extend(counted(board));
    let keyed = |dimension: Dimension, name: fn(&str) -> String| -> Value {
        let groups = by(&common, &[dimension]);
        groups
            .iter()
            .filter_map(|group| Some((name(group.key.first()?.as_deref()?), Value::Object(named(&COMMON, Some(group))))))
            .collect::<Map<_, _>>()
            .into()
    };
    set.insert("by_day".to_owned(), keyed(Dimension::Day, yymmdd));
    set.insert("by_type".to_owned(), keyed(Dimension::Topic, str::to_owned));
    set.insert("by_priority".to_owned(), keyed(Dimension::Priority, str::to_owned));
    set.insert("by_agent".to_owned(), by_agent(&by(&[Metric::Answered, Metric::HandleTime], &[Dimension::Agent])));
    set.insert(
        "worst_half_hours_by_abandons".to_owned(),
        worst(&by(&[Metric::Offered, Metric::Abandoned], &[Dimension::HalfHour])),
    );
    Value::Object(set)
}

/// What is counted over all rows, those included that were no calls at all.
fn counted(board: &Board) -> Map<String, Value> {
    let folded = &board.conversations;
    let source = folded.names.find(anonymous_bank::NAME);
    let rows: Vec<_> = folded.by_id.values().filter(|conversation| Some(conversation.source) == source).collect();
    let legs = || rows.iter().flat_map(|row| &row.legs).map(|&leg| &folded.legs[leg as usize]);
    let agents: BTreeSet<_> = legs()
        .filter_map(|leg| match leg.hands {
            projections::conversation::Hands::Agent(agent) => Some(agent),
            projections::conversation::Hands::Nobody | projections::conversation::Hands::Unnamed => None,
        })
        .collect();
    let unnamed = legs().filter(|leg| leg.hands == projections::conversation::Hands::Unnamed).count();
    let customers: BTreeSet<_> = rows.iter().filter_map(|row| row.customer).collect();
    let negative = rows.iter().filter(|row| row.self_service_ended.is_some_and(|end| end.at < row.started.at)).count();
    Map::from_iter([
        ("rows".to_owned(), json!(rows.len())),
        ("phantom".to_owned(), json!(rows.iter().filter(|row| row.voided.is_some()).count())),
        ("answered_without_agent_name".to_owned(), json!(unnamed)),
        ("negative_vru_time_rows".to_owned(), json!(negative)),
        ("distinct_agents".to_owned(), json!(agents.len())),
        ("identified_customers".to_owned(), json!(customers.len())),
    ])
}

fn by_agent(groups: &[Group]) -> Value {
    let of_agent = |group: &Group| {
        let name = group.key.first()?.clone()?;
        let [answered, handled] = group.figures.as_slice() else { return None };
        let figures = json!({ "calls": answered.value, "talk_s": handled.numerator, "aht_s": handled.value });
        Some((name, figures))
    };
    groups.iter().filter_map(of_agent).collect::<Map<_, _>>().into()
}

fn worst(groups: &[Group]) -> Value {
    let mut worst: Vec<&Group> = groups.iter().collect();
    // A stable sort: among equals the earlier half-hour stays first.
    worst.sort_by(|a, b| b.figures[1].numerator.total_cmp(&a.figures[1].numerator));
    let rows = worst.iter().take(WORST).filter_map(|group| {
        let start = group.key.first()?.as_deref()?;
        let (day, clock) = (start.get(..10)?, start.get(11..16)?);
        let [offered, abandoned] = group.figures.as_slice() else { return None };
        Some(json!({ "start": format!("{} {clock}", yymmdd(day)), "offered": offered.value, "abandoned": abandoned.value }))
    });
    rows.collect::<Vec<_>>().into()
}

/// `1999-02-03` as the bank writes it: `990203`.
fn yymmdd(date: &str) -> String {
    date.get(2..).unwrap_or_default().replace('-', "")
}
