//! What goes on arriving: rows on the standard input and files in a folder are in the log promptly, once, in their order.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use console::clock::Clock;
use console::import::folder::{Earlier, Taken, Watch, earlier, watch};
use console::import::{Cancel, Ending, ImportError};
use console::log::memory::MemoryLog;
use console::log::sqlite::SqliteLog;
use console::verbs::Trouble;
use serde_json::{Value, json};
use tests::bank::{file, many};
use tests::made_up::EVENING;
use tests::place::{Place, all, folded};
use tests::program::{command, run};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Longer than anything here takes: a test that waits so long has failed.
const LONG: Duration = Duration::from_secs(120);

/// A CloudEvent of a conversation, on a line.
fn line(number: u64) -> String {
    let event = json!({
        "specversion": "1.0", "id": format!("e{number}"), "source": "feed", "type": "conversation.resolved",
        "time": format!("2026-03-02T01:{:02}:{:02}Z", number / 60 % 60, number % 60),
        "streamid": format!("conversation-{number}"), "data": {},
    });
    format!("{event}\n")
}

fn lines(numbers: std::ops::Range<u64>) -> String {
    numbers.map(line).collect()
}

/// The program as it reads its standard input; what it tells on the standard error comes line by line.
struct Feed {
    child: Child,
    stdin: Option<ChildStdin>,
    told: Receiver<String>,
}

impl Feed {
    fn of(log: &Path, arguments: &[&str]) -> Self {
        let mut program = command();
        program.arg("--log").arg(log).args(arguments).env("RETRACE_LOG", "info");
        program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = program.spawn().expect("the program runs");
        let errors = BufReader::new(child.stderr.take().expect("piped"));
        let (to, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || errors.lines().map_while(Result::ok).try_for_each(|line| to.send(line)));
        Self { stdin: child.stdin.take(), child, told }
    }

    fn write(&mut self, text: &str) {
        let stdin = self.stdin.as_mut().expect("open");
        stdin.write_all(text.as_bytes()).and_then(|()| stdin.flush()).expect("it reads");
    }

    /// Waits until the program tells this.
    #[track_caller]
    fn tells(&self, what: &str) {
        loop {
            let line = self.told.recv_timeout(LONG).unwrap_or_else(|error| panic!("{error} before it told {what:?}"));
            if line.contains(what) {
                return;
            }
        }
    }

    fn interrupt(&self) {
        let killed = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(killed.expect("kill is there").success());
    }

    /// Its exit code and the JSON on its standard output, a value a line.
    fn ended(mut self) -> (i32, Vec<Value>) {
        drop(self.stdin.take());
        let output = self.child.wait_with_output().expect("it ends");
        let out = String::from_utf8(output.stdout).expect("UTF-8");
        let values = out.lines().map(|line| serde_json::from_str(line).expect("JSON lines")).collect();
        (output.status.code().unwrap_or(-1), values)
    }
}

async fn conversations(log: &Path) -> usize {
    let log = SqliteLog::open_to_read(log).await.expect("it can be read beside its writer");
    all(&log).await.iter().filter(|stored| stored.fact.stream.noun() == "conversation").count()
}

#[tokio::test]
async fn a_row_that_arrives_alone_is_in_the_log_before_the_next() {
    let place = Place::default();
    let log = place.log_path();
    let mut feed = Feed::of(&log, &["import", "--source", "cloudevents", "-", "--json"]);
    for number in 0..3 {
        feed.write(&line(number));
        // The input stays open: this is told because time has passed, not because there are enough rows.
        feed.tells(&format!("rows={}", number + 1));
        assert_eq!(conversations(&log).await, number as usize + 1);
    }
    feed.write("{ no json\n");
    feed.write(&line(3)[..40]);
    feed.tells("rows=4");
    feed.write(&line(3)[40..]);
    feed.tells("rows=5");
    let (code, said) = feed.ended();
    assert_eq!((code, &said[0]["events_written"], &said[0]["refused"]), (0, &json!(4), &json!({ "bad_json": 1 })));
    assert_eq!(conversations(&log).await, 4);
}

