//! Opening to look: what cannot be used as it is gets a reason, and stays as it is.

use chrono::{DateTime, Utc};
use greenhouse_core::store::StoreError;

#[cfg(feature = "postgres")]
use super::postgres;
#[cfg(feature = "sqlite")]
use super::sqlite;
use super::{Kind, StoreOptions, migrate};
use crate::{
    SqlxStore,
    error::OpenError,
    keys,
    seal::MasterKeys,
    session::{Statement, each},
};

impl SqlxStore {
    /// Opens a database to read it, and changes nothing: no file is created, no schema brought up to date, no key listed. The
    /// database refuses every write of this store, which answers that it is unavailable.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if [`open`](Self::open) would fail, create a file ([`OpenError::Missing`]) or bring a schema up to date
    /// ([`OpenError::OlderSchema`]).
    pub async fn open_read_only(
        url_or_path: impl AsRef<str>,
        keys: MasterKeys,
        options: StoreOptions,
    ) -> Result<Self, OpenError> {
        let address = url_or_path.as_ref();
        let (database, migrations) = match Kind::of(address)? {
            #[cfg(feature = "sqlite")]
            Kind::Sqlite => sqlite::open_read_only(address, &options).await?,
            #[cfg(feature = "postgres")]
            Kind::Postgres => postgres::open_read_only(address, &options).await?,
        };
        let checked = match migrate::require_all(&database, migrations).await {
            Ok(()) => keys::holds_needed(&database, &keys).await,
            Err(error) => Err(error),
        };
        if let Err(error) = checked {
            database.close().await;
            return Err(error);
        }
        Ok(Self::new(database, keys, &options))
    }

    /// Takes the write lock of a SQLite file within [`lock_timeout`](StoreOptions::lock_timeout), writes nothing and releases
    /// it. Returns `false` if another process holds the lock for longer; always `true` on PostgreSQL, where writers do not
    /// wait for each other.
    ///
    /// # Errors
    ///
    /// [`OpenError::Open`] if the file cannot be opened or is read-only.
    pub async fn has_free_write_lock(
        url_or_path: impl AsRef<str>,
        #[cfg_attr(not(feature = "sqlite"), expect(unused_variables))] options: StoreOptions,
    ) -> Result<bool, OpenError> {
        let address = url_or_path.as_ref();
        match Kind::of(address)? {
            #[cfg(feature = "sqlite")]
            Kind::Sqlite => sqlite::has_free_write_lock(address, &options).await,
            #[cfg(feature = "postgres")]
            Kind::Postgres => Ok(true),
        }
    }

    /// Free space on the disk of a SQLite file, in bytes. `None` on PostgreSQL, whose server does not tell.
    ///
    /// # Errors
    ///
    /// [`OpenError::Missing`] and [`OpenError::Open`] if there is no such file, or the disk cannot be asked.
    pub fn free_space(url_or_path: impl AsRef<str>) -> Result<Option<u64>, OpenError> {
        let address = url_or_path.as_ref();
        match Kind::of(address)? {
            #[cfg(feature = "sqlite")]
            Kind::Sqlite => sqlite::free_space(address).map(Some),
            #[cfg(feature = "postgres")]
            Kind::Postgres => Ok(None),
        }
    }

    /// The time on the database server; `None` for a file.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the server does not answer.
    pub async fn server_time(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = self.database.first(SERVER_TIME, &[]).await?;
        let micros = row.map(|row| row.optional_number(0)).transpose()?.flatten();
        Ok(micros.and_then(DateTime::from_timestamp_micros))
    }
}

const SERVER_TIME: Statement = each(
    "SELECT NULL",
    "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT",
);
