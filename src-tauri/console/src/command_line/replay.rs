//! `retrace replay`: the log folded again, at once or at a speed.

use std::path::Path;
use std::time::{Duration, Instant};

use clap::Args;
use events::Moment;
use projections::live::{Range, live};
use projections::metric::Metric;
use projections::scope::Scope;
use projections::{Board as Folded, Lens};
use serde_json::json;

use super::look::{board_at, parse_moment};
use super::{Failure, print};
use crate::log::sqlite::SqliteLog;
use crate::log::{BATCH_MAX, EventLog};
use crate::playhead::SPEEDS;
use crate::projector::{Replay as Replayed, fold_to};
use crate::snapshots::{content_digest, digest};

/// `retrace replay`
#[derive(Debug, Args)]
pub(super) struct Replay {
    /// Seconds of the log per second, 1 to 3600; at once when not given
    #[arg(long, value_name = "X", value_parser = clap::value_parser!(u32).range(1..=3600))]
    speed: Option<u32>,
    /// Begin at this moment (RFC 3339)
    #[arg(long, value_name = "T", value_parser = parse_moment)]
    from: Option<Moment>,
    /// Facts per batch, 1 to 4096; the result is the same for any
    #[arg(long, value_name = "N", default_value_t = BATCH_MAX as u64, value_parser = clap::value_parser!(u64).range(1..=BATCH_MAX as u64))]
    batch: u64,
}

impl Replay {
    pub(super) async fn run(self, log: &Path, json: bool) -> Result<(), Failure> {
        let log = SqliteLog::open_to_read(log).await?;
        let begun = Instant::now();
        let board = match self.speed {
            None if self.from.is_none() => self.at_once(&log, begun).await?,
            speed => self.played(&log, speed.unwrap_or(*SPEEDS.end())).await?,
        };
        let secs = begun.elapsed().as_secs_f64();
        let (n, digest, content) = (board.n_facts, digest(&board), content_digest(&board));
        if json {
            print::json(&json!({
                "position": n,
                "digest": digest,
                "content_digest": content,
                "seconds": secs,
                "events_per_second": n as f64 / secs,
            }));
        } else {
            print::text(&format!(
                "{n} events in {secs:.2} s ({:.0} per second)\nboard {digest}\ncontent {content}\n",
                n as f64 / secs
            ));
        }
        Ok(())
    }

    async fn at_once(&self, log: &SqliteLog, begun: Instant) -> Result<Folded, Failure> {
        let head = *log.head().borrow();
        let batch = usize::try_from(self.batch).unwrap_or(BATCH_MAX);
        let mut board = Folded::default();
        while board.n_facts < head {
            let until = (board.n_facts + 20 * self.batch).min(head);
            fold_to(log, &mut board, until, batch).await?;
            let rate = board.n_facts as f64 / begun.elapsed().as_secs_f64();
            print::progress(&format!(
                "{} of {head} events, {rate:.0}/s, {:.0} s left",
                board.n_facts,
                (head - board.n_facts) as f64 / rate
            ));
        }
        print::progress_done();
        Ok(board)
    }

    async fn played(&self, log: &SqliteLog, speed: u32) -> Result<Folded, Failure> {
        let (whole, _) = board_at(log, None).await?;
        let (Some(first), Some(last)) = (whole.earliest_at, whole.latest_at) else { return Ok(whole) };
        let from = self.from.unwrap_or(first);
        let mut replay = Replayed::default();
        let mut tick = tokio::time::interval(Duration::from_millis(250));
        let begun = Instant::now();
        loop {
            tick.tick().await;
            let passed = i64::try_from(begun.elapsed().as_micros()).unwrap_or(i64::MAX);
            let at = Moment(from.0.saturating_add(passed.saturating_mul(i64::from(speed)))).min(last);
            let board = replay.seek(log, at, None).await?;
            let lens = Lens { as_of: at, today: at, zone: whole.zone(None).to_owned() };
            let view = live(board, &Scope::default(), Range::Day, &lens);
            let figure = |metric: Metric| {
                view.totals.iter().find(|figure| figure.metric == metric.id()).map(print::value).unwrap_or_default()
            };
            let left = last.micros_since(at) as f64 * 1e-6 / f64::from(speed);
            print::progress(&format!(
                "{}  #{}  service level {}  waiting {}  {left:.0} s left",
                events::cloudevent::rfc3339(at),
                board.n_facts,
                figure(Metric::ServiceLevel),
                figure(Metric::Waiting),
            ));
            if last <= at {
                break;
            }
        }
        print::progress_done();
        // In the order of occurrence the desk's own bookkeeping comes last: fold it too, for the whole log's digest.
        Ok(replay.seek(log, Moment(i64::MAX), None).await?.clone())
    }
}
