//! A row that stands for a whole conversation: its times worked out, then told as facts.

use events::conversation::{
    Abandoned, Assigned, Dequeue, Dequeued, Ended, Enqueued, MessageReceived, MessageSent, Party, Resolved, SelfServiceEnded,
    Started, SurveyAnswered, Voided, WrapUpEnded, WrapUpStarted,
};
use events::{Event, EventId, Moment, NewEvent, Personal};
use serde::de::DeserializeOwned;

use super::row::{Row, n_chars, sealed, stream};
use crate::sources::Misfit;
use crate::sources::ticket::Memory;

/// How it came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Answered,
    Resolved,
    Abandoned,
    FlowedOut,
    CallbackRequested,
    Voided,
    /// Nobody knows yet, or any more.
    Open,
}

/// The times of a contact, as the row tells them or as its spans make them.
struct Times {
    started: Moment,
    self_service_ended: Option<Moment>,
    enqueued: Moment,
    dequeued: Option<Moment>,
    assigned: Option<Moment>,
    ended: Option<Moment>,
}

type Facts = Vec<(Moment, Event, Option<Personal>)>;

/// The facts of one contact.
pub(super) fn events(row: &mut Row<'_>, memory: &mut Memory) -> Result<Vec<NewEvent>, Misfit> {
    let identity = row.identity(memory)?;
    let stream = stream("conversation", &identity.stream)?;
    let times = times(row)?;
    let customer = row.customer()?;
    let subject = customer.as_ref().map(|(pseudonym, _)| pseudonym);
    let started = started(row, subject)?;
    let outcome = outcome(row, &times)?;
    let mut facts: Facts = Vec::with_capacity(8);
    if let Some(at) = times.self_service_ended {
        if at < times.started {
            row.repairs.push("self_service_time_negative");
        }
        facts.push((at, SelfServiceEnded {}.into(), None));
    }
    let queue = row.text("queue")?;
    let before = facts.len() + usize::from(queue.is_some() && outcome != Outcome::Voided);
    tell(row, &times, outcome, queue, &mut facts)?;
    afterwards(row, &times, subject, &mut facts)?;
    // Menu and queue first, whatever second the clocks say: an agent's clock runs a little ahead of the queue's.
    facts[before..].sort_by_key(|(at, ..)| *at);
    let number = customer.as_ref().map(|(_, number)| number);
    facts.insert(0, (times.started, started.into(), sealed(subject, &[("customer_number", number)])));
    let source = row.source();
    let told = facts.into_iter().map(|(at, event, personal)| {
        let event_type = events::codec::encode(&event).event_type;
        let id = EventId::derived(source, &format!("{}|{event_type}", identity.key));
        row.fact(&stream, id, at, &event, personal)
    });
    Ok(told.collect())
}

/// A word that the fields' own list allows is a word of the event.
fn of_word<T: DeserializeOwned>(word: Option<String>) -> Option<T> {
    word.and_then(|word| serde_json::from_value(serde_json::Value::String(word)).ok())
}

fn started(row: &mut Row<'_>, customer: Option<&String>) -> Result<Started, Misfit> {
    let channel = of_word(row.word("channel")?).ok_or(Misfit { reason: "channel_missing", detail: None })?;
    Ok(Started {
        channel,
        direction: of_word(row.word("direction")?).unwrap_or_default(),
        topic: row.text("topic")?,
        priority: row.small("priority")?,
        customer: customer.cloned(),
        language: row.text("language")?,
        entry: row.text("entry")?,
        attributes: row.attributes(),
    })
}

fn times(row: &mut Row<'_>) -> Result<Times, Misfit> {
    let (began, entered) = (row.time("started_at", None)?, row.time("enqueued_at", None)?);
    let started = began.or(entered).ok_or(Misfit { reason: "time_missing", detail: None })?;
    let self_service_ended = row.time("self_service_ended_at", Some(started))?;
    let reached = self_service_ended.unwrap_or(started);
    // Read again, now that it is known what it follows.
    let enqueued = if entered.is_some() { row.time("enqueued_at", Some(reached))? } else { None };
    let enqueued = enqueued.unwrap_or(reached);
    let waited = row.span("waiting_secs")?.map(|secs| enqueued.plus_secs(secs));
    let left = row.time("dequeued_at", Some(enqueued))?;
    // The seconds are the measurement; the clock beside them is rounded or late.
    if waited.zip(left).is_some_and(|(waited, left)| waited != left) {
        row.repairs.push("queue_time_disagrees");
    }
    let dequeued = waited.or(left);
    let assigned = row.time("assigned_at", Some(enqueued))?;
    let connected = assigned.or(dequeued).unwrap_or(enqueued);
    let talked = row.span("talk_secs")?.map(|secs| connected.plus_secs(secs));
    let hung_up = row.time("ended_at", Some(connected))?;
    if talked.zip(hung_up).is_some_and(|(talked, hung_up)| talked != hung_up) {
        row.repairs.push("service_time_disagrees");
    }
    let ended = talked.or(hung_up);
    let backwards = |from: Moment, to: Option<Moment>| to.is_some_and(|to| to < from);
    // Two clocks may differ by a little; what ends before it began makes no sense.
    if backwards(enqueued, dequeued) || backwards(started, ended) || assigned.is_some_and(|at| backwards(at, ended)) {
        return Err(Misfit { reason: "end_before_start", detail: None });
    }
    Ok(Times { started, self_service_ended, enqueued, dequeued, assigned, ended })
}

