use std::{
    env,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

/// Size of a run of long tests: all cases with the environment variable `ACCEPTANCE=full`,
/// otherwise a seeded sample. `SEED=7` selects another sample.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    is_full: bool,
    seed: u64,
}

impl Sample {
    /// Reads the environment variables.
    pub fn from_env() -> Self {
        let seed = env::var("SEED").ok().and_then(|seed| seed.parse().ok());
        Self {
            is_full: env::var("ACCEPTANCE").is_ok_and(|size| size == "full"),
            seed: seed.unwrap_or(DEFAULT_SEED),
        }
    }

    /// Draws up to `size` of the `cases`, or all of them in a full run. Keeps their order. Prints
    /// the seed.
    pub fn draw<T>(self, what: &str, cases: Vec<T>, size: usize) -> Vec<T> {
        if self.is_full || cases.len() <= size {
            return cases;
        }
        println!(
            "{size} of {} {what} (SEED={}); ACCEPTANCE=full runs all",
            cases.len(),
            self.seed
        );
        let mut ranks: Vec<u64> = (0..cases.len()).map(|index| self.rank(index)).collect();
        let ranked = cases.into_iter().zip(ranks.clone());
        ranks.sort_unstable();
        let bound = ranks.get(size).copied().unwrap_or(u64::MAX);
        let drawn = ranked.filter(|(_, rank)| *rank < bound);
        drawn.map(|(case, _)| case).collect()
    }

    fn rank(self, index: usize) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.seed, index).hash(&mut hasher);
        hasher.finish()
    }
}

const DEFAULT_SEED: u64 = 20_261_202;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_keep_their_order_and_depend_on_the_seed() {
        let cases: Vec<usize> = (0..100).collect();
        let drawn = |is_full, seed| Sample { is_full, seed }.draw("cases", cases.clone(), 10);
        assert_eq!(drawn(true, 1), cases);
        assert_eq!(drawn(false, 1), drawn(false, 1));
        assert_ne!(drawn(false, 1), drawn(false, 2));
        let mut all = Vec::new();
        for seed in 0..100 {
            let one = drawn(false, seed);
            assert_eq!(one.len(), 10);
            assert!(one.is_sorted(), "{one:?}");
            all.extend(one);
        }
        all.sort_unstable();
        all.dedup();
        assert_eq!(all, cases, "a case that no seed draws");
    }
}
