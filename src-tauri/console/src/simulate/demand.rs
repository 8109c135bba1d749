//! When contacts arrive: a Poisson process whose rate changes by the half hour, and the day's incident.
//!
//! The day has its two peaks at 10–12 and 19–21 (capability M32) and few contacts while the desk is closed. An
//! incident multiplies one queue's rate for a while, then lets it fall in steps of a quarter of an hour.

use events::Moment;

use super::calendar::Calendar;
use super::chance::{Chance, Purpose, exp};
use super::topics::Queue;
use super::truth::{HalfHour, Incident};
use super::{CONTACTS_PER_AGENT, Params};

/// Quarters of an hour in a day.
const QUARTERS: usize = 96;
/// Half hours in a day.
pub(super) const HALF_HOURS: usize = 48;
/// When the desk opens, in minutes of the day.
pub(super) const OPEN_MINUTE: u32 = 8 * 60;
/// When it closes.
pub(super) const CLOSE_MINUTE: u32 = 22 * 60;

/// Contacts by hour of a working day, relative to each other.
const WEEKDAY_HOURS: [f64; 24] = [
    0.12, 0.07, 0.04, 0.03, 0.03, 0.05, 0.11, 0.24, 0.62, 1.1, 1.62, 1.58, 1.12, 1.0, 1.08, 1.12, 1.06, 0.88, 1.02, 1.55, 1.6,
    1.02, 0.34, 0.2,
];
/// The same for Saturday and Sunday: a later morning, a flatter afternoon.
const WEEKEND_HOURS: [f64; 24] = [
    0.16, 0.1, 0.06, 0.04, 0.03, 0.04, 0.08, 0.18, 0.48, 0.95, 1.5, 1.55, 1.15, 1.1, 1.15, 1.15, 1.1, 0.95, 1.05, 1.5, 1.55,
    1.08, 0.4, 0.26,
];
/// Contacts by day, Monday first, relative to Monday.
const DAY_FACTORS: [f64; 7] = [1.0, 0.93, 0.9, 0.93, 0.9, 0.69, 0.67];
/// How much days differ besides: the standard deviation of the logarithm.
const DAY_SIGMA: f64 = 0.03;

/// The minute of the first day at which its incident begins.
const INCIDENT_MINUTE: u32 = 13 * 60;
/// Its length in quarters of an hour.
const INCIDENT_QUARTERS: usize = 3;
/// What it does to the arrivals of its queue.
const INCIDENT_ARRIVALS: f64 = 6.0;
/// What it does to the handle times of the contacts it makes.
pub(super) const INCIDENT_HANDLE: f64 = 1.35;
/// How fast arrivals fall back after it, per quarter of an hour.
const INCIDENT_TAIL: [f64; 3] = [2.5, 1.7, 1.2];
/// The probability of an incident on any other day.
const INCIDENT_SHARE: f64 = 0.04;

/// One day's arrivals still to come.
#[derive(Debug)]
pub(super) struct Demand {
    quarter_starts: Vec<i64>,
    half_hourly: Vec<f64>,
    incident_quarter: Option<usize>,
    arrivals: Vec<(Chance, usize, i64)>,
}

impl Demand {
    /// The arrivals of the run's `day`.
    pub(super) fn new(params: &Params, calendar: &Calendar, day: u32) -> Self {
        let number = calendar.number(day) as u64;
        let mut chance = Chance::new(params.seed, Purpose::Day, number, 0);
        let weekday = calendar.weekday(day);
        let hours = if weekday < 5 { &WEEKDAY_HOURS } else { &WEEKEND_HOURS };
        let shape: Vec<f64> = (0..HALF_HOURS).map(|half| half_hour_weight(hours, half)).collect();
        let level = DAY_FACTORS[weekday] * exp(DAY_SIGMA * chance.normal());
        let n_contacts = CONTACTS_PER_AGENT * f64::from(params.n_agents) * params.rate * level;
        let total: f64 = shape.iter().sum();
        let chosen = chance.between(9 * 4, 20 * 4) as usize;
        let strikes = chance.hit(INCIDENT_SHARE);
        let incident_quarter = if day == 0 { Some(INCIDENT_MINUTE as usize / 15) } else { strikes.then_some(chosen) };
        let mut quarter_starts: Vec<i64> = (0..=QUARTERS).map(|quarter| calendar.at(day, quarter as u32 * 15)).collect();
        // Quarters that the clocks skip have no length: they begin where the gap ends.
        for quarter in (0..QUARTERS).rev() {
            quarter_starts[quarter] = quarter_starts[quarter].min(quarter_starts[quarter + 1]);
        }
        let from = quarter_starts[0];
        let arrivals = (0..Queue::ALL.len())
            .map(|queue| (Chance::new(params.seed, Purpose::Arrivals, number, queue as u64), 0, from))
            .collect();
        Self {
            quarter_starts,
            half_hourly: shape.iter().map(|weight| n_contacts * weight / total).collect(),
            incident_quarter,
            arrivals,
        }
    }

