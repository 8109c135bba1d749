//! A process log (XES, IEEE 1849) as records: one event after the other, with what its trace says.
//!
//! An XML parser stops at the first fault; a log of a million events is worth reading past it. So tags are found here,
//! each bounded, and only their attributes are left to `quick-xml`: a broken tag spoils its event, and reading goes on
//! at the next. Of XML, only what XES uses is understood. A document type is refused, because no entity but XML's own
//! five is ever expanded. Attributes within attributes (the `nested-attributes` feature, and the log's own meta data)
//! are passed over.

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use quick_xml::escape::unescape;
use quick_xml::events::BytesStart;

use super::Misfit;
use super::lines::{ReadError, of_io};
use super::records::{Content, Record};
use super::text::Text;
use crate::export::WHOLE;
use crate::verbs::Trouble;

/// The longest tag, and the longest event, in bytes.
const EVENT_BYTES_MAX: usize = 1 << 20;
/// How much of an event's own text is kept for a note, in bytes.
const RAW_BYTES_MAX: usize = 4_000;

/// Attributes in the order of the file: key and value.
pub type Attributes = Vec<(String, String)>;

/// One event of a trace.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// What the trace says of itself.
    pub trace: Arc<Attributes>,
    /// Whether it is the first event of its trace.
    pub first: bool,
    /// Its attributes.
    pub attributes: Attributes,
    /// The beginning of its text in the file.
    pub raw: String,
}

/// The value under `key`.
#[must_use]
pub fn value<'a>(attributes: &'a [(String, String)], key: &str) -> Option<&'a str> {
    attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
}

impl Step {
    /// The value of one of its attributes; an empty one is none.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        value(&self.attributes, key).filter(|value| !value.is_empty())
    }
}

/// A process log being read.
pub struct Xes {
    reader: BufReader<Box<dyn Read + Send>>,
    read: Arc<AtomicU64>,
    line: u64,
    token: Vec<u8>,
    /// A `<` that broke the tag before it has been read already.
    opened: bool,
    ended: bool,
    trace: Option<Trace>,
    event: Option<Unfinished>,
}

#[derive(Default)]
struct Trace {
    attributes: Arc<Attributes>,
    n_bytes: usize,
    depth: usize,
    n_events: u64,
}

#[derive(Default)]
struct Unfinished {
    line: u64,
    attributes: Attributes,
    depth: usize,
    n_bytes: usize,
    raw: Vec<u8>,
    bad: Option<Misfit>,
}

/// What stands between `<` and `>`.
enum Tag {
    Open,
    Empty,
    Close,
    Broken(&'static str),
    End,
}

impl Xes {
    /// The events of a text.
    #[must_use]
    pub fn of(text: Text) -> Self {
        let Text { reader, read, .. } = text;
        Self { reader, read, line: 1, token: Vec::new(), opened: false, ended: false, trace: None, event: None }
    }

    /// Bytes taken off the disk so far.
    #[must_use]
    pub fn bytes_read(&self) -> Arc<AtomicU64> {
        self.read.clone()
    }

    /// The next event, or `None` at the end of the log.
    ///
    /// # Errors
    /// When the file cannot be read further, ends before its log does, or declares a document type.
    pub fn next_record(&mut self) -> Result<Option<Record>, ReadError> {
        loop {
            let line = self.line;
            let tag = self.tag()?;
            let name_len = self.token.iter().position(|byte| byte.is_ascii_whitespace()).unwrap_or(self.token.len());
            let name = &self.token[..name_len];
            let whole = match (&tag, name) {
                (Tag::End, _) if self.ended => return Ok(None),
                (Tag::End, _) => {
                    let detail = "the file ends before its log does".to_owned();
                    return Err(ReadError { code: Trouble::FileTruncated, detail });
                }
                (Tag::Close, b"log") => {
                    self.ended = true;
                    self.event.take()
                }
                (Tag::Open, b"trace") => {
                    self.trace = Some(Trace::default());
                    self.event.take()
                }
                (Tag::Close, b"trace") => {
                    self.trace = None;
                    self.event.take()
                }
                (Tag::Open, b"event") => self.event.replace(Unfinished { line: self.line, ..Unfinished::default() }),
                (Tag::Close, b"event") => {
                    let unopened = Misfit { reason: "event_not_opened", detail: None };
                    let event = self.event.take();
                    let event = event.unwrap_or_else(|| Unfinished { line, bad: Some(unopened), ..Unfinished::default() });
                    return Ok(Some(self.finish(event)));
                }
                (Tag::Broken(reason), _) => {
                    if let Some(event) = &mut self.event {
                        event.bad.get_or_insert_with(|| Misfit::new(reason, format!("line {line}")));
                    }
                    None
                }
                (Tag::Empty, _) if self.event.is_none() && self.trace.is_none() && self.whole(name_len) => {
                    let own = pair(&self.token, name_len).map(|own| own.into_iter().collect());
                    let step = own.map(|attributes| Content::Step(Step { attributes, ..Step::default() }));
                    return Ok(Some(Record { line, content: step.map_err(|misfit| (misfit, None)) }));
                }
                (Tag::Open | Tag::Empty | Tag::Close, _) => {
                    self.attribute(&tag, name_len);
                    None
                }
            };
            if let Some(mut unfinished) = whole {
                unfinished.bad.get_or_insert(Misfit { reason: "event_not_closed", detail: None });
                return Ok(Some(self.finish(unfinished)));
            }
        }
    }

