//! Personal text is found in phrasings that nobody showed the detectors, and shown by the policy.
//!
//! `masking/phrasing.jsonl` holds lines of our own, all persons in it made up; the judges' lines lie beside the
//! repository. A thing is found when something of its kind covers it, and falsely found when it covers nothing.

use std::collections::BTreeMap;

use projections::mask::identity::{hong_kong, luhn, resident, resident_old, taiwan, taiwan_old_resident};
use projections::mask::{Kind, Policy, Span, field, find, mask_span, masked};
use proptest::prelude::*;
use serde_json::Value;
use tests::made_up::config;
use tests::place::{repository, shared};

/// Kinds that carry a sum or a plain shape.
const HARD: [Kind; 6] = [Kind::Mobile, Kind::CnId, Kind::TwId, Kind::HkId, Kind::BankCard, Kind::Email];

fn rows(file: &str) -> Vec<Value> {
    file.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

fn kind(span: &Value) -> Kind {
    serde_json::from_value(span["type"].clone()).expect("a kind that is known")
}

fn place(span: &Value) -> (usize, usize) {
    let of = |name: &str| usize::try_from(span[name].as_u64().expect("an offset")).expect("small");
    (of("start"), of("end"))
}

/// What was counted of one kind.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    wanted: usize,
    found: usize,
    told: usize,
    false_: usize,
}

/// What was counted of a file.
#[derive(Debug, Default)]
struct Score {
    kinds: BTreeMap<Kind, Count>,
    clean: usize,
    clean_hit: usize,
    golden: usize,
    golden_same: usize,
    wrong: Vec<String>,
}

fn share(part: usize, of: usize) -> f64 {
    if of == 0 { 1.0 } else { part as f64 / of as f64 }
}

impl Score {
    fn of(rows: &[Value]) -> Self {
        let mut score = Self::default();
        rows.iter().for_each(|row| score.add(row));
        score
    }

    fn add(&mut self, row: &Value) {
        let text = row["text"].as_str().expect("a text");
        let spans = find(text);
        let wanted = row["spans"].as_array().expect("spans");
        let covers = |span: &Span, want: &Value| {
            let (start, end) = place(want);
            span.kind == kind(want) && span.start <= start && end <= span.end
        };
        for want in wanted {
            let count = self.kinds.entry(kind(want)).or_default();
            count.wanted += 1;
            if spans.iter().any(|span| covers(span, want)) {
                count.found += 1;
            } else {
                self.wrong.push(format!("not found: {} in {text}", want["text"]));
            }
        }
        for span in &spans {
            let count = self.kinds.entry(span.kind).or_default();
            count.told += 1;
            if !wanted.iter().any(|want| covers(span, want)) {
                count.false_ += 1;
                self.wrong.push(format!("falsely found: {} in {text}", span.norm));
            }
        }
        self.clean += usize::from(wanted.is_empty());
        self.clean_hit += usize::from(wanted.is_empty() && !spans.is_empty());
        if let Some(golden) = row["masked"].as_str() {
            self.golden += 1;
            self.golden_same += usize::from(masked(text, &Policy::default()) == golden);
        }
    }

    /// Every bar of the issue at once.
    #[track_caller]
    fn meets_the_bars(&self) {
        let why = || self.wrong.join("\n");
        for (kind, count) in &self.kinds {
            let (recall, precision) = (share(count.found, count.wanted), share(count.told - count.false_, count.told));
            println!("{kind:?}: {} wanted, recall {recall:.3}, precision {precision:.3}", count.wanted);
            let bar = if HARD.contains(kind) { 0.99 } else { 0.90 };
            assert!(bar <= recall && bar <= precision, "{kind:?}: recall {recall}, precision {precision}\n{}", why());
        }
        let (hit, golden) = (share(self.clean_hit, self.clean), share(self.golden_same, self.golden));
        println!(
            "{} clean lines, {} hit; {} golden lines, {} the same",
            self.clean, self.clean_hit, self.golden, self.golden_same
        );
        assert!(hit <= 0.02, "{hit} of the lines without anything personal are hit\n{}", why());
        assert!(0.97 <= golden, "{golden} of the lines look as agreed\n{}", why());
        assert_eq!(self.kinds.len(), Kind::ALL.len(), "every kind is tried: {:?}", self.kinds.keys());
    }
}

fn own_lines() -> Vec<Value> {
    let file = repository().join("tests/masking/phrasing.jsonl");
    rows(&std::fs::read_to_string(file).expect("our lines are here"))
}

