//! The verbs about personal text: forget, restrict, release, unmask.

use std::path::Path;
use std::sync::Arc;

use clap::Args;
use events::{Command, Intent, Receipt, customer, unmasking};
use serde_json::json;

use super::{Failure, print};
use crate::clock::Clock;
use crate::desk::Desk;
use crate::erasure::{Erasure, carry_out};
use crate::keys::pseudonym::is_pseudonym;
use crate::log::sqlite::SqliteLog;
use crate::log::{EventLog, Rights};
use crate::unmasking::Grant;
use crate::verbs::WindowError;

/// For how long the command line is shown text: it prints at once.
const PRINTING_SECS: u32 = 60;

/// Whom it is about, and why.
#[derive(Debug, Args)]
pub(super) struct About {
    /// The customer: a pseudonym (c-…), or the source's own number for them
    customer: String,
    /// Why; it is recorded
    #[arg(long, value_name = "TEXT", default_value = "asked for by the customer")]
    reason: String,
    /// The source whose number it is; every source is tried when not given
    #[arg(long, value_name = "KIND")]
    source: Option<String>,
}

/// `retrace unmask`
#[derive(Debug, Args)]
pub(super) struct Unmask {
    /// The customer: a pseudonym (c-…), or the source's own number for them
    customer: String,
    /// Why; it is recorded before anything is shown
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The case it is for
    #[arg(long, value_name = "ID")]
    ticket: Option<String>,
    /// For how long the window shows the texts too
    #[arg(long, value_name = "N", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=480))]
    minutes: u32,
    /// The source whose number it is; every source is tried when not given
    #[arg(long, value_name = "KIND")]
    source: Option<String>,
}

/// Who is at the keyboard, as far as the system says.
fn actor() -> String {
    let name = ["RETRACE_ACTOR", "USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
    format!("person:{}", name.filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_owned()))
}

/// A name that nobody used before.
fn fresh() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(anyhow::Error::from)?;
    Ok(hex::encode(bytes))
}

async fn ask(desk: &Arc<Desk>, command: Command) -> Result<Receipt, Failure> {
    let seen = *desk.log().head().borrow();
    let intent = Intent { id: fresh()?, actor: actor(), at: Clock::System.now(), seen, command };
    Ok(desk.ask(intent).await?)
}

/// The pseudonym of whoever is meant, and the source's own number when that was given.
async fn whom(desk: &Desk, customer: &str, source: Option<&str>) -> Result<(String, Option<String>), Failure> {
    let unknown = || Failure::from(WindowError::Unknown { what: "customer".to_owned(), name: customer.to_owned() });
    if is_pseudonym(customer) {
        return if desk.log().knows(customer).await? { Ok((customer.to_owned(), None)) } else { Err(unknown()) };
    }
    let pseudonyms = desk.log().pseudonyms()?;
    let sources = match source {
        Some(source) => vec![source.to_owned()],
        None => desk.sources(),
    };
    for source in sources {
        let pseudonym = pseudonyms.of(&source, customer);
        if desk.log().knows(&pseudonym).await? {
            return Ok((pseudonym, Some(customer.to_owned())));
        }
    }
    Err(unknown())
}

/// The recorded event, as the window sees it.
async fn recorded(desk: &Desk, receipt: Receipt) -> Result<serde_json::Value, Failure> {
    let Some(position) = receipt.position else { return Ok(serde_json::Value::Null) };
    let event = desk.event(crate::verbs::EventQuestion { position }).await?;
    Ok(serde_json::to_value(event).map_err(anyhow::Error::from)?)
}

/// `retrace forget`
pub(super) async fn forget(about: About, log: &Path, json: bool) -> Result<(), Failure> {
    let desk = Desk::open(SqliteLog::open(log, Clock::System).await?, Clock::System).await?;
    desk.log().keys()?;
    let (customer, native) = whom(&desk, &about.customer, about.source.as_deref()).await?;
    let wish = customer::Command::Erase { customer: customer.clone(), reason: about.reason.clone() };
    // The fact first, by itself: the key is destroyed below, where what was found before and after is told.
    let seen = *desk.log().head().borrow();
    let intent = Intent { id: fresh()?, actor: actor(), at: Clock::System.now(), seen, command: Command::Customer(wish) };
    let receipt = crate::execute::execute(desk.log(), &intent).await.map_err(WindowError::from)?;
    desk.caught_up().await;
    let erasure = carry_out(desk.log(), &customer, native.as_deref()).await?;
    let event = recorded(&desk, receipt).await?;
    if json {
        print::json(&json!({ "customer": customer, "event": event, "erasure": erasure }));
    } else {
        print::text(&told(&customer, &erasure));
    }
    desk.save_snapshot();
    if erasure.hits.is_empty() {
        return Ok(());
    }
    let files: Vec<&str> = erasure.hits.iter().map(|hit| hit.file.as_str()).collect();
    let message = format!("the key is destroyed, but what was to be forgotten is still found in {}", files.join(", "));
    Err(Failure { code: 3, message, json: None })
}

