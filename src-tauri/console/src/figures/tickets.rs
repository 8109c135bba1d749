//! The sets of tickets: what the revisions show, under the names agreed outside.

use std::collections::{BTreeMap, BTreeSet};

use events::Moment;
use projections::Board;
use projections::names::Name;
use projections::ticket::{Revision, Ticket, Tickets};
use serde_json::{Map, Value, json};

use crate::sources::{process_log, servicenow, volvo};

/// Pairs listed of the most frequent.
const TOP: usize = 5;

/// The tickets of one source and their words.
struct Set<'a> {
    folded: &'a Tickets,
    tickets: Vec<&'a Ticket>,
}

type Facet = fn(&Revision) -> Option<Name>;

impl<'a> Set<'a> {
    fn of(board: &'a Board, source: &str) -> Self {
        let folded = &board.tickets;
        Self { folded, tickets: folded.of_source(source).map(|(_, ticket)| ticket).collect() }
    }

    fn revisions(&self) -> impl Iterator<Item = &'a Revision> {
        self.tickets.iter().flat_map(|ticket| &ticket.revisions)
    }

    /// How many of these there are of each name.
    fn counted(&self, names: impl Iterator<Item = Name>) -> Value {
        let mut n: BTreeMap<Name, u64> = BTreeMap::new();
        names.for_each(|name| *n.entry(name).or_default() += 1);
        n.into_iter().map(|(name, n)| (self.folded.names.text(name).to_owned(), json!(n))).collect::<Map<_, _>>().into()
    }

    fn distinct(&self, facet: Facet) -> usize {
        self.revisions().filter_map(facet).collect::<BTreeSet<_>>().len()
    }

    /// Changes of a facet: how many, and in how many tickets.
    fn changes(&self, facet: Facet) -> (usize, usize) {
        total(self.tickets.iter().map(|ticket| ticket.changes(facet).count()))
    }

    /// The most frequent changes, those of equal number in alphabetical order.
    fn top(&self, facet: Facet) -> Value {
        let mut n: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        let text = |name| self.folded.names.text(name);
        for (from, to) in self.tickets.iter().flat_map(|ticket| ticket.changes(facet)) {
            *n.entry((text(from), text(to))).or_default() += 1;
        }
        let mut pairs: Vec<_> = n.into_iter().collect();
        // A stable sort: among equals the alphabet's order stays.
        pairs.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        pairs.iter().take(TOP).map(|((from, to), n)| json!([from, to, n])).collect::<Vec<_>>().into()
    }
}

/// A sum over tickets, and how many tickets have a share in it.
fn total(of_tickets: impl Iterator<Item = usize>) -> (usize, usize) {
    of_tickets.fold((0, 0), |(sum, having), n| (sum + n, having + usize::from(0 < n)))
}

/// Mean and median, in units of `micros`; nothing of nothing.
fn spread(mut values: Vec<i64>, micros: f64) -> (Option<f64>, Option<f64>) {
    values.sort_unstable();
    let n = values.len();
    if n == 0 {
        return (None, None);
    }
    let sum: i128 = values.iter().map(|&value| i128::from(value)).sum();
    let middle = (values[(n - 1) / 2] as f64 + values[n / 2] as f64) / 2.0;
    (Some(sum as f64 / n as f64 / micros), Some(middle / micros))
}

/// `YYYY-MM-DD HH:MM:SS+00:00`.
fn utc(at: Option<Moment>) -> Value {
    at.map_or(Value::Null, |at| {
        let text = events::cloudevent::rfc3339(at);
        json!(text.get(..19).map(|text| text.replace('T', " ") + "+00:00"))
    })
}

pub(super) fn volvo(board: &Board) -> Value {
    let set = Set::of(board, volvo::SOURCE);
    let named = |text: &str| set.folded.names.find(text);
    let (team, agent): (Facet, Facet) = (|revision| revision.team, |revision| revision.agent);
    let (team_handovers, of_teams) = set.changes(team);
    let (person_handovers, of_persons) = set.changes(agent);
    let (returns, of_returns) = total(set.tickets.iter().map(|ticket| ticket.n_returns()));
    let completed = named("Completed");
    let (reopenings, reopened) =
        total(set.tickets.iter().map(|ticket| completed.map_or(0, |completed| ticket.n_left(completed))));
    let waiting = named("Wait - User");
    let first_line = named("L1");
    let only_first =
        |ticket: &&&Ticket| first_line.is_some() && ticket.revisions.iter().all(|revision| revision.level == first_line);
    let durations = set.tickets.iter().filter_map(|ticket| ticket.duration_micros()).collect();
    let (mean, median) = spread(durations, 1e6);
    json!({
        "events": set.revisions().count(),
        "cases": set.tickets.len(),
        "status": set.counted(set.revisions().filter_map(|revision| revision.status)),
        "sub_status": set.counted(set.revisions().filter_map(|revision| revision.sub_status)),
        "teams": set.distinct(team),
        "persons": set.distinct(agent),
        "products": set.distinct(|revision| revision.product),
        "team_handovers": team_handovers,
        "cases_with_team_handover": of_teams,
        "person_handovers": person_handovers,
        "cases_with_person_handover": of_persons,
        "ping_pong_returns": returns,
        "ping_pong_cases": of_returns,
        "cases_only_L1": set.tickets.iter().filter(only_first).count(),
        "reopenings": reopenings,
        "reopened_cases": reopened,
        "wait_user_events": set.revisions().filter(|revision| waiting.is_some() && revision.sub_status == waiting).count(),
        "case_duration_mean_s": mean,
        "case_duration_median_s": median,
        "first_utc": utc(set.revisions().map(|revision| revision.place.at).min()),
        "last_utc": utc(set.revisions().map(|revision| revision.place.at).max()),
        "top_team_handovers": set.top(team),
    })
}

