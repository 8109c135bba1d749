//! The sums that documents and cards carry.

/// The codes of the provinces (GB/T 2260), with 81 to 83 for residents of Hong Kong, Macau and Taiwan.
const PROVINCES: [u8; 34] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65,
    81, 82, 83,
];

/// Days of a month, with the 29th of February in any year: an old document may be wrong about leap years.
fn a_day(month: u8, day: u8) -> bool {
    let days = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    1 <= day && day <= days
}

fn pair(digits: &[u8], at: usize) -> u8 {
    digits[at] * 10 + digits[at + 1]
}

/// Whether 17 digits and a check character are a number of the mainland's resident identity card.
///
/// `check` is a digit, or 10 for `X`. The province, the date of birth and the check character are looked at; county codes
/// are not: many real cards carry one that has since been withdrawn.
///
/// Source: GB 11643-1999, the check character after ISO 7064 MOD 11-2.
#[must_use]
pub fn resident(digits: &[u8], check: u8) -> bool {
    if digits.len() != 17 || !PROVINCES.contains(&pair(digits, 0)) {
        return false;
    }
    let century = pair(digits, 6);
    if !(18..=20).contains(&century) || !a_day(pair(digits, 10), pair(digits, 12)) {
        return false;
    }
    // MOD 11-2: each step doubles; the whole with its check character leaves 1.
    let sum = digits.iter().fold(0_u32, |sum, &digit| (sum + u32::from(digit)) * 2 % 11);
    (sum + u32::from(check)) % 11 == 1
}

/// Whether 15 digits have the shape of a resident's number before 1999: province, county, `YYMMDD`, three digits, no check.
///
/// Source: GB 11643-1989.
#[must_use]
pub fn resident_old(digits: &[u8]) -> bool {
    digits.len() == 15 && PROVINCES.contains(&pair(digits, 0)) && a_day(pair(digits, 8), pair(digits, 10))
}

/// The number that a letter stands for on a Taiwanese card: A is 10, and the later ones follow the order of the counties.
fn letter_of_taiwan(letter: char) -> Option<u32> {
    "ABCDEFGHJKLMNPQRSTUVXYWZIO".chars().position(|c| c == letter).and_then(|place| u32::try_from(place).ok()).map(|n| n + 10)
}

/// Whether a letter and nine digits are a Taiwanese identity or (8 and 9 second, since 2021) resident number.
///
/// Source: the weights 1, 9, 8, …, 1, 1 of the household registration rules; the sum is a multiple of 10.
#[must_use]
pub fn taiwan(letter: char, digits: &[u8]) -> bool {
    let Some(number) = letter_of_taiwan(letter) else { return false };
    if digits.len() != 9 || ![1, 2, 8, 9].contains(&digits[0]) {
        return false;
    }
    let of_letter = number / 10 + number % 10 * 9;
    let of_digits: u32 = digits[..8].iter().zip((1..=8).rev()).map(|(&digit, weight)| u32::from(digit) * weight).sum();
    (of_letter + of_digits + u32::from(digits[8])).is_multiple_of(10)
}

/// Whether two letters and eight digits are a Taiwanese resident number as given before 2021.
///
/// Source: as [`taiwan`]; the second letter counts with the last digit of its number.
#[must_use]
pub fn taiwan_old_resident(letters: [char; 2], digits: &[u8]) -> bool {
    let (Some(second), true) = (letter_of_taiwan(letters[1]), digits.len() == 8 && "ABCD".contains(letters[1])) else {
        return false;
    };
    let mut all = vec![u8::try_from(second % 10).unwrap_or(0)];
    all.extend_from_slice(digits);
    let Some(first) = letter_of_taiwan(letters[0]) else { return false };
    let sum: u32 = all[..8].iter().zip((1..=8).rev()).map(|(&digit, weight)| u32::from(digit) * weight).sum();
    (first / 10 + first % 10 * 9 + sum + u32::from(all[8])).is_multiple_of(10)
}

/// Whether one or two letters, six digits and a check character (10 for `A`) are a Hong Kong identity number.
///
/// Source: weights 9 to 1, a missing first letter counts as 36; the sum is a multiple of 11.
#[must_use]
pub fn hong_kong(letters: &[char], digits: &[u8], check: u8) -> bool {
    let value = |c: char| u32::from(c as u8 - b'A') + 10;
    let (first, second) = match letters {
        [one] if one.is_ascii_uppercase() => (36, value(*one)),
        [one, two] if one.is_ascii_uppercase() && two.is_ascii_uppercase() => (value(*one), value(*two)),
        _ => return false,
    };
    if digits.len() != 6 {
        return false;
    }
    let of_digits: u32 = digits.iter().zip((2..=7).rev()).map(|(&digit, weight)| u32::from(digit) * weight).sum();
    (first * 9 + second * 8 + of_digits + u32::from(check)).is_multiple_of(11)
}

/// Whether the digits sum to a multiple of ten when every second one from the right is doubled.
///
/// Source: Luhn; ISO/IEC 7812-1, annex B.
#[must_use]
pub fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| {
            let digit = u32::from(digit) * if place % 2 == 1 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether a number begins and is as long as cards are, whatever its sum.
///
/// UnionPay 62 with 16 to 19 digits, and the older 9558 and 60 of Chinese banks; Visa, Mastercard, JCB, Discover with 16,
/// American Express with 15, Diners with 14.
///
/// Source: ISO/IEC 7812-1 and the schemes' published ranges.
#[must_use]
pub fn card_range(digits: &[u8]) -> bool {
    let first = |n: usize| digits.iter().take(n).fold(0_u32, |sum, &digit| sum * 10 + u32::from(digit));
    let (two, three, four) = (first(2), first(3), first(4));
    match digits.len() {
        14 => two == 36 || two == 38 || (300..=305).contains(&three),
        15 => two == 34 || two == 37,
        16 => {
            digits[0] == 4
                || two == 62
                || two == 65
                || four == 6011
                || four == 9558
                || (51..=55).contains(&two)
                || (2221..=2720).contains(&four)
                || (3528..=3589).contains(&four)
        }
        17 | 18 => two == 62 || four == 6033 || four == 9558,
        19 => two == 62 || two == 60 || four == 9558 || four == 9400,
        _ => false,
    }
}
