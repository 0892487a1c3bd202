use std::{sync::Arc, time::Duration};

use greenhouse_core::{
    AssessmentId,
    store::{Applied, Changes, Links, Write, WriteDoor},
};
use sqlx::{Connection, PgConnection};
use sqlx_store::{SqlxStore, testing::PostgresCluster};
use tokio::time::sleep;

use crate::{
    opening::{account, link},
    server::{Test, keys, tests},
};

pub(crate) fn tests() -> Vec<Test> {
    tests![a_write_that_ends_a_deadlock_is_decided_again]
}

async fn a_write_that_ends_a_deadlock_is_decided_again(cluster: Arc<PostgresCluster>) {
    let url = cluster.fresh_database().unwrap();
    let store = SqlxStore::open(&url, keys()).await.unwrap();
    let mut changes = Changes::none();
    for name in ["a", "b"] {
        let applied = store.apply(&account(), link(name)).await;
        assert_eq!(applied.unwrap(), Applied::Applied);
        let read = store.link(&account(), &AssessmentId::new(name)).await;
        changes.links.push(Write::Put(read.unwrap().unwrap()));
    }

    let mut connection = PgConnection::connect(&url).await.unwrap();
    let mut other = connection.begin().await.unwrap();
    let touch = "UPDATE links SET version = version WHERE assessment = $1";
    let touched = sqlx::query(touch).bind("b").execute(&mut *other).await;
    assert_eq!(touched.unwrap().rows_affected(), 1);
    let writing = tokio::spawn({
        let (store, changes) = (store.clone(), changes.clone());
        async move { store.apply(&account(), changes).await }
    });
    // The one that waited first is the one that the server ends.
    sleep(Duration::from_millis(300)).await;
    let touched = sqlx::query(touch).bind("a").execute(&mut *other).await;
    assert_eq!(touched.unwrap().rows_affected(), 1);
    assert_eq!(writing.await.unwrap().unwrap(), Applied::Conflict);
    other.rollback().await.unwrap();
    let again = store.apply(&account(), changes).await;
    assert_eq!(again.unwrap(), Applied::Applied);
}
