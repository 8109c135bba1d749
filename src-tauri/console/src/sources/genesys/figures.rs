//! What the source measured, counted, proposed and scored in one session.

use events::Moment;
use events::conversation::ClaimUnit;

use super::super::delivery::{At, Delivery, of, text};
use super::super::dialogue::{list, word};
use super::Session;

/// The figures of a session, as claims about its leg; those without a time of their own have the session's beginning.
pub(super) fn of_session(told: &mut Delivery, session: &Session<'_>, leg: &str, start: Moment) {
    let agent = text(session.participant, "userId");
    let began = At::recorded(session.from.max(start), 90, leg);
    for metric in list(of(session.session, "metrics")) {
        let Some(name) = text(metric, "name") else {
            told.mended("figure_not_a_number");
            continue;
        };
        let Some(value) = of(metric, "value").as_f64() else {
            told.mended("figure_not_a_number");
            continue;
        };
        let at = told.time(metric, "emitDate").unwrap_or(began.at);
        // Times are in milliseconds, and their names begin with a small t: tAnswered, tTalk, tAcw.
        let mut letters = name.chars();
        let of_time = letters.next() == Some('t') && letters.next().is_some_and(char::is_uppercase);
        let (value, unit) = if of_time { (value / 1_000.0, ClaimUnit::Secs) } else { (value, ClaimUnit::Count) };
        told.claim(At { at, ..began }, &name, value, unit, agent.as_deref());
    }
    for routing in list(of(session.session, "requestedRoutings")).iter().filter_map(word) {
        told.claim(began, &format!("requestedRoutings.{routing}"), 1.0, ClaimUnit::Count, None);
    }
    if let Some(routing) = text(session.session, "usedRouting") {
        told.claim(began, &format!("usedRouting.{routing}"), 1.0, ClaimUnit::Count, None);
    }
    for proposed in list(of(session.session, "proposedAgents")) {
        if let (Some(agent), Some(rank)) = (text(proposed, "proposedAgentId"), of(proposed, "agentRank").as_f64()) {
            told.claim(began, "proposedAgents.agentRank", rank, ClaimUnit::Count, Some(&agent));
        }
    }
    for segment in list(of(session.session, "segments")) {
        for scored in list(of(segment, "scoredAgents")) {
            if let (Some(agent), Some(score)) = (text(scored, "scoredAgentId"), of(scored, "agentScore").as_f64()) {
                told.claim(began, "scoredAgents.agentScore", score, ClaimUnit::Count, Some(&agent));
            }
        }
    }
}
