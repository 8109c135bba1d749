//! `retrace import --preview`: what an import would make of a file. No log is opened, and none is made.

use std::fmt::Write;

use super::{Failure, print};
use crate::clock::Clock;
use crate::import::Order;
use crate::import::preview::{Preview, preview};
use crate::keys::Pseudonyms;
use crate::verbs::WindowError;

/// Shows each file's preview.
pub(super) async fn run(orders: Vec<Order>, json: bool) -> Result<(), Failure> {
    for order in orders {
        // Without a log there is no key: the pseudonyms shown are not those that an import would write.
        let shown = preview(&order, Pseudonyms::of_no_secret(), Clock::System.now()).await;
        let shown = shown.map_err(|error| Failure::from(WindowError::from(error)))?;
        if json {
            print::json(&shown);
        } else {
            print::text(&text(&shown));
        }
    }
    Ok(())
}

fn text(preview: &Preview) -> String {
    let mut text = format!("{}: {}, {}\n", preview.file, preview.source, preview.encoding);
    // Writing into a text cannot fail.
    for column in &preview.columns {
        writeln!(text, "  {:<28} {}", print::visible(&column.column), column.becomes.as_deref().unwrap_or("-")).ok();
    }
    for row in &preview.rows {
        let said = row.refused.iter().chain(&row.repaired).cloned().collect::<Vec<_>>().join(", ");
        writeln!(text, "{:>6}  {}  {said}", row.line, print::visible(&row.fields.join(" | "))).ok();
    }
    let all = if preview.whole { "all rows" } else { "the first rows" };
    writeln!(text, "of {} rows looked at ({all}):", preview.n_rows_looked_at).ok();
    for (what, reasons) in [("mended", &preview.repaired), ("left out", &preview.refused)] {
        for (reason, n) in reasons {
            writeln!(text, "  {n:>8}  {reason} ({what})").ok();
        }
    }
    if let Some(mapping) = &preview.mapping {
        let guessed = if mapping.guessed { "guessed; save it, correct it, and name it with --mapping" } else { "as given" };
        writeln!(text, "the mapping ({guessed}):").ok();
        for problem in &mapping.problems {
            writeln!(text, "  wrong: {}", print::visible(&problem.to_string())).ok();
        }
        mapping.text.lines().for_each(|line| writeln!(text, "{}", print::visible(line)).ok().unwrap_or_default());
    }
    text
}
