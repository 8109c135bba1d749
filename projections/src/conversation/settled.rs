//! Conversations whose source promises no order of delivery: their steps are kept, and folded in the order of time.
//!
//! A step that has a place in its source's order ([`events::Meta::place`]) or names its leg ([`events::Meta::leg`]) belongs
//! to such a conversation. While facts come in order, each is folded as it comes; one that comes late, or says again of a
//! named leg what another said, has its conversation folded anew (ADR-0006).

use std::collections::{BTreeMap, VecDeque};

use events::{EventId, Moment, Position, Timing};
use serde::{Deserialize, Serialize};

use super::step::Step;
use super::{Conversations, Mark, slot};
use crate::names::Name;

/// The most steps kept of one conversation; later ones are only counted, as a strange kind of fact.
pub const STEPS_MAX: usize = 2_000;

/// A step with all that says where it belongs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Placed {
    pub(super) at: Moment,
    pub(super) place: u32,
    pub(super) id: EventId,
    pub(super) position: Position,
    pub(super) timing: Timing,
    pub(super) leg: Option<Name>,
    pub(super) step: Step,
}

impl Placed {
    fn order(&self) -> (Moment, u32, EventId) {
        (self.at, self.place, self.id)
    }

    /// Among those that say the same: the source's best word first.
    fn rank(&self) -> (u32, Moment, EventId) {
        (self.place, self.at, self.id)
    }

    /// What of its leg it says, where that can be said once.
    fn says(&self) -> Option<(u8, Name)> {
        self.step.once().zip(self.leg)
    }
}

/// The steps of one conversation, and where its legs stand.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// In the order of time, of place within a moment, and of id.
    steps: Vec<Placed>,
    /// Legs by the source's id.
    pub(super) legs: BTreeMap<Name, u32>,
    /// Legs that an earlier folding made, to be used again.
    pub(super) free: VecDeque<u32>,
    /// The facts of this folding that made no sense where they stood.
    pub(super) strange: Vec<String>,
}

impl Conversations {
    /// Notes when a fact that may come late happened: until its start is seen, a conversation begins with the earliest.
    pub(super) fn note_earliest(&mut self, index: usize, mark: Mark, timing: Timing) {
        let conversation = &mut self.by_id[index];
        if timing == Timing::Unknown || conversation.earliest.is_some_and(|earliest| earliest.at <= mark.at) {
            return;
        }
        conversation.earliest = Some(mark);
        if !conversation.start_seen {
            (conversation.started, conversation.timing) = (mark, timing);
            // The first leg counts from there as well.
            if let Some(&leg) = conversation.legs.first() {
                self.move_leg(leg, mark);
            }
        }
    }

    /// Adds a step of a conversation to be settled by time.
    pub(super) fn settle_in(&mut self, index: usize, placed: Placed) {
        let number = u32::try_from(index).expect("there are no more conversations than facts");
        let history = self.histories.entry(number).or_default();
        if STEPS_MAX <= history.steps.len() {
            *self.anomalies.entry("conversation.steps_beyond_the_most".to_owned()).or_default() += 1;
            return;
        }
        let place = history.steps.partition_point(|step| step.order() < placed.order());
        let again = placed.says().is_some_and(|says| history.steps.iter().any(|step| step.says() == Some(says)));
        let in_order = place == history.steps.len() && !again;
        history.steps.insert(place, placed.clone());
        if in_order {
            self.take(index, &placed);
        } else {
            self.fold_anew(index, number);
        }
    }

    fn take(&mut self, index: usize, placed: &Placed) {
        let mark = Mark { at: placed.at, position: placed.position };
        self.apply(index, placed.leg, &placed.step, mark, placed.timing);
    }

    fn fold_anew(&mut self, index: usize, number: u32) {
        let history = self.histories.entry(number).or_default();
        let mut best: BTreeMap<(u8, Name), (u32, Moment, EventId)> = BTreeMap::new();
        for step in &history.steps {
            if let Some(says) = step.says() {
                let rank = best.entry(says).or_insert(step.rank());
                *rank = step.rank().min(*rank);
            }
        }
        let counts = |step: &&Placed| step.says().is_none_or(|says| best.get(&says) == Some(&step.rank()));
        let steps: Vec<Placed> = history.steps.iter().filter(counts).cloned().collect();
        history.legs.clear();
        let strange = std::mem::take(&mut history.strange);
        let conversation = &mut self.by_id[index];
        let made = std::mem::take(&mut conversation.legs);
        conversation.unfold();
        if let Some(earliest) = conversation.earliest {
            conversation.started = earliest;
        }
        for &leg in made.iter().rev() {
            self.open.remove(&leg);
            let of = slot(self.legs[leg as usize].initiated.at);
            if let Some(legs) = self.slots.get_mut(&of) {
                legs.retain(|&other| other != leg);
                if legs.is_empty() {
                    self.slots.remove(&of);
                }
            }
            self.histories.entry(number).or_default().free.push_front(leg);
        }
        for what in strange {
            self.anomalies.entry(what).and_modify(|n| *n = n.saturating_sub(1));
        }
        for placed in &steps {
            self.take(index, placed);
        }
    }
}
