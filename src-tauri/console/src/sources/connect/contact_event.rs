//! A contact event: what has become of a contact so far, told at best effort and in no order.

use std::collections::BTreeMap;

use events::conversation::{Started, Transferred, WrapUpEnded, WrapUpStarted};
use serde_json::Value;

use super::super::delivery::{At, Delivery, of, text};
use super::record::who_ended;
use super::{NAME, arn, assigned, channel, direction, ended, enqueued, ids, passed_on, started};
use crate::sources::{Misfit, Translated};

/// The kinds of events; each tells all that is known by then, so that only new kinds are worth a note.
const KINDS: [&str; 12] = [
    "INITIATED",
    "CONNECTED_TO_SYSTEM",
    "CONTACT_DATA_UPDATED",
    "CONTACT_EVALUATION_UPDATED",
    "QUEUED",
    "CONNECTED_TO_AGENT",
    "DISCONNECTED",
    "COMPLETED",
    "PAUSED",
    "RESUMED",
    "AMD_DISABLED",
    "WEBRTC_API",
];

/// What the `detail` of an event tells.
pub(super) fn told(detail: &Value) -> Result<Translated, Misfit> {
    let (own, first) = ids(detail)?;
    let mut told = Delivery::new(NAME, "conversation", &first, None)?;
    if !of(detail, "eventType").as_str().is_some_and(|kind| KINDS.contains(&kind)) {
        told.mended("unknown_action");
    }
    let method = text(detail, "initiationMethod");
    if method.as_deref() == Some("MONITOR") {
        told.mended("monitoring_left_out");
        return Ok(told.end());
    }
    let initiated = told.time(detail, "initiationTimestamp");
    if let Some(at) = initiated {
        if own == first {
            let (channel, known) = channel(text(detail, "channel").as_deref());
            if !known {
                told.mended("channel_unknown");
            }
            let direction = direction(method.as_deref());
            let (topic, priority, customer, language, entry) = (None, None, None, None, None);
            let (place, event) =
                started(Started { channel, direction, topic, priority, customer, language, entry, attributes: BTreeMap::new() });
            told.say(At::recorded(at, place, &own), event, BTreeMap::new());
        } else if let (Some(before), true) = (text(detail, "previousContactId"), passed_on(method.as_deref())) {
            let event = Transferred { to_queue: None, to_agent: None, reason: method };
            told.say(At::recorded(at, 51, &before), event, BTreeMap::new());
        }
    }
    let of_queue = of(detail, "queueInfo");
    if let Some(at) = told.time_from(of_queue, "enqueueTimestamp", initiated) {
        match enqueued(of_queue) {
            Some((place, event)) => told.say(At::recorded(at, place, &own), event, BTreeMap::new()),
            None => told.mended("queue_not_recorded"),
        }
    }
    let of_agent = of(detail, "agentInfo");
    if let Some(at) = told.time_from(of_agent, "connectedToAgentTimestamp", initiated) {
        let (place, event) = assigned(arn(of_agent, "agentArn"));
        told.say(At::recorded(at, place, &own), event, BTreeMap::new());
        if let Some(from) = told.time_from(of_agent, "afterContactWorkStartTimestamp", Some(at)) {
            told.say(At::recorded(from, 70, &own), WrapUpStarted {}, BTreeMap::new());
            if let Some(to) = told.time_from(of_agent, "afterContactWorkEndTimestamp", Some(from)) {
                told.say(At::recorded(to, 71, &own), WrapUpEnded { code: None }, BTreeMap::new());
            }
        }
    }
    if let Some(at) = told.time_from(detail, "disconnectTimestamp", initiated) {
        let (place, event) = ended(who_ended(&mut told, text(detail, "disconnectReason").as_deref()));
        told.say(At::recorded(at, place, &own), event, BTreeMap::new());
    }
    Ok(told.end())
}
