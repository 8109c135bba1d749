//! What became of an injector's cases: counted, printed as a row of the table, and all of it must be good.

use std::fmt::Display;

/// What is not good.
#[derive(Clone, Debug)]
pub(crate) enum Finding {
    /// An acknowledged event is not there, or not as it was.
    Lost(String),
    /// It does not open, not in time, or does not go on.
    Stuck(String),
    /// It shows what is not so.
    Wrong(String),
    /// It fell over.
    Panic(String),
}

impl Display for Finding {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (what, detail) = match self {
            Self::Lost(detail) => ("lost", detail),
            Self::Stuck(detail) => ("stuck", detail),
            Self::Wrong(detail) => ("wrong", detail),
            Self::Panic(detail) => ("fell over", detail),
        };
        write!(to, "{what}: {detail}")
    }
}

/// The head of the table that the rows belong to.
#[cfg(test)]
const COLUMNS: &str = "| fault | injector | cases | acked events lost | unresumable | wrong | panics |";

/// The count of one injector.
pub(crate) struct Tally {
    fault: &'static str,
    injector: String,
    n_cases: usize,
    findings: Vec<(String, Finding)>,
}

impl Tally {
    pub(crate) fn new(fault: &'static str, injector: impl Into<String>) -> Self {
        Self { fault, injector: injector.into(), n_cases: 0, findings: Vec::new() }
    }

    /// Counts a case.
    pub(crate) fn count(&mut self, case: impl Display, outcome: Result<(), Finding>) {
        self.n_cases += 1;
        if let Err(finding) = outcome {
            self.findings.push((case.to_string(), finding));
        }
    }

    /// Says that the machine does not allow some cases.
    pub(crate) fn skip(&self, why: &str) {
        println!("skipped: {} {}: {why}", self.fault, self.injector);
    }

    /// Prints the row.
    ///
    /// # Panics
    /// When anything was found, or nothing was tried.
    #[track_caller]
    pub(crate) fn close(self) {
        let n = |kind: fn(&Finding) -> bool| self.findings.iter().filter(|(_, finding)| kind(finding)).count();
        let cells = [
            n(|finding| matches!(finding, Finding::Lost(_))),
            n(|finding| matches!(finding, Finding::Stuck(_))),
            n(|finding| matches!(finding, Finding::Wrong(_))),
            n(|finding| matches!(finding, Finding::Panic(_))),
        ];
        let cells: String = cells.iter().map(|cell| format!(" {cell} |")).collect();
        println!("| {} | {} | {} |{cells}", self.fault, self.injector, self.n_cases);
        let told: String = self.findings.iter().take(12).map(|(case, finding)| format!("\n  {case}: {finding}")).collect();
        assert!(
            self.findings.is_empty(),
            "{} findings in {} cases of {}:{told}",
            self.findings.len(),
            self.n_cases,
            self.injector
        );
        assert!(0 < self.n_cases, "{}: nothing was tried", self.injector);
    }
}

#[test]
fn a_row_has_as_many_cells_as_the_table_has_columns() {
    let mut tally = Tally::new("R0", "nothing");
    tally.count("one", Ok(()));
    assert_eq!(COLUMNS.matches('|').count(), "| R0 | nothing | 1 | 0 | 0 | 0 | 0 |".matches('|').count());
    tally.close();
}
