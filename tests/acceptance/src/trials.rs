use greenhouse_core::testing::Sample;
use libtest_mimic::{Arguments, Trial};

/// Ignores all tests except a [`Sample`] of `size` tests. A filter on the command line selects from
/// all tests.
pub fn sampled(arguments: &Arguments, what: &str, trials: Vec<Trial>, size: usize) -> Vec<Trial> {
    if arguments.filter.is_some() || arguments.list {
        return trials;
    }
    let drawn = Sample::from_env().draw(what, (0..trials.len()).collect(), size);
    let trials = trials.into_iter().enumerate();
    trials
        .map(|(index, trial)| trial.with_ignored_flag(!drawn.contains(&index)))
        .collect()
}
