//! Facts flow down (append → board → views) and wishes flow up (command → receipt → views).

use std::sync::Arc;

use console::clock::Clock;
use console::desk::Desk;
use console::execute::{ExecuteError, execute};
use console::log::memory::MemoryLog;
use console::log::{Appended, EventLog, Expected, Ingested, LogError, OccurredCursor, Rights, Shown, Stored};
use console::verbs::{LiveQuestion, Nothing, Status, WindowError};
use events::conversation::{Enqueued, Started};
use events::{Command, Intent, Moment, NewEvent, Position, Receipt, Recorded, Rejection, StreamId, site};
use projections::live::Range;
use tests::made_up::{EVENING, MORNING, fact, one_day};
use tests::place::{Place, all, close};

fn intent(id: &str, name: &str) -> Intent {
    let command = Command::Site(site::Command::Declare { name: name.to_owned(), zone: "Asia/Shanghai".to_owned() });
    Intent { id: id.to_owned(), actor: "person:amy".to_owned(), at: MORNING, seen: 0, command }
}

async fn status(desk: &Desk) -> Status {
    desk.status(Nothing {}).await.expect("a status")
}

async fn figure(desk: &Desk, metric: &str) -> Option<f64> {
    let view = desk.live(LiveQuestion { range: Range::All, ..LiveQuestion::default() }).await.expect("a live screen");
    view.totals.iter().find(|figure| figure.metric == metric).expect("every metric is there").value
}

#[tokio::test]
async fn an_appended_fact_is_on_the_board_and_in_the_views() {
    let (place, started) =
        (Place::default(), |nth| fact("conversation", "x", nth, MORNING.plus_secs(3_600), Enqueued { queue: "售后".to_owned() }));
    let desk = place.desk(Vec::new()).await;
    assert_eq!((figure(&desk, "queue.waiting").await, status(&desk).await.position), (Some(0.0), 0));
    desk.log().append(&started(0).stream, Expected::NoStream, vec![started(0)]).await.expect("an empty log");
    desk.caught_up().await;
    assert_eq!(figure(&desk, "queue.waiting").await, Some(1.0));
    assert_eq!(figure(&desk, "queue.oldest").await, Some(11.0 * 3600.0), "ages count up to the lens's moment");
    let status = status(&desk).await;
    assert_eq!((status.position, status.head, status.lag, status.halted), (1, 1, 0, None));
}

#[tokio::test]
async fn a_wish_becomes_a_fact_whose_receipt_the_views_have_reached() {
    let place = Place::default();
    let desk = place.desk(one_day(5, 1)).await;
    let before = status(&desk).await.head;
    let receipt = desk.ask(intent("i1", "East desk")).await.expect("a good name");
    assert_eq!(receipt, Receipt { position: Some(Position(before)) });
    let after = status(&desk).await;
    assert_eq!((after.site.as_deref(), after.position), (Some("East desk"), before + 1));
    let declared = all(desk.log()).await.pop().expect("it was written");
    let meta = &declared.fact.meta;
    assert_eq!((declared.fact.occurred_at, meta.source.as_str()), (MORNING, "desk"));
    assert_eq!((meta.actor.as_deref(), meta.correlation.as_deref()), (Some("person:amy"), Some("i1")));
}

#[tokio::test]
async fn the_same_wish_twice_is_one_fact_and_one_receipt() {
    let place = Place::default();
    let desk = place.desk(Vec::new()).await;
    let first = desk.ask(intent("i1", "East desk")).await.expect("a good name");
    desk.ask(intent("i2", "West desk")).await.expect("a good name");
    let again = desk.ask(intent("i1", "East desk")).await.expect("it was accepted before");
    assert_eq!((first, all(desk.log()).await.len()), (again, 2));
    assert_eq!(status(&desk).await.site.as_deref(), Some("West desk"), "an old wish does not undo a newer one");
}

