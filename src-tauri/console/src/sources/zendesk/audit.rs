//! Audits: what one update changed, said and brought about.

use std::collections::BTreeMap;

use events::Moment;
use events::conversation::{
    Assigned, Direction, Ended, Enqueued, FigureClaimed, MessageReceived, MessageSent, Offered, Party, Resolved, Started,
    Transferred,
};
use events::ticket::Revised;
use serde_json::Value;

use super::held::Change;
use super::{Ticket, Zendesk, channel_of, named, rated};
use crate::sources::Misfit;
use crate::sources::dialogue::{list, n_chars, texts, word};
use crate::sources::payload::{Stream, Telling, at, moment, number, when};

/// The fields of a ticket that a revision tells.
const FIELDS: [&str; 6] = ["status", "group_id", "assignee_id", "priority", "type", "requester_id"];

/// One field that was set.
struct Set {
    before: Option<String>,
    after: Option<String>,
    created: bool,
}

/// The events of an audit, or of the incremental export's ticket event.
fn events_of(record: &Value) -> &[Value] {
    let events = list(&record["events"]);
    if events.is_empty() { list(&record["child_events"]) } else { events }
}

fn kind(event: &Value) -> &str {
    // The incremental export says `event_type`, and may repeat a `type` that is the ticket's.
    event["event_type"].as_str().or_else(|| event["type"].as_str()).unwrap_or_default()
}

/// What an audit set a field to: by name in audits, as a member in the incremental export.
fn set(events: &[Value], name: &str) -> Option<Set> {
    events.iter().filter(|event| matches!(kind(event), "Create" | "Change")).find_map(|event| {
        let after = match event["field_name"].as_str() {
            Some(field) => (field == name).then(|| &event["value"])?,
            None => event.get(name)?,
        };
        // A member called `type` is the event's own in audits, never here.
        let created = kind(event) == "Create";
        Some(Set { before: word(&event["previous_value"]), after: word(after), created })
    })
}

/// The number of the customer for whom a ticket was made, where this audit says so.
pub(super) fn requester(record: &Value) -> Option<String> {
    set(events_of(record), "requester_id")?.after
}

/// When an audit was made and what its number is: audits are numbered in the order in which they are made.
fn made(record: &Value) -> Option<(Moment, u64)> {
    let at = when(&[&record["created_at"], &record["timestamp"]]).ok()?;
    Some((at, word(&record["id"])?.parse().unwrap_or(0)))
}

/// To whom an audit gave its ticket.
pub(super) fn handed(record: &Value) -> Option<((Moment, u64), Change)> {
    let of = |name: &str| set(events_of(record), name).map(|set| set.after);
    Some((made(record)?, Change { group: of("group_id"), agent: of("assignee_id") }))
}

impl Zendesk {
    pub(super) fn audit(&self, record: &Value, telling: &mut Telling) -> Result<(), Misfit> {
        let events = events_of(record);
        let made = when(&[&record["created_at"], &record["timestamp"]])?;
        let id = word(&record["id"]).ok_or(Misfit { reason: "audit_missing", detail: None })?;
        let asked = requester(record);
        let author = [&record["author_id"], &record["updater_id"]].into_iter().find_map(word);
        let streams = self.streams(&record["ticket_id"], asked.clone())?;
        let opened = events.iter().any(|event| kind(event) == "Create");
        if opened && let Some(customer) = streams.conversation.subject.clone().filter(|_| asked.is_some()) {
            begin(telling, &streams.conversation, made, record, &customer);
        }
        revise(telling, &streams, events, made, &id, record);
        hand(telling, &streams.conversation, events, made, &id);
        if reopened(events) {
            self.wait(telling, &streams.conversation, record, made, &id);
        }
        let mut says = Says { zendesk: self, telling, stream: &streams.conversation, made, author, record };
        events.iter().for_each(|event| says.event(event));
        Ok(())
    }

