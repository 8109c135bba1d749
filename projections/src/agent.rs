//! Every agent: profile, shift and state, each as the latest fact by time says it: streams of agents promise no order.

use events::agent::{Event as Fact, State};
use events::{Body, Event, Moment, Recorded};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::conversation::Mark;
use crate::projection::Projection;

/// One agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    /// The name colleagues see.
    pub name: Option<String>,
    /// When their profile was set.
    pub profile_at: Option<Moment>,
    /// The queues they serve.
    pub queues: Vec<String>,
    /// The languages they speak.
    pub languages: Vec<String>,
    /// Whether they are in a shift, and since which fact; `None` when no shift was ever recorded.
    pub shift: Option<(bool, Mark)>,
    /// What they do, and since which fact.
    pub state: Option<(State, Mark)>,
    /// Where the facts come from.
    pub source: String,
}

/// Every agent by id, in the order of first appearance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Agents {
    /// The agents.
    pub by_id: IndexMap<String, Agent>,
}

impl Projection for Agents {
    const NAME: &'static str = "agents";
    const SCHEMA: u32 = 2;

    fn evolve(&mut self, fact: &Recorded) {
        let Body::Read(Event::Agent(event)) = &fact.body else { return };
        let mark = Mark { at: fact.occurred_at, position: fact.position };
        let agent = self.by_id.entry(fact.stream.id().to_owned()).or_default();
        if agent.source.is_empty() {
            agent.source.clone_from(&fact.meta.source);
        }
        let shift_at = agent.shift.map(|(_, mark)| mark.at);
        match event {
            Fact::ProfileChanged(profile) => {
                if agent.profile_at <= Some(mark.at) {
                    agent.profile_at = Some(mark.at);
                    agent.name = Some(profile.name.clone());
                    agent.queues.clone_from(&profile.queues);
                    agent.languages.clone_from(&profile.languages);
                }
            }
            Fact::SignedIn(_) => {
                if shift_at <= Some(mark.at) {
                    agent.shift = Some((true, mark));
                }
            }
            Fact::SignedOut(_) => {
                if shift_at <= Some(mark.at) {
                    agent.shift = Some((false, mark));
                }
                agent.state = agent.state.filter(|(_, since)| mark.at < since.at);
            }
            Fact::StateChanged(change) => {
                // A state from before the end of the shift says nothing of now.
                let over = agent.shift.is_some_and(|(on, since)| !on && mark.at <= since.at);
                if !over && agent.state.is_none_or(|(_, since)| since.at <= mark.at) {
                    agent.state = Some((change.state, mark));
                }
            }
        }
    }
}
