//! What of a thing found is still shown: a policy, one rule a kind. Firms differ, so it is a file.

use serde::{Deserialize, Serialize};

use super::line::{Cell, DIGIT, HAN, HAN_DIGIT, LETTER, cells};
use super::words::COMPOUNDS;
use super::{Kind, districts};

/// Stands for each hidden character.
const HIDDEN: char = '*';

/// How much of one thing is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "show", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// The first and last letters and digits, separators as they are; nothing when that would be all of it.
    Ends {
        /// How many at the beginning.
        first: u8,
        /// How many at the end.
        last: u8,
    },
    /// The first letter, `***`, and from the `@` on.
    Mailbox,
    /// Of a Chinese name the family, a star for each other character; of each word in other letters the first, and `***`.
    Family,
    /// The place down to the district, and `****`.
    District,
    /// The first parts of an address in the net, a star for each other.
    Parts {
        /// How many.
        first: u8,
    },
    /// `****`, whatever it is.
    Nothing,
    /// A star for each character.
    Stars,
}

/// A rule for each kind; one that a file does not name is as by default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// What the policy is called.
    pub policy: String,
    /// Mobile numbers of the mainland and of countries not named here; a prefix with the country's code is shown.
    pub mobile: Rule,
    /// Mobile numbers of Taiwan.
    pub mobile_taiwan: Rule,
    /// Mobile numbers of Hong Kong and Macau.
    pub mobile_hong_kong: Rule,
    /// Landlines.
    pub landline: Rule,
    /// Identity numbers of the mainland.
    pub cn_id: Rule,
    /// Identity numbers of Taiwan.
    pub tw_id: Rule,
    /// Identity numbers of Hong Kong.
    pub hk_id: Rule,
    /// Bank cards.
    pub bank_card: Rule,
    /// Addresses of mail.
    pub email: Rule,
    /// Names.
    pub name: Rule,
    /// Postal addresses.
    pub address: Rule,
    /// Number plates.
    pub plate: Rule,
    /// Passports.
    pub passport: Rule,
    /// Ids of WeChat.
    pub wechat: Rule,
    /// Numbers of QQ.
    pub qq: Rule,
    /// Dates of birth.
    pub dob: Rule,
    /// Addresses in the net.
    pub ip: Rule,
}

impl Default for Policy {
    /// `cn-default-v1`: what is customary in the mainland, as far as there is a custom.
    fn default() -> Self {
        let ends = |first: u8, last: u8| Rule::Ends { first, last };
        Self {
            policy: "cn-default-v1".to_owned(),
            mobile: ends(3, 4),
            mobile_taiwan: ends(4, 3),
            mobile_hong_kong: ends(1, 3),
            landline: ends(4, 2),
            cn_id: ends(3, 4),
            tw_id: ends(2, 1),
            hk_id: ends(2, 1),
            bank_card: ends(4, 4),
            email: Rule::Mailbox,
            name: Rule::Family,
            address: Rule::District,
            plate: ends(3, 1),
            passport: ends(2, 2),
            wechat: ends(2, 1),
            qq: ends(2, 2),
            dob: Rule::Nothing,
            ip: Rule::Parts { first: 2 },
        }
    }
}

impl Policy {
    /// The rule for a thing found, and how many digits before it are the code of its country.
    fn rule(&self, kind: Kind, norm: &str) -> (Rule, usize) {
        match kind {
            Kind::Mobile => self.mobile_rule(norm),
            Kind::Landline => (self.landline, if norm.starts_with('+') { 2 } else { 0 }),
            Kind::CnId => (self.cn_id, 0),
            Kind::TwId => (self.tw_id, 0),
            Kind::HkId => (self.hk_id, 0),
            Kind::BankCard => (self.bank_card, 0),
            Kind::Email => (self.email, 0),
            Kind::Name => (self.name, 0),
            Kind::Address => (self.address, 0),
            Kind::Plate => (self.plate, 0),
            Kind::Passport => (self.passport, 0),
            Kind::Wechat => (self.wechat, 0),
            Kind::Qq => (self.qq, 0),
            Kind::Dob => (self.dob, 0),
            Kind::Ip => (self.ip, 0),
        }
    }

