//! Imports as the window sees them: jobs that run now, and the log's record of all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use events::{Moment, Position};
use projections::import::RowNote;
use projections::trail::PAGE_MAX;
use tokio::sync::watch;

use super::{Desk, lock};
use crate::import::folder::{Earlier, earlier};
use crate::import::preview::{Preview, preview};
use crate::import::{Cancel, Ending, ImportError, Order, Progress, import};
use crate::log::EventLog;
use crate::sources::SourceKind;
use crate::verbs::{ImportQuestion, ImportRow, Job, JobQuestion, JobState, NotesPage, NotesQuestion, Nothing, WindowError};

/// Imports that run or ran since the desk was opened.
pub(super) type Jobs = BTreeMap<u32, RunningJob>;

/// One import that runs or ran.
pub(super) struct RunningJob {
    file: String,
    started_at: Moment,
    ended: Option<(Moment, JobState)>,
    progress: watch::Receiver<Progress>,
    cancel: Cancel,
}

impl Desk {
    /// Takes note of a file, alone in its folder, that was handed over only to be imported: it may hold customers' words.
    pub(crate) fn handed_over(&self, file: PathBuf) {
        lock(&self.handed).insert(file);
    }

    /// Deletes a file that was handed over; any other stays.
    fn let_go(&self, file: &Path) {
        if !lock(&self.handed).remove(file) {
            return;
        }
        if let Some(Err(error)) = file.parent().map(std::fs::remove_dir_all) {
            tracing::warn!(%error, "a file that was handed over is still there");
        }
    }

    /// What an import would make of a file; writes nothing.
    ///
    /// # Errors
    /// [`WindowError::Unknown`] when no source is called so, or why the file cannot be read.
    pub async fn import_preview(&self, question: ImportQuestion) -> Result<Preview, WindowError> {
        Ok(preview(&order(&question)?, self.log.pseudonyms()?, self.clock.now()).await?)
    }

    /// Begins to import a file; it goes on by itself and is watched with `import_jobs`.
    ///
    /// # Errors
    /// [`WindowError::Unknown`] when no source is called so.
    pub async fn import_start(self: &Arc<Self>, question: ImportQuestion) -> Result<Job, WindowError> {
        let order = order(&question).inspect_err(|_unknown| self.let_go(Path::new(question.path.trim())))?;
        let (progress, watching) = watch::channel(Progress::default());
        let cancel = Cancel::default();
        let job = RunningJob {
            file: order.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
            started_at: self.clock.now(),
            ended: None,
            progress: watching,
            cancel: cancel.clone(),
        };
        let number = {
            let mut jobs = lock(&self.jobs);
            let number = jobs.last_key_value().map_or(1, |(last, _)| last + 1);
            jobs.insert(number, job);
            number
        };
        let desk = self.clone();
        tokio::spawn(async move {
            let result = import(&desk.log, &desk.clock, &order, &cancel, &progress).await;
            desk.caught_up().await;
            desk.let_go(&order.path);
            let state = match result {
                Ok((_, Ending::Finished)) => JobState::Finished,
                Ok((_, Ending::Cancelled)) => JobState::Cancelled,
                Ok((_, Ending::Interrupted(error))) | Err(error) => JobState::Stopped { problem: error.into() },
            };
            if let Some(job) = lock(&desk.jobs).get_mut(&number) {
                job.ended = Some((desk.clock.now(), state));
            }
        });
        self.job(number)
    }

    /// The imports that run or ran since the desk was opened, newest first.
    ///
    /// # Errors
    /// None.
    pub async fn import_jobs(&self, _question: Nothing) -> Result<Vec<Job>, WindowError> {
        let numbers: Vec<u32> = lock(&self.jobs).keys().rev().copied().collect();
        numbers.into_iter().map(|number| self.job(number)).collect()
    }

    /// Stops an import after the rows it is at; what was read stays.
    ///
    /// # Errors
    /// [`WindowError::Unknown`] when there is no such job.
    pub async fn import_cancel(&self, question: JobQuestion) -> Result<Job, WindowError> {
        if let Some(job) = lock(&self.jobs).get(&question.job) {
            job.cancel.cancel();
        }
        self.job(question.job)
    }

