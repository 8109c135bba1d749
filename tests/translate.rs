//! One foreign row becomes facts, with every kind of dirt mended or refused: the bank's translator, row by row.

use console::keys::Pseudonyms;
use console::sources::SourceKind;
use events::Moment;
use expect_test::{Expect, expect};
use tests::bank::{HEADER, Row};

/// A moment as the bank's clocks show it.
fn local(at: Moment) -> String {
    let zone = projections::figure::zone_of("Asia/Jerusalem");
    projections::figure::in_zone(at, &zone)[5..19].replace('T', " ")
}

fn told(header: &str, line: &str) -> String {
    let translator = match SourceKind::AnonymousBank.translator(header, Pseudonyms::of_no_secret()) {
        Ok(translator) => translator,
        Err(error) => return format!("{:?}: {error}", error.code),
    };
    match translator.translate(line) {
        Err(misfit) => format!("refused: {} ({})", misfit.reason, misfit.detail.unwrap_or_default()),
        Ok(translated) => {
            let facts = translated.events.iter().map(|fact| {
                let name = fact.body.event_type.trim_start_matches("conversation.");
                format!("{} {name} {}", local(fact.occurred_at), String::from_utf8_lossy(&fact.body.data))
            });
            let mended = translated.repairs.iter().map(|repair| format!("mended: {repair}"));
            facts.chain(mended).collect::<Vec<_>>().join("\n")
        }
    }
}

#[track_caller]
fn check(row: Row, want: Expect) {
    want.assert_eq(&told(HEADER, &row.line()));
}

