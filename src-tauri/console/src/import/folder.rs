//! A watched folder: files that appear in it are imported once, in the order of their names, and files that grow are
//! taken up again where they stopped.
//!
//! A file is taken up once it has been left alone for a moment (`SETTLED`), or `UNENDED` when its last line has no
//! end yet. Lines and tables may also be read while somebody goes on appending to them, up to their last whole line.
//! Each reading is an import of its own, named by the SHA-256 of what was read; a file that begins with what an earlier
//! one has read goes on with the next row. That is found in the log, so a watch that was stopped goes on too. Names that
//! begin with a dot or end as unfinished downloads do are passed over, and so are folders.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use events::import::Report;
use notify::{RecursiveMode, Watcher};
use projections::Board;
use tokio::sync::{mpsc, watch};

use super::before::Before;
use super::fingerprint::{Fingerprint, fingerprint};
use super::opened::Opened;
use super::reading::of_file;
use super::{Cancel, Ending, ImportError, Order, Progress, Taking, id_by, since, stream_of, take};
use crate::clock::Clock;
use crate::log::EventLog;
use crate::sources::text::{ReadError, Text, of_io, open};
use crate::sources::{Format, SourceKind};
use crate::verbs::Trouble;

/// How long a file must have been left alone.
const SETTLED: Duration = Duration::from_millis(500);
/// How long, when its last line has no end: it may be about to get one.
const UNENDED: Duration = Duration::from_secs(2);
/// How long appending may go on before what is there is read.
const APPENDED: Duration = Duration::from_secs(1);
/// How often files that are not settled are looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How often the folder is looked through although nothing told of a change.
const LOOK_ANYWAY: Duration = Duration::from_secs(5);
/// How many earlier readings of a file are looked for in the log.
const EARLIER_MAX: usize = 8;
/// Ends of the names of files that are not finished.
const UNFINISHED: [&str; 6] = ["part", "partial", "tmp", "crdownload", "unfinished", "swp"];

/// An earlier reading of a file: the import's id, and how many bytes it was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The import's id.
    pub id: String,
    /// Bytes of the file then.
    pub n_bytes: u64,
}

/// What is watched.
#[derive(Clone, Debug)]
pub struct Watch {
    /// The folder.
    pub folder: PathBuf,
    /// The source of its files; `None` to detect it for each.
    pub source: Option<SourceKind>,
    /// The mapping that all its files are read by, if they are tables.
    pub mapping: Option<String>,
    /// Earlier readings of files by the names of the files, the latest last.
    pub earlier: BTreeMap<String, Vec<Earlier>>,
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// The file.
    pub path: PathBuf,
    /// Its source, once known.
    pub source: Option<&'static str>,
    /// What this reading came to, without those before it.
    pub report: Report,
    /// How it ended, or why it could not begin.
    pub ending: Result<Ending, ImportError>,
}

/// How a file lies there: its size and when it was written.
type Lying = (u64, SystemTime);

/// A file that was seen.
struct Seen {
    lying: Lying,
    /// Since when it lies so.
    since: Instant,
    /// Since when it waits to be read.
    waiting_since: Option<Instant>,
    /// How it lay when it was read.
    read: Option<Lying>,
    /// How much of it was read.
    n_bytes_read: u64,
}

