//! The command line: everything the window can do, scripted.
//!
//! With `--json` each verb prints one JSON document on the standard output; progress and messages go to the standard
//! error. Exit code 0: done; 1: the answer is no, or a file is not what it should be; 2: wrong usage; 3: the log is
//! damaged or cannot be stored.

mod claims;
mod doctor;
mod export;
mod feed;
mod imports;
mod look;
mod mask;
mod personal;
mod preview;
mod print;
mod prove;
mod replay;
mod stats;
mod take;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

use crate::log::LogError;
use crate::verbs::{Trouble, WindowError};

/// The flight recorder and control tower of a customer-service desk.
#[derive(Debug, Parser)]
#[command(name = "retrace", version, arg_required_else_help = true, max_term_width = 100)]
struct Arguments {
    /// The log; the desk's own when not given
    #[arg(long, global = true, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Print one JSON document on the standard output
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Read foreign logs into the log
    #[command(
        after_help = "Example:\n  retrace --log desk.retrace import --source anonymous-bank calls.tsv.gz\n  retrace --log desk.retrace import --watch inbox\n  tail -n +1 -f events.jsonl | retrace import --source cloudevents -"
    )]
    Import(take::Import),
    /// Past imports: by which mapping, what came of them, and every row that was mended or left out
    #[command(after_help = "Example:\n  retrace --log desk.retrace imports 5f1c --notes")]
    Imports(imports::Imports),
    /// Make up a believable desk: the sample day, the demo, the load
    #[command(after_help = "Example:\n  retrace --log sample.retrace simulate --seed 7 --days 1 --agents 24")]
    Simulate(take::Simulate),
    /// Figures by definition, group and moment
    #[command(after_help = "Example:\n  retrace metrics --by day,queue --metric sl.cisco_negative --metric asa.connect")]
    Metrics(look::Metrics),
    /// A set of figures under names agreed outside
    #[command(after_help = "Example:\n  retrace figures --set anonymous_bank --json")]
    Figures(look::Figures),
    /// What sources say they measured, beside what their facts show
    #[command(after_help = "Example:\n  retrace --log desk.retrace claims --differing --json")]
    Claims(claims::Claims),
    /// Every view at a moment
    #[command(after_help = "Example:\n  retrace board --at 1999-02-03T13:00:00+02:00 --json")]
    Board(look::Board),
    /// Fold the log again, at once or at a speed, and print the board's digest
    #[command(after_help = "Example:\n  retrace replay --speed 3600 --from 1999-02-03T12:00:00+02:00")]
    Replay(replay::Replay),
    /// Check every event against the signed checkpoints
    #[command(after_help = "Example:\n  retrace --log desk.retrace verify --against yesterday.checkpoint")]
    Verify(verify::Verify),
    /// Prove to a stranger that an event is in the log, or that the log only grew
    #[command(after_help = "Example:\n  retrace --log desk.retrace prove @1234 --out event.tlog-proof")]
    Prove(prove::Prove),
    /// Sign what is new, and print the latest checkpoint to keep elsewhere
    #[command(after_help = "Example:\n  retrace --log desk.retrace checkpoint > today.checkpoint")]
    Checkpoint,
    /// Write the log in a format others read
    #[command(
        after_help = "Example:\n  retrace export --format cloudevents --out log.jsonl\n  retrace export --format xes --out log.xes.gz --json"
    )]
    Export(export::Export),
    /// Serve the console on 127.0.0.1 for a browser, with a one-time token
    #[command(after_help = "Example:\n  retrace --log desk.retrace serve --port 8717")]
    Serve(take::Serve),
    /// Make a customer's texts unreadable for ever, and search every file for what is left
    #[command(after_help = "Example:\n  retrace --log desk.retrace forget 27997406 --reason \"asked on 3 March\"")]
    Forget(personal::About),
    /// Keep a customer's texts, but neither show nor use them
    #[command(after_help = "Example:\n  retrace --log desk.retrace restrict 27997406 --reason \"disputed\"")]
    Restrict(personal::About),
    /// Let a restricted customer's texts be used again
    #[command(after_help = "Example:\n  retrace --log desk.retrace release 27997406 --reason \"settled\"")]
    Release(personal::About),
    /// Show a customer's texts as they are, for a while; it is recorded first
    #[command(after_help = "Example:\n  retrace --log desk.retrace unmask 27997406 --reason \"call back\" --ticket 4711")]
    Unmask(personal::Unmask),
    /// Find what is personal in texts, and hide it by a policy
    #[command(after_help = "Example:\n  retrace mask --json < texts.jsonl\n\nEach line is an object with `id` and `text`.")]
    Mask(mask::Mask),
    /// Answer statistical cases: experiments, staffing, and what is learnt along the way
    #[command(
        after_help = "Example:\n  retrace stats --json < cases.json\n\nThe document is {\"cases\": [{\"id\": 1, \"category\": \
                             \"erlang_c_metrics\", \"inputs\": {\"contacts\": 240, \"interval_s\": 1800, \"aht_s\": 300, \
                             \"agents\": 45, \"target_s\": 20}}]}."
    )]
    Stats(stats::Stats),
    /// Look for what is wrong with this machine or this log
    #[command(after_help = "Example:\n  retrace --log desk.retrace doctor")]
    Doctor,
    /// Print completions for a shell
    #[command(after_help = "Example:\n  retrace completions bash > ~/.local/share/bash-completion/completions/retrace")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(after_help = "Example:\n  retrace man | man -l -")]
    Man,
}

