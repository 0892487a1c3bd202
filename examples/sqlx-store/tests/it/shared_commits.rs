//! Concurrent writes share a commit and do not affect each other.

use std::{fs::File, io::Read, time::Duration};

use greenhouse_core::{
    AccountId, ApplicationId, AssessmentId, CandidateId,
    store::{Applied, Changes, Link, Records, StoreError, StoreErrorKind, StoreWriter, Write},
};
use sqlx_store::SqlxStore;
use tokio::{task::JoinHandle, time::timeout};

use crate::support::{Place, account, counts, webhook};

#[tokio::test]
async fn waiting_writes_share_a_commit() {
    let place = Place::new();
    let store = place.open().await;
    let before = commits(&place);
    let waiting: Vec<_> = (0..50)
        .map(|number| apply(&store, webhook(&number.to_string(), 1)))
        .collect();
    for answer in waiting {
        assert_eq!(answer.await.unwrap().unwrap(), Applied::Applied);
    }
    assert_eq!(counts(&store).await, (50, 50));
    let shared = commits(&place) - before;
    assert!((1..=3).contains(&shared), "{shared}");

    let before = commits(&place);
    for number in 50..60 {
        let applied = apply(&store, webhook(&number.to_string(), 1)).await;
        assert_eq!(applied.unwrap().unwrap(), Applied::Applied);
    }
    assert_eq!(commits(&place) - before, 10);
}

#[tokio::test]
async fn a_refused_write_does_not_affect_the_others() {
    let place = Place::new();
    let store = place.open().await;
    let applied = store.apply(&account(), webhook("known", 1)).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    let before = commits(&place);
    let mut stale = webhook("stale", 7);
    stale.links = vec![Write::Put(link("never written", 5))];
    let mut first = webhook("first", 1);
    first.links = vec![Write::Put(link("as-1", 0))];
    let mut second = webhook("second", 7);
    second.links = vec![Write::Put(link("as-1", 0))];
    let mut next = webhook("next", 1);
    next.links = vec![Write::Put(link("as-1", 1))];
    let waiting = [
        (first, Applied::Applied),
        (webhook("known", 7), Applied::AlreadySeen),
        (second, Applied::Conflict),
        (next, Applied::Applied),
        (stale, Applied::Conflict),
        (webhook("last", 1), Applied::Applied),
        (webhook("last", 7), Applied::AlreadySeen),
    ]
    .map(|(changes, expected)| (apply(&store, changes), expected));
    for (answer, expected) in waiting {
        assert_eq!(answer.await.unwrap().unwrap(), expected);
    }
    assert_eq!(commits(&place) - before, 1);
    assert_eq!(counts(&store).await, (4, 4));
    let link = store.link(&account(), &AssessmentId::new("as-1")).await;
    assert_eq!(link.unwrap().unwrap().version, 2);

    // The deliveries of the refused writes were rolled back.
    for refused in ["second", "stale"] {
        let again = store.apply(&account(), webhook(refused, 1)).await;
        assert_eq!(again.unwrap(), Applied::Applied);
    }
    assert_eq!(counts(&store).await, (6, 6));
}

#[tokio::test]
async fn a_failed_commit_fails_every_write() {
    let place = Place::new();
    let store = place.open().await;
    let waiting: Vec<_> = (0..5)
        .map(|number| apply(&store, webhook(&number.to_string(), 1)))
        .collect();
    store.close().await;
    let mut succeeded = 0;
    for answer in waiting {
        match answer.await.unwrap() {
            Ok(applied) => {
                assert_eq!(applied, Applied::Applied);
                succeeded += 1;
            }
            Err(error) => assert_eq!(error.kind(), StoreErrorKind::Unavailable),
        }
    }
    let late: Vec<_> = (5..10)
        .map(|number| apply(&store, webhook(&number.to_string(), 1)))
        .collect();
    for answer in late {
        let error = answer.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    }
    assert_eq!(counts(&place.open().await).await.0, succeeded);
}

/// A write that shares its commit with a dropped call succeeds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_call_does_not_affect_the_others() {
    let place = Place::new();
    let store = place.open().await;
    let mut gone = 0;
    for turn in 0..40_u64 {
        let others: Vec<_> = (0..4)
            .map(|number| apply(&store, webhook(&format!("{turn} {number}"), 1)))
            .collect();
        let name = format!("{turn} goes");
        let patience = Duration::from_micros(turn * 100);
        let to = account();
        let goes = timeout(patience, store.apply(&to, webhook(&name, 3))).await;
        for answer in others {
            assert_eq!(answer.await.unwrap().unwrap(), Applied::Applied);
        }
        let again = store.apply(&account(), webhook(&name, 3)).await.unwrap();
        match goes {
            Ok(applied) => {
                assert_eq!(applied.unwrap(), Applied::Applied);
                assert_eq!(again, Applied::AlreadySeen);
            }
            Err(_) => gone += 1,
        }
    }
    assert!(gone > 0);
    assert_eq!(counts(&store).await, (40 * (4 + 3), 40 * 5));
}

fn apply(store: &SqlxStore, changes: Changes) -> JoinHandle<Result<Applied, StoreError>> {
    let (store, account): (_, AccountId) = (store.clone(), account());
    tokio::spawn(async move { store.apply(&account, changes).await })
}

fn link(assessment: &str, version: u64) -> Link {
    let (candidate, application) = (CandidateId::new(1), ApplicationId::new(2));
    let mut link = Link::new(AssessmentId::new(assessment), candidate, application, None);
    link.version = version;
    link
}

/// Returns SQLite's number of commits, which is the third word, `iChange`, in the header of the
/// write-ahead log's index.
fn commits(place: &Place) -> u32 {
    let mut header = [0; 12];
    let mut index = File::open(format!("{}-shm", place.address())).unwrap();
    index.read_exact(&mut header).unwrap();
    let [.., a, b, c, d] = header;
    u32::from_ne_bytes([a, b, c, d])
}
