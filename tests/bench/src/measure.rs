//! Running routes in turns and what is kept of each run.
//!
//! Every route is a process of its own, so none inherits another's memory, and ends by printing one JSON line: the
//! seconds it measured itself (without its start and without making its input), its processor seconds and its answer.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::Context;
use serde_json::{Value, json};
use wait4::Wait4;

/// One run of one route.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// Seconds on the wall.
    pub(crate) wall_secs: f64,
    /// Seconds of processors, all threads.
    pub(crate) cpu_secs: f64,
    /// The most memory the process ever held, in bytes.
    pub(crate) rss_max_bytes: u64,
    /// All that the route printed.
    pub(crate) said: Value,
}

/// Who measures the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timed {
    /// The route, around its work.
    Inside,
    /// We, around the whole process.
    Outside,
}

/// A way to do the work.
pub(crate) struct Route {
    /// What it is called in the table.
    pub(crate) name: String,
    /// The program and its arguments, or why there is none.
    pub(crate) program: Result<(PathBuf, Vec<String>), String>,
    /// Who measures.
    pub(crate) timed: Timed,
    /// What it does more or less than ours.
    pub(crate) note: &'static str,
}

/// What a route came to.
pub(crate) struct Measured {
    /// The route's name.
    pub(crate) name: String,
    /// What it does more or less than ours.
    pub(crate) note: &'static str,
    /// One sample a round, or why there is none.
    pub(crate) samples: Result<Vec<Sample>, String>,
}

impl Route {
    fn run(&self) -> Result<Sample, String> {
        let (program, arguments) = self.program.as_ref().map_err(Clone::clone)?;
        run(program, arguments, self.timed).map_err(|error| format!("{error:#}"))
    }
}

/// Runs every route once a round, in turns; a route that fails once is not run again. `before` is told each turn.
pub(crate) fn interleave(routes: &[Route], rounds: usize, mut before: impl FnMut(&Route)) -> Vec<Measured> {
    let mut samples: Vec<Result<Vec<Sample>, String>> = routes.iter().map(|_| Ok(Vec::new())).collect();
    for _ in 0..rounds {
        for (route, samples) in routes.iter().zip(&mut samples) {
            let Ok(so_far) = samples else { continue };
            before(route);
            match route.run() {
                Ok(sample) => so_far.push(sample),
                Err(reason) => *samples = Err(reason),
            }
        }
    }
    let measured = routes.iter().zip(samples);
    measured.map(|(route, samples)| Measured { name: route.name.clone(), note: route.note, samples }).collect()
}

/// Runs one process to its end.
///
/// # Errors
/// When it cannot be started, fails, or prints no JSON.
pub(crate) fn run(program: &std::path::Path, arguments: &[String], timed: Timed) -> anyhow::Result<Sample> {
    let begun = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        // The peers' scripts lie among the sources, which stay as they are.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} cannot be started", program.display()))?;
    // What a route prints is one line; its errors fit a pipe as well.
    let mut stdout = String::new();
    let mut stderr = String::new();
    std::io::Read::read_to_string(&mut child.stdout.take().context("stdout is piped")?, &mut stdout)?;
    std::io::Read::read_to_string(&mut child.stderr.take().context("stderr is piped")?, &mut stderr)?;
    let used = child.wait4()?;
    let wall_secs = begun.elapsed().as_secs_f64();
    if !used.status.success() {
        anyhow::bail!("it ended with {}: {}", used.status, complaint(&stderr));
    }
    let said: Value = stdout.trim().lines().last().map_or(Ok(Value::Null), serde_json::from_str).context(stdout.clone())?;
    let cpu_secs = used.rusage.utime.as_secs_f64() + used.rusage.stime.as_secs_f64();
    let of = |name: &str, else_: f64| if timed == Timed::Inside { said[name].as_f64().unwrap_or(f64::NAN) } else { else_ };
    Ok(Sample {
        wall_secs: of("wall_secs", wall_secs),
        cpu_secs: of("cpu_secs", cpu_secs),
        rss_max_bytes: used.rusage.maxrss,
        said,
    })
}

/// The line of an error's many that says most.
fn complaint(stderr: &str) -> &str {
    let lines = || stderr.trim().lines().rev();
    lines().find(|line| line.contains("Error")).or_else(|| lines().next()).unwrap_or("it said nothing")
}

/// Middle, least and greatest of some numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    /// The median, the mean of the middle two when even.
    pub(crate) median: f64,
    /// The least.
    pub(crate) min: f64,
    /// The greatest.
    pub(crate) max: f64,
}

impl Spread {
    /// `None` of no numbers.
    pub(crate) fn of(numbers: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = numbers.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median = if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) };
        Some(Self { median, min, max })
    }

    /// As it goes into the results.
    pub(crate) fn json(self) -> Value {
        json!({ "median": self.median, "min": self.min, "max": self.max })
    }
}

/// The value below which `share` of the sorted `numbers` lie.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = (share * sorted.len().saturating_sub(1) as f64).round() as usize;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}

/// Wall and processor seconds since it was begun.
pub(crate) struct Watch {
    wall: Instant,
    cpu_secs: f64,
}

impl Watch {
    /// Begins now.
    pub(crate) fn begin() -> Self {
        Self { wall: Instant::now(), cpu_secs: cpu_secs() }
    }

    /// Wall and processor seconds.
    pub(crate) fn secs(&self) -> (f64, f64) {
        (self.wall.elapsed().as_secs_f64(), cpu_secs() - self.cpu_secs)
    }
}

fn cpu_secs() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}
