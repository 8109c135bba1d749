//! Charts as SVG, drawn by plotters: the same bytes for the same figures, words and colours.

use plotters::coord::Shift;
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

/// Draws answered and abandoned contacts per half-hour as stacked bars and the service level as a line over them.
///
/// `half_hours` are groups by half-hour with [`projections::live::HALF_HOUR_METRICS`]; half-hours without contacts
/// are gaps. The left axis counts contacts, the right one is a share in 0..=1.
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

/// One half-hour's bar: its place on the axis and its figures.
struct Bar {
    place: i64,
    answered: f64,
    abandoned: f64,
    level: Option<f64>,
}

fn draw(area: &Area<'_>, half_hours: &[Group], words: &ChartWords, colours: &Colours) -> Result<(), Box<dyn std::error::Error>> {
    area.fill(&colours.ground)?;
    let bars: Vec<Bar> = half_hours.iter().filter_map(bar).collect();
    let first = bars.first().map_or(16, |bar| bar.place);
    let last = bars.last().map_or(36, |bar| bar.place);
    let most = bars.iter().map(|bar| bar.answered + bar.abandoned).fold(1.0, f64::max);
    let text = |size: i32| ("sans-serif", size).into_font().color(&colours.text);
    let mut chart = ChartBuilder::on(area)
        .caption(&words.title, text(14))
        .margin(8)
        .x_label_area_size(34)
        .y_label_area_size(46)
        .right_y_label_area_size(46)
        .build_cartesian_2d(first as f64 - 0.5..last as f64 + 1.5, 0.0..most * 1.15)?
        .set_secondary_coord(first as f64 - 0.5..last as f64 + 1.5, 0.0..1.0);
    let days = last - first > 60;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(colours.ground)
        .bold_line_style(colours.line)
        .axis_style(colours.line)
        .label_style(text(11))
        .axis_desc_style(text(11))
        .x_desc(&words.x)
        .y_desc(&words.y)
        .x_labels(12)
        .y_labels(5)
        .x_label_formatter(&|place| clock(*place, days))
        .y_label_formatter(&|count| format!("{count:.0}"))
        .draw()?;
    let level_name = words.series.get(2).cloned().unwrap_or_default();
    chart
        .configure_secondary_axes()
        .axis_style(colours.line)
        .label_style(text(11))
        .axis_desc_style(text(11))
        .y_desc(level_name.clone())
        .y_labels(5)
        .y_label_formatter(&|share| format!("{:.0} %", share * 100.0))
        .draw()?;
    let box_of = |bar: &Bar, from: f64, to: f64, colour: RGBColor| {
        Rectangle::new([(bar.place as f64 + 0.08, from), (bar.place as f64 + 0.92, to)], colour.filled())
    };
    let name = |index: usize| words.series.get(index).cloned().unwrap_or_default();
    let (answered, abandoned, level) = (colours.answered, colours.abandoned, colours.level);
    chart
        .draw_series(bars.iter().map(|bar| box_of(bar, 0.0, bar.answered, answered)))?
        .label(name(0))
        .legend(move |(x, y)| Rectangle::new([(x, y - 4), (x + 12, y + 4)], answered.filled()));
    chart
        .draw_series(bars.iter().map(|bar| box_of(bar, bar.answered, bar.answered + bar.abandoned, abandoned)))?
        .label(name(1))
        .legend(move |(x, y)| Rectangle::new([(x, y - 4), (x + 12, y + 4)], abandoned.filled()));
    chart.draw_secondary_series(DashedLineSeries::new(
        [(first as f64 - 0.5, TARGET), (last as f64 + 1.5, TARGET)],
        4,
        4,
        level.mix(0.5).stroke_width(1),
    ))?;
    for (index, run) in runs(&bars).into_iter().enumerate() {
        let series = chart.draw_secondary_series(LineSeries::new(run, level.stroke_width(2)))?;
        if index == 0 {
            series.label(level_name.clone()).legend(move |(x, y)| PathElement::new([(x, y), (x + 12, y)], level.stroke_width(2)));
        }
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(colours.ground.mix(0.85))
        .border_style(colours.line)
        .label_font(text(11))
        .draw()?;
    Ok(())
}

/// The line of service levels, broken where a half-hour has none: a gap is shown as a gap.
fn runs(bars: &[Bar]) -> Vec<Vec<(f64, f64)>> {
    let mut runs: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut before = None;
    for bar in bars {
        let Some(level) = bar.level else { continue };
        let point = (bar.place as f64 + 0.5, level);
        match runs.last_mut() {
            Some(run) if before == Some(bar.place - 1) => run.push(point),
            _ => runs.push(vec![point]),
        }
        before = Some(bar.place);
    }
    runs
}

/// A group's place on the axis: half-hours of local time since the year 0 of the zone's own clock.
fn bar(group: &Group) -> Option<Bar> {
    let start: jiff::fmt::temporal::Pieces<'_> = jiff::fmt::temporal::Pieces::parse(group.key.first()?.as_deref()?).ok()?;
    let time = start.time()?;
    let day = start.date().duration_since(jiff::civil::date(1970, 1, 1)).as_hours() / 24;
    let place = day * 48 + i64::from(time.hour()) * 2 + i64::from(time.minute()) / 30;
    let of = |metric: Metric| group.figures.iter().find(|figure| figure.metric == metric.id());
    Some(Bar {
        place,
        answered: of(Metric::Answered)?.value.unwrap_or(0.0),
        abandoned: of(Metric::Abandoned)?.value.unwrap_or(0.0),
        level: of(Metric::ServiceLevel)?.value,
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
