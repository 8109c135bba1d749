//! Checkpoints: the size and the root of the tree, signed, as others read them.
//!
//! A checkpoint is a signed note of three lines: origin, size, root. Only Ed25519 is made and read; other signature
//! lines, such as witnesses' cosignatures, are kept and ignored.
//!
//! Source: c2sp.org/tlog-checkpoint, c2sp.org/signed-note, RFC 8032.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::merkle::Hash;

/// The byte that names Ed25519 in a key id. Source: c2sp.org/signed-note, "Signature types".
const ED25519: u8 = 0x01;
/// The longest note read, in bytes: sixteen signatures, room for post-quantum ones.
pub const NOTE_BYTES_MAX: usize = 128 * 1024;
/// The most signature lines looked at.
const SIGNATURES_MAX: usize = 64;

/// Why a text is not a checkpoint, or not this log's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is not three lines and a signature.
    #[error("this is not a checkpoint: {0}")]
    Shape(&'static str),
    /// It is not signed by this key.
    #[error("the checkpoint bears no signature of {name}")]
    Unsigned {
        /// The key's name.
        name: String,
    },
    /// It bears a signature of this key that does not fit the text.
    #[error("the checkpoint's signature of {name} does not fit its text")]
    Forged {
        /// The key's name.
        name: String,
    },
    /// It is of another log.
    #[error("the checkpoint is of {found}, not of {wanted}")]
    OtherOrigin {
        /// What it says.
        found: String,
        /// What this log is called.
        wanted: String,
    },
    /// The text is not a verifier key.
    #[error("this is not a verifier key")]
    Key,
}

/// The size and root of a tree, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which log.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// A head with the note it was read from or signed into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// What it says.
    pub head: Head,
    /// The whole signed note.
    pub note: String,
}

/// A key that verifies notes: its name and an Ed25519 public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key: VerifyingKey,
}

fn key_id(name: &str, key: &VerifyingKey) -> [u8; 4] {
    let digest = Sha256::new().chain_update(name).chain_update([b'\n', ED25519]).chain_update(key.as_bytes()).finalize();
    [digest[0], digest[1], digest[2], digest[3]]
}

/// Whether a text may be the name of a key, and so an origin.
#[must_use]
pub fn nameable(name: &str) -> bool {
    !name.is_empty() && name.len() <= 200 && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

impl fmt::Display for Verifier {
    /// The C2SP form: `name+hex id+base64(type || key)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = u32::from_be_bytes(key_id(&self.name, &self.key));
        let key = [&[ED25519][..], self.key.as_bytes()].concat();
        write!(f, "{}+{id:08x}+{}", self.name, STANDARD.encode(key))
    }
}

impl Verifier {
    /// The verifying half of a signing seed.
    #[must_use]
    pub fn of_seed(name: &str, seed: &[u8; 32]) -> Self {
        Self { name: name.to_owned(), key: SigningKey::from_bytes(seed).verifying_key() }
    }

    /// Reads the C2SP form.
    ///
    /// # Errors
    /// [`NoteError::Key`] when it is none, or of another signature type, or its id does not fit.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else { return Err(NoteError::Key) };
        let bytes = STANDARD.decode(key).ok().filter(|bytes| bytes.first() == Some(&ED25519)).ok_or(NoteError::Key)?;
        let key: [u8; 32] = bytes[1..].try_into().map_err(|_length| NoteError::Key)?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_not_a_point| NoteError::Key)?;
        let fits = format!("{:08x}", u32::from_be_bytes(key_id(name, &key))) == id;
        if fits && nameable(name) { Ok(Self { name: name.to_owned(), key }) } else { Err(NoteError::Key) }
    }

    /// Its name, which is the log's origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads a checkpoint that this key signed, of the log of the same name.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn open(&self, note: &str) -> Result<Checkpoint, NoteError> {
        let (head, text, signatures) = parse(note)?;
        if head.origin != self.name {
            return Err(NoteError::OtherOrigin { found: head.origin, wanted: self.name.clone() });
        }
        let id = key_id(&self.name, &self.key);
        let mut signed = false;
        for (name, signature) in signatures {
            let Some((of, signature)) = signature.split_at_checked(4) else { continue };
            if name != self.name || of != id {
                continue;
            }
            let forged = || NoteError::Forged { name: self.name.clone() };
            let signature = ed25519_dalek::Signature::from_slice(signature).map_err(|_length| forged())?;
            self.key.verify_strict(text.as_bytes(), &signature).map_err(|_mismatch| forged())?;
            signed = true;
        }
        if !signed {
            return Err(NoteError::Unsigned { name: self.name.clone() });
        }
        Ok(Checkpoint { head, note: note.to_owned() })
    }
}

/// Reads a checkpoint's head without looking at its signatures.
///
/// # Errors
/// [`NoteError::Shape`] when it is no checkpoint.
pub fn head_of(note: &str) -> Result<Head, NoteError> {
    parse(note).map(|(head, _, _)| head)
}

/// A head, the text that is signed, and the signature lines: key name and bytes.
type Parsed<'a> = (Head, &'a str, Vec<(&'a str, Vec<u8>)>);

fn parse(note: &str) -> Result<Parsed<'_>, NoteError> {
    let shape = NoteError::Shape;
    if NOTE_BYTES_MAX < note.len() {
        return Err(shape("it is too long"));
    }
    if note.chars().any(|c| c < ' ' && c != '\n') {
        return Err(shape("it has control characters"));
    }
    let at = note.rfind("\n\n").ok_or_else(|| shape("it has no signature"))?;
    let (text, signatures) = (&note[..=at], &note[at + 2..]);
    let mut lines = text.split('\n');
    let (origin, size, root) = (lines.next(), lines.next(), lines.next());
    let (Some(origin), Some(size), Some(root)) = (origin, size, root) else { return Err(shape("it has fewer than three lines")) };
    let number: u64 = size.parse().map_err(|_not_a_number| shape("its size is not a number"))?;
    // One spelling only: no sign, no leading noughts.
    if origin.is_empty() || number.to_string() != size {
        return Err(shape("its origin is empty or its size is not plain"));
    }
    let root: Hash = STANDARD
        .decode(root)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| shape("its root is not 32 bytes in base64"))?;
    let more: Vec<&str> = lines.collect();
    if more.last() != Some(&"") || more[..more.len() - 1].contains(&"") {
        return Err(shape("its extension lines are empty"));
    }
    let signatures = signatures.strip_suffix('\n').ok_or_else(|| shape("its last line has no end"))?;
    let mut read = Vec::new();
    for line in signatures.split('\n').take(SIGNATURES_MAX) {
        let parts = line.strip_prefix("— ").and_then(|line| line.split_once(' '));
        let signature = parts.and_then(|(name, bytes)| Some((name, STANDARD.decode(bytes).ok()?)));
        read.push(signature.ok_or_else(|| shape("a signature line is not one"))?);
    }
    Ok((Head { origin: origin.to_owned(), size: number, root }, text, read))
}

/// Signs a head. The caller has made sure that it is consistent with every head signed before.
#[must_use]
pub fn sign(head: Head, seed: &[u8; 32]) -> Checkpoint {
    let text = format!("{}\n{}\n{}\n", head.origin, head.size, STANDARD.encode(head.root));
    let key = SigningKey::from_bytes(seed);
    let id = key_id(&head.origin, &key.verifying_key());
    let signature = [&id[..], &key.sign(text.as_bytes()).to_bytes()].concat();
    let note = format!("{text}\n— {} {}\n", head.origin, STANDARD.encode(signature));
    Checkpoint { head, note }
}
