//! The log in formats that others read.
//!
//! Every format is written in bounded memory and holds personal text only as far as it was asked for; CloudEvents, XES
//! and OCEL hold each fact whole, so that reading them back gives the same facts. ADR-0016.

mod csv;
mod facets;
mod leaving;
mod ocel;
mod parquet;
mod table;
mod typed;
mod xes;

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::log::{EventLog, LogError, Rights};
use crate::private::new_private_file;

use self::leaving::Leaving;
pub(crate) use self::xes::WHOLE;

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// CloudEvents 1.0, one JSON object a line, in log order.
    CloudEvents,
    /// A process log (IEEE 1849): a trace for each conversation and ticket.
    Xes,
    /// An object-centric event log (OCEL 2.0, JSON).
    Ocel,
    /// A table in Apache Parquet, one row a fact.
    Parquet,
    /// The same table, comma-separated (RFC 4180).
    Csv,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 5] = [Self::CloudEvents, Self::Xes, Self::Ocel, Self::Parquet, Self::Csv];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CloudEvents => "cloudevents",
            Self::Xes => "xes",
            Self::Ocel => "ocel",
            Self::Parquet => "parquet",
            Self::Csv => "csv",
        }
    }

    /// The format called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Whether a file of this format is packed with gzip when its name ends in `.gz`; Parquet packs each column itself.
    #[must_use]
    pub fn packs(self) -> bool {
        match self {
            Self::CloudEvents | Self::Xes | Self::Ocel | Self::Csv => true,
            Self::Parquet => false,
        }
    }
}

/// How personal text leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonalText {
    /// Not at all.
    None,
    /// As far as these rights go.
    Shown(Rights),
}

/// What was exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// The format.
    pub format: &'static str,
    /// Facts written.
    pub n_events: u64,
    /// Bytes written.
    pub n_bytes: u64,
    /// SHA-256 of those bytes, in hexadecimal.
    pub sha256: String,
}

/// Why an export broke off.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The log is in trouble.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A payload is not JSON: it was damaged after it was written.
    #[error("the event at position {0} cannot be written as JSON: {1}")]
    Payload(u64, events::CodecError),
    /// What is written to does not take it.
    #[error("the export cannot be written: {0}")]
    Write(#[from] std::io::Error),
    /// The columns do not come together as a table.
    #[error("the table cannot be written: {0}")]
    Table(#[from] ::parquet::errors::ParquetError),
}

/// Writes the whole log into a new file, which has its name only once it is whole and on disk; packed when the name
/// ends in `.gz` and the format [packs](Format::packs).
///
/// # Errors
/// [`ExportError`]; nothing is left but, after a crash, a file that ends in `.unfinished`.
pub async fn into_file(
    log: &impl EventLog,
    format: Format,
    path: &Path,
    personal_text: PersonalText,
) -> Result<Exported, ExportError> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let packed = format.packs() && path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
    // What an earlier export left when it was killed. That there is none is the usual case.
    std::fs::remove_file(&unfinished).ok();
    let mut file = BufWriter::new(new_private_file(&unfinished)?);
    let written = if packed {
        let mut counted = Counted::of(&mut file);
        let mut packing = GzEncoder::new(&mut counted, Compression::default());
        match written(log, format, &mut packing, personal_text).await {
            Ok(n_events) => packing.finish().map(drop).map_err(ExportError::from).and_then(|()| counted.told(format, n_events)),
            Err(error) => Err(error),
        }
    } else {
        export(log, format, &mut file, personal_text).await
    };
    let kept = written.and_then(|exported| {
        file.get_ref().sync_all()?;
        std::fs::rename(&unfinished, path)?;
        Ok(exported)
    });
    if kept.is_err() {
        // Half an export is none.
        std::fs::remove_file(&unfinished).ok();
    }
    kept
}

/// Writes the whole log.
///
/// # Errors
/// [`ExportError`]; what was written before it stays with the receiver.
pub async fn export(
    log: &impl EventLog,
    format: Format,
    to: &mut (impl Write + Send),
    personal_text: PersonalText,
) -> Result<Exported, ExportError> {
    let mut counted = Counted::of(to);
    let n_events = written(log, format, &mut counted, personal_text).await?;
    counted.told(format, n_events)
}

/// Writes the whole log as CloudEvents.
///
/// # Errors
/// As [`export`].
pub async fn cloudevents(
    log: &impl EventLog,
    to: &mut (impl Write + Send),
    personal_text: PersonalText,
) -> Result<Exported, ExportError> {
    export(log, Format::CloudEvents, to, personal_text).await
}

async fn written(
    log: &impl EventLog,
    format: Format,
    to: &mut (dyn Write + Send),
    personal_text: PersonalText,
) -> Result<u64, ExportError> {
    let leaving = Leaving { log, personal_text };
    match format {
        Format::CloudEvents => lines(&leaving, to).await,
        Format::Xes => xes::write(&leaving, to).await,
        Format::Ocel => ocel::write(&leaving, to).await,
        Format::Parquet => parquet::write(&leaving, to).await,
        Format::Csv => csv::write(&leaving, to).await,
    }
}

async fn lines(leaving: &Leaving<'_, impl EventLog>, to: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
    let mut n_events = 0;
    loop {
        let batch = leaving.from(n_events).await?;
        if batch.is_empty() {
            return Ok(n_events);
        }
        for departing in &batch {
            let mut line = departing.cloudevent()?;
            line.push('\n');
            to.write_all(line.as_bytes())?;
            n_events += 1;
        }
    }
}

/// Counts and digests what passes.
struct Counted<'a, W> {
    to: &'a mut W,
    n_bytes: u64,
    digest: Sha256,
}

impl<'a, W: Write> Counted<'a, W> {
    fn of(to: &'a mut W) -> Self {
        Self { to, n_bytes: 0, digest: Sha256::new() }
    }

    /// What has passed, all of it handed on.
    fn told(self, format: Format, n_events: u64) -> Result<Exported, ExportError> {
        self.to.flush()?;
        let sha256 = hex::encode(self.digest.finalize());
        Ok(Exported { format: format.name(), n_events, n_bytes: self.n_bytes, sha256 })
    }
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n = self.to.write(bytes)?;
        self.digest.update(&bytes[..n]);
        self.n_bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}
