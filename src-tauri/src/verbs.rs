//! The whole IPC surface: each verb of the console as one Tauri command, and two that only a desktop has.
//!
//! A panic inside a command would leave the window waiting for ever, so each runs in a task of its own and a panic
//! becomes an answer. Commands are async without exception: a blocking one would stop the painting.

#![allow(clippy::let_underscore_must_use, reason = "Tauri's macro expands to such bindings")]

#[allow(unused_imports, reason = "the list of verbs names the types of questions and answers")]
use console::verbs::*;

use std::sync::Arc;

use console::answered::answered;
use console::desk::Desk;
use tauri::ipc::Invoke;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

use crate::{Runtime, notify};

type Shared<'a> = State<'a, Arc<Desk>>;

macro_rules! commands {
    ($($name:ident: $question:ty => $answer:ty,)+) => {
        $(
            #[tauri::command]
            pub(crate) async fn $name(desk: Shared<'_>, question: $question) -> Result<$answer, WindowError> {
                let desk = desk.inner().clone();
                answered(async move { desk.$name(question).await }).await
            }
        )+

        /// The commands of the window.
        pub(crate) fn handler() -> impl Fn(Invoke<Runtime>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($name,)+ pick_file, notify]
        }
    };
}
console::with_verbs!(commands);

/// Asks for a file in the system's own dialog; `None` when the person chose none.
#[tauri::command]
pub(crate) async fn pick_file(app: AppHandle<Runtime>) -> Result<Option<String>, WindowError> {
    let (chosen, choice) = tokio::sync::oneshot::channel();
    app.dialog().file().pick_file(move |file| {
        // A window that has gone away wants no file.
        chosen.send(file).ok();
    });
    let file = choice.await.ok().flatten();
    Ok(file.and_then(|file| file.into_path().ok()).map(|path| path.display().to_string()))
}

/// Tells the person something while the window is elsewhere; the words come from the window.
#[tauri::command]
pub(crate) async fn notify(title: String, body: String) -> Result<bool, WindowError> {
    Ok(notify::show(title, body).await)
}
