//! Times as people write them: patterns, seconds since 1970, days since 1900; local times through their zone.

use events::Moment;
use jiff::civil::DateTime;
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};

/// How a time is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// As ISO 8601 writes it, with an offset or local.
    Iso,
    /// Seconds since 1970-01-01 in UTC, with a fraction or without.
    EpochSecs,
    /// Milliseconds since then.
    EpochMillis,
    /// Days since 1899-12-30 as spreadsheets count them, local; the fraction is the time of day.
    Excel,
    /// A pattern of `strptime`.
    Pattern(String),
}

/// The words for formats that are no pattern.
pub(super) const WORDS: [&str; 4] = ["iso", "epoch_s", "epoch_ms", "excel"];

/// A time that was understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Understood {
    pub(super) at: Moment,
    /// What had to be decided about it, if anything: the clocks skipped or repeated it.
    pub(super) repair: Option<&'static str>,
}

impl Format {
    /// The format that a mapping names; `None` when it is neither a word nor a pattern that tells a date.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "iso" => Some(Self::Iso),
            "epoch_s" => Some(Self::EpochSecs),
            "epoch_ms" => Some(Self::EpochMillis),
            "excel" => Some(Self::Excel),
            pattern => tells_a_date(pattern).then(|| Self::Pattern(pattern.to_owned())),
        }
    }

    /// The time of a text; one without an offset is of `zone`.
    pub(super) fn read(&self, text: &str, zone: &TimeZone) -> Option<Understood> {
        match self {
            Self::Iso => iso(text, zone),
            Self::EpochSecs => epoch(text, 1_000_000),
            Self::EpochMillis => epoch(text, 1_000),
            Self::Excel => excel(text, zone),
            Self::Pattern(pattern) => {
                let parts = strtime::parse(pattern, text).ok()?;
                if parts.offset().is_some() || parts.timestamp().is_some() {
                    return of_timestamp(parts.to_timestamp().ok()?);
                }
                local(parts.to_datetime().ok()?, zone)
            }
        }
    }
}

/// Whether what a pattern writes it can also read, the day included.
fn tells_a_date(pattern: &str) -> bool {
    let day = jiff::civil::date(1999, 11, 23);
    let sample = day.at(13, 57, 41, 0).to_zoned(TimeZone::UTC).ok();
    let Some(sample) = sample else { return false };
    let written = BrokenDownTime::from(&sample).to_string(pattern);
    let read = written.and_then(|text| strtime::parse(pattern, text));
    read.is_ok_and(|parts| {
        parts.to_datetime().is_ok_and(|at| at.date() == day) || parts.to_timestamp().is_ok_and(|at| at == sample.timestamp())
    })
}

fn iso(text: &str, zone: &TimeZone) -> Option<Understood> {
    if let Ok(at) = events::cloudevent::moment(text) {
        return Some(Understood { at, repair: None });
    }
    text.parse::<DateTime>().ok().and_then(|at| local(at, zone))
}

fn of_timestamp(at: Timestamp) -> Option<Understood> {
    Some(Understood { at: Moment(at.as_microsecond()), repair: None })
}

/// A decimal number of units of so many microseconds, without the roundings of a float.
fn epoch(text: &str, micros: i64) -> Option<Understood> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if 12 < fraction.len() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut at = whole.parse::<i64>().ok()?.checked_mul(micros)?;
    let mut unit = micros;
    for digit in fraction.bytes() {
        unit /= 10;
        at = at.checked_add(i64::from(digit - b'0') * unit * if whole.starts_with('-') { -1 } else { 1 })?;
    }
    of_timestamp(Timestamp::from_microsecond(at).ok()?)
}

/// The day before the first: spreadsheets believe that 1900 had a 29 February, and count from here after it.
fn excel(text: &str, zone: &TimeZone) -> Option<Understood> {
    let days: f64 = text.parse().ok()?;
    // Up to 9999-12-31; before 61 the days of the false February are counted otherwise.
    if !(61.0..2_958_466.0).contains(&days) {
        return None;
    }
    // A second is the finest that such a fraction tells for certain.
    let secs = (days * 86_400.0).round() as i64;
    let at = jiff::civil::date(1899, 12, 30).at(0, 0, 0, 0).checked_add(secs.seconds()).ok()?;
    local(at, zone)
}

/// A local time; one that the clocks skip or repeat is read as `compatible` reads it, and told.
pub(super) fn local(at: DateTime, zone: &TimeZone) -> Option<Understood> {
    let ambiguous = zone.to_ambiguous_zoned(at);
    let repair = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => None,
        AmbiguousOffset::Gap { .. } => Some("time_skipped"),
        AmbiguousOffset::Fold { .. } => Some("time_repeated"),
    };
    let at = ambiguous.compatible().ok()?.timestamp().as_microsecond();
    Some(Understood { at: Moment(at), repair })
}

