//! The keeper of the evidence: hashes what was appended, signs the tree's head, and remembers it outside the log.
//!
//! It works off the append path. It reads committed rows on a connection of its own, computes leaves and tiles, and
//! hands the writer what is to be stored; an append never waits for a hash. It signs nothing that does not continue
//! what was signed before: not the log's own last checkpoint, and not the one remembered outside.
//!
//! Source: c2sp.org/tlog-checkpoint ("A log MUST not sign any checkpoint which is inconsistent with any checkpoint it
//! previously signed"). ADR-0010, ADR-0011.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use events::{Moment, Position};
use sqlx::{SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, mpsc, oneshot, watch};
use tokio::time::MissedTickBehavior;

use super::Request;
use super::open::of_sqlx;
use super::raw;
use crate::clock::Clock;
use crate::envelope::Hasher;
use crate::keys::Signer;
use crate::log::LogError;
use crate::merkle::{Frontier, Tile, laid};
use crate::note::{Checkpoint, Head, Verifier, sign};
use crate::verbs::Trouble;
use crate::witness::{Memory, Witness, WitnessError};

/// New events that make a checkpoint: 64 full tiles, a third of a second of bulk import.
pub const EVERY_FACTS: u64 = 16_384;
/// The longest that a new event goes without a checkpoint: a person who looks twice sees it covered.
pub const EVERY: Duration = Duration::from_secs(10);
/// The most events of one checkpoint when the keeper is behind: what is hashed but not stored stays small.
const SEAL_MAX: u64 = 4 * EVERY_FACTS;
/// Rows hashed before other tasks have their turn.
const BATCH_MAX: usize = 1_024;

/// How far the evidence goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Events that a checkpoint covers.
    pub size: u64,
    /// Why nothing is signed any more, if that is so.
    pub refused: Option<LogError>,
}

/// Asks for a checkpoint now.
pub(super) type Demand = oneshot::Sender<Result<Option<Checkpoint>, LogError>>;

/// What the writer stores in one transaction.
#[derive(Debug)]
pub(super) struct Seal {
    pub(super) tiles: Vec<Tile>,
    pub(super) checkpoint: Checkpoint,
    pub(super) made_at: Moment,
    tree: Frontier,
}

/// What the keeper knows.
pub(super) struct Keeper {
    path: PathBuf,
    clock: Clock,
    witness: Witness,
    signer: Result<(Signer, Verifier), LogError>,
    tree: Frontier,
    latest: Option<Checkpoint>,
    /// A checkpoint remembered outside that is larger than the log's own: the tree has to come by it.
    due: Option<Head>,
    kept: watch::Sender<Kept>,
}

fn refused(detail: impl Into<String>, path: &Path) -> LogError {
    LogError::File { code: Trouble::LogForked, detail: detail.into(), path: path.to_owned() }
}

impl Keeper {
    /// Takes up the evidence of the log of `n_facts` events on its writing connection; gives a log without a name one.
    pub(super) async fn open(
        connection: &mut SqliteConnection,
        path: &Path,
        clock: Clock,
        witness: Witness,
        signer: Result<Signer, LogError>,
        n_facts: u64,
    ) -> Self {
        let (tree, path, kept) = (Frontier::default(), path.to_owned(), watch::Sender::default());
        let closed = Err(LogError::Closed);
        let mut keeper = Self { path, clock, witness, signer: closed, tree, latest: None, due: None, kept };
        keeper.signer = match signer {
            Ok(signer) => keeper.take_up(connection, signer, n_facts).await,
            Err(error) => Err(error),
        };
        if let Err(error) = &keeper.signer {
            tracing::warn!(%error, "no checkpoints are signed");
        }
        keeper.tell();
        keeper
    }

    /// How far the evidence goes, now and later.
    pub(super) fn kept(&self) -> watch::Receiver<Kept> {
        self.kept.subscribe()
    }

    fn tell(&self) {
        let refused = self.signer.as_ref().err().cloned();
        self.kept.send_replace(Kept { size: self.tree.size(), refused });
    }

    async fn take_up(
        &mut self,
        connection: &mut SqliteConnection,
        signer: Signer,
        n_facts: u64,
    ) -> Result<(Signer, Verifier), LogError> {
        let verifier = Verifier::of_seed(&signer.origin, &signer.seed);
        match raw::identity(connection, &self.path).await? {
            Some((origin, key)) if origin != signer.origin || key != verifier.to_string() => {
                return Err(refused(format!("the log is {origin}; the key here is of {}", signer.origin), &self.path));
            }
            Some(_) => {}
            None => {
                let sql = "INSERT INTO identity (one, origin, verifier) VALUES (0, ?, ?)";
                let insert = sqlx::query(sql).bind(&signer.origin).bind(verifier.to_string());
                insert.execute(&mut *connection).await.map_err(|error| of_sqlx(&error, &self.path))?;
            }
        }
        if let Some(stored) = raw::checkpoints(connection, &self.path, -1).await?.pop() {
            let note = String::from_utf8_lossy(&stored.note);
            let latest = verifier.open(&note).map_err(|error| refused(error.to_string(), &self.path))?;
            let tiles = raw::tiles_for(connection, &self.path, latest.head.size, &[]).await?;
            let tree = Frontier::at(latest.head.size, |level, number| tiles.0.get(&(level, number)).cloned());
            self.tree = tree
                .filter(|tree| tree.root() == latest.head.root)
                .ok_or_else(|| refused("the stored tree does not give the root of the latest checkpoint", &self.path))?;
            self.latest = Some(latest);
        }
        self.heed_witness(connection, &verifier, n_facts).await?;
        Ok((signer, verifier))
    }

