//! Names in Latin letters, after the words that announce them.

use std::sync::LazyLock;

use super::Found;
use super::line::{Cell, DIGIT, HAN, LETTER, TAKEN, starts};
use super::names::{self, Sure};
use super::words::{Index, first_name, no_name};

/// The most words of a name.
const WORDS_MAX: usize = 4;
/// The longest word of a name.
const WORD_MAX: usize = 20;

use Sure::{Fairly, Hardly, Wholly};

/// Words before a name, in lower case.
const CUE_WORDS: [(Sure, &[&str]); 3] = [
    (Wholly, &["my name is", "my name's", "my full name is", "my legal name is", "mr", "mrs", "ms", "mx"]),
    (
        Fairly,
        &[
            "name is",
            "name's",
            "full name",
            "customer name",
            "contact name",
            "guest name",
            "account name",
            "under the name of",
            "under the name",
            "in the name of",
            "under my name",
            "name on the card",
            "name on card",
            "name on account",
            "first name",
            "last name",
            "surname",
            "name:",
            "name =",
            "name=",
            "customer:",
            "contact:",
            "contact person is",
            "contact person",
            "attn",
            "attention:",
            "recipient",
            "consignee",
            "receiver",
            "sender:",
            "cardholder",
            "card holder",
            "account holder",
            "passenger",
            "traveller:",
            "guest:",
            "patient",
            "policyholder",
            "registered to",
            "registered under",
            "signed by",
            "signed,",
            "signed",
            "ship to",
            "delivered to",
            "caller",
            "name -",
            "contact\":",
            "customer\":",
            "receiver\":",
            "recipient\":",
            "consignee\":",
            "booked under",
            "reservation for",
            "reserved for",
            "on behalf of",
            "speaking with",
            "spoke with",
            "spoke to",
            "speak to",
            "c/o",
            "billed to",
            "miss",
            "dr",
        ],
    ),
    (
        Hardly,
        &["customer", "name\":", "name\" :", "this is", "i am", "i'm", "im", "it's", "dear", "hi", "hello", "hey", "called"],
    ),
];
/// Words at the end of a letter, after which the writer signs.
const ENDINGS: &[&str] = &[
    "best regards",
    "kind regards",
    "warm regards",
    "regards",
    "best wishes",
    "best",
    "sincerely",
    "yours sincerely",
    "yours truly",
    "yours faithfully",
    "cheers",
    "thanks",
    "thank you",
    "respectfully",
];
/// The words before a name, and those at the end of a letter, for which there is no sureness.
static CUES: LazyLock<Index<Option<Sure>>> = LazyLock::new(|| {
    let before = CUE_WORDS.into_iter().flat_map(|(sure, words)| words.iter().map(move |word| (*word, Some(sure))));
    Index::of(before.chain(ENDINGS.iter().map(|word| (*word, None))))
});
/// Small words inside a name.
const PARTICLES: &[&str] = &["van", "von", "der", "den", "de", "da", "di", "la", "le", "bin", "binti", "al", "del", "dos"];

/// The name after the words at a mark.
pub(super) fn at(cells: &[Cell], mark: usize) -> Option<Found> {
    if !cells[mark].is(LETTER) || 0 < mark && (cells[mark - 1].is(LETTER) || cells[mark - 1].c == '\'') {
        return None;
    }
    if starts(cells, mark, "here") || starts(cells, mark, "speaking") {
        return introduced(cells, mark);
    }
    let (length, sure) = CUES.all(cells, mark).find(|&(length, _)| ends(cells, mark + length))?;
    let name = match sure {
        Some(sure) => after_cue(cells, mark, length, sure),
        None => signed(cells, mark + length),
    };
    name.map(|(from, to)| names::made(cells, from, to))
}

/// The name after a word of `length` cells.
fn after_cue(cells: &[Cell], at: usize, length: usize, sure: Sure) -> Option<(usize, usize)> {
    let mut sure = sure;
    let mut place = at + length;
    let mut marked = matches!(cells[place - 1].c, ':' | '=');
    for _ in 0..4 {
        match cells.get(place).map(|cell| cell.c) {
            Some(':' | '=') => marked = true,
            Some('.') if length <= 4 => {}
            Some(',') if sure == Fairly && 9 < length => {}
            Some(' ' | '"' | '\'' | '-' | '\t' | '(') => {}
            _ => break,
        }
        place += 1;
    }
    if starts(cells, place, "is ") && sure != Hardly {
        place += 3;
        marked = true;
    }
    // "Dr. Mr. Chen"; "this is Mr. Chen" is read at its own word.
    if sure == Fairly && marked {
        sure = Wholly;
    }
    let han = if marked { Fairly } else { sure.min(Fairly) };
    names::name_at(cells, place, han).or_else(|| name_at(cells, place, sure)).map(|to| (place, to))
}

/// Whether a word that ends at `to` is whole.
fn ends(cells: &[Cell], to: usize) -> bool {
    !cells[to - 1].is(LETTER) || cells.get(to).is_none_or(|cell| !cell.is(LETTER | DIGIT) && cell.c != '\'' && cell.c != '_')
}

/// The name under a letter, on the same line after a comma or on the next.
fn signed(cells: &[Cell], from: usize) -> Option<(usize, usize)> {
    let mut place = from;
    let mut marked = false;
    for _ in 0..4 {
        match cells.get(place).map(|cell| cell.c) {
            Some(',' | '\n' | '-' | ':' | '!') => marked = true,
            Some(' ' | '\r' | '.') => {}
            _ => break,
        }
        place += 1;
    }
    let to = name_at(cells, place, Hardly)?;
    // A signature is the last of its line.
    (marked && cells.get(to).is_none_or(|cell| matches!(cell.c, '\n' | '\r' | '.' | '<' | '"' | ',' | '(')))
        .then_some((place, to))
}

