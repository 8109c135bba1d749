//! Who works when: the roster, its shifts and rest days, and what an agent does besides contacts.
//!
//! Early 08–17, peak 09–13 and 18–22, mid 11–20, late 13–22; meals and breaks are staggered. The roster does not
//! depend on the seed, so the desk keeps its people from run to run.

use std::collections::VecDeque;

use events::agent::{ProfileChanged, State};

use super::Params;
use super::calendar::Calendar;
use super::chance::{Chance, Purpose};
use super::demand::CLOSE_MINUTE;
use super::recorder::Stream;
use super::topics::Queue;

/// The most written conversations an agent holds at once.
const CHATS_MAX: u8 = 3;
/// Below this size everybody does everything.
const ROSTER_SPECIALISED_MIN: u32 = 8;

/// The share of a shift group that rests, Monday first.
const REST_SHARES: [f64; 7] = [0.0, 0.1, 0.14, 0.1, 0.14, 0.34, 0.34];

/// What an agent takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Calls only.
    Voice,
    /// Chat and messages only.
    Written,
    /// Both, though not at the same time.
    Both,
}

/// When an agent works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shift {
    Early,
    Peak,
    Mid,
    Late,
}

/// One thing in an agent's plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Duty {
    /// Begin work.
    SignIn,
    /// Do something else for so many milliseconds.
    Rest(State, i64),
    /// End work.
    SignOut,
}

/// An agent at work.
#[derive(Clone, Debug)]
pub(super) struct Agent {
    /// Their stream.
    pub(super) stream: Stream,
    /// What the profile says.
    pub(super) profile: ProfileChanged,
    /// The queues they serve, best known first.
    pub(super) queues: Vec<Queue>,
    /// What they take.
    pub(super) role: Role,
    /// What handle times are multiplied by: experience.
    pub(super) pace: f64,
    shift: Shift,
    shift_place: u64,
    /// The rest of the day's plan.
    pub(super) plan: VecDeque<(i64, Duty)>,
    /// What they will do as soon as nothing is in their hands.
    pub(super) leaving: Option<Duty>,
    /// Whether they are signed in.
    pub(super) present: bool,
    /// Until when they do something else.
    pub(super) away_until: Option<i64>,
    /// Until when no offer reaches them, after they let one pass.
    pub(super) paused_until: Option<i64>,
    /// Calls in their hands, offers and wrap-up included: 0 or 1.
    pub(super) n_calls: u8,
    /// Written conversations in their hands, offers and wrap-up included.
    pub(super) n_chats: u8,
    /// Since when nothing is in their hands.
    pub(super) idle_since: i64,
}

impl Agent {
    /// Contacts in their hands.
    pub(super) fn load(&self) -> u8 {
        self.n_calls + self.n_chats
    }

    /// Whether one more contact fits, be it a call (`exclusive`) or not.
    pub(super) fn has_room(&self, exclusive: bool) -> bool {
        let takes = match self.role {
            Role::Voice => exclusive,
            Role::Written => !exclusive,
            Role::Both => true,
        };
        takes && if exclusive { self.load() == 0 } else { self.n_calls == 0 && self.n_chats < self.profile.n_chats_max }
    }

    /// Plans the run's `day`; an empty plan is a day of rest.
    pub(super) fn plan_day(&self, params: &Params, calendar: &Calendar, day: u32, place: u64) -> VecDeque<(i64, Duty)> {
        let n_in_shift = (0..u64::from(params.n_agents)).filter(|&other| shift_of(other) == self.shift).count() as u64;
        if params.n_agents >= ROSTER_SPECIALISED_MIN && rests(self.shift_place, n_in_shift, calendar, day) {
            return VecDeque::new();
        }
        let mut chance = Chance::new(params.seed, Purpose::Shift, calendar.number(day) as u64, place);
        let mut plan: Vec<(u32, Duty)> = shift_plan(self.shift, self.shift_place, place + u64::from(day));
        let minutes = |n: i64| n * 60_000;
        let (from, to) = (plan.first().map_or(0, |first| first.0), plan.last().map_or(0, |last| last.0));
        let errand = chance.between(i64::from(from) + 60, i64::from(to) - 60) as u32;
        plan.push((errand, Duty::Rest(State::Away, minutes(chance.between(2, 6)))));
        plan.sort_by_key(|&(minute, _)| minute);
        plan.into_iter()
            .map(|(minute, duty)| {
                // People come a little early and leave and rest roughly when they should.
                let (early, late) = match duty {
                    Duty::SignIn => (-420, -20),
                    Duty::Rest(..) => (-90, 240),
                    Duty::SignOut => (0, 150),
                };
                (calendar.at(day, minute) + chance.between(early, late) * 1000 + chance.between(0, 999), duty)
            })
            .collect()
    }
}

