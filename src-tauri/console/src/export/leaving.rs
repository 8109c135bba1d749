//! Facts on their way out of the log, with as much personal text as may go with them.

use events::cloudevent::{Outgoing, wrap};
use events::{Personal, Position};

use super::{ExportError, PersonalText};
use crate::log::{BATCH_MAX, EventLog, Showing, Shown, Stored};

/// A log that is leaving.
pub(super) struct Leaving<'a, L> {
    pub(super) log: &'a L,
    pub(super) personal_text: PersonalText,
}

/// A fact that leaves.
pub(super) struct Departing {
    pub(super) stored: Stored,
    shown: Option<Shown>,
}

impl<L: EventLog> Leaving<'_, L> {
    /// Up to [`BATCH_MAX`] facts from a position on; none at the log's end.
    pub(super) async fn from(&self, position: u64) -> Result<Vec<Departing>, ExportError> {
        let batch = self.log.stored(position, BATCH_MAX).await?;
        self.departing(batch).await
    }

    /// The facts at these positions, at most [`BATCH_MAX`], in their order.
    pub(super) async fn at(&self, positions: &[Position]) -> Result<Vec<Departing>, ExportError> {
        let batch = self.log.at(positions).await?;
        self.departing(batch).await
    }

    async fn departing(&self, batch: Vec<Stored>) -> Result<Vec<Departing>, ExportError> {
        let positions: Vec<Position> = batch.iter().map(|stored| stored.fact.position).collect();
        let mut personal = match &self.personal_text {
            PersonalText::None => std::collections::BTreeMap::new(),
            PersonalText::Shown(rights) => self.log.personal(&positions, rights).await?,
        };
        let departing = batch.into_iter().map(|stored| {
            // A text that was erased, restricted or locked leaves no trace in an export.
            let shown = personal
                .remove(&stored.fact.position)
                .filter(|shown| matches!(shown.showing, Showing::Masked | Showing::Unmasked));
            Departing { stored, shown }
        });
        Ok(departing.collect())
    }
}

impl Departing {
    /// Its personal text, as far as it may be seen.
    pub(super) fn personal(&self) -> Option<&Personal> {
        self.shown.as_ref().map(|shown| &shown.personal)
    }

    /// Whether that text is masked; `None` when there is none.
    pub(super) fn masked(&self) -> Option<bool> {
        self.shown.as_ref().map(|shown| shown.showing == Showing::Masked)
    }

    /// The whole fact as one CloudEvent in JSON, on one line.
    pub(super) fn cloudevent(&self) -> Result<String, ExportError> {
        let fact = &self.stored.fact;
        let event = wrap(&Outgoing {
            position: fact.position,
            stream: &fact.stream,
            version: fact.version,
            id: fact.id,
            occurred_at: fact.occurred_at,
            recorded_at: fact.recorded_at,
            meta: &fact.meta,
            body: &self.stored.payload,
            personal: self.personal(),
            masked: self.masked() == Some(true),
        });
        let event = event.map_err(|error| ExportError::Payload(fact.position.0, error))?;
        Ok(serde_json::to_string(&event).expect("an envelope of texts around checked JSON"))
    }

    /// The payload, JSON.
    pub(super) fn payload(&self) -> Result<&str, ExportError> {
        std::str::from_utf8(&self.stored.payload.data).map_err(|error| {
            let malformed = events::CodecError::Malformed(error.to_string());
            ExportError::Payload(self.stored.fact.position.0, malformed)
        })
    }
}
