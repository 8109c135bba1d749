//! What every projection is, and the laws it keeps.
//!
//! 1. `evolve` reads no clock, no random source, no file and no hash order; its state is integers, texts and ordered
//!    or insertion-ordered maps. 2. Snapshot + tail = fold from nothing. 3. A fact is never refused: what makes no
//!    sense is counted in the state and shown. Ages, zones and ranges belong to `view`, never to the state.

use events::{Moment, Recorded};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A reading of the log, folded fact by fact.
pub trait Projection: Clone + Default + PartialEq + Serialize + DeserializeOwned {
    /// Keys snapshots.
    const NAME: &'static str;
    /// Raised when meaning or shape changes: older snapshots are then rebuilt.
    const SCHEMA: u32;

    /// Adds one fact. Total and deterministic, in log order.
    fn evolve(&mut self, fact: &Recorded);
}

/// Who looks, and from when: everything a view may depend on beside the state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Lens {
    /// The moment the screen shows; ages count up to it.
    pub as_of: Moment,
    /// A moment of the calendar day that counts as today: `as_of`, or in a log that rests its last contact's beginning.
    pub today: Moment,
    /// The IANA zone in which days and half-hours begin.
    pub zone: String,
}
