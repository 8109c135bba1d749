//! The log in memory: the same promises without a file.

use std::collections::BTreeMap;
use std::sync::Mutex;

use events::{EventId, Moment, NewEvent, Personal, Position, Recorded, StreamId, Version, codec};
use tokio::sync::watch;

use crate::clock::Clock;
use crate::log::{
    Appended, BATCH_MAX, EventLog, Expected, Ingested, LogError, OccurredCursor, Rights, Shown, Stored, delivered_twice,
    same_content, through_the_door,
};

/// A log that lives as long as the value.
pub struct MemoryLog {
    clock: Clock,
    facts: Mutex<Facts>,
    head: watch::Sender<u64>,
}

#[derive(Default)]
struct Facts {
    recorded: Vec<Stored>,
    by_id: BTreeMap<EventId, usize>,
    versions: BTreeMap<StreamId, Version>,
    personal: BTreeMap<Position, Personal>,
}

impl MemoryLog {
    /// An empty log that tells the time by `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, facts: Mutex::default(), head: watch::Sender::new(0) }
    }

    fn facts(&self) -> std::sync::MutexGuard<'_, Facts> {
        self.facts.lock().expect("no code that holds this lock can panic")
    }
}

impl Facts {
    fn push(&mut self, event: NewEvent, now: Moment) -> Position {
        let position = Position(self.recorded.len() as u64);
        let version = self.versions.get(&event.stream).map_or(Version(0), |last| Version(last.0 + 1));
        let last = self.recorded.last().map_or(now, |last| last.fact.recorded_at);
        let body = codec::decode(&event.body.event_type, event.body.schema, &event.body.data);
        self.versions.insert(event.stream.clone(), version);
        self.by_id.insert(event.id, self.recorded.len());
        if let Some(personal) = event.personal {
            self.personal.insert(position, personal);
        }
        let recorded = Recorded {
            position,
            stream: event.stream,
            version,
            id: event.id,
            occurred_at: event.occurred_at,
            recorded_at: now.max(last),
            meta: event.meta,
            body,
        };
        self.recorded.push(Stored { fact: recorded, payload: event.body });
        position
    }

    fn ingest(&mut self, events: Vec<NewEvent>, now: Moment) -> Ingested {
        let mut ingested = Ingested::default();
        for (index, event) in events.into_iter().enumerate() {
            match self.find(&event) {
                Ok(Some(_)) => ingested.n_present += 1,
                Ok(None) => {
                    self.push(event, now);
                    ingested.n_written += 1;
                }
                Err(_conflict) => ingested.conflicts.push(index),
            }
        }
        ingested
    }

    /// Where an event stands already, or the conflict it is in.
    fn find(&self, event: &NewEvent) -> Result<Option<Position>, LogError> {
        let Some(&index) = self.by_id.get(&event.id) else { return Ok(None) };
        let there = &self.recorded[index];
        if same_content(there, event) {
            Ok(Some(there.fact.position))
        } else {
            Err(LogError::IdConflict { id: event.id, position: there.fact.position })
        }
    }
}

impl EventLog for MemoryLog {
    async fn append(&self, stream: &StreamId, expected: Expected, events: Vec<NewEvent>) -> Result<Appended, LogError> {
        let mut facts = self.facts();
        let found: Vec<Option<Position>> = events.iter().map(|event| facts.find(event)).collect::<Result<_, _>>()?;
        if let (true, Some(Some(position))) = (found.iter().all(Option::is_some), found.last()) {
            return Ok(Appended { position: *position, already_present: true });
        }
        let actual = facts.versions.get(stream).copied();
        check_expected(stream, expected, actual)?;
        for (index, event) in events.iter().enumerate() {
            // All or nothing: a batch that contradicts itself is refused before any of it is written.
            if events[..index].iter().any(|earlier| earlier.id == event.id && !delivered_twice(earlier, event)) {
                return Err(LogError::IdConflict { id: event.id, position: Position(facts.recorded.len() as u64) });
            }
        }
        let mut position = Position(facts.recorded.len() as u64);
        for event in events {
            if facts.find(&event)?.is_none() {
                position = facts.push(event, self.clock.now());
            }
        }
        self.head.send_replace(facts.recorded.len() as u64);
        Ok(Appended { position, already_present: false })
    }

    async fn ingest(
        &self,
        events: Vec<NewEvent>,
        then: impl FnOnce(&Ingested) -> Vec<NewEvent> + Send + 'static,
    ) -> Result<Ingested, LogError> {
        let mut facts = self.facts();
        let ingested = facts.ingest(events, self.clock.now());
        facts.ingest(then(&ingested), self.clock.now());
        self.head.send_replace(facts.recorded.len() as u64);
        Ok(ingested)
    }

    async fn stream(&self, stream: &StreamId) -> Result<Vec<Stored>, LogError> {
        Ok(self.facts().recorded.iter().filter(|stored| stored.fact.stream == *stream).cloned().collect())
    }

    async fn read(&self, from: u64, limit: usize) -> Result<Vec<Recorded>, LogError> {
        Ok(self.stored(from, limit).await?.into_iter().map(|stored| stored.fact).collect())
    }

    async fn stored(&self, from: u64, limit: usize) -> Result<Vec<Stored>, LogError> {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        Ok(self.facts().recorded.iter().skip(from).take(limit.min(BATCH_MAX)).cloned().collect())
    }

    async fn read_occurred(&self, cursor: OccurredCursor, until: Moment, limit: usize) -> Result<Vec<Recorded>, LogError> {
        let facts = self.facts();
        let mut rows: Vec<&Recorded> = facts
            .recorded
            .iter()
            .map(|stored| &stored.fact)
            .filter(|fact| (cursor.at, cursor.position) < (fact.occurred_at, Some(fact.position)) && fact.occurred_at <= until)
            .collect();
        rows.sort_by_key(|fact| (fact.occurred_at, fact.position));
        Ok(rows.into_iter().take(limit.min(BATCH_MAX)).cloned().collect())
    }

    async fn at(&self, positions: &[Position]) -> Result<Vec<Stored>, LogError> {
        let facts = self.facts();
        let find = |position: &Position| facts.recorded.get(usize::try_from(position.0).ok()?).cloned();
        Ok(positions.iter().filter_map(find).collect())
    }

    async fn personal(&self, positions: &[Position], rights: &Rights) -> Result<BTreeMap<Position, Shown>, LogError> {
        let facts = self.facts();
        let find = |position: &Position| Some((*position, through_the_door(facts.personal.get(position)?.clone(), rights)));
        Ok(positions.iter().filter_map(find).collect())
    }

    fn head(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }
}

/// Compares where a stream stands with where it was expected.
pub(super) fn check_expected(stream: &StreamId, expected: Expected, actual: Option<Version>) -> Result<(), LogError> {
    let fits = match expected {
        Expected::Any => true,
        Expected::NoStream => actual.is_none(),
        Expected::Exact(version) => actual == Some(version),
    };
    if fits { Ok(()) } else { Err(LogError::Conflict { stream: stream.clone(), expected, actual }) }
}
