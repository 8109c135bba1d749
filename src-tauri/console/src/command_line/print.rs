//! What the command line prints, and the sentences of its errors in the reader's language.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the one place that prints")]

use std::io::{IsTerminal, Write};

use serde::Serialize;

use crate::verbs::{Trouble, WindowError};

/// One JSON document.
pub(super) fn json(value: &impl Serialize) {
    text(&format!("{}\n", serde_json::to_string(value).expect("answers are plain data")));
}

/// Text for a person or a pipe. A reader that has gone away has seen enough.
pub(super) fn text(text: &str) {
    std::io::stdout().write_all(text.as_bytes()).ok();
}

/// A message beside the answer.
pub(super) fn message(text: &str) {
    eprintln!("{text}");
}

/// A customer's text on one line of a terminal: what steers the terminal or turns the writing around is shown as a mark.
pub(super) fn visible(text: &str) -> String {
    let steers =
        |c: char| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

/// Progress on one line of a terminal; nothing where nobody watches.
pub(super) fn progress(text: &str) {
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[2K{text}");
        std::io::stderr().flush().ok();
    }
}

/// Ends the line of progress.
pub(super) fn progress_done() {
    if std::io::stderr().is_terminal() {
        eprintln!();
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Hans,
    Hant,
    English,
}

/// The reader's language, as `RETRACE_LANGUAGE` or the system's locale says.
pub(super) fn language() -> Language {
    let text = ["RETRACE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|text| !text.is_empty()));
    let text = text.unwrap_or_default().replace('_', "-").to_lowercase();
    if !text.starts_with("zh") {
        return Language::English;
    }
    if ["hant", "-tw", "-hk", "-mo"].iter().any(|part| text.contains(part)) { Language::Hant } else { Language::Hans }
}

/// An error as one sentence: what, where, and what to do.
pub(super) fn sentence(error: &WindowError) -> String {
    let WindowError::Trouble { code, detail, path } = error else { return error.to_string() };
    let [what, advice] = words(*code, language());
    let place = path.as_ref().map(|path| format!("\n  {path}")).unwrap_or_default();
    format!("{what}\n  {detail}{place}\n  → {advice}")
}

/// What a trouble is and what to do about it.
fn words(code: Trouble, language: Language) -> [&'static str; 2] {
    let [hans, hant, english] = match code {
        Trouble::FileMissing => [
            ["找不到这个文件", "请检查路径和文件名"],
            ["找不到這個檔案", "請檢查路徑和檔名"],
            ["there is no such file", "check the path and the name"],
        ],
        Trouble::FileForbidden => [
            ["没有权限读取这个文件", "请修改文件权限，或换一个账户"],
            ["沒有權限讀取這個檔案", "請修改檔案權限，或換一個帳戶"],
            ["this account may not read the file", "change its rights or use another account"],
        ],
        Trouble::FileIsFolder => [
            ["这是一个文件夹", "请指定其中的一个文件"],
            ["這是一個資料夾", "請指定其中的一個檔案"],
            ["this is a folder", "name a file inside it"],
        ],
        Trouble::FileEmpty => [
            ["文件没有内容", "请重新导出后再导入"],
            ["檔案沒有內容", "請重新匯出後再匯入"],
            ["the file has no content", "export it again and import that"],
        ],
        Trouble::FormatUnknown => [
            ["无法识别文件格式", "请用 --source 指明来源；import --help 列出各来源"],
            ["無法識別檔案格式", "請用 --source 指明來源；import --help 列出各來源"],
            ["the format is not recognised", "name it with --source; import --help lists the sources"],
        ],
        Trouble::HeaderIncomplete => [
            ["表头缺少列", "请导出全部列，或换一个来源"],
            ["表頭缺少欄位", "請匯出全部欄位，或換一個來源"],
            ["the header lacks columns", "export all columns, or name another source"],
        ],
        Trouble::MappingMissing => [
            ["这个表格需要一份列映射", "先看推测的映射：retrace import --preview --source csv 文件；改好后用 --mapping 指明"],
            ["這個表格需要一份欄位對應", "先看推測的對應：retrace import --preview --source csv 檔案；改好後用 --mapping 指明"],
            [
                "this table needs a mapping",
                "see a guessed one: retrace import --preview --source csv FILE; save it, correct it, name it with --mapping",
            ],
        ],
        Trouble::MappingWrong => [
            ["列映射有误，或与文件不符", "请改正所列各行；import --preview --mapping 可逐次检查"],
            ["欄位對應有誤，或與檔案不符", "請改正所列各行；import --preview --mapping 可逐次檢查"],
            [
                "the mapping makes no sense or does not fit the file",
                "correct the lines named; import --preview --mapping checks it",
            ],
        ],
        Trouble::HeaderDuplicate => [
            ["表头中有重复的列", "请删去或改名其中一列"],
            ["表頭中有重複的欄位", "請刪去或改名其中一欄"],
            ["the header names a column twice", "remove or rename one of them"],
        ],
        Trouble::GzipTruncated => [
            ["压缩文件不完整", "已读出的行已保存；请取得完整文件后再次导入，不会重复"],
            ["壓縮檔不完整", "已讀出的列已儲存；請取得完整檔案後再次匯入，不會重複"],
            [
                "the compressed file ends too early",
                "the rows before the end are kept; get the whole file and import it again, nothing doubles",
            ],
        ],
        Trouble::GzipDamaged => [
            ["压缩文件已损坏", "已读出的行已保存；请重新取得文件后再次导入"],
            ["壓縮檔已損毀", "已讀出的列已儲存；請重新取得檔案後再次匯入"],
            ["the compressed file is damaged", "the rows before the damage are kept; get the file again and import it"],
        ],
        Trouble::GzipBomb => [
            ["压缩文件解开后大得不合常理", "已读出的行已保存；请确认文件的来历"],
            ["壓縮檔解開後大得不合常理", "已讀出的列已儲存；請確認檔案的來歷"],
            ["the compressed file unpacks to an unreasonable size", "what was read is kept; find out where the file comes from"],
        ],
        Trouble::FileTruncated => [
            ["文件没有写完", "已读出的行已保存；请取得完整文件后再次导入，不会重复"],
            ["檔案沒有寫完", "已讀出的列已儲存；請取得完整檔案後再次匯入，不會重複"],
            ["the file ends too early", "what was read is kept; get the whole file and import it again, nothing doubles"],
        ],
        Trouble::FileChanged => [
            ["读取期间文件被改动", "已读出的行已保存；请等文件写完后再次导入，不会重复"],
            ["讀取期間檔案被更動", "已讀出的列已儲存；請等檔案寫完後再次匯入，不會重複"],
            ["the file changed while it was read", "what was read is kept; import it again once it is written, nothing doubles"],
        ],
        Trouble::XmlDoctype => [
            ["文件声明了文档类型或实体", "出于安全，这类声明一律不展开；请导出不含它的 XES"],
            ["檔案宣告了文件類型或實體", "基於安全，這類宣告一律不展開；請匯出不含它的 XES"],
            ["the file declares a document type or entities", "for safety none is ever expanded; export XES without it"],
        ],
        Trouble::FileUnreadable => [
            ["文件无法继续读取", "请检查磁盘或网络，然后再次导入"],
            ["檔案無法繼續讀取", "請檢查磁碟或網路，然後再次匯入"],
            ["the file cannot be read further", "check the disk or network and import it again"],
        ],
        Trouble::NothingUnderstood => [
            ["没有一行能按此格式读出", "请检查来源是否选对"],
            ["沒有一列能按此格式讀出", "請檢查來源是否選對"],
            ["not one row could be read as this format", "check that the source is the right one"],
        ],
        Trouble::DiskFull => [
            ["磁盘已满，或文件大小受限", "请腾出空间后重试；已确认的事件都在"],
            ["磁碟已滿，或檔案大小受限", "請騰出空間後重試；已確認的事件都在"],
            ["the disk is full, or files may not grow", "free some space and try again; every confirmed event is safe"],
        ],
        Trouble::LogReadOnly => [
            ["日志只能读取", "请把日志放到可写的位置"],
            ["日誌只能讀取", "請把日誌放到可寫的位置"],
            ["the log can only be read", "move it to where it may be written"],
        ],
        Trouble::LogInUse => [
            ["另一个 Retrace 正在使用这个日志", "请切换到那个窗口，或先关闭它"],
            ["另一個 Retrace 正在使用這個日誌", "請切換到那個視窗，或先關閉它"],
            ["another Retrace has this log open", "use that one, or close it first"],
        ],
        Trouble::LogNewer => [
            ["日志由更新版本的 Retrace 写成", "请升级 Retrace；日志没有改动"],
            ["日誌由更新版本的 Retrace 寫成", "請升級 Retrace；日誌沒有改動"],
            ["the log was written by a newer Retrace", "upgrade Retrace; the log was not touched"],
        ],
        Trouble::LogForeign => [
            ["这不是 Retrace 的日志", "请指定另一个文件；这个文件没有改动"],
            ["這不是 Retrace 的日誌", "請指定另一個檔案；這個檔案沒有改動"],
            ["this is not a Retrace log", "name another file; this one was not touched"],
        ],
        Trouble::LogDamaged => [
            ["日志已损坏", "请保留原文件，从备份恢复；损坏处之前的内容仍可读取"],
            ["日誌已損毀", "請保留原檔案，從備份恢復；損毀處之前的內容仍可讀取"],
            ["the log is damaged", "keep the file and restore a backup; what stands before the damage can still be read"],
        ],
        Trouble::LogForked => [
            ["日志与签过的检查点不一致", "不再签署新的检查点；请保留文件，运行 retrace verify 查看哪里不同"],
            ["日誌與簽過的檢查點不一致", "不再簽署新的檢查點；請保留檔案，執行 retrace verify 查看哪裡不同"],
            [
                "the log does not continue what was signed",
                "no new checkpoint is signed; keep the file, and see with `retrace verify` what differs",
            ],
        ],
        Trouble::CheckpointForeign => [
            ["这不是这个日志的检查点", "请给出 retrace checkpoint 写出的文本"],
            ["這不是這個日誌的檢查點", "請給出 retrace checkpoint 寫出的文字"],
            ["this is not a checkpoint of this log", "give a text that `retrace checkpoint` wrote"],
        ],
        Trouble::LogFolder => [
            ["日志所在的文件夹无法使用", "请检查文件夹是否存在、是否可写"],
            ["日誌所在的資料夾無法使用", "請檢查資料夾是否存在、是否可寫"],
            ["the log's folder cannot be used", "check that it exists and may be written"],
        ],
        Trouble::LogStorage => [
            ["存储出错", "请检查磁盘后重试"],
            ["儲存出錯", "請檢查磁碟後重試"],
            ["the storage answered with an error", "check the disk and try again"],
        ],
        Trouble::LogOlder => [
            ["日志的结构较旧", "请先以可写方式打开一次，它会自动升级"],
            ["日誌的結構較舊", "請先以可寫方式開啟一次，它會自動升級"],
            ["the log has an older layout", "open it once for writing, which brings it up to date"],
        ],
        Trouble::KeysMissing => [
            ["找不到这个日志的密钥", "请把 -keys 文件夹放回日志旁边；没有它，个人文字无法读写"],
            ["找不到這個日誌的金鑰", "請把 -keys 資料夾放回日誌旁邊；沒有它，個人文字無法讀寫"],
            [
                "the keys of this log are missing",
                "put the -keys folder back beside the log; without it personal text stays sealed",
            ],
        ],
        Trouble::KeysLocked => [
            ["无法取得这个日志的密钥", "请解锁系统钥匙串，或设置 RETRACE_PASSPHRASE_FILE"],
            ["無法取得這個日誌的金鑰", "請解鎖系統鑰匙圈，或設定 RETRACE_PASSPHRASE_FILE"],
            ["the keys of this log are locked", "unlock the system's keyring, or set RETRACE_PASSPHRASE_FILE"],
        ],
        Trouble::KeysDamaged => [
            ["这个日志的密钥已损坏，或属于另一个日志", "请从备份恢复 -keys 文件夹"],
            ["這個日誌的金鑰已損毀，或屬於另一個日誌", "請從備份恢復 -keys 資料夾"],
            ["the keys of this log are damaged, or another log's", "restore the -keys folder from a backup"],
        ],
        Trouble::KeysBusy => [
            ["另一个程序正在读取密钥", "请关闭它，然后再执行一次"],
            ["另一個程式正在讀取金鑰", "請關閉它，然後再執行一次"],
            ["another program is reading the keys", "close it and ask again"],
        ],
    };
    match language {
        Language::Hans => hans,
        Language::Hant => hant,
        Language::English => english,
    }
}

/// A value for a person: counts whole, shares as percentages, times in seconds, the unknown as such.
pub(super) fn value(figure: &projections::figure::Figure) -> String {
    use projections::metric::Unit;
    match (figure.value, figure.unit) {
        (None, _) => "unknown".to_owned(),
        (Some(value), Unit::Count) => format!("{value:.0}"),
        (Some(value), Unit::Share) => format!("{:.1} %", value * 100.0),
        (Some(value), Unit::Secs) => format!("{value:.1} s"),
    }
}
