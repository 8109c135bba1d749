//! The same console for machines without a display: served on loopback, to whoever holds the one-time token.
//!
//! The address printed at the start carries a token that works once; it is exchanged for a cookie. Every request must
//! name this host (no DNS rebinding), every writing one must come from our own page, and nothing else is reachable.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::StreamExt;
use rust_embed::RustEmbed;
use serde::Deserialize;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::answered::answered;
use crate::desk::Desk;
#[allow(unused_imports, reason = "the list of verbs names the types of answers too")]
use crate::verbs::*;

/// A question is a short JSON text.
const QUESTION_BYTES_MAX: usize = 64 << 10;

/// What the page may do; scripts and styles only from here.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
struct Page;

/// A console that is being served.
pub struct Served {
    /// The address with its one-time token.
    pub url: String,
    /// The address without it.
    pub address: SocketAddr,
    listener: TcpListener,
    gate: Arc<Gate>,
    desk: Arc<Desk>,
}

struct Gate {
    address: SocketAddr,
    /// Taken by the first who shows it.
    token: Mutex<Option<String>>,
    cookie: String,
    uploads: PathBuf,
}

impl Served {
    /// Takes a port on 127.0.0.1 (0: any free one); nothing is answered before [`run`](Self::run).
    ///
    /// # Errors
    /// When the port is taken or the system gives no random bytes.
    pub async fn bind(desk: Arc<Desk>, port: u16, uploads: PathBuf) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let token = secret()?;
        let url = format!("http://{address}/?token={token}");
        let gate = Arc::new(Gate { address, token: Mutex::new(Some(token)), cookie: secret()?, uploads });
        Ok(Self { url, address, listener, gate, desk })
    }

    /// Serves until `stop` is ready.
    ///
    /// # Errors
    /// When the socket fails.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<()> {
        let Self { listener, gate, desk, .. } = self;
        let app = Router::new()
            .route("/verbs/{verb}", post(verb).layer(DefaultBodyLimit::max(QUESTION_BYTES_MAX)))
            .route("/upload", post(upload).layer(DefaultBodyLimit::disable()))
            .route("/", get(index))
            .route("/{*file}", get(file))
            .layer(from_fn_with_state(gate.clone(), guard))
            .with_state((desk, gate));
        axum::serve(listener, app).with_graceful_shutdown(stop).await?;
        Ok(())
    }
}

fn secret() -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("the system gives no random bytes: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

async fn guard(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let hosts = [format!("127.0.0.1:{}", gate.address.port()), format!("localhost:{}", gate.address.port())];
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if !text(header::HOST).is_some_and(|host| hosts.iter().any(|ours| ours == host)) {
        return refuse(StatusCode::MISDIRECTED_REQUEST, "this address is not served here");
    }
    let foreign = text(header::ORIGIN).is_some_and(|origin| !hosts.iter().any(|ours| origin == format!("http://{ours}")));
    if request.method() != Method::GET && foreign {
        return refuse(StatusCode::FORBIDDEN, "only the console's own page may ask");
    }
    if known(headers, &gate.cookie) {
        return secured(next.run(request).await);
    }
    // By hand: a query that is not well formed must be refused like any other, with all its headers.
    let pairs = request.uri().query().unwrap_or_default().split('&');
    let shown = pairs.filter_map(|pair| pair.strip_prefix("token=")).next().unwrap_or_default().to_owned();
    let mut waiting = gate.token.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if waiting.as_ref().is_some_and(|token| same(token, &shown)) {
        *waiting = None;
        let cookie = format!("retrace={}; HttpOnly; SameSite=Strict; Path=/", gate.cookie);
        return secured(
            (StatusCode::SEE_OTHER, [(header::SET_COOKIE, cookie), (header::LOCATION, "/".to_owned())]).into_response(),
        );
    }
    refuse(StatusCode::UNAUTHORIZED, "open the address that `retrace serve` printed; its token works once")
}

fn known(headers: &HeaderMap, cookie: &str) -> bool {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix("retrace="))
        .any(|shown| same(shown, cookie))
}

