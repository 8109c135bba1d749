//! R7: the disk is full, or fails, at any write or sync; files may not grow; and then there is room again.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use tests::place::Place;

use crate::flips::told;
use crate::kill::{Undisturbed, fresh, laid_out, left, undisturbed};
use crate::media::{Mounted, which};
use crate::strace::{Injection, broken, permitted, run};
use crate::tally::{Finding, Tally};
use crate::victim::{LOG, Victim, appender, begun, day, victims};
use crate::{cases, copy, whole};

/// In a sample, every so-manieth place.
const EVERY: usize = 29;
/// Each fault with the calls it can befall.
const FAULTS: [(&str, &str); 7] = [
    ("pwrite64", "error=ENOSPC"),
    ("pwrite64", "error=EIO"),
    ("pwrite64", "error=EFBIG"),
    ("pwrite64", "error=EDQUOT"),
    ("fsync", "error=ENOSPC"),
    ("fsync", "error=EIO"),
    ("ftruncate", "error=EIO"),
];

fn append() -> Victim {
    victims().into_iter().find(|victim| victim.name == "append").expect("a victim has this name")
}

/// A refusal is told in one word that the console has a sentence for, and reads go on.
fn said_well(lines: &[String], words: &[&str]) -> Result<(), Finding> {
    for line in lines {
        let refused = line.strip_prefix("ERR ");
        if refused.is_some_and(|error| !words.iter().any(|word| error.starts_with(word))) {
            return Err(Finding::Wrong(format!("it says {line}")));
        }
        if line.strip_prefix("READ ").and_then(|read| read.split_once(" of ")).is_some_and(|(read, head)| read != head) {
            return Err(Finding::Stuck(format!("after a refusal it reads {line}")));
        }
    }
    Ok(())
}

#[test]
fn a_write_that_fails_is_told_and_the_next_one_succeeds() {
    if !permitted() {
        return;
    }
    let victim = append();
    let place = laid_out(&victim);
    let whole_of_it = undisturbed(&victim, &place);
    for (call, fault) in FAULTS {
        let mut tally = Tally::new("R7", format!("{} at every {call}", fault.trim_start_matches("error=")));
        let mut nth = 1;
        loop {
            let folder = fresh(&place);
            let injection = Injection { call, files: Vec::new(), fault: fault.to_owned(), nth };
            let before = run(broken(&appender(&folder, &["tries=2"]), &injection), &place.path("told"));
            tally.count(format!("{call} {nth}"), failed(&victim, &folder, &before, &whole_of_it));
            // Past the last call nothing fails any more; the calls at the close fail without a word, and lose nothing.
            let n = run(appender(&folder, &[]), &place.path("told"));
            assert_eq!(n.code, Some(0));
            nth += if whole() { 1 } else { EVERY };
            if calls_of(&victim, &place, call) < nth {
                break;
            }
        }
        tally.close();
    }
}

/// How many of a call a whole run makes.
fn calls_of(victim: &Victim, place: &Place, call: &str) -> usize {
    static COUNTED: std::sync::Mutex<std::collections::BTreeMap<String, usize>> =
        std::sync::Mutex::new(std::collections::BTreeMap::new());
    let mut counted = COUNTED.lock().expect("nobody falls over here");
    *counted.entry(call.to_owned()).or_insert_with(|| {
        let folder = fresh(place);
        let trace = place.path("trace");
        run(crate::strace::recorded(&(victim.command)(&folder), &trace), &place.path("told"));
        let text = std::fs::read_to_string(trace).expect("strace writes it down");
        text.lines().filter(|line| line.contains(&format!(" {call}("))).count()
    })
}

fn failed(victim: &Victim, folder: &Path, ran: &crate::strace::Ran, whole: &Undisturbed) -> Result<(), Finding> {
    if ran.panicked() || ran.code.is_none() {
        return Err(Finding::Panic(format!("{ran:?}")));
    }
    said_well(&ran.lines, &["disk_full", "log_storage"])?;
    let opened = ran.lines.iter().any(|line| line.starts_with("OPEN"));
    match ran.code {
        // One failure, and within the same process all went on.
        Some(0) if ran.acked() == day().len() => {}
        Some(3) if !opened => {}
        other => return Err(Finding::Stuck(format!("{other:?}: {:?}", ran.lines))),
    }
    left(victim, folder, ran.acked(), whole)
}

