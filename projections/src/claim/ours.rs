//! Our own reading of what a source claims, from the folds of the same facts.

use events::Moment;
use events::conversation::{ClaimUnit, Party};

use super::{Claim, ClaimDoubt, Claimed};
use crate::board::Board;
use crate::conversation::{Conversation, Hands, Leg};
use crate::names::{Name, Names};
use crate::ticket::{Revision, Ticket};

/// What a source's word means here.
enum Reading {
    /// From the beginning to the first reply of a person of the desk.
    FirstResponse,
    /// From the customer's earliest unanswered message to the reply at the claim's moment.
    Reply,
    /// From the beginning to the settlement at the claim's moment, or the last one by then.
    Resolution,
    /// From the beginning to the first settlement.
    FirstResolution,
    /// From the beginning to the end of self-service.
    SelfService,
    /// In the queue.
    Wait,
    /// Between connection and end, without holds.
    Talk,
    /// On hold.
    Hold,
    /// Work after the talk.
    WrapUp,
    /// Talk, hold and work after the talk.
    Handle,
    /// Replies of persons of the desk.
    Replies,
    /// Time that the ticket stood in one of these.
    Stood(&'static [&'static str]),
    /// How often it was opened again.
    Reopens,
    /// Persons who had it, one after the other.
    Persons,
    /// Teams that had it, one after the other.
    Teams,
}

/// Sources: Chatwoot, reporting events; Zendesk, ticket metrics and ticket metric event types; Amazon Connect, contact
/// records; Genesys Cloud, conversation metrics. All as their vendors describe them.
fn reading(metric: &str) -> Option<Reading> {
    Some(match metric {
        "first_response" | "reply_time_in_minutes" => Reading::FirstResponse,
        "reply_time" | "reply_time.fulfill" | "reply_time.update_status" => Reading::Reply,
        "conversation_resolved" | "full_resolution_time_in_minutes" => Reading::Resolution,
        "first_resolution_time_in_minutes" => Reading::FirstResolution,
        "conversation_bot_handoff" => Reading::SelfService,
        "queue_wait" | "queue_duration" | "Queue.Duration" | "tWait" | "tAcd" => Reading::Wait,
        "talk" | "tTalkComplete" => Reading::Talk,
        "hold" | "CustomerHoldDuration" | "tHeldComplete" => Reading::Hold,
        "wrap_up" | "AfterContactWorkDuration" | "tAcw" => Reading::WrapUp,
        "handle" | "tHandle" => Reading::Handle,
        "AgentInteractionDuration" => Reading::Talk,
        "replies" => Reading::Replies,
        "requester_wait_time_in_minutes" | "requester_wait_time.update_status" => Reading::Stood(&["new", "open", "hold"]),
        "agent_wait_time_in_minutes" => Reading::Stood(&["pending"]),
        "on_hold_time_in_minutes" => Reading::Stood(&["hold"]),
        "agent_work_time.update_status" => Reading::Stood(&["new", "open"]),
        "reopens" => Reading::Reopens,
        "assignee_stations" => Reading::Persons,
        "group_stations" => Reading::Teams,
        _ => return None,
    })
}

/// What a claim of a moment comes to: from the latest activation of the same clock to its fulfilment, in minutes.
pub(super) fn between(all: &Claimed, claim: &Claim, names: &Names) -> Option<f64> {
    let clock = names.text(claim.metric).strip_suffix(".fulfill")?;
    let of = |kind: &str| {
        let name = names.find(&format!("{clock}.{kind}"));
        let same = move |other: &&Claim| Some(other.metric) == name && other.instance == claim.instance && other.to <= claim.to;
        all.claims.iter().rev().find(same)
    };
    // A clock that was stopped in between counts less than what lies between.
    if of("pause").is_some() {
        return None;
    }
    Some(minutes(claim.to?.micros_since(of("activate")?.to?)))
}

