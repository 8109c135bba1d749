//! What is written in letters and digits together: plates, passports, identity cards of Taiwan and Hong Kong.

use super::context::{About, Context};
use super::identity::{hong_kong, taiwan, taiwan_old_resident};
use super::line::{Cell, DIGIT, HAN, LETTER, PROVINCE, TAKEN};
use super::{Found, Kind};

/// What may stand last on a plate instead of a digit: learner, police, trailer, consulate, Hong Kong, Macau, test.
const PLATE_ENDS: &str = "学警挂领港澳试超使";

/// The plate, passport or identity number that begins at a mark.
pub(super) fn at(cells: &[Cell], mark: usize) -> Option<Found> {
    let cell = cells[mark];
    if cell.is(PROVINCE) {
        return mainland_plate(cells, mark);
    }
    let glued = 0 < mark && (cells[mark - 1].is(LETTER | DIGIT) || cells[mark - 1].c == '_') && !cells[mark - 1].is(TAKEN);
    let begins = cell.is(LETTER | DIGIT) && (!glued || escaped(cells, mark)) && numbered(cells, mark);
    begins.then(|| token(cells, mark)).flatten()
}

/// Whether a word has at most four letters before its first digit, as all that is looked for here.
fn numbered(cells: &[Cell], at: usize) -> bool {
    let letters = cells[at..].iter().take(5).take_while(|cell| cell.is(LETTER)).count();
    let digit = |at: usize| cells.get(at).is_some_and(|cell| cell.is(DIGIT));
    let after = at + letters;
    letters < 5 && (digit(after) || digit(after + 1) && separator(&cells[after]))
}

/// Whether the letter before is of an escape, so that a word begins here.
fn escaped(cells: &[Cell], at: usize) -> bool {
    2 <= at && cells[at - 2].c == '\\' && matches!(cells[at - 1].c, 'n' | 't' | 'r')
}

fn separator(cell: &Cell) -> bool {
    matches!(cell.c, ' ' | '-' | '.' | '·')
}

/// A province, a letter, and five characters, or six of a vehicle driven by new energy (GA 36-2018).
fn mainland_plate(cells: &[Cell], from: usize) -> Option<Found> {
    let mut at = from + 1;
    at += usize::from(cells.get(at).is_some_and(separator));
    let letter = cells.get(at)?;
    if !letter.is(LETTER) || letter.is(TAKEN) {
        return None;
    }
    let context = Context::of(cells, from, from);
    let told =
        context.tells(About::Plate) || cells[from..(from + 14).min(cells.len())].iter().any(|cell| "牌停".contains(cell.c));
    if !told && (letter.c.is_ascii_lowercase() || part_of_word(cells, from)) {
        return None;
    }
    at += 1;
    at += cells[at..].iter().take(2).take_while(|cell| separator(cell)).count();
    let mut tail = Vec::new();
    let mut last = at;
    for (place, cell) in cells.iter().enumerate().skip(at).take(8) {
        if (cell.is(LETTER | DIGIT) && !cell.is(TAKEN)) || (4 <= tail.len() && PLATE_ENDS.contains(cell.c)) {
            tail.push(cell.c.to_ascii_uppercase());
            last = place + 1;
            if !cell.is(LETTER | DIGIT) {
                break;
            }
        } else if !(told
            && separator(cell)
            && !tail.is_empty()
            && cells.get(place + 1).is_some_and(|next| next.is(DIGIT))
            && tail.len() < 5)
        {
            break;
        }
    }
    let ends = cells.get(last).is_none_or(|cell| !cell.is(LETTER | DIGIT) && cell.c != '*');
    if !ends || !plate_tail(&tail, told) {
        return None;
    }
    let norm = [cells[from].c, letter.c.to_ascii_uppercase()].into_iter().chain(tail).collect();
    Some(Found { from, to: last, kind: Kind::Plate, norm })
}

fn plate_tail(tail: &[char], told: bool) -> bool {
    let digits = tail.iter().filter(|c| c.is_ascii_digit()).count();
    let no_i_o = !tail.iter().any(|c| matches!(c, 'I' | 'O'));
    match tail.len() {
        5 => (3 <= digits || (told && 2 <= digits)) && no_i_o,
        6 => no_i_o && ((tail[0].is_ascii_alphabetic() && 4 <= digits) || (tail[5].is_ascii_alphabetic() && digits == 5)),
        _ => false,
    }
}

