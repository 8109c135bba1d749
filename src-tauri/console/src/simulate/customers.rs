//! Who calls: made-up customers, each the same person in every run with the same seed.
//!
//! A customer is drawn from their number alone, so none is kept in memory. Each day a window of them is active, and
//! the window moves on by less than its width: many come back. Telephone numbers lie in ranges that were never given
//! out (154, 161, 164 and 168 in China, 555-01xx in North America, 07700 900xxx in Britain); mail goes to example.com.

use std::collections::BTreeSet;

use super::chance::{Chance, Purpose};
use super::recorder::SOURCE;
use super::topics::{Language, Queue};
use super::{CUSTOMERS_PER_AGENT, Params};
use crate::keys::Pseudonyms;

/// The share of a day's window that is new on that day.
const NEW_SHARE: f64 = 0.45;
/// Every so many-th customer speaks English.
const ENGLISH_EVERY: u64 = 10;

/// One customer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Customer {
    /// What facts call them.
    pub(super) pseudonym: String,
    /// Their name.
    pub(super) name: String,
    /// Their telephone number.
    pub(super) phone: String,
    /// Their mail address.
    pub(super) email: String,
    /// `vip`, `plus` or `standard`.
    pub(super) tier: &'static str,
    /// 2, 1 or 0 by tier.
    pub(super) priority: u8,
    /// What they write and speak.
    pub(super) language: Language,
}

/// The customers active on the current day.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    seed: u64,
    from: u64,
    width: u64,
    identified: BTreeSet<u64>,
}

impl Pool {
    /// The pool of a run, before its first day.
    pub(super) fn new(params: &Params) -> Self {
        let width = (CUSTOMERS_PER_AGENT * f64::from(params.n_agents) * params.rate) as u64;
        Self { seed: params.seed, from: 0, width: width.max(ENGLISH_EVERY), identified: BTreeSet::new() }
    }

    /// Moves the window to the day with this number and forgets who left it.
    pub(super) fn begin_day(&mut self, day_number: i64) {
        self.from = (day_number.max(0) as f64 * self.width as f64 * NEW_SHARE) as u64;
        self.identified = self.identified.split_off(&self.from.saturating_sub(ENGLISH_EVERY));
    }

    /// Draws a customer for `queue`; some come much more often than others.
    pub(super) fn draw(&self, chance: &mut Chance, queue: Queue) -> u64 {
        let share = chance.share();
        let number = self.from + (share * share.sqrt() * self.width as f64) as u64;
        let base = number - number % ENGLISH_EVERY;
        match queue {
            Queue::English => base + ENGLISH_EVERY - 1,
            Queue::Orders | Queue::Returns | Queue::Payments | Queue::Complaints => {
                if number == base + ENGLISH_EVERY - 1 {
                    base + chance.below(ENGLISH_EVERY - 1)
                } else {
                    number
                }
            }
        }
    }

    /// Customers remembered.
    #[cfg(test)]
    pub(super) fn n_identified(&self) -> usize {
        self.identified.len()
    }

    /// Notes a contact of the customer; true when it is their first.
    pub(super) fn first_seen(&mut self, number: u64) -> bool {
        self.identified.insert(number)
    }

    /// Who the customer with this number is.
    pub(super) fn customer(&self, number: u64) -> Customer {
        let mut chance = Chance::new(self.seed, Purpose::Customer, number, 0);
        let language = if number % ENGLISH_EVERY == ENGLISH_EVERY - 1 {
            Language::English
        } else if chance.hit(0.13) {
            Language::Hant
        } else {
            Language::Hans
        };
        let (tier, priority) = [("standard", 0), ("plus", 1), ("vip", 2)][chance.weighted(&[0.8, 0.14, 0.06])];
        Customer {
            pseudonym: Pseudonyms::of_no_secret().of(SOURCE, &format!("{}-{number:07}", self.seed)),
            name: name(language, &mut chance),
            phone: phone(language, &mut chance),
            email: format!("{}{}@example.com", chance.pick(&MAILBOXES), chance.between(100, 9999)),
            tier,
            priority,
            language,
        }
    }
}

fn name(language: Language, chance: &mut Chance) -> String {
    match language {
        Language::Hans => {
            let family = chance.pick(&FAMILY_HANS);
            let second = if chance.hit(0.75) { *chance.pick(&GIVEN_HANS) } else { "" };
            format!("{family}{}{second}", chance.pick(&GIVEN_HANS))
        }
        Language::Hant => {
            format!("{}{}{}", chance.pick(&FAMILY_HANT), chance.pick(&GIVEN_HANT_FIRST), chance.pick(&GIVEN_HANT_SECOND))
        }
        Language::English => format!("{} {}", chance.pick(&GIVEN_ENGLISH), chance.pick(&FAMILY_ENGLISH)),
    }
}

fn phone(language: Language, chance: &mut Chance) -> String {
    match language {
        Language::Hans => {
            let prefix = chance.pick(&["154", "161", "164", "168"]);
            format!("{prefix}{:08}", chance.below(100_000_000))
        }
        Language::Hant => format!("0900-{:03}-{:03}", chance.below(1000), chance.below(1000)),
        Language::English => match chance.below(2) {
            0 => format!("+1 {} 555 01{:02}", chance.pick(&["212", "415", "604", "617"]), chance.below(100)),
            _ => format!("+44 7700 900{:03}", chance.below(1000)),
        },
    }
}

const FAMILY_HANS: [&str; 30] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗", "梁",
    "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "欧阳",
];
const GIVEN_HANS: [&str; 40] = [
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀", "霞", "平", "刚",
    "桂", "英", "华", "玉", "萍", "红", "鹏", "欣", "怡", "雨", "晨", "子", "梓", "浩", "宇", "轩", "佳", "婷", "雪",
];
const FAMILY_HANT: [&str; 16] = ["陳", "林", "黃", "張", "李", "王", "吳", "劉", "蔡", "楊", "許", "鄭", "謝", "郭", "洪", "曾"];
const GIVEN_HANT_FIRST: [&str; 12] = ["怡", "雅", "志", "淑", "俊", "家", "冠", "佩", "宗", "美", "建", "詩"];
const GIVEN_HANT_SECOND: [&str; 12] = ["君", "婷", "豪", "芬", "傑", "瑋", "宇", "珊", "翰", "玲", "宏", "涵"];
const GIVEN_ENGLISH: [&str; 24] = [
    "James",
    "Olivia",
    "Liam",
    "Charlotte",
    "Noah",
    "Amelia",
    "Ethan",
    "Sophia",
    "Lucas",
    "Mia",
    "Daniel",
    "Grace",
    "Oscar",
    "Hannah",
    "Samuel",
    "Chloe",
    "Aaron",
    "Zoe",
    "Priya",
    "Kenji",
    "Marie",
    "Ahmed",
    "Elena",
    "Tom",
];
const FAMILY_ENGLISH: [&str; 24] = [
    "Smith", "Johnson", "Brown", "Taylor", "Wilson", "Evans", "Walker", "Wright", "Hughes", "Green", "Hall", "Clarke", "Patel",
    "Murphy", "Kelly", "Garcia", "Müller", "Rossi", "Tanaka", "Nguyen", "Kim", "O'Brien", "Dubois", "Novak",
];
const MAILBOXES: [&str; 16] = [
    "xiaoyu", "chen.li", "sunny", "wangwei", "happy", "lucky", "yiyi", "zhang.h", "emma.c", "tom", "lin", "jojo", "ming", "kk",
    "amy", "daniel",
];
