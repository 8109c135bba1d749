//! Personal text: where it stands in a line, and what of it is shown to a reader without the right to it.
//!
//! [`find`] knows fifteen [`Kind`]s in simplified and traditional Chinese, in English and in mixtures of them, in
//! full-width and Chinese digits, with separators and characters without width. Numbers that carry a sum are believed by
//! it; names, addresses, ids and dates by the words around them. What a [`Policy`] still shows is a matter of custom, so
//! it is data.
//!
//! Every detector is a scanner that looks at most a named number of characters back and ahead: the time is linear in the
//! text whatever it holds. Long texts are read in windows of `WINDOW` characters that overlap by twice `MARGIN`.
//!
//! Known limits: names are found only beside a word, a form of address or a number, or set apart from what stands around
//! them; an address needs a number with its unit or a street; a WeChat id or a number of QQ needs its word.

mod addresses;
mod bare;
mod context;
mod dates;
mod districts;
mod handles;
pub mod identity;
mod latin;
mod letters;
mod line;
mod mail;
mod names;
mod network;
mod numbers;
mod phones;
mod policy;
mod streets;
mod words;

use serde::{Deserialize, Serialize};

pub use policy::{Policy, Rule};

/// The version of the detectors: it grows when they find something else in the same text.
pub const MASKER: u32 = 1;
/// How many characters are read at once.
const WINDOW: usize = 8_192;
/// How far detectors may look beyond what they find, on either side.
const MARGIN: usize = 256;

/// What kind of personal text something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// A mobile number: the mainland, Taiwan, Hong Kong, or any with its country's code.
    Mobile,
    /// A landline that is no hotline.
    Landline,
    /// A resident's number of the mainland, 18 digits or the older 15.
    CnId,
    /// A number of Taiwan's national or resident card.
    TwId,
    /// A number of Hong Kong's identity card.
    HkId,
    /// A bank card.
    BankCard,
    /// An address of mail.
    Email,
    /// A person's name.
    Name,
    /// A postal address.
    Address,
    /// A number plate.
    Plate,
    /// A passport.
    Passport,
    /// An id of WeChat.
    Wechat,
    /// A number of QQ.
    Qq,
    /// A date of birth.
    Dob,
    /// An address in the net.
    Ip,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::Mobile,
        Self::Landline,
        Self::CnId,
        Self::TwId,
        Self::HkId,
        Self::BankCard,
        Self::Email,
        Self::Name,
        Self::Address,
        Self::Plate,
        Self::Passport,
        Self::Wechat,
        Self::Qq,
        Self::Dob,
        Self::Ip,
    ];
}

impl Kind {
    /// The word that stands before one in a form.
    fn word(self) -> &'static str {
        match self {
            Self::Mobile => "手机",
            Self::Landline => "座机",
            Self::CnId | Self::TwId | Self::HkId => "身份证",
            Self::BankCard => "银行卡",
            Self::Email => "邮箱",
            Self::Name => "姓名",
            Self::Address => "地址",
            Self::Plate => "车牌",
            Self::Passport => "护照",
            Self::Wechat => "微信号",
            Self::Qq => "QQ号",
            Self::Dob => "出生日期",
            Self::Ip => "IP",
        }
    }

    /// Whether one may stand in the field of the other: a telephone is a mobile or a landline.
    fn same_field(self, other: Self) -> bool {
        self.word() == other.word() || matches!((self, other), (Self::Mobile, Self::Landline) | (Self::Landline, Self::Mobile))
    }
}

/// Personal text found in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    /// Where it begins, in characters (code points).
    pub start: usize,
    /// The character after it.
    pub end: usize,
    /// Where it begins, in bytes of UTF-8.
    #[serde(skip)]
    pub byte_start: usize,
    /// The byte after it.
    #[serde(skip)]
    pub byte_end: usize,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// What it says without separators: digits as ASCII, letters of documents as capitals.
    pub norm: String,
}

/// What a detector found, in cells.
#[derive(Clone, Debug)]
struct Found {
    from: usize,
    to: usize,
    kind: Kind,
    norm: String,
}

/// Finds what is personal, in the order of the text, without overlaps.
#[must_use]
pub fn find(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    find_each(text, |span| spans.push(span));
    spans
}