fn minutes(micros: i64) -> f64 {
    micros as f64 / 60e6
}

/// Our reading, in the claim's unit.
pub(super) fn of(board: &Board, id: &str, all: &Claimed, claim: &Claim, metric: &str) -> Result<f64, ClaimDoubt> {
    let reading = reading(metric).ok_or(ClaimDoubt::NoReading)?;
    let conversation = board.conversations.by_id.get(id).ok_or(ClaimDoubt::StartNotSeen)?;
    let began = || conversation.start_seen.then_some(conversation.started.at).ok_or(ClaimDoubt::StartNotSeen);
    let since = |end: Option<Moment>| Ok(end.ok_or(ClaimDoubt::NotRecorded)?.micros_since(began()?));
    let ticket = || board.tickets.by_id.get(id).ok_or(ClaimDoubt::NotRecorded);
    let legs = || legs_meant(board, conversation, claim);
    let micros = match reading {
        Reading::FirstResponse => since(replies(board, id).next().map(|(_, at)| at)),
        Reading::Reply => reply(board, id, claim),
        Reading::Resolution => since(match claim.to {
            Some(to) => all.resolved.iter().copied().find(|at| at.micros_since(to).abs() <= 1_000_000),
            None => all.resolved.range(..=claim.at).next_back().copied(),
        }),
        Reading::FirstResolution => since(all.resolved.first().copied()),
        Reading::SelfService => since(conversation.self_service_ended.map(|mark| mark.at)),
        Reading::Wait => legs()?.waited_micros().ok_or(ClaimDoubt::NotRecorded),
        Reading::Talk => {
            let leg = legs()?;
            talked(leg).map(|talked| talked - leg.held_micros)
        }
        Reading::Hold => talked(legs()?).and_then(|_over| Ok(legs()?.held_micros)),
        Reading::WrapUp => {
            let leg = legs()?;
            let (from, to) = leg.wrap_started.zip(leg.wrap_ended).ok_or(ClaimDoubt::NotRecorded)?;
            Ok(to.at.micros_since(from.at))
        }
        Reading::Handle => legs()?.handled_micros().ok_or(ClaimDoubt::NotRecorded),
        Reading::Replies => return counted(claim, replies_by(board, id, claim.at)),
        Reading::Stood(statuses) => stood(board, ticket()?, statuses, claim.at),
        Reading::Reopens => return counted(claim, reopens(board, ticket()?, claim.at)),
        Reading::Persons => return counted(claim, stations(ticket()?, claim.at, |revision| revision.agent)),
        Reading::Teams => return counted(claim, stations(ticket()?, claim.at, |revision| revision.team)),
    }?;
    match claim.unit {
        ClaimUnit::Secs => Ok(micros as f64 * 1e-6),
        ClaimUnit::Minutes => Ok(minutes(micros)),
        ClaimUnit::Count => Err(ClaimDoubt::NoReading),
    }
}

fn counted(claim: &Claim, n: usize) -> Result<f64, ClaimDoubt> {
    if claim.unit == ClaimUnit::Count { Ok(n as f64) } else { Err(ClaimDoubt::NoReading) }
}

/// Each reply of a person: since when the customer had waited for it (if they had written), and when it came.
fn replies(board: &Board, id: &str) -> impl Iterator<Item = (Option<Moment>, Moment)> {
    let said = board.turns.by_conversation.get(id).map_or(&[][..], |exchange| exchange.said.as_slice());
    let mut waiting = None;
    said.iter().filter_map(move |said| match said.by {
        Party::Customer => {
            waiting.get_or_insert(said.at);
            None
        }
        Party::Agent => Some((waiting.take(), said.at)),
        Party::Bot | Party::System => None,
    })
}

fn replies_by(board: &Board, id: &str, until: Moment) -> usize {
    replies(board, id).filter(|(_, at)| *at <= until).count()
}

