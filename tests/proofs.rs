//! Laws of the tree, and proofs that strangers accept.

use console::clock::Clock;
use console::envelope::{Columns, Hasher, Sealed};
use console::log::EventLog;
use console::log::sqlite::SqliteLog;
use console::merkle::{self, Frontier, Hash, Tiles};
use console::note::{Head, Verifier, head_of, sign};
use console::verification::verify;
use console::witness::Witness;
use proptest::prelude::*;
use tests::made_up::{EVENING, config, one_day};
use tests::place::Place;
use tests::program::run;
use tests::{Draw, oracle};

fn contents(n: u64) -> Vec<Vec<u8>> {
    (0..n).map(|number| format!("event {number}").into_bytes()).collect()
}

/// A tree of these leaves, written in batches as the keeper writes it: full tiles once, open ones after each batch.
fn tiles(contents: &[Vec<u8>], batches: &[usize]) -> (Frontier, Tiles) {
    let (mut tree, mut tiles, mut rest) = (Frontier::default(), Tiles::default(), contents);
    let mut sizes = batches.iter().copied().cycle();
    while !rest.is_empty() {
        let batch = sizes.next().unwrap_or(1).clamp(1, rest.len());
        for content in &rest[..batch] {
            tree.push(merkle::leaf(content), |(level, number, hashes)| drop(tiles.0.insert((level, number), hashes)));
        }
        tiles.0.extend(tree.open_tiles().map(|(level, number, hashes)| ((level, number), hashes)));
        // What is taken up from its tiles is what was left.
        let again = Frontier::at(tree.size(), |level, number| tiles.0.get(&(level, number)).cloned());
        tree = again.expect("every tile was written");
        rest = &rest[batch..];
    }
    (tree, tiles)
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn tiles_in_any_batches_are_the_tree_of_the_recursion(n in 0..1_300_u64, batches in prop::collection::vec(1..400_usize, 1..5), part in 0.0..1.0_f64) {
        let contents = contents(n);
        let (tree, tiles) = tiles(&contents, &batches);
        prop_assert_eq!(tree.root(), oracle::recursion(&contents));
        let size = (n as f64 * part) as u64;
        prop_assert_eq!(tiles.root(size), Some(oracle::recursion(&contents[..size as usize])), "of an earlier size");
        let earlier = Frontier::at(size, |level, number| tiles.0.get(&(level, number)).cloned()).expect("a tree");
        prop_assert_eq!(earlier.root(), oracle::recursion(&contents[..size as usize]));
    }

    #[test]
    fn every_envelope_is_canonical_json(names in prop::collection::vec("\\PC{0,20}|[\\x00-\\x1f\"\\\\/]{0,6}", 3), numbers in any::<[i64; 5]>(), id in any::<[u8; 16]>(), data in any::<Vec<u8>>()) {
        let [stream, event_type, subject] = [0, 1, 2].map(|place| names[place].as_str());
        let columns = Columns {
            position: numbers[0], stream, version: numbers[1], id, event_type, schema: numbers[2], occurred_us: numbers[3],
            recorded_us: numbers[4], meta: b"{}", data: &data, sealed: data.first().map(|_| Sealed { subject, bytes: &data }),
        };
        let envelope = Hasher::default().envelope(&columns);
        let value: serde_json::Value = serde_json::from_slice(&envelope).expect("an envelope is JSON");
        let canonical = serde_json_canonicalizer::to_vec(&value).expect("it has a canonical form");
        prop_assert_eq!(String::from_utf8_lossy(&envelope), String::from_utf8_lossy(&canonical));
        prop_assert_eq!(value["stream"].as_str(), Some(stream));
        prop_assert_eq!(value["position"].as_str().and_then(|text| text.parse().ok()), Some(numbers[0]));
    }
}

#[test]
fn tiles_of_three_levels_are_the_tree_of_the_recursion() {
    let all = contents(66_000);
    let (tree, tiles) = tiles(&all, &[16_384, 1, 999]);
    assert_eq!(tree.root(), oracle::recursion(&all));
    for size in [255, 256, 257, 65_535, 65_536, 65_537] {
        assert_eq!(tiles.root(size), Some(oracle::recursion(&all[..size as usize])), "{size}");
    }
    for index in [0, 255, 256, 65_535, 65_536, 65_999] {
        let proof = merkle::inclusion(&tiles, index, 66_000).expect("a proof");
        assert_eq!(oracle::included(&all[index as usize], index, 66_000, &proof, &tree.root()), [true; 2], "{index}");
    }
}

