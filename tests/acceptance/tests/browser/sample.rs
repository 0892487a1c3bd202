//! The tests that run by default.

use std::{
    env,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use libtest_mimic::{Arguments, Trial};

/// Returns all tests, of which only a sample is not ignored. `ACCEPTANCE=full` and a filter select
/// all.
pub(crate) fn of(mut trials: Vec<Trial>, arguments: &Arguments) -> Vec<Trial> {
    let is_full = env::var("ACCEPTANCE").as_deref() == Ok("full");
    if is_full || arguments.filter.is_some() || arguments.list {
        return trials;
    }
    let seed = env::var("SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = seed.unwrap_or(20_261_201);
    trials.sort_by_cached_key(|trial| rank(seed, trial.name()));
    println!(
        "{SAMPLE} of {} tests in the browser (seed {seed}); ACCEPTANCE=full runs all",
        trials.len()
    );
    let rest = trials.split_off(SAMPLE.min(trials.len()));
    let ignored = rest.into_iter().map(|trial| trial.with_ignored_flag(true));
    trials.into_iter().chain(ignored).collect()
}

fn rank(seed: u64, name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, name).hash(&mut hasher);
    hasher.finish()
}

const SAMPLE: usize = 4;
