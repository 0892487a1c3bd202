use std::time::Duration;

use sqlx::{Connection, Executor};
use sqlx_store::{OpenError, SqlxStore, StoreOptions};

use crate::{
    opening::connect,
    support::{Place, keys},
};

#[tokio::test]
async fn a_missing_file_is_not_created() {
    let place = Place::new();
    for address in [place.address(), format!("sqlite://{}", place.address())] {
        let options = StoreOptions::default();
        let opened = SqlxStore::open_read_only(&address, keys(), options.clone()).await;
        assert!(matches!(opened, Err(OpenError::Missing)), "{opened:?}");
        let opened = SqlxStore::has_free_write_lock(&address, options.clone()).await;
        assert!(matches!(opened, Err(OpenError::Missing)), "{opened:?}");
    }
    assert!(place.bytes().is_empty() && !place.path().exists());
}

#[tokio::test]
async fn a_held_write_lock_is_reported() {
    let place = Place::new();
    place.open().await.close().await;
    let mut options = StoreOptions::default();
    options.lock_timeout = Duration::from_millis(20);
    let is_free = || SqlxStore::has_free_write_lock(place.address(), options.clone());
    let mut holder = connect(&place).await;
    holder.execute("BEGIN IMMEDIATE").await.unwrap();
    assert!(!is_free().await.unwrap());
    // A read-only store does not wait for the lock.
    let read_only = SqlxStore::open_read_only(place.address(), keys(), options.clone()).await;
    read_only.unwrap().close().await;
    holder.execute("ROLLBACK").await.unwrap();
    assert!(is_free().await.unwrap());
    holder.close().await.unwrap();
    let read_only = format!("sqlite://{}?mode=ro", place.address());
    let opened = SqlxStore::has_free_write_lock(read_only, options).await;
    assert!(matches!(opened, Err(OpenError::Open(_))), "{opened:?}");
}
