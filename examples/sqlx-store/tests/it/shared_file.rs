use std::{collections::BTreeSet, time::Duration};

use futures_util::future::join_all;
use greenhouse_core::store::{
    Applied, Changes, Claim, Settlement, StoreErrorKind, StoreWriter, TaskKind, TaskQueue,
};
use sqlx::Executor;
use sqlx_store::{SqlxStore, StoreOptions};
use tokio::task::JoinSet;

use crate::{
    opening::connect,
    support::{Place, account, at, counts, keys, notify, webhook},
    test_database::TestDatabase,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_stores_share_the_tasks_of_one_file() {
    let place = Place::new();
    let stores = [place.open().await, place.open().await];
    let mut changes = Changes::none();
    changes.due = (0..40).map(|number| notify(&number.to_string())).collect();
    let applied = stores[0].apply(&account(), changes).await;
    assert_eq!(applied.unwrap(), Applied::Applied);

    let mut claimers = JoinSet::new();
    for store in stores.iter().cycle().take(4) {
        let store = store.clone();
        claimers.spawn(async move {
            let mut held = Vec::new();
            for _ in 0..40 {
                let claimed = store
                    .claim_due(&Claim::new(
                        &[TaskKind::Notify],
                        at(0),
                        Duration::from_secs(60),
                        3,
                    ))
                    .await
                    .unwrap();
                held.extend(claimed.into_iter().map(|claimed| claimed.id));
            }
            held
        });
    }
    let held = claimers.join_all().await.concat();
    assert_eq!(held.len(), 40);
    assert_eq!(held.iter().collect::<BTreeSet<_>>().len(), 40);
}

#[tokio::test]
async fn an_unreadable_task_delays_no_other() {
    let place = Place::new();
    let store = place.open().await;
    let mut changes = Changes::none();
    changes.due = vec![notify("unreadable"), notify("readable")];
    let applied = store.apply(&account(), changes).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    sqlx::query("UPDATE due_work SET work = '{}' WHERE work LIKE '%unreadable%'")
        .execute(&mut connect(&place).await)
        .await
        .unwrap();
    // Claims one task at a time, as a service can. The unreadable task is the oldest.
    let claim = async |now| {
        let claim = Claim::new(&[TaskKind::Notify], now, Duration::from_secs(60), 1);
        store.claim_due(&claim).await
    };
    assert_eq!(claim(at(0)).await.unwrap().len(), 1);
    assert!(claim(at(0)).await.unwrap().is_empty(), "both are claimed");
    let later = claim(at(61)).await.unwrap();
    assert_eq!(later.len(), 1, "claimed again after the lease");
    let mut settled = Changes::none();
    settled.settled = Some(later[0].settle(Settlement::Done));
    let _ = store.apply(&account(), settled).await.unwrap();
    let alone = claim(at(200)).await.unwrap_err();
    assert_eq!(alone.kind(), StoreErrorKind::Corrupt);
}

/// One call skips a limited number of unreadable tasks, and later calls continue after these tasks.
#[tokio::test]
async fn many_unreadable_tasks_are_skipped_in_short_calls() {
    let place = Place::new();
    let store = place.open().await;
    let mut changes = Changes::none();
    changes.due = (0..25).map(|_| notify("unreadable")).collect();
    changes.due.push(notify("readable"));
    let applied = store.apply(&account(), changes).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    place
        .execute("UPDATE due_work SET work = '{}' WHERE work LIKE '%unreadable%'")
        .await;
    let mut calls = 1;
    let found = loop {
        match store
            .claim_due(&Claim::new(&[TaskKind::Notify], at(0), Duration::ZERO, 1))
            .await
        {
            Ok(found) => break found,
            Err(error) => assert_eq!(error.kind(), StoreErrorKind::Corrupt),
        }
        calls += 1;
    };
    assert_eq!((found.len(), calls), (1, 3));
    let most = place.number("SELECT MAX(attempts) FROM due_work").await;
    assert_eq!(most, 1, "nothing is claimed twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_to_two_hosts_has_one_effect() {
    let place = Place::new();
    let stores = [place.open().await, place.open().await];
    for round in 0..10 {
        let event_id = format!("e{round}");
        let mut hosts = JoinSet::new();
        for store in stores.iter().cycle().take(4) {
            let store = store.clone();
            let changes = webhook(&event_id, 1);
            hosts.spawn(async move { store.apply(&account(), changes).await.unwrap() });
        }
        let mut answers = hosts.join_all().await;
        answers.sort_by_key(|answer| *answer != Applied::Applied);
        let seen = Applied::AlreadySeen;
        assert_eq!(answers, [Applied::Applied, seen, seen, seen]);
    }
    assert_eq!(counts(&stores[1]).await, (10, 10));
}

/// Writes wait in a queue while another process holds the lock, so the last write can wait longer
/// than the lock timeout.
#[tokio::test]
async fn a_queued_write_waits_longer_than_the_lock_timeout() {
    for (turn, is_written) in [(Duration::from_secs(20), true), (LOCK, false)] {
        let place = Place::new();
        let mut options = StoreOptions::default();
        (options.lock_timeout, options.write_timeout) = (LOCK, turn);
        let store = SqlxStore::open_with(place.address(), keys(), options).await;
        let store = store.unwrap();
        let mut other = connect(&place).await;
        other.execute("BEGIN IMMEDIATE").await.unwrap();
        let changes: Vec<_> = (0..8)
            .map(|number| webhook(&number.to_string(), 1))
            .collect();
        let (account, changes) = (account(), changes.into_iter());
        let writing = join_all(changes.map(|changes| store.apply(&account, changes)));
        let others_turn = async {
            tokio::time::sleep(LOCK * 5 / 2).await;
            other.execute("COMMIT").await.unwrap();
        };
        let (written, ()) = tokio::join!(writing, others_turn);
        let first = written[0].as_ref().unwrap_err();
        assert_eq!(
            first.kind(),
            StoreErrorKind::Unavailable,
            "the lock is held"
        );
        let last = &written[7];
        assert_eq!(last.is_ok(), is_written, "{last:?}");
        let applied = written.iter().filter(|written| written.is_ok()).count();
        assert_eq!(counts(&store).await.0, applied);
    }
}

const LOCK: Duration = Duration::from_millis(300);
