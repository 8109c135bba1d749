//! A mapping's tree becomes a mapping, or a list of all that is wrong in it.

use encoding_rs::Encoding;
use jiff::tz::TimeZone;

use super::fields::{Known, Sort};
use super::node::{Entry, Node, Value};
use super::problem::{Code, Problem};
use super::time::{Format, UNITS, Unit, WORDS};
use super::{Column, ColumnName, Cut, Field, Kind, Mapping, Origin, Otherwise, digest};

const KEYS: [&str; 9] = ["mapping", "name", "kind", "zone", "times", "unknown", "key", "keep", "fields"];
const FILE_KEYS: [&str; 4] = ["delimiter", "quote", "encoding", "header"];
const FIELD_KEYS: [&str; 10] =
    ["column", "columns", "constant", "values", "else", "unknown", "time", "unit", "strip", "crosses_midnight"];
const KINDS: [Kind; 3] = [Kind::Contacts, Kind::Events, Kind::Tickets];
const OTHERWISE: [&str; 3] = ["keep", "refuse", "unknown"];
/// The only version of the language so far.
const VERSION: i64 = 1;
/// The longest name of a source, in characters.
const NAME_CHARS_MAX: usize = 40;

/// Everything that is wrong so far.
type Problems = Vec<Problem>;

pub(super) fn mapping(text: &str) -> Result<Mapping, Problems> {
    let node = Node::of(text).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    let mapping = whole(&node, text, &mut problems);
    problems.sort_by_key(|problem| problem.line);
    match mapping {
        Some(mapping) if problems.is_empty() => Ok(mapping),
        Some(_) | None => Err(problems),
    }
}

fn whole(node: &Node, text: &str, problems: &mut Problems) -> Option<Mapping> {
    let entries = table(node, "", problems)?;
    let known: Vec<&str> = KEYS.iter().copied().chain(["file"]).collect();
    strict(entries, "", &known, problems);
    let get = |key: &str| entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node);
    if let Some(version) = get("mapping").filter(|version| version.value != Value::Integer(VERSION)) {
        problems.push(wrong(version, "mapping", Code::ValueUnknown).hint(VERSION.to_string()));
    }
    let kind = required(get("kind"), node, "kind", problems).and_then(|said| kind(said, problems));
    let name = required(get("name"), node, "name", problems).and_then(|said| name(said, problems));
    let zone = required(get("zone"), node, "zone", problems).and_then(|said| zone(said, problems));
    let times = get("times").map(|said| formats(said, "times", problems)).unwrap_or_default();
    let unknown = get("unknown").map(|said| words(said, "unknown", problems)).unwrap_or_default();
    let key = get("key").map(|said| columns(said, "key", problems)).unwrap_or_default();
    let keep = get("keep").map(|said| columns(said, "keep", problems)).unwrap_or_default();
    let cut = get("file").map(|said| cut(said, problems)).unwrap_or_default();
    let said = required(get("fields"), node, "fields", problems);
    let fields = said.zip(kind).map(|(said, kind)| fields(said, kind, &times, problems)).unwrap_or_default();
    if let (Some(kind), Some(said)) = (kind, said) {
        complete(kind, &fields, &key, said, problems);
        needs_a_format(&fields, &times, said, problems);
    }
    personal(&fields, &keep, problems);
    let ((zone, clocks), kind, name) = (zone?, kind?, name?);
    let (text, sha256) = (text.to_owned(), digest(text));
    Some(Mapping { name, kind, zone, cut, text, sha256, clocks, unknown, key, keep, fields })
}

fn wrong(node: &Node, key: &str, code: Code) -> Problem {
    Problem::new(node.line, key, code, node.scalar().unwrap_or_else(|| node.sort().to_owned()))
}

fn required<'a>(said: Option<&'a Node>, of: &Node, key: &str, problems: &mut Problems) -> Option<&'a Node> {
    if said.is_none() {
        problems.push(Problem::new(of.line, "", Code::KeyMissing, key));
    }
    said
}

fn table<'a>(node: &'a Node, key: &str, problems: &mut Problems) -> Option<&'a [Entry]> {
    if let Value::Table(entries) = &node.value {
        return Some(entries);
    }
    problems.push(Problem::new(node.line, key, Code::WrongType, node.sort()).hint("table"));
    None
}

