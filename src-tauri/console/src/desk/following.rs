//! The projector: folds what the log takes in, as long as the desk is open.

use events::Position;
use tokio::sync::watch;

use super::Desk;
use crate::log::{BATCH_MAX, EventLog, LogError};
use crate::verbs::Halt;

/// Follows the log for as long as the desk is open.
///
/// It holds neither the desk nor its log while it waits: a desk that is dropped lets go of its file.
pub(super) async fn project(desk: std::sync::Weak<Desk>, mut head: watch::Receiver<u64>) {
    loop {
        let Some(desk) = desk.upgrade() else { return };
        let from = desk.read().board.n_facts;
        match desk.log.read(from, BATCH_MAX).await {
            Ok(facts) if facts.is_empty() => {
                drop(desk);
                if head.changed().await.is_err() {
                    return;
                }
            }
            Ok(facts) => desk.fold(&facts),
            Err(error) => {
                tracing::error!(%error, position = from, "the projector stands still");
                let position = if let LogError::Damaged { position, .. } = &error { *position } else { Position(from) };
                let mut live = desk.live.write().unwrap_or_else(std::sync::PoisonError::into_inner);
                live.halted = Some(Halt { position, why: error.to_string() });
                desk.folded.send_replace(u64::MAX);
                return;
            }
        }
    }
}
