//! The parts of the run, one after another, each with its routes in turns.

mod appending;
mod evidence;
mod importing;
mod made;
mod masking;
mod replaying;
mod sources;

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::measure::{Measured, Route, Sample, Timed, run};
use crate::peers::{Found, Peers, script};
use crate::table::{line, number, tell};

/// A part: what is kept of it, and whether its answers agree.
type Step = fn(&Bench) -> anyhow::Result<(Value, bool)>;

/// All that the parts need.
pub(crate) struct Bench {
    /// This program, for its routes.
    pub(crate) program: PathBuf,
    /// The console's command line.
    pub(crate) retrace: Found,
    /// Where logs and files lie during the run.
    pub(crate) folder: PathBuf,
    /// The peers.
    pub(crate) peers: Peers,
    /// Events, calls, rounds.
    pub(crate) sizes: (usize, u64, usize),
    /// The parts wanted; all of them when none is named.
    pub(crate) only: Vec<String>,
}

impl Bench {
    /// Runs all parts; returns what is kept and whether all answers agree.
    pub(crate) fn run(&self) -> anyhow::Result<(Value, bool)> {
        let mut parts = Map::new();
        let mut agree = true;
        let steps: [(&str, Step); 11] = [
            ("append", Self::bulk),
            ("append_single", Self::single),
            ("import", Self::import),
            ("sources", Self::sources),
            ("replay", Self::replay),
            ("evidence", Self::evidence),
            ("start", Self::start),
            ("snapshots", Self::snapshots),
            ("memory", Self::memory),
            ("views", Self::views),
            ("mask", Self::mask),
        ];
        for (name, step) in steps {
            if !self.only.is_empty() && !self.only.iter().any(|wanted| wanted == name) {
                continue;
            }
            tell(name);
            // One part that fails leaves the others their say.
            match step(self) {
                Ok((part, agrees)) => {
                    agree &= agrees;
                    parts.insert(name.to_owned(), part);
                }
                Err(error) => {
                    line(&format!("\n{name}: not measured: {error:#}"));
                    parts.insert(name.to_owned(), json!({ "not_measured": format!("{error:#}") }));
                }
            }
        }
        Ok((Value::Object(parts), agree))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// One of our routes.
    fn ours(&self, name: &str, arguments: &[&str], note: &'static str) -> Route {
        let mut all = vec!["route".to_owned()];
        all.extend(arguments.iter().map(|&argument| argument.to_owned()));
        Route { name: name.to_owned(), program: Ok((self.program.clone(), all)), timed: Timed::Inside, note }
    }

    /// A peer's route: a script for Python, or arguments for a program.
    fn peer(name: &str, program: &Found, arguments: &[&str], timed: Timed, note: &'static str) -> Route {
        let owned = |argument: &&str| if argument.ends_with(".py") { script(argument) } else { (*argument).to_owned() };
        let program = program.clone().map(|program| (program, arguments.iter().map(owned).collect()));
        Route { name: name.to_owned(), program, timed, note }
    }

    /// One run of one of our routes, for what is not in turns.
    fn say(&self, arguments: &[&str]) -> anyhow::Result<Sample> {
        let mut all = vec!["route".to_owned()];
        all.extend(arguments.iter().map(|&argument| argument.to_owned()));
        run(&self.program, &all, Timed::Inside)
    }
}

/// Holds a process on one processor.
const TASKSET: &str = "/usr/bin/taskset";

/// The first processor that this process may use, where a process can be held on one.
fn one_core() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok().filter(|_| Path::new(TASKSET).exists())?;
    let allowed = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    allowed.trim().split(['-', ',']).next().map(str::to_owned)
}

/// The same route on one processor.
fn held(mut route: Route, core: Option<&str>) -> Route {
    if let (Some(core), Ok((program, arguments))) = (core, &mut route.program) {
        let inner = program.display().to_string();
        arguments.splice(0..0, ["-c".to_owned(), core.to_owned(), inner]);
        *program = PathBuf::from(TASKSET);
    }
    route
}

/// What each route answered in its last round.
fn answers(measured: &[Measured]) -> Vec<Option<Value>> {
    let last = |route: &Measured| Some(route.samples.as_ref().ok()?.last()?.said.get("answer")?.clone());
    measured.iter().map(last).collect()
}

/// Turns that one process took by itself, as a route of their own.
fn turns(name: &str, note: &'static str, of: &Sample, turns: &Value) -> Measured {
    let sample = |turn: &Value| Sample {
        wall_secs: turn["wall_secs"].as_f64().unwrap_or(f64::NAN),
        cpu_secs: turn["cpu_secs"].as_f64().unwrap_or(f64::NAN),
        rss_max_bytes: of.rss_max_bytes,
        said: turn.clone(),
    };
    let samples = turns.as_array().map(|turns| turns.iter().map(sample).collect()).ok_or("it took no turn".to_owned());
    Measured { name: name.to_owned(), note, samples }
}

/// A number in a line of text.
fn told(value: &Value) -> String {
    value.as_f64().map_or_else(|| "not known".to_owned(), number)
}
