//! Lines of any file in bounded memory: however long a line, however odd its end.

use std::io::{Cursor, Read};

use console::sources::lines::{LINE_BYTES_MAX, Line, Lines};
use console::sources::text::Text;

fn lines(source: impl Read + Send + 'static) -> Vec<String> {
    let mut lines = Lines::new(source).expect("it has content");
    let mut all = Vec::new();
    while let Some(line) = lines.next_line().expect("it can be read") {
        all.push(match line {
            Line::Text(text) if text.len() < 50 => text,
            Line::Text(text) => format!("{} bytes", text.len()),
            Line::TooLong(n) => format!("too long: {n}"),
            Line::NotText => "not text".to_owned(),
        });
    }
    all
}

/// Bytes that nobody holds: `n` of them, made as they are read.
struct Made {
    left: u64,
}

impl Read for Made {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        buffer[..n].fill(b'x');
        self.left -= n as u64;
        Ok(n)
    }
}

/// The most memory this process has held at once, in bytes.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("Linux tells the peak");
    line.split_whitespace().nth(1).and_then(|text| text.parse::<u64>().ok()).expect("a number") * 1024
}

#[test]
fn a_line_of_a_gigabyte_is_passed_over_in_little_memory() {
    let before = peak_bytes();
    let first = Cursor::new(b"one\n".to_vec());
    let source = first.chain(Made { left: 1 << 30 }).chain(Cursor::new(b"\ntwo\n".to_vec()));
    assert_eq!(lines(source), ["one".to_owned(), format!("too long: {}", 1_u64 << 30), "two".to_owned()]);
    let grown = peak_bytes() - before;
    // The allocator takes memory in arenas, and other tests of this process take theirs meanwhile.
    assert!(grown < 64 << 20, "{grown} bytes more");
}

#[test]
fn a_line_is_kept_whole_up_to_the_longest_and_refused_beyond() {
    for end in ["\n", ""] {
        for (length, want) in [
            (LINE_BYTES_MAX - 1, format!("{} bytes", LINE_BYTES_MAX - 1)),
            (LINE_BYTES_MAX, format!("{LINE_BYTES_MAX} bytes")),
            (LINE_BYTES_MAX + 1, format!("too long: {}", LINE_BYTES_MAX + 1)),
            (LINE_BYTES_MAX + 2, format!("too long: {}", LINE_BYTES_MAX + 2)),
        ] {
            let source = "x".repeat(length) + end;
            assert_eq!(lines(Cursor::new(source)), [want], "{length} bytes, end {end:?}");
        }
    }
}

#[test]
fn every_line_comes_once_whatever_its_end() {
    for (text, want) in [
        ("a\nb\n", &["a", "b"][..]),
        ("a\nb", &["a", "b"]),
        ("a\r\nb\r\n", &["a", "b"]),
        ("\n\na\n", &["", "", "a"]),
        ("\n", &[""]),
        ("a\rb\n", &["a\rb"]),
        ("a\rb", &["a", "b"]),
        ("a\r\rb\r", &["a", "", "b"]),
    ] {
        assert_eq!(lines(Cursor::new(text)), want, "{text:?}");
    }
}

#[test]
fn a_byte_that_is_no_text_spoils_its_line_alone() {
    let mut bytes = "plain text\n".repeat(10_000).into_bytes();
    bytes.extend(b"caf\xe9\nand on\n");
    let all = lines(Cursor::new(bytes));
    assert_eq!((all.len(), all[10_000].as_str(), all[10_001].as_str()), (10_002, "not text", "and on"));
}

#[test]
fn a_bad_byte_in_a_line_of_utf8_leaves_the_others_as_they_are() {
    for n_before in [4, 100, 20_000] {
        for mark in ["", "\u{feff}"] {
            let mut bytes = format!("{mark}{}", "客服\n".repeat(n_before)).into_bytes();
            bytes.extend(b"bad \xe5\xae byte\n\xe7\xbb\x93\xe6\x9d\x9f\n");
            let all = lines(Cursor::new(bytes));
            let mut want = vec!["客服".to_owned(); n_before];
            want.extend(["not text".to_owned(), "结束".to_owned()]);
            assert_eq!(all, want, "behind {n_before} lines, mark {mark:?}");
        }
    }
}

#[test]
fn files_in_legacy_encodings_are_found_short_and_long() {
    let (gbk, big5) =
        (&b"\xcd\xf5\xd0\xa1\xc3\xf7\xbf\xcd\xb7\xfe"[..], &b"\xb9\xf1\xb8\xdc\xab\xc8\xaa\x41\xb1\x4d\xbd\x75"[..]);
    let jis = b"\x82\xa8\x8b\x71\x97\x6c\x82\xcc\x82\xb2\x92\x8d\x95\xb6\x82\xcd";
    let utf16 = |bytes_of: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
        format!("{mark}one, two and three").encode_utf16().flat_map(bytes_of).collect()
    };
    let utf16_end = |bytes_of: fn(u16) -> [u8; 2]| bytes_of(u16::from(b'\n')).to_vec();
    type Bytes = fn(u16) -> [u8; 2];
    let (le, be): (Bytes, Bytes) = (u16::to_le_bytes, u16::to_be_bytes);
    let plain = || b"\n".to_vec();
    for (name, line, end) in [
        ("GBK", gbk.to_vec(), plain()),
        ("Big5", big5.to_vec(), plain()),
        ("Shift_JIS", jis.to_vec(), plain()),
        ("windows-1252", b"M\xfcller, fa\xe7ade \xe0 c\xf4t\xe9".to_vec(), plain()),
        ("UTF-16LE", utf16(le, ""), utf16_end(le)),
        ("UTF-16LE", utf16(le, "\u{feff}"), utf16_end(le)),
        ("UTF-16BE", utf16(be, ""), utf16_end(be)),
        ("UTF-16BE", utf16(be, "\u{feff}"), utf16_end(be)),
    ] {
        for n in [1, 3, 10_000] {
            let bytes = [line.clone(), end.clone()].concat().repeat(n);
            let text = Text::open(Cursor::new(bytes)).expect("it has content");
            assert_eq!(text.encoding(), name, "{n} lines {line:?}");
            let mut lines = Lines::of(text);
            let mut n_lines = 0;
            while let Some(line) = lines.next_line().expect("it can be read") {
                assert!(matches!(&line, Line::Text(text) if !text.contains('\u{fffd}')), "{name}: {line:?}");
                n_lines += 1;
            }
            assert_eq!(n_lines, n, "{name}");
        }
    }
}

#[test]
fn bytes_are_counted_as_they_lie_on_disk() {
    let text = "a line of text\n".repeat(5_000);
    let mut lines = Lines::new(Cursor::new(text.clone())).expect("it has content");
    while lines.next_line().expect("it can be read").is_some() {}
    assert_eq!(lines.bytes_read().load(std::sync::atomic::Ordering::Relaxed), text.len() as u64);
}
