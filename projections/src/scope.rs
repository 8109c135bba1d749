//! Which legs a figure counts.

use events::Moment;
use events::conversation::Channel;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::conversation::{Conversation, Conversations, Hands, Leg, slot};
use crate::live::Standing;
use crate::names::Name;

/// The legs a figure counts: those that fit every field that is set. A figure is named by metric, version and scope.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Scope {
    /// Only facts of this source.
    pub source: Option<String>,
    /// Only legs whose contact began at this moment or later.
    pub from: Option<Moment>,
    /// Only legs whose contact began before this moment.
    pub to: Option<Moment>,
    /// Only this queue; an empty text: only legs without one.
    pub queue: Option<String>,
    /// Only this channel, by its word (`voice`, `chat` …); an empty text: only where it is not recorded.
    pub channel: Option<String>,
    /// Only this topic; an empty text: only where none is recorded.
    pub topic: Option<String>,
    /// Only this priority; an empty text: only where none is recorded.
    pub priority: Option<String>,
    /// Only this agent; an empty text: only where none is recorded.
    pub agent: Option<String>,
    /// Only agents in this standing; for figures about agents.
    pub standing: Option<Standing>,
}

/// Every channel with its word in scopes, files and the command line.
pub const CHANNELS: [(Channel, &str); 6] = [
    (Channel::Voice, "voice"),
    (Channel::Chat, "chat"),
    (Channel::Messaging, "messaging"),
    (Channel::Email, "email"),
    (Channel::Social, "social"),
    (Channel::Ticket, "ticket"),
];

/// The word for a channel.
#[must_use]
pub fn channel_word(channel: Channel) -> &'static str {
    CHANNELS.iter().find(|(known, _)| *known == channel).map_or("", |(_, word)| word)
}

fn channel_named(word: &str) -> Option<Channel> {
    CHANNELS.iter().find(|(_, known)| *known == word).map(|(channel, _)| *channel)
}

/// A scope with its texts already looked up.
#[derive(Clone, Copy, Debug)]
pub struct Sieve {
    source: Wanted,
    from: Moment,
    to: Option<Moment>,
    queue: Wanted,
    channel: Option<Option<Channel>>,
    topic: Wanted,
    priority: Option<Option<u8>>,
    agent: Wanted,
}

#[derive(Clone, Copy, Debug)]
enum Wanted {
    Any,
    This(Name),
    /// Only where the source recorded none.
    Unrecorded,
    /// A text that never appeared in the log: nothing fits.
    Never,
}

impl Wanted {
    fn of(conversations: &Conversations, text: Option<&str>) -> Self {
        match text {
            None => Self::Any,
            Some("") => Self::Unrecorded,
            Some(text) => conversations.names.find(text).map_or(Self::Never, Self::This),
        }
    }

    fn fits(self, name: Option<Name>) -> bool {
        match self {
            Self::Any => true,
            Self::This(wanted) => name == Some(wanted),
            Self::Unrecorded => name.is_none(),
            Self::Never => false,
        }
    }
}

impl Sieve {
    /// Prepares `scope` for many legs.
    #[must_use]
    pub fn new(conversations: &Conversations, scope: &Scope) -> Self {
        Self {
            source: Wanted::of(conversations, scope.source.as_deref()),
            from: scope.from.unwrap_or(Moment(i64::MIN)),
            to: scope.to,
            queue: Wanted::of(conversations, scope.queue.as_deref()),
            channel: scope.channel.as_deref().map(channel_named),
            topic: Wanted::of(conversations, scope.topic.as_deref()),
            priority: scope.priority.as_deref().map(|text| text.parse().ok()),
            agent: Wanted::of(conversations, scope.agent.as_deref()),
        }
    }

    /// Whether a conversation fits, its times and its legs' queue and agent apart.
    #[must_use]
    pub fn fits_conversation(&self, conversation: &Conversation) -> bool {
        self.source.fits(Some(conversation.source))
            && self.topic.fits(conversation.topic)
            && self.channel.is_none_or(|channel| channel == conversation.channel)
            && self.priority.is_none_or(|priority| priority == conversation.priority)
    }

    /// Whether a leg fits.
    #[must_use]
    pub fn fits(&self, leg: &Leg, conversation: &Conversation) -> bool {
        let agent = match leg.hands {
            Hands::Agent(agent) => Some(agent),
            Hands::Nobody | Hands::Unnamed => None,
        };
        self.from <= leg.initiated.at
            && self.to.is_none_or(|to| leg.initiated.at < to)
            && self.queue.fits(leg.queue)
            && self.agent.fits(agent)
            && self.fits_conversation(conversation)
    }

    /// The legs that fit, by the quarter-hour in which their contacts began.
    pub fn legs<'a>(
        &self,
        conversations: &'a Conversations,
    ) -> impl Iterator<Item = (i64, u32, &'a Leg, &'a Conversation)> + use<'a> {
        let sieve = *self;
        conversations
            .slots
            // A scope that ends before it begins counts nothing; an inverted range would panic.
            .range(slot(sieve.from)..=slot(sieve.to.unwrap_or(Moment(i64::MAX))).max(slot(sieve.from)))
            .flat_map(move |(&slot, legs)| legs.iter().map(move |&number| (slot, number, &conversations.legs[number as usize])))
            .map(|(slot, number, leg)| (slot, number, leg, conversations.of(leg).1))
            .filter(move |(_, _, leg, conversation)| sieve.fits(leg, conversation))
    }
}
