//! Texts that repeat by the thousand (queues, agents, topics), kept once and named by number.

use indexmap::IndexSet;
use serde::{Deserialize, Serialize};

/// The number of a text in its [`Names`]; numbered in the order of first appearance in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Name(pub u32);

/// Texts by number and numbers by text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Names(IndexSet<String>);

impl Names {
    /// The number of `text`, given now if it is new.
    pub fn number(&mut self, text: &str) -> Name {
        let index = match self.0.get_index_of(text) {
            Some(index) => index,
            None => self.0.insert_full(text.to_owned()).0,
        };
        Name(u32::try_from(index).expect("four thousand million different names do not fit in memory"))
    }

    /// The number of `text`, if it has appeared.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Name> {
        self.0.get_index_of(text).and_then(|index| u32::try_from(index).ok()).map(Name)
    }

    /// The text of a number that this set gave.
    #[must_use]
    pub fn text(&self, name: Name) -> &str {
        self.0.get_index(name.0 as usize).map_or("", String::as_str)
    }

    /// All texts in the order of first appearance.
    pub fn iter(&self) -> impl Iterator<Item = (Name, &str)> {
        self.0.iter().enumerate().map(|(index, text)| (Name(u32::try_from(index).expect("numbered by `number`")), text.as_str()))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
