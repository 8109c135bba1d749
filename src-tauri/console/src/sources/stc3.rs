//! NTCIR STC-3: helpdesk dialogues from Weibo with the judgements of 19 annotators (Zeng, Luo, Shang, Li and Sakai 2017),
//! in Chinese and in English: JSON lines, one dialogue a line.
//!
//! The file has no times and does not say its language. The post's time is derived from its id by the rule
//! `unix = (id >> 22) + 515483463`, and believed from Weibo's opening day (14 August 2009) to the NTCIR-14 conference
//! (13 June 2019), at which the set was in use; ids outside have no known time. When each turn was written nobody knows.
//! The language is that of the letters: Chinese from one Han character to two Latin letters, English up to one to
//! fifty, and between the two (a Chinese dialogue in which everybody writes English) that of the file's first line.
//! The two versions of one dialogue are two conversations with one customer.

use std::collections::BTreeMap;

use events::conversation::{Channel, Direction, Ended, MessageReceived, MessageSent, Party, Rated, Started, TurnBegan};
use events::{Moment, Timing};
use serde_json::Value;

use super::dialogue::{Script, When, has, list, n_chars, native, object, texts, word};
use crate::keys::Pseudonyms;
use crate::sources::records::Content;
use crate::sources::{Misfit, Translate, Translated, line};

/// Its name.
pub const NAME: &str = "stc3";
/// Where the customers and their helpdesks are.
pub const ZONE: &str = "Asia/Shanghai";
/// How many annotators judged each dialogue.
pub const RATERS: usize = 19;
/// The seconds in which a post's time is believed: 14 August 2009 to 13 June 2019, in UTC.
const SECS: std::ops::Range<i64> = 1_250_208_000..1_560_384_000;
/// Added to the upper bits of an id to give the second of the post.
const ID_SECS: i64 = 515_483_463;
/// The labels that an annotator may give to a turn.
const LABELS: [&str; 7] = ["CNUG0", "CNUG", "CNUG*", "HNUG", "HNUG*", "CNaN", "HNaN"];

/// Whether a file's first line is a dialogue of this source.
#[must_use]
pub fn recognises(first_line: &str) -> bool {
    has(first_line, &["id", "turns", "annotations"])
}

/// The language in which a dialogue is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    Chinese,
    English,
}

impl Language {
    /// Of these letters; `None` when they do not tell.
    fn of(text: &str) -> Option<Self> {
        let han = text.chars().filter(|c| ('\u{3400}'..='\u{9fff}').contains(c)).count();
        let latin = text.chars().filter(char::is_ascii_alphabetic).count();
        if han + latin == 0 {
            None
        } else if latin <= 2 * han {
            Some(Self::Chinese)
        } else {
            (50 * han <= latin).then_some(Self::English)
        }
    }

    /// As in a native key.
    fn key(self) -> &'static str {
        match self {
            Self::Chinese => "cn",
            Self::English => "en",
        }
    }

    /// BCP 47.
    fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh",
            Self::English => "en",
        }
    }
}

/// Reads dialogues.
pub struct Dialogues {
    pseudonyms: Pseudonyms,
    /// The language of the first line, for lines whose letters do not tell theirs.
    usual: Language,
}

impl Translate for Dialogues {
    fn translate(&mut self, content: &Content) -> Result<Translated, Misfit> {
        self.understand(line(content)?)
    }

    fn subject(&self, content: &Content) -> Option<String> {
        self.subject_of(line(content).ok()?)
    }
}

impl Dialogues {
    pub(super) fn new(first_line: &str, pseudonyms: Pseudonyms) -> Self {
        let usual = object(first_line).ok().and_then(|dialogue| Language::of(&all_words(&dialogue)));
        Self { pseudonyms, usual: usual.or_else(|| Language::of(first_line)).unwrap_or(Language::Chinese) }
    }

    /// The customer of a line, whatever else is wrong in it.
    fn subject_of(&self, line: &str) -> Option<String> {
        native(line, "id").map(|id| self.pseudonyms.of(NAME, &id))
    }

    /// Translates one line.
    ///
    /// # Errors
    /// [`Misfit`] when it is not JSON, has no id or no turns, or a turn is of nobody known.
    fn understand(&self, line: &str) -> Result<Translated, Misfit> {
        let dialogue = object(line)?;
        let id = word(&dialogue["id"]).ok_or_else(|| Misfit::new("not_a_dialogue", "id is missing"))?;
        let Some(turns) = dialogue["turns"].as_array().filter(|turns| !turns.is_empty()) else {
            return Err(Misfit::new("not_a_dialogue", "turns is no list, or an empty one"));
        };
        let language = Language::of(&all_words(&dialogue)).unwrap_or(self.usual);
        let customer = self.pseudonyms.of(NAME, &id);
        let mut script = Script::new(NAME, format!("{}.{id}", language.key()), Some(customer.clone()))?;
        let when = posted(&id, &mut script);
        let started = Started {
            channel: Channel::Social,
            direction: Direction::Inbound,
            topic: None,
            priority: None,
            customer: Some(customer),
            language: Some(language.tag().to_owned()),
            entry: None,
            attributes: BTreeMap::new(),
        };
        script.say(when, "", started, texts([("customer_number", Some(id))]));
        let mut order = Order { at: when.at, next: 0 };
        for (nth, turn) in turns.iter().enumerate() {
            tell(&mut script, turn, nth, &mut order)?;
        }
        // What was collected is over, though nobody knows since when.
        script.say(order.next(), "", Ended { by: None }, BTreeMap::new());
        rate(&mut script, &dialogue, turns.len(), &mut order)?;
        Ok(Translated { events: script.events, repairs: script.repairs })
    }
}

