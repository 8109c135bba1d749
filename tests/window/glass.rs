//! A pane of glass in front of the console: the real window, or a browser with the served page.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::stage::{Attendant, Stage, built, free_port};

/// How long a spec waits for what must appear.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it looks.
const GLANCE: Duration = Duration::from_millis(25);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The Tauri window in WebKitGTK.
    Window,
    /// Chromium, showing what `retrace serve` serves.
    Browser,
}

/// An open pane.
pub struct Pane {
    pub kind: Kind,
    pub client: Client,
    pub stage: Stage,
    _driver: Attendant,
    _served: Option<Attendant>,
}

impl Pane {
    /// Opens the console on the stage's log and waits until it shows something.
    pub async fn open(kind: Kind, stage: Stage, arguments: &[&str]) -> Self {
        let port = free_port();
        let log = stage.log().display().to_string();
        let (driver, served, capabilities) = match kind {
            Kind::Window => {
                let driver = stage
                    .command("WebKitWebDriver")
                    .args(["--host=127.0.0.1", &format!("--port={port}")])
                    .env("TAURI_WEBVIEW_AUTOMATION", "true")
                    .stdout(Stdio::null())
                    .spawn_attendant();
                let mut all = vec!["--log", &log];
                all.extend(arguments);
                let options = json!({ "binary": built("retrace-window"), "args": all });
                (driver, None, json!({ "webkitgtk:browserOptions": options }))
            }
            Kind::Browser => {
                let driver = stage.command("chromedriver").arg(format!("--port={port}")).stdout(Stdio::null()).spawn_attendant();
                let mut served = stage
                    .command(built("retrace"))
                    .args(["--log", &log, "--json", "serve"])
                    .args(arguments)
                    .stdout(Stdio::piped())
                    .spawn_attendant();
                let said: Value = serde_json::from_str(&served.first_line()).unwrap();
                let profile = stage.folder.path().join("chromium").display().to_string();
                let options = json!({ "args": [
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                    "--disable-background-networking", "--disable-component-update", "--window-size=1280,832",
                    "--lang=en", format!("--user-data-dir={profile}"),
                ] });
                let url = said["url"].as_str().unwrap().to_owned();
                (driver, Some((served, url)), json!({ "goog:chromeOptions": options }))
            }
        };
        let Value::Object(capabilities) = capabilities else { unreachable!("made as an object above") };
        let client = connect(port, capabilities).await;
        let (served, url) = served.unzip();
        let pane = Self { kind, client, stage, _driver: driver, _served: served };
        if let Some(url) = url {
            pane.client.goto(&url).await.unwrap();
        }
        pane.see("html[data-ready=true]").await;
        pane
    }

    /// Ends the session; the window closes.
    pub async fn close(self) {
        let Self { client, .. } = self;
        // A window that is gone has ended its session already.
        client.close().await.ok();
    }

    /// Waits for an element.
    pub async fn see(&self, css: &str) -> Element {
        self.wait(&format!("{css} to appear"), async || self.client.find(Locator::Css(css)).await.ok()).await
    }

    /// Waits until a look gives something.
    pub async fn wait<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            if PATIENCE < begun.elapsed() {
                let picture = std::env::temp_dir().join(format!("retrace-{:?}-{}.png", self.kind, std::process::id()));
                std::fs::write(&picture, self.client.screenshot().await.unwrap_or_default()).ok();
                panic!("{:?}: waited in vain for {what}; see {}", self.kind, picture.display());
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Waits until an element is there and can be clicked, and clicks it.
    pub async fn click(&self, css: &str) {
        self.wait(&format!("{css} to be clicked"), async || self.client.find(Locator::Css(css)).await.ok()?.click().await.ok())
            .await;
    }

    /// Waits until an element's text fits.
    pub async fn read(&self, css: &str, fits: impl Fn(&str) -> bool) -> String {
        let what = format!("the text of {css}");
        self.wait(&what, async || self.text(css).await.filter(|text| fits(text))).await
    }

    /// An element's text, if it is there.
    pub async fn text(&self, css: &str) -> Option<String> {
        self.client.find(Locator::Css(css)).await.ok()?.text().await.ok()
    }

    /// Waits until an element's attribute fits.
    pub async fn attribute(&self, css: &str, name: &str, fits: impl Fn(&str) -> bool) -> String {
        let what = format!("{name} of {css}");
        let look = async || self.client.find(Locator::Css(css)).await.ok()?.attr(name).await.ok()?.filter(|value| fits(value));
        self.wait(&what, look).await
    }

    /// Chooses an option of a select by its value.
    pub async fn choose(&self, css: &str, value: &str) {
        self.see(css).await.select_by_value(value).await.unwrap();
    }

    /// Types into a field.
    pub async fn write(&self, css: &str, text: &str) {
        let field = self.see(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Runs a script in the page; `arguments[…]` are the values given.
    pub async fn script(&self, script: &str, values: Vec<Value>) -> Value {
        self.client.execute(script, values).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Asks a verb as the page itself does.
    pub async fn verb(&self, verb: &str, question: Value) -> Value {
        let script = match self.kind {
            Kind::Window => {
                "const [verb, question, done] = arguments; \
                 window.__TAURI_INTERNALS__.invoke(verb, { question }).then(done, (error) => done({ error }))"
            }
            Kind::Browser => {
                "const [verb, question, done] = arguments; \
                 fetch('/verbs/' + verb, { method: 'POST', body: JSON.stringify(question) }).then((r) => r.json()).then(done)"
            }
        };
        self.client.execute_async(script, vec![json!(verb), question]).await.unwrap()
    }

    /// A picture of the pane, taken after what was asked for has been painted.
    pub async fn picture(&self) -> Vec<u8> {
        let painted = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
        self.client.execute_async(painted, vec![]).await.unwrap();
        self.client.screenshot().await.unwrap()
    }
}

async fn connect(port: u16, capabilities: serde_json::Map<String, Value>) -> Client {
    let begun = Instant::now();
    let address = format!("http://127.0.0.1:{port}");
    // A driver that does not listen yet refuses at once; a session is asked for only when it does.
    while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        assert!(begun.elapsed() < PATIENCE, "the driver does not listen");
        tokio::time::sleep(GLANCE).await;
    }
    let mut builder = ClientBuilder::new(HttpConnector::new());
    let session = builder.capabilities(capabilities).connect(&address);
    tokio::time::timeout(PATIENCE * 2, session).await.expect("the driver opens a session").unwrap()
}

trait Start {
    fn spawn_attendant(&mut self) -> Attendant;
}

impl Start for Command {
    fn spawn_attendant(&mut self) -> Attendant {
        Attendant::start(self)
    }
}
