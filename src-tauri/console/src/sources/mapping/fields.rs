//! The fields that columns can become, by what a row stands for.

use super::Kind;

/// What may stand in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// Words in the source's own language, kept as they are.
    Text,
    /// A point in time.
    Time,
    /// A span of time.
    Span,
    /// A whole number from 0 to this.
    Count(u32),
    /// True or false.
    Flag,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Who the customer is; it becomes a pseudonym and is itself sealed.
    Customer,
    /// What somebody said; sealed.
    Message,
}

impl Sort {
    /// Whether it may name or quote a person.
    pub(super) fn personal(self) -> bool {
        matches!(self, Self::Customer | Self::Message)
    }
}

/// One field.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) sort: Sort,
    /// What it becomes, in the words of events.
    pub(super) becomes: &'static str,
}

const fn known(name: &'static str, sort: Sort, becomes: &'static str) -> Known {
    Known { name, sort, becomes }
}

const CHANNELS: &[&str] = &["voice", "chat", "messaging", "email", "social", "ticket"];
const DIRECTIONS: &[&str] = &["inbound", "outbound", "callback"];
const PARTIES: &[&str] = &["customer", "agent", "bot", "system"];
/// How a conversation came out.
pub(super) const OUTCOMES: &[&str] = &["answered", "resolved", "abandoned", "flowed_out", "callback_requested", "voided"];
const STATES: &[&str] = &["available", "break", "meal", "training", "meeting", "away"];
/// The most that a small number may be.
const SMALL: Sort = Sort::Count(255);
const ANY: Sort = Sort::Count(u32::MAX);

const CONTACT: &[Known] = &[
    known("started_at", Sort::Time, "conversation.started"),
    known("channel", Sort::Word(CHANNELS), "channel"),
    known("direction", Sort::Word(DIRECTIONS), "direction"),
    known("topic", Sort::Text, "topic"),
    known("priority", SMALL, "priority"),
    known("customer", Sort::Customer, "customer"),
    known("language", Sort::Text, "language"),
    known("entry", Sort::Text, "entry"),
    known("self_service_ended_at", Sort::Time, "conversation.self_service_ended"),
    known("queue", Sort::Text, "queue"),
    known("enqueued_at", Sort::Time, "conversation.enqueued"),
    known("waiting_secs", Sort::Span, "conversation.dequeued, conversation.abandoned"),
    known("dequeued_at", Sort::Time, "conversation.dequeued, conversation.abandoned"),
    known("outcome", Sort::Word(OUTCOMES), "conversation.assigned, conversation.abandoned, conversation.voided"),
    known("agent", Sort::Text, "agent"),
    known("assigned_at", Sort::Time, "conversation.assigned"),
    known("talk_secs", Sort::Span, "conversation.ended"),
    known("ended_at", Sort::Time, "conversation.ended"),
    known("ended_by", Sort::Word(PARTIES), "ended_by"),
    known("wrap_up_started_at", Sort::Time, "conversation.wrap_up_started"),
    known("wrap_up_secs", Sort::Span, "conversation.wrap_up_ended"),
    known("wrap_up_ended_at", Sort::Time, "conversation.wrap_up_ended"),
    known("wrap_up_code", Sort::Text, "wrap_up_code"),
    known("resolved_at", Sort::Time, "conversation.resolved"),
    known("rating", SMALL, "conversation.survey_answered"),
    known("rating_max", SMALL, "conversation.survey_answered"),
    known("rated_at", Sort::Time, "conversation.survey_answered"),
    known("message", Sort::Message, "conversation.message_received"),
    known("reply", Sort::Message, "conversation.message_sent"),
];

/// The types of events that a row can be.
pub(super) const TYPES: &[&str] = &[
    "conversation.started",
    "conversation.self_service_ended",
    "conversation.enqueued",
    "conversation.offered",
    "conversation.offer_accepted",
    "conversation.offer_rejected",
    "conversation.offer_timed_out",
    "conversation.dequeued",
    "conversation.abandoned",
    "conversation.assigned",
    "conversation.held",
    "conversation.resumed",
    "conversation.transferred",
    "conversation.message_received",
    "conversation.message_sent",
    "conversation.wrap_up_started",
    "conversation.wrap_up_ended",
    "conversation.ended",
    "conversation.resolved",
    "conversation.survey_sent",
    "conversation.survey_answered",
    "conversation.voided",
    "agent.signed_in",
    "agent.signed_out",
    "agent.state_changed",
    "ticket.activity_recorded",
];