#[test]
fn every_proof_is_accepted_by_three_verifiers() {
    let all = contents(300);
    let (_, tiles) = tiles(&all, &[300]);
    let roots: Vec<Hash> = (0..=300).map(|size| tiles.root(size).expect("a root")).collect();
    let (mut inclusions, mut consistencies) = (0, 0);
    for size in (1..=70_u64).chain([127, 128, 129, 255, 256, 257, 299, 300]) {
        let root = &roots[size as usize];
        for index in 0..size {
            let proof = merkle::inclusion(&tiles, index, size).expect("a proof");
            let content = &all[index as usize];
            assert!(merkle::included(&merkle::leaf(content), index, size, &proof, root), "{index} of {size}");
            assert_eq!(oracle::included(content, index, size, &proof, root), [true; 2], "{index} of {size}");
            inclusions += 1;
        }
        for from in 1..=size {
            let proof = merkle::consistency(&tiles, from, size).expect("a proof");
            let old = &roots[from as usize];
            assert!(merkle::consistent(from, old, size, root, &proof), "{from} to {size}");
            assert_eq!(oracle::consistent((from, old), (size, root), &proof), [true; 2], "{from} to {size}");
            consistencies += 1;
        }
        assert!(merkle::consistent(0, &merkle::empty_root(), size, root, &[]), "everything begins with nothing");
    }
    assert_eq!(merkle::inclusion(&tiles, 300, 300), None);
    assert_eq!(merkle::consistency(&tiles, 301, 300), None);
    println!("{inclusions} inclusion and {consistencies} consistency proofs");
}

/// Every way to spoil a proof's hashes: each bit, each hash left out, doubled, or in another's place.
fn spoiled(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut all = Vec::new();
    for place in 0..proof.len() {
        for bit in 0..256 {
            let mut forged = proof.to_vec();
            forged[place][bit / 8] ^= 1 << (bit % 8);
            all.push(forged);
        }
        let (mut without, mut doubled) = (proof.to_vec(), proof.to_vec());
        without.remove(place);
        doubled.insert(place, proof[place]);
        all.extend([without, doubled]);
        for other in 0..place {
            let mut swapped = proof.to_vec();
            swapped.swap(place, other);
            all.push(swapped);
        }
    }
    all.push([proof, &[[0; 32]]].concat());
    all
}

#[test]
fn no_forged_proof_is_accepted_by_any_verifier() {
    let all = contents(300);
    let (_, tiles) = tiles(&all, &[300]);
    let root = |size: u64| tiles.root(size).expect("a root");
    let (mut tried, mut shapes) = (0, 0);
    for (index, size) in [(0, 1), (0, 2), (1, 3), (2, 7), (6, 7), (100, 129), (255, 256), (256, 257), (299, 300)] {
        let (proof, content) = (merkle::inclusion(&tiles, index, size).expect("a proof"), &all[index as usize]);
        let ours = |content: &[u8], index, proof: &[Hash], hash: &Hash| {
            merkle::included(&merkle::leaf(content), index, size, proof, hash)
        };
        for forged in spoiled(&proof) {
            assert!(!ours(content, index, &forged, &root(size)), "{index} of {size}");
            assert_eq!(oracle::included(content, index, size, &forged, &root(size)), [false; 2], "{index} of {size}");
            tried += 1;
        }
        for other in (0..size + 2).filter(|other| *other != index) {
            assert!(!ours(content, other, &proof, &root(size)), "{index} as {other} of {size}");
            assert_eq!(oracle::included(content, other, size, &proof, &root(size)), [false; 2], "{index} as {other}");
            tried += 1;
        }
        assert!(!ours(b"another event", index, &proof, &root(size)) && !ours(content, index, &proof, &root(size).map(|b| !b)));
    }
    for (from, to) in [(1, 2), (2, 3), (3, 7), (4, 7), (64, 65), (100, 129), (128, 300), (255, 257), (299, 300)] {
        let proof = merkle::consistency(&tiles, from, to).expect("a proof");
        let (old, new) = (root(from), root(to));
        for forged in spoiled(&proof) {
            assert!(!merkle::consistent(from, &old, to, &new, &forged), "{from} to {to}");
            assert_eq!(oracle::consistent((from, &old), (to, &new), &forged), [false; 2], "{from} to {to}");
            tried += 1;
        }
        let mut other = old;
        other[7] ^= 1;
        for (old, new) in [(&other, &new), (&old, &other), (&new, &old)] {
            assert!(
                !merkle::consistent(from, old, to, new, &proof)
                    && oracle::consistent((from, old), (to, new), &proof) == [false; 2]
            );
            tried += 1;
        }
        // A size is no part of a root: who lies about sizes is caught by the checkpoint's signature. Here it is enough
        // that we never accept what the others refuse.
        for (from, to) in [(from + 1, to), (from.saturating_sub(1), to), (from, to + 1), (from, to.saturating_sub(1))] {
            if merkle::consistent(from, &old, to, &new, &proof) && 0 < from {
                assert!(oracle::consistent((from, &old), (to, &new), &proof)[1], "{from} to {to}");
                shapes += 1;
            }
            tried += 1;
        }
    }
    println!("{tried} forged proofs, {shapes} of them with a wrong size that only a checkpoint can tell");
}

