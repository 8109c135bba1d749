//! Makes sure that there is a page to embed: without the built one, a page that says how to build it.

fn main() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/dist");
    let page = folder.join("index.html");
    if !page.exists() {
        std::fs::create_dir_all(&folder).expect("ui/ can be written");
        let text = "<!doctype html><meta charset=utf-8><title>Retrace</title><p>The window's files are not built: run <code>make ui</code>.";
        std::fs::write(&page, text).expect("ui/dist can be written");
    }
    println!("cargo::rerun-if-changed={}", folder.display());
}
