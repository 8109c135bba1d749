//! Which figures rest on events that are not verified.

use std::collections::{BTreeMap, BTreeSet};

use events::Position;
use projections::Board;
use projections::conversation::{Conversation, Leg, slot};
use projections::figure::{half_hour, zone_of};
use projections::metric::{Metric, contributions};
use projections::scope::{Scope, Sieve};

use super::{LISTED_MAX, Rests, Unverified};

/// Metrics of the board with a contact that was begun, moved or counted by an event in `ranges`.
pub(super) fn rests(board: &Board, ranges: &[Unverified]) -> Vec<Rests> {
    if ranges.is_empty() {
        return Vec::new();
    }
    let within = |position: Position| ranges.iter().any(|range| range.from <= position.0 && position.0 < range.to);
    let zone = zone_of(board.zone(board.conversations.sources().first().map(String::as_str)));
    let sieve = Sieve::new(&board.conversations, &Scope::default());
    let as_of = board.latest_at.unwrap_or_default();
    let mut metrics = Vec::new();
    for &metric in Metric::ALL {
        let (mut n, mut slots) = (0, BTreeSet::new());
        for (leg, conversation, contribution) in contributions(&board.conversations, metric, &sieve, as_of) {
            if within(contribution.position) || marks(leg, conversation).any(within) {
                n += 1;
                slots.insert(slot(leg.initiated.at));
            }
        }
        if 0 < n {
            let days: BTreeMap<_, _> = slots.into_iter().map(|slot| (half_hour(slot, &zone).1, ())).collect();
            let days = days.into_keys().take(LISTED_MAX).map(|day| day.to_string()).collect();
            metrics.push(Rests { metric: metric.id().to_owned(), version: metric.definition().version, n, days });
        }
    }
    metrics
}

/// The facts that a leg's times come from.
fn marks(leg: &Leg, conversation: &Conversation) -> impl Iterator<Item = Position> {
    [Some(leg.initiated), leg.enqueued, leg.dequeued, leg.assigned, Some(conversation.started)]
        .into_iter()
        .flatten()
        .map(|mark| mark.position)
}
