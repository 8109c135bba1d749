//! The days of a run in the desk's own zone.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

/// Minutes in a civil day.
pub(super) const DAY_MINUTES: u32 = 1440;

/// The first day of a run and the zone its days begin in.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    zone: TimeZone,
    start: Date,
}

impl Calendar {
    /// The calendar of `zone`, or of UTC when no such zone exists.
    pub(super) fn new(start: Date, zone: &str) -> Self {
        Self { zone: jiff::tz::db().get(zone).unwrap_or(TimeZone::UTC), start }
    }

    /// The zone's IANA name.
    pub(super) fn zone(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// The date of the run's `day`, counted from 0.
    pub(super) fn date(&self, day: u32) -> Date {
        self.start.saturating_add(Span::new().days(day))
    }

    /// The date so many days before the run's `day`.
    pub(super) fn before(&self, day: u32, n_days: i64) -> Date {
        self.date(day).saturating_sub(Span::new().days(n_days))
    }

    /// Days from 2000-01-01 to the run's `day`; the same date has the same number in every run.
    pub(super) fn number(&self, day: u32) -> i64 {
        let epoch = jiff::civil::date(2000, 1, 1);
        epoch.until(self.date(day)).map_or(0, |span| i64::from(span.get_days()))
    }

    /// 0 for Monday to 6 for Sunday.
    pub(super) fn weekday(&self, day: u32) -> usize {
        usize::try_from(Weekday::to_monday_zero_offset(self.date(day).weekday())).unwrap_or(0)
    }

    /// The moment of civil `minute` of `day`, in milliseconds since 1970. A time that the clocks skip is as far
    /// after the gap as it lies in it, a time they repeat is the first.
    pub(super) fn at(&self, day: u32, minute: u32) -> i64 {
        let date = self.date(day + minute / DAY_MINUTES);
        let local = date.at(0, 0, 0, 0).saturating_add(i64::from(minute % DAY_MINUTES).minutes());
        let ambiguous = self.zone.to_ambiguous_timestamp(local);
        ambiguous.compatible().map_or(i64::MAX / 2000, jiff::Timestamp::as_millisecond)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_the_zones_midnight_also_when_clocks_change() {
        let shanghai = Calendar::new(jiff::civil::date(2026, 3, 2), "Asia/Shanghai");
        assert_eq!(shanghai.at(0, 0), 1_772_380_800_000);
        assert_eq!(shanghai.weekday(0), 0);
        // 2026-03-29 has 23 hours in Berlin.
        let berlin = Calendar::new(jiff::civil::date(2026, 3, 29), "Europe/Berlin");
        assert_eq!(berlin.at(1, 0) - berlin.at(0, 0), 23 * 3_600_000);
        assert_eq!(berlin.at(0, DAY_MINUTES), berlin.at(1, 0));
        assert_eq!(Calendar::new(jiff::civil::date(2026, 3, 2), "Nowhere/At_All").zone(), "UTC");
    }
}
