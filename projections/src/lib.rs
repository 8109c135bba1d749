//! What the log means: folds ([`conversation`], [`agent`], [`customer`], [`ticket`], [`import`], [`unmasking`],
//! [`assist`], [`turn`], [`rating`], [`claim`], together the [`board`]) and what is read off them ([`metric`], [`figure`],
//! [`live`], [`trail`], [`content`], [`agreement`]); where text is personal ([`mask`]); and what chance may explain
//! ([`statistics`]). Pure: no clock, no file, no random
//! source, no hash order.

pub mod agent;
pub mod agreement;
pub mod assist;
pub mod board;
pub mod claim;
pub mod content;
pub mod conversation;
pub mod customer;
pub mod figure;
pub mod import;
pub mod live;
pub mod mask;
pub mod metric;
pub mod names;
mod poison;
pub mod projection;
pub mod rating;
pub mod scope;
pub mod statistics;
pub mod ticket;
pub mod trail;
pub mod turn;
pub mod unmasking;

pub use board::Board;
pub use projection::{Lens, Projection};
