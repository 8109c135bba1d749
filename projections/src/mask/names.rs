//! Chinese names: a family name and one or two characters, where a word before, a form of address after, or a number
//! beside says that a person is named.

use std::sync::LazyLock;

use super::line::{
    COMPOUND, CUE, Cell, DIGIT, FAMILY, FOLLOW, GIVEN, HAN, HAN_DIGIT, LETTER, NEVER, TAKEN, TITLE, WEAK, starts, take,
};
use super::words::{COMPOUNDS, Index, NONNAME, REGION, longest};
use super::{Found, Kind, bare, latin};

/// How surely a name stands where one is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sure {
    /// After words that are followed by a name only where a colon stands between.
    Seldom,
    /// After words that other things follow as well: 我是.
    Hardly,
    /// After words that a name follows more often than not: 收货人.
    Fairly,
    /// In a field of its own: 姓名：.
    Wholly,
}

use Sure::{Fairly, Hardly, Seldom};

/// Words before a name, folded, in order of how surely one follows.
const CUE_WORDS: [(Sure, &str); 3] = [
    (
        Fairly,
        "我叫 名叫 叫做 名字叫 名字是 名字 姓名 户名 收货人 收件人 联系人 联络人 寄件人 发件人 寄货人 发货人 取件人 签收人 持卡人 开户人 开户名 账户名 客户姓名 客户名 \
         乘客 乘机人 旅客 乘车人 患者 病人 就诊人 投保人 被保险人 被保人 受益人 申请人 订购人 购买人 订票人 预订人 预约人 付款人 收款人 入住人 车主 机主 户主 法人 负责人 \
         经办人 当事人 投诉人 举报人 报案人 委托人 监护人 代理人 提货人 领取人 使用人 接收人 收信人 报名人 参保人 借款人 担保人 租客 住客 业主 考生 署名 签名 真名 全名 本名 \
         实名 登记的是 称呼 敝姓 免贵姓 落款 寄给 转给 交给 转告 妈妈叫 爸爸叫 老公叫 老婆叫 儿子叫 女儿叫 孩子叫 朋友叫 同事叫 弟弟叫 妹妹叫 哥哥叫 姐姐叫 亲爱的 尊敬的 持票人 用户姓名 真实姓名 收方 寄方 抬头",
    ),
    (
        Hardly,
        "叫 我是 我系 这里是 这边是 这是 本人 请问是 您是 你是 找 会员 学员 家属 老公 老婆 儿子 女儿 妈妈 爸爸 家长 她叫 他叫 我姓 收件 收货 同事 朋友",
    ),
    (Seldom, "收 客户 用户 顾客 联系 学生 员工 司机 给 名 寄件 发件 老师 经理 客服 人 写 备注 报 帮 替"),
];

/// The words before a name.
pub(super) static CUES: LazyLock<Index<Sure>> = LazyLock::new(|| {
    Index::of(CUE_WORDS.into_iter().flat_map(|(sure, words)| words.split_whitespace().map(move |word| (word, sure))))
});

/// What follows a name and says that it was one, folded.
const TITLE_WORDS: &str = "先生 女士 小姐 太太 老师 经理 医生 教授 律师 师傅 阿姨 叔叔 同学 主任 博士 夫人 大夫 同志 的手机 的电话 的快递 的订单 的包裹 的身份证 的账号 的账户 的银行卡 的卡 的护照 的邮箱 的微信 的名字 的order 的保单 的信 收 签收";
/// Words that go on after a name, so that their first character is not of it.
const FOLLOW_WORDS: &str = "先生 女士 小姐 太太 老师 经理 医生 教授 律师 师傅 阿姨 叔叔 同学 主任 会员 博士 夫人 同志 上周 上个 上月 上次 昨天 今天 明天 前天 刚才 刚刚 之前 现在 已经 因为 由于 觉得 希望 本人 来电 来自 收到 收货 签收 联系 公司 一直 今年 去年 护照 微信 银行 生日 出生 性别 年龄 外籍 复诊 报修 预约 预订 出票 参加 表示 认为 发现 要求 反映 反馈 账号 账户 客服 有限 旗舰 用户";
/// Characters that begin what follows a name more often than they end one.
const FOLLOW_ONE: &str = "想来打能用可以会去有为向上收男女等因由报反参表认发已昨今刚觉希未";

