//! What a person waits for on the screen: the views of an open desk, at rest and while facts arrive.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use console::clock::Clock;
use console::desk::Desk;
use console::log::EventLog;
use console::log::sqlite::SqliteLog;
use console::verbs::{EvidenceQuestion, LiveQuestion};
use events::NewEvent;
use projections::live::Range;
use projections::metric::Metric;
use projections::scope::Scope;
use projections::trail::ConversationQuery;
use serde_json::{Map, Value, json};

use crate::load;
use crate::measure::quantile;

/// Times each view is asked for in each state of the desk.
const ASKED: usize = 150;
/// Facts of one arrival.
const ARRIVAL: usize = 100;
/// Time between arrivals: 10,000 facts a second.
const APART: Duration = Duration::from_millis(10);
/// Facts that may arrive while views are asked for.
const ARRIVALS_MAX: usize = 200_000;
/// Rows of a page.
const PAGE: u32 = 50;

/// Opens the desk on a copy of the log (which holds the load's first `n` facts) and times its views.
pub(super) async fn run(path: &Path, n: usize) -> anyhow::Result<Value> {
    let copy = path.with_extension("views.retrace");
    std::fs::copy(path, &copy)?;
    let desk = Desk::open(SqliteLog::open(&copy, Clock::System).await?, Clock::System).await?;
    let mut views = Map::new();
    views.insert("at_rest".to_owned(), ask(&desk).await?);
    let coming = load::facts(n + ARRIVALS_MAX)?.1.split_off(n);
    let stop = Arc::new(AtomicBool::new(false));
    let arrived = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let arriving = tokio::spawn(arrive(desk.log().clone(), coming, stop.clone(), arrived.clone()));
    views.insert("while_folding".to_owned(), ask(&desk).await?);
    let secs = begun.elapsed().as_secs_f64();
    let n_arrived = arrived.load(Ordering::Relaxed);
    stop.store(true, Ordering::Relaxed);
    arriving.await??;
    desk.caught_up().await;
    views.insert("arrived_per_sec".to_owned(), json!(n_arrived as f64 / secs));
    let status = desk.status(console::verbs::Nothing {}).await.map_err(|error| anyhow::anyhow!("{error:?}"))?;
    anyhow::ensure!(status.lag == 0 && status.halted.is_none(), "the desk fell behind: {}", status.lag);
    views.insert("n".to_owned(), json!(status.head));
    drop(desk);
    Ok(Value::Object(views))
}

async fn arrive(
    log: SqliteLog,
    facts: Vec<NewEvent>,
    stop: Arc<AtomicBool>,
    arrived: Arc<AtomicU64>,
) -> Result<(), console::log::LogError> {
    let begun = tokio::time::Instant::now();
    for (number, batch) in facts.chunks(ARRIVAL).enumerate() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        // An open loop: a late answer does not make the next arrival later.
        let due = begun + APART * u32::try_from(number).unwrap_or(u32::MAX);
        tokio::time::sleep_until(due).await;
        let ingested = log.ingest(batch.to_vec(), |_ingested| Vec::new()).await?;
        arrived.fetch_add(ingested.n_written, Ordering::Relaxed);
    }
    Ok(())
}

async fn ask(desk: &Desk) -> anyhow::Result<Value> {
    let mut secs: [Vec<f64>; 4] = Default::default();
    let wrong = |error| anyhow::anyhow!("{error:?}");
    for _ in 0..ASKED {
        for (place, range) in [(0, Range::Day), (1, Range::All)] {
            let begun = Instant::now();
            let view = desk.live(LiveQuestion { scope: Scope::default(), range }).await.map_err(wrong)?;
            secs[place].push(begun.elapsed().as_secs_f64());
            anyhow::ensure!(!view.totals.is_empty(), "the live view is empty");
        }
        let begun = Instant::now();
        let query = ConversationQuery { limit: PAGE, ..ConversationQuery::default() };
        let page = desk.conversations(query).await.map_err(wrong)?;
        secs[2].push(begun.elapsed().as_secs_f64());
        anyhow::ensure!(!page.rows.is_empty(), "the page is empty");
        let begun = Instant::now();
        let metric = Metric::ServiceLevel.id().to_owned();
        let question = EvidenceQuestion { metric, scope: Scope::default(), offset: 0, limit: PAGE };
        let evidence = desk.evidence(question).await.map_err(wrong)?;
        secs[3].push(begun.elapsed().as_secs_f64());
        anyhow::ensure!(!evidence.rows.is_empty(), "the figure has no evidence");
    }
    let names = ["live view, one day", "live view, all days", "page of 50 conversations", "figure with 50 events of evidence"];
    let of_view = names.iter().zip(&mut secs).map(|(name, secs)| {
        secs.sort_by(f64::total_cmp);
        let at = |share| quantile(secs, share) * 1e3;
        ((*name).to_owned(), json!({ "p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": at(1.0) }))
    });
    Ok(Value::Object(of_view.collect()))
}
