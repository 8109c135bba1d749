//! How personal text is shown to a reader without the right to it, and the files that say how.
//!
//! Free text goes through the detectors of [`projections::mask`]. A field that is named for one thing is shown by that
//! thing's rule when it looks like it, and hidden when it does not. Nothing is guessed to be harmless: of a long number
//! that no detector knows the last digits are shown; a field of an unknown name in which nothing is found is hidden, and
//! so is a foreign row that was refused.

use events::Personal;
use projections::mask::{self, Kind, Policy};

/// Stands for each hidden character.
const HIDDEN: char = '*';
/// The shortest run of digits that is hidden in a text although no detector knows it: a card with a slip of the pen.
const NUMBER_MIN: usize = 9;
/// How many of its last digits are shown.
const NUMBER_SHOWN: usize = 4;

/// The policy that is used where no other is named, as the file that a firm may copy.
pub const CN_DEFAULT: &str = include_str!("../policies/cn-default-v1.toml");

/// Why a text is no policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct PolicyError {
    /// What is wrong, with its line.
    pub detail: String,
}

/// The policy that a TOML file holds.
///
/// # Errors
/// When it is not TOML, names a kind or a rule that does not exist, or leaves out a number.
pub fn policy(file: &str) -> Result<Policy, PolicyError> {
    toml::from_str(file).map_err(|error| PolicyError { detail: error.to_string().trim_end().to_owned() })
}

/// The same texts with what is personal hidden, by the policy `cn-default-v1`.
#[must_use]
pub fn masked(personal: Personal) -> Personal {
    let policy = Policy::default();
    let texts = personal.texts.into_iter().map(|(name, text)| {
        let shown = shown(&name, &text, &policy);
        (name, shown)
    });
    Personal { subject: personal.subject, texts: texts.collect() }
}

/// What a field is for, by its name.
enum Field {
    /// What somebody wrote.
    Free,
    /// One thing of a kind.
    Of(Kind),
    /// A foreign row as it was, of which it is not known which part says what.
    Row,
    /// A name for a customer, which only who knows the customers understands.
    Reference,
    /// Not known.
    Unknown,
}

fn field(name: &str) -> Field {
    match name {
        "text" | "comment" | "note" | "message" | "subject" | "reason" => Field::Free,
        "original" => Field::Row,
        "name" | "customer_name" | "full_name" | "contact" => Field::Of(Kind::Name),
        "phone" | "mobile" | "tel" | "telephone" => Field::Of(Kind::Mobile),
        "email" | "mail" => Field::Of(Kind::Email),
        "address" => Field::Of(Kind::Address),
        "id_number" | "id_card" => Field::Of(Kind::CnId),
        "card" | "bank_card" => Field::Of(Kind::BankCard),
        "passport" => Field::Of(Kind::Passport),
        "plate" => Field::Of(Kind::Plate),
        "wechat" => Field::Of(Kind::Wechat),
        "qq" => Field::Of(Kind::Qq),
        "dob" | "birthday" => Field::Of(Kind::Dob),
        "ip" => Field::Of(Kind::Ip),
        "customer_id" | "account" => Field::Reference,
        _ => Field::Unknown,
    }
}

fn shown(name: &str, text: &str, policy: &Policy) -> String {
    match field(name) {
        Field::Free => free_text(text, policy),
        Field::Of(kind) => mask::field(text, kind, policy).unwrap_or_else(|| hidden(text)),
        Field::Reference => hidden(text),
        Field::Row => shape(text),
        Field::Unknown => {
            let shown = free_text(text, policy);
            if shown == text { hidden(text) } else { shown }
        }
    }
}

fn hidden(text: &str) -> String {
    text.chars().map(|_| HIDDEN).collect()
}

/// What separates the fields of a row stays; every letter and digit is hidden.
fn shape(text: &str) -> String {
    text.chars().map(|c| if c.is_alphanumeric() { HIDDEN } else { c }).collect()
}

fn free_text(text: &str, policy: &Policy) -> String {
    let spans = mask::find(text);
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for span in &spans {
        shown.push_str(&without_long_numbers(&text[at..span.byte_start]));
        shown.push_str(&mask::mask_span(text, span, policy));
        at = span.byte_end;
    }
    shown.push_str(&without_long_numbers(&text[at..]));
    shown
}

/// Hides the beginnings of long runs of digits, of any script.
fn without_long_numbers(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut shown = String::with_capacity(text.len());
    for run in characters.chunk_by(|a, b| a.is_numeric() == b.is_numeric()) {
        let hide = if run[0].is_numeric() && NUMBER_MIN <= run.len() { run.len() - NUMBER_SHOWN } else { 0 };
        shown.extend(run.iter().enumerate().map(|(place, &c)| if place < hide { HIDDEN } else { c }));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, text: &str, want: &str) {
        assert_eq!(shown(name, text, &Policy::default()), want, "{name}");
    }

    #[test]
    fn free_text_keeps_its_words_and_hides_its_people() {
        check("text", "我的手机是13812345678，谢谢", "我的手机是138****5678，谢谢");
        check("comment", "mail me: emma.c@example.com please", "mail me: e***@example.com please");
        check("text", "我叫欧阳娜娜，三天了", "我叫欧阳**，三天了");
        check("text", "订单没有号码", "订单没有号码");
    }

    #[test]
    fn a_long_number_that_is_nothing_known_is_shown_by_its_end() {
        // One digit of the card is wrong, so its sum is.
        check("text", "card 6222020200112233445", "card ***************3445");
        check("text", "订单20260301没到", "订单20260301没到");
    }

    #[test]
    fn a_named_field_is_shown_by_its_rule_or_not_at_all() {
        check("name", "王小明", "王**");
        check("name", "Emma Carter", "E*** C***");
        check("name", "客户自己", "****");
        check("phone", "13812345678", "138****5678");
        check("phone", "010-61234567", "010-6*****67");
        check("phone", "no phone", "********");
        check("email", "emma@example.com", "e***@example.com");
        check("address", "上海市浦东新区科苑路88号", "上海市浦东新区****");
        check("address", "behind the mill", "***************");
        check("customer_id", "27997406", "********");
        check("original", "9:00\tCanary Wharton,王小明", "*:**\t****** *******,***");
    }

    #[test]
    fn an_unknown_field_is_hidden_unless_its_people_are_found() {
        check("shoe_size", "forty-two", "*********");
        check("second_text", "打13812345678", "打138****5678");
    }

    #[test]
    fn the_file_that_is_shipped_is_the_default() {
        assert_eq!(policy(CN_DEFAULT), Ok(Policy::default()));
    }

    #[test]
    fn a_file_that_is_no_policy_says_why() {
        for (file, why) in [
            ("[mobil]\nshow = \"stars\"", "mobil"),
            ("[mobile]\nshow = \"half\"", "half"),
            ("[mobile]\nshow = \"ends\"", "first"),
            ("mobile", "line 1"),
        ] {
            let error = policy(file).expect_err(file);
            assert!(error.detail.contains(why), "{file:?}: {error}");
        }
        let stars = policy("policy = \"house\"\n[name]\nshow = \"stars\"").expect("a policy");
        assert_eq!(mask::masked("我叫王小明，", &stars), "我叫***，");
    }
}
