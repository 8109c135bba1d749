//! R6: snapshots damaged, cut, filled with rubbish, swapped or deleted: the board is folded anew and is the same.

use std::path::{Path, PathBuf};

use tests::Draw;
use tests::place::Place;

use crate::flips::told;
use crate::strace::run;
use crate::tally::{Finding, Tally};
use crate::victim::{LOG, appender};
use crate::{cases, copy};

const FLIPS: usize = 200;
const SAMPLED: usize = 20;

fn saved(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder.join(format!("{LOG}-derived"))).expect("snapshots were saved");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

fn digest(folder: &Path) -> Result<String, Finding> {
    let board = told(folder, &["board", "--json"]);
    if board.panicked() {
        return Err(Finding::Panic(board.error));
    }
    if board.code != Some(0) {
        return Err(Finding::Stuck(format!("{board:?}")));
    }
    let json: serde_json::Value = serde_json::from_str(&board.lines.join("\n")).expect("JSON");
    Ok(json["digest"].as_str().expect("a digest").to_owned())
}

/// Damages the newest snapshot, the older one, or both.
fn case(place: &Place, begun: &Path, damage: &mut dyn FnMut(&mut Vec<u8>), which: usize, right: &str) -> Result<(), Finding> {
    let folder = place.path("case");
    std::fs::remove_dir_all(&folder).ok();
    copy(begun, &folder);
    for (nth, file) in saved(&folder).iter().rev().enumerate().filter(|(nth, _)| which == 2 || which == *nth) {
        let mut bytes = std::fs::read(file).expect("a snapshot");
        damage(&mut bytes);
        std::fs::write(file, bytes).unwrap_or_else(|error| panic!("snapshot {nth}: {error}"));
    }
    let shown = digest(&folder)?;
    if shown == right { Ok(()) } else { Err(Finding::Wrong("the board is another".to_owned())) }
}

#[test]
fn a_snapshot_that_lies_is_folded_anew() {
    let place = Place::default();
    let begun = place.path("begun");
    std::fs::create_dir(&begun).expect("a folder");
    assert_eq!(run(appender(&begun, &["snapshots"]), &place.path("told")).code, Some(0));
    assert_eq!(saved(&begun).len(), 2, "the newest and the one before it");
    let right = digest(&begun).expect("a board");
    let mut tally = Tally::new("R6", "snapshot flipped, cut, garbled, swapped, deleted");
    let mut draw = Draw(6);
    for _ in 0..cases(SAMPLED, FLIPS) {
        let (which, bits) = (draw.below(3) as usize, draw.bits());
        let mut flip = |bytes: &mut Vec<u8>| {
            let bit = (bits % (bytes.len() as u64 * 8)) as usize;
            bytes[bit / 8] ^= 1 << (bit % 8);
        };
        tally.count(format!("bit {bits} of {which}"), case(&place, &begun, &mut flip, which, &right));
    }
    for _ in 0..cases(SAMPLED, FLIPS) / 4 {
        let (which, to) = (draw.below(3) as usize, draw.bits());
        let mut cut = |bytes: &mut Vec<u8>| bytes.truncate((to % (bytes.len() as u64)) as usize);
        tally.count(format!("cut at {to} of {which}"), case(&place, &begun, &mut cut, which, &right));
        let mut rubbish = Draw(to);
        let mut garble = |bytes: &mut Vec<u8>| bytes.iter_mut().for_each(|byte| *byte = rubbish.bits() as u8);
        tally.count(format!("rubbish {to} in {which}"), case(&place, &begun, &mut garble, which, &right));
    }
    // The older one under the newer one's name, a folder in its place, and none at all.
    let folder = place.path("case");
    let fresh = || {
        std::fs::remove_dir_all(&folder).ok();
        copy(&begun, &folder);
        saved(&folder)
    };
    let matches = |shown: Result<String, Finding>| match shown {
        Ok(shown) if shown == right => Ok(()),
        Ok(_) => Err(Finding::Wrong("the board is another".to_owned())),
        Err(finding) => Err(finding),
    };
    let files = fresh();
    std::fs::copy(&files[0], &files[1]).expect("a copy");
    tally.count("the older under the newer's name", matches(digest(&folder)));
    let files = fresh();
    std::fs::remove_file(&files[1]).and_then(|()| std::fs::create_dir(&files[1])).expect("a folder");
    tally.count("a folder in its place", matches(digest(&folder)));
    fresh();
    std::fs::remove_dir_all(folder.join(format!("{LOG}-derived"))).expect("it can be removed");
    tally.count("none", matches(digest(&folder)));
    tally.close();
}

#[test]
fn a_snapshot_that_lies_is_told_of() {
    let place = Place::default();
    let begun = place.path("begun");
    std::fs::create_dir(&begun).expect("a folder");
    assert_eq!(run(appender(&begun, &["snapshots"]), &place.path("told")).code, Some(0));
    let newest = saved(&begun).pop().expect("there is one");
    let mut bytes = std::fs::read(&newest).expect("a snapshot");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&newest, bytes).expect("it can be written");
    let board = told(&begun, &["board", "--json"]);
    assert!(board.error.contains("a snapshot is damaged"), "{board:?}");
}
