//! Dates of birth: dates in any writing, next to a word about birth.

use std::sync::LazyLock;

use super::line::{BIRTH, Cell, DIGIT, HAN_DIGIT, LETTER, STOP, TAKEN, starts, text};
use super::words::Index;
use super::{Found, Kind};

/// The most cells between the word and the date.
const GAP_MAX: usize = 16;

/// Words about birth that stand before a date.
pub(super) static BEFORE: LazyLock<Index<()>> = LazyLock::new(|| {
    let words = [
        "出生",
        "生日",
        "生于",
        "生辰",
        "诞生",
        "dob",
        "d.o.b",
        "born",
        "birthday",
        "birth date",
        "birthdate",
        "date of birth",
        "date_of_birth",
        "birth",
        "阳历",
        "农历",
        "生年月日",
        "birthday_at",
        "bday",
    ];
    Index::of(words.map(|word| (word, ())))
});
/// Months in English, by their first three letters.
const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The date of birth that begins at a mark, or after the word that does.
pub(super) fn at(cells: &[Cell], mark: usize) -> Option<Found> {
    let after = cells[mark].is(BIRTH).then(|| after_word(cells, mark)).flatten();
    let (from, to) = after.or_else(|| before_word(cells, mark))?;
    Some(Found { from, to, kind: Kind::Dob, norm: cells[from..to].iter().map(|cell| cell.raw).collect() })
}

fn after_word(cells: &[Cell], at: usize) -> Option<(usize, usize)> {
    let letter = |place: Option<usize>| place.and_then(|place| cells.get(place)).is_some_and(|cell| cell.is(LETTER));
    let (length, ()) = BEFORE.longest(cells, at)?;
    if cells[at].is(LETTER) && (letter(at.checked_sub(1)) || letter(Some(at + length)) && !starts(cells, at + length, "day")) {
        return None;
    }
    let mut place = at + length;
    for _ in 0..GAP_MAX {
        if let Some(to) = date(cells, place) {
            return Some((place, to));
        }
        let cell = cells.get(place)?;
        let between = " :=\"'日期年月是为在于系()-,/_.".contains(cell.c)
            || cell.is(LETTER)
                && ["is", "was", "on", "dd", "mm", "yyyy", "date", "in", "of"].iter().any(|word| starts(cells, place, word));
        if !between {
            return None;
        }
        place += if cell.is(LETTER) { cells[place..].iter().take_while(|cell| cell.is(LETTER)).count().max(1) } else { 1 };
    }
    None
}

/// A date that `出生`, `生` or "(born)" follows.
fn before_word(cells: &[Cell], at: usize) -> Option<(usize, usize)> {
    if !cells[at].is(DIGIT | HAN_DIGIT) && cells[at].c != '民'
        || at.checked_sub(1).is_some_and(|before| cells[before].is(DIGIT | HAN_DIGIT))
    {
        return None;
    }
    let to = date(cells, at)?;
    let rest = text(&cells[to..(to + 8).min(cells.len())]);
    let rest = rest.trim_start_matches([' ', '(', ',', '的']);
    let born = ["出生", "生日", "生人", "(born)", "born", "dob", "诞生"].iter().any(|word| rest.starts_with(word))
        || rest.starts_with('生') && !["生产", "生效", "生成", "生鲜"].iter().any(|word| rest.starts_with(word));
    born.then_some((at, to))
}

/// Where the date that begins at `from` ends.
fn date(cells: &[Cell], from: usize) -> Option<usize> {
    if cells.get(from).is_none_or(|cell| cell.c == ' ') || from.checked_sub(1).is_some_and(|before| cells[before].is(DIGIT)) {
        return None;
    }
    chinese(cells, from).or_else(|| numeric(cells, from)).or_else(|| english(cells, from))
}

/// A number in digits of either kind, with 十, and where it ends.
fn number(cells: &[Cell], from: usize) -> Option<(u32, usize)> {
    let mut value = 0_u32;
    let mut ten = false;
    let mut at = from;
    while at < from + 4 {
        match cells.get(at) {
            Some(cell) if cell.c == '十' => {
                value = value.max(1) * 10;
                ten = true;
            }
            Some(cell) if cell.is(DIGIT | HAN_DIGIT) && !cell.is(TAKEN) => {
                value = if ten { value } else { value * 10 } + u32::from(cell.digit()?);
            }
            _ => break,
        }
        at += 1;
    }
    (from < at).then_some((value, at))
}

