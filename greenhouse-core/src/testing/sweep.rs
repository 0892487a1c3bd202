use std::{collections::BTreeSet, thread};

use super::{FailingStore, Sample, StoreFault};

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
/// By default, plays a [`Sample`] of 40 faults.
///
/// # Panics
///
/// Panics if a fault changes the result. Prints the fault.
pub async fn sweep<F: Future<Output = Played>>(play: impl Fn(Option<StoreFault>) -> F) {
    let healthy = play(None).await;
    assert_eq!(healthy.failed, None);
    let faults = Sample::from_env().draw("faults", healthy.faults, SAMPLE);
    for fault in faults {
        let told_on_panic = PrintedOnPanic(fault);
        let ended = play(Some(fault)).await;
        assert!(ended.failed.is_some(), "the planned call was not made");
        assert_eq!(ended.seen, healthy.seen, "{fault}: {:?}", ended.failed);
        drop(told_on_panic);
    }
}

/// Number of faults without `ACCEPTANCE=full`.
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
