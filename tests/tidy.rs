//! House rules, by walking the repository: what a reviewer would otherwise have to say again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use projections::live::AGENTS_IN_STANDING;
use projections::metric::Metric;
use tests::place::repository;

/// The longest file, in lines.
const LINES_MAX: usize = 400;
/// The longest README, in lines.
const README_LINES_MAX: usize = 200;
/// Written by a program, not by a person.
const GENERATED: [&str; 3] = ["ui/src/bindings.ts", "Cargo.lock", "package-lock.json"];

/// Every file that is or is about to be in the repository.
fn files() -> Vec<String> {
    let mut git = Command::new("git");
    let listed = git.args(["ls-files", "-co", "--exclude-standard", "-z"]).current_dir(repository()).output().expect("git runs");
    assert!(listed.status.success(), "this is a repository");
    let names = String::from_utf8(listed.stdout).expect("our names are UTF-8");
    names.split('\0').filter(|name| !name.is_empty() && repository().join(name).is_file()).map(str::to_owned).collect()
}

/// The text of a file; nothing for pictures and the like.
fn text(name: &str) -> String {
    std::fs::read_to_string(repository().join(name)).unwrap_or_default()
}

fn ends(name: &str, with: &[&str]) -> bool {
    with.iter().any(|end| name.ends_with(end))
}

#[track_caller]
fn none(broken: Vec<String>, rule: &str) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

/// Files with a line that breaks a rule, each with its place.
fn lines_that(fits: impl Fn(&str) -> bool, breaks: impl Fn(&str) -> bool) -> Vec<String> {
    let mut broken = Vec::new();
    for name in files().into_iter().filter(|name| fits(name)) {
        for (number, line) in text(&name).lines().enumerate().filter(|(_, line)| breaks(line)) {
            broken.push(format!("{name}:{}: {}", number + 1, line.trim().chars().take(120).collect::<String>()));
        }
    }
    broken
}

#[test]
fn a_file_is_short_enough_to_be_read() {
    let own = |name: &String| ends(name, &[".rs", ".svelte", ".ts", ".css"]) && !ends(name, &GENERATED);
    let long =
        files().into_iter().filter(own).map(|name| (text(&name).lines().count(), name)).filter(|(lines, _)| LINES_MAX < *lines);
    none(long.map(|(lines, name)| format!("{name} has {lines} lines")).collect(), "a file has at most 400 lines");
    let readme = text("README.md").lines().count();
    assert!(0 < readme && readme <= README_LINES_MAX, "the README has 1 to 200 lines, not {readme}");
}

#[test]
fn a_name_says_what_is_in_it() {
    let vague = ["util", "utils", "helper", "helpers", "common", "misc", "manager", "managers", "service", "services"];
    let parts = |name: &str| -> Vec<String> {
        name.split('/').map(|part| part.split('.').next().unwrap_or_default().to_lowercase()).collect()
    };
    let broken = files().into_iter().filter(|name| parts(name).iter().any(|part| vague.contains(&part.as_str())));
    none(broken.collect(), "no file or folder has a name that says nothing");
}

#[test]
fn the_top_of_the_repository_is_a_short_list() {
    let allowed = BTreeSet::from([
        "Cargo.toml",
        "Cargo.lock",
        "Makefile",
        "README.md",
        "events",
        "projections",
        "src-tauri",
        "tests",
        "ui",
        "clippy.toml",
        "deny.toml",
        "rust-toolchain.toml",
        "rustfmt.toml",
    ]);
    let top: BTreeSet<String> = files().iter().filter_map(|name| name.split('/').next().map(str::to_owned)).collect();
    let more = top.iter().filter(|name| !name.starts_with('.') && !allowed.contains(name.as_str()));
    none(more.cloned().collect(), "nothing else lies at the top");
    for name in ["Cargo.toml", "Makefile", "README.md", "events", "projections", "src-tauri", "tests", "ui"] {
        assert!(top.contains(name), "{name} lies at the top");
    }
}

