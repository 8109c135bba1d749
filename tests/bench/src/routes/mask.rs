//! Masking a long text: ours, four regular expressions, and nothing at all.

use std::hint::black_box;

use clap::ValueEnum;
use projections::mask::{Policy, find, masked};
use regex::Regex;
use serde_json::{Value, json};

use crate::measure::Watch;

/// A way to mask.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Way {
    /// The detectors and the default policy
    Ours,
    /// What one writes in an afternoon
    Regex,
    /// A copy
    Copy,
    /// The detectors on texts made to be slow, once and four times as long
    Hostile,
}

/// The messages of a chat: nine of ten hold nothing personal.
const MESSAGES: [&str; 20] = [
    "您好，请问有什么可以帮您？",
    "我上周买的耳机左边没有声音，充了一晚上电也不行，能换一副新的吗",
    "可以的，麻烦您把订单号发我一下，我帮您查一下保修期",
    "订单号是20260301586469972，三月一号下的单",
    "查到了，还在七天无理由期间，您可以直接申请退换货，运费由我们承担",
    "那我电话13812345678，快递来之前让他打给我，我白天在公司不一定在家",
    "好的，已经备注了，预计明天下午上门取件，请您把原包装和发票一起寄回",
    "谢谢，请问退款大概几天能到账？之前有一次等了快两个星期",
    "一般一到三个工作日，信用卡可能会慢一点，到账后会有短信提醒您",
    "明白了，没有别的问题了，祝你们生意兴隆",
    "Hello, my order has not arrived yet and the tracking page has not changed for six days.",
    "I am sorry to hear that, let me check the parcel for you. One moment please.",
    "Sure, the number is #9689659397-2255, it was supposed to be here on Monday.",
    "It is waiting at the depot, the courier could not find the entrance of the building.",
    "My name is Chloe Tanner, please deliver it to 48 Maple Avenue and ring twice.",
    "您好，我想請問上週訂的行李箱為什麼還沒有出貨，客服專線一直打不通",
    "不好意思讓您久等了，倉庫這兩天盤點，最晚週五前會寄出",
    "那可以改成超商取貨嗎？我週末才有空去拿",
    "可以的，已經幫您改好了，到貨後會有簡訊通知",
    "好的，謝謝你的幫忙",
];
/// Texts that would be slow to read if anything were looked for twice.
const HOSTILE: [&str; 16] = [
    "1",
    "1 ",
    "13800001234 ",
    "a@",
    "a.",
    "1.2.3.4.",
    "a:",
    "我叫",
    "姓名：王",
    "1号",
    "路1",
    "一、",
    "微信：",
    "name: ",
    "1 A St, ",
    "Flat 1, ",
];

fn repeated(piece: &str, bytes: usize) -> String {
    piece.repeat(bytes.div_ceil(piece.len()))
}

fn regexes() -> anyhow::Result<Vec<Regex>> {
    let all = [r"1[3-9]\d{9}", r"\d{17}[\dXx]", r"\d{16,19}", r"[\w.+-]+@[\w-]+\.[\w.-]+"];
    Ok(all.into_iter().map(Regex::new).collect::<Result<_, _>>()?)
}

/// Masks `mb` megabytes and says how long it took.
///
/// # Errors
/// None of ours; a regular expression could be wrong.
pub(super) fn run(way: Way, mb: usize) -> anyhow::Result<Value> {
    let policy = Policy::default();
    let regexes = regexes()?;
    let chat: String = MESSAGES.map(|message| format!("{message}\n")).concat();
    let text = repeated(&chat, mb * 1_000_000);
    let watch = Watch::begin();
    let shown = match way {
        Way::Ours => text.lines().map(|line| black_box(masked(line, &policy)).len()).sum::<usize>(),
        Way::Regex => text.lines().map(|line| black_box(starred(line, &regexes)).len()).sum(),
        Way::Copy => text.lines().map(|line| black_box(line.to_owned()).len()).sum(),
        Way::Hostile => return Ok(hostile(mb)),
    };
    let (wall_secs, cpu_secs) = watch.secs();
    Ok(json!({ "wall_secs": wall_secs, "cpu_secs": cpu_secs, "n": text.len() as f64 / 1e6, "bytes_shown": shown }))
}

fn starred(line: &str, regexes: &[Regex]) -> String {
    regexes.iter().fold(line.to_owned(), |line, regex| regex.replace_all(&line, "***").into_owned())
}

/// The most that the time of a hostile text grows when it is four times as long.
fn hostile(mb: usize) -> Value {
    let secs = |text: &str| {
        let watch = Watch::begin();
        black_box(find(text));
        watch.secs().1
    };
    let (begun, mut worst) = (Watch::begin(), (0.0, ""));
    let mut rates = serde_json::Map::new();
    for piece in HOSTILE {
        let once = secs(&repeated(piece, mb * 1_000_000));
        let four_times = secs(&repeated(piece, 4 * mb * 1_000_000));
        let growth = four_times / once.max(1e-9);
        if worst.0 < growth {
            worst = (growth, piece);
        }
        rates.insert(piece.to_owned(), json!(4.0 * mb as f64 / four_times.max(1e-9)));
    }
    let (wall_secs, cpu_secs) = begun.secs();
    json!({ "wall_secs": wall_secs, "cpu_secs": cpu_secs, "growth_max": worst.0, "slowest": worst.1, "mb_per_sec": rates })
}
