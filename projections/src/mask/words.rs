//! The lists that the detectors know words from: embedded text files, read once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::line::{BIRTH, COMPOUND, CUE, Cell, FAMILY, FOLLOW, GIVEN, HANDLE, NEVER, PROVINCE, ROAD, TITLE, UNIT, WEAK};

/// Traditional characters, each followed by its simplified form.
pub(super) const TRADITIONAL: &str = include_str!("words/traditional.txt");
const FAMILIES: &str = include_str!("words/surnames.txt");
const GIVENS: &str = include_str!("words/given.txt");
const NO_NAMES: &str = include_str!("words/nonnames.txt");
const REGIONS: &str = include_str!("words/regions.txt");
const NO_FIRST_NAMES: &str = include_str!("words/no_first_names.txt");
const FIRST_NAMES: &str = include_str!("words/first_names.txt");

/// What stands first on a plate: the short names of the provinces (GA 36-2018).
const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
/// Characters that no given name has: pronouns, particles, what follows a name in a sentence.
const NEVERS: &str = "的了吗呢吧啊呀哦嘛么我你您他她它们这那哪谁什怎是不没有在到把被给让从对跟与及或但而且就都也还才再又很太最更已过着请问说要买卖退换货号码电话机件息写错误填改看查办个次些此其啦咯喔哈嗯唔嘅咗喺冇佢哋边度点解址姓氏女咨询投诉申诉反馈订购快递催收寄送签付款钱拿吃喝住下后两";
/// What counts a part of an address after a number.
const UNITS: &str = "号弄栋幢座室单楼层巷房户组队期";
/// How the names of roads and estates end.
const ROADS: &str = "路街道巷弄村庄里段园苑厦场城府院寓湾轩邨阁居墅同区镇乡坊寺桥屯店馆社心港口站角道";

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

/// Every two characters of a list as a pair.
pub(super) fn pairs(list: &str) -> Vec<(char, char)> {
    let all: Vec<char> = lines(list).flat_map(str::chars).collect();
    all.chunks_exact(2).filter(|pair| pair[0] != pair[1]).map(|pair| (pair[0], pair[1])).collect()
}

/// Words by their first character, each with something about it.
pub(super) struct Index<T> {
    /// In the order of the first characters.
    entries: Vec<Entry<T>>,
    /// The place in `entries`, plus one, of each ASCII character.
    ascii: [u8; 128],
}

/// The words that begin with one character.
struct Entry<T> {
    first: char,
    /// A bit for each second character, by its last six bits; all where a word has one character.
    seconds: u64,
    /// The longest first: it is what is meant where one word begins another.
    words: Vec<(Vec<char>, T)>,
}

fn bit(c: char) -> u64 {
    1 << (c as u32 & 63)
}

impl<T: Copy> Index<T> {
    /// Puts words in lower case in order.
    pub(super) fn of<'a>(words: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let mut by_first: BTreeMap<char, Vec<(Vec<char>, T)>> = BTreeMap::new();
        for (word, about) in words {
            let word: Vec<char> = word.chars().collect();
            if let Some(&first) = word.first() {
                by_first.entry(first).or_default().push((word, about));
            }
        }
        let entry = |(first, mut words): (char, Vec<(Vec<char>, T)>)| {
            words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
            let seconds = words.iter().fold(0, |bits, (word, _)| bits | word.get(1).map_or(u64::MAX, |&second| bit(second)));
            Entry { first, seconds, words }
        };
        let entries: Vec<Entry<T>> = by_first.into_iter().map(entry).collect();
        let mut ascii = [0; 128];
        for (place, entry) in entries.iter().enumerate() {
            if let (Some(slot), Ok(place)) = (ascii.get_mut(entry.first as usize), u8::try_from(place + 1)) {
                *slot = place;
            }
        }
        Self { entries, ascii }
    }

    fn entry(&self, first: char) -> Option<&Entry<T>> {
        let place = match self.ascii.get(first as usize) {
            Some(place) => usize::from(*place).checked_sub(1)?,
            None => self.entries.binary_search_by_key(&first, |entry| entry.first).ok()?,
        };
        self.entries.get(place)
    }

    /// The words that begin at `from`, the longest first: their lengths, and what is known of them.
    pub(super) fn all<'a>(&'a self, cells: &'a [Cell], from: usize) -> impl Iterator<Item = (usize, T)> + 'a {
        let lower = |at: usize| cells.get(at).map(|cell| cell.c.to_ascii_lowercase());
        let entry = lower(from).and_then(|first| self.entry(first));
        let entry = entry.filter(|entry| entry.seconds & lower(from + 1).map_or(u64::MAX, bit) != 0);
        let words = entry.map_or(&[][..], |entry| entry.words.as_slice());
        let fits = move |word: &[char]| {
            cells.len() >= from + word.len()
                && word[1..].iter().zip(&cells[from + 1..]).all(|(a, b)| *a == b.c.to_ascii_lowercase())
        };
        words.iter().filter(move |(word, _)| fits(word)).map(|(word, about)| (word.len(), *about))
    }

    /// The length of the longest word that begins at `from`, and what is known of it.
    pub(super) fn longest(&self, cells: &[Cell], from: usize) -> Option<(usize, T)> {
        self.all(cells, from).next()
    }

    /// The first characters of all words.
    pub(super) fn firsts(&self) -> impl Iterator<Item = char> + '_ {
        self.entries.iter().map(|entry| entry.first)
    }
}

