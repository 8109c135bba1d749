//! What the pass over the rows means, held against the checkpoints.

use events::{Moment, Position};

use super::scan::Scan;
use super::{Finding, Held, Unverified, Why};
use crate::merkle::{Hash, TILE_WIDTH, empty_root};

/// A checkpoint whose signature fits, and where it was held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) size: u64,
    pub(super) root: Hash,
    pub(super) made_at: Option<Moment>,
    pub(super) held: Held,
}

/// How a mark stands to the rows.
enum Standing {
    Fits,
    Differs,
    /// The rows end, or cannot be hashed, before it.
    Unknown,
}

fn standing(scan: &Scan, mark: &Mark) -> Standing {
    let root = if mark.size == 0 { Some(empty_root()) } else { scan.roots.get(&mark.size).copied() };
    match root {
        Some(root) if root == mark.root => Standing::Fits,
        Some(_) => Standing::Differs,
        None => Standing::Unknown,
    }
}

/// The smallest mark that the rows do not give, if one is: whether the stored leaf hashes give it decides how well the
/// change can be placed.
pub(super) fn disputed<'a>(scan: &Scan, marks: &'a [Mark]) -> Option<&'a Mark> {
    marks.iter().filter(|mark| !matches!(standing(scan, mark), Standing::Fits)).min_by_key(|mark| mark.size)
}

/// Adds what the marks say to the findings, and answers the mark up to which all is verified.
///
/// `told` says whether the stored leaf hashes give the root of the disputed mark: then they are what was signed, and
/// each row that differs from them was changed. Otherwise both were, and all that is known is the largest mark that
/// still fits; marks held in the log count only against marks in the log, for who can sign can sign them anew.
pub(super) fn judge<'a>(scan: &mut Scan, marks: &'a [Mark], told: bool) -> Option<&'a Mark> {
    let head = scan.next;
    let fits = |scan: &Scan, mark: &&Mark| matches!(standing(scan, mark), Standing::Fits);
    let mut exact = false;
    if let Some(mark) = disputed(scan, marks).cloned() {
        exact = told;
        let bound =
            marks.iter().filter(|other| other.size < mark.size && mark.held.min(Held::Outside) <= other.held.min(Held::Outside));
        let bound = bound.filter(|other| fits(scan, other)).map(|other| other.size).max().unwrap_or(0);
        let differs = matches!(standing(scan, &mark), Standing::Differs);
        if differs && !exact {
            let Mark { size, made_at, held, .. } = mark;
            scan.findings.add(Finding::RootDiffers { position: Position(bound), size, made_at, held });
        }
    }
    for mark in marks.iter().filter(|mark| head < mark.size && !scan.torn) {
        let Mark { size, made_at, held, .. } = *mark;
        scan.findings.add(Finding::Shorter { position: Position(head), size, made_at, held });
    }
    let signed = marks.iter().filter(|mark| fits(scan, mark)).map(|mark| mark.size).max().unwrap_or(0);
    let mut tiles = std::mem::take(&mut scan.untold);
    let disputed = disputed(scan, marks).is_some();
    for at in std::mem::take(&mut scan.changed) {
        if at < signed && (exact || !disputed) {
            // The rows give a root that was signed, so it is the tile that is wrong.
            tiles.insert(at / TILE_WIDTH as u64);
        } else {
            scan.findings.add(Finding::RecordChanged { position: Position(at) });
        }
    }
    for number in tiles {
        scan.findings.add(Finding::TileChanged { level: 0, number });
    }
    let first_bad = scan.findings.first_bad.unwrap_or(u64::MAX);
    marks.iter().filter(|mark| fits(scan, mark) && mark.size <= first_bad).max_by_key(|mark| mark.size)
}

/// The ranges that are not verified.
pub(super) fn unverified(verified_to: u64, first_bad: Option<u64>, size: u64) -> Vec<Unverified> {
    let end = first_bad.unwrap_or(size);
    let ranges = [(verified_to, end.min(size), Why::NotSigned), (end, size.max(end), Why::AfterFinding)];
    let ranges = ranges.into_iter().filter(|(from, to, _)| from < to);
    ranges.map(|(from, to, why)| Unverified { from, to, why }).collect()
}