#[test]
fn a_checkpoint_is_read_by_others_and_no_changed_byte_of_it_is() {
    let seed = [7; 32];
    let head = Head { origin: "retrace/00112233445566778899aabbccddeeff".to_owned(), size: 20_852_163, root: [9; 32] };
    let (checkpoint, key) = (sign(head.clone(), &seed), Verifier::of_seed(&head.origin, &seed));
    assert_eq!(oracle::signed(&checkpoint.note, &key.to_string()), Some((head.origin.clone(), head.size, head.root)));
    assert_eq!(Verifier::parse(&key.to_string()), Ok(key.clone()));
    assert_eq!(key.open(&checkpoint.note).map(|read| read.head), Ok(head.clone()));
    let (mut tried, bytes) = (0, checkpoint.note.as_bytes());
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut forged = bytes.to_vec();
            forged[place] ^= 1 << bit;
            tried += 1;
            if let Ok(text) = String::from_utf8(forged) {
                assert!(key.open(&text).is_err(), "byte {place}, bit {bit}: {text}");
            }
        }
        let cut = std::str::from_utf8(&bytes[..place]).unwrap_or_default();
        assert!(key.open(cut).is_err(), "cut at {place}");
    }
    let other = sign(head.clone(), &[8; 32]);
    assert!(key.open(&other.note).is_err(), "another key");
    let cosigned = format!("{}— witness.example/w1 {}\n", checkpoint.note, "mJirIkpq8Q==");
    assert_eq!(key.open(&cosigned).map(|read| read.head), Ok(head), "cosignatures of others are passed over");
    println!("{tried} changed checkpoints");
}

/// A log that was signed in the middle of its growth; its checkpoints.
async fn grown(place: &Place) -> Vec<String> {
    let log = SqliteLog::open_witnessed(&place.log_path(), Clock::chosen(EVENING), Witness::at(&place.path("witness"))).await;
    let log = log.expect("a log can be made");
    let (facts, mut draw, mut notes) = (one_day(60, 4), Draw(11), Vec::new());
    let mut rest = &facts[..];
    while !rest.is_empty() {
        let n = (1 + draw.below(120) as usize).min(rest.len());
        log.ingest(rest[..n].to_vec(), |_ingested| Vec::new()).await.expect("taken");
        notes.push(log.checkpoint().await.expect("it is signed").expect("there is something to sign").note);
        rest = &rest[n..];
    }
    log.close().await;
    notes
}

#[tokio::test]
async fn old_checkpoints_are_kept_to_after_any_growth() {
    let place = Place::default();
    let notes = grown(&place).await;
    assert!(5 < notes.len(), "{}", notes.len());
    let report = verify(&place.log_path(), &Witness::at(&place.path("witness")), &notes, &|_, _| {}).await.expect("verified");
    assert_eq!((report.findings, report.unverified), (vec![], vec![]));
    assert_eq!((report.verified_to, report.checkpoints), (report.size, notes.len() as u64));
    let files: Vec<_> = notes.iter().enumerate().map(|(n, note)| place.file(&format!("{n}.checkpoint"), note)).collect();
    for pair in files.windows(2).chain([&[files[0].clone(), files[files.len() - 1].clone()][..]]) {
        let [from, to] = [&pair[0], &pair[1]].map(|file| file.to_str().expect("a path"));
        let proof = run(&place.log_path(), &["prove", "--from", from, "--to", to, "--json"]).json();
        let hashes: Vec<Hash> = proof["proof"].as_array().expect("hashes").iter().map(hash).collect();
        let [old, new] = ["from", "to"].map(|name| (proof[name]["size"].as_u64().expect("a size"), hash(&proof[name]["root"])));
        assert_eq!(oracle::consistent((old.0, &old.1), (new.0, &new.1), &hashes), [true; 2], "{proof}");
        assert_eq!(head_of(&std::fs::read_to_string(from).expect("a file")).expect("a head").root, old.1);
    }
}

