//! One row a fact: the columns that Parquet and CSV share.

use events::Timing;

use super::ExportError;
use super::facets::Facets;
use super::leaving::Departing;

/// A fact as a row.
pub(super) struct Row {
    departing: Departing,
    facets: Facets,
    id: String,
    causation: Option<String>,
    personal: Option<String>,
}

/// What a column holds, and where in a row that is found.
pub(super) enum Cells {
    /// Whole numbers.
    Number(fn(&Row) -> Option<i64>),
    /// Moments: microseconds since 1970-01-01T00:00:00Z.
    Time(fn(&Row) -> Option<i64>),
    /// Words.
    Text(fn(&Row) -> Option<&str>),
    /// JSON.
    Json(fn(&Row) -> Option<&str>),
}

/// A column.
pub(super) struct Column {
    pub(super) name: &'static str,
    /// Whether every row has it.
    pub(super) always: bool,
    pub(super) cells: Cells,
}

const fn always(name: &'static str, cells: Cells) -> Column {
    Column { name, always: true, cells }
}

const fn maybe(name: &'static str, cells: Cells) -> Column {
    Column { name, always: false, cells }
}

/// The columns, in their order; new ones are only added at the end.
pub(super) const COLUMNS: [Column; 24] = [
    always("position", Cells::Number(|row| Some(whole(row.departing.stored.fact.position.0)))),
    always("id", Cells::Text(|row| Some(&row.id))),
    always("stream", Cells::Text(|row| Some(row.departing.stored.fact.stream.as_str()))),
    always("noun", Cells::Text(|row| Some(row.departing.stored.fact.stream.noun()))),
    always("version", Cells::Number(|row| Some(whole(row.departing.stored.fact.version.0)))),
    always("type", Cells::Text(|row| Some(&row.departing.stored.payload.event_type))),
    always("schema", Cells::Number(|row| Some(i64::from(row.departing.stored.payload.schema)))),
    // The moment of a fact whose source told no time says nothing but its place in the order.
    maybe("occurred_at", Cells::Time(|row| (row.timing() != "unknown").then_some(row.departing.stored.fact.occurred_at.0))),
    always("recorded_at", Cells::Time(|row| Some(row.departing.stored.fact.recorded_at.0))),
    always("timing", Cells::Text(|row| Some(row.timing()))),
    maybe("place", Cells::Number(|row| row.departing.stored.fact.meta.place.map(i64::from))),
    always("source", Cells::Text(|row| Some(&row.departing.stored.fact.meta.source))),
    maybe("actor", Cells::Text(|row| row.departing.stored.fact.meta.actor.as_deref())),
    maybe("correlation", Cells::Text(|row| row.departing.stored.fact.meta.correlation.as_deref())),
    maybe("causation", Cells::Text(|row| row.causation.as_deref())),
    maybe("channel", Cells::Text(|row| row.facets.known.channel.as_deref())),
    maybe("queue", Cells::Text(|row| row.facets.known.queue.as_deref())),
    maybe("team", Cells::Text(|row| row.facets.known.team.as_deref())),
    maybe("agent", Cells::Text(|row| row.facets.known.agent.as_deref())),
    maybe("customer", Cells::Text(|row| row.facets.known.customer.as_deref())),
    always("activity", Cells::Text(|row| Some(&row.facets.activity))),
    always("data", Cells::Json(|row| row.departing.payload().ok())),
    maybe("personal", Cells::Json(|row| row.personal.as_deref())),
    maybe("personal_masked", Cells::Number(|row| row.departing.masked().map(i64::from))),
];

/// No log is so long that a place in it would not fit.
fn whole(place: u64) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

impl Row {
    /// The row of a fact.
    ///
    /// # Errors
    /// [`ExportError::Payload`] when its payload is damaged.
    pub(super) fn of(departing: Departing, facets: Facets) -> Result<Self, ExportError> {
        departing.payload()?;
        let fact = &departing.stored.fact;
        let personal =
            departing.personal().map(|personal| serde_json::to_string(&personal.texts).expect("a map of texts is JSON"));
        let (id, causation) = (fact.id.to_string(), fact.meta.causation.map(|id| id.to_string()));
        Ok(Self { departing, facets, id, causation, personal })
    }

    /// How its time is known.
    fn timing(&self) -> &'static str {
        match self.departing.stored.fact.meta.timing {
            Timing::Recorded => "recorded",
            Timing::Derived => "derived",
            Timing::Unknown => "unknown",
        }
    }

    /// About how much memory it takes, in bytes.
    pub(super) fn n_bytes(&self) -> usize {
        self.departing.stored.payload.data.len() + self.personal.as_ref().map_or(0, |text| text.len() * 2) + 600
    }
}