/// Whether the character of a province is the end of another word: 最新, 阿里云.
fn part_of_word(cells: &[Cell], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| cells[before].c) else { return false };
    match cells[at].c {
        '新' => "最全更刷崭重创".contains(before),
        '云' => "里讯为度华风白乌亚".contains(before),
        '青' => "年长".contains(before),
        '贵' => "高珍宝昂".contains(before),
        '川' => "四银百".contains(before),
        '京' => "北南东".contains(before),
        '黑' => "漆太".contains(before),
        '宁' => "安南".contains(before),
        _ => false,
    }
}

/// The word of letters and digits that begins at `from`, and what it is.
fn token(cells: &[Cell], from: usize) -> Option<Found> {
    let word: Vec<char> = cells[from..]
        .iter()
        .take(24)
        .take_while(|cell| cell.is(LETTER | DIGIT) && !cell.is(TAKEN))
        .map(|cell| cell.c.to_ascii_uppercase())
        .collect();
    let to = from + word.len();
    let letters = word.iter().take_while(|c| c.is_ascii_alphabetic()).count();
    if cells.get(to).is_some_and(|cell| cell.c == '*' || cell.c == '_') {
        return None;
    }
    hong_kong_card(cells, from, &word, letters)
        .or_else(|| taiwan_card(cells, from, letters))
        .or_else(|| passport(cells, from, letters))
        .or_else(|| island_plate(cells, from))
}

/// Digits from `from`, with single separators allowed between: their values and the cell after the last.
fn spelled(cells: &[Cell], from: usize, n: usize) -> Option<(Vec<u8>, usize)> {
    let mut digits = Vec::new();
    let mut at = from;
    while digits.len() < n {
        let cell = cells.get(at)?;
        match (cell.is(DIGIT) && !cell.is(TAKEN), cell.digit()) {
            (true, Some(digit)) => digits.push(digit),
            _ if separator(cell) && cells.get(at + 1).is_some_and(|next| next.is(DIGIT)) => {}
            _ => return None,
        }
        at += 1;
    }
    Some((digits, at))
}

fn ends(cells: &[Cell], at: usize) -> bool {
    let more = |cell: Option<&Cell>| cell.is_some_and(|cell| cell.is(LETTER | DIGIT) || cell.c == '*' || cell.c == '_');
    let joined = cells.get(at).is_some_and(|cell| matches!(cell.c, '-' | '.'))
        && cells.get(at + 1).is_some_and(|cell| cell.is(DIGIT | LETTER));
    !more(cells.get(at)) && !joined
}

fn hong_kong_card(cells: &[Cell], from: usize, word: &[char], letters: usize) -> Option<Found> {
    if !(1..=2).contains(&letters) {
        return None;
    }
    let (digits, at) = spelled(cells, from + letters, 6)?;
    let value =
        |cell: &Cell| cell.digit().filter(|_| cell.is(DIGIT)).or_else(|| (cell.c.eq_ignore_ascii_case(&'a')).then_some(10));
    let gap = usize::from(cells.get(at).is_some_and(|cell| cell.c == ' '));
    let bracket = cells.get(at + gap).is_some_and(|cell| cell.c == '(');
    let (check, to) = if bracket {
        let check = value(cells.get(at + gap + 1)?)?;
        (check, (cells.get(at + gap + 2)?.c == ')').then_some(at + gap + 3)?)
    } else {
        let gap = usize::from(cells.get(at).is_some_and(|cell| cell.c == '-'));
        (value(cells.get(at + gap)?)?, at + gap + 1)
    };
    if !hong_kong(&word[..letters], &digits, check)
        || !(bracket || ends(cells, to) && Context::of(cells, from, to).tells(About::Identity))
    {
        return None;
    }
    let check = if check == 10 { "A".to_owned() } else { check.to_string() };
    let norm = word[..letters].iter().collect::<String>() + &super::numbers::norm(&digits) + &check;
    Some(Found { from, to, kind: Kind::HkId, norm })
}

fn taiwan_card(cells: &[Cell], from: usize, letters: usize) -> Option<Found> {
    let upper = |at: usize| cells[at].c.to_ascii_uppercase();
    let (valid, to, digits) = match letters {
        1 => {
            let (digits, to) = spelled(cells, from + 1, 9)?;
            (taiwan(upper(from), &digits), to, digits)
        }
        2 => {
            let (digits, to) = spelled(cells, from + 2, 8)?;
            (taiwan_old_resident([upper(from), upper(from + 1)], &digits), to, digits)
        }
        _ => return None,
    };
    let context = Context::of(cells, from, to);
    let believed =
        if letters == 1 { context.tells(About::Identity) || !context.counts() } else { context.tells(About::Identity) };
    let norm = (from..from + letters).map(upper).collect::<String>() + &super::numbers::norm(&digits);
    (valid && ends(cells, to) && believed).then_some(Found { from, to, kind: Kind::TwId, norm })
}