const HAPPENING: &[Known] = &[
    known("at", Sort::Time, "occurred_at"),
    known("type", Sort::Word(TYPES), "type"),
    known("place", ANY, "place"),
    known("channel", Sort::Word(CHANNELS), "channel"),
    known("direction", Sort::Word(DIRECTIONS), "direction"),
    known("topic", Sort::Text, "topic"),
    known("priority", SMALL, "priority"),
    known("customer", Sort::Customer, "customer"),
    known("language", Sort::Text, "language"),
    known("entry", Sort::Text, "entry"),
    known("queue", Sort::Text, "queue"),
    known("agent", Sort::Text, "agent"),
    known("reason", Sort::Text, "reason"),
    known("by", Sort::Word(PARTIES), "by"),
    known("to_queue", Sort::Text, "to_queue"),
    known("to_agent", Sort::Text, "to_agent"),
    known("code", Sort::Text, "code"),
    known("score", SMALL, "score"),
    known("score_max", SMALL, "score_max"),
    known("text", Sort::Message, "text"),
    known("state", Sort::Word(STATES), "state"),
    known("activity", Sort::Text, "activity"),
    known("transition", Sort::Text, "transition"),
    known("team", Sort::Text, "team"),
];

const REVISION: &[Known] = &[
    known("at", Sort::Time, "occurred_at"),
    known("sequence", ANY, "sequence"),
    known("revision", ANY, "sequence, revision"),
    known("status", Sort::Text, "status"),
    known("sub_status", Sort::Text, "sub_status"),
    known("team", Sort::Text, "team"),
    known("agent", Sort::Text, "agent"),
    known("agent_country", Sort::Text, "agent_country"),
    known("level", Sort::Text, "level"),
    known("priority", Sort::Text, "priority"),
    known("impact", Sort::Text, "impact"),
    known("urgency", Sort::Text, "urgency"),
    known("product", Sort::Text, "product"),
    known("category", Sort::Text, "category"),
    known("subcategory", Sort::Text, "subcategory"),
    known("symptom", Sort::Text, "symptom"),
    known("item", Sort::Text, "item"),
    known("channel", Sort::Text, "channel"),
    known("customer", Sort::Customer, "customer"),
    known("organisation", Sort::Text, "organisation"),
    known("division", Sort::Text, "division"),
    known("country", Sort::Text, "country"),
    known("location", Sort::Text, "location"),
    known("opened_by", Sort::Text, "opened_by"),
    known("updated_by", Sort::Text, "updated_by"),
    known("resolved_by", Sort::Text, "resolved_by"),
    known("close_code", Sort::Text, "close_code"),
    known("vendor", Sort::Text, "vendor"),
    known("problem", Sort::Text, "problem"),
    known("reassignments_claimed", ANY, "reassignments_claimed"),
    known("reopens_claimed", ANY, "reopens_claimed"),
    known("sla_met_claimed", Sort::Flag, "sla_met_claimed"),
    known("opened_at", Sort::Time, "opened_at"),
    known("resolved_at", Sort::Time, "resolved_at"),
    known("closed_at", Sort::Time, "closed_at"),
    known("text", Sort::Message, "text"),
];

impl Kind {
    /// The fields that its rows may have.
    pub(super) fn fields(self) -> &'static [Known] {
        match self {
            Self::Contacts => CONTACT,
            Self::Events => HAPPENING,
            Self::Tickets => REVISION,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_a_row_can_be_is_a_type_of_the_log() {
        let types: Vec<&str> = events::codec::types().iter().map(|(name, _)| *name).collect();
        for name in TYPES {
            assert!(types.contains(name), "{name}");
        }
    }

    #[test]
    fn no_field_is_named_twice() {
        for kind in [Kind::Contacts, Kind::Events, Kind::Tickets] {
            let mut names: Vec<&str> = kind.fields().iter().map(|known| known.name).collect();
            names.sort_unstable();
            assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{kind:?}");
        }
    }
}