#[tokio::test]
async fn a_wish_that_is_so_already_changes_nothing() {
    let place = Place::default();
    let desk = place.desk(Vec::new()).await;
    desk.ask(intent("i1", "East desk")).await.expect("a good name");
    assert_eq!(desk.ask(intent("i2", "East desk")).await, Ok(Receipt { position: None }));
    assert_eq!(all(desk.log()).await.len(), 1);
}

#[tokio::test]
async fn a_refusal_reaches_the_window_as_such() {
    let place = Place::default();
    let desk = place.desk(Vec::new()).await;
    let rejection = Rejection::Site(site::Rejection::NameLength { n_chars: 0 });
    assert_eq!(desk.ask(intent("i1", " ")).await, Err(WindowError::Rejected { rejection }));
    assert_eq!(all(desk.log()).await.len(), 0);
}

#[tokio::test]
async fn two_who_append_at_once_both_get_their_place() {
    let place = Place::default();
    let desk = place.desk(Vec::new()).await;
    let names: Vec<String> = (0..40).map(|nth| format!("desk {nth}")).collect();
    let asked = names.iter().enumerate().map(|(nth, name)| {
        let desk: Arc<Desk> = desk.clone();
        let intent = intent(&format!("i{nth}"), name);
        async move { execute(desk.log(), &intent).await }
    });
    let done = futures_util::future::join_all(asked).await;
    let mut taken: Vec<u64> =
        done.iter().filter_map(|receipt| receipt.as_ref().ok()?.position).map(|position| position.0).collect();
    taken.sort_unstable();
    assert!(taken.iter().copied().eq(0..taken.len() as u64), "each has a place of its own: {taken:?}");
    let refused: Vec<&ExecuteError> = done.iter().filter_map(|receipt| receipt.as_ref().err()).collect();
    assert!(refused.iter().all(|error| matches!(error, ExecuteError::Log(LogError::Conflict { .. }))), "{refused:?}");
    assert_eq!(all(desk.log()).await.len(), taken.len(), "who was told of a conflict wrote nothing");
}

/// A log before which somebody else always gets in first, a given number of times.
struct Crowded {
    log: MemoryLog,
    n_others: std::sync::atomic::AtomicU64,
}

impl Crowded {
    fn new(n_others: u64) -> Self {
        Self { log: MemoryLog::new(Clock::chosen(EVENING)), n_others: n_others.into() }
    }
}

impl EventLog for Crowded {
    async fn append(&self, stream: &StreamId, expected: Expected, events: Vec<NewEvent>) -> Result<Appended, LogError> {
        use std::sync::atomic::Ordering::SeqCst;
        if let Ok(left) = self.n_others.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)) {
            let other = site::Declared { name: format!("other {left}"), zone: "UTC".to_owned() };
            let other = fact("site", "desk", left, MORNING, other);
            self.log.append(stream, Expected::Any, vec![other]).await?;
        }
        self.log.append(stream, expected, events).await
    }
    async fn ingest(
        &self,
        events: Vec<NewEvent>,
        then: impl FnOnce(&Ingested) -> Vec<NewEvent> + Send + 'static,
    ) -> Result<Ingested, LogError> {
        self.log.ingest(events, then).await
    }
    async fn stream(&self, stream: &StreamId) -> Result<Vec<Stored>, LogError> {
        self.log.stream(stream).await
    }
    async fn read(&self, from: u64, limit: usize) -> Result<Vec<Recorded>, LogError> {
        self.log.read(from, limit).await
    }
    async fn read_occurred(&self, cursor: OccurredCursor, until: Moment, limit: usize) -> Result<Vec<Recorded>, LogError> {
        self.log.read_occurred(cursor, until, limit).await
    }
    async fn at(&self, positions: &[Position]) -> Result<Vec<Stored>, LogError> {
        self.log.at(positions).await
    }
    async fn stored(&self, from: u64, limit: usize) -> Result<Vec<Stored>, LogError> {
        self.log.stored(from, limit).await
    }
    async fn personal(
        &self,
        positions: &[Position],
        rights: &Rights,
    ) -> Result<std::collections::BTreeMap<Position, Shown>, LogError> {
        self.log.personal(positions, rights).await
    }
    fn head(&self) -> tokio::sync::watch::Receiver<u64> {
        self.log.head()
    }
}

