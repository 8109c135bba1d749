//! Lists the verbs, so that a window may call only those that its capability file names.

/// The verbs of `console::with_verbs!`, and the two that only a desktop has. A verb missing here is refused by the
/// window, which the window specs notice.
const VERBS: &[&str] = &[
    "status",
    "live",
    "chart",
    "conversations",
    "conversation",
    "evidence",
    "event",
    "definitions",
    "playhead",
    "import_preview",
    "import_start",
    "import_jobs",
    "import_cancel",
    "imports",
    "import_notes",
    "mappings",
    "mapping_save",
    "verification",
    "verify",
    "ask",
    "forget",
    "pick_file",
    "notify",
];

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(VERBS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)).expect("the desktop host is configured");
}
