//! Replaying the log, starting from it, and looking at what it means.

use serde_json::{Value, json};

use super::appending::{CQRS_ES, EXPORT, LOG};
use super::{Bench, answers, held, one_core, told, turns};
use crate::measure::{Measured, Timed, interleave};
use crate::table::{Units, line, part};

impl Bench {
    /// The whole log from nothing, on one processor; last DuckDB with two.
    pub(super) fn replay(&self) -> anyhow::Result<(Value, bool)> {
        let (n, _, rounds) = self.sizes;
        let (log, export) = (self.text(LOG), self.text(EXPORT));
        let peers = &self.peers;
        let one = [
            self.ours("ours: projector::fold_to", &["replay-ours", &log], "4,096 rows packed into one, the whole board folded"),
            self.ours("sqlx rows + serde_json, same fold", &["replay-sqlx", &log], ""),
            self.ours("rusqlite rows + serde_json, same fold", &["replay-rusqlite", &log], ""),
            Self::peer(
                "cqrs-es 0.5 replay_all, same fold",
                &peers.cqrs_es,
                &["replay", &self.text(CQRS_ES)],
                Timed::Inside,
                "has no global order: each stream's first event, then each one's second",
            ),
            Self::peer(
                "Python: json and dicts",
                &peers.python,
                &["replay_plain.py", &export],
                Timed::Inside,
                "the queues' counts alone, from CloudEvents",
            ),
            Self::peer(
                "DuckDB 2.0 over JSONL, 1 thread",
                &peers.duckdb,
                &["replay_duckdb.py", &export, "1"],
                Timed::Inside,
                "the queues' counts alone, typed columns, from CloudEvents",
            ),
        ];
        let core = one_core();
        let mut routes: Vec<_> = one.into_iter().map(|route| held(route, core.as_deref())).collect();
        let two = ["replay_duckdb.py", &export, "2"];
        routes.push(Self::peer("DuckDB 2.0 over JSONL, 2 threads", &peers.duckdb, &two, Timed::Inside, "on two processors"));
        let measured = interleave(&routes, rounds, |_| {});
        let place = if core.is_some() { "held on one processor" } else { "on any processor: there is no taskset" };
        let title = format!("replay: {n} events from nothing into the board, {place}");
        let (kept, agree) = part(&title, Units { what: "events", rates: true }, &measured, &answers(&measured));
        let equal = digests(&measured[..3]);
        line(if equal { "    the three boards are equal to the byte" } else { "    THE BOARDS DIFFER" });
        Ok((kept, agree && equal))
    }

    /// Saving and restoring the board.
    pub(super) fn snapshots(&self) -> anyhow::Result<(Value, bool)> {
        let (n, _, rounds) = self.sizes;
        let sample = self.say(&["snapshots", &self.text(LOG), &rounds.to_string()])?;
        let units = Units { what: "boards", rates: false };
        let of = |name: &str, way: &str, note: &'static str| turns(name, note, &sample, &sample.said[way]);
        let save = [of("ours: save, hashed and renamed", "save", ""), of("serde_json to a file", "save_json", "not hashed")];
        let restore = [of("ours: restore, hash checked", "restore", ""), of("serde_json from a file", "restore_json", "")];
        let (saved, _) = part(&format!("snapshot of the board of {n} events: save"), units, &save, &[]);
        let (restored, _) = part("snapshot: restore (each restored board equals the one saved)", units, &restore, &[]);
        Ok((json!({ "save": saved, "restore": restored }), true))
    }

    /// From an open file to the first view.
    pub(super) fn start(&self) -> anyhow::Result<(Value, bool)> {
        let (n, _, rounds) = self.sizes;
        let log = self.text(LOG);
        // The snapshot is made once, before the turns.
        self.say(&["snapshots", &log, "1"])?;
        let routes = [
            self.ours("ours: with a snapshot", &["start-warm", &log], ""),
            self.ours("the same without one: folded anew", &["start-cold", &log], ""),
        ];
        let measured = interleave(&routes, rounds, |_| {});
        let title = format!("start: from opening a log of {n} events to the first live view");
        let (kept, agree) = part(&title, Units { what: "starts", rates: false }, &measured, &answers(&measured));
        Ok((kept, agree && digests(&measured)))
    }

    /// Views at rest and while facts arrive.
    pub(super) fn views(&self) -> anyhow::Result<(Value, bool)> {
        let (n, _, _) = self.sizes;
        let said = self.say(&["views", &self.text(LOG), &n.to_string()])?.said;
        line(&format!(
            "\nviews of an open desk over {n} events; while folding, {} events a second arrive, durable each 100",
            told(&said["arrived_per_sec"])
        ));
        line(&format!("  {:<41} {:>32} {:>8} {:>32}", "ms", "at rest: p50, p99, max", "CPU p50", "while folding: p50, p99, max"));
        for name in said["at_rest"].as_object().into_iter().flatten().map(|(name, _)| name) {
            let of = |state: &str| {
                let times = &said[state][name];
                format!("{}, {}, {}", told(&times["p50_ms"]), told(&times["p99_ms"]), told(&times["max_ms"]))
            };
            line(&format!(
                "  {name:<41} {:>32} {:>8} {:>32}",
                of("at_rest"),
                told(&said["at_rest"][name]["cpu_p50_ms"]),
                of("while_folding")
            ));
        }
        Ok((said, true))
    }
}

/// Whether all routes that were measured folded the same board.
fn digests(measured: &[Measured]) -> bool {
    let mut digests = measured.iter().filter_map(|route| route.samples.as_ref().ok()?.last()?.said["digest"].as_str());
    let first = digests.next();
    digests.all(|digest| Some(digest) == first)
}