/// Where a name in Latin letters that begins at `from` ends.
pub(super) fn name_at(cells: &[Cell], from: usize, sure: Sure) -> Option<usize> {
    let mut words: Vec<String> = Vec::new();
    let mut at = from;
    let mut to = from;
    while words.len() < WORDS_MAX {
        let part = |cell: &&Cell| {
            cell.is(LETTER)
                || cell.c == '\''
                || cell.c == '-'
                || !cell.is(HAN) && cell.raw.is_alphabetic() && !cell.raw.is_ascii()
        };
        let length =
            cells[at.min(cells.len())..].iter().take(WORD_MAX + 1).take_while(part).take_while(|cell| !cell.is(TAKEN)).count();
        let word: String = cells[at.min(cells.len())..].iter().take(length).map(|cell| cell.raw).collect();
        let word = word.trim_end_matches(['\'', '-']).to_owned();
        let own = word.strip_suffix("'s").unwrap_or(&word).to_owned();
        if own.is_empty() || WORD_MAX < length || !fits(&own, &words, sure) {
            break;
        }
        let particle = PARTICLES.contains(&own.as_str());
        at += own.chars().count();
        let possessive = own.len() < word.len();
        words.push(own.clone());
        if !particle {
            to = at;
        }
        // An initial has a dot.
        if own.chars().count() == 1 && cells.get(at).is_some_and(|cell| cell.c == '.') {
            at += 1;
        }
        if possessive || cells.get(at).is_none_or(|cell| cell.c != ' ') {
            break;
        }
        at += 1;
    }
    while words.last().is_some_and(|word| PARTICLES.contains(&word.as_str())) {
        words.pop();
    }
    let glued = cells.get(to).is_some_and(|cell| cell.is(DIGIT) || matches!(cell.c, '*' | '@' | '_' | '/'));
    let known = words.first().is_some_and(|word| first_name(&word.to_lowercase()));
    let enough = match sure {
        Wholly | Fairly => !words.is_empty(),
        Sure::Seldom | Hardly => {
            known || words.len() == 2 && 3 <= words[1].len() && (3 <= words[0].len() || words[0].len() == 1) || words.len() == 3
        }
    };
    (!glued && enough && from < to).then_some(to)
}

/// Two or three words with capitals that begin a sentence and go on with "here" or "speaking".
fn introduced(cells: &[Cell], at: usize) -> Option<Found> {
    let to = at.checked_sub(1).filter(|&space| cells[space].c == ' ')?;
    let part = |cell: &&Cell| cell.is(LETTER) && !cell.is(TAKEN) || matches!(cell.c, ' ' | '\'');
    let length = cells[..to].iter().rev().take(WORDS_MAX * WORD_MAX).take_while(part).count();
    let blank = cells[to - length..to].iter().take_while(|cell| cell.c == ' ').count();
    let from = to - length + blank;
    let several = cells[from..to].iter().filter(|cell| cell.c == ' ').count();
    ((1..=2).contains(&several) && name_at(cells, from, Hardly) == Some(to)).then(|| names::made(cells, from, to))
}

/// A name that stands alone in the field of a record before the one that ends at `at`: `Emily Clark, 138…`.
pub(super) fn before(cells: &[Cell], at: usize) -> Option<(usize, usize)> {
    let gap = cells[..at].iter().rev().take(3).take_while(|cell| matches!(cell.c, ',' | ';' | '|' | '\t' | ' ' | '"')).count();
    let to = at - gap;
    if !cells[to..at].iter().any(|cell| matches!(cell.c, ',' | ';' | '|' | '\t')) {
        return None;
    }
    let part = |cell: &&Cell| cell.is(LETTER) && !cell.is(TAKEN) || matches!(cell.c, ' ' | '\'' | '-' | '.');
    let length = cells[..to].iter().rev().take(WORDS_MAX * WORD_MAX).take_while(part).count();
    let blank = cells[to - length..to].iter().take_while(|cell| cell.c == ' ').count();
    let from = to - length + blank;
    let opens = to == length || matches!(cells[to - length - 1].c, ',' | ';' | '|' | '\t' | '\n' | '"');
    let words = cells[from..to].iter().filter(|cell| cell.c == ' ').count() + 1;
    (opens && (2..=3).contains(&words) && name_at(cells, from, Hardly) == Some(to)).then_some((from, to))
}

/// Whether a word may be the next of a name.
fn fits(word: &str, before: &[String], sure: Sure) -> bool {
    let lower = word.to_lowercase();
    if lower.starts_with("i'") || no_name(&lower) {
        return false;
    }
    if PARTICLES.contains(&word) {
        return !before.is_empty();
    }
    let capital = word.chars().next().is_some_and(char::is_uppercase);
    let shouted = 1 < word.len() && word.chars().all(|c| !c.is_lowercase());
    if capital {
        return !shouted
            || sure == Wholly
            || before.iter().any(|word| word.chars().all(|c| !c.is_lowercase()))
            || sure == Fairly && first_name(&lower);
    }
    // In lower case only what is known as a name, and the family name after it.
    let after_known =
        before.len() == 1 && before[0].chars().all(char::is_lowercase) && 3 <= word.len() && !COMMON.contains(&word);
    match sure {
        Wholly => before.is_empty() && first_name(&lower) || after_known,
        Sure::Seldom | Fairly | Hardly => false,
    }
}

/// Words in lower case that follow a first name in a sentence.
const COMMON: &[&str] = &[
    "and", "the", "from", "with", "calling", "here", "speaking", "but", "not", "has", "was", "will", "have", "who", "wants",
    "called", "about", "for", "you", "can", "want", "please", "thanks", "are", "would", "need",
];
