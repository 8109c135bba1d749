//! The one pass over the rows: leaves, order and uniqueness.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use events::Position;

use super::{Finding, Findings};
use crate::envelope::{Columns, Hasher};
use crate::log::sqlite::raw::{Rows, told};
use crate::merkle::{Frontier, Hash, TILE_WIDTH, Tiles};

/// Leaves that differ from their tile and are kept by position; more are only counted.
const CHANGED_MAX: usize = 10_000;

/// What is known after the rows up to [`next`](Self::next).
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// The position that is due.
    pub(super) next: u64,
    /// The tree over the rows so far; it stops at the first that is missing or cannot be hashed.
    pub(super) tree: Frontier,
    /// Sizes whose roots are wanted, and those roots.
    pub(super) wanted: BTreeSet<u64>,
    pub(super) roots: BTreeMap<u64, Hash>,
    /// Hashes of full tiles below, by level from 1 up: what the upper tiles must hold.
    pub(super) upper: Vec<Vec<Hash>>,
    /// Rows whose leaf is not the one in the tile, and rows that no tile tells of.
    pub(super) changed: Vec<u64>,
    pub(super) untold: BTreeSet<u64>,
    pub(super) findings: Findings,
    /// The lower halves of all ids, drawn at random in every kind of UUID; `None` when they are not to be compared.
    pub(super) ids: Option<Vec<u64>>,
    /// Whether the rows end because the next cannot be read, and not because there is none.
    pub(super) torn: bool,
    hasher: Hasher,
    versions: HashMap<String, i64>,
    recorded_us: Option<i64>,
}

fn place(position: i64) -> u64 {
    u64::try_from(position).unwrap_or(0)
}

impl Scan {
    /// Whether every row so far was there and could be hashed.
    pub(super) fn whole(&self) -> bool {
        self.tree.size() == self.next
    }

    /// Takes rows in the order in which the file has them; `covered` says how many leaves the tiles should tell of.
    pub(super) fn rows(&mut self, rows: &Rows, tiles: &Tiles, covered: u64, end: u64) {
        for index in 0..rows.len() {
            let position = rows.position(index);
            // What was appended since the pass began is for the next one.
            if u64::try_from(position).is_ok_and(|position| end <= position) {
                continue;
            }
            let Some(at) = u64::try_from(position).ok().filter(|at| self.next <= *at) else {
                self.findings.add(Finding::OutOfPlace { position: Position(self.next), found: position });
                continue;
            };
            if self.next < at {
                self.findings.add(Finding::PositionMissing { position: Position(self.next), next: Position(at) });
            }
            let following = self.tree.size() == at;
            self.next = at + 1;
            match rows.columns(index) {
                Ok(columns) => self.row(&columns, told(tiles, at), at < covered, following),
                Err(detail) => self.findings.add(Finding::Unreadable {
                    position: Position(at),
                    next: Some(Position(at + 1)),
                    detail: detail.to_owned(),
                }),
            }
        }
    }

    /// Rows from `next` up to `to` cannot be read.
    pub(super) fn unreadable(&mut self, to: Option<u64>, detail: String) {
        let position = Position(self.next);
        self.findings.add(Finding::Unreadable { position, next: to.map(Position), detail });
        self.torn |= to.is_none();
        self.next = to.unwrap_or(self.next);
    }

    fn row(&mut self, columns: &Columns<'_>, told: Option<Hash>, covered: bool, following: bool) {
        let at = place(columns.position);
        self.order(columns);
        if let Some(ids) = &mut self.ids {
            ids.push(u128::from_be_bytes(columns.id) as u64);
        }
        let leaf = self.hasher.leaf(columns);
        match told {
            Some(told) if told == leaf => {}
            Some(_) if self.changed.len() < CHANGED_MAX => self.changed.push(at),
            Some(_) => {}
            None if covered => drop(self.untold.insert(at / TILE_WIDTH as u64)),
            None => {}
        }
        if !following {
            return;
        }
        let upper = &mut self.upper;
        self.tree.push(leaf, |(level, _, hashes)| {
            let level = usize::from(level);
            if upper.len() <= level {
                upper.push(Vec::new());
            }
            upper[level].extend(crate::merkle::root_of(&hashes));
        });
        if self.wanted.contains(&self.tree.size()) {
            self.roots.insert(self.tree.size(), self.tree.root());
        }
    }

    fn order(&mut self, columns: &Columns<'_>) {
        let position = Position(place(columns.position));
        let last = match self.versions.get_mut(columns.stream) {
            Some(last) => last,
            None => self.versions.entry(columns.stream.to_owned()).or_insert(-1),
        };
        let expected = last.saturating_add(1);
        *last = columns.version;
        if columns.version != expected {
            self.findings.add(Finding::VersionOutOfOrder { position, expected, found: columns.version });
        }
        if self.recorded_us.is_some_and(|last| columns.recorded_us < last) {
            self.findings.add(Finding::RecordedBackwards { position });
        }
        self.recorded_us = Some(columns.recorded_us);
    }

    /// Lower halves of ids that stand twice. The ids are gone afterwards.
    pub(super) fn ids_alike(&mut self) -> Vec<u64> {
        let mut ids = self.ids.take().unwrap_or_default();
        ids.sort_unstable();
        let mut alike: Vec<u64> = ids.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        alike.dedup();
        alike
    }
}
