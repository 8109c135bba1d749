//! A line as the detectors see it: one cell a visible character, folded so that one way of writing stands for all.
//!
//! Full-width forms become ASCII, traditional characters their simplified form, the many hyphens, dots and spaces one
//! each. Characters without width are left out: they cannot be used to hide from a detector.

use std::sync::LazyLock;

use super::words;

/// A digit, `0` to `9`, in any of the ways Unicode has for it.
pub(super) const DIGIT: u32 = 1;
/// A Chinese digit, `〇` to `玖`.
pub(super) const HAN_DIGIT: u32 = 1 << 1;
/// A letter `A` to `Z` or `a` to `z`.
pub(super) const LETTER: u32 = 1 << 2;
/// A Chinese character.
pub(super) const HAN: u32 = 1 << 3;
/// May stand between the digits of one number.
pub(super) const SEPARATOR: u32 = 1 << 4;
/// Stands first on a number plate of the mainland.
pub(super) const PROVINCE: u32 = 1 << 5;
/// Begins a word after which a name stands.
pub(super) const CUE: u32 = 1 << 6;
/// Is a family name, or begins one of two characters.
pub(super) const FAMILY: u32 = 1 << 7;
/// Is a family name that often begins another word.
pub(super) const WEAK: u32 = 1 << 8;
/// Is found in given names.
pub(super) const GIVEN: u32 = 1 << 9;
/// Is never in a name.
pub(super) const NEVER: u32 = 1 << 10;
/// Counts a part of an address: `号`, `栋`, `室`.
pub(super) const UNIT: u32 = 1 << 11;
/// Ends the name of a road or an estate.
pub(super) const ROAD: u32 = 1 << 12;
/// Begins a form of address that follows a name.
pub(super) const TITLE: u32 = 1 << 13;
/// Belongs to something already found.
pub(super) const TAKEN: u32 = 1 << 14;
/// Ends a sentence or a line.
pub(super) const STOP: u32 = 1 << 15;
/// Begins a family name of two characters.
pub(super) const COMPOUND: u32 = 1 << 16;
/// Begins a word that goes on after a name.
pub(super) const FOLLOW: u32 = 1 << 17;
/// Begins a word for WeChat or QQ.
pub(super) const HANDLE: u32 = 1 << 18;
/// Begins a word about birth.
pub(super) const BIRTH: u32 = 1 << 19;

/// One visible character.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// As folded.
    pub(super) c: char,
    /// As written.
    pub(super) raw: char,
    /// What it may be part of.
    pub(super) class: u32,
    /// Its place in the window, in characters.
    pub(super) nth: u32,
    /// Its place in the window, in bytes.
    pub(super) at: u32,
}

impl Cell {
    /// Whether it has one of these classes.
    pub(super) fn is(&self, class: u32) -> bool {
        self.class & class != 0
    }

    /// Its value as a digit of either kind.
    pub(super) fn digit(&self) -> Option<u8> {
        match self.c {
            '0'..='9' => Some(self.c as u8 - b'0'),
            _ => digit_of_han(self.c),
        }
    }
}

/// Folded character and class by code point, for the first plane.
static FOLDED: LazyLock<Vec<(u16, u32)>> = LazyLock::new(table);

/// Not a cell.
const NO_WIDTH: u16 = 0;

fn digit_of_han(c: char) -> Option<u8> {
    Some(match c {
        '〇' | '零' | '○' | '洞' => 0,
        '一' | '壹' | '幺' => 1,
        '二' | '贰' | '两' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' | '拐' => 7,
        '八' | '捌' => 8,
        '九' | '玖' | '勾' => 9,
        _ => return None,
    })
}

fn table() -> Vec<(u16, u32)> {
    let mut table: Vec<(u16, u32)> = (0..=u16::MAX).map(|c| (c, 0)).collect();
    let mut fold = |from: char, to: char| {
        if let (Ok(from), Ok(to)) = (u16::try_from(from as u32), u16::try_from(to as u32)) {
            table[usize::from(from)].0 = to;
        }
    };
    for (from, to) in words::pairs(words::TRADITIONAL).into_iter().chain([('貳', '贰'), ('參', '叁'), ('陸', '陆'), ('係', '系')])
    {
        fold(from, to);
    }
    for c in '\u{ff01}'..='\u{ff5e}' {
        fold(c, char::from_u32(c as u32 - 0xfee0).unwrap_or(c));
    }
    for (n, c) in ('①'..='⑨').enumerate().chain(('❶'..='❾').enumerate()) {
        fold(c, char::from(b'1' + u8::try_from(n).unwrap_or(0)));
    }
    for c in ['⓪', '⓿'] {
        fold(c, '0');
    }
    for c in "\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200a}\u{202f}\u{205f}\u{3000}".chars() {
        fold(c, ' ');
    }
    "‐‑‒–—―−﹣".chars().for_each(|c| fold(c, '-'));
    "•・‧∙⋅●".chars().for_each(|c| fold(c, '·'));
    "﹒｡".chars().for_each(|c| fold(c, '.'));
    "﹫".chars().for_each(|c| fold(c, '@'));
    fold('Ⅹ', 'X');
    fold('’', '\'');
    for c in no_width() {
        fold(c, '\0');
    }
    fold('\0', '\0');
    classify(&mut table);
    table
}

fn no_width() -> impl Iterator<Item = char> {
    ['\u{ad}', '\u{180e}', '\u{feff}', '\u{20e3}', '\u{fe0e}', '\u{fe0f}']
        .into_iter()
        .chain('\u{200b}'..='\u{200f}')
        .chain('\u{202a}'..='\u{202e}')
        .chain('\u{2060}'..='\u{2069}')
}

