//! Where the facts go: streams, versions and ids that a repeated run repeats.

use events::codec::encode;
use events::{Event, EventId, Meta, Moment, NewEvent, Personal, StreamId};

use super::Params;
use super::calendar::Calendar;

/// What `meta.source` and `meta.actor` say.
pub const SOURCE: &str = "simulator";

/// A stream being written, with the version its next fact gets.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    id: StreamId,
    version: u64,
}

impl Stream {
    /// The stream of the `noun` called `id`, of which nothing is written yet.
    pub(super) fn new(noun: &str, id: &str) -> Self {
        Self { id: StreamId::new(noun, id).expect("ids are made of short printable parts"), version: 0 }
    }

    /// Its id without the noun.
    pub(super) fn id(&self) -> &str {
        self.id.id()
    }
}

/// Hands out facts in order of time.
pub(super) struct Recorder<F> {
    emit: F,
    native: String,
    conversations: String,
    /// Facts handed out.
    pub(super) n_events: u64,
}

impl<F: FnMut(NewEvent)> Recorder<F> {
    /// A recorder of one run.
    pub(super) fn new(params: &Params, calendar: &Calendar, emit: F) -> Self {
        let Params { seed, n_agents, rate, .. } = params;
        let (start, zone) = (calendar.date(0), calendar.zone());
        let standard = Params::default();
        // What differs from the standard desk is part of a conversation's name, so that no two different runs write
        // into one stream.
        let mut name = format!("sim{seed}");
        if *n_agents != standard.n_agents {
            name.push_str(&format!("a{n_agents}"));
        }
        if *rate != standard.rate {
            name.push_str(&format!("r{rate}"));
        }
        if zone != standard.zone {
            name.push_str(&format!("z{}", zone.replace('/', "_")));
        }
        Self {
            emit,
            native: format!("{seed}|{n_agents}|{rate}|{zone}|{start}"),
            conversations: format!("{name}-{}", start.strftime("%y%m%d")),
            n_events: 0,
        }
    }

    /// The stream of the run's `number`-th conversation.
    pub(super) fn conversation(&self, number: u64) -> Stream {
        Stream::new("conversation", &format!("{}-{number:05}", self.conversations))
    }

    /// Hands out one fact that happened at `at` milliseconds since 1970.
    pub(super) fn record(&mut self, at: i64, stream: &mut Stream, payload: impl Into<Event>, personal: Option<Personal>) {
        let id = EventId::derived(SOURCE, &format!("{}|{}|{}", self.native, stream.id.as_str(), stream.version));
        stream.version += 1;
        self.n_events += 1;
        (self.emit)(NewEvent {
            stream: stream.id.clone(),
            id,
            occurred_at: Moment(at.saturating_mul(1000)),
            meta: Meta { source: SOURCE.to_owned(), actor: Some(SOURCE.to_owned()), ..Meta::default() },
            body: encode(&payload.into()),
            personal,
        });
    }
}
