use std::{collections::BTreeSet, env, thread};

use super::{FailingStore, StoreFault};

/// Result of a scenario on a [`FailingStore`].
#[derive(Debug)]
#[non_exhaustive]
pub struct Played {
    /// Faults that can occur in the scenario's calls.
    pub faults: Vec<StoreFault>,
    /// Calls of the scenario, as `Port::method`.
    pub called: BTreeSet<&'static str>,
    /// Call that failed as planned.
    pub failed: Option<&'static str>,
    /// Observations that every fault must leave unchanged.
    pub seen: Vec<String>,
}

impl Played {
    /// Collects the calls so far. Call this before reading the result through the same store.
    pub fn on(store: &FailingStore) -> Self {
        Self {
            faults: store.faults(),
            called: store.calls().into_iter().collect(),
            failed: store.failed(),
            seen: Vec::new(),
        }
    }
}

/// Runs a scenario on a healthy store, and then once for each fault that can occur.
///
/// By default, plays a sample of about 40 faults. The environment variable `ACCEPTANCE=full`
/// selects all faults, and `SEED=7` another sample.
///
/// # Panics
///
/// Panics if a fault changes the result. Prints the fault.
pub async fn sweep<F: Future<Output = Played>>(play: impl Fn(Option<StoreFault>) -> F) {
    let healthy = play(None).await;
    assert_eq!(healthy.failed, None);
    for fault in sample(healthy.faults) {
        let told_on_panic = PrintedOnPanic(fault);
        let ended = play(Some(fault)).await;
        assert!(ended.failed.is_some(), "the planned call was not made");
        assert_eq!(ended.seen, healthy.seen, "{fault}: {:?}", ended.failed);
        drop(told_on_panic);
    }
}

/// Returns the faults to play: all of them, or every nth one.
fn sample(faults: Vec<StoreFault>) -> impl Iterator<Item = StoreFault> {
    let full = env::var("ACCEPTANCE").is_ok_and(|size| size == "full");
    let every = if full {
        1
    } else {
        faults.len().div_ceil(SAMPLE).max(1)
    };
    let seed: usize = env::var("SEED").map_or(0, |seed| seed.parse().unwrap_or_default());
    println!(
        "playing 1 in {every} of {} faults, SEED={seed}",
        faults.len()
    );
    faults.into_iter().skip(seed % every).step_by(every)
}

/// Approximate number of faults without `ACCEPTANCE=full`.
const SAMPLE: usize = 40;

/// Prints the fault if the scenario panics.
struct PrintedOnPanic(StoreFault);

impl Drop for PrintedOnPanic {
    fn drop(&mut self) {
        if thread::panicking() {
            println!("with this fault: {}", self.0);
        }
    }
}
