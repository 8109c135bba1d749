//! Runs of digits, and which of their parts are a card, a document or a telephone.
//!
//! A run is digits of any script with short separators between. A candidate is one or more whole groups of a run, never
//! a part of a group: a mobile number within a longer number is none. Every start is tried with at most
//! [`GROUPS_MAX`] ends, so the work is linear in the text.

use super::context::{About, Context, glued_after, glued_before};
use super::identity::{card_range, luhn, resident, resident_old};
use super::line::{Cell, DIGIT, HAN_DIGIT, LETTER, SEPARATOR, STOP, TAKEN};
use super::phones;
use super::{Found, Kind};

/// The most groups that one number is written in: one a digit.
const GROUPS_MAX: usize = 19;
/// The most digits of one number, an international prefix with it.
pub(super) const DIGITS_MAX: usize = 20;
/// The most groups of one or two digits in a row that may hold a number.
const SINGLE_MAX: usize = 40;
/// The most separators between two groups.
const SEPARATORS_MAX: usize = 3;

/// Digits without a separator between, all of one script.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    /// The first cell.
    pub(super) from: usize,
    /// The cell after the last.
    pub(super) to: usize,
    /// Whether they are Chinese digits.
    pub(super) han: bool,
}

impl Group {
    pub(super) fn len(&self) -> usize {
        self.to - self.from
    }
}

/// One or more groups of a run, as a number.
pub(super) struct Candidate<'a> {
    pub(super) cells: &'a [Cell],
    pub(super) groups: &'a [Group],
    pub(super) digits: Vec<u8>,
    /// The group before, where one stands in the same run.
    pub(super) before: Option<Group>,
    /// The group after.
    pub(super) after: Option<Group>,
}

impl Candidate<'_> {
    pub(super) fn from(&self) -> usize {
        self.groups[0].from
    }

    pub(super) fn to(&self) -> usize {
        self.groups[self.groups.len() - 1].to
    }

    pub(super) fn context(&self) -> Context {
        Context::of(self.cells, self.from(), self.to())
    }

    /// The lengths of its groups, where groups of two scripts that touch are one.
    pub(super) fn shape(&self) -> Vec<usize> {
        let mut shape: Vec<usize> = Vec::new();
        let mut end = usize::MAX;
        for group in self.groups {
            match shape.last_mut() {
                Some(last) if end == group.from => *last += group.len(),
                Some(_) | None => shape.push(group.len()),
            }
            end = group.to;
        }
        shape
    }

    /// Whether nothing is glued to it: no letter, no digit of another script, no hyphen or dot with more digits after.
    pub(super) fn free(&self) -> bool {
        let tight = |from: usize, to: usize| {
            self.cells[from..to].iter().any(|cell| matches!(cell.c, '-' | '.' | '·'))
                || (from == to && self.groups.iter().any(|group| group.han))
        };
        // "1.138…" counts the lines of a list.
        let counts = |group: Group| {
            let begins = group.from == 0 || self.cells[group.from - 1].is(STOP) || self.cells[group.from - 1].c == ' ';
            group.len() <= 2 && begins && self.cells[group.to].c == '.' && self.shape() == [11]
        };
        let before =
            self.before.is_some_and(|group| !self.cells[group.from].is(TAKEN) && tight(group.to, self.from()) && !counts(group));
        let after = self.after.is_some_and(|group| tight(self.to(), group.from));
        !before && !after && !glued_before(self.cells, self.from()) && !glued_after(self.cells, self.to())
    }

    /// Whether groups of the same writing go on before or after it.
    pub(super) fn goes_on(&self) -> bool {
        let like = |group: Group| (3..=6).contains(&group.len()) && !self.cells[group.from].is(TAKEN);
        1 < self.shape().len() && (self.before.is_some_and(like) || self.after.is_some_and(like))
    }
}

/// Finds the numbers of a line and marks their cells as taken.
pub(super) fn find(cells: &mut [Cell], marks: &[u32], found: &mut Vec<Found>) {
    let mut end = 0;
    for mark in marks.iter().map(|&mark| mark as usize) {
        if mark < end || !cells[mark].is(DIGIT | HAN_DIGIT) || cells[mark].is(TAKEN) {
            continue;
        }
        let groups = run(cells, mark);
        end = groups.last().map_or(mark + 1, |group| group.to);
        // Single Chinese digits are words more often than numbers.
        let n_digits: usize = groups.iter().map(Group::len).sum();
        if 5 <= n_digits {
            take(cells, &groups, found);
        }
    }
}

/// The groups of the run that begins at a digit.
fn run(cells: &[Cell], from: usize) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut at = from;
    while at < cells.len() && cells[at].is(DIGIT | HAN_DIGIT) && !cells[at].is(TAKEN) {
        let han = cells[at].is(HAN_DIGIT);
        let class = if han { HAN_DIGIT } else { DIGIT };
        // ① before a number counts it.
        let circled = |cell: &Cell| matches!(cell.raw, '①'..='⑨' | '❶'..='❾' | '⓪' | '⓿');
        let style = circled(&cells[at]);
        let length = cells[at..].iter().take_while(|cell| cell.is(class) && !cell.is(TAKEN) && circled(cell) == style).count();
        groups.push(Group { from: at, to: at + length, han });
        at += length;
        let more = SEPARATORS_MAX.min(cells.len() - at);
        let between = |cell: &&Cell| cell.is(SEPARATOR) || (han && matches!(cell.c, ',' | '、')) || cell.c == '_';
        let gap = cells[at..at + more].iter().take_while(between).count();
        if cells.get(at + gap).is_some_and(|cell| cell.is(DIGIT | HAN_DIGIT)) {
            at += gap;
        }
    }
    groups
}

