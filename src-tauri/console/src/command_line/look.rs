//! The verbs that only look: metrics, figures, board. They open the log for reading, beside whoever writes it.

use std::path::Path;

use clap::{Args, ValueEnum};
use events::cloudevent::moment;
use events::{Moment, Position};
use projections::figure::{Dimension, Group, evidence, groups};
use projections::live::{Range, live};
use projections::metric::Metric;
use projections::scope::Scope;
use projections::{Board as Folded, Lens};
use serde_json::json;

use super::{Failure, print};
use crate::clock::Clock;
use crate::log::sqlite::SqliteLog;
use crate::log::{BATCH_MAX, EventLog};
use crate::projector::{Replay as Replayed, at_head, fold_to};
use crate::snapshots::{Snapshots, content_digest, digest};

/// A moment as the command line takes it.
#[derive(Clone, Copy, Debug)]
pub(super) enum At {
    Moment(Moment),
    Position(Position),
}

fn at(text: &str) -> Result<At, String> {
    if let Some(position) = text.strip_prefix('@') {
        return position.parse().map(|position| At::Position(Position(position))).map_err(|error| error.to_string());
    }
    moment(text).map(At::Moment).map_err(|error| format!("{error}; write 2026-03-02T13:00:00+08:00 or @POSITION"))
}

fn wrong(message: impl Into<String>) -> Failure {
    Failure { code: 2, message: message.into(), json: None }
}

/// The board at a moment (of occurrence), just after a position, or at the log's end; and the moment it shows.
pub(super) async fn board_at(log: &SqliteLog, at: Option<At>) -> Result<(Folded, Moment), Failure> {
    let board = match at {
        None => at_head(log, &Snapshots::beside(log.path())).await?,
        Some(At::Position(position)) => {
            let head = *log.head().borrow();
            if head <= position.0 {
                return Err(Failure {
                    code: 1,
                    message: format!("the log holds {head} events; there is none at @{}", position.0),
                    json: None,
                });
            }
            let mut board = Folded::default();
            fold_to(log, &mut board, position.0 + 1, BATCH_MAX).await?;
            board
        }
        Some(At::Moment(moment)) => {
            let mut replay = Replayed::default();
            let mut board = replay.seek(log, moment, None).await?.clone();
            // The desk's own bookkeeping is of today whatever day is looked at: zones come from the whole log.
            let whole = at_head(log, &Snapshots::beside(log.path())).await?;
            board.imports = whole.imports;
            board.site = whole.site;
            return Ok((board, moment));
        }
    };
    let as_of = board.latest_at.unwrap_or_else(|| Clock::System.now());
    Ok((board, as_of))
}

/// What figures are grouped by, as the command line names it.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum By {
    Day,
    HalfHour,
    Queue,
    Channel,
    Topic,
    Priority,
    Agent,
    Source,
}

impl By {
    fn dimension(self) -> Dimension {
        match self {
            Self::Day => Dimension::Day,
            Self::HalfHour => Dimension::HalfHour,
            Self::Queue => Dimension::Queue,
            Self::Channel => Dimension::Channel,
            Self::Topic => Dimension::Topic,
            Self::Priority => Dimension::Priority,
            Self::Agent => Dimension::Agent,
            Self::Source => Dimension::Source,
        }
    }
}

/// Which contacts count.
#[derive(Debug, Args)]
pub(super) struct Filter {
    /// Only contacts that began then or later (RFC 3339)
    #[arg(long, value_name = "T", value_parser = parse_moment)]
    from: Option<Moment>,
    /// Only contacts that began before then (RFC 3339)
    #[arg(long, value_name = "T", value_parser = parse_moment)]
    to: Option<Moment>,
    /// Only this source
    #[arg(long)]
    source: Option<String>,
    /// Only this queue
    #[arg(long)]
    queue: Option<String>,
    /// Only this channel
    #[arg(long)]
    channel: Option<String>,
}

pub(super) fn parse_moment(text: &str) -> Result<Moment, String> {
    moment(text).map_err(|error| error.to_string())
}

impl Filter {
    fn scope(&self) -> Scope {
        Scope {
            source: self.source.clone(),
            from: self.from,
            to: self.to,
            queue: self.queue.clone(),
            channel: self.channel.clone(),
            ..Scope::default()
        }
    }

