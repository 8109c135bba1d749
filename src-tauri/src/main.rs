//! `retrace-window`: the console in a desktop window. All logic is in `console`; this opens it and hands on its verbs.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod notify;
mod options;
mod verbs;

use std::process::ExitCode;
use std::sync::Arc;

use console::clock::Clock;
use console::desk::Desk;
use console::log::LogError;
use console::log::sqlite::SqliteLog;
use console::verbs::WindowError;
use tauri::{Manager, WebviewUrl, WebviewWindowBuilder};
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};

use crate::options::Options;

/// The runtime of the window; named once, so that a move to another is one line.
pub(crate) type Runtime = tauri::Wry;

fn main() -> ExitCode {
    console::command_line::log_to_stderr();
    console::command_line::ignore_file_size_signal();
    let options = Options::of_process();
    let single = tauri_plugin_single_instance::Builder::new()
        .dbus_id(options.bus_name())
        .callback(|app, _arguments, _folder| {
            // A second start on the same log brings the first forward; one that has no window yet will have.
            if let Some(window) = app.get_webview_window("main") {
                window.unminimize().and_then(|()| window.set_focus()).ok();
            }
        })
        .build();
    let built = tauri::Builder::<Runtime>::new()
        .plugin(single)
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(verbs::handler())
        .setup(move |app| {
            let opened = tauri::async_runtime::block_on(open(&options));
            match opened {
                Ok(desk) => {
                    app.manage(desk);
                    window(app)?;
                }
                Err(error) => tell_and_end(app.handle().clone(), &error),
            }
            Ok(())
        })
        .build(tauri::generate_context!());
    match built {
        Ok(app) => {
            app.run(|app, event| {
                if let tauri::RunEvent::Exit = event
                    && let Some(desk) = app.try_state::<Arc<Desk>>()
                {
                    desk.save_snapshot();
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the window cannot be opened; `retrace serve` needs none");
            ExitCode::FAILURE
        }
    }
}

async fn open(options: &Options) -> Result<Arc<Desk>, LogError> {
    let log = SqliteLog::open_or_view(&options.log, Clock::System).await?;
    let desk = Desk::open(log, Clock::System).await?;
    if let Some(speed) = options.play {
        // The playhead takes any speed.
        desk.play(speed, options.from).await.ok();
    }
    Ok(desk)
}

fn window(app: &tauri::App<Runtime>) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, "main", WebviewUrl::App("index.html".into()))
        .title("Retrace")
        .inner_size(1280.0, 832.0)
        .min_inner_size(960.0, 600.0)
        .build()?;
    Ok(())
}

/// Without a log there is nothing to show: say why in a native dialog, and end when it is read.
fn tell_and_end(app: tauri::AppHandle<Runtime>, error: &LogError) {
    let sentence = console::command_line::sentence(&WindowError::from(error.clone()));
    tracing::error!(%error, "the log cannot be opened");
    let ending = app.clone();
    app.dialog().message(sentence).title("Retrace").kind(MessageDialogKind::Error).show(move |_read| ending.exit(3));
}
