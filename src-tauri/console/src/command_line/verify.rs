//! `retrace verify`: whether the log is what was signed, told in the reader's language.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use events::Moment;
use serde_json::Value;

use super::Failure;
use super::print::{self, Language, language};
use super::prove::{foreign, note_from};
use crate::verification::{Finding, Held, Refused, Report, Why, verify};
use crate::witness::Witness;

/// `retrace verify`
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// A checkpoint held elsewhere, as `retrace checkpoint` wrote it; `-` for the standard input; may be given again
    #[arg(long, value_name = "FILE")]
    against: Vec<PathBuf>,
}

impl Verify {
    pub(super) async fn run(self, log: &Path, json: bool) -> Result<(), Failure> {
        let notes = self.against.iter().map(|file| note_from(file)).collect::<Result<Vec<_>, _>>()?;
        let tell = |done: u64, of: u64| print::progress(&format!("{done} / {of}"));
        let report = verify(log, &Witness::default(), &notes, &tell).await;
        print::progress_done();
        let report = report.map_err(|refused| match refused {
            Refused::Given(error) => foreign(error.to_string(), self.against.first().map(PathBuf::as_path)),
            Refused::Log(error) => error.into(),
        })?;
        if json {
            let mut document = serde_json::to_value(&report).map_err(anyhow::Error::from)?;
            write_times(&mut document);
            print::json(&document);
        } else {
            print::text(&told(&report, language()));
        }
        if report.clean() {
            return Ok(());
        }
        let message = said(language(), ["日志与签署时不一致", "日誌與簽署時不一致", "the log is not what was signed"]);
        Err(Failure { code: 3, message: message.to_owned(), json: None })
    }
}

