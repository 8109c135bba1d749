//! Opinions that are not ours: `ct-merkle`, `tlog_tiles` and `signed_note` on proofs and checkpoints, and the naive
//! recursion of RFC 6962.

use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use sha2::{Digest, Sha256};
use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::Hash as TileHash;

/// A hash.
pub type Hash = [u8; 32];

/// The root over leaves, as RFC 6962 §2.1 writes it down.
#[must_use]
pub fn recursion(contents: &[Vec<u8>]) -> Hash {
    match contents {
        [] => Sha256::digest(b"").into(),
        [one] => Sha256::digest([&[0], one.as_slice()].concat()).into(),
        more => {
            let half = (more.len() as u64).next_power_of_two() as usize / 2;
            let (left, right) = (recursion(&more[..half]), recursion(&more[half..]));
            Sha256::digest([&[1], &left[..], &right[..]].concat()).into()
        }
    }
}

fn root(hash: &Hash, size: u64) -> RootHash<Sha256> {
    RootHash::new((*hash).into(), size)
}

fn tile_hashes(hashes: &[Hash]) -> Vec<TileHash> {
    hashes.iter().map(|hash| TileHash(*hash)).collect()
}

/// What `ct-merkle` and `tlog_tiles` say of a proof that `content` stands at `index`.
#[must_use]
pub fn included(content: &[u8], index: u64, size: u64, proof: &[Hash], hash: &Hash) -> [bool; 2] {
    let bytes = InclusionProof::<Sha256>::try_from_bytes(proof.concat());
    let first = bytes.is_ok_and(|proof| root(hash, size).verify_inclusion(&content, index, &proof).is_ok());
    let leaf = tlog_tiles::record_hash(content);
    let second = tlog_tiles::check_record(&tile_hashes(proof), size, TileHash(*hash), index, leaf).is_ok();
    [first, second]
}

/// What `ct-merkle` and `tlog_tiles` say of a proof that the tree of `to` leaves begins with that of `from` (not 0).
#[must_use]
pub fn consistent(from: (u64, &Hash), to: (u64, &Hash), proof: &[Hash]) -> [bool; 2] {
    let bytes = ConsistencyProof::<Sha256>::try_from_bytes(proof.concat());
    let first = bytes.is_ok_and(|proof| root(to.1, to.0).verify_consistency(&root(from.1, from.0), &proof).is_ok());
    let second = tlog_tiles::check_tree(&tile_hashes(proof), to.0, TileHash(*to.1), from.0, TileHash(*from.1)).is_ok();
    [first, second]
}

/// What `signed_note` and `tlog_tiles` read from a checkpoint, if this key signed it: origin, size and root.
#[must_use]
pub fn signed(note: &str, verifier: &str) -> Option<(String, u64, Hash)> {
    let key = StandardVerifier::new(verifier).ok()?;
    let note = Note::from_bytes(note.as_bytes()).ok()?;
    let (good, _) = note.verify(&VerifierList::new(vec![Box::new(key)])).ok()?;
    let checkpoint = tlog_tiles::Checkpoint::from_bytes(note.text()).ok()?;
    (!good.is_empty()).then(|| (checkpoint.origin().to_owned(), checkpoint.size(), checkpoint.hash().0))
}
