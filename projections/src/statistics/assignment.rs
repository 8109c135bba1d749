//! Which arm a unit is in: a pure function of its id, that an auditor can repeat.

use sha2::{Digest, Sha256};

use super::Unknown;

/// What is hashed before the salt; another rule would begin with other words.
const RULE: &[u8] = b"retrace-assign-1";
/// The name of a unit that is in no arm.
pub const NO_ARM: i64 = -1;

/// The place of a unit among 2^64: the first 8 bytes, big-endian, of
/// SHA-256(`"retrace-assign-1" 0x00 salt 0x00 unit`).
///
/// # Errors
/// [`Unknown::OutOfRange`] for an empty id: all who lack one would be in the same arm.
pub fn place(salt: &str, unit: &str) -> Result<u64, Unknown> {
    if unit.is_empty() {
        return Err(Unknown::OutOfRange("a unit's id must not be empty"));
    }
    let digest = Sha256::new().chain_update(RULE).chain_update([0]).chain_update(salt).chain_update([0]);
    let digest: [u8; 32] = digest.chain_update(unit).finalize().into();
    let (first, _) = digest.split_first_chunk::<8>().ok_or(Unknown::TooLarge)?;
    Ok(u64::from_be_bytes(*first))
}

/// The arm whose interval contains the place, over whole weights (parts per million).
///
/// # Errors
/// [`Unknown::OutOfRange`] where no weight is above 0.
pub fn arm(place: u64, weights: &[u32]) -> Result<usize, Unknown> {
    let all: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let bucket = (u128::from(place) * all) >> 64;
    let mut end = 0;
    let found = weights.iter().position(|weight| {
        end += u128::from(*weight);
        bucket < end
    });
    found.ok_or(Unknown::OutOfRange("a weight must be above 0"))
}

/// GrowthBook's own rule, for experiments that began there; the peer's, not ours: 10,000 places are coarse.
#[derive(Clone, Debug, PartialEq)]
pub struct GrowthBook {
    /// Version 1: `fnv1a32(id + seed) % 1000 / 1000`.
    pub hash_v1: f64,
    /// Version 2: `fnv1a32(decimal(fnv1a32(seed + id))) % 10000 / 10000`.
    pub hash_v2: f64,
    /// The interval of each arm.
    pub ranges: Vec<[f64; 2]>,
    /// The arm by version 2; [`NO_ARM`] outside all of them.
    pub variant: i64,
}

/// The 32-bit FNV-1a hash over UTF-16 code units, as JavaScript sees a text.
fn fnv1a32(text: &str) -> u32 {
    text.encode_utf16().fold(0x811c_9dc5, |hash, unit| (hash ^ u32::from(unit)).wrapping_mul(0x0100_0193))
}

impl GrowthBook {
    /// Assigns a unit. Weights that are missing, not as many as arms, or not 1 together within 0.01, are equal ones; a
    /// coverage outside 0 to 1 is cut.
    ///
    /// # Errors
    /// [`Unknown::OutOfRange`] for no arms or more than 10,000, and for what is not finite.
    ///
    /// Source: `growthbook` 4.0.0, `gbhash` and `getBucketRanges`.
    pub fn assigned(unit: &str, seed: &str, arms: usize, coverage: f64, weights: Option<&[f64]>) -> Result<Self, Unknown> {
        if !(1..=10_000).contains(&arms) || !coverage.is_finite() {
            return Err(Unknown::OutOfRange("there must be 1 to 10,000 arms, and a coverage"));
        }
        let coverage = coverage.clamp(0.0, 1.0);
        let sane = |weights: &&[f64]| weights.len() == arms && (0.99..=1.01).contains(&weights.iter().sum::<f64>());
        let weights = weights.filter(sane).map_or_else(|| vec![1.0 / arms as f64; arms], <[f64]>::to_vec);
        let mut start = 0.0;
        let ranges = weights.iter().map(|weight| {
            let range = [start, start + coverage * weight];
            start += weight;
            range
        });
        let ranges: Vec<[f64; 2]> = ranges.collect();
        let hash_v1 = f64::from(fnv1a32(&format!("{unit}{seed}")) % 1_000) / 1_000.0;
        let hash_v2 = f64::from(fnv1a32(&fnv1a32(&format!("{seed}{unit}")).to_string()) % 10_000) / 10_000.0;
        let found = ranges.iter().position(|[from, to]| *from <= hash_v2 && hash_v2 < *to);
        let variant = found.and_then(|arm| i64::try_from(arm).ok()).unwrap_or(NO_ARM);
        Ok(Self { hash_v1, hash_v2, ranges, variant })
    }
}

#[cfg(test)]
mod tests {
    use super::{arm, place};

    /// Reference: Python 3.11 `hashlib`.
    #[test]
    fn an_auditor_finds_the_same_arm() {
        assert_eq!(place("greeting", "客户-7"), Ok(2_842_397_127_870_857_562));
        assert_eq!(arm(0, &[500_000, 500_000]), Ok(0));
        assert_eq!(arm(u64::MAX, &[500_000, 500_000]), Ok(1));
        assert_eq!(arm(u64::MAX / 2 + 1, &[0, 500_000, 500_000]), Ok(2));
        assert!(arm(7, &[0, 0]).is_err() && place("s", "").is_err());
    }

    #[test]
    fn arms_fill_as_their_weights_say() {
        let weights = [900_000, 99_000, 1_000];
        let mut counts = [0_u64; 3];
        for unit in 0..20_000 {
            counts[arm(place("holdout", &format!("u{unit}")).expect("an id"), &weights).expect("weights")] += 1;
        }
        let found = crate::statistics::sample_ratio::mismatch(&counts, &[0.9, 0.099, 0.001]).expect("units");
        assert!(0.001 < found.p_value, "{counts:?}: {found:?}");
    }
}