#[test]
fn a_call_that_was_answered_is_six_facts() {
    check(
        Row::answered(1),
        expect![[r#"
            02-01 09:00:00 started {"channel":"voice","direction":"inbound","topic":"PS","priority":2,"customer":"c-ab259b11f7933c9e5a27e6ee4b4f8e7c","entry":"AA0101"}
            02-01 09:00:10 self_service_ended {}
            02-01 09:00:10 enqueued {"queue":"PS"}
            02-01 09:00:40 assigned {"agent":"DORIT"}
            02-01 09:00:40 dequeued {"reason":"answered"}
            02-01 09:02:40 ended {}"#]],
    );
}

#[test]
fn a_call_that_was_given_up_has_no_agent() {
    check(
        Row::abandoned(1),
        expect![[r#"
            02-01 09:00:00 started {"channel":"voice","direction":"inbound","topic":"PS","priority":2,"customer":"c-ab259b11f7933c9e5a27e6ee4b4f8e7c","entry":"AA0101"}
            02-01 09:00:10 self_service_ended {}
            02-01 09:00:10 enqueued {"queue":"PS"}
            02-01 09:00:35 abandoned {}"#]],
    );
}

#[test]
fn a_call_that_did_not_wait_leaves_the_queue_as_it_comes() {
    let row = Row::answered(1).with("q_start", "0:00:00").with("q_exit", "0:00:00").with("q_time", "0");
    check(
        row.with("ser_start", "9:00:09").with("ser_exit", "9:02:09"),
        expect![[r#"
            02-01 09:00:00 started {"channel":"voice","direction":"inbound","topic":"PS","priority":2,"customer":"c-ab259b11f7933c9e5a27e6ee4b4f8e7c","entry":"AA0101"}
            02-01 09:00:10 self_service_ended {}
            02-01 09:00:10 enqueued {"queue":"PS"}
            02-01 09:00:09 assigned {"agent":"DORIT"}
            02-01 09:00:10 dequeued {"reason":"answered"}
            02-01 09:02:09 ended {}"#]],
    );
}

#[test]
fn midnight_may_pass_in_the_menu() {
    let row = Row::answered(1).with("vru_entry", "23:59:55").with("vru_exit", "0:00:05").with("vru_time", "10");
    let row = row.with("q_start", "0:00:05").with("q_exit", "0:00:35").with("q_time", "30");
    check(
        row.with("ser_start", "0:00:35").with("ser_exit", "0:02:35"),
        expect![[r#"
            02-01 23:59:55 started {"channel":"voice","direction":"inbound","topic":"PS","priority":2,"customer":"c-ab259b11f7933c9e5a27e6ee4b4f8e7c","entry":"AA0101"}
            02-02 00:00:05 self_service_ended {}
            02-02 00:00:05 enqueued {"queue":"PS"}
            02-02 00:00:35 assigned {"agent":"DORIT"}
            02-02 00:00:35 dequeued {"reason":"answered"}
            02-02 00:02:35 ended {}
            mended: crossed_midnight"#]],
    );
}

#[test]
fn midnight_may_pass_in_the_queue() {
    let row = Row::answered(1).with("vru_entry", "23:59:30").with("vru_exit", "23:59:40").with("vru_time", "10");
    let row = row.with("q_start", "23:59:40").with("q_exit", "0:00:10").with("q_time", "30");
    check(
        row.with("ser_start", "0:00:10").with("ser_exit", "0:02:10"),
        expect![[r#"
            02-01 23:59:30 started {"channel":"voice","direction":"inbound","topic":"PS","priority":2,"customer":"c-ab259b11f7933c9e5a27e6ee4b4f8e7c","entry":"AA0101"}
            02-01 23:59:40 self_service_ended {}
            02-01 23:59:40 enqueued {"queue":"PS"}
            02-02 00:00:10 assigned {"agent":"DORIT"}
            02-02 00:00:10 dequeued {"reason":"answered"}
            02-02 00:02:10 ended {}
            mended: crossed_midnight"#]],
    );
}

#[test]
fn midnight_may_pass_in_the_service() {
    let row = Row::answered(1).with("vru_entry", "23:58:00").with("vru_exit", "23:58:10").with("vru_time", "10");
    let row = row.with("q_start", "23:58:10").with("q_exit", "23:58:40").with("q_time", "30");
    check(
        row.with("ser_start", "23:58:40").with("ser_exit", "0:00:40"),
        expect![[r#"
            02-01 23:58:00 started {"channel":"voice","direction":"inbound","topic":"PS","priority":2,"customer":"c-ab259b11f7933c9e5a27e6ee4b4f8e7c","entry":"AA0101"}
            02-01 23:58:10 self_service_ended {}
            02-01 23:58:10 enqueued {"queue":"PS"}
            02-01 23:58:40 assigned {"agent":"DORIT"}
            02-01 23:58:40 dequeued {"reason":"answered"}
            02-02 00:00:40 ended {}
            mended: crossed_midnight"#]],
    );
}

#[test]
fn hours_past_twenty_three_belong_to_the_next_day() {
    let row = Row::answered(1).with("vru_entry", "24:00:00").with("vru_exit", "24:00:10").with("vru_time", "10");
    let row = row.with("q_start", "24:00:10").with("q_exit", "24:00:40").with("q_time", "30");
    check(
        row.with("ser_start", "24:00:40").with("ser_exit", "24:02:40"),
        expect![[r#"
            02-02 00:00:00 started {"channel":"voice","direction":"inbound","topic":"PS","priority":2,"customer":"c-ab259b11f7933c9e5a27e6ee4b4f8e7c","entry":"AA0101"}
            02-02 00:00:10 self_service_ended {}
            02-02 00:00:10 enqueued {"queue":"PS"}
            02-02 00:00:40 assigned {"agent":"DORIT"}
            02-02 00:00:40 dequeued {"reason":"answered"}
            02-02 00:02:40 ended {}"#]],
    );
}

#[test]
fn a_menu_that_ended_before_it_began_is_kept_as_recorded() {
    check(
        Row::abandoned(1).with("vru_exit", "8:59:50").with("vru_time", "-10"),
        expect![[r#"
            02-01 09:00:00 started {"channel":"voice","direction":"inbound","topic":"PS","priority":2,"customer":"c-ab259b11f7933c9e5a27e6ee4b4f8e7c","entry":"AA0101"}
            02-01 08:59:50 self_service_ended {}
            02-01 09:00:10 enqueued {"queue":"PS"}
            02-01 09:00:35 abandoned {}
            mended: self_service_time_negative"#]],
    );
}

#[test]
fn an_agent_may_be_unknown() {
    check(
        Row::answered(1).with("server", "NO_SERVER"),
        expect![[r#"
            02-01 09:00:00 started {"channel":"voice","direction":"inbound","topic":"PS","priority":2,"customer":"c-ab259b11f7933c9e5a27e6ee4b4f8e7c","entry":"AA0101"}
            02-01 09:00:10 self_service_ended {}
            02-01 09:00:10 enqueued {"queue":"PS"}
            02-01 09:00:40 assigned {}
            02-01 09:00:40 dequeued {"reason":"answered"}
            02-01 09:02:40 ended {}
            mended: agent_not_recorded"#]],
    );
}

#[test]
fn a_service_without_times_begins_when_the_wait_ends() {
    check(
        Row::answered(1).with("ser_start", "0:00:00").with("ser_exit", "0:00:00").with("ser_time", "0"),
        expect![[r#"
            02-01 09:00:00 started {"channel":"voice","direction":"inbound","topic":"PS","priority":2,"customer":"c-ab259b11f7933c9e5a27e6ee4b4f8e7c","entry":"AA0101"}
            02-01 09:00:10 self_service_ended {}
            02-01 09:00:10 enqueued {"queue":"PS"}
            02-01 09:00:40 assigned {"agent":"DORIT"}
            02-01 09:00:40 dequeued {"reason":"answered"}
            02-01 09:00:40 ended {}
            mended: service_time_not_recorded"#]],
    );
}

#[test]
fn a_service_after_giving_up_is_left_out_and_told() {
    check(
        Row::abandoned(1).with("ser_start", "9:00:35").with("ser_exit", "9:00:45").with("ser_time", "10"),
        expect![[r#"
            02-01 09:00:00 started {"channel":"voice","direction":"inbound","topic":"PS","priority":2,"customer":"c-ab259b11f7933c9e5a27e6ee4b4f8e7c","entry":"AA0101"}
            02-01 09:00:10 self_service_ended {}
            02-01 09:00:10 enqueued {"queue":"PS"}
            02-01 09:00:35 abandoned {}
            mended: abandoned_with_service_time"#]],
    );
}

#[test]
fn measured_seconds_win_over_the_clocks_beside_them() {
    check(
        Row::answered(1).with("q_time", "35").with("ser_time", "99"),
        expect![[r#"
            02-01 09:00:00 started {"channel":"voice","direction":"inbound","topic":"PS","priority":2,"customer":"c-ab259b11f7933c9e5a27e6ee4b4f8e7c","entry":"AA0101"}
            02-01 09:00:10 self_service_ended {}
            02-01 09:00:10 enqueued {"queue":"PS"}
            02-01 09:00:40 assigned {"agent":"DORIT"}
            02-01 09:00:45 dequeued {"reason":"answered"}
            02-01 09:02:19 ended {}
            mended: queue_time_disagrees
            mended: service_time_disagrees"#]],
    );
}

#[test]
fn a_phantom_is_no_contact() {
    check(
        Row::abandoned(1).with("outcome", "PHANTOM"),
        expect![[r#"
            02-01 09:00:00 started {"channel":"voice","direction":"inbound","topic":"PS","priority":2,"customer":"c-ab259b11f7933c9e5a27e6ee4b4f8e7c","entry":"AA0101"}
            02-01 09:00:10 self_service_ended {}
            02-01 09:00:10 voided {"reason":"PHANTOM"}"#]],
    );
}

#[test]
fn nobody_is_behind_customer_zero() {
    check(
        Row::abandoned(1).with("customer_id", "0"),
        expect![[r#"
        02-01 09:00:00 started {"channel":"voice","direction":"inbound","topic":"PS","priority":2,"entry":"AA0101"}
        02-01 09:00:10 self_service_ended {}
        02-01 09:00:10 enqueued {"queue":"PS"}
        02-01 09:00:35 abandoned {}"#]],
    );
}

#[test]
fn a_call_back_is_the_desks_own_call() {
    check(
        Row::abandoned(1).with("type", "TT"),
        expect![[r#"
            02-01 09:00:00 started {"channel":"voice","direction":"callback","topic":"TT","priority":2,"customer":"c-ab259b11f7933c9e5a27e6ee4b4f8e7c","entry":"AA0101"}
            02-01 09:00:10 self_service_ended {}
            02-01 09:00:10 enqueued {"queue":"TT"}
            02-01 09:00:35 abandoned {}"#]],
    );
}

#[test]
fn what_makes_no_sense_is_refused_with_its_field() {
    let refused = |column, value| check_refused(Row::answered(1).with(column, value));
    let all = [
        refused("date", "990231"),
        refused("date", "99-02-01"),
        refused("date", ""),
        refused("vru_entry", "25:61:00"),
        refused("vru_entry", "9:00"),
        refused("q_exit", "noon"),
        refused("ser_start", "-1:00:00"),
        refused("q_time", "-5"),
        refused("ser_time", "1e9"),
        refused("vru_time", ""),
        refused("priority", "high"),
        refused("priority", "300"),
        refused("outcome", "LOST"),
        told(HEADER, "a\tb\tc"),
        told(HEADER, &(Row::answered(1).line() + "\textra")),
    ];
    expect![[r#"
        refused: bad_date (date
        refused: bad_date (date
        refused: bad_date (date
        refused: bad_time (vru_entry
        refused: bad_time (vru_entry
        refused: bad_time (q_exit
        refused: bad_time (ser_start
        refused: bad_number (a time in the queue of -5 s and in service of 120 s)
        refused: bad_number (ser_time
        refused: bad_number (vru_time
        refused: bad_number (priority
        refused: bad_priority (priority
        refused: bad_outcome (outcome
        refused: field_count (3 fields instead of 17)
        refused: field_count (18 fields instead of 17)"#]]
    .assert_eq(&all.join("\n"));
}

/// Why a row is refused and which field was wrong; what stood there is nobody's business.
#[track_caller]
fn check_refused(row: Row) -> String {
    let said = told(HEADER, &row.line());
    assert!(said.starts_with("refused: "), "{said}");
    said.split(" is ").next().unwrap_or_default().to_owned()
}

#[test]
fn columns_may_come_in_any_order_and_with_others_between() {
    let swap = |line: &str| {
        let mut fields: Vec<&str> = line.split('\t').collect();
        fields.swap(0, 16);
        fields.insert(5, "remark");
        fields.join("\t")
    };
    let row = Row::answered(1).line();
    assert_eq!(told(&swap(HEADER), &swap(&row)), told(HEADER, &row));
}

#[test]
fn a_header_that_lacks_or_doubles_a_column_is_told() {
    let lacks = HEADER.replace("\tq_time", "").replace("\tserver", "");
    let doubles = format!("{HEADER}\tq_time");
    let both = [told(&lacks, ""), told(&doubles, ""), told("", "")].join("\n");
    expect![[r#"
        HeaderIncomplete: the header lacks q_time, server
        HeaderDuplicate: the header names q_time twice
        HeaderIncomplete: the header lacks vru+line, call_id, customer_id, priority, type, date, vru_entry, vru_exit, vru_time, q_start, q_exit, q_time, outcome, ser_start, ser_exit, ser_time, server"#]].assert_eq(&both);
}

#[test]
fn the_same_row_gives_the_same_ids_for_ever() {
    let translator = SourceKind::AnonymousBank.translator(HEADER, Pseudonyms::of_no_secret()).expect("the bank's header");
    let row = translator.translate(&Row::answered(34_536).line()).expect("a good row");
    let ids: Vec<String> = row.events.iter().map(|fact| format!("{} {}", fact.stream, fact.id)).collect();
    expect![[r#"
        conversation-bank.990201.AA0101.34536 43a024f7-c2af-582b-9417-26f3153b4cc8
        conversation-bank.990201.AA0101.34536 4baa0f35-94ab-5782-9359-45d2034bb438
        conversation-bank.990201.AA0101.34536 e121ae22-8b62-5629-9db2-2157d1c6d349
        conversation-bank.990201.AA0101.34536 c4f3fe44-6a10-523a-9473-2a78919a9ddd
        conversation-bank.990201.AA0101.34536 2b0afd5e-9039-543b-a394-76fb82235de3
        conversation-bank.990201.AA0101.34536 d55ed20d-ab7f-5632-85ec-15711ab1f076"#]]
    .assert_eq(&ids.join("\n"));
}

#[test]
fn what_stood_in_a_wrong_field_is_not_told_when_it_may_be_a_customers() {
    // A row whose fields slipped by one: the customer's number stands where the priority should.
    let said = told(HEADER, &Row::answered(1).with("priority", "23317894").line());
    assert!(!said.contains("23317894"), "{said}");
}
