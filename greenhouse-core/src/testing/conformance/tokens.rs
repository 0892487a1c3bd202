use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::fixtures::{LEASE, Running, account, at, together};
use crate::{
    AccountId, Secret, UserId, later,
    store::{Applied, Store, StoredToken, TokenKey, TokenLock},
};

/// The last saved token round-trips, also one that was removed, and is stored only under its own key.
pub(super) async fn token_round_trips(store: Arc<dyn Store>) {
    assert_eq!(read(&store).await, None);
    let first = token("first").with_refresh(Secret::new("refresh \"ö\""));
    for saved in [first, token("second"), StoredToken::removed(at(6))] {
        let generation = lock_ours(&store, at(0)).await;
        assert_eq!(save(&store, generation, &saved).await, Applied::Applied);
        assert_eq!(read(&store).await, Some(saved));
    }
    let others = [
        TokenKey::new("client", Some(UserId::new(1))),
        TokenKey::new("another", None),
    ];
    for key in others {
        let other = store.token(&account(), &key).await;
        assert_eq!(other.expect("the store reads"), None);
    }
    let other = store.token(&AccountId::new("other"), &key()).await;
    assert_eq!(other.expect("the store reads"), None);
}

/// A lock holds until its lease ends, and only for its own key.
pub(super) async fn token_lock_holds_until_its_lease_ends(store: Arc<dyn Store>) {
    let first = lock_ours(&store, at(0)).await;
    let theirs = TokenLock::Theirs { until: at(60) };
    for seconds in [0, 59] {
        assert_eq!(lock(&store, at(seconds)).await, theirs);
    }
    let user = TokenKey::new("client", Some(UserId::new(1)));
    let other_user = store.lock_token(&account(), &user, at(0), LEASE).await;
    assert!(matches!(other_user, Ok(TokenLock::Ours { .. })));
    let other = AccountId::new("other");
    let other_account = store.lock_token(&other, &key(), at(0), LEASE).await;
    assert!(matches!(other_account, Ok(TokenLock::Ours { .. })));
    let second = lock_ours(&store, at(60)).await;
    assert!(second > first);
}

/// A save releases the lock immediately and cannot be repeated.
pub(super) async fn save_releases_the_lock(store: Arc<dyn Store>) {
    let first = lock_ours(&store, at(0)).await;
    assert_eq!(save(&store, first, &token("1")).await, Applied::Applied);
    assert_eq!(save(&store, first, &token("2")).await, Applied::LeaseLost);
    let second = lock_ours(&store, at(0)).await;
    assert!(second > first);
    assert_eq!(save(&store, first, &token("2")).await, Applied::LeaseLost);
    assert_eq!(read(&store).await, Some(token("1")));
}

/// A host that has lost the lock cannot save. A host can save after the end of its lease if no
/// other host has acquired the lock.
pub(super) async fn late_token_is_not_saved(store: Arc<dyn Store>) {
    for never in [0, 1, u64::MAX] {
        assert_eq!(save(&store, never, &token("0")).await, Applied::LeaseLost);
    }
    let first = lock_ours(&store, at(0)).await;
    let second = lock_ours(&store, at(60)).await;
    for wrong in [first, second + 1, u64::MAX] {
        assert_eq!(save(&store, wrong, &token("1")).await, Applied::LeaseLost);
    }
    assert_eq!(read(&store).await, None);
    let theirs = TokenLock::Theirs { until: at(120) };
    assert_eq!(lock(&store, at(60)).await, theirs, "it is still held");
    assert_eq!(save(&store, second, &token("2")).await, Applied::Applied);
    assert_eq!(read(&store).await, Some(token("2")));
}

/// A released lock is free, the saved token stays, and a late release does not affect another
/// host's lock.
pub(super) async fn unlocked_token_is_free(store: Arc<dyn Store>) {
    unlock(&store, 1).await;
    let saving = lock_ours(&store, at(0)).await;
    assert_eq!(save(&store, saving, &token("1")).await, Applied::Applied);
    let first = lock_ours(&store, at(0)).await;
    unlock(&store, first).await;
    assert_eq!(save(&store, first, &token("2")).await, Applied::LeaseLost);
    let second = lock_ours(&store, at(0)).await;
    assert!(second > first);
    for late in [first, saving, u64::MAX] {
        unlock(&store, late).await;
    }
    let theirs = TokenLock::Theirs { until: at(60) };
    assert_eq!(lock(&store, at(0)).await, theirs);
    assert_eq!(read(&store).await, Some(token("1")));
}

/// One of several concurrent hosts acquires a free or expired lock.
pub(super) async fn concurrent_locks_succeed_once(store: Arc<dyn Store>) {
    let mut last = 0;
    for round in 0..4 {
        let now = at(round * 60);
        let until = later(now, LEASE);
        let locks = together((0..6).map(|_| lock(&store, now))).await;
        let theirs = TokenLock::Theirs { until };
        let lost = locks.iter().filter(|lock| **lock == theirs);
        assert_eq!(lost.count(), 5, "{locks:?}");
        for lock in locks {
            if let TokenLock::Ours { generation, until } = lock {
                assert!(generation > last);
                assert_eq!(until, later(now, LEASE));
                last = generation;
            }
        }
    }
}

/// A late save races with the next lock: it either comes first or saves nothing.
pub(super) async fn late_save_races_with_a_lock(store: Arc<dyn Store>) {
    for round in 0..8 {
        let now = at(round * 120);
        let name = round.to_string();
        let first = lock_ours(&store, now).await;
        let before = read(&store).await;
        let late = async {
            let saved = save(&store, first, &token(&name)).await;
            Some(saved)
        };
        let next = async {
            lock_ours(&store, later(now, LEASE)).await;
            None
        };
        let mut both: Vec<Running<'_, _>> = vec![Box::pin(late), Box::pin(next)];
        if round % 2 == 0 {
            both.reverse();
        }
        let saved = together(both).await.into_iter().flatten().next();
        let now = read(&store).await;
        match saved {
            Some(Applied::Applied) => assert_eq!(now, Some(token(&name))),
            Some(Applied::LeaseLost) => assert_eq!(now, before),
            other => panic!("a save returned {other:?}"),
        }
    }
}

fn key() -> TokenKey {
    TokenKey::new("client", None)
}

fn token(text: &str) -> StoredToken {
    StoredToken::new(Secret::new(text), at(3_600), at(5))
}

async fn read(store: &Arc<dyn Store>) -> Option<StoredToken> {
    let token = store.token(&account(), &key()).await;
    token.expect("the store reads")
}

async fn lock(store: &Arc<dyn Store>, now: DateTime<Utc>) -> TokenLock {
    let lock = store.lock_token(&account(), &key(), now, LEASE).await;
    lock.expect("the store locks")
}

/// Acquires a free lock and returns its generation.
async fn lock_ours(store: &Arc<dyn Store>, now: DateTime<Utc>) -> u64 {
    match lock(store, now).await {
        TokenLock::Ours { generation, until } => {
            assert_eq!(until, later(now, LEASE));
            generation
        }
        TokenLock::Theirs { until } => panic!("another host has the lock until {until}"),
    }
}

async fn save(store: &Arc<dyn Store>, generation: u64, token: &StoredToken) -> Applied {
    store
        .save_token(&account(), &key(), generation, token.clone())
        .await
        .expect("the store saves")
}

async fn unlock(store: &Arc<dyn Store>, generation: u64) {
    let unlocked = store.unlock_token(&account(), &key(), generation).await;
    unlocked.expect("the store unlocks");
}
