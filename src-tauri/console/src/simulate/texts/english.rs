//! Texts in English.

use crate::simulate::texts::Line;
use crate::simulate::topics::Topic;

/// The texts for one place of a conversation.
pub(super) fn lines(topic: Topic, line: Line) -> &'static [&'static str] {
    match line {
        Line::Opening => opening(topic),
        Line::Answer => answer(topic),
        Line::FollowUp => follow_up(topic),
        Line::Human => &["Can I talk to a person please", "agent", "Human please", "This doesn't help, connect me to someone"],
        Line::Details => &[
            "Order {order}, phone {phone}",
            "It's {order}",
            "My name is {name}, you can reach me at {email}",
            "{order} - I paid {amount}",
            "Sure: {order}, and my email is {email}",
        ],
        Line::Thanks => &[
            "Great, thanks for your help",
            "Perfect, thank you!",
            "OK, I'll wait then. Thanks",
            "That's all, cheers",
            "Thanks, appreciate it",
        ],
        Line::Upset => &[
            "That's really not good enough",
            "So I just have to wait again? Unbelievable",
            "This is the third time I've asked",
            "I'll file a chargeback if this isn't fixed",
        ],
        Line::Waiting => &["Hello?", "Anyone there?", "How much longer?", "Still waiting..."],
        Line::BotGreeting => &[
            "Hi, I'm Shan, your virtual assistant. How can I help?",
            "Welcome to Yunshan! Tell me briefly what you need, or type \"agent\".",
        ],
        Line::BotAnswer => bot_answer(topic),
        Line::Connecting => {
            &["Connecting you to an agent, please hold on...", "We are a little busy, an agent will be with you soon."]
        }
        Line::Closed => &["Our agents are here from 8:00 to 22:00. Please leave a message and we will get back to you."],
        Line::Greeting => &[
            "Hi, thanks for waiting. Could I have your order number, please?",
            "Hello, you're through to the English desk. May I have your name and order number?",
            "Hi there! Let me look into this. What's the order number?",
        ],
        Line::Checking => {
            &["One moment while I check.", "Thanks, let me pull that up.", "Bear with me, I'm checking with the warehouse."]
        }
        Line::Reassurance => &[
            "I completely understand.",
            "Don't worry, I'll stay on this until it's solved.",
            "I've marked it as urgent.",
            "Thanks for bearing with me, I've just spoken to the team.",
        ],
        Line::Closing => &[
            "Is there anything else I can help with? Have a good day.",
            "Thank you for your patience. You'll get a confirmation at {email}.",
            "You're welcome. A short survey will follow.",
        ],
        Line::Praise => &["Quick and friendly", "Very helpful agent", "Sorted in two minutes, great", "Excellent service"],
        Line::BlameWait => {
            &["Waited far too long", "Was in the queue forever", "Could not get through for ages, call me on {phone}"]
        }
        Line::BlameUnresolved => &["My problem is still not solved", "Polite but nothing happened", "Still no refund"],
        Line::BlameTransfer => &["Passed around, had to repeat everything"],
        Line::Middling => &["It was OK", "A bit slow", "Average"],
    }
}

fn opening(topic: Topic) -> &'static [&'static str] {
    match topic {
        Topic::Delivery | Topic::Dispatch | Topic::Address | Topic::Missing => &[
            "Hi, where is my parcel? Order {order}",
            "Tracking hasn't moved for {days} days",
            "It says delivered but nothing arrived",
            "Can you deliver to another address? My number is {phone}",
            "One item was missing from my delivery",
        ],
        Topic::Return | Topic::Exchange | Topic::Quality => &[
            "I'd like to return an item",
            "The size is wrong, can I exchange it?",
            "It arrived broken",
            "How do I send this back? Order {order}",
        ],
        Topic::RefundProgress | Topic::RefundMissing => &[
            "When will I get my refund?",
            "I returned it {days} days ago and still no refund",
            "The refund of {amount} is not on my card, email {email}",
        ],
        Topic::PaymentFailed => {
            &["My payment keeps failing", "I was charged twice, {amount} each", "Card declined but the money is gone"]
        }
        Topic::Login => {
            &["I can't log in, no code arrives", "My account is locked, email is {email}", "How do I change my phone to {phone}?"]
        }
        Topic::Invoice => &["I need an invoice for order {order}", "Can you send the invoice to {email}?"],
        Topic::Complaint | Topic::Compensation | Topic::Attitude => {
            &["I want to make a complaint", "Nobody called me back as promised", "I'd like to speak to a manager"]
        }
    }
}

