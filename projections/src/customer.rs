//! Customers' standing: whose texts may not be shown, and whose are gone.

use std::collections::BTreeMap;

use events::customer::Standing;
use events::{Body, Event, Recorded};
use serde::{Deserialize, Serialize};

use crate::projection::Projection;

/// The customers whose texts are not simply active, by pseudonym.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Customers {
    /// Never holds [`Standing::Active`].
    pub standing: BTreeMap<String, Standing>,
}

impl Customers {
    /// How the texts of `customer` may be used.
    #[must_use]
    pub fn standing(&self, customer: &str) -> Standing {
        self.standing.get(customer).copied().unwrap_or_default()
    }
}

impl Projection for Customers {
    const NAME: &'static str = "customers";
    const SCHEMA: u32 = 1;

    fn evolve(&mut self, fact: &Recorded) {
        let Body::Read(Event::Customer(event)) = &fact.body else { return };
        let customer = fact.stream.id();
        match self.standing(customer).after(event) {
            Standing::Active => self.standing.remove(customer),
            standing @ (Standing::Restricted | Standing::Erased) => self.standing.insert(customer.to_owned(), standing),
        };
    }
}
