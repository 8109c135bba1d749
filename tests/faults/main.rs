//! Faults, made on purpose: whatever breaks, nothing that was acknowledged is lost and nothing wrong is shown.
//!
//! One file per injector. `cargo test` tries a sample that is the same each time; `make faults` (`FAULTS=all`) tries
//! every place and prints a table. R1 to R17 are the numbers of the faults in the README's table.
//!
//! The tests know nothing of how the log is written: they run the program, or the small writer in `appender.rs`, break
//! what it does or where it does it, and open what is left.

mod acknowledgement;
mod flips;
mod image;
mod instances;
mod kill;
mod layout;
mod media;
mod older;
mod poison;
mod power;
mod snapshots;
mod space;
mod strace;
mod tally;
mod victim;

use std::future::Future;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{PoisonError, RwLock};

use console::log::EventLog;
use console::log::sqlite::SqliteLog;
use console::projector::{at_head, fold_to};
use console::snapshots::{Snapshots, digest};
use projections::Board;

/// Whether every case is tried, and not a sample.
fn whole() -> bool {
    std::env::var_os("FAULTS").is_some_and(|wanted| wanted == "all")
}

/// `all` cases when every case is tried, else `few`.
fn cases(few: usize, all: usize) -> usize {
    if whole() { all } else { few }
}

/// A child holds its parent's locks from the moment it is made until it runs its own program. Whoever has a log open in
/// this process reads this lock; whoever makes a child writes it.
static CHILDREN: RwLock<()> = RwLock::new(());

/// Runs one thing that may open logs to its end.
fn wait<T>(what: impl Future<Output = T>) -> T {
    let _no_children = CHILDREN.read().unwrap_or_else(PoisonError::into_inner);
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("the system gives a runtime").block_on(what)
}

/// Makes a child process; nobody has a log open in this one meanwhile.
fn spawn(command: &mut Command) -> Child {
    let _no_logs = CHILDREN.write().unwrap_or_else(PoisonError::into_inner);
    command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// Copies a folder with all that is in it, by another process: closing a log's file here would drop SQLite's locks.
fn copy(from: &Path, to: &Path) {
    let copied = spawn(Command::new("cp").arg("-a").arg(from).arg(to)).wait().expect("cp runs");
    assert!(copied.success(), "{} can be copied", from.display());
}

/// The digests of the board as the program would open it, snapshots and all, and as folded from nothing.
async fn boards(log: &SqliteLog) -> Result<(String, String), console::log::LogError> {
    let opened = at_head(log, &Snapshots::beside(log.path())).await?;
    let mut folded = Board::default();
    let head = *log.head().borrow();
    fold_to(log, &mut folded, head, console::log::BATCH_MAX).await?;
    Ok((digest(&opened), digest(&folded)))
}
