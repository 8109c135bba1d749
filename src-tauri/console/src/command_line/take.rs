//! The verbs that take something in, and the one that shows it: import, simulate, serve.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use events::NewEvent;
use events::import::Report;
use serde_json::json;
use tokio::sync::watch;

use super::{Failure, look, print};
use crate::clock::Clock;
use crate::desk::Desk;
use crate::import::{Cancel, Ending, ImportError, Order, Progress, import, since};
use crate::log::EventLog;
use crate::log::sqlite::SqliteLog;
use crate::projector::at_head;
use crate::simulate::{Params, simulate};
use crate::snapshots::Snapshots;
use crate::sources::SourceKind;
use crate::sources::mapping::{self, Mapping};
use crate::sources::text::of_io;
use crate::verbs::{Trouble, WindowError};

/// Facts per transaction of a simulation.
const SIMULATED_BATCH: usize = 4_096;

/// `retrace import`
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The source; detected when not given
    #[arg(long, value_name = "KIND", value_parser = clap::builder::PossibleValuesParser::new(SourceKind::ALL.map(SourceKind::name)))]
    source: Option<String>,
    /// The mapping of a table's columns, TOML or YAML; says that the source is `csv`
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Show the first rows, what becomes of them and what would be mended; write nothing
    #[arg(long)]
    preview: bool,
    /// Import what appears in this folder, and what grows there, until interrupted
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["preview", "files"])]
    watch: Option<PathBuf>,
    /// The files, `.gz` or not; `-` is the standard input, whose rows are in the log within a second
    #[arg(required_unless_present = "watch", value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Import {
    pub(super) async fn run(self, log: &Path, json: bool) -> Result<(), Failure> {
        let mapping = mapping(self.mapping.as_deref(), self.source.as_deref())?;
        let source = self.source.as_deref().and_then(SourceKind::named);
        let orders = self.files.iter().map(|path| Order { path: path.clone(), source, mapping: mapping.clone() });
        if self.preview {
            return super::preview::run(orders.collect(), json).await;
        }
        if let Some(folder) = self.watch {
            return super::feed::run(log, folder, self.source.as_deref(), mapping, json).await;
        }
        let log = SqliteLog::open(log, Clock::System).await?;
        let mut total = Report::default();
        let mut sources = Vec::new();
        let mut files = Vec::new();
        let cancel = cancelled_by_signal();
        let mut failure = None;
        for order in orders {
            let (report, source, ending) = one(&log, &order, &cancel).await;
            add(&mut total, &report);
            sources.extend(source.filter(|source| !sources.contains(source)));
            files.push(order.path.display().to_string());
            let trouble: Failure = match ending {
                Ok(Ending::Finished) => continue,
                Ok(Ending::Cancelled) => {
                    let message = "cancelled; importing the file again goes on from there".to_owned();
                    failure = Some(Failure { code: 1, message, json: None });
                    break;
                }
                Ok(Ending::Interrupted(error)) | Err(error) => WindowError::from(error).into(),
            };
            // A file in trouble keeps none of the others out; a log in trouble takes none of them.
            let of_the_log = trouble.code == 3;
            if let Some(first) = failure.replace(trouble) {
                let later = failure.replace(first);
                later.iter().for_each(|later| print::message(&later.message));
            }
            if of_the_log {
                break;
            }
        }
        let position = *log.head().borrow();
        log.close().await;
        if json {
            let source = if let [source] = sources.as_slice() { json!(source) } else { json!(sources) };
            let mut said = json!({
                "source": source,
                "files": files,
                "rows_read": total.n_rows_read,
                "events_written": total.n_events_written,
                "already_present": total.n_already_present,
                "repaired": total.repaired,
                "refused": total.refused,
                "position": position.checked_sub(1),
            });
            // One document, whatever became of the files.
            if let Some(error) = failure.as_mut().and_then(|failure| failure.json.take()) {
                said["error"] = error.get("error").cloned().unwrap_or(error);
            }
            print::json(&said);
        } else {
            print::text(&summary(&total, position));
        }
        failure.map_or(Ok(()), Err)
    }
}

/// What an interrupt, or a polite end, cancels.
pub(super) fn cancelled_by_signal() -> Cancel {
    let cancel = Cancel::default();
    let on_signal = cancel.clone();
    tokio::spawn(async move {
        stop(false).await;
        on_signal.cancel();
    });
    cancel
}

