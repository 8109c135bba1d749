//! An event of the agents' stream: an agent as they were before and after it, with the contacts they had.

use std::collections::BTreeMap;

use events::agent::{ProfileChanged, SignedIn, SignedOut, State, StateChanged};
use events::conversation::{Held, OfferAccepted, OfferRejected, OfferTimedOut, Offered, Resumed, WrapUpEnded, WrapUpStarted};
use events::{Moment, Timing};
use serde_json::Value;

use super::super::delivery::{At, Delivery, of, text};
use super::super::dialogue::list;
use super::{NAME, arn, assigned, ended, enqueued, ids, queue};
use crate::sources::{Misfit, Translated};

/// What an event tells of its agent and of their contacts.
pub(super) fn told(event: &Value) -> Result<Translated, Misfit> {
    let agent = arn(event, "AgentARN").ok_or(Misfit { reason: "agent_not_recorded", detail: None })?;
    let mut told = Delivery::new(NAME, "agent", &agent, None)?;
    let Some(at) = told.time(event, "EventTimestamp") else {
        return Err(Misfit { reason: "time_missing", detail: None });
    };
    let (now, before) = (of(event, "CurrentAgentSnapshot"), of(event, "PreviousAgentSnapshot"));
    let when = |at: Moment, place: u32| At { at, timing: Timing::Recorded, place, leg: None };
    let profile = |told: &mut Delivery| {
        if let Some(profile) = profile_of(of(now, "Configuration")) {
            told.say(when(at, 1), profile, BTreeMap::new());
        }
    };
    match of(event, "EventType").as_str() {
        Some("LOGIN") => {
            told.say(when(at, 0), SignedIn {}, BTreeMap::new());
            profile(&mut told);
        }
        Some("LOGOUT") => told.say(when(at, 9), SignedOut {}, BTreeMap::new()),
        Some("STATE_CHANGE" | "HEART_BEAT") => {
            if !of(before, "Configuration").is_null() && of(before, "Configuration") != of(now, "Configuration") {
                profile(&mut told);
            }
        }
        Some(_) | None => told.mended("unknown_action"),
    }
    let status = of(now, "AgentStatus");
    if let Some((state, since)) = state_of(&mut told, status).zip(told.time(status, "StartTimestamp")) {
        told.say(when(since, 5), StateChanged { state }, BTreeMap::new());
    }
    for contact in list(of(before, "Contacts")).iter().chain(list(of(now, "Contacts"))) {
        contact_told(&mut told, contact, &agent);
    }
    let still = |id: &str| list(of(now, "Contacts")).iter().any(|contact| text(contact, "ContactId").as_deref() == Some(id));
    for contact in list(of(before, "Contacts")) {
        let (own, first) = ids(contact)?;
        if of(contact, "State").as_str() == Some("ENDED") && !still(&own) && told.turn_to("conversation", &first).is_ok() {
            // The agent cleared it: the work after it is done.
            told.say(At::recorded(at, 71, &own), WrapUpEnded { code: None }, BTreeMap::new());
        }
    }
    Ok(told.end())
}

/// What an agent says they are doing. A house names its own states; the usual names are understood.
fn state_of(told: &mut Delivery, status: &Value) -> Option<State> {
    let name = text(status, "Name").unwrap_or_default().to_lowercase();
    match of(status, "Type").as_str() {
        Some("ROUTABLE") => Some(State::Available),
        Some("CUSTOM") => Some(match name.as_str() {
            "break" | "小休" | "休息" => State::Break,
            "lunch" | "meal" | "用餐" => State::Meal,
            "training" | "培训" | "培訓" => State::Training,
            "meeting" | "会议" | "會議" => State::Meeting,
            _ => State::Away,
        }),
        Some("OFFLINE") => Some(State::Away),
        Some(_) => {
            told.mended("status_unknown");
            None
        }
        None => None,
    }
}

fn profile_of(configuration: &Value) -> Option<ProfileChanged> {
    let username = text(configuration, "Username")?;
    let routing = of(configuration, "RoutingProfile");
    let slots = list(of(routing, "Concurrency")).iter().filter(|of_channel| of(of_channel, "Channel").as_str() == Some("CHAT"));
    let n_chats = slots.filter_map(|slots| of(slots, "MaximumSlots").as_u64()).max().unwrap_or_default();
    Some(ProfileChanged {
        name: username,
        queues: list(of(routing, "InboundQueues")).iter().filter_map(queue).collect(),
        languages: Vec::new(),
        n_chats_max: u8::try_from(n_chats).unwrap_or(u8::MAX),
    })
}

/// What the state of one contact tells; the same state is told again in every event while it lasts, and is one fact.
fn contact_told(told: &mut Delivery, contact: &Value, agent: &str) {
    let Ok((own, first)) = ids(contact) else {
        told.mended("leg_missing");
        return;
    };
    if told.turn_to("conversation", &first).is_err() {
        told.mended("leg_missing");
        return;
    }
    let agent = agent.to_owned();
    if let Some(at) = told.time(contact, "QueueTimestamp")
        && let Some((place, event)) = enqueued(of(contact, "Queue"))
    {
        told.say(At::recorded(at, place, &own), event, BTreeMap::new());
    }
    let connected = told.time(contact, "ConnectedToAgentTimestamp");
    if let Some(at) = connected {
        let (place, event) = assigned(Some(agent.clone()));
        told.say(At::recorded(at, place, &own), event, BTreeMap::new());
    }
    let Some(since) = told.time(contact, "StateStartTimestamp") else {
        told.mended("time_missing");
        return;
    };
    let when = |place| At::recorded(since, place, &own);
    match of(contact, "State").as_str() {
        Some("INCOMING" | "PENDING" | "CONNECTING") => told.say(when(35), Offered { agent }, BTreeMap::new()),
        Some("MISSED") => told.say(when(36), OfferTimedOut { agent }, BTreeMap::new()),
        Some("REJECTED") => told.say(when(36), OfferRejected { agent, reason: None }, BTreeMap::new()),
        Some("ERROR") => told.say(when(36), OfferRejected { agent, reason: Some("ERROR".to_owned()) }, BTreeMap::new()),
        Some("CONNECTED") => match connected {
            // Connected again: the hold is over.
            Some(first) if first < since => told.say(when(56), Resumed {}, BTreeMap::new()),
            Some(_) => told.say(when(37), OfferAccepted { agent }, BTreeMap::new()),
            None => {
                told.say(when(37), OfferAccepted { agent: agent.clone() }, BTreeMap::new());
                let (place, event) = assigned(Some(agent));
                told.say(when(place), event, BTreeMap::new());
            }
        },
        Some("CONNECTED_ONHOLD") => told.say(when(55), Held {}, BTreeMap::new()),
        Some("ENDED") => {
            let (place, event) = ended(None);
            told.say(when(place), event, BTreeMap::new());
            told.say(when(70), WrapUpStarted {}, BTreeMap::new());
        }
        Some("MONITORING" | "BARGED" | "PAUSED") | None => {}
        Some(_) => told.mended("status_unknown"),
    }
}
