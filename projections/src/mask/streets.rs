//! Postal addresses in English: a number, a name and a word for a street, with what stands before and after it.

use std::sync::LazyLock;

use super::line::{Cell, DIGIT, LETTER, TAKEN, starts, text};
use super::words::Index;
use super::{Found, Kind};

/// Words for streets, in lower case.
const STREETS: &[&str] = &[
    "street",
    "st",
    "road",
    "rd",
    "avenue",
    "ave",
    "lane",
    "ln",
    "drive",
    "dr",
    "boulevard",
    "blvd",
    "court",
    "ct",
    "place",
    "pl",
    "square",
    "sq",
    "terrace",
    "way",
    "close",
    "crescent",
    "highway",
    "hwy",
    "parkway",
    "pkwy",
    "walk",
    "row",
    "path",
    "gardens",
    "quay",
    "circle",
    "trail",
    "grove",
    "hill",
    "view",
    "rise",
    "mews",
];
/// [`STREETS`] by their first character.
static STREET_INDEX: LazyLock<Index<()>> = LazyLock::new(|| Index::of(STREETS.iter().map(|word| (*word, ()))));
/// Words that begin a part of a house.
const INSIDE: &[&str] = &[
    "flat",
    "room",
    "rm",
    "unit",
    "apt",
    "apartment",
    "suite",
    "ste",
    "floor",
    "block",
    "blk",
    "tower",
    "building",
    "bldg",
    "house",
    "level",
    "shop",
    "phase",
    "no",
    "office",
    "lot",
    "villa",
];
/// Words that end the name of a house.
const HOUSES: &[&str] = &[
    "building", "house", "mansion", "mansions", "tower", "towers", "centre", "center", "court", "plaza", "estate", "garden",
    "gardens", "heights", "lodge", "city", "floor", "block",
];
/// Words with a capital that are not of an address.
const OUTSIDE: &[&str] = &[
    "thanks", "thank", "please", "regards", "my", "phone", "tel", "call", "i", "and", "or", "the", "email", "mobile", "attn",
    "dear", "it", "is", "we", "but", "order", "contact", "name", "ship", "deliver", "to", "at", "address",
];
/// The most words of a street's name, with its number.
const WORDS_MAX: usize = 7;
/// The most parts before and after the street.
const PARTS_MAX: usize = 6;

/// A word of letters and digits.
#[derive(Clone, Copy)]
struct Word {
    from: usize,
    to: usize,
}

/// The address whose word for a street, or whose storey, stands at a mark.
pub(super) fn at(cells: &[Cell], mark: usize) -> Option<Found> {
    let before = cells[mark.checked_sub(1)?];
    let (from, to) = if cells[mark].c.is_ascii_uppercase() && before.c == ' ' {
        STREET_INDEX.longest(cells, mark)?;
        street(cells, mark)?
    } else if cells[mark].c == '/' && before.is(DIGIT) && cells.get(mark + 1)?.c == 'F' {
        storey(cells, mark)?
    } else {
        return None;
    };
    Some(Found { from, to, kind: Kind::Address, norm: cells[from..to].iter().map(|cell| cell.raw).collect() })
}

fn part(cell: &Cell) -> bool {
    (cell.is(LETTER | DIGIT) || matches!(cell.c, '\'' | '-' | '/')) && !cell.is(TAKEN)
}

fn word_at(cells: &[Cell], from: usize) -> Option<Word> {
    let length = cells.get(from..)?.iter().take(24).take_while(|cell| part(cell)).count();
    (0 < length && length < 24).then_some(Word { from, to: from + length })
}

/// The word that ends at `to`.
fn word_before(cells: &[Cell], to: usize) -> Option<Word> {
    let length = cells[..to].iter().rev().take(24).take_while(|cell| part(cell)).count();
    (0 < length && length < 24).then(|| Word { from: to - length, to })
}

fn is(cells: &[Cell], word: Word, list: &[&str]) -> bool {
    let length = word.to - word.from;
    list.iter().any(|known| known.len() == length && starts(cells, word.from, known))
}

fn capital(cells: &[Cell], word: Word) -> bool {
    cells[word.from].c.is_ascii_uppercase()
}

fn numbered(cells: &[Cell], word: Word) -> bool {
    cells[word.from].is(DIGIT) && word.to - word.from <= 7
}

