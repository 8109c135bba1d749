//! Appending: in bulk, one at a time, and by many at once.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{Bench, told, turns};
use crate::measure::{Measured, Spread, Timed, interleave};
use crate::table::{Units, line, part};

/// The last file that a route made; the others read it.
pub(super) const LOG: &str = "desk.retrace";
/// The same as CloudEvents.
pub(super) const EXPORT: &str = "desk.jsonl";
/// The last file that cqrs-es made.
pub(super) const CQRS_ES: &str = "cqrs_es.sqlite";
const WITH_TRIGGERS: &str = "rusqlite.sqlite";
const BARE: &str = "bare.sqlite";

/// Removes an SQLite file with its companions.
pub(super) fn remove(path: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        fs::remove_file(name).ok();
    }
}

impl Bench {
    /// Bulk appending, and the log that the other parts read.
    pub(super) fn bulk(&self) -> anyhow::Result<(Value, bool)> {
        let (n, _, rounds) = self.sizes;
        let count = n.to_string();
        let (log, export) = (self.text(LOG), self.text(EXPORT));
        // The first log is made before the turns, because cqrs-es reads its events from the export.
        self.say(&["append-ours", &log, &count])?;
        let exported = self.say(&["export", &log, &export])?;
        let routes = [
            self.ours("ours: SqliteLog::ingest", &["append-ours", &log, &count], "looks every id up and counts every version"),
            self.ours(
                "rusqlite, the same layout and triggers",
                &["append-rusqlite", &self.text(WITH_TRIGGERS), &count],
                "one prepared statement; rows made beforehand, nothing looked up",
            ),
            self.ours(
                "rusqlite, the same layout, no triggers",
                &["append-rusqlite", &self.text(BARE), &count, "--bare"],
                "the floor that SQLite and its four indexes set",
            ),
            Self::peer(
                "cqrs-es 0.5 + sqlite-es 0.5, persist",
                &self.peers.cqrs_es,
                &["append", &self.text(CQRS_ES), &export],
                Timed::Inside,
                "one index, no personal texts; its own pool but synchronous=FULL",
            ),
        ];
        let files = [LOG, WITH_TRIGGERS, BARE, CQRS_ES];
        let of_route = |name: &str| routes.iter().position(|route| route.name == name).unwrap_or(0);
        let measured = interleave(&routes, rounds, |route| remove(&self.path(files[of_route(&route.name)])));
        let mut answers = Vec::new();
        let mut sizes = Vec::new();
        for file in &files[..3] {
            let rows = self.say(&["rows", &self.text(file)])?.said;
            sizes.push(rows["size_bytes"].as_f64().unwrap_or(f64::NAN) / n as f64);
            answers.push(Some(rows["answer"].clone()));
        }
        answers.push(None);
        let title = format!("append in bulk: {n} events, 4,096 a transaction, WAL, synchronous=FULL");
        let (mut kept, mut agree) = part(&title, Units { what: "events", rates: true }, &measured, &answers);
        agree &= self.counted(&measured, n);
        let export_bytes = exported.said["n_bytes"].as_f64().unwrap_or(f64::NAN) / n as f64;
        line(&format!(
            "    log {:.0} bytes an event, texts and four indexes included; as CloudEvents {export_bytes:.0}",
            sizes[0]
        ));
        kept["log_bytes_per_event"] = json!(sizes[0]);
        kept["export_bytes_per_event"] = json!(export_bytes);
        Ok((kept, agree))
    }

    /// cqrs-es keeps other columns; what can be compared is that it holds all events.
    fn counted(&self, measured: &[Measured], n: usize) -> bool {
        let last = measured.last().and_then(|route| route.samples.as_ref().ok()).and_then(|samples| samples.last());
        let counted = last.and_then(|sample| sample.said["answer"]["n"].as_u64());
        if let Some(counted) = counted {
            line(&format!("    cqrs-es holds {counted} events of {n}"));
        }
        counted.is_none_or(|counted| counted == n as u64)
    }

    /// One fact a transaction, and many appenders at once.
    pub(super) fn single(&self) -> anyhow::Result<(Value, bool)> {
        let rounds = (self.sizes.2 * 3).to_string();
        let folder = self.path("single");
        fs::create_dir_all(&folder)?;
        let sample = self.say(&["single", &folder.display().to_string(), &rounds])?;
        let ways = [
            ("ours: append, one after another", "ours", "answered once durable; id and version looked up"),
            ("the disk: write 4 KiB + fdatasync", "fdatasync", "what no durable answer can beat"),
            ("rusqlite, one row a commit", "rusqlite", "nothing looked up"),
            ("ours: 64 appenders at once", "ours_64", "group commit: one flush for all that wait"),
        ];
        let measured: Vec<Measured> =
            ways.iter().map(|(name, way, note)| turns(name, note, &sample, &sample.said[*way])).collect();
        let title = format!("append one event at a time, durable each, bursts in turns ({rounds} rounds)");
        let (mut kept, agree) = part(&title, Units { what: "events", rates: true }, &measured, &[]);
        for (name, way, _) in ways {
            let of = |what: &str| {
                let turns = sample.said[way].as_array().into_iter().flatten();
                Spread::of(turns.filter_map(|turn| turn[what].as_f64())).map_or(f64::NAN, |spread| spread.median)
            };
            let (p50, p99) = (json!(of("p50_ms")), json!(of("p99_ms")));
            line(&format!("    {name}: p50 {} ms, p99 {} ms", told(&p50), told(&p99)));
            kept[name]["p50_ms"] = p50;
            kept[name]["p99_ms"] = p99;
        }
        Ok((kept, agree))
    }
}
