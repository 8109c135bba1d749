//! The one place where the console reads the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use events::Moment;

/// Tells the time: the machine's, or one that a test chooses.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A time set by hand, in microseconds since 1970.
    Chosen(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `moment` until it is [set](Self::set).
    #[must_use]
    pub fn chosen(moment: Moment) -> Self {
        Self::Chosen(Arc::new(AtomicI64::new(moment.0)))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Moment {
        match self {
            Self::System => {
                // A machine set before 1970 reads as 1970; `recorded_at` never goes back anyway.
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Moment(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
            }
            Self::Chosen(micros) => Moment(micros.load(Ordering::SeqCst)),
        }
    }

    /// Sets a chosen clock; the machine's stays as it is.
    pub fn set(&self, moment: Moment) {
        if let Self::Chosen(micros) = self {
            micros.store(moment.0, Ordering::SeqCst);
        }
    }
}
