//! The outside witness: the latest checkpoint of each log, kept apart from the log's file.
//!
//! A cut tail, an older copy put back, another file in the log's place and a fork all leave a log that agrees with
//! itself; they are noticed only by what is remembered elsewhere. Here that is a private folder of this account:
//! `$RETRACE_WITNESS`, else `witness` in the desktop's state folder. What must hold against this account itself has to
//! leave the machine (`retrace checkpoint`, `retrace verify --against`).
//!
//! Source: c2sp.org/tlog-checkpoint, "MUST not sign inconsistent"; the lock backend of Sunlight. ADR-0011.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use events::Moment;
use sha2::{Digest, Sha256};

use crate::note::{Checkpoint, NOTE_BYTES_MAX, NoteError, Verifier};
use crate::private::{private_file, private_folder};

/// The folder of latest checkpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    folder: Option<PathBuf>,
}

/// What is remembered of one log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// The key it is signed with.
    pub verifier: Verifier,
    /// The latest checkpoint seen.
    pub checkpoint: Checkpoint,
    /// When it was signed.
    pub made_at: Moment,
}

/// Why the witness cannot remember.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// The folder cannot be used.
    #[error("the folder of outside checkpoints cannot be used: {0}")]
    Folder(#[from] std::io::Error),
    /// What lies there is not what was written.
    #[error("the outside checkpoint at {path} is damaged: {source}")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong.
        source: NoteError,
    },
}

fn named(kind: &str, of: &[u8]) -> String {
    let digest = Sha256::digest(of);
    let hex: String = digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{kind}-{hex}")
}

impl Default for Witness {
    /// The witness of this account.
    fn default() -> Self {
        let chosen = std::env::var_os("RETRACE_WITNESS").filter(|folder| !folder.is_empty()).map(PathBuf::from);
        let own = || {
            let folders = directories::ProjectDirs::from("", "", "retrace")?;
            Some(folders.state_dir().unwrap_or_else(|| folders.data_local_dir()).join("witness"))
        };
        Self { folder: chosen.or_else(own) }
    }
}

impl Witness {
    /// The witness that lies in a folder.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self { folder: Some(folder.to_owned()) }
    }

    /// Where what is remembered of `origin` lies.
    #[must_use]
    pub fn file_of(&self, origin: &str) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(named("origin", origin.as_bytes())))
    }

    /// Where it is remembered which log lies at `path`.
    #[must_use]
    pub fn file_at(&self, path: &Path) -> Option<PathBuf> {
        let path = std::fs::canonicalize(path).unwrap_or_else(|_gone| path.to_owned());
        self.folder.as_ref().map(|folder| folder.join(named("path", path.as_os_str().as_encoded_bytes())))
    }

    /// Which log lay at `path` when it was last written, if that is known.
    ///
    /// # Errors
    /// What the file system says.
    pub fn origin_at(&self, path: &Path) -> Result<Option<String>, WitnessError> {
        let Some(file) = self.file_at(path) else { return Ok(None) };
        Ok(text(&file)?.and_then(|text| text.lines().next().map(str::to_owned)))
    }

    /// What is remembered of a log.
    ///
    /// # Errors
    /// What the file system says, or that what lies there is damaged.
    pub fn memory(&self, origin: &str) -> Result<Option<Memory>, WitnessError> {
        let Some(file) = self.file_of(origin) else { return Ok(None) };
        let Some(text) = text(&file)? else { return Ok(None) };
        let damaged = |source| WitnessError::Damaged { path: file.display().to_string(), source };
        let parts = text.split_once("\n\n").and_then(|(said, note)| said.split_once('\n').map(|said| (said, note)));
        let ((key, made), note) = parts.ok_or_else(|| damaged(NoteError::Key))?;
        let verifier = Verifier::parse(key).map_err(damaged)?;
        let checkpoint = verifier.open(note).map_err(damaged)?;
        let made_at = Moment(made.parse().map_err(|_not_a_number| damaged(NoteError::Shape("its time is not a number")))?);
        Ok(Some(Memory { verifier, checkpoint, made_at }))
    }

    /// Remembers a checkpoint and which log lies at `path`. It never goes back: a smaller one is left out.
    ///
    /// The caller has shown that the checkpoint is consistent with what is remembered.
    ///
    /// # Errors
    /// What the file system says, or that what lies there is damaged.
    pub fn remember(&self, path: &Path, memory: &Memory) -> Result<(), WitnessError> {
        let Memory { verifier, checkpoint, made_at } = memory;
        let Some(folder) = &self.folder else { return Ok(()) };
        let Some((of, at)) = self.file_of(verifier.name()).zip(self.file_at(path)) else { return Ok(()) };
        private_folder(folder)?;
        let locked = private_file(&folder.join("lock"))?;
        locked.lock()?;
        let before = self.memory(verifier.name())?;
        if before.is_none_or(|before| before.checkpoint.head.size < checkpoint.head.size) {
            write(&of, &format!("{verifier}\n{}\n\n{}", made_at.0, checkpoint.note))?;
        }
        let shown = format!("{}\n{}\n", verifier.name(), path.display());
        if self.origin_at(path)?.as_deref() != Some(verifier.name()) {
            write(&at, &shown)?;
        }
        Ok(())
    }
}

/// A small text file; nothing where there is none.
fn text(file: &Path) -> Result<Option<String>, WitnessError> {
    use std::io::Read;
    let open = match File::open(file) {
        Ok(open) => open,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut bytes = Vec::new();
    open.take(2 * NOTE_BYTES_MAX as u64).read_to_end(&mut bytes)?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Writes beside, then renames: after a crash the old text is there or the new one.
fn write(file: &Path, text: &str) -> Result<(), WitnessError> {
    let beside = file.with_extension("new");
    let mut new = private_file(&beside)?;
    new.write_all(text.as_bytes())?;
    new.sync_all()?;
    std::fs::rename(&beside, file)?;
    if let Some(folder) = file.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