    /// Whether the tag is a whole fact of ours: a log holds those that are of no case in a list of its own.
    fn whole(&self, name_len: usize) -> bool {
        matches!(pair(&self.token, name_len), Ok(Some((key, _))) if key == WHOLE)
    }

    /// Takes up an attribute of the event, or of the trace before its first event.
    fn attribute(&mut self, tag: &Tag, name_len: usize) {
        let depth = match (&mut self.event, &mut self.trace) {
            (Some(event), _) => {
                event.n_bytes += self.token.len();
                if event.raw.len() < RAW_BYTES_MAX {
                    event.raw.push(b'<');
                    event.raw.extend_from_slice(&self.token[..self.token.len().min(RAW_BYTES_MAX)]);
                    event.raw.extend_from_slice(if matches!(tag, Tag::Empty) { b"/>" } else { b">" });
                }
                if EVENT_BYTES_MAX < event.n_bytes {
                    event.attributes.clear();
                    event.bad.get_or_insert_with(|| Misfit::new("event_too_large", format!("more than {EVENT_BYTES_MAX} bytes")));
                }
                &mut event.depth
            }
            (None, Some(trace)) if trace.n_bytes < EVENT_BYTES_MAX => {
                trace.n_bytes += self.token.len();
                &mut trace.depth
            }
            (None, Some(_) | None) => return,
        };
        let top = *depth == 0;
        match tag {
            Tag::Open => *depth += 1,
            Tag::Close => *depth = depth.saturating_sub(1),
            Tag::Empty | Tag::Broken(_) | Tag::End => {}
        }
        if !top || matches!(tag, Tag::Close) || self.event.as_ref().is_some_and(|event| event.bad.is_some()) {
            return;
        }
        match (pair(&self.token, name_len), &mut self.event, &mut self.trace) {
            (Ok(Some(pair)), Some(event), _) => event.attributes.push(pair),
            (Ok(Some(pair)), None, Some(trace)) => Arc::make_mut(&mut trace.attributes).push(pair),
            (Err(misfit), Some(event), _) => event.bad = Some(misfit),
            // A trace whose name cannot be read has none, which its events then say.
            (Err(_), None, _) | (Ok(_), _, _) => {}
        }
    }

    fn finish(&mut self, event: Unfinished) -> Record {
        let raw = String::from_utf8_lossy(&event.raw).into_owned();
        let open = (event.depth != 0).then_some(Misfit { reason: "attribute_not_closed", detail: None });
        let content = match event.bad.or(open) {
            Some(misfit) => Err((misfit, Some(raw))),
            None => {
                let (trace, first) = match &mut self.trace {
                    None => (Arc::default(), false),
                    Some(trace) => {
                        trace.n_events += 1;
                        (trace.attributes.clone(), trace.n_events == 1)
                    }
                };
                Ok(Content::Step(Step { trace, first, attributes: event.attributes, raw }))
            }
        };
        Record { line: event.line, content }
    }

    /// Reads on to the end of the next tag; its inside is then in `token`.
    fn tag(&mut self) -> Result<Tag, ReadError> {
        loop {
            if !std::mem::take(&mut self.opened) && !self.skip_until(b"<")? {
                self.token.clear();
                return Ok(Tag::End);
            }
            // What is no tag ends in its own way, whatever quotes or tags stand in it.
            match fill(&mut self.reader)?.first() {
                Some(b'?') => {
                    self.skip_until(b"?>")?;
                    continue;
                }
                Some(b'!') => {
                    self.declaration()?;
                    continue;
                }
                Some(_) | None => {}
            }
            let tag = self.inside()?;
            if self.token.first() != Some(&b'/') {
                return Ok(tag);
            }
            self.token.remove(0);
            while self.token.last().is_some_and(u8::is_ascii_whitespace) {
                self.token.pop();
            }
            return Ok(if matches!(tag, Tag::Broken(_)) { tag } else { Tag::Close });
        }
    }

