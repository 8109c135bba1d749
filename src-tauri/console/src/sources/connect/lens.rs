//! Contact Lens: who said what, as a machine heard it, with its judgement of the mood of each turn.

use std::collections::BTreeMap;

use events::conversation::{MessageReceived, MessageSent, Party, Rated};
use events::{Event, Moment, Timing};
use serde_json::Value;

use super::super::delivery::{At, Delivery, of, text};
use super::super::dialogue::{list, n_chars, texts, word};
use super::NAME;
use crate::sources::{Misfit, Translated};

/// Who judged.
const RATER: &str = "Contact Lens";

/// What the file says that is written after the contact.
pub(super) fn of_file(file: &Value) -> Result<Translated, Misfit> {
    let contact = text(of(file, "CustomerMetadata"), "ContactId").ok_or(Misfit { reason: "leg_missing", detail: None })?;
    let mut told = Delivery::new(NAME, "conversation", &contact, None)?;
    let people = list(of(file, "Participants")).iter();
    let roles: BTreeMap<String, String> =
        people.filter_map(|one| text(one, "ParticipantId").zip(text(one, "ParticipantRole"))).collect();
    let mut moods = Vec::new();
    for turn in list(of(file, "Transcript")) {
        let role = text(turn, "ParticipantId").map(|id| roles.get(&id).cloned().unwrap_or(id));
        said(&mut told, turn, role.as_deref(), &contact);
        moods.push(text(turn, "Sentiment").unwrap_or_else(|| "UNKNOWN".to_owned()));
    }
    let overall = of(of(of(file, "ConversationCharacteristics"), "Sentiment"), "OverallSentiment");
    let scale = |(role, score): (&String, &Value)| {
        // From −5 to +5, in thousandths: scales have whole numbers.
        let milli = (score.as_f64().filter(|score| score.abs() <= 5.0)? * 1_000.0).round() as i32;
        Some((format!("sentiment_{}_milli", role.to_lowercase()), milli))
    };
    let values: BTreeMap<String, i32> = overall.as_object().into_iter().flatten().filter_map(scale).collect();
    if !values.is_empty() || !moods.is_empty() {
        let rated = Rated { rater: RATER.to_owned(), values, labels: moods };
        told.say(unknown(&contact, u32::MAX), rated, BTreeMap::new());
    }
    Ok(told.end())
}

/// What one record of the stream says that is told while they talk. Its utterances are parts of turns that come whole later.
pub(super) fn of_stream(record: &Value) -> Result<Translated, Misfit> {
    let contact = text(record, "ContactId").ok_or(Misfit { reason: "leg_missing", detail: None })?;
    let mut told = Delivery::new(NAME, "conversation", &contact, None)?;
    if of(record, "EventType").as_str() == Some("FAILED") {
        told.mended("analysis_failed");
    }
    for segment in list(of(record, "Segments")) {
        let turn = of(segment, "Transcript");
        if turn.is_object() {
            said(&mut told, turn, text(turn, "ParticipantRole").as_deref(), &contact);
        }
    }
    Ok(told.end())
}

/// One turn; file and stream tell it with the same offset from the beginning, which is its key.
fn said(told: &mut Delivery, turn: &Value, role: Option<&str>, contact: &str) {
    let text_of = of(turn, "Content").as_str();
    if text_of.is_none() {
        told.mended("text_not_recorded");
    }
    let n_chars = text_of.map_or(0, n_chars);
    let offset = of(turn, "BeginOffsetMillis").as_u64();
    let at = told.time(turn, "AbsoluteTime");
    let key = match (offset, at, text(turn, "Id")) {
        (Some(offset), _, _) => format!("{offset} ms"),
        (None, Some(at), _) => format!("at {}", at.0),
        (None, None, Some(id)) => id,
        (None, None, None) => {
            told.mended("time_missing");
            return;
        }
    };
    let event: Event = match role {
        Some("CUSTOMER") => MessageReceived { n_chars }.into(),
        Some("AGENT") => MessageSent { by: Party::Agent, n_chars }.into(),
        Some("CUSTOM_BOT") => MessageSent { by: Party::Bot, n_chars }.into(),
        Some("SYSTEM" | "SUPERVISOR") => MessageSent { by: Party::System, n_chars }.into(),
        Some(_) | None => {
            told.mended("unknown_sender");
            return;
        }
    };
    // A file tells when in the talk, not when in the world: only the order is known.
    let place = offset.and_then(|millis| u32::try_from(millis).ok()).unwrap_or_default();
    let when = at.map_or(unknown(contact, place), |at| At::recorded(at, place, contact));
    told.say_keyed(when, &key, event, texts([("text", word(of(turn, "Content")))]));
}

/// At no known time.
fn unknown(contact: &str, place: u32) -> At<'_> {
    At { at: Moment(0), timing: Timing::Unknown, place, leg: Some(contact) }
}
