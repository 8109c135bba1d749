//! Postal addresses in Chinese: names of places, roads and estates, and numbers with their units.
//!
//! An address is found by a number with its unit (88号, 3栋, 502室). From there its beginning is looked for on the left, and
//! from the beginning its parts are read on the right, each at most once: at most [`LEFT_MAX`] and [`RIGHT_MAX`] cells.

use super::line::{Cell, DIGIT, HAN, HAN_DIGIT, LETTER, ROAD, TAKEN, UNIT, starts, text};
use super::words::{REGION, longest};
use super::{Found, Kind};

/// How far left of a number an address may begin.
const LEFT_MAX: usize = 48;
/// The longest address.
const RIGHT_MAX: usize = 96;
/// The longest name of a place, road or estate.
const PIECE_MAX: usize = 12;

/// Characters that no address holds: it begins after them.
const STOPS: &str =
    "的了吗呢吧啊我你您他她它们这是不没在到把给被让请问说买换住送寄址谢往嘛呀哦系但而且也很只才还要又再附旁离距么什怎谁哪";
/// What may be left of the words before an address.
const LEADS: &str = "从至往去于成为改换发收位回派搬现家来上门公司单位货递配详细具体所新旧老邮";
/// How roads end.
const ROADS: &str = "路街巷弄";
/// How estates end, and nothing else.
const ESTATES: &str = "园苑厦寓湾轩邨阁墅庄";
/// How areas of the administration end.
const AREAS: &str = "省市区县旗州镇乡盟";
/// Words that end as a road does and are none.
const NO_ROAD: &[&str] = &[
    "知道",
    "渠道",
    "频道",
    "通道",
    "味道",
    "报道",
    "管道",
    "走路",
    "半路",
    "线路",
    "网路",
    "马路",
    "铁路",
    "公路",
    "道路",
    "电路",
    "一路",
    "上路",
    "在路",
    "这里",
    "那里",
    "哪里",
    "家里",
    "手里",
    "里里",
    "阶段",
    "时段",
    "手段",
    "片段",
    "号段",
    "公交路",
    "同步",
    "客服中",
    "地铁",
    "现场",
    "市场",
    "商场",
    "当场",
    "立场",
    "排队",
    "窗口",
    "港口",
    "出口",
    "入口",
];
/// What follows a number and its 号 where it is no house: 3号线, 2号口, 5号窗口.
const NO_HOUSE: &[&str] = &[
    "号线",
    "号口",
    "号机",
    "号柜",
    "号窗",
    "号发",
    "号前",
    "号后",
    "号到",
    "号左右",
    "号下",
    "号晚",
    "号早",
    "号上",
    "号之前",
    "号之后",
    "号之内",
    "号店",
    "号客服",
    "号码",
];

/// What the parts of an address showed.
#[derive(Debug, Default)]
struct Parts {
    /// The cell after the last part.
    to: usize,
    /// The cell after the last that was read.
    reached: usize,
    /// Numbers with or without a unit.
    n_units: usize,
    /// Numbers in digits with a unit of a house, a flat or a lane.
    n_houses: usize,
    /// A road whose name has two characters or more.
    road: bool,
    /// What is only an estate, a block of flats or a village.
    estate: bool,
    /// What may be an estate and may be another place.
    place: bool,
    area: bool,
    region: bool,
}

/// Reads addresses, and remembers how far the last attempt came in vain: a number before that needs no second.
#[derive(Default)]
pub(super) struct Reader {
    until: usize,
}

impl Reader {
    /// The address around the number at a mark.
    pub(super) fn at(&mut self, cells: &[Cell], mark: usize) -> Option<Found> {
        let before = cells[mark.checked_sub(1)?];
        let numbered = cells[mark].is(UNIT) && (before.is(DIGIT | HAN_DIGIT | LETTER) || before.c == '十');
        let after_road = cells[mark].is(DIGIT) && (ROADS.contains(before.c) || before.c == '道');
        if !(numbered || after_road) {
            return None;
        }
        if mark < self.until {
            return None;
        }
        let from = begin(cells, mark)?;
        whole(cells, from, mark).map_err(|reached| self.until = reached).ok()
    }
}

