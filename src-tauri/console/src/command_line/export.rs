//! `retrace export`: the log in a format that others read.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::{Failure, PersonalChoice, personal, print};
use crate::clock::Clock;
use crate::export::{Format, PersonalText, export, into_file};
use crate::log::Rights;
use crate::log::sqlite::SqliteLog;

/// `retrace export`
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The format
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(Format::ALL.map(Format::name)), default_value = "cloudevents")]
    format: String,
    /// The file to write, packed when its name ends in .gz; the standard output when not given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How customers' words leave
    #[arg(long, value_enum, default_value_t)]
    personal: PersonalChoice,
    /// Why customers' words leave as they are
    #[arg(long, value_name = "TEXT", required_if_eq("personal", "plain"))]
    reason: Option<String>,
    /// The case it is for
    #[arg(long, value_name = "ID")]
    ticket: Option<String>,
}

impl Export {
    pub(super) async fn run(self, log: &Path, json: bool) -> Result<(), Failure> {
        let format = Format::named(&self.format).unwrap_or(Format::CloudEvents);
        if let Some(path) = &self.out
            && !format.packs()
            && path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"))
        {
            let message = format!("{} is packed by itself: choose a name without .gz", format.name());
            return Err(Failure { code: 2, message, json: None });
        }
        if let Some(path) = &self.out
            && path.symlink_metadata().is_ok()
        {
            let message = format!("{}: there is a file of this name; an export overwrites nothing", path.display());
            return Err(Failure { code: 1, message, json: None });
        }
        let (log, personal) = match (self.personal, self.reason) {
            (PersonalChoice::Plain, Some(reason)) => {
                let log = SqliteLog::open(log, Clock::System).await?;
                let rights = personal::unmask_all(&log, reason, self.ticket).await?;
                (log, PersonalText::Shown(rights))
            }
            (PersonalChoice::None, _) => (SqliteLog::open_to_read(log).await?, PersonalText::None),
            (PersonalChoice::Masked | PersonalChoice::Plain, _) => {
                (SqliteLog::open_to_read(log).await?, PersonalText::Shown(Rights::Masked))
            }
        };
        let exported = match &self.out {
            None => export(&log, format, &mut std::io::BufWriter::new(std::io::stdout()), personal).await,
            Some(path) => into_file(&log, format, path, personal).await,
        };
        let exported = exported.map_err(anyhow::Error::from)?;
        let said = json!({ "format": self.format, "out": self.out, "events": exported.n_events, "bytes": exported.n_bytes, "sha256": exported.sha256 });
        match (&self.out, json) {
            (Some(_), true) => print::json(&said),
            // The standard output holds the export itself.
            (None, _) | (Some(_), false) => {
                print::message(&format!("{} events, {} bytes, sha256 {}", exported.n_events, exported.n_bytes, exported.sha256))
            }
        }
        Ok(())
    }
}
