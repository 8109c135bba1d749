//! What a file is known by, and what its beginnings are.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::reading::of_file;
use super::{Cancel, ImportError};
use crate::log::LogError;
use crate::sources::text::{ReadError, of_io, open};

/// What a file is known by: SHA-256, shortened to 32 hexadecimal digits.
pub(super) struct Fingerprint {
    /// Of all that was looked at.
    pub(super) id: String,
    /// How much that is, in bytes.
    pub(super) n_bytes: u64,
    /// Of its beginnings of these lengths, as far as it is that long.
    pub(super) beginnings: BTreeMap<u64, String>,
}

/// The fingerprint of the first `upto` bytes of a file (all when `None`) and of its beginnings; `None` when cancelled.
pub(super) async fn fingerprint(
    path: &Path,
    upto: Option<u64>,
    beginnings: Vec<u64>,
    cancel: &Cancel,
) -> Result<Option<Fingerprint>, ImportError> {
    let (path, cancel) = (path.to_owned(), cancel.clone());
    let file = of_file(&path);
    let hashed = tokio::task::spawn_blocking(move || -> Result<_, ReadError> {
        let mut source = open(&path)?.take(upto.unwrap_or(u64::MAX));
        let mut digest = Sha256::new();
        let mut print = Fingerprint { id: String::new(), n_bytes: 0, beginnings: BTreeMap::new() };
        let mut stops: Vec<u64> = beginnings;
        stops.sort_unstable_by(|a, b| b.cmp(a));
        let mut chunk = vec![0; 1 << 20];
        loop {
            if cancel.asked() {
                return Ok(None);
            }
            while let Some(stop) = stops.pop_if(|stop| *stop <= print.n_bytes) {
                if stop == print.n_bytes {
                    print.beginnings.insert(stop, shortened(digest.clone()));
                }
            }
            let room = stops.last().map_or(u64::MAX, |stop| stop - print.n_bytes);
            let room = usize::try_from(room).unwrap_or(usize::MAX).min(chunk.len());
            let n = source.read(&mut chunk[..room]).map_err(|error| of_io(&error))?;
            if n == 0 {
                break;
            }
            digest.update(&chunk[..n]);
            print.n_bytes += n as u64;
        }
        print.id = shortened(digest);
        Ok(Some(print))
    });
    hashed.await.map_err(|_panicked| ImportError::Log(LogError::Closed))?.map_err(file)
}

fn shortened(digest: Sha256) -> String {
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
