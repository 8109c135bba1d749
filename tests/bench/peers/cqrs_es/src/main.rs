//! The peer `cqrs-es` 0.5 over `sqlite-es` 0.5: persists the events of a CloudEvents file, and replays them.
//!
//! `append FILE.sqlite EVENTS.jsonl` persists 4,096 events a transaction, WAL and synchronous=FULL as the console does
//! (its own default is NORMAL). `replay FILE.sqlite` folds them with the console's own fold through `replay_all`.
//! Each ends with one line of JSON.

#[path = "../../../src/answer.rs"]
mod answer;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::{PersistedEventRepository, QueryReplay, SerializedEvent};
use cqrs_es::{Aggregate, DomainEvent, EventEnvelope, Query};
use events::cloudevent::{CloudEvent, unwrap};
use events::{EventId, Meta, Moment, Position, Recorded, StreamId, Version, codec};
use projections::{Board, Projection};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlite_es::SqliteEventRepository;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Pool, Sqlite};

const BATCH_MAX: usize = 4_096;
/// The table of sqlite-es, from its own first migration.
const LAYOUT: &str = "CREATE TABLE events (
  aggregate_type text NOT NULL, aggregate_id text NOT NULL, sequence integer CHECK (sequence >= 0) NOT NULL,
  event_type text NOT NULL, event_version text NOT NULL, payload text NOT NULL, metadata text NOT NULL,
  PRIMARY KEY (aggregate_type, aggregate_id, sequence)) STRICT";

/// An event as it is persisted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Fact {
    id: EventId,
    event_type: String,
    schema: u32,
    occurred_us: i64,
    source: String,
    data: Value,
}

impl DomainEvent for Fact {
    fn event_type(&self) -> String {
        self.event_type.clone()
    }

    fn event_version(&self) -> String {
        self.schema.to_string()
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Stream {}

impl Aggregate for Stream {
    const TYPE: &'static str = "stream";
    type Command = ();
    type Event = Fact;
    type Error = std::fmt::Error;
    type Services = ();

    async fn handle(&mut self, (): (), (): &(), _sink: &EventSink<Self>) -> Result<(), Self::Error> {
        Ok(())
    }

    fn apply(&mut self, _fact: Fact) {}
}

/// The console's fold behind the framework's own query.
struct Folding(Arc<Mutex<Board>>);

#[async_trait::async_trait]
impl Query<Stream> for Folding {
    async fn dispatch(&self, stream: &str, events: &[EventEnvelope<Stream>]) {
        let mut board = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for envelope in events {
            let fact = &envelope.payload;
            let data = serde_json::to_vec(&fact.data).expect("it was JSON");
            let position = Position(board.n_facts);
            board.evolve(&Recorded {
                position,
                stream: StreamId::try_from(stream.to_owned()).expect("it was a stream's name"),
                version: Version(envelope.sequence as u64),
                id: fact.id,
                occurred_at: Moment(fact.occurred_us),
                recorded_at: Moment(fact.occurred_us),
                meta: Meta { source: fact.source.clone(), ..Meta::default() },
                body: codec::decode(&fact.event_type, fact.schema, &data),
            });
        }
    }
}

async fn open(path: &str) -> Result<Pool<Sqlite>, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    SqlitePoolOptions::new().max_connections(2).connect_with(options).await
}

fn read(path: &str) -> Result<Vec<SerializedEvent>, Box<dyn std::error::Error>> {
    let mut next: HashMap<StreamId, usize> = HashMap::new();
    let mut all = Vec::new();
    for line in std::fs::read_to_string(path)?.lines() {
        let event = unwrap(serde_json::from_str::<CloudEvent>(line)?)?;
        let sequence = next.entry(event.stream.clone()).or_default();
        *sequence += 1;
        let fact = Fact {
            id: event.id,
            event_type: event.body.event_type,
            schema: event.body.schema,
            occurred_us: event.occurred_at.0,
            source: event.meta.source.clone(),
            data: serde_json::from_slice(&event.body.data)?,
        };
        all.push(SerializedEvent::new(
            event.stream.to_string(),
            *sequence,
            Stream::TYPE.to_owned(),
            fact.event_type(),
            fact.event_version(),
            serde_json::to_value(&fact)?,
            json!({}),
        ));
    }
    Ok(all)
}

/// Processor seconds of this process so far, from the kernel's count in hundredths.
fn cpu_secs() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
    let ticks: u64 = after.split_whitespace().skip(11).take(2).filter_map(|text| text.parse::<u64>().ok()).sum();
    ticks as f64 / 100.0
}

fn said(begun: Instant, cpu: f64, n: u64, answer: &Value) -> String {
    let wall = begun.elapsed().as_secs_f64();
    json!({ "wall_secs": wall, "cpu_secs": cpu_secs() - cpu, "n": n, "answer": answer }).to_string()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let line = match arguments.as_slice() {
        ["append", path, events] => {
            let all = read(events)?;
            let pool = open(path).await?;
            sqlx::query(LAYOUT).execute(&pool).await?;
            let repository = SqliteEventRepository::new(pool.clone());
            let (begun, cpu) = (Instant::now(), cpu_secs());
            for batch in all.chunks(BATCH_MAX) {
                repository.persist::<Stream>(batch, None).await?;
            }
            let line = said(begun, cpu, all.len() as u64, &Value::Null);
            let n: i64 = sqlx::query_scalar("SELECT count(*) FROM events").fetch_one(&pool).await?;
            pool.close().await;
            let mut line: Value = serde_json::from_str(&line)?;
            line["answer"] = json!({ "n": n });
            line.to_string()
        }
        ["replay", path] => {
            let pool = open(path).await?;
            let board = Arc::new(Mutex::new(Board::default()));
            let (begun, cpu) = (Instant::now(), cpu_secs());
            QueryReplay::new(SqliteEventRepository::new(pool), Folding(board.clone())).replay_all().await?;
            let board = board.lock().unwrap_or_else(PoisonError::into_inner);
            said(begun, cpu, board.n_facts, &answer::by_queue(&board))
        }
        _ => return Err("usage: cqrs_es_peer append FILE EVENTS | replay FILE".into()),
    };
    println!("{line}");
    Ok(())
}
