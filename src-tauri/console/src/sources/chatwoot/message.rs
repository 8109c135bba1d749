//! Messages, and the answers to surveys that come as changed messages.

use std::collections::BTreeMap;

use events::conversation::{MessageReceived, MessageSent, Party, SurveyAnswered, SurveySent};
use serde_json::Value;

use super::{Told, at};
use crate::sources::Misfit;
use crate::sources::dialogue::{n_chars, texts, word};
use crate::sources::payload::when;

/// What a message is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Incoming,
    Outgoing,
    Activity,
    Template,
}

/// An integer in exports and in older webhooks, a word in newer ones.
fn kind(value: &Value) -> Option<Kind> {
    let text = word(value)?;
    Some(match text.as_str() {
        "0" | "incoming" => Kind::Incoming,
        "1" | "outgoing" => Kind::Outgoing,
        "2" | "activity" => Kind::Activity,
        "3" | "template" => Kind::Template,
        _ => return None,
    })
}

/// Tells a message and what came with it; a message that was only `changed` is told as it was when it was made, elsewhere.
pub(super) fn tell(told: &mut Told<'_>, message: &Value, changed: bool) -> Result<(), Misfit> {
    let id = word(&message["id"]).ok_or(Misfit { reason: "message_missing", detail: None })?;
    let at_second = when(&[&message["created_at"]])?;
    let kind = kind(&message["message_type"]).ok_or(Misfit { reason: "unknown_message_type", detail: None })?;
    let survey = message["content_type"] == "input_csat";
    let (telling, stream) = (&mut *told.telling, told.stream);
    if survey {
        telling.say(stream, at_second, &id, SurveySent {}, BTreeMap::new());
        answer(told, message, &id, at_second);
        return Ok(());
    }
    if kind == Kind::Activity {
        telling.mended("activity_not_kept");
        return Ok(());
    }
    if message["private"] == true {
        telling.mended("private_note");
        return Ok(());
    }
    if at(message, &["content_attributes", "deleted"]) == true {
        telling.mended("message_deleted");
        return Ok(());
    }
    // What a message says now may not be what it said; its first form is the fact.
    if changed {
        telling.mended("message_change_not_kept");
        return Ok(());
    }
    let content = message["content"].as_str().map(str::to_owned);
    let n_chars = content.as_deref().map_or(0, n_chars);
    let words = texts([("text", content)]);
    match kind {
        Kind::Incoming => telling.say(stream, at_second, &id, MessageReceived { n_chars }, words),
        Kind::Outgoing => telling.say(stream, at_second, &id, MessageSent { by: author(message), n_chars }, words),
        Kind::Template | Kind::Activity => {
            telling.say(stream, at_second, &id, MessageSent { by: Party::System, n_chars }, words);
        }
    }
    Ok(())
}

/// Who wrote what the desk sent: a person, a bot, or a rule.
fn author(message: &Value) -> Party {
    let automated =
        ["automation_rule_id", "campaign_id"].iter().any(|name| !at(message, &["content_attributes", name]).is_null());
    let kind = [&message["sender_type"], at(message, &["sender", "type"])].into_iter().find_map(word).unwrap_or_default();
    match kind.to_lowercase().as_str() {
        _ if automated => Party::System,
        "agent_bot" | "agentbot" | "captain::assistant" => Party::Bot,
        // Webhooks of older versions name a person without a word what they are.
        _ if message["sender"].is_object() => Party::Agent,
        "user" => Party::Agent,
        _ => Party::System,
    }
}

/// A rating; when it was given no payload says, so it has the moment of its question.
fn answer(told: &mut Told<'_>, message: &Value, id: &str, asked: events::Moment) {
    let answer = at(message, &["content_attributes", "submitted_values", "csat_survey_response"]);
    if answer.is_null() {
        return;
    }
    match answer["rating"].as_u64().and_then(|score| u8::try_from(score).ok()).filter(|score| (1..=5).contains(score)) {
        Some(score) => {
            let comment = texts([("comment", word(&answer["feedback_message"]))]);
            told.telling.say(told.stream, asked, id, SurveyAnswered { score, score_max: 5 }, comment);
            told.telling.derived();
        }
        None => told.telling.mended("rating_out_of_scale"),
    }
}
