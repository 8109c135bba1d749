//! The served console answers the holder of its token on this machine, and nobody else.

use std::net::SocketAddr;
use std::sync::Arc;

use console::desk::Desk;
use console::serve::Served;
use serde_json::{Value, json};
use tests::bank::{file, many};
use tests::made_up::one_day;
use tests::place::Place;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What the console answered.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    fn header(&self, name: &str) -> Option<&str> {
        let found = self.head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")))?;
        found.split_once(": ").map(|(_, value)| value.trim())
    }
}

/// A console being served to a test.
struct Console {
    address: SocketAddr,
    url: String,
    desk: Arc<Desk>,
    place: Place,
    _stop: tokio::sync::oneshot::Sender<()>,
}

async fn served() -> Console {
    let place = Place::default();
    let desk = place.desk(one_day(12, 3)).await;
    let served = Served::bind(desk.clone(), 0, place.path("uploads")).await.expect("a free port");
    let (address, url) = (served.address, served.url.clone());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    tokio::spawn(served.run(async {
        stopped.await.ok();
    }));
    Console { address, url, desk, place, _stop: stop }
}

impl Console {
    /// One request, written by hand so that every header is the test's own.
    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        if !headers.iter().any(|(name, _)| *name == "Host") {
            text += &format!("Host: {}\r\n", self.address);
        }
        headers.iter().filter(|(_, value)| !value.is_empty()).for_each(|(name, value)| text += &format!("{name}: {value}\r\n"));
        let mut stream = TcpStream::connect(self.address).await.expect("it listens");
        stream.write_all(format!("{text}\r\n").as_bytes()).await.expect("it takes the head");
        // A console that refuses may hang up before it has read everything.
        stream.write_all(body).await.ok();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.ok();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// Exchanges the token for the cookie.
    async fn enter(&self) -> String {
        let path = &self.url[self.url.find("/?").expect("a token")..];
        let answer = self.send("GET", path, &[], b"").await;
        assert_eq!((answer.status, answer.header("location")), (303, Some("/")), "{answer:?}");
        answer.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie").to_owned()
    }

    async fn ask(&self, cookie: &str, verb: &str, question: &Value) -> Answer {
        let origin = format!("http://{}", self.address);
        let headers = [("Cookie", cookie), ("Origin", origin.as_str()), ("Content-Type", "application/json")];
        self.send("POST", &format!("/verbs/{verb}"), &headers, question.to_string().as_bytes()).await
    }
}

