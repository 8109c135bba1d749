//! Zendesk Support: ticket audits, incremental ticket events and tickets, metric events, metric sets, satisfaction ratings.
//!
//! Vendor's description: ticket audits and their events, incremental exports, ticket metric events. An audit and the
//! incremental ticket event of the same number are the same facts. Event types that this version does not know are
//! counted and passed over, as the vendor asks.
//!
//! A ticket is told twice, as ADR-0015 says: what its record became is a `ticket`, who said and did what is a
//! `conversation`. An audit tells only what changed; its revision says so (`partial`).
//!
//! Zendesk does not say on which side an author is. A comment is the customer's when its author is said to be no staff, or
//! is the ticket's requester; a file is looked through first to know who that is. Where no record says it, the customer's
//! is what was not written by the assignee and came from an address, number or account (`via.source.from`); else it is the
//! desk's. A message is one fact by its number: a later file that knows better is left out as `id_conflict`, not told twice.
//!
//! A ticket that was solved and is opened again waits again in its group, and is its agent's again at once if it has one, as
//! far as the file says who they are.
//!
//! Words of a ticket whose requester no record names are sealed under a name of the ticket, `ticket:<number>`: forgetting
//! the customer does not reach them, forgetting that name does. Redacted words stay as they were first imported.

mod audit;
mod claims;
mod held;

use std::collections::BTreeMap;

use events::conversation::{Channel, SurveyAnswered, SurveySent};
use events::ticket::Revised;
use serde_json::Value;

use self::held::Held;
use super::dialogue::{native, texts, word};
use super::payload::{Known, Stream, Telling, at, moment, when};
use super::records::Content;
use super::{Misfit, Translate, Translated, document};
use crate::keys::Pseudonyms;

/// Its name.
pub const NAME: &str = "zendesk";
/// Its times are UTC.
pub const ZONE: &str = "UTC";
/// The lists in which its API wraps records.
pub const LISTS: &[&str] =
    &["audits", "ticket_events", "tickets", "ticket_metric_events", "ticket_metrics", "satisfaction_ratings"];

/// Whether a file's beginning speaks of this source.
#[must_use]
pub fn recognises(head: &str) -> bool {
    let has = |name: &str| head.contains(&format!("\"{name}\""));
    let list = LISTS.iter().any(|list| head.contains(&format!("\"{list}\":")) && (has("ticket_id") || has("requester_id")));
    list || (has("ticket_id") && ((has("events") && has("author_id")) || has("child_events") || has("instance_id")))
        || (has("ticket_id") && (has("reply_time_in_minutes") || (has("score") && has("requester_id"))))
        || (has("requester_id") && has("submitter_id") && has("via"))
}

/// Reads records of the API.
pub struct Zendesk {
    pseudonyms: Pseudonyms,
    /// The latest requester of each ticket.
    known: Known,
    held: Held,
    surveyed: bool,
}

/// One record asked for by itself stands under its own name.
fn unwrapped(record: &Value) -> &Value {
    let names = ["audit", "ticket", "ticket_event", "ticket_metric", "satisfaction_rating"];
    let wrapped = || names.iter().find_map(|name| record.get(*name).filter(|one| one.is_object()));
    if record.get("id").is_none() { wrapped().unwrap_or(record) } else { record }
}

/// The number of the ticket that a record is about.
fn ticket_of(record: &Value) -> Option<String> {
    let own = || word(&record["id"]).filter(|_| record.get("requester_id").is_some());
    word(&record["ticket_id"]).or_else(own)
}

impl Translate for Zendesk {
    fn translate(&mut self, content: &Content) -> Result<Translated, Misfit> {
        let record = document(content)?.object()?;
        let record = unwrapped(&record);
        self.learn(record);
        let mut telling = Telling::new(NAME);
        self.read(record, &mut telling)?;
        Ok(Translated { events: telling.events, repairs: telling.repairs })
    }

    fn tells_the_past(&self) -> bool {
        true
    }

    fn subject(&self, content: &Content) -> Option<String> {
        let raw = &document(content).ok()?.raw;
        let record: Option<Value> = serde_json::from_str(raw).ok();
        let id = match &record {
            Some(record) => word(&record["requester_id"]).or_else(|| audit::requester(record)),
            None => native(raw, "requester_id"),
        };
        let known = || {
            let ticket = ticket_of(unwrapped(record.as_ref()?))?;
            Some(self.known.of(&ticket).unwrap_or_else(|| self.own(&ticket)))
        };
        id.map(|id| self.customer(&id)).or_else(known)
    }

    fn surveys(&self) -> bool {
        !self.surveyed
    }

    fn follows(&self) -> bool {
        true
    }

    fn survey(&mut self, content: &Content) {
        self.known.survey();
        if let Ok(record) = document(content).and_then(|document| document.object()) {
            self.learn(unwrapped(&record));
        }
    }

    fn surveyed(&mut self) {
        self.surveyed = true;
    }

    fn remembers(&self) -> bool {
        true
    }
}

/// The streams of one ticket.
struct Ticket {
    ticket: Stream,
    conversation: Stream,
}

impl Zendesk {
    pub(super) fn new(pseudonyms: Pseudonyms) -> Self {
        Self { pseudonyms, known: Known::default(), held: Held::default(), surveyed: false }
    }

    fn customer(&self, id: &str) -> String {
        self.pseudonyms.of(NAME, id)
    }

    /// The name under which a ticket's words are sealed that belong to nobody known.
    fn own(&self, ticket: &str) -> String {
        self.pseudonyms.of(NAME, &format!("ticket:{ticket}"))
    }

