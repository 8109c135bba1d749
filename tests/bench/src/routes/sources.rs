//! Reading and translating a foreign file, without writing anything: what a script that keeps nothing does.

use std::path::Path;

use anyhow::Context;
use console::keys::Pseudonyms;
use console::sources::SourceKind;
use console::sources::records::Records;
use console::sources::text::{Text, open};
use serde_json::{Value, json};

use crate::measure::Watch;

/// Reads and translates all records; answers with their number, and says how many facts they are.
pub(super) fn translate(source: &str, file: &Path) -> anyhow::Result<Value> {
    let kind = SourceKind::named(source).context("a known source")?;
    let watch = Watch::begin();
    let text = Text::open(open(file)?)?;
    let mut translator = kind.translator(text.first_line(), Pseudonyms::of_no_secret())?;
    let mut records = Records::of(text, kind);
    if kind.has_header() {
        records.next_record()?;
    }
    let (mut n_records, mut n_facts, mut n_misfits) = (0_u64, 0_u64, 0_u64);
    while let Some(record) = records.next_record()? {
        n_records += 1;
        match record.content.ok().and_then(|content| translator.translate(&content).ok()) {
            Some(translated) => n_facts += translated.events.len() as u64,
            None => n_misfits += 1,
        }
    }
    let (wall_secs, cpu_secs) = watch.secs();
    Ok(json!({
        "wall_secs": wall_secs, "cpu_secs": cpu_secs, "n": n_records, "facts": n_facts, "misfits": n_misfits,
        "answer": { "rows": n_records },
    }))
}
