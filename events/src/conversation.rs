//! One conversation with a customer, on any channel, from the first contact to the survey.
//!
//! A conversation passes through *legs*: each entry into a queue starts one, and it ends when that leg's agent lets
//! go or the customer leaves (Amazon Connect writes one contact record per leg; a transfer begins the next).
//! Personal text (messages, comments) is not here but in [`crate::Personal`]: folds read only these facets.

mod assist;
mod bot;
mod claim;
mod rating;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use assist::{
    Answer, CompletionDeclared, Concluded, ItemSelected, ItemSlot, KnowledgeQueried, KnowledgeReturned, QuestionnaireAnswered,
    StepInstructed, SuggestionPicked, SuggestionsRequested, TaskSelected,
};
pub use bot::{IntentRead, Retraction, TurnsRetracted};
pub use claim::{ClaimUnit, FigureClaimed};
pub use rating::{Rated, TurnBegan};

use crate::codec::facts;

/// How customer and desk talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A telephone or internet call.
    Voice,
    /// Live chat on a web page or in an app.
    Chat,
    /// A messenger such as WeChat, LINE or WhatsApp.
    Messaging,
    /// Mail.
    Email,
    /// A post on a social network.
    Social,
    /// A ticket or form without a live counterpart.
    Ticket,
}

/// Who began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The customer.
    #[default]
    Inbound,
    /// The desk.
    Outbound,
    /// The desk, because the customer had asked to be called.
    Callback,
}

/// One side of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The customer.
    Customer,
    /// A person of the desk.
    Agent,
    /// An automated counterpart.
    Bot,
    /// The telephone or chat system itself.
    System,
}

/// Why a conversation left a queue, when it did not end there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Dequeue {
    /// An agent took it.
    Answered,
    /// It flowed out to another queue or flow.
    FlowedOut,
    /// The customer asked to be called back.
    CallbackRequested,
}

facts! {
    /// What can happen in a conversation.
    Conversation {
        /// It began.
        Started = "conversation.started", 1;
        /// The customer left the self-service part.
        SelfServiceEnded = "conversation.self_service_ended", 1;
        /// It entered a queue: a leg begins.
        Enqueued = "conversation.enqueued", 1;
        /// It was offered to an agent.
        Offered = "conversation.offered", 1;
        /// The agent took the offer.
        OfferAccepted = "conversation.offer_accepted", 1;
        /// The agent declined the offer.
        OfferRejected = "conversation.offer_rejected", 1;
        /// The agent did not react in time.
        OfferTimedOut = "conversation.offer_timed_out", 1;
        /// It left its queue for an agent or another way.
        Dequeued = "conversation.dequeued", 1;
        /// The customer left while still waiting.
        Abandoned = "conversation.abandoned", 1;
        /// An agent and the customer were connected.
        Assigned = "conversation.assigned", 1;
        /// The agent put the customer on hold.
        Held = "conversation.held", 1;
        /// The agent came back to the customer.
        Resumed = "conversation.resumed", 1;
        /// The agent passed it on.
        Transferred = "conversation.transferred", 1;
        /// The customer wrote.
        MessageReceived = "conversation.message_received", 1;
        /// The desk wrote.
        MessageSent = "conversation.message_sent", 1;
        /// The agent began the work after the talk.
        WrapUpStarted = "conversation.wrap_up_started", 1;
        /// The agent finished the work after the talk.
        WrapUpEnded = "conversation.wrap_up_ended", 1;
        /// Talk or chat ended.
        Ended = "conversation.ended", 1;
        /// The customer's matter was settled.
        Resolved = "conversation.resolved", 1;
        /// The customer was asked for a rating.
        SurveySent = "conversation.survey_sent", 1;
        /// The customer gave a rating.
        SurveyAnswered = "conversation.survey_answered", 1;
        /// The source says that this was no contact at all.
        Voided = "conversation.voided", 1;
        /// The agent asked for suggested replies.
        SuggestionsRequested = "conversation.suggestions_requested", 1;
        /// The agent sent one of the replies suggested.
        SuggestionPicked = "conversation.suggestion_picked", 1;
        /// The agent looked something up.
        KnowledgeQueried = "conversation.knowledge_queried", 1;
        /// The look-up was answered.
        KnowledgeReturned = "conversation.knowledge_returned", 1;
        /// A guide told one side what to do next.
        StepInstructed = "conversation.step_instructed", 1;
        /// The agent chose what kind of matter it is.
        TaskSelected = "conversation.task_selected", 1;
        /// The agent chose an item of what was found to speak of.
        ItemSelected = "conversation.item_selected", 1;
        /// One side said that the matter is done.
        CompletionDeclared = "conversation.completion_declared", 1;
        /// The source says how it came out.
        Concluded = "conversation.concluded", 1;
        /// One side answered questions about it.
        QuestionnaireAnswered = "conversation.questionnaire_answered", 1;
        /// One side's turn to speak began.
        TurnBegan = "conversation.turn_began", 1;
        /// Somebody who was not in it judged it.
        Rated = "conversation.rated", 1;
        /// An automated reader said what the customer wants.
        IntentRead = "conversation.intent_read", 1;
        /// The bot took back part of the dialogue.
        TurnsRetracted = "conversation.turns_retracted", 1;
        /// The source counted or measured something itself.
        FigureClaimed = "conversation.figure_claimed", 1;
    }
}