fn classify(table: &mut [(u16, u32)]) {
    let by_list = words::classes();
    for (folded, class) in table.iter_mut() {
        let Some(c) = char::from_u32(u32::from(*folded)) else { continue };
        *class = match c {
            '0'..='9' => DIGIT,
            'a'..='z' | 'A'..='Z' => LETTER,
            ' ' | '-' | '.' | '(' | ')' | '·' => SEPARATOR,
            '\n' | '\r' | '。' | '!' | '?' | ';' => STOP,
            '\u{3400}'..='\u{9fff}' | '〇' | '○' => HAN,
            _ => 0,
        };
        if digit_of_han(c).is_some() {
            *class |= HAN_DIGIT;
        }
        *class |= by_list.get(&c).copied().unwrap_or(0);
    }
}

/// The cells of `text` up to `cells_max`; returns with them the byte at which the next one begins.
pub(super) fn cells(text: &str, cells_max: usize) -> (Vec<Cell>, usize) {
    let folded = FOLDED.as_slice();
    let mut cells = Vec::with_capacity(cells_max.min(text.len()));
    for (nth, (at, raw)) in text.char_indices().enumerate() {
        if cells.len() == cells_max {
            return (cells, at);
        }
        let (c, class) = match folded.get(raw as usize) {
            Some(&(NO_WIDTH, _)) => continue,
            // The table holds no surrogates where `raw` is a character.
            Some(&(c, class)) => (char::from_u32(u32::from(c)).unwrap_or(raw), class),
            None => beyond(raw),
        };
        // A window has fewer characters than this holds, or all of one has no width and is no cell.
        let place = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        cells.push(Cell { c, raw, class, nth: place(nth), at: place(at) });
    }
    (cells, text.len())
}

/// Takes the letters and digits of escapes (`\\u7535`, `%3D`) out of what detectors read.
pub(super) fn unescape(cells: &mut [Cell]) {
    for at in 0..cells.len() {
        let length = match cells[at].c {
            '\\' if cells.get(at + 1).is_some_and(|cell| cell.c == 'u') => 6,
            '%' => 3,
            _ => continue,
        };
        let Some(escape) = cells.get(at..at + length) else { continue };
        let hex = escape[length.min(5) - 3 + usize::from(length == 3)..].iter().all(|cell| cell.c.is_ascii_hexdigit());
        // 50%20 may be a percentage, unless it says what is often escaped.
        let after_digit = length == 3 && 0 < at && cells[at - 1].is(DIGIT);
        let often = matches!(
            (escape[1].c, escape[2].c.to_ascii_lowercase()),
            ('2', '0' | 'b' | 'd' | '6' | 'c' | '2') | ('3', 'a' | 'd') | ('0', 'a' | 'd')
        );
        if hex && (often || !after_digit) {
            let space = length == 3 && matches!((escape[1].c, escape[2].c.to_ascii_lowercase()), ('2', '0' | 'd'));
            cells[at..at + length].iter_mut().for_each(|cell| cell.class = if space { SEPARATOR } else { 0 });
        }
    }
}

/// The cells at which something may be found: where words and digits begin, and what the lists know.
pub(super) fn marks(cells: &[Cell]) -> Vec<u32> {
    let mut marks = Vec::with_capacity(cells.len() / 3);
    // Where a word begins after the letter of an escape, as in `\nbob`.
    let mut escaped = usize::MAX;
    let mut before = 0;
    for (at, cell) in cells.iter().enumerate() {
        let class = cell.class;
        let own = CUE | TITLE | PROVINCE | HANDLE | BIRTH;
        let marked = if class & LETTER != 0 {
            before & LETTER == 0 || at == escaped
        } else if class & DIGIT != 0 {
            before & DIGIT == 0
        } else if class & HAN != 0 {
            // A family name, unless it is a word as often.
            class & own != 0
                || class & (FAMILY | WEAK) == FAMILY
                || class & COMPOUND != 0
                || class & HAN_DIGIT != 0 && before & HAN_DIGIT == 0
                || class & UNIT != 0 && before & (DIGIT | HAN_DIGIT | LETTER) != 0
        } else {
            if cell.c == '\\' {
                escaped = at + 2;
            }
            matches!(cell.c, '@' | ':' | '/' | '(' | '[' | '{' | '<' | '#' | '_')
        };
        if marked {
            marks.push(u32::try_from(at).unwrap_or(u32::MAX));
        }
        before = class;
    }
    marks
}

/// Marks cells as part of something found; not when one of them already is.
pub(super) fn take(cells: &mut [Cell], from: usize, to: usize) -> bool {
    let free = from < to && !cells[from..to].iter().any(|cell| cell.is(TAKEN));
    if free {
        cells[from..to].iter_mut().for_each(|cell| cell.class |= TAKEN);
    }
    free
}

/// Characters beyond the first plane: mathematical digits, and rare Chinese characters.
fn beyond(raw: char) -> (char, u32) {
    match raw as u32 {
        code @ 0x1d7ce..=0x1d7ff => (char::from(b'0' + u8::try_from((code - 0x1d7ce) % 10).unwrap_or(0)), DIGIT),
        0x20000..=0x3ffff => (raw, HAN),
        _ => (raw, 0),
    }
}

/// Whether the folded characters from `from` on are `word`, in lower case.
pub(super) fn starts(cells: &[Cell], from: usize, word: &str) -> bool {
    (from..).zip(word.chars()).all(|(at, c)| cells.get(at).is_some_and(|cell| cell.c.to_ascii_lowercase() == c))
}

/// The folded characters of `cells`, in lower case.
pub(super) fn text(cells: &[Cell]) -> String {
    cells.iter().map(|cell| cell.c.to_ascii_lowercase()).collect()
}