/// The text of a mapping's file.
fn mapping(path: Option<&Path>, source: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(path) = path else { return Ok(None) };
    if let Some(source) = source.filter(|source| *source != mapping::NAME) {
        let message = format!("the source {source} is not read by a mapping; leave --source or --mapping out");
        return Err(Failure { code: 2, message, json: None });
    }
    let trouble = |code: Trouble, detail: String| {
        Failure::from(WindowError::Trouble { code, detail, path: Some(path.display().to_string()) })
    };
    let there = std::fs::metadata(path).map_err(|error| of_io(&error));
    let there = there.map_err(|error| trouble(error.code, error.detail))?;
    // A file that was named by mistake may be of any size.
    if there.is_file() && mapping::TEXT_BYTES_MAX as u64 <= there.len() {
        return Err(trouble(Trouble::MappingWrong, format!("a mapping of {} bytes is too long", there.len())));
    }
    let bytes = std::fs::read(path).map_err(|error| of_io(&error)).map_err(|error| trouble(error.code, error.detail))?;
    let not_text =
        |_error: std::string::FromUtf8Error| trouble(Trouble::MappingWrong, "a mapping is written in UTF-8".to_owned());
    let text = String::from_utf8(bytes).map_err(not_text)?;
    let wrong = |problems: Vec<mapping::Problem>| {
        let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        trouble(Trouble::MappingWrong, said.join("\n  "))
    };
    Mapping::of(&text).map_err(wrong)?;
    Ok(Some(text))
}

pub(super) fn add(total: &mut Report, report: &Report) {
    total.n_rows_read += report.n_rows_read;
    total.n_events_written += report.n_events_written;
    total.n_already_present += report.n_already_present;
    for (reason, n) in &report.repaired {
        *total.repaired.entry(reason.clone()).or_default() += n;
    }
    for (reason, n) in &report.refused {
        *total.refused.entry(reason.clone()).or_default() += n;
    }
}

pub(super) fn summary(report: &Report, position: u64) -> String {
    let list = |reasons: &std::collections::BTreeMap<String, u64>| -> String {
        reasons.iter().map(|(reason, n)| format!("    {n:>8}  {reason}\n")).collect()
    };
    let sum = |reasons: &std::collections::BTreeMap<String, u64>| reasons.values().sum::<u64>();
    format!(
        "{} rows read, {} events written, {} already there; the log holds {position}\n  mended: {}\n{}  left out: {}\n{}",
        report.n_rows_read,
        report.n_events_written,
        report.n_already_present,
        sum(&report.repaired),
        list(&report.repaired),
        sum(&report.refused),
        list(&report.refused),
    )
}

/// Imports one file, telling how far it has come.
async fn one(log: &SqliteLog, order: &Order, cancel: &Cancel) -> (Report, Option<&'static str>, Result<Ending, ImportError>) {
    let (progress, mut watching) = watch::channel(Progress::default());
    let begun = Instant::now();
    let telling = tokio::spawn(async move {
        while watching.changed().await.is_ok() {
            let shown = watching.borrow_and_update().clone();
            tell(&shown, begun);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let result = import(log, &Clock::System, order, cancel, &progress).await;
    let (source, before) = (progress.borrow().source, progress.borrow().before.clone());
    drop(progress);
    // Telling cannot fail but by ending early.
    telling.await.ok();
    print::progress_done();
    match result {
        Ok((report, ending)) => (since(&report, &before), source, Ok(ending)),
        Err(error) => (Report::default(), source, Err(error)),
    }
}

fn tell(progress: &Progress, begun: Instant) {
    let secs = begun.elapsed().as_secs_f64().max(0.001);
    let rate = progress.report.n_rows_read as f64 / secs;
    let share = progress.bytes_total.map(|total| progress.bytes_read as f64 / total.max(1) as f64).filter(|share| 0.0 < *share);
    let left =
        share.map(|share| format!(", {:.0} %, {:.0} s left", share * 100.0, secs * (1.0 - share) / share)).unwrap_or_default();
    print::progress(&format!("{} rows, {rate:.0}/s{left}", progress.report.n_rows_read));
}

/// `retrace simulate`
#[derive(Debug, Args)]
pub(super) struct Simulate {
    /// The same seed makes the same desk
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Days
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=3660))]
    days: u32,
    /// Agents
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=2000))]
    agents: u32,
    /// The first day
    #[arg(long, value_name = "DATE")]
    start: Option<jiff::civil::Date>,
    /// Arrivals, as a multiple of what these agents can bear
    #[arg(long, default_value_t = 1.0)]
    rate: f64,
}

