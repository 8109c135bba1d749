//! Made-up tickets, in the shapes of the sources that have them; none of them real.

use std::fmt::Write;

use crate::Draw;

/// The CSV header of Volvo's log.
pub const VOLVO: &str = "SR Number,Change Date+Time,Status,Sub Status,Activity,Activity Level,Involved ST Function Div,Involved Org line 3,Involved ST,Involved ST 2,ST Level,SR Latest Impact,Product,Country,Owner Country,Owner First Name,Resource";
/// ServiceNow's header as the official copy has it.
pub const OFFICIAL: &str = "number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,caller_id,opened_by,opened_at,sys_created_by,sys_created_at,sys_updated_by,sys_updated_at,contact_type,location,category,subcategory,u_symptom,cmdb_ci,impact,urgency,priority,assignment_group,assigned_to,knowledge,u_priority_confirmation,notify,problem_id,rfc,vendor,caused_by,closed_code,resolved_by,resolved_at,closed_at";

/// One change of one incident.
#[derive(Clone, Debug)]
pub struct Change {
    /// The incident.
    pub case: String,
    /// Minutes since 1 March 2012, 08:00 UTC.
    pub minute: u64,
    /// Its status.
    pub status: &'static str,
    /// The team, with its line of support.
    pub team: (&'static str, &'static str),
    /// The person's first name, as it is and as the CSV has it.
    pub name: (&'static str, &'static str),
}

/// Believable incidents, the same for the same seed: in the order of cases, and of time within each.
#[must_use]
pub fn changes(n_cases: u64, seed: u64) -> Vec<Change> {
    let mut draw = Draw(seed);
    let teams = [("V30", "L1"), ("G97", "L1"), ("V5 3rd", "L3"), ("G230 2nd", "L2"), ("V13 2nd 3rd", "L2/L3")];
    let names = [("Åse", "≈se"), ("Björn", "Bjˆrn"), ("Frederic", "Frederic"), ("Désirée", "DÈsirÈe"), ("Pär", "P‰r")];
    let mut pick = |n: usize| usize::try_from(draw.below(n as u64)).unwrap_or_default();
    let mut all = Vec::new();
    for case in 0..n_cases {
        let mut minute = pick(100_000) as u64;
        for _ in 0..1 + pick(8) {
            minute += 1 + pick(500) as u64;
            let status = ["Accepted", "Queued", "Completed"][pick(3)];
            all.push(Change { case: format!("1-{case}"), minute, status, team: teams[pick(5)], name: names[pick(5)] });
        }
    }
    all
}

/// `2012-03-01T08:00:00+01:00` and so on, with an offset of so many hours.
fn clock(minute: u64, offset: u64) -> String {
    let minute = minute + offset * 60;
    let (day, minute) = (minute / 1440, minute % 1440);
    let month_day = [(3, 31), (4, 30), (5, 31), (6, 30), (7, 31)];
    let (mut month, mut day) = (0, day);
    while month_day[month].1 <= day {
        day -= month_day[month].1;
        month += 1;
    }
    format!("2012-{:02}-{:02}T{:02}:{:02}:00+{offset:02}:00", month_day[month].0, day + 1, minute / 60, minute % 60)
}

/// The changes as Volvo's CSV has them, damaged names included.
#[must_use]
pub fn volvo_csv(changes: &[Change]) -> String {
    let mut text = format!("\u{feff}{VOLVO}\n");
    for Change { case, minute, status, team: (team, level), name: (_, name) } in changes {
        let at = clock(*minute, 1);
        let first = team.split(' ').next().unwrap_or_default();
        writeln!(
            text,
            "{case},{at},{status},In Progress,{status}-In Progress,{status}-In Progress-{level},A2_4,Org line A2,{team},{first},{level},Medium,PROD582,se,Sweden,{name},se-{name}"
        )
        .expect("a text takes it");
    }
    text
}

