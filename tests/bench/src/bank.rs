//! A made-up file in the format of the "Anonymous Bank": the same rows for the same number, on every machine.
//!
//! The rows are clean but for what the real file is full of: calls that were none, agents not recorded, customers not
//! identified, hang-ups in the queue. No call crosses midnight.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::ToSpan;
use jiff::civil::{Date, date};

/// The header of the bank's own files.
pub(crate) const HEADER: &str = "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\tvru_time\t\
q_start\tq_exit\tq_time\toutcome\tser_start\tser_exit\tser_time\tserver";

const FIRST_DAY: Date = date(1999, 1, 3);
const ROWS_PER_DAY: u64 = 1_500;
const OPEN_SECS: u64 = 7 * 3600;
const CLOSED_SECS: u64 = 23 * 3600;
const TYPES: [&str; 10] = ["PS", "PS", "PS", "PS", "PS", "NE", "NW", "IN", "PE", "TT"];
const N_AGENTS: u64 = 40;
const N_CUSTOMERS: u64 = 30_000;

/// SplitMix64: small, and the same everywhere.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// Roughly exponential with this mean, in whole seconds.
    fn around(&mut self, mean: u64) -> u64 {
        let unit = (self.below(1 << 20) + 1) as f64 / (1 << 20) as f64;
        (-unit.ln() * mean as f64) as u64
    }
}

/// Hands out `n` rows in the order of the file.
pub(crate) fn rows(n: u64) -> impl Iterator<Item = String> {
    let mut draw = Draw(42);
    (0..n).map(move |call| row(call, &mut draw))
}

/// Writes a file of `n` calls, compressed.
pub(crate) fn write(path: &Path, n: u64) -> std::io::Result<()> {
    let mut to = GzEncoder::new(BufWriter::new(File::create(path)?), Compression::fast());
    writeln!(to, "{HEADER}")?;
    for row in rows(n) {
        writeln!(to, "{row}")?;
    }
    to.finish()?.flush()
}

fn row(call: u64, draw: &mut Draw) -> String {
    let day = FIRST_DAY.saturating_add((call / ROWS_PER_DAY).cast_signed().days());
    let entered = OPEN_SECS + (call % ROWS_PER_DAY) * (CLOSED_SECS - OPEN_SECS) / ROWS_PER_DAY;
    let menu_secs = 3 + draw.below(20);
    let menu_left = entered + menu_secs;
    let outcome = match draw.below(100) {
        0..4 => "PHANTOM",
        4..16 => "HANG",
        _ => "AGENT",
    };
    let waits = outcome == "HANG" || (outcome == "AGENT" && draw.percent(55));
    let wait_secs = if waits { 1 + draw.around(60).min(1_500) } else { 0 };
    let left = menu_left + wait_secs;
    let service_secs = 1 + draw.around(180).min(1_500);
    let queue = if waits { span(menu_left, left) } else { span(0, 0) };
    let served = outcome == "AGENT";
    let service = if served { span(left, left + service_secs) } else { span(0, 0) };
    let server = if served && !draw.percent(1) { format!("AGENT{:02}", draw.below(N_AGENTS)) } else { "NO_SERVER".to_owned() };
    let customer = if draw.percent(40) { 0 } else { 1_000_000 + draw.below(N_CUSTOMERS) };
    let topic = TYPES[usize::try_from(draw.below(10)).unwrap_or(0)];
    let line = 1 + draw.below(65);
    let priority = draw.below(3);
    format!(
        "AA01{line:02}\t{}\t{customer}\t{priority}\t{topic}\t{}\t{}\t{queue}\t{outcome}\t{service}\t{server}",
        30_000 + call,
        day.strftime("%y%m%d"),
        span(entered, menu_left),
    )
}

/// Start, end and seconds as the file has them; both 0:00:00 when it never happened.
fn span(from: u64, to: u64) -> String {
    format!("{}\t{}\t{}", clock(from), clock(to), to - from)
}

fn clock(secs: u64) -> String {
    format!("{}:{:02}:{:02}", secs / 3600, secs / 60 % 60, secs % 60)
}