/// The roster.
pub(super) fn roster(params: &Params) -> Vec<Agent> {
    let mut n_in_shift = [0_u64; 4];
    (0..u64::from(params.n_agents))
        .map(|place| {
            let seat = &SEATS[place as usize % SEATS.len()];
            let shift = shift_of(place);
            let shift_place = n_in_shift[shift as usize];
            n_in_shift[shift as usize] += 1;
            let specialised = ROSTER_SPECIALISED_MIN <= params.n_agents;
            let queues = if specialised { seat.queues.to_vec() } else { Queue::ALL.to_vec() };
            let role = if specialised { seat.role } else { Role::Both };
            let languages: &[&str] = if specialised { seat.languages } else { &["zh-Hans", "en"] };
            let mut chance = Chance::new(0, Purpose::Shift, u64::MAX, place);
            Agent {
                stream: Stream::new("agent", &format!("a{:02}", place + 1)),
                profile: ProfileChanged {
                    name: name(place),
                    queues: queues.iter().map(|queue| queue.word().to_owned()).collect(),
                    languages: languages.iter().map(|&tag| tag.to_owned()).collect(),
                    n_chats_max: if role == Role::Voice { 0 } else { CHATS_MAX },
                },
                queues,
                role,
                pace: chance.between(88, 114) as f64 / 100.0,
                shift,
                shift_place,
                plan: VecDeque::new(),
                leaving: None,
                present: false,
                away_until: None,
                paused_until: None,
                n_calls: 0,
                n_chats: 0,
                idle_since: 0,
            }
        })
        .collect()
}

fn shift_of(place: u64) -> Shift {
    SEATS[place as usize % SEATS.len()].shift
}

/// Rest days go round each shift group, so that everybody gets their share and every day keeps its staff.
fn rests(shift_place: u64, n_in_shift: u64, calendar: &Calendar, day: u32) -> bool {
    let n_resting = REST_SHARES.map(|share| (share * n_in_shift as f64 + 0.5).floor() as u64);
    let weekday = calendar.weekday(day);
    // 2000-01-03 was a Monday; only that weeks are counted from some Monday matters.
    let week = ((calendar.number(day) - 2).div_euclid(7)).max(0) as u64;
    let before = week * n_resting.iter().sum::<u64>() + n_resting[..weekday].iter().sum::<u64>();
    (shift_place + n_in_shift - before % n_in_shift) % n_in_shift < n_resting[weekday]
}

/// The plan of a shift in minutes of the day; `turn` staggers rests, `round` chooses who learns or meets on this day.
fn shift_plan(shift: Shift, turn: u64, round: u64) -> Vec<(u32, Duty)> {
    let rest = |state: State, minutes: i64| Duty::Rest(state, minutes * 60_000);
    let step = |from: u32, by: u32, places: u64| from + by * (turn % places) as u32;
    match shift {
        Shift::Early => {
            let mut plan = vec![
                (8 * 60, Duty::SignIn),
                (step(9 * 60 + 15, 15, 3), rest(State::Break, 15)),
                (step(12 * 60, 45, 3), rest(State::Meal, 45)),
                (step(15 * 60 + 30, 15, 4), rest(State::Break, 15)),
                (17 * 60, Duty::SignOut),
            ];
            if round.is_multiple_of(3) {
                plan.insert(3, (14 * 60 + 20, rest(State::Training, 45)));
            } else {
                plan.insert(3, (16 * 60 + 15, rest(State::Meeting, 20)));
            }
            plan
        }
        Shift::Peak => vec![
            (9 * 60, Duty::SignIn),
            (step(12 * 60, 15, 4), rest(State::Break, 15)),
            (13 * 60, Duty::SignOut),
            (18 * 60, Duty::SignIn),
            (step(21 * 60 + 2, 9, 6), rest(State::Break, 10)),
            (CLOSE_MINUTE, Duty::SignOut),
        ],
        Shift::Mid => vec![
            (11 * 60, Duty::SignIn),
            (step(14 * 60 + 30, 45, 3), rest(State::Meal, 45)),
            (step(17 * 60 + 15, 20, 3), rest(State::Break, 15)),
            (20 * 60, Duty::SignOut),
        ],
        Shift::Late => {
            let mut plan = vec![
                (13 * 60, Duty::SignIn),
                (step(16 * 60 + 15, 40, 4), rest(State::Meal, 40)),
                (step(20 * 60 + 15, 15, 6), rest(State::Break, 12)),
                (CLOSE_MINUTE, Duty::SignOut),
            ];
            if round.is_multiple_of(2) {
                plan.insert(1, (13 * 60 + 2, rest(State::Meeting, 13)));
            } else {
                plan.insert(1, (15 * 60 + 10, rest(State::Training, 45)));
            }
            plan
        }
    }
}