/// Where the address with a number at `at` may begin.
fn begin(cells: &[Cell], at: usize) -> Option<usize> {
    let least = at.saturating_sub(LEFT_MAX);
    let mut from = at;
    let mut spaces = 0;
    while least < from {
        let cell = &cells[from - 1];
        let stops = STOPS.contains(cell.c) && !(cell.c == '里' || starts(cells, from - 1, "不夜"));
        let part = cell.is(HAN | DIGIT | LETTER) || matches!(cell.c, ' ' | '-' | '#' | '·' | '(' | ')');
        spaces = if cell.c == ' ' { spaces + 1 } else { 0 };
        if cell.is(TAKEN) || stops || !part || 1 < spaces {
            break;
        }
        from -= 1;
    }
    // The leftmost region, where nothing that looks like a place stands before it.
    let region = (from..at).find(|&place| longest(&REGION, cells, place).is_some());
    if let Some(region) = region
        && !cells[from..region].iter().any(|cell| AREAS.contains(cell.c) || cell.is(ROAD))
    {
        return Some(region);
    }
    while from < at
        && (LEADS.contains(cells[from].c) || cells[from].c == ' ' || cells[from].c == ')' || cells[from].c == '-')
        && !place_word(cells, from)
    {
        from += 1;
    }
    (from < at).then_some(from)
}

/// Whether a character that often stands before an address begins one here: 新华路, 上海路.
fn place_word(cells: &[Cell], from: usize) -> bool {
    let second = cells.get(from + 1).map_or(' ', |cell| cell.c);
    match cells[from].c {
        '新' => !"的是址家".contains(second),
        '上' => second != '门',
        '老' => second != '家',
        '公' | '单' | '家' | '来' | '回' | '发' | '成' | '现' | '收' | '门' => {
            "路街园乐".contains(second) || second == '展'
        }
        _ => false,
    }
}

/// The address from `from`, if it reaches the number at `at` and has enough parts; otherwise how far it was read.
fn whole(cells: &[Cell], from: usize, at: usize) -> Result<Found, usize> {
    let parts = read(cells, from);
    if parts.to <= at || cells.get(parts.to).is_some_and(|cell| cell.c == '*') {
        return Err(parts.reached);
    }
    // A form to be filled in.
    if cells[from..parts.to].windows(2).any(|two| two.iter().all(|cell| matches!(cell.c, 'x' | 'X' | '×'))) {
        return Err(parts.reached);
    }
    let before = text(&cells[from.saturating_sub(12)..from]);
    let told = ["址", "住", "寄", "送", "家在", "位于", "发到", "上门", "搬到", "收货", "addr", "配", "我家"]
        .iter()
        .any(|word| before.contains(word));
    let placed = parts.road || parts.estate || parts.place;
    let district = parts.region || parts.area && parts.road;
    let enough = (district && placed && (1 <= parts.n_houses || parts.road && 1 <= parts.n_units))
        || (told && (parts.road || parts.estate) && 1 <= parts.n_houses)
        || (told && parts.place && 2 <= parts.n_houses)
        || (parts.road && 1 <= parts.n_houses)
        || (parts.estate && 2 <= parts.n_houses);
    let norm = cells[from..parts.to].iter().map(|cell| cell.raw).collect();
    if enough && 5 <= parts.to - from { Ok(Found { from, to: parts.to, kind: Kind::Address, norm }) } else { Err(parts.reached) }
}

