//! Every figure opens to exactly the events that made it, and those events make it again.
//!
//! The second opinion is `tests::naive`, which reduces the raw payloads and knows nothing of the projections.

use std::path::Path;
use std::sync::Arc;

use console::clock::Clock;
use console::desk::Desk;
use console::import::{Cancel, Order, Progress, import};
use console::log::Stored;
use console::playhead::PlayheadCommand;
use console::verbs::{EvidencePage, EvidenceQuestion, EvidenceRow, LiveQuestion};
use events::Moment;
use projections::figure::Figure;
use projections::live::{LiveView, Range};
use projections::scope::Scope;
use projections::trail::PAGE_MAX;
use tests::made_up::{EVENING, MORNING, one_day};
use tests::naive::{Talk, adds, standings, talks, value};
use tests::place::{Place, all, moment, shared};
use tokio::sync::watch;

/// The raw facts that a screen rests on, and what the second opinion makes of them.
struct Opinion<'a> {
    facts: Vec<&'a Stored>,
    talks: Vec<Talk>,
}

impl<'a> Opinion<'a> {
    /// Of the whole log in its order, or of what had occurred by a moment in the order of occurrence.
    fn of(log: &'a [Stored], until: Option<Moment>) -> Self {
        let mut facts: Vec<&Stored> = log.iter().collect();
        if let Some(until) = until {
            facts.retain(|stored| stored.fact.occurred_at <= until);
            facts.sort_by_key(|stored| (stored.fact.occurred_at, stored.fact.position));
        }
        let talks = talks(&facts);
        Self { facts, talks }
    }
}

/// Every page of the events behind a figure.
async fn opened(desk: &Desk, figure: &Figure) -> (EvidencePage, Vec<EvidenceRow>) {
    let mut rows = Vec::new();
    loop {
        let question = EvidenceQuestion {
            metric: figure.metric.clone(),
            scope: figure.scope.clone(),
            offset: rows.len() as u32,
            limit: PAGE_MAX,
        };
        let mut page = desk.evidence(question).await.expect("every figure opens");
        let n = page.rows.len();
        rows.append(&mut page.rows);
        if n < PAGE_MAX as usize {
            return (page, rows);
        }
    }
}

fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
        (a, b) => a == b,
    }
}

/// Opens one figure and makes it again, twice over: from its own rows, and from the raw facts.
async fn check(desk: &Desk, figure: &Figure, opinion: &Opinion<'_>, as_of: Moment) {
    let (page, rows) = opened(desk, figure).await;
    let name = format!("{} {:?} at {as_of:?}", figure.metric, figure.scope);
    assert_eq!(&page.figure, figure, "{name}: opens to another figure");
    assert_eq!(
        page.definition.map(|definition| (definition.id, definition.version)),
        Some((figure.metric.clone(), figure.version))
    );
    assert_eq!(rows.len() as u64, figure.n, "{name}: as many events as it says");
    let naive = adds(&opinion.talks, &figure.metric, &figure.scope, as_of.0);
    assert!(
        near(figure.value, value(&figure.metric, &naive)),
        "{name}: {:?}, not {:?}",
        figure.value,
        value(&figure.metric, &naive)
    );
    let unit = if figure.unit == projections::metric::Unit::Secs { 1e6 } else { 1.0 };
    for (row, naive) in rows.iter().zip(&naive) {
        assert_eq!((row.event.position.0, &row.subject), (naive.position, &naive.subject), "{name}");
        assert!((row.numerator * unit - naive.numerator as f64).abs() < 0.01, "{name}: {row:?} adds {}", naive.numerator);
        assert_eq!(row.event.stream, format!("conversation-{}", row.subject), "{name}");
    }
    assert_eq!(rows.len(), naive.len(), "{name}");
    let sums = rows.iter().fold((0.0, 0.0), |(above, below), row| (above + row.numerator, below + row.denominator));
    assert!(near(Some(sums.0), Some(figure.numerator)) && near(Some(sums.1), Some(figure.denominator)), "{name}: {sums:?}");
}

/// Opens the agents in one standing.
async fn check_standing(desk: &Desk, figure: &Figure, opinion: &Opinion<'_>) {
    let (page, rows) = opened(desk, figure).await;
    let standing = figure.scope.standing.expect("a figure about agents has a standing");
    let word = serde_json::to_value(standing).expect("a word");
    let of_source: Vec<&Stored> = opinion.facts.clone();
    let want: Vec<String> =
        standings(&of_source, &opinion.talks).into_iter().filter(|(_, standing)| word == **standing).map(|(id, _)| id).collect();
    let mut found: Vec<&str> = rows.iter().map(|row| row.subject.as_str()).collect();
    found.sort_unstable();
    assert_eq!(found, want, "agents {word}");
    assert_eq!((page.figure.n, page.figure.value, figure.n), (rows.len() as u64, figure.value, rows.len() as u64));
    for row in rows {
        let names_agent = row.event.stream == format!("agent-{}", row.subject)
            || row.event.data.contains(&format!("\"{}\"", row.subject))
            || row.event.event_type.ends_with("wrap_up_started");
        assert!(names_agent, "{row:?} says nothing of {}", row.subject);
    }
}