/// Times leave the command line as RFC 3339.
fn write_times(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_i64() {
                    Some(micros) if name == "made_at" => {
                        *value = Value::String(events::cloudevent::rfc3339(Moment(micros)));
                    }
                    _ => write_times(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(write_times),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn said(language: Language, [hans, hant, english]: [&'static str; 3]) -> &'static str {
    match language {
        Language::Hans => hans,
        Language::Hant => hant,
        Language::English => english,
    }
}

fn time(at: Option<Moment>) -> String {
    at.map_or_else(|| "?".to_owned(), events::cloudevent::rfc3339)
}

/// A report for a person.
fn told(report: &Report, language: Language) -> String {
    let words = |all| said(language, all);
    let mut text = String::new();
    let mut line = |mark: &str, told: String| writeln!(text, "{mark} {told}").ok().unwrap_or_default();
    let mark = if report.clean() { "✓" } else { "✗" };
    let (to, size, at) = (report.verified_to, report.size, time(report.made_at));
    line(
        mark,
        match language {
            Language::Hans => format!("{size} 个事件中的前 {to} 个与检查点相符，签署于 {at}"),
            Language::Hant => format!("{size} 個事件中的前 {to} 個與檢查點相符，簽署於 {at}"),
            Language::English => format!("the first {to} of {size} events are as they were signed, at {at}"),
        },
    );
    for (name, value) in [
        (["日志", "日誌", "log"], report.origin.as_deref()),
        (["公钥", "公鑰", "key"], report.verifier.as_deref()),
        (["根", "根", "root"], report.root.as_deref()),
    ] {
        line("·", format!("{}  {}", words(name), value.unwrap_or("—")));
    }
    match report.outside {
        Some(size) => line("·", format!("{} {size}", words(["日志之外的检查点", "日誌之外的檢查點", "outside checkpoint at"]))),
        None => line("!", words(["日志之外没有检查点", "日誌之外沒有檢查點", "no outside checkpoint"]).to_owned()),
    }
    for finding in &report.findings {
        line("✗", sentence(finding, language));
    }
    for (kind, n) in report.counts.iter().filter(|(_, n)| super::super::verification::LISTED_MAX as u64 <= **n) {
        line("✗", format!("{kind}: {n}"));
    }
    for range in &report.unverified {
        let why = match range.why {
            Why::NotSigned => ["还没有检查点", "還沒有檢查點", "not covered by a checkpoint yet"],
            Why::AfterFinding => ["从第一处问题起", "從第一處問題起", "from the first finding on"],
        };
        line("!", format!("@{}…@{}  {}", range.from, range.to - 1, words(why)));
    }
    for rest in &report.rests_on_unverified {
        let days = rest.days.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
        let more = if 3 < rest.days.len() { format!(" … ({})", rest.days.len()) } else { String::new() };
        let rests = words(["依据未经核验的事件", "依據未經核驗的事件", "rests on events that are not verified"]);
        line("!", format!("{}@{}  {rests}: {}  {days}{more}", rest.metric, rest.version, rest.n));
    }
    line("·", format!("{:.2} s, {:.0}/s", report.seconds, report.events_per_sec));
    text
}

fn held(held: Held, language: Language) -> &'static str {
    let words = match held {
        Held::Log => ["日志中", "日誌中", "in the log"],
        Held::Outside => ["日志之外", "日誌之外", "outside the log"],
        Held::Given => ["给出的", "給出的", "given"],
    };
    said(language, words)
}

/// A finding as one sentence.
fn sentence(finding: &Finding, language: Language) -> String {
    let words = |all| said(language, all);
    let at = finding.position().map_or_else(String::new, |position| format!("@{}  ", position.0));
    let what = match finding {
        Finding::RecordChanged { .. } => {
            words(["事件与签署时不同", "事件與簽署時不同", "the event is not the one that was signed"]).to_owned()
        }
        Finding::PositionMissing { next, .. } => {
            format!("{} @{}", words(["事件缺失，直到", "事件缺失，直到", "events are missing up to"]), next.0)
        }
        Finding::OutOfPlace { found, .. } => {
            format!("{} {found}", words(["多出一行，位置", "多出一列，位置", "a row is out of place, at"]))
        }
        Finding::VersionOutOfOrder { expected, found, .. } => {
            let words = words(["流内版本不连续", "串流內版本不連續", "the stream's versions do not run on"]);
            format!("{words}: {expected} → {found}")
        }
        Finding::RecordedBackwards { .. } => {
            words(["记录时间倒退", "記錄時間倒退", "the time of recording goes back"]).to_owned()
        }
        Finding::IdTwice { first, .. } => {
            format!("{} @{}", words(["编号重复，首次在", "編號重複，首次在", "the id stands twice, first at"]), first.0)
        }
        Finding::Unreadable { next, detail, .. } => {
            let to = next.map_or_else(String::new, |next| format!(" …@{}", next.0));
            format!("{}{to}: {detail}", words(["无法读取", "無法讀取", "cannot be read"]))
        }
        Finding::TileChanged { level, number } => {
            let words = words([
                "树的存储块已损坏，事件完好",
                "樹的儲存塊已損毀，事件完好",
                "a tile of the tree is damaged, the events are not",
            ]);
            format!("{words}: {level}/{number}")
        }
        Finding::TableUnreadable { table, detail } => {
            format!("{} {table}: {detail}", words(["无法读取表", "無法讀取表", "the table cannot be read:"]))
        }
        Finding::CheckpointForged { size, detail } => {
            format!("{} {size}: {detail}", words(["检查点无效", "檢查點無效", "the checkpoint is not valid:"]))
        }
        Finding::RootDiffers { size, made_at, held: place, .. } => {
            let words = words([
                "从这里起，事件与签过的检查点不符",
                "從這裡起，事件與簽過的檢查點不符",
                "from here on at the earliest, events differ from the signed checkpoint",
            ]);
            format!("{words}: {size}, {} ({})", time(*made_at), held(*place, language))
        }
        Finding::Shorter { size, made_at, held: place, .. } => {
            let words = words([
                "日志比签过的检查点短：尾部被截，或换回了旧副本",
                "日誌比簽過的檢查點短：尾部被截，或換回了舊副本",
                "the log is shorter than a checkpoint: its tail was cut, or an older copy put back",
            ]);
            format!("{words}: {size}, {} ({})", time(*made_at), held(*place, language))
        }
        Finding::OtherLog { expected, found } => {
            let words = words(["此处原来是另一个日志", "此處原來是另一個日誌", "another log lay here"]);
            format!("{words}: {expected} → {}", found.as_deref().unwrap_or("—"))
        }
        Finding::KeyDiffers { held: place } => {
            let words = words(["检查点的公钥被换过", "檢查點的公鑰被換過", "the log names another key than its checkpoint"]);
            format!("{words} ({})", held(*place, language))
        }
        Finding::KeyMissing => {
            words(["日志失去了名称和公钥", "日誌失去了名稱和公鑰", "the log has lost its name and key"]).to_owned()
        }
        Finding::OutsideUnreadable { detail } => {
            let words = words(["日志之外的检查点无法读取", "日誌之外的檢查點無法讀取", "the outside checkpoint cannot be read"]);
            format!("{words}: {detail}")
        }
        Finding::SealedOrphan { position } => {
            let words = words(["密封文本不属于任何事件", "密封文字不屬於任何事件", "a sealed text belongs to no event"]);
            format!("{words}: {position}")
        }
    };
    format!("{at}{what}")
}