/// Reads parts as far as they go.
fn read(cells: &[Cell], from: usize) -> Parts {
    let mut parts = Parts { region: longest(&REGION, cells, from).is_some(), ..Parts::default() };
    let last = cells.len().min(from + RIGHT_MAX);
    let (mut at, mut piece, mut begun) = (from, 0, from);
    // Whether a space stands between here and the last number.
    let mut apart = false;
    while at < last {
        let cell = &cells[at];
        if cell.is(TAKEN) || STOPS.contains(cell.c) {
            break;
        }
        if cell.is(DIGIT | LETTER | HAN_DIGIT) || cell.c == '#' {
            match number(cells, at, piece, &parts) {
                Number::Unit(to) => {
                    let unit = cells[to - 1].c;
                    let digits = cells[at].is(DIGIT | LETTER) && !matches!(unit, '楼' | '层' | '期' | '区' | '组' | '队');
                    parts.n_units += 1;
                    parts.n_houses += usize::from(digits || matches!(unit, '号' | '室' | '弄') && parts.road);
                    (at, piece, begun, apart, parts.to) = (to, 0, to, false, to);
                }
                Number::Room(to) => {
                    parts.n_units += 1;
                    (at, piece, begun, parts.to) = (to, 0, to, to);
                }
                Number::Name(to) => {
                    piece += to - at;
                    at = to;
                }
                Number::None => break,
            }
        } else if cell.is(HAN) {
            at += 1;
            piece += 1;
            // 红旗街: what ended as an area may have been the name of a road.
            let after_area = cell.is(ROAD) && begun == at - 1 && from < begun && AREAS.contains(cells[at - 2].c);
            let ended = (2 <= piece || after_area) && !NO_ROAD.iter().any(|word| starts(cells, at - 2, word));
            if ended && AREAS.contains(cell.c) {
                parts.area |= !"小校社景库厂园".contains(cells[at - 2].c);
                parts.estate |= "小社".contains(cells[at - 2].c);
                (piece, begun) = (0, at);
            } else if ended && cell.is(ROAD) {
                parts.road |= ROADS.contains(cell.c) || cell.c == '道' && "大街".contains(cells[at - 2].c);
                parts.estate |= ESTATES.contains(cell.c) || starts(cells, at - 2, "新村") || starts(cells, at - 2, "小区");
                parts.place = true;
                if !apart && (0 < parts.n_units || parts.region) {
                    parts.to = at;
                }
                (piece, begun) = (0, at);
            }
        } else if matches!(cell.c, ' ' | '-' | '(' | ')' | '·') && at + 1 < last && cells[at + 1].is(HAN | DIGIT | LETTER) {
            apart |= cell.c != '-' && 0 < parts.n_units;
            at += 1;
        } else {
            break;
        }
        if PIECE_MAX < at - begun {
            break;
        }
    }
    if parts.n_units == 0 {
        parts.to = 0;
    }
    parts.reached = at;
    parts
}

/// What a number in an address is.
enum Number {
    /// With its unit; where that ends.
    Unit(usize),
    /// A room, without a unit.
    Room(usize),
    /// A part of a name: 五一大道, SOHO.
    Name(usize),
    /// The end of the address.
    None,
}

fn number(cells: &[Cell], at: usize, piece: usize, parts: &Parts) -> Number {
    let part = |cell: &&Cell| {
        (cell.is(DIGIT | LETTER | HAN_DIGIT) || matches!(cell.c, '十' | '百' | '-' | '#' | '/')) && !cell.is(TAKEN)
    };
    let length = cells[at..].iter().take(8).take_while(part).count();
    let mut to = at + length;
    let gap = usize::from(cells.get(to).is_some_and(|cell| cell.c == ' ') && cells.get(to + 1).is_some_and(|cell| cell.is(UNIT)));
    let unit = cells.get(to + gap).filter(|cell| cell.is(UNIT) && !(cell.is(HAN_DIGIT)));
    let name = cells[at].is(HAN_DIGIT | LETTER);
    if let Some(unit) = unit {
        let half = unit.c == '单' && cells.get(to + gap + 1).is_none_or(|next| next.c != '元');
        if half || NO_HOUSE.iter().any(|word| starts(cells, to + gap, word)) {
            return Number::None;
        }
        to += gap + 1;
        // 号楼, 号院, 单元, 楼层
        let more = cells.get(to).is_some_and(|next| match unit.c {
            '号' => "楼院门铺库馆".contains(next.c),
            '单' => next.c == '元',
            _ => false,
        });
        to += usize::from(more);
        if cells.get(to).is_some_and(|cell| cell.c == '之') && cells.get(to + 1).is_some_and(|cell| cell.is(DIGIT | HAN_DIGIT)) {
            to += 2;
        }
        return Number::Unit(to);
    }
    let digits = cells[at..to].iter().all(|cell| cell.is(DIGIT | LETTER) || cell.c == '-')
        && cells[at..to].iter().any(|cell| cell.is(DIGIT));
    let after_part = (piece == 0 || matches!(cells[at - 1].c, '塔' | '楼') && 0 < parts.n_units)
        && (parts.to == at || parts.road || parts.estate || 0 < parts.n_units);
    let counts = cells
        .get(to + usize::from(cells.get(to).is_some_and(|cell| cell.c == ' ')))
        .is_some_and(|cell| "分米个元年月天人次多左瓶间%公小:条折块点站".contains(cell.c));
    // The name of an estate may have no word for it: 恒实时代2502.
    let closed = cells.get(to).is_none_or(|cell| !cell.is(HAN | DIGIT | LETTER));
    let after_name =
        1 <= parts.n_houses && (2..=8).contains(&piece) && (3..=4).contains(&length) && closed && cells[at].is(DIGIT);
    if digits && (after_part || after_name) && length <= 6 && !counts {
        return Number::Room(to);
    }
    if name { Number::Name(at + 1) } else { Number::None }
}
