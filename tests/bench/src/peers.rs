//! Finding the peers: Python of this machine, DuckDB in an environment of its own, `cqrs-es` in a workspace of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The peers' sources; they are read where they were compiled from.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers");

/// A program, or why it is not there.
pub(crate) type Found = Result<PathBuf, String>;

/// What there is to measure against.
pub(crate) struct Peers {
    /// Python 3, its standard library alone.
    pub(crate) python: Found,
    /// Python with pandas and pm4py.
    pub(crate) process_mining: Found,
    /// Python with DuckDB.
    pub(crate) duckdb: Found,
    /// `cqrs-es` over SQLite.
    pub(crate) cqrs_es: Found,
}

/// A peer's script.
pub(crate) fn script(name: &str) -> String {
    format!("{FOLDER}/{name}")
}

impl Peers {
    /// Looks for the peers and makes those that can be made in `target`; the first time takes minutes.
    pub(crate) fn find(target: &Path, tell: impl Fn(&str)) -> Self {
        let python = python();
        let duckdb = python.clone().and_then(|python| duckdb(&python, target, &tell));
        let process_mining = python.clone().and_then(|python| process_mining(&python, target, &tell));
        Self { process_mining, python, duckdb, cqrs_es: cqrs_es(target, &tell) }
    }
}

fn done(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().lines().last().unwrap_or("it said nothing").to_owned();
    Err(format!("{name} ended with {}: {said}", output.status))
}

fn python() -> Found {
    done(Command::new("python3").args(["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]))
        .map(|()| PathBuf::from("python3"))
        .map_err(|why| format!("no Python 3.11 or newer ({why})"))
}

/// pm4py is under the AGPL: it is measured beside, in a folder of its own, and is no part of anything here.
fn process_mining(python: &Path, target: &Path, tell: &impl Fn(&str)) -> Found {
    let has = |python: &Path| done(Command::new(python).args(["-c", "import pandas, pm4py"]));
    let folder = target.join("bench-pm4py");
    let inside = folder.join("bin/python");
    if has(&inside).is_err() {
        tell("installing the peers pandas and pm4py, once");
        done(Command::new(python).args(["-m", "venv"]).arg(&folder)).map_err(|why| format!("no virtual environment ({why})"))?;
        let mut pip = Command::new(&inside);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", &script("requirements-pm4py.txt")]);
        done(&mut pip).map_err(|why| format!("pip has no pandas or pm4py ({why})"))?;
        has(&inside)?;
    }
    Ok(inside)
}

fn duckdb(python: &Path, target: &Path, tell: &impl Fn(&str)) -> Found {
    let folder = target.join("bench-venv");
    let inside = folder.join("bin/python");
    let has = |python: &Path| done(Command::new(python).args(["-c", "import duckdb"]));
    if has(&inside).is_err() {
        tell("installing the peer DuckDB, once");
        done(Command::new(python).args(["-m", "venv"]).arg(&folder)).map_err(|why| format!("no virtual environment ({why})"))?;
        let mut pip = Command::new(&inside);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", &script("requirements.txt")]);
        done(&mut pip).map_err(|why| format!("pip has no DuckDB ({why})"))?;
        has(&inside)?;
    }
    Ok(inside)
}

fn cqrs_es(target: &Path, tell: &impl Fn(&str)) -> Found {
    let target = target.join("bench-cqrs-es");
    let program = target.join("release/cqrs_es_peer");
    if !program.exists() {
        tell("building the peer cqrs-es, once: about three minutes of one processor");
    }
    // Cargo looks each time whether the peer, or the fold it shares with us, has changed.
    done(
        Command::new("cargo")
            .args(["build", "--quiet", "--release", "--manifest-path", &script("cqrs_es/Cargo.toml")])
            .env("CARGO_TARGET_DIR", &target),
    )
    .map_err(|why| format!("cqrs-es cannot be built ({why})"))?;
    Ok(program)
}
