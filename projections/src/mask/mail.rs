//! Addresses of mail, as written and as disguised.

use super::context::{About, Context};
use super::line::{Cell, DIGIT, LETTER, TAKEN, starts};
use super::{Found, Kind};

/// The most characters before the `@`, by RFC 5321.
const LOCAL_MAX: usize = 64;
/// The most characters after it that are looked at.
const DOMAIN_MAX: usize = 128;

/// Top-level domains that may be followed by something without a space between.
const KNOWN: &[&str] = &[
    "com", "cn", "net", "org", "edu", "gov", "hk", "tw", "io", "co", "uk", "jp", "me", "info", "biz", "cc", "sg", "us", "de",
    "fr", "ca", "au", "example", "test",
];
/// Endings of file names that look like domains.
const FILES: &[&str] =
    &["png", "jpg", "jpeg", "gif", "svg", "webp", "js", "ts", "css", "html", "pdf", "zip", "mp4", "txt", "md", "rs"];
/// Ways to write `@` in words, longest first.
const AT_WORDS: &[&str] = &["(at)", "[at]", "{at}", "<at>", " at ", "艾特", "#at#", "_at_", "圈a"];
/// Ways to write `.` in words.
const DOT_WORDS: &[&str] = &[" dot ", "(dot)", "[dot]", "[.]", "点", "。"];

fn local(cell: &Cell) -> bool {
    !cell.is(TAKEN) && (cell.is(LETTER | DIGIT) || matches!(cell.c, '.' | '_' | '%' | '+' | '-' | '\''))
}

/// The address whose `@` stands at a mark.
pub(super) fn at(cells: &[Cell], mark: usize) -> Option<Found> {
    let words = |from: usize| AT_WORDS.iter().find(|word| starts(cells, from, word)).map(|word| word.chars().count());
    match cells[mark].c {
        '@' => around(cells, mark, 1),
        '(' | '[' | '{' | '<' | '艾' | '#' | '_' | '圈' if at_follows(cells, mark) => around(cells, mark, words(mark)?),
        'a' | 'A' if 0 < mark && cells[mark - 1].c == ' ' => around(cells, mark - 1, words(mark - 1)?),
        _ => None,
    }
}

/// Whether the next character can be that of a word for `@`.
fn at_follows(cells: &[Cell], at: usize) -> bool {
    cells.get(at + 1).is_some_and(|next| matches!(next.c, 'a' | 'A' | '特'))
}

/// The address whose `@`, `width` cells wide, stands at `at`.
fn around(cells: &[Cell], at: usize, width: usize) -> Option<Found> {
    let plain = width == 1;
    let told =
        || Context::of(cells, at.saturating_sub(20), at).tells(About::Mail) || Context::of(cells, at, at).tells(About::Mail);
    let spaced = |place: Option<usize>| place.and_then(|place| cells.get(place)).is_some_and(|cell| cell.c == ' ');
    let loose = plain && (spaced(at.checked_sub(1)) || spaced(Some(at + 1)));
    if (loose || !plain) && !told() && !cells[at].is_disguise() {
        return None;
    }
    let end = if spaced(at.checked_sub(1)) { at - 1 } else { at };
    let least = end.saturating_sub(LOCAL_MAX);
    let mut from = (least..end).rev().take_while(|&place| local(&cells[place])).last()?;
    if from == least && 0 < from && local(&cells[from - 1]) {
        return None;
    }
    // A letter of an escape is not of the address: `\nbob@…`, `%20bob@…`.
    if 0 < from && cells[from - 1].c == '\\' && matches!(cells[from].c, 'n' | 't' | 'r') {
        from += 1;
    }
    while from < end && matches!(cells[from].c, '.' | '\'' | '-' | '+' | '%') {
        from += 1;
    }
    if from == end || 0 < from && cells[from - 1].c == '*' {
        return None;
    }
    let begin = if spaced(Some(at + width)) { at + width + 1 } else { at + width };
    let (to, domain) = domain(cells, begin)?;
    let written: String = cells[from..end].iter().map(|cell| cell.c).collect();
    if written == "git" && cells.get(to).is_some_and(|cell| cell.c == ':') {
        return None;
    }
    Some(Found { from, to, kind: Kind::Email, norm: format!("{written}@{domain}") })
}

/// The longest domain from `begin`: labels with dots between, the last one of letters.
fn domain(cells: &[Cell], begin: usize) -> Option<(usize, String)> {
    let mut at = begin;
    let mut name = String::new();
    let mut best: Option<(usize, String)> = None;
    let last = cells.len().min(begin + DOMAIN_MAX);
    let mut labels = 0;
    while at < last {
        let length =
            cells[at..last].iter().take_while(|cell| cell.is(LETTER | DIGIT) && !cell.is(TAKEN) || cell.c == '-').count();
        if length == 0 || cells[at].c == '-' {
            break;
        }
        let label: String = cells[at..at + length].iter().map(|cell| cell.c).collect();
        let letters = label.chars().take_while(char::is_ascii_alphabetic).count();
        if 1 <= labels && (2..=24).contains(&letters) {
            let top = label[..letters].to_ascii_lowercase();
            let whole = letters == length || KNOWN.contains(&top.as_str());
            if whole && !FILES.contains(&top.as_str()) {
                best = Some((at + letters, format!("{name}{}", &label[..letters])));
            }
        }
        name.push_str(&label);
        labels += 1;
        at += length;
        let dot = match cells.get(at).map(|cell| cell.c) {
            Some('.') => 1,
            Some(_) => DOT_WORDS.iter().find(|word| starts(cells, at, word)).map_or(0, |word| word.chars().count()),
            None => 0,
        };
        if dot == 0 {
            break;
        }
        name.push('.');
        at += dot;
    }
    best
}

impl Cell {
    /// Whether it begins an `@` in brackets or words, which nobody writes but to disguise an address.
    fn is_disguise(&self) -> bool {
        matches!(self.c, '(' | '[' | '{' | '艾' | '#' | '圈')
    }
}
