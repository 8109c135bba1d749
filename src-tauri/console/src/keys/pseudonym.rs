//! How customers are named in the log: by a keyed hash of the source's own number for them.
//!
//! The same number gives the same name for ever, so importing twice adds nothing and an erased customer is known
//! again. Without the key nobody can try all telephone numbers until one fits, as they could with a plain hash.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What a pseudonym begins with.
const PREFIX: &str = "c-";
/// Hexadecimal digits of a pseudonym: 128 bits.
const DIGITS: usize = 32;

/// Names customers.
#[derive(Clone)]
pub struct Pseudonyms {
    /// The keyed hash, before anything is said: each name begins with a copy.
    keyed: Hmac<Sha256>,
}

impl Pseudonyms {
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self { keyed: Hmac::new_from_slice(&key).expect("HMAC takes keys of any length") }
    }

    /// Names as a log in memory has them, and a test may: under a key that everybody knows.
    #[must_use]
    pub fn of_no_secret() -> Self {
        Self::new([0; 32])
    }

    /// The name of the customer whom `source` calls `native`: `c-` and 128 bits of HMAC-SHA256 in hexadecimal.
    /// A text that is such a name already, as in an export of another log, stays as it is.
    #[must_use]
    pub fn of(&self, source: &str, native: &str) -> String {
        if is_pseudonym(native) {
            return native.to_owned();
        }
        let mut mac = self.keyed.clone();
        // The length first: no two pairs run together into one text.
        mac.update(&(source.len() as u64).to_be_bytes());
        mac.update(source.as_bytes());
        mac.update(native.as_bytes());
        let digest = mac.finalize().into_bytes();
        format!("{PREFIX}{}", hex::encode(&digest[..DIGITS / 2]))
    }
}

/// Whether a text has the shape of a pseudonym.
#[must_use]
pub fn is_pseudonym(text: &str) -> bool {
    text.strip_prefix(PREFIX)
        .is_some_and(|digits| digits.len() == DIGITS && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_has_the_same_name_under_one_key_and_another_under_another() {
        let (one, other) = (Pseudonyms::new([1; 32]), Pseudonyms::new([2; 32]));
        let name = one.of("bank", "13800138000");
        assert_eq!(name, one.of("bank", "13800138000"));
        assert!(is_pseudonym(&name), "{name}");
        assert_eq!(one.of("elsewhere", &name), name, "a name stays what it is");
        for different in [one.of("bank", "13800138001"), one.of("ban", "k13800138000"), other.of("bank", "13800138000")] {
            assert_ne!(name, different);
        }
    }
}
