//! What is written: phrase banks in Simplified Chinese, Traditional Chinese and English, and the blanks in them.
//!
//! `{order}`, `{phone}`, `{email}`, `{name}`, `{amount}` and `{days}` are filled in, so that personal data stands
//! where people put it: in the middle of a sentence.

mod english;
mod hans;
mod hant;

use jiff::civil::Date;

use super::chance::Chance;
use super::customers::Customer;
use super::topics::{Language, Topic};

/// The place of a text in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Line {
    /// The customer says what it is about.
    Opening,
    /// The customer asks for a person.
    Human,
    /// The customer gives order and number.
    Details,
    /// The customer goes on.
    FollowUp,
    /// The customer thanks.
    Thanks,
    /// The customer is not content.
    Upset,
    /// The customer asks whether anybody is there.
    Waiting,
    /// The bot greets.
    BotGreeting,
    /// The bot answers.
    BotAnswer,
    /// The bot connects.
    Connecting,
    /// The bot says that the desk is closed.
    Closed,
    /// The agent greets and asks.
    Greeting,
    /// The agent looks.
    Checking,
    /// The agent answers.
    Answer,
    /// The agent says that they are at it.
    Reassurance,
    /// The agent says goodbye.
    Closing,
    /// A comment: content.
    Praise,
    /// A comment: waited too long.
    BlameWait,
    /// A comment: not settled.
    BlameUnresolved,
    /// A comment: passed on.
    BlameTransfer,
    /// A comment: so-so.
    Middling,
}

/// What a contact is about in particular.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Matter {
    /// The order's number: `YS`, its date, eight digits.
    pub(super) order: String,
    /// What was paid, with two decimals.
    pub(super) amount: String,
}

impl Matter {
    /// Draws an order made on `date`.
    pub(super) fn draw(date: Date, chance: &mut Chance) -> Self {
        let (year, month, day) = (date.year() % 100, date.month(), date.day());
        Self {
            order: format!("YS{year:02}{month:02}{day:02}{:08}", chance.below(100_000_000)),
            amount: format!("{}.{:02}", chance.between(19, 1299), chance.below(100)),
        }
    }
}

/// Writes one text: the `turn`-th of its kind, so that none comes twice in a row.
pub(super) fn text(topic: Topic, line: Line, turn: u64, customer: &Customer, matter: &Matter, chance: &mut Chance) -> String {
    let lines = match customer.language {
        Language::Hans => hans::lines(topic, line),
        Language::Hant => hant::lines(topic, line),
        Language::English => english::lines(topic, line),
    };
    fill(lines[(turn % lines.len() as u64) as usize], customer, matter, chance)
}

fn fill(template: &str, customer: &Customer, matter: &Matter, chance: &mut Chance) -> String {
    let mut text = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((blank, tail)) = after.split_once('}') else { break };
        text.push_str(before);
        match blank {
            "order" => text.push_str(&matter.order),
            "phone" => text.push_str(&customer.phone),
            "email" => text.push_str(&customer.email),
            "name" => text.push_str(&customer.name),
            "amount" => text.push_str(&matter.amount),
            "days" => text.push_str(&chance.between(2, 9).to_string()),
            _ => text.push_str(blank),
        }
        rest = tail;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [Line; 21] = [
        Line::Opening,
        Line::Human,
        Line::Details,
        Line::FollowUp,
        Line::Thanks,
        Line::Upset,
        Line::Waiting,
        Line::BotGreeting,
        Line::BotAnswer,
        Line::Connecting,
        Line::Closed,
        Line::Greeting,
        Line::Checking,
        Line::Answer,
        Line::Reassurance,
        Line::Closing,
        Line::Praise,
        Line::BlameWait,
        Line::BlameUnresolved,
        Line::BlameTransfer,
        Line::Middling,
    ];
    const BLANKS: [&str; 6] = ["order", "phone", "email", "name", "amount", "days"];

    #[test]
    fn every_line_has_texts_whose_blanks_are_known() {
        for topic in Topic::ALL {
            for line in LINES {
                for lines in [hans::lines(topic, line), hant::lines(topic, line), english::lines(topic, line)] {
                    // As many as one conversation may use, so that none comes twice.
                    let n_used = if line == Line::FollowUp { 4 } else { 1 + 2 * usize::from(line == Line::Answer) };
                    assert!(n_used <= lines.len(), "{topic:?} {line:?}");
                    for text in lines {
                        for part in text.split('{').skip(1) {
                            let blank = part.split('}').next().unwrap_or_default();
                            assert!(BLANKS.contains(&blank), "{text}");
                        }
                    }
                }
            }
        }
    }
}
