//! Figures: a metric over a scope at a position, alone or by group, and the events behind one.

use std::collections::BTreeMap;

use events::{Moment, Position};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::board::Board;
use crate::conversation::{Conversation, Conversations, Hands, Leg, SLOT_SECS};
use crate::metric::{Metric, Tally, Unit, contributions};
use crate::projection::Lens;
use crate::scope::{Scope, Sieve, channel_word};

/// A number on a screen, with all that is needed to open, check and quote it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Figure {
    /// The metric's id.
    pub metric: String,
    /// The metric's version.
    pub version: u32,
    /// What `value` is measured in.
    pub unit: Unit,
    /// The value; `None` means that it is not known, never 0.
    pub value: Option<f64>,
    /// Above the line, in the value's unit.
    pub numerator: f64,
    /// Below the line.
    pub denominator: f64,
    /// How many events are behind it.
    #[ts(type = "number")]
    pub n: u64,
    /// Which legs it counts.
    pub scope: Scope,
    /// How many facts of the log it rests on.
    #[ts(type = "number")]
    pub position: u64,
}

/// What figures can be grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Calendar days of the lens's zone, as `YYYY-MM-DD`.
    Day,
    /// Half-hours of the lens's zone, as RFC 3339 with the zone's offset.
    HalfHour,
    /// Queues.
    Queue,
    /// Channels.
    Channel,
    /// Topics.
    Topic,
    /// Priorities.
    Priority,
    /// Agents.
    Agent,
    /// Sources.
    Source,
}

/// One group's name in each dimension asked for (`None`: the source recorded none) and its figures.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Group {
    /// The names, in the order of the dimensions asked for.
    pub key: Vec<Option<String>>,
    /// The figures, in the order of the metrics asked for.
    pub figures: Vec<Figure>,
}

/// An event behind a figure and what it adds.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Evidence {
    /// The event.
    pub position: Position,
    /// Its conversation, or its agent for figures about agents.
    pub subject: String,
    /// What it adds above the line, in the figure's unit.
    pub numerator: f64,
    /// What it adds below the line.
    pub denominator: f64,
}

/// The start of the local half-hour that holds quarter-hour `slot`, with the local day, in `zone`.
#[must_use]
pub fn half_hour(slot: i64, zone: &TimeZone) -> (Moment, jiff::civil::Date) {
    let start = Timestamp::from_second(slot.saturating_mul(SLOT_SECS)).unwrap_or(Timestamp::UNIX_EPOCH);
    let offset = i64::from(zone.to_offset(start).seconds());
    let local = start.as_second() + offset;
    let date = zone.to_datetime(start).date();
    (Moment((local.div_euclid(1800) * 1800 - offset) * 1_000_000), date)
}

/// The zone a lens names; UTC when the name is not one (it was checked where it came in).
#[must_use]
pub fn zone_of(name: &str) -> TimeZone {
    jiff::tz::db().get(name).unwrap_or(TimeZone::UTC)
}

/// A moment as RFC 3339 with the offset of `zone`.
#[must_use]
pub fn in_zone(moment: Moment, zone: &TimeZone) -> String {
    let time = Timestamp::from_microsecond(moment.0).unwrap_or(Timestamp::UNIX_EPOCH);
    time.display_with_offset(zone.to_offset(time)).to_string()
}

/// One figure.
#[must_use]
pub fn figure(board: &Board, metric: Metric, scope: &Scope, lens: &Lens) -> Figure {
    let sieve = Sieve::new(&board.conversations, scope);
    let mut tally = Tally::default();
    for (_, _, contribution) in contributions(&board.conversations, metric, &sieve, lens.as_of) {
        tally.add(metric, contribution);
    }
    finish(board, metric, scope.clone(), &tally)
}

/// Figures of several metrics by group, in one pass; groups in the order of their keys.
#[must_use]
pub fn groups(board: &Board, metrics: &[Metric], by: &[Dimension], scope: &Scope, lens: &Lens) -> Vec<Group> {
    let conversations = &board.conversations;
    let zone = zone_of(&lens.zone);
    let sieve = Sieve::new(conversations, scope);
    let mut tallies: BTreeMap<Vec<Option<String>>, Vec<Tally>> = BTreeMap::new();
    let mut times: (i64, Option<String>, Option<String>) = (i64::MIN, None, None);
    for (slot, number, leg, conversation) in sieve.legs(conversations) {
        if times.0 != slot {
            let (start, date) = half_hour(slot, &zone);
            times = (slot, Some(date.to_string()), Some(in_zone(start, &zone)));
        }
        let contributed: Vec<_> = metrics
            .iter()
            .enumerate()
            .filter_map(|(place, metric)| Some((place, metric.contribution(leg, conversation, number, lens.as_of)?)))
            .collect();
        if contributed.is_empty() {
            continue;
        }
        let key = by.iter().map(|&dimension| key(conversations, dimension, leg, conversation, &times)).collect();
        let of_group = tallies.entry(key).or_insert_with(|| vec![Tally::default(); metrics.len()]);
        for (place, contribution) in contributed {
            of_group[place].add(metrics[place], contribution);
        }
    }
    if by.is_empty() {
        // The whole is a group even when nothing is in it: its counts are 0, its shares unknown.
        tallies.entry(Vec::new()).or_insert_with(|| vec![Tally::default(); metrics.len()]);
    }
    tallies
        .into_iter()
        .map(|(key, tallies)| {
            let scope = narrowed(scope, by, &key, &zone);
            let figures =
                metrics.iter().zip(&tallies).map(|(&metric, tally)| finish(board, metric, scope.clone(), tally)).collect();
            Group { key, figures }
        })
        .collect()
}

