//! What customers come about: queues, topics, channels, and how long each takes.
//!
//! The numbers are chosen, not measured: they make a believable shop's desk, and [`super::Truth`] states them.

use events::conversation::Channel;
use serde::Serialize;

use super::chance::{Chance, LogNormal};

/// The desk's queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Queue {
    /// Orders and delivery.
    Orders,
    /// Returns and exchanges.
    Returns,
    /// Payments and accounts.
    Payments,
    /// Complaints and escalations.
    Complaints,
    /// Everything in English.
    English,
}

impl Queue {
    /// Every queue; its place here is its index.
    pub(super) const ALL: [Self; 5] = [Self::Orders, Self::Returns, Self::Payments, Self::Complaints, Self::English];

    /// The name people see.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Orders => "订单物流",
            Self::Returns => "售后退换",
            Self::Payments => "支付账户",
            Self::Complaints => "投诉升级",
            Self::English => "English Desk",
        }
    }

    /// Its share of a normal day's arrivals.
    pub(super) fn arrival_share(self) -> f64 {
        match self {
            Self::Orders => 0.38,
            Self::Returns => 0.28,
            Self::Payments => 0.18,
            Self::Complaints => 0.06,
            Self::English => 0.1,
        }
    }

    /// The weights of its topics.
    fn topics(self) -> &'static [(Topic, f64)] {
        match self {
            Self::Orders => &[(Topic::Delivery, 0.5), (Topic::Dispatch, 0.24), (Topic::Address, 0.14), (Topic::Missing, 0.12)],
            Self::Returns => {
                &[(Topic::Return, 0.36), (Topic::Exchange, 0.2), (Topic::Quality, 0.2), (Topic::RefundProgress, 0.24)]
            }
            Self::Payments => {
                &[(Topic::RefundMissing, 0.34), (Topic::PaymentFailed, 0.2), (Topic::Login, 0.24), (Topic::Invoice, 0.22)]
            }
            Self::Complaints => &[(Topic::Complaint, 0.5), (Topic::Compensation, 0.3), (Topic::Attitude, 0.2)],
            Self::English => &[
                (Topic::Delivery, 0.34),
                (Topic::RefundProgress, 0.22),
                (Topic::Return, 0.16),
                (Topic::PaymentFailed, 0.1),
                (Topic::Login, 0.1),
                (Topic::Complaint, 0.08),
            ],
        }
    }

    /// Draws what a contact of this queue is about.
    pub(super) fn draw_topic(self, chance: &mut Chance) -> Topic {
        let topics = self.topics();
        let weights: Vec<f64> = topics.iter().map(|(_, weight)| *weight).collect();
        topics[chance.weighted(&weights)].0
    }

    /// Draws how a contact of this queue comes in.
    pub(super) fn draw_channel(self, chance: &mut Chance) -> Channel {
        let weights = match self {
            Self::Complaints => [0.55, 0.27, 0.18],
            Self::Orders | Self::Returns | Self::Payments | Self::English => [0.39, 0.41, 0.2],
        };
        [Channel::Voice, Channel::Chat, Channel::Messaging][chance.weighted(&weights)]
    }
}

/// What a contact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    /// Where the parcel is.
    Delivery,
    /// When it is sent.
    Dispatch,
    /// Another address.
    Address,
    /// Something was not in the parcel.
    Missing,
    /// Sending goods back.
    Return,
    /// Another size or colour.
    Exchange,
    /// Broken or faulty goods.
    Quality,
    /// How far a refund is.
    RefundProgress,
    /// A refund that was promised and has not come.
    RefundMissing,
    /// Paying does not work.
    PaymentFailed,
    /// Signing in does not work.
    Login,
    /// An invoice.
    Invoice,
    /// A complaint.
    Complaint,
    /// Money for a wrong.
    Compensation,
    /// How somebody of the desk behaved.
    Attitude,
}

impl Topic {
    /// Every topic.
    pub(super) const ALL: [Self; 15] = [
        Self::Delivery,
        Self::Dispatch,
        Self::Address,
        Self::Missing,
        Self::Return,
        Self::Exchange,
        Self::Quality,
        Self::RefundProgress,
        Self::RefundMissing,
        Self::PaymentFailed,
        Self::Login,
        Self::Invoice,
        Self::Complaint,
        Self::Compensation,
        Self::Attitude,
    ];