#[tokio::test]
async fn a_decision_is_made_anew_when_somebody_was_quicker() {
    let log = Crowded::new(3);
    let receipt = execute(&log, &intent("i1", "East desk")).await.expect("the fourth try finds nobody before it");
    assert_eq!(receipt, Receipt { position: Some(Position(3)) });
}

#[tokio::test]
async fn a_decision_is_not_made_anew_for_ever() {
    let log = Crowded::new(1_000);
    let refused = execute(&log, &intent("i1", "East desk")).await;
    assert!(matches!(refused, Err(ExecuteError::Log(LogError::Conflict { .. }))), "{refused:?}");
    let written = all(&log).await;
    assert!(written.iter().all(|stored| stored.fact.meta.correlation.is_none()) && written.len() < 10, "{}", written.len());
}

#[tokio::test]
async fn a_conversation_opens_with_its_trail_and_each_event_by_its_place() {
    let place = Place::default();
    let desk = place.desk(one_day(12, 4)).await;
    for row in
        desk.conversations(projections::trail::ConversationQuery { limit: 500, ..Default::default() }).await.expect("a list").rows
    {
        let view = desk.conversation(console::verbs::ConversationQuestion { id: row.id.clone() }).await.expect("it is listed");
        assert_eq!((view.row.id == row.id, view.trail.len() as u32), (true, row.n_facts));
        for (nth, event) in view.trail.into_iter().enumerate() {
            assert_eq!((event.stream.as_str(), event.version), (&*format!("conversation-{}", row.id), nth as u64));
            assert_eq!(desk.event(console::verbs::EventQuestion { position: event.position }).await, Ok(event));
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_unknown_by_name() {
    let place = Place::default();
    let desk = place.desk(one_day(2, 4)).await;
    let unknown = |what: &str, name: &str| WindowError::Unknown { what: what.to_owned(), name: name.to_owned() };
    let conversation = desk.conversation(console::verbs::ConversationQuestion { id: "nobody".to_owned() }).await;
    assert_eq!(conversation, Err(unknown("conversation", "nobody")));
    let event = desk.event(console::verbs::EventQuestion { position: Position(99_999) }).await;
    assert_eq!(event, Err(unknown("event", "99999")));
    let question =
        console::verbs::EvidenceQuestion { metric: "no.such".to_owned(), scope: Default::default(), offset: 0, limit: 1 };
    assert_eq!(desk.evidence(question).await, Err(unknown("metric", "no.such")));
}

#[tokio::test]
async fn a_desk_that_is_dropped_lets_go_of_its_log() {
    let place = Place::default();
    close(place.desk(one_day(3, 2)).await).await;
    let again = place.desk(Vec::new()).await;
    assert_eq!(status(&again).await.lag, 0);
}

#[tokio::test]
async fn a_desk_takes_up_its_snapshot_and_stands_where_it_stood() {
    let place = Place::default();
    let desk = place.desk(one_day(30, 9)).await;
    let before = desk.live(LiveQuestion { range: Range::All, ..LiveQuestion::default() }).await;
    desk.save_snapshot();
    let started = fact(
        "conversation",
        "late",
        0,
        MORNING,
        Started {
            channel: events::conversation::Channel::Chat,
            direction: Default::default(),
            topic: None,
            priority: None,
            customer: None,
            language: None,
            entry: None,
            attributes: std::collections::BTreeMap::new(),
        },
    );
    desk.log().ingest(vec![started], |_ingested| Vec::new()).await.expect("taken");
    desk.caught_up().await;
    let head = status(&desk).await.head;
    close(desk).await;
    let again = place.desk(Vec::new()).await;
    assert_eq!(status(&again).await.position, head);
    let after = again.live(LiveQuestion { range: Range::All, ..LiveQuestion::default() }).await;
    let values = |view: Result<projections::live::LiveView, WindowError>| -> Vec<_> {
        view.expect("a view").totals.iter().map(|figure| (figure.value, figure.n)).collect()
    };
    assert_eq!(values(before), values(after));
}
