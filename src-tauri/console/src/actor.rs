//! Who is at the keyboard.

use std::sync::OnceLock;

/// Who is at the keyboard, as far as the system says: `RETRACE_ACTOR`, else the account.
#[must_use]
pub fn actor() -> String {
    static ACTOR: OnceLock<String> = OnceLock::new();
    let found = || {
        let named = ["RETRACE_ACTOR", "USER", "LOGNAME", "USERNAME"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|name| !name.trim().is_empty()));
        format!("person:{}", named.or_else(account).unwrap_or_else(|| "unknown".to_owned()))
    };
    ACTOR.get_or_init(found).clone()
}

/// The name of the account this process runs as, where no variable says it.
#[cfg(unix)]
fn account() -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let uid = std::fs::metadata("/proc/self").ok()?.uid().to_string();
    let accounts = std::fs::read_to_string("/etc/passwd").ok()?;
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == uid).then(|| name.to_owned())
    })
}

#[cfg(not(unix))]
fn account() -> Option<String> {
    None
}
