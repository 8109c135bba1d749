//! A second opinion on figures: reduces raw JSON payloads, slowly and plainly, without a line of the projections.
//!
//! It knows the definitions as the glossary tells them; where it and the board disagree, one of them is wrong.

use console::log::Stored;
use projections::scope::Scope;
use serde_json::Value;

/// A time in microseconds and a place in the log.
type Mark = (i64, u64);

/// One stay in one queue.
#[derive(Clone, Debug, Default)]
pub struct Stay {
    queue: Option<String>,
    began: i64,
    entered: Option<Mark>,
    left: Option<Mark>,
    fate: &'static str,
    /// `Some(None)`: an agent's hands, nobody knows whose.
    agent: Option<Option<String>>,
    taken: Option<Mark>,
    released: Option<Mark>,
    wrap_from: Option<Mark>,
    wrap_to: Option<Mark>,
    passed_on: Option<Mark>,
}

/// One conversation.
#[derive(Clone, Debug, Default)]
pub struct Talk {
    id: String,
    source: String,
    channel: Option<String>,
    topic: Option<String>,
    priority: Option<String>,
    began: Mark,
    voided: bool,
    rating: Option<(i64, i64, u64)>,
    asked: Option<u64>,
    stays: Vec<Stay>,
}

/// What one stay adds to a figure: above the line (microseconds or a count) and the fact that says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Adds {
    /// Above the line.
    pub numerator: i64,
    /// The fact's place in the log.
    pub position: u64,
    /// The conversation.
    pub subject: String,
}