    /// When the next contact of `queue` comes, if any more comes on this day.
    pub(super) fn next(&mut self, queue: Queue) -> Option<i64> {
        let place = queue as usize;
        loop {
            let quarter = self.arrivals[place].1;
            if QUARTERS <= quarter {
                return None;
            }
            let (from, to) = (self.quarter_starts[quarter], self.quarter_starts[quarter + 1]);
            let expected = self.expected(queue, quarter);
            let (chance, at_quarter, at) = &mut self.arrivals[place];
            // Without memory, the process may begin anew at every change of its rate.
            let next = if expected <= 0.0 || to <= from {
                to
            } else {
                at.saturating_add((chance.gap() * (to - from) as f64 / expected).round().min(1e12) as i64)
            };
            if next < to {
                *at = next;
                return Some(next);
            }
            *at_quarter += 1;
            *at = to;
        }
    }

    /// Whether a contact of `queue` that comes at `at` comes because of an incident.
    pub(super) fn in_incident(&self, queue: Queue, at: i64) -> bool {
        let quarter = self.quarter(at);
        queue == Queue::Payments && 1.0 < self.incident_factor(queue, quarter)
    }

    /// The half hour of the day that `at` lies in; the first or last when outside.
    pub(super) fn half_hour(&self, at: i64) -> usize {
        self.quarter(at) / 2
    }

    /// The day's half hours, queue by queue, with what is expected of each.
    pub(super) fn half_hours(&self, date: jiff::civil::Date) -> impl Iterator<Item = HalfHour> {
        (0..HALF_HOURS).flat_map(move |half| {
            Queue::ALL.into_iter().map(move |queue| HalfHour {
                date: date.to_string(),
                time: format!("{:02}:{:02}", half / 2, half % 2 * 30),
                queue: queue.word(),
                arrivals_expected: self.expected(queue, 2 * half) + self.expected(queue, 2 * half + 1),
                n_arrivals: 0,
                n_answered: 0,
                n_answered_within: 0,
                n_abandoned: 0,
            })
        })
    }

    /// The day's incident, if it has one.
    pub(super) fn incident(&self) -> Option<Incident> {
        let quarter = self.incident_quarter?;
        let from = self.quarter_starts[quarter];
        Some(Incident {
            from: Moment(from * 1000),
            length_secs: (self.quarter_starts[quarter + INCIDENT_QUARTERS] - from) / 1000,
            arrival_factor: INCIDENT_ARRIVALS,
            tail_factors: INCIDENT_TAIL.to_vec(),
            tail_step_secs: 900,
            handle_factor: INCIDENT_HANDLE,
            queues: vec![Queue::Payments.word()],
        })
    }

    fn quarter(&self, at: i64) -> usize {
        self.quarter_starts.partition_point(|&start| start <= at).saturating_sub(1).min(QUARTERS - 1)
    }

    fn expected(&self, queue: Queue, quarter: usize) -> f64 {
        self.half_hourly[quarter / 2] / 2.0 * queue.arrival_share() * self.incident_factor(queue, quarter)
    }

    fn incident_factor(&self, queue: Queue, quarter: usize) -> f64 {
        let since = self.incident_quarter.and_then(|from| quarter.checked_sub(from));
        match since {
            Some(since) if queue == Queue::Payments => {
                let tail = since.checked_sub(INCIDENT_QUARTERS);
                tail.map_or(INCIDENT_ARRIVALS, |place| INCIDENT_TAIL.get(place).copied().unwrap_or(1.0))
            }
            Some(_) | None => 1.0,
        }
    }
}

/// The weight of a half hour: its hour's, drawn a quarter of the way to the neighbouring hour's.
fn half_hour_weight(hours: &[f64; 24], half: usize) -> f64 {
    let hour = half / 2;
    let neighbour = if half.is_multiple_of(2) { (hour + 23) % 24 } else { (hour + 1) % 24 };
    0.375 * hours[hour] + 0.125 * hours[neighbour]
}
