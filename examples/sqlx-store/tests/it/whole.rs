use std::{future::Future, pin::pin, task::Poll, time::Duration};

use greenhouse_core::store::{Applied, LogFilter, StoreWriter};

use crate::support::{Place, account, counts, webhook};

/// The copied files are in the state that a process leaves if it is killed during a write. They
/// contain no uncommitted changes.
#[tokio::test]
async fn a_copy_during_a_write_contains_nothing_of_it() {
    let place = Place::new();
    let store = place.open().await;
    let applied = store.apply(&account(), webhook("before", 1)).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    let copy = Place::new();
    {
        let account = account();
        let mut write = pin!(store.apply(&account, webhook("during", 5_000)));
        for _ in 0..8 {
            let polled = std::future::poll_fn(|context| Poll::Ready(write.as_mut().poll(context)));
            assert!(
                polled.await.is_pending(),
                "the write must still be in progress"
            );
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        for suffix in ["", "-wal"] {
            let from = format!("{}{suffix}", place.address());
            std::fs::copy(from, format!("{}{suffix}", copy.address())).unwrap();
        }
    }
    assert_eq!(counts(&copy.open().await).await, (1, 1));
    // Waits for the dropped write, which is either applied completely or not at all.
    let applied = store.apply(&account(), webhook("after", 1)).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    let after = counts(&store).await;
    assert!(
        [(2, 2), (LogFilter::MAX_LIMIT, 3)].contains(&after),
        "{after:?}"
    );
}
