//! One ticket: a case that teams work on over days, as a foreign system tells of it.
//!
//! Such systems keep records, not happenings: each [`Revised`] is the whole record after one change. What the source
//! counts itself (reassignments, re-openings, a service level met) is kept as its *claim*, beside what the revisions
//! show. Process logs without a record tell of steps instead: [`ActivityRecorded`].
//!
//! Facts of a ticket may come in any order; [`Revised::sequence`] settles it among those of one moment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Moment;
use crate::codec::facts;

facts! {
    /// What can happen to a ticket.
    #[allow(clippy::large_enum_variant, reason = "nearly every fact of a ticket is its record, which is the large one")]
    Ticket {
        /// A case with a beginning of its own was opened.
        Opened = "ticket.opened", 1;
        /// Its record changed.
        Revised = "ticket.revised", 1;
        /// A step of work was planned, begun or done.
        ActivityRecorded = "ticket.activity_recorded", 1;
    }
}

fn zero(number: &u32) -> bool {
    *number == 0
}

/// A case was opened, where the source tells that apart from its first step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// What was asked for, in whole units of the source's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_requested: Option<u64>,
}

/// The source's record of the ticket after a change; an absent field is one that the source does not know.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Revised {
    /// Its place among revisions of the same moment: the source's own number, or the order of the file.
    #[serde(default, skip_serializing_if = "zero")]
    pub sequence: u32,
    /// Whether it tells only what changed: what it does not tell is as it was before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// How it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// How exactly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_status: Option<String>,
    /// The team that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// The person of the desk who has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The country of that person, in the source's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_country: Option<String>,
    /// The team's line of support, such as `L1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// How soon it is to be solved, in the source's own scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// How much it hurts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<String>,
    /// How much it presses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<String>,
    /// The product it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// What exactly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subcategory: Option<String>,
    /// What was noticed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symptom: Option<String>,
    /// The configuration item it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// How the customer reached the desk, in the source's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Who it is for, by pseudonym.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The organisation whose team has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// The part of that organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub division: Option<String>,
    /// The country of the team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The customer's place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The person of the desk who opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_by: Option<String>,
    /// The person of the desk who made this change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<String>,
    /// The person of the desk who solved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_by: Option<String>,
    /// The code under which it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_code: Option<String>,
    /// The vendor it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// The problem it was joined to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// How often the source says it changed hands so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reassignments_claimed: Option<u32>,
    /// How often the source says it was opened again so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopens_claimed: Option<u32>,
    /// Whether the source says its service level is met so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sla_met_claimed: Option<bool>,
    /// The source's own number of this revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u32>,
    /// When it was opened, says this revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<Moment>,
    /// When it was or will have been solved, says this revision: some sources write the end into every row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Moment>,
    /// When it was or will have been closed, says this revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Moment>,
    /// What else the source says of it, by its own columns, where a mapping declares that none of it is personal.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

/// A step of work was planned, begun or done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActivityRecorded {
    /// Its place among steps of the same moment, in the order of the file.
    #[serde(default, skip_serializing_if = "zero")]
    pub sequence: u32,
    /// What is done, in the source's own words.
    pub activity: String,
    /// What became of it: XES lifecycle words such as `schedule`, `start`, `complete`, as the source spells them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transition: Option<String>,
    /// Who did it; absent when the source did not record that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The team that did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
}
