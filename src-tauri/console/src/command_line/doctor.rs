//! `retrace doctor`: what is wrong with this machine or this log, one line each.

use std::path::Path;

use serde::Serialize;

use super::{Failure, print};
use crate::keys::custody::Keeper;
use crate::log::sqlite::SqliteLog;
use crate::log::{BATCH_MAX, EventLog, LogError};
use crate::projector::fold_to;
use crate::snapshots::{Snapshots, digest};
use crate::verbs::Trouble;

#[derive(Serialize)]
struct Check {
    check: &'static str,
    /// `None`: neither right nor wrong, only said.
    good: Option<bool>,
    detail: String,
}

/// Checks the log (every event read and folded, a snapshot compared) and the surroundings.
pub(super) async fn run(path: &Path, json: bool) -> Result<(), Failure> {
    let mut checks = vec![Check { check: "build", good: None, detail: env!("CARGO_PKG_VERSION").to_owned() }];
    checks.extend(log(path).await);
    checks.extend(surroundings());
    let bad = checks.iter().any(|check| check.good == Some(false));
    if json {
        print::json(&checks);
    } else {
        for Check { check, good, detail } in &checks {
            let mark = good.map_or("·", |good| if good { "✓" } else { "✗" });
            print::text(&format!("{mark} {check:<14} {detail}\n"));
        }
    }
    if bad { Err(Failure { code: 3, message: "the log needs attention".to_owned(), json: None }) } else { Ok(()) }
}

async fn log(path: &Path) -> Vec<Check> {
    if !path.exists() {
        return vec![Check { check: "log", good: None, detail: format!("none yet at {}", path.display()) }];
    }
    let log = match SqliteLog::open_to_read(path).await {
        Ok(log) => log,
        Err(error) => return vec![Check { check: "log", good: Some(false), detail: error.to_string() }],
    };
    let head = *log.head().borrow();
    let mut board = projections::Board::default();
    let read = fold_to(&log, &mut board, head, BATCH_MAX).await;
    let mut checks = vec![match read {
        Ok(_) => Check { check: "log", good: Some(true), detail: format!("{head} events, all readable, at {}", path.display()) },
        Err(error) => {
            Check { check: "log", good: Some(false), detail: format!("{} of {head} events readable: {error}", board.n_facts) }
        }
    }];
    checks.push(Check { check: "not understood", good: Some(board.n_poison == 0), detail: format!("{} events", board.n_poison) });
    checks.push(Check { check: "board", good: None, detail: digest(&board) });
    checks.push(snapshot(&log, path).await);
    checks.push(keys(&log));
    checks
}

/// Who keeps the keys of the log's personal texts. A file is right, and worth a warning.
fn keys(log: &SqliteLog) -> Check {
    let kept = |detail: &str| Check { check: "keys", good: Some(true), detail: detail.to_owned() };
    match log.keys().map(|keys| keys.custody().keeper()) {
        Ok(Keeper::Keyring) => kept("kept by the system's keyring"),
        Ok(Keeper::Passphrase) => kept("kept under a passphrase"),
        Ok(Keeper::File) => Check {
            good: None,
            ..kept("warning: kept in a file; whoever may read this account's files may read the texts (RETRACE_KEYS)")
        },
        Err(LogError::File { code: Trouble::KeysLocked, detail, .. }) => {
            Check { good: None, ..kept(&format!("locked: {detail}")) }
        }
        Err(error) => Check { good: Some(false), ..kept(&error.to_string()) },
    }
}

/// A snapshot is believed only if folding from nothing to its place gives the same bytes.
async fn snapshot(log: &SqliteLog, path: &Path) -> Check {
    let Some((saved, _)) = Snapshots::beside(path).newest() else {
        return Check { check: "snapshot", good: None, detail: "none yet".to_owned() };
    };
    let mut board = projections::Board::default();
    let folded = fold_to(log, &mut board, saved.n_facts, BATCH_MAX).await;
    let same = folded.is_ok() && digest(&board) == digest(&saved);
    Check {
        check: "snapshot",
        good: Some(same),
        detail: format!(
            "at {} events, {}",
            saved.n_facts,
            if same { "as folded from nothing" } else { "differs: delete the -derived folder" }
        ),
    }
}

fn surroundings() -> Vec<Check> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let display = variable("WAYLAND_DISPLAY").or_else(|| variable("DISPLAY"));
    let bus = variable("DBUS_SESSION_BUS_ADDRESS");
    vec![
        Check { check: "display", good: None, detail: display.unwrap_or_else(|| "none: use `retrace serve`".to_owned()) },
        Check {
            check: "notifications",
            good: None,
            detail: bus.map_or_else(
                || "no session bus: alerts are shown in the window only".to_owned(),
                |_| "session bus found".to_owned(),
            ),
        },
        Check {
            check: "time zones",
            good: None,
            detail: format!("{} in the bundled database", jiff::tz::db().available().count()),
        },
    ]
}