    /// Days of one source are days where that source is; with one source in the log, that is the one.
    fn lens(&self, board: &Folded, as_of: Moment) -> Lens {
        let sources = board.conversations.sources();
        let only = match (self.source.as_deref(), sources.as_slice()) {
            (Some(source), _) => Some(source),
            (None, [source]) => Some(source.as_str()),
            (None, _) => None,
        };
        Lens { as_of, today: as_of, zone: board.zone(only).to_owned() }
    }
}

/// `retrace metrics`
#[derive(Debug, Args)]
pub(super) struct Metrics {
    /// As known at this moment: RFC 3339 or @POSITION
    #[arg(long, value_name = "T", value_parser = at)]
    at: Option<At>,
    #[command(flatten)]
    filter: Filter,
    /// Group by these
    #[arg(long, value_delimiter = ',', value_enum)]
    by: Vec<By>,
    /// Only this metric, as ID or ID@VERSION; may be given again
    #[arg(long = "metric", value_name = "ID")]
    metrics: Vec<String>,
    /// List the positions of the events behind each figure
    #[arg(long)]
    events: bool,
}

impl Metrics {
    pub(super) async fn run(self, log: &Path, json: bool) -> Result<(), Failure> {
        let metrics = self.wanted()?;
        let log = SqliteLog::open_to_read(log).await?;
        let (board, as_of) = board_at(&log, self.at).await?;
        let lens = self.filter.lens(&board, as_of);
        let by: Vec<Dimension> = self.by.iter().map(|by| by.dimension()).collect();
        let groups = groups(&board, &metrics, &by, &self.filter.scope(), &lens);
        if json {
            print::json(&self.rows(&board, &metrics, &groups, &lens));
            return Ok(());
        }
        for group in &groups {
            let key: Vec<&str> = group.key.iter().map(|name| name.as_deref().unwrap_or("(not recorded)")).collect();
            let key = key.join(" · ");
            for figure in &group.figures {
                print::text(&format!(
                    "{key:<28} {:<26} {:>12}   n = {}\n",
                    format!("{}@{}", figure.metric, figure.version),
                    print::value(figure),
                    figure.n
                ));
            }
        }
        Ok(())
    }

    fn wanted(&self) -> Result<Vec<Metric>, Failure> {
        if self.metrics.is_empty() {
            return Ok(Metric::ALL.to_vec());
        }
        let named = |text: &String| {
            let (id, version) = text.split_once('@').unwrap_or((text, ""));
            let metric =
                Metric::named(id).ok_or_else(|| wrong(format!("no metric is called {id:?}; those that are: {}", known())))?;
            let known = metric.definition().version.to_string();
            if version.is_empty() || version == known {
                Ok(metric)
            } else {
                Err(wrong(format!("{id} has version {known}, not {version}")))
            }
        };
        self.metrics.iter().map(named).collect()
    }

    fn rows(&self, board: &Folded, metrics: &[Metric], groups: &[Group], lens: &Lens) -> Vec<serde_json::Value> {
        let names: Vec<String> =
            self.by.iter().filter_map(|by| by.to_possible_value()).map(|value| value.get_name().to_owned()).collect();
        let mut rows = Vec::new();
        for group in groups {
            let key: serde_json::Map<String, serde_json::Value> =
                names.iter().cloned().zip(group.key.iter().map(|name| json!(name))).collect();
            for (figure, metric) in group.figures.iter().zip(metrics) {
                let mut row = json!({
                    "metric": figure.metric,
                    "version": figure.version,
                    "group": key,
                    "value": figure.value,
                    "numerator": figure.numerator,
                    "denominator": figure.denominator,
                    "n": figure.n,
                    "unit": figure.unit,
                    "position": figure.position,
                });
                if self.events {
                    let behind = evidence(board, *metric, &figure.scope, lens);
                    row["events"] = behind.iter().map(|evidence| evidence.position.0).collect();
                }
                rows.push(row);
            }
        }
        rows
    }
}

fn known() -> String {
    Metric::ALL.iter().map(|metric| metric.id()).collect::<Vec<_>>().join(", ")
}

