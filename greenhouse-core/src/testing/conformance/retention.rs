use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::fixtures::{
    account, apply, apply_to, assessment, at, bodies, delivery, entry, history, kept, logged, page,
    purge, put_history, read_history, seen, texts, together, write,
};
use crate::{
    AccountId, CandidateId,
    store::{Applied, Delivery, LogEntry, LogFilter, LogId, LogKey, Purge, Store},
};

/// Before a time is accepted, the time of the newest delivery or log entry of any account is
/// returned.
pub(super) async fn accepted_time_is_kept(store: Arc<dyn Store>) {
    let accepted = async || store.accepted_time().await.expect("the store reads");
    assert_eq!(accepted().await, None);
    write(&store, seen(delivery("e", 1, at(20)))).await;
    write(&store, seen(delivery("f", 1, at(10)))).await;
    assert_eq!(accepted().await, Some(at(20)));
    let mut late = entry("late");
    late.at = at(30);
    let theirs = logged([late]);
    assert_eq!(apply_to(&store, &other(), theirs).await, Applied::Applied);
    assert_eq!(accepted().await, Some(at(30)));
    for seconds in [25, 5] {
        let stored = store.accept_time(at(seconds)).await;
        stored.expect("the store writes");
        assert_eq!(accepted().await, Some(at(seconds)));
    }
    // The store's own clock, if any, does not go back.
    let before = store.time().await.expect("the store reads");
    let after = store.time().await.expect("the store reads");
    assert_eq!(before.is_some(), after.is_some());
    assert!(before <= after);
}

/// Raw bodies of all accounts are removed in bounded steps. The deliveries stay, so that a repeat
/// has no effect.
pub(super) async fn purge_removes_bodies_and_keeps_deliveries(store: Arc<dyn Store>) {
    let bare = delivery("bare", 1, at(0));
    write(&store, seen(bare)).await;
    for seconds in [20, 10, 30] {
        write(&store, seen(with_body(seconds))).await;
    }
    let theirs = seen(with_body(15));
    assert_eq!(apply_to(&store, &other(), theirs).await, Applied::Applied);

    assert_eq!(purge(&store, Purge::KeptBodies, at(10), 9).await, 0);
    assert_eq!(purge(&store, Purge::KeptBodies, at(30), 0).await, 0);
    assert_eq!(purge(&store, Purge::KeptBodies, at(30), 2).await, 2);
    // The oldest is removed first, of any account.
    assert_eq!(purge(&store, Purge::KeptBodies, at(20), 9).await, 0);
    assert_eq!(purge(&store, Purge::KeptBodies, at(30), 2).await, 1);
    assert_eq!(bodies(&store).await, 1);
    assert_eq!(bodies(&store).await, 0);
    for seconds in [10, 20, 30] {
        let again = apply(&store, seen(with_body(seconds))).await;
        assert_eq!(again, Applied::AlreadySeen);
    }
}

/// Old deliveries are removed oldest first in bounded steps, except the last one of each account. A
/// removed delivery that arrives again is new.
pub(super) async fn purge_keeps_the_last_delivery(store: Arc<dyn Store>) {
    for seconds in [20, 10, 40, 30] {
        write(&store, seen(with_body(seconds))).await;
    }
    for seconds in [5, 15] {
        let theirs = seen(with_body(seconds));
        assert_eq!(apply_to(&store, &other(), theirs).await, Applied::Applied);
    }
    assert_eq!(purge(&store, Purge::Deliveries, at(5), 9).await, 0);
    assert_eq!(purge(&store, Purge::Deliveries, at(99), 0).await, 0);
    assert_eq!(purge(&store, Purge::Deliveries, at(99), 1).await, 1);
    let again = apply_to(&store, &other(), seen(with_body(5))).await;
    assert_eq!(again, Applied::Applied, "the oldest of all went first");
    assert_eq!(purge(&store, Purge::Deliveries, at(30), 9).await, 3);
    for (seconds, answer) in [
        (40, Applied::AlreadySeen),
        (30, Applied::AlreadySeen),
        (20, Applied::Applied),
    ] {
        let again = apply(&store, seen(with_body(seconds))).await;
        assert_eq!(again, answer, "of {seconds}");
    }
    assert_eq!(purge(&store, Purge::Deliveries, at(99), 9).await, 2);
    assert_eq!(purge(&store, Purge::Deliveries, at(99), 9).await, 0);
    for (account, last) in [(account(), 40), (other(), 15)] {
        let found = store.last_delivery_at(&account).await;
        assert_eq!(found.expect("the store reads"), Some(at(last)));
    }
}

