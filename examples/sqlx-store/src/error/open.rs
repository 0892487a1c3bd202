use super::DatabaseError;
use crate::seal::KeyId;

/// Error from opening a database. Never contains the address, which can include a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The address is invalid, or its kind of database is not supported.
    #[error("the database address {0}")]
    Address(&'static str),
    /// The schema name is invalid.
    #[error("the database schema {0}")]
    Schema(&'static str),
    /// The database cannot be opened: wrong path or server, missing permission, or an unusable
    /// database.
    #[error("the database cannot be opened")]
    Open(#[source] DatabaseError),
    /// The SQLite file does not exist. [`SqlxStore::open`](crate::SqlxStore::open) creates it.
    #[error("the database file does not exist")]
    Missing,
    /// The database contains another program's tables, and the store cannot share it. Nothing was
    /// changed.
    #[error("the database contains tables that belong to another program: {remedy}")]
    AnotherProgram {
        /// Remedy for the operator, for example `give the store its own schema`.
        remedy: &'static str,
        /// Error from the failed migration. `None` if the tables were found before any migration
        /// ran.
        source: Option<DatabaseError>,
    },
    /// The schema is older than this version. [`SqlxStore::open`](crate::SqlxStore::open) migrates
    /// it.
    #[error("the database has schema version {found}, expected {known}")]
    OlderSchema {
        /// Schema version of the database; 0 if it has none.
        found: i64,
        /// Schema version of this program.
        known: i64,
    },
    /// The database was written by a newer version. Nothing was changed.
    #[error(
        "the database has schema version {found}, expected at most {known}: run the newer version"
    )]
    NewerSchema {
        /// Schema version of the database.
        found: i64,
        /// Newest schema version that this program supports.
        known: i64,
    },
    /// The database contains values sealed with a master key that was not provided. Nothing was
    /// changed.
    #[error("the database requires master key {key}, which was not provided")]
    MissingKey {
        /// Id of the missing key.
        key: KeyId,
    },
    /// The schema migration failed. Nothing was changed.
    #[error("the database schema cannot be migrated")]
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
