//! The program itself, built from this tree and run as a child process.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// Where `retrace` lies; cargo is asked once per test program to bring it up to date.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        // target/<profile>/deps/<this test>
        let test = std::env::current_exe().expect("a test knows where it lies");
        let folder = test.ancestors().nth(2).expect("a test lies in target/<profile>/deps");
        let target = folder.parent().expect("a profile lies in the target folder");
        let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // Together with `tests`, so that its dependencies are built with the features they already have.
        build.args(["build", "--quiet", "-p", "console", "-p", "tests", "--bin", "retrace", "--target-dir"]).arg(target);
        if folder.ends_with("release") {
            build.arg("--release");
        }
        let built = build.current_dir(crate::place::repository()).status().expect("cargo runs");
        assert!(built.success(), "retrace can be built");
        folder.join(format!("retrace{}", std::env::consts::EXE_SUFFIX))
    })
}

/// The program with an environment of its own: English, and no display to find.
#[must_use]
pub fn command() -> Command {
    let mut command = Command::new(program());
    command.env("RETRACE_LANGUAGE", "en").env_remove("RETRACE_LOG").stdin(Stdio::null());
    command
}

/// What the program said.
#[derive(Debug)]
pub struct Said {
    /// Its exit code; -1 when a signal ended it.
    pub code: i32,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub error: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("the program prints UTF-8"),
            error: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Said {
    /// The one JSON document on the standard output.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}

/// Runs the program on a log.
#[must_use]
pub fn run(log: &Path, arguments: &[&str]) -> Said {
    command().arg("--log").arg(log).args(arguments).output().expect("the program runs").into()
}
