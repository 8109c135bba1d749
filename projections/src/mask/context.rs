//! What stands before and after a candidate: the words that say what a number is.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::line::{Cell, LETTER, STOP, TAKEN, text};

/// How many cells before a candidate are read for a word about it.
const BEFORE_MAX: usize = 24;
/// How many after.
const AFTER_MAX: usize = 8;

/// The words, by what they say.
static WORDS: LazyLock<BTreeMap<About, Vec<&'static str>>> = LazyLock::new(|| {
    let mut words: BTreeMap<About, Vec<&'static str>> = BTreeMap::new();
    let mut about = None;
    for line in include_str!("words/context.txt").lines().filter(|line| !line.starts_with('#')) {
        match About::named(line) {
            Some(named) => about = Some(named),
            None => words
                .entry(about.expect("a list begins with its name"))
                .or_default()
                .extend(line.split('|').filter(|word| !word.is_empty())),
        }
    }
    words
});

/// What a word is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    /// A telephone.
    Phone,
    /// A landline.
    Landline,
    /// A firm's number.
    Hotline,
    /// A document of identity.
    Identity,
    /// A passport.
    Passport,
    /// A number plate.
    Plate,
    /// An address in the net.
    Network,
    /// An address of mail.
    Mail,
    /// A bank card.
    Card,
    /// A landline and no other telephone.
    OnlyLandline,
    /// Something that a firm counts.
    Serial,
    /// The version of something.
    Version,
}

impl About {
    /// By the name of its list.
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "= phone" => Self::Phone,
            "= landline" => Self::Landline,
            "= hotline" => Self::Hotline,
            "= identity" => Self::Identity,
            "= passport" => Self::Passport,
            "= plate" => Self::Plate,
            "= network" => Self::Network,
            "= mail" => Self::Mail,
            "= card" => Self::Card,
            "= landline_only" => Self::OnlyLandline,
            "= serial" => Self::Serial,
            "= version" => Self::Version,
            _ => return None,
        })
    }

    fn words(self) -> &'static [&'static str] {
        WORDS.get(&self).map_or(&[], Vec::as_slice)
    }
}

/// The words around `cells[from..to]`, of the same sentence.
pub(super) struct Context {
    before: String,
    after: String,
}

impl Context {
    /// Reads what stands around a candidate.
    pub(super) fn of(cells: &[Cell], from: usize, to: usize) -> Self {
        let first = from.saturating_sub(BEFORE_MAX);
        let begin = cells[first..from].iter().rposition(|cell| cell.is(STOP)).map_or(first, |stop| first + stop + 1);
        let last = (to + AFTER_MAX).min(cells.len());
        Self { before: text(&cells[begin..from]), after: text(&cells[to..last]) }
    }

    /// Whether a word about it stands before, in the same sentence.
    pub(super) fn tells(&self, about: About) -> bool {
        let before = |word: &&str| self.before.contains(*word);
        match about {
            About::Hotline | About::Card => about.words().iter().any(|word| before(word) || self.after.contains(word)),
            About::Passport => about.words().iter().any(|word| before(word) || self.after.starts_with(word)),
            About::OnlyLandline => about.words().iter().any(before),
            About::Phone | About::Landline | About::Identity | About::Plate | About::Network | About::Mail => {
                about.words().iter().any(|word| has_word(&self.before, word))
            }
            About::Serial | About::Version => about.words().iter().any(|word| ends_with_word(&self.before, word)),
        }
    }

    /// Whether what stands right before says that a firm counts with it: an order, a parcel, a version of something.
    pub(super) fn counts(&self) -> bool {
        if self.before.ends_with(['#', '¥', '$', '€', '£', '*', '￥']) {
            return true;
        }
        let said = strip(&self.before);
        About::Serial.words().iter().any(|word| ends_with_word(said, word)) && !said.ends_with("下单")
    }

    /// Whether what stands right before says that a version follows.
    pub(super) fn version(&self) -> bool {
        let said = self.before.trim_end_matches([' ', ':', '=', '-', '是', '为']);
        About::Version.words().iter().any(|word| ends_with_word(said, word))
    }

    /// Whether an amount stands there: what follows is a unit.
    pub(super) fn amount(&self) -> bool {
        let units = ["元", "块", "万", "个", "件", "%", "€", "usd", "rmb", "次", "人", "毫秒"];
        let after = self.after.trim_start_matches(' ');
        // "%26" is an escape and no percentage.
        let escape = after.len() >= 3 && after.as_bytes()[1].is_ascii_hexdigit() && after.as_bytes()[2].is_ascii_hexdigit();
        units.iter().any(|unit| after.starts_with(unit)) && !(escape && after.starts_with('%'))
    }
}

/// Without what stands between a word and its number.
fn strip(before: &str) -> &str {
    let between = |c: char| " :=-号码是为no.()\"'[【「,#_".contains(c);
    let stripped = before.trim_end_matches(between);
    // "no" is also the end of words.
    if stripped.is_empty() || before.ends_with(between) { stripped } else { before }
}

fn has_word(text: &str, word: &str) -> bool {
    if !word.is_ascii() || word == "+" {
        return text.contains(word);
    }
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
        !letter(before) && !letter(after)
    })
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word)
        .is_some_and(|rest| !word.is_ascii() || !rest.ends_with(|c: char| c.is_ascii_alphanumeric()) || rest.ends_with('\\'))
}

/// Whether a run of letters that ends at `to` is glued to what follows and is not a word about telephones.
pub(super) fn glued_before(cells: &[Cell], to: usize) -> bool {
    let Some(last) = to.checked_sub(1).map(|last| &cells[last]) else { return false };
    if last.is(TAKEN) {
        return false;
    }
    if last.c == '_' || last.c == '*' {
        return true;
    }
    if !last.is(LETTER) {
        return false;
    }
    let from = (to.saturating_sub(10)..to).rev().take_while(|&at| cells[at].is(LETTER)).last().unwrap_or(to);
    let word = text(&cells[from..to]);
    let before = from.checked_sub(1).map(|at| cells[at].c);
    let escaped = matches!(before, Some('\\')) && ["n", "t", "r", "nn"].contains(&word.as_str());
    let known =
        ["tel", "phone", "mobile", "mob", "cell", "v", "vx", "wx", "wechat", "whatsapp", "call", "sms", "hp", "ph", "m", "t"];
    // A letter of a percent-escape: "%2B", "%3D".
    let percent = word.len() == 1 && from >= 2 && cells[from - 2].c == '%' && "abcdef".contains(word.as_str());
    !(escaped || percent || known.contains(&word.as_str()))
}

/// Whether letters are glued to the end of what stands before `from`.
pub(super) fn glued_after(cells: &[Cell], from: usize) -> bool {
    let Some(first) = cells.get(from) else { return false };
    if first.c == '*' || first.c == '_' {
        return true;
    }
    if !first.is(LETTER) || first.is(TAKEN) {
        return false;
    }
    let word: String = text(&cells[from..(from + 9).min(cells.len())]).chars().take_while(char::is_ascii_alphabetic).collect();
    !["wx", "vx", "v", "wechat", "call", "tel", "same", "whatsapp", "or", "and", "thanks", "thx", "please"]
        .contains(&word.as_str())
}
