//! `retrace claims`: what sources say they measured, beside what their facts show.

use std::path::Path;

use clap::Args;
use events::conversation::ClaimUnit;
use projections::claim::{ClaimDoubt, ClaimRow, rows};
use serde_json::json;

use super::look::board_at;
use super::{Failure, print};
use crate::log::sqlite::SqliteLog;

/// `retrace claims`
#[derive(Debug, Args)]
pub(super) struct Claims {
    /// Only this source
    #[arg(long)]
    source: Option<String>,
    /// Only this conversation
    #[arg(long, value_name = "ID")]
    conversation: Option<String>,
    /// Only claims that the facts contradict
    #[arg(long)]
    differing: bool,
}

impl Claims {
    pub(super) async fn run(self, log: &Path, json: bool) -> Result<(), Failure> {
        let log = SqliteLog::open_to_read(log).await?;
        let (board, _) = board_at(&log, None).await?;
        let of_conversation = |row: &ClaimRow| self.conversation.as_ref().is_none_or(|id| *id == row.conversation);
        let all: Vec<ClaimRow> = rows(&board, self.source.as_deref()).filter(of_conversation).collect();
        let count = |agrees: Option<bool>| all.iter().filter(|row| row.agrees == agrees).count();
        let (n_agree, n_differ, n_unknown) = (count(Some(true)), count(Some(false)), count(None));
        let n = all.len();
        let shown: Vec<&ClaimRow> = all.iter().filter(|row| !self.differing || row.agrees == Some(false)).collect();
        if json {
            let counts = json!({ "n": n, "n_agree": n_agree, "n_differ": n_differ, "n_unknown": n_unknown });
            print::json(&json!({ "counts": counts, "rows": shown }));
        } else {
            shown.into_iter().for_each(|row| print::text(&line(row)));
            print::text(&format!("{n} claims: {n_agree} agree, {n_differ} differ, {n_unknown} unknown\n"));
        }
        Ok(())
    }
}

fn line(row: &ClaimRow) -> String {
    let unit = match row.unit {
        ClaimUnit::Secs => " s",
        ClaimUnit::Minutes => " min",
        ClaimUnit::Count => "",
    };
    let value = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.1}{unit}"));
    let hours = if row.in_business_hours { " (business hours)" } else { "" };
    let verdict = match (row.agrees, row.doubt) {
        (Some(true), _) => "agrees".to_owned(),
        (Some(false), _) => format!("differs by {}", value(row.difference)),
        (None, doubt) => format!("unknown: {}", doubt.map_or("not recorded", why)),
    };
    let words = [&row.conversation, &row.metric].map(|text| print::visible(text));
    let [conversation, metric] = words;
    let (claimed, ours) = (value(row.claimed), value(row.ours));
    format!("{conversation}  {metric}{hours}  claimed {claimed}  ours {ours}  {verdict}  @{}\n", row.position.0)
}

fn why(doubt: ClaimDoubt) -> &'static str {
    match doubt {
        ClaimDoubt::BusinessHours => "which hours are business hours the source does not say",
        ClaimDoubt::NoReading => "this version does not measure that",
        ClaimDoubt::StartNotSeen => "its beginning is not in the log",
        ClaimDoubt::NotRecorded => "what it is measured by is not in the log",
        ClaimDoubt::Ambiguous => "there are several legs, and the claim does not say which",
        ClaimDoubt::MomentOnly => "the source names a moment and no value",
    }
}