/// A list of words by their first character.
pub(super) type Words = Index<()>;

fn by_first<'a>(words: impl Iterator<Item = &'a str>) -> Words {
    Index::of(words.map(|word| (word, ())))
}

/// Words that begin as a name does and are none.
pub(super) static NONNAME: LazyLock<Words> = LazyLock::new(|| by_first(lines(NO_NAMES).flat_map(str::split_whitespace)));
/// Places that addresses begin with.
pub(super) static REGION: LazyLock<Words> = LazyLock::new(|| by_first(lines(REGIONS).flat_map(str::split_whitespace)));
/// Given names in Latin letters, in lower case.
static LATIN: LazyLock<std::collections::BTreeSet<&'static str>> =
    LazyLock::new(|| lines(FIRST_NAMES).flat_map(str::split_whitespace).collect());

/// Words in Latin letters that are no names, in lower case.
static NO_LATIN: LazyLock<std::collections::BTreeSet<&'static str>> =
    LazyLock::new(|| lines(NO_FIRST_NAMES).flat_map(str::split_whitespace).collect());

/// The length of the longest word of `words` that stands at `from`.
pub(super) fn longest(words: &Words, cells: &[Cell], from: usize) -> Option<usize> {
    words.longest(cells, from).map(|(length, ())| length)
}

/// Whether a word in lower case is none of a name although it has a capital.
pub(super) fn no_name(word: &str) -> bool {
    NO_LATIN.contains(word)
}

/// Whether a word in lower case is a given name in Latin letters.
pub(super) fn first_name(word: &str) -> bool {
    LATIN.contains(word)
}

fn block(name: &str) -> impl Iterator<Item = char> + '_ {
    FAMILIES.lines().skip_while(move |line| *line != name).nth(1).unwrap_or_default().chars()
}

/// Family names of two characters.
pub(super) static COMPOUNDS: LazyLock<Vec<[char; 2]>> = LazyLock::new(|| {
    let all: Vec<char> = block("compound").collect();
    all.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect()
});

/// The classes that lists give to characters.
pub(super) fn classes() -> BTreeMap<char, u32> {
    let mut classes = BTreeMap::new();
    let mut add = |c: char, class: u32| *classes.entry(c).or_default() |= class;
    block("strong").for_each(|c| add(c, FAMILY));
    block("weak").for_each(|c| add(c, FAMILY | WEAK));
    COMPOUNDS.iter().for_each(|pair| add(pair[0], COMPOUND));
    lines(GIVENS).flat_map(str::chars).for_each(|c| add(c, GIVEN));
    for (list, class) in [(PROVINCES, PROVINCE), (NEVERS, NEVER), (UNITS, UNIT), (ROADS, ROAD)] {
        list.chars().for_each(|c| add(c, class));
    }
    for (firsts, class) in [
        (super::names::CUES.firsts().collect::<Vec<_>>(), CUE),
        (super::names::FOLLOWS.firsts().collect(), FOLLOW),
        (super::names::TITLES.firsts().collect(), TITLE),
        (super::handles::firsts(), HANDLE),
        (super::dates::BEFORE.firsts().chain(['民']).collect(), BIRTH),
    ] {
        firsts.into_iter().for_each(|c| add(c, class));
    }
    // What begins a word in Latin letters may be a capital.
    for (c, class) in classes.clone() {
        if c.is_ascii_lowercase() {
            *classes.entry(c.to_ascii_uppercase()).or_default() |= class;
        }
    }
    classes
}
