//! Opening: address, connections, migrations.

mod look;
mod migrate;
mod postgres;
mod sqlite;

use std::{fmt, time::Duration};

use crate::{
    KeyId,
    accounts::KnownAccounts,
    door::WriteQueue,
    error::DatabaseError,
    keys,
    seal::MasterKeys,
    session::{Database, Transaction},
    upgrade,
};

/// The stores on one database. Cheap to clone; clones share their connections.
///
/// Several stores, in one process or in several, may be open on one database. Debug shows nothing of its contents.
#[derive(Clone)]
pub struct SqlxStore {
    pub(crate) database: Database,
    pub(crate) keys: MasterKeys,
    pub(crate) known_accounts: KnownAccounts,
    /// Of a SQLite file.
    pub(crate) queue: WriteQueue,
}

impl SqlxStore {
    /// Opens a database with the default [`StoreOptions`], and brings its schema up to date.
    ///
    /// A path or a `sqlite:` URL names a SQLite file, which is made where it is missing. A `postgres://` or `postgresql://`
    /// URL names a PostgreSQL database, which must exist and be encoded in UTF-8. Without `sslmode` in its URL the connection
    /// is encrypted (`require`) unless the server is on this machine (then `prefer`); `sslrootcert` has the server's
    /// certificate verified. `keys` seal what must not be read in the database; a host may be started with another current
    /// key once every host opens with it among the previous ones.
    ///
    /// # Errors
    ///
    /// [`OpenError`]; the database is unchanged then.
    pub async fn open(url_or_path: impl AsRef<str>, keys: MasterKeys) -> Result<Self, OpenError> {
        Self::open_with(url_or_path, keys, StoreOptions::default()).await
    }

    /// Opens like [`open`](Self::open), with other limits.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub async fn open_with(
        url_or_path: impl AsRef<str>,
        keys: MasterKeys,
        options: StoreOptions,
    ) -> Result<Self, OpenError> {
        let address = url_or_path.as_ref();
        let database = if is_postgres(address) {
            postgres::open(address, &keys, &options).await?
        } else {
            sqlite::open(address, &keys, &options).await?
        };
        Ok(Self {
            database,
            keys,
            known_accounts: KnownAccounts::default(),
            queue: WriteQueue::new(options.turn_timeout),
        })
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

/// How a store uses its database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreOptions {
    /// How long a call waits for a connection, and then again for a lock that another holds, before it answers that the
    /// store is unavailable. On SQLite that is the write lock; on PostgreSQL the `lock_timeout` of each statement.
    /// Default: 5 s.
    pub lock_timeout: Duration,
    /// SQLite: how long a write waits for its turn, instead, since all writes of a store share one connection: a burst has
    /// this long to be written. Default: 20 s.
    pub turn_timeout: Duration,
    /// How long opening waits while another host brings the schema up to date. Default: 10 min.
    pub opening_timeout: Duration,
    /// SQLite: how many connections read at once, at least one, beside the one that writes. Default: 4.
    pub readers: u32,
    /// PostgreSQL: how many connections there are at most, at least one. Default: 10.
    pub connections: u32,
    /// PostgreSQL: how long a statement runs before the server ends it (`statement_timeout`); migrations are not ended. A
    /// server that has gone without a word is given up a second later. Default: 30 s.
    pub statement_timeout: Duration,
    /// PostgreSQL: how long a transaction waits for its next statement before the server ends it
    /// (`idle_in_transaction_session_timeout`), so that a host that has gone without a word holds no locks. Default: 30 s.
    pub idle_in_transaction_timeout: Duration,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            lock_timeout: Duration::from_secs(5),
            turn_timeout: Duration::from_secs(20),
            opening_timeout: Duration::from_secs(600),
            readers: 4,
            connections: 10,
            statement_timeout: Duration::from_secs(30),
            idle_in_transaction_timeout: Duration::from_secs(30),
        }
    }
}

/// Why a database could not be opened. Holds no address, since an address can hold a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The address names no kind of database that is supported.
    #[error("the database address {0}")]
    Address(&'static str),
    /// The database cannot be opened: path or server, permissions, or not a database that can be used.
    #[error("the database cannot be opened")]
    Open(#[source] DatabaseError),
    /// There is no such SQLite file, which [`SqlxStore::open`] would make.
    #[error("there is no such database file")]
    Missing,
    /// The schema is one of an older version, which [`SqlxStore::open`] would bring up to date.
    #[error("the database has schema {found}, and this version needs schema {known}")]
    OlderSchema {
        /// The schema of the database; 0 where it has none.
        found: i64,
        /// The schema that is needed.
        known: i64,
    },
    /// The database was written by a newer version. Nothing was changed.
    #[error(
        "the database has schema {found}, and this version knows only schemas up to {known}: run the newer version"
    )]
    NewerSchema {
        /// The schema of the database.
        found: i64,
        /// The newest schema that is known here.
        known: i64,
    },
    /// The database holds what this master key sealed, and it was not given. Nothing was changed.
    #[error("the database needs master key {key}, which was not given")]
    MissingKey {
        /// The key.
        key: KeyId,
    },
    /// The schema could not be brought up to date. Nothing was changed.
    #[error("the database schema cannot be brought up to date")]
    Migrate(#[source] DatabaseError),
}

impl OpenError {
    pub(crate) fn open(error: sqlx::Error) -> Self {
        Self::Open(DatabaseError::new(&error))
    }

    pub(crate) fn migrate(error: sqlx::Error) -> Self {
        Self::Migrate(DatabaseError::new(&error))
    }
}

fn is_postgres(address: &str) -> bool {
    let scheme = address.split_once(':').map(|(scheme, _)| scheme);
    matches!(scheme, Some("postgres" | "postgresql"))
}

/// What is left to do once the migrations have run, in their transaction.
async fn complete(transaction: &mut Transaction, keys: &MasterKeys) -> Result<(), OpenError> {
    keys::require(transaction, keys).await?;
    upgrade::invitations_of_persons(transaction)
        .await
        .map_err(OpenError::migrate)
}
