//! The table as comma-separated values (RFC 4180), in UTF-8: a header, then one row a fact, lines ended by CR LF.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, and runs it. Whatever text begins
//! so, or with an apostrophe, a tab or a line's end, gets one apostrophe in front; a reader who wants the text as it
//! is takes one leading apostrophe away again. Every text is quoted, so that no separator within it begins a cell of
//! its own; an empty cell without quotes is a value that is not there.

use std::io::Write;

use events::Moment;
use events::cloudevent::rfc3339;

use super::ExportError;
use super::facets::Cases;
use super::leaving::Leaving;
use super::table::{COLUMNS, Cells, Row};
use crate::log::EventLog;

/// Writes the table; returns how many facts.
pub(super) async fn write(leaving: &Leaving<'_, impl EventLog>, to: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
    let header: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
    to.write_all(format!("{}\r\n", header.join(",")).as_bytes())?;
    let (mut cases, mut n_events) = (Cases::default(), 0);
    loop {
        let batch = leaving.from(n_events).await?;
        if batch.is_empty() {
            return Ok(n_events);
        }
        let mut text = String::new();
        for departing in batch {
            let facets = cases.facets(&departing.stored.fact, &departing.stored.payload.event_type);
            line(&Row::of(departing, facets)?, &mut text);
            n_events += 1;
        }
        to.write_all(text.as_bytes())?;
    }
}

fn line(row: &Row, text: &mut String) {
    for (index, column) in COLUMNS.iter().enumerate() {
        if 0 < index {
            text.push(',');
        }
        match &column.cells {
            Cells::Number(cell) => text.extend(cell(row).map(|number| number.to_string())),
            Cells::Time(cell) => text.extend(cell(row).map(|micros| rfc3339(Moment(micros)))),
            Cells::Text(cell) | Cells::Json(cell) => {
                if let Some(cell) = cell(row) {
                    quoted(cell, text);
                }
            }
        }
    }
    text.push_str("\r\n");
}

fn quoted(cell: &str, text: &mut String) {
    text.push('"');
    if cell.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\'', '\t', '\r', '\n']) {
        text.push('\'');
    }
    for c in cell.chars() {
        match c {
            '"' => text.push_str("\"\""),
            // A spreadsheet ends the cell there, and some readers the file.
            '\0' => text.push('\u{fffd}'),
            c => text.push(c),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[track_caller]
    fn check(cell: &str, expected: &str) {
        let mut text = String::new();
        quoted(cell, &mut text);
        assert_eq!(text, expected);
    }

    #[test]
    fn no_text_begins_a_cell_as_a_formula_does() {
        check("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"");
        check("+86 138", "\"'+86 138\"");
        check("-1", "\"'-1\"");
        check("@cmd", "\"'@cmd\"");
        check("＝1+1", "\"'＝1+1\"");
        check("\t=1", "\"'\t=1\"");
        check("'tis", "\"''tis\"");
    }

    #[test]
    fn any_other_text_is_quoted_and_stays_as_it_is() {
        check("售后", "\"售后\"");
        check("a,b;c\r\nd", "\"a,b;c\r\nd\"");
        check("", "\"\"");
        check("1=1", "\"1=1\"");
    }
}