/// How the row says that it came out, or how its times do.
fn outcome(row: &mut Row<'_>, times: &Times) -> Result<Outcome, Misfit> {
    let said = row.word("outcome")?;
    let by_times = if times.assigned.is_some() { Outcome::Answered } else { Outcome::Open };
    Ok(match said.as_deref() {
        Some("answered") => Outcome::Answered,
        Some("resolved") => Outcome::Resolved,
        Some("abandoned") => Outcome::Abandoned,
        Some("flowed_out") => Outcome::FlowedOut,
        Some("callback_requested") => Outcome::CallbackRequested,
        Some("voided") => Outcome::Voided,
        // The list of outcomes has no other word.
        Some(_) | None if row.mapped("agent") && row.text("agent")?.is_some() => Outcome::Answered,
        Some(_) | None => by_times,
    })
}

fn tell(row: &mut Row<'_>, times: &Times, outcome: Outcome, queue: Option<String>, facts: &mut Facts) -> Result<(), Misfit> {
    let mut push = |at: Moment, event: Event| facts.push((at, event, None));
    if outcome == Outcome::Voided {
        let reason = "voided".to_owned();
        push(times.self_service_ended.unwrap_or(times.started), Voided { reason }.into());
        return Ok(());
    }
    let queued = queue.is_some();
    if let Some(queue) = queue {
        push(times.enqueued, Enqueued { queue }.into());
    } else if row.mapped("queue") {
        row.repairs.push("queue_not_recorded");
    }
    let over = times.dequeued.or(times.ended);
    match outcome {
        Outcome::Answered | Outcome::Resolved => {
            let agent = row.text("agent")?;
            if agent.is_none() && row.mapped("agent") {
                row.repairs.push("agent_not_recorded");
            }
            let assigned = times.assigned.or(times.dequeued).unwrap_or(times.enqueued);
            if times.assigned.is_none() && (row.mapped("assigned_at") || times.dequeued.is_none()) {
                row.repairs.push("service_time_not_recorded");
            }
            push(assigned, Assigned { agent }.into());
            if queued {
                push(times.dequeued.unwrap_or(assigned), Dequeued { reason: Dequeue::Answered }.into());
            }
            if let Some(ended) = times.ended {
                push(ended, Ended { by: of_word(row.word("ended_by")?) }.into());
            }
        }
        Outcome::Abandoned => {
            let at = over.ok_or(Misfit { reason: "time_missing", detail: None })?;
            if times.assigned.is_some() {
                row.repairs.push("abandoned_with_service_time");
            }
            push(at, Abandoned {}.into());
        }
        Outcome::FlowedOut | Outcome::CallbackRequested => {
            let reason = if outcome == Outcome::FlowedOut { Dequeue::FlowedOut } else { Dequeue::CallbackRequested };
            let at = over.ok_or(Misfit { reason: "time_missing", detail: None })?;
            push(at, Dequeued { reason }.into());
        }
        Outcome::Open => {
            if let Some(ended) = times.ended {
                push(ended, Ended { by: of_word(row.word("ended_by")?) }.into());
            }
        }
        Outcome::Voided => {}
    }
    if let Some(at) = row.time("resolved_at", times.ended)? {
        push(at, Resolved {}.into());
    } else if outcome == Outcome::Resolved {
        push(times.ended.or(times.assigned).unwrap_or(times.enqueued), Resolved {}.into());
    }
    Ok(())
}

/// Wrap-up, rating and words.
fn afterwards(row: &mut Row<'_>, times: &Times, subject: Option<&String>, facts: &mut Facts) -> Result<(), Misfit> {
    let last = times.ended.or(times.assigned).or(times.dequeued).unwrap_or(times.started);
    let (began, secs, ended) =
        (row.time("wrap_up_started_at", times.ended)?, row.span("wrap_up_secs")?, row.time("wrap_up_ended_at", times.ended)?);
    let code = row.text("wrap_up_code")?;
    let from = began.unwrap_or(last);
    let to = secs.map(|secs| from.plus_secs(secs)).or(ended);
    if to.is_some_and(|to| to < from) {
        return Err(Misfit { reason: "end_before_start", detail: None });
    }
    if began.is_some() || to.is_some() {
        facts.push((from, WrapUpStarted {}.into(), None));
    }
    if to.is_some() || code.is_some() {
        facts.push((to.unwrap_or(from), WrapUpEnded { code }.into(), None));
    }
    if let (Some(score), Some(score_max)) = (row.small("rating")?, row.small("rating_max")?) {
        let at = row.time("rated_at", times.ended)?.unwrap_or(last);
        if score_max < score {
            row.repairs.push("rating_out_of_scale");
        } else {
            facts.push((at, SurveyAnswered { score, score_max }.into(), None));
        }
    }
    if let Some(text) = row.text("message")? {
        let said = MessageReceived { n_chars: n_chars(&text) };
        facts.push((times.started, said.into(), sealed(subject, &[("text", Some(&text))])));
    }
    if let Some(text) = row.text("reply")? {
        let said = MessageSent { by: Party::Agent, n_chars: n_chars(&text) };
        let at = times.assigned.unwrap_or(last);
        facts.push((at, said.into(), sealed(subject, &[("text", Some(&text))])));
    }
    Ok(())
}
