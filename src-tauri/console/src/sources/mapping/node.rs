//! A mapping's text as a tree whose every part knows its line, whether it is written in TOML or in YAML.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Code, Problem};

/// The longest text of a mapping, in bytes.
pub const TEXT_BYTES_MAX: usize = 64 << 10;
/// How deep lists and tables may lie in each other.
const DEPTH_MAX: usize = 8;

/// One value and the line on which it begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) line: u32,
    pub(super) value: Value,
}

/// What stands there; numbers with a fraction and dates are kept as they are written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Flag(bool),
    List(Vec<Node>),
    Table(Vec<Entry>),
}

/// One key of a table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) line: u32,
    pub(super) key: String,
    pub(super) node: Node,
}

impl Node {
    /// Reads a text in the language that it is written in.
    pub(super) fn of(text: &str) -> Result<Self, Problem> {
        if TEXT_BYTES_MAX < text.len() {
            return Err(Problem::new(1, "", Code::TooLong, text.len().to_string()).hint(TEXT_BYTES_MAX.to_string()));
        }
        if is_yaml(text) { of_yaml(text) } else { of_toml(text) }
    }

    /// What it is, for whoever wrote something else.
    pub(super) fn sort(&self) -> &'static str {
        match self.value {
            Value::Text(_) => "text",
            Value::Integer(_) => "number",
            Value::Flag(_) => "flag",
            Value::List(_) => "list",
            Value::Table(_) => "table",
        }
    }

    /// Its words, whatever sort of scalar it is.
    pub(super) fn scalar(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) => Some(text.clone()),
            Value::Integer(number) => Some(number.to_string()),
            Value::Flag(flag) => Some(flag.to_string()),
            Value::List(_) | Value::Table(_) => None,
        }
    }
}

/// TOML sets a key with `=` or opens a table with `[`; YAML does neither.
fn is_yaml(text: &str) -> bool {
    let said = text.trim_start_matches('\u{feff}').lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    said.is_some_and(|line| {
        let place = |sign: char| line.find(sign).unwrap_or(usize::MAX);
        line.starts_with(['{', '-', '%']) || (!line.starts_with('[') && place(':') < place('='))
    })
}

fn of_toml(text: &str) -> Result<Node, Problem> {
    let text = text.trim_start_matches('\u{feff}');
    let line = |at: usize| line_of(text, at);
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        Problem::new(line(at), "", Code::Syntax, error.message().lines().next().unwrap_or_default())
    })?;
    toml_table(table.get_ref(), 1, &line, 0)
}

fn line_of(text: &str, at: usize) -> u32 {
    let before = &text.as_bytes()[..at.min(text.len())];
    u32::try_from(before.iter().filter(|&&byte| byte == b'\n').count()).unwrap_or(u32::MAX).saturating_add(1)
}

fn toml_table(table: &DeTable<'_>, at: u32, line: &impl Fn(usize) -> u32, depth: usize) -> Result<Node, Problem> {
    let mut entries = Vec::with_capacity(table.len());
    for (key, value) in table {
        let at = line(key.span().start);
        let node = toml_value(value, line, depth + 1)?;
        // A table of its own begins at its key: its values may stand elsewhere.
        entries.push(Entry { line: at, key: key.get_ref().to_string(), node });
    }
    entries.sort_by_key(|entry| entry.line);
    Ok(Node { line: at, value: Value::Table(entries) })
}

fn toml_value(value: &Spanned<DeValue<'_>>, line: &impl Fn(usize) -> u32, depth: usize) -> Result<Node, Problem> {
    let at = line(value.span().start);
    if DEPTH_MAX < depth {
        return Err(Problem::new(at, "", Code::Syntax, "this lies too deep"));
    }
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Value::Text(number.as_str().to_owned()), Value::Integer)
        }
        DeValue::Float(number) => Value::Text(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(time) => Value::Text(time.to_string()),
        DeValue::Array(items) => {
            Value::List(items.iter().map(|item| toml_value(item, line, depth + 1)).collect::<Result<_, _>>()?)
        }
        DeValue::Table(table) => return toml_table(table, at, line, depth),
    };
    Ok(Node { line: at, value })
}

/// A list or table of YAML that is not closed yet.
enum Open {
    List(u32, Vec<Node>),
    /// With the key whose value comes next.
    Table(u32, Vec<Entry>, Option<(u32, String)>),
}

fn of_yaml(text: &str) -> Result<Node, Problem> {
    let mut open: Vec<Open> = Vec::new();
    let mut whole = None;
    let at = |span: &Span| u32::try_from(span.start.line()).unwrap_or(u32::MAX);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            Problem::new(u32::try_from(error.marker().line()).unwrap_or(u32::MAX), "", Code::Syntax, error.info())
        })?;
        let line = at(&span);
        let refuse = |what: &str| Problem::new(line, "", Code::Syntax, what);
        let closed = match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => None,
            Event::DocumentStart(_) if whole.is_some() => return Err(refuse("a second document begins here")),
            Event::DocumentStart(_) => None,
            // What is said once needs no name, and a name said again and again would make a small text an endless one.
            Event::Alias(_) => return Err(refuse("an alias has no place in a mapping")),
            Event::Scalar(text, style, _, _) => Some(Node { line, value: yaml_scalar(&text, style) }),
            Event::SequenceStart(..) => {
                open.push(Open::List(line, Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                open.push(Open::Table(line, Vec::new(), None));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(|done| match done {
                Open::List(line, items) => Node { line, value: Value::List(items) },
                Open::Table(line, entries, _) => Node { line, value: Value::Table(entries) },
            }),
        };
        if DEPTH_MAX < open.len() {
            return Err(refuse("this lies too deep"));
        }
        if let Some(node) = closed {
            match open.last_mut() {
                None => whole = Some(node),
                Some(open) => put(open, node)?,
            }
        }
    }
    whole.ok_or_else(|| Problem::new(1, "", Code::Syntax, "there is nothing here"))
}

fn put(open: &mut Open, node: Node) -> Result<(), Problem> {
    match open {
        Open::List(_, items) => items.push(node),
        Open::Table(_, entries, key) => match key.take() {
            Some((line, key)) => {
                if entries.iter().any(|entry| entry.key == key) {
                    return Err(Problem::new(line, "", Code::KeyTwice, key));
                }
                entries.push(Entry { line, key, node });
            }
            None => {
                let name = node.scalar().ok_or_else(|| Problem::new(node.line, "", Code::WrongType, node.sort()))?;
                *key = Some((node.line, name));
            }
        },
    }
    Ok(())
}

/// A plain word may be a number or a flag; what is quoted is text. `null` and `~` are texts too: files write them.
fn yaml_scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::Text(text.to_owned());
    }
    match text {
        "true" => Value::Flag(true),
        "false" => Value::Flag(false),
        // `007` is a code, and no number.
        _ if text.len() == 1 || !text.starts_with('0') => {
            text.parse().map_or_else(|_word| Value::Text(text.to_owned()), Value::Integer)
        }
        _ => Value::Text(text.to_owned()),
    }
}