/// The same as XES, with summer time from April on.
#[must_use]
pub fn volvo_xes(changes: &[Change]) -> String {
    let mut text = xes_head(
        "<string key=\"resource country\" value=\"\"/><string key=\"organization involved\" value=\"\"/><string key=\"impact\" value=\"\"/>",
    );
    for (index, change) in changes.iter().enumerate() {
        let of_before = index.checked_sub(1).is_some_and(|before| changes[before].case == change.case);
        if !of_before {
            write!(
                text,
                "{}<trace>\n<string key=\"concept:name\" value=\"{}\"/>\n",
                if index == 0 { "" } else { "</trace>\n" },
                change.case
            )
            .expect("a text takes it");
        }
        let at = clock(change.minute, if 31 * 1440 < change.minute { 2 } else { 1 });
        let attributes = [
            ("org:group", change.team.0),
            ("resource country", "Sweden"),
            ("organization country", "se"),
            ("org:resource", change.name.0),
            ("organization involved", "Org line A2"),
            ("org:role", "A2_4"),
            ("concept:name", change.status),
            ("impact", "Medium"),
            ("product", "PROD582"),
            ("lifecycle:transition", "In Progress"),
        ];
        text.push_str(&event(&attributes, &at));
    }
    text + "</trace>\n</log>\n"
}

/// The beginning of a process log, with a nested attribute of its own.
#[must_use]
pub fn xes_head(globals: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<!-- it's a log -->\n<log xes.version=\"1.0\" xmlns=\"http://www.xes-standard.org/\">\n<global scope=\"event\">{globals}</global>\n<float key=\"meta\" value=\"7.6\">\n<float key=\"Åse\" value=\"0.1\"/>\n</float>\n"
    )
}

/// One event of a process log.
#[must_use]
pub fn event(attributes: &[(&str, &str)], at: &str) -> String {
    let strings: String = attributes.iter().map(|(key, value)| format!("<string key=\"{key}\" value=\"{value}\"/>\n")).collect();
    format!("<event>\n{strings}<date key=\"time:timestamp\" value=\"{at}\"/>\n</event>\n")
}

/// A process log of one trace.
#[must_use]
pub fn trace(events: &[String]) -> String {
    format!("{}<trace>\n<string key=\"concept:name\" value=\"t1\"/>\n{}</trace>\n</log>\n", xes_head(""), events.concat())
}

/// One row of ServiceNow's log, by column of [`OFFICIAL`].
#[derive(Clone, Debug)]
pub struct Incident(Vec<String>);

impl Incident {
    /// The `nth` record of an incident that nothing is wrong with.
    #[must_use]
    pub fn new(number: u32, nth: u32) -> Self {
        let fields = "0,New,true,0,0,0,true,2403,8,29/2/2016 01:16,6,29/2/2016 01:23,21,29/2/2016 01:23,Phone,143,55,170,72,?,2,2,3,56,?,true,false,Do Not Notify,?,?,?,?,5,149,29/2/2016 11:29,5/3/2016 12:00";
        let new = Self(fields.split(',').map(str::to_owned).collect());
        let at = format!("29/2/2016 {:02}:{:02}", 2 + nth / 60, nth % 60);
        new.with("number", &format!("{number:07}")).with("sys_mod_count", &nth.to_string()).with("sys_updated_at", &at)
    }

    /// The row with another value in a column.
    #[must_use]
    pub fn with(mut self, column: &str, value: &str) -> Self {
        let place = OFFICIAL.split(',').position(|name| name == column).expect("a column of ServiceNow");
        value.clone_into(&mut self.0[place]);
        self
    }

    /// The row as a line.
    #[must_use]
    pub fn line(&self) -> String {
        self.0.join(",") + "\n"
    }
}

/// A whole file under the official header.
#[must_use]
pub fn servicenow(rows: &[Incident]) -> String {
    format!("{OFFICIAL}\n{}", rows.iter().map(Incident::line).collect::<String>())
}
