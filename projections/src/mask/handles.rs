//! Ids of WeChat and numbers of QQ, which only the word before tells from other words.

use std::sync::LazyLock;

use super::line::{Cell, DIGIT, HAN_DIGIT, HANDLE, LETTER, TAKEN, starts};
use super::numbers::norm;
use super::words::Index;
use super::{Found, Kind};

/// The most cells between the word and the id.
const GAP_MAX: usize = 14;

/// Words for WeChat, folded, with whether one is so short that it needs a mark.
static WECHAT: LazyLock<Index<bool>> = LazyLock::new(|| {
    let long = [
        "微信", "wechat", "weixin", "we chat", "微讯", "威信", "薇信", "徽信", "维信", "vx", "wx", "v信", "v号", "v我", "加v",
        "微❤", "加微", "加我", "wecaht",
    ];
    let short = ["为信", "薇", "卫星", "v"];
    Index::of(long.map(|word| (word, false)).into_iter().chain(short.map(|word| (word, true))))
});
/// Words for QQ.
static QQ: LazyLock<Index<bool>> = LazyLock::new(|| {
    let long = ["qq", "扣扣", "企鹅", "q号", "加q", "抠抠"];
    let short = ["扣", "q", "球球"];
    Index::of(long.map(|word| (word, false)).into_iter().chain(short.map(|word| (word, true))))
});
/// Words that are not an id although they stand there.
const NO_ID: &[&str] = &[
    "payment",
    "payments",
    "version",
    "official",
    "service",
    "support",
    "account",
    "wechat",
    "weixin",
    "customer",
    "number",
    "please",
    "failed",
    "cannot",
    "because",
    "update",
    "iphone",
    "android",
    "windows",
    "harmonyos",
    "huawei",
    "xiaomi",
    "message",
    "messages",
    "article",
    "mini",
    "program",
    "refund",
    "invoice",
    "unable",
    "doesnt",
    "another",
    "contact",
    "instead",
];

/// The id or number after the word at a mark.
pub(super) fn at(cells: &[Cell], mark: usize) -> Option<Found> {
    if !cells[mark].is(HANDLE) || (cells[mark].is(LETTER) && letter_before(cells, mark)) {
        return None;
    }
    let bare = starts(cells, mark, "wxid_").then(|| id(cells, mark, true)).flatten().filter(|found| 8 < found.to - found.from);
    bare.or_else(|| wechat(cells, mark)).or_else(|| qq(cells, mark))
}

/// What the words for WeChat and QQ begin with.
pub(super) fn firsts() -> Vec<char> {
    WECHAT.firsts().chain(QQ.firsts()).collect()
}

fn letter_before(cells: &[Cell], at: usize) -> bool {
    at.checked_sub(1).is_some_and(|before| cells[before].is(LETTER | DIGIT))
}

/// How a word stands before what it names.
struct Gap {
    /// Where the id begins.
    to: usize,
    /// Whether a mark, a copula or a word for "number" joins them.
    marked: bool,
}

/// The cue that begins here and the gap after it.
fn cue(cells: &[Cell], at: usize, words: &Index<bool>) -> Option<(Gap, bool)> {
    let (length, short) = words.longest(cells, at)?;
    let last = &cells[at + length - 1];
    let glued_after = last.is(LETTER) && cells.get(at + length).is_some_and(|cell| cell.is(LETTER | DIGIT) && !cell.is(TAKEN));
    // "vx138…", "qq12345": digits may touch the word.
    let digits_follow = cells.get(at + length).is_some_and(|cell| cell.is(DIGIT));
    if glued_after && !digits_follow {
        return None;
    }
    Some((gap(cells, at + length), short))
}

/// Steps over what may stand between a word and its id.
fn gap(cells: &[Cell], from: usize) -> Gap {
    let mut at = from;
    let mut marked = false;
    while at < cells.len() && at < from + GAP_MAX {
        let c = cells[at].c;
        let word =
            ["me", "at", "on", "us", "via", "id", "is", "account", "number", "no", "name", "my", "add"].iter().find(|word| {
                starts(cells, at, word)
                    && !letter_before(cells, at)
                    && !cells.get(at + word.len()).is_some_and(|cell| cell.is(LETTER | DIGIT) || matches!(cell.c, '_' | '-'))
            });
        if let Some(word) = word {
            marked = true;
            at += word.len();
        } else if ":=号是码系".contains(c) {
            marked = true;
            at += 1;
        } else if " \"'“”「」【】[(，,.为叫搜加我的就联找吧哈哦呢也名账帐户一个或者>+-~、。您你请可以".contains(c)
        {
            at += 1;
        } else {
            break;
        }
    }
    Gap { to: at, marked }
}