    /// It waits again; one that has its agent still does not wait long.
    fn wait(&self, telling: &mut Telling, stream: &Stream, record: &Value, at: Moment, id: &str) {
        let known = super::ticket_of(record).zip(made(record)).map(|(ticket, made)| self.held.after(&ticket, made));
        let (group, agent) = known.unwrap_or_default();
        // Where no record says in which group, it waits for anybody.
        let queue = group.map_or_else(|| super::NAME.to_owned(), |group| named(&group));
        telling.say(stream, at, id, Enqueued { queue }, BTreeMap::new());
        if let Some(agent) = agent {
            telling.say(stream, at, id, Assigned { agent: Some(named(&agent)) }, BTreeMap::new());
        }
    }
}

/// Whether an audit opens a ticket that was settled.
fn reopened(events: &[Value]) -> bool {
    let Some(Set { before: Some(before), after: Some(after), .. }) = set(events, "status") else { return false };
    over(&before) && matches!(after.as_str(), "new" | "open" | "pending" | "hold")
}

/// Whether a status says that a ticket is settled.
fn over(status: &str) -> bool {
    matches!(status, "solved" | "closed")
}

/// The beginning of the conversation about a ticket; the same fact from an audit and from an export of tickets.
pub(super) fn begin(telling: &mut Telling, stream: &Stream, made: Moment, record: &Value, customer: &str) {
    let started = Started {
        channel: channel_of(word(at(record, &["via", "channel"])).unwrap_or_default().as_str()),
        direction: Direction::Inbound,
        topic: None,
        priority: None,
        customer: Some(customer.to_owned()),
        language: None,
        entry: None,
        attributes: BTreeMap::new(),
    };
    let from = at(record, &["via", "source", "from"]);
    let of = |name: &str| word(&from[name]);
    telling.say(stream, made, "", started, texts([("mail", of("address")), ("phone", of("phone")), ("name", of("name"))]));
}

fn has_own_address(record: &Value, from: &Value) -> bool {
    at(record, &["via", "channel"]) != "web"
        && ["address", "phone", "username", "profile_url"].iter().any(|name| word(&from[*name]).is_some())
}

/// The ticket's record after this audit, as far as it changed.
fn revise(telling: &mut Telling, streams: &Ticket, events: &[Value], made: Moment, id: &str, record: &Value) {
    let [status, team, agent, priority, category, requester] = FIELDS.map(|name| set(events, name));
    let known = |set: &Option<Set>| set.as_ref().and_then(|set| set.after.clone());
    if [&status, &team, &agent, &priority, &category, &requester].iter().all(|set| set.is_none()) {
        return;
    }
    let opened = [&status, &requester].iter().any(|set| set.as_ref().is_some_and(|set| set.created));
    let revised = Revised {
        partial: true,
        // Audits are numbered in the order in which they are made; of one second, the lower half of the number tells it.
        sequence: id.parse::<u64>().map_or(0, |id| (id & u64::from(u32::MAX)) as u32),
        status: known(&status),
        team: known(&team).map(|id| named(&id)),
        agent: known(&agent).map(|id| named(&id)),
        priority: known(&priority),
        category: known(&category),
        channel: opened.then(|| word(at(record, &["via", "channel"]))).flatten(),
        customer: requester.is_some().then(|| streams.ticket.subject.clone()).flatten(),
        opened_at: opened.then_some(made),
        ..Revised::default()
    };
    telling.say(&streams.ticket, made, &format!("audit|{id}"), revised, texts([("customer_number", known(&requester))]));
}