/// Runs the writer until it is refused, makes room, and lets it go on in the same process.
fn starved(mut command: Command, mut make_room: impl FnMut(u32), refused: &mut bool) -> Result<Vec<String>, Finding> {
    let mut child = crate::spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()));
    let mut to = child.stdin.take().expect("it was piped");
    let mut lines = Vec::new();
    for line in BufReader::new(child.stdout.take().expect("it was piped")).lines().map_while(Result::ok) {
        if line.starts_with("READ ") {
            *refused = true;
            make_room(child.id());
            to.write_all(b"go on\n").expect("it waits for this");
        }
        lines.push(line);
    }
    let code = child.wait().expect("it can be waited for").code();
    let opened = lines.iter().any(|line| line.starts_with("OPEN"));
    match code {
        Some(0) => Ok(lines),
        Some(3) if !opened => Ok(lines),
        None => Err(Finding::Panic(format!("a signal ended it after {lines:?}"))),
        other => Err(Finding::Stuck(format!("{other:?} after {lines:?}"))),
    }
}

/// After a writer was refused and, where it had opened the log, went on to its end.
fn recovered(folder: &Path, lines: &[String], whole: &Undisturbed) -> Result<(), Finding> {
    said_well(lines, &["disk_full"])?;
    let acked = lines.iter().rev().find_map(|line| line.strip_prefix("ACK ")?.parse().ok()).unwrap_or(0);
    let opened = lines.iter().any(|line| line.starts_with("OPEN"));
    if opened && acked != day().len() {
        return Err(Finding::Stuck(format!("it went on to {acked} only")));
    }
    left(&append(), folder, acked, whole)
}

#[test]
fn files_that_may_not_grow_are_told_of_and_grow_again() {
    let victim = append();
    let place = laid_out(&victim);
    let whole = undisturbed(&victim, &place);
    let mut tally = Tally::new("R7", "file size limit (SIGXFSZ), lifted while it runs");
    if !which("prlimit") {
        return tally.skip("there is no prlimit");
    }
    let mut n_refused = 0;
    let n = cases(6, 60);
    for nth in 0..n {
        let folder = fresh(&place);
        let limit = 4_096 + nth * 560_000 / n;
        let mut command = Command::new("prlimit");
        let appender = appender(&folder, &["tries=3", "asks"]);
        command.arg(format!("--fsize={limit}:unlimited")).arg(appender.get_program()).args(appender.get_args());
        let lift = |id: u32| {
            let mut lift = Command::new("prlimit");
            let lifted = crate::spawn(lift.args(["--pid", &id.to_string(), "--fsize=unlimited:unlimited"])).wait();
            assert!(lifted.is_ok_and(|status| status.success()), "its own child's limit can be lifted");
        };
        let mut refused = false;
        let outcome = starved(command, lift, &mut refused).and_then(|lines| recovered(&folder, &lines, &whole));
        n_refused += usize::from(refused);
        tally.count(format!("files of at most {limit} bytes"), outcome);
    }
    assert!(0 < n_refused, "some limits are met while facts are appended");
    tally.close();
}

/// A small disk that is filled but for some bytes, and emptied once the writer is refused.
fn small_disk(kind: &str, options: &[&str]) {
    let victim = append();
    let place = laid_out(&victim);
    let whole = undisturbed(&victim, &place);
    let mut tally = Tally::new("R7", format!("full {kind}, with room again while it runs"));
    let n = cases(5, 40);
    let mut n_refused = 0;
    for nth in 0..n {
        let Some(disk) = Mounted::disk(&place, options) else { return tally.skip("this account may not mount") };
        let folder = disk.path().join("log");
        std::fs::create_dir(&folder).expect("a folder");
        let ballast = disk.path().join("ballast");
        disk.fill(&ballast, nth * 400_000 / n);
        let free = || std::fs::remove_file(&ballast).expect("it was there");
        let mut refused = false;
        let ran = starved(appender(&folder, &["tries=3", "asks"]), |_| free(), &mut refused);
        n_refused += usize::from(refused);
        std::fs::remove_file(&ballast).ok();
        tally.count(
            format!("filled but for {} bytes", nth * 400_000 / n),
            ran.and_then(|lines| recovered(&folder, &lines, &whole)),
        );
    }
    assert!(0 < n_refused, "some disks are full while facts are appended");
    tally.close();
}

#[test]
fn a_full_memory_disk_is_told_of_and_written_again_when_there_is_room() {
    small_disk("tmpfs", &["-t", "tmpfs", "-o", "size=2m", "tmpfs"]);
}

