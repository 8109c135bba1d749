//! What people who were not in a conversation say of it, and the turns they say it of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Party;

/// One side's turn began; its messages follow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TurnBegan {
    /// Whose turn.
    pub by: Party,
    /// Its place among the turns, from 1.
    pub nth: u32,
    /// Messages in it.
    pub n_messages: u32,
}

/// Somebody judged a conversation in which they had no part. A rating stays a rating: one person's, on named scales.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rated {
    /// Who, by the source's number for them within this conversation: the same number elsewhere may be somebody else.
    pub rater: String,
    /// What they say on each scale, by the scale's name.
    pub values: BTreeMap<String, i32>,
    /// Their label of each turn, in the order of the turns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
}
