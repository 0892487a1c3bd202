//! The stores of a Greenhouse integration: one SQLite file by default, PostgreSQL beside it, chosen by the address.
//!
//! [`SqlxStore`] implements every port of [`greenhouse_core::store`] on both, with any number of processes on one database.
//! A write is durable before it is answered. When its future is dropped, it is applied whole or not at all.
//!
//! - SQLite takes the write lock first (`BEGIN IMMEDIATE`) and syncs each commit to the disk (WAL, `synchronous=FULL`). Writes
//!   that wait at the same time share a commit, and know nothing of each other otherwise. Reads go over connections of their
//!   own and never wait for a writer.
//! - PostgreSQL runs at `READ COMMITTED`; a transaction that it ends in favour of another is a
//!   [`Conflict`](greenhouse_core::store::Applied::Conflict). Durability is that of the server (`synchronous_commit`).
//!
//! Client secrets, tokens, webhook secrets, hook keys, completion credentials, keys of report links and kept bodies are
//! sealed with the host's [`MasterKeys`], each value for its place; keys that are only ever compared are stored as digests.
//! To change the master key, start every host with the new one among the previous ones, then with the new one as the
//! current, and call [`SqlxStore::reseal`] until it answers zero; after that the old one can go.
//!
//! ```
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//!
//! use greenhouse_core::store::Store;
//! use sqlx_store::{MasterKey, MasterKeys, SqlxStore};
//!
//! let key: MasterKey = std::env::var("GREENHOUSE_MASTER_KEY")?.parse()?;
//! let keys = MasterKeys::new(key, []);
//! let store: Arc<dyn Store> = Arc::new(SqlxStore::open("greenhouse.db", keys).await?);
//! # Ok(())
//! # }
//! ```

#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
compile_error!("sqlx-store needs a database: enable the feature `sqlite`, `postgres` or both");

mod budgets;
mod error;
mod keys;
mod last_seen;
mod open;
#[cfg(any(test, feature = "testing"))]
mod plans;
mod ports;
mod read;
mod reseal;
mod retention;
mod rows;
mod seal;
mod sealed;
mod session;
mod tasks;
#[cfg(feature = "testing")]
pub mod testing;
mod tokens;
mod upgrade;
mod write;

use std::fmt;

pub use error::{DatabaseError, OpenError};
pub use open::StoreOptions;
#[cfg(feature = "testing")]
#[doc(hidden)]
pub use plans::postgres_statements;
pub use seal::{KeyId, MasterKey, MasterKeyError, MasterKeys, NoRandomness};

use self::{read::accounts::AccountCache, session::Database};

/// The stores on one database. Cheap to clone; clones share their connections.
///
/// Several stores, in one process or in several, may be open on one database. Debug shows nothing of its contents.
#[derive(Clone)]
pub struct SqlxStore {
    database: Database,
    keys: MasterKeys,
    account_cache: AccountCache,
    #[cfg(feature = "sqlite")]
    group_commit: write::GroupCommit,
}

impl SqlxStore {
    fn new(
        database: Database,
        keys: MasterKeys,
        #[cfg_attr(not(feature = "sqlite"), expect(unused_variables))] options: &StoreOptions,
    ) -> Self {
        Self {
            database,
            keys,
            account_cache: AccountCache::default(),
            #[cfg(feature = "sqlite")]
            group_commit: write::GroupCommit::new(options.write_timeout),
        }
    }

    /// Closes every connection once its present use has ended. Later calls answer that the store is unavailable.
    pub async fn close(&self) {
        self.database.close().await;
    }
}

impl fmt::Debug for SqlxStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlxStore").finish_non_exhaustive()
    }
}
