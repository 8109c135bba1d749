//! What a table or a process log says of a fact beside its payload: what was done, by whom, in which queue, for whom.

use std::collections::BTreeMap;

use events::conversation::{Channel, Event as Talk};
use events::ticket::Event as Work;
use events::{Body, Event, Recorded, StreamId};

/// How a case stands with a fact.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Facets {
    /// What was done, in a word or in the source's own words.
    pub(super) activity: String,
    /// What became of it: a word of the XES lifecycle, or the source's own.
    pub(super) transition: Option<String>,
    /// What was known of the case by then.
    pub(super) known: Known,
}

/// What is known of a conversation or ticket, from the facts about it so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Known {
    /// How customer and desk talk.
    pub(super) channel: Option<String>,
    /// The queue it is or was last in.
    pub(super) queue: Option<String>,
    /// The team that has it.
    pub(super) team: Option<String>,
    /// The agent who has or last had it, or to whom it is offered.
    pub(super) agent: Option<String>,
    /// The customer, by pseudonym.
    pub(super) customer: Option<String>,
}

/// What is known of every case so far, in the order of the facts shown.
#[derive(Default)]
pub(super) struct Cases(BTreeMap<StreamId, Known>);

/// Whether facts of this noun are steps of a case.
pub(super) fn of_case(noun: &str) -> bool {
    matches!(noun, "conversation" | "ticket")
}

impl Cases {
    /// The facets of the next fact.
    pub(super) fn facets(&mut self, fact: &Recorded, event_type: &str) -> Facets {
        if !of_case(fact.stream.noun()) {
            return Known::default().with(fact, event_type);
        }
        if !self.0.contains_key(&fact.stream) {
            self.0.insert(fact.stream.clone(), Known::default());
        }
        self.0.entry(fact.stream.clone()).or_default().with(fact, event_type)
    }
}

impl Known {
    /// Takes in one more fact of the case, and says how the case stands with it.
    pub(super) fn with(&mut self, fact: &Recorded, event_type: &str) -> Facets {
        let word = event_type.split_once('.').map_or(event_type, |(_, word)| word);
        let mut facets = Facets { activity: word.to_owned(), ..Facets::default() };
        match &fact.body {
            Body::Read(Event::Conversation(talk)) => {
                facets.known = self.talk(talk);
                return facets;
            }
            Body::Read(Event::Ticket(work)) => {
                self.work(work, &mut facets);
                facets.known = self.clone();
                return facets;
            }
            Body::Read(Event::Agent(_)) => facets.known.agent = Some(fact.stream.id().to_owned()),
            Body::Read(Event::Customer(_)) => facets.known.customer = Some(fact.stream.id().to_owned()),
            Body::Read(Event::Unmasking(events::unmasking::Event::Granted(granted))) => {
                facets.known.customer = granted.customer.clone();
            }
            Body::Read(Event::Site(_) | Event::Import(_) | Event::Unmasking(events::unmasking::Event::Ended(_)))
            | Body::Poison(_) => {}
        }
        facets
    }

    fn talk(&mut self, talk: &Talk) -> Self {
        match talk {
            Talk::Started(started) => {
                self.channel = Some(channel(started.channel).to_owned());
                self.customer.clone_from(&started.customer);
            }
            Talk::Enqueued(enqueued) => {
                self.queue = Some(enqueued.queue.clone());
                self.agent = None;
            }
            Talk::OfferAccepted(accepted) => self.agent = Some(accepted.agent.clone()),
            Talk::Assigned(assigned) => self.agent.clone_from(&assigned.agent),
            // An offer names an agent who does not have the conversation yet, and may never have it.
            Talk::Offered(events::conversation::Offered { agent })
            | Talk::OfferRejected(events::conversation::OfferRejected { agent, .. })
            | Talk::OfferTimedOut(events::conversation::OfferTimedOut { agent }) => {
                return Self { agent: Some(agent.clone()), ..self.clone() };
            }
            Talk::SelfServiceEnded(_)
            | Talk::Dequeued(_)
            | Talk::Abandoned(_)
            | Talk::Held(_)
            | Talk::Resumed(_)
            | Talk::Transferred(_)
            | Talk::MessageReceived(_)
            | Talk::MessageSent(_)
            | Talk::WrapUpStarted(_)
            | Talk::WrapUpEnded(_)
            | Talk::Ended(_)
            | Talk::Resolved(_)
            | Talk::SurveySent(_)
            | Talk::SurveyAnswered(_)
            | Talk::Voided(_)
            | Talk::SuggestionsRequested(_)
            | Talk::SuggestionPicked(_)
            | Talk::KnowledgeQueried(_)
            | Talk::KnowledgeReturned(_)
            | Talk::StepInstructed(_)
            | Talk::TaskSelected(_)
            | Talk::ItemSelected(_)
            | Talk::CompletionDeclared(_)
            | Talk::Concluded(_)
            | Talk::QuestionnaireAnswered(_)
            | Talk::TurnBegan(_)
            | Talk::Rated(_)
            | Talk::IntentRead(_)
            | Talk::TurnsRetracted(_)
            | Talk::FigureClaimed(_) => {}
        }
        self.clone()
    }

    fn work(&mut self, work: &Work, facets: &mut Facets) {
        match work {
            Work::Opened(_) => {}
            Work::Revised(revised) => {
                // A record names its status as a process log names its activity.
                if let Some(status) = &revised.status {
                    facets.activity.clone_from(status);
                    facets.transition.clone_from(&revised.sub_status);
                }
                // What a part of a record does not tell is as it was.
                let told = |text: &Option<String>| !revised.partial || text.is_some();
                for (mine, theirs) in
                    [(&mut self.channel, &revised.channel), (&mut self.team, &revised.team), (&mut self.agent, &revised.agent)]
                {
                    if told(theirs) {
                        mine.clone_from(theirs);
                    }
                }
                self.customer = revised.customer.clone().or(self.customer.take());
            }
            Work::ActivityRecorded(step) => {
                facets.activity.clone_from(&step.activity);
                facets.transition.clone_from(&step.transition);
                self.agent.clone_from(&step.agent);
                self.team.clone_from(&step.team);
            }
        }
    }
}

fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Voice => "voice",
        Channel::Chat => "chat",
        Channel::Messaging => "messaging",
        Channel::Email => "email",
        Channel::Social => "social",
        Channel::Ticket => "ticket",
    }
}
