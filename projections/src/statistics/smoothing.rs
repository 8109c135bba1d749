//! What comes next: Holt and Winters' level, trend and season.

use super::Unknown;

/// How quickly each part follows what is seen, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// The level's.
    pub alpha: f64,
    /// The trend's.
    pub beta: f64,
    /// The season's.
    pub gamma: f64,
}

/// Level, trend, and one value for each slot of a season, the next one first.
#[derive(Clone, Debug, PartialEq)]
pub struct Smoothing {
    pace: Pace,
    level: f64,
    trend: f64,
    season: Vec<f64>,
    /// The slot of the season that comes next.
    next: usize,
    /// What that slot was before it was last seen.
    stale: f64,
}

/// The longest season and the farthest horizon.
pub const SLOTS_MAX: usize = 1_000_000;

impl Smoothing {
    /// A state to begin with.
    ///
    /// # Errors
    /// [`Unknown::OutOfRange`] for paces outside 0 to 1, no season or what is not finite.
    pub fn new(pace: Pace, level: f64, trend: f64, season: Vec<f64>) -> Result<Self, Unknown> {
        if ![pace.alpha, pace.beta, pace.gamma].iter().all(|pace| (0.0..=1.0).contains(pace)) {
            return Err(Unknown::OutOfRange("alpha, beta and gamma must be between 0 and 1"));
        }
        if !(1..=SLOTS_MAX).contains(&season.len()) || ![level, trend].iter().chain(&season).all(|x| x.is_finite()) {
            return Err(Unknown::OutOfRange("there must be a season, and a finite state"));
        }
        let stale = season[season.len() - 1];
        Ok(Self { pace, level, trend, season, next: 0, stale })
    }

    /// What is expected next.
    #[must_use]
    pub fn expected(&self) -> f64 {
        self.level + self.trend + self.season[self.next]
    }

    /// Takes the next value: `l' = α (y - s) + (1-α)(l + b)`, `b' = β (l' - l) + (1-β) b`,
    /// `s' = γ (y - l - b) + (1-γ) s`.
    ///
    /// Source: Winters (1960); Hyndman et al., Forecasting with Exponential Smoothing (2008) §2.
    pub fn observe(&mut self, value: f64) {
        let Pace { alpha, beta, gamma } = self.pace;
        let (season, ahead) = (self.season[self.next], self.level + self.trend);
        let level = alpha * (value - season) + (1.0 - alpha) * ahead;
        self.trend = beta * (level - self.level) + (1.0 - beta) * self.trend;
        self.level = level;
        self.stale = season;
        self.season[self.next] = gamma * (value - ahead) + (1.0 - gamma) * season;
        self.next = (self.next + 1) % self.season.len();
    }

    /// The next `horizon` values.
    ///
    /// # Errors
    /// [`Unknown::OutOfRange`] beyond [`SLOTS_MAX`]; [`Unknown::TooLarge`].
    pub fn forecast(&self, horizon: usize) -> Result<Vec<f64>, Unknown> {
        if SLOTS_MAX < horizon {
            return Err(Unknown::OutOfRange("the horizon is too far"));
        }
        let slots = self.season.iter().cycle().skip(self.next);
        let steps = 1..=horizon;
        steps.zip(slots).map(|(step, season)| Unknown::unless_finite(self.level + step as f64 * self.trend + season)).collect()
    }

    /// The slot of the season that was last seen.
    #[must_use]
    pub fn latest(&self) -> f64 {
        let slots = self.season.len();
        self.season[(self.next + slots - 1) % slots]
    }

    /// What the last slot of the season was before it was last seen: what a peer's forecast still takes for it.
    #[must_use]
    pub fn stale(&self) -> f64 {
        self.stale
    }
}