/// How personal text leaves an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum PersonalChoice {
    /// Not at all
    None,
    /// Masked
    #[default]
    Masked,
    /// As it is: the receiver then holds customers' words. Needs --reason, and is recorded
    Plain,
}

/// Why a verb ends with another code than 0.
#[derive(Debug)]
struct Failure {
    code: u8,
    message: String,
    json: Option<serde_json::Value>,
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self { code: 3, message: format!("{error:#}"), json: None }
    }
}

impl From<LogError> for Failure {
    fn from(error: LogError) -> Self {
        WindowError::from(error).into()
    }
}

impl From<WindowError> for Failure {
    fn from(error: WindowError) -> Self {
        let code = match &error {
            WindowError::Rejected { .. } | WindowError::Unknown { .. } => 1,
            WindowError::BadQuestion { .. } => 2,
            WindowError::Trouble { code, .. } if code.of_the_log() => 3,
            // Nothing is wrong with the file: the call lacks what it needs.
            WindowError::Trouble { code: Trouble::MappingMissing | Trouble::MappingWrong, .. } => 2,
            WindowError::Trouble { .. } => 1,
            WindowError::Internal { .. } => 3,
        };
        let message = print::sentence(&error);
        Self { code, message, json: serde_json::to_value(&error).ok() }
    }
}

/// An error as one sentence in the reader's language: what, where, and what to do.
#[must_use]
pub fn sentence(error: &WindowError) -> String {
    print::sentence(error)
}

/// Where the desk's own log lies when no other is named.
#[must_use]
pub fn own_log() -> PathBuf {
    directories::ProjectDirs::from("", "", "retrace")
        .map_or_else(|| PathBuf::from("desk.retrace"), |folders| folders.data_dir().join("desk.retrace"))
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    ignore_file_size_signal();
    log_to_stderr();
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            print::message(&format!("the system gives no threads: {error}"));
            return ExitCode::from(3);
        }
    };
    let json = arguments.json;
    match runtime.block_on(run(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let (true, Some(value)) = (json, failure.json) {
                print::json(&serde_json::json!({ "error": value }));
            }
            print::message(&failure.message);
            ExitCode::from(failure.code)
        }
    }
}

/// Tells faults on the standard error, as much as `RETRACE_LOG` asks for (`warn` when it is not set).
pub fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("RETRACE_LOG").unwrap_or_else(|_unset| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).without_time().init();
}

/// Writing past a file-size limit must be an error that is told, not the death of the process.
pub fn ignore_file_size_signal() {
    #[cfg(unix)]
    {
        let seen = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        // Where the signal cannot be taken, the default stays: nothing else depends on it.
        signal_hook::flag::register(signal_hook::consts::SIGXFSZ, seen).ok();
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { log, json, verb } = arguments;
    let log = log.unwrap_or_else(own_log);
    match verb {
        Verb::Import(import) => import.run(&log, json).await,
        Verb::Imports(imports) => imports.run(&log, json).await,
        Verb::Simulate(simulate) => simulate.run(&log, json).await,
        Verb::Metrics(metrics) => metrics.run(&log, json).await,
        Verb::Figures(figures) => figures.run(&log, json).await,
        Verb::Claims(claims) => claims.run(&log, json).await,
        Verb::Board(board) => board.run(&log, json).await,
        Verb::Replay(replay) => replay.run(&log, json).await,
        Verb::Verify(verify) => verify.run(&log, json).await,
        Verb::Prove(prove) => prove.run(&log, json).await,
        Verb::Checkpoint => prove::checkpoint(&log, json).await,
        Verb::Export(export) => export.run(&log, json).await,
        Verb::Serve(serve) => serve.run(&log, json).await,
        Verb::Forget(about) => personal::forget(about, &log, json).await,
        Verb::Restrict(about) => personal::set_standing(about, false, &log, json).await,
        Verb::Release(about) => personal::set_standing(about, true, &log, json).await,
        Verb::Unmask(unmask) => unmask.run(&log, json).await,
        Verb::Mask(mask) => mask.run(json),
        Verb::Stats(stats) => stats.run(json),
        Verb::Doctor => doctor::run(&log, json).await,
        Verb::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "retrace", &mut text);
            print::text(&String::from_utf8_lossy(&text));
            Ok(())
        }
        Verb::Man => {
            let mut text = Vec::new();
            clap_mangen::Man::new(Arguments::command()).render(&mut text).map_err(anyhow::Error::from)?;
            print::text(&String::from_utf8_lossy(&text));
            Ok(())
        }
    }
}
