//! What Zendesk measures itself: the clocks of its service levels, and the sums it keeps of each ticket.

use std::collections::BTreeMap;

use events::conversation::{ClaimUnit, FigureClaimed};
use serde_json::Value;

use super::named;
use crate::sources::Misfit;
use crate::sources::dialogue::word;
use crate::sources::payload::{Stream, Telling, at, moment, number, when};

/// Sums in minutes, by the clock (`calendar`) and in business hours.
const TIMES: [&str; 6] = [
    "reply_time_in_minutes",
    "first_resolution_time_in_minutes",
    "full_resolution_time_in_minutes",
    "agent_wait_time_in_minutes",
    "requester_wait_time_in_minutes",
    "on_hold_time_in_minutes",
];
/// Sums that are counts.
const COUNTS: [&str; 4] = ["reopens", "replies", "assignee_stations", "group_stations"];
/// What may happen to a clock.
const TYPES: [&str; 7] = ["activate", "pause", "fulfill", "apply_sla", "apply_group_sla", "breach", "update_status"];

/// One thing that happened to a clock: `reply_time.activate`, `reply_time.breach`, and so on.
pub(super) fn metric_event(stream: &Stream, record: &Value, telling: &mut Telling) -> Result<(), Misfit> {
    let happened = when(&[&record["time"]])?;
    let missing = || Misfit { reason: "metric_missing", detail: None };
    let (metric, kind) = (word(&record["metric"]).ok_or_else(missing)?, word(&record["type"]).ok_or_else(missing)?);
    if record["deleted"] == true {
        telling.mended("event_not_used");
        return Ok(());
    }
    if !TYPES.contains(&kind.as_str()) && kind != "measure" {
        telling.mended("unknown_event");
        return Ok(());
    }
    let instance = word(&record["instance_id"]);
    let what = format!("{}|{metric}|{kind}|{}", instance.clone().unwrap_or_default(), happened.0);
    let base = FigureClaimed {
        metric: format!("{metric}.{kind}"),
        value: None,
        unit: ClaimUnit::Minutes,
        in_business_hours: false,
        from: None,
        to: Some(happened),
        agent: None,
        instance,
    };
    let sla = if record["sla"].is_object() { &record["sla"] } else { &record["group_sla"] };
    let mut told = false;
    for (name, in_business_hours) in [("calendar", false), ("business", true)] {
        if let Some(value) = number(at(record, &["status", name])) {
            let claimed = FigureClaimed { value: Some(value), in_business_hours, ..base.clone() };
            telling.say(stream, happened, &format!("{what}|{name}"), claimed, BTreeMap::new());
            told = true;
        }
    }
    if let Some(target) = number(&sla["target"]) {
        let in_business_hours = sla["business_hours"] == true;
        let claimed = FigureClaimed { value: Some(target), in_business_hours, ..base.clone() };
        telling.say(stream, happened, &format!("{what}|target"), claimed, BTreeMap::new());
        told = true;
    }
    if !told {
        telling.say(stream, happened, &what, base, BTreeMap::new());
    }
    Ok(())
}

/// The sums of one ticket as they stood when they were last changed.
pub(super) fn metric_set(stream: &Stream, record: &Value, telling: &mut Telling) -> Result<(), Misfit> {
    let updated = when(&[&record["updated_at"], &record["created_at"]])?;
    let from = moment(&record["created_at"]);
    let base = |metric: &str, unit| FigureClaimed {
        metric: metric.to_owned(),
        value: None,
        unit,
        in_business_hours: false,
        from,
        to: None,
        agent: word(&record["assignee_id"]).map(|id| named(&id)),
        instance: None,
    };
    for metric in TIMES {
        for (name, in_business_hours) in [("calendar", false), ("business", true)] {
            let told = at(record, &[metric, name]);
            if let Some(value) = number(told) {
                let to = (metric == "full_resolution_time_in_minutes").then(|| moment(&record["solved_at"])).flatten();
                let claimed = FigureClaimed { value: Some(value), in_business_hours, to, ..base(metric, ClaimUnit::Minutes) };
                telling.say(stream, updated, &format!("{metric}|{name}|{}", updated.0), claimed, BTreeMap::new());
            } else if !told.is_null() {
                telling.mended("value_not_believable");
            }
        }
    }
    for metric in COUNTS {
        if let Some(value) = number(&record[metric]) {
            let claimed = FigureClaimed { value: Some(value), ..base(metric, ClaimUnit::Count) };
            telling.say(stream, updated, &format!("{metric}|{}", updated.0), claimed, BTreeMap::new());
        }
    }
    Ok(())
}
