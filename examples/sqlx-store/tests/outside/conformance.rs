//! The conformance suite, run against the PostgreSQL store.

use std::sync::Arc;

use greenhouse_core::testing::conformance::CHECKS;
use sqlx_store::{SqlxStore, testing::PostgresCluster};
use tokio::sync::OnceCell;

use crate::server::{Test, keys};

/// Runs each check on its own copy of a migrated database.
pub(crate) fn tests() -> Vec<Test> {
    let migrated = Arc::new(OnceCell::new());
    let tests = CHECKS.iter().map(|check| {
        let name = format!("conformance::{}", check.name());
        let migrated = Arc::clone(&migrated);
        Test::new(&name, async move |cluster| {
            let template = migrated.get_or_init(|| migrated_database(&cluster)).await;
            let database = cluster.copy_of(template).unwrap();
            let store = SqlxStore::open(database, keys()).await.unwrap();
            check.run(Arc::new(store.clone())).await;
            store.close().await;
        })
    });
    tests.collect()
}

/// Returns the URL of a database that has the store's schema and no open connections.
async fn migrated_database(cluster: &PostgresCluster) -> String {
    let url = cluster.direct_url(&cluster.fresh_database().unwrap());
    let store = SqlxStore::open(&url, keys()).await.unwrap();
    store.close().await;
    url
}