/// A conversation began.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Started {
    /// How they talk.
    pub channel: Channel,
    /// Who began.
    #[serde(default)]
    pub direction: Direction,
    /// What it is about, in the source's own word (a bank's `PS`, a shop's `returns`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// How urgent, in the source's own numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// A pseudonym of the customer, if the source knows who it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// BCP 47 tag of the language spoken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The line, inbox or page it came in by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// What else the source says of it, by its own columns, where a mapping declares that none of it is personal.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

/// The customer left the voice menu or bot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SelfServiceEnded {}

/// The conversation entered a queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Enqueued {
    /// The queue's name.
    pub queue: String,
}

/// The conversation was offered to an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offered {
    /// The agent's id.
    pub agent: String,
}

/// The agent took the offer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferAccepted {
    /// The agent's id.
    pub agent: String,
}

/// The agent declined the offer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferRejected {
    /// The agent's id.
    pub agent: String,
    /// The reason given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The offer went unanswered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferTimedOut {
    /// The agent's id.
    pub agent: String,
}

/// The conversation left its queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dequeued {
    /// Where to.
    pub reason: Dequeue,
}

/// The customer left while waiting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Abandoned {}

/// An agent and the customer were connected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assigned {
    /// The agent's id; absent when the source did not record who it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
}

/// The customer was put on hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Held {}

/// The hold ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resumed {}

/// The agent passed the conversation on; the leg's talk ends here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transferred {
    /// The queue it goes to, if to a queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_queue: Option<String>,
    /// The agent it goes to, if to a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_agent: Option<String>,
    /// The reason given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The customer wrote; the words are personal text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageReceived {
    /// Length in Unicode scalar values.
    pub n_chars: u32,
}

/// The desk wrote; the words are personal text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageSent {
    /// Who wrote.
    pub by: Party,
    /// Length in Unicode scalar values.
    pub n_chars: u32,
}

/// The work after the talk began.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WrapUpStarted {}

/// The work after the talk ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WrapUpEnded {
    /// The code the agent chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// Talk or chat ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ended {
    /// Who ended it, if the source says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Party>,
}

/// The matter was settled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resolved {}

/// A rating was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SurveySent {}

/// A rating was given; a comment is personal text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SurveyAnswered {
    /// The rating, 1 is worst.
    pub score: u8,
    /// The best rating possible.
    pub score_max: u8,
}

/// The source says that this was no contact; no figure counts it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Voided {
    /// The source's word for it, such as `PHANTOM`.
    pub reason: String,
}