#[tokio::test]
async fn without_the_token_nothing_is_answered() {
    let console = served().await;
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/index.html"),
        ("POST", "/verbs/status"),
        ("POST", "/upload?name=x"),
        ("GET", "/?token=guess"),
        ("GET", "/?token="),
    ] {
        for cookie in ["", "retrace=", "retrace=00000000000000000000000000000000"] {
            let answer = console.send(method, path, &[("Cookie", cookie)], b"{}").await;
            assert_eq!((answer.status, answer.header("set-cookie")), (401, None), "{method} {path} {cookie}: {answer:?}");
            assert!(!answer.body.contains("made-up"), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn the_token_works_once_and_the_cookie_from_then_on() {
    let console = served().await;
    let cookie = console.enter().await;
    let path = console.url[console.url.find("/?").expect("a token")..].to_owned();
    assert_eq!(console.send("GET", &path, &[], b"").await.status, 401, "a second time the token is worth nothing");
    for _ in 0..2 {
        assert_eq!(console.send("GET", "/", &[("Cookie", &cookie)], b"").await.status, 200);
        assert_eq!(console.ask(&cookie, "status", &json!({})).await.status, 200);
    }
}

#[tokio::test]
async fn the_cookie_is_not_for_scripts_or_other_sites() {
    let console = served().await;
    let path = &console.url[console.url.find("/?").expect("a token")..];
    let answer = console.send("GET", path, &[], b"").await;
    let cookie = answer.header("set-cookie").expect("a cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
}

#[tokio::test]
async fn another_name_for_this_machine_is_refused() {
    let console = served().await;
    let cookie = console.enter().await;
    let port = console.address.port();
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        "127.0.0.1:1".to_owned(),
        format!("127.0.0.1.evil.example:{port}"),
    ] {
        let answer = console.send("POST", "/verbs/status", &[("Host", &host), ("Cookie", &cookie)], b"{}").await;
        assert_eq!(answer.status, 421, "{host}: {answer:?}");
    }
    let local = format!("localhost:{port}");
    assert_eq!(console.send("POST", "/verbs/status", &[("Host", &local), ("Cookie", &cookie)], b"{}").await.status, 200);
}

#[tokio::test]
async fn another_pages_wishes_are_refused() {
    let console = served().await;
    let cookie = console.enter().await;
    let wish = json!({ "id": "i", "actor": "person:x", "at": 0, "seen": 0, "command": { "noun": "site", "command": { "kind": "declare", "name": "Evil", "zone": "UTC" } } });
    for origin in ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"] {
        for path in ["/verbs/ask", "/upload?name=x"] {
            let headers = [("Cookie", cookie.as_str()), ("Origin", origin)];
            assert_eq!(console.send("POST", path, &headers, wish.to_string().as_bytes()).await.status, 403, "{origin} {path}");
        }
    }
    let status = console.desk.status(console::verbs::Nothing {}).await.expect("a status");
    assert_ne!(status.site.as_deref(), Some("Evil"));
}

#[tokio::test]
async fn every_answer_says_what_the_page_may_do() {
    let console = served().await;
    let cookie = console.enter().await;
    let answers = [
        console.send("GET", "/", &[("Cookie", &cookie)], b"").await,
        console.send("GET", "/no/such/file", &[("Cookie", &cookie)], b"").await,
        console.send("GET", "/", &[], b"").await,
        console.send("GET", "/?token=a&token=b", &[], b"").await,
        console.ask(&cookie, "status", &json!({})).await,
        console.ask(&cookie, "status", &json!([1])).await,
    ];
    for answer in answers {
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{answer:?}");
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        assert_eq!(
            (answer.header("x-content-type-options"), answer.header("cache-control")),
            (Some("nosniff"), Some("no-store"))
        );
    }
}

#[tokio::test]
async fn every_verb_answers_as_the_desk_does() {
    let console = served().await;
    let cookie = console.enter().await;
    let live = console.ask(&cookie, "live", &json!({ "scope": {}, "range": "all" })).await;
    let question = console::verbs::LiveQuestion { range: projections::live::Range::All, ..Default::default() };
    let own = console.desk.live(question).await.expect("a live screen");
    assert_eq!(live.body, serde_json::to_string(&own).expect("JSON"));
    let position = own.totals[0].position;
    for (verb, question) in [
        ("status", json!({})),
        (
            "chart",
            json!({ "scope": {}, "range": "all", "theme": "dark", "words": { "title": "t", "y": "y", "x": "x", "series": ["a", "b", "c"] }, "width": 600, "height": 300 }),
        ),
        ("conversations", json!({ "scope": {}, "text": "", "outcome": null, "offset": 0, "limit": 5 })),
        ("conversation", json!({ "id": "m1" })),
        ("evidence", json!({ "metric": "contacts.offered", "scope": {}, "offset": 0, "limit": 5 })),
        ("event", json!({ "position": position - 1 })),
        ("definitions", json!({})),
        ("playhead", json!({ "kind": "pause" })),
        ("import_jobs", json!({})),
        ("imports", json!({})),
    ] {
        let answer = console.ask(&cookie, verb, &question).await;
        assert_eq!(answer.status, 200, "{verb}: {answer:?}");
        assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("application/json")), "{verb}");
        answer.json();
    }
}

#[tokio::test]
async fn what_cannot_be_answered_is_a_typed_error() {
    let console = served().await;
    let cookie = console.enter().await;
    let declare = |name: &str| json!({ "id": name, "actor": "person:x", "at": 0, "seen": 0, "command": { "noun": "site", "command": { "kind": "declare", "name": name, "zone": "UTC" } } });
    for (verb, question, status, kind) in [
        ("fly", json!({}), 404, "unknown"),
        ("live", json!({ "range": "eternity" }), 400, "bad_question"),
        ("conversation", json!({ "id": "nobody" }), 404, "unknown"),
        ("event", json!({ "position": 999_999 }), 404, "unknown"),
        ("event", json!({ "position": -1 }), 400, "bad_question"),
        ("evidence", json!({ "metric": "no.such", "scope": {}, "offset": 0, "limit": 5 }), 404, "unknown"),
        ("import_cancel", json!({ "job": 99 }), 404, "unknown"),
        ("import_start", json!({ "path": "/x", "source": "nobody" }), 404, "unknown"),
        ("import_preview", json!({ "path": "nowhere.csv", "source": "none" }), 404, "unknown"),
        ("import_notes", json!({ "id": "x", "reason": null, "offset": 0, "limit": 1 }), 404, "unknown"),
        (
            "chart",
            json!({ "scope": {}, "range": "all", "theme": "dark", "words": { "title": "", "y": "", "x": "", "series": [] }, "width": 1, "height": 1 }),
            400,
            "bad_question",
        ),
        ("ask", declare(""), 409, "rejected"),
    ] {
        let answer = console.ask(&cookie, verb, &question).await;
        assert_eq!((answer.status, &answer.json()["kind"]), (status, &json!(kind)), "{verb} {question}: {answer:?}");
    }
    let answer = console.send("POST", "/verbs/status", &[("Cookie", &cookie)], b"{not json").await;
    assert_eq!((answer.status, &answer.json()["kind"]), (400, &json!("bad_question")));
    let long = vec![b' '; 200 << 10];
    let answer = console.send("POST", "/verbs/status", &[("Cookie", &cookie)], &long).await;
    assert_eq!(answer.status, 413, "a question is a short text");
    assert_eq!(
        console.ask(&cookie, "live", &json!({ "scope": { "from": 9, "to": -9 }, "range": "given" })).await.status,
        200,
        "even backwards"
    );
}