/// Who has it now, and whether it is settled.
fn hand(telling: &mut Telling, stream: &Stream, events: &[Value], made: Moment, id: &str) {
    let none = BTreeMap::new;
    let (team, assignee) = (set(events, "group_id"), set(events, "assignee_id"));
    let changed = |set: &Option<Set>| set.as_ref().is_some_and(|set| !set.created && set.after.is_some());
    let named_after = |set: &Option<Set>| set.as_ref().and_then(|set| set.after.as_deref()).map(named);
    let (to_queue, to_agent) = (named_after(&team), named_after(&assignee));
    let was_held = assignee.as_ref().is_some_and(|assignee| assignee.before.is_some());
    // One fact for both: the agent of another group takes over in that group's queue.
    if changed(&team) || (changed(&assignee) && was_held) {
        let passed = Transferred { to_queue: to_queue.clone(), to_agent: to_agent.clone(), reason: None };
        telling.say(stream, made, id, passed, none());
    }
    if let Some(queue) = to_queue {
        telling.say(stream, made, id, Enqueued { queue }, none());
    }
    if to_agent.is_some() {
        telling.say(stream, made, id, Assigned { agent: to_agent }, none());
    }
    if let Some(status) = set(events, "status") {
        let over = |status: &Option<String>| status.as_deref().is_some_and(over);
        if over(&status.after) && !over(&status.before) {
            telling.say(stream, made, id, Resolved {}, none());
            telling.say(stream, made, id, Ended { by: None }, none());
        }
    }
}

/// What a message is told as, on whichever side: later records may know better who wrote it, and must not tell it again.
const MESSAGE: &str = "conversation.message";

/// Who wrote something.
enum Side {
    Customer,
    Desk,
    /// The customer, by the way it came; whose pseudonym its author then has.
    Presumed(Option<String>),
}

/// One audit's events as facts of the conversation.
struct Says<'a> {
    zendesk: &'a Zendesk,
    telling: &'a mut Telling,
    stream: &'a Stream,
    made: Moment,
    author: Option<String>,
    record: &'a Value,
}

