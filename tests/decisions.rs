//! Given what happened, when something is asked, then this happens or is refused.

use events::codec::encode;
use events::decider::Decider;
use events::site::{Command, Site, State};
use events::{Event, Rejection};
use expect_test::{Expect, expect};

fn declare(name: &str, zone: &str) -> Command {
    Command::Declare { name: name.to_owned(), zone: zone.to_owned() }
}

#[track_caller]
fn check(given: &[Command], when: &Command, then: Expect) {
    let mut state = State::default();
    for command in given {
        for event in Site::decide(command, &state).expect("what is given was accepted") {
            Site::evolve(&mut state, &event);
        }
    }
    let text = match Site::decide(when, &state) {
        Ok(facts) if facts.is_empty() => "nothing".to_owned(),
        Ok(facts) => facts.into_iter().map(told).collect::<Vec<_>>().join("\n"),
        Err(rejection) => format!("refused: {}", Rejection::from(rejection)),
    };
    then.assert_eq(&text);
}

fn told(event: events::site::Event) -> String {
    let encoded = encode(&Event::Site(event));
    format!("{}@{} {}", encoded.event_type, encoded.schema, String::from_utf8_lossy(&encoded.data))
}

#[test]
fn a_desk_is_declared_with_its_name_and_zone() {
    check(
        &[],
        &declare("East desk", "Asia/Shanghai"),
        expect![[r#"site.declared@1 {"name":"East desk","zone":"Asia/Shanghai"}"#]],
    );
}

#[test]
fn a_name_is_kept_without_the_blanks_around_it() {
    check(&[], &declare("  东区客服 ", "Asia/Taipei"), expect![[r#"site.declared@1 {"name":"东区客服","zone":"Asia/Taipei"}"#]]);
}

#[test]
fn declaring_the_same_again_changes_nothing() {
    check(&[declare("East desk", "Asia/Shanghai")], &declare(" East desk", "Asia/Shanghai"), expect!["nothing"]);
}

#[test]
fn another_zone_is_another_declaration() {
    check(
        &[declare("East desk", "Asia/Shanghai")],
        &declare("East desk", "Asia/Tokyo"),
        expect![[r#"site.declared@1 {"name":"East desk","zone":"Asia/Tokyo"}"#]],
    );
}

#[test]
fn going_back_to_an_earlier_name_is_a_new_fact() {
    let given = [declare("East desk", "UTC"), declare("West desk", "UTC")];
    check(&given, &declare("East desk", "UTC"), expect![[r#"site.declared@1 {"name":"East desk","zone":"UTC"}"#]]);
}

#[test]
fn a_zone_that_does_not_exist_is_refused() {
    check(&[], &declare("East desk", "Mars/Olympus"), expect![[r#"refused: no time zone is called "Mars/Olympus""#]]);
}

#[test]
fn a_desk_has_a_name() {
    check(&[], &declare("  ", "UTC"), expect!["refused: a desk's name has 1 to 80 characters, not 0"]);
}

#[test]
fn a_name_has_at_most_eighty_characters_whatever_their_bytes() {
    check(
        &[],
        &declare(&"客".repeat(80), "UTC"),
        expect![[
            r#"site.declared@1 {"name":"客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客","zone":"UTC"}"#
        ]],
    );
    check(&[], &declare(&"客".repeat(81), "UTC"), expect!["refused: a desk's name has 1 to 80 characters, not 81"]);
}

#[test]
fn a_refusal_leaves_what_was_decided_before() {
    let given = declare("East desk", "UTC");
    check(std::slice::from_ref(&given), &declare("", "UTC"), expect!["refused: a desk's name has 1 to 80 characters, not 0"]);
    check(std::slice::from_ref(&given), &given, expect!["nothing"]);
}