#[test]
fn a_full_disk_of_small_blocks_is_told_of_and_kills_nobody() {
    small_disk("ext4 of 1 KiB blocks", &["-o", "loop"]);
}

/// What was in the log is shown on a disk without a byte of room: closed, and as a kill left it.
#[test]
fn a_log_on_a_full_disk_is_read() {
    let place = Place::default();
    let mut tally = Tally::new("R7", "reading on a full disk");
    let mut digests = Vec::new();
    let (memory, small_blocks) = (&["-t", "tmpfs", "-o", "size=2m", "tmpfs"][..], &["-o", "loop"][..]);
    // Between nothing and what the shared memory takes: where blocks are small, SQLite would be killed there.
    let left = [0, 8, 10, 12, 16, 24, 32].map(|kib| ("ext4 of 1 KiB blocks", small_blocks, kib << 10));
    for (kind, options, left) in [("tmpfs", memory, 0)].into_iter().chain(left) {
        for (name, lay_out) in [("closed", begun as fn(&Path)), ("killed", crate::flips::killed)] {
            let Some(disk) = Mounted::disk(&place, options) else { return tally.skip("this account may not mount") };
            let made = place.path(&format!("{kind}-{name}-{left}"));
            std::fs::create_dir(&made).expect("a folder");
            lay_out(&made);
            copy(&made, &disk.path().join("log"));
            disk.fill(&disk.path().join("ballast"), left);
            let folder = disk.path().join("log");
            let ran = run(crate::victim::retrace(&folder, &["board", "--json"]), &place.path("told"));
            let json: serde_json::Value = serde_json::from_str(&ran.lines.join("\n")).unwrap_or_default();
            digests.push(json["digest"].clone());
            let outcome = match ran.code {
                Some(0) if json["position"] == day().len() => Ok(()),
                Some(0) => Err(Finding::Wrong(format!("it shows {} facts", json["position"]))),
                None => Err(Finding::Panic(format!("{ran:?}"))),
                Some(_) => Err(Finding::Stuck(format!("{ran:?}"))),
            };
            tally.count(format!("{kind}, {left} bytes left, {name}"), outcome);
            // And a writer is refused in words, whether or not there is a log yet.
            for at in [folder.join(LOG), disk.path().join("new.retrace")] {
                let mut import = tests::program::command();
                import.arg("--log").arg(&at).args(["simulate", "--days", "1", "--agents", "2"]);
                let ran = run(import, &place.path("told"));
                let outcome = match ran.code {
                    Some(3) if ran.error.contains("the disk is full") => Ok(()),
                    None => Err(Finding::Panic(format!("{ran:?}"))),
                    Some(_) => Err(Finding::Wrong(format!("{ran:?}"))),
                };
                tally.count(format!("{kind}, {left} bytes left, {name}, writing"), outcome);
            }
        }
    }
    assert!(digests.windows(2).all(|pair| pair[0] == pair[1]), "and it is the same board: {digests:?}");
    tally.close();
}

/// A disk that cannot be read at some place: told, or not needed; never another figure.
#[test]
fn a_read_that_fails_is_told() {
    if !permitted() {
        return;
    }
    let place = Place::default();
    let folder = place.path("log");
    std::fs::create_dir(&folder).expect("a folder");
    begun(&folder);
    let digest = |ran: &crate::strace::Ran| {
        serde_json::from_str::<serde_json::Value>(&ran.lines.join("\n")).unwrap_or_default()["digest"].clone()
    };
    let right = digest(&told(&folder, &["replay", "--json"]));
    let mut tally = Tally::new("R7", "EIO at every read");
    for nth in 1..=cases(6, 60) {
        let injection = Injection { call: "pread64", files: vec![folder.join(LOG)], fault: "error=EIO".to_owned(), nth };
        let ran = run(broken(&crate::victim::retrace(&folder, &["replay", "--json"]), &injection), &place.path("told"));
        let outcome = match ran.code {
            _ if ran.panicked() => Err(Finding::Panic(ran.error)),
            Some(0) if digest(&ran) == right => Ok(()),
            Some(0) => Err(Finding::Wrong("another board".to_owned())),
            Some(3) => Ok(()),
            other => Err(Finding::Stuck(format!("{other:?}: {}", ran.error))),
        };
        tally.count(format!("read {nth}"), outcome);
    }
    tally.close();
}
