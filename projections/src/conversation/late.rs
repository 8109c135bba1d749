//! Facts that come late: sources that are delivered in any order say where their facts belong.
//!
//! A source whose facts have a place (`Meta::place`) may deliver them in any order and twice. The steps of such a
//! conversation are kept, sorted by moment, place and id; one that comes late is put where it belongs, and the
//! conversation's legs are made anew. Steps of other sources are applied as they come and not kept.

use events::conversation::Dequeue;
use events::{EventId, Moment, Position};
use serde::{Deserialize, Serialize};

use super::{Conversations, Mark, slot};
use crate::names::Name;

/// What a fact does to a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// It entered this queue.
    Enqueued(Name),
    /// It left the queue.
    Dequeued(Dequeue),
    /// The customer left while waiting.
    Abandoned,
    /// It was connected to this agent, if it is known who.
    Assigned(Option<Name>),
    /// The customer was put on hold.
    Held,
    /// The hold ended.
    Resumed,
    /// It was passed on; to this agent, if to a person.
    Transferred(Option<Name>),
    /// The work after the talk began.
    WrapUpStarted,
    /// The work after the talk ended.
    WrapUpEnded,
    /// It ended.
    Ended,
}

/// A step and where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// When it happened.
    pub at: Moment,
    /// Which of one moment came first, as the source says.
    pub place: u32,
    /// Settles what the source leaves open; derived from the content, so the same for every delivery.
    pub id: EventId,
    /// Where its fact stands in the log.
    pub position: Position,
    /// What it does.
    pub step: Step,
}

impl Placed {
    fn order(&self) -> (Moment, u32, EventId) {
        (self.at, self.place, self.id)
    }

    fn mark(&self) -> Mark {
        Mark { at: self.at, position: self.position }
    }
}

impl Conversations {
    /// Notes that a fact of the conversation was seen.
    pub(super) fn seen(&mut self, index: usize, placed: bool, mark: Mark) {
        let of = &mut self.by_id[index];
        if !placed || of.latest.at <= mark.at {
            of.latest = mark;
        }
        // Until its start is seen, a conversation begins with the earliest of its facts.
        if placed && !of.start_seen && mark.at < of.started.at {
            of.started = mark;
            if let Some(&first) = of.legs.first() {
                self.move_leg(first, mark);
            }
        }
    }

    /// Puts a step where it belongs; one that is there already is not added.
    pub(super) fn place(&mut self, index: usize, placed: Placed) {
        let steps = &mut self.by_id[index].steps;
        match steps.last() {
            Some(last) if placed.order() <= last.order() => {
                if let Err(late) = steps.binary_search_by_key(&placed.order(), Placed::order) {
                    steps.insert(late, placed);
                    self.again(index);
                }
            }
            Some(_) | None => {
                steps.push(placed);
                self.step(index, placed.step, placed.mark());
            }
        }
    }

    /// Makes a conversation's legs anew from its steps.
    fn again(&mut self, index: usize) {
        let of = &mut self.by_id[index];
        of.ended = None;
        let (legs, steps) = (std::mem::take(&mut of.legs), of.steps.clone());
        for number in legs.into_iter().rev() {
            let quarter = slot(self.legs[number as usize].initiated.at);
            if let Some(there) = self.slots.get_mut(&quarter) {
                there.retain(|&leg| leg != number);
                if there.is_empty() {
                    self.slots.remove(&quarter);
                }
            }
            self.open.remove(&number);
            self.spare.push(number);
        }
        steps.iter().for_each(|placed| self.step(index, placed.step, placed.mark()));
    }
}
