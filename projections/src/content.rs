//! What a board says of the world, without how it came to know: two logs of the same things have the same content.
//!
//! Left out are positions, the order of delivery, imports, unmaskings and all else that is the desk's own bookkeeping.
//! Everything is under its own name and in the order of ids, so that one encoding of it can be compared.

use std::collections::BTreeMap;

use events::agent::State;
use events::customer::Standing;
use events::{Moment, conversation};
use serde::Serialize;

use crate::board::Board;
use crate::claim::{Claim, Claimed, Claims};
use crate::conversation::{Conversation, Conversations, Hands, Leg, Mark, Outcome};
use crate::names::Name;
use crate::ticket::{Revision, Step, Ticket, Tickets};

/// What a board says of the world.
#[derive(Serialize)]
pub struct Content<'a> {
    conversations: BTreeMap<&'a str, ConversationContent<'a>>,
    agents: BTreeMap<&'a str, AgentContent<'a>>,
    tickets: BTreeMap<&'a str, TicketContent<'a>>,
    customers: &'a BTreeMap<String, Standing>,
    claims: BTreeMap<&'a str, Vec<ClaimContent<'a>>>,
}

/// The content of a board.
#[must_use]
pub fn content(board: &Board) -> Content<'_> {
    let folded = &board.conversations;
    Content {
        conversations: folded.by_id.iter().map(|(id, of)| (id.as_str(), conversation(folded, of))).collect(),
        agents: board.agents.by_id.iter().map(|(id, of)| (id.as_str(), agent(of))).collect(),
        tickets: board.tickets.by_id.iter().map(|(id, of)| (id.as_str(), ticket(&board.tickets, of))).collect(),
        customers: &board.customers.standing,
        claims: board.claims.by_conversation.iter().map(|(id, of)| (id.as_str(), claims(&board.claims, of))).collect(),
    }
}

type Text<'a> = Option<&'a str>;

#[derive(Serialize)]
struct ConversationContent<'a> {
    channel: Option<conversation::Channel>,
    direction: conversation::Direction,
    words: [Text<'a>; 5],
    priority: Option<u8>,
    times: [Option<Moment>; 6],
    rating: Option<(u8, u8, Moment)>,
    n_received: u32,
    n_sent: u32,
    n_facts: u32,
    legs: Vec<LegContent<'a>>,
}

#[derive(Serialize)]
struct LegContent<'a> {
    queue: Text<'a>,
    outcome: Outcome,
    answered_by: (bool, Text<'a>),
    times: [Option<Moment>; 9],
    held_micros: i64,
}

fn at(mark: Option<Mark>) -> Option<Moment> {
    mark.map(|mark| mark.at)
}

fn conversation<'a>(folded: &'a Conversations, of: &'a Conversation) -> ConversationContent<'a> {
    let text = |name: Option<Name>| name.map(|name| folded.names.text(name));
    ConversationContent {
        channel: of.channel,
        direction: of.direction,
        words: [text(of.topic), text(of.customer), text(of.language), text(of.entry), text(Some(of.source))],
        priority: of.priority,
        times: [Some(of.started.at), at(of.self_service_ended), at(of.ended), at(of.resolved), at(of.voided), at(of.survey_sent)],
        rating: of.rating.map(|(score, best, mark)| (score, best, mark.at)),
        n_received: of.n_received,
        n_sent: of.n_sent,
        n_facts: of.n_facts,
        legs: of.legs.iter().map(|&number| leg(folded, &folded.legs[number as usize])).collect(),
    }
}

fn leg<'a>(folded: &'a Conversations, of: &'a Leg) -> LegContent<'a> {
    let text = |name: Option<Name>| name.map(|name| folded.names.text(name));
    LegContent {
        queue: text(of.queue),
        outcome: of.outcome,
        answered_by: match of.hands {
            Hands::Nobody => (false, None),
            Hands::Unnamed => (true, None),
            Hands::Agent(agent) => (true, text(Some(agent))),
        },
        times: [
            Some(of.initiated.at),
            at(of.enqueued),
            at(of.dequeued),
            at(of.assigned),
            at(of.released),
            at(of.wrap_started),
            at(of.wrap_ended),
            at(of.transferred),
            of.held_since,
        ],
        held_micros: of.held_micros,
    }
}

