//! A wish becomes a fact: read one stream, fold its state, decide, append, and again if somebody was quicker.

use std::collections::BTreeMap;

use events::{
    Body, Command, Decider, Event, EventId, Intent, Meta, NewEvent, Personal, Receipt, Rejection, StreamId, codec, customer,
    site, unmasking,
};

use crate::log::{EventLog, Expected, LogError, Stored};

/// How often a decision is made anew when others keep appending first.
const TRIES_MAX: usize = 5;
/// The desk's own stream.
pub const SITE_STREAM: (&str, &str) = ("site", "desk");

/// Why a wish did not become a fact.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExecuteError {
    /// The domain said no.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// What is asked about has no name that a stream can have.
    #[error("{id:?} names no {noun}")]
    NoSuchName {
        /// What was asked about.
        noun: String,
        /// Its name.
        id: String,
    },
    /// The log is in trouble, or others kept appending first.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Carries out an intent. The same intent twice is carried out once and answered alike.
///
/// # Errors
/// [`ExecuteError::Rejected`] with a sentence for the person, or what the log says.
pub async fn execute(log: &impl EventLog, intent: &Intent) -> Result<Receipt, ExecuteError> {
    let named = |noun: &str, id: &str| {
        StreamId::new(noun, id).map_err(|_not_a_name| ExecuteError::NoSuchName { noun: noun.to_owned(), id: id.to_owned() })
    };
    let intent = &Intent { command: masked(intent.command.clone()), ..intent.clone() };
    match &intent.command {
        Command::Site(command) => {
            let stream = named(SITE_STREAM.0, SITE_STREAM.1)?;
            let of = |event: &Event| if let Event::Site(event) = event { Some(event.clone()) } else { None };
            decide::<site::Site>(log, intent, command, &stream, of, Event::Site).await
        }
        Command::Customer(command) => {
            let stream = named("customer", command.customer())?;
            let of = |event: &Event| if let Event::Customer(event) = event { Some(event.clone()) } else { None };
            decide::<customer::Customer>(log, intent, command, &stream, of, Event::Customer).await
        }
        Command::Unmasking(command) => {
            let stream = named("unmasking", command.unmasking())?;
            let of = |event: &Event| if let Event::Unmasking(event) = event { Some(event.clone()) } else { None };
            decide::<unmasking::Unmasking>(log, intent, command, &stream, of, Event::Unmasking).await
        }
    }
}

/// A wish as it is recorded: whoever gives a reason may quote a customer.
fn masked(command: Command) -> Command {
    let hide = |reason: String| {
        let texts = BTreeMap::from([("comment".to_owned(), reason)]);
        crate::mask::masked(Personal { subject: None, texts }).texts.into_values().next().unwrap_or_default()
    };
    match command {
        Command::Site(command) => Command::Site(command),
        Command::Customer(command) => Command::Customer(match command {
            customer::Command::Restrict { customer, reason } => customer::Command::Restrict { customer, reason: hide(reason) },
            customer::Command::Release { customer, reason } => customer::Command::Release { customer, reason: hide(reason) },
            customer::Command::Erase { customer, reason } => customer::Command::Erase { customer, reason: hide(reason) },
        }),
        Command::Unmasking(unmasking::Command::Grant { unmasking, customer, reason, ticket, secs, at }) => {
            let ticket = ticket.map(hide);
            Command::Unmasking(unmasking::Command::Grant { unmasking, customer, reason: hide(reason), ticket, secs, at })
        }
        Command::Unmasking(end @ unmasking::Command::End { .. }) => Command::Unmasking(end),
    }
}

async fn decide<D: Decider>(
    log: &impl EventLog,
    intent: &Intent,
    command: &D::Command,
    stream: &StreamId,
    of: impl Fn(&Event) -> Option<D::Event>,
    into: impl Fn(D::Event) -> Event,
) -> Result<Receipt, ExecuteError>
where
    Rejection: From<D::Rejection>,
{
    let id = |place: usize| EventId::derived("intent", &format!("{}|{place}", intent.id));
    let mut tries = 0;
    loop {
        tries += 1;
        let past = log.stream(stream).await?;
        if let Some(done) = past.iter().rfind(|stored| stored.fact.meta.correlation.as_deref() == Some(&intent.id)) {
            return Ok(Receipt { position: Some(done.fact.position) });
        }
        let decided = D::decide(command, &state::<D>(&past, &of)).map_err(Rejection::from)?;
        if decided.is_empty() {
            return Ok(Receipt { position: None });
        }
        let expected = past.last().map_or(Expected::NoStream, |last| Expected::Exact(last.fact.version));
        let facts = decided.into_iter().enumerate().map(|(place, event)| NewEvent {
            stream: stream.clone(),
            id: id(place),
            occurred_at: intent.at,
            meta: Meta {
                source: "desk".to_owned(),
                actor: Some(intent.actor.clone()),
                correlation: Some(intent.id.clone()),
                causation: None,
            },
            body: codec::encode(&into(event)),
            personal: None,
        });
        match log.append(stream, expected, facts.collect()).await {
            Ok(appended) => return Ok(Receipt { position: Some(appended.position) }),
            Err(LogError::Conflict { .. }) if tries < TRIES_MAX => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn state<D: Decider>(past: &[Stored], of: &impl Fn(&Event) -> Option<D::Event>) -> D::State {
    let mut state = D::State::default();
    for stored in past {
        if let Body::Read(event) = &stored.fact.body
            && let Some(event) = of(event)
        {
            D::evolve(&mut state, &event);
        }
    }
    state
}
