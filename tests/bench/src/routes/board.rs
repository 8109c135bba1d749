//! The folded board: what it weighs, and how fast it is put away and taken up again.

use std::path::Path;

use console::log::sqlite::SqliteLog;
use console::log::{BATCH_MAX, EventLog};
use console::projector::{fold_to, resume};
use console::snapshots::{Snapshots, digest};
use projections::live::{Range, live};
use projections::scope::Scope;
use projections::{Board, Lens};
use serde_json::{Map, Value, json};

use crate::answer::by_queue;
use crate::measure::Watch;

/// Bytes of a page of memory, as Linux counts them on the machines we build for.
const PAGE_BYTES: u64 = 4_096;

/// Copies of the board that are weighed together.
const COPIES: usize = 8;

fn rss_bytes() -> anyhow::Result<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let resident = statm.split_whitespace().nth(1).unwrap_or_default();
    Ok(resident.parse::<u64>()? * PAGE_BYTES)
}

async fn folded(log: &SqliteLog) -> anyhow::Result<(Board, events::EventId)> {
    let mut board = Board::default();
    let head = *log.head().borrow();
    let last = fold_to(log, &mut board, head, BATCH_MAX).await?;
    Ok((board, last.ok_or_else(|| anyhow::anyhow!("the log is empty"))?))
}

/// Resident memory before and after folding, and what a further copy of the board adds.
///
/// The first copy fills the holes that reading left behind; the growth of the later ones is boards alone.
pub(super) async fn weigh(path: &Path) -> anyhow::Result<Value> {
    let log = SqliteLog::open_to_read(path).await?;
    let empty = rss_bytes()?;
    let watch = Watch::begin();
    let (board, _) = folded(&log).await?;
    let (wall_secs, cpu_secs) = watch.secs();
    let full = rss_bytes()?;
    let first = board.clone();
    let before = rss_bytes()?;
    let copies: Vec<Board> = std::iter::repeat_n(&first, COPIES).cloned().collect();
    let after = rss_bytes()?;
    anyhow::ensure!(copies.iter().all(|copy| *copy == board), "a copy differs from the board");
    let text_bytes: usize = board.conversations.by_id.keys().map(String::len).sum();
    Ok(json!({
        "wall_secs": wall_secs, "cpu_secs": cpu_secs, "n": board.n_facts,
        "n_conversations": board.conversations.by_id.len(),
        "n_legs": board.conversations.legs.len(),
        "id_bytes": text_bytes,
        "folding_bytes": full.saturating_sub(empty),
        "board_bytes": after.saturating_sub(before) / COPIES as u64,
        "snapshot_bytes": console::snapshots::encode(&board).len(),
    }))
}

/// The console's snapshot beside the same board as JSON, in turns.
pub(super) async fn snapshots(path: &Path, rounds: usize) -> anyhow::Result<Value> {
    let log = SqliteLog::open_to_read(path).await?;
    let (board, last) = folded(&log).await?;
    let snapshots = Snapshots::beside(path);
    let json_path = path.with_extension("board.json");
    let mut bursts: Map<String, Value> = Map::new();
    let mut put = |name: &str, watch: &Watch| {
        let (wall_secs, cpu_secs) = watch.secs();
        if let Value::Array(of_way) = bursts.entry(name).or_insert_with(|| json!([])) {
            of_way.push(json!({ "wall_secs": wall_secs, "cpu_secs": cpu_secs, "n": 1 }));
        }
    };
    for _ in 0..rounds {
        let watch = Watch::begin();
        snapshots.save(&board, last);
        put("save", &watch);
        let watch = Watch::begin();
        std::fs::write(&json_path, serde_json::to_vec(&board)?)?;
        put("save_json", &watch);
        let watch = Watch::begin();
        let restored = snapshots.newest();
        put("restore", &watch);
        anyhow::ensure!(restored.is_some_and(|(restored, _)| restored == board), "the restored board differs");
        let watch = Watch::begin();
        let restored: Board = serde_json::from_slice(&std::fs::read(&json_path)?)?;
        put("restore_json", &watch);
        anyhow::ensure!(restored == board, "the board restored from JSON differs");
    }
    Ok(Value::Object(bursts))
}

/// Opens the log and shows the first view: with the snapshot that lies there, or from nothing.
pub(super) async fn start(path: &Path, warm: bool) -> anyhow::Result<Value> {
    let watch = Watch::begin();
    let log = SqliteLog::open_to_read(path).await?;
    let mut board = if warm { resume(&log, &Snapshots::beside(path)).await? } else { Board::default() };
    let restored = board.n_facts;
    let head = *log.head().borrow();
    fold_to(&log, &mut board, head, BATCH_MAX).await?;
    let as_of = board.latest_at.unwrap_or_default();
    let lens = Lens { as_of, today: as_of, zone: board.zone(None).to_owned() };
    let view = live(&board, &Scope::default(), Range::Day, &lens);
    let (wall_secs, cpu_secs) = watch.secs();
    anyhow::ensure!(!warm || 0 < restored, "no snapshot was taken up");
    anyhow::ensure!(view.position == head, "the view rests on {} facts, not on {head}", view.position);
    Ok(json!({
        "wall_secs": wall_secs, "cpu_secs": cpu_secs, "n": 1, "restored": restored,
        "answer": by_queue(&board), "digest": digest(&board),
    }))
}