/// Refuses every key that is not known.
fn strict(entries: &[Entry], under: &str, known: &[&str], problems: &mut Problems) {
    for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
        let key = if under.is_empty() { entry.key.clone() } else { format!("{under}.{}", entry.key) };
        problems.push(Problem::new(entry.line, &key, Code::KeyUnknown, &entry.key).nearest(known));
    }
}

fn text(node: &Node, key: &str, problems: &mut Problems) -> Option<String> {
    let text = node.scalar();
    if text.is_none() {
        problems.push(Problem::new(node.line, key, Code::WrongType, node.sort()).hint("text"));
    }
    text
}

fn flag(node: &Node, key: &str, problems: &mut Problems) -> Option<bool> {
    if let Value::Flag(flag) = node.value {
        return Some(flag);
    }
    problems.push(Problem::new(node.line, key, Code::WrongType, node.sort()).hint("flag"));
    None
}

/// One text or a list of texts.
fn each(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::List(items) => items.iter().collect(),
        Value::Text(_) | Value::Integer(_) | Value::Flag(_) | Value::Table(_) => vec![node],
    }
}

fn words(node: &Node, key: &str, problems: &mut Problems) -> Vec<String> {
    each(node).into_iter().filter_map(|item| text(item, key, problems)).collect()
}

fn kind(node: &Node, problems: &mut Problems) -> Option<Kind> {
    let said = text(node, "kind", problems)?;
    let found = KINDS.into_iter().find(|kind| kind.name() == said);
    if found.is_none() {
        problems.push(wrong(node, "kind", Code::ValueUnknown).nearest(&KINDS.map(Kind::name)));
    }
    found
}

/// A name begins a stream's id and stands in every list of sources.
fn name(node: &Node, problems: &mut Problems) -> Option<String> {
    let name = text(node, "name", problems)?;
    let fits = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || NAME_CHARS_MAX < name.chars().count() || !name.chars().all(fits) || name == "desk" {
        let hint = format!("1 to {NAME_CHARS_MAX} letters, digits, - and _, and not \"desk\", which is this console");
        problems.push(wrong(node, "name", Code::ValueUnknown).hint(hint));
        return None;
    }
    Some(name)
}

fn zone(node: &Node, problems: &mut Problems) -> Option<(String, TimeZone)> {
    let name = text(node, "zone", problems)?;
    let Ok(clocks) = jiff::tz::db().get(&name) else {
        problems.push(wrong(node, "zone", Code::ZoneUnknown).hint("Asia/Shanghai"));
        return None;
    };
    let name = clocks.iana_name().map(str::to_owned).unwrap_or(name);
    Some((name, clocks))
}

fn formats(node: &Node, key: &str, problems: &mut Problems) -> Vec<Format> {
    let one = |item: &Node, problems: &mut Problems| {
        let said = text(item, key, problems)?;
        let format = Format::named(&said);
        if format.is_none() {
            let hint = format!("%Y-%m-%d %H:%M:%S, {}", WORDS.join(", "));
            problems.push(wrong(item, key, Code::FormatBad).hint(hint));
        }
        format
    };
    each(node).into_iter().filter_map(|item| one(item, problems)).collect()
}

fn column(node: &Node, key: &str, problems: &mut Problems) -> Option<Column> {
    let name = match &node.value {
        Value::Text(name) => ColumnName::Named(name.clone()),
        Value::Integer(number) => match usize::try_from(*number).ok().filter(|number| (1..=10_000).contains(number)) {
            Some(number) => ColumnName::Numbered(number),
            None => {
                problems.push(wrong(node, key, Code::OutOfRange));
                return None;
            }
        },
        Value::Flag(_) | Value::List(_) | Value::Table(_) => {
            problems.push(Problem::new(node.line, key, Code::WrongType, node.sort()).hint("text, number"));
            return None;
        }
    };
    Some(Column { line: node.line, key: key.to_owned(), name })
}

fn columns(node: &Node, key: &str, problems: &mut Problems) -> Vec<Column> {
    each(node).into_iter().filter_map(|item| column(item, key, problems)).collect()
}

