use super::DatabaseError;
use crate::seal::KeyId;

/// Why a database could not be opened. Holds no address, since an address can hold a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The address names no kind of database that is supported.
    #[error("the database address {0}")]
    Address(&'static str),
    /// The name of the schema cannot be used.
    #[error("the database schema {0}")]
    Schema(&'static str),
    /// The database cannot be opened: path or server, permissions, or not a database that can be used.
    #[error("the database cannot be opened")]
    Open(#[source] DatabaseError),
    /// There is no such SQLite file, which [`SqlxStore::open`](crate::SqlxStore::open) would create.
    #[error("there is no such database file")]
    Missing,
    /// The database holds tables of another program, which the store cannot share it with. Nothing was changed.
    #[error("the database holds tables of another program: {remedy}")]
    AnotherProgram {
        /// What the store needs instead.
        remedy: &'static str,
        /// What the database refused, if it was asked to migrate.
        source: Option<DatabaseError>,
    },
    /// The schema is one of an older version, which [`SqlxStore::open`](crate::SqlxStore::open) would bring up to date.
    #[error("the database has schema {found}, and this version needs schema {known}")]
    OlderSchema {
        /// The schema of the database; 0 if it has none.
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
