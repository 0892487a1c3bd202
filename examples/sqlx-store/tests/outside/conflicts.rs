use std::{sync::Arc, time::Duration};

use greenhouse_core::{
    AssessmentId, CandidateId,
    store::{Applied, Changes, Erasure, Records, StoreWriter, Write},
};
use sqlx::{Connection, PgConnection};
use sqlx_store::{SqlxStore, testing::PostgresCluster};
use tokio::time::sleep;

use crate::{
    erasure,
    opening::{account, link},
    server::{Test, keys, tests},
};

pub(crate) fn tests() -> Vec<Test> {
    tests![
        a_write_aborted_by_a_deadlock_is_decided_again,
        a_delivery_during_an_erasure_leaves_no_body,
    ]
}

/// The erasure waits for a lock while a delivery about the person arrives.
async fn a_delivery_during_an_erasure_leaves_no_body(cluster: Arc<PostgresCluster>) {
    let url = cluster.fresh_database().unwrap();
    let store = SqlxStore::open(&url, keys()).await.unwrap();
    erasure::fill(&store).await;
    let a = AssessmentId::new("a");
    let read = store.link(&account(), &a).await.unwrap().unwrap();
    let mut late = Changes::none();
    late.seen = Some(erasure::with_body("late", erasure::deleted(1, 9)));
    late.links = vec![Write::Put(read)];

    let mut connection = PgConnection::connect(&cluster.direct_url(&url))
        .await
        .unwrap();
    let mut other = connection.begin().await.unwrap();
    let lock = "SELECT id FROM deliveries WHERE event_id = 'person' FOR UPDATE";
    sqlx::query(lock).execute(&mut *other).await.unwrap();
    let erasing = tokio::spawn({
        let store = store.clone();
        let mut changes = Changes::none();
        changes.erasures = vec![Erasure::everything(CandidateId::new(1))];
        async move { store.apply(&account(), changes).await.unwrap() }
    });
    sleep(Duration::from_millis(300)).await;
    let delivering = tokio::spawn({
        let store = store.clone();
        async move { store.apply(&account(), late).await.unwrap() }
    });
    sleep(Duration::from_millis(300)).await;
    other.rollback().await.unwrap();
    assert_eq!(erasing.await.unwrap(), Applied::Applied);
    assert_eq!(delivering.await.unwrap(), Applied::Conflict);
    let kept = "SELECT COUNT(body) FROM deliveries WHERE event_id <> 'other'";
    let kept: i64 = sqlx::query_scalar(kept)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(kept, 0);
}

async fn a_write_aborted_by_a_deadlock_is_decided_again(cluster: Arc<PostgresCluster>) {
    let url = cluster.fresh_database().unwrap();
    let store = SqlxStore::open(&url, keys()).await.unwrap();
    let mut changes = Changes::none();
    for name in ["a", "b"] {
        let applied = store.apply(&account(), link(name)).await;
        assert_eq!(applied.unwrap(), Applied::Applied);
        let read = store.link(&account(), &AssessmentId::new(name)).await;
        changes.links.push(Write::Put(read.unwrap().unwrap()));
    }

    let mut connection = PgConnection::connect(&cluster.direct_url(&url))
        .await
        .unwrap();
    let mut other = connection.begin().await.unwrap();
    let touch = "UPDATE links SET version = version WHERE assessment = $1";
    let touched = sqlx::query(touch).bind("b").execute(&mut *other).await;
    assert_eq!(touched.unwrap().rows_affected(), 1);
    let writing = tokio::spawn({
        let (store, changes) = (store.clone(), changes.clone());
        async move { store.apply(&account(), changes).await }
    });
    // The server aborts the transaction that waited first.
    sleep(Duration::from_millis(300)).await;
    let touched = sqlx::query(touch).bind("a").execute(&mut *other).await;
    assert_eq!(touched.unwrap().rows_affected(), 1);
    assert_eq!(writing.await.unwrap().unwrap(), Applied::Conflict);
    other.rollback().await.unwrap();
    let again = store.apply(&account(), changes).await;
    assert_eq!(again.unwrap(), Applied::Applied);
}
