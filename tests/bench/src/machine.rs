//! What the figures were measured on, told beside them.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};

use crate::measure::quantile;

/// Flushes of one probe.
const FLUSHES: usize = 300;
const PAGE: [u8; 4_096] = [1; 4_096];

/// Processors, memory, file system and the disk's rate of flushes just now.
pub(crate) fn describe(folder: &Path) -> std::io::Result<Value> {
    let cores = std::thread::available_parallelism()?.get();
    Ok(json!({
        "processor": field("/proc/cpuinfo", "model name"),
        "cores": cores,
        "memory": field("/proc/meminfo", "MemTotal"),
        "load": load(),
        "file_system": file_system(folder),
        "fdatasync": fdatasync(folder)?,
        "build": if cfg!(debug_assertions) { "debug" } else { "release" },
    }))
}

/// The machine's load over the last minute: others at work make wall times longer, not processor times.
pub(crate) fn load() -> String {
    fs::read_to_string("/proc/loadavg").ok().and_then(|text| text.split(' ').next().map(str::to_owned)).unwrap_or_default()
}

fn field(path: &str, name: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_once(':')).map_or("not told", |(_, value)| value.trim()).to_owned()
}

fn file_system(folder: &Path) -> String {
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let folder = folder.canonicalize().unwrap_or_default();
    let fits = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let (device, point, kind) = (words.next()?, words.next()?, words.next()?);
        folder.starts_with(point).then(|| (point.len(), format!("{kind} on {device}")))
    });
    fits.max().map_or_else(|| "not told".to_owned(), |(_, told)| told)
}

/// Flushes of one page each, written over a file laid out beforehand.
pub(crate) fn fdatasync(folder: &Path) -> std::io::Result<Value> {
    let path = folder.join("flushed");
    let mut file = File::create(&path)?;
    file.write_all(&vec![0; PAGE.len() * FLUSHES])?;
    file.sync_all()?;
    file.seek(SeekFrom::Start(0))?;
    let mut secs = Vec::with_capacity(FLUSHES);
    for _ in 0..FLUSHES {
        let begun = Instant::now();
        file.write_all(&PAGE)?;
        file.sync_data()?;
        secs.push(begun.elapsed().as_secs_f64());
    }
    let total: f64 = secs.iter().sum();
    secs.sort_by(f64::total_cmp);
    Ok(json!({
        "per_sec": FLUSHES as f64 / total,
        "p50_ms": quantile(&secs, 0.5) * 1e3,
        "p99_ms": quantile(&secs, 0.99) * 1e3,
    }))
}
