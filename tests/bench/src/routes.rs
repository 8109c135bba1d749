//! The routes that are ours to run: each is one process, `bench route <name> …`, that prints one JSON line.

mod append;
mod board;
mod evidence;
mod mask;
mod replay;
mod single;
mod sources;
mod views;

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::Value;

/// One route.
#[derive(Debug, Subcommand)]
pub(crate) enum Route {
    /// Appends the load to a new log, in batches
    AppendOurs { log: PathBuf, n: usize },
    /// The same with nothing hashed or signed
    AppendUnkept { log: PathBuf, n: usize },
    /// The same with nothing hashed or signed, and no text to seal
    AppendTextless { log: PathBuf, n: usize },
    /// Verifies the whole log
    Verify { log: PathBuf },
    /// Appends the load to a new file of the same layout through rusqlite
    AppendRusqlite {
        log: PathBuf,
        n: usize,
        /// Leaves out the triggers
        #[arg(long)]
        bare: bool,
    },
    /// Says what lies in a log's rows
    Rows { log: PathBuf },
    /// Writes the log as CloudEvents, without personal texts
    Export { log: PathBuf, to: PathBuf },
    /// Commits single facts in several ways, in turns
    Single { folder: PathBuf, rounds: usize },
    /// Folds the log as the console does
    ReplayOurs { log: PathBuf },
    /// Folds the log row by row through sqlx
    ReplaySqlx { log: PathBuf },
    /// Folds the log row by row through rusqlite
    ReplayRusqlite { log: PathBuf },
    /// Weighs the folded board
    Weigh { log: PathBuf },
    /// Saves and restores the board in several ways, in turns
    Snapshots { log: PathBuf, rounds: usize },
    /// From an open file to the first view, from nothing
    StartCold { log: PathBuf },
    /// From an open file to the first view, from a snapshot
    StartWarm { log: PathBuf },
    /// Masks a long text
    Mask { way: mask::Way, mb: usize },
    /// Reads and translates a file of a source, and writes nothing
    Translate { source: String, file: PathBuf },
    /// Times the views, at rest and while facts arrive
    Views { log: PathBuf, n: usize },
}

impl Route {
    /// Runs it.
    ///
    /// # Errors
    /// What the work says; the process then ends with an error, and the table with "not measured".
    pub(crate) async fn run(self) -> anyhow::Result<Value> {
        match self {
            Self::AppendOurs { log, n } => append::ours(&log, n, append::Without::Nothing).await,
            Self::AppendUnkept { log, n } => append::ours(&log, n, append::Without::Evidence).await,
            Self::AppendTextless { log, n } => append::ours(&log, n, append::Without::EvidenceAndTexts).await,
            Self::Verify { log } => evidence::verified(&log).await,
            Self::AppendRusqlite { log, n, bare } => append::rusqlite(&log, n, bare),
            Self::Rows { log } => append::rows(&log),
            Self::Export { log, to } => replay::export(&log, &to).await,
            Self::Single { folder, rounds } => single::run(&folder, rounds).await,
            Self::ReplayOurs { log } => replay::ours(&log).await,
            Self::ReplaySqlx { log } => replay::sqlx(&log).await,
            Self::ReplayRusqlite { log } => replay::rusqlite(&log),
            Self::Weigh { log } => board::weigh(&log).await,
            Self::Snapshots { log, rounds } => board::snapshots(&log, rounds).await,
            Self::StartCold { log } => board::start(&log, false).await,
            Self::StartWarm { log } => board::start(&log, true).await,
            Self::Mask { way, mb } => mask::run(way, mb),
            Self::Translate { source, file } => sources::translate(&source, &file),
            Self::Views { log, n } => views::run(&log, n).await,
        }
    }
}
