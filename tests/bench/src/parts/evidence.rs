//! What the evidence costs: appending with and without it, and verifying beside replaying.

use serde_json::{Value, json};

use super::Bench;
use super::appending::{LOG, remove};
use crate::measure::{Measured, Spread, interleave};
use crate::table::{Units, line, part};

const UNKEPT: &str = "unkept.retrace";
const TEXTLESS: &str = "textless.retrace";

fn median(route: &Measured) -> f64 {
    let samples = route.samples.as_ref().ok().into_iter().flatten();
    Spread::of(samples.map(|sample| sample.wall_secs)).map_or(f64::NAN, |spread| spread.median)
}

impl Bench {
    /// Both ratios, each of routes in turns.
    pub(super) fn evidence(&self) -> anyhow::Result<(Value, bool)> {
        let (n, _, rounds) = self.sizes;
        let (count, log, unkept) = (n.to_string(), self.text(LOG), self.text(UNKEPT));
        let with = self.ours(
            "append, hashed and signed behind it",
            &["append-ours", &log, &count],
            "what is answered; the keeper goes on",
        );
        let without = self.ours("append, nothing hashed", &["append-unkept", &unkept, &count], "");
        let textless = self.ours(
            "append, nothing hashed and nothing sealed",
            &["append-textless", &self.text(TEXTLESS), &count],
            "the same events without their texts: none stored, no keys made",
        );
        let turns = [with, without, textless];
        let files = [LOG, UNKEPT, TEXTLESS];
        let appended = interleave(&turns, rounds, |route| {
            let place = turns.iter().position(|turn| turn.name == route.name).unwrap_or(0);
            remove(&self.path(files[place]));
        });
        let units = Units { what: "events", rates: true };
        let (append, _) = part(&format!("evidence: appending {n} events with it and without"), units, &appended, &[]);
        let turns = [
            self.ours("verify: leaves, roots, signatures", &["verify", &log], "two threads: SQLite on one, hashes on the other"),
            self.ours("replay: projector::fold_to", &["replay-ours", &log], "two threads: SQLite on one, folds on the other"),
        ];
        let read = interleave(&turns, rounds, |_| {});
        let (verify, _) = part(&format!("evidence: verifying {n} events beside replaying them"), units, &read, &[]);
        let (slower, share) = (median(&appended[0]) / median(&appended[1]), median(&read[0]) / median(&read[1]));
        let sealing = median(&appended[1]) / median(&appended[2]);
        line(&format!(
            "    appending takes {slower:.2} times as long with evidence, {sealing:.2} times as long with sealed texts as without \
             texts; verifying {share:.2} times as long as replaying"
        ));
        Ok((
            json!({ "append": append, "verify": verify, "append_ratio": slower, "sealing_ratio": sealing, "verify_to_replay": share }),
            true,
        ))
    }
}
