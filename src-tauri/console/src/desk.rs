//! The desk: one open log with its live board, its playhead and its imports; the verbs are its methods.

mod following;
mod imports;
mod mappings;
mod personal;
mod rows;
mod verification;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, RwLock};

use events::{Command, EventId, Intent, Moment, Position, Receipt, StreamId};
use projections::figure::{Evidence, evidence, figure};
use projections::live::{AGENTS_IN_STANDING, LiveView, agents_in_standing, live, standing_evidence};
use projections::metric::{Definition, Metric};
use projections::rating::of_conversation;
use projections::trail::{ConversationPage, ConversationQuery, PAGE_MAX, conversation, conversations};
use projections::{Board, Lens, Projection};
use tokio::sync::watch;

use crate::actor::actor;
use crate::clock::Clock;
use crate::erasure::reconcile;
use crate::execute::execute;
use crate::log::sqlite::SqliteLog;
use crate::log::{EventLog, LogError};
use crate::playhead::{Playhead, PlayheadCommand, PlayheadView};
use crate::projector::{Replay, resume};
use crate::report::chart;
use crate::snapshots::{EVERY_FACTS, Snapshots};
use crate::verbs::{
    Chart, ChartQuestion, ConversationQuestion, ConversationView, EvidencePage, EvidenceQuestion, EvidenceRow, Halt,
    LiveQuestion, Nothing, Status, WindowError,
};

/// A log whose last fact is older than this rests: its screens show that fact's moment, not the wall clock's.
const RESTING_SECS: i64 = 12 * 3600;
/// Entries of the playhead's line: more than a screen has columns, and few enough to be asked for several times a second.
const DENSITY_MAX: usize = 4_000;
/// The source whose facts are made up.
const SIMULATOR: &str = "simulator";

/// What the projector has folded.
#[derive(Default)]
struct Live {
    board: Board,
    last: Option<EventId>,
    saved_at: u64,
    halted: Option<Halt>,
    /// The earliest occurrence among facts folded since the replay last looked.
    late_from: Option<Moment>,
}

/// One open log and all that is known of it.
pub struct Desk {
    log: SqliteLog,
    clock: Clock,
    snapshots: Snapshots,
    live: RwLock<Live>,
    playhead: Mutex<Playhead>,
    replay: tokio::sync::Mutex<Replay>,
    jobs: Mutex<imports::Jobs>,
    background: verification::Background,
    /// Files handed over to be imported; each is deleted when its import has ended.
    handed: Mutex<BTreeSet<PathBuf>>,
    /// How many facts are folded; `u64::MAX` once the projector stands still for good.
    folded: watch::Sender<u64>,
}