/// Entries are removed by the time of the event, not of storing.
pub(super) async fn purge_removes_old_entries_first(store: Arc<dyn Store>) {
    let entries = [30, 10, 40, 20].map(|seconds| happened(at(seconds)));
    write(&store, logged(entries)).await;
    let theirs = logged([happened(at(15))]);
    assert_eq!(apply_to(&store, &other(), theirs).await, Applied::Applied);

    assert_eq!(purge(&store, Purge::LogEntries, at(10), 9).await, 0);
    assert_eq!(purge(&store, Purge::LogEntries, at(40), 0).await, 0);
    assert_eq!(purge(&store, Purge::LogEntries, at(40), 2).await, 2);
    let left = page(&store, &LogFilter::newest(9)).await;
    assert_eq!(texts(&left), ["at 20", "at 40", "at 30"]);
    let theirs = store.log_page(&other(), &LogFilter::newest(9)).await;
    assert_eq!(theirs.expect("the store reads").entries, []);
    assert_eq!(purge(&store, Purge::LogEntries, at(40), 9).await, 2);
    assert_eq!(purge(&store, Purge::LogEntries, at(40), 9).await, 0);
    let left = page(&store, &LogFilter::newest(9)).await;
    assert_eq!(texts(&left), ["at 40"]);
}

/// Candidate histories of all accounts are removed by their last change.
pub(super) async fn purge_removes_old_histories_first(store: Arc<dyn Store>) {
    for (candidate, seconds) in [(1, 30), (2, 10), (3, 40), (4, 20)] {
        write(&store, put_history(history(candidate, at(seconds)))).await;
    }
    let mut noted_again = history(2, at(50));
    noted_again.version = 1;
    write(&store, put_history(noted_again)).await;
    let theirs = put_history(history(1, at(15)));
    assert_eq!(apply_to(&store, &other(), theirs).await, Applied::Applied);

    assert_eq!(purge(&store, Purge::CandidateHistories, at(15), 9).await, 0);
    assert_eq!(purge(&store, Purge::CandidateHistories, at(40), 0).await, 0);
    assert_eq!(purge(&store, Purge::CandidateHistories, at(40), 2).await, 2);
    let gone = store.candidate_history(&other(), CandidateId::new(1)).await;
    assert_eq!(gone.expect("the store reads"), None);
    for (candidate, left) in [(1, true), (2, true), (3, true), (4, false)] {
        let found = read_history(&store, candidate).await;
        assert_eq!(found.is_some(), left, "{candidate}");
    }
    assert_eq!(purge(&store, Purge::CandidateHistories, at(40), 9).await, 1);
    assert_eq!(purge(&store, Purge::CandidateHistories, at(99), 9).await, 2);
    // A later history of the candidate is a new record.
    write(&store, put_history(history(1, at(60)))).await;
}

/// An updated entry counts from its update. After its removal the key makes a new entry, and ids
/// are not reused.
pub(super) async fn purged_entry_frees_its_key_but_not_its_id(store: Arc<dyn Store>) {
    let key = LogKey::push(&assessment("a"));
    let keyed = |seconds| logged([happened(at(seconds)).keyed(key.clone())]);
    write(&store, keyed(10)).await;
    write(&store, keyed(30)).await;
    assert_eq!(purge(&store, Purge::LogEntries, at(30), 9).await, 0);
    let first = newest(&store).await;
    assert_eq!(purge(&store, Purge::LogEntries, at(31), 9).await, 1);
    let gone = store.keyed_log_entry(&account(), &key).await;
    assert_eq!(gone.expect("the store reads"), None);
    write(&store, keyed(50)).await;
    let second = newest(&store).await;
    assert!(second > first);
    write(&store, keyed(60)).await;
    assert_eq!(newest(&store).await, second);
}

/// Concurrent purges remove everything, and nothing twice.
pub(super) async fn concurrent_purges_remove_rows_once(store: Arc<dyn Store>) {
    write(&store, logged((0..40).map(|second| happened(at(second))))).await;
    let mut gone = 0;
    for _ in 0..20 {
        let purges = (0..4).map(|_| purge(&store, Purge::LogEntries, at(35), 5));
        gone += together(purges).await.into_iter().sum::<usize>();
    }
    assert_eq!(gone, 35);
    let left = page(&store, &LogFilter::newest(99)).await;
    assert_eq!(left.entries.len(), 5);
}

fn other() -> AccountId {
    AccountId::new("other")
}

fn with_body(seconds: i64) -> Delivery {
    kept(delivery(&format!("at {seconds}"), 1, at(seconds)))
}

fn happened(when: DateTime<Utc>) -> LogEntry {
    let mut entry = entry(&format!("at {}", (when - at(0)).num_seconds()));
    entry.at = when;
    entry
}

async fn newest(store: &Arc<dyn Store>) -> LogId {
    let page = page(store, &LogFilter::newest(1)).await;
    page.entries.first().expect("there is an entry").id
}
