//! Sealing: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) under the key of whoever a text is about.
//!
//! A sealed text is a random nonce of 24 bytes, the ciphertext and its tag of 16. What it belongs to (position, id,
//! type, schema, subject) is authenticated with it, so a text moved to another fact does not open.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use events::{EventId, Position};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Bytes of a nonce.
const NONCE_BYTES: usize = 24;

/// The key of one customer's texts.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct SubjectKey(pub(super) [u8; 32]);

impl std::fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SubjectKey(…)")
    }
}

/// What a sealed text belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Sealing<'a> {
    /// The fact's place.
    pub position: Position,
    /// Its identity.
    pub id: EventId,
    /// Its type.
    pub event_type: &'a str,
    /// Its schema.
    pub schema: u32,
    /// Whom the text is about, by pseudonym; empty when that is not known.
    pub subject: &'a str,
}

impl Sealing<'_> {
    fn bytes(&self) -> Vec<u8> {
        format!("retrace sealed 1\n{}\n{}\n{}\n{}\n{}", self.position.0, self.id, self.event_type, self.schema, self.subject)
            .into_bytes()
    }
}

/// Seals a text.
///
/// # Errors
/// When the system gives no random bytes.
pub fn seal(key: &SubjectKey, of: &Sealing<'_>, text: &[u8]) -> Result<Vec<u8>, getrandom::Error> {
    sealed(&key.0, &of.bytes(), text)
}

/// Opens a sealed text; `None` when it was not sealed by this key for this fact, or was changed.
#[must_use]
pub fn open(key: &SubjectKey, of: &Sealing<'_>, bytes: &[u8]) -> Option<Vec<u8>> {
    opened(&key.0, &of.bytes(), bytes)
}

pub(super) fn sealed(key: &[u8; 32], aad: &[u8], msg: &[u8]) -> Result<Vec<u8>, getrandom::Error> {
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce)?;
    let cipher = XChaCha20Poly1305::new(key.into());
    let mut bytes = nonce.to_vec();
    let text = cipher.encrypt(&XNonce::from(nonce), Payload { msg, aad });
    bytes.extend(text.expect("a text is shorter than 256 GB"));
    Ok(bytes)
}

pub(super) fn opened(key: &[u8; 32], aad: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
    let (nonce, msg) = bytes.split_at_checked(NONCE_BYTES)?;
    let nonce: [u8; NONCE_BYTES] = nonce.try_into().ok()?;
    XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(nonce), Payload { msg, aad }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// draft-irtf-cfrg-xchacha-03, appendix A.3.1.
    #[test]
    fn the_cipher_is_the_one_of_the_draft() {
        let key: [u8; 32] = std::array::from_fn(|place| 0x80 + u8::try_from(place).unwrap());
        let nonce: [u8; 24] = std::array::from_fn(|place| 0x40 + u8::try_from(place).unwrap());
        let aad = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7];
        let text =
            b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
        let sealed = XChaCha20Poly1305::new(&key.into()).encrypt(&XNonce::from(nonce), Payload { msg: text, aad: &aad }).unwrap();
        assert_eq!(sealed[..4], [0xbd, 0x6d, 0x17, 0x9d]);
        assert_eq!(sealed[sealed.len() - 16..][..4], [0xc0, 0x87, 0x59, 0x24]);
        let whole = [nonce.as_slice(), &sealed].concat();
        assert_eq!(opened(&key, &aad, &whole).as_deref(), Some(text.as_slice()));
    }

    #[test]
    fn a_text_opens_only_for_its_own_fact() {
        let key = SubjectKey([7; 32]);
        let id = EventId::derived("test", "1");
        let of = Sealing { position: Position(3), id, event_type: "a.b", schema: 1, subject: "c-1" };
        let bytes = seal(&key, &of, "你好".as_bytes()).unwrap();
        assert_eq!(open(&key, &of, &bytes).as_deref(), Some("你好".as_bytes()));
        let moved = [
            Sealing { position: Position(4), ..of },
            Sealing { id: EventId::derived("test", "2"), ..of },
            Sealing { event_type: "a.c", ..of },
            Sealing { schema: 2, ..of },
            Sealing { subject: "c-2", ..of },
        ];
        for elsewhere in moved {
            assert_eq!(open(&key, &elsewhere, &bytes), None, "{elsewhere:?}");
        }
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert_eq!(open(&key, &of, &changed), None, "byte {place}");
        }
        assert_eq!(open(&key, &of, &bytes[..10]), None);
    }
}
