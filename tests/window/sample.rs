//! Logs to look at.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::stage::{built, run};

/// The desk of `make run`: one made-up day.
pub fn day(log: &Path) {
    run(Command::new(built("retrace"))
        .arg("--log")
        .arg(log)
        .args(["--json", "simulate", "--seed", "7", "--days", "1", "--agents", "24"]));
}

/// A log with nothing in it.
pub fn nothing(_log: &Path) {}

/// Public data beside the checkout, where there is any.
pub fn shared(path: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared").join(path);
    root.exists().then(|| root.canonicalize().unwrap())
}

/// A message of a test to the person who runs it.
#[allow(clippy::print_stderr, reason = "a skipped test must say so")]
pub fn say(text: &str) {
    eprintln!("{text}");
}