/// A span in seconds, counted in a unit or written as a clock shows it.
pub(super) fn span_secs(text: &str, unit: Unit) -> Option<i64> {
    let micros: i64 = match unit {
        Unit::Secs => 1_000_000,
        Unit::Millis => 1_000,
        Unit::Minutes => 60_000_000,
        Unit::Clock => {
            let parts: Vec<i64> = text.split(':').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
            let in_range = parts.iter().all(|part| (0..100_000).contains(part)) && parts.iter().skip(1).all(|part| *part < 60);
            return ((2..=3).contains(&parts.len()) && in_range).then(|| parts.iter().fold(0, |secs, part| secs * 60 + part));
        }
    };
    let at = epoch(text, micros)?.at.0;
    (0 <= at).then(|| (at + 500_000) / 1_000_000)
}

/// What a span is counted in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Unit {
    /// Seconds.
    #[default]
    Secs,
    /// Milliseconds.
    Millis,
    /// Minutes.
    Minutes,
    /// Hours, minutes and seconds with colons between, or minutes and seconds.
    Clock,
}

/// The words for units.
pub(super) const UNITS: [&str; 4] = ["s", "ms", "min", "clock"];

impl Unit {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "s" => Some(Self::Secs),
            "ms" => Some(Self::Millis),
            "min" => Some(Self::Minutes),
            "clock" => Some(Self::Clock),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shanghai() -> TimeZone {
        TimeZone::get("Asia/Shanghai").expect("a zone")
    }

    #[track_caller]
    fn check(format: &str, text: &str, expected: Option<&str>) {
        let format = Format::named(format).expect("a format");
        let read = format.read(text, &shanghai()).map(|read| Timestamp::from_microsecond(read.at.0).expect("a time").to_string());
        assert_eq!(read.as_deref(), expected, "{text}");
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        check("%Y-%m-%d %H:%M:%S", "2024-03-05 09:00:01", Some("2024-03-05T01:00:01Z"));
        check("%Y/%m/%d %H:%M", "2024/3/5 9:05", Some("2024-03-05T01:05:00Z"));
        check("%Y年%m月%d日 %H时%M分", "2024年3月5日 9时5分", Some("2024-03-05T01:05:00Z"));
        check("%d/%m/%Y %I:%M %p", "5/3/2024 9:05 PM", Some("2024-03-05T13:05:00Z"));
        check("%Y-%m-%d %H:%M:%S %z", "2024-03-05 09:00:01 +0000", Some("2024-03-05T09:00:01Z"));
        check("%Y-%m-%d", "2024-03-05", Some("2024-03-04T16:00:00Z"));
        check("iso", "2024-03-05T09:00:01+01:00", Some("2024-03-05T08:00:01Z"));
        check("iso", "2024-03-05T09:00:01", Some("2024-03-05T01:00:01Z"));
        check("epoch_s", "1709600401.25", Some("2024-03-05T01:00:01.25Z"));
        check("epoch_ms", "1709600401250", Some("2024-03-05T01:00:01.25Z"));
        check("excel", "45356.3750115741", Some("2024-03-05T01:00:01Z"));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for (format, text) in [
            ("%Y-%m-%d", "2024-02-30"),
            ("%Y-%m-%d %H:%M", "2024-03-05"),
            ("iso", "yesterday"),
            ("epoch_s", "99999999999999999999"),
            ("epoch_s", "1.-5"),
            ("excel", "NaN"),
            ("excel", "3"),
            ("excel", "1e300"),
        ] {
            check(format, text, None);
        }
    }

    #[test]
    fn a_pattern_that_tells_no_day_is_refused() {
        for pattern in ["%H:%M", "%Y", "%Y-%m", "%Q%Q%!", "date", "", "%"] {
            assert_eq!(Format::named(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn a_time_that_the_clocks_skip_or_repeat_is_told() {
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        let read = |text: &str| Format::Iso.read(text, &zone).and_then(|read| read.repair);
        assert_eq!(read("2024-03-31T02:30:00"), Some("time_skipped"));
        assert_eq!(read("2024-10-27T02:30:00"), Some("time_repeated"));
        assert_eq!(read("2024-10-27T02:30:00+01:00"), None);
        assert_eq!(read("2024-06-01T02:30:00"), None);
    }

    #[test]
    fn spans_are_seconds_whatever_they_are_counted_in() {
        assert_eq!(span_secs("90", Unit::Secs), Some(90));
        assert_eq!(span_secs("1.5", Unit::Minutes), Some(90));
        assert_eq!(span_secs("90400", Unit::Millis), Some(90));
        assert_eq!(span_secs("1:02:03", Unit::Clock), Some(3723));
        assert_eq!(span_secs("02:03", Unit::Clock), Some(123));
        for (text, unit) in [("-1", Unit::Secs), ("1:99", Unit::Clock), ("5", Unit::Clock), ("", Unit::Secs)] {
            assert_eq!(span_secs(text, unit), None, "{text}");
        }
    }
}
