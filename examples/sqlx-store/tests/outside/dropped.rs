//! A write future that is dropped at each of its await points.

use std::sync::Arc;

use greenhouse_core::{
    AssessmentId,
    store::{Applied, LogFilter, LogPage, Records, StoreWriter, SyncLog},
    testing::cut_short,
};
use sqlx_store::{SqlxStore, StoreOptions, testing::PostgresCluster};

use crate::{
    opening::{account, link},
    server::{Test, keys, tests},
};

pub(crate) fn tests() -> Vec<Test> {
    tests![a_dropped_write_is_complete_or_absent]
}

async fn a_dropped_write_is_complete_or_absent(cluster: Arc<PostgresCluster>) {
    // With one connection, the next write would see the state left by a dropped one.
    let mut options = StoreOptions::default();
    options.connections = 1;
    let url = cluster.fresh_database().unwrap();
    let store = SqlxStore::open_with(&url, keys(), options).await.unwrap();
    let mut dropped = 0;
    for waits in 0..60 {
        let name = format!("a{waits}");
        let written = cut_short(waits, store.apply(&account(), link(&name))).await;
        match written {
            Some(applied) => assert_eq!(applied.unwrap(), Applied::Applied),
            None => dropped += 1,
        }
        // Another host sees what was committed and is not blocked.
        let other = SqlxStore::open(&url, keys()).await.unwrap();
        let seen = other
            .link(&account(), &AssessmentId::new(&*name))
            .await
            .unwrap();
        let again = other.apply(&account(), link(&name)).await.unwrap();
        match seen {
            Some(_) => assert_eq!(again, Applied::Conflict),
            // The write may have been committed in the meantime.
            None => assert!(matches!(again, Applied::Applied | Applied::Conflict)),
        }
        other.close().await;
        let mine = store.link(&account(), &AssessmentId::new(&*name)).await;
        assert!(mine.unwrap().is_some());
    }
    assert!(dropped > 0 && dropped < 60, "{dropped}");
    let page: LogPage = store
        .log_page(&account(), &LogFilter::newest(1))
        .await
        .unwrap();
    assert!(page.entries.is_empty());
}
