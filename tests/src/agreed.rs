//! The names that an outside script gave to figures, and the comparison with what it says.

use serde_json::Value;

/// The figures under their agreed names and under ours.
pub const NAMES: [(&str, &str); 17] = [
    ("offered", "contacts.offered"),
    ("answered", "contacts.answered"),
    ("abandoned", "abandon.count"),
    ("abandon_rate", "abandon.rate.genesys"),
    ("asa_s", "asa.connect"),
    ("answered_within_20s", "sl.connect_answered_in_x"),
    ("sl20_of_answered", "sl.genesys"),
    ("sl20_of_offered", "sl.cisco_negative"),
    ("sl20_excl_short_abandons", "sl.cisco_ignore"),
    ("short_abandons_le20", "abandon.in_x"),
    ("aht_answered_s", "aht.connect"),
    ("aht_named_agent_s", "aht.named_agent"),
    ("queued", "queue.waited"),
    ("queued_answered", "queue.waited_answered"),
    ("queued_abandoned", "queue.waited_abandoned"),
    ("median_wait_answered", "wait.median_answered"),
    ("max_wait", "queue.max"),
];

/// Counts to the unit, means and shares to the millionth; neither side has more than the other.
///
/// # Panics
/// Where they differ.
#[track_caller]
pub fn same(place: &str, found: &Value, expected: &Value) {
    match expected {
        Value::Object(fields) => {
            let (mut names, mut of_found) = (fields.keys().collect::<Vec<_>>(), Vec::new());
            of_found.extend(found.as_object().into_iter().flat_map(|found| found.keys()));
            names.sort();
            of_found.sort();
            assert_eq!(of_found, names, "{place}");
            fields.iter().for_each(|(name, expected)| same(&format!("{place}.{name}"), &found[name], expected));
        }
        Value::Number(number) => {
            let (is, want) = (found.as_f64(), number.as_f64().unwrap_or(f64::NAN));
            let near = is.is_some_and(|is| if number.is_f64() { (is - want).abs() <= 1e-6 } else { is == want });
            assert!(near, "{place}: {found} is not {expected}");
        }
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) => assert_eq!(found, expected, "{place}"),
    }
}