/// Tells what is personal one by one, as [`find`]; a text of any length needs the memory of one window.
pub fn find_each(text: &str, mut tell: impl FnMut(Span)) {
    // The window's first character and byte, and the byte up to which all is found.
    let (mut nth, mut at, mut done) = (0, 0, 0);
    loop {
        let window = &text[at..];
        let (mut cells, read) = line::cells(window, WINDOW + 2 * MARGIN);
        let last = read == window.len();
        // What begins in the margin at the end is left to the next window, which sees what follows it.
        let limit = if last { text.len() } else { at + cells[cells.len() - MARGIN].at as usize };
        for found in within(&mut cells) {
            let mut span = span(&cells, found, nth, at);
            // The frame around a digit is part of it.
            for c in text[span.byte_end..].chars().take_while(|c| matches!(c, '\u{fe0f}' | '\u{20e3}')) {
                span.byte_end += c.len_utf8();
                span.end += 1;
            }
            if done <= span.byte_start && span.byte_start < limit {
                done = span.byte_end;
                tell(span);
            }
        }
        if last {
            return;
        }
        done = done.max(limit);
        let next = cells[cells.len() - 2 * MARGIN];
        (nth, at) = (nth + next.nth as usize, at + next.at as usize);
    }
}

/// Finds what is personal in one window, in order.
fn within(cells: &mut [line::Cell]) -> Vec<Found> {
    let mut found = Vec::new();
    line::unescape(cells);
    let marks = line::marks(cells);
    // From what is surest to what needs most to be told.
    each(cells, &marks, &mut found, mail::at);
    // Most messages hold no digit, and without one only ids, names and mail can be found.
    let digits = marks.iter().any(|&mark| cells[mark as usize].is(line::DIGIT | line::HAN_DIGIT));
    if digits {
        each(cells, &marks, &mut found, network::at);
        each(cells, &marks, &mut found, dates::at);
        each(cells, &marks, &mut found, letters::at);
        numbers::find(cells, &marks, &mut found);
    }
    each(cells, &marks, &mut found, handles::at);
    if digits {
        each(cells, &marks, &mut found, streets::at);
        let mut addresses = addresses::Reader::default();
        each(cells, &marks, &mut found, |cells, at| addresses.at(cells, at));
    }
    each(cells, &marks, &mut found, names::at);
    each(cells, &marks, &mut found, latin::at);
    each(cells, &marks, &mut found, bare::at);
    names::beside(cells, &mut found);
    found.sort_by_key(|found| found.from);
    found
}

/// Asks a detector at every mark, and takes what it finds; a mark within something taken is passed over.
fn each(
    cells: &mut [line::Cell],
    marks: &[u32],
    found: &mut Vec<Found>,
    mut at: impl FnMut(&[line::Cell], usize) -> Option<Found>,
) {
    let mut end = 0;
    for mark in marks.iter().map(|&mark| mark as usize) {
        if end <= mark
            && !cells[mark].is(line::TAKEN)
            && let Some(one) = at(cells, mark)
            && line::take(cells, one.from, one.to)
        {
            end = one.to;
            found.push(one);
        }
    }
}

/// What was found, by its place in the text; the window begins at the character `nth` and the byte `at`.
fn span(cells: &[line::Cell], found: Found, nth: usize, at: usize) -> Span {
    let (first, last) = (&cells[found.from], &cells[found.to - 1]);
    Span {
        start: nth + first.nth as usize,
        end: nth + last.nth as usize + 1,
        byte_start: at + first.at as usize,
        byte_end: at + last.at as usize + last.raw.len_utf8(),
        kind: found.kind,
        norm: found.norm,
    }
}

/// What the policy shows of a thing found in `text`.
#[must_use]
pub fn mask_span(text: &str, span: &Span, policy: &Policy) -> String {
    policy.shown(&text[span.byte_start..span.byte_end], span.kind, &span.norm)
}

/// What the policy shows of a whole field that holds one thing of a kind, such as a name or a telephone.
///
/// `None` when the field does not look like that kind: then nothing of it is known to be harmless.
#[must_use]
pub fn field(value: &str, kind: Kind, policy: &Policy) -> Option<String> {
    let value = value.trim();
    let text = format!("{}：{value}", kind.word());
    let spans = find(&text);
    let [span] = spans.as_slice() else { return None };
    let whole = span.byte_start == text.len() - value.len() && span.byte_end == text.len();
    (whole && span.kind.same_field(kind)).then(|| mask_span(&text, span, policy))
}

/// The text with everything personal as the policy shows it.
#[must_use]
pub fn masked(text: &str, policy: &Policy) -> String {
    masked_with(text, &find(text), policy)
}

/// The text with these things found in it as the policy shows them.
#[must_use]
pub fn masked_with(text: &str, spans: &[Span], policy: &Policy) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        shown.push_str(&text[at..span.byte_start]);
        shown.push_str(&mask_span(text, span, policy));
        at = span.byte_end;
    }
    shown.push_str(&text[at..]);
    shown
}
