//! Why a number cannot be told.

/// Why a number cannot be told. Its text is the word, and where it helps what stands against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// Too few observations for the number to be defined.
    #[error("insufficient_data")]
    InsufficientData,
    /// Nothing varies, so nothing can be said of chance.
    #[error("degenerate")]
    Degenerate,
    /// A lift over a baseline of 0 has no meaning.
    #[error("baseline_zero")]
    BaselineZero,
    /// A lift over a negative baseline would change its sign.
    #[error("baseline_nonpositive")]
    BaselineNonpositive,
    /// Only one of the two classes was seen.
    #[error("one_class_only")]
    OneClassOnly,
    /// The sums do not belong to any list of numbers.
    #[error("inconsistent: {0}")]
    Inconsistent(&'static str),
    /// An input lies outside its range.
    #[error("out_of_range: {0}")]
    OutOfRange(&'static str),
    /// No value can do what is asked.
    #[error("impossible: {0}")]
    Impossible(&'static str),
    /// The numbers are larger than can be counted or computed exactly.
    #[error("too_large")]
    TooLarge,
}

impl Unknown {
    /// Passes a number on if it is one.
    ///
    /// # Errors
    /// [`Unknown::TooLarge`] for what is infinite or not a number.
    pub fn unless_finite(value: f64) -> Result<f64, Self> {
        if value.is_finite() { Ok(value) } else { Err(Self::TooLarge) }
    }

    /// Passes a level on if it lies between 0 and 1, both excluded.
    ///
    /// # Errors
    /// [`Unknown::OutOfRange`] with these words.
    pub fn unless_between_0_and_1(value: f64, words: &'static str) -> Result<f64, Self> {
        if 0.0 < value && value < 1.0 { Ok(value) } else { Err(Self::OutOfRange(words)) }
    }
}

/// What is said of a level that is none.
pub(crate) const ALPHA: &str = "alpha must be between 0 and 1";
