//! Desktop notifications. Never the only way to learn something: where there is no daemon, the window shows it all.

use notify_rust::Notification;

/// The longest text handed to the desktop, in characters.
const CHARS_MAX: usize = 200;

/// Shows a notification; says whether the desktop took it.
pub(crate) async fn show(title: String, body: String) -> bool {
    let clip = |text: String| text.chars().take(CHARS_MAX).collect::<String>();
    let (title, body) = (clip(title), clip(body));
    match Notification::new().appname("Retrace").summary(&title).body(&body).show_async().await {
        Ok(_shown) => true,
        Err(error) => {
            tracing::info!(%error, "the desktop takes no notifications");
            false
        }
    }
}
