//! Charts as SVG, drawn by plotters: the same bytes for the same figures, words and colours.

use plotters::coord::Shift;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::prelude::*;
use projections::figure::Group;
use projections::metric::Metric;

use crate::verbs::{ChartWords, Theme};

/// The service level aimed at, drawn as a thin line: the 80 in "80 % within 20 s".
pub const TARGET: f64 = 0.8;

struct Colours {
    ground: RGBColor,
    text: RGBColor,
    line: RGBColor,
    answered: RGBColor,
    abandoned: RGBColor,
    level: RGBColor,
}

/// Okabe and Ito's colour-blind-safe blue, vermilion and a dark or light companion.
fn colours(theme: Theme) -> Colours {
    match theme {
        Theme::Light => Colours {
            ground: RGBColor(255, 255, 255),
            text: RGBColor(55, 62, 71),
            line: RGBColor(216, 220, 226),
            answered: RGBColor(86, 160, 211),
            abandoned: RGBColor(213, 94, 0),
            level: RGBColor(33, 43, 54),
        },
        Theme::Dark => Colours {
            ground: RGBColor(27, 31, 36),
            text: RGBColor(196, 203, 212),
            line: RGBColor(58, 65, 74),
            answered: RGBColor(58, 122, 172),
            abandoned: RGBColor(230, 120, 50),
            level: RGBColor(235, 238, 242),
        },
    }
}

/// Why a chart could not be drawn.
#[derive(Debug, thiserror::Error)]
#[error("the chart cannot be drawn: {0}")]
pub struct ChartError(String);

/// Above this many half-hours the service level is drawn once a day: half-hour by half-hour it would be a thicket.
pub const DAILY_ABOVE: i64 = 120;
/// The height of the title and the legend, in pixels.
const HEAD: i32 = 46;

/// Draws answered and abandoned contacts per half-hour as stacked bars and the service level as a line over them.
///
/// `half_hours` are groups by half-hour with [`projections::live::HALF_HOUR_METRICS`]; half-hours without contacts
/// are gaps. The left axis counts contacts, the right one is a share in 0..=1. Over more than [`DAILY_ABOVE`]
/// half-hours the line gives one service level a day.
///
/// # Errors
/// [`ChartError`] when the drawing library refuses.
pub fn half_hours(half_hours: &[Group], words: &ChartWords, theme: Theme, size: (u32, u32)) -> Result<String, ChartError> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        draw(&area, half_hours, words, &colours(theme)).map_err(|error| ChartError(error.to_string()))?;
        area.present().map_err(|error| ChartError(error.to_string()))?;
    }
    Ok(svg)
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// One half-hour's bar: its place on the axis and its figures.
struct Bar {
    place: i64,
    answered: f64,
    abandoned: f64,
    /// The service level as a fraction: answered in time, of all that count.
    level: (f64, f64),
}

fn draw(area: &Area<'_>, half_hours: &[Group], words: &ChartWords, colours: &Colours) -> Drawn {
    area.fill(&colours.ground)?;
    let (head, plot) = area.split_vertically(HEAD);
    legend(&head, words, colours)?;
    let bars: Vec<Bar> = half_hours.iter().filter_map(bar).collect();
    let first = bars.first().map_or(16, |bar| bar.place);
    let last = bars.last().map_or(36, |bar| bar.place);
    let most = bars.iter().map(|bar| bar.answered + bar.abandoned).fold(1.0, f64::max);
    let (text, text_of_axis) = (font(12, colours), font(12, colours));
    let across = HalfHours { first, last };
    let mut chart = ChartBuilder::on(&plot)
        .margin(8)
        .x_label_area_size(38)
        .y_label_area_size(52)
        .right_y_label_area_size(58)
        .build_cartesian_2d(across, 0.0..most * 1.08)?
        .set_secondary_coord(across, 0.0..1.0);
    let days = DAILY_ABOVE < last - first;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(colours.ground)
        .bold_line_style(colours.line)
        .axis_style(colours.line)
        .label_style(text.clone())
        .axis_desc_style(text_of_axis.clone())
        .x_desc(&words.x)
        .y_desc(&words.y)
        .y_labels(5)
        .y_label_formatter(&|count| format!("{count:.0}"))
        .draw()?;
    chart
        .configure_secondary_axes()
        .axis_style(colours.line)
        .label_style(text)
        .axis_desc_style(text_of_axis)
        .y_desc(words.series.get(2).cloned().unwrap_or_default())
        .y_labels(5)
        .y_label_formatter(&|share| format!("{:.0} %", share * 100.0))
        .draw()?;
    let box_of = |bar: &Bar, from: f64, to: f64, colour: RGBColor| {
        Rectangle::new([(bar.place as f64 + 0.08, from), (bar.place as f64 + 0.92, to)], colour.filled())
    };
    chart.draw_series(bars.iter().map(|bar| box_of(bar, 0.0, bar.answered, colours.answered)))?;
    chart.draw_series(bars.iter().map(|bar| box_of(bar, bar.answered, bar.answered + bar.abandoned, colours.abandoned)))?;
    let aim = [(first as f64 - 0.5, TARGET), (last as f64 + 1.5, TARGET)];
    chart.draw_secondary_series(DashedLineSeries::new(aim, 4, 4, colours.level.mix(0.5).stroke_width(1)))?;
    for run in if days { vec![daily(&bars)] } else { runs(&bars) } {
        chart.draw_secondary_series(LineSeries::new(run, colours.level.stroke_width(2)).point_size(u32::from(days) * 3))?;
    }
    Ok(())
}

