//! Chinese names that no word announces: a common family name with two characters that names are made of, set apart by
//! what stands on both sides.

use super::Found;
use super::line::{COMPOUND, Cell, FAMILY, GIVEN, HAN, NEVER, ROAD, TAKEN, UNIT, WEAK};
use super::names::{compound, follows, made};
use super::words::{NONNAME, REGION, longest};

/// What persons are named after, and other things.
const BEFORE: &str = "给是找替帮由名人";

/// The name that begins at a mark.
pub(super) fn at(cells: &[Cell], mark: usize) -> Option<Found> {
    let first = cells[mark];
    if !first.is(FAMILY | COMPOUND) || first.is(WEAK) {
        return None;
    }
    let edge = mark.checked_sub(1).map(|before| &cells[before]);
    if edge.is_some_and(|cell| cell.is(HAN) && !BEFORE.contains(cell.c)) {
        return None;
    }
    named(cells, mark, false).map(|to| made(cells, mark, to))
}

/// Where the name at `mark` ends, after a word for persons or set apart in another way; of two characters if it may be `short`.
pub(super) fn named(cells: &[Cell], mark: usize, short: bool) -> Option<usize> {
    let first = cells.get(mark)?;
    if !first.is(FAMILY | COMPOUND) {
        return None;
    }
    let double = compound(cells, mark);
    if !double && !first.is(FAMILY) {
        return None;
    }
    let fits = |cell: &Cell| cell.is(GIVEN) && !cell.is(NEVER | TAKEN);
    let ends = match (double, short && !first.is(WEAK)) {
        (true, _) => [4, 3],
        (false, true) => [3, 2],
        (false, false) => [3, 3],
    };
    let to = ends.into_iter().map(|length| mark + length).find(|&to| {
        let given = cells.get(mark + ends[0] - 2..to);
        given.is_some_and(|given| given.iter().all(fits) && !given[given.len() - 1].is(ROAD | UNIT) && closed(cells, mark, to))
    })?;
    let word = longest(&NONNAME, cells, mark).is_some() || longest(&REGION, cells, mark).is_some();
    let within = (mark + 1..to).any(|at| follows(cells, at));
    (!word && !within).then_some(to)
}

/// Whether what stands after is not of the same word.
fn closed(cells: &[Cell], from: usize, to: usize) -> bool {
    match cells.get(to) {
        // Three characters alone are a word as often as a name.
        None => 0 < from,
        Some(after) => match cells[from.saturating_sub(1)].is(HAN) && 0 < from {
            true => !matches!(after.c, '*' | '·') && (!after.is(HAN) || after.is(NEVER) || follows(cells, to)),
            false => !matches!(after.c, '*' | '·') && (!after.is(HAN) || after.is(TAKEN)),
        },
    }
}
