//! How an import, or a watch, is stopped.

use tokio::sync::watch;

/// Stops an import after the batch it is at.
#[derive(Clone, Debug)]
pub struct Cancel(watch::Sender<bool>);

impl Default for Cancel {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Cancel {
    /// Asks the import to stop.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }

    pub(super) fn asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until somebody asks.
    pub(super) async fn wanted(&self) {
        // The sender lives as long as this does.
        self.0.subscribe().wait_for(|&asked| asked).await.ok();
    }
}
