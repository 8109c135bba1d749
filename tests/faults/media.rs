//! R8: a folder that cannot be written, a medium that can only be read: the log is shown, and the console says so.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tests::place::Place;

use crate::copy;
use crate::flips::killed;
use crate::strace::run;
use crate::tally::{Finding, Tally};
use crate::victim::{LOG, begun, day, retrace};

/// Whether there is a program of this name.
pub(crate) fn which(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&folders).chain([PathBuf::from("/usr/sbin"), PathBuf::from("/sbin")]);
    folders.into_iter().any(|folder| folder.join(program).exists())
}

/// A disk of its own, gone with the value.
pub(crate) struct Mounted(PathBuf);

impl Mounted {
    /// A disk of a few MiB; `None` where this account may not mount one.
    pub(crate) fn disk(place: &Place, options: &[&str]) -> Option<Self> {
        let (image, at) = (place.path("disk.img"), place.path("disk"));
        std::fs::create_dir_all(&at).expect("a folder");
        let mut mount = Command::new("mount");
        mount.args(options);
        if options.contains(&"loop") {
            std::fs::File::create(&image).and_then(|file| file.set_len(6 << 20)).expect("a file");
            let mut format = Command::new("mkfs.ext4");
            format.args(["-q", "-F", "-b", "1024", "-m", "0"]).arg(&image).stderr(Stdio::null());
            if !which("mkfs.ext4") || !crate::spawn(&mut format).wait().is_ok_and(|status| status.success()) {
                return None;
            }
            mount.arg(&image);
        }
        mount.arg(&at).stderr(Stdio::null());
        // Two that take the same free loop device at once: one of them has to ask again.
        let mounted = (0..5).any(|_| crate::spawn(&mut mount).wait().is_ok_and(|status| status.success()));
        mounted.then_some(Self(at))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Fills it but for some bytes.
    pub(crate) fn fill(&self, with: &Path, but_for: usize) {
        let mut file = std::fs::File::create(with).expect("there is room for a name");
        let (mut n, block) = (0_u64, [7; 1_024]);
        while std::io::Write::write_all(&mut file, &block).is_ok() {
            n += block.len() as u64;
        }
        file.set_len(n.saturating_sub(but_for as u64)).expect("it can be cut");
        file.sync_all().ok();
    }

    fn read_only(&self) {
        let done = crate::spawn(Command::new("mount").args(["-o", "remount,ro"]).arg(&self.0)).wait();
        assert!(done.is_ok_and(|status| status.success()), "what was mounted can be mounted anew");
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Lazily: a process that is about to end may still have it open.
        crate::spawn(Command::new("umount").arg("-l").arg(&self.0)).wait().ok();
    }
}

/// Lays a log out in a folder.
type LayOut = fn(&Path);

/// What a verb that only looks comes to, and its document.
fn shown(folder: &Path, to: &Path, verb: &[&str]) -> (Result<(), Finding>, serde_json::Value) {
    let ran = run(retrace(folder, verb), to);
    let json: serde_json::Value = serde_json::from_str(&ran.lines.join("\n")).unwrap_or_default();
    let outcome = match ran.code {
        _ if ran.panicked() => Err(Finding::Panic(ran.error)),
        Some(0) if ran.error.contains("only read") => Ok(()),
        Some(0) => Err(Finding::Wrong(format!("it does not say that it only reads: {}", ran.error))),
        _ => Err(Finding::Stuck(format!("{verb:?}: {ran:?}"))),
    };
    (outcome, json)
}

/// Every file of a folder with its bytes.
pub(crate) fn bytes_of(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> =
        entries.filter(|path| path.is_file()).map(|path| (path.clone(), std::fs::read(path).expect("a file"))).collect();
    files.sort();
    files
}

#[test]
fn a_log_on_a_medium_that_can_only_be_read_is_shown_and_says_so() {
    let place = Place::default();
    let mut tally = Tally::new("R8", "medium remounted read-only");
    let kinds: [(&str, LayOut); 3] = [("closed", begun), ("killed", killed), ("killed, -shm left", killed_with_memory)];
    for (name, lay_out) in kinds {
        let Some(disk) = Mounted::disk(&place, &["-t", "tmpfs", "-o", "size=8m", "tmpfs"]) else {
            return tally.skip("this account may not mount");
        };
        let made = place.path(name);
        std::fs::create_dir(&made).expect("a folder");
        lay_out(&made);
        let folder = disk.path().join("log");
        copy(&made, &folder);
        disk.read_only();
        let before = bytes_of(&folder);
        for verb in [&["board", "--json"][..], &["replay", "--json"], &["metrics", "--json"]] {
            let (outcome, json) = shown(&folder, &place.path("told"), verb);
            let wrong = outcome.is_ok() && json.get("position").is_some_and(|position| *position != day().len());
            tally.count(
                format!("{name}: {verb:?}"),
                if wrong { Err(Finding::Wrong(json["position"].to_string())) } else { outcome },
            );
        }
        for verb in [&["doctor", "--json"][..], &["export"], &["verify"]] {
            let ran = run(retrace(&folder, verb), &place.path("told"));
            tally.count(
                format!("{name}: {verb:?}"),
                if ran.code == Some(0) { Ok(()) } else { Err(Finding::Stuck(format!("{ran:?}"))) },
            );
        }
        let import = run(retrace(&folder, &["simulate"]), &place.path("told"));
        let refused = import.code == Some(3) && import.error.contains("the log can only be read");
        tally.count(format!("{name}: writing"), if refused { Ok(()) } else { Err(Finding::Wrong(format!("{import:?}"))) });
        tally.count(
            format!("{name}: nothing changed"),
            if bytes_of(&folder) == before { Ok(()) } else { Err(Finding::Wrong("files changed".to_owned())) },
        );
        tally.count(format!("{name}: served"), served(&folder));
    }
    tally.close();
}

fn killed_with_memory(folder: &Path) {
    killed(folder);
    std::fs::write(folder.join(format!("{LOG}-shm")), [0; 32_768]).expect("it can be written");
}

/// The served console opens as a viewer, says so, and ends when it is told to.
fn served(folder: &Path) -> Result<(), Finding> {
    let mut serve = retrace(folder, &["serve", "--json", "--with-stdin"]);
    let child = crate::spawn(serve.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()));
    let said = child.wait_with_output().expect("it ends with its standard input");
    let error = String::from_utf8_lossy(&said.stderr).into_owned();
    match said.status.code() {
        Some(0) if error.contains("this log can only be read") => Ok(()),
        code => Err(Finding::Stuck(format!("{code:?}: {error}"))),
    }
}

/// Not the medium but the file: it may be read and not written, though the folder is there.
#[test]
fn a_log_that_may_not_be_changed_is_shown_and_not_written() {
    let place = Place::default();
    let folder = place.path("log");
    std::fs::create_dir(&folder).expect("a folder");
    begun(&folder);
    let mut tally = Tally::new("R8", "file that may not be changed (chattr +i)");
    let path = folder.join(LOG);
    let attribute = |how: &str| {
        let done = crate::spawn(Command::new("chattr").arg(how).arg(&path).stderr(Stdio::null())).wait();
        done.is_ok_and(|status| status.success())
    };
    if !attribute("+i") {
        return tally.skip("this file system or account has no chattr +i");
    }
    let board = run(retrace(&folder, &["board", "--json"]), &place.path("told"));
    let import = run(retrace(&folder, &["simulate"]), &place.path("told"));
    attribute("-i");
    tally.count("shown", if board.code == Some(0) { Ok(()) } else { Err(Finding::Stuck(format!("{board:?}"))) });
    let refused = import.code == Some(3) && import.error.contains("the log can only be read");
    tally.count("written", if refused { Ok(()) } else { Err(Finding::Wrong(format!("{import:?}"))) });
    tally.close();
}
