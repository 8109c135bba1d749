//! How a wish becomes a fact: read one stream, fold its state, decide, append.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Moment, Position, customer, site, unmasking};

/// Turns one stream's history and a wish into new facts, or says no. Pure and synchronous: whatever a decision must
/// know comes in the command or in the stream.
pub trait Decider {
    /// What may be asked.
    type Command;
    /// What can happen.
    type Event;
    /// What a decision needs to know of the past.
    type State: Default;
    /// Why it says no.
    type Rejection: std::error::Error;

    /// Decides; an accepted command that changes nothing gives no facts.
    ///
    /// # Errors
    /// The rejection, one sentence for the person who asked.
    fn decide(command: &Self::Command, state: &Self::State) -> Result<Vec<Self::Event>, Self::Rejection>;

    /// Adds one fact to the state. Total: a fact cannot be refused.
    fn evolve(state: &mut Self::State, event: &Self::Event);
}

/// Anything that may be asked of the desk: the closed list, one variant per noun.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "noun", content = "command", rename_all = "snake_case")]
pub enum Command {
    /// About the desk as a whole.
    Site(site::Command),
    /// About one customer's texts.
    Customer(customer::Command),
    /// About showing personal text as it is.
    Unmasking(unmasking::Command),
}

/// Why the domain says no; a sentence for the person, never logged as a fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(tag = "noun", content = "rejection", rename_all = "snake_case")]
pub enum Rejection {
    /// About the desk as a whole.
    #[error(transparent)]
    Site(#[from] site::Rejection),
    /// About one customer's texts.
    #[error(transparent)]
    Customer(#[from] customer::Rejection),
    /// About showing personal text as it is.
    #[error(transparent)]
    Unmasking(#[from] unmasking::Rejection),
}

/// A person's wish as it leaves the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Intent {
    /// Fresh for each wish: sending it twice does it once.
    pub id: String,
    /// Who wishes it.
    pub actor: String,
    /// When.
    pub at: Moment,
    /// How many facts the person's screen rested on.
    #[ts(type = "number")]
    pub seen: u64,
    /// The wish.
    pub command: Command,
}

/// The answer to an accepted intent: the window is current once its views rest on more than `position`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Receipt {
    /// The last fact written for it, or the last one it found already there; `None` when nothing had to change.
    pub position: Option<Position>,
}
