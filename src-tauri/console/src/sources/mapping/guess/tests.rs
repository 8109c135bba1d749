//! Guesses of tables as people have them.

use super::*;
use crate::sources::mapping::Mapping;

fn table(csv: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut rows = csv.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    (rows.next().expect("a header"), rows.collect())
}

#[track_caller]
fn check(csv: &str, wanted: &[&str]) -> String {
    let (columns, rows) = table(csv);
    let text = guessed("Calls of May.csv", &columns, &rows);
    if let Err(problems) = Mapping::of(&text) {
        panic!("{problems:?}\n{text}");
    }
    wanted.iter().for_each(|line| assert!(text.lines().any(|said| said.starts_with(line)), "{line} is not in\n{text}"));
    text
}

#[test]
fn calls_are_guessed_with_their_times_spans_and_outcomes() {
    let csv = "Call Id,Agent,Start Time,Queue,Wait Time,Talk Time,Answered (Y/N),Region\n\
               ID0001,Diane,2024-05-01 09:12:58,sales,109,0:02:23,Y,north\n\
               ID0002,-,2024-05-01 09:13:10,sales,70,0:00:00,N,south\n";
    check(
        csv,
        &[
            "name = \"calls-of-may\"",
            "kind = \"contacts\"",
            "key = [\"Call Id\"]",
            "unknown = [\"-\"]",
            "started_at = \"Start Time\"",
            "talk_secs = { column = \"Talk Time\", unit = \"clock\" }",
            "waiting_secs = { column = \"Wait Time\", unit = \"s\" }",
            "outcome = { column = \"Answered (Y/N)\", values = { \"N\" = \"abandoned\", \"Y\" = \"answered\" }",
            "# Not read: [\"Region\"]",
        ],
    );
}

#[test]
fn chinese_headers_are_understood_and_their_zone_is_guessed() {
    let csv = "通话编号,来电时间,技能组,坐席姓名,等待时长,通话时长,接通状态,来电号码\n\
               1,2024/5/1 9:12,售后,王芳,12,240,已接通,13812345678\n2,2024/5/1 9:14,售后,,65,0,排队放弃,13987654321\n";
    let wanted = ["zone = \"Asia/Shanghai\"", "customer = \"来电号码\"", "queue = \"技能组\"", "times = [\"%Y/%m/%d %H:%M\"]"];
    check(csv, &wanted);
    let csv =
        "通話編號,來電時間,佇列,客服人員,等待時長\n1,2024-05-01 09:12:00,帳務,陳小姐,12\n2,2024-05-01 09:13:00,帳務,陳小姐,9\n";
    check(csv, &["zone = \"Asia/Taipei\"", "agent = \"客服人員\""]);
}

#[test]
fn a_ticket_is_told_by_an_id_that_comes_again() {
    let csv = "number,state,updated_at,assignment_group\nA,New,2024-05-01T09:00:00Z,G1\nA,Closed,2024-05-01T10:00:00Z,G2\n";
    check(csv, &["kind = \"tickets\"", "key = [\"number\"]", "status = \"state\"", "team = \"assignment_group\""]);
}

#[test]
fn an_event_is_told_by_types_that_are_known() {
    let csv = "session_id,event,timestamp,agent\nA,started,1714550000,\nA,queued,1714550005,\nA,connected,1714550020,eve\n";
    check(csv, &["kind = \"events\"", "times = [\"epoch_s\"]", "type = { column = \"event\""]);
}

#[test]
fn a_day_and_a_clock_in_two_columns_are_one_time() {
    let csv = "id,Date,Time,Department\n1,01/05/2024,9:12:58,a\n2,25/05/2024,10:12:58,b\n";
    let wanted = ["times = [\"%d/%m/%Y %H:%M:%S\"]", "started_at = { columns = [\"Date\", \"Time\"], crosses_midnight = true }"];
    check(csv, &wanted);
}

#[test]
fn what_is_hopeless_is_still_a_mapping() {
    for csv in ["a,b\n1,2\n", "\"x\\,y\n", "a,a\n,\n", ",,\n", "id,id\n?,?\n", "一,二\n"] {
        check(csv, &["mapping = 1"]);
    }
}