    /// Passes over a comment or the like; refuses what could declare entities.
    fn declaration(&mut self) -> Result<(), ReadError> {
        let mut start = [0; 3];
        self.reader.read_exact(&mut start).map_err(|error| of_io(&error))?;
        // One that is never closed ends with the file, which the next tag says.
        match &start {
            b"!--" => self.skip_until(b"-->").map(drop),
            b"![C" => self.skip_until(b"]]>").map(drop),
            _ => {
                let detail = "the file declares a document type or entities, which are never expanded".to_owned();
                Err(ReadError { code: Trouble::XmlDoctype, detail })
            }
        }
    }

    /// Passes over everything up to and with the last byte of `end`; whether it was found.
    fn skip_until(&mut self, end: &[u8]) -> Result<bool, ReadError> {
        let last = *end.last().unwrap_or(&b'<');
        let mut tail: Vec<u8> = Vec::with_capacity(end.len());
        loop {
            let chunk = fill(&mut self.reader)?;
            if chunk.is_empty() {
                return Ok(false);
            }
            let found = memchr::memchr(last, chunk);
            let taken = found.map_or(chunk.len(), |at| at + 1);
            self.line += memchr::memchr_iter(b'\n', &chunk[..taken]).count() as u64;
            tail.extend_from_slice(&chunk[taken.saturating_sub(end.len())..taken]);
            tail.drain(..tail.len().saturating_sub(end.len()));
            self.reader.consume(taken);
            if found.is_some() && tail == end {
                return Ok(true);
            }
        }
    }

    /// Reads the inside of a tag, bounded.
    fn inside(&mut self) -> Result<Tag, ReadError> {
        self.token.clear();
        let mut quote = None;
        let mut too_long = false;
        loop {
            let chunk = fill(&mut self.reader)?;
            if chunk.is_empty() {
                self.token.clear();
                return Ok(Tag::End);
            }
            let stop = chunk.iter().position(|&byte| {
                match (quote, byte) {
                    (_, b'<') | (None, b'>') => return true,
                    (None, b'"' | b'\'') => quote = Some(byte),
                    (Some(open), _) if open == byte => quote = None,
                    (Some(_) | None, _) => {}
                }
                false
            });
            let taken = stop.unwrap_or(chunk.len());
            too_long |= EVENT_BYTES_MAX < self.token.len() + taken;
            if !too_long {
                self.token.extend_from_slice(&chunk[..taken]);
            }
            self.line += memchr::memchr_iter(b'\n', &chunk[..taken]).count() as u64;
            let ended_by = stop.map(|at| chunk[at]);
            self.reader.consume(taken + usize::from(stop.is_some()));
            match ended_by {
                None => {}
                Some(b'<') => {
                    self.opened = true;
                    return Ok(Tag::Broken("malformed_xml"));
                }
                Some(_) if too_long => return Ok(Tag::Broken("attribute_too_long")),
                Some(_) if self.token.last() == Some(&b'/') => {
                    self.token.pop();
                    return Ok(Tag::Empty);
                }
                Some(_) => return Ok(Tag::Open),
            }
        }
    }
}

fn fill(reader: &mut BufReader<Box<dyn Read + Send>>) -> Result<&[u8], ReadError> {
    loop {
        match reader.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(of_io(&error)),
        }
    }
    Ok(reader.buffer())
}

/// The key and value of an attribute's tag; `None` of a tag that is none.
fn pair(token: &[u8], name_len: usize) -> Result<Option<(String, String)>, Misfit> {
    let text = std::str::from_utf8(token).map_err(|_not_text| Misfit { reason: "not_utf8", detail: None })?;
    let malformed = |detail: String| Misfit::new("malformed_xml", detail);
    let tag = BytesStart::from_content(text, name_len);
    let (mut key, mut value) = (None, None);
    for attribute in tag.attributes().with_checks(false) {
        // The parser's own words may quote the file: they are not passed on.
        let attribute = attribute.map_err(|_its_words| malformed("an attribute is not written as XML wants it".to_owned()))?;
        let text = || unescape(&attribute.value).map(|text| text.trim().to_owned());
        let unknown = |_its_words| Misfit { reason: "unknown_entity", detail: None };
        match attribute.key.as_ref() {
            "key" => key = Some(text().map_err(unknown)?),
            "value" => value = Some(text().map_err(unknown)?),
            _ => {}
        }
    }
    Ok(key.zip(value))
}

/// Whether a text begins like a process log.
#[must_use]
pub fn recognises(head: &str) -> bool {
    head.trim_start_matches('\u{feff}').trim_start().starts_with('<') && head.contains("<log") && head.contains("xes")
}