/// The events behind `(metric, scope)`, newest position first.
#[must_use]
pub fn evidence(board: &Board, metric: Metric, scope: &Scope, lens: &Lens) -> Vec<Evidence> {
    let sieve = Sieve::new(&board.conversations, scope);
    let scale = if metric.definition().unit == Unit::Secs { 1e-6 } else { 1.0 };
    let mut rows: Vec<Evidence> = contributions(&board.conversations, metric, &sieve, lens.as_of)
        .map(|(leg, _, contribution)| Evidence {
            position: contribution.position,
            subject: board.conversations.of(leg).0.to_owned(),
            numerator: contribution.numerator as f64 * scale,
            denominator: contribution.denominator as f64,
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.position));
    rows
}

fn finish(board: &Board, metric: Metric, scope: Scope, tally: &Tally) -> Figure {
    let definition = metric.definition();
    let scale = if definition.unit == Unit::Secs { 1e-6 } else { 1.0 };
    Figure {
        metric: definition.id,
        version: definition.version,
        unit: definition.unit,
        value: metric.value(tally),
        numerator: tally.numerator as f64 * scale,
        denominator: tally.denominator as f64,
        n: tally.n,
        scope,
        position: board.n_facts,
    }
}

fn key(
    conversations: &Conversations,
    dimension: Dimension,
    leg: &Leg,
    conversation: &Conversation,
    times: &(i64, Option<String>, Option<String>),
) -> Option<String> {
    let text = |name| conversations.names.text(name).to_owned();
    match dimension {
        Dimension::Day => times.1.clone(),
        Dimension::HalfHour => times.2.clone(),
        Dimension::Queue => leg.queue.map(text),
        Dimension::Channel => conversation.channel.map(|channel| channel_word(channel).to_owned()),
        Dimension::Topic => conversation.topic.map(text),
        Dimension::Priority => conversation.priority.map(|priority| priority.to_string()),
        Dimension::Agent => match leg.hands {
            Hands::Agent(agent) => Some(text(agent)),
            Hands::Nobody | Hands::Unnamed => None,
        },
        Dimension::Source => Some(text(conversation.source)),
    }
}

/// `scope` narrowed to one group, so that a group's figure opens to its own events.
fn narrowed(scope: &Scope, by: &[Dimension], key: &[Option<String>], zone: &TimeZone) -> Scope {
    let mut narrow = scope.clone();
    for (dimension, name) in by.iter().zip(key) {
        // A group without a name is the group of those that recorded none: an empty text in the scope.
        let text = name.clone().unwrap_or_default();
        match dimension {
            Dimension::Day => {
                if let Ok(date) = text.parse::<jiff::civil::Date>() {
                    clip(&mut narrow, day_start(date, zone), date.tomorrow().ok().and_then(|next| day_start(next, zone)));
                }
            }
            Dimension::HalfHour => {
                if let Ok(start) = text.parse::<Timestamp>() {
                    let start = Moment(start.as_microsecond());
                    clip(&mut narrow, Some(start), Some(start.plus_secs(1800)));
                }
            }
            Dimension::Queue => narrow.queue = Some(text),
            Dimension::Channel => narrow.channel = Some(text),
            Dimension::Topic => narrow.topic = Some(text),
            Dimension::Priority => narrow.priority = Some(text),
            Dimension::Agent => narrow.agent = Some(text),
            Dimension::Source => narrow.source = Some(text),
        }
    }
    narrow
}

/// The moment a calendar day begins in `zone`.
#[must_use]
pub fn day_start(date: jiff::civil::Date, zone: &TimeZone) -> Option<Moment> {
    date.to_zoned(zone.clone()).ok().map(|start| Moment(start.timestamp().as_microsecond()))
}

fn clip(scope: &mut Scope, from: Option<Moment>, to: Option<Moment>) {
    scope.from = scope.from.max(from);
    scope.to = match (scope.to, to) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
}
