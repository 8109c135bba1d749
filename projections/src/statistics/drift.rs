//! When a stream has changed: of errors, of losses.

pub mod adwin;

use super::Unknown;

/// Page and Hinkley's test: sums of what lies above and below the running mean, forgetting slowly.
///
/// Source: Page (1954), with the forgetting factor of `river` 0.26.1, whose alarms it repeats.
#[derive(Clone, Debug, PartialEq)]
pub struct PageHinkley {
    /// Values before the first alarm.
    pub instances_min: u64,
    /// What a value may differ from the mean without counting.
    pub delta: f64,
    /// How far a sum may move from its extreme.
    pub threshold: f64,
    /// What is left of the sums at each value, 0 to 1.
    pub alpha: f64,
    /// Which direction is an alarm.
    pub mode: Direction,
    seen: Option<Sums>,
}

/// Which direction of change is an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Larger values.
    Up,
    /// Smaller values.
    Down,
    /// Both.
    Both,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Sums {
    n: u64,
    mean: f64,
    increase: f64,
    decrease: f64,
    increase_min: f64,
    decrease_max: f64,
}

impl Sums {
    const NONE: Self = Self { n: 0, mean: 0.0, increase: 0.0, decrease: 0.0, increase_min: f64::INFINITY, decrease_max: -1.0 };
}

impl PageHinkley {
    /// A test that has seen nothing.
    ///
    /// # Errors
    /// [`Unknown::OutOfRange`] unless the threshold is above 0, `delta` finite and `alpha` between 0 and 1.
    pub fn new(instances_min: u64, delta: f64, threshold: f64, alpha: f64, mode: Direction) -> Result<Self, Unknown> {
        if !(0.0 < threshold && threshold.is_finite() && delta.is_finite() && (0.0..=1.0).contains(&alpha)) {
            return Err(Unknown::OutOfRange("the threshold must be above 0 and alpha between 0 and 1"));
        }
        Ok(Self { instances_min, delta, threshold, alpha, mode, seen: None })
    }

    /// Takes one more finite value, and tells whether the stream has changed; after an alarm it begins anew.
    pub fn changed(&mut self, value: f64) -> bool {
        let mut seen = self.seen.unwrap_or(Sums::NONE);
        seen.n += 1;
        seen.mean += (value - seen.mean) / seen.n as f64;
        let apart = value - seen.mean;
        seen.increase = self.alpha * seen.increase + apart - self.delta;
        seen.decrease = self.alpha * seen.decrease + apart + self.delta;
        seen.increase_min = seen.increase_min.min(seen.increase);
        seen.decrease_max = seen.decrease_max.max(seen.decrease);
        let up = self.threshold < seen.increase - seen.increase_min && self.mode != Direction::Down;
        let down = self.threshold < seen.decrease_max - seen.decrease && self.mode != Direction::Up;
        let changed = self.instances_min <= seen.n && (up || down);
        self.seen = (!changed).then_some(seen);
        changed
    }
}

/// The drift detection method over errors: for comparison only, for it raises false alarms on streams that stand still.
///
/// Source: Gama et al. (2004), as `river` 0.26.1 has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ddm {
    /// Values before the first alarm.
    pub warm_start: u64,
    /// How many deviations above the best are an alarm.
    pub threshold: f64,
    n: u64,
    mean: f64,
    best: Option<[f64; 2]>,
}

impl Default for Ddm {
    fn default() -> Self {
        Self { warm_start: 30, threshold: 3.0, n: 0, mean: 0.0, best: None }
    }
}

impl Ddm {
    /// Takes one more outcome, and tells whether errors have become more; after an alarm it begins anew.
    pub fn changed(&mut self, error: bool) -> bool {
        self.n += 1;
        self.mean += (f64::from(u8::from(error)) - self.mean) / self.n as f64;
        let deviation = libm::sqrt((self.mean * (1.0 - self.mean)).max(0.0) / self.n as f64);
        if self.n <= self.warm_start {
            return false;
        }
        let now = self.mean + deviation;
        let [mean, least] = match self.best {
            Some(best) if best[0] + best[1] < now => best,
            Some(_) | None => [self.mean, deviation],
        };
        self.best = Some([mean, least]);
        let changed = mean + self.threshold * least < now;
        if changed {
            *self = Self { warm_start: self.warm_start, threshold: self.threshold, ..Self::default() };
        }
        changed
    }
}
