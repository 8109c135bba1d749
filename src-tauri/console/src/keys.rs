//! The key that signs a log's checkpoints. A stand-in: a file beside the log, for this account alone.
//!
//! Replaced as a whole by the key store; the rest of the console knows [`signer_of`] and [`Signer`] only.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::log::LogError;
use crate::verbs::Trouble;

/// Who signs a log's checkpoints.
#[derive(Clone, PartialEq, Eq)]
pub struct Signer {
    /// The log's name: `retrace/<32 hexadecimal digits>`.
    pub origin: String,
    /// An Ed25519 seed.
    pub seed: [u8; 32],
}

/// The folder of a log's keys.
#[must_use]
pub fn folder_of(log: &Path) -> PathBuf {
    let mut name = log.as_os_str().to_owned();
    name.push("-keys");
    PathBuf::from(name)
}

/// A name that no log has.
///
/// # Errors
/// When the system gives no randomness.
pub fn fresh_origin() -> Result<String, getrandom::Error> {
    let mut random = [0; 16];
    getrandom::fill(&mut random)?;
    Ok(format!("retrace/{}", hex(&random)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The signer of the log at `path`; makes one for a log that has none yet.
///
/// # Errors
/// When the key cannot be read or kept.
pub fn signer_of(path: &Path) -> Result<Signer, LogError> {
    let file = folder_of(path).join("signing");
    let trouble = |detail: String| LogError::File { code: Trouble::LogStorage, detail, path: file.clone() };
    if let Ok(text) = std::fs::read_to_string(&file) {
        return read(&text).ok_or_else(|| trouble("this is not a signing key".to_owned()));
    }
    let mut random = [0; 48];
    getrandom::fill(&mut random).map_err(|error| trouble(error.to_string()))?;
    let text = format!("retrace/{}\n{}\n", hex(&random[..16]), hex(&random[16..]));
    let kept = crate::private::private_folder(&folder_of(path))
        .and_then(|()| crate::private::new_private_file(&file))
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    kept.map_err(|error| trouble(error.to_string()))?;
    read(&text).ok_or_else(|| trouble("this is not a signing key".to_owned()))
}

fn read(text: &str) -> Option<Signer> {
    let (origin, seed) = text.trim_end().split_once('\n')?;
    let (pairs, rest) = seed.as_bytes().as_chunks::<2>();
    let bytes: Option<Vec<u8>> = pairs.iter().map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    let seed = bytes.filter(|_| rest.is_empty())?.try_into().ok()?;
    Some(Signer { origin: origin.to_owned(), seed })
}
