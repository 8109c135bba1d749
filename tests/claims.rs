//! What a source measured is held against the facts: agreed, contradicted, or unknown with the reason; never taken as one.

use std::collections::BTreeMap;

use console::sources::SourceKind;
use events::conversation::{
    Assigned, Channel, Direction, Ended, Enqueued, FigureClaimed, Held, Resumed, Started, WrapUpEnded, WrapUpStarted,
};
use events::{Event, NewEvent};
use projections::claim::{ClaimDoubt, ClaimRow, of_conversation, rows};
use tests::made_up::{MORNING, fact};
use tests::place::Place;
use tests::program::run;
use tests::vendors::{board, fixture, told};

/// A call: 20 s in the queue, 100 s of talk of which 30 s on hold, 15 s of work after it.
fn call() -> Vec<(i64, Event)> {
    let started = Started {
        channel: Channel::Voice,
        direction: Direction::Inbound,
        topic: None,
        priority: None,
        customer: None,
        language: None,
        entry: None,
        attributes: BTreeMap::new(),
    };
    vec![
        (0, started.into()),
        (5, Enqueued { queue: "sales".to_owned() }.into()),
        (25, Assigned { agent: Some("a7".to_owned()) }.into()),
        (40, Held {}.into()),
        (70, Resumed {}.into()),
        (125, Ended { by: None }.into()),
        (125, WrapUpStarted {}.into()),
        (140, WrapUpEnded { code: None }.into()),
    ]
}

fn rows_of(events: Vec<(i64, Event)>, claims: Vec<FigureClaimed>) -> Vec<ClaimRow> {
    let claims = claims.into_iter().map(|claim| (200, claim.into()));
    let each = events.into_iter().chain(claims).enumerate();
    let facts: Vec<NewEvent> =
        each.map(|(nth, (secs, event))| fact("conversation", "c1", nth as u64, MORNING.plus_secs(secs), event)).collect();
    of_conversation(&board(&facts), "c1")
}

fn secs(metric: &str, value: f64) -> FigureClaimed {
    FigureClaimed::secs(metric, value)
}

#[test]
fn durations_of_a_leg_are_held_against_the_leg() {
    let claims = [("queue_wait", 20.0), ("talk", 70.0), ("hold", 30.0), ("wrap_up", 15.0), ("handle", 115.0)]
        .map(|(name, of)| secs(name, of));
    for row in rows_of(call(), claims.to_vec()) {
        assert_eq!((row.ours, row.agrees), (row.claimed, Some(true)), "{}", row.metric);
    }
}

#[test]
fn a_second_is_rounding_and_two_are_a_difference() {
    let agrees = |value| rows_of(call(), vec![secs("queue_wait", value)])[0].agrees;
    assert_eq!([19.0, 20.9, 21.0, 22.0, 18.5].map(agrees), [Some(true), Some(true), Some(true), Some(false), Some(false)]);
    let row = &rows_of(call(), vec![secs("queue_wait", 50.0)])[0];
    assert_eq!((row.difference, row.doubt), (Some(30.0), None));
}

#[test]
fn what_cannot_be_computed_is_unknown_and_says_why() {
    let doubt = |events: Vec<(i64, Event)>, claim| {
        let row = rows_of(events, vec![claim]).remove(0);
        assert_eq!((row.ours, row.difference, row.agrees), (None, None, None), "{}", row.metric);
        row.doubt
    };
    let of_agent = |agent: &str| FigureClaimed { agent: Some(agent.to_owned()), ..secs("queue_wait", 1.0) };
    let twice = [call(), vec![(150, Enqueued { queue: "billing".to_owned() }.into())]].concat();
    assert_eq!(doubt(call(), secs("moonshine", 1.0)), Some(ClaimDoubt::NoReading));
    assert_eq!(doubt(call(), secs("first_response", 1.0)), Some(ClaimDoubt::NotRecorded));
    assert_eq!(doubt(call(), of_agent("a8")), Some(ClaimDoubt::NotRecorded));
    assert_eq!(doubt(twice, secs("queue_wait", 1.0)), Some(ClaimDoubt::Ambiguous));
    assert_eq!(doubt(Vec::new(), secs("queue_wait", 1.0)), Some(ClaimDoubt::NotRecorded));
    let in_hours = FigureClaimed { in_business_hours: true, ..secs("queue_wait", 20.0) };
    assert_eq!(doubt(call(), in_hours), Some(ClaimDoubt::BusinessHours));
    let moment = FigureClaimed { value: None, ..secs("queue_wait", 0.0) };
    assert_eq!(doubt(call(), moment), Some(ClaimDoubt::MomentOnly));
}

#[test]
fn a_claim_counts_as_no_fact_of_the_conversation() {
    let facts = told(SourceKind::Chatwoot, fixture("chatwoot/reporting_events.json")).facts;
    let board = board(&facts);
    let conversation = &board.conversations.by_id["chatwoot.42"];
    assert_eq!((conversation.resolved, conversation.ended, conversation.n_sent, conversation.legs.len()), (None, None, 0, 0));
    assert!(rows(&board, None).all(|row| row.ours.is_none()), "and nothing agrees with itself");
    assert_eq!(rows(&board, Some("zendesk")).count(), 0);
}

#[test]
fn the_command_line_lists_claims_with_ours_beside_them() {
    let place = Place::default();
    let log = place.log_path();
    for name in ["webhooks.jsonl", "reporting_events.json"] {
        let file = place.file(name, fixture(&format!("chatwoot/{name}")));
        let said = run(&log, &["import", "--source", "chatwoot", &file.to_string_lossy()]);
        assert_eq!(said.code, 0, "{said:?}");
    }
    let said = run(&log, &["claims", "--json"]).json();
    assert_eq!(said["counts"], serde_json::json!({ "n": 8, "n_agree": 2, "n_differ": 1, "n_unknown": 5 }));
    let names = ["conversation", "metric", "claimed", "ours", "difference", "unit", "agrees", "position"];
    assert!(names.iter().all(|name| said["rows"][0].get(name).is_some()), "{said}");
    let said = run(&log, &["claims", "--differing"]).out;
    assert!(said.contains("conversation_resolved  claimed 999.0 s  ours 600.0 s  differs by 399.0 s"), "{said}");
    assert_eq!(said.lines().count(), 2);
}