pub(super) fn servicenow(board: &Board) -> Value {
    let set = Set::of(board, servicenow::NAME);
    let last: Vec<&Revision> = set.tickets.iter().filter_map(|ticket| ticket.revisions.last()).collect();
    let group: Facet = |revision| revision.team;
    let (handovers, of_groups) = set.changes(group);
    let after_opening = |end: fn(&Revision) -> Option<Moment>| -> Vec<i64> {
        last.iter().filter_map(|revision| Some(end(revision)?.micros_since(revision.opened_at?))).collect()
    };
    let (to_close, to_solve) = (after_opening(|revision| revision.closed_at), after_opening(|revision| revision.resolved_at));
    let n_solved = to_solve.len();
    let ((close_mean, close_median), (solve_mean, _)) = (spread(to_close, 3.6e9), spread(to_solve, 3.6e9));
    let met = |wanted: bool| last.iter().filter(|revision| revision.sla_met_claimed == Some(wanted)).count();
    let claimed =
        |claim: fn(&Revision) -> Option<u32>| total(last.iter().filter_map(|revision| claim(revision)).map(|n| n as usize));
    let (reassignments, reassigned) = claimed(|revision| revision.reassignments_claimed);
    let (_, reopened) = claimed(|revision| revision.reopens_claimed);
    json!({
        "events": set.revisions().count(),
        "incidents": set.tickets.len(),
        "state": set.counted(set.revisions().filter_map(|revision| revision.status)),
        "contact_type_events": set.counted(set.revisions().filter_map(|revision| revision.channel)),
        "sla_met_incidents": met(true),
        "sla_missed_incidents": met(false),
        "reassignment_total": reassignments,
        "incidents_reassigned": reassigned,
        "incidents_reopened": reopened,
        "group_handovers_both_known": handovers,
        "incidents_with_group_handover": of_groups,
        "opened_to_closed_mean_h": close_mean,
        "opened_to_closed_median_h": close_median,
        "opened_to_resolved_mean_h": solve_mean,
        "opened_to_resolved_n": n_solved,
        "priority_incidents": set.counted(last.iter().filter_map(|revision| revision.priority)),
        "top_group_handovers": set.top(group),
    })
}

/// The last of these steps says how a loan ended.
const OUTCOMES: [(&str, &str); 3] = [("A_APPROVED", "approved"), ("A_DECLINED", "declined"), ("A_CANCELLED", "cancelled")];

pub(super) fn bpic2012(board: &Board) -> Value {
    let set = Set::of(board, process_log::BPIC2012);
    let steps = || set.tickets.iter().flat_map(|ticket| &ticket.steps);
    let text = |name: Name| set.folded.names.text(name);
    let mut by_activity: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    for step in steps() {
        let transition = step.transition.map_or("", text);
        *by_activity.entry(text(step.activity)).or_default().entry(transition).or_default() += 1;
    }
    let mut outcomes: BTreeMap<&str, u64> = BTreeMap::new();
    for ticket in &set.tickets {
        let said =
            ticket.steps.iter().rev().find_map(|step| {
                OUTCOMES.iter().find(|(activity, _)| *activity == text(step.activity)).map(|(_, outcome)| *outcome)
            });
        *outcomes.entry(said.unwrap_or("undecided")).or_default() += 1;
    }
    let amounts: Vec<u64> = set.tickets.iter().filter_map(|ticket| ticket.amount_requested).collect();
    let (mean, median) = spread(set.tickets.iter().filter_map(|ticket| ticket.duration_micros()).collect(), 1e6);
    json!({
        "cases": set.tickets.len(),
        "events": steps().count(),
        "events_without_resource": steps().filter(|step| step.agent.is_none()).count(),
        "resources": steps().filter_map(|step| step.agent).collect::<BTreeSet<_>>().len(),
        "lifecycle": set.counted(steps().filter_map(|step| step.transition)),
        "activity": set.counted(steps().map(|step| step.activity)),
        "activity_lifecycle": by_activity,
        "outcomes": outcomes,
        "amount_requested_total": amounts.iter().sum::<u64>(),
        "amount_requested_n": amounts.len(),
        "case_duration_mean_s": mean,
        "case_duration_median_s": median,
        "first_utc": utc(steps().map(|step| step.place.at).min()),
        "last_utc": utc(steps().map(|step| step.place.at).max()),
    })
}
