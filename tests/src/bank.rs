//! A made-up bank: rows in the shape of the Anonymous Bank's file, none of them real.

use crate::Draw;

/// The file's header.
pub const HEADER: &str = "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\tvru_time\tq_start\tq_exit\tq_time\toutcome\tser_start\tser_exit\tser_time\tserver";

/// One row, by column.
#[derive(Clone, Debug)]
pub struct Row(Vec<String>);

impl Row {
    /// A call that waited 30 seconds and was answered for two minutes; nothing in it needs mending.
    #[must_use]
    pub fn answered(call: u64) -> Self {
        let fields = ["AA0101", "", "7001", "2", "PS", "990201", "9:00:00", "9:00:10", "10", "9:00:10", "9:00:40", "30"];
        let more = ["AGENT", "9:00:40", "9:02:40", "120", "DORIT"];
        Self(fields.into_iter().chain(more).map(str::to_owned).collect()).with("call_id", &call.to_string())
    }

    /// A call whose customer left after 25 seconds.
    #[must_use]
    pub fn abandoned(call: u64) -> Self {
        let row = Self::answered(call).with("q_exit", "9:00:35").with("q_time", "25").with("outcome", "HANG");
        row.with("ser_start", "0:00:00").with("ser_exit", "0:00:00").with("ser_time", "0").with("server", "NO_SERVER")
    }

    /// The row with another value in a column.
    #[must_use]
    pub fn with(mut self, column: &str, value: &str) -> Self {
        let place = HEADER.split('\t').position(|name| name == column).expect("a column of the bank");
        value.clone_into(&mut self.0[place]);
        self
    }

    /// The row as a line, without its end.
    #[must_use]
    pub fn line(&self) -> String {
        self.0.join("\t")
    }
}

/// A whole file with the bank's own line ends.
#[must_use]
pub fn file(rows: &[Row]) -> String {
    let lines = rows.iter().map(Row::line);
    [HEADER.to_owned()].into_iter().chain(lines).map(|line| line + "\r\n").collect()
}

/// Seconds since midnight as the bank writes them.
fn clock(secs: u64) -> String {
    format!("{}:{:02}:{:02}", secs / 3600, secs / 60 % 60, secs % 60)
}

/// A believable file of `n` calls over four days, the same for the same seed, with the bank's own kinds of dirt.
#[must_use]
pub fn many(n: u64, seed: u64) -> Vec<Row> {
    let mut draw = Draw(seed);
    // Other seeds are other calls, not other words about the same ones.
    (0..n).map(|call| one(seed * 1_000_000 + call, &mut draw)).collect()
}

fn one(call: u64, draw: &mut Draw) -> Row {
    let agents = ["DORIT", "TOVA", "AVI", "YIFAT", "ROTH"];
    let topics = ["PS", "PE", "IN", "NE", "NW", "TT"];
    let vru = 7 * 3600 + draw.below(15 * 3600);
    let waited = [0, draw.below(200)][usize::try_from(draw.below(2)).unwrap_or(0)];
    let (start, queue) = (vru + draw.below(40), waited);
    let served = 5 + draw.below(600);
    let unnamed = draw.below(40) == 0;
    let customer = [0, 7_000 + draw.below(900)][usize::try_from(draw.below(2)).unwrap_or(0)];
    let mut pick = |from: &[&str]| from[usize::try_from(draw.below(from.len() as u64)).unwrap_or(0)].to_owned();
    let (agent, topic, outcome) = (pick(&agents), pick(&topics), pick(&["AGENT", "AGENT", "AGENT", "AGENT", "HANG", "PHANTOM"]));
    let (priority, day) = (pick(&["0", "1", "2"]), pick(&["990201", "990202", "990203", "990204"]));
    let row = Row::answered(call).with("customer_id", &customer.to_string()).with("priority", &priority).with("type", &topic);
    let row = row.with("date", &day).with("vru_entry", &clock(vru)).with("vru_exit", &clock(start));
    let row = row.with("vru_time", &(start - vru).to_string()).with("outcome", &outcome);
    let (from, to) = if queue == 0 { (0, 0) } else { (start, start + queue) };
    let row = row.with("q_start", &clock(from)).with("q_exit", &clock(to)).with("q_time", &queue.to_string());
    let (from, to, secs) = if outcome == "AGENT" { (start + queue, start + queue + served, served) } else { (0, 0, 0) };
    let agent = if outcome == "AGENT" && !unnamed { agent } else { "NO_SERVER".to_owned() };
    row.with("ser_start", &clock(from)).with("ser_exit", &clock(to)).with("ser_time", &secs.to_string()).with("server", &agent)
}
