//! End-to-end: the real Tauri window through WebKitGTK's WebDriver under a virtual display, and the served console in
//! Chromium, by the same specs. On a machine without those programs each spec says that it was skipped; `make test`
//! installs them.

#![allow(clippy::unwrap_used, reason = "a spec that cannot go on should stop where it is")]

mod glass;
mod personal;
mod sample;
mod stage;

mod specs;

use glass::Pane;

/// Runs a spec in both panes, one after the other, each on a stage of its own.
#[track_caller]
fn in_both_panes(log: impl Fn(&std::path::Path), arguments: &[&str], spec: impl AsyncFn(&Pane)) {
    for kind in [glass::Kind::Window, glass::Kind::Browser] {
        in_pane(kind, &log, arguments, &spec);
    }
}

/// Runs a spec in one pane.
#[track_caller]
fn in_pane(kind: glass::Kind, log: impl Fn(&std::path::Path), arguments: &[&str], spec: impl AsyncFn(&Pane)) {
    if let Some(missing) = stage::missing(kind) {
        sample::say(&format!("skipped: {missing} is not installed; `make test` installs it"));
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let stage = stage::Stage::set();
        log(&stage.log());
        let pane = Pane::open(kind, stage, arguments).await;
        spec(&pane).await;
        pane.close().await;
    });
}
