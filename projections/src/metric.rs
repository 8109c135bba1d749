//! Metrics as definitions: id, version, unit, formula, citation, and what each leg contributes.
//!
//! A figure is `(metric@version, scope)` at a position of the log. It is computed from the contributions of single
//! legs, and each contribution names the fact that made it, so a figure always opens to exactly its events.
//!
//! All of these attribute a leg to the moment its contact began (`attribute_at = initiate`); a definition that counts
//! at disconnect, as Amazon Connect's interval reports do, would be another definition with another id.

use events::{Moment, Position};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::conversation::{Conversation, Conversations, Hands, Leg, Mark, Outcome, Phase};

/// The answer time that service levels and short abandons are judged by, in seconds. A wait of exactly so long counts as within.
pub const WITHIN_SECS: i64 = 20;

/// What a figure's value is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A whole number of legs or conversations.
    Count,
    /// A share in 0..=1.
    Share,
    /// Seconds.
    Secs,
}

/// How contributions become one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// The sum of numerators.
    Sum,
    /// The sum of numerators over the sum of denominators; unknown when that is 0.
    Ratio,
    /// The greatest numerator; unknown when there is none.
    Max,
    /// The median of numerators, the mean of the middle two when even; unknown when there is none.
    Median,
}

/// A metric's published definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Definition {
    /// Its id, as in `docs`: family, dot, variant.
    pub id: String,
    /// Its version; any change of meaning raises it.
    pub version: u32,
    /// What its value is measured in.
    pub unit: Unit,
    /// How contributions become its value.
    pub aggregate: Aggregate,
    /// Its formula in words of the glossary.
    pub formula: String,
    /// Where the formula was read.
    pub citation: String,
    /// Its parameters, in seconds.
    pub within_secs: Option<u32>,
}

/// What one leg adds to a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// Added above the line; microseconds for times, 0 or 1 for counts.
    pub numerator: i64,
    /// Added below the line.
    pub denominator: i64,
    /// The fact that decides this leg's contribution.
    pub position: Position,
}

