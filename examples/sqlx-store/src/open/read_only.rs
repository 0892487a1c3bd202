//! Opens a database without changing it.

#[cfg(feature = "postgres")]
use super::postgres;
#[cfg(feature = "sqlite")]
use super::sqlite;
use super::{DatabaseKind, StoreOptions, migrate};
use crate::{SqlxStore, error::OpenError, keys, seal::MasterKeys};

impl SqlxStore {
    /// Opens a database read-only. Creates no file, runs no migrations, and does not add the
    /// current key to the list of required keys. Writes fail as unavailable.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if [`open`](Self::open) would fail, create a file ([`OpenError::Missing`]) or
    /// migrate the schema ([`OpenError::OlderSchema`]).
    pub async fn open_read_only(
        url_or_path: impl AsRef<str>,
        keys: MasterKeys,
        options: StoreOptions,
    ) -> Result<Self, OpenError> {
        let address = url_or_path.as_ref();
        let (database, migrations) = match DatabaseKind::of(address)? {
            #[cfg(feature = "sqlite")]
            DatabaseKind::Sqlite => sqlite::open_read_only(address, &options).await?,
            #[cfg(feature = "postgres")]
            DatabaseKind::Postgres => postgres::open_read_only(address, &options).await?,
        };
        let checked = match migrate::check_up_to_date(&database, migrations).await {
            Ok(()) => keys::check_listed(&database, &keys).await,
            Err(error) => Err(error),
        };
        if let Err(error) = checked {
            database.close().await;
            return Err(error);
        }
        Ok(Self::new(database, keys, &options))
    }

    /// Returns `true` if the write lock of a SQLite file can be acquired within
    /// [`lock_timeout`](StoreOptions::lock_timeout). Writes nothing. Always `true` on PostgreSQL,
    /// which has no such lock.
    ///
    /// # Errors
    ///
    /// [`OpenError::Missing`] if the file does not exist, or [`OpenError::Open`] if the file cannot
    /// be opened or is read-only.
    pub async fn has_free_write_lock(
        url_or_path: impl AsRef<str>,
        #[cfg_attr(not(feature = "sqlite"), expect(unused_variables))] options: StoreOptions,
    ) -> Result<bool, OpenError> {
        let address = url_or_path.as_ref();
        match DatabaseKind::of(address)? {
            #[cfg(feature = "sqlite")]
            DatabaseKind::Sqlite => sqlite::has_free_write_lock(address, &options).await,
            #[cfg(feature = "postgres")]
            DatabaseKind::Postgres => Ok(true),
        }
    }

    /// Returns the free space in bytes on the disk that holds a SQLite file, or `None` on
    /// PostgreSQL, which does not report it.
    ///
    /// # Errors
    ///
    /// [`OpenError::Missing`] if the file does not exist, or [`OpenError::Open`] if the operating
    /// system does not report the free space.
    pub fn free_space(url_or_path: impl AsRef<str>) -> Result<Option<u64>, OpenError> {
        let address = url_or_path.as_ref();
        match DatabaseKind::of(address)? {
            #[cfg(feature = "sqlite")]
            DatabaseKind::Sqlite => sqlite::free_space(address).map(Some),
            #[cfg(feature = "postgres")]
            DatabaseKind::Postgres => Ok(None),
        }
    }
}
