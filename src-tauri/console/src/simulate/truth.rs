//! What was made, and the truth it was made from: what a method of analysis can be tested against.

use std::fmt::Write as _;

use events::Moment;
use serde::Serialize;

pub use super::chance::LogNormal;

/// What a run made and the parameters it was drawn from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Truth {
    /// The seed of all draws.
    pub seed: u64,
    /// The first day, `YYYY-MM-DD`.
    pub start: String,
    /// Days simulated.
    pub n_days: u32,
    /// Agents on the roster.
    pub n_agents: u32,
    /// Volume relative to what the roster is made for.
    pub rate: f64,
    /// The IANA zone in which the days begin.
    pub zone: String,
    /// Conversations made.
    pub n_conversations: u64,
    /// Facts made, of all kinds.
    pub n_events: u64,
    /// Conversations that menu or bot ended.
    pub n_self_served: u64,
    /// Every half hour of every queue, in order of time.
    pub half_hours: Vec<HalfHour>,
    /// What became of each queue's legs over all days.
    pub queues: Vec<QueueTruth>,
    /// How long customers wait before they give up.
    pub patience: Vec<Patience>,
    /// How long topics take.
    pub handle_times: Vec<HandleTime>,
    /// The probability that an agent passes a contact on in its first leg; never at the English desk.
    pub transfer_share: f64,
    /// The probability that a voice call is put on hold.
    pub hold_share: f64,
    /// How handle time grows with each further written conversation the agent holds.
    pub concurrency_slowdown: f64,
    /// Faults that multiply arrivals.
    pub incidents: Vec<Incident>,
    /// How customers rate.
    pub survey: Survey,
}

/// One half hour of one queue. Legs are counted where their contact began or was passed on, as the figures do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HalfHour {
    /// `YYYY-MM-DD` in the desk's zone.
    pub date: String,
    /// `HH:MM`, its beginning.
    pub time: String,
    /// The queue.
    pub queue: &'static str,
    /// The mean of the Poisson distribution that arrivals were drawn from, self-served contacts included.
    pub arrivals_expected: f64,
    /// Arrivals drawn.
    pub n_arrivals: u32,
    /// Legs answered.
    pub n_answered: u32,
    /// Legs answered within 20 s of entering the queue.
    pub n_answered_within: u32,
    /// Legs whose customer left first.
    pub n_abandoned: u32,
}

/// What became of one queue's legs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QueueTruth {
    /// The queue.
    pub queue: &'static str,
    /// Contacts meant for it, self-served ones included; transfers are not arrivals.
    pub n_arrivals: u64,
    /// Legs answered.
    pub n_answered: u64,
    /// Legs answered within 20 s.
    pub n_answered_within: u64,
    /// Legs abandoned.
    pub n_abandoned: u64,
}

/// How long customers of one channel wait before they give up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Patience {
    /// The channel's word, or `closed` for those who come while the desk is closed.
    pub channel: &'static str,
    /// Log-normal.
    pub law: LogNormal,
    /// Its mean.
    pub mean_secs: f64,
}

/// How long one topic takes on one channel, before an agent's own pace and other work.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HandleTime {
    /// The topic's Chinese word.
    pub topic: &'static str,
    /// The channel's word.
    pub channel: &'static str,
    /// Talk or chat, log-normal.
    pub talk: LogNormal,
    /// Work after it, log-normal.
    pub wrap_up: LogNormal,
    /// The probability that it is settled; an incident takes [`super::INCIDENT_RESOLVED`] off.
    pub resolved_share: f64,
    /// The probability that menu or bot is enough.
    pub self_service_share: f64,
}

/// A fault that multiplies a queue's arrivals.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Incident {
    /// Its beginning.
    pub from: Moment,
    /// How long it lasts.
    pub length_secs: i64,
    /// What it multiplies arrivals by.
    pub arrival_factor: f64,
    /// What it still multiplies them by afterwards, step by step.
    pub tail_factors: Vec<f64>,
    /// The length of such a step.
    pub tail_step_secs: i64,
    /// What it multiplies handle times by.
    pub handle_factor: f64,
    /// The queues it hits.
    pub queues: Vec<&'static str>,
}

/// How customers rate: a latent normal, rounded into 1..=5.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Survey {
    /// The probability that an answered customer is asked.
    pub sent_share: f64,
    /// The probability that an asked customer rates.
    pub answered_share: f64,
    /// The probability that a rating has a comment.
    pub comment_share: f64,
    /// The latent mean without any trouble.
    pub base: f64,
    /// What each minute of waiting takes off, up to eight minutes.
    pub per_waited_minute: f64,
    /// What each transfer takes off.
    pub per_transfer: f64,
    /// What an unsettled matter takes off.
    pub unresolved: f64,
    /// The latent standard deviation.
    pub sigma: f64,
}

impl Truth {
    /// The days half hour by half hour, all queues together, as a table for people.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text = String::from("date       time  arrivals  offered  answered  abandoned  within 20 s\n");
        for row in self.half_hours.chunks(self.queues.len().max(1)) {
            let Some(first) = row.first() else { continue };
            let sum = |count: fn(&HalfHour) -> u32| row.iter().map(count).sum::<u32>();
            let (answered, abandoned) = (sum(|row| row.n_answered), sum(|row| row.n_abandoned));
            let offered = answered + abandoned;
            let level = match offered {
                0 => "–".to_owned(),
                n => format!("{:.0} %", 100.0 * f64::from(sum(|row| row.n_answered_within)) / f64::from(n)),
            };
            // Writing to a String cannot fail.
            writeln!(
                text,
                "{} {} {:>9} {offered:>8} {answered:>9} {abandoned:>10} {level:>12}",
                first.date,
                first.time,
                sum(|row| row.n_arrivals)
            )
            .ok();
        }
        text
    }
}