fn hash(value: &serde_json::Value) -> Hash {
    let text = value.as_str().expect("base64");
    tlog_tiles::Hash::parse_hash(text).expect("a hash").0
}

#[tokio::test]
async fn a_stranger_can_check_an_event_with_nothing_of_ours() {
    let place = Place::default();
    let notes = grown(&place).await;
    let log = place.log_path();
    let key = run(&log, &["checkpoint", "--json"]).json()["verifier"].as_str().expect("a key").to_owned();
    let size = head_of(&notes[notes.len() - 1]).expect("a head").size;
    for index in [0, 1, 77, 255, 256, size - 1] {
        let said = run(&log, &["prove", &format!("@{index}")]);
        let (top, note) = said.out.split_once("\n\n").expect("a checkpoint follows");
        let (origin, of, root) = oracle::signed(note, &key).expect("it is signed");
        assert!(origin.starts_with("retrace/") && of == size);
        let mut lines = top.lines();
        assert_eq!(lines.next(), Some("c2sp.org/tlog-proof@v1"));
        let extra = lines.next().and_then(|line| line.strip_prefix("extra ")).expect("the envelope");
        assert_eq!(lines.next(), Some(format!("index {index}").as_str()));
        let hashes: Vec<Hash> = lines.map(|line| tlog_tiles::Hash::parse_hash(line).expect("a hash").0).collect();
        let proof = run(&log, &["prove", &index.to_string(), "--json"]).json();
        let envelope = proof["envelope"].as_str().expect("an envelope");
        assert!(!extra.is_empty() && envelope.contains(&format!("\"position\":\"{index}\"")), "{envelope}");
        assert_eq!(oracle::included(envelope.as_bytes(), index, of, &hashes, &root), [true; 2], "{index}");
        let id = serde_json::from_str::<serde_json::Value>(envelope).expect("JSON")["id"].as_str().expect("an id").to_owned();
        assert_eq!(run(&log, &["prove", &id]).out, said.out, "by its id too");
    }
    let none = run(&log, &["prove", &format!("@{size}")]);
    assert_eq!(none.code, 1, "{none:?}");
}

#[tokio::test]
async fn a_short_script_without_our_code_checks_both_kinds_of_proof() {
    let place = Place::default();
    grown(&place).await;
    let script = tests::place::repository().join("tests/verify_proof.py");
    let python = |arguments: &[&std::ffi::OsStr]| std::process::Command::new("python3").args(arguments).output();
    if !python(&["-c".as_ref(), "import cryptography".as_ref()]).is_ok_and(|said| said.status.success()) {
        println!("skipped: python3 with `cryptography` is not here");
        return;
    }
    let log = place.log_path();
    let key = run(&log, &["checkpoint", "--json"]).json()["verifier"].as_str().expect("a key").to_owned();
    let [event, growth, old] = ["event.tlog-proof", "growth.proof", "old"].map(|name| place.path(name));
    let early = run(&log, &["prove", "--from", "200", "--json", "--out", growth.to_str().expect("a path")]).json();
    assert_eq!(run(&log, &["prove", "@200", "--out", event.to_str().expect("a path")]).code, 0);
    std::fs::write(&old, early["from"]["root"].as_str().expect("a root")).expect("written");
    let check = |file: &std::path::Path, key: &str| {
        let said = python(&[script.as_os_str(), file.as_os_str(), key.as_ref(), old.as_os_str()]).expect("python runs");
        (said.status.success(), String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).into_owned())
    };
    for file in [&event, &growth] {
        let (good, said) = check(file, &key);
        assert!(good, "{}: {said}", file.display());
        let text = std::fs::read_to_string(file).expect("a proof");
        let lines: Vec<&str> = text.lines().collect();
        for place in (0..lines.len()).filter(|place| !lines[*place].is_empty()) {
            let mut forged: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            // In the middle of a line, so that it is no unused bit at the end of base64.
            let middle = forged[place].len() / 2;
            let letter =
                if forged[place].is_char_boundary(middle) && forged[place][middle..].starts_with('A') { "B" } else { "A" };
            forged[place].replace_range(middle..=middle, letter);
            let file = file.with_extension("forged");
            std::fs::write(&file, forged.join("\n") + "\n").expect("written");
            let (good, said) = check(&file, &key);
            assert!(!good, "line {place} of {}: {said}", file.display());
        }
    }
}
