//! What helps an agent during a conversation, and what came of it: suggested replies, look-ups, instructions, tasks.
//!
//! Labels, options, tasks and names of fields are templates of the desk and no personal text; the words typed, the
//! values looked for and the items found are.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Party;

/// The agent asked for suggested replies; the draft they typed is personal text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SuggestionsRequested {
    /// Length of the draft in Unicode scalar values.
    pub n_chars: u32,
}

/// The agent sent one of the replies suggested; the words sent are personal text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SuggestionPicked {
    /// The template picked; absent when the source did not record which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Its place among those offered, from 1; absent when it was not among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<u32>,
    /// How many were offered.
    pub n_offered: u32,
    /// The templates offered, best first, as the source lists them: one may stand there twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Length of the words sent in Unicode scalar values.
    pub n_chars: u32,
}

/// The agent looked something up; the values looked for are personal text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KnowledgeQueried {
    /// Where: the name of the interface asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
    /// The names of the fields looked for, as often as the source lists them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// The look-up was answered; the item is personal text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KnowledgeReturned {
    /// Where from: the name of the interface asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
    /// How many items fit; absent when the source did not count them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n_items: Option<u32>,
    /// Whether an item was returned.
    pub found: bool,
}

/// A guide told one side what to do next; the words are personal text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepInstructed {
    /// Length in Unicode scalar values.
    pub n_chars: u32,
}

/// The agent chose what kind of matter it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskSelected {
    /// The task's name; absent when the source did not record it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
}

/// Which of two items on the agent's screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ItemSlot {
    /// The one spoken of.
    Primary,
    /// The one it is compared with.
    Secondary,
}

/// The agent chose an item of what was found; the item is personal text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemSelected {
    /// As which.
    pub slot: ItemSlot,
}

/// One side said that the matter is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompletionDeclared {
    /// Which side.
    pub by: Party,
}

/// The source says how it came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Concluded {
    /// In the source's own word, such as `Complete`.
    pub outcome: String,
}

/// One answer of a questionnaire; words are personal text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Yes or no, where that was the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yes: Option<bool>,
    /// The number, where that was the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<f64>,
}

/// One side answered questions about the conversation; questions and words are personal text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuestionnaireAnswered {
    /// Which side.
    pub by: Party,
    /// The answers in the order of the questions.
    pub answers: Vec<Answer>,
}
