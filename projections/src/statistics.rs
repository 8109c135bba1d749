//! Statistics: experiments, staffing and what is learnt along the way, as pure functions of counts and sums.
//!
//! One noun a file. Nothing here reads the log; folds and the command line bring the numbers. An answer that cannot be
//! computed is an [`Unknown`] with its reason, never 0, 1 or infinity.

pub mod anytime;
pub mod assignment;
pub mod bayes;
pub mod beta_binomial;
pub mod bursts;
pub mod cuped;
pub mod drift;
pub mod erlang_a;
pub mod erlang_c;
pub mod fixed;
pub mod ftrl;
pub mod group_sequential;
pub mod interval;
pub mod isotonic;
pub mod label_evalue;
pub mod log_odds;
pub mod multiplicity;
pub mod numerics;
pub mod power;
pub mod quantile;
pub mod ranking;
pub mod ratio;
pub mod sample_ratio;
pub mod share_difference;
pub mod smoothing;
pub mod spikes;
pub mod sums;
mod unknown;
pub mod verdict;

pub use unknown::Unknown;
