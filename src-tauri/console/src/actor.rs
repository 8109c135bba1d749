//! Who is at the keyboard.

/// Who is at the keyboard, as far as the system says: `RETRACE_ACTOR`, else the account.
#[must_use]
pub fn actor() -> String {
    let name = ["RETRACE_ACTOR", "USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|name| !name.trim().is_empty()));
    format!("person:{}", name.unwrap_or_else(|| "unknown".to_owned()))
}
