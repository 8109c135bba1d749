//! Single events as the window may see them.

use events::Position;

use super::Desk;
use crate::log::{EventLog, Rights, Shown, Stored};
use crate::unmasking::Grant;
use crate::verbs::{EventQuestion, EventRow, WindowError};

impl Desk {
    /// One event.
    ///
    /// # Errors
    /// [`WindowError::Unknown`] when the log is not that long, or what the log says.
    pub async fn event(&self, question: EventQuestion) -> Result<EventRow, WindowError> {
        let stored = self.log.at(&[question.position]).await?;
        let unknown = || WindowError::Unknown { what: "event".to_owned(), name: question.position.0.to_string() };
        self.rows(&stored).await?.pop().ok_or_else(unknown)
    }

    /// What the window may see now: texts are masked but for what was recorded as unmasked and is not over.
    pub(super) fn rights(&self) -> Rights {
        let at = self.clock.now();
        let live = self.read();
        let unmaskings = live.board.unmaskings.by_id.values().filter(|unmasking| at < unmasking.until);
        Rights::Unmasked { grants: unmaskings.map(Grant::from).collect(), at }
    }

    /// Events as the window may see them: personal text through the door.
    pub(crate) async fn rows(&self, stored: &[Stored]) -> Result<Vec<EventRow>, WindowError> {
        let positions: Vec<Position> = stored.iter().map(|stored| stored.fact.position).collect();
        let mut personal = self.log.personal(&positions, &self.rights()).await?;
        Ok(stored.iter().map(|stored| event_row(stored, personal.remove(&stored.fact.position))).collect())
    }
}

fn event_row(stored: &Stored, shown: Option<Shown>) -> EventRow {
    let fact = &stored.fact;
    let showing = shown.as_ref().map(|shown| shown.showing);
    let personal = shown.map(|shown| shown.personal).unwrap_or_default();
    EventRow {
        position: fact.position,
        stream: fact.stream.to_string(),
        version: fact.version.0,
        id: fact.id.to_string(),
        event_type: stored.payload.event_type.clone(),
        schema: stored.payload.schema,
        occurred_at: fact.occurred_at,
        timing: fact.meta.timing,
        recorded_at: fact.recorded_at,
        source: fact.meta.source.clone(),
        actor: fact.meta.actor.clone(),
        // What cannot be understood may hold anything, a customer's words among it: it is counted, not shown.
        data: match &fact.body {
            events::Body::Read(_) => String::from_utf8_lossy(&stored.payload.data).into_owned(),
            events::Body::Poison(_) => String::new(),
        },
        subject: personal.subject,
        personal: personal.texts,
        showing,
        poison: match &fact.body {
            events::Body::Read(_) => None,
            events::Body::Poison(poison) => Some(poison.clone()),
        },
    }
}
