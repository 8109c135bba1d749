//! What a fact does to its conversation's legs, small enough to be kept: texts are numbers.

use events::conversation::{Channel, Dequeue, Direction, Event as Fact};
use serde::{Deserialize, Serialize};

use crate::names::{Name, Names};

/// What a fact says of its conversation's course; what was said in it is no step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Step {
    /// It began.
    Started {
        /// How they talk.
        channel: Channel,
        /// Who began.
        direction: Direction,
        /// What it is about.
        topic: Option<Name>,
        /// How urgent.
        priority: Option<u8>,
        /// Who it is with.
        customer: Option<Name>,
        /// Language spoken.
        language: Option<Name>,
        /// The line or page it came in by.
        entry: Option<Name>,
    },
    /// The customer left the self-service part.
    SelfServiceEnded,
    /// It entered this queue.
    Enqueued(Name),
    /// It left its queue.
    Dequeued(Dequeue),
    /// The customer left while waiting.
    Abandoned,
    /// This agent was connected, or one whose name is not recorded.
    Assigned(Option<Name>),
    /// The customer was put on hold.
    Held,
    /// The hold ended.
    Resumed,
    /// It was passed on, perhaps to this agent.
    Transferred(Option<Name>),
    /// Work after the talk began.
    WrapUpStarted,
    /// Work after the talk ended.
    WrapUpEnded,
    /// Talk or chat ended.
    Ended,
    /// The matter was settled.
    Resolved,
    /// A rating was asked for.
    SurveySent,
    /// A rating was given, of the best possible one.
    SurveyAnswered(u8, u8),
    /// It was no contact at all.
    Voided,
}

impl Step {
    /// The step that a fact is, if it is one.
    pub(super) fn of(fact: &Fact, names: &mut Names) -> Option<Self> {
        Some(match fact {
            Fact::Started(started) => {
                let mut number = |text: &Option<String>| text.as_deref().map(|text| names.number(text));
                Self::Started {
                    channel: started.channel,
                    direction: started.direction,
                    topic: number(&started.topic),
                    priority: started.priority,
                    customer: number(&started.customer),
                    language: number(&started.language),
                    entry: number(&started.entry),
                }
            }
            Fact::SelfServiceEnded(_) => Self::SelfServiceEnded,
            Fact::Enqueued(enqueued) => Self::Enqueued(names.number(&enqueued.queue)),
            Fact::Dequeued(dequeued) => Self::Dequeued(dequeued.reason),
            Fact::Abandoned(_) => Self::Abandoned,
            Fact::Assigned(assigned) => Self::Assigned(assigned.agent.as_deref().map(|agent| names.number(agent))),
            Fact::Held(_) => Self::Held,
            Fact::Resumed(_) => Self::Resumed,
            Fact::Transferred(passed) => Self::Transferred(passed.to_agent.as_deref().map(|agent| names.number(agent))),
            Fact::WrapUpStarted(_) => Self::WrapUpStarted,
            Fact::WrapUpEnded(_) => Self::WrapUpEnded,
            Fact::Ended(_) => Self::Ended,
            Fact::Resolved(_) => Self::Resolved,
            Fact::SurveySent(_) => Self::SurveySent,
            Fact::SurveyAnswered(answer) => Self::SurveyAnswered(answer.score, answer.score_max),
            Fact::Voided(_) => Self::Voided,
            // What was said or offered, what helped the agent, whose turn it was and what others say of it: other folds.
            Fact::Offered(_)
            | Fact::OfferAccepted(_)
            | Fact::OfferRejected(_)
            | Fact::OfferTimedOut(_)
            | Fact::MessageReceived(_)
            | Fact::MessageSent(_)
            | Fact::SuggestionPicked(_)
            | Fact::SuggestionsRequested(_)
            | Fact::KnowledgeQueried(_)
            | Fact::KnowledgeReturned(_)
            | Fact::StepInstructed(_)
            | Fact::TaskSelected(_)
            | Fact::ItemSelected(_)
            | Fact::CompletionDeclared(_)
            | Fact::Concluded(_)
            | Fact::QuestionnaireAnswered(_)
            | Fact::TurnBegan(_)
            | Fact::Rated(_)
            | Fact::IntentRead(_)
            | Fact::TurnsRetracted(_)
            | Fact::FigureClaimed(_) => return None,
        })
    }

    /// What can happen once in a leg: of two facts that say it, the first by place counts; `None` may happen often.
    pub(super) fn once(&self) -> Option<u8> {
        match self {
            Self::Enqueued(_) => Some(0),
            Self::Dequeued(_) | Self::Abandoned => Some(1),
            Self::Assigned(_) => Some(2),
            Self::Transferred(_) => Some(3),
            Self::WrapUpStarted => Some(4),
            Self::WrapUpEnded => Some(5),
            Self::Ended => Some(6),
            Self::Started { .. }
            | Self::SelfServiceEnded
            | Self::Held
            | Self::Resumed
            | Self::Resolved
            | Self::SurveySent
            | Self::SurveyAnswered(..)
            | Self::Voided => None,
        }
    }

    /// Whether it says something of a leg that it does not begin.
    pub(super) fn needs_leg(&self) -> bool {
        match self {
            Self::Dequeued(_)
            | Self::Abandoned
            | Self::Held
            | Self::Resumed
            | Self::Transferred(_)
            | Self::WrapUpStarted
            | Self::WrapUpEnded => true,
            Self::Started { .. }
            | Self::SelfServiceEnded
            | Self::Enqueued(_)
            | Self::Assigned(_)
            | Self::Ended
            | Self::Resolved
            | Self::SurveySent
            | Self::SurveyAnswered(..)
            | Self::Voided => false,
        }
    }

    /// The name of its facts' type.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Started { .. } => "conversation.started",
            Self::SelfServiceEnded => "conversation.self_service_ended",
            Self::Enqueued(_) => "conversation.enqueued",
            Self::Dequeued(_) => "conversation.dequeued",
            Self::Abandoned => "conversation.abandoned",
            Self::Assigned(_) => "conversation.assigned",
            Self::Held => "conversation.held",
            Self::Resumed => "conversation.resumed",
            Self::Transferred(_) => "conversation.transferred",
            Self::WrapUpStarted => "conversation.wrap_up_started",
            Self::WrapUpEnded => "conversation.wrap_up_ended",
            Self::Ended => "conversation.ended",
            Self::Resolved => "conversation.resolved",
            Self::SurveySent => "conversation.survey_sent",
            Self::SurveyAnswered(..) => "conversation.survey_answered",
            Self::Voided => "conversation.voided",
        }
    }
}