macro_rules! metrics {
    ($($(#[$doc:meta])* $variant:ident = $id:literal, $unit:ident, $aggregate:ident, $within:expr, $formula:literal, $citation:literal;)+) => {
        /// A metric that this version defines.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
        pub enum Metric { $($(#[$doc])* #[serde(rename = $id)] $variant,)+ }

        impl Metric {
            /// Every metric, in the order in which they are listed to people.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its published definition.
            #[must_use]
            pub fn definition(self) -> Definition {
                match self {
                    $(Self::$variant => Definition {
                        id: $id.to_owned(), version: 1, unit: Unit::$unit, aggregate: Aggregate::$aggregate,
                        formula: $formula.to_owned(), citation: $citation.to_owned(), within_secs: $within,
                    },)+
                }
            }

            /// Its id.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)+ }
            }
        }
    };
}

metrics! {
    /// Contacts that had a fate in a queue.
    Offered = "contacts.offered", Count, Sum, None, "answered + abandoned + flowed out", "Genesys Cloud, offered";
    /// Contacts that an agent took.
    Answered = "contacts.answered", Count, Sum, None, "legs connected to an agent", "Amazon Connect, contacts handled";
    /// Contacts whose customer left first.
    Abandoned = "abandon.count", Count, Sum, None, "legs whose customer left before an agent answered; a callback request is not one", "Amazon Connect, contacts abandoned";
    /// Contacts in a queue now.
    Waiting = "queue.waiting", Count, Sum, None, "legs enqueued and not dequeued", "Amazon Connect, contacts in queue";
    /// The longest wait of those in a queue now.
    Oldest = "queue.oldest", Secs, Max, None, "as of − enqueued, greatest over the waiting", "Amazon Connect, oldest contact";
    /// Share of offered contacts answered in time.
    ServiceLevel = "sl.cisco_negative", Share, Ratio, Some(20), "answered within T / (answered + abandoned)", "Cisco Unified Intelligence Center 9.0, p. 226, abandons count against";
    /// Share of answered contacts answered in time.
    ServiceLevelOfAnswered = "sl.genesys", Share, Ratio, Some(20), "answered within T / answered", "Genesys Cloud, configure the service level calculation, all options off";
    /// Share of offered contacts answered in time, short abandons left out.
    ServiceLevelWithoutShort = "sl.cisco_ignore", Share, Ratio, Some(20), "answered within T / (answered + abandoned after more than T)", "Cisco Unified Intelligence Center 9.0, p. 226, abandons within T ignored";
    /// Contacts answered in time.
    AnsweredWithin = "sl.connect_answered_in_x", Count, Sum, Some(20), "legs answered within T of entering the queue", "Amazon Connect, SUM_CONTACTS_ANSWERED_IN_X";
    /// Contacts whose customer left early.
    AbandonedWithin = "abandon.in_x", Count, Sum, Some(20), "legs abandoned with 0 ≤ wait ≤ T", "Amazon Connect, contacts abandoned in X";
    /// Share of offered contacts whose customer left first.
    AbandonRate = "abandon.rate.genesys", Share, Ratio, None, "abandoned / offered", "Genesys Cloud, abandon %";
    /// Mean wait of answered contacts.
    SpeedOfAnswer = "asa.connect", Secs, Ratio, None, "mean of dequeued − enqueued over answered, zeros included", "Amazon Connect, average queue answer time";
    /// Mean handle time.
    HandleTime = "aht.connect", Secs, Ratio, None, "mean of talk + hold + after-contact work over answered contacts that ended", "Amazon Connect, average handle time";
    /// Mean handle time where the agent is known.
    HandleTimeNamed = "aht.named_agent", Secs, Ratio, None, "aht.connect over contacts whose agent was recorded", "aht.connect, restricted";
    /// The longest wait there was.
    WaitMax = "queue.max", Secs, Max, None, "greatest dequeued − enqueued, abandoned included", "Amazon Connect, longest queue answer time over all queued";
    /// The median wait of answered contacts.
    WaitMedian = "wait.median_answered", Secs, Median, None, "median of dequeued − enqueued over answered, zeros included", "median, as Intercom reports times to reply";
    /// Contacts that did wait.
    Queued = "queue.waited", Count, Sum, None, "answered or abandoned legs with a wait above 0", "Anonymous Bank, q_time > 0";
    /// Answered contacts that did wait.
    QueuedAnswered = "queue.waited_answered", Count, Sum, None, "answered legs with a wait above 0", "Anonymous Bank, q_time > 0";
    /// Abandoned contacts that did wait.
    QueuedAbandoned = "queue.waited_abandoned", Count, Sum, None, "abandoned legs with a wait above 0", "Anonymous Bank, q_time > 0";
    /// Contacts in talk now.
    Talking = "contacts.talking", Count, Sum, None, "legs connected to an agent and not ended", "Amazon Connect, contacts on contact";
    /// Contacts passed on.
    Transferred = "transfers.out", Count, Sum, None, "legs that an agent passed on", "Amazon Connect, contacts transferred out";
    /// Share of ratings that are good.
    Satisfied = "csat.satisfied", Share, Ratio, None, "ratings of at least 4 in 5 / ratings", "Tencent Cloud Desk, satisfied ratings / all ratings";
    /// Share of asked customers who rated.
    RatingResponse = "csat.response", Share, Ratio, None, "ratings / conversations asked for one", "WeCom, participation_rate";
}

impl Metric {
    /// The metric called `id`, if this version defines it.
    #[must_use]
    pub fn named(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|metric| metric.id() == id)
    }

    /// Whether it tells how the floor stands now; such a figure has no range of days.
    #[must_use]
    pub fn of_the_floor(self) -> bool {
        matches!(self, Self::Waiting | Self::Oldest | Self::Talking)
    }

    /// What `leg` adds to this metric at `as_of`, or `None` when it has no part in it.
    #[must_use]
    pub fn contribution(self, leg: &Leg, conversation: &Conversation, number: u32, as_of: Moment) -> Option<Contribution> {
        if conversation.voided.is_some() {
            return None;
        }
        let fate = || fate(leg);
        let waited = || leg.waited_micros().unwrap_or(0);
        let within = || waited() <= WITHIN_SECS * 1_000_000;
        let answered = leg.outcome == Outcome::Answered;
        let abandoned = leg.outcome == Outcome::Abandoned;
        let counted = |counts: bool, mark: Option<Mark>| counts.then_some(mark).flatten().map(|mark| share(1, 1, mark));
        match self {
            Self::Offered => counted(leg.outcome != Outcome::Waiting && leg.outcome != Outcome::CallbackRequested, fate()),
            Self::Answered => counted(answered, fate()),
            Self::Abandoned => counted(abandoned, fate()),
            Self::Waiting => counted(leg.phase() == Phase::Waiting, leg.enqueued),
            Self::Oldest => {
                let enqueued = leg.enqueued.filter(|_| leg.phase() == Phase::Waiting)?;
                Some(share(as_of.micros_since(enqueued.at).max(0), 1, enqueued))
            }
            Self::ServiceLevel => {
                (answered || abandoned).then(|| fate().map(|mark| share(i64::from(answered && within()), 1, mark)))?
            }
            Self::ServiceLevelOfAnswered => answered.then(|| fate().map(|mark| share(i64::from(within()), 1, mark)))?,
            Self::ServiceLevelWithoutShort => (answered || (abandoned && !within()))
                .then(|| fate().map(|mark| share(i64::from(answered && within()), 1, mark)))?,
            Self::AnsweredWithin => counted(answered && within(), fate()),
            Self::AbandonedWithin => counted(abandoned && within(), fate()),
            Self::AbandonRate => {
                let offered = leg.outcome != Outcome::Waiting && leg.outcome != Outcome::CallbackRequested;
                offered.then(|| fate().map(|mark| share(i64::from(abandoned), 1, mark)))?
            }
            Self::SpeedOfAnswer | Self::WaitMedian => answered.then(|| fate().map(|mark| share(waited(), 1, mark)))?,
            Self::HandleTime => handled(leg),
            Self::HandleTimeNamed => matches!(leg.hands, Hands::Agent(_)).then(|| handled(leg))?,
            Self::WaitMax => (answered || abandoned).then(|| fate().map(|mark| share(waited(), 1, mark)))?,
            Self::Queued => counted((answered || abandoned) && 0 < waited(), fate()),
            Self::QueuedAnswered => counted(answered && 0 < waited(), fate()),
            Self::QueuedAbandoned => counted(abandoned && 0 < waited(), fate()),
            Self::Talking => counted(leg.phase() == Phase::Talking, leg.assigned),
            Self::Transferred => counted(answered && leg.transferred.is_some(), leg.transferred),
            Self::Satisfied => {
                let (score, score_max, mark) = conversation.rating.filter(|_| last(conversation, number))?;
                Some(share(i64::from(4 * u32::from(score_max) <= 5 * u32::from(score)), 1, mark))
            }
            Self::RatingResponse => {
                let sent = conversation.survey_sent.filter(|_| last(conversation, number))?;
                let mark = conversation.rating.map_or(sent, |(_, _, mark)| mark);
                Some(share(i64::from(conversation.rating.is_some()), 1, mark))
            }
        }
    }

    /// Turns summed contributions into this metric's value; `None` means "not known", never 0.
    #[must_use]
    pub fn value(self, tally: &Tally) -> Option<f64> {
        let definition = self.definition();
        let scale = match definition.unit {
            Unit::Count | Unit::Share => 1.0,
            Unit::Secs => 1e-6,
        };
        let raw = match definition.aggregate {
            Aggregate::Sum => Some(tally.numerator as f64),
            Aggregate::Ratio => (tally.denominator != 0).then(|| tally.numerator as f64 / tally.denominator as f64),
            Aggregate::Max => (0 < tally.n).then_some(tally.max as f64),
            Aggregate::Median => median(&tally.values),
        };
        raw.map(|raw| raw * scale)
    }
}

/// The mark that decided what became of a leg's wait.
fn fate(leg: &Leg) -> Option<Mark> {
    leg.dequeued.or(leg.assigned)
}

fn share(numerator: i64, denominator: i64, mark: Mark) -> Contribution {
    Contribution { numerator, denominator, position: mark.position }
}

fn handled(leg: &Leg) -> Option<Contribution> {
    let micros = leg.handled_micros()?;
    let mark = leg.wrap_ended.or(leg.released)?;
    Some(share(micros, 1, mark))
}

/// Ratings belong to the conversation; they are counted with its last leg.
fn last(conversation: &Conversation, number: u32) -> bool {
    conversation.legs.last() == Some(&number)
}

fn median(values: &[i64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n % 2 == 1 => Some(sorted[middle] as f64),
        _ => Some((sorted[middle - 1] as f64 + sorted[middle] as f64) / 2.0),
    }
}

/// Contributions, added up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// The numerators' sum.
    pub numerator: i64,
    /// The denominators' sum.
    pub denominator: i64,
    /// How many legs contributed.
    pub n: u64,
    /// The greatest numerator.
    pub max: i64,
    /// Each numerator, for metrics that need them all.
    pub values: Vec<i64>,
}

impl Tally {
    /// Adds one contribution to this metric's tally.
    pub fn add(&mut self, metric: Metric, contribution: Contribution) {
        // A source may claim a wait of centuries; sums stop at the end of their range instead of failing.
        self.numerator = self.numerator.saturating_add(contribution.numerator);
        self.denominator = self.denominator.saturating_add(contribution.denominator);
        self.max = if self.n == 0 { contribution.numerator } else { self.max.max(contribution.numerator) };
        self.n += 1;
        if metric == Metric::WaitMedian {
            self.values.push(contribution.numerator);
        }
    }
}

/// Every leg's number, conversation and contribution to `metric` within a scope.
pub fn contributions<'a>(
    conversations: &'a Conversations,
    metric: Metric,
    sieve: &crate::scope::Sieve,
    as_of: Moment,
) -> impl Iterator<Item = (&'a Leg, &'a Conversation, Contribution)> + use<'a> {
    sieve.legs(conversations).filter_map(move |(_, number, leg, conversation)| {
        metric.contribution(leg, conversation, number, as_of).map(|contribution| (leg, conversation, contribution))
    })
}
