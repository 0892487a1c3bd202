//! SQLite and PostgreSQL stores for a Greenhouse integration.
//!
//! [`SqlxStore`] implements every port of [`greenhouse_core::store`]. The address selects the
//! database. Any number of processes can use one database. A write is durable before it returns. If
//! its future is dropped, the write is applied completely or not at all.
//!
//! - SQLite: a write takes the write lock first (`BEGIN IMMEDIATE`), and each commit is synced to
//!   disk (WAL, `synchronous=FULL`). Concurrent writes share a commit. Reads use their own
//!   connections and never wait for a writer.
//! - PostgreSQL: transactions run at `READ COMMITTED`. A deadlock or serialization failure is
//!   returned as a [`Conflict`](greenhouse_core::store::Applied::Conflict). Durability depends on
//!   the server (`synchronous_commit`).
//!
//! Client secrets, tokens, webhook secrets, hook keys, completion credentials, report link keys and
//! stored webhook bodies are encrypted with the host's [`MasterKeys`]. Each value is bound to its
//! row and column. Keys that are only compared are stored as digests.
//!
//! To rotate the master key:
//!
//! 1. Restart every host with the new key among the previous keys.
//! 2. Restart every host with the new key as the current key.
//! 3. Call [`SqlxStore::reseal`] until it returns zero. Then remove the old key.
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

mod backfill;
mod budgets;
mod ended_sessions;
mod error;
mod host_time;
mod keys;
mod last_seen;
mod open;
mod ports;
#[cfg(any(test, feature = "testing"))]
mod query_plans;
mod read;
mod reseal;
mod retention;
mod rows;
mod seal;
mod seal_columns;
mod session;
mod tasks;
#[cfg(feature = "testing")]
pub mod testing;
mod tokens;
mod write;

use std::fmt;

pub use error::{DatabaseError, OpenError};
pub use open::StoreOptions;
#[cfg(feature = "testing")]
#[doc(hidden)]
pub use query_plans::postgres_statements;
pub use seal::{KeyId, MasterKey, MasterKeyError, MasterKeys, NoRandomness};

use self::{read::accounts::AccountCache, session::Database};

/// A [`Store`](greenhouse_core::store::Store) in a SQLite or PostgreSQL database. Cheap to clone;
/// clones share their connections.
///
/// One database can be opened several times, in one process or in several. The `Debug` output
/// contains no stored data.
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

    /// Waits for calls in progress, then closes the connections. Later calls fail as unavailable.
    pub async fn close(&self) {
        self.database.close().await;
    }
}

impl fmt::Debug for SqlxStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlxStore").finish_non_exhaustive()
    }
}