fn name(place: u64) -> String {
    if let Some(seat) = SEATS.get(place as usize) {
        return seat.name.to_owned();
    }
    // A roster larger than the seats repeats their languages; the names are put together anew.
    let seat = &SEATS[place as usize % SEATS.len()];
    let mut chance = Chance::new(1, Purpose::Shift, u64::MAX, place);
    if seat.languages.first() == Some(&"en") {
        format!(
            "{} {}",
            chance.pick(&["Alex", "Ruth", "Victor", "Nina", "Paul"]),
            chance.pick(&["Reed", "Stone", "Lang", "Cole"])
        )
    } else {
        let family = ["曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕", "苏"];
        let given = ["文", "晓", "建", "思", "雨", "国", "佳", "志", "海", "春"];
        format!("{}{}{}", chance.pick(&family), chance.pick(&given), chance.pick(&["明", "红", "峰", "玲", "辉", "燕"]))
    }
}

/// One place of the roster.
struct Seat {
    name: &'static str,
    shift: Shift,
    role: Role,
    queues: &'static [Queue],
    languages: &'static [&'static str],
}

const HANS: &[&str] = &["zh-Hans"];
const HANT: &[&str] = &["zh-Hant", "zh-Hans"];
const ENGLISH: &[&str] = &["en", "zh-Hans"];
const HANS_ENGLISH: &[&str] = &["zh-Hans", "en"];
const HANT_ENGLISH: &[&str] = &["zh-Hant", "zh-Hans", "en"];

const fn seat(
    name: &'static str,
    shift: Shift,
    role: Role,
    queues: &'static [Queue],
    languages: &'static [&'static str],
) -> Seat {
    Seat { name, shift, role, queues, languages }
}

/// The standard roster; a larger one repeats it, a smaller one takes its beginning.
const SEATS: [Seat; 24] = {
    use Queue::{Complaints, English, Orders, Payments, Returns};
    use Role::{Both, Voice, Written};
    use Shift::{Early, Late, Mid, Peak};
    [
        seat("王雪", Early, Voice, &[Orders, Returns, Complaints], HANS),
        seat("李志强", Peak, Voice, &[Orders, Returns, Complaints], HANS),
        seat("张敏", Late, Written, &[Orders, Returns, Complaints], HANS),
        seat("陈思远", Late, Voice, &[Orders, Returns], HANS),
        seat("Emma Clarke", Early, Both, &[English, Orders], ENGLISH),
        seat("刘洋", Peak, Written, &[Orders, Returns, Complaints], HANS),
        seat("陳怡君", Early, Both, &[Complaints, Payments, Returns], HANT),
        seat("赵丽娜", Late, Both, &[Complaints, Payments, Returns], HANS),
        seat("周杰", Mid, Voice, &[Payments, Complaints, Returns], HANS),
        seat("Daniel Wong", Late, Both, &[English, Orders], ENGLISH),
        seat("黄晓婷", Peak, Voice, &[Payments, Orders], HANS),
        seat("吴刚", Early, Written, &[Orders, Returns, Complaints], HANS),
        seat("徐静", Late, Written, &[Payments, Orders], HANS),
        seat("林志豪", Peak, Written, &[Payments, Orders], HANT),
        seat("孙悦", Late, Voice, &[Payments, Orders], HANS),
        seat("Sophie Martin", Peak, Both, &[English, Returns], ENGLISH),
        seat("马超", Early, Voice, &[Orders, Payments, English], HANS_ENGLISH),
        seat("朱琳", Peak, Voice, &[Returns, Orders, Complaints], HANS),
        seat("郭婧", Late, Written, &[Returns, Orders], HANS),
        seat("Priya Nair", Mid, Both, &[English, Orders], ENGLISH),
        seat("何嘉偉", Late, Voice, &[Returns, English, Complaints], HANT_ENGLISH),
        seat("高翔", Early, Written, &[Returns, Payments], HANS),
        seat("蔡佩珊", Mid, Written, &[Orders, Payments], HANT),
        seat("罗文斌", Peak, Written, &[Orders, Returns], HANS),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_agent_rests_and_every_day_is_staffed() {
        let params = Params { n_days: 28, ..Params::default() };
        let calendar = Calendar::new(params.start, &params.zone);
        let roster = roster(&params);
        let mut n_rests = vec![0; roster.len()];
        for day in 0..28 {
            let mut n_working = 0;
            for (place, agent) in roster.iter().enumerate() {
                let plan = agent.plan_day(&params, &calendar, day, place as u64);
                n_working += usize::from(!plan.is_empty());
                n_rests[place] += usize::from(plan.is_empty());
            }
            assert!(14 <= n_working, "day {day} has {n_working}");
        }
        assert!(n_rests.iter().all(|n| (2..=12).contains(n)), "{n_rests:?}");
    }
}