impl Says<'_> {
    fn event(&mut self, event: &Value) {
        let id = word(&event["id"]).unwrap_or_default();
        match kind(event) {
            "Create" | "Change" => {
                let status = event["field_name"]
                    .as_str()
                    .map_or_else(|| event.get("status"), |name| (name == "status").then(|| &event["value"]));
                if status.and_then(Value::as_str).is_some_and(|status| !super::STATUSES.contains(&status)) {
                    self.telling.mended("status_unknown");
                }
            }
            "Comment" => self.comment(event, &id),
            "VoiceComment" => self.voice(event, &id),
            "ChatStartedEvent" | "ChatEndedEvent" => self.chat(event, &id),
            "SatisfactionRating" => rated(self.telling, self.stream, self.made, event),
            "CommentRedactionEvent" | "AttachmentRedactionEvent" => self.telling.mended("redacted_in_source"),
            "OfferedTo" | "OfferedToEvent" | "AgentOffered" => {
                let agent = [&event["agent_id"], &event["assignee_id"], at(event, &["value", "agent_id"]), &event["value"]];
                match agent.into_iter().find_map(word) {
                    Some(agent) => {
                        let offered = Offered { agent: named(&agent) };
                        self.telling.say(self.stream, self.made, &id, offered, BTreeMap::new());
                    }
                    None => self.telling.mended("agent_not_recorded"),
                }
            }
            kind if PASSED_OVER.contains(&kind) => {}
            _ => self.telling.mended("unknown_event"),
        }
    }

    fn side(&self, event: &Value) -> Side {
        let author = word(&event["author_id"]).or_else(|| self.author.clone());
        if let Some(staff) = at(event, &["author", "is_staff"]).as_bool() {
            return if staff { Side::Desk } else { Side::Customer };
        }
        let wrote = author.as_deref().map(|author| self.zendesk.customer(author));
        if let (Some(wrote), Some(customer)) = (&wrote, &self.stream.subject) {
            return if wrote == customer { Side::Customer } else { Side::Desk };
        }
        let assignee = set(events_of(self.record), "assignee_id");
        if assignee.is_some_and(|Set { before, after, .. }| author.is_some() && (author == before || author == after)) {
            return Side::Desk;
        }
        let via = if event["via"].is_object() { event } else { self.record };
        if has_own_address(via, at(via, &["via", "source", "from"])) { Side::Presumed(wrote) } else { Side::Desk }
    }

    fn message(&mut self, id: &str, at: Moment, side: Side, text: Option<String>) {
        let n_chars = text.as_deref().map_or(0, n_chars);
        let words = texts([("text", text)]);
        let of_author =
            if let Side::Presumed(Some(author)) = &side { Some(self.stream.with_words_of(author.clone())) } else { None };
        let stream = of_author.as_ref().unwrap_or(self.stream);
        match side {
            Side::Customer | Side::Presumed(_) => {
                self.telling.say_as(MESSAGE, stream, at, id, MessageReceived { n_chars }, words);
            }
            Side::Desk => {
                self.telling.say_as(MESSAGE, stream, at, id, MessageSent { by: Party::Agent, n_chars }, words);
            }
        }
    }

    fn comment(&mut self, event: &Value, id: &str) {
        // A note of the desk to itself is no answer to the customer.
        if event["public"] == false {
            self.telling.mended("private_note");
            return;
        }
        let text = [&event["plain_body"], &event["body"]].into_iter().find_map(|body| body.as_str().map(str::to_owned));
        self.message(id, self.made, self.side(event), text);
    }

    fn voice(&mut self, event: &Value, id: &str) {
        let call = &event["data"];
        let began = moment(&call["started_at"]);
        if let Some(value) = number(&call["call_duration"]) {
            let agent = word(&call["answered_by_id"]).map(|id| named(&id));
            let claimed = FigureClaimed { from: began, agent, ..FigureClaimed::secs("call_duration", value) };
            self.telling.say(self.stream, self.made, id, claimed, BTreeMap::new());
        } else if !call["call_duration"].is_null() {
            self.telling.mended("value_not_believable");
        }
        let text = [&call["transcription_text"], &event["body"]].into_iter().find_map(word);
        self.message(id, self.made, self.side(event), text);
    }

    /// What was said in a chat stands in the audit that began or ended it, each word with its own time.
    fn chat(&mut self, event: &Value, id: &str) {
        for (nth, said) in list(at(event, &["value", "history"])).iter().enumerate() {
            if !said["type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("ChatMessage")) {
                continue;
            }
            let Some(at) = moment(&said["timestamp"]) else {
                self.telling.mended("time_not_believable");
                continue;
            };
            let text = said["message"].as_str().map(str::to_owned);
            let what = word(&said["chat_message_id"]).unwrap_or_else(|| format!("{id}.{nth}"));
            match said["actor_type"].as_str() {
                Some("end-user" | "end_user" | "customer") => self.message(&what, at, Side::Customer, text),
                Some("agent") => self.message(&what, at, Side::Desk, text),
                Some(_) | None => {
                    let n_chars = text.as_deref().map_or(0, n_chars);
                    let sent = MessageSent { by: Party::Bot, n_chars };
                    self.telling.say(self.stream, at, &what, sent, texts([("text", text)]));
                }
            }
        }
    }
}

/// Events that Zendesk documents and that say nothing here: who was told, which rule ran, which skill was wanted.
const PASSED_OVER: [&str; 27] = [
    "Notification",
    "NotificationWithCcs",
    "SmsNotification",
    "Cc",
    "FollowerNotificationEvent",
    "FollowerChange",
    "FollowerNotification",
    "EmailCcChange",
    "AgentMacroReference",
    "MacroReference",
    "TicketSharingEvent",
    "OrganizationActivity",
    "OrganizationSubscriptionNotification",
    "SlaTargetChange",
    "CommentPrivacyChange",
    "SuspendedTicketRecoveryEvent",
    "Error",
    "Tweet",
    "FacebookEvent",
    "FacebookComment",
    "External",
    "LogMeInTranscript",
    "Push",
    "AssociateAttValsEvent",
    "RoutingChannel",
    "SurveyOffered",
    "SurveyResponseSubmitted",
];
