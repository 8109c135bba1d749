//! One customer, by pseudonym; names and numbers are personal text.

use serde::{Deserialize, Serialize};

use crate::codec::facts;

facts! {
    /// What can become known about a customer.
    Customer {
        /// They were recognised.
        Identified = "customer.identified", 1;
    }
}

/// The customer was recognised; name and number are personal text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Identified {
    /// How much the house values them, in its own word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// BCP 47 tag of the language they prefer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}
