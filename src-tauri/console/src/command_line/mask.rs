//! `retrace mask`: JSON Lines in, what is personal in them out. It needs no log.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use projections::mask::{self, MASKER, Policy, Span};
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

use super::Failure;
use super::print::{Language, language};
use crate::sources::lines::{ReadError, of_io, open};
use crate::verbs::WindowError;

/// The longest line, in bytes.
const LINE_MAX: u64 = 512 * 1024 * 1024;
/// How much is written at once, in bytes.
const BUFFER: usize = 256 * 1024;

/// `retrace mask`
#[derive(Debug, Args)]
pub(super) struct Mask {
    /// JSON Lines with `id` and `text`; the standard input when not given, or `-`
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// What is still shown of each kind; `cn-default-v1` when not given
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

/// What a line says.
#[derive(Deserialize)]
struct Asked<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    text: String,
}

/// One thing found, as printed.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    span: &'a Span,
    mask: &'a str,
}

/// Why a line has no answer.
#[derive(Debug, thiserror::Error)]
enum LineError {
    #[error("line {line} is longer than {LINE_MAX} bytes")]
    TooLong { line: u64 },
    #[error("line {line} is not UTF-8")]
    NotText { line: u64 },
    #[error("line {line} is not an object with a text: {why}")]
    NotAsked { line: u64, why: String },
}

impl LineError {
    fn line(&self) -> u64 {
        match self {
            Self::TooLong { line } | Self::NotText { line } | Self::NotAsked { line, .. } => *line,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "line_too_long",
            Self::NotText { .. } => "line_not_text",
            Self::NotAsked { .. } => "line_not_understood",
        }
    }

    fn sentence(&self) -> String {
        let line = self.line();
        let advice = match language() {
            Language::Hans => format!("第 {line} 行无法读取；之前的行已写出"),
            Language::Hant => format!("第 {line} 列無法讀取；之前的列已寫出"),
            Language::English => format!("line {line} cannot be read; the lines before it are written"),
        };
        format!("{advice}\n  {self}")
    }
}

impl From<LineError> for Failure {
    fn from(error: LineError) -> Self {
        let value = json!({ "kind": "line", "code": error.code(), "line": error.line(), "detail": error.to_string() });
        Self { code: 1, message: error.sentence(), json: Some(value) }
    }
}

impl Mask {
    pub(super) fn run(self, json: bool) -> Result<(), Failure> {
        let policy = self.policy.as_deref().map_or_else(|| Ok(Policy::default()), policy_from)?;
        let mut out = BufWriter::with_capacity(BUFFER, std::io::stdout().lock());
        let result = match self.file.filter(|path| path.as_os_str() != "-") {
            Some(path) => {
                let file = open(&path).map_err(|error| of_read(error, &path))?;
                lines(&mut BufReader::with_capacity(BUFFER, file), &mut out, &policy, json)
            }
            None => lines(&mut std::io::stdin().lock(), &mut out, &policy, json),
        };
        // A reader that has gone away has seen enough.
        out.flush().ok();
        match result {
            Err(Stop::Line(error)) => Err(error.into()),
            Err(Stop::Read(error)) => Err(of_file(&error, Path::new("-"))),
            Ok(()) | Err(Stop::Gone) => Ok(()),
        }
    }
}

fn of_file(error: &std::io::Error, path: &Path) -> Failure {
    of_read(of_io(error), path)
}

fn of_read(error: ReadError, path: &Path) -> Failure {
    let ReadError { code, detail } = error;
    WindowError::Trouble { code, detail, path: Some(path.display().to_string()) }.into()
}

fn policy_from(path: &Path) -> Result<Policy, Failure> {
    let file = std::fs::read_to_string(path).map_err(|error| of_file(&error, path))?;
    crate::mask::policy(&file).map_err(|error| {
        let advice = match language() {
            Language::Hans => "这不是遮盖规则文件",
            Language::Hant => "這不是遮蓋規則檔案",
            Language::English => "this is not a file of masking rules",
        };
        let path = path.display().to_string();
        let message = format!("{advice}\n  {}\n  {path}", error.detail);
        Failure { code: 1, message, json: Some(json!({ "kind": "policy", "detail": error.detail, "path": path })) }
    })
}

/// Why reading stops before the end.
enum Stop {
    Line(LineError),
    Read(std::io::Error),
    /// Nobody reads the answers.
    Gone,
}

/// Answers line by line, in the memory of the longest one.
fn lines(input: &mut impl BufRead, out: &mut impl Write, policy: &Policy, json: bool) -> Result<(), Stop> {
    let mut bytes = Vec::new();
    for line in 1_u64.. {
        bytes.clear();
        let read = input.by_ref().take(LINE_MAX + 1).read_until(b'\n', &mut bytes).map_err(Stop::Read)?;
        if read == 0 {
            return Ok(());
        }
        if LINE_MAX < bytes.len() as u64 {
            return Err(Stop::Line(LineError::TooLong { line }));
        }
        let text = std::str::from_utf8(&bytes).map_err(|_not_utf8| Stop::Line(LineError::NotText { line }))?;
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        let asked: Asked<'_> =
            serde_json::from_str(text).map_err(|error| Stop::Line(LineError::NotAsked { line, why: error.to_string() }))?;
        answer(&asked, out, policy, json).map_err(|_gone| Stop::Gone)?;
    }
    Ok(())
}

/// Writes one answer: `{id, spans: [{start, end, type, norm, mask}], masked, masker, policy}`, or the masked text alone.
fn answer(asked: &Asked<'_>, out: &mut impl Write, policy: &Policy, json: bool) -> std::io::Result<()> {
    let text = asked.text.as_str();
    if json {
        write!(out, "{{\"id\":{},\"spans\":[", asked.id.map_or("null", RawValue::get))?;
    }
    let mut masked = String::with_capacity(text.len());
    let (mut at, mut first, mut written) = (0, true, Ok(()));
    // Told one by one: a long line of nothing but numbers needs no list of them.
    mask::find_each(text, |span| {
        let shown = mask::mask_span(text, &span, policy);
        masked.push_str(&text[at..span.byte_start]);
        masked.push_str(&shown);
        at = span.byte_end;
        if json && written.is_ok() {
            let separator = if std::mem::take(&mut first) { "" } else { "," };
            written = out.write_all(separator.as_bytes()).and_then(|()| {
                serde_json::to_writer(&mut *out, &Shown { span: &span, mask: &shown }).map_err(std::io::Error::from)
            });
        }
    });
    written?;
    masked.push_str(&text[at..]);
    if json {
        out.write_all(b"],\"masked\":")?;
        serde_json::to_writer(&mut *out, &masked)?;
        write!(out, ",\"masker\":{MASKER},\"policy\":")?;
        serde_json::to_writer(&mut *out, &policy.policy)?;
        out.write_all(b"}\n")
    } else {
        // One line in, one line out.
        writeln!(out, "{}", masked.replace(['\n', '\r'], " "))
    }
}
