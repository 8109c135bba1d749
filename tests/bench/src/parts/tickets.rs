//! Importing real logs of tickets, beside pandas and pm4py reading the same files in the same run.
//!
//! Two things are told apart: reading and translating, which is what the peers do, and the whole import, which also
//! makes every fact durable in SQLite, with its id, its origin and its sealed texts.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::Bench;
use crate::measure::{Route, Timed, interleave};
use crate::table::{Units, line, part};

/// The logs, where they lie beside the repository: what each is called, and its file.
const LOGS: [(&str, &str); 3] = [
    ("volvo-csv", "volvo_bpic2013/public/vinst_incidents.csv.gz"),
    ("volvo-xes", "volvo_bpic2013/public/bpic2013_incidents.xes.gz"),
    ("servicenow", "servicenow_incidents_uci498/public/incident_event_log.csv.gz"),
];

impl Bench {
    /// Reading tickets, with the number of rows compared.
    pub(super) fn tickets(&self) -> anyhow::Result<(Value, bool)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
        let (mut kept, mut agree) = (Map::new(), true);
        for (source, file) in LOGS {
            let file = folder.join(file);
            if file.exists() {
                let (of_log, agrees) = self.tickets_of(source, &file.display().to_string())?;
                agree &= agrees;
                kept.insert(source.to_owned(), of_log);
            } else {
                line(&format!("\ntickets of {source}: not measured: ../shared is not here"));
                kept.insert(source.to_owned(), json!({ "not_measured": "../shared is not here" }));
            }
        }
        Ok((Value::Object(kept), agree))
    }

    fn tickets_of(&self, source: &str, file: &str) -> anyhow::Result<(Value, bool)> {
        let (_, _, rounds) = self.sizes;
        let name = format!("{source}.retrace");
        let log = self.text(&name);
        let whole = self.retrace.clone().map(|program| {
            let arguments = ["--log", &log, "--json", "import", "--source", source, file];
            (program, arguments.map(str::to_owned).to_vec())
        });
        let routes = [
            self.ours("ours: reading and translating", &["translate", file], "one fact a row with its id; keeps nothing"),
            Self::peer(
                if source.ends_with("xes") { "pm4py: read_xes" } else { "pandas: read_csv" },
                &self.peers.process_mining,
                &["import_tickets.py", source, file],
                Timed::Inside,
                "a table in memory with its times read; without the start of Python",
            ),
            Route {
                name: "ours: retrace import".to_owned(),
                program: whole,
                timed: Timed::Outside,
                note: "the whole process: durable every 500 rows, each fact with its origin, personal texts sealed",
            },
        ];
        let whole = routes[2].name.clone();
        let mut measured = interleave(&routes, rounds, |route| {
            if route.name == whole {
                super::appending::remove(&self.path(&name));
            }
        });
        let mut answers = super::answers(&measured);
        for sample in measured[2].samples.iter_mut().flatten() {
            sample.said["n"] = sample.said["rows_read"].clone();
            answers[2] = Some(json!({ "rows": sample.said["rows_read"] }));
        }
        super::appending::remove(&self.path(&name));
        Ok(part(&format!("tickets: {source}, gzip"), Units { what: "rows", rates: true }, &measured, &answers))
    }
}
