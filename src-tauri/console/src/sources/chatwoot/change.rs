//! What changed in a conversation, as far as the payload says so.

use std::collections::BTreeMap;

use events::Moment;
use events::conversation::{Assigned, Ended, Enqueued, Held, Party, Resolved, Resumed, SelfServiceEnded, Transferred};
use serde_json::Value;

use super::{Told, agent, at, queue, wait};
use crate::sources::Misfit;
use crate::sources::dialogue::{list, word};
use crate::sources::payload::when;

/// A value before and after.
struct Change {
    before: Option<String>,
    after: Option<String>,
}

/// What became of an attribute: `changed_attributes` is a list of objects with one name each.
fn change(record: &Value, name: &str) -> Option<Change> {
    let changed = &record["changed_attributes"];
    let of = list(changed).iter().chain(changed.is_object().then_some(changed)).find_map(|one| one.get(name))?;
    let (before, after) = (word(&of["previous_value"]), word(&of["current_value"]));
    (before != after).then_some(Change { before, after })
}

/// Tells the changes of a webhook at the second in which they were made.
pub(super) fn tell(told: &mut Told<'_>, record: &Value, event: &str) -> Result<(), Misfit> {
    let assignee = change(record, "assignee_id");
    let team = change(record, "team_id");
    let status = change(record, "status").or_else(|| {
        // Older versions say that it changed, and not from what.
        (event == "conversation_status_changed").then(|| Change { before: None, after: word(&record["status"]) })
    });
    if assignee.is_none() && team.is_none() && status.is_none() {
        return Ok(());
    }
    let happened = when(&[&record["updated_at"], &record["last_activity_at"], &record["timestamp"]])?;
    let second = happened.0.to_string();
    if let Some(status) = status {
        of_status(told, record, &status, happened, &second);
    }
    hand(told, record, team.and_then(|team| team.after), assignee, happened);
    Ok(())
}

/// To another team, another agent, both at once, or back to where it waits.
fn hand(told: &mut Told<'_>, record: &Value, team: Option<String>, assignee: Option<Change>, happened: Moment) {
    let second = happened.0.to_string();
    let (was_held, to_agent, taken_away) = match assignee {
        Some(Change { before, after }) => (before.is_some(), after.as_deref().map(agent), after.is_none()),
        None => (false, None, false),
    };
    let to_queue = (team.is_some() || taken_away).then(|| queue(record));
    let (telling, stream) = (&mut *told.telling, told.stream);
    // One fact for both: the agent of another team takes over in that team's queue.
    if to_queue.is_some() || (was_held && to_agent.is_some()) {
        let passed = Transferred { to_queue: to_queue.clone(), to_agent: to_agent.clone(), reason: None };
        telling.say(stream, happened, &second, passed, BTreeMap::new());
    }
    if let Some(queue) = to_queue {
        telling.say(stream, happened, &second, Enqueued { queue }, BTreeMap::new());
    }
    if to_agent.is_some() {
        telling.say(stream, happened, &second, Assigned { agent: to_agent }, BTreeMap::new());
    }
}

fn of_status(told: &mut Told<'_>, record: &Value, status: &Change, happened: Moment, second: &str) {
    let Change { before, after } = status;
    let (telling, stream) = (&mut *told.telling, told.stream);
    match (before.as_deref(), after.as_deref()) {
        (_, Some("resolved")) => {
            let held = !at(record, &["meta", "assignee", "id"]).is_null();
            telling.say(stream, happened, second, Resolved {}, BTreeMap::new());
            telling.say(stream, happened, second, Ended { by: held.then_some(Party::Agent) }, BTreeMap::new());
        }
        (_, Some("snoozed")) => telling.say(stream, happened, second, Held {}, BTreeMap::new()),
        (Some("snoozed"), Some("open")) => telling.say(stream, happened, second, Resumed {}, BTreeMap::new()),
        (before, Some("open")) => {
            if before == Some("pending") {
                telling.say(stream, happened, "", SelfServiceEnded {}, BTreeMap::new());
            }
            wait(told, record, happened);
        }
        // Back to the bot: nobody of the desk has it.
        (_, Some("pending")) => {}
        (_, Some(_) | None) => telling.mended("status_unknown"),
    }
}
