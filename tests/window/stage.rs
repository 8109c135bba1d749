//! What a window needs around it: a virtual display, a session bus, folders of its own. All children end with it.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::glass::Kind;

/// A program that ends with its owner.
pub struct Attendant(Child);

impl Attendant {
    pub fn start(command: &mut Command) -> Self {
        let child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn();
        Self(child.unwrap_or_else(|error| panic!("{command:?} does not start: {error}")))
    }

    /// The first line it prints.
    pub fn first_line(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
        line.trim().to_owned()
    }
}

impl Drop for Attendant {
    fn drop(&mut self) {
        // One that has ended by itself needs no end.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// A display, a bus and folders.
pub struct Stage {
    pub display: String,
    pub bus: String,
    pub folder: tempfile::TempDir,
    _attendants: Vec<Attendant>,
}

impl Stage {
    pub fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["data", "config", "cache", "runtime"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let mut display = Attendant::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1440x1000x24", "-nolisten", "tcp"])
                .stdout(Stdio::piped()),
        );
        let number = display.first_line();
        let mut bus = Attendant::start(
            Command::new("dbus-daemon").args(["--session", "--nofork", "--print-address=1"]).stdout(Stdio::piped()),
        );
        let address = bus.first_line();
        Self { display: format!(":{number}"), bus: address, folder, _attendants: vec![display, bus] }
    }

    pub fn log(&self) -> PathBuf {
        self.folder.path().join("desk.retrace")
    }

    /// A command that runs on this stage and touches nothing of the person whose machine it is.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        let folder = |name: &str| self.folder.path().join(name);
        command
            .env("DISPLAY", &self.display)
            .env_remove("WAYLAND_DISPLAY")
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("XDG_DATA_HOME", folder("data"))
            .env("XDG_CONFIG_HOME", folder("config"))
            .env("XDG_CACHE_HOME", folder("cache"))
            .env("XDG_RUNTIME_DIR", folder("runtime"));
        command
    }
}

/// Where cargo put the programs: beside this test's own folder.
pub fn built(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().and_then(Path::parent).unwrap().join(name)
}

/// The first program that a pane needs and this machine lacks.
pub fn missing(kind: Kind) -> Option<&'static str> {
    let programs: &[&str] = match kind {
        Kind::Window => &["Xvfb", "dbus-daemon", "WebKitWebDriver"],
        Kind::Browser => &["Xvfb", "dbus-daemon", "chromedriver", "chromium"],
    };
    let absent = |program: &&&str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        !std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    };
    programs.iter().find(absent).copied().or_else(|| match kind {
        Kind::Window if !built("retrace-window").is_file() => Some("the window itself"),
        Kind::Browser if !built("retrace").is_file() => Some("the command line itself"),
        Kind::Window | Kind::Browser => None,
    })
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// Runs a program to its end and gives what it printed.
pub fn run(command: &mut Command) -> String {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(child.wait().unwrap().success(), "{command:?}");
    text
}
