//! A panic inside a verb would leave its window waiting for ever: each runs in a task, and a panic becomes an answer.

use std::future::Future;

use crate::clock::Clock;
use crate::verbs::WindowError;

/// Runs a verb in a task of its own.
///
/// # Errors
/// The verb's own, or [`WindowError::Internal`] with an id that stands in the program's log when it panicked.
pub async fn answered<T: Send + 'static>(
    work: impl Future<Output = Result<T, WindowError>> + Send + 'static,
) -> Result<T, WindowError> {
    match tokio::spawn(work).await {
        Ok(answer) => answer,
        Err(panicked) => {
            let id = format!("{:x}", Clock::System.now().0);
            tracing::error!(id, error = %panicked, "a verb panicked");
            Err(WindowError::Internal { id })
        }
    }
}
