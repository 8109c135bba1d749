//! What a person waits for on the screen: the views of an open desk, at rest and while facts arrive.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use console::clock::Clock;
use console::desk::Desk;
use console::log::EventLog;
use console::log::sqlite::SqliteLog;
use console::verbs::{EvidenceQuestion, LiveQuestion, Nothing, WindowError};
use events::NewEvent;
use projections::live::Range;
use projections::metric::Metric;
use projections::scope::Scope;
use projections::trail::ConversationQuery;
use serde_json::{Map, Value, json};

use crate::load;
use crate::measure::{Watch, quantile};

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
    let status = desk.status(Nothing {}).await.map_err(|error| anyhow::anyhow!("{error:?}"))?;
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

/// Seconds of every call of one view, on the wall and of processors.
#[derive(Default)]
struct Times {
    wall: Vec<f64>,
    cpu: Vec<f64>,
}

impl Times {
    async fn take<T>(&mut self, view: impl Future<Output = Result<T, WindowError>>) -> anyhow::Result<T> {
        let watch = Watch::begin();
        let seen = view.await;
        let (wall_secs, cpu_secs) = watch.secs();
        self.wall.push(wall_secs);
        self.cpu.push(cpu_secs);
        seen.map_err(|error| anyhow::anyhow!("{error:?}"))
    }

    fn json(mut self) -> Value {
        self.wall.sort_by(f64::total_cmp);
        self.cpu.sort_by(f64::total_cmp);
        let at = |share| quantile(&self.wall, share) * 1e3;
        json!({ "p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": at(1.0), "cpu_p50_ms": quantile(&self.cpu, 0.5) * 1e3 })
    }
}

async fn ask(desk: &Desk) -> anyhow::Result<Value> {
    let (mut day, mut all, mut page, mut evidence) = (Times::default(), Times::default(), Times::default(), Times::default());
    for _ in 0..ASKED {
        for (times, range) in [(&mut day, Range::Day), (&mut all, Range::All)] {
            let view = times.take(desk.live(LiveQuestion { scope: Scope::default(), range })).await?;
            anyhow::ensure!(!view.totals.is_empty(), "the live view is empty");
        }
        let query = ConversationQuery { limit: PAGE, ..ConversationQuery::default() };
        let seen = page.take(desk.conversations(query)).await?;
        anyhow::ensure!(!seen.rows.is_empty(), "the page is empty");
        let metric = Metric::ServiceLevel.id().to_owned();
        let question = EvidenceQuestion { metric, scope: Scope::default(), offset: 0, limit: PAGE };
        let seen = evidence.take(desk.evidence(question)).await?;
        anyhow::ensure!(!seen.rows.is_empty(), "the figure has no evidence");
    }
    Ok(json!({
        "live view, one day": day.json(),
        "live view, all days": all.json(),
        "page of 50 conversations": page.json(),
        "figure with 50 events of evidence": evidence.json(),
    }))
}
