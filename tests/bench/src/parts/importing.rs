//! Importing a bank's file, beside scripts that compute its figures and keep nothing.

use std::fs;

use anyhow::Context;
use serde_json::{Map, Value, json};

use super::{Bench, told};
use crate::bank;
use crate::measure::{Route, Sample, Timed, interleave, run};
use crate::table::{Units, line, part};

const CALLS: &str = "calls.tsv.gz";
const LOG: &str = "bank.retrace";
/// The figures that are compared, over all days and by day.
const FIGURES: [&str; 6] = ["offered", "answered", "abandoned", "asa_s", "aht_answered_s", "sl20_of_offered"];

/// The figures compared, out of a whole set of them.
fn compared(set: &Value) -> Value {
    let pick =
        |group: &Value| -> Map<String, Value> { FIGURES.iter().map(|&name| (name.to_owned(), group[name].clone())).collect() };
    let days = set["by_day"].as_object().into_iter().flatten();
    let by_day: Map<String, Value> = days.map(|(day, group)| (day.clone(), Value::Object(pick(group)))).collect();
    let mut all = pick(set);
    all.insert("by_day".to_owned(), Value::Object(by_day));
    Value::Object(all)
}

impl Bench {
    /// Importing, with the figures compared.
    pub(super) fn import(&self) -> anyhow::Result<(Value, bool)> {
        let (_, calls, rounds) = self.sizes;
        let file = self.text(CALLS);
        bank::write(&self.path(CALLS), calls)?;
        let log = self.text(LOG);
        let ours = self.retrace.clone().map(|program| {
            let arguments = ["--log", &log, "--json", "import", "--source", "anonymous-bank", &file];
            (program, arguments.map(str::to_owned).to_vec())
        });
        let routes = [
            Route {
                name: "ours: retrace import".to_owned(),
                program: ours,
                timed: Timed::Outside,
                note: "six facts a call, durable every 500 calls, each with its origin; the figures come after it",
            },
            Self::peer(
                "Python: csv and dicts",
                &self.peers.python,
                &["import_plain.py", &file],
                Timed::Outside,
                "keeps nothing: reads the file and adds up the figures",
            ),
            Self::peer(
                "DuckDB 2.0: read_csv and GROUP BY",
                &self.peers.duckdb,
                &["import_duckdb.py", &file],
                Timed::Outside,
                "keeps nothing; all processors",
            ),
        ];
        let ours = routes[0].name.clone();
        let mut measured = interleave(&routes, rounds, |route| {
            if route.name == ours {
                super::appending::remove(&self.path(LOG));
            }
        });
        let figures = self.figures();
        let mut answers = super::answers(&measured);
        answers[0] = figures.as_ref().ok().map(|figures| compared(&figures.said));
        let n_events = measured[0].samples.as_ref().ok().and_then(|samples| samples.last()?.said["events_written"].as_f64());
        for route in &mut measured {
            for sample in route.samples.iter_mut().flatten() {
                sample.said["n"] = json!(calls);
            }
        }
        let title = format!("import: {calls} calls of a bank, 17 columns, gzip; whole processes");
        let (mut kept, agree) = part(&title, Units { what: "calls", rates: true }, &measured, &answers);
        let figures = figures.context("retrace figures")?;
        let per_call = n_events.unwrap_or(f64::NAN) / calls as f64;
        let bytes = fs::metadata(self.path(LOG))?.len() as f64 / n_events.unwrap_or(f64::NAN);
        line(&format!(
            "    {per_call:.2} events a call, {bytes:.0} bytes an event in the log; retrace figures afterwards: {:.2} s",
            figures.wall_secs
        ));
        kept["events_per_call"] = json!(per_call);
        kept["log_bytes_per_event"] = json!(bytes);
        kept["figures_secs"] = json!(figures.wall_secs);
        Ok((kept, agree))
    }

    fn figures(&self) -> anyhow::Result<Sample> {
        let retrace = self.retrace.clone().map_err(anyhow::Error::msg)?;
        let arguments = ["--log", &self.text(LOG), "--json", "figures", "--set", "anonymous_bank"];
        run(&retrace, &arguments.map(str::to_owned), Timed::Outside)
    }

    /// What a folded conversation weighs, and how much memory a large import takes.
    pub(super) fn memory(&self) -> anyhow::Result<(Value, bool)> {
        let weighed = self.say(&["weigh", &self.text(super::appending::LOG)])?.said;
        let (n_events, calls, _) = self.sizes;
        let n = weighed["n_conversations"].as_f64().unwrap_or(f64::NAN);
        let each = |what: &str| json!(weighed[what].as_f64().unwrap_or(f64::NAN) / n);
        line(&format!("\nmemory: {} conversations of {n_events} events", told(&weighed["n_conversations"])));
        line(&format!(
            "    {} bytes a conversation ({} of them its id); {} with what reading left behind; {} in a snapshot",
            told(&each("board_bytes")),
            told(&each("id_bytes")),
            told(&each("folding_bytes")),
            told(&each("snapshot_bytes")),
        ));
        let mut kept = json!({
            "n_conversations": n, "board_bytes_per_conversation": each("board_bytes"),
            "folding_bytes_per_conversation": each("folding_bytes"), "snapshot_bytes_per_conversation": each("snapshot_bytes"),
        });
        let retrace = self.retrace.clone().map_err(anyhow::Error::msg)?;
        let (file, log) = (self.text("twice.tsv.gz"), self.text("twice.retrace"));
        bank::write(&self.path("twice.tsv.gz"), calls * 2)?;
        let arguments = ["--log", &log, "--json", "import", "--source", "anonymous-bank", &file];
        let imported = run(&retrace, &arguments.map(str::to_owned), Timed::Outside)?;
        let peak = imported.rss_max_bytes as f64 / 1e6;
        line(&format!(
            "    import of {} calls: at most {peak:.0} MB resident, {:.1} s, {} events",
            calls * 2,
            imported.wall_secs,
            told(&imported.said["events_written"]),
        ));
        kept["import_twice_rss_max_bytes"] = json!(imported.rss_max_bytes);
        kept["import_twice_secs"] = json!(imported.wall_secs);
        super::appending::remove(&self.path("twice.retrace"));
        Ok((kept, true))
    }
}