#[tokio::test]
async fn an_uploaded_file_can_be_imported_and_lies_nowhere_else() {
    let console = served().await;
    let cookie = console.enter().await;
    let bytes = file(&many(700, 5));
    for (name, want) in
        [("calls.tsv", "calls.tsv"), ("..%2F..%2Fescape.tsv", "escape.tsv"), ("%2Fetc%2Fpasswd", "passwd"), ("..", "upload")]
    {
        let answer = console.send("POST", &format!("/upload?name={name}"), &[("Cookie", &cookie)], bytes.as_bytes()).await;
        let path = answer.json()["path"].as_str().expect("a path").to_owned();
        assert!(std::path::Path::new(&path).starts_with(console.place.path("uploads")), "{path}");
        assert!(path.ends_with(want), "{path}");
        assert_eq!(std::fs::read(&path).expect("it is there"), bytes.as_bytes());
    }
    let answer = console.send("POST", "/upload?name=calls.tsv", &[("Cookie", &cookie)], bytes.as_bytes()).await;
    let begun = console.ask(&cookie, "import_start", &json!({ "path": answer.json()["path"], "source": null })).await.json();
    let job = loop {
        let jobs = console.ask(&cookie, "import_jobs", &json!({})).await.json();
        let job = jobs.as_array().expect("jobs").iter().find(|job| job["job"] == begun["job"]).expect("it runs").clone();
        if job["state"]["kind"] != "running" {
            break job;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(
        (&job["state"]["kind"], &job["report"]["n_rows_read"], &job["source"]),
        (&json!("finished"), &json!(700), &json!("anonymous-bank"))
    );
    let imports = console.ask(&cookie, "imports", &json!({})).await.json();
    assert_eq!((&imports[0]["file"], &imports[0]["standing"]), (&json!("calls.tsv"), &json!("finished")));
}

#[tokio::test]
async fn an_uploaded_file_is_deleted_as_soon_as_its_import_has_ended() {
    let console = served().await;
    let cookie = console.enter().await;
    let calls = file(&many(700, 5));
    for (name, content, source, ends) in [
        ("calls.tsv", calls.as_str(), Value::Null, "finished"),
        ("holiday.txt", "this is no log\n", Value::Null, "stopped"),
        ("calls.tsv", calls.as_str(), json!("nobody"), "refused"),
    ] {
        let uploaded = console.send("POST", &format!("/upload?name={name}"), &[("Cookie", &cookie)], content.as_bytes()).await;
        let path = uploaded.json()["path"].as_str().expect("a path").to_owned();
        assert!(std::path::Path::new(&path).exists());
        let begun = console.ask(&cookie, "import_start", &json!({ "path": path, "source": source })).await.json();
        let ended = loop {
            let jobs = console.ask(&cookie, "import_jobs", &json!({})).await.json();
            match jobs.as_array().expect("jobs").iter().find(|job| job["job"] == begun["job"]) {
                None => break json!("refused"),
                Some(job) if job["state"]["kind"] != "running" => break job["state"]["kind"].clone(),
                Some(_) => tokio::task::yield_now().await,
            }
        };
        assert_eq!((ended, std::path::Path::new(&path).exists()), (json!(ends), false), "{name}");
    }
    let left: Vec<_> = std::fs::read_dir(console.place.path("uploads")).expect("the folder").collect();
    assert!(left.is_empty(), "{left:?}");
    let kept = console.place.file("kept.tsv", &calls);
    let begun = console.ask(&cookie, "import_start", &json!({ "path": kept, "source": null })).await.json();
    while console.ask(&cookie, "import_jobs", &json!({})).await.json()[0]["state"]["kind"] == "running" {
        tokio::task::yield_now().await;
    }
    assert!(kept.exists() && begun["job"].is_u64(), "a file that was not handed over stays");
}

#[tokio::test]
async fn the_console_listens_on_this_machine_alone() {
    let console = served().await;
    assert!(console.address.ip().is_loopback());
    assert!(console.url.starts_with(&format!("http://127.0.0.1:{}/?token=", console.address.port())));
    // Every address of this machine that is not the loopback's, as the kernel lists them, turns the door away.
    let sockets = std::fs::read_to_string("/proc/net/tcp").expect("Linux lists its sockets");
    let port = format!("{:04X}", console.address.port());
    let listening: Vec<&str> = sockets
        .lines()
        .filter_map(|line| line.split_whitespace().nth(1))
        .filter(|local| local.ends_with(&format!(":{port}")))
        .collect();
    assert!(!listening.is_empty() && listening.iter().all(|local| local.starts_with("0100007F:")), "{listening:?}");
}