#[test]
fn the_judges_public_lines_are_found_and_masked_as_agreed() {
    let Some(file) = shared("oracles/pii/pii_public.jsonl") else { return };
    Score::of(&rows(&std::fs::read_to_string(file).expect("it can be read"))).meets_the_bars();
}

#[test]
fn phrasings_of_our_own_are_found_and_nothing_else_is() {
    let rows = own_lines();
    assert!(1_000 < rows.len());
    Score::of(&rows).meets_the_bars();
}

#[test]
fn what_is_masked_holds_no_number_any_more() {
    let policy = Policy::default();
    for row in own_lines() {
        let text = row["text"].as_str().expect("a text");
        let shown = masked(text, &policy);
        for span in find(text).iter().filter(|span| HARD.contains(&span.kind)) {
            assert!(!shown.contains(&text[span.byte_start..span.byte_end]), "{text}: {shown}");
        }
        // What hides a number hides it from the detectors as well.
        let again: Vec<Span> = find(&shown).into_iter().filter(|span| HARD.contains(&span.kind)).collect();
        assert_eq!(again, [], "{text}: {shown}");
        assert_eq!(masked(&shown, &policy), shown, "masking twice adds nothing: {text}");
    }
}

#[test]
fn what_is_already_masked_is_left_alone() {
    let lines = [
        "手机138****5678收不到",
        "身份证110***********993X",
        "卡号6222 **** **** 1234",
        "姓名：王**，电话1*********8",
        "邮箱k***@example.com",
        "微信wx****c，QQ12*****34",
        "车牌京A0***4",
        "地址：上海市浦东新区****",
        "IP 203.0.*.*",
    ];
    for line in lines {
        assert_eq!(find(line), [], "{line}");
    }
}

#[test]
fn a_resident_number_is_believed_by_its_check_character() {
    let digits = |text: &str| text.bytes().map(|byte| byte - b'0').collect::<Vec<u8>>();
    // The documentation of python-stdnum (cn.ric) and the annex of GB 11643-1999.
    assert!(resident(&digits("36042619910101007"), 1));
    assert!(!resident(&digits("36042619910101007"), 2));
    assert!(resident(&digits("11010519491231002"), 10));
    assert!(!resident(&digits("11010519491331002"), 10), "no thirteenth month");
    assert!(!resident(&digits("99010519491231002"), 10), "no such province");
    assert!(resident_old(&digits("110105491231002")) && !resident_old(&digits("110105491331002")));
}

#[test]
fn the_numbers_of_taiwan_and_hong_kong_are_believed_by_their_sums() {
    // Specimens in the documentation of both administrations.
    assert!(taiwan('A', &[1, 2, 3, 4, 5, 6, 7, 8, 9]) && !taiwan('A', &[1, 2, 3, 4, 5, 6, 7, 8, 8]));
    assert!(!taiwan('A', &[3, 2, 3, 4, 5, 6, 7, 8, 9]), "the second is 1, 2, 8 or 9");
    assert!(
        taiwan_old_resident(['A', 'A'], &[0, 0, 0, 0, 0, 0, 0, 9]) && !taiwan_old_resident(['A', 'A'], &[0, 0, 0, 0, 0, 0, 0, 8])
    );
    assert!(hong_kong(&['A'], &[1, 2, 3, 4, 5, 6], 3) && !hong_kong(&['A'], &[1, 2, 3, 4, 5, 6], 4));
    assert!(hong_kong(&['A', 'B'], &[9, 8, 7, 6, 5, 4], 3) && hong_kong(&['G'], &[1, 2, 3, 4, 5, 6], 10));
    let digits = |text: &str| text.bytes().map(|byte| byte - b'0').collect::<Vec<u8>>();
    assert!(luhn(&digits("78949")) && !luhn(&digits("7894")), "python-stdnum");
    assert!(luhn(&digits("4111111111111111")) && luhn(&digits("378282246310005")), "the schemes' test numbers");
}

#[test]
fn a_field_is_shown_only_when_it_looks_like_its_kind() {
    let policy = Policy::default();
    let shown = |value: &str, kind| field(value, kind, &policy);
    assert_eq!(shown("欧阳娜娜", Kind::Name).as_deref(), Some("欧阳**"));
    assert_eq!(shown("021-61234567", Kind::Mobile).as_deref(), Some("021-6*****67"));
    assert_eq!(shown("A123456789", Kind::CnId).as_deref(), Some("A1*******9"));
    assert_eq!(shown("客户自己", Kind::Name), None);
    assert_eq!(shown("138 1234 5678 ext 9", Kind::Mobile), None);
}