fn wechat(cells: &[Cell], at: usize) -> Option<Found> {
    let (gap, short) = cue(cells, at, &WECHAT)?;
    let told = gap.marked || at.checked_sub(1).is_some_and(|before| "加我+➕".contains(cells[before].c));
    if short && !told {
        return None;
    }
    id(cells, gap.to, gap.marked)
}

/// An id of WeChat: a letter and five to nineteen letters, digits, `_` and `-`; digits alone only after a mark.
fn id(cells: &[Cell], from: usize, marked: bool) -> Option<Found> {
    let part = |cell: &&Cell| (cell.is(LETTER | DIGIT) || matches!(cell.c, '_' | '-')) && !cell.is(TAKEN);
    let mut length = cells[from.min(cells.len())..].iter().take(32).take_while(part).count();
    while 0 < length && cells[from + length - 1].c == '-' {
        length -= 1;
    }
    let to = from + length;
    let word: String = cells.get(from..to)?.iter().map(|cell| cell.c).collect();
    let lower = word.to_ascii_lowercase();
    let longest = if lower.starts_with("wxid_") { 28 } else { 20 };
    let after = cells.get(to).map_or(' ', |cell| cell.c);
    if !(5..=longest).contains(&length)
        || matches!(after, '*' | '@' | '.') && after != '.'
        || (after == '.' && cells.get(to + 1).is_some_and(|cell| cell.is(LETTER | DIGIT)))
    {
        return None;
    }
    let all_digits = word.chars().all(|c| c.is_ascii_digit());
    if all_digits {
        return (marked && (5..=11).contains(&length) && !word.starts_with('0')).then_some(Found {
            from,
            to,
            kind: Kind::Wechat,
            norm: word,
        });
    }
    let odd = word.chars().any(|c| c.is_ascii_digit() || matches!(c, '_' | '-'));
    let device = ["iphone", "android", "ios", "windows", "ipad", "mate", "version", "harmony", "error"]
        .iter()
        .any(|name| lower.starts_with(name));
    // "加我QQ12345" is read at its own word.
    let other = lower.strip_prefix("qq").is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()));
    let begins = !other && word.starts_with(|c: char| c.is_ascii_alphabetic());
    let english = NO_ID.contains(&lower.as_str());
    let believed = begins && 6 <= length && !english && !device && (odd || (marked && !prose(cells, to)));
    (believed || (begins && odd && marked && 5 <= length && !device)).then_some(Found {
        from,
        to,
        kind: Kind::Wechat,
        norm: word,
    })
}

/// Whether a sentence of words in Latin letters goes on.
fn prose(cells: &[Cell], at: usize) -> bool {
    cells.get(at).is_some_and(|cell| cell.c == ' ') && cells.get(at + 1).is_some_and(|cell| cell.is(LETTER))
}

fn qq(cells: &[Cell], at: usize) -> Option<Found> {
    let (gap, short) = cue(cells, at, &QQ)?;
    if short && !gap.marked {
        return None;
    }
    let mut digits = Vec::new();
    let mut place = gap.to;
    let mut to = place;
    while let Some(cell) = cells.get(place).filter(|cell| !cell.is(TAKEN)) {
        match cell.digit() {
            Some(digit) if cell.is(DIGIT | HAN_DIGIT) => {
                digits.push(digit);
                to = place + 1;
            }
            _ if matches!(cell.c, ' ' | '-')
                && !digits.is_empty()
                && digits.len() < 10
                && cells.get(place + 1).is_some_and(|next| next.is(DIGIT)) => {}
            _ => break,
        }
        place += 1;
    }
    let after = cells.get(to);
    let ends = after.is_none_or(|cell| !cell.is(LETTER) && !matches!(cell.c, '*' | '@' | '元' | '块' | '级' | '个'));
    (ends && (5..=11).contains(&digits.len()) && digits[0] != 0).then_some(Found {
        from: gap.to,
        to,
        kind: Kind::Qq,
        norm: norm(&digits),
    })
}