/// [`TITLE_WORDS`] by their first character; whether only a name stands before.
pub(super) static TITLES: LazyLock<Index<Tail>> = LazyLock::new(|| {
    let tail = |word: &str| match word {
        "收" | "签收" => Tail::Receives,
        owned if owned.starts_with('的') => Tail::Owns,
        _ => Tail::Title,
    };
    Index::of(TITLE_WORDS.split_whitespace().map(|word| (word, tail(word))))
});
/// [`FOLLOW_WORDS`] by their first character.
pub(super) static FOLLOWS: LazyLock<Index<()>> =
    LazyLock::new(|| Index::of(FOLLOW_WORDS.split_whitespace().map(|word| (word, ()))));

/// What follows a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// 先生.
    Title,
    /// 的手机.
    Owns,
    /// 收.
    Receives,
}

/// The name after the word at a mark, or before the form of address there.
pub(super) fn at(cells: &[Cell], mark: usize) -> Option<Found> {
    let after = cells[mark].is(CUE).then(|| after_cue(cells, mark)).flatten();
    let name = after.or_else(|| cells[mark].is(TITLE).then(|| before_title(cells, mark)).flatten());
    name.map(|(from, to)| made(cells, from, to))
}

/// A name as found.
pub(super) fn made(cells: &[Cell], from: usize, to: usize) -> Found {
    Found { from, to, kind: Kind::Name, norm: cells[from..to].iter().map(|cell| cell.raw).collect() }
}

/// The name after the longest word that begins here.
fn after_cue(cells: &[Cell], at: usize) -> Option<(usize, usize)> {
    let (length, mut sure) = CUES.longest(cells, at)?;
    let mut place = at + length;
    for _ in 0..6 {
        match cells.get(place)?.c {
            ':' | '=' => sure = if sure <= Hardly { Fairly } else { Sure::Wholly },
            ' ' | '"' | '\'' | '“' | '「' | '【' | '】' | '(' | ')' | '[' | ']' | '-' | '\t' | '|' => {}
            '是' | '叫' | '为' | '系' | '姓' if sure != Seldom => {}
            '的' if sure == Fairly => {}
            '名' if sure == Fairly => {}
            _ => break,
        }
        place += 1;
    }
    if sure == Seldom {
        // 收费, 名单: after one character a family name that is a word as often is that word.
        let weak = cells.get(place)?.is(WEAK) && length == 1 && !"写报".contains(cells[at].c);
        let named = if weak { None } else { bare::named(cells, place, true) };
        return named.map(|to| (place, to));
    }
    name_at(cells, place, sure).or_else(|| latin::name_at(cells, place, sure)).map(|to| (place, to))
}

/// Where the name that begins at `from` ends.
pub(super) fn name_at(cells: &[Cell], from: usize, sure: Sure) -> Option<usize> {
    let first = cells.get(from)?;
    if !first.is(HAN) || first.is(TAKEN) {
        return None;
    }
    let run = cells[from..].iter().take(12).take_while(|cell| cell.is(HAN) && !cell.is(TAKEN)).count();
    if let Some(to) = dotted(cells, from, run, sure) {
        return Some(to);
    }
    if !first.is(FAMILY | COMPOUND) || masked_after(cells, from + run) && run <= 4 {
        return None;
    }
    let compound = compound(cells, from);
    let place = sure != Sure::Wholly && longest(&REGION, cells, from).is_some();
    if !first.is(FAMILY) && !compound || longest(&NONNAME, cells, from).is_some() || place {
        return None;
    }
    let family = if compound { 2 } else { 1 };
    if cells[from..from + family].iter().any(|cell| cell.is(TAKEN)) {
        return None;
    }
    let weak = first.is(WEAK) && !compound;
    let given = given(cells, from + family, sure, weak)?;
    Some(from + family + given)
}

/// Whether a family name of two characters stands at `from`.
pub(super) fn compound(cells: &[Cell], from: usize) -> bool {
    cells[from].is(COMPOUND) && cells.get(from + 1).is_some_and(|second| COMPOUNDS.contains(&[cells[from].c, second.c]))
}

/// Whether a word that goes on after a name stands at `at`.
pub(super) fn follows(cells: &[Cell], at: usize) -> bool {
    cells[at].is(FOLLOW) && FOLLOWS.longest(cells, at).is_some()
}

/// A transliterated name: `买买提·艾力`.
fn dotted(cells: &[Cell], from: usize, run: usize, sure: Sure) -> Option<usize> {
    if sure <= Hardly || !(2..=6).contains(&run) || cells.get(from + run)?.c != '·' {
        return None;
    }
    let second = cells[from + run + 1..].iter().take(7).take_while(|cell| cell.is(HAN) && !"的了是在我".contains(cell.c)).count();
    (2..=6).contains(&second).then_some(from + run + 1 + second)
}

