//! What a source says it counted or measured itself: kept beside what its facts show, and never counted as one of them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Moment;

/// What a claimed value is measured in; absent values claim moments alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ClaimUnit {
    /// Seconds.
    Secs,
    /// Whole minutes, as some sources round their times.
    Minutes,
    /// A number of things.
    Count,
}

/// The source claims a figure of this conversation, as it stood when this fact happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FigureClaimed {
    /// What it measures, in the source's own word, such as `first_response`.
    pub metric: String,
    /// Its value, finite; absent when the source claims only when something of this metric happened (`to`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// What the value is measured in.
    pub unit: ClaimUnit,
    /// Whether only the source's business hours are counted; which those are it does not say.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_business_hours: bool,
    /// From when the source counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Moment>,
    /// Up to when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Moment>,
    /// Whose figure it is, by the agent's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Which of several: the source's number of the leg or clock it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

impl FigureClaimed {
    /// A claim of so many seconds, with nothing said about them.
    #[must_use]
    pub fn secs(metric: &str, value: f64) -> Self {
        let (value, unit) = (Some(value), ClaimUnit::Secs);
        Self {
            metric: metric.to_owned(),
            value,
            unit,
            in_business_hours: false,
            from: None,
            to: None,
            agent: None,
            instance: None,
        }
    }
}