fn font(size: i32, colours: &Colours) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&colours.text)
}

/// The title, and under it one mark and name per series: beside the picture, never over it.
fn legend(head: &Area<'_>, words: &ChartWords, colours: &Colours) -> Drawn {
    head.draw(&Text::new(words.title.clone(), (12, 6), font(14, colours)))?;
    let mut left = 12;
    let marks = [colours.answered, colours.abandoned, colours.level];
    for (index, (colour, name)) in marks.iter().zip(&words.series).enumerate() {
        let (top, foot) = if index == 2 { (34, 36) } else { (30, 40) };
        head.draw(&Rectangle::new([(left, top), (left + 14, foot)], colour.filled()))?;
        head.draw(&Text::new(name.clone(), (left + 20, 29), font(12, colours)))?;
        // A CJK character is as wide as the letters are high, a Latin one about half of that.
        left += 44 + name.chars().map(|c| if c.is_ascii() { 7 } else { 12 }).sum::<i32>();
    }
    Ok(())
}

/// The level axis: half-hours of local time, labelled at whole hours or midnights only.
#[derive(Clone, Copy)]
struct HalfHours {
    first: i64,
    last: i64,
}

impl Ranged for HalfHours {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let range = self.range();
        let share = (value - range.start) / (range.end - range.start);
        limit.0 + (share * f64::from(limit.1 - limit.0)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<f64> {
        ticks(self.first, self.last)
    }

    fn range(&self) -> std::ops::Range<f64> {
        self.first as f64 - 0.5..self.last as f64 + 1.5
    }
}

impl ValueFormatter<f64> for HalfHours {
    fn format_ext(&self, place: &f64) -> String {
        clock(*place, 60 < self.last - self.first)
    }
}

/// Places with a label: at most a dozen, at whole hours or at midnights.
fn ticks(first: i64, last: i64) -> Vec<f64> {
    let steps = [2, 4, 8, 12, 24, 48, 96, 192, 336, 672, 1344, 4032, 17_520];
    let step = steps.into_iter().find(|step| (last - first) / step <= 12).unwrap_or(17_520);
    let from = (first + step - 1).div_euclid(step) * step;
    (0..=12).map(|index| from + index * step).take_while(|&place| place <= last + 1).map(|place| place as f64).collect()
}

/// The line of service levels, broken where a half-hour has none: a gap is shown as a gap.
fn runs(bars: &[Bar]) -> Vec<Vec<(f64, f64)>> {
    let mut runs: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut before = None;
    for bar in bars {
        let (within, all) = bar.level;
        if all == 0.0 {
            continue;
        }
        let point = (bar.place as f64 + 0.5, within / all);
        match runs.last_mut() {
            Some(run) if before == Some(bar.place - 1) => run.push(point),
            _ => runs.push(vec![point]),
        }
        before = Some(bar.place);
    }
    runs
}

/// One service level a day, at noon: contacts in time over contacts that count, not a mean of half-hours' shares.
fn daily(bars: &[Bar]) -> Vec<(f64, f64)> {
    let mut days: std::collections::BTreeMap<i64, (f64, f64)> = std::collections::BTreeMap::new();
    for bar in bars {
        let day = days.entry(bar.place.div_euclid(48)).or_default();
        day.0 += bar.level.0;
        day.1 += bar.level.1;
    }
    days.into_iter()
        .filter(|(_, (_, all))| 0.0 < *all)
        .map(|(day, (within, all))| (day as f64 * 48.0 + 24.0, within / all))
        .collect()
}

/// A group's place on the axis: half-hours of local time since 1970 by the zone's own clock.
fn bar(group: &Group) -> Option<Bar> {
    let start: jiff::fmt::temporal::Pieces<'_> = jiff::fmt::temporal::Pieces::parse(group.key.first()?.as_deref()?).ok()?;
    let time = start.time()?;
    let day = start.date().duration_since(jiff::civil::date(1970, 1, 1)).as_hours() / 24;
    let place = day * 48 + i64::from(time.hour()) * 2 + i64::from(time.minute()) / 30;
    let of = |metric: Metric| group.figures.iter().find(|figure| figure.metric == metric.id());
    let level = of(Metric::ServiceLevel)?;
    Some(Bar {
        place,
        answered: of(Metric::Answered)?.value.unwrap_or(0.0),
        abandoned: of(Metric::Abandoned)?.value.unwrap_or(0.0),
        level: (level.numerator, level.denominator),
    })
}

/// The label of a place: the time of day, or the date where the chart spans days.
fn clock(place: f64, days: bool) -> String {
    let half_hours = place.floor() as i64;
    if days {
        let date = jiff::civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(half_hours.div_euclid(48)));
        return format!("{}-{:02}", date.month(), date.day());
    }
    let of_day = half_hours.rem_euclid(48);
    format!("{:02}:{:02}", of_day / 2, of_day % 2 * 30)
}