#[derive(Serialize)]
struct ClaimContent<'a> {
    times: [Option<Moment>; 3],
    words: [Text<'a>; 3],
    value: Option<f64>,
    unit: conversation::ClaimUnit,
    in_business_hours: bool,
}

fn claims<'a>(folded: &'a Claims, of: &'a Claimed) -> Vec<ClaimContent<'a>> {
    let text = |name: Option<Name>| name.map(|name| folded.names.text(name));
    let content = |claim: &Claim| ClaimContent {
        times: [Some(claim.at), claim.from, claim.to],
        words: [text(Some(claim.metric)), text(claim.agent), text(claim.instance)],
        value: claim.value,
        unit: claim.unit,
        in_business_hours: claim.in_business_hours,
    };
    of.claims.iter().map(content).collect()
}

#[derive(Serialize)]
struct AgentContent<'a> {
    name: Text<'a>,
    queues: &'a [String],
    languages: &'a [String],
    shift: Option<(bool, Moment)>,
    state: Option<(State, Moment)>,
    source: &'a str,
}

fn agent(of: &crate::agent::Agent) -> AgentContent<'_> {
    AgentContent {
        name: of.name.as_deref(),
        queues: &of.queues,
        languages: &of.languages,
        shift: of.shift.map(|(on, mark)| (on, mark.at)),
        state: of.state.map(|(state, mark)| (state, mark.at)),
        source: &of.source,
    }
}

#[derive(Serialize)]
struct TicketContent<'a> {
    source: Text<'a>,
    opened: Option<Moment>,
    amount_requested: Option<u64>,
    revisions: Vec<RevisionContent<'a>>,
    steps: Vec<StepContent<'a>>,
}

#[derive(Serialize)]
struct RevisionContent<'a> {
    at: Moment,
    sequence: u32,
    partial: bool,
    words: [Text<'a>; 15],
    claims: (Option<u32>, Option<u32>, Option<bool>),
    times: [Option<Moment>; 3],
}

#[derive(Serialize)]
struct StepContent<'a> {
    at: Moment,
    sequence: u32,
    words: [Text<'a>; 4],
}

fn ticket<'a>(folded: &'a Tickets, of: &'a Ticket) -> TicketContent<'a> {
    TicketContent {
        source: Some(folded.names.text(of.source)),
        opened: at(of.opened),
        amount_requested: of.amount_requested,
        revisions: of.revisions.iter().map(|of| revision(folded, of)).collect(),
        steps: of.steps.iter().map(|of| step(folded, of)).collect(),
    }
}

fn revision<'a>(folded: &'a Tickets, of: &'a Revision) -> RevisionContent<'a> {
    let words = [
        of.status,
        of.sub_status,
        of.team,
        of.agent,
        of.level,
        of.priority,
        of.impact,
        of.urgency,
        of.product,
        of.category,
        of.channel,
        of.customer,
        of.organisation,
        of.country,
        of.location,
    ];
    RevisionContent {
        at: of.place.at,
        sequence: of.place.sequence,
        partial: of.partial,
        words: words.map(|name| name.map(|name| folded.names.text(name))),
        claims: (of.reassignments_claimed, of.reopens_claimed, of.sla_met_claimed),
        times: [of.opened_at, of.resolved_at, of.closed_at],
    }
}

fn step<'a>(folded: &'a Tickets, of: &'a Step) -> StepContent<'a> {
    let words = [Some(of.activity), of.transition, of.agent, of.team];
    StepContent {
        at: of.place.at,
        sequence: of.place.sequence,
        words: words.map(|name| name.map(|name| folded.names.text(name))),
    }
}
