//! One agent of the desk: who they are to the router, and what they are doing.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::codec::facts;

/// What an agent says they are doing; being in a conversation is a fact of the conversation, not of this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Ready to take work.
    Available,
    /// Resting.
    Break,
    /// At lunch or supper.
    Meal,
    /// Learning.
    Training,
    /// In a meeting.
    Meeting,
    /// Away for another reason.
    Away,
}

facts! {
    /// What can happen to an agent.
    Agent {
        /// Their working profile was set.
        ProfileChanged = "agent.profile_changed", 1;
        /// They began a shift.
        SignedIn = "agent.signed_in", 1;
        /// They ended a shift.
        SignedOut = "agent.signed_out", 1;
        /// They changed what they are doing.
        StateChanged = "agent.state_changed", 1;
    }
}

/// The working profile was set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProfileChanged {
    /// The name colleagues see.
    pub name: String,
    /// The queues they serve.
    pub queues: Vec<String>,
    /// BCP 47 tags of the languages they speak.
    pub languages: Vec<String>,
    /// How many written conversations they may hold at once.
    pub n_chats_max: u8,
}

/// A shift began.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignedIn {}

/// A shift ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignedOut {}

/// The agent changed what they are doing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StateChanged {
    /// What they do from now on.
    pub state: State,
}
