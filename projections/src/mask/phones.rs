//! Which numbers are telephones: mobiles, landlines, and the numbers of QQ, which look like them.

use super::context::{About, Context};
use super::numbers::{Candidate, norm};
use super::{Found, Kind};

/// Ways that people group the eleven digits of a mainland mobile.
const MOBILE_SHAPES: [&[usize]; 9] =
    [&[11], &[3, 4, 4], &[3, 8], &[7, 4], &[4, 3, 4], &[4, 4, 3], &[5, 6], &[3, 3, 5], &[5, 3, 3]];

/// What a candidate is as a telephone, with how far it can be relied upon.
pub(super) fn find(candidate: &Candidate<'_>) -> Option<(u8, Found)> {
    if !(7..=17).contains(&candidate.digits.len()) {
        return None;
    }
    let (from, plus) = prefix(candidate);
    let possible = plus
        || national(&candidate.digits).is_some()
        || candidate.digits[0] == 0
        || matches!(candidate.digits.len(), 7 | 8 | 11..=13);
    if !possible {
        return None;
    }
    let context = candidate.context();
    if context.amount() || numeral_after(candidate) {
        return None;
    }
    let digits = &candidate.digits;
    let to = candidate.to();
    let made = |kind: Kind, from: usize, norm: String| Found { from, to, kind, norm };
    let signed = |plus: bool| if plus { format!("+{}", norm(digits)) } else { norm(digits) };
    let told = context.tells(About::Phone);
    let unbound = (candidate.free() || (told && !glued(candidate))) && (told || !candidate.goes_on());
    if unbound && (plus || !context.counts()) {
        if mainland(digits) && (told || plus || shaped(candidate)) {
            return Some((7, made(Kind::Mobile, from, signed(plus))));
        }
        if taiwan(digits) && (told || plus || candidate.shape().len() <= 3) {
            return Some((7, made(Kind::Mobile, from, signed(plus))));
        }
        if hong_kong(candidate, &context, plus) {
            let kind = if mobile_of_hong_kong(digits) { Kind::Mobile } else { Kind::Landline };
            return Some((6, made(kind, from, signed(plus))));
        }
    }
    if let Some(from) = landline(candidate, &context) {
        return Some((5, made(Kind::Landline, from, signed(plus))));
    }
    let foreign = plus && unbound && (8..=15).contains(&digits.len()) && digits[0] != 0 && !digits.starts_with(&[8, 6]);
    foreign.then(|| (4, made(Kind::Mobile, from, signed(true))))
}

/// Where the number begins with its `+` and brackets, and whether there is a `+`.
fn prefix(candidate: &Candidate<'_>) -> (usize, bool) {
    let (cells, from) = (candidate.cells, candidate.from());
    let before = |back: usize| from.checked_sub(back).map(|at| cells[at].c);
    let closed = candidate.cells.get(candidate.groups[0].to).is_some_and(|cell| cell.c == ')');
    match (before(2), before(1)) {
        (Some('('), Some('+')) if closed => (from - 2, true),
        (_, Some('+')) => (from - 1, true),
        (Some('+'), Some('(' | ' ')) => (from - 2, true),
        _ => (from, false),
    }
}

fn glued(candidate: &Candidate<'_>) -> bool {
    use super::context::{glued_after, glued_before};
    glued_before(candidate.cells, candidate.from()) || glued_after(candidate.cells, candidate.to()) || {
        // Chinese digits of a longer number.
        let touches = |other: Option<super::numbers::Group>, at: usize| {
            other.is_some_and(|group| (group.to == at || group.from == at) && candidate.groups.iter().any(|own| own.han))
        };
        touches(candidate.before, candidate.from()) || touches(candidate.after, candidate.to())
    }
}

/// Whether a Chinese unit makes the digits a numeral in prose.
fn numeral_after(candidate: &Candidate<'_>) -> bool {
    let unit =
        |at: Option<usize>| at.and_then(|at| candidate.cells.get(at)).is_some_and(|cell| "十百千亿年月日点".contains(cell.c));
    candidate.groups.iter().any(|group| group.han) && (unit(Some(candidate.to())) || unit(candidate.from().checked_sub(1)))
}

/// The national number of a mainland mobile, without its prefix: eleven digits that begin with 13 to 19.
fn national(digits: &[u8]) -> Option<&[u8]> {
    let national = match digits {
        [0, 0, 8, 6, rest @ ..] if rest.len() == 11 => rest,
        [8, 6, rest @ ..] if rest.len() == 11 => rest,
        [8, 6, 0, rest @ ..] if rest.len() == 11 => rest,
        [0, rest @ ..] if rest.len() == 11 => rest,
        whole => whole,
    };
    (national.len() == 11 && national[0] == 1 && 3 <= national[1]).then_some(national)
}

fn mainland(digits: &[u8]) -> bool {
    national(digits).is_some()
}