    /// What the log's imports have read, by the names of their files, for a folder that is watched.
    #[must_use]
    pub fn earlier_readings(&self) -> BTreeMap<String, Vec<Earlier>> {
        earlier(&self.read().board)
    }

    /// Every import that the log knows, newest first.
    ///
    /// # Errors
    /// None.
    pub async fn imports(&self, _question: Nothing) -> Result<Vec<ImportRow>, WindowError> {
        let live = self.read();
        let rows = live.board.imports.by_id.iter().rev().map(|(id, import)| ImportRow {
            id: id.clone(),
            source: import.source.clone(),
            file: import.file.clone(),
            zone: import.zone.clone(),
            mapping: import.mapping.clone(),
            started_at: import.started_at,
            standing: import.standing,
            interruption: import.interruption.clone(),
            n_rows_read: import.n_rows_read,
            report: import.report.clone(),
            n_notes: import.notes.len() as u64,
        });
        Ok(rows.collect())
    }

    /// Rows of an import that were mended or left out.
    ///
    /// # Errors
    /// [`WindowError::Unknown`] when the log knows no such import.
    pub async fn import_notes(&self, question: NotesQuestion) -> Result<NotesPage, WindowError> {
        let (n, rows) = self.notes(&question)?;
        let positions: Vec<Position> = rows.iter().map(|note| note.position).collect();
        let mut texts = self.log.personal(&positions, &self.rights()).await?;
        let of = |position| texts.remove(position).and_then(|mut shown| shown.personal.texts.remove("original"));
        let originals = positions.iter().map(of).collect();
        Ok(NotesPage { n, rows, originals })
    }

    fn notes(&self, question: &NotesQuestion) -> Result<(u64, Vec<RowNote>), WindowError> {
        let live = self.read();
        let unknown = || WindowError::Unknown { what: "import".to_owned(), name: question.id.clone() };
        let import = live.board.imports.by_id.get(&question.id).ok_or_else(unknown)?;
        let fits = |note: &&RowNote| question.reason.as_ref().is_none_or(|reason| note.reasons.contains(reason));
        let n = import.notes.iter().filter(fits).count() as u64;
        let limit = question.limit.min(PAGE_MAX) as usize;
        let rows = import.notes.iter().filter(fits).skip(question.offset as usize).take(limit).cloned().collect();
        Ok((n, rows))
    }

    fn job(&self, number: u32) -> Result<Job, WindowError> {
        let jobs = lock(&self.jobs);
        let unknown = || WindowError::Unknown { what: "job".to_owned(), name: number.to_string() };
        let job = jobs.get(&number).ok_or_else(unknown)?;
        let progress = job.progress.borrow().clone();
        let until = job.ended.as_ref().map_or_else(|| self.clock.now(), |(at, _)| *at);
        let elapsed_secs = until.micros_since(job.started_at).max(1) as f64 * 1e-6;
        let share = progress.bytes_total.map(|total| progress.bytes_read as f64 / total.max(1) as f64);
        let eta_secs =
            share.filter(|&share| 0.0 < share && job.ended.is_none()).map(|share| elapsed_secs * (1.0 - share).max(0.0) / share);
        Ok(Job {
            job: number,
            file: job.file.clone(),
            source: progress.source.map(str::to_owned),
            import: progress.import,
            state: job.ended.as_ref().map_or(JobState::Running, |(_, state)| state.clone()),
            rows_per_sec: progress.report.n_rows_read as f64 / elapsed_secs,
            report: progress.report,
            bytes_read: progress.bytes_read,
            bytes_total: progress.bytes_total,
            eta_secs,
            elapsed_secs,
        })
    }
}

/// What a question asks to be read.
fn order(question: &ImportQuestion) -> Result<Order, WindowError> {
    let unknown = |name: &String| WindowError::Unknown { what: "source".to_owned(), name: name.clone() };
    let source = match &question.source {
        None => None,
        Some(name) => Some(SourceKind::named(name).ok_or_else(|| unknown(name))?),
    };
    Ok(Order { path: PathBuf::from(question.path.trim()), source, mapping: question.mapping.clone() })
}

impl From<ImportError> for WindowError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::File { code, detail, path } => Self::Trouble { code, detail, path: Some(path.display().to_string()) },
            ImportError::Log(error) => error.into(),
        }
    }
}