#[test]
fn the_same_input_twice_adds_nothing() {
    let place = Place::default();
    let mut said = Vec::new();
    for _ in 0..2 {
        let mut feed = Feed::of(&place.log_path(), &["import", "-", "--json"]);
        feed.write(&lines(0..700));
        said.extend(feed.ended().1);
    }
    let counts = |said: &Value| [&said["rows_read"], &said["events_written"], &said["already_present"]].map(Value::as_u64);
    assert_eq!(counts(&said[0]), [Some(700), Some(700), Some(0)]);
    assert_eq!(counts(&said[1]), [Some(700), Some(0), Some(700)]);
}

#[tokio::test]
async fn an_interrupt_ends_a_feed_that_says_nothing_and_keeps_what_it_said() {
    let place = Place::default();
    let log = place.log_path();
    let silent = Feed::of(&log, &["import", "-", "--json"]);
    let mut feed = silent;
    feed.write(&line(0));
    feed.tells("rows=1");
    feed.interrupt();
    // The input is still open.
    let code = feed.child.wait().expect("it ends").code();
    assert_eq!(code, Some(1));
    assert_eq!(conversations(&log).await, 1);
    assert_eq!(run(&log, &["verify", "--json"]).code, 0, "what was taken in is whole");
}

/// A folder that is watched by this test, and what is told of its files.
struct Watched {
    folder: PathBuf,
    log: MemoryLog,
    clock: Clock,
    mapping: Option<String>,
}

impl Watched {
    fn of(place: &Place) -> Self {
        let folder = place.path("inbox");
        std::fs::create_dir(&folder).expect("a folder can be made");
        let clock = Clock::chosen(EVENING);
        Self { folder, log: MemoryLog::new(clock.clone()), clock, mapping: None }
    }

    /// A file that comes in whole, by its name, as a careful writer brings it.
    fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        let unfinished = self.folder.join(format!("{name}.part"));
        std::fs::write(&unfinished, content).expect("the folder can be written");
        std::fs::rename(unfinished, self.folder.join(name)).expect("it can be renamed");
    }

    fn append(&self, name: &str, content: impl AsRef<[u8]>) {
        let mut file = std::fs::File::options().append(true).open(self.folder.join(name)).expect("it is there");
        file.write_all(content.as_ref()).expect("it can be written");
    }

    /// Watches while `doing`; the watch ends with it.
    async fn while_watched(&self, earlier: std::collections::BTreeMap<String, Vec<Earlier>>, doing: impl AsyncFnOnce(Told)) {
        let (to, told) = unbounded_channel();
        let cancel = Cancel::default();
        let what = Watch { folder: self.folder.clone(), source: None, mapping: self.mapping.clone(), earlier };
        let each = |taken: Taken| to.send(taken).expect("the test listens");
        let watching = watch(&self.log, &self.clock, what, &cancel, each);
        let doing = async {
            doing(Told(told)).await;
            cancel.cancel();
        };
        let both = async { tokio::join!(biased; watching, doing) };
        let (watched, ()) = tokio::time::timeout(LONG, both).await.expect("nothing is waited for in vain");
        watched.expect("the folder can be watched");
    }
}

struct Told(UnboundedReceiver<Taken>);

