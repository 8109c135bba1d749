//! What a leaf of the tree is the hash of: an event's envelope, as canonical JSON.
//!
//! Payload, envelope of origin and sealed texts enter as digests of the very bytes that are stored, so no one else's
//! JSON is ever written anew, and a proof of one event shows no payload. All numbers but `v` are texts: canonical JSON
//! has no integers beyond 2^53. The keys stand in their canonical order.
//!
//! Source: RFC 8785. ADR-0010.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::merkle::{Hash, leaf};

/// The largest envelope, in bytes: C2SP entry bundles give an entry's length in 16 bits (c2sp.org/tlog-tiles).
pub const ENVELOPE_BYTES_MAX: usize = 65_535;
/// The longest name in an envelope, in bytes. Ours are far shorter; escaped it is at most six times as long.
pub const NAME_BYTES_MAX: usize = 2_000;

/// The columns of an event as they lie in the log, none of them understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns<'a> {
    /// Its place in the log.
    pub position: i64,
    /// Its stream.
    pub stream: &'a str,
    /// Its place in the stream.
    pub version: i64,
    /// Its id.
    pub id: [u8; 16],
    /// Its type.
    pub event_type: &'a str,
    /// Its payload's schema.
    pub schema: i64,
    /// When it happened, µs.
    pub occurred_us: i64,
    /// When it was recorded, µs.
    pub recorded_us: i64,
    /// Who recorded it, as stored.
    pub meta: &'a [u8],
    /// Its payload, as stored.
    pub data: &'a [u8],
    /// Its sealed texts, if it has any.
    pub sealed: Option<Sealed<'a>>,
}

/// Personal texts as they lie in the log: ciphertext, and whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed<'a> {
    /// The customer's pseudonym.
    pub subject: &'a str,
    /// Nonce, ciphertext and tag.
    pub bytes: &'a [u8],
}

/// Writes envelopes and hashes leaves, using its room again.
#[derive(Debug, Default)]
pub struct Hasher {
    room: Vec<u8>,
    /// The last `meta` and its digest: within an import it is the same for every event.
    meta: Option<(Vec<u8>, [u8; 64])>,
}

fn hex(digest: &[u8]) -> [u8; 64] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; 64];
    for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(digest) {
        *pair = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    }
    text
}

impl Hasher {
    /// The leaf of an event.
    pub fn leaf(&mut self, columns: &Columns<'_>) -> Hash {
        self.write(columns);
        leaf(&self.room)
    }

    /// The envelope of an event, at most [`ENVELOPE_BYTES_MAX`] bytes when its names are at most [`NAME_BYTES_MAX`].
    pub fn envelope(&mut self, columns: &Columns<'_>) -> Vec<u8> {
        self.write(columns);
        self.room.clone()
    }

    fn write(&mut self, columns: &Columns<'_>) {
        let meta = match self.meta.take() {
            Some(known) if known.0 == columns.meta => known,
            _ => (columns.meta.to_vec(), hex(&Sha256::digest(columns.meta))),
        };
        self.room.clear();
        self.digest("{\"data\":", columns.data.len(), &hex(&Sha256::digest(columns.data)));
        let mut uuid = [0; uuid::fmt::Hyphenated::LENGTH];
        let id = Uuid::from_bytes(columns.id);
        self.text("},\"id\":", id.hyphenated().encode_lower(&mut uuid));
        self.digest(",\"meta\":", columns.meta.len(), &meta.1);
        self.meta = Some(meta);
        self.number("},\"occurred\":\"", columns.occurred_us);
        self.number("\",\"position\":\"", columns.position);
        self.number("\",\"recorded\":\"", columns.recorded_us);
        self.number("\",\"schema\":\"", columns.schema);
        if let Some(sealed) = columns.sealed {
            self.digest("\",\"sealed\":", sealed.bytes.len(), &hex(&Sha256::digest(sealed.bytes)));
            self.text(",\"subject\":", sealed.subject);
            self.text("},\"stream\":", columns.stream);
        } else {
            self.text("\",\"stream\":", columns.stream);
        }
        self.text(",\"type\":", columns.event_type);
        self.number(",\"v\":1,\"version\":\"", columns.version);
        self.room.extend_from_slice(b"\"}");
    }

    /// An object of length and digest, still open.
    fn digest(&mut self, before: &str, length: usize, digest: &[u8; 64]) {
        self.room.extend_from_slice(before.as_bytes());
        self.room.extend_from_slice(b"{\"len\":\"");
        self.digits(length as u64);
        self.room.extend_from_slice(b"\",\"sha256\":\"");
        self.room.extend_from_slice(digest);
        self.room.push(b'"');
    }

    fn number(&mut self, before: &str, number: i64) {
        self.room.extend_from_slice(before.as_bytes());
        if number < 0 {
            self.room.push(b'-');
        }
        self.digits(number.unsigned_abs());
    }

    /// Decimal digits. The formatting machinery would be a tenth of all that a leaf costs.
    fn digits(&mut self, mut number: u64) {
        let (mut digits, mut from) = ([0; 20], 20);
        loop {
            from -= 1;
            digits[from] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.room.extend_from_slice(&digits[from..]);
    }

    /// A text; `serde_json` escapes as RFC 8785 §3.2.2.2 wants: the short forms, and `\u00xx` in lower case.
    fn text(&mut self, before: &str, text: &str) {
        self.room.extend_from_slice(before.as_bytes());
        if text.bytes().all(|byte| b' ' <= byte && byte != b'"' && byte != b'\\') {
            self.room.push(b'"');
            self.room.extend_from_slice(text.as_bytes());
            self.room.push(b'"');
        } else {
            serde_json::to_writer(&mut self.room, text).ok();
        }
    }
}
