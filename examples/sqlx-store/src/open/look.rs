//! Opening to look: what cannot be used as it is gets a reason, and stays as it is.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use greenhouse_core::store::StoreError;
use sqlx::migrate::Migrator;

use super::{OpenError, SqlxStore, StoreOptions, is_postgres, migrate, postgres, sqlite};
use crate::{
    accounts::KnownAccounts,
    door::WriteQueue,
    error::DatabaseError,
    keys,
    seal::MasterKeys,
    session::{Database, Row, Statement, both, each},
};

impl SqlxStore {
    /// Opens a database to read it, and changes nothing: no file is made, no schema brought up to date, no key listed. A
    /// write to this store is refused by the database, and answers that the store is unavailable.
    ///
    /// # Errors
    ///
    /// [`OpenError`] where [`open`](Self::open) would fail, and where it would make a file ([`OpenError::Missing`]) or bring a
    /// schema up to date ([`OpenError::OlderSchema`]).
    pub async fn open_to_look(
        url_or_path: impl AsRef<str>,
        keys: MasterKeys,
        options: StoreOptions,
    ) -> Result<Self, OpenError> {
        let address = url_or_path.as_ref();
        let (database, migrations) = if is_postgres(address) {
            postgres::open_to_look(address, &options).await?
        } else {
            sqlite::open_to_look(address, &options).await?
        };
        let looked = match is_up_to_date(&database, migrations).await {
            Ok(()) => keys::holds_needed(&database, &keys).await,
            Err(error) => Err(error),
        };
        if let Err(error) = looked {
            database.close().await;
            return Err(error);
        }
        Ok(Self {
            database,
            keys,
            known_accounts: KnownAccounts::default(),
            queue: WriteQueue::new(options.turn_timeout),
        })
    }

    /// Whether a SQLite file can be written to: its write lock is taken and given back within
    /// [`lock_timeout`](StoreOptions::lock_timeout), and nothing is written. False where somebody holds the lock for longer;
    /// always true on PostgreSQL, where writers do not wait for each other.
    ///
    /// # Errors
    ///
    /// [`OpenError::Open`] where the file may not be written to, or cannot be opened.
    pub async fn has_free_write_lock(
        url_or_path: impl AsRef<str>,
        options: StoreOptions,
    ) -> Result<bool, OpenError> {
        let address = url_or_path.as_ref();
        if is_postgres(address) {
            return Ok(true);
        }
        sqlite::has_free_write_lock(address, &options).await
    }

    /// What time it is on the server of the database; none for a file.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] where it could not be asked.
    pub async fn server_time(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        if let Database::Sqlite { .. } = self.database {
            return Ok(None);
        }
        let row = self.database.first(SERVER_TIME, &[]).await?;
        let micros = row.map(|row| row.number(0)).transpose()?;
        Ok(micros.and_then(DateTime::from_timestamp_micros))
    }
}

/// Whether the migrations that ran are those that are known.
async fn is_up_to_date(database: &Database, migrations: &Migrator) -> Result<(), OpenError> {
    let has_run_any = !read(database, MIGRATIONS_TABLE).await?.is_empty();
    let mut ran = Vec::new();
    if has_run_any {
        for row in read(database, RAN).await? {
            let unreadable = |_| OpenError::Open(DatabaseError::text(Cow::Borrowed(UNREADABLE)));
            ran.push((
                row.number(0).map_err(unreadable)?,
                row.bytes(1).map_err(unreadable)?,
            ));
        }
    }
    let (known, found) = (
        migrate::newest(migrations),
        ran.last().map_or(0, |(version, _)| *version),
    );
    if found > known {
        return Err(OpenError::NewerSchema { found, known });
    }
    for (version, digest) in &ran {
        let migration = migrations.iter().find(|known| known.version == *version);
        if migration.is_none_or(|known| *known.checksum != **digest) {
            let text = format!("migration {version} is another one in the database than here");
            return Err(OpenError::Migrate(DatabaseError::text(Cow::Owned(text))));
        }
    }
    let mut versions = migrations.iter().map(|known| known.version);
    if versions.any(|version| ran.iter().all(|(one, _)| *one != version)) {
        return Err(OpenError::OlderSchema { found, known });
    }
    Ok(())
}

async fn read(database: &Database, statement: Statement) -> Result<Vec<Row>, OpenError> {
    let found = database.all_raw(statement, &[]).await;
    found.map_err(OpenError::open)
}

const UNREADABLE: &str = "the list of its migrations cannot be read";
const MIGRATIONS_TABLE: Statement = each(
    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'",
    "SELECT 1 FROM pg_class WHERE oid = to_regclass('_sqlx_migrations')",
);
const RAN: Statement = both("SELECT version, checksum FROM _sqlx_migrations ORDER BY version");
const SERVER_TIME: Statement = each(
    "SELECT NULL",
    "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT",
);
