//! What the log already knows of a file: how far earlier attempts came.

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
