//! Genesys Cloud: the details of conversations as its analytics answer or export them, in camelCase or snake_case.
//!
//! One record is one conversation so far: participants, each with sessions, each with segments. A session in a queue begins
//! a leg, named by the session; the first agent who talks after it answers it, and other agents have legs of their own. A
//! conversation that is told again, grown, says the same again and adds to it.
//!
//! What the router proposed and scored, and all metrics, are the source's own figures: claims. Left out are flows' outcomes,
//! resolutions and media.
//!
//! Source: Genesys Cloud platform API, analytics conversation details (`AnalyticsConversation`).

mod agent;
mod figures;

use std::collections::BTreeMap;

use events::Moment;
use events::conversation::{
    Abandoned, Channel, Dequeue, Dequeued, Direction, Ended, Enqueued, Rated, SelfServiceEnded, Started, SurveyAnswered,
};
use serde_json::Value;

use super::delivery::{At, Delivery, moment, of, text};
use super::dialogue::{list, texts};
use super::{Misfit, Translate, Translated, document};
use crate::keys::Pseudonyms;
use crate::sources::records::Content;

/// Its name.
pub const NAME: &str = "genesys";
/// Its times are UTC.
pub const ZONE: &str = "UTC";
/// The list in which pages of the API hold conversations.
pub const LISTS: &[&str] = &["conversations"];

/// Whether a file begins with a conversation of this source.
#[must_use]
pub fn recognises(head: &str) -> bool {
    let near = |names: &[&str]| names.iter().all(|name| head.contains(&format!("\"{name}\"")));
    near(&["conversationId", "conversationStart"]) || near(&["conversation_id", "conversation_start"])
}

/// Reads conversations.
pub struct Genesys {
    pseudonyms: Pseudonyms,
}

/// One session of a participant, with what is worked out of it.
struct Session<'a> {
    participant: &'a Value,
    session: &'a Value,
    id: String,
    /// When its first segment begins.
    from: Moment,
}

impl Genesys {
    pub(super) fn new(pseudonyms: Pseudonyms) -> Self {
        Self { pseudonyms }
    }

    /// What the source calls the customer: the contact known to it, or else the address they came from.
    fn customer(&self, conversation: &Value) -> Option<(String, String)> {
        let people = list(of(conversation, "participants"));
        let one = people.iter().find(|one| is_customer(one))?;
        let sessions = list(of(one, "sessions")).iter();
        let address =
            || sessions.clone().find_map(|it| ["ani", "addressFrom", "remote"].into_iter().find_map(|name| text(it, name)));
        let native = text(one, "externalContactId").or_else(address)?;
        Some((self.pseudonyms.of(NAME, &native), native))
    }

    fn told(&self, conversation: &Value) -> Result<Translated, Misfit> {
        let id = text(conversation, "conversationId").ok_or(Misfit { reason: "conversation_missing", detail: None })?;
        let (subject, native) = self.customer(conversation).unzip();
        let mut told = Delivery::new(NAME, "conversation", &id, subject.clone())?;
        let Some(start) = told.time(conversation, "conversationStart") else {
            return Err(Misfit { reason: "time_missing", detail: None });
        };
        let mut sessions = sessions_of(&mut told, conversation);
        sessions.sort_by(|a, b| (a.from, &a.id).cmp(&(b.from, &b.id)));
        begin(&mut told, conversation, &sessions, start, subject, native);
        let legs = legs_of(&sessions);
        for (session, leg) in sessions.iter().zip(&legs) {
            match text(session.participant, "purpose").as_deref() {
                Some("acd") => {
                    let answered =
                        sessions.iter().zip(&legs).any(|(other, of)| of == leg && is_agent(other.participant) && talks(other));
                    waited(&mut told, session, leg, answered);
                }
                Some("agent" | "user") => agent::told(&mut told, session, leg),
                Some("ivr" | "workflow" | "botflow") => {
                    if let Some(at) = last_end(&mut told, session) {
                        told.say(At::recorded(at, 10, leg), SelfServiceEnded {}, BTreeMap::new());
                    }
                }
                Some(_) | None => {}
            }
            figures::of_session(&mut told, session, leg, start);
        }
        let end = told.time_from(conversation, "conversationEnd", Some(start));
        if let Some(at) = end {
            told.say(At::recorded(at, 64, &id), Ended { by: None }, BTreeMap::new());
        }
        judged(&mut told, conversation, &id, end.unwrap_or(start));
        Ok(told.end())
    }
}

