//! The conformance suite, run against the PostgreSQL store.

use std::sync::Arc;

use greenhouse_core::testing::conformance::CHECKS;
use sqlx_store::SqlxStore;

use crate::server::{Test, keys};

/// Runs each check on its own database.
pub(crate) fn tests() -> Vec<Test> {
    let tests = CHECKS.iter().map(|check| {
        let name = format!("conformance::{}", check.name());
        Test::new(&name, async move |cluster| {
            let database = cluster.fresh_database().unwrap();
            let store = SqlxStore::open(database, keys()).await.unwrap();
            check.run(Arc::new(store.clone())).await;
            store.close().await;
        })
    });
    tests.collect()
}
