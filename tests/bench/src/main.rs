//! Measures the console beside its peers: append, import, replay, memory and views, in one interleaved run.
//!
//! `make bench` runs it. Every figure is the median of rounds in which the routes take turns, with the least and the
//! greatest; processor time stands beside wall time, because a machine is seldom quiet; and the answers of all routes
//! are compared before anything is believed. A peer that is not there is "not measured", with the reason.

mod answer;
mod bank;
mod load;
mod machine;
mod measure;
mod parts;
mod peers;
mod routes;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use serde_json::{Value, json};

use crate::parts::Bench;
use crate::peers::Peers;
use crate::table::{line, tell};

/// Measures append, import, replay, memory and views beside peers.
#[derive(Debug, Parser)]
#[command(name = "bench", args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    sizes: Sizes,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// One route in this process; for the bench itself
    #[command(subcommand, hide = true)]
    Route(routes::Route),
}

/// How much is measured.
#[derive(Clone, Debug, Args)]
struct Sizes {
    /// Events appended and replayed
    #[arg(long, default_value_t = 200_000)]
    events: usize,
    /// Calls imported; memory is measured with twice as many
    #[arg(long, default_value_t = 100_000)]
    calls: u64,
    /// Rounds in which the routes take turns
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Only these parts, by their names
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.verb {
        Some(Verb::Route(route)) => route.run().await.map(|said| {
            line(&said.to_string());
            true
        }),
        None => whole(arguments.sizes),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            tell("an answer differs, so its figures mean nothing");
            ExitCode::FAILURE
        }
        Err(error) => {
            tell(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// The whole run; says whether all answers agree.
fn whole(sizes: Sizes) -> anyhow::Result<bool> {
    let program = std::env::current_exe()?;
    let target = program.parent().and_then(std::path::Path::parent).context("a program lies in a folder")?.to_owned();
    let folder = target.join("bench-work");
    std::fs::remove_dir_all(&folder).ok();
    std::fs::create_dir_all(&folder)?;
    let peers = Peers::find(&target, tell);
    let begun = Instant::now();
    let before = machine::describe(&folder)?;
    line(&format!(
        "{} · {} cores · {} · {} · load {} · {} build",
        text(&before["processor"]),
        before["cores"],
        text(&before["memory"]),
        text(&before["file_system"]),
        text(&before["load"]),
        text(&before["build"]),
    ));
    line(&flushes("fdatasync of 4 KiB at the beginning", &before["fdatasync"]));
    line(&format!("{} events, {} calls, {} rounds; ours/peer above 1: ours is faster", sizes.events, sizes.calls, sizes.rounds));
    let bench = Bench {
        program,
        retrace: target_retrace(&target),
        folder,
        peers,
        sizes: (sizes.events, sizes.calls, sizes.rounds),
        only: sizes.only.clone(),
    };
    let (parts, agree) = bench.run()?;
    let after = machine::fdatasync(&bench.folder)?;
    line(&format!("\n{}", flushes("fdatasync of 4 KiB at the end", &after)));
    line(&format!("load {} at the end; {:.0} s in all", machine::load(), begun.elapsed().as_secs_f64()));
    let kept = json!({
        "machine": before, "fdatasync_at_end": after, "events": sizes.events, "calls": sizes.calls, "rounds": sizes.rounds,
        "secs": begun.elapsed().as_secs_f64(), "answers_agree": agree, "parts": parts,
    });
    let results = keep(&kept)?;
    std::fs::remove_dir_all(&bench.folder).ok();
    line(&format!("kept in {}", results.display()));
    Ok(agree)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("not told")
}

fn flushes(when: &str, rate: &Value) -> String {
    let of = |name: &str| table::number(rate[name].as_f64().unwrap_or(f64::NAN));
    format!("{when}: {}/s, p50 {} ms, p99 {} ms", of("per_sec"), of("p50_ms"), of("p99_ms"))
}

fn target_retrace(target: &std::path::Path) -> Result<PathBuf, String> {
    let program = target.join("release/retrace");
    if program.exists() { Ok(program) } else { Err("no release build of retrace: cargo build --release -p console".to_owned()) }
}

/// Writes the results beside the sources, under the second they were kept.
fn keep(results: &Value) -> anyhow::Result<PathBuf> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../bench-results"));
    std::fs::create_dir_all(&folder)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let path = folder.canonicalize()?.join(format!("{now}.json"));
    std::fs::write(&path, serde_json::to_vec_pretty(results)?)?;
    Ok(path)
}
