//! Addresses in the net, of versions 4 and 6.

use super::context::{About, Context};
use super::line::{Cell, DIGIT, LETTER};
use super::{Found, Kind};

/// The longest IPv6 address in characters, by RFC 4291.
const SIX_MAX: usize = 39;

/// The address that begins at a mark, or whose first colon stands there.
pub(super) fn at(cells: &[Cell], mark: usize) -> Option<Found> {
    match cells[mark].c {
        '0'..='9' => four(cells, mark),
        ':' => six(cells, mark),
        _ => None,
    }
}

/// Four numbers of at most 255 with dots between, beginning at `from`.
fn four(cells: &[Cell], from: usize) -> Option<Found> {
    let mut at = from;
    let mut octets = [0_u16; 4];
    for (nth, octet) in octets.iter_mut().enumerate() {
        if 0 < nth {
            if cells.get(at)?.c != '.' {
                return None;
            }
            at += 1;
        }
        let length = cells[at..].iter().take(4).take_while(|cell| cell.is(DIGIT)).count();
        if length == 0 || length == 4 {
            return None;
        }
        *octet = cells[at..at + length].iter().fold(0, |sum, cell| sum * 10 + u16::from(cell.digit().unwrap_or(0)));
        if 255 < *octet {
            return None;
        }
        at += length;
    }
    let before = |back: usize| from.checked_sub(back).map(|place| cells[place]);
    let after = |on: usize| cells.get(at + on);
    let more = after(0).is_some_and(|cell| cell.is(LETTER) || cell.c == '_')
        || after(0).is_some_and(|cell| cell.c == '.') && after(1).is_some_and(|cell| cell.is(DIGIT));
    let part = before(1).is_some_and(|cell| cell.is(LETTER) || matches!(cell.c, '.' | '_' | '-'))
        || before(1).is_some_and(|cell| cell.c == '/') && before(2).is_some_and(|cell| cell.is(LETTER));
    let context = Context::of(cells, from, at);
    let told = context.tells(About::Network);
    let likely = told || 10 <= octets[0] && 7 <= at - from - 3;
    let counted = context.version() || !told && context.counts();
    let norm = cells[from..at].iter().map(|cell| cell.c).collect();
    (!more && !part && likely && !counted).then_some(Found { from, to: at, kind: Kind::Ip, norm })
}

/// Hexadecimal groups with colons between, around the first colon.
fn six(cells: &[Cell], colon: usize) -> Option<Found> {
    // The wide colon stands before an address, never in it.
    let part = |cell: &Cell| cell.c.is_ascii_hexdigit() || cell.raw == ':';
    let length = (0..colon).rev().take(5).take_while(|&at| part(&cells[at])).count();
    let from = colon - length;
    // Only from its first colon: what lies before is one group of at most four.
    if 4 < length || cells[colon].raw != ':' || cells[from..colon].iter().any(|cell| cell.c == ':') {
        return None;
    }
    let length = cells[from..].iter().take(SIX_MAX + 1).take_while(|cell| part(cell)).count();
    let mut to = from + length;
    while from < to && cells[to - 1].c == ':' && !(from + 2 <= to && cells[to - 2].c == ':') {
        to -= 1;
    }
    let written: String = cells[from..to].iter().map(|cell| cell.c).collect();
    let edge = |cell: Option<&Cell>| cell.is_none_or(|cell| !cell.is(LETTER | DIGIT) && cell.raw != ':' && cell.c != '_');
    if !edge(from.checked_sub(1).map(|before| &cells[before])) || !edge(cells.get(to).filter(|cell| cell.raw != ':')) {
        return None;
    }
    let address: std::net::Ipv6Addr = written.parse().ok()?;
    let groups = written.split(':').filter(|group| !group.is_empty()).count();
    let digits = written.chars().any(|c| c.is_ascii_digit());
    (!address.is_loopback() && !address.is_unspecified() && 2 <= groups && digits && 6 <= written.len()).then_some(Found {
        from,
        to,
        kind: Kind::Ip,
        norm: written,
    })
}
