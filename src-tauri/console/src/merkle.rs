//! The tree over the log: RFC 6962 hashes, kept as C2SP tiles, with proofs of inclusion and consistency.
//!
//! Leaf `n` is the event at position `n`. Tiles have height 8: a tile of level 0 holds 256 leaf hashes, one of level
//! `n` the roots of 256 full tiles of level `n - 1`. Nothing here does IO; who reads and who writes tiles is told in
//! `crate::log::sqlite`.
//!
//! Source: RFC 6962 §2.1, RFC 9162 §2.1 (the verifiers), c2sp.org/tlog-tiles. ADR-0010.

mod proof;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

pub use self::proof::{consistency, consistent, included, inclusion};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// Hashes in a full tile: 2^8.
pub const TILE_WIDTH: usize = 256;
/// Bytes of a hash.
pub const HASH_BYTES: usize = 32;

/// The root of the tree without leaves.
///
/// Source: RFC 6962 §2.1, `MTH({}) = SHA-256()`.
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::digest(b"").into()
}

/// The hash of a leaf's content.
///
/// Source: RFC 6962 §2.1, `SHA-256(0x00 || d)`.
#[must_use]
pub fn leaf(content: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(content).finalize().into()
}

/// The hash of two subtrees.
///
/// Source: RFC 6962 §2.1, `SHA-256(0x01 || left || right)`.
#[must_use]
pub fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The largest power of two below `n`, which is at least 2.
fn split(n: u64) -> u64 {
    1 << (u64::BITS - 1 - (n - 1).leading_zeros())
}

/// The root over hashes of equally large subtrees, of which the last may be smaller; `None` over none.
#[must_use]
pub fn root_of(hashes: &[Hash]) -> Option<Hash> {
    match hashes {
        [] => None,
        [one] => Some(*one),
        more => {
            let (left, right) = more.split_at(usize::try_from(split(more.len() as u64)).unwrap_or(1));
            Some(node(&root_of(left)?, &root_of(right)?))
        }
    }
}

/// A tree that only grows: the open tile of each level, enough to append and to tell the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// The open tile of each level, from the leaves up.
    open: Vec<Vec<Hash>>,
}

/// A tile that has to be written: its level, its number and its hashes so far.
pub type Tile = (u8, u64, Vec<Hash>);

impl Frontier {
    /// Takes up the tree of `size` leaves from its open tiles; `tile` answers the hashes of a tile, and may answer
    /// more than were there at that size.
    ///
    /// Answers `None` when a tile is missing or too short.
    pub fn at(size: u64, tile: impl Fn(u8, u64) -> Option<Vec<Hash>>) -> Option<Self> {
        let (mut open, mut n, mut level) = (Vec::new(), size, 0);
        while 0 < n {
            let width = usize::try_from(n % TILE_WIDTH as u64).unwrap_or(0);
            n /= TILE_WIDTH as u64;
            let mut hashes = if width == 0 { Vec::new() } else { tile(level, n)? };
            if hashes.len() < width {
                return None;
            }
            hashes.truncate(width);
            open.push(hashes);
            level += 1;
        }
        Some(Self { size, open })
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf's hash; a tile that is full now is given to `full`.
    pub fn push(&mut self, leaf: Hash, mut full: impl FnMut(Tile)) {
        let (mut hash, mut number) = (leaf, self.size);
        for level in 0_u8.. {
            let place = usize::from(level);
            if self.open.len() <= place {
                self.open.push(Vec::with_capacity(TILE_WIDTH));
            }
            let open = &mut self.open[place];
            open.push(hash);
            number /= TILE_WIDTH as u64;
            if open.len() < TILE_WIDTH {
                break;
            }
            let hashes = std::mem::replace(open, Vec::with_capacity(TILE_WIDTH));
            hash = root_of(&hashes).unwrap_or(hash);
            full((level, number, hashes));
        }
        self.size += 1;
    }

    /// The tiles that are begun and not full.
    pub fn open_tiles(&self) -> impl Iterator<Item = Tile> {
        let begun = self.open.iter().enumerate().filter(|(_, hashes)| !hashes.is_empty());
        begun.map(|(level, hashes)| {
            let level = u8::try_from(level).unwrap_or(u8::MAX);
            (level, self.size.checked_shr(8 * (u32::from(level) + 1)).unwrap_or(0), hashes.clone())
        })
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut below: Option<Hash> = None;
        for hashes in &self.open {
            // What is not full below is the last, smaller subtree of this level.
            below = match below {
                None => root_of(hashes),
                Some(rest) => {
                    let mut all = hashes.clone();
                    all.push(rest);
                    root_of(&all)
                }
            };
        }
        below.unwrap_or_else(empty_root)
    }
}

/// Tiles in memory: as many as the question needs.
#[derive(Clone, Debug, Default)]
pub struct Tiles(pub BTreeMap<(u8, u64), Vec<Hash>>);

impl Tiles {
    /// The root over the leaves `from..to`, which are a subtree of some tree; `None` when a tile is missing.
    #[must_use]
    pub fn range(&self, from: u64, to: u64) -> Option<Hash> {
        let n = to.checked_sub(from)?;
        if n == 0 {
            return Some(empty_root());
        }
        // Whole tiles are one hash of the level above.
        let (mut level, mut width) = (0_u8, 1_u64);
        while let Some(wider) = width.checked_mul(TILE_WIDTH as u64)
            && wider <= n
            && from.is_multiple_of(wider)
        {
            (level, width) = (level + 1, wider);
        }
        if n == width {
            return self.hash(level, from / width);
        }
        let left = split(n);
        Some(node(&self.range(from, from + left)?, &self.range(from + left, to)?))
    }

    /// The root of the tree of `size` leaves.
    #[must_use]
    pub fn root(&self, size: u64) -> Option<Hash> {
        self.range(0, size)
    }

    fn hash(&self, level: u8, number: u64) -> Option<Hash> {
        let tile = self.0.get(&(level, number / TILE_WIDTH as u64))?;
        tile.get(usize::try_from(number % TILE_WIDTH as u64).ok()?).copied()
    }
}

/// Hashes laid end to end, as a tile is stored.
#[must_use]
pub fn laid(hashes: &[Hash]) -> Vec<u8> {
    hashes.concat()
}

/// The hashes of a stored tile; `None` when it is not 1 to 256 whole hashes.
#[must_use]
pub fn taken(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<HASH_BYTES>();
    (rest.is_empty() && (1..=TILE_WIDTH).contains(&hashes.len())).then(|| hashes.to_vec())
}
