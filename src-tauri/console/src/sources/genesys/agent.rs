//! An agent's session: rung, talking, on hold, finishing up.

use std::collections::BTreeMap;

use events::conversation::{
    Assigned, Ended, Held, OfferAccepted, OfferRejected, OfferTimedOut, Offered, Party, Resumed, Transferred, WrapUpEnded,
    WrapUpStarted,
};
use events::{Event, Moment};
use serde_json::Value;

use super::super::delivery::{At, Delivery, moment, of, text};
use super::super::dialogue::{list, texts};
use super::{Session, is_kind, talks};

/// The kinds of segments; those without an arm below say nothing of a leg.
const KINDS: [&str; 19] = [
    "alert",
    "barging",
    "callback",
    "coaching",
    "contacting",
    "converting",
    "delay",
    "dialing",
    "hold",
    "interact",
    "ivr",
    "monitoring",
    "parked",
    "scheduled",
    "sharing",
    "system",
    "transmitting",
    "uploading",
    "voicemail",
];

/// What an agent's session tells of its leg.
pub(super) fn told(told: &mut Delivery, session: &Session<'_>, leg: &str) {
    let Some(agent) = text(session.participant, "userId") else {
        told.mended("agent_not_recorded");
        return;
    };
    let mut segments: Vec<(Moment, &Value)> = Vec::new();
    for segment in list(of(session.session, "segments")) {
        match told.time(segment, "segmentStart") {
            Some(from) => segments.push((from, segment)),
            None => told.mended("time_missing"),
        }
    }
    segments.sort_by_key(|(from, _)| *from);
    let first_talk = segments.iter().find(|(_, segment)| is_kind(segment, "interact")).map(|(from, _)| *from);
    if let Some(at) = first_talk {
        told.say(At::recorded(at, 40, leg), Assigned { agent: Some(agent.clone()) }, BTreeMap::new());
    }
    for &(from, segment) in &segments {
        let to = told.time_from(segment, "segmentEnd", Some(from));
        match of(segment, "segmentType").as_str() {
            Some("alert") => rung(told, session, segment, (from, to), &agent, leg),
            Some("hold") => {
                told.say(At::recorded(from, 55, leg), Held {}, BTreeMap::new());
                if let Some(to) = to {
                    told.say(At::recorded(to, 56, leg), Resumed {}, BTreeMap::new());
                }
            }
            Some("wrapup") => {
                told.say(At::recorded(from, 70, leg), WrapUpStarted {}, BTreeMap::new());
                if let Some(to) = to {
                    let note = texts([("note", text(segment, "wrapUpNote"))]);
                    told.say(At::recorded(to, 71, leg), WrapUpEnded { code: text(segment, "wrapUpCode") }, note);
                }
            }
            Some(kind) if KINDS.contains(&kind) => {}
            Some(_) | None => told.mended("unknown_action"),
        }
    }
    over(told, &segments, leg);
}

/// The end of the talk, if it is over: passed on, or ended by somebody.
fn over(told: &mut Delivery, segments: &[(Moment, &Value)], leg: &str) {
    let of_talk: Vec<&Value> =
        segments.iter().map(|(_, segment)| *segment).filter(|it| is_kind(it, "interact") || is_kind(it, "hold")).collect();
    let Some(last) = of_talk.last() else { return };
    if of_talk.iter().any(|segment| of(segment, "segmentEnd").is_null()) {
        return;
    }
    // A time before its start was noted where the segment was told.
    let Some(at) = moment(of(last, "segmentEnd")).filter(|at| moment(of(last, "segmentStart")).is_some_and(|from| from <= *at))
    else {
        return;
    };
    let how = text(last, "disconnectType").unwrap_or_default();
    if how.to_lowercase().contains("transfer") {
        let event = Transferred { to_queue: None, to_agent: None, reason: Some(how) };
        told.say(At::recorded(at, 50, leg), event, BTreeMap::new());
        return;
    }
    let by = match how.as_str() {
        "client" | "endpoint" => Some(Party::Agent),
        "peer" => Some(Party::Customer),
        "system" | "error" | "timeout" => Some(Party::System),
        "" | "other" | "conference" | "spam" | "uncallable" => None,
        _ => {
            told.mended("outcome_unknown");
            None
        }
    };
    told.say(At::recorded(at, 60, leg), Ended { by }, BTreeMap::new());
}

fn rung(
    told: &mut Delivery,
    session: &Session<'_>,
    segment: &Value,
    (from, to): (Moment, Option<Moment>),
    agent: &str,
    leg: &str,
) {
    told.say(At::recorded(from, 35, leg), Offered { agent: agent.to_owned() }, BTreeMap::new());
    let Some(to) = to else { return };
    let metrics = list(of(session.session, "metrics"));
    let silent = metrics.iter().any(|metric| of(metric, "name").as_str() == Some("tNotResponding"));
    let how = text(segment, "disconnectType").unwrap_or_default().to_lowercase();
    let agent = agent.to_owned();
    let event: Event = match how.as_str() {
        _ if talks(session) => OfferAccepted { agent }.into(),
        _ if silent || how.contains("noanswer") || how == "timeout" => OfferTimedOut { agent }.into(),
        "client" | "endpoint" => OfferRejected { agent, reason: None }.into(),
        // The customer hung up while it rang: nobody declined.
        _ => return,
    };
    told.say(At::recorded(to, 37, leg), event, BTreeMap::new());
}