    /// Holds the log against what is remembered outside it.
    async fn heed_witness(
        &mut self,
        connection: &mut SqliteConnection,
        verifier: &Verifier,
        n_facts: u64,
    ) -> Result<(), LogError> {
        let (there, memory) = match (self.witness.origin_at(&self.path), self.witness.memory(verifier.name())) {
            (Ok(there), Ok(memory)) => (there, memory),
            (Err(error @ WitnessError::Damaged { .. }), _) | (_, Err(error @ WitnessError::Damaged { .. })) => {
                return Err(refused(error.to_string(), &self.path));
            }
            (Err(error), _) | (_, Err(error)) => {
                tracing::warn!(%error, "there is no outside checkpoint");
                return Ok(());
            }
        };
        // A log that begins here may take the place of one that is gone.
        if let Some(other) = there.filter(|origin| origin != verifier.name() && 0 < n_facts) {
            return Err(refused(format!("{other} lay here before, now {}", verifier.name()), &self.path));
        }
        let Some(memory) = memory else { return Ok(()) };
        if memory.verifier != *verifier {
            return Err(refused("the outside checkpoint is signed with another key", &self.path));
        }
        let head = memory.checkpoint.head;
        if n_facts < head.size {
            let detail = format!("the log has {n_facts} events, and had {} when it was last signed", head.size);
            return Err(refused(detail, &self.path));
        }
        if self.tree.size() < head.size {
            self.due = Some(head);
            return Ok(());
        }
        let tiles = raw::tiles_for(connection, &self.path, self.tree.size(), &[head.size, head.size.saturating_sub(1)]).await?;
        if tiles.root(head.size) != Some(head.root) {
            return Err(self.differs(&head));
        }
        Ok(())
    }

    fn differs(&self, head: &Head) -> LogError {
        refused(format!("its first {} events are not those that were signed", head.size), &self.path)
    }

    /// The next checkpoint on the way to `n_facts` events, remembered outside and ready to be stored; `None` when there
    /// is nothing new.
    async fn next(&mut self, connection: &mut SqliteConnection, n_facts: u64) -> Result<Option<Seal>, LogError> {
        let (signer, verifier) = self.signer.as_ref().map_err(Clone::clone)?;
        let mut to = n_facts.min(self.tree.size() + SEAL_MAX);
        if let Some(due) = &self.due {
            to = to.min(due.size);
        }
        if to <= self.tree.size() && (self.latest.is_some() || 0 < n_facts) {
            return Ok(None);
        }
        let (tree, tiles) = self.grown(connection, to).await?;
        if let Some(due) = self.due.take_if(|due| due.size == to)
            && due.root != tree.root()
        {
            let error = self.differs(&due);
            self.signer = Err(error.clone());
            self.tell();
            return Err(error);
        }
        let head = Head { origin: signer.origin.clone(), size: to, root: tree.root() };
        let memory = Memory { verifier: verifier.clone(), checkpoint: sign(head, &signer.seed), made_at: self.clock.now() };
        // First outside, then in the log: what was signed is never forgotten, and the events themselves are durable.
        if let Err(error) = self.witness.remember(&self.path, &memory) {
            tracing::warn!(%error, "the checkpoint is not remembered outside the log");
        }
        Ok(Some(Seal { tiles, checkpoint: memory.checkpoint, made_at: memory.made_at, tree }))
    }

    /// The tree grown to `to` leaves, and the tiles that changed.
    async fn grown(&self, connection: &mut SqliteConnection, to: u64) -> Result<(Frontier, Vec<Tile>), LogError> {
        let (mut tree, mut tiles, mut hasher) = (self.tree.clone(), Vec::new(), Hasher::default());
        while tree.size() < to {
            let from = tree.size();
            let wanted = usize::try_from(to - from).unwrap_or(BATCH_MAX).min(BATCH_MAX);
            let rows = raw::rows(connection, &self.path, i64::try_from(from).unwrap_or(i64::MAX), wanted).await?;
            if rows.len() == 0 {
                return Err(LogError::Damaged { position: Position(from), detail: "there is no event".to_owned() });
            }
            for index in 0..rows.len() {
                let position = Position(tree.size());
                if u64::try_from(rows.position(index)) != Ok(position.0) {
                    return Err(LogError::Damaged { position, detail: "there is no event".to_owned() });
                }
                let columns = rows.columns(index);
                let columns = columns.map_err(|detail| LogError::Damaged { position, detail: detail.to_owned() })?;
                tree.push(hasher.leaf(&columns), |tile| tiles.push(tile));
            }
            tokio::task::yield_now().await;
        }
        tiles.extend(tree.open_tiles());
        Ok((tree, tiles))
    }

