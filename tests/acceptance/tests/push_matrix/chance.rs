//! Reproducible random numbers.

use std::env;

pub(crate) struct Chance {
    pub(crate) seed: u64,
    state: u64,
}

impl Chance {
    /// Creates a generator seeded from `SEED`, or from a constant if `SEED` is unset.
    pub(crate) fn seeded() -> Self {
        let seed = env::var("SEED").ok().and_then(|seed| seed.parse().ok());
        Self::of(seed.unwrap_or(20_260_602))
    }

    pub(crate) fn of(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    /// Draws up to `wanted` items and keeps their order. Returns all items if there are fewer.
    pub(crate) fn draw<T>(&mut self, from: Vec<T>, wanted: usize) -> Vec<T> {
        let (mut left, mut wanted) = (from.len(), wanted.min(from.len()));
        let mut drawn = Vec::new();
        for one in from {
            if self.below(left) < wanted {
                drawn.push(one);
                wanted -= 1;
            }
            left -= 1;
        }
        drawn
    }

    /// Returns a number less than `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        // SplitMix64.
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let mixed = usize::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap();
        mixed % end
    }
}
