//! What the tests share: made-up logs, a made-up bank, a naive second opinion on figures, places on disk, the program.

pub mod agreed;
pub mod bank;
pub mod delivered;
pub mod dialogues;
pub mod file;
pub mod made_up;
pub mod naive;
pub mod oracle;
pub mod place;
pub mod program;
pub mod rights;
pub mod tickets;
pub mod vendors;
pub mod victim;

/// Numbers drawn from a seed: the same seed gives the same numbers on every machine (splitmix64).
#[derive(Clone, Debug)]
pub struct Draw(pub u64);

impl Draw {
    /// The next number, any of 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..below`.
    pub fn below(&mut self, below: u64) -> u64 {
        self.bits() % below.max(1)
    }
}
