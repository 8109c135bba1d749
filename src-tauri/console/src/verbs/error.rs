//! What a verb answers when it has no answer.

use events::Rejection;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::execute::ExecuteError;
use crate::log::LogError;

/// What is wrong with a file or the log, in the words that the window has a sentence for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// No file of that name.
    FileMissing,
    /// The account may not read it.
    FileForbidden,
    /// It is a folder.
    FileIsFolder,
    /// It has no content.
    FileEmpty,
    /// No source knows this format.
    FormatUnknown,
    /// The header lacks columns.
    HeaderIncomplete,
    /// The header names a column twice.
    HeaderDuplicate,
    /// A table of no known source needs a mapping.
    MappingMissing,
    /// A mapping makes no sense, or does not fit the file.
    MappingWrong,
    /// The compressed file ends too early.
    GzipTruncated,
    /// The compressed file is damaged.
    GzipDamaged,
    /// A small file unpacks to an enormous one.
    GzipBomb,
    /// The file ends before what it holds does.
    FileTruncated,
    /// The file was written to while it was read.
    FileChanged,
    /// The file declares a document type or entities.
    XmlDoctype,
    /// The file cannot be read further.
    FileUnreadable,
    /// Nothing in it could be read as this format.
    NothingUnderstood,
    /// The disk is full.
    DiskFull,
    /// The log may only be read.
    LogReadOnly,
    /// Another Retrace has the log open.
    LogInUse,
    /// The log was written by a newer Retrace.
    LogNewer,
    /// The file is not a Retrace log.
    LogForeign,
    /// The log is damaged.
    LogDamaged,
    /// The log does not continue what was signed of it before.
    LogForked,
    /// A text is not a checkpoint of this log.
    CheckpointForeign,
    /// The log's folder cannot be used.
    LogFolder,
    /// The storage answered something else.
    LogStorage,
    /// The log has an older layout, and was opened for reading only.
    LogOlder,
    /// The log's keys are not where they should be.
    KeysMissing,
    /// Whoever keeps the log's keys does not give them.
    KeysLocked,
    /// The log's keys are damaged, or another log's.
    KeysDamaged,
    /// Another program reads the keys.
    KeysBusy,
}

/// Why a verb gives no answer.
#[derive(Clone, Debug, PartialEq, Serialize, TS, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WindowError {
    /// The domain said no.
    #[error("{rejection}")]
    Rejected {
        /// Why.
        rejection: Rejection,
    },
    /// A file or the log is in trouble.
    #[error("{detail}")]
    Trouble {
        /// Which trouble.
        code: Trouble,
        /// What exactly, for the person who mends it.
        detail: String,
        /// The file.
        path: Option<String>,
    },
    /// Nothing of that name is known as of the playhead.
    #[error("{what} {name:?} is not known")]
    Unknown {
        /// What was looked for.
        what: String,
        /// Its name.
        name: String,
    },
    /// The question makes no sense.
    #[error("{detail}")]
    BadQuestion {
        /// What is wrong with it.
        detail: String,
    },
    /// A fault of this program; the id stands in its log.
    #[error("internal fault {id}")]
    Internal {
        /// Quoted in the program's own log.
        id: String,
    },
}

impl Trouble {
    /// Its word in the log and in the window, such as `gzip_truncated`.
    #[must_use]
    pub fn word(self) -> String {
        serde_json::to_value(self).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Whether it is the log that is in trouble, and not a file that was to be read.
    #[must_use]
    pub fn of_the_log(self) -> bool {
        match self {
            Self::DiskFull
            | Self::LogReadOnly
            | Self::LogInUse
            | Self::LogNewer
            | Self::LogForeign
            | Self::LogDamaged
            | Self::LogForked
            | Self::LogFolder
            | Self::LogStorage
            | Self::LogOlder
            | Self::KeysMissing
            | Self::KeysLocked
            | Self::KeysDamaged
            | Self::KeysBusy => true,
            Self::FileMissing
            | Self::FileForbidden
            | Self::FileIsFolder
            | Self::FileEmpty
            | Self::FormatUnknown
            | Self::HeaderIncomplete
            | Self::HeaderDuplicate
            | Self::MappingMissing
            | Self::MappingWrong
            | Self::GzipTruncated
            | Self::GzipDamaged
            | Self::GzipBomb
            | Self::FileTruncated
            | Self::FileChanged
            | Self::XmlDoctype
            | Self::FileUnreadable
            | Self::CheckpointForeign
            | Self::NothingUnderstood => false,
        }
    }
}

impl From<LogError> for WindowError {
    fn from(error: LogError) -> Self {
        let detail = error.to_string();
        match error {
            LogError::File { code, detail, path } => Self::Trouble { code, detail, path: Some(path.display().to_string()) },
            LogError::Damaged { .. } => Self::Trouble { code: Trouble::LogDamaged, detail, path: None },
            LogError::Conflict { .. } | LogError::IdConflict { .. } | LogError::Closed => {
                Self::Trouble { code: Trouble::LogStorage, detail, path: None }
            }
        }
    }
}

impl From<ExecuteError> for WindowError {
    fn from(error: ExecuteError) -> Self {
        match error {
            ExecuteError::Rejected(rejection) => Self::Rejected { rejection },
            ExecuteError::NoSuchName { noun, id } => Self::Unknown { what: noun, name: id },
            ExecuteError::Log(error) => error.into(),
        }
    }
}
