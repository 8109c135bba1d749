//! R1: killed at every write, sync, cut, renaming and removal, one after the other.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use tests::place::Place;

use crate::strace::{self, Injection, Ran, broken, run};
use crate::tally::{Finding, Tally};
use crate::victim::{Victim, open, victims};
use crate::{boards, copy, wait, whole};

/// The calls that change what is on disk.
const CALLS: [&str; 6] = ["pwrite64", "fsync", "ftruncate", "unlink", "rename", "mkdir"];
/// A log that was left by a kill opens within this.
const REOPENED: Duration = Duration::from_secs(2);
/// In a sample, every so-manieth place.
const EVERY: usize = 23;

/// What a victim comes to when nothing is done to it.
pub(crate) struct Undisturbed {
    pub(crate) facts: Vec<String>,
    pub(crate) end: String,
}

/// A folder laid out for a victim, to be copied for each case.
pub(crate) fn laid_out(victim: &Victim) -> Place {
    let place = Place::default();
    std::fs::create_dir(place.path("begun")).expect("a folder");
    (victim.prepare)(&place.path("begun"));
    place
}

/// A fresh copy of it.
pub(crate) fn fresh(place: &Place) -> std::path::PathBuf {
    let folder = place.path("case");
    std::fs::remove_dir_all(&folder).ok();
    copy(&place.path("begun"), &folder);
    folder
}

pub(crate) fn undisturbed(victim: &Victim, place: &Place) -> Undisturbed {
    let folder = fresh(place);
    let ran = run((victim.command)(&folder), &place.path("told"));
    assert_eq!(ran.code, Some(0), "{} runs when nothing is done to it: {ran:?}", victim.name);
    Undisturbed { facts: (victim.facts)(&folder), end: (victim.end)(&folder) }
}

/// Looks at what is left, then lets the victim run again: nothing acknowledged is gone, and it comes to the same end.
pub(crate) fn survived(victim: &Victim, folder: &Path, ran: &Ran, whole: &Undisturbed) -> Result<(), Finding> {
    if ran.panicked() {
        return Err(Finding::Panic(ran.error.clone()));
    }
    (victim.at_once)(folder)?;
    left(victim, folder, ran.acked(), whole)?;
    let again = run((victim.command)(folder), &folder.join("told"));
    if again.code != Some(0) {
        return Err(Finding::Stuck(format!("{again:?}")));
    }
    if (victim.facts)(folder) != whole.facts {
        return Err(Finding::Wrong("taken up again, it comes to other facts".to_owned()));
    }
    if (victim.end)(folder) != whole.end {
        return Err(Finding::Wrong("taken up again, it comes to another end".to_owned()));
    }
    Ok(())
}

/// What is in the log now: no more and no other than the first facts of the whole, and all that was acknowledged.
pub(crate) fn left(victim: &Victim, folder: &Path, acked: usize, whole: &Undisturbed) -> Result<(), Finding> {
    let begun = Instant::now();
    let told = wait(async {
        let log = open(folder).await?;
        let opened = begun.elapsed();
        let told = boards(&log).await.map(|(opened, folded)| opened == folded);
        log.close().await;
        Ok::<_, console::log::LogError>((opened, told?))
    });
    let (opened, same) = told.map_err(|error| Finding::Stuck(error.to_string()))?;
    if REOPENED < opened {
        return Err(Finding::Stuck(format!("it took {opened:?} to open")));
    }
    if !same {
        return Err(Finding::Wrong("the board is not the one folded from nothing".to_owned()));
    }
    let facts = (victim.facts)(folder);
    if facts.len() < acked {
        return Err(Finding::Lost(format!("{acked} events were acknowledged, {} are left", facts.len())));
    }
    if !whole.facts.starts_with(&facts) {
        return Err(Finding::Wrong("the facts are not the first of the whole".to_owned()));
    }
    Ok(())
}

/// Kills a victim at one place; `None` once there is no such place any more.
fn kill(victim: &Victim, place: &Place, injection: &Injection, whole: &Undisturbed) -> Option<Result<(), Finding>> {
    let folder = fresh(place);
    let command: Command = broken(&(victim.command)(&folder), injection);
    let ran = run(command, &place.path("told"));
    if ran.code.is_some() {
        assert_eq!(ran.code, Some(0), "{}, not killed: {ran:?}", victim.name);
        return None;
    }
    Some(survived(victim, &folder, &ran, whole))
}

fn everywhere(name: &str) {
    if !strace::permitted() {
        return;
    }
    let victims = victims();
    let victim = victims.iter().find(|victim| victim.name == name).expect("a victim has this name");
    let place = laid_out(victim);
    let undisturbed = undisturbed(victim, &place);
    let mut tally = Tally::new("R1", format!("kill at every system call: {name}"));
    let apart = (victim.apart)(&place.path("case"));
    let mut kinds: Vec<(&'static str, Vec<std::path::PathBuf>)> = CALLS.map(|call| (call, Vec::new())).into();
    if !apart.is_empty() {
        kinds.extend(["pwrite64", "write", "fsync"].map(|call| (call, apart.clone())));
    }
    let step = if whole() { 1 } else { EVERY };
    for (call, files) in kinds {
        let mut nth = 1;
        loop {
            let injection = Injection { call, files: files.clone(), fault: "signal=SIGKILL".to_owned(), nth };
            let Some(outcome) = kill(victim, &place, &injection, &undisturbed) else { break };
            tally.count(format!("{call} {nth}"), outcome);
            nth += step;
        }
    }
    tally.close();
}

#[test]
fn an_append_killed_at_any_write_keeps_what_it_acknowledged() {
    everywhere("append");
}

#[test]
fn an_import_killed_at_any_write_goes_on_to_the_same_end() {
    everywhere("import");
}

#[test]
fn a_snapshot_killed_at_any_write_is_never_believed_by_halves() {
    everywhere("snapshot");
}

#[test]
fn an_export_killed_at_any_write_never_looks_finished() {
    everywhere("export");
}

#[test]
fn a_migration_killed_at_any_write_leaves_one_layout_or_the_other() {
    everywhere("migration");
}

#[test]
fn an_erasure_killed_at_any_write_is_carried_out_when_it_is_asked_for_again() {
    everywhere("erasure");
}
