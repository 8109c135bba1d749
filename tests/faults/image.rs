//! A disk as a power cut may leave it: what was synced, and of the rest anything.
//!
//! The strict reading of POSIX: bytes last once their file is synced, names once their folder is. What is not synced is
//! there, or not, or torn between two sectors of 512 bytes, each file for itself. Renamings and removals of one folder
//! keep their order, as every journalling file system has it. Source: ALICE (Pillai et al., OSDI 2014), much reduced.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tests::Draw;

/// What becomes of all that was not synced.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    Dropped,
    Kept,
    Torn,
}

/// What a disk is made of at once.
const SECTOR: usize = 512;

/// One thing that was done to a disk.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    Create(PathBuf),
    /// Emptied as it was opened.
    Empty(PathBuf),
    /// At an offset, or where the last one ended.
    Write(PathBuf, Option<usize>, Vec<u8>),
    Cut(PathBuf, usize),
    Sync(PathBuf),
    Rename(PathBuf, PathBuf),
    Unlink(PathBuf),
    /// The victim said so: from here on this many facts are owed.
    Acked(usize),
}

#[derive(Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Cut(usize),
}

#[derive(Clone, Default)]
struct File {
    synced: Vec<u8>,
    since: Vec<Change>,
    /// Where the next write without an offset goes.
    place: usize,
}

#[derive(Clone)]
enum Naming {
    Link(PathBuf, usize),
    Rename(PathBuf, PathBuf),
    Unlink(PathBuf),
}

/// A disk and what is still on its way to it.
#[derive(Clone, Default)]
pub(crate) struct Disk {
    files: Vec<File>,
    /// Names that last.
    lasting: BTreeMap<PathBuf, usize>,
    /// Names as the programs see them.
    seen: BTreeMap<PathBuf, usize>,
    since: Vec<Naming>,
    /// Facts acknowledged so far.
    pub(crate) acked: usize,
}

impl Disk {
    /// A disk that holds a folder's files for good.
    pub(crate) fn with(folder: &Path, under: &Path) -> Self {
        let mut disk = Self::default();
        let mut folders = vec![(folder.to_owned(), under.to_owned())];
        while let Some((folder, under)) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
                let (path, name) = (entry.path(), under.join(entry.file_name()));
                if path.is_dir() {
                    folders.push((path, name));
                    continue;
                }
                disk.lasting.insert(name, disk.files.len());
                disk.files.push(File { synced: std::fs::read(path).expect("a file"), ..File::default() });
            }
        }
        disk.seen = disk.lasting.clone();
        disk
    }

    pub(crate) fn apply(&mut self, deed: &Deed) {
        match deed {
            Deed::Acked(n) => self.acked = *n,
            Deed::Create(path) => {
                if !self.seen.contains_key(path) {
                    self.seen.insert(path.clone(), self.files.len());
                    self.since.push(Naming::Link(path.clone(), self.files.len()));
                    self.files.push(File::default());
                }
            }
            Deed::Empty(path) => {
                if let Some(file) = self.file(path) {
                    file.since.push(Change::Cut(0));
                    file.place = 0;
                }
            }
            Deed::Write(path, at, bytes) => {
                if let Some(file) = self.file(path) {
                    let at = at.unwrap_or(file.place);
                    file.place = at + bytes.len();
                    file.since.push(Change::Write(at, bytes.clone()));
                }
            }
            Deed::Cut(path, length) => {
                if let Some(file) = self.file(path) {
                    file.since.push(Change::Cut(*length));
                }
            }
            Deed::Sync(path) => match self.file(path) {
                Some(file) => {
                    for change in std::mem::take(&mut file.since) {
                        change.onto(&mut file.synced);
                    }
                }
                // Not a file we know: a folder. Its names last from here on.
                None => {
                    let (of_it, others) = self.since.drain(..).partition(|naming| naming.path().parent() == Some(path));
                    self.since = others;
                    let of_it: Vec<Naming> = of_it;
                    of_it.iter().for_each(|naming| naming.onto(&mut self.lasting));
                }
            },
            Deed::Rename(from, to) => {
                let naming = Naming::Rename(from.clone(), to.clone());
                naming.onto(&mut self.seen);
                self.since.push(naming);
            }
            Deed::Unlink(path) => {
                let naming = Naming::Unlink(path.clone());
                naming.onto(&mut self.seen);
                self.since.push(naming);
            }
        }
    }

    fn file(&mut self, path: &Path) -> Option<&mut File> {
        let index = *self.seen.get(path)?;
        self.files.get_mut(index)
    }

    /// Lays the disk out in a folder as it may be found after the power went.
    pub(crate) fn lay_out(&self, to: &Path, under: &Path, fate: Fate, draw: &mut Draw) {
        let mut names = self.lasting.clone();
        let n = match fate {
            Fate::Dropped => 0,
            Fate::Kept => self.since.len(),
            Fate::Torn => draw.below(self.since.len() as u64 + 1) as usize,
        };
        self.since.iter().take(n).for_each(|naming| naming.onto(&mut names));
        for (name, index) in names {
            let Ok(inside) = name.strip_prefix(under) else { continue };
            let file = &self.files[index];
            let mut bytes = file.synced.clone();
            for change in &file.since {
                match fate {
                    Fate::Dropped => {}
                    Fate::Kept => change.onto(&mut bytes),
                    Fate::Torn => change.torn_onto(&mut bytes, draw),
                }
            }
            let path = to.join(inside);
            std::fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("a folder");
            std::fs::write(path, bytes).expect("a file");
        }
    }
}