    /// Keeps for whom a ticket was made, and who has it.
    fn learn(&mut self, record: &Value) {
        if let (Some(ticket), Some((made, change))) = (ticket_of(record), audit::handed(record)) {
            self.held.learn(&ticket, made, change);
        }
        let told = word(&record["requester_id"]).or_else(|| audit::requester(record));
        let times = [&record["updated_at"], &record["created_at"], &record["timestamp"]];
        if let (Some(ticket), Some(customer), Some(at)) = (ticket_of(record), told, times.into_iter().find_map(moment)) {
            let customer = self.customer(&customer);
            self.known.learn(&ticket, at, customer);
        }
    }

    /// The ticket's record tells whom it names, the conversation is the latest requester's.
    fn streams(&self, id: &Value, customer: Option<String>) -> Result<Ticket, Misfit> {
        let id = word(id).ok_or(Misfit { reason: "ticket_missing", detail: None })?;
        let told = customer.map(|customer| self.customer(&customer));
        let known = self.known.of(&id);
        let (of_record, of_conversation) = (told.clone().or_else(|| known.clone()), known.or(told));
        Ok(Ticket {
            ticket: Stream::of("ticket", NAME, &id, of_record)?.or_own(self.own(&id)),
            conversation: Stream::of("conversation", NAME, &id, of_conversation)?.or_own(self.own(&id)),
        })
    }

    fn read(&self, record: &Value, telling: &mut Telling) -> Result<(), Misfit> {
        let has = |name: &str| record.get(name).is_some();
        match () {
            () if has("ticket_id") && (has("events") || has("child_events")) => self.audit(record, telling),
            () if has("ticket_id") && has("metric") && has("type") => {
                claims::metric_event(&self.streams(&record["ticket_id"], None)?.conversation, record, telling)
            }
            () if has("ticket_id") && (has("reply_time_in_minutes") || has("full_resolution_time_in_minutes")) => {
                claims::metric_set(&self.streams(&record["ticket_id"], None)?.conversation, record, telling)
            }
            () if has("ticket_id") && has("score") => self.rating(record, telling),
            () if has("requester_id") && has("status") => self.snapshot(record, telling),
            () => Err(Misfit { reason: "unknown_record", detail: None }),
        }
    }

    /// A ticket as it stood at its latest change.
    fn snapshot(&self, record: &Value, telling: &mut Telling) -> Result<(), Misfit> {
        let streams = self.streams(&record["id"], word(&record["requester_id"]))?;
        let updated = when(&[&record["updated_at"]])?;
        let opened_at = moment(&record["created_at"]).filter(|opened| *opened <= updated);
        if opened_at.is_none() && !record["created_at"].is_null() {
            telling.mended("created_after_update");
        }
        if !record["status"].as_str().is_some_and(|status| STATUSES.contains(&status)) {
            telling.mended("status_unknown");
        }
        let revised = Revised {
            status: word(&record["status"]),
            team: word(&record["group_id"]).map(|id| named(&id)),
            agent: word(&record["assignee_id"]).map(|id| named(&id)),
            priority: word(&record["priority"]),
            category: word(&record["type"]),
            channel: word(at(record, &["via", "channel"])),
            customer: word(&record["requester_id"]).and_then(|_told| streams.ticket.subject.clone()),
            opened_at,
            ..Revised::default()
        };
        let number = texts([("customer_number", word(&record["requester_id"])), ("subject", word(&record["subject"]))]);
        telling.say(&streams.ticket, updated, &format!("snapshot|{}", updated.0), revised, number);
        if let (Some(opened), Some(customer)) = (opened_at, &streams.conversation.subject) {
            let opened = events::Moment(opened.0.div_euclid(1_000_000) * 1_000_000);
            audit::begin(telling, &streams.conversation, opened, record, customer);
        }
        Ok(())
    }

    /// An answer to the question whether it was good; `offered` is the question.
    fn rating(&self, record: &Value, telling: &mut Telling) -> Result<(), Misfit> {
        let streams = self.streams(&record["ticket_id"], word(&record["requester_id"]))?;
        let given = when(&[&record["updated_at"], &record["created_at"]])?;
        rated(telling, &streams.conversation, given, record);
        Ok(())
    }
}

/// The statuses that Zendesk has words for; others are kept and told.
const STATUSES: [&str; 8] = ["new", "open", "pending", "hold", "solved", "closed", "deleted", "suspended"];

/// An id in the log: numbers of two vendors must not meet.
fn named(id: &str) -> String {
    format!("{NAME}.{id}")
}

/// A rating of `good` or `bad`, or that one was asked for.
fn rated(telling: &mut Telling, stream: &Stream, given: events::Moment, rating: &Value) {
    let score = rating["score"].as_str().unwrap_or_default();
    let what = format!("{score}|{}", given.0);
    let answer = |score| SurveyAnswered { score, score_max: 2 };
    let comment = texts([("comment", [&rating["comment"], &rating["body"]].into_iter().find_map(word))]);
    match score.split_once('_').map_or(score, |(score, _)| score) {
        "good" => telling.say(stream, given, &what, answer(2), comment),
        "bad" => telling.say(stream, given, &what, answer(1), comment),
        "offered" => telling.say(stream, given, &what, SurveySent {}, BTreeMap::new()),
        "unoffered" => {}
        _ => telling.mended("rating_out_of_scale"),
    }
}

fn channel_of(via: &str) -> Channel {
    match via {
        "email" | "mail" => Channel::Email,
        "chat" | "messaging" | "native_messaging" | "web_messaging" => Channel::Chat,
        "voice" | "phone" => Channel::Voice,
        "sms" | "whatsapp" | "line" | "telegram" | "wechat" | "any_channel" => Channel::Messaging,
        "facebook" | "twitter" | "instagram_dm" | "twitter_dm" => Channel::Social,
        // `web`, `api`, `help_center`, `web_widget`, a number of an older export: a form.
        _ => Channel::Ticket,
    }
}
