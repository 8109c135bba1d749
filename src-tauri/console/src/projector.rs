//! Folds the log: to its end and on with it, or to a moment in the order in which things occurred.

use events::{EventId, Moment};
use projections::{Board, Projection};

use crate::log::sqlite::SqliteLog;
use crate::log::{BATCH_MAX, EventLog, LogError, OccurredCursor};
use crate::snapshots::{EVERY_FACTS, Snapshots};

/// Boards kept along a replay, so that going back is quick.
const STATIONS_MAX: usize = 8;
/// Facts between two of them at first; doubled whenever they are full.
const STATION_FACTS: u64 = 20_000;

/// Folds facts into `board` until it holds `until` facts; returns the id of the last one folded.
///
/// # Errors
/// What the log says; the board then stands at the last fact that could be read.
pub async fn fold_to(log: &impl EventLog, board: &mut Board, until: u64, batch: usize) -> Result<Option<EventId>, LogError> {
    let mut last = None;
    while board.n_facts < until {
        let wanted = usize::try_from(until - board.n_facts).unwrap_or(BATCH_MAX).min(batch);
        let facts = log.read(board.n_facts, wanted).await?;
        if facts.is_empty() {
            break;
        }
        for fact in &facts {
            board.evolve(fact);
        }
        last = facts.last().map(|fact| fact.id);
    }
    Ok(last)
}

/// The newest snapshot that belongs to this log, or an empty board.
///
/// # Errors
/// What the log says.
pub async fn resume(log: &SqliteLog, snapshots: &Snapshots) -> Result<Board, LogError> {
    let Some((board, last)) = snapshots.newest() else { return Ok(Board::default()) };
    let Some(place) = board.n_facts.checked_sub(1) else { return Ok(Board::default()) };
    // A log that was replaced or cut has another fact, or none, in that place: the snapshot tells of another log.
    let there = log.at(&[events::Position(place)]).await?;
    let fits = there.first().is_some_and(|stored| stored.fact.id == last);
    Ok(if fits { board } else { Board::default() })
}

/// A board at the log's end, from the newest snapshot; saves a new one when enough was folded.
///
/// # Errors
/// What the log says.
pub async fn at_head(log: &SqliteLog, snapshots: &Snapshots) -> Result<Board, LogError> {
    let mut board = resume(log, snapshots).await?;
    let (from, head) = (board.n_facts, *log.head().borrow());
    let last = fold_to(log, &mut board, head, BATCH_MAX).await?;
    if let Some(last) = last.filter(|_| from + EVERY_FACTS <= board.n_facts) {
        snapshots.save(&board, last);
    }
    Ok(board)
}

/// A board that moves along the order of occurrence, forwards fact by fact and back by stations.
#[derive(Default)]
pub struct Replay {
    board: Board,
    cursor: OccurredCursor,
    stations: Vec<(OccurredCursor, Board)>,
    apart: u64,
}

impl Replay {
    /// Moves to `at`: every fact that had occurred by then is folded, none after. `late_from` names the earliest
    /// occurrence among facts recorded since the last move: what was folded beyond it is folded anew.
    ///
    /// # Errors
    /// What the log says.
    pub async fn seek(&mut self, log: &impl EventLog, at: Moment, late_from: Option<Moment>) -> Result<&Board, LogError> {
        if let Some(late) = late_from {
            self.stations.retain(|(cursor, _)| cursor.at < late);
        }
        let behind = at < self.cursor.at || late_from.is_some_and(|late| late <= self.cursor.at);
        if behind {
            self.stations.retain(|(cursor, _)| cursor.at <= at || late_from.is_none());
            let station = self.stations.iter().rev().find(|(cursor, _)| cursor.at <= at).cloned();
            (self.cursor, self.board) = station.unwrap_or_default();
        }
        loop {
            let facts = log.read_occurred(self.cursor, at, BATCH_MAX).await?;
            if facts.is_empty() {
                return Ok(&self.board);
            }
            for fact in &facts {
                self.board.evolve(fact);
                self.cursor = OccurredCursor { at: fact.occurred_at, position: Some(fact.position) };
            }
            self.station();
        }
    }

    /// The board where it stands.
    #[must_use]
    pub fn board(&self) -> &Board {
        &self.board
    }

    fn station(&mut self) {
        let last = self.stations.last().map_or(0, |(_, board)| board.n_facts);
        self.apart = self.apart.max(STATION_FACTS);
        if self.board.n_facts < last + self.apart {
            return;
        }
        if self.stations.len() == STATIONS_MAX {
            let mut place = 0;
            self.stations.retain(|_| {
                place += 1;
                place % 2 == 0
            });
            self.apart *= 2;
        }
        self.stations.push((self.cursor, self.board.clone()));
    }
}