/// From the customer's earliest unanswered message to the reply that came when the claim says.
fn reply(board: &Board, id: &str, claim: &Claim) -> Result<i64, ClaimDoubt> {
    let to = claim.to.unwrap_or(claim.at);
    let meant = replies(board, id).find(|(_, at)| at.micros_since(to).abs() <= 1_000_000);
    let (since, at) = meant.ok_or(ClaimDoubt::NotRecorded)?;
    Ok(at.micros_since(since.ok_or(ClaimDoubt::NotRecorded)?))
}

/// The leg that a claim means: the only one, or the only one of its agent.
fn legs_meant<'a>(board: &'a Board, conversation: &Conversation, claim: &Claim) -> Result<&'a Leg, ClaimDoubt> {
    let agent = claim.agent.map(|agent| board.conversations.names.find(board.claims.names.text(agent)));
    let legs = conversation.legs.iter().map(|&leg| &board.conversations.legs[leg as usize]);
    let fits = |leg: &&Leg| match agent {
        None => true,
        Some(agent) => agent.is_some_and(|agent| leg.hands == Hands::Agent(agent)),
    };
    let mut meant = legs.filter(fits);
    let first = meant.next().ok_or(ClaimDoubt::NotRecorded)?;
    if meant.next().is_some() { Err(ClaimDoubt::Ambiguous) } else { Ok(first) }
}

fn talked(leg: &Leg) -> Result<i64, ClaimDoubt> {
    let (from, to) = leg.assigned.zip(leg.released).ok_or(ClaimDoubt::NotRecorded)?;
    Ok(to.at.micros_since(from.at).max(0))
}

/// What a facet was from which moment on, as far as the revisions tell, up to a moment.
fn spells<'a>(
    ticket: &'a Ticket,
    until: Moment,
    facet: impl Fn(&Revision) -> Option<Name> + 'a,
) -> impl Iterator<Item = (Moment, Option<Name>)> + 'a {
    let mut last = None;
    ticket.revisions.iter().take_while(move |revision| revision.place.at <= until).map(move |revision| {
        last = facet(revision).or(last.filter(|_| revision.partial));
        (revision.place.at, last)
    })
}

/// How long the ticket stood so; unknown when its beginning or any status on the way is.
fn stood(board: &Board, ticket: &Ticket, statuses: &[&str], until: Moment) -> Result<i64, ClaimDoubt> {
    let spells: Vec<_> = spells(ticket, until, |revision| revision.status).collect();
    let first = ticket.revisions.first().ok_or(ClaimDoubt::NotRecorded)?;
    if first.opened_at.is_none_or(|opened| 1_000_000 < first.place.at.micros_since(opened)) {
        return Err(ClaimDoubt::StartNotSeen);
    }
    let ends = spells.iter().skip(1).map(|(at, _)| *at).chain([until]);
    let mut sum: i64 = 0;
    for ((from, status), to) in spells.iter().zip(ends) {
        let status = status.ok_or(ClaimDoubt::NotRecorded)?;
        if statuses.contains(&board.tickets.names.text(status)) {
            sum = sum.saturating_add(to.micros_since(*from));
        }
    }
    Ok(sum)
}

/// Times that a ticket was settled and then was not.
fn reopens(board: &Board, ticket: &Ticket, until: Moment) -> usize {
    let over = |status: Name| matches!(board.tickets.names.text(status), "solved" | "closed");
    let known: Vec<Name> = spells(ticket, until, |revision| revision.status).filter_map(|(_, status)| status).collect();
    known.windows(2).filter(|pair| over(pair[0]) && !over(pair[1])).count()
}

/// In how many hands it was, one after the other.
fn stations(ticket: &Ticket, until: Moment, facet: impl Fn(&Revision) -> Option<Name>) -> usize {
    let mut known: Vec<Name> = spells(ticket, until, facet).filter_map(|(_, name)| name).collect();
    known.dedup();
    known.len()
}
