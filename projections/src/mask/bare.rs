//! Chinese names that no word announces: a common family name with two characters that names are made of, set apart by
//! what stands on both sides.

use super::Found;
use super::line::{COMPOUND, Cell, FAMILY, GIVEN, HAN, NEVER, ROAD, TAKEN, UNIT, WEAK, starts};
use super::names::{compound, follows, made};
use super::words::{NONNAME, REGION, longest};

/// What a person stands after, who is spoken of in the middle of a sentence.
const BEFORE: &[&str] = &["客户", "用户", "顾客", "会员", "给", "是", "写", "找", "替", "帮", "联系", "由", "名"];

/// The name that begins at a mark.
pub(super) fn at(cells: &[Cell], mark: usize) -> Option<Found> {
    let first = cells[mark];
    if !first.is(FAMILY | COMPOUND) {
        return None;
    }
    let double = compound(cells, mark);
    if !double && (!first.is(FAMILY) || first.is(WEAK)) {
        return None;
    }
    let to = mark + if double { 4 } else { 3 };
    let given = cells.get(to - 2..to)?;
    let fits = |cell: &Cell| cell.is(GIVEN) && !cell.is(NEVER | TAKEN);
    if !given.iter().all(fits) || given[1].is(ROAD | UNIT) || !set_apart(cells, mark, to) {
        return None;
    }
    let word = longest(&NONNAME, cells, mark).is_some() || longest(&REGION, cells, mark).is_some();
    let within = (mark + 1..to).any(|at| follows(cells, at));
    (!word && !within).then(|| made(cells, mark, to))
}

/// Whether what stands before and after is not of the same word.
fn set_apart(cells: &[Cell], from: usize, to: usize) -> bool {
    let han = |cell: Option<&Cell>| cell.is_some_and(|cell| cell.is(HAN));
    let after = cells.get(to);
    if after.is_some_and(|cell| matches!(cell.c, '*' | '·')) {
        return false;
    }
    if !han(from.checked_sub(1).map(|before| &cells[before])) {
        return !han(after) || after.is_some_and(|cell| cell.is(TAKEN));
    }
    let closed = !han(after) || after.is_some_and(|cell| cell.is(NEVER)) || follows(cells, to);
    let told = |word: &&str| from.checked_sub(word.chars().count()).is_some_and(|at| starts(cells, at, word));
    closed && BEFORE.iter().any(|word| told(&word))
}