fn bot_answer(topic: Topic) -> &'static [&'static str] {
    match topic {
        Topic::Delivery | Topic::Dispatch | Topic::Address | Topic::Missing => &[
            "Order {order} is being processed. You can follow it under My Orders.",
            "You can change the address until the parcel is sent.",
        ],
        Topic::Return | Topic::Exchange | Topic::Quality => {
            &["You can return items within 7 days under My Orders.", "Please keep the tags and the box."]
        }
        Topic::RefundProgress | Topic::RefundMissing => &[
            "Refunds are returned to the original payment method within 1-3 working days.",
            "See Refunds & after-sales for order {order}.",
        ],
        Topic::PaymentFailed => {
            &["Please try again or use another payment method.", "A charge without an order is returned within 24 hours."]
        }
        Topic::Login => {
            &["You can change this under Profile > Account & security.", "You can ask for a new code after 60 seconds."]
        }
        Topic::Invoice => &["Invoices are sent to {email}.", "Tap Request invoice on the order page."],
        Topic::Complaint | Topic::Compensation | Topic::Attitude => {
            &["I'm sorry to hear that. I have made a note of it.", "Please describe what happened in a few words."]
        }
    }
}

fn answer(topic: Topic) -> &'static [&'static str] {
    match topic {
        Topic::Delivery | Topic::Dispatch | Topic::Address | Topic::Missing => &[
            "It's at the sorting centre and should arrive tomorrow.",
            "I've asked the courier to call you on {phone} today.",
            "I've updated the address for you.",
            "We'll send the missing item today at no cost.",
        ],
        Topic::Return | Topic::Exchange | Topic::Quality => &[
            "You can return it within 7 days, we pay for pick-up.",
            "I've registered the exchange, the courier comes tomorrow.",
            "Sorry about that! I can offer a replacement or a full refund.",
        ],
        Topic::RefundProgress | Topic::RefundMissing => &[
            "The refund of {amount} was sent this morning.",
            "It takes up to 3 working days to show on your card.",
            "I've escalated it to finance.",
        ],
        Topic::PaymentFailed => &[
            "Our payment provider has problems right now, please try again later.",
            "The second charge will be returned within 24 hours.",
            "I'll keep the order for you until payments work again.",
        ],
        Topic::Login => &["I've sent a new code.", "Your account is unlocked now.", "Your phone number is updated."],
        Topic::Invoice => {
            &["The invoice is on its way to {email}.", "I've updated the company name.", "A new one takes one working day."]
        }
        Topic::Complaint | Topic::Compensation | Topic::Attitude => &[
            "I'm very sorry about this experience.",
            "A specialist will call you within 24 hours.",
            "I've logged the complaint and my supervisor will follow up.",
        ],
    }
}

fn follow_up(topic: Topic) -> &'static [&'static str] {
    match topic {
        Topic::Delivery | Topic::Dispatch | Topic::Address | Topic::Missing => {
            &["What time roughly?", "I really need it this week", "That's what I was told yesterday", "Can I pick it up myself?"]
        }
        Topic::Return | Topic::Exchange | Topic::Quality => {
            &["Who pays for shipping?", "I don't have the box anymore", "I've sent you the photos", "How long will that take?"]
        }
        Topic::RefundProgress | Topic::RefundMissing | Topic::PaymentFailed | Topic::Login | Topic::Invoice => &[
            "When exactly?",
            "I checked my bank, nothing there",
            "Can you confirm by mail to {email}?",
            "I tried another card too",
        ],
        Topic::Complaint | Topic::Compensation | Topic::Attitude => &[
            "I don't accept that",
            "I've waited {days} days already",
            "I want that in writing",
            "When will I hear from your manager?",
        ],
    }
}
