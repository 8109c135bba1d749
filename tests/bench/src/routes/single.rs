//! One fact at a time: what a durable answer costs, beside the disk's own flush.
//!
//! Bursts of every way take turns in one process and on one disk, because the disk's mood changes by the second.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Instant;

use console::clock::Clock;
use console::log::sqlite::SqliteLog;
use console::log::{EventLog, Expected};
use events::NewEvent;
use rusqlite::{Connection, params};
use serde_json::{Map, Value, json};

use super::append;
use crate::load;
use crate::measure::{Watch, quantile};

/// Commits of a burst.
const BURST: usize = 250;
/// Appenders at once.
const APPENDERS: usize = 64;
/// Facts each of them appends in a burst, one after another.
const EACH: usize = 25;
/// What a flush writes: one page.
const PAGE_BYTES: usize = 4_096;

/// Runs `rounds` rounds of bursts.
pub(super) async fn run(folder: &Path, rounds: usize) -> anyhow::Result<Value> {
    let (_, facts) = load::facts(rounds * (BURST + APPENDERS * EACH))?;
    let mut facts = facts.into_iter();
    let mut take = |n: usize| facts.by_ref().take(n).collect::<Vec<NewEvent>>();
    let log = SqliteLog::open(&folder.join("single.retrace"), Clock::System).await?;
    let connection = append::open(&folder.join("single.sqlite"))?;
    let mut raw = File::create(folder.join("flushed"))?;
    // Laid out beforehand, as SQLite's own WAL is after its first checkpoint: a growing file costs more per flush.
    raw.write_all(&vec![0; PAGE_BYTES * BURST])?;
    raw.sync_all()?;
    let mut position = 0;
    let mut bursts: Map<String, Value> = Map::new();
    for _ in 0..rounds {
        let single = take(BURST);
        for (name, burst) in [
            ("fdatasync", flushed(&mut raw)?),
            ("ours", sequential(&log, single.clone()).await?),
            ("rusqlite", committed(&connection, &single, &mut position)?),
            ("ours_64", concurrent(&log, take(APPENDERS * EACH)).await?),
        ] {
            if let Value::Array(of_way) = bursts.entry(name).or_insert_with(|| json!([])) {
                of_way.push(burst);
            }
        }
    }
    let head = *log.head().borrow();
    log.close().await;
    let expected = rounds * (BURST + APPENDERS * EACH);
    anyhow::ensure!(head == expected as u64, "the log holds {head} facts, not {expected}");
    Ok(Value::Object(bursts))
}

fn burst(watch: &Watch, mut latencies: Vec<f64>) -> Value {
    let (wall_secs, cpu_secs) = watch.secs();
    latencies.sort_by(f64::total_cmp);
    json!({
        "wall_secs": wall_secs, "cpu_secs": cpu_secs, "n": latencies.len(),
        "p50_ms": quantile(&latencies, 0.5) * 1e3, "p99_ms": quantile(&latencies, 0.99) * 1e3,
    })
}

fn flushed(file: &mut File) -> anyhow::Result<Value> {
    let page = vec![1; PAGE_BYTES];
    file.seek(SeekFrom::Start(0))?;
    let watch = Watch::begin();
    let mut latencies = Vec::with_capacity(BURST);
    for _ in 0..BURST {
        let begun = Instant::now();
        file.write_all(&page)?;
        file.sync_data()?;
        latencies.push(begun.elapsed().as_secs_f64());
    }
    Ok(burst(&watch, latencies))
}

async fn sequential(log: &SqliteLog, facts: Vec<NewEvent>) -> anyhow::Result<Value> {
    let watch = Watch::begin();
    let mut latencies = Vec::with_capacity(facts.len());
    for fact in facts {
        let begun = Instant::now();
        let stream = fact.stream.clone();
        log.append(&stream, Expected::Any, vec![fact]).await?;
        latencies.push(begun.elapsed().as_secs_f64());
    }
    Ok(burst(&watch, latencies))
}

/// The same rows but for the version, which is the burst's own count: nothing is looked up.
fn committed(connection: &Connection, facts: &[NewEvent], position: &mut i64) -> anyhow::Result<Value> {
    if *position == 0 {
        // Versions are not counted here, so the trigger that checks them goes.
        connection.execute_batch("DROP TRIGGER event_is_only_appended;")?;
    }
    let watch = Watch::begin();
    let mut latencies = Vec::with_capacity(facts.len());
    for fact in facts {
        let begun = Instant::now();
        connection.prepare_cached(append::INSERT)?.execute(params![
            *position,
            fact.stream.as_str(),
            *position,
            fact.id.0.as_bytes().as_slice(),
            fact.body.event_type,
            fact.body.schema,
            fact.occurred_at.0,
            fact.occurred_at.0,
            serde_json::to_vec(&fact.meta)?,
            fact.body.data,
        ])?;
        latencies.push(begun.elapsed().as_secs_f64());
        *position += 1;
    }
    Ok(burst(&watch, latencies))
}

async fn concurrent(log: &SqliteLog, facts: Vec<NewEvent>) -> anyhow::Result<Value> {
    let watch = Watch::begin();
    let appenders: Vec<_> = facts
        .chunks(EACH)
        .map(|facts| {
            let (log, facts) = (log.clone(), facts.to_vec());
            tokio::spawn(async move {
                let mut latencies = Vec::with_capacity(EACH);
                for fact in facts {
                    let begun = Instant::now();
                    let stream = fact.stream.clone();
                    log.append(&stream, Expected::Any, vec![fact]).await?;
                    latencies.push(begun.elapsed().as_secs_f64());
                }
                Ok::<_, console::log::LogError>(latencies)
            })
        })
        .collect();
    let mut latencies = Vec::with_capacity(APPENDERS * EACH);
    for appender in appenders {
        latencies.extend(appender.await??);
    }
    Ok(burst(&watch, latencies))
}
