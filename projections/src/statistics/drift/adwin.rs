//! A window that grows while nothing changes and shrinks when something does.

use std::collections::VecDeque;

use crate::statistics::Unknown;

/// The window's settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The probability of a false alarm at a look, between 0 and 1.
    pub delta: f64,
    /// Values between looks, at least 1.
    pub clock: u64,
    /// Buckets of one size before two of them become one, at least 1.
    pub buckets_max: usize,
    /// The shortest part that is compared.
    pub part_min: u64,
    /// Values before the first look.
    pub grace: u64,
}

/// ADWIN: exponentially larger buckets of the past, and a cut wherever two parts differ too much.
///
/// Source: Bifet, Gavaldà (SDM 2007), with the bounds and the order of looks of `river` 0.26.1, whose alarms it repeats.
#[derive(Clone, Debug, PartialEq)]
pub struct Adwin {
    settings: Settings,
    /// By size, 1, 2, 4, …: the sum and the spread of each bucket, the oldest first.
    rows: Vec<VecDeque<[f64; 2]>>,
    sum: f64,
    spread: f64,
    width: f64,
    ticks: u64,
    alarmed: bool,
}

/// How many values a bucket of a row holds.
fn size(row: usize) -> f64 {
    libm::scalbn(1.0, i32::try_from(row).unwrap_or(i32::MAX))
}

/// What two parts spread together more than each by itself.
fn between(n: f64, mean: f64, m: f64, other: f64) -> f64 {
    n * m * (mean - other) * (mean - other) / (n + m)
}

impl Adwin {
    /// An empty window.
    ///
    /// # Errors
    /// [`Unknown::OutOfRange`] for such settings as no window can have.
    pub fn new(settings: Settings) -> Result<Self, Unknown> {
        Unknown::unless_between_0_and_1(settings.delta, "delta must be between 0 and 1")?;
        if settings.clock == 0 || settings.buckets_max == 0 || settings.part_min == 0 {
            return Err(Unknown::OutOfRange("clock, max_buckets and min_window_length must be at least 1"));
        }
        Ok(Self { settings, rows: vec![VecDeque::new()], sum: 0.0, spread: 0.0, width: 0.0, ticks: 0, alarmed: false })
    }

    /// How many values the window holds.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.width
    }

    /// The mean of the window; 0 for an empty one.
    #[must_use]
    pub fn mean(&self) -> f64 {
        if self.width == 0.0 { 0.0 } else { self.sum / self.width }
    }

    /// Takes one more finite value, and tells whether the stream has changed; after an alarm it begins anew.
    pub fn changed(&mut self, value: f64) -> bool {
        if self.alarmed {
            let settings = self.settings;
            *self = Self { settings, rows: vec![VecDeque::new()], sum: 0.0, spread: 0.0, width: 0.0, ticks: 0, alarmed: false };
        }
        self.insert(value);
        self.ticks += 1;
        if !self.ticks.is_multiple_of(self.settings.clock) || self.width <= self.settings.grace as f64 {
            return false;
        }
        while self.cut() {
            self.drop_oldest();
            self.alarmed = true;
        }
        self.alarmed
    }

    fn insert(&mut self, value: f64) {
        self.rows[0].push_back([value, 0.0]);
        if 0.0 < self.width {
            self.spread += between(self.width, self.mean(), 1.0, value);
        }
        self.width += 1.0;
        self.sum += value;
        let mut row = 0;
        while self.settings.buckets_max < self.rows[row].len() {
            let (Some(a), Some(b)) = (self.rows[row].pop_front(), self.rows[row].pop_front()) else { return };
            let n = size(row);
            let spread = a[1] + b[1] + between(n, a[0] / n, n, b[0] / n);
            row += 1;
            if self.rows.len() == row {
                self.rows.push(VecDeque::new());
            }
            self.rows[row].push_back([a[0] + b[0], spread]);
        }
    }

    fn drop_oldest(&mut self) {
        let n = size(self.rows.len() - 1);
        let Some([sum, spread]) = self.rows.last_mut().and_then(VecDeque::pop_front) else { return };
        self.width -= n;
        self.sum -= sum;
        if 0.0 < self.width {
            self.spread -= spread + between(n, sum / n, self.width, self.mean());
        }
        while 1 < self.rows.len() && self.rows.last().is_some_and(VecDeque::is_empty) {
            self.rows.pop();
        }
    }

    /// Whether there is a place where the older part and the newer one differ by more than chance allows.
    fn cut(&self) -> bool {
        let (mut n, mut sum) = (0.0, 0.0);
        for (row, buckets) in self.rows.iter().enumerate().rev() {
            // The newest bucket of each size is left to the newer part, as in the peer.
            for [of_bucket, _] in buckets.iter().take(buckets.len().saturating_sub(1)) {
                n += size(row);
                sum += of_bucket;
                let rest = self.width - n;
                let part = self.settings.part_min as f64;
                if part <= n && part <= rest && self.differ(n, rest, sum / n - (self.sum - sum) / rest) {
                    return true;
                }
            }
        }
        false
    }

    fn differ(&self, n: f64, rest: f64, apart: f64) -> bool {
        let part = self.settings.part_min as f64;
        let ln = libm::log(2.0 * libm::log(self.width) / self.settings.delta);
        let harmonic = 1.0 / (n - part + 1.0) + 1.0 / (rest - part + 1.0);
        let variance = (self.spread / self.width).max(0.0);
        libm::sqrt(2.0 * harmonic * variance * ln) + 2.0 / 3.0 * ln * harmonic < apart.abs()
    }
}