fn cut(node: &Node, problems: &mut Problems) -> Cut {
    let mut cut = Cut::default();
    let Some(entries) = table(node, "file", problems) else { return cut };
    strict(entries, "file", &FILE_KEYS, problems);
    for Entry { key, node, .. } in entries {
        match key.as_str() {
            "delimiter" => cut.delimiter = byte(node, "file.delimiter", &["\t", ",", ";", "|"], problems),
            "quote" => cut.quote = byte(node, "file.quote", &["\"", "'"], problems),
            "header" => cut.headless = flag(node, "file.header", problems) == Some(false),
            "encoding" => {
                let label = text(node, "file.encoding", problems);
                cut.encoding = label.as_ref().and_then(|label| Encoding::for_label(label.as_bytes()));
                if label.is_some() && cut.encoding.is_none() {
                    problems.push(wrong(node, "file.encoding", Code::EncodingUnknown).hint("utf-8, gbk, big5, utf-16le"));
                }
            }
            _ => {}
        }
    }
    cut
}

fn byte(node: &Node, key: &str, of: &[&str], problems: &mut Problems) -> Option<u8> {
    let said = text(node, key, problems)?;
    let found = of.iter().find(|word| **word == said).and_then(|word| word.bytes().next());
    if found.is_none() {
        let shown: Vec<String> = of.iter().map(|word| format!("{word:?}")).collect();
        problems.push(wrong(node, key, Code::ValueUnknown).hint(shown.join(" ")));
    }
    found
}

fn fields(node: &Node, kind: Kind, times: &[Format], problems: &mut Problems) -> Vec<Field> {
    let Some(entries) = table(node, "fields", problems) else { return Vec::new() };
    let names: Vec<&str> = kind.fields().iter().map(|known| known.name).collect();
    strict(entries, "fields", &names, problems);
    let known = |entry: &Entry| kind.fields().iter().find(|known| known.name == entry.key);
    let of = |entry: &Entry, problems: &mut Problems| field(&entry.node, entry.line, known(entry)?, times, problems);
    entries.iter().filter_map(|entry| of(entry, problems)).collect()
}

fn field(node: &Node, line: u32, known: &'static Known, times: &[Format], problems: &mut Problems) -> Option<Field> {
    let path = format!("fields.{}", known.name);
    let empty = Field {
        known,
        origin: Origin::Constant(String::new()),
        values: Vec::new(),
        otherwise: Otherwise::default(),
        unknown: Vec::new(),
        times: times.to_vec(),
        unit: Unit::default(),
        strip: Vec::new(),
        crosses_midnight: false,
    };
    let Value::Table(entries) = &node.value else {
        let columns = columns(node, &path, problems);
        return (!columns.is_empty()).then_some(Field { origin: Origin::Columns(columns), ..empty });
    };
    strict(entries, &path, &FIELD_KEYS, problems);
    let mut field = empty;
    let mut origins = Vec::new();
    for Entry { key, node, line } in entries {
        let at = format!("{path}.{key}");
        let mut idle = |fits: bool| {
            if !fits {
                problems.push(Problem::new(*line, &at, Code::OptionIdle, key));
            }
        };
        match key.as_str() {
            "values" | "else" => idle(!matches!(known.sort, Sort::Time | Sort::Span | Sort::Customer | Sort::Message)),
            "time" => idle(known.sort == Sort::Time),
            "unit" => idle(known.sort == Sort::Span),
            "crosses_midnight" => idle(known.sort == Sort::Time && entries.iter().any(|entry| entry.key == "columns")),
            _ => {}
        }
        match key.as_str() {
            "column" => origins.extend(column(node, &at, problems).map(|column| Origin::Columns(vec![column]))),
            "columns" => origins.push(Origin::Columns(columns(node, &at, problems))),
            "constant" => origins.extend(text(node, &at, problems).map(Origin::Constant)),
            "values" => field.values = values(node, &at, known, problems),
            "else" => field.otherwise = otherwise(node, &at, problems).unwrap_or_default(),
            "unknown" => field.unknown = words(node, &at, problems),
            "time" => field.times = formats(node, &at, problems),
            "unit" => field.unit = unit(node, &at, problems).unwrap_or_default(),
            "strip" => field.strip = words(node, &at, problems),
            "crosses_midnight" => field.crosses_midnight = flag(node, &at, problems).unwrap_or_default(),
            _ => {}
        }
    }
    if let [Origin::Constant(constant)] = origins.as_slice() {
        allowed(constant, known, line, &format!("{path}.constant"), problems);
    }
    match (origins.pop(), origins.is_empty()) {
        (Some(origin), true) => Some(Field { origin, ..field }),
        (Some(_), false) | (None, _) => {
            problems.push(Problem::new(line, &path, Code::OriginUnclear, known.name));
            Some(field)
        }
    }
}

