//! Forgetting a customer: the erasure is recorded, the key destroyed, and every file searched for what must be gone.
//!
//! The order makes it safe to be cut short: once `customer.erased` is durable, whoever opens the log next completes
//! what is missing ([`reconcile`]).

use std::io::Read;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use events::Position;
use events::customer::Standing;
use projections::customer::Customers;
use serde::Serialize;
use ts_rs::TS;
use zeroize::Zeroizing;

use crate::keys::{self, trouble};
use crate::log::LogError;
use crate::log::sqlite::SqliteLog;
use crate::verbs::Trouble;

/// Shorter texts and numbers are not searched for: they are in every file by chance.
pub const NEEDLE_BYTES_MIN: usize = 9;
/// Positions of other customers' texts listed at most.
const NAMED_ELSEWHERE_MAX: usize = 1_000;
/// Bytes looked at together.
const CHUNK_BYTES: usize = 1 << 20;

/// A file in which something that must be gone was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Hit {
    /// The file.
    pub file: String,
    /// How often.
    #[ts(type = "number")]
    pub n: u64,
}

/// What an erasure came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct Erasure {
    /// Sealed texts that nobody can open any more.
    #[ts(type = "number")]
    pub n_texts: u64,
    /// Other customers' keys that were wrapped anew.
    #[ts(type = "number")]
    pub n_rewrapped: u64,
    /// Texts, identifiers and keys searched for, each of at least [`NEEDLE_BYTES_MIN`] bytes.
    #[ts(type = "number")]
    pub n_needles: u64,
    /// Texts and identifiers too short to be searched for.
    #[ts(type = "number")]
    pub n_too_short: u64,
    /// Files searched: the log and all that lies beside it under its name.
    #[ts(type = "number")]
    pub n_files: u64,
    /// Bytes searched.
    #[ts(type = "number")]
    pub n_bytes: u64,
    /// Where something was found; empty when nothing is left.
    pub hits: Vec<Hit>,
    /// Other customers' texts that name this one's identifiers; they stay, and a person has to look at them.
    pub named_elsewhere: Vec<Position>,
    /// Copies of the log from before a change of layout, which were deleted.
    pub removed: Vec<String>,
}

/// Carries out an erasure that the log records; `native` is the source's own number for the customer, if it is known.
///
/// # Errors
/// What the storage or the keeper of the keys says.
pub async fn carry_out(log: &SqliteLog, customer: &str, native: Option<&str>) -> Result<Erasure, LogError> {
    let keys = log.keys()?;
    let texts = log.texts_to_erase(customer).await?;
    let mut erasure = Erasure { n_texts: texts.n_sealed, ..Erasure::default() };
    let identifiers: Vec<&[u8]> =
        texts.identifiers.iter().map(|text| text.as_bytes()).chain(native.map(str::as_bytes)).filter(|text| long(text)).collect();
    if !identifiers.is_empty() {
        let search = search_for(&identifiers)?;
        erasure.named_elsewhere =
            log.texts_of_others(customer, |text| search.is_match(text)).await?.into_iter().take(NAMED_ELSEWHERE_MAX).collect();
    }
    let destroyed = keys.erase(customer).await?;
    erasure.n_rewrapped = destroyed.n_rewrapped;
    log.fold_write_ahead().await?;
    erasure.removed = remove_older_copies(log.path())?;
    let all = texts.identifiers.iter().chain(&texts.bodies).map(|text| text.as_bytes()).chain(native.map(str::as_bytes));
    let (long, short): (Vec<&[u8]>, Vec<&[u8]>) = all.partition(|text| long(text));
    let mut needles = long;
    needles.extend(destroyed.keys.iter().map(Vec::as_slice));
    erasure.n_too_short = short.len() as u64;
    erasure.n_needles = needles.len() as u64;
    let search = search_for(&needles)?;
    for file in files(log.path()) {
        let (n, n_bytes) = count(&search, &file).map_err(|error| trouble(Trouble::LogStorage, error.to_string(), &file))?;
        erasure.n_files += 1;
        erasure.n_bytes += n_bytes;
        if 0 < n {
            erasure.hits.push(Hit { file: file.display().to_string(), n });
        }
    }
    Ok(erasure)
}

/// Brings the keys in line with what the log records, as after a crash or when older keys were put back.
///
/// # Errors
/// What the storage or the keeper of the keys says.
pub async fn reconcile(log: &SqliteLog, customers: &Customers) -> Result<(), LogError> {
    if customers.standing.is_empty() {
        return Ok(());
    }
    let Ok(keys) = log.keys() else { return Ok(()) };
    let subjects = customers.standing.keys().map(String::as_str).collect();
    let found = keys.to_open(&subjects).await?;
    for (customer, standing) in &customers.standing {
        match (standing, found.get(customer)) {
            (Standing::Erased, Some(keys::KeyOf::Erased)) | (Standing::Restricted, Some(keys::KeyOf::Restricted)) => {}
            (Standing::Erased | Standing::Restricted, _) => keys.set_standing(customer, *standing).await?,
            (Standing::Active, _) => {}
        }
    }
    Ok(())
}

fn long(text: &[u8]) -> bool {
    NEEDLE_BYTES_MIN <= text.len()
}

fn search_for(needles: &[&[u8]]) -> Result<AhoCorasick, LogError> {
    AhoCorasick::new(needles).map_err(|error| trouble(Trouble::LogStorage, error.to_string(), Path::new("")))
}

/// Copies that a change of layout kept: their texts may be unsealed.
fn remove_older_copies(log: &Path) -> Result<Vec<String>, LogError> {
    let mut removed = Vec::new();
    for file in files(log) {
        if file.extension().is_some_and(|extension| extension == "backup") {
            std::fs::remove_file(&file).map_err(|error| trouble(Trouble::LogStorage, error.to_string(), &file))?;
            removed.push(file.display().to_string());
        }
    }
    Ok(removed)
}

/// The log and every file beside it whose name, or whose folder's name, begins with the log's.
fn files(log: &Path) -> Vec<PathBuf> {
    let name = log.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = log.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut files = Vec::new();
    let mut folders = Vec::new();
    let mut sort = |path: PathBuf, folders: &mut Vec<PathBuf>| if path.is_dir() { folders.push(path) } else { files.push(path) };
    let entries =
        |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    for path in entries(folder) {
        if path.file_name().is_some_and(|found| found.to_string_lossy().starts_with(&name)) {
            sort(path, &mut folders);
        }
    }
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            sort(path, &mut folders);
        }
    }
    files.sort();
    files
}

/// How often a file holds what is searched for, and how long it is.
///
/// The handle is never closed while the process lives: closing a second handle of a file drops the locks that SQLite
/// holds on it in this process. An erasure is rare, and its files are few.
fn count(search: &AhoCorasick, file: &Path) -> std::io::Result<(u64, u64)> {
    let longest = search.max_pattern_len();
    let mut source = std::mem::ManuallyDrop::new(std::fs::File::open(file)?);
    let mut window = Zeroizing::new(Vec::with_capacity(CHUNK_BYTES + longest));
    let (mut n_hits, mut n_bytes) = (0, 0);
    loop {
        let kept = window.len();
        let n = source.by_ref().take(CHUNK_BYTES as u64).read_to_end(&mut window)?;
        if n == 0 {
            return Ok((n_hits, n_bytes));
        }
        n_bytes += n as u64;
        // A hit that ends within what was kept was counted with the last window.
        n_hits += search.find_overlapping_iter(window.as_slice()).filter(|hit| kept < hit.end()).count() as u64;
        let keep_from = window.len().saturating_sub(longest);
        window.drain(..keep_from);
    }
}
