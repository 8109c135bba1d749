//! Who had a ticket when: an audit tells only what it changed, and one that opens a ticket again leaves it with its agent.

use std::collections::{BTreeMap, VecDeque};

use events::Moment;

/// How many tickets are remembered at most: some 300 MB of a file with a dozen changes each.
const TICKETS_MAX: usize = 200_000;

/// What one audit changed; a value that was taken away is `Some(None)`.
#[derive(Default)]
pub(super) struct Change {
    pub(super) group: Option<Option<String>>,
    pub(super) agent: Option<Option<String>>,
}

/// The changes of each ticket, by their time and the audit's number.
#[derive(Default)]
pub(super) struct Held {
    by_ticket: BTreeMap<String, BTreeMap<(Moment, u64), Change>>,
    order: VecDeque<String>,
}

impl Held {
    pub(super) fn learn(&mut self, ticket: &str, made: (Moment, u64), change: Change) {
        if change.group.is_none() && change.agent.is_none() {
            return;
        }
        if !self.by_ticket.contains_key(ticket) {
            self.order.push_back(ticket.to_owned());
        }
        self.by_ticket.entry(ticket.to_owned()).or_default().insert(made, change);
        if TICKETS_MAX < self.order.len()
            && let Some(oldest) = self.order.pop_front()
        {
            self.by_ticket.remove(&oldest);
        }
    }

    /// The group and the agent that a ticket has after an audit, as far as they are known.
    pub(super) fn after(&self, ticket: &str, made: (Moment, u64)) -> (Option<String>, Option<String>) {
        let until = || self.by_ticket.get(ticket).into_iter().flat_map(|changes| changes.range(..=made).rev());
        let group = until().find_map(|(_, change)| change.group.clone()).flatten();
        let agent = until().find_map(|(_, change)| change.agent.clone()).flatten();
        (group, agent)
    }
}