/// Over spaces.
fn spaces(cells: &[Cell], from: usize) -> usize {
    from + cells[from.min(cells.len())..].iter().take(2).take_while(|cell| cell.c == ' ').count()
}

/// `1990年3月12日`, `九〇年三月`, `民國79年3月12日`, `3月12日`.
fn chinese(cells: &[Cell], from: usize) -> Option<usize> {
    let era = ["中华民国", "民国"].iter().find(|era| starts(cells, from, era)).map_or(0, |era| era.chars().count());
    let unit = |from: usize, units: &str, most: u32| {
        let (value, at) = number(cells, spaces(cells, from))?;
        let at = spaces(cells, at);
        (cells.get(at).is_some_and(|cell| units.contains(cell.c)) && 1 <= value && value <= most).then_some((value, at + 1))
    };
    let (to, of_year) = match unit(from + era, "年", 2100) {
        Some((_, to)) => (to, true),
        None if era == 0 => (from, false),
        None => return numeric(cells, from + era),
    };
    let (_, to_month) = unit(to, "月", 12)?;
    match unit(to_month, "日号", 31) {
        Some((_, to_day)) => Some(to_day),
        None => of_year.then_some(to_month),
    }
}

/// `1990-03-12`, `12/03/1990`, `79.3.12`, `19900312`.
fn numeric(cells: &[Cell], from: usize) -> Option<usize> {
    let digits =
        |from: usize| cells[from.min(cells.len())..].iter().take(9).take_while(|cell| cell.is(DIGIT) && !cell.is(TAKEN)).count();
    let value = |from: usize, length: usize| {
        cells[from..from + length].iter().fold(0_u32, |sum, cell| sum * 10 + u32::from(cell.digit().unwrap_or(0)))
    };
    let first = digits(from);
    let year = |value: u32| (1880..=2035).contains(&value);
    if first == 8 {
        let of_day = (1..=12).contains(&value(from + 4, 2)) && (1..=31).contains(&value(from + 6, 2));
        return (year(value(from, 4)) && of_day).then_some(from + 8);
    }
    let separator = |at: usize| cells.get(at).filter(|cell| matches!(cell.c, '-' | '/' | '.')).map(|cell| cell.c);
    let mark = separator(from + first)?;
    let second_at = from + first + 1;
    let second = digits(second_at);
    if first == 0 || !(1..=2).contains(&second) || separator(second_at + second) != Some(mark) {
        return None;
    }
    let third_at = second_at + second + 1;
    let third = digits(third_at);
    let small = |at: usize, length: usize| (1..=2).contains(&length) && (1..=31).contains(&value(at, length));
    let fits = match (first, third) {
        (4, 1..=2) => year(value(from, 4)) && small(second_at, second) && small(third_at, third),
        (1..=2, 4) => small(from, first) && small(second_at, second) && year(value(third_at, 4)),
        (1..=3, 1..=2) => small(second_at, second) && small(third_at, third),
        _ => false,
    };
    fits.then_some(third_at + third)
}

/// `12 March 1990`, `March 12, 1990`, `12-Mar-1990`.
fn english(cells: &[Cell], from: usize) -> Option<usize> {
    let month = |at: usize| {
        let at = over(cells, at);
        MONTHS
            .iter()
            .any(|month| starts(cells, at, month))
            .then(|| at + cells[at..].iter().take(9).take_while(|cell| cell.is(LETTER)).count())
    };
    let day = |at: usize| {
        let at = over(cells, at);
        let length = cells[at.min(cells.len())..].iter().take(3).take_while(|cell| cell.is(DIGIT)).count();
        let suffix = ["st", "nd", "rd", "th"].iter().any(|suffix| starts(cells, at + length, suffix));
        (1..=2).contains(&length).then_some(at + length + if suffix { 2 } else { 0 })
    };
    let year = |at: usize| {
        let at = over(cells, at);
        let length = cells[at.min(cells.len())..].iter().take(5).take_while(|cell| cell.is(DIGIT)).count();
        (length == 4).then_some(at + 4)
    };
    let first = cells.get(from)?;
    if !first.is(LETTER | DIGIT) {
        return None;
    }
    let to = if first.is(LETTER) { day(month(from)?)? } else { month(day(from)?)? };
    year(to).or(Some(to))
}

fn over(cells: &[Cell], from: usize) -> usize {
    let between = |cell: &&Cell| matches!(cell.c, ' ' | ',' | '-' | '/' | '.') && !cell.is(STOP);
    let over = from + cells[from.min(cells.len())..].iter().take(2).take_while(between).count();
    if starts(cells, over, "of ") { over + 3 } else { over }
}