#[test]
fn a_thing_is_found_wherever_in_a_long_text_it_stands() {
    let parts =
        ["我叫欧阳娜娜，电话13812345678，", "身份证36042619910101\u{200b}0071。", "寄到上海市浦东新区科苑路88弄5号301室，"];
    let alone: Vec<Vec<String>> = parts.iter().map(|part| find(part).into_iter().map(|span| span.norm).collect()).collect();
    assert_eq!(alone.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1, 1]);
    // Around the ends of the windows that long texts are read in.
    for before in (7_400..9_300).step_by(7).chain(16_000..16_040) {
        for (part, alone) in parts.iter().zip(&alone) {
            let text = format!("{}。{part}{}", "好".repeat(before), "的".repeat(9_000));
            let found: Vec<String> = find(&text).into_iter().map(|span| span.norm).collect();
            assert_eq!(&found, alone, "{part} after {before} characters");
        }
    }
}

#[test]
fn hostile_texts_are_read_to_their_end() {
    let hostile = [
        "1",
        "1 ",
        "138",
        "13800001234 ",
        "a@",
        "@a.",
        "a.",
        ".1",
        "1.2.3.4.",
        "::",
        "a:",
        "我叫",
        "姓名：",
        "王",
        "1号",
        "路1",
        "区1号",
        "一",
        "一、",
        "A1",
        "A1-",
        "京A",
        "粤Z",
        "wx",
        "微信：",
        "qq",
        "Mr ",
        "name: ",
        "my name is ",
        "Flat 1, ",
        "1 A St, ",
        "1/F, ",
        "出生",
        "born ",
        "民国1年",
        "(",
        "\\u0031",
        "%31",
        "-",
        "\u{200b}",
        "1\u{200b}",
        "护照E",
        "欧阳",
        "A ",
        "地址",
    ];
    for piece in hostile {
        let text = piece.repeat(120_000 / piece.len());
        for span in find(&text) {
            assert!(span.byte_start < span.byte_end && span.byte_end <= text.len());
        }
    }
}

/// Texts that mix what is personal with what is not, and anything at all.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => any::<String>(),
        2 => "[0-9 .:@a-zA-Z-]{0,24}",
        2 => "[我叫姓名王李张电话号路区市一二三〇零幺０-９（）：，]{0,16}",
        2 => prop::sample::select(vec![
            "13812345678", "+86 138-1234-5678", "360426199101010071", "4111 1111 1111 1111", "emma@example.com", "A123456789", "A123456(3)",
            "我叫欧阳娜娜", "微信：dawei_1990", "203.0.113.7", "京A·12345", "上海市浦东新区科苑路88弄5号301室", "my name is Emma Carter",
        ]).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn whatever_the_text_the_places_are_right(text in texts()) {
        let spans = find(&text);
        let characters: Vec<char> = text.chars().collect();
        let (mut end, mut byte_end) = (0, 0);
        for span in &spans {
            prop_assert!(end <= span.start && span.start < span.end && span.end <= characters.len());
            prop_assert!(byte_end <= span.byte_start);
            let by_bytes = &text[span.byte_start..span.byte_end];
            let by_characters: String = characters[span.start..span.end].iter().collect();
            prop_assert_eq!(by_bytes, by_characters.as_str());
            prop_assert!(!span.norm.is_empty());
            (end, byte_end) = (span.end, span.byte_end);
        }
        let policy = Policy::default();
        let shown: String = masked(&text, &policy);
        let kept = spans.iter().fold((String::new(), 0), |(mut all, at), span| {
            all.push_str(&text[at..span.byte_start]);
            all.push_str(&mask_span(&text, span, &policy));
            (all, span.byte_end)
        });
        prop_assert_eq!(shown, kept.0 + &text[kept.1..], "what is between stays as it is");
    }

    #[test]
    fn no_number_found_survives_its_mask(text in texts()) {
        let policy = Policy::default();
        for span in find(&text).iter().filter(|span| HARD.contains(&span.kind)) {
            let written = &text[span.byte_start..span.byte_end];
            let shown = mask_span(&text, span, &policy);
            prop_assert_ne!(&shown, written);
            prop_assert!(!shown.contains(span.norm.as_str()), "{} in {}", span.norm, shown);
        }
    }
}
