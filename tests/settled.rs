//! Conversations settled by time: steps with a place, with or without the name of their leg, in any order.

use events::conversation::{Assigned, Channel, Direction, Ended, Enqueued, Held, Resumed, Started, Transferred, WrapUpEnded};
use events::{Event, Meta, NewEvent};
use projections::conversation::STEPS_MAX;
use proptest::prelude::*;
use tests::delivered::{board, legs, meaning, shuffled};
use tests::made_up::{MORNING, config, fact};

fn placed(nth: u32, secs: i64, leg: Option<&str>, event: impl Into<Event>) -> NewEvent {
    let mut new = fact("conversation", "c", u64::from(nth), MORNING.plus_secs(secs), event);
    new.meta = Meta { place: Some(nth), leg: leg.map(str::to_owned), ..new.meta };
    new
}

fn started() -> Started {
    let (topic, priority, customer, language, entry) = (None, None, None, None, None);
    let attributes = std::collections::BTreeMap::new();
    Started { channel: Channel::Chat, direction: Direction::Inbound, topic, priority, customer, language, entry, attributes }
}

/// A hand-over from one queue to another, in which no source calls a leg anything.
fn handed_over() -> Vec<NewEvent> {
    let agent = |name: &str| Assigned { agent: Some(name.to_owned()) };
    let queue = |name: &str| Enqueued { queue: name.to_owned() };
    vec![
        placed(0, 0, None, started()),
        placed(1, 5, None, queue("first")),
        placed(2, 20, None, agent("amy")),
        placed(3, 40, None, Held {}),
        placed(4, 50, None, Resumed {}),
        placed(5, 60, None, Transferred { to_queue: None, to_agent: None, reason: None }),
        placed(6, 60, None, queue("second")),
        placed(7, 90, None, agent("bob")),
        placed(8, 200, None, Ended { by: None }),
        placed(9, 230, None, WrapUpEnded { code: None }),
    ]
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn steps_with_a_place_are_settled_by_time_without_a_leg_of_their_own(seed in any::<u64>()) {
        let facts = handed_over();
        let (straight, otherwise) = (board(&facts), board(&shuffled(&facts, seed)));
        prop_assert_eq!(legs(&otherwise, "c"), legs(&straight, "c"));
        prop_assert_eq!(meaning(&otherwise), meaning(&straight));
        // What an earlier folding made is in use again, and nothing of it is counted twice.
        let counted: Vec<u32> = otherwise.conversations.slots.values().flatten().copied().collect();
        prop_assert_eq!(counted.len(), 2);
    }
}

#[test]
fn of_two_facts_that_say_the_same_of_a_leg_the_one_with_the_lower_place_counts() {
    let queue = |name: &str| Enqueued { queue: name.to_owned() };
    let facts = [
        placed(0, 0, Some("1"), started()),
        placed(23, 5, Some("1"), queue("queue-1")),
        placed(20, 6, Some("1"), queue("Billing")),
        placed(24, 7, Some("2"), queue("Cards")),
    ];
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        let board = board(&order.map(|nth: usize| facts[nth].clone()));
        let told = legs(&board, "c");
        assert!(told.contains("Billing") && told.contains("Cards") && !told.contains("queue-1"), "{told}");
        assert_eq!(board.conversations.open.len(), 2);
    }
}

#[test]
fn steps_beyond_the_most_are_counted_and_change_nothing() {
    let most = u32::try_from(STEPS_MAX).expect("a small number");
    let mut facts = vec![placed(0, 0, None, started()), placed(1, 1, None, Assigned { agent: None })];
    // The worst order: each comes before all that are there.
    facts.extend(
        (2..most + 10)
            .rev()
            .map(|nth| placed(nth, i64::from(nth), None, if nth % 2 == 0 { Event::from(Held {}) } else { Resumed {}.into() })),
    );
    let board = board(&facts);
    assert_eq!(board.conversations.anomalies["conversation.steps_beyond_the_most"], 10);
    assert_eq!(board.conversations.by_id["c"].n_facts, most + 10);
}
