//! `retrace import --watch`: what appears in a folder, until somebody interrupts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use events::import::Report;
use serde_json::{Value, json};

use super::take::{add, cancelled_by_signal, summary};
use super::{Failure, print};
use crate::clock::Clock;
use crate::desk::Desk;
use crate::import::folder::{Taken, Watch, earlier, watch};
use crate::import::{Cancel, Ending};
use crate::log::EventLog;
use crate::log::sqlite::SqliteLog;
use crate::projector::at_head;
use crate::snapshots::Snapshots;
use crate::sources::SourceKind;
use crate::verbs::WindowError;

/// Watches a folder; with `json`, a line for every file that was read, and one for all at the end.
pub(super) async fn run(
    log: &Path,
    folder: PathBuf,
    source: Option<&str>,
    mapping: Option<String>,
    json: bool,
) -> Result<(), Failure> {
    let log = SqliteLog::open(log, Clock::System).await?;
    let board = at_head(&log, &Snapshots::beside(log.path())).await?;
    let what = Watch { folder: folder.clone(), source: source.and_then(SourceKind::named), mapping, earlier: earlier(&board) };
    drop(board);
    let cancel = cancelled_by_signal();
    print::message(&format!("watching {}; stop with Ctrl-C", folder.display()));
    let (mut total, mut n_files, mut n_in_trouble) = (Report::default(), 0_u64, 0_u64);
    let watched = watch(&log, &Clock::System, what, &cancel, |taken| {
        add(&mut total, &taken.report);
        n_files += 1;
        n_in_trouble += u64::from(trouble(&taken).is_some());
        if json {
            print::json(&told(&taken));
        } else {
            print::message(&line(&taken));
        }
    })
    .await;
    // A log that was in trouble just now has none to give.
    let checkpoint = if watched.is_ok() { log.checkpoint().await? } else { None };
    let position = *log.head().borrow();
    log.close().await;
    watched.map_err(|error| Failure::from(WindowError::from(error)))?;
    let signed = checkpoint.map(|checkpoint| checkpoint.head.size);
    if json {
        let mut said = counted(&total);
        said["files"] = json!(n_files);
        said["in_trouble"] = json!(n_in_trouble);
        said["position"] = json!(position.checked_sub(1));
        said["signed_events"] = json!(signed);
        print::json(&said);
    } else {
        let signed = signed.map_or_else(String::new, |size| format!("signed up to {size} events\n"));
        print::text(&format!("{}{n_files} files read, {n_in_trouble} in trouble\n{signed}", summary(&total, position)));
    }
    Ok(())
}

/// Watches a folder beside a desk that is served.
pub(super) fn beside(desk: Arc<Desk>, folder: PathBuf, cancel: Cancel) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let what = Watch { folder: folder.clone(), source: None, mapping: None, earlier: desk.earlier_readings() };
        let told = |taken: Taken| print::message(&line(&taken));
        if let Err(error) = watch(desk.log(), &Clock::System, what, &cancel, told).await {
            print::message(&format!("{}: {}", folder.display(), print::sentence(&WindowError::from(error))));
        }
    })
}

/// Why a file could not be read, or not to its end.
fn trouble(taken: &Taken) -> Option<WindowError> {
    match &taken.ending {
        Ok(Ending::Finished | Ending::Cancelled) => None,
        Ok(Ending::Interrupted(error)) | Err(error) => Some(error.clone().into()),
    }
}

fn told(taken: &Taken) -> Value {
    let mut said = counted(&taken.report);
    said["file"] = json!(taken.path);
    said["source"] = json!(taken.source);
    if let Some(error) = trouble(taken) {
        said["error"] = json!(error);
    }
    said
}

fn counted(report: &Report) -> Value {
    json!({
        "rows_read": report.n_rows_read,
        "events_written": report.n_events_written,
        "already_present": report.n_already_present,
        "repaired": report.repaired,
        "refused": report.refused,
    })
}

fn line(taken: &Taken) -> String {
    let name = taken.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let name = print::visible(&name);
    match trouble(taken) {
        Some(error) => format!("{name}: {}", print::sentence(&error)),
        None => {
            let Report { n_rows_read, n_events_written, n_already_present, .. } = &taken.report;
            format!("{name}: {n_rows_read} rows read, {n_events_written} events written, {n_already_present} already there")
        }
    }
}