    fn mobile_rule(&self, norm: &str) -> (Rule, usize) {
        let digits = norm.trim_start_matches('+');
        let coded = |code: &str| digits.strip_prefix("00").unwrap_or(digits).starts_with(code);
        let code = |national: usize| digits.len().saturating_sub(national);
        match digits.len() {
            8 => (self.mobile_hong_kong, 0),
            10 if digits.starts_with("09") => (self.mobile_taiwan, 0),
            11 if norm.starts_with('+') && (coded("852") || coded("853")) => (self.mobile_hong_kong, 3),
            11 if coded("852") && !digits.starts_with('1') => (self.mobile_hong_kong, 3),
            12.. if coded("886") => {
                // Without the trunk's zero one digit fewer is shown at the beginning.
                let mut rule = self.mobile_taiwan;
                if let (Rule::Ends { first, .. }, 12) = (&mut rule, digits.len()) {
                    *first = first.saturating_sub(1);
                }
                (rule, 3)
            }
            12.. if coded("86") || digits.starts_with('0') => (self.mobile, code(11)),
            _ => (self.mobile, 0),
        }
    }

    /// What of `written`, found as `kind` and `norm`, is shown.
    #[must_use]
    pub(super) fn shown(&self, written: &str, kind: Kind, norm: &str) -> String {
        let (rule, code) = self.rule(kind, norm);
        match rule {
            Rule::Ends { first, last } => ends(written, kind, code, [usize::from(first), usize::from(last)]),
            Rule::Mailbox => mailbox(written, norm),
            Rule::Family => family(written),
            Rule::District => format!("{}****", districts::district(written)),
            Rule::Parts { first } => parts(written, usize::from(first)),
            Rule::Nothing => "****".to_owned(),
            Rule::Stars => written.chars().map(|_| HIDDEN).collect(),
        }
    }
}

fn ends(written: &str, kind: Kind, code: usize, [first, last]: [usize; 2]) -> String {
    let (all, _) = cells(written, usize::MAX);
    // The marks inside an id are of it; those inside a number are how it is written.
    let counted =
        |cell: &Cell| cell.is(LETTER | DIGIT | HAN_DIGIT | HAN) || (kind == Kind::Wechat && matches!(cell.c, '_' | '-'));
    let total = all.iter().filter(|cell| counted(cell)).count();
    let hidden = if code + first + last < total { code + first..total - last } else { 0..total };
    let mut nth = 0;
    let mut places = all.iter().peekable();
    let mut out = String::with_capacity(written.len());
    for (at, raw) in written.char_indices() {
        // What has no width is no cell.
        match places.next_if(|cell| cell.at as usize == at) {
            Some(cell) if counted(cell) => {
                out.push(if hidden.contains(&nth) { HIDDEN } else { raw });
                nth += 1;
            }
            Some(_) | None => out.push(raw),
        }
    }
    out
}

fn mailbox(written: &str, norm: &str) -> String {
    let local = norm.split('@').next().unwrap_or_default().chars().count();
    let (all, _) = cells(written, usize::MAX);
    let rest = all.get(local).map_or("", |cell| &written[cell.at as usize..]);
    format!("{}***{rest}", written.chars().next().map(String::from).unwrap_or_default())
}

fn family(written: &str) -> String {
    let (all, _) = cells(written, usize::MAX);
    if all.iter().any(|cell| cell.is(HAN)) {
        let compound = 2 < all.len() && COMPOUNDS.contains(&[all[0].c, all[1].c]);
        let shown = if compound { 2 } else { 1 };
        let hide = |(nth, cell): (usize, &Cell)| if nth < shown || !cell.is(HAN) { cell.raw } else { HIDDEN };
        return all.iter().enumerate().map(hide).collect();
    }
    let word = |word: &str| word.chars().next().map(|first| format!("{first}***")).unwrap_or_default();
    written.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn parts(written: &str, first: usize) -> String {
    let mark = if written.contains(':') {
        ':'
    } else if written.contains('．') {
        '．'
    } else {
        '.'
    };
    let part = |(nth, part): (usize, &str)| if nth < first || part.is_empty() { part.to_owned() } else { HIDDEN.to_string() };
    written.split(mark).enumerate().map(part).collect::<Vec<_>>().join(&mark.to_string())
}