impl Change {
    fn onto(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Cut(length) => bytes.resize(*length, 0),
            Self::Write(at, written) => put(bytes, *at, written),
        }
    }

    fn torn_onto(&self, bytes: &mut Vec<u8>, draw: &mut Draw) {
        match self {
            Self::Cut(length) => {
                if draw.below(2) == 0 {
                    bytes.resize(*length, 0);
                }
            }
            Self::Write(at, written) => {
                let mut from = 0;
                while from < written.len() {
                    let next = (SECTOR - (at + from) % SECTOR + from).min(written.len());
                    if draw.below(2) == 0 {
                        put(bytes, at + from, &written[from..next]);
                    }
                    from = next;
                }
            }
        }
    }
}

fn put(bytes: &mut Vec<u8>, at: usize, written: &[u8]) {
    let end = at + written.len();
    if bytes.len() < end {
        bytes.resize(end, 0);
    }
    bytes[at..end].copy_from_slice(written);
}

impl Naming {
    /// The name whose folder must be synced.
    fn path(&self) -> &Path {
        match self {
            Self::Link(path, _) | Self::Unlink(path) | Self::Rename(_, path) => path,
        }
    }

    fn onto(&self, names: &mut BTreeMap<PathBuf, usize>) {
        match self {
            Self::Link(path, index) => {
                names.insert(path.clone(), *index);
            }
            Self::Unlink(path) => {
                names.remove(path);
            }
            Self::Rename(from, to) => {
                if let Some(index) = names.remove(from) {
                    names.insert(to.clone(), index);
                }
            }
        }
    }
}

/// Reads what `strace -f -xx -y` wrote down; `told` is the file of the victim's standard output.
pub(crate) fn deeds(trace: &str, under: &Path, told: &Path) -> Vec<Deed> {
    let mut broken_off: BTreeMap<&str, String> = BTreeMap::new();
    let mut deeds = Vec::new();
    for line in trace.lines() {
        let (thread, call) = line.split_once(' ').expect("strace begins a line with the thread");
        let call = call.trim_start();
        // Another thread was at work between a call's beginning and its end: it counts when it has ended.
        if let Some(begun) = call.strip_suffix(" <unfinished ...>") {
            broken_off.insert(thread, begun.to_owned());
            continue;
        }
        let whole = match call.split_once(" resumed>") {
            Some((_, rest)) => broken_off.remove(thread).expect("it has begun") + rest,
            None => call.to_owned(),
        };
        deeds.extend(deed(&whole, under, told));
    }
    deeds
}

fn deed(call: &str, under: &Path, told: &Path) -> Vec<Deed> {
    let Some((name, rest)) = call.split_once('(') else { return Vec::new() };
    let Some((_, result)) = rest.rsplit_once(" = ") else { return Vec::new() };
    if result.starts_with('-') || result.starts_with('?') {
        return Vec::new();
    }
    let texts: Vec<Vec<u8>> = rest.split('"').skip(1).step_by(2).map(bytes_of).collect();
    let path = |bytes: &[u8]| PathBuf::from(String::from_utf8_lossy(bytes).into_owned());
    let file = || path(&bytes_of(rest.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(path, _)| path)));
    let last_number = || rest.rsplit_once(" = ").and_then(|(arguments, _)| arguments.trim_end_matches(')').rsplit_once(", "));
    let number = || last_number().and_then(|(_, number)| number.parse::<usize>().ok());
    let ours = |deeds: Vec<Deed>, path: &Path| if path.starts_with(under) { deeds } else { Vec::new() };
    match name {
        "openat" => {
            let path = path(&texts[0]);
            let mut deeds = Vec::new();
            if rest.contains("O_CREAT") {
                deeds.push(Deed::Create(path.clone()));
            }
            if rest.contains("O_TRUNC") {
                deeds.push(Deed::Empty(path.clone()));
            }
            ours(deeds, &path)
        }
        "write" if file() == told => {
            let line = String::from_utf8_lossy(&texts[0]).into_owned();
            line.trim().strip_prefix("ACK ").and_then(|n| n.parse().ok()).map(Deed::Acked).into_iter().collect()
        }
        "write" => ours(vec![Deed::Write(file(), None, texts[0].clone())], &file()),
        "pwrite64" => ours(vec![Deed::Write(file(), number(), texts[0].clone())], &file()),
        "ftruncate" => ours(number().map(|length| Deed::Cut(file(), length)).into_iter().collect(), &file()),
        "fsync" | "fdatasync" => vec![Deed::Sync(file())],
        "rename" => ours(vec![Deed::Rename(path(&texts[0]), path(&texts[1]))], &path(&texts[1])),
        "unlink" => ours(vec![Deed::Unlink(path(&texts[0]))], &path(&texts[0])),
        _ => Vec::new(),
    }
}

/// The bytes of `\x2f\x74…`.
fn bytes_of(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).filter_map(|hex| u8::from_str_radix(hex.get(..2)?, 16).ok()).collect()
}
