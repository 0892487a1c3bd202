//! The stores of a Greenhouse integration, on SQLite: one file, durable commits, any number of processes on it.
//!
//! [`SqlxStore`] implements every port of [`greenhouse_core::store`]. A write is one transaction that takes the write lock
//! first (`BEGIN IMMEDIATE`), is synced to disk before it is answered (WAL, `synchronous=FULL`), and leaves nothing behind when
//! its future is dropped. Reads go over connections of their own and never wait for a writer.
//!
//! ```
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//!
//! use greenhouse_core::store::Store;
//! use sqlx_store::SqlxStore;
//!
//! let store: Arc<dyn Store> = Arc::new(SqlxStore::open("greenhouse.db").await?);
//! # Ok(())
//! # }
//! ```

mod deliveries;
mod door;
mod error;
mod invitations;
mod links;
mod log;
mod open;
#[cfg(test)]
mod plans;
mod pushes;
mod report_access;
mod rows;
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the tables whose columns are sealed come next")
)]
mod seal;
#[cfg(feature = "testing")]
pub mod testing;
mod work;

pub use error::DatabaseError;
pub use open::{OpenError, SqlxStore, StoreOptions};
pub use seal::{KeyId, MasterKey, MasterKeyError, MasterKeys, NoRandomness};