fn masked_after(cells: &[Cell], at: usize) -> bool {
    cells.get(at).is_some_and(|cell| matches!(cell.c, '*' | '某' | '×' | '•'))
}

/// How many characters of a given name stand at `from`: one or two.
fn given(cells: &[Cell], from: usize, sure: Sure, weak: bool) -> Option<usize> {
    let han = |at: usize| cells.get(at).filter(|cell| cell.is(HAN) && !cell.is(TAKEN));
    let can = |at: usize| han(at).is_some_and(|cell| !cell.is(NEVER)) && !follows(cells, at);
    let listed = |at: usize| han(at).is_some_and(|cell| cell.is(GIVEN));
    // After the name stands no Chinese character, or one that cannot be of it.
    let closes = |at: usize| han(at).is_none() || !can(at) || FOLLOW_ONE.contains(cells[at].c);
    let odd = |at: usize| han(at).is_some_and(|cell| FOLLOW_ONE.contains(cell.c));
    if !can(from) {
        return None;
    }
    let one = listed(from) && !odd(from);
    if sure == Sure::Wholly && han(from + 1).is_none() {
        return Some(1);
    }
    if sure == Sure::Wholly && can(from + 1) && han(from + 2).is_none() {
        return Some(2);
    }
    let two = can(from + 1) && (!odd(from + 1) || han(from + 2).is_none());
    let both = two && listed(from) && listed(from + 1);
    let length = match (both, one) {
        (true, _) => 2,
        (false, true) if closes(from + 1) => 1,
        (false, _) if two && closes(from + 2) && (listed(from) || listed(from + 1)) => 2,
        (false, true) => 1,
        (false, false) if Hardly < sure && two && closes(from + 2) && !weak => 2,
        (false, false) if Hardly < sure && closes(from + 1) && !weak && !odd(from) => 1,
        (false, false) => return None,
    };
    let closed = closes(from + length);
    let believed = match (sure, weak) {
        (Seldom | Hardly, true) => closed && length == 2 && both,
        (Seldom | Hardly, false) => closed && (one || both || listed(from + 1)),
        (Fairly, true) => closed || both,
        (Fairly, false) | (Sure::Wholly, _) => true,
    };
    believed.then_some(length)
}

/// The name before a form of address, or before what a person has.
fn before_title(cells: &[Cell], at: usize) -> Option<(usize, usize)> {
    let (length, tail) = TITLES.longest(cells, at)?;
    // 王芳（先生）
    let at = if tail == Tail::Title && 0 < at && cells[at - 1].c == '(' { at - 1 } else { at };
    if !cells[at.checked_sub(1)?].is(HAN) {
        return None;
    }
    if tail == Tail::Receives && cells.get(at + length).is_some_and(|cell| cell.is(HAN)) {
        return None;
    }
    // Four characters with a double family name, three, two; the longest that is whole.
    (2..=4).rev().find_map(|length| {
        let from = at.checked_sub(length)?;
        let edge = from.checked_sub(1).map(|before| &cells[before]);
        let open = edge.is_none_or(|cell| {
            !cell.is(HAN) || cell.is(NEVER) || "请问找给为是由叫向和跟让麻烦联系转告您好会员客户用户收到谢".contains(cell.c)
        });
        let double = compound(cells, from);
        if length == 4 && !double
            || cells[from..at].iter().any(|cell| cell.is(TAKEN | NEVER) || !cell.is(HAN))
            || !cells[from].is(FAMILY) && !double
        {
            return None;
        }
        if double && length == 2 || longest(&NONNAME, cells, from).is_some() || longest(&REGION, cells, from).is_some() {
            return None;
        }
        // 感谢王芳老师: the thanks are not her family's name.
        if cells[from].c == '谢' && edge.is_some_and(|cell| matches!(cell.c, '感' | '谢' | '多')) {
            return None;
        }
        let given = &cells[from + if double { 2 } else { 1 }..at];
        let listed = given.iter().filter(|cell| cell.is(GIVEN)).count();
        let weak = cells[from].is(WEAK) && !double;
        let believed = match (tail, weak) {
            (Tail::Title, true) => {
                edge.is_none_or(|cell| !cell.is(HAN) || "请问找叫是您写给替帮".contains(cell.c)) && listed == given.len()
            }
            (Tail::Title, false) => listed == given.len() || open && (0 < listed || length == 2),
            (Tail::Owns | Tail::Receives, true) => {
                edge.is_none_or(|cell| !cell.is(HAN) || "写给寄".contains(cell.c))
                    && listed == given.len()
                    && (length == 3 || tail == Tail::Receives)
            }
            (Tail::Owns | Tail::Receives, false) => open && listed == given.len(),
        };
        (believed && (open || length != 2)).then_some((from, at))
    })
}

