//! Reading logs of every kind, real ones where there are any, beside pandas and pm4py reading the same files in the same run.
//!
//! Two things are told apart: reading and translating, which is what the peers do (and they keep no ids, refuse no row
//! and name no misfit), and the whole import, which also makes every fact durable, with its id, its leaf in the tree,
//! its origin and its sealed texts.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::Bench;
use crate::measure::{Route, Timed, interleave};
use crate::table::{Units, line, part};

/// The logs, where they lie beside the repository: of which source each is, and its file.
const LOGS: [(&str, &str); 7] = [
    ("anonymous-bank", "anonymous_bank_feb1999/public/calls_1999-02-01_14.tsv.gz"),
    ("volvo-csv", "volvo_bpic2013/public/vinst_incidents.csv.gz"),
    ("servicenow", "servicenow_incidents_uci498/public/incident_event_log.csv.gz"),
    ("volvo-xes", "volvo_bpic2013/public/bpic2013_incidents.xes.gz"),
    ("bpic2012", "bpic2012_loan_calls/public/bpic2012.xes.gz"),
    ("star", "star_dialogues/public/dialogues.jsonl.gz"),
    ("stc3", "stc3_weibo_helpdesk/public/dialogues_cn.jsonl.gz"),
];

impl Bench {
    /// Reading logs, with the number of records compared.
    pub(super) fn sources(&self) -> anyhow::Result<(Value, bool)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
        let (mut kept, mut agree) = (Map::new(), true);
        for (source, file) in LOGS {
            let file = folder.join(file);
            if file.exists() {
                let (of_log, agrees) = self.source(source, &file.display().to_string())?;
                agree &= agrees;
                kept.insert(source.to_owned(), of_log);
            } else {
                line(&format!("\nsource {source}: not measured: ../shared is not here"));
                kept.insert(source.to_owned(), json!({ "not_measured": "../shared is not here" }));
            }
        }
        for (source, file) in self.made()? {
            let (of_log, agrees) = self.source(source, &file.display().to_string())?;
            agree &= agrees;
            kept.insert(source.to_owned(), of_log);
        }
        Ok((Value::Object(kept), agree))
    }

    fn source(&self, source: &str, file: &str) -> anyhow::Result<(Value, bool)> {
        let (_, _, rounds) = self.sizes;
        let name = format!("{source}.retrace");
        let log = self.text(&name);
        let whole = self.retrace.clone().map(|program| {
            let arguments = ["--log", &log, "--json", "import", "--source", source, file];
            (program, arguments.map(str::to_owned).to_vec())
        });
        // What was made up has its rows many times, or needs a mapping: its whole import says nothing.
        let made = file.starts_with(&self.folder.display().to_string());
        let whole = if made { Err("only of real logs".to_owned()) } else { whole };
        let routes = [
            self.ours("ours: reading and translating", &["translate", source, file], "every fact with its id; keeps nothing"),
            Self::peer(
                match source {
                    "volvo-xes" | "bpic2012" => "pm4py: read_xes",
                    "ocel" => "pm4py: read_ocel2_json",
                    _ => "pandas",
                },
                &self.peers.process_mining,
                &["read_source.py", source, file],
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
        Ok(part(&format!("source {source}"), Units { what: "rows", rates: true }, &measured, &answers))
    }
}