fn allowed(word: &str, known: &Known, line: u32, key: &str, problems: &mut Problems) {
    let said = || Problem::new(line, key, Code::ValueUnknown, word);
    match known.sort {
        Sort::Word(words) if !words.contains(&word) => problems.push(said().nearest(words)),
        Sort::Flag if !["true", "false"].contains(&word) => problems.push(said().hint("true, false")),
        Sort::Count(most) if word.parse::<u32>().map_or(true, |number| most < number) => {
            problems.push(Problem::new(line, key, Code::OutOfRange, word).hint(format!("0 to {most}")));
        }
        Sort::Text | Sort::Time | Sort::Span | Sort::Count(_) | Sort::Flag | Sort::Word(_) | Sort::Customer | Sort::Message => {}
    }
}

fn values(node: &Node, key: &str, known: &Known, problems: &mut Problems) -> Vec<(String, String)> {
    let Some(entries) = table(node, key, problems) else { return Vec::new() };
    let mut values = Vec::with_capacity(entries.len());
    for entry in entries {
        let at = format!("{key}.{}", entry.key);
        let Some(to) = text(&entry.node, &at, problems) else { continue };
        allowed(&to, known, entry.line, &at, problems);
        values.push((entry.key.clone(), to));
    }
    values
}

fn otherwise(node: &Node, key: &str, problems: &mut Problems) -> Option<Otherwise> {
    let said = text(node, key, problems)?;
    match said.as_str() {
        "keep" => Some(Otherwise::Keep),
        "refuse" => Some(Otherwise::Refuse),
        "unknown" => Some(Otherwise::Unknown),
        _ => {
            problems.push(wrong(node, key, Code::ValueUnknown).nearest(&OTHERWISE));
            None
        }
    }
}

fn unit(node: &Node, key: &str, problems: &mut Problems) -> Option<Unit> {
    let said = text(node, key, problems)?;
    let unit = Unit::named(&said);
    if unit.is_none() {
        problems.push(wrong(node, key, Code::ValueUnknown).nearest(&UNITS));
    }
    unit
}

/// What a kind cannot do without.
fn complete(kind: Kind, fields: &[Field], key: &[Column], said: &Node, problems: &mut Problems) {
    let has = |name: &str| fields.iter().any(|field| field.known.name == name);
    let mut need = |there: bool, name: &str| {
        if !there {
            problems.push(Problem::new(said.line, "fields", Code::KeyMissing, name));
        }
    };
    match kind {
        Kind::Contacts => {
            need(has("started_at") || has("enqueued_at"), "started_at");
            need(has("channel"), "channel");
            let waits = has("enqueued_at") || has("waiting_secs") || has("dequeued_at");
            need(has("queue") || !waits, "queue");
            need(has("rating_max") || !has("rating"), "rating_max");
        }
        Kind::Events => {
            need(has("at"), "at");
            need(has("type"), "type");
            need(has("score_max") || !has("score"), "score_max");
        }
        Kind::Tickets => need(has("at"), "at"),
    }
    if kind != Kind::Contacts && key.is_empty() {
        problems.push(Problem::new(1, "", Code::KeyMissing, "key"));
    }
}

/// A time without a format cannot be read.
fn needs_a_format(fields: &[Field], times: &[Format], said: &Node, problems: &mut Problems) {
    let lacks = |field: &&Field| field.known.sort == Sort::Time && field.times.is_empty();
    if times.is_empty()
        && fields.iter().any(|field| lacks(&field))
        && !problems.iter().any(|problem| problem.key.contains("time"))
    {
        problems.push(Problem::new(said.line, "", Code::KeyMissing, "times"));
    }
}

/// What names a customer or quotes somebody is kept nowhere but sealed.
fn personal(fields: &[Field], keep: &[Column], problems: &mut Problems) {
    let personal = fields.iter().filter(|field| field.known.sort.personal());
    let columns: Vec<&ColumnName> = personal
        .filter_map(|field| match &field.origin {
            Origin::Columns(columns) => Some(columns.iter().map(|column| &column.name)),
            Origin::Constant(_) => None,
        })
        .flatten()
        .collect();
    for column in keep.iter().filter(|column| columns.contains(&&column.name)) {
        problems.push(Problem::new(column.line, &column.key, Code::ColumnPersonal, column.name.shown()));
    }
}

impl ColumnName {
    /// As a person would say it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Named(name) => name.clone(),
            Self::Numbered(number) => number.to_string(),
        }
    }
}
