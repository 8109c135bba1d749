//! The table that a person reads and the JSON that is kept.

use std::io::Write;

use serde_json::{Map, Value, json};

use crate::measure::{Measured, Sample, Spread};

/// Prints a line. A reader that has gone away has seen enough.
pub(crate) fn line(text: &str) {
    writeln!(std::io::stdout(), "{text}").ok();
}

/// Tells on the standard error what is going on.
pub(crate) fn tell(text: &str) {
    writeln!(std::io::stderr(), "bench: {text}").ok();
}

/// How a part's figures are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Units {
    /// What is counted, in the plural.
    pub(crate) what: &'static str,
    /// Whether rates (per second) are shown, else seconds of a run.
    pub(crate) rates: bool,
}

/// Prints a part and returns what is kept of it, and whether all answers agree with the first route's.
pub(crate) fn part(title: &str, units: Units, routes: &[Measured], answers: &[Option<Value>]) -> (Value, bool) {
    let unit = if units.rates { format!("{}/s", units.what) } else { "ms".to_owned() };
    line(&format!("\n{title}"));
    let per = if units.rates { format!("µs CPU/{}", units.what.trim_end_matches('s')) } else { "ms CPU".to_owned() };
    let head = ["", unit.as_str(), "min – max", per.as_str(), "peak MB", "ours/peer", "by CPU", "answer"];
    line(&columns(&head));
    let ours = routes.first().and_then(|route| route.samples.as_ref().ok()).map(|samples| figures(samples, units));
    let expected = answers.first().cloned().flatten();
    let mut kept = Map::new();
    let mut agree = true;
    for (place, route) in routes.iter().enumerate() {
        let samples = match &route.samples {
            Ok(samples) if !samples.is_empty() => samples,
            Ok(_) | Err(_) => {
                let why = route.samples.as_ref().err().map_or("no round was run", String::as_str);
                line(&format!("  {:<41} not measured: {why}", route.name));
                kept.insert(route.name.clone(), json!({ "not_measured": why }));
                continue;
            }
        };
        let Some(these) = figures(samples, units) else { continue };
        let answer = match (place, &expected, answers.get(place).cloned().flatten()) {
            (0, Some(_), _) => "",
            (_, Some(expected), Some(found)) if same(expected, &found) => "equal",
            (_, Some(_), Some(_)) => {
                agree = false;
                "DIFFERS"
            }
            (_, None, _) | (_, _, None) => "–",
        };
        // Two ways of ours are no peers of each other.
        let ratio = |of: fn(&Figures) -> f64| match (&ours, route.name.starts_with("ours")) {
            (Some(Some(ours)), false) => format!("{:.2}", of(ours) / of(&these)),
            _ => String::new(),
        };
        // A ratio above 1 always means that ours is better.
        let (by_wall, by_cpu) = if units.rates {
            (ratio(|figures| figures.wall.median), ratio(|figures| 1.0 / figures.cpu))
        } else {
            (ratio(|figures| 1.0 / figures.wall.median), ratio(|figures| 1.0 / figures.cpu))
        };
        line(&columns(&[
            &route.name,
            &number(these.wall.median),
            &format!("{} – {}", number(these.wall.min), number(these.wall.max)),
            &number(these.cpu),
            &format!("{:.0}", these.rss / 1e6),
            &by_wall,
            &by_cpu,
            answer,
        ]));
        kept.insert(
            route.name.clone(),
            json!({
                unit.as_str(): these.wall.json(), per.as_str(): these.cpu, "rss_max_bytes": these.rss, "answer": answer,
                "ours_by_peer": by_wall.parse::<f64>().ok(), "ours_by_peer_cpu": by_cpu.parse::<f64>().ok(),
                "rounds": samples.iter().map(|sample| json!([sample.wall_secs, sample.cpu_secs])).collect::<Vec<_>>(),
                "note": route.note,
            }),
        );
    }
    for route in routes.iter().filter(|route| !route.note.is_empty()) {
        line(&format!("    {}: {}", route.name, route.note));
    }
    (Value::Object(kept), agree)
}

struct Figures {
    wall: Spread,
    cpu: f64,
    rss: f64,
}

fn figures(samples: &[Sample], units: Units) -> Option<Figures> {
    let n = |sample: &Sample| sample.said["n"].as_f64().unwrap_or(1.0);
    let wall =
        Spread::of(samples.iter().map(|sample| if units.rates { n(sample) / sample.wall_secs } else { sample.wall_secs * 1e3 }))?;
    let cpu = Spread::of(
        samples.iter().map(|sample| if units.rates { sample.cpu_secs / n(sample) * 1e6 } else { sample.cpu_secs * 1e3 }),
    )?;
    let rss = Spread::of(samples.iter().map(|sample| sample.rss_max_bytes as f64))?;
    Some(Figures { wall, cpu: cpu.median, rss: rss.max })
}

/// Whether two answers are the same, numbers to one part in a million.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap_or(f64::NAN), b.as_f64().unwrap_or(f64::NAN));
            (a - b).abs() <= 1e-6 * a.abs().max(b.abs())
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (a, b) => a == b,
    }
}

fn columns(cells: &[&str; 8]) -> String {
    let [name, rate, spread, cpu, rss, by_wall, by_cpu, answer] = cells;
    format!("  {name:<41} {rate:>10} {spread:>21} {cpu:>15} {rss:>8} {by_wall:>10} {by_cpu:>7}  {answer}").trim_end().to_owned()
}

/// Three digits that matter, thousands set apart.
pub(crate) fn number(value: f64) -> String {
    let digits = match value.abs() {
        0.0..1.0 => 3,
        1.0..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.digits$}");
    if value.abs() < 10_000.0 {
        return text;
    }
    let mut grouped = String::new();
    for (place, digit) in text.chars().enumerate() {
        if 0 < place && (text.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