/// Locks what no panicking code holds.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Desk {
    /// Opens the desk on a log: the newest snapshot is taken up and a projector follows the log from there.
    ///
    /// # Errors
    /// What the log says.
    pub async fn open(log: SqliteLog, clock: Clock) -> Result<Arc<Self>, LogError> {
        let snapshots = Snapshots::beside(log.path());
        let board = resume(&log, &snapshots).await?;
        let folded = watch::Sender::new(board.n_facts);
        let live = Live { saved_at: board.n_facts, board, ..Live::default() };
        let background = verification::Background::of(&log, &clock);
        let desk = Arc::new(Self {
            log,
            clock,
            snapshots,
            live: RwLock::new(live),
            playhead: Mutex::default(),
            replay: tokio::sync::Mutex::default(),
            jobs: Mutex::default(),
            background,
            handed: Mutex::default(),
            folded,
        });
        // Weak, so that the projector ends with the desk.
        tokio::spawn(following::project(Arc::downgrade(&desk), desk.log.head()));
        desk.caught_up().await;
        let customers = desk.read().board.customers.clone();
        reconcile(&desk.log, &customers).await?;
        Ok(desk)
    }

    /// Waits until every fact that is in the log now is folded, or the projector had to halt.
    pub async fn caught_up(&self) {
        let head = *self.log.head().borrow();
        let mut folded = self.folded.subscribe();
        // The projector's end is the desk's end: there is nothing more to wait for.
        folded.wait_for(|&folded| head <= folded).await.ok();
    }

    /// The sources of the log's conversations and imports.
    #[must_use]
    pub fn sources(&self) -> Vec<String> {
        let live = self.read();
        let mut sources = live.board.conversations.sources();
        sources.extend(live.board.imports.by_id.values().map(|import| import.source.clone()));
        sources.sort();
        sources.dedup();
        sources
    }

    /// Saves a snapshot for the next start, if anything was folded since the last.
    pub fn save_snapshot(&self) {
        let live = self.read();
        if let Some(last) = live.last.filter(|_| live.saved_at < live.board.n_facts) {
            self.snapshots.save(&live.board, last);
        }
    }

    /// The log, for what is not a verb.
    #[must_use]
    pub fn log(&self) -> &SqliteLog {
        &self.log
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Live> {
        self.live.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn fold(&self, facts: &[events::Recorded]) {
        let mut live = self.live.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        for fact in facts {
            live.board.evolve(fact);
        }
        let earliest = facts.iter().map(|fact| fact.occurred_at).min();
        live.late_from = [live.late_from, earliest].into_iter().flatten().min();
        live.last = facts.last().map(|fact| fact.id).or(live.last);
        if live.saved_at + EVERY_FACTS <= live.board.n_facts
            && let Some(last) = live.last
        {
            self.snapshots.save(&live.board, last);
            live.saved_at = live.board.n_facts;
        }
        self.folded.send_replace(live.board.n_facts);
    }

    /// The first and last moment of the log's days; now, twice, when nothing has happened yet.
    fn span(&self, board: &Board) -> (Moment, Moment) {
        let now = self.clock.now();
        (board.earliest_at.unwrap_or(now), board.latest_at.unwrap_or(now))
    }

    /// The lens of the log's end. A log that rests shows its last moment, and its last contact's day as today.
    fn live_lens(&self, board: &Board, source: Option<&str>, zone: String) -> Lens {
        let now = self.clock.now();
        let latest = board.latest_at.unwrap_or(now);
        if now < latest.plus_secs(RESTING_SECS) {
            let as_of = now.max(latest);
            return Lens { as_of, today: as_of, zone };
        }
        Lens { as_of: latest, today: board.conversations.latest_start(source).unwrap_or(latest), zone }
    }

    /// Looks at the board where the playhead stands, through a lens for `source`'s zone.
    async fn look<R>(&self, source: Option<&str>, view: impl FnOnce(&Board, &Lens) -> R) -> Result<R, WindowError> {
        let (at, zone) = {
            let live = self.read();
            let (_, last) = self.span(&live.board);
            (lock(&self.playhead).at(self.clock.now(), last), live.board.zone(source).to_owned())
        };
        let Some(at) = at else {
            let live = self.read();
            let lens = self.live_lens(&live.board, source, zone);
            return Ok(view(&live.board, &lens));
        };
        let mut replay = self.replay.lock().await;
        let late_from = self.live.write().unwrap_or_else(std::sync::PoisonError::into_inner).late_from.take();
        if let Err(error) = replay.seek(&self.log, at, late_from).await {
            // Late facts that could not be taken in now are late still.
            let mut live = self.live.write().unwrap_or_else(std::sync::PoisonError::into_inner);
            live.late_from = [live.late_from, late_from].into_iter().flatten().min();
            return Err(error.into());
        }
        let board = replay.board();
        Ok(view(board, &Lens { as_of: at, today: at, zone }))
    }

    /// The status line and the playhead.
    ///
    /// # Errors
    /// What the log says.
    pub async fn status(&self, _question: Nothing) -> Result<Status, WindowError> {
        let (as_of, position) = self.look(None, |board, lens| (lens.as_of, board.n_facts)).await?;
        let now = self.clock.now();
        let unmaskings = self.unmasked_at(now);
        let live = self.read();
        let board = &live.board;
        let (first, last) = self.span(board);
        let sources: Vec<String> = board.conversations.sources();
        let head = *self.log.head().borrow();
        Ok(Status {
            build: env!("CARGO_PKG_VERSION").to_owned(),
            site: board.site.as_ref().map(|(name, _)| name.clone()),
            zone: board.zone(None).to_owned(),
            log: self.log.path().display().to_string(),
            playhead: lock(&self.playhead).view(self.clock.now(), last),
            as_of,
            position,
            head,
            lag: head.saturating_sub(board.n_facts),
            span: board.latest_at.map(|_| (first, last)),
            density: density(board),
            sample: sources.iter().any(|source| source == SIMULATOR),
            sources,
            n_poison: board.n_poison,
            halted: live.halted.clone(),
            verified: self.background.verified(),
            now,
            actor: actor(),
            keeper: self.log.keys().ok().map(|keys| keys.custody().keeper()),
            unmaskings,
        })
    }

    /// The Live screen.
    ///
    /// # Errors
    /// What the log says.
    pub async fn live(&self, question: LiveQuestion) -> Result<LiveView, WindowError> {
        let source = question.scope.source.clone();
        self.look(source.as_deref(), |board, lens| live(board, &question.scope, question.range, lens)).await
    }

    /// The half-hour chart.
    ///
    /// # Errors
    /// A size out of range, or what the log says.
    pub async fn chart(&self, question: ChartQuestion) -> Result<Chart, WindowError> {
        if !(200..=4000).contains(&question.width) || !(120..=2000).contains(&question.height) {
            return Err(WindowError::BadQuestion { detail: format!("a chart of {} × {}", question.width, question.height) });
        }
        let view = self.live(LiveQuestion { scope: question.scope, range: question.range }).await?;
        let size = (question.width, question.height);
        chart::half_hours(&view.half_hours, &question.words, question.theme, size)
            .map(|svg| Chart { svg })
            .map_err(|error| WindowError::BadQuestion { detail: error.to_string() })
    }

    /// A page of conversations.
    ///
    /// # Errors
    /// What the log says.
    pub async fn conversations(&self, query: ConversationQuery) -> Result<ConversationPage, WindowError> {
        let source = query.scope.source.clone();
        self.look(source.as_deref(), |board, lens| conversations(board, &query, lens)).await
    }

    /// One conversation with its trail up to the playhead.
    ///
    /// # Errors
    /// [`WindowError::Unknown`] when no such conversation has begun by then, or what the log says.
    pub async fn conversation(&self, question: ConversationQuestion) -> Result<ConversationView, WindowError> {
        let unknown = || WindowError::Unknown { what: "conversation".to_owned(), name: question.id.clone() };
        let (row, ratings, claims, until) = self
            .look(None, |board, lens| {
                let id = &question.id;
                let claims = projections::claim::of_conversation(board, id);
                conversation(board, id).map(|row| (row, of_conversation(board, id), claims, lens.as_of))
            })
            .await?
            .ok_or_else(unknown)?;
        let past = lock(&self.playhead).at(self.clock.now(), Moment(i64::MAX)).is_some();
        let stream = StreamId::new("conversation", &question.id).map_err(|_not_a_name| unknown())?;
        let mut stored = self.log.stream(&stream).await?;
        stored.retain(|stored| !past || stored.fact.occurred_at <= until);
        let standing = row.customer.as_ref().map(|customer| self.read().board.customers.standing(customer));
        Ok(ConversationView { row, standing, trail: self.rows(&stored).await?, ratings, claims })
    }

    /// The events behind a figure.
    ///
    /// # Errors
    /// [`WindowError::Unknown`] for a metric of another version of this program, or what the log says.
    pub async fn evidence(&self, question: EvidenceQuestion) -> Result<EvidencePage, WindowError> {
        let EvidenceQuestion { metric, scope, offset, limit } = question;
        let of_agents = metric == AGENTS_IN_STANDING.0;
        let named = Metric::named(&metric);
        if named.is_none() && !of_agents {
            return Err(WindowError::Unknown { what: "metric".to_owned(), name: metric });
        }
        let source = scope.source.clone();
        let (figure, behind): (_, Vec<Evidence>) = self
            .look(source.as_deref(), |board, lens| match named {
                Some(metric) => (figure(board, metric, &scope, lens), evidence(board, metric, &scope, lens)),
                None => standing_evidence(board, &scope),
            })
            .await?;
        let page: Vec<Evidence> = behind.into_iter().skip(offset as usize).take(limit.min(PAGE_MAX) as usize).collect();
        let positions: Vec<Position> = page.iter().map(|evidence| evidence.position).collect();
        let stored = self.log.at(&positions).await?;
        let events = self.rows(&stored).await?;
        let rows = page.into_iter().zip(events).map(|(evidence, event)| EvidenceRow {
            numerator: evidence.numerator,
            denominator: evidence.denominator,
            subject: evidence.subject,
            event,
        });
        Ok(EvidencePage {
            figure,
            definition: Some(named.map_or_else(agents_in_standing, Metric::definition)),
            rows: rows.collect(),
        })
    }

    /// Every metric's definition.
    ///
    /// # Errors
    /// None.
    pub async fn definitions(&self, _question: Nothing) -> Result<Vec<Definition>, WindowError> {
        Ok(Metric::ALL.iter().map(|metric| metric.definition()).chain([agents_in_standing()]).collect())
    }

    /// Moves the playhead.
    ///
    /// # Errors
    /// None.
    pub async fn playhead(&self, command: PlayheadCommand) -> Result<PlayheadView, WindowError> {
        let (first, last) = self.span(&self.read().board);
        let mut playhead = lock(&self.playhead);
        let now = self.clock.now();
        playhead.obey(command, now, first, last);
        Ok(playhead.view(now, last))
    }

    /// Begins a replay at `from` (the log's first moment when `None`) at a speed.
    ///
    /// # Errors
    /// None.
    pub async fn play(&self, speed: u32, from: Option<Moment>) -> Result<PlayheadView, WindowError> {
        if let Some(at) = from {
            self.playhead(PlayheadCommand::Jump { at }).await?;
        }
        self.playhead(PlayheadCommand::Play { speed }).await
    }

    /// Carries out an intent, and answers once the live board holds its fact.
    ///
    /// # Errors
    /// [`WindowError::Rejected`] when the domain says no, or what the log says.
    pub async fn ask(&self, intent: Intent) -> Result<Receipt, WindowError> {
        let receipt = execute(&self.log, &intent).await?;
        self.caught_up().await;
        if let Command::Customer(command) = &intent.command {
            // The key follows the fact; cut short here, the next opening completes it.
            let standing = self.read().board.customers.standing(command.customer());
            self.log.keys()?.set_standing(command.customer(), standing).await?;
        }
        Ok(receipt)
    }
}

/// Facts per quarter of an hour; in a log of years, where those would be tens of thousands, per a multiple of it.
fn density(board: &Board) -> Vec<(Moment, u32)> {
    let mut together = 1;
    loop {
        let mut entries: Vec<(i64, u32)> = Vec::new();
        for (slot, &n) in &board.density {
            let start = slot.div_euclid(together) * together;
            match entries.last_mut() {
                Some((last, sum)) if *last == start => *sum = sum.saturating_add(n),
                Some(_) | None => entries.push((start, n)),
            }
        }
        if entries.len() <= DENSITY_MAX {
            return entries.into_iter().map(|(slot, n)| (projections::conversation::slot_start(slot), n)).collect();
        }
        together *= 2;
    }
}
