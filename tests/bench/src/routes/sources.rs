//! Reading and translating a foreign file, without writing anything: what a script that keeps nothing does.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use console::keys::Pseudonyms;
use console::sources::mapping::{Mapping, Problem, Table, guessed};
use console::sources::records::{Content, Records};
use console::sources::text::{Text, open};
use console::sources::{SourceKind, Translator, csv};
use serde_json::{Value, json};

use crate::measure::Watch;

/// Reads and translates all records; answers with their number, and says how many facts they are.
pub(super) fn translate(source: &str, file: &Path) -> anyhow::Result<Value> {
    let kind = SourceKind::named(source).context("a known source")?;
    let watch = Watch::begin();
    let text = Text::open(open(file)?)?;
    let (mut translator, mut records) = opened(kind, text, file)?;
    let (mut n_records, mut n_facts, mut n_misfits) = (0_u64, 0_u64, 0_u64);
    while let Some(record) = records.next_record()? {
        // Of an object-centric log the peer counts the events.
        let counted =
            |content: &Content| !matches!(content, Content::Document(one) if one.list.is_some_and(|list| list != "events"));
        n_records += u64::from(kind != SourceKind::Ocel || record.content.as_ref().is_ok_and(counted));
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

/// A file's translator and its records, behind the header; a table that only a mapping makes sense of is read by the
/// mapping that is guessed for it.
fn opened(kind: SourceKind, text: Text, file: &Path) -> anyhow::Result<(Translator, Records)> {
    let pseudonyms = Pseudonyms::of_no_secret();
    if kind == SourceKind::Csv {
        let mut rows = csv::sample(text.head(), b',', b'"', 200);
        let columns = if rows.is_empty() { anyhow::bail!("an empty table") } else { rows.remove(0) };
        let problems = |problems: Vec<Problem>| anyhow::anyhow!("{problems:?}");
        let mapping = Mapping::of(&guessed("bench.csv", &columns, &rows)).map_err(problems)?;
        let table = Table::of(Arc::new(mapping), &columns, pseudonyms).map_err(problems)?;
        let mut records = Records::table(text, b',', b'"', columns.len());
        records.next_record()?;
        return Ok((Box::new(table), records));
    }
    let mut translator = kind.translator(text.first_line(), pseudonyms)?;
    while translator.surveys() {
        let mut records = Records::of(Text::open(open(file)?)?, kind);
        while let Some(record) = records.next_record()? {
            record.content.iter().for_each(|content| translator.survey(content));
        }
        translator.surveyed();
    }
    let mut records = Records::of(text, kind);
    if kind.has_header() {
        records.next_record()?;
    }
    Ok((translator, records))
}