/// Every figure of a screen.
fn figures(view: &LiveView) -> Vec<&Figure> {
    let groups = view.queues.iter().chain(&view.half_hours).flat_map(|group| &group.figures);
    view.totals.iter().chain(groups).chain(view.agents.iter().flat_map(|agent| &agent.figures)).collect()
}

async fn check_screen(desk: &Arc<Desk>, log: &[Stored], until: Option<Moment>, scope: Scope, range: Range) -> usize {
    match until {
        Some(at) => desk.playhead(PlayheadCommand::Jump { at }).await,
        None => desk.playhead(PlayheadCommand::Live).await,
    }
    .expect("the playhead obeys");
    let view = desk.live(LiveQuestion { scope, range }).await.expect("a live screen");
    let opinion = Opinion::of(log, until.map(|_| view.as_of));
    assert_eq!(view.position, opinion.facts.len() as u64);
    for figure in figures(&view) {
        check(desk, figure, &opinion, view.as_of).await;
    }
    for figure in &view.standings {
        check_standing(desk, figure, &opinion).await;
    }
    assert_eq!(view.totals.iter().find(|figure| figure.metric == "queue.waiting").map(|figure| figure.n), Some(view.n_waiting));
    figures(&view).len()
}

#[tokio::test]
async fn every_figure_of_a_made_up_day_is_its_events() {
    for seed in [1, 2] {
        let place = Place::default();
        let desk = place.desk(one_day(60, seed)).await;
        let log = all(desk.log()).await;
        let n = check_screen(&desk, &log, None, Scope::default(), Range::All).await;
        assert!(150 < n, "{n} figures");
        check_screen(&desk, &log, None, Scope::default(), Range::Day).await;
        for secs in [-700, 0, 3_600, 11_111, 25_000, 40_000] {
            check_screen(&desk, &log, Some(MORNING.plus_secs(secs)), Scope::default(), Range::Day).await;
        }
        let narrow = Scope { channel: Some("chat".to_owned()), topic: Some(String::new()), ..Scope::default() };
        check_screen(&desk, &log, None, narrow, Range::All).await;
    }
}

#[tokio::test]
async fn every_figure_of_a_simulated_hour_is_its_events() {
    let place = Place::default();
    let mut facts = Vec::new();
    console::simulate::simulate(&console::simulate::Params { n_agents: 6, ..Default::default() }, |fact| facts.push(fact));
    let desk = place.desk(facts).await;
    let log = all(desk.log()).await;
    let latest =
        log.iter().filter(|stored| stored.fact.stream.noun() == "conversation").map(|stored| stored.fact.occurred_at).max();
    let midday = latest.expect("it was a day with contacts").plus_secs(-6 * 3600);
    let hour = Scope { from: Some(midday.plus_secs(-3600)), to: Some(midday), ..Scope::default() };
    check_screen(&desk, &log, Some(midday), hour.clone(), Range::Given).await;
    check_screen(&desk, &log, None, hour, Range::Given).await;
}

async fn bank() -> Option<(Place, Arc<Desk>)> {
    let calls = shared("data/anonymous_bank_feb1999/public/calls_1999-02-01_14.tsv.gz")?;
    let place = Place::default();
    let desk = place.desk(Vec::new()).await;
    read(&desk, &calls).await;
    Some((place, desk))
}

async fn read(desk: &Desk, calls: &Path) {
    let order = Order { path: calls.to_owned(), source: None, mapping: None };
    let progress = watch::Sender::new(Progress::default());
    import(desk.log(), &Clock::chosen(EVENING), &order, &Cancel::default(), &progress).await.expect("a good file");
    desk.caught_up().await;
}

#[tokio::test]
async fn every_figure_of_a_day_of_the_bank_is_its_events() {
    let Some((_place, desk)) = bank().await else { return };
    let log = all(desk.log()).await;
    let scope = |from: &str, to: &str| Scope {
        source: Some("anonymous-bank".to_owned()),
        from: Some(moment(from)),
        to: Some(moment(to)),
        ..Scope::default()
    };
    let friday = scope("1999-02-05T00:00:00+02:00", "1999-02-06T00:00:00+02:00");
    check_screen(&desk, &log, None, friday, Range::Given).await;
    let at = moment("1999-02-03T13:17:00+02:00");
    let worst = scope("1999-02-03T12:30:00+02:00", "1999-02-03T14:00:00+02:00");
    check_screen(&desk, &log, Some(at), worst, Range::Given).await;
}
