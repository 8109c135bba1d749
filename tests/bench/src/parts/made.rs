//! Files of the sources that no public log is of: the records of the tests' fixtures, again and again, and exports of a
//! made-up day.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use console::sources::SourceKind;
use console::sources::records::{Content, Records};
use console::sources::text::{Text, open};
use serde_json::Value;

use super::Bench;

/// Records of each file.
const N_RECORDS: usize = 20_000;

/// Fixtures by source.
const FIXTURES: [(&str, &str); 6] = [
    ("chatwoot", "chatwoot/webhooks.jsonl"),
    ("zendesk", "zendesk/audits.json"),
    ("rocketchat", "rocketchat/webhooks.jsonl"),
    ("connect", "connect/events.jsonl"),
    ("genesys", "genesys/snake_case.jsonl"),
    ("rasa", "rasa/broker.jsonl"),
];

impl Bench {
    /// Writes the files; answers with their sources.
    pub(super) fn made(&self) -> anyhow::Result<Vec<(&'static str, PathBuf)>> {
        let mut made = Vec::new();
        for (source, fixture) in FIXTURES {
            let file = self.path(&format!("{source}.jsonl"));
            std::fs::write(&file, again(source, fixture)?)?;
            made.push((source, file));
        }
        let table = self.path("calls.csv");
        std::fs::write(&table, calls())?;
        made.push(("csv", table));
        made.extend(self.exported()?);
        Ok(made)
    }

    /// A made-up day as an export, in the formats that come back.
    fn exported(&self) -> anyhow::Result<Vec<(&'static str, PathBuf)>> {
        let Ok(program) = &self.retrace else { return Ok(Vec::new()) };
        let log = self.text("made-up.retrace");
        let run = |arguments: &[&str]| {
            let output = Command::new(program).args(["--log", &log]).args(arguments).output()?;
            anyhow::ensure!(output.status.success(), "retrace {}: {}", arguments[0], String::from_utf8_lossy(&output.stderr));
            Ok(())
        };
        run(&["simulate", "--seed", "7", "--days", "1", "--agents", "24"])?;
        let mut made = Vec::new();
        for (source, name) in [("cloudevents", "log.jsonl"), ("ocel", "log.ocel.json")] {
            let file = self.path(name);
            run(&["export", "--format", source, "--out", &file.display().to_string()])?;
            made.push((source, file));
        }
        super::appending::remove(Path::new(&log));
        Ok(made)
    }
}

/// A fixture's records, one a line, again and again.
fn again(source: &str, fixture: &str) -> anyhow::Result<String> {
    let kind = SourceKind::named(source).context("a known source")?;
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(fixture);
    let mut records = Records::of(Text::open(open(&fixture)?)?, kind);
    let mut lines = Vec::new();
    while let Some(record) = records.next_record()? {
        if let Ok(Content::Document(document)) = record.content {
            lines.push(serde_json::from_str::<Value>(&document.raw)?.to_string());
        }
    }
    anyhow::ensure!(!lines.is_empty(), "the fixture of {source} is empty");
    Ok(lines.iter().cycle().take(N_RECORDS).flat_map(|line| [line.as_str(), "\n"]).collect())
}

/// A table that only a mapping makes sense of.
fn calls() -> String {
    let mut text = "call_id,started_at,queue,agent,customer_id,wait_secs,talk_secs,outcome,rating\n".to_owned();
    for n in 0..5 * N_RECORDS {
        let (hour, minute, second) = (8 + n / 3_600 % 12, n / 60 % 60, n % 60);
        let (queue, outcome) = (["sales", "returns", "billing"][n % 3], if n % 9 == 0 { "abandoned" } else { "answered" });
        // A text takes whatever is written to it.
        writeln!(
            text,
            "{n},2026-03-02 {hour:02}:{minute:02}:{second:02},{queue},agent-{},{},{},{},{outcome},{}",
            n % 40,
            100_000 + n % 7_000,
            n % 90,
            60 + n % 400,
            1 + n % 5
        )
        .ok();
    }
    text
}
