//! What the log already knows of a file: how far earlier attempts came.

use std::collections::BTreeMap;

use events::import::{Cancelled, Event as Fact, Finished, Interrupted, Progressed, Report};
use events::{Body, Event};

use crate::log::Stored;

/// What the log already knows of this file.
#[derive(Default)]
pub(super) struct Before {
    pub(super) report: Report,
    pub(super) finished: bool,
    /// Whether the last fact says that reading began, with nothing read since.
    pub(super) begun: bool,
}

impl Before {
    pub(super) fn of(stream: &[Stored]) -> Self {
        let mut before = Self::default();
        for stored in stream {
            let Body::Read(Event::Import(fact)) = &stored.fact.body else { continue };
            before.begun = matches!(fact, Fact::Started(_));
            match fact {
                Fact::Started(_) | Fact::RowRepaired(_) | Fact::RowRefused(_) => {}
                Fact::Progressed(Progressed { report })
                | Fact::Cancelled(Cancelled { report })
                | Fact::Interrupted(Interrupted { report, .. }) => before.report = report.clone(),
                Fact::Finished(Finished { report }) => {
                    before.report = report.clone();
                    before.finished = true;
                }
            }
        }
        before
    }

    /// A finished file is read anew, to count what is there; an unfinished one goes on where it stopped.
    pub(super) fn n_rows_to_skip(&self) -> u64 {
        if self.finished { 0 } else { self.report.n_rows_read }
    }
}

/// What a report counts beyond an earlier one of the same file.
#[must_use]
pub fn since(report: &Report, before: &Report) -> Report {
    let more = |now: &BTreeMap<String, u64>, then: &BTreeMap<String, u64>| -> BTreeMap<String, u64> {
        let more = now.iter().map(|(reason, n)| (reason.clone(), n.saturating_sub(then.get(reason).copied().unwrap_or(0))));
        more.filter(|(_, n)| 0 < *n).collect()
    };
    Report {
        n_rows_read: report.n_rows_read.saturating_sub(before.n_rows_read),
        n_events_written: report.n_events_written.saturating_sub(before.n_events_written),
        n_already_present: report.n_already_present.saturating_sub(before.n_already_present),
        repaired: more(&report.repaired, &before.repaired),
        refused: more(&report.refused, &before.refused),
    }
}