/// The address around a word for a street.
fn street(cells: &[Cell], at: usize) -> Option<(usize, usize)> {
    let kind = word_at(cells, at)?;
    if !is(cells, kind, STREETS) || cells.get(at.checked_sub(1)?)?.c != ' ' {
        return None;
    }
    // Leftwards: the name in capitals, then its number.
    let mut word = word_before(cells, at - 1)?;
    let mut named = 0;
    for _ in 0..WORDS_MAX {
        if numbered(cells, word) && 0 < named {
            let ordinal = ["st", "nd", "rd", "th"].iter().any(|end| text(&cells[word.from..word.to]).ends_with(end));
            if !ordinal {
                break;
            }
        } else if !capital(cells, word)
            && !numbered(cells, word)
            && !is(cells, word, &["of", "the", "de", "des", "du", "la", "van"])
            || is(cells, word, OUTSIDE) && !is(cells, word, &["the"])
        {
            return None;
        }
        named += 1;
        if cells.get(word.from.checked_sub(1)?)?.c != ' ' {
            return None;
        }
        word = word_before(cells, word.from - 1)?;
    }
    if !numbered(cells, word) || named == 0 {
        return None;
    }
    let mut from = word.from;
    if let Some(no) = before_space(cells, from).filter(|&no| is(cells, no, &["no"])) {
        from = no.from;
    }
    Some((leftwards(cells, from), rightwards(cells, kind.to)))
}

/// The word before a space, or before a dot and a space.
fn before_space(cells: &[Cell], from: usize) -> Option<Word> {
    let space = from.checked_sub(1).filter(|&at| cells[at].c == ' ')?;
    let end = if space.checked_sub(1).is_some_and(|at| cells[at].c == '.') { space - 1 } else { space };
    word_before(cells, end)
}

/// An address that names a storey (12/F) and something before it, without a street.
fn storey(cells: &[Cell], slash: usize) -> Option<(usize, usize)> {
    let word = word_before(cells, slash)?;
    let from = leftwards(cells, word.from);
    (from < word.from).then(|| (from, rightwards(cells, slash + 2)))
}

/// Over the parts of the house that stand before, each followed by a comma.
fn leftwards(cells: &[Cell], from: usize) -> usize {
    let mut from = from;
    for _ in 0..PARTS_MAX {
        let comma = if from.checked_sub(2).is_some_and(|at| cells[at].c == ',' && cells[at + 1].c == ' ') {
            from - 2
        } else if from.checked_sub(1).is_some_and(|at| cells[at].c == ',') {
            from - 1
        } else {
            return from;
        };
        from = match inside(cells, comma) {
            Some(begun) => begun,
            // The name of a house without a word for one, where a part before it has one.
            None => match named(cells, comma).and_then(|before| inside(cells, before)) {
                Some(begun) => begun,
                None => return from,
            },
        };
    }
    from
}

/// The comma before one to three words with capitals that end at `to`.
fn named(cells: &[Cell], to: usize) -> Option<usize> {
    let mut from = to;
    for _ in 0..3 {
        let word = word_before(cells, from).filter(|&word| capital(cells, word))?;
        let before = word.from.checked_sub(2)?;
        if cells[before].c == ',' {
            return Some(before);
        }
        from = word.from.checked_sub(1).filter(|&at| cells[at].c == ' ')?;
    }
    None
}

/// Where the part of a house that ends at `to` begins.
fn inside(cells: &[Cell], to: usize) -> Option<usize> {
    let mut word = word_before(cells, to)?;
    let storey = text(&cells[word.from..word.to]).ends_with("/f");
    let house = is(cells, word, HOUSES);
    let mut begun = if storey { Some(word.from) } else { None };
    for _ in 0..5 {
        if capital(cells, word) && (house || is(cells, word, INSIDE)) || house && numbered(cells, word) {
            begun = Some(word.from);
        } else if !(numbered(cells, word) || capital(cells, word)) || is(cells, word, OUTSIDE) {
            break;
        }
        let Some(before) = before_space(cells, word.from) else { break };
        word = before;
    }
    begun
}

/// Over a point of the compass, and over towns and postcodes, each after a comma.
fn rightwards(cells: &[Cell], to: usize) -> usize {
    let compass = ["n", "s", "e", "w", "ne", "nw", "se", "sw", "north", "south", "east", "west", "central"];
    let mut to = to;
    if cells.get(to).is_some_and(|cell| cell.c == ' ')
        && let Some(word) = word_at(cells, to + 1).filter(|&word| capital(cells, word) && is(cells, word, &compass))
    {
        to = word.to;
    }
    for _ in 0..PARTS_MAX {
        if cells.get(to).is_none_or(|cell| cell.c != ',') {
            break;
        }
        let mut at = to + 1 + usize::from(cells.get(to + 1).is_some_and(|cell| cell.c == ' '));
        let mut end = None;
        for _ in 0..4 {
            let Some(word) =
                word_at(cells, at).filter(|&word| (capital(cells, word) || numbered(cells, word)) && !is(cells, word, OUTSIDE))
            else {
                break;
            };
            end = Some(word.to);
            if cells.get(word.to).is_none_or(|cell| cell.c != ' ') {
                break;
            }
            at = word.to + 1;
        }
        match end {
            Some(end) => to = end,
            None => break,
        }
    }
    to
}
