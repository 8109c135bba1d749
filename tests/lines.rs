//! Lines of any file in bounded memory: however long a line, however odd its end.

use std::io::{Cursor, Read};

use console::sources::lines::{LINE_BYTES_MAX, Line, Lines};

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
fn bytes_are_counted_as_they_lie_on_disk() {
    let text = "a line of text\n".repeat(5_000);
    let mut lines = Lines::new(Cursor::new(text.clone())).expect("it has content");
    while lines.next_line().expect("it can be read").is_some() {}
    assert_eq!(lines.bytes_read().load(std::sync::atomic::Ordering::Relaxed), text.len() as u64);
}
