use std::{future::Future, pin::pin, task::Poll, time::Duration};

use greenhouse_core::store::{Applied, WriteDoor};

use crate::support::{Place, account, counts, webhook};

/// A host that goes away in the middle of a write drops its future at any of its waits.
#[tokio::test]
async fn a_dropped_write_leaves_nothing_or_everything() {
    let place = Place::new();
    let store = place.open().await;
    let mut dropped = 0;
    for waits in 0..40 {
        let event_id = format!("e{waits}");
        let written = run_for(waits, store.apply(&account(), webhook(&event_id, 8))).await;
        match written {
            Some(applied) => assert_eq!(applied.unwrap(), Applied::Applied),
            None => dropped += 1,
        }
        // Whatever became of it, a repeat settles it, and the store serves on.
        let again = store.apply(&account(), webhook(&event_id, 8)).await;
        assert!(matches!(
            again.unwrap(),
            Applied::Applied | Applied::AlreadySeen
        ));
        let writes = waits + 1;
        assert_eq!(counts(&store).await, (8 * writes, writes as u64));
    }
    assert!(dropped > 0);
}

/// A process that is killed leaves its write-ahead log behind; what was not committed is not in the copy.
#[tokio::test]
async fn a_file_taken_in_the_middle_of_a_write_holds_nothing_of_it() {
    let place = Place::new();
    let store = place.open().await;
    let applied = store.apply(&account(), webhook("before", 1)).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    let copy = Place::new();
    {
        let account = account();
        let mut write = pin!(store.apply(&account, webhook("during", 450)));
        for _ in 0..8 {
            let polled = std::future::poll_fn(|context| Poll::Ready(write.as_mut().poll(context)));
            assert!(polled.await.is_pending(), "the write is still going on");
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        for suffix in ["", "-wal"] {
            let from = format!("{}{suffix}", place.address());
            std::fs::copy(from, format!("{}{suffix}", copy.address())).unwrap();
        }
    }
    assert_eq!(counts(&copy.open().await).await, (1, 1));
    assert_eq!(counts(&store).await, (1, 1));
}

/// Lets a future go on after this many waits, then drops it.
async fn run_for<T>(waits: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = waits;
    std::future::poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(answer) => Poll::Ready(Some(answer)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}