fn told(customer: &str, erasure: &Erasure) -> String {
    let Erasure { n_texts, n_rewrapped, n_needles, n_too_short, n_files, n_bytes, hits, named_elsewhere, removed } = erasure;
    let n_hits: u64 = hits.iter().map(|hit| hit.n).sum();
    let mut text = format!(
        "{customer}\n{n_texts} texts can be opened by nobody any more; {n_rewrapped} other keys were wrapped anew.\n\
         Searched {n_files} files ({n_bytes} bytes) for {n_needles} texts, identifiers and keys: {n_hits} found.\n"
    );
    if 0 < *n_too_short {
        text.push_str(&format!("{n_too_short} were too short to be searched for.\n"));
    }
    if !named_elsewhere.is_empty() {
        let places: Vec<String> = named_elsewhere.iter().take(20).map(|position| format!("@{}", position.0)).collect();
        text.push_str(&format!("Other customers' texts name this one, {} times: {}\n", named_elsewhere.len(), places.join(" ")));
    }
    for file in removed {
        text.push_str(&format!("deleted {file}\n"));
    }
    text
}

/// `retrace restrict` and `retrace release`
pub(super) async fn set_standing(about: About, release: bool, log: &Path, json: bool) -> Result<(), Failure> {
    let desk = Desk::open(SqliteLog::open(log, Clock::System).await?, Clock::System).await?;
    let (customer, _) = whom(&desk, &about.customer, about.source.as_deref()).await?;
    let reason = about.reason;
    let wish = if release {
        customer::Command::Release { customer: customer.clone(), reason }
    } else {
        customer::Command::Restrict { customer: customer.clone(), reason }
    };
    let receipt = ask(&desk, Command::Customer(wish)).await?;
    let event = recorded(&desk, receipt).await?;
    if json {
        print::json(&json!({ "customer": customer, "event": event }));
    } else {
        let state = if release { "active" } else { "restricted" };
        print::text(&format!("{customer}: {state}\n"));
    }
    Ok(())
}

impl Unmask {
    pub(super) async fn run(self, log: &Path, json: bool) -> Result<(), Failure> {
        let desk = Desk::open(SqliteLog::open(log, Clock::System).await?, Clock::System).await?;
        let (customer, _) = whom(&desk, &self.customer, self.source.as_deref()).await?;
        let wish = unmasking::Command::Grant {
            unmasking: fresh()?,
            customer: Some(customer.clone()),
            reason: self.reason,
            ticket: self.ticket,
            secs: self.minutes * 60,
            at: Clock::System.now(),
        };
        // Durable before a word is shown: what fails here shows nothing.
        let receipt = ask(&desk, Command::Unmasking(wish)).await?;
        let event = recorded(&desk, receipt).await?;
        let positions = desk.log().texts_of(&customer).await?;
        let stored = desk.log().at(&positions).await?;
        let rows = desk.rows(&stored).await?;
        if json {
            let texts: Vec<_> = rows
                .iter()
                .map(|row| json!({ "position": row.position, "type": row.event_type, "showing": row.showing, "texts": row.personal }))
                .collect();
            print::json(&json!({ "customer": customer, "event": event, "texts": texts }));
        } else {
            print::text(&format!("{customer}, {} texts; that they were shown is recorded\n", rows.len()));
            for row in &rows {
                for (name, text) in &row.personal {
                    print::text(&format!("@{} {} {name}: {}\n", row.position.0, row.event_type, print::visible(text)));
                }
            }
        }
        Ok(())
    }
}

/// Records that an export shows all texts as they are, and gives the right to it.
pub(super) async fn unmask_all(log: &SqliteLog, reason: String, ticket: Option<String>) -> Result<Rights, Failure> {
    let at = Clock::System.now();
    let wish = unmasking::Command::Grant { unmasking: fresh()?, customer: None, reason, ticket, secs: PRINTING_SECS, at };
    let seen = *log.head().borrow();
    let intent = Intent { id: fresh()?, actor: actor(), at, seen, command: Command::Unmasking(wish) };
    let receipt = crate::execute::execute(log, &intent).await.map_err(WindowError::from)?;
    let stored = log.at(receipt.position.as_slice()).await?;
    let grants = stored.iter().filter_map(|stored| Grant::recorded(&stored.fact)).collect();
    Ok(Rights::Unmasked { grants, at })
}