/// What both sides wrote, in one text.
fn all_words(dialogue: &Value) -> String {
    let turns = list(&dialogue["turns"]).iter();
    let words: Vec<&str> = turns.flat_map(|turn| list(&turn["utterances"])).filter_map(Value::as_str).collect();
    words.join(" ")
}

/// When the post was written, as far as its id tells.
fn posted(id: &str, script: &mut Script) -> When {
    let secs = id.parse::<i64>().ok().filter(|id| 0 <= *id).map(|id| (id >> 22) + ID_SECS);
    match secs.filter(|secs| SECS.contains(secs)) {
        Some(secs) => When { at: Moment(0).plus_secs(secs), timing: Timing::Derived, place: None },
        None => {
            script.mended("time_not_known");
            When { at: Moment(0), timing: Timing::Unknown, place: None }
        }
    }
}

/// The next place in the source's order; every fact but the first has the post's moment, for want of its own.
struct Order {
    at: Moment,
    next: u32,
}

impl Order {
    fn next(&mut self) -> When {
        self.next += 1;
        When { at: self.at, timing: Timing::Unknown, place: Some(self.next - 1) }
    }
}

fn tell(script: &mut Script, turn: &Value, nth: usize, order: &mut Order) -> Result<(), Misfit> {
    let by = match turn["sender"].as_str() {
        Some("customer") => Party::Customer,
        Some("helpdesk") => Party::Agent,
        Some(_) | None => return Err(Misfit::new("unknown_sender", format!("turn {}", nth + 1))),
    };
    let Some(utterances) = turn["utterances"].as_array() else {
        return Err(Misfit::new("not_a_dialogue", format!("utterances of turn {} is no list", nth + 1)));
    };
    let n_messages = u32::try_from(utterances.len()).unwrap_or(u32::MAX);
    let began = TurnBegan { by, nth: u32::try_from(nth + 1).unwrap_or(u32::MAX), n_messages };
    script.say(order.next(), &nth.to_string(), began, BTreeMap::new());
    for (place, utterance) in utterances.iter().enumerate() {
        let text = utterance.as_str();
        if text.is_none() {
            script.mended("text_not_recorded");
        }
        let n_chars = text.map_or(0, n_chars);
        let (what, sealed) = (format!("{nth}.{place}"), texts([("text", text.map(str::to_owned))]));
        match by {
            Party::Customer => script.say(order.next(), &what, MessageReceived { n_chars }, sealed),
            Party::Agent | Party::Bot | Party::System => {
                script.say(order.next(), &what, MessageSent { by, n_chars }, sealed);
            }
        }
    }
    Ok(())
}

/// The annotators' judgements. One that has no numbers at all is left out and told; the others are kept as they are.
fn rate(script: &mut Script, dialogue: &Value, n_turns: usize, order: &mut Order) -> Result<(), Misfit> {
    let annotations = list(&dialogue["annotations"]);
    if annotations.len() != RATERS {
        script.mended("rater_count");
    }
    for (nth, annotation) in annotations.iter().enumerate() {
        let named = annotation["quality"].as_object().into_iter().flatten();
        let mut values = BTreeMap::new();
        for (scale, value) in named {
            match value.as_i64().and_then(|value| i32::try_from(value).ok()) {
                Some(value) if (-2..=2).contains(&value) => {
                    values.insert(scale.clone(), value);
                }
                Some(_) | None => script.mended("rating_out_of_scale"),
            }
        }
        let given = list(&annotation["nugget"]);
        let labels: Vec<String> = given.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        if labels.len() != given.len() || labels.iter().any(|label| !LABELS.contains(&label.as_str())) {
            return Err(Misfit::new("unknown_label", format!("annotation {}", nth + 1)));
        }
        if labels.len() != n_turns {
            script.mended("label_count");
        }
        if values.is_empty() && labels.is_empty() {
            script.mended("rating_empty");
            continue;
        }
        let rated = Rated { rater: (nth + 1).to_string(), values, labels };
        script.say(order.next(), &nth.to_string(), rated, BTreeMap::new());
    }
    Ok(())
}