/// Every conversation of these facts, taken in this order.
#[must_use]
pub fn talks(facts: &[&Stored]) -> Vec<Talk> {
    let mut talks: Vec<Talk> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for stored in facts {
        let Some(word) = stored.payload.event_type.strip_prefix("conversation.") else { continue };
        let data: Value = serde_json::from_slice(&stored.payload.data).expect("made of JSON");
        let mark = (stored.fact.occurred_at.0, stored.fact.position.0);
        let place = *places.entry(stored.fact.stream.clone()).or_insert_with(|| {
            let (id, source) = (stored.fact.stream.id().to_owned(), stored.fact.meta.source.clone());
            talks.push(Talk { id, source, began: mark, ..Talk::default() });
            talks.len() - 1
        });
        talks[place].hear(word, &data, mark);
    }
    talks
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

impl Talk {
    fn hear(&mut self, word: &str, data: &Value, mark: Mark) {
        match word {
            "started" => self.start(data, mark),
            "enqueued" => self.enter(text(&data["queue"]), mark),
            "voided" => self.voided = true,
            "survey_sent" => self.asked = Some(mark.1),
            "survey_answered" => {
                self.rating = Some((data["score"].as_i64().unwrap_or(0), data["score_max"].as_i64().unwrap_or(0), mark.1));
            }
            "ended" => self.end(mark),
            "transferred" => self.pass_on(text(&data["to_agent"]), mark),
            "dequeued" | "abandoned" | "assigned" | "held" | "resumed" | "wrap_up_started" | "wrap_up_ended" => {
                self.of_stay(word, data, mark);
            }
            _ => {}
        }
    }

    fn start(&mut self, data: &Value, mark: Mark) {
        self.channel = text(&data["channel"]);
        self.topic = text(&data["topic"]);
        self.priority = data["priority"].as_u64().map(|number| number.to_string());
        self.began = mark;
        if let Some(first) = self.stays.first_mut() {
            first.began = mark.0;
        }
    }

    fn enter(&mut self, queue: Option<String>, mark: Mark) {
        // A stay that an agent took before its queue was told of is that queue's.
        if let Some(last) = self.stays.last_mut().filter(|stay| stay.queue.is_none() && stay.passed_on.is_none()) {
            (last.queue, last.entered) = (queue, Some(mark));
            return;
        }
        let began = match self.stays.last() {
            None => self.began.0,
            Some(before) => before.passed_on.or(before.left).unwrap_or(mark).0,
        };
        self.stays.push(Stay { queue, began, entered: Some(mark), fate: "waiting", ..Stay::default() });
    }

    fn last(&mut self) -> &mut Stay {
        if self.stays.is_empty() {
            self.stays.push(Stay { began: self.began.0, fate: "waiting", ..Stay::default() });
        }
        self.stays.last_mut().expect("one was just made sure of")
    }

    fn of_stay(&mut self, word: &str, data: &Value, mark: Mark) {
        let stay = self.last();
        match word {
            "dequeued" => {
                stay.left = Some(mark);
                stay.fate = match data["reason"].as_str() {
                    Some("answered") => "answered",
                    Some("flowed_out") => "flowed_out",
                    _ => "callback",
                };
            }
            "abandoned" => (stay.left, stay.fate) = (Some(mark), "abandoned"),
            "assigned" => {
                (stay.agent, stay.taken, stay.fate) = (Some(text(&data["agent"])), Some(mark), "answered");
                stay.left = stay.left.or(Some(mark));
            }
            "wrap_up_started" => stay.wrap_from = Some(mark),
            "wrap_up_ended" => stay.wrap_to = Some(mark),
            _ => {}
        }
    }

    fn end(&mut self, mark: Mark) {
        let Some(stay) = self.stays.last_mut() else { return };
        match stay.fate {
            "answered" => stay.released = stay.released.or(Some(mark)),
            "waiting" => (stay.fate, stay.left) = ("abandoned", Some(mark)),
            _ => {}
        }
    }

    fn pass_on(&mut self, to: Option<String>, mark: Mark) {
        let stay = self.last();
        stay.passed_on = Some(mark);
        if stay.fate == "waiting" {
            (stay.fate, stay.left) = ("flowed_out", Some(mark));
        } else {
            stay.released = stay.released.or(Some(mark));
        }
        if to.is_some() {
            self.stays.push(Stay { began: mark.0, fate: "waiting", agent: Some(to), ..Stay::default() });
        }
    }

    fn fits(&self, stay: &Stay, scope: &Scope) -> bool {
        // An empty text in a scope asks for what was not recorded.
        let says = |wanted: &Option<String>, is: Option<&String>| match wanted.as_deref() {
            None => true,
            Some("") => is.is_none(),
            Some(wanted) => is.is_some_and(|is| is == wanted),
        };
        says(&scope.source, Some(&self.source))
            && scope.from.is_none_or(|from| from.0 <= stay.began)
            && scope.to.is_none_or(|to| stay.began < to.0)
            && says(&scope.queue, stay.queue.as_ref())
            && says(&scope.channel, self.channel.as_ref())
            && says(&scope.topic, self.topic.as_ref())
            && says(&scope.priority, self.priority.as_ref())
            && says(&scope.agent, stay.agent.as_ref().and_then(Option::as_ref))
    }

    fn adds(&self, metric: &str, nth: usize, as_of: i64) -> Option<(i64, Mark)> {
        let stay = &self.stays[nth];
        let last = nth + 1 == self.stays.len();
        let left = stay.left.or(stay.taken);
        let waited = match (stay.entered, stay.left) {
            (Some(from), Some(to)) => (to.0 - from.0).max(0),
            _ => 0,
        };
        let (answered, abandoned) = (stay.fate == "answered", stay.fate == "abandoned");
        let within = waited <= 20_000_000;
        let offered = stay.fate != "waiting" && stay.fate != "callback";
        let one = |counts: bool, mark: Option<Mark>| mark.filter(|_| counts).map(|mark| (1, mark));
        let part = |of: bool, counts: bool| left.filter(|_| of).map(|mark| (i64::from(counts), mark));
        match metric {
            "contacts.offered" => one(offered, left),
            "contacts.answered" => one(answered, left),
            "abandon.count" => one(abandoned, left),
            "queue.waiting" => one(stay.fate == "waiting", stay.entered),
            "queue.oldest" => stay.entered.filter(|_| stay.fate == "waiting").map(|mark| ((as_of - mark.0).max(0), mark)),
            "sl.cisco_negative" => part(answered || abandoned, answered && within),
            "sl.genesys" => part(answered, within),
            "sl.cisco_ignore" => part(answered || (abandoned && !within), answered && within),
            "sl.connect_answered_in_x" => one(answered && within, left),
            "abandon.in_x" => one(abandoned && within, left),
            "abandon.rate.genesys" => part(offered, abandoned),
            "asa.connect" | "wait.median_answered" => left.filter(|_| answered).map(|mark| (waited, mark)),
            "queue.max" => left.filter(|_| answered || abandoned).map(|mark| (waited, mark)),
            "aht.connect" => stay.handled(),
            "aht.named_agent" => stay.handled().filter(|_| matches!(stay.agent, Some(Some(_)))),
            "queue.waited" => one((answered || abandoned) && 0 < waited, left),
            "queue.waited_answered" => one(answered && 0 < waited, left),
            "queue.waited_abandoned" => one(abandoned && 0 < waited, left),
            "contacts.talking" => one(answered && stay.released.is_none(), stay.taken),
            "transfers.out" => one(answered, stay.passed_on),
            "csat.satisfied" => {
                self.rating.filter(|_| last).map(|(score, of, position)| (i64::from(5 * score >= 4 * of), (0, position)))
            }
            "csat.response" => {
                let asked = self.asked.filter(|_| last)?;
                Some((i64::from(self.rating.is_some()), (0, self.rating.map_or(asked, |(_, _, position)| position))))
            }
            other => panic!("nobody has told this test what {other} means"),
        }
    }
}

impl Stay {
    fn handled(&self) -> Option<(i64, Mark)> {
        let (from, to) = (self.taken?, self.released?);
        // After-contact work that is still going on is not yet known.
        if self.fate != "answered" || (self.wrap_from.is_some() && self.wrap_to.is_none()) {
            return None;
        }
        let wrap = self.wrap_from.zip(self.wrap_to).map_or(0, |(from, to)| (to.0 - from.0).max(0));
        Some(((to.0 - from.0).max(0) + wrap, self.wrap_to.unwrap_or(to)))
    }
}

/// Everything that adds to `metric` within `scope`, newest position first.
#[must_use]
pub fn adds(talks: &[Talk], metric: &str, scope: &Scope, as_of: i64) -> Vec<Adds> {
    let mut rows = Vec::new();
    for talk in talks.iter().filter(|talk| !talk.voided) {
        for (nth, _) in talk.stays.iter().enumerate().filter(|(_, stay)| talk.fits(stay, scope)) {
            if let Some((numerator, (_, position))) = talk.adds(metric, nth, as_of) {
                rows.push(Adds { numerator, position, subject: talk.id.clone() });
            }
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.position));
    rows
}

/// The value that these rows come to; `None` where there is nothing to say.
#[must_use]
pub fn value(metric: &str, rows: &[Adds]) -> Option<f64> {
    let sum: i64 = rows.iter().map(|row| row.numerator).sum();
    let seconds = |micros: f64| micros / 1e6;
    match metric {
        "queue.oldest" | "queue.max" => rows.iter().map(|row| row.numerator).max().map(|most| seconds(most as f64)),
        "wait.median_answered" => {
            let mut sorted: Vec<i64> = rows.iter().map(|row| row.numerator).collect();
            sorted.sort_unstable();
            let upper = *sorted.get(sorted.len() / 2)?;
            Some(seconds((upper + sorted[(sorted.len() - 1) / 2]) as f64 / 2.0))
        }
        "asa.connect" | "aht.connect" | "aht.named_agent" => (!rows.is_empty()).then(|| seconds(sum as f64) / rows.len() as f64),
        _ if metric.starts_with("sl.") && metric != "sl.connect_answered_in_x" || metric.starts_with("csat.") => share(sum, rows),
        "abandon.rate.genesys" => share(sum, rows),
        _ => Some(sum as f64),
    }
}

fn share(sum: i64, rows: &[Adds]) -> Option<f64> {
    (!rows.is_empty()).then(|| sum as f64 / rows.len() as f64)
}

/// What each agent is doing at the end of these facts, by their own facts and the conversations they hold.
#[must_use]
pub fn standings(facts: &[&Stored], talks: &[Talk]) -> std::collections::BTreeMap<String, &'static str> {
    let mut doing = std::collections::BTreeMap::new();
    for stored in facts.iter().filter(|stored| stored.payload.event_type.starts_with("agent.")) {
        let data: Value = serde_json::from_slice(&stored.payload.data).expect("made of JSON");
        let standing = match stored.payload.event_type.as_str() {
            "agent.signed_out" => "signed_out",
            "agent.state_changed" if data["state"] == "available" => "available",
            "agent.state_changed" => "away",
            "agent.signed_in" => "not_recorded",
            _ => continue,
        };
        doing.insert(stored.fact.stream.id().to_owned(), standing);
    }
    for stay in talks.iter().filter(|talk| !talk.voided).flat_map(|talk| &talk.stays) {
        let Some(Some(agent)) = &stay.agent else { continue };
        if stay.fate == "answered" && stay.released.is_none() {
            doing.insert(agent.clone(), "on_contact");
        } else if stay.fate == "answered" && stay.wrap_from.is_some() && stay.wrap_to.is_none() {
            let standing = doing.entry(agent.clone()).or_insert("not_recorded");
            if *standing != "on_contact" {
                *standing = "wrapping_up";
            }
        } else if stay.taken.is_some() {
            doing.entry(agent.clone()).or_insert("not_recorded");
        }
    }
    doing
}
