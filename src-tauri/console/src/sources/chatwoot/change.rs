//! What changed in a conversation, as far as the payload says so.

use std::collections::BTreeMap;

use events::Moment;
use events::conversation::{Assigned, Ended, Enqueued, Held, Party, Resolved, Resumed, SelfServiceEnded, Transferred};
use serde_json::Value;

use super::{Told, agent, at, queue};
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
    if team.as_ref().is_some_and(|team| team.after.is_some()) {
        let queue = queue(record);
        // A team named for the first time takes nothing out of other hands.
        if team.is_some_and(|team| team.before.is_some()) {
            let moved = Transferred { to_queue: Some(queue.clone()), to_agent: None, reason: None };
            told.telling.say(told.stream, happened, &second, moved, BTreeMap::new());
        }
        told.telling.say(told.stream, happened, &second, Enqueued { queue }, BTreeMap::new());
    }
    match assignee {
        Some(Change { before, after: Some(after) }) => {
            let name = agent(&after);
            if before.is_some() {
                let passed = Transferred { to_queue: None, to_agent: Some(name.clone()), reason: None };
                told.telling.say(told.stream, happened, &format!("{second}|{after}"), passed, BTreeMap::new());
            }
            let assigned = Assigned { agent: Some(name) };
            told.telling.say(told.stream, happened, &second, assigned, BTreeMap::new());
        }
        Some(Change { after: None, .. }) => {
            let queue = queue(record);
            let back = Transferred { to_queue: Some(queue.clone()), to_agent: None, reason: None };
            told.telling.say(told.stream, happened, &second, back, BTreeMap::new());
            told.telling.say(told.stream, happened, &second, Enqueued { queue }, BTreeMap::new());
        }
        None => {}
    }
    Ok(())
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
            telling.say(stream, happened, second, Enqueued { queue: queue(record) }, BTreeMap::new());
        }
        // Back to the bot: nobody of the desk has it.
        (_, Some("pending")) => {}
        (_, Some(_) | None) => telling.mended("status_unknown"),
    }
}