/// Compares secrets without telling by its time how much of them agrees.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

fn refuse(status: StatusCode, why: &str) -> Response {
    secured((status, why.to_owned()).into_response())
}

fn secured(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

type Shared = State<(Arc<Desk>, Arc<Gate>)>;

async fn index() -> Response {
    embedded("index.html")
}

async fn file(Path(file): Path<String>) -> Response {
    embedded(&file)
}

fn embedded(name: &str) -> Response {
    match Page::get(name) {
        Some(file) => {
            ([(header::CONTENT_TYPE, file.metadata.mimetype().to_owned())], Body::from(file.data.into_owned())).into_response()
        }
        None => (StatusCode::NOT_FOUND, "no such file").into_response(),
    }
}

fn answer<T: serde::Serialize>(result: Result<T, WindowError>) -> Response {
    match result {
        Ok(value) => axum::Json(value).into_response(),
        Err(error) => {
            let status = match &error {
                WindowError::Rejected { .. } => StatusCode::CONFLICT,
                WindowError::Unknown { .. } => StatusCode::NOT_FOUND,
                WindowError::BadQuestion { .. } => StatusCode::BAD_REQUEST,
                WindowError::Trouble { .. } => StatusCode::UNPROCESSABLE_ENTITY,
                WindowError::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
            };
            (status, axum::Json(error)).into_response()
        }
    }
}

async fn verb(State((desk, _)): Shared, Path(verb): Path<String>, question: Bytes) -> Response {
    macro_rules! dispatch {
        ($($name:ident: $question:ty => $answer:ty,)+) => {
            match verb.as_str() {
                $(stringify!($name) => match serde_json::from_slice::<$question>(&question) {
                    Ok(question) => answer(answered(async move { desk.$name(question).await }).await),
                    Err(error) => answer::<()>(Err(WindowError::BadQuestion { detail: error.to_string() })),
                },)+
                _ => answer::<()>(Err(WindowError::Unknown { what: "verb".to_owned(), name: verb })),
            }
        };
    }
    crate::with_verbs!(dispatch)
}

#[derive(Deserialize)]
struct Upload {
    name: String,
}

/// Takes a file from the browser to where an import can read it; answers its path.
async fn upload(State((desk, gate)): Shared, Query(upload): Query<Upload>, body: Body) -> Response {
    let taken = take(&gate.uploads, &upload.name, body).await;
    answer(taken.map(|path| {
        let answer = serde_json::json!({ "path": path.display().to_string() });
        desk.handed_over(path);
        answer
    }))
}

/// Takes a file into a folder of its own; one that broke off is not kept.
async fn take(uploads: &std::path::Path, name: &str, body: Body) -> Result<PathBuf, WindowError> {
    let own = secret().map_err(|error| WindowError::BadQuestion { detail: error.to_string() })?;
    let folder = uploads.join(own);
    let taken = take_into(&folder, name, body).await;
    if taken.is_err() {
        std::fs::remove_dir_all(&folder).ok();
    }
    taken
}

async fn take_into(folder: &std::path::Path, name: &str, body: Body) -> Result<PathBuf, WindowError> {
    // Only the name's last part, so that nothing is written elsewhere.
    let name = std::path::Path::new(name.trim()).file_name().map_or_else(|| "upload".into(), std::ffi::OsStr::to_os_string);
    let path = folder.join(name);
    let trouble = |error: std::io::Error| WindowError::Trouble {
        code: if error.kind() == std::io::ErrorKind::StorageFull { Trouble::DiskFull } else { Trouble::LogFolder },
        detail: error.to_string(),
        path: Some(folder.display().to_string()),
    };
    crate::private::private_folder(folder).map_err(trouble)?;
    let mut file = tokio::fs::File::from_std(crate::private::private_file(&path).map_err(trouble)?);
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| WindowError::BadQuestion { detail: format!("the upload broke off: {error}") })?;
        file.write_all(&chunk).await.map_err(trouble)?;
    }
    file.flush().await.map_err(trouble)?;
    Ok(path)
}
