//! A contact record: all of one leg, told when it is over; perhaps again, when more is known.

use std::collections::BTreeMap;

use events::Moment;
use events::conversation::{Abandoned, ClaimUnit, Dequeue, Dequeued, Party, Started, Transferred, WrapUpEnded, WrapUpStarted};
use serde_json::Value;

use super::super::delivery::{At, Delivery, of, text};
use super::super::dialogue::texts;
use super::{NAME, arn, assigned, channel, direction, enqueued, ids, passed_on, queue, started};
use crate::sources::{Misfit, Translated};

/// What a contact record tells; the customer is a pseudonym with the address that it hides.
pub(super) fn told(record: &Value, customer: Option<(String, String)>) -> Result<Translated, Misfit> {
    let (own, first) = ids(record)?;
    let (subject, address) = customer.unzip();
    let mut told = Delivery::new(NAME, "conversation", &first, subject.clone())?;
    let method = text(record, "InitiationMethod");
    if method.as_deref() == Some("MONITOR") {
        told.mended("monitoring_left_out");
        return Ok(told.end());
    }
    let Some(initiated) = told.time(record, "InitiationTimestamp") else {
        return Err(Misfit { reason: "time_missing", detail: None });
    };
    begin(&mut told, record, (&own, &first), initiated, subject, address);
    let ended = told.time_from(record, "DisconnectTimestamp", Some(initiated));
    let agent = of(record, "Agent");
    let answered = told.time_from(agent, "ConnectedToAgentTimestamp", Some(initiated));
    wait(&mut told, record, &own, initiated, answered, ended);
    let passed = told.time_from(record, "TransferCompletedTimestamp", Some(initiated));
    if let Some(at) = passed {
        let to = of(record, "TransferredToEndpoint");
        let event = Transferred { to_queue: None, to_agent: None, reason: text(to, "Type") };
        told.say(At::recorded(at, 50, &own), event, texts([("transferred_to", text(to, "Address"))]));
    }
    let by = arn(agent, "ARN").or_else(|| text(agent, "Username"));
    if let Some(at) = answered {
        if by.is_none() {
            told.mended("agent_not_recorded");
        }
        let (place, event) = assigned(by.clone());
        told.say(At::recorded(at, place, &own), event, BTreeMap::new());
        if let Some(from) = told.time_from(agent, "AfterContactWorkStartTimestamp", Some(at)) {
            told.say(At::recorded(from, 70, &own), WrapUpStarted {}, BTreeMap::new());
            if let Some(to) = told.time_from(agent, "AfterContactWorkEndTimestamp", Some(from)) {
                told.say(At::recorded(to, 71, &own), WrapUpEnded { code: None }, BTreeMap::new());
            }
        }
    }
    if let Some(at) = ended {
        let (place, event) = super::ended(who_ended(&mut told, text(record, "DisconnectReason").as_deref()));
        told.say(At::recorded(at, place, &own), event, BTreeMap::new());
    }
    let at = ended.or(answered).unwrap_or(initiated);
    claims(&mut told, record, At::recorded(at, 90, &own), by.as_deref());
    Ok(told.end())
}

fn begin(
    told: &mut Delivery,
    record: &Value,
    (own, first): (&str, &str),
    at: Moment,
    subject: Option<String>,
    address: Option<String>,
) {
    let method = text(record, "InitiationMethod");
    let attributes = of(record, "Attributes").as_object().filter(|attributes| !attributes.is_empty());
    let attributes = attributes.map(|_| of(record, "Attributes").to_string());
    let before = text(record, "PreviousContactId");
    if own == first {
        let (channel, known) = channel(text(record, "Channel").as_deref());
        if !known {
            told.mended("channel_unknown");
        }
        let (place, event) = started(Started {
            channel,
            direction: direction(method.as_deref()),
            topic: None,
            priority: None,
            customer: subject,
            language: text(of(record, "LanguageCode"), "LanguageCode").or_else(|| text(record, "LanguageCode")),
            entry: text(of(record, "SystemEndpoint"), "Address"),
            attributes: BTreeMap::new(),
        });
        let hidden = texts([("phone", address), ("attributes", attributes)]);
        told.say(At::recorded(at, place, own), event, hidden);
    } else if let (Some(before), true) = (&before, passed_on(method.as_deref())) {
        let event = Transferred { to_queue: queue(of(record, "Queue")), to_agent: None, reason: method };
        told.say(At::recorded(at, 51, before), event, texts([("attributes", attributes)]));
    } else if let (Some(before), Some("CALLBACK")) = (&before, method.as_deref()) {
        // Whoever asked to be called back while waiting did not abandon.
        told.say(At::recorded(at, 29, before), Dequeued { reason: Dequeue::CallbackRequested }, BTreeMap::new());
    }
}

