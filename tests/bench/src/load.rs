//! The facts that are appended and replayed: the simulated desk, the same on every machine.

use console::simulate::{Params, simulate};
use console::sources::SourceKind;
use console::sources::records::Content;
use events::NewEvent;

use crate::bank;

/// Facts that a simulated day has at least; the first guess of how many days are needed.
const DAY_FACTS: usize = 20_000;
/// Days beyond which no more is hoped for.
const DAYS_MAX: u32 = 2_048;

/// The first `n` facts of the simulated desk, in the order they occurred, and what to call them.
///
/// # Errors
/// When neither the simulator nor the made-up bank gives so many.
pub(crate) fn facts(n: usize) -> anyhow::Result<(&'static str, Vec<NewEvent>)> {
    let mut n_days = u32::try_from(n / DAY_FACTS + 1).unwrap_or(DAYS_MAX).min(DAYS_MAX);
    loop {
        let mut facts = Vec::with_capacity(n);
        let _truth = simulate(&Params { n_days, ..Params::default() }, |fact| {
            if facts.len() < n {
                facts.push(fact);
            }
        });
        if facts.len() == n {
            return Ok(("the simulated desk, seed 7", facts));
        }
        if facts.is_empty() || DAYS_MAX <= n_days {
            return Ok(("made-up bank calls", of_the_bank(n)?));
        }
        n_days = (n_days * 2).min(DAYS_MAX);
    }
}

fn of_the_bank(n: usize) -> anyhow::Result<Vec<NewEvent>> {
    let mut translator = SourceKind::AnonymousBank.translator(bank::HEADER, console::keys::Pseudonyms::of_no_secret())?;
    let mut facts = Vec::with_capacity(n + 8);
    for row in bank::rows(n as u64) {
        let translated =
            translator.translate(&Content::Line(row.clone())).map_err(|misfit| anyhow::anyhow!("{}: {row}", misfit.reason))?;
        facts.extend(translated.events);
        if n <= facts.len() {
            facts.truncate(n);
            return Ok(facts);
        }
    }
    anyhow::bail!("{n} bank calls hold only {} facts", facts.len())
}