    fn stored(&mut self, seal: (Frontier, Checkpoint)) {
        (self.tree, self.latest) = (seal.0, Some(seal.1));
        self.tell();
    }

    /// Signs what is left on the writing connection, when the last handle is gone.
    pub(super) async fn finish(&mut self, connection: &mut SqliteConnection, n_facts: u64) {
        if n_facts == 0 {
            return;
        }
        loop {
            let seal = match self.next(connection, n_facts).await {
                Ok(Some(seal)) => seal,
                Ok(None) => return,
                // Why nothing is signed was told when the log was opened.
                Err(LogError::File { code: Trouble::LogForked, .. }) => return,
                Err(error) => return tracing::warn!(%error, "the last events are not covered by a checkpoint"),
            };
            let stored = async {
                sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *connection).await?;
                store(connection, &seal).await?;
                sqlx::raw_sql("COMMIT").execute(&mut *connection).await
            };
            if let Err(error) = stored.await {
                sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await.ok();
                return tracing::warn!(%error, "the last checkpoint was not stored");
            }
            self.stored((seal.tree, seal.checkpoint));
        }
    }
}

/// Stores tiles and checkpoint within the transaction that is open.
pub(super) async fn store(connection: &mut SqliteConnection, seal: &Seal) -> Result<(), sqlx::Error> {
    let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let sql = "INSERT INTO tile (level, number, hashes) VALUES (?, ?, ?) \
               ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes";
    for (level, number, hashes) in &seal.tiles {
        let query = sqlx::query(sql).bind(i64::from(*level)).bind(signed(*number)).bind(laid(hashes));
        query.execute(&mut *connection).await?;
    }
    let sql = "INSERT INTO checkpoint (size, made_us, note) VALUES (?, ?, ?)";
    let query = sqlx::query(sql).bind(signed(seal.checkpoint.head.size)).bind(seal.made_at.0).bind(&seal.checkpoint.note);
    query.execute(connection).await.map(|_| ())
}

/// Keeps the evidence for as long as a handle of the log lives.
///
/// It holds no way to the writer while it waits: a log whose last handle is dropped lets go of its file.
pub(super) async fn keep(
    keeper: Arc<Mutex<Keeper>>,
    readers: SqlitePool,
    writer: mpsc::WeakSender<Request>,
    mut head: watch::Receiver<u64>,
    mut demands: mpsc::Receiver<Demand>,
) {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let mut asked = None;
        let every = tokio::select! { biased;
            demand = demands.recv() => match demand {
                Some(demand) => {
                    asked = Some(demand);
                    0
                }
                None => return,
            },
            changed = head.changed() => match changed {
                Ok(()) => EVERY_FACTS,
                Err(_gone) => return,
            },
            _ = tick.tick() => 1,
        };
        let n_facts = *head.borrow_and_update();
        let mut keeper = keeper.lock().await;
        let enough = keeper.tree.size() + every <= n_facts;
        let done = match keeper.signer.as_ref().err() {
            // Told once when the log was opened; whoever asks is told again.
            Some(refused) => asked.as_ref().map_or(Ok(()), |_asked| Err(refused.clone())),
            None if enough => advance(&mut keeper, &readers, &writer, n_facts).await,
            None => Ok(()),
        };
        match asked {
            // Who asked and went away wants no answer.
            Some(asked) => asked.send(done.map(|()| keeper.latest.clone())).ok().unwrap_or_default(),
            None => {
                if let Err(error) = done {
                    tracing::warn!(%error, "no checkpoint was made");
                }
            }
        }
    }
}

async fn advance(
    keeper: &mut Keeper,
    readers: &SqlitePool,
    writer: &mpsc::WeakSender<Request>,
    n_facts: u64,
) -> Result<(), LogError> {
    loop {
        // A pool that was closed belongs to a log that is being closed: its writer signs the rest.
        let Ok(mut connection) = readers.acquire().await else { return Ok(()) };
        let seal = keeper.next(&mut connection, n_facts).await?;
        drop(connection);
        let (Some(seal), Some(writer)) = (seal, writer.upgrade()) else { return Ok(()) };
        let after = (seal.tree.clone(), seal.checkpoint.clone());
        let (answer, answered) = oneshot::channel();
        writer.send(Request::Seal { seal: Box::new(seal), answer }).await.map_err(|_closed| LogError::Closed)?;
        drop(writer);
        answered.await.map_err(|_closed| LogError::Closed)??;
        keeper.stored(after);
    }
}