/// A name beside what was found: `王芳 13800001234`, `13800001234，王芳`.
pub(super) fn beside(cells: &mut [Cell], found: &mut Vec<Found>) {
    let near: Vec<(usize, usize)> = found
        .iter()
        .filter(|found| {
            matches!(
                found.kind,
                Kind::Mobile
                    | Kind::CnId
                    | Kind::BankCard
                    | Kind::Address
                    | Kind::Landline
                    | Kind::TwId
                    | Kind::HkId
                    | Kind::Email
            )
        })
        .map(|found| (found.from, found.to))
        .collect();
    for (from, to) in near {
        if let Some((from, to)) = left_of(cells, from).or_else(|| right_of(cells, to)).or_else(|| latin::before(cells, from))
            && take(cells, from, to)
        {
            found.push(made(cells, from, to));
        }
    }
}

fn between(cell: &Cell) -> bool {
    matches!(cell.c, ' ' | ',' | '、' | '/' | '|' | ':' | ';' | '-' | '\t' | '(' | ')' | '"' | '=' | '+' | '_' | '\n')
}

/// What may stand between a name and the number: the name of the number's field.
const FIELDS: &[&str] = &[
    "身份证号码",
    "身份证号",
    "身份证",
    "手机号码",
    "手机号",
    "手机",
    "联系电话",
    "电话号码",
    "电话",
    "银行卡号",
    "银行卡",
    "卡号",
    "证件号",
    "地址",
    "邮箱",
    "住址",
    "住",
    "tel",
    "phone",
    "的",
];

fn left_of(cells: &[Cell], at: usize) -> Option<(usize, usize)> {
    let mut end = at;
    let mut separated = false;
    for _ in 0..3 {
        let gap = cells[..end].iter().rev().take(3).take_while(|cell| between(cell)).count();
        end -= gap;
        separated |= 0 < gap;
        let field =
            FIELDS.iter().find(|field| end.checked_sub(field.chars().count()).is_some_and(|from| starts(cells, from, field)));
        match field {
            Some(field) => end -= field.chars().count(),
            None => break,
        }
    }
    let run = cells[..end].iter().rev().take(5).take_while(|cell| cell.is(HAN) && !cell.is(TAKEN)).count();
    let from = end - run;
    // "收：王芳", "姓名 王芳" and the like are read by their word; here the name stands alone.
    let whole = (2..=4).contains(&run) && (separated || at == end) && !cells[from..end].iter().any(|cell| cell.is(TAKEN));
    (whole && alone(&cells[..end], from)).then_some((from, end))
}

fn right_of(cells: &[Cell], at: usize) -> Option<(usize, usize)> {
    let gap = cells[at..].iter().take(3).take_while(|cell| between(cell)).count();
    let from = at + gap;
    let run = cells[from..].iter().take(5).take_while(|cell| cell.is(HAN) && !cell.is(TAKEN)).count();
    let to = from + run;
    let closes = cells.get(to).is_none_or(|cell| !cell.is(LETTER | DIGIT | HAN_DIGIT) || cell.is(TAKEN));
    let last = cells.get(to.wrapping_sub(1)).is_some_and(|cell| cell.c == '收');
    let to = if last { to - 1 } else { to };
    ((2..=4).contains(&(to - from)) && 0 < gap && closes && !masked_after(cells, to) && alone(&cells[..to], from))
        .then_some((from, to))
}

/// Whether all that stands from `from` is one name.
fn alone(cells: &[Cell], from: usize) -> bool {
    let first = &cells[from];
    let double = from + 3 <= cells.len() && compound(cells, from);
    let given = &cells[from + if double { 2 } else { 1 }..];
    let listed = given.iter().filter(|cell| cell.is(GIVEN)).count();
    let likely = if first.is(WEAK) && !double {
        listed == given.len()
    } else {
        given.len() <= listed + 1 && (0 < listed || given.len() == 1)
    };
    (first.is(FAMILY) || double)
        && (1..=2).contains(&given.len())
        && likely
        && !given.iter().any(|cell| cell.is(NEVER))
        && longest(&NONNAME, cells, from).is_none()
        && longest(&REGION, cells, from).is_none()
}
