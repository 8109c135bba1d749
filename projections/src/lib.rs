//! What the log means: folds ([`conversation`], [`agent`], [`customer`], [`import`], [`unmasking`],
//! together the [`board`]) and what is read off them ([`metric`], [`figure`], [`live`], [`trail`]). Pure: no clock, no file, no random source, no hash order.

pub mod agent;
pub mod board;
pub mod conversation;
pub mod customer;
pub mod figure;
pub mod import;
pub mod live;
pub mod metric;
pub mod names;
mod poison;
pub mod projection;
pub mod scope;
pub mod trail;
pub mod unmasking;

pub use board::Board;
pub use projection::{Lens, Projection};