/// Imports what appears in a folder until it is cancelled; `each` is told of every file that was read.
///
/// # Errors
/// [`ImportError`] when the folder cannot be watched, or the log takes no facts. A file that is in trouble is told and
/// left until it changes.
pub async fn watch<L: EventLog>(
    log: &L,
    clock: &Clock,
    mut what: Watch,
    cancel: &Cancel,
    mut each: impl FnMut(Taken),
) -> Result<(), ImportError> {
    let file = of_file(&what.folder);
    if !std::fs::metadata(&what.folder).map_err(|error| file(of_io(&error)))?.is_dir() {
        return Err(file(ReadError { code: Trouble::FileUnreadable, detail: "this is no folder".to_owned() }));
    }
    let (wake, mut woken) = mpsc::channel(1);
    // One wake-up that is on its way stands for all.
    let watching = notify::recommended_watcher(move |_what: notify::Result<notify::Event>| {
        wake.try_send(()).ok();
    });
    let watching = watching.and_then(|mut watching| watching.watch(&what.folder, RecursiveMode::NonRecursive).map(|()| watching));
    if let Err(error) = &watching {
        // It is looked through all the same, only less often.
        tracing::warn!(%error, "the system does not tell of changes in the folder");
    }
    let mut seen: BTreeMap<PathBuf, Seen> = BTreeMap::new();
    while !cancel.asked() {
        let waiting = look(&what.folder, &mut seen).map_err(|error| file(of_io(&error)))?;
        for path in &waiting {
            let Some(there) = seen.get(path).filter(|_| !cancel.asked()) else { break };
            let source = what.mapping.as_ref().map(|_| SourceKind::Csv).or(what.source);
            let Some(upto) = ready(path, there, source) else { continue };
            let lying = there.lying;
            let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            let earlier = what.earlier.entry(name).or_default();
            let order = Order { path: path.clone(), source: what.source, mapping: what.mapping.clone() };
            let taken = taken(log, clock, &order, upto, earlier, cancel).await;
            if let Some(Taken { ending: Err(ImportError::Log(error)), .. }) = taken {
                return Err(ImportError::Log(error));
            }
            if let Some(there) = seen.get_mut(path) {
                there.read = (upto == lying.0).then_some(lying);
                there.n_bytes_read = upto;
                there.waiting_since = None;
            }
            taken.into_iter().for_each(&mut each);
        }
        let wait = if waiting.is_empty() { LOOK_ANYWAY } else { LOOK };
        tokio::select! {
            biased;
            () = cancel.wanted() => break,
            _ = woken.recv(), if waiting.is_empty() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
    drop(watching);
    Ok(())
}

/// What a board's imports have read, by the names of their files.
#[must_use]
pub fn earlier(board: &Board) -> BTreeMap<String, Vec<Earlier>> {
    let mut by_file: BTreeMap<String, Vec<Earlier>> = BTreeMap::new();
    for (id, import) in &board.imports.by_id {
        if let Some(n_bytes) = import.size_bytes {
            by_file.entry(import.file.clone()).or_default().push(Earlier { id: id.clone(), n_bytes });
        }
    }
    by_file
}

/// Looks through the folder; returns the files that have not been read as they lie there, in the order of their names.
fn look(folder: &Path, seen: &mut BTreeMap<PathBuf, Seen>) -> std::io::Result<Vec<PathBuf>> {
    let now = Instant::now();
    let mut there = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        // What has gone again since, or cannot be looked at, is not there.
        let Ok(lies) = std::fs::metadata(&path) else { continue };
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        let unfinished = UNFINISHED.iter().any(|end| name.ends_with(&format!(".{end}")));
        if !lies.is_file() || name.starts_with('.') || unfinished || lies.len() == 0 {
            continue;
        }
        there.insert(path, (lies.len(), lies.modified().unwrap_or(SystemTime::UNIX_EPOCH)));
    }
    seen.retain(|path, _| there.contains_key(path));
    let mut waiting = Vec::new();
    for (path, lying) in there {
        let known =
            seen.entry(path.clone()).or_insert(Seen { lying, since: now, waiting_since: None, read: None, n_bytes_read: 0 });
        if known.lying != lying {
            (known.lying, known.since) = (lying, now);
        }
        if known.read != Some(lying) {
            known.waiting_since.get_or_insert(now);
            waiting.push(path);
        }
    }
    Ok(waiting)
}

/// How many bytes of a file are to be read now; `None` while it is too early.
fn ready(path: &Path, seen: &Seen, source: Option<SourceKind>) -> Option<u64> {
    let quiet = seen.since.elapsed();
    let size = seen.lying.0;
    if quiet < SETTLED {
        let appending = seen.waiting_since.is_some_and(|since| APPENDED <= since.elapsed());
        // A file that cannot be read now is told of once it is quiet.
        let ends = if appending { last_end(path, size, source).ok().flatten() } else { None };
        return ends.filter(|&end| seen.n_bytes_read < end);
    }
    let unended = || last_end(path, size, source).is_ok_and(|end| end.is_some_and(|end| end < size));
    (UNENDED <= quiet || !unended()).then_some(size)
}

/// Where the last whole line of a file ends, if it is one of lines or a table, in plain bytes.
fn last_end(path: &Path, size: u64, source: Option<SourceKind>) -> Result<Option<u64>, ReadError> {
    let mut file = open(path)?;
    let mut magic = [0; 2];
    let n = file.read(&mut magic).map_err(|error| of_io(&error))?;
    // What is packed, or in UTF-16, has no lines that bytes could tell.
    if n < 2 || matches!(magic, [0x1f, 0x8b] | [0xff, 0xfe] | [0xfe, 0xff]) {
        return Ok(None);
    }
    let text = Text::open(open(path)?)?;
    match source.or_else(|| SourceKind::detect(&text)).map(SourceKind::format) {
        Some(Format::Lines | Format::Table) => {}
        Some(Format::ProcessLog | Format::Json(_)) | None => return Ok(None),
    }
    let mut end = size;
    let mut chunk = vec![0; 64 << 10];
    while 0 < end {
        let from = end.saturating_sub(chunk.len() as u64);
        let part = usize::try_from(end - from).unwrap_or(chunk.len());
        file.seek(SeekFrom::Start(from)).and_then(|_| file.read_exact(&mut chunk[..part])).map_err(|error| of_io(&error))?;
        if let Some(at) = memchr::memrchr(b'\n', &chunk[..part]) {
            return Ok(Some(from + at as u64 + 1));
        }
        end = from;
    }
    Ok(Some(0))
}

/// Reads the first `upto` bytes of a file, after what was read of it before; `None` when the log holds all of it.
async fn taken<L: EventLog>(
    log: &L,
    clock: &Clock,
    order: &Order,
    upto: u64,
    earlier: &mut Vec<Earlier>,
    cancel: &Cancel,
) -> Option<Taken> {
    let progress = watch::Sender::new(Progress::default());
    let result = grown(log, clock, order, upto, earlier, cancel, &progress).await;
    let told = |report, ending| Taken { path: order.path.clone(), source: progress.borrow().source, report, ending };
    match result {
        Ok(None) => None,
        Ok(Some((report, ending))) => Some(told(report, Ok(ending))),
        Err(error) => Some(told(Report::default(), Err(error))),
    }
}

#[allow(clippy::too_many_arguments, reason = "all of what an import needs, and where it goes on")]
async fn grown<L: EventLog>(
    log: &L,
    clock: &Clock,
    order: &Order,
    upto: u64,
    earlier: &mut Vec<Earlier>,
    cancel: &Cancel,
    progress: &watch::Sender<Progress>,
) -> Result<Option<(Report, Ending)>, ImportError> {
    let path = order.path.as_path();
    let file = of_file(path);
    let lately = earlier.len().saturating_sub(EARLIER_MAX);
    let beginnings = earlier[lately..].iter().map(|earlier| earlier.n_bytes).collect();
    let Some(mut print) = fingerprint(path, Some(upto), beginnings, cancel).await? else {
        return Ok(Some((Report::default(), Ending::Cancelled)));
    };
    print.id = id_by(print.id, order.mapping.as_ref());
    for id in print.beginnings.values_mut() {
        *id = id_by(std::mem::take(id), order.mapping.as_ref());
    }
    let stream = log.stream(&stream_of(&print.id)).await?;
    let mut before = Before::of(&stream);
    if before.finished {
        remember(earlier, &print);
        return Ok(None);
    }
    if stream.is_empty()
        && let Some(last) = last_reading(&print, earlier)
    {
        before.report = Before::of(&log.stream(&stream_of(&last.id)).await?).report;
        // A row whose line had no end then may have gone on: it is read again.
        if !ended(path, last.n_bytes).map_err(&file)? {
            before.report.n_rows_read = before.report.n_rows_read.saturating_sub(1);
        }
    }
    let so_far = before.report.clone();
    let opened = Opened::of_file_beside(order, print.n_bytes, log.pseudonyms()?).await?;
    remember(earlier, &print);
    let taking = Taking { id: print.id, bytes_total: Some(print.n_bytes), written: None, before };
    let (report, ending) = take(log, clock, path, opened, taking, cancel, progress).await?;
    Ok(Some((since(&report, &so_far), ending)))
}

/// The latest reading of which all still stands at the file's beginning.
fn last_reading<'a>(print: &Fingerprint, earlier: &'a [Earlier]) -> Option<&'a Earlier> {
    earlier.iter().rev().find(|earlier| print.beginnings.get(&earlier.n_bytes) == Some(&earlier.id))
}

fn remember(earlier: &mut Vec<Earlier>, print: &Fingerprint) {
    let reading = Earlier { id: print.id.clone(), n_bytes: print.n_bytes };
    earlier.retain(|earlier| *earlier != reading);
    earlier.push(reading);
}

/// Whether a line ends at this place of a file.
fn ended(path: &Path, at: u64) -> Result<bool, ReadError> {
    let mut last = [0];
    let mut file = open(path)?;
    file.seek(SeekFrom::Start(at.saturating_sub(1))).and_then(|_| file.read_exact(&mut last)).map_err(|error| of_io(&error))?;
    Ok(last == [b'\n'])
}
