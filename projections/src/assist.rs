//! What helped agents, by source: suggestions offered and picked, look-ups, instructions, tasks.
//!
//! Every number is a sum over facts, so neither their order nor the batch they came in matters.

use std::collections::BTreeMap;

use events::conversation::{Event as Fact, ItemSlot, Party};
use events::{Body, Event, Recorded, Timing};
use serde::{Deserialize, Serialize};

use crate::projection::Projection;

/// What helped the agents of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assist {
    /// Messages that customers wrote.
    pub n_received: u64,
    /// Messages that agents wrote themselves.
    pub n_written: u64,
    /// Messages of anybody else: a bot, the system.
    pub n_others: u64,
    /// Times that suggestions were asked for.
    pub n_requested: u64,
    /// Suggestions picked.
    pub n_picked: u64,
    /// Suggestions picked by their place among those offered, where they were among them.
    pub ranks: BTreeMap<u32, u64>,
    /// Look-ups.
    pub n_queried: u64,
    /// Answers to look-ups.
    pub n_returned: u64,
    /// Instructions.
    pub n_instructed: u64,
    /// Tasks selected.
    pub n_tasks: u64,
    /// Items selected to speak of.
    pub n_primary: u64,
    /// Items selected to compare with.
    pub n_secondary: u64,
    /// Times that a side said the matter is done.
    pub n_declared: u64,
    /// Conversations by how they came out, in the source's words.
    pub outcomes: BTreeMap<String, u64>,
    /// Of all these but the outcomes: those whose time the source did not say.
    pub n_untimed: u64,
}

impl Assist {
    /// All that is counted here but the outcomes.
    #[must_use]
    pub fn n(&self) -> u64 {
        [
            self.n_received,
            self.n_written,
            self.n_others,
            self.n_requested,
            self.n_picked,
            self.n_queried,
            self.n_returned,
            self.n_instructed,
            self.n_tasks,
            self.n_primary,
            self.n_secondary,
            self.n_declared,
        ]
        .iter()
        .sum()
    }

    /// The number that a fact adds to.
    fn counter(&mut self, event: &Fact) -> Option<&mut u64> {
        match event {
            Fact::MessageReceived(_) => Some(&mut self.n_received),
            Fact::MessageSent(sent) => Some(match sent.by {
                Party::Agent => &mut self.n_written,
                Party::Customer | Party::Bot | Party::System => &mut self.n_others,
            }),
            Fact::SuggestionsRequested(_) => Some(&mut self.n_requested),
            Fact::SuggestionPicked(_) => Some(&mut self.n_picked),
            Fact::KnowledgeQueried(_) => Some(&mut self.n_queried),
            Fact::KnowledgeReturned(_) => Some(&mut self.n_returned),
            Fact::StepInstructed(_) => Some(&mut self.n_instructed),
            Fact::TaskSelected(_) => Some(&mut self.n_tasks),
            Fact::ItemSelected(item) => Some(match item.slot {
                ItemSlot::Primary => &mut self.n_primary,
                ItemSlot::Secondary => &mut self.n_secondary,
            }),
            Fact::CompletionDeclared(_) => Some(&mut self.n_declared),
            Fact::Started(_)
            | Fact::SelfServiceEnded(_)
            | Fact::Enqueued(_)
            | Fact::Offered(_)
            | Fact::OfferAccepted(_)
            | Fact::OfferRejected(_)
            | Fact::OfferTimedOut(_)
            | Fact::Dequeued(_)
            | Fact::Abandoned(_)
            | Fact::Assigned(_)
            | Fact::Held(_)
            | Fact::Resumed(_)
            | Fact::Transferred(_)
            | Fact::WrapUpStarted(_)
            | Fact::WrapUpEnded(_)
            | Fact::Ended(_)
            | Fact::Resolved(_)
            | Fact::SurveySent(_)
            | Fact::SurveyAnswered(_)
            | Fact::Voided(_)
            | Fact::Concluded(_)
            | Fact::QuestionnaireAnswered(_)
            | Fact::TurnBegan(_)
            | Fact::Rated(_)
            | Fact::IntentRead(_)
            | Fact::TurnsRetracted(_)
            | Fact::FigureClaimed(_) => None,
        }
    }
}

/// What helped agents, by the source's name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assists {
    /// Sources that had anything of the kind.
    pub by_source: BTreeMap<String, Assist>,
}

impl Projection for Assists {
    const NAME: &'static str = "assists";
    const SCHEMA: u32 = 1;

    fn evolve(&mut self, fact: &Recorded) {
        let Body::Read(Event::Conversation(event)) = &fact.body else { return };
        if !self.by_source.contains_key(&fact.meta.source) {
            self.by_source.insert(fact.meta.source.clone(), Assist::default());
        }
        let assist = self.by_source.get_mut(&fact.meta.source).expect("it was just put there");
        if let Some(n) = assist.counter(event) {
            *n += 1;
            assist.n_untimed += u64::from(fact.meta.timing == Timing::Unknown);
        }
        if let Fact::SuggestionPicked(picked) = event
            && let Some(rank) = picked.rank
        {
            *assist.ranks.entry(rank).or_default() += 1;
        }
        if let Fact::Concluded(concluded) = event {
            *assist.outcomes.entry(concluded.outcome.clone()).or_default() += 1;
        }
    }
}
