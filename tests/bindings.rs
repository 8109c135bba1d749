//! The window's types are those of this build.

use expect_test::expect_file;

#[test]
fn the_windows_types_are_generated_from_rust() {
    expect_file!["../ui/src/bindings.ts"].assert_eq(&console::verbs::bindings());
}
