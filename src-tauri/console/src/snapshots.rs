//! Snapshots of the board: a cache beside the log, checked before it is believed, deleted at will.
//!
//! A snapshot names how many facts it holds, the id of the last of them and the SHA-256 of its bytes. One that does
//! not fit the log or this version's folds is ignored and the board is folded from nothing.

use std::io::Write;
use std::path::{Path, PathBuf};

use events::EventId;
use projections::content::content;
use projections::{Board, Projection};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::private::{private_file, private_folder};

/// Facts folded since the last snapshot that make a new one worth its time.
pub const EVERY_FACTS: u64 = 50_000;
/// Snapshots kept: the newest and the one before it.
const KEPT: usize = 2;

/// Where a log's snapshots lie.
#[derive(Clone, Debug)]
pub struct Snapshots {
    folder: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Header {
    name: String,
    schema: u32,
    /// The event types that could be read when it was folded: what was poison then may be a fact now.
    types: String,
    n_facts: u64,
    last: EventId,
    sha256: [u8; 32],
}

impl Snapshots {
    /// The snapshots of the log at `path`, in a folder beside it.
    #[must_use]
    pub fn beside(path: &Path) -> Self {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push("-derived");
        Self { folder: path.with_file_name(name) }
    }

    /// The folder of all that is derived from the log.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The newest snapshot that this version can use, with the id of its last fact for the caller to check.
    #[must_use]
    pub fn newest(&self) -> Option<(Board, EventId)> {
        self.files().into_iter().rev().find_map(|file| match read(&file) {
            Ok(usable) => usable,
            Err(why) => {
                tracing::warn!(why, file = %file.display(), "a snapshot is damaged; the log is folded anew");
                None
            }
        })
    }

    /// Saves a snapshot; a failure costs only time at the next start.
    pub fn save(&self, board: &Board, last: EventId) {
        if let Err(error) = self.try_save(board, last) {
            tracing::warn!(%error, "no snapshot was saved; the next start folds the log anew");
        }
    }

    fn try_save(&self, board: &Board, last: EventId) -> std::io::Result<()> {
        private_folder(&self.folder)?;
        let body = encode(board);
        let sha256 = Sha256::digest(&body).into();
        let header =
            Header { name: Board::NAME.to_owned(), schema: Board::SCHEMA, types: types(), n_facts: board.n_facts, last, sha256 };
        let mut bytes = postcard::to_stdvec(&header).map_err(std::io::Error::other)?;
        bytes.extend_from_slice(&body);
        let path = self.folder.join(format!("board-{:020}.snapshot", board.n_facts));
        let unfinished = path.with_extension("unfinished");
        private_file(&unfinished)?.write_all(&bytes)?;
        std::fs::rename(&unfinished, &path)?;
        let files = self.files();
        for old in files.iter().take(files.len().saturating_sub(KEPT)) {
            std::fs::remove_file(old)?;
        }
        Ok(())
    }

    /// The snapshot files, oldest first.
    fn files(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return Vec::new() };
        let mut files: Vec<PathBuf> = entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "snapshot"))
            .collect();
        files.sort();
        files
    }
}

/// A snapshot's board and the id of its last fact; `None` when another version wrote it.
///
/// # Errors
/// How it is seen that these are not the bytes that were saved.
fn read(file: &Path) -> Result<Option<(Board, EventId)>, &'static str> {
    let bytes = std::fs::read(file).map_err(|_unreadable| "it cannot be read")?;
    let (header, body) = postcard::take_from_bytes::<Header>(&bytes).map_err(|_cut| "its head is cut off")?;
    let digest: [u8; 32] = Sha256::digest(body).into();
    if header.name != Board::NAME || header.schema != Board::SCHEMA || header.types != types() {
        return Ok(None);
    }
    if header.sha256 != digest {
        return Err("its digest is another");
    }
    let board: Board = postcard::from_bytes(body).map_err(|_misfit| "it does not hold a board")?;
    if board.n_facts == header.n_facts { Ok(Some((board, header.last))) } else { Err("it counts other facts than its board") }
}

fn types() -> String {
    events::codec::types().iter().map(|(name, schema)| format!("{name}@{schema} ")).collect()
}

/// A board's one encoding: the same board gives the same bytes.
#[must_use]
pub fn encode(board: &Board) -> Vec<u8> {
    postcard::to_stdvec(board).expect("a board is plain data")
}

/// The SHA-256 of what a board says of the world, in hexadecimal: two logs of the same things agree on it, whatever
/// the order, the batches and the format in which they came.
#[must_use]
pub fn content_digest(board: &Board) -> String {
    let bytes = postcard::to_stdvec(&content(board)).expect("a board's content is plain data");
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-256 of a board's encoding, in hexadecimal.
#[must_use]
pub fn digest(board: &Board) -> String {
    Sha256::digest(encode(board)).iter().map(|byte| format!("{byte:02x}")).collect()
}
