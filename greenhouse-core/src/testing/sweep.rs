use std::{collections::BTreeSet, thread};

use super::{FailingStore, StoreFault};

/// What a story came to that was played on a [`FailingStore`].
#[derive(Debug)]
#[non_exhaustive]
pub struct Played {
    /// What the story's calls to the store can meet.
    pub faults: Vec<StoreFault>,
    /// Its calls, as `Port::method`.
    pub called: BTreeSet<&'static str>,
    /// The call that failed by plan.
    pub failed: Option<&'static str>,
    /// What must be the same with every fault.
    pub seen: Vec<String>,
}

impl Played {
    /// The calls so far. Ask before you look at how the story ended, where you look through this store.
    pub fn on(store: &FailingStore) -> Self {
        Self {
            faults: store.faults(),
            called: store.calls().into_iter().collect(),
            failed: store.failed(),
            seen: Vec::new(),
        }
    }
}

/// Plays a story on a healthy store, and then once for each fault that it can meet: it must end alike.
///
/// # Panics
///
/// Where it ends otherwise, naming the fault.
pub async fn sweep<F: Future<Output = Played>>(play: impl Fn(Option<StoreFault>) -> F) {
    let healthy = play(None).await;
    assert_eq!(healthy.failed, None);
    for fault in healthy.faults {
        let told_on_panic = ToldOnPanic(fault);
        let ended = play(Some(fault)).await;
        assert!(ended.failed.is_some(), "the call did not come");
        assert_eq!(ended.seen, healthy.seen, "{fault}: {:?}", ended.failed);
        drop(told_on_panic);
    }
}

/// A story asserts, too, and does not know the fault.
struct ToldOnPanic(StoreFault);

impl Drop for ToldOnPanic {
    fn drop(&mut self) {
        if thread::panicking() {
            println!("with this fault: {}", self.0);
        }
    }
}
