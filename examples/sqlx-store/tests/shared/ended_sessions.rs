//! Sessions that have ended stay ended on every host, and across restarts.

use chrono::{DateTime, Utc};
use sqlx_store::SqlxStore;

use crate::test_database::{TestDatabase, keys};

pub(crate) async fn an_ended_session_stays_ended(test_database: impl TestDatabase) {
    let store = test_database.open_with(keys(1, &[])).await;
    let other_host = test_database.open_with(keys(2, &[1])).await;
    assert!(!store.has_session_ended(&[1; 16]).await.unwrap());
    for _ in 0..2 {
        store.end_session(&[1; 16], at(100), at(0)).await.unwrap();
    }
    for host in [&store, &other_host] {
        assert!(host.has_session_ended(&[1; 16]).await.unwrap());
        assert!(!host.has_session_ended(&[2; 16]).await.unwrap());
    }
    store.close().await;
    let restarted = test_database.open_with(keys(2, &[1])).await;
    assert!(restarted.has_session_ended(&[1; 16]).await.unwrap());
}

/// The table does not grow: each end removes the ends of sessions that have expired.
pub(crate) async fn ends_are_removed_after_the_sessions_have_expired(
    test_database: impl TestDatabase,
) {
    let store = test_database.open_with(keys(1, &[])).await;
    for (id, expires_at) in [(1, 100), (2, 200)] {
        let ended = store.end_session(&[id; 16], at(expires_at), at(0)).await;
        ended.unwrap();
    }
    store.end_session(&[3; 16], at(300), at(101)).await.unwrap();
    let left = async |store: &SqlxStore, id| store.has_session_ended(&[id; 16]).await.unwrap();
    assert!(!left(&store, 1).await);
    assert!(left(&store, 2).await && left(&store, 3).await);
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + second, 0).unwrap()
}