impl Translate for Genesys {
    fn translate(&mut self, content: &Content) -> Result<Translated, Misfit> {
        self.told(&document(content)?.object()?)
    }

    fn subject(&self, content: &Content) -> Option<String> {
        let conversation = document(content).ok()?.object().ok()?;
        self.customer(&conversation).map(|(pseudonym, _)| pseudonym)
    }

    fn tells_the_past(&self) -> bool {
        true
    }
}

fn is_customer(participant: &Value) -> bool {
    matches!(of(participant, "purpose").as_str(), Some("customer" | "external"))
}

fn is_agent(participant: &Value) -> bool {
    matches!(of(participant, "purpose").as_str(), Some("agent" | "user"))
}

fn is_kind(segment: &Value, kind: &str) -> bool {
    of(segment, "segmentType").as_str() == Some(kind)
}

/// Whether somebody talks in a session.
fn talks(session: &Session<'_>) -> bool {
    list(of(session.session, "segments")).iter().any(|segment| is_kind(segment, "interact"))
}

fn sessions_of<'a>(told: &mut Delivery, conversation: &'a Value) -> Vec<Session<'a>> {
    let mut sessions = Vec::new();
    for participant in list(of(conversation, "participants")) {
        for session in list(of(participant, "sessions")) {
            let starts = list(of(session, "segments")).iter().filter_map(|segment| moment(of(segment, "segmentStart")));
            match (text(session, "sessionId"), starts.min()) {
                (Some(id), Some(from)) => sessions.push(Session { participant, session, id, from }),
                (None, _) => told.mended("session_missing"),
                // A session that is only announced has no segments yet.
                (Some(_), None) => {}
            }
        }
    }
    sessions
}