/// The stay in the queue. Abandoned is what the source's own test says: queued, and never connected to an agent.
fn wait(told: &mut Delivery, record: &Value, own: &str, initiated: Moment, answered: Option<Moment>, ended: Option<Moment>) {
    let of_queue = of(record, "Queue");
    let Some(from) = told.time_from(of_queue, "EnqueueTimestamp", Some(initiated)) else { return };
    let Some((place, event)) = enqueued(of_queue) else {
        told.mended("queue_not_recorded");
        return;
    };
    told.say(At::recorded(from, place, own), event, BTreeMap::new());
    let to = told.time_from(of_queue, "DequeueTimestamp", Some(from));
    let passed = !of(record, "TransferCompletedTimestamp").is_null();
    match (answered, to.or(answered).or(ended)) {
        (Some(_), Some(to)) => told.say(At::recorded(to, 30, own), Dequeued { reason: Dequeue::Answered }, BTreeMap::new()),
        (None, Some(to)) if passed => {
            told.say(At::recorded(to, 30, own), Dequeued { reason: Dequeue::FlowedOut }, BTreeMap::new());
        }
        (None, Some(to)) => told.say(At::recorded(to, 30, own), Abandoned {}, BTreeMap::new()),
        (_, None) => {}
    }
}

/// Who hung up; nothing, and noted, for a word that is not known.
pub(super) fn who_ended(told: &mut Delivery, reason: Option<&str>) -> Option<Party> {
    match reason {
        Some("CUSTOMER_DISCONNECT") => Some(Party::Customer),
        Some("AGENT_DISCONNECT") => Some(Party::Agent),
        Some(
            "TELECOM_PROBLEM"
            | "BARGED"
            | "CONTACT_FLOW_DISCONNECT"
            | "EXPIRED"
            | "API"
            | "IDLE_DISCONNECT"
            | "TELECOM_BUSY"
            | "TELECOM_NUMBER_INVALID"
            | "TELECOM_ORIGINATOR_CANCEL"
            | "TELECOM_POTENTIAL_BLOCKING"
            | "TELECOM_TIMEOUT"
            | "TELECOM_UNANSWERED"
            | "OUTBOUND_DESTINATION_ENDPOINT_ERROR"
            | "AGENT_NETWORK_DISCONNECT",
        ) => Some(Party::System),
        Some("THIRD_PARTY_DISCONNECT" | "OTHER" | "AGENT_COMPLETED" | "DISCARDED") | None => None,
        Some(_) => {
            told.mended("outcome_unknown");
            None
        }
    }
}

/// What the source measured and counted itself.
fn claims(told: &mut Delivery, record: &Value, when: At<'_>, agent: Option<&str>) {
    let of_agent = of(record, "Agent");
    let all = [
        (of(of(record, "Queue"), "Duration"), "Queue.Duration", ClaimUnit::Secs, None),
        (of(of_agent, "AgentInteractionDuration"), "AgentInteractionDuration", ClaimUnit::Secs, agent),
        (of(of_agent, "CustomerHoldDuration"), "CustomerHoldDuration", ClaimUnit::Secs, agent),
        (of(of_agent, "LongestHoldDuration"), "LongestHoldDuration", ClaimUnit::Secs, agent),
        (of(of_agent, "NumberOfHolds"), "NumberOfHolds", ClaimUnit::Count, agent),
        (of(of_agent, "AfterContactWorkDuration"), "AfterContactWorkDuration", ClaimUnit::Secs, agent),
        (of(record, "AgentConnectionAttempts"), "AgentConnectionAttempts", ClaimUnit::Count, None),
    ];
    for (value, metric, unit, agent) in all {
        match (value.as_f64(), value.is_null()) {
            (Some(value), _) => told.claim(when, metric, value, unit, agent),
            (None, false) => told.mended("figure_not_a_number"),
            (None, true) => {}
        }
    }
}
