//! Reading and translating a file of tickets, without writing anything: what a script that keeps nothing does.

use std::path::Path;

use anyhow::Context;
use console::keys::Pseudonyms;
use console::sources::SourceKind;
use console::sources::records::Records;
use console::sources::text::{Text, open};
use serde_json::{Value, json};

use crate::measure::Watch;

/// Reads and translates all records; answers with their number and the number of facts.
pub(super) fn translate(file: &Path) -> anyhow::Result<Value> {
    let watch = Watch::begin();
    let text = Text::open(open(file)?)?;
    let kind = SourceKind::detect(&text).context("a known source")?;
    let mut translator = kind.translator(text.first_line(), Pseudonyms::of_no_secret())?;
    let mut records = Records::of(text, kind);
    if kind.has_header() {
        records.next_record()?;
    }
    let mut n = 0_u64;
    while let Some(record) = records.next_record()? {
        let content = record.content.map_err(|(misfit, _)| anyhow::anyhow!("{}", misfit.reason))?;
        n += translator.translate(&content).map_err(|misfit| anyhow::anyhow!("{}", misfit.reason))?.events.len() as u64;
    }
    let (wall_secs, cpu_secs) = watch.secs();
    Ok(json!({ "wall_secs": wall_secs, "cpu_secs": cpu_secs, "n": n, "answer": { "rows": n } }))
}
