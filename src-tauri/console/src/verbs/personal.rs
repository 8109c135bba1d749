//! Questions and answers about personal text.

use events::Moment;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An unmasking that is not over: who sees which texts as they are, why, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ActiveUnmasking {
    /// Its name, by which it is ended.
    pub id: String,
    /// The customer whose texts, by pseudonym; `None` for all.
    pub customer: Option<String>,
    /// Why.
    pub reason: String,
    /// The case it is for.
    pub ticket: Option<String>,
    /// Until when, exclusively, by the desk's own clock.
    pub until: Moment,
    /// Who is shown the texts.
    pub actor: Option<String>,
}

/// Asks to forget a customer: to record it, destroy their key and search every file for what must be gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ForgetQuestion {
    /// Names the wish; the same one twice is carried out once.
    pub id: String,
    /// Who asks.
    pub actor: String,
    /// The customer, by pseudonym.
    pub customer: String,
    /// Why; it is recorded.
    pub reason: String,
}