impl Told {
    /// What is told of the next file: its name, how it ended, and its rows read and facts written.
    async fn next(&mut self) -> String {
        let taken = self.0.recv().await.expect("the watch goes on");
        let name = taken.path.file_name().expect("a name").to_string_lossy().into_owned();
        match taken.ending {
            Ok(Ending::Finished) => format!("{name}: {} rows, {} new", taken.report.n_rows_read, taken.report.n_events_written),
            Ok(Ending::Interrupted(ImportError::File { code, .. })) | Err(ImportError::File { code, .. }) => {
                format!("{name}: {code:?} after {} rows", taken.report.n_rows_read)
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn files_are_imported_once_in_the_order_of_their_names() {
    let place = Place::default();
    let watched = Watched::of(&place);
    watched.put("b.jsonl", lines(0..3));
    watched.put("a.jsonl", lines(3..5));
    watched.put(".hidden.jsonl", lines(90..95));
    std::fs::write(watched.folder.join("c.jsonl.part"), lines(95..99)).expect("written");
    watched
        .while_watched(Default::default(), async |mut told| {
            assert_eq!(told.next().await, "a.jsonl: 2 rows, 2 new");
            assert_eq!(told.next().await, "b.jsonl: 3 rows, 3 new");
            watched.put("d.jsonl", lines(4..7));
            assert_eq!(told.next().await, "d.jsonl: 3 rows, 2 new", "a row that is there already adds nothing");
            // The same content under another name is known by what it holds: the next that is told is another file.
            watched.put("e.jsonl", lines(0..3));
            watched.put("f.jsonl", lines(7..8));
            assert_eq!(told.next().await, "f.jsonl: 1 rows, 1 new");
        })
        .await;
    assert_eq!(folded(&watched.log).await.conversations.by_id.len(), 8);
}

#[tokio::test]
async fn a_file_that_grows_is_taken_up_where_it_stopped() {
    let place = Place::default();
    let watched = Watched::of(&place);
    let calls = file(&many(40, 3));
    // In the middle of a row: the twentieth line, without its end.
    let ends: Vec<usize> = calls.match_indices('\n').map(|(at, _)| at + 1).collect();
    let (ten, twenty) = (ends[10], ends[20] - 9);
    watched.put("calls.tsv", &calls[..ten]);
    watched
        .while_watched(Default::default(), async |mut told| {
            let first = told.next().await;
            assert!(first.starts_with("calls.tsv: 10 rows"), "{first}");
            watched.append("calls.tsv", &calls[ten..twenty]);
            let second = told.next().await;
            assert!(second.starts_with("calls.tsv: 10 rows"), "{second}");
            watched.append("calls.tsv", &calls[twenty..]);
            let third = told.next().await;
            assert!(third.starts_with("calls.tsv: 21 rows"), "the row without an end is read again: {third}");
        })
        .await;
    let whole = MemoryLog::new(Clock::chosen(EVENING));
    let order = console::import::Order { path: place.file("whole.tsv", &calls), source: None, mapping: None };
    let progress = tokio::sync::watch::Sender::new(console::import::Progress::default());
    let (report, _) = console::import::import(&whole, &watched.clock, &order, &Cancel::default(), &progress).await.expect("good");
    assert_eq!(report.n_rows_read, 40);
    let ids = async |log: &MemoryLog| -> std::collections::BTreeSet<_> {
        all(log).await.iter().filter(|stored| stored.fact.stream.noun() != "import").map(|stored| stored.fact.id).collect()
    };
    assert!(ids(&watched.log).await.is_superset(&ids(&whole).await), "every row's facts are there");
    let imports = folded(&watched.log).await.imports;
    assert_eq!(imports.by_id.values().last().expect("an import").report.as_ref().expect("it ended").n_rows_read, 40);
}

#[tokio::test]
async fn a_file_in_trouble_is_told_and_stops_nothing() {
    let place = Place::default();
    let watched = Watched::of(&place);
    let packed = |text: &str| {
        let mut packing = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packing.write_all(text.as_bytes()).and_then(|()| packing.finish()).expect("memory takes it")
    };
    let cut = packed(&lines(0..2_000));
    watched.put("1-cut.jsonl.gz", &cut[..cut.len() / 2]);
    watched.put("2-what.csv", "one,two\n1,2\n");
    watched.put("3-bomb.jsonl.gz", packed(&"0".repeat(80 << 20)));
    watched.put("4-gbk.tsv", encoded("话务\n"));
    watched.put("5-good.jsonl", format!("{}{{\"specversion\":\n{}", line(1), line(2)));
    watched
        .while_watched(Default::default(), async |mut told| {
            let cut = told.next().await;
            assert!(cut.starts_with("1-cut.jsonl.gz: GzipTruncated after"), "{cut}");
            assert_eq!(told.next().await, format!("2-what.csv: {:?} after 0 rows", Trouble::MappingMissing));
            let bomb = told.next().await;
            assert!(bomb.starts_with("3-bomb.jsonl.gz: "), "{bomb}");
            assert_eq!(told.next().await, "4-gbk.tsv: FormatUnknown after 0 rows");
            let good = told.next().await;
            assert!(good.starts_with("5-good.jsonl: 3 rows"), "a row that makes no sense spoils no other: {good}");
            // Mended, it is looked at again.
            watched.put("1-cut.jsonl.gz", packed(&lines(0..2_000)));
            let mended = told.next().await;
            assert!(mended.starts_with("1-cut.jsonl.gz: 1") && mended.contains(" new"), "what was cut off goes on: {mended}");
        })
        .await;
    assert_eq!(folded(&watched.log).await.conversations.by_id.len(), 2_000);
}

fn encoded(text: &str) -> Vec<u8> {
    // 话务 in GBK, by its bytes.
    assert_eq!(text, "话务\n");
    vec![0xbb, 0xb0, 0xce, 0xf1, b'\n']
}

#[tokio::test]
async fn tables_that_appear_and_grow_are_read_by_the_mapping_that_was_given() {
    let place = Place::default();
    let mapping = concat!(
        "mapping = 1\nname = \"shop\"\nkind = \"contacts\"\nzone = \"Asia/Shanghai\"\ntimes = [\"%Y-%m-%d %H:%M:%S\"]\nkey = [\"id\"]\n",
        "[fields]\nchannel = { constant = \"voice\" }\nstarted_at = \"began\"\nqueue = \"queue\"\n",
    );
    let watched = Watched { mapping: Some(mapping.to_owned()), ..Watched::of(&place) };
    let row = |n: u32| format!("{n},2026-03-02 09:0{n}:00,sales\n");
    watched.put("a.csv", format!("id,began,queue\n{}", row(1)));
    watched
        .while_watched(Default::default(), async |mut told| {
            let first = told.next().await;
            assert!(first.starts_with("a.csv: 1 rows"), "{first}");
            watched.append("a.csv", row(2));
            assert!(told.next().await.starts_with("a.csv: 1 rows"), "only what came since");
        })
        .await;
    assert_eq!(folded(&watched.log).await.conversations.by_id.len(), 2);
}

#[tokio::test]
async fn a_watch_that_is_begun_again_reads_only_what_came_since() {
    let place = Place::default();
    let watched = Watched::of(&place);
    watched.put("a.jsonl", lines(0..5));
    watched.while_watched(Default::default(), async |mut told| assert_eq!(told.next().await, "a.jsonl: 5 rows, 5 new")).await;
    watched.append("a.jsonl", lines(5..7));
    watched.put("b.jsonl", lines(7..8));
    let known = earlier(&folded(&watched.log).await);
    assert_eq!(known.get("a.jsonl").map(Vec::len), Some(1));
    watched
        .while_watched(known, async |mut told| {
            assert_eq!(told.next().await, "a.jsonl: 2 rows, 2 new");
            assert_eq!(told.next().await, "b.jsonl: 1 rows, 1 new");
        })
        .await;
}

#[tokio::test]
async fn a_header_alone_is_followed_by_its_rows() {
    let place = Place::default();
    let watched = Watched::of(&place);
    let calls = file(&many(2, 5));
    let header = calls.find('\n').expect("a header") + 1;
    watched.put("calls.tsv", &calls[..header]);
    watched
        .while_watched(Default::default(), async |mut told| {
            assert_eq!(told.next().await, "calls.tsv: NothingUnderstood after 0 rows");
            watched.append("calls.tsv", &calls[header..]);
            let rows = told.next().await;
            assert!(rows.starts_with("calls.tsv: 2 rows"), "{rows}");
        })
        .await;
}

#[test]
fn a_watch_ends_with_a_report_and_a_checkpoint() {
    let place = Place::default();
    let inbox = place.path("inbox");
    std::fs::create_dir(&inbox).expect("a folder can be made");
    std::fs::write(inbox.join("a.jsonl"), lines(0..5)).expect("written");
    let feed = Feed::of(&place.log_path(), &["import", "--watch", inbox.to_str().expect("a path"), "--json"]);
    feed.tells("rows=5");
    std::fs::write(inbox.join("b.jsonl"), lines(5..9)).expect("written");
    feed.tells("rows=4");
    feed.interrupt();
    let (code, said) = feed.ended();
    assert_eq!(code, 0, "{said:?}");
    let [.., total] = said.as_slice() else { panic!("nothing was said") };
    assert_eq!(
        (&total["events_written"], &total["signed_events"]),
        (&json!(9), &json!(total["position"].as_u64().map(|at| at + 1)))
    );
    assert!(said.len() <= 3 && said[0]["file"].as_str().is_some_and(|file| file.ends_with("a.jsonl")), "{said:?}");
}