/// Whether the digits stand in groups as mobiles do.
fn shaped(candidate: &Candidate<'_>) -> bool {
    let shape = candidate.shape();
    let more = candidate.digits.len() - 11;
    // The prefix stands apart, or touches the first group.
    let own: Vec<usize> = match shape.as_slice() {
        [first, rest @ ..] if 0 < more && *first == more => rest.to_vec(),
        [first, rest @ ..] if 0 < more && more < *first => std::iter::once(first - more).chain(rest.iter().copied()).collect(),
        all => all.to_vec(),
    };
    let one_by_one = own.len() == 11;
    // A leading zero alone is the old way to call from another province, and too common elsewhere.
    let old = candidate.digits.len() == 12;
    !old && (one_by_one || MOBILE_SHAPES.contains(&own.as_slice()))
}

/// Taiwan: 09 and eight digits, or 886 9 and eight.
fn taiwan(digits: &[u8]) -> bool {
    match digits {
        [0, 9, rest @ ..] => rest.len() == 8,
        [8, 8, 6, 9, rest @ ..] | [8, 8, 6, 0, 9, rest @ ..] | [0, 0, 8, 8, 6, 9, rest @ ..] => rest.len() == 8,
        _ => false,
    }
}

/// Hong Kong: 852 and eight digits, or eight digits after a word about telephones.
fn hong_kong(candidate: &Candidate<'_>, context: &Context, plus: bool) -> bool {
    match candidate.digits.as_slice() {
        [8, 5, 2, first, rest @ ..] if rest.len() == 7 => {
            (2..=9).contains(first) && (plus || 1 < candidate.shape().len() || context.tells(About::Phone))
        }
        [8, 5, 3, 6, rest @ ..] if rest.len() == 7 => plus || 1 < candidate.shape().len(),
        [first, rest @ ..] if rest.len() == 7 => {
            let shape = candidate.shape();
            let written = shape == [4, 4] || shape == [8];
            [2, 3, 5, 6, 7, 9].contains(first)
                && written
                && context.tells(About::Phone)
                && !context.tells(About::Hotline)
                && !(shape == [8] && candidate.digits.starts_with(&[2, 0]))
        }
        _ => false,
    }
}

fn mobile_of_hong_kong(digits: &[u8]) -> bool {
    let national = if digits.len() == 11 { &digits[3..] } else { digits };
    national.first().is_some_and(|first| [4, 5, 6, 7, 8, 9].contains(first))
}

/// Where a landline begins: an area code with its number, or a number alone after a word about landlines.
fn landline(candidate: &Candidate<'_>, context: &Context) -> Option<usize> {
    // 0800 and 0809 are free of charge: a firm's.
    let free = candidate.digits.starts_with(&[0, 8, 0, 0]) || candidate.digits.starts_with(&[0, 8, 0, 9]);
    if free || context.tells(About::Hotline) || context.counts() || glued(candidate) {
        return None;
    }
    let told = context.tells(About::Landline);
    let shape = candidate.shape();
    let (digits, from) = (&candidate.digits, candidate.from());
    let bracket = from.checked_sub(1).is_some_and(|before| candidate.cells[before].c == '(')
        && candidate.cells.get(candidate.groups[0].to).is_some_and(|cell| cell.c == ')');
    let (begin, plus) = prefix(candidate);
    let tight_before =
        candidate.before.is_some_and(|group| candidate.cells[group.to..from].iter().any(|cell| matches!(cell.c, '-' | '.')));
    if tight_before {
        return None;
    }
    // Area codes: 010, 020 to 029, and four digits elsewhere; Taiwan 02 to 08 and three digits.
    let area = match digits.as_slice() {
        [0, 1, 0, ..] => 3,
        [0, 2, ..] if 11 <= digits.len() => 3,
        [0, 3..=9, ..] if 11 <= digits.len() => 4,
        [0, 2..=8, ..] => shape[0].min(4),
        [8, 6, rest @ ..] if plus && rest.len() >= 9 => return Some(begin),
        [8, 8, 6, rest @ ..] if plus && (8..=9).contains(&rest.len()) => return Some(begin),
        _ => 0,
    };
    if area == 0 {
        let local = told && (7..=8).contains(&digits.len()) && (2..=8).contains(&digits[0]);
        let explicit = context.tells(About::OnlyLandline) && !candidate.goes_on();
        return (local && explicit && (shape.len() == 1 || shape == [4, 4] || shape == [3, 4])).then_some(from);
    }
    let number = digits.len().checked_sub(area)?;
    let apart = 1 < shape.len() && shape[0] == area;
    let mainland = 11 <= digits.len() && digits.len() <= 12 && (7..=8).contains(&number) && (2..=8).contains(&digits[area]);
    let taiwan = (9..=10).contains(&digits.len()) && (6..=8).contains(&number) && (apart || told);
    let written = if apart { shape.len() <= 4 } else { told || (digits.len() == 11 && area == 3 && shape.len() == 1) };
    ((mainland || (taiwan && (apart || told))) && written && (bracket || apart || told || digits.len() == 11))
        .then(|| if bracket { from - 1 } else { from })
}
