//! How far an address may be told: down to its district.

use super::line::{Cell, DIGIT, ROAD, cells, starts};
use super::words::{REGION, longest};

/// How much of an address is looked at, in characters.
const HEAD: usize = 48;

/// The beginning of an address that tells no more than the district.
pub(super) fn district(written: &str) -> &str {
    let (all, _) = cells(written, HEAD);
    let island = longest(&REGION, &all, 0).is_some_and(|_| ISLAND.iter().any(|name| starts(&all, 0, name)));
    let mut end = 0;
    let mut levels = 0;
    // Regions that are written without 省 or 市.
    let mut at = longest(&REGION, &all, 0).unwrap_or(0);
    if HONG_KONG.iter().any(|name| starts(&all, 0, name)) {
        while let Some(length) = longest(&REGION, &all, at) {
            at += length;
        }
        return cut(written, &all, at);
    }
    if 0 < at && !all.get(at).is_some_and(|cell| cell.is(ROAD)) {
        end = at;
    }
    let mut begun = 0;
    at = at.max(1);
    while at < all.len() && at - begun <= 12 {
        let cell = &all[at];
        if cell.is(DIGIT)
            || "路街巷弄号村".contains(cell.c)
            || cell.c == '道' && all.get(at + 1).is_none_or(|next| next.c != '里' && next.c != '区')
        {
            break;
        }
        let deeper = if island { "县市区乡镇" } else { "省市区县旗州盟" };
        let estate = cell.c == '区' && "小校社景库厂园".contains(all[at - 1].c);
        let inner = cell.c == '州' && all.get(at + 1).is_some_and(|next| matches!(next.c, '市' | '区' | '路'))
            || cell.c == '市' && all.get(at + 1).is_some_and(|next| matches!(next.c, '场' | '辖'));
        let inner = inner || cell.c == '市' && all.get(at + 1).is_some_and(|next| next.c == '区');
        if deeper.contains(cell.c) && !estate && !inner && 1 <= at - begun {
            end = at + 1;
            begun = at + 1;
            levels += 1;
            if (cell.c == '区' && !self_governed(&all, at))
                || matches!(cell.c, '县' | '旗') && !island
                || 4 <= levels
                || island && 2 <= levels
            {
                break;
            }
        }
        at += 1;
    }
    cut(written, &all, end)
}

/// Whether a 区 is of an autonomous region and not of a district.
fn self_governed(all: &[Cell], at: usize) -> bool {
    2 <= at && all[at - 2].c == '治' && all[at - 1].c != '县' || 1 <= at && all[at - 1].c == '治'
}

fn cut<'a>(written: &'a str, all: &[Cell], end: usize) -> &'a str {
    match (end, all.get(end)) {
        (0, _) => "",
        (_, Some(cell)) => written[..cell.at as usize].trim_end_matches(' '),
        (_, None) => written,
    }
}

/// Where districts are followed by nothing smaller that would be hidden on the mainland, and 鄉 and 鎮 are districts.
const ISLAND: &[&str] = &[
    "台北", "新北", "桃园", "台中", "台南", "高雄", "基隆", "新竹", "苗栗", "彰化", "南投", "云林", "嘉义", "屏东", "宜兰",
    "花莲", "台东", "澎湖", "金门", "马祖",
];
/// Where districts are written without a word for them.
const HONG_KONG: &[&str] = &["香港", "九龙", "新界", "澳门"];
