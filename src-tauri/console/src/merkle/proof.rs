//! Proofs over the tree, made from tiles, and their verifiers, which know nothing of tiles.

use super::{Hash, Tiles, node, split};

/// The proof that the leaf at `index` is in the tree of `size` leaves: siblings from the leaf up.
///
/// Answers `None` when there is no such leaf, or a tile is missing.
///
/// Source: RFC 6962 §2.1.1, `PATH(m, D[n])`.
#[must_use]
pub fn inclusion(tiles: &Tiles, index: u64, size: u64) -> Option<Vec<Hash>> {
    if size <= index {
        return None;
    }
    let (mut from, mut to, mut path) = (0, size, Vec::new());
    while 1 < to - from {
        let middle = from + split(to - from);
        if index < middle {
            path.push(tiles.range(middle, to)?);
            to = middle;
        } else {
            path.push(tiles.range(from, middle)?);
            from = middle;
        }
    }
    path.reverse();
    Some(path)
}

/// The proof that the tree of `to` leaves begins with the tree of `from` leaves.
///
/// Answers `None` when `to` is smaller than `from`, or a tile is missing. From 0, and to the same size, it is empty.
///
/// Source: RFC 6962 §2.1.2, `PROOF(m, D[n])`.
#[must_use]
pub fn consistency(tiles: &Tiles, from: u64, to: u64) -> Option<Vec<Hash>> {
    if to < from {
        return None;
    }
    if from == 0 || from == to {
        return Some(Vec::new());
    }
    let (mut begin, mut end, mut path, mut whole) = (0, to, Vec::new(), true);
    while from < end {
        let middle = begin + split(end - begin);
        if from <= middle {
            path.push(tiles.range(middle, end)?);
            end = middle;
        } else {
            path.push(tiles.range(begin, middle)?);
            begin = middle;
            whole = false;
        }
    }
    // The old tree itself is a subtree of the new one only while nothing stood left of it.
    if !whole {
        path.push(tiles.range(begin, end)?);
    }
    path.reverse();
    Some(path)
}

/// Whether `proof` shows that `leaf` stands at `index` in the tree of `size` leaves with this `root`.
///
/// Source: RFC 9162 §2.1.3.2.
#[must_use]
pub fn included(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if size <= index {
        return false;
    }
    let (mut place, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            hash = node(sibling, &hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree of `to` leaves with root `to_root` begins with the tree of `from` leaves with
/// root `from_root`. An empty tree begins every tree; there is nothing to prove, and no hash is wanted.
///
/// Source: RFC 9162 §2.1.4.2.
#[must_use]
pub fn consistent(from: u64, from_root: &Hash, to: u64, to_root: &Hash, proof: &[Hash]) -> bool {
    if to < from {
        return false;
    }
    if from == to {
        return proof.is_empty() && from_root == to_root;
    }
    if from == 0 {
        return proof.is_empty() && *from_root == super::empty_root();
    }
    let mut hashes = proof.iter();
    let (mut place, mut last) = (from - 1, to - 1);
    // A whole power of two is a node of the new tree, and is not sent.
    let seed = if from.is_power_of_two() { Some(from_root) } else { hashes.next() };
    let Some(seed) = seed else { return false };
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let (mut old, mut new) = (*seed, *seed);
    for hash in hashes {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            old = node(hash, &old);
            new = node(hash, &new);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            new = node(&new, hash);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && old == *from_root && new == *to_root
}