/// Decisions by their folder: the numbers, in order.
fn decisions() -> BTreeMap<String, Vec<u32>> {
    let mut folders: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for name in files().into_iter().filter(|name| name.contains("/adr/") && name.ends_with(".md")) {
        let (folder, file) = name.rsplit_once('/').expect("it lies in a folder");
        let number =
            file.get(..4).and_then(|digits| digits.parse().ok()).unwrap_or_else(|| panic!("{name} begins with four digits"));
        folders.entry(folder.to_owned()).or_default().push(number);
    }
    folders
}

#[test]
fn decisions_are_numbered_without_gaps() {
    let decisions = decisions();
    for (folder, mut numbers) in decisions.clone() {
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=numbers.len() as u32).collect::<Vec<_>>(), "{folder}");
    }
    assert!(2 <= decisions.len(), "{decisions:?}");
}

#[test]
fn a_decision_that_is_cited_exists() {
    let decisions = decisions();
    let cited = |line: &str| -> Vec<u32> {
        let after = |mark: &str| line.split(mark).skip(1).filter_map(|rest| rest.get(..4)?.parse().ok()).collect::<Vec<u32>>();
        [after("ADR-"), after("adr/")].concat()
    };
    let mut broken = Vec::new();
    for name in files().into_iter().filter(|name| ends(name, &[".rs", ".md", ".ts", ".svelte", ".toml", ".sql"])) {
        // A citation means the nearest folder of decisions; at the top and in tests, any.
        let near: Vec<_> = decisions.iter().filter(|(folder, _)| name.starts_with(folder.trim_end_matches("adr"))).collect();
        for (number, line) in text(&name).lines().enumerate() {
            for decision in cited(line) {
                let known = if near.is_empty() || line.contains("adr/") {
                    decisions.values().flatten().any(|n| *n == decision)
                } else {
                    near.iter().any(|(_, numbers)| numbers.contains(&decision))
                };
                if !known {
                    broken.push(format!("{name}:{}: ADR-{decision:04}", number + 1));
                }
            }
        }
    }
    none(broken, "no decision of that number");
}

#[test]
fn every_event_and_metric_stands_in_the_glossary() {
    let glossary = text("events/GLOSSARY.md");
    let rows: Vec<Vec<&str>> = glossary
        .lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let terms: BTreeMap<&str, &Vec<&str>> = rows.iter().map(|row| (row[0].trim_matches('`'), row)).collect();
    let types = events::codec::types().into_iter().map(|(name, _)| name);
    let metrics = Metric::ALL.iter().map(|metric| metric.id()).chain([AGENTS_IN_STANDING.0]);
    let missing: Vec<String> = types.chain(metrics).filter(|name| !terms.contains_key(name)).map(str::to_owned).collect();
    none(missing, "every event type and metric has its line in events/GLOSSARY.md");
    let thin = rows.iter().filter(|row| row.len() != 4 || row.iter().any(|cell| cell.is_empty()));
    none(thin.map(|row| row.join(" | ")).collect(), "a line of the glossary has a term and three languages");
    let mut seen = BTreeSet::new();
    let twice = rows.iter().filter(|row| !row[0].starts_with("--") && row[0] != "term" && !seen.insert(row[0]));
    none(twice.map(|row| row[0].to_owned()).collect(), "a term has one line");
}

#[test]
fn no_test_is_left_out() {
    let of_rust = lines_that(
        |name| name.ends_with(".rs"),
        |line| line.contains(concat!("#[", "ignore")) || line.contains(concat!("#[", "should_panic")),
    );
    none(of_rust, "every Rust test runs, and says what it wants");
    let narrowed = |line: &str| {
        ["test", "it", "describe"]
            .iter()
            .any(|word| [".only(", ".skip(", ".fixme("].iter().any(|more| line.contains(&format!("{word}{more}"))))
    };
    none(lines_that(|name| ends(name, &[".ts", ".js", ".mjs"]), narrowed), "every window spec runs");
}

