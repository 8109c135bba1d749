//! What can happen at a service desk, and what may be asked of it.
//!
//! Every fact is a struct in the file of its noun ([`conversation`], [`agent`], [`customer`], [`site`], [`import`],
//! [`ticket`], [`unmasking`]);
//! [`Event`] is the closed list of them. The stored shape of each is a contract: fields are only ever added, with a
//! default, and an older payload is lifted to today's shape in [`codec`]. Nothing here reads a clock, a file or a
//! random source.

pub mod agent;
pub mod cloudevent;
pub mod codec;
pub mod conversation;
pub mod customer;
pub mod decider;
pub mod import;
pub mod recorded;
pub mod site;
pub mod ticket;
pub mod unmasking;

pub use codec::{Body, CodecError, Poison};
pub use decider::{Command, Decider, Intent, Receipt, Rejection};
pub use recorded::{EventId, Meta, Moment, NewEvent, Personal, Position, Recorded, StreamId, Timing, Version};

/// Any fact of the log: the closed list, one variant per noun.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Something happened in one conversation.
    Conversation(conversation::Event),
    /// Something happened to one agent.
    Agent(agent::Event),
    /// Something became known about one customer.
    Customer(customer::Event),
    /// The desk itself was described.
    Site(site::Event),
    /// Something became known about one ticket; boxed, because its record has many fields and most facts few.
    Ticket(Box<ticket::Event>),
    /// A foreign log was read.
    Import(import::Event),
    /// Somebody was shown personal text as it is.
    Unmasking(unmasking::Event),
}