/// Takes the best number at each start, from left to right.
fn take(cells: &mut [Cell], groups: &[Group], found: &mut Vec<Found>) {
    let mut start = 0;
    while start < groups.len() {
        // More single digits than any number has are none; what comes after them is looked at.
        let single = groups[start..].iter().take_while(|group| group.len() <= 2).count();
        if SINGLE_MAX < single {
            start += single;
            continue;
        }
        let Some((n_groups, number)) = best(cells, groups, start) else {
            start += 1;
            continue;
        };
        cells[number.from..number.to].iter_mut().for_each(|cell| cell.class |= TAKEN);
        found.push(number);
        start += n_groups;
    }
}

/// The best number that begins with a group: by how much it can be relied upon, then by length.
fn best(cells: &[Cell], groups: &[Group], start: usize) -> Option<(usize, Found)> {
    let mut digits = Vec::new();
    let mut best: Option<(u8, usize, Found)> = None;
    for end in start..groups.len().min(start + GROUPS_MAX) {
        let group = groups[end];
        if DIGITS_MAX < digits.len() + group.len() {
            break;
        }
        digits.extend(cells[group.from..group.to].iter().filter_map(Cell::digit));
        if digits.len() < 5 {
            continue;
        }
        let candidate = Candidate {
            cells,
            groups: &groups[start..=end],
            digits: digits.clone(),
            before: start.checked_sub(1).map(|before| groups[before]),
            after: groups.get(end + 1).copied(),
        };
        if let Some((rank, number)) = judge(&candidate).or_else(|| without_last(&candidate))
            && best.as_ref().is_none_or(|(known, _, _)| *known <= rank)
        {
            best = Some((rank, end + 1 - start, number));
        }
    }
    best.map(|(_, n_groups, number)| (n_groups, number))
}

/// A number of Chinese digits runs into a word that begins with one: `…一直没人接`.
fn without_last(candidate: &Candidate<'_>) -> Option<(u8, Found)> {
    let [group] = candidate.groups else { return None };
    if !group.han || candidate.cells[group.to - 1].c != '一' || group.len() < 9 {
        return None;
    }
    let shorter = [Group { to: group.to - 1, ..*group }];
    let digits = candidate.digits[..candidate.digits.len() - 1].to_vec();
    let mut rest = Candidate { groups: &shorter, digits, ..*candidate };
    rest.after = None;
    judge(&rest)
}

/// Which kind of number a candidate is, with how far that can be relied upon.
fn judge(candidate: &Candidate<'_>) -> Option<(u8, Found)> {
    if let Some(document) = document(candidate) {
        return Some((9, document));
    }
    if let Some(card) = card(candidate) {
        return Some((8, card));
    }
    phones::find(candidate)
}

pub(super) fn norm(digits: &[u8]) -> String {
    digits.iter().map(|&digit| char::from(b'0' + digit)).collect()
}

fn made(candidate: &Candidate<'_>, kind: Kind, norm: String) -> Found {
    Found { from: candidate.from(), to: candidate.to(), kind, norm }
}

fn document(candidate: &Candidate<'_>) -> Option<Found> {
    let (cells, digits) = (candidate.cells, &candidate.digits);
    match digits.len() {
        17 => {
            let gap = cells[candidate.to()..].iter().take(2).take_while(|cell| cell.is(SEPARATOR)).count();
            let at = candidate.to() + gap;
            let check = cells.get(at).is_some_and(|cell| matches!(cell.c, 'x' | 'X' | '×'));
            let ends = cells.get(at + 1).is_none_or(|cell| !cell.is(LETTER | DIGIT));
            let whole = check && ends && resident(digits, 10) && !glued_before(cells, candidate.from());
            whole.then(|| Found { to: at + 1, ..made(candidate, Kind::CnId, norm(digits) + "X") })
        }
        18 => {
            (resident(&digits[..17], digits[17]) && !glued_after(cells, candidate.to()) && !glued_before(cells, candidate.from()))
                .then(|| made(candidate, Kind::CnId, norm(digits)))
        }
        15 => (resident_old(digits)
            && candidate.free()
            && candidate.context().tells(About::Identity)
            && !candidate.context().counts())
        .then(|| made(candidate, Kind::CnId, norm(digits))),
        _ => None,
    }
}

fn card(candidate: &Candidate<'_>) -> Option<Found> {
    let digits = &candidate.digits;
    if !card_range(digits) || !luhn(digits) || !candidate.free() {
        return None;
    }
    let union = digits[0] == 6 && digits[1] == 2;
    let by_fours = {
        let shape = candidate.shape();
        shape.len() == 1 || shape.iter().all(|&n| n == 1) || (3 <= shape.iter().copied().min().unwrap_or(0) && shape.len() <= 5)
    };
    let context = candidate.context();
    // Few people have one of the others, and many numbers of 14 to 16 digits fit their sum.
    let common = union || matches!(digits[0], 4 | 5) || matches!(digits[..2], [6, 0] | [9, 5] | [9, 4] | [2, _]);
    let told = common || 1 < candidate.shape().len() || context.tells(About::Card);
    let believed = by_fours && told && (union || !context.counts()) && !context.amount();
    // A number of 13 digits or fewer, and 14 without a word about it, is more often something else.
    (believed && !(digits.len() == 14 && candidate.shape().len() == 1)).then(|| made(candidate, Kind::BankCard, norm(digits)))
}