#[test]
fn the_window_never_makes_markup_from_text() {
    let marks = ["{@html", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function("];
    let broken = lines_that(|name| name.starts_with("ui/src/"), |line| marks.iter().any(|mark| line.contains(mark)));
    none(broken, "text stays text");
}

#[test]
fn nothing_of_this_machine_is_in_the_repository() {
    let paths = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/home", "/")];
    let broken = lines_that(|name| !name.ends_with(".lock"), |line| paths.iter().any(|path| line.contains(path)));
    none(broken, "no path of the machine it was written on");
    let foreign = |line: &str| {
        let line = line.trim();
        let from = |start: &str, own: &str| line.starts_with(start) && !line.starts_with(&format!("{start}{own}"));
        from("source = \"registry+", "https://github.com/rust-lang/crates.io-index")
            || from("\"resolved\": \"", "https://registry.npmjs.org/")
    };
    none(
        lines_that(|name| ends(name, &["Cargo.lock", "package-lock.json"]), foreign),
        "dependencies come from where everybody gets them",
    );
    let configured = files().into_iter().filter(|name| ends(name, &[".npmrc", "pip.conf"]));
    none(configured.collect(), "no registry is configured here");
    let settings = lines_that(|name| name == ".cargo/config.toml", |line| line.starts_with('[') && line.trim() != "[env]");
    none(settings, "cargo is told of the tests' environment and of nothing else");
}

/// The names on the left of a `Cargo.toml`'s dependencies, and whether a comment stands above or beside each.
fn dependencies(name: &str) -> Vec<(String, bool, bool)> {
    let (mut within, mut told, mut all) = (false, false, Vec::new());
    for line in text(name).lines().map(str::trim) {
        if line.starts_with('[') {
            within = line.contains("dependencies");
            told = false;
        } else if line.is_empty() {
            told = false;
        } else if let Some(comment) = line.strip_prefix('#') {
            // A heading is not a reason.
            told = !comment.trim_start().starts_with("--");
        } else if within && let Some((left, right)) = line.split_once('=') {
            let of_us = right.contains("path =") || left.contains(".workspace") || right.contains("workspace = true");
            all.push((left.split('.').next().unwrap_or(left).trim().to_owned(), of_us, told || right.contains(" # ")));
        }
    }
    all
}

#[test]
fn every_dependency_has_its_reason() {
    let mut broken = Vec::new();
    for name in files().into_iter().filter(|name| name.ends_with("Cargo.toml") && !name.contains("/peers/")) {
        let untold = dependencies(&name).into_iter().filter(|(_, of_us, told)| !of_us && !told);
        broken.extend(untold.map(|(dependency, _, _)| format!("{name}: {dependency}")));
    }
    none(broken, "a dependency has a sentence above or beside it");
}

#[test]
fn dependencies_point_one_way() {
    let shells = ["tokio", "sqlx", "tauri", "axum", "reqwest", "rand", "chrono"];
    for (name, own, more) in [
        ("events/Cargo.toml", &["projections", "console", "retrace"][..], &shells[..]),
        ("projections/Cargo.toml", &["console", "retrace"], &shells),
        ("src-tauri/console/Cargo.toml", &["retrace", "tests"], &["tauri", "wry", "tao"]),
    ] {
        let named: BTreeSet<String> = dependencies(name).into_iter().map(|(dependency, _, _)| dependency).collect();
        assert!(3 < named.len(), "{name} was read: {named:?}");
        let banned = own
            .iter()
            .chain(more)
            .filter(|banned| named.iter().any(|name| name == *banned || name.starts_with(&format!("{banned}-"))));
        none(banned.map(|banned| (*banned).to_owned()).collect(), &format!("{name} does not name"));
    }
    let of_tauri = lines_that(
        |name| name.starts_with("ui/src/") && !name.starts_with("ui/src/backend/tauri"),
        |line| line.contains("@tauri-apps"),
    );
    none(of_tauri, "Tauri is named in one file of the window");
}

#[test]
fn what_is_drawn_is_drawn_with_a_seed() {
    let marks = [concat!("thread_", "rng"), concat!("from_", "entropy"), concat!("from_os_", "rng"), concat!("Math.", "random")];
    let own = |name: &str| (ends(name, &[".rs"]) || name.starts_with("ui/src/")) && !name.contains("/bench/");
    none(lines_that(own, |line| marks.iter().any(|mark| line.contains(mark))), "nothing is drawn without a seed");
    assert!(Path::new(&repository()).join("tests/tidy.rs").exists());
}
