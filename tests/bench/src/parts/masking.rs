//! Finding and hiding what is personal, on one processor.

use serde_json::{Value, json};

use super::{Bench, answers, held, one_core};
use crate::measure::interleave;
use crate::table::{Units, line, number, part};

/// Megabytes of chat that are read.
const CHAT_MB: &str = "64";
/// Megabytes of the shorter hostile text; the longer one has four times as many.
const HOSTILE_MB: &str = "2";
/// How much longer four times the text may take, with room for a machine that does other things.
const GROWTH_MAX: f64 = 8.0;

impl Bench {
    /// Chat with one personal thing in ten messages, beside four regular expressions that find far less; and texts made
    /// to be slow, whose time must grow as they do.
    pub(super) fn mask(&self) -> anyhow::Result<(Value, bool)> {
        let core = one_core();
        let way =
            |name: &str, way: &str, note: &'static str| held(self.ours(name, &["mask", way, CHAT_MB], note), core.as_deref());
        let routes = [
            way("ours: find + masked, 15 kinds", "ours", "names, addresses and checksums too"),
            way("four naive regexes, replaced by stars", "regex", "mobile, identity number, card, mail; nothing else"),
            way("memcpy: the text as it is", "copy", "what no masking can be faster than"),
        ];
        let measured = interleave(&routes, self.sizes.2, |_| {});
        let title = format!("mask: {CHAT_MB} MB of chat in three languages, one thing in ten messages, on one processor");
        let (kept, _) = part(&title, Units { what: "MB", rates: true }, &measured, &answers(&measured));
        let hostile = self.say(&["mask", "hostile", HOSTILE_MB])?.said;
        let growth = hostile["growth_max"].as_f64().unwrap_or(f64::INFINITY);
        line(&format!("    hostile texts, 4 times as long: at most {} times the time ({})", number(growth), hostile["slowest"]));
        Ok((json!({ "chat": kept, "hostile": hostile }), growth <= GROWTH_MAX))
    }
}
