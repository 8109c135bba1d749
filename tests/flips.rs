//! No single bit of the file changes a record unnoticed.

use std::collections::BTreeMap;
use std::path::Path;

use console::verification::verify;
use sqlx::{Connection, Row, SqliteConnection};
use tests::Draw;
use tests::victim::{Victim, witness};

/// Every row's columns by position, each read by itself; `None` where a row cannot be read.
async fn rows(path: &Path, n: u64) -> Vec<Option<String>> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).read_only(true);
    let Ok(mut connection) = SqliteConnection::connect_with(&options).await else { return vec![None; n as usize] };
    let column = |name: &str| format!("typeof({name}) || hex(CAST({name} AS BLOB))");
    let names = ["stream", "version", "id", "type", "schema", "occurred_us", "recorded_us", "meta", "data"];
    let each = names.map(column).join(" || ',' || ");
    let texts = "(SELECT hex(subject) || hex(bytes) FROM sealed s WHERE s.position = e.position)";
    let sql = format!("SELECT e.position, {each}, coalesce({texts}, '') FROM event e");
    let read = |rows: Vec<sqlx::sqlite::SqliteRow>| -> Vec<(i64, String)> {
        let text = |row: &sqlx::sqlite::SqliteRow| {
            Some(format!("{}|{}", row.try_get::<String, _>(1).ok()?, row.try_get::<String, _>(2).ok()?))
        };
        rows.iter().filter_map(|row| Some((row.try_get(0).ok()?, text(row)?))).collect()
    };
    let mut found = vec![None; n as usize];
    let all = format!("{sql} ORDER BY e.position");
    if let Ok(all) = sqlx::query(sqlx::AssertSqlSafe(all)).fetch_all(&mut connection).await {
        for (position, text) in read(all) {
            // A row that says it stands where another stands is not the one that is found there.
            if let Some(place) = usize::try_from(position).ok().and_then(|position| found.get_mut(position)) {
                place.get_or_insert(text);
            }
        }
        return found;
    }
    for position in 0..n {
        let one = format!("{sql} WHERE e.position = {position}");
        let row = sqlx::query(sqlx::AssertSqlSafe(one)).fetch_all(&mut connection).await.map(read);
        found[position as usize] = row.ok().and_then(|mut row| row.pop()).map(|(_, text)| text);
    }
    found
}

#[tokio::test]
async fn no_flipped_bit_changes_a_record_unnoticed() {
    let victim = Victim::new().await;
    let (pristine, path) = (victim.copy(), victim.path());
    let bytes = &pristine[&path];
    let (before, root) = (rows(&path, victim.n).await, victim.report().await.root);
    assert!(before.iter().all(Option::is_some) && root.is_some());
    let (mut draw, mut tried, mut changed, mut of_evidence, mut unseen) = (Draw(20_260_302), 0, 0, 0, 0);
    while tried < 320 {
        tried += 1;
        let (place, bit) = (draw.below(bytes.len() as u64) as usize, draw.below(8));
        let mut flipped = bytes.clone();
        flipped[place] ^= 1 << bit;
        victim.put(&BTreeMap::from([(path.clone(), flipped)]));
        let report = verify(&path, &witness(&victim.place), &[], &|_, _| {}).await;
        let after = rows(&path, victim.n).await;
        let first = before.iter().zip(&after).position(|(before, after)| before != after);
        match (first, report) {
            (Some(first), Ok(report)) => {
                let told = report.first_bad.map(|position| position.0);
                assert!(
                    told.is_some_and(|told| told <= first as u64),
                    "byte {place}, bit {bit}: {first} was changed, {report:?}"
                );
                changed += 1;
            }
            // The file is refused as a whole.
            (Some(_), Err(_)) => changed += 1,
            (None, Ok(report)) if report.clean() => {
                assert_eq!((report.root, report.verified_to), (root.clone(), victim.n), "byte {place}, bit {bit}");
                unseen += 1;
            }
            (None, _) => of_evidence += 1,
        }
    }
    victim.put(&pristine);
    assert!(100 < changed, "{changed}");
    println!("{tried} bits: {changed} changed a record, {of_evidence} the evidence or the file, {unseen} neither");
}
