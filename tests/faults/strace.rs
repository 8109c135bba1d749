//! System calls that kill, fail or are written down, by `strace`: the program itself is the one that is shipped.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::media::which;

/// Whether this machine lets a process be traced; says so once when it does not.
pub(crate) fn permitted() -> bool {
    static PERMITTED: OnceLock<bool> = OnceLock::new();
    *PERMITTED.get_or_init(|| {
        let mut tried = Command::new("strace");
        tried.args(["-qq", "-o", "/dev/null", "true"]).stderr(Stdio::null());
        let permitted = which("strace") && crate::spawn(&mut tried).wait().is_ok_and(|status| status.success());
        if !permitted {
            println!("skipped: strace is not here or may not trace; no system call is broken");
        }
        permitted
    })
}

/// What is done to the `nth` of some system calls.
#[derive(Clone, Debug)]
pub(crate) struct Injection {
    /// The system call.
    pub(crate) call: &'static str,
    /// Only those that touch these files; all of them when empty.
    pub(crate) files: Vec<PathBuf>,
    /// `signal=SIGKILL`, `error=ENOSPC` and the like.
    pub(crate) fault: String,
    /// Counted from 1, per thread.
    pub(crate) nth: usize,
}

/// The same command with a system call broken.
pub(crate) fn broken(command: &Command, injection: &Injection) -> Command {
    let Injection { call, files, fault, nth } = injection;
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={call}")]);
    strace.args(["-e", &format!("inject={call}:{fault}:when={nth}")]);
    for file in files {
        strace.arg("-P").arg(file);
    }
    continued(strace, command)
}

/// The same command with its writes, and what makes them last, written down in `to`.
pub(crate) fn recorded(command: &Command, to: &Path) -> Command {
    let calls = "trace=pwrite64,write,fsync,fdatasync,ftruncate,rename,unlink,openat,mkdir";
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-xx", "-y", "-s", "70000", "--seccomp-bpf", "-e", calls, "-o"]).arg(to);
    continued(strace, command)
}

fn continued(mut strace: Command, command: &Command) -> Command {
    strace.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => strace.env(name, value),
            None => strace.env_remove(name),
        };
    }
    strace.stdin(Stdio::null());
    strace
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Its exit code; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    /// Lines of its standard output.
    pub(crate) lines: Vec<String>,
    /// Its standard error.
    pub(crate) error: String,
}

impl Ran {
    /// How many facts it was told are in the log for good; 0 when nothing was acknowledged.
    pub(crate) fn acked(&self) -> usize {
        self.lines.iter().rev().find_map(|line| line.strip_prefix("ACK ")?.parse().ok()).unwrap_or(0)
    }

    /// Whether a thread of it fell over.
    pub(crate) fn panicked(&self) -> bool {
        self.error.contains("panicked at") || self.code == Some(101)
    }
}

/// Runs a command with its standard output going into the file `told`, as a person's shell would.
pub(crate) fn run(mut command: Command, told: &Path) -> Ran {
    let out = std::fs::File::create(told).expect("the folder can be written");
    let child = crate::spawn(command.stdout(out).stderr(Stdio::piped()));
    let done = child.wait_with_output().expect("the command runs");
    let text = std::fs::read_to_string(told).expect("the program prints UTF-8");
    Ran {
        code: done.status.code(),
        lines: text.lines().map(str::to_owned).collect(),
        error: String::from_utf8_lossy(&done.stderr).into_owned(),
    }
}