/// The leg that each session belongs to: a queue's own; the queue's that an agent is offered or answers; else the agent's own.
fn legs_of(sessions: &[Session<'_>]) -> Vec<String> {
    let mut queue: Option<&str> = None;
    let mut answered = false;
    let mut legs = Vec::with_capacity(sessions.len());
    for session in sessions {
        let of_queue = text(session.participant, "purpose").as_deref() == Some("acd");
        if of_queue {
            (queue, answered) = (Some(session.id.as_str()), false);
        }
        let agent = is_agent(session.participant);
        legs.push(match queue {
            Some(queue) if of_queue || (agent && !answered) => queue.to_owned(),
            Some(_) | None => session.id.clone(),
        });
        answered |= agent && talks(session);
    }
    legs
}

fn begin(
    told: &mut Delivery,
    conversation: &Value,
    sessions: &[Session<'_>],
    start: Moment,
    subject: Option<String>,
    native: Option<String>,
) {
    let of_customer = sessions.iter().find(|it| is_customer(it.participant)).or(sessions.first());
    let session = of_customer.map_or(&Value::Null, |it| it.session);
    let media = text(session, "mediaType");
    let channel = match media.as_deref() {
        Some("voice" | "callback" | "video") => Channel::Voice,
        Some("chat" | "cobrowse" | "screenshare") => Channel::Chat,
        Some("message") => Channel::Messaging,
        Some("email") => Channel::Email,
        Some(_) | None => {
            told.mended("channel_unknown");
            Channel::Voice
        }
    };
    let direction = match of(conversation, "originatingDirection").as_str() {
        Some("outbound") => Direction::Outbound,
        Some(_) | None if media.as_deref() == Some("callback") => Direction::Callback,
        Some(_) | None => Direction::Inbound,
    };
    let started = Started {
        channel,
        direction,
        topic: None,
        priority: None,
        customer: subject,
        language: None,
        entry: text(session, "dnis").or_else(|| text(session, "addressTo")),
        attributes: BTreeMap::new(),
    };
    let person = of_customer.filter(|it| is_customer(it.participant)).map_or(&Value::Null, |it| it.participant);
    let attributes = of(person, "attributes").as_object().filter(|attributes| !attributes.is_empty());
    let hidden = texts([
        ("customer_number", native),
        ("name", text(person, "participantName")),
        ("phone", text(session, "ani")),
        ("attributes", attributes.map(|_| of(person, "attributes").to_string())),
    ]);
    let id = text(conversation, "conversationId").unwrap_or_default();
    told.say(At::recorded(start, 0, &id), started, hidden);
}

/// The latest end of a session's segments.
fn last_end(told: &mut Delivery, session: &Session<'_>) -> Option<Moment> {
    let segments = list(of(session.session, "segments")).iter();
    let ends = segments.filter_map(|it| told.time_from(it, "segmentEnd", moment(of(it, "segmentStart"))));
    ends.max()
}

/// A stay in a queue and how it ended: by its metrics, and by its last segment where they are silent.
fn waited(told: &mut Delivery, session: &Session<'_>, leg: &str, answered: bool) {
    let segments = list(of(session.session, "segments"));
    let Some(queue) = segments.iter().find_map(|segment| text(segment, "queueId")) else {
        told.mended("queue_not_recorded");
        return;
    };
    told.say(At::recorded(session.from, 20, leg), Enqueued { queue }, BTreeMap::new());
    let open = segments.iter().any(|segment| of(segment, "segmentEnd").is_null());
    let Some(at) = last_end(told, session).filter(|_| !open) else { return };
    let metrics = list(of(session.session, "metrics"));
    let measured = |name: &str| metrics.iter().any(|metric| of(metric, "name").as_str() == Some(name));
    let passed = segments.iter().any(|it| text(it, "disconnectType").is_some_and(|how| how.to_lowercase().contains("transfer")));
    let when = At::recorded(at, 30, leg);
    let none = BTreeMap::new();
    match () {
        () if answered || measured("tAnswered") => told.say(when, Dequeued { reason: Dequeue::Answered }, none),
        () if measured("tAbandon") => told.say(when, Abandoned {}, none),
        () if measured("tFlowOut") || passed => told.say(when, Dequeued { reason: Dequeue::FlowedOut }, none),
        () => told.say(At::recorded(at, 60, leg), Ended { by: None }, none),
    }
}

/// What people say of it afterwards: surveys of the customer, evaluations by colleagues.
fn judged(told: &mut Delivery, conversation: &Value, id: &str, otherwise: Moment) {
    let percent = |value: &Value| value.as_f64().filter(|score| (0.0..=100.0).contains(score)).map(|score| score.round() as u8);
    for survey in list(of(conversation, "surveys")) {
        let at = told.time(survey, "surveyCompletedDate").or_else(|| told.time(survey, "eventTime")).unwrap_or(otherwise);
        if let Some(score) = percent(of(survey, "oSurveyTotalScore")).or_else(|| percent(of(survey, "surveyTotalScore"))) {
            told.say(At::recorded(at, 80, id), SurveyAnswered { score, score_max: 100 }, BTreeMap::new());
        }
    }
    for evaluation in list(of(conversation, "evaluations")) {
        let at = told.time(evaluation, "releaseDate").or_else(|| told.time(evaluation, "eventTime")).unwrap_or(otherwise);
        let score = percent(of(evaluation, "oTotalScore")).or_else(|| percent(of(evaluation, "totalScore")));
        if let (Some(rater), Some(score)) = (text(evaluation, "evaluatorId"), score) {
            let values = BTreeMap::from([("total_score".to_owned(), i32::from(score))]);
            told.say(At::recorded(at, 81, id), Rated { rater, values, labels: Vec::new() }, BTreeMap::new());
        }
    }
}
