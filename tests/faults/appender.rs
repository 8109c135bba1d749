//! The writer that the fault tests kill and starve: it appends a made-up day and says after each batch how far the log stands.
//!
//! `appender LOG [snapshots] [tries=N] [asks] [holds] [stays]`: `ACK n` once the log holds `n` facts for good, `ERR code` for
//! each refusal, `END n` when the whole day is in. Delivering again what is there adds nothing, so every run goes on
//! where the last one was stopped.

use std::io::{BufRead, Write};
use std::path::Path;
use std::process::ExitCode;

use console::clock::Clock;
use console::log::sqlite::SqliteLog;
use console::log::{EventLog, LogError};
use console::projector::{fold_to, resume};
use console::snapshots::Snapshots;
use tests::made_up::{EVENING, one_day};

/// Conversations of the day.
const CONVERSATIONS: usize = 12;
/// Facts per append.
const BATCH: usize = 12;

/// One line, in one system call: the moment of the acknowledgement is the moment of that call.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush()).expect("the standard output takes a line");
}

/// Waits for the test to say that it may go on.
fn ask() {
    std::io::stdin().lock().read_line(&mut String::new()).expect("the standard input gives a line");
}

fn word(error: &LogError) -> String {
    if let LogError::File { code, detail, .. } = error { format!("{} {detail}", code.word()) } else { error.to_string() }
}

async fn append(path: &Path, wishes: &[String]) -> Result<(), LogError> {
    let wished = |wish: &str| wishes.iter().any(|given| given == wish);
    let tries: usize = wishes.iter().find_map(|wish| wish.strip_prefix("tries=")?.parse().ok()).unwrap_or(1);
    let log = SqliteLog::open(path, Clock::chosen(EVENING)).await?;
    say(&format!("OPEN {}", *log.head().borrow()));
    if wished("holds") {
        ask();
    }
    let snapshots = Snapshots::beside(path);
    let mut board = resume(&log, &snapshots).await?;
    for batch in one_day(CONVERSATIONS, 1).chunks(BATCH) {
        let mut left = tries;
        while let Err(error) = log.ingest(batch.to_vec(), |_ingested| Vec::new()).await {
            say(&format!("ERR {}", word(&error)));
            let head = *log.head().borrow();
            // Nothing is known to be written: what was there before can be read all the same.
            let read = log.read(0, usize::try_from(head).unwrap_or(usize::MAX)).await?.len() as u64;
            say(&format!("READ {read} of {head}"));
            left -= 1;
            if left == 0 {
                return Err(error);
            }
            if wished("asks") {
                ask();
            }
        }
        let head = *log.head().borrow();
        say(&format!("ACK {head}"));
        if wished("snapshots")
            && let Some(last) = fold_to(&log, &mut board, head, BATCH).await?
        {
            snapshots.save(&board, last);
        }
    }
    if wished("stays") {
        say("STAY");
        ask();
    }
    let head = *log.head().borrow();
    log.close().await;
    say(&format!("END {head}"));
    Ok(())
}

fn main() -> ExitCode {
    console::command_line::ignore_file_size_signal();
    console::command_line::log_to_stderr();
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().expect("the log's path comes first");
    let wishes: Vec<String> = arguments.collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("the system gives a runtime");
    match runtime.block_on(append(Path::new(&path), &wishes)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("ERR {}", word(&error)));
            ExitCode::from(3)
        }
    }
}
