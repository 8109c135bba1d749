//! What an automated counterpart understood, and what of a dialogue it took back.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An automated reader said what the customer wants; its reading of the words, not theirs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntentRead {
    /// The intent, in the source's own word.
    pub intent: String,
    /// How sure it is, from 0 to 1; absent when it does not say or says another number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// Who read it, such as a model's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Why something said no longer counts for the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Retraction {
    /// The customer's last message and all after it.
    Rewound,
    /// The bot's last action.
    Undone,
    /// All before it: the dialogue begins anew.
    Restarted,
}

/// The bot took back part of the dialogue: it was said, and it no longer counts for what the bot knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TurnsRetracted {
    /// What is taken back.
    pub reason: Retraction,
    /// How many of the customer's messages, where the source says so; else it follows from the facts before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<u32>,
}