/// Passports: by the word before, any of the shapes that countries use; without, those of the mainland alone.
///
/// Source: GA/T 704 for E, G, D, S, P with eight digits and E with a letter and seven; elsewhere one or two letters with
/// six to eight digits, or nine digits.
fn passport(cells: &[Cell], from: usize, letters: usize) -> Option<Found> {
    let upper = |at: usize| cells[at].c.to_ascii_uppercase();
    if 3 < letters {
        return None;
    }
    let told = || Context::of(cells, from, from).tells(About::Passport);
    let loose = cells[from + letters..].iter().take(1).all(separator);
    let begin = from + letters + usize::from(loose && letters != 0 && told());
    // As many digits as there are, with separators only where the word is there.
    let mut best = None;
    for n in 6..=9 {
        if let Some((digits, to)) = spelled(cells, begin, n) {
            best = ends(cells, to).then_some((digits, to)).or(best);
        }
    }
    let (digits, to) = best?;
    let tight = to - from == letters + digits.len();
    let context = Context::of(cells, from, to);
    let valid = match (letters, digits.len()) {
        (1, 8) if "EGDSP".contains(upper(from)) => true,
        (2, 7) if upper(from) == 'E' && !"IO".contains(upper(from + 1)) => true,
        (2, 7) if "DSP".contains(upper(from)) && upper(from + 1) == 'E' => true,
        _ => false,
    };
    let capital = cells[from].c.is_ascii_uppercase();
    let alone = valid && tight && capital && !context.counts() && "EGDSP".contains(upper(from)) && !context.tells(About::Plate);
    let shaped = matches!((letters, digits.len()), (0, 8 | 9) | (1, 6..=9) | (2, 6..=8) | (3, 6..=7));
    let norm = (from..from + letters).map(upper).collect::<String>() + &super::numbers::norm(&digits);
    (alone || (shaped && context.tells(About::Passport))).then_some(Found { from, to, kind: Kind::Passport, norm })
}

/// Plates of Taiwan, Hong Kong and elsewhere, only after a word about plates.
fn island_plate(cells: &[Cell], from: usize) -> Option<Found> {
    let mut groups = vec![(0_usize, 0_usize)];
    let mut at = from;
    while let Some(cell) = cells.get(at).filter(|_| at < from + 12) {
        if cell.is(LETTER | DIGIT) && !cell.is(TAKEN) {
            let last = groups.len() - 1;
            if cell.is(LETTER) { groups[last].0 += 1 } else { groups[last].1 += 1 }
        } else if separator(cell) && groups.len() < 2 && cells.get(at + 1).is_some_and(|next| next.is(LETTER | DIGIT)) {
            groups.push((0, 0));
        } else {
            break;
        }
        at += 1;
    }
    let (letters, digits) = groups.iter().fold((0, 0), |sum, group| (sum.0 + group.0, sum.1 + group.1));
    let one_kind = groups.iter().all(|group| group.0 == 0 || group.1 == 0 || group.0 + group.1 == 3);
    let shaped =
        (1..=4).contains(&letters) && (1..=4).contains(&digits) && 3 <= letters + digits && (groups.len() == 1 || one_kind);
    if !shaped || !ends(cells, at) {
        return None;
    }
    // Between the word and the plate only what joins them: 號碼, 是, "number".
    let before = &cells[from.saturating_sub(16)..from];
    let said = super::line::text(before);
    let said = said.trim_end_matches([' ', ':', '=', '是', '为', '系', '"', '#', '.']);
    let said = ["号码", "号", "number", "no", "is", "number is"]
        .iter()
        .find_map(|end| said.strip_suffix(end))
        .unwrap_or(said)
        .trim_end();
    let words =
        ["车牌", "牌照", "车", "车号", "号牌", "plate", "registration", "vehicle", "reg", "license", "licence", "登记", "number"];
    let told = words.iter().any(|word| said.ends_with(word)) && Context::of(cells, from, at).tells(About::Plate);
    let lower = cells[from..at].iter().any(|cell| cell.c.is_ascii_lowercase());
    let whole = cells.get(at).is_none_or(|cell| !cell.is(HAN) || !"座款型".contains(cell.c));
    let norm = cells[from..at].iter().filter(|cell| cell.is(LETTER | DIGIT)).map(|cell| cell.c.to_ascii_uppercase()).collect();
    (told && !lower && whole).then_some(Found { from, to: at, kind: Kind::Plate, norm })
}
