//! How personal text is shown to a reader without the right to it.
//!
//! Until the detectors of the next issue are here the rule is coarse and errs on the side of hiding: names keep their
//! first character, every other named field is hidden whole, and in free text every digit, every `@` word and every
//! word glued to one is replaced. Nothing is guessed to be harmless.

use events::Personal;

/// Stands for each hidden character.
const HIDDEN: char = '•';

/// The same texts with what is personal hidden; lengths in characters stay.
#[must_use]
pub fn masked(personal: Personal) -> Personal {
    let texts = personal
        .texts
        .into_iter()
        .map(|(name, text)| {
            let shown = match name.as_str() {
                "text" | "comment" => free_text(&text),
                "name" => but_first(&text),
                _ => text.chars().map(|_| HIDDEN).collect(),
            };
            (name, shown)
        })
        .collect();
    Personal { subject: personal.subject, texts }
}

fn but_first(text: &str) -> String {
    text.chars().enumerate().map(|(place, c)| if place == 0 { c } else { HIDDEN }).collect()
}

/// Hides digits of any script, Chinese numerals in runs of three or more, and words that hold an `@`.
fn free_text(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut hide = vec![false; characters.len()];
    for (place, &c) in characters.iter().enumerate() {
        hide[place] = c.is_numeric() && !is_han_numeral(c);
    }
    hide_runs(&characters, &mut hide, |c| is_han_numeral(c) || c.is_numeric(), 3);
    hide_words_with_at(&characters, &mut hide);
    characters.iter().zip(&hide).map(|(&c, &hidden)| if hidden { HIDDEN } else { c }).collect()
}

fn is_han_numeral(c: char) -> bool {
    "零〇一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖".contains(c)
}

fn hide_runs(characters: &[char], hide: &mut [bool], belongs: impl Fn(char) -> bool, length_min: usize) {
    let mut from = 0;
    while from < characters.len() {
        let length = characters[from..].iter().take_while(|&&c| belongs(c)).count();
        if length_min <= length {
            hide[from..from + length].fill(true);
        }
        from += length.max(1);
    }
}

fn hide_words_with_at(characters: &[char], hide: &mut [bool]) {
    let in_word = |c: char| c == '@' || c == '＠' || (c.is_ascii() && !c.is_ascii_whitespace() && !",;()<>\"'".contains(c));
    let mut from = 0;
    while from < characters.len() {
        let length = characters[from..].iter().take_while(|&&c| in_word(c)).count();
        if characters[from..from + length].iter().any(|&c| c == '@' || c == '＠') {
            hide[from..from + length].fill(true);
        }
        from += length.max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        assert_eq!(free_text(text), want);
    }

    #[test]
    fn digits_and_addresses_in_free_text_are_hidden() {
        check("我的手机是13812345678，谢谢", "我的手机是•••••••••••，谢谢");
        check("mail me: emma.c@example.com please", "mail me: •••••••••••••••••• please");
        check("一三八一二三四，三天了", "•••••••，三天了");
        check("订单没有号码", "订单没有号码");
    }
}
