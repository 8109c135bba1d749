//! Where a JSON value ends, byte by byte: told by its brackets and strings alone.

/// How deep brackets are told apart; deeper ones no parser follows.
const DEPTH_MAX: usize = 1 << 10;

/// How far a value has been cut out.
#[derive(Default)]
pub(super) struct Scan {
    /// The brackets that are open: whether each is an object's; the deepest are only counted.
    open: Vec<bool>,
    n_deeper: u64,
    in_string: bool,
    escaped: bool,
    /// Whether the value is no bracket and no string: a number, a word, or no JSON at all.
    bare: bool,
    begun: bool,
    /// The last byte that is no blank and stands in no string.
    last: u8,
    /// Whether only blanks stand before this byte in its line.
    fresh: bool,
    begins_at: u64,
    one_a_line: bool,
    /// Whether it stands in no list and no wrapping.
    alone: bool,
    /// Set at its end: whether it is whole.
    ended: Option<bool>,
}

/// Where a value ends.
pub(super) enum Step {
    /// Not yet.
    Within,
    /// Behind this byte.
    Behind,
    /// Before it.
    Before,
}

impl Scan {
    /// Begins a value whose like begin in this column.
    pub(super) fn of(begins_at: u64, one_a_line: bool, alone: bool) -> Self {
        Self { begins_at, one_a_line, alone, ..Self::default() }
    }

    /// At its end: whether it is whole.
    pub(super) fn ended(&self) -> Option<bool> {
        self.ended
    }

    fn end(&mut self, whole: bool, step: Step) -> Step {
        self.ended = Some(whole);
        step
    }

    pub(super) fn step(&mut self, byte: u8, column: u64) -> Step {
        if self.in_string {
            match byte {
                b'\n' => return self.end(false, Step::Before),
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => {
                    self.in_string = false;
                    self.last = byte;
                    if self.open.is_empty() {
                        return self.end(true, Step::Behind);
                    }
                }
                _ => {}
            }
            return Step::Within;
        }
        if !self.begun {
            self.begun = true;
            self.bare = !matches!(byte, b'{' | b'[' | b'"');
        } else if self.bare {
            let ends = byte == b'\n' || (!self.alone && matches!(byte, b',' | b']' | b'}'));
            return if ends { self.end(true, Step::Before) } else { Step::Within };
        }
        match byte {
            b' ' | b'\t' | b'\r' => return Step::Within,
            b'\n' => {
                self.fresh = true;
                return Step::Within;
            }
            b'{' if self.fresh && column == self.begins_at && (self.one_a_line || !self.may_open()) => {
                return self.end(false, Step::Before);
            }
            b'"' => self.in_string = true,
            b'{' | b'[' if self.open.len() < DEPTH_MAX => self.open.push(byte == b'{'),
            b'{' | b'[' => self.n_deeper += 1,
            b'}' | b']' if 0 < self.n_deeper => self.n_deeper -= 1,
            b'}' | b']' => {
                self.open.pop();
                if self.open.is_empty() {
                    return self.end(true, Step::Behind);
                }
            }
            _ => {}
        }
        self.fresh = false;
        self.last = byte;
        Step::Within
    }

    /// Whether JSON allows an object here.
    fn may_open(&self) -> bool {
        match self.open.last() {
            Some(true) => self.last == b':',
            Some(false) | None => matches!(self.last, b'[' | b','),
        }
    }
}
