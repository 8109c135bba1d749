//! R3: the power goes at any moment, and what was not synced is there, or not, or torn.

use std::path::PathBuf;

use tests::Draw;
use tests::place::Place;

use crate::cases;
use crate::image::{Deed, Disk, Fate, deeds};
use crate::kill::{fresh, laid_out, left, undisturbed};
use crate::strace::{permitted, recorded, run};
use crate::tally::{Finding, Tally};
use crate::victim::{LOG, Victim, victims};

/// Images of each victim.
const IMAGES: usize = 1_000;
const SAMPLED: usize = 25;

/// Runs a victim; its place, the folder it ran in, and all that it did to the disk there.
fn written_down(victim: &Victim) -> (Place, PathBuf, Vec<Deed>) {
    let place = laid_out(victim);
    let folder = fresh(&place);
    let (trace, told) = (place.path("trace"), place.path("told"));
    let ran = run(recorded(&(victim.command)(&folder), &trace), &told);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let deeds = deeds(&std::fs::read_to_string(&trace).expect("strace writes it down"), &folder, &told);
    (place, folder, deeds)
}

fn cut(name: &str) {
    if !permitted() {
        return;
    }
    let victims = victims();
    let victim = victims.iter().find(|victim| victim.name == name).expect("a victim has this name");
    let (place, folder, deeds) = written_down(victim);
    let whole = undisturbed(victim, &place);
    let mut tally = Tally::new("R3", format!("power cut, torn sectors: {name}"));
    let mut draw = Draw(33);
    let images = cases(SAMPLED, IMAGES);
    for nth in 0..images {
        let moment = draw.below(deeds.len() as u64 + 1) as usize;
        let fate = [Fate::Dropped, Fate::Kept, Fate::Torn, Fate::Torn][nth % 4];
        let mut disk = Disk::with(&place.path("begun"), &folder);
        deeds.iter().take(moment).for_each(|deed| disk.apply(deed));
        let found = Place::default();
        disk.lay_out(&found.path(""), &folder, fate, &mut draw);
        // What is in memory goes with the power.
        std::fs::remove_file(found.path(&format!("{LOG}-shm"))).ok();
        let outcome = if found.log_path().exists() {
            (victim.at_once)(&found.path("")).and_then(|()| left(victim, &found.path(""), disk.acked, &whole))
        } else if disk.acked == 0 {
            Ok(())
        } else {
            Err(Finding::Lost(format!("the log is gone, and {} events were acknowledged", disk.acked)))
        };
        tally.count(format!("after {moment} of {} deeds, {fate:?}", deeds.len()), outcome);
    }
    tally.close();
}

#[test]
fn the_power_goes_while_facts_are_appended() {
    cut("append");
}

#[test]
fn the_power_goes_while_snapshots_are_saved() {
    cut("snapshot");
}

#[test]
fn the_power_goes_while_a_file_is_imported() {
    cut("import");
}

#[test]
fn the_power_goes_while_the_layout_changes() {
    cut("migration");
}

#[test]
fn the_power_goes_while_a_customer_is_forgotten() {
    cut("erasure");
}

/// The injector has teeth: on a disk whose syncs are lies, what was acknowledged does go.
#[test]
fn without_its_syncs_the_log_would_lose_what_it_acknowledged() {
    if !permitted() {
        return;
    }
    let victims = victims();
    let victim = victims.iter().find(|victim| victim.name == "append").expect("a victim has this name");
    let (place, folder, deeds) = written_down(victim);
    let mut disk = Disk::with(&place.path("begun"), &folder);
    deeds.iter().filter(|deed| !matches!(deed, Deed::Sync(path) if path.is_file())).for_each(|deed| disk.apply(deed));
    let found = Place::default();
    disk.lay_out(&found.path(""), &folder, Fate::Dropped, &mut Draw(1));
    let whole = undisturbed(victim, &place);
    let outcome = left(victim, &found.path(""), disk.acked, &whole);
    assert!(matches!(outcome, Err(Finding::Lost(_))), "{outcome:?}");
}

/// The images themselves: with nothing dropped, what they hold at the end is what the program left.
#[test]
fn an_image_with_nothing_dropped_is_what_the_program_left() {
    if !permitted() {
        return;
    }
    let victims = victims();
    let victim = victims.iter().find(|victim| victim.name == "append").expect("a victim has this name");
    let (place, folder, deeds) = written_down(victim);
    let mut disk = Disk::with(&place.path("begun"), &folder);
    deeds.iter().for_each(|deed| disk.apply(deed));
    let found = Place::default();
    disk.lay_out(&found.path(""), &folder, Fate::Kept, &mut Draw(1));
    let read = |folder: std::path::PathBuf| std::fs::read(folder.join(LOG)).expect("the log");
    assert!(read(found.path("")) == read(folder), "byte for byte");
    assert_eq!(disk.acked, crate::victim::day().len());
}