impl Simulate {
    pub(super) async fn run(self, log: &Path, json: bool) -> Result<(), Failure> {
        let mut params =
            Params { seed: self.seed, n_days: self.days, n_agents: self.agents, rate: self.rate, ..Params::default() };
        params.start = self.start.unwrap_or(params.start);
        params.check().map_err(|error| Failure { code: 2, message: error.to_string(), json: None })?;
        let log = SqliteLog::open(log, Clock::System).await?;
        let begun = Instant::now();
        let (to, mut batches) = tokio::sync::mpsc::channel::<Vec<NewEvent>>(4);
        let making = tokio::task::spawn_blocking(move || {
            let mut batch = Vec::with_capacity(SIMULATED_BATCH);
            let truth = simulate(&params, |event| {
                batch.push(event);
                if batch.len() == SIMULATED_BATCH {
                    // A receiver that is gone has failed and says so itself.
                    to.blocking_send(std::mem::take(&mut batch)).ok();
                }
            });
            to.blocking_send(batch).ok();
            truth
        });
        let (mut n_written, mut n_present) = (0, 0);
        while let Some(batch) = batches.recv().await {
            let ingested = log.ingest(batch, |_ingested| Vec::new()).await?;
            n_written += ingested.n_written;
            n_present += ingested.n_present;
            print::progress(&format!(
                "{} events, {:.0}/s",
                n_written + n_present,
                (n_written + n_present) as f64 / begun.elapsed().as_secs_f64()
            ));
        }
        print::progress_done();
        let truth = making.await.map_err(anyhow::Error::from)?;
        let head = *log.head().borrow();
        log.close().await;
        if json {
            print::json(
                &json!({ "events_written": n_written, "already_present": n_present, "position": head.checked_sub(1), "truth": truth }),
            );
        } else {
            let table = truth.table();
            print::text(&format!("{table}\n{n_written} events written, {n_present} already there; the log holds {head}\n"));
        }
        Ok(())
    }
}

/// `retrace serve`
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The port on 127.0.0.1; any free one when 0
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Begin with a replay from the log's first moment at this speed, 1 to 3600
    #[arg(long, value_name = "X", value_parser = clap::value_parser!(u32).range(1..=3600))]
    play: Option<u32>,
    /// Begin that replay at this moment (RFC 3339)
    #[arg(long, value_name = "T", requires = "play", value_parser = look::parse_moment)]
    from: Option<events::Moment>,
    /// Import what appears in this folder, and what grows there
    #[arg(long, value_name = "FOLDER")]
    watch: Option<PathBuf>,
    /// End when the standard input ends, as a child of another program should
    #[arg(long)]
    with_stdin: bool,
}

impl Serve {
    pub(super) async fn run(self, log: &Path, json: bool) -> Result<(), Failure> {
        let uploads = crate::snapshots::Snapshots::beside(log).folder().join("uploads");
        let log = SqliteLog::open_or_view(log, Clock::System).await?;
        if log.writable() {
            // What a console that was killed left there.
            std::fs::remove_dir_all(&uploads).ok();
        } else {
            print::message("this log can only be read: it is shown, and nothing can be imported into it");
        }
        let board = at_head(&log, &Snapshots::beside(log.path())).await?;
        let as_of = board.latest_at.unwrap_or_else(|| Clock::System.now());
        let day = look::day(&board, as_of);
        drop(board);
        let desk = Desk::open(log, Clock::System).await?;
        if let Some(speed) = self.play {
            desk.play(speed, self.from).await?;
        }
        let served = crate::serve::Served::bind(desk.clone(), self.port, uploads.clone()).await?;
        if json {
            print::json(&json!({ "url": served.url, "address": served.address.to_string(), "log": desk.log().path() }));
        } else {
            print::text(&format!("{day}\nopen  {}\n(the token works once; stop with Ctrl-C)\n", served.url));
        }
        std::io::stdout().flush().ok();
        let with_stdin = self.with_stdin;
        let cancel = Cancel::default();
        let feed = self.watch.map(|folder| super::feed::beside(desk.clone(), folder, cancel.clone()));
        served.run(stop(with_stdin)).await?;
        cancel.cancel();
        if let Some(feed) = feed {
            // It ends with the file it is at; a fault of its own it has told.
            feed.await.ok();
        }
        desk.save_snapshot();
        // Uploaded files were only ever on their way into the log.
        std::fs::remove_dir_all(uploads).ok();
        Ok(())
    }
}

async fn stop(with_stdin: bool) {
    let ended = async {
        if with_stdin {
            tokio::io::copy(&mut tokio::io::stdin(), &mut tokio::io::sink()).await.ok();
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated() => {}
        () = ended => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_not_to_be_had) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