    /// The desk's own word for it, which at the English desk is English.
    pub(super) fn word(self, queue: Queue) -> &'static str {
        let (chinese, english) = match self {
            Self::Delivery => ("物流查询", "delivery"),
            Self::Dispatch => ("催发货", "dispatch"),
            Self::Address => ("修改地址", "address"),
            Self::Missing => ("少件漏发", "missing item"),
            Self::Return => ("退货", "return"),
            Self::Exchange => ("换货", "exchange"),
            Self::Quality => ("质量问题", "faulty item"),
            Self::RefundProgress => ("退款进度", "refund"),
            Self::RefundMissing => ("退款未到账", "refund missing"),
            Self::PaymentFailed => ("支付失败", "payment"),
            Self::Login => ("账号登录", "login"),
            Self::Invoice => ("发票", "invoice"),
            Self::Complaint => ("投诉", "complaint"),
            Self::Compensation => ("赔付", "compensation"),
            Self::Attitude => ("服务态度", "attitude"),
        };
        if queue == Queue::English { english } else { chinese }
    }

    /// How long agent and customer talk or write with nothing else going on.
    pub(super) fn talk(self, channel: Channel) -> LogNormal {
        let (voice, written) = match self {
            Self::Delivery | Self::Dispatch | Self::Address => (135.0, 330.0),
            Self::Missing | Self::Return | Self::Exchange => (175.0, 400.0),
            Self::Invoice | Self::RefundProgress => (140.0, 320.0),
            Self::Quality | Self::RefundMissing | Self::PaymentFailed | Self::Login => (190.0, 420.0),
            Self::Complaint | Self::Compensation | Self::Attitude => (290.0, 560.0),
        };
        match channel {
            Channel::Voice => LogNormal { median_secs: voice, sigma: 0.55 },
            Channel::Chat | Channel::Messaging | Channel::Email | Channel::Social | Channel::Ticket => {
                LogNormal { median_secs: written, sigma: 0.45 }
            }
        }
    }

    /// The probability that the menu or the bot is enough.
    pub(super) fn self_service_share(self, channel: Channel) -> f64 {
        let easy = match self {
            Self::Delivery | Self::Dispatch | Self::Invoice | Self::RefundProgress => 1.2,
            Self::Address | Self::Return | Self::Exchange | Self::Login => 1.0,
            Self::Missing | Self::Quality | Self::RefundMissing | Self::PaymentFailed => 0.75,
            Self::Complaint | Self::Compensation | Self::Attitude => 0.2,
        };
        match channel {
            Channel::Voice => 0.33 * easy,
            Channel::Chat | Channel::Messaging | Channel::Email | Channel::Social | Channel::Ticket => 0.47 * easy,
        }
    }

    /// The probability that an agent settles it.
    pub(super) fn resolved_share(self) -> f64 {
        match self {
            Self::Delivery | Self::Dispatch | Self::Address | Self::Invoice | Self::Login => 0.91,
            Self::Missing | Self::Return | Self::Exchange | Self::RefundProgress => 0.88,
            Self::Quality | Self::RefundMissing | Self::PaymentFailed => 0.82,
            Self::Complaint | Self::Compensation | Self::Attitude => 0.7,
        }
    }
}

/// How long a customer waits before giving up, by channel.
///
/// Means: voice 3.5 min, chat 7 min, messaging 14 min.
pub(super) fn patience(channel: Channel) -> LogNormal {
    match channel {
        Channel::Voice => LogNormal { median_secs: 152.0, sigma: 0.8 },
        Channel::Chat => LogNormal { median_secs: 305.0, sigma: 0.8 },
        Channel::Messaging | Channel::Email | Channel::Social | Channel::Ticket => LogNormal { median_secs: 560.0, sigma: 0.9 },
    }
}

/// How long a customer listens to the closed desk's announcement.
pub(super) const PATIENCE_CLOSED: LogNormal = LogNormal { median_secs: 24.0, sigma: 0.5 };

/// Work after the talk.
pub(super) fn wrap_up(channel: Channel) -> LogNormal {
    match channel {
        Channel::Voice => LogNormal { median_secs: 24.0, sigma: 0.5 },
        Channel::Chat | Channel::Messaging | Channel::Email | Channel::Social | Channel::Ticket => {
            LogNormal { median_secs: 15.0, sigma: 0.5 }
        }
    }
}

/// Time in the voice menu.
pub(super) const MENU: LogNormal = LogNormal { median_secs: 27.0, sigma: 0.4 };

/// Whether a channel takes all of an agent.
pub(super) fn exclusive(channel: Channel) -> bool {
    channel == Channel::Voice
}

/// The line or page a contact comes in by.
pub(super) fn entry(channel: Channel, queue: Queue) -> &'static str {
    match (channel, queue == Queue::English) {
        (Channel::Voice, true) => "400-820-0000 ext. 9",
        (Channel::Voice, false) => "400-820-0000",
        (Channel::Chat, true) => "web-en",
        (Channel::Chat, false) => "app",
        (Channel::Messaging | Channel::Email | Channel::Social | Channel::Ticket, _) => "wechat",
    }
}

/// The language of a customer and of what is written in a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) enum Language {
    /// Simplified Chinese.
    Hans,
    /// Traditional Chinese.
    Hant,
    /// English.
    English,
}

impl Language {
    /// Its BCP 47 tag.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::Hans => "zh-Hans",
            Self::Hant => "zh-Hant",
            Self::English => "en",
        }
    }
}
