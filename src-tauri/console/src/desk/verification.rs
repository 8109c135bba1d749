//! The verification that goes on behind the screens: once when the desk opens, then of what each checkpoint adds.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use events::Moment;
use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;

use super::{Desk, lock};
use crate::clock::Clock;
use crate::log::sqlite::{Kept, SqliteLog};
use crate::log::{EventLog, LogError};
use crate::verbs::{Nothing, Verification, VerificationProgress, Verified, WindowError};
use crate::verification::{Following, Report, rests, verify_own};
use crate::witness::Witness;

/// What is known of the log's evidence, and the task that finds it out.
pub(super) struct Background {
    found: Arc<Found>,
    kept: Option<watch::Receiver<Kept>>,
    task: Option<AbortHandle>,
}

/// What the task has found out.
#[derive(Default)]
struct Found {
    state: Mutex<State>,
    again: Notify,
}

#[derive(Default)]
struct State {
    report: Option<(Report, Moment)>,
    running: Option<VerificationProgress>,
    problem: Option<WindowError>,
}

impl Drop for Background {
    fn drop(&mut self) {
        // The task reads the log's file: it must not outlive the desk's hold on it.
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl Background {
    /// Begins to verify a log that this process writes; of one that it only reads nothing is known.
    pub(super) fn of(log: &SqliteLog, clock: &Clock) -> Self {
        let (found, kept) = (Arc::<Found>::default(), log.kept());
        let task = kept.clone().map(|kept| {
            let following = follow(log.path().to_owned(), log.witness().clone(), clock.clone(), found.clone(), kept);
            tokio::spawn(following).abort_handle()
        });
        Self { found, kept, task }
    }

    /// What the status line says; nothing before the first verification is done.
    pub(super) fn verified(&self) -> Option<Verified> {
        let state = lock(&self.found.state);
        let refused = self.kept.as_ref().is_some_and(|kept| kept.borrow().refused.is_some());
        let (report, at) = state.report.as_ref()?;
        let n_findings = report.counts.values().sum::<u64>() + u64::from(refused);
        Some(Verified { to: report.verified_to, at: *at, n_findings })
    }
}

/// Verifies until the log's keeper is gone. It holds neither the desk nor its log.
async fn follow(path: PathBuf, witness: Witness, clock: Clock, found: Arc<Found>, mut kept: watch::Receiver<Kept>) {
    let mut following = Following::own(&path, witness.clone());
    let mut whole = false;
    loop {
        kept.borrow_and_update();
        let tell = |done, of| lock(&found.state).running = Some(VerificationProgress { done, of });
        let report = if whole { verify_own(&path, &witness, &tell).await } else { following.advance(&tell).await };
        take(&found, report, whole, clock.now());
        whole = tokio::select! {
            changed = kept.changed() => match changed {
                Ok(()) => false,
                Err(_gone) => return,
            },
            () = found.again.notified() => true,
        };
    }
}

fn take(found: &Found, report: Result<Report, LogError>, whole: bool, now: Moment) {
    let mut state = lock(&found.state);
    state.running = None;
    match report {
        // What was found stays until the whole is verified again.
        Ok(_) if !whole && state.report.as_ref().is_some_and(|(before, _)| !before.clean()) => {}
        Ok(report) => {
            if !report.clean() && state.report.as_ref().is_none_or(|(before, _)| before.clean()) {
                tracing::error!(first_bad = ?report.first_bad, "the log is not what was signed");
            }
            (state.report, state.problem) = (Some((report, now)), None);
        }
        Err(error) => state.problem = Some(error.into()),
    }
}

impl Desk {
    /// What the last verification found, how far the log is signed, and how far a verification is that runs.
    ///
    /// # Errors
    /// None.
    pub async fn verification(&self, _question: Nothing) -> Result<Verification, WindowError> {
        let kept = self.background.kept.as_ref().map(|kept| kept.borrow().clone()).unwrap_or_default();
        let mut answer = {
            let state = lock(&self.background.found.state);
            let (report, at) = state.report.clone().unzip();
            Verification {
                report: report.unwrap_or_default(),
                verified_at: at,
                running: state.running.clone(),
                problem: kept.refused.clone().map(WindowError::from).or_else(|| state.problem.clone()),
                signed_to: kept.size,
                checkpoint: kept.note,
            }
        };
        if !answer.report.clean() {
            answer.report.rests_on_unverified = rests(&self.read().board, &answer.report.unverified);
        }
        Ok(answer)
    }

    /// Begins to verify the whole log again, from its first event; it goes on by itself and is watched with
    /// `verification`.
    ///
    /// # Errors
    /// None.
    pub async fn verify(&self, question: Nothing) -> Result<Verification, WindowError> {
        let head = *self.log.head().borrow();
        lock(&self.background.found.state).running.get_or_insert(VerificationProgress { done: 0, of: head });
        self.background.found.again.notify_one();
        self.verification(question).await
    }
}