/// `retrace figures`
#[derive(Debug, Args)]
pub(super) struct Figures {
    /// The set's name
    #[arg(long, value_name = "NAME")]
    set: String,
}

impl Figures {
    pub(super) async fn run(self, log: &Path, json: bool) -> Result<(), Failure> {
        let log = SqliteLog::open_to_read(log).await?;
        let (board, _) = board_at(&log, None).await?;
        let sets = crate::figures::SETS.join(", ");
        let set = crate::figures::set(&self.set, &board)
            .ok_or_else(|| wrong(format!("no set of figures is called {:?}; those that are: {sets}", self.set)))?;
        if json {
            print::json(&set);
        } else {
            print::text(&format!("{}\n", serde_json::to_string_pretty(&set).map_err(anyhow::Error::from)?));
        }
        Ok(())
    }
}

/// `retrace board`
#[derive(Debug, Args)]
pub(super) struct Board {
    /// As known at this moment: RFC 3339 or @POSITION
    #[arg(long, value_name = "T", value_parser = at)]
    at: Option<At>,
}

impl Board {
    pub(super) async fn run(self, log: &Path, json: bool) -> Result<(), Failure> {
        let log = SqliteLog::open_to_read(log).await?;
        let (board, as_of) = board_at(&log, self.at).await?;
        if json {
            print::json(&document(&board, as_of));
        } else {
            print::text(&day(&board, as_of));
        }
        Ok(())
    }
}

fn lens_of(board: &Folded, as_of: Moment) -> Lens {
    let sources = board.conversations.sources();
    let today = board.conversations.latest_start(None).unwrap_or(as_of);
    Lens { as_of, today, zone: board.zone(sources.first().map(String::as_str)).to_owned() }
}

/// Every view of a board, as one JSON document.
fn document(board: &Folded, as_of: Moment) -> serde_json::Value {
    let lens = lens_of(board, as_of);
    let query = projections::trail::ConversationQuery { limit: projections::trail::PAGE_MAX, ..Default::default() };
    json!({
        "as_of": events::cloudevent::rfc3339(as_of),
        "position": board.n_facts,
        "digest": digest(board),
        "content_digest": content_digest(board),
        "n_poison": board.n_poison,
        "live": live(board, &Scope::default(), Range::All, &lens),
        "day": live(board, &Scope::default(), Range::Day, &lens),
        "conversations": projections::trail::conversations(board, &query, &lens),
        "imports": { "by_id": imports(board) },
        "definitions": Metric::ALL.iter().map(|metric| metric.definition()).collect::<Vec<_>>(),
    })
}

/// The imports, each with the first of its notes and their number: a file of rubbish has a note for every row.
fn imports(board: &Folded) -> serde_json::Map<String, serde_json::Value> {
    let told = |import: &projections::import::Import| {
        let notes = import.notes.iter().take(projections::trail::PAGE_MAX as usize).cloned().collect();
        let shown = projections::import::Import { notes, ..import.clone_without_notes() };
        let mut told = json!(shown);
        told["n_notes"] = json!(import.notes.len());
        told
    };
    board.imports.by_id.iter().map(|(id, import)| (id.clone(), told(import))).collect()
}

/// The day's board for a person without a window.
pub(super) fn day(board: &Folded, as_of: Moment) -> String {
    use std::fmt::Write;
    let lens = lens_of(board, as_of);
    let view = live(board, &Scope::default(), Range::Day, &lens);
    let zone = projections::figure::zone_of(&lens.zone);
    let mut text = format!("{}  {}  #{}\n", projections::figure::in_zone(as_of, &zone), lens.zone, board.n_facts);
    let shown = [
        Metric::ServiceLevel,
        Metric::Offered,
        Metric::Answered,
        Metric::Abandoned,
        Metric::AbandonRate,
        Metric::SpeedOfAnswer,
        Metric::HandleTime,
        Metric::Waiting,
        Metric::Satisfied,
    ];
    for metric in shown {
        if let Some(figure) = view.totals.iter().find(|figure| figure.metric == metric.id()) {
            // Writing into a text cannot fail.
            writeln!(text, "  {:<24} {:>10}   n = {}", figure.metric, print::value(figure), figure.n).ok();
        }
    }
    text
}
