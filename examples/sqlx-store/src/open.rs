//! Opening: address, connections, migrations.

use std::{borrow::Cow, fmt, path::Path, str::FromStr, time::Duration};

use sqlx::{
    Connection, SqliteConnection, SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous},
};

use crate::error::DatabaseError;

/// The stores on one SQLite file. Cheap to clone; clones share their connections.
///
/// Several stores, in one process or in several, may be open on one file. Debug shows nothing of its contents.
#[derive(Clone)]
pub struct SqlxStore {
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
}

impl SqlxStore {
    /// Opens the database at a path or `sqlite:` URL with the default [`StoreOptions`]. A missing file is made, and the
    /// schema brought up to date.
    ///
    /// # Errors
    ///
    /// [`OpenError`]; the database is unchanged then.
    pub async fn open(url_or_path: impl AsRef<str>) -> Result<Self, OpenError> {
        Self::open_with(url_or_path, StoreOptions::default()).await
    }

    /// Opens like [`open`](Self::open), with other limits.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub async fn open_with(
        url_or_path: impl AsRef<str>,
        options: StoreOptions,
    ) -> Result<Self, OpenError> {
        let connect = connect_options(url_or_path.as_ref())?
            .create_if_missing(true)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("secure_delete", "ON")
            .busy_timeout(options.lock_timeout);
        switch_to_wal(&connect)
            .await
            .map_err(|error| OpenError::Open(DatabaseError::new(&error)))?;
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(options.lock_timeout)
            .connect_with(connect.clone())
            .await
            .map_err(|error| OpenError::Open(DatabaseError::new(&error)))?;
        migrate(&writer, &MIGRATIONS).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(options.readers.max(1))
            .acquire_timeout(options.lock_timeout)
            .connect_with(connect.create_if_missing(false).pragma("query_only", "ON"))
            .await
            .map_err(|error| OpenError::Open(DatabaseError::new(&error)))?;
        Ok(Self { writer, readers })
    }

    /// Closes every connection once its present use has ended. Later calls answer that the store is unavailable.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
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
    /// How long a call waits for a connection, and then again for the write lock, before it answers that the store is
    /// unavailable. Default: 5 s.
    pub lock_timeout: Duration,
    /// How many connections read at once, at least one. Default: 4.
    pub readers: u32,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            lock_timeout: Duration::from_secs(5),
            readers: 4,
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
    /// The database cannot be opened: path, permissions, or not a database.
    #[error("the database cannot be opened")]
    Open(#[source] DatabaseError),
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
    /// The schema could not be brought up to date. Nothing was changed.
    #[error("the database schema cannot be brought up to date")]
    Migrate(#[source] DatabaseError),
}

fn connect_options(address: &str) -> Result<SqliteConnectOptions, OpenError> {
    let options = match address.split_once(':') {
        Some(("sqlite", rest)) => {
            if rest.contains(":memory:") || rest.contains("mode=memory") {
                return Err(OpenError::Address("must be a file, not memory"));
            }
            SqliteConnectOptions::from_str(address)
                .map_err(|_| OpenError::Address("is not a readable sqlite: URL"))?
        }
        Some(("postgres" | "postgresql", _)) => {
            return Err(OpenError::Address(
                "names PostgreSQL, which is not supported",
            ));
        }
        Some((_, rest)) if rest.starts_with("//") => {
            return Err(OpenError::Address("must be a path or a sqlite: URL"));
        }
        _ if address.is_empty() || address == ":memory:" => {
            return Err(OpenError::Address("must be a file, not memory"));
        }
        _ => SqliteConnectOptions::new().filename(Path::new(address)),
    };
    Ok(options)
}

/// The mode stays with the file. Where another host is at it, switching answers busy at once whatever the time-out, so
/// this waits for the other's lock itself.
async fn switch_to_wal(options: &SqliteConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = SqliteConnection::connect_with(options).await?;
    let mut tries = 0;
    loop {
        let switched = sqlx::query("PRAGMA journal_mode = WAL")
            .execute(&mut connection)
            .await;
        match switched {
            Ok(_) => return connection.close().await,
            Err(error) if is_busy(&error) && tries < MAX_TRIES => {
                tries += 1;
                let lock = connection.begin_with("BEGIN IMMEDIATE").await?;
                lock.rollback().await?;
            }
            Err(error) => return Err(error),
        }
    }
}

fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    // The upper bytes of a code only refine it.
    code.and_then(|code| code.parse::<u32>().ok())
        .is_some_and(|code| code & 0xff == SQLITE_BUSY)
}

/// The write lock comes first: whoever waits for it finds the schema up to date.
async fn migrate(writer: &SqlitePool, migrations: &'static Migrator) -> Result<(), OpenError> {
    let failed = |error: &sqlx::Error| OpenError::Migrate(DatabaseError::new(error));
    let mut transaction = writer
        .begin_with("BEGIN IMMEDIATE")
        .await
        .map_err(|error| OpenError::Open(DatabaseError::new(&error)))?;
    // `run` takes anything that a connection can be acquired from, and its future is not `Send` then.
    let all = None;
    match migrations.run_direct(all, &mut *transaction, false).await {
        Ok(()) => transaction.commit().await.map_err(|error| failed(&error)),
        Err(MigrateError::VersionMissing(found)) if found > newest(migrations) => {
            Err(OpenError::NewerSchema {
                found,
                known: newest(migrations),
            })
        }
        Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => {
            Err(failed(&error))
        }
        Err(error) => Err(OpenError::Migrate(DatabaseError::text(Cow::Owned(
            error.to_string(),
        )))),
    }
}

fn newest(migrations: &Migrator) -> i64 {
    migrations
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or_default()
}

const SQLITE_BUSY: u32 = 5;
const MAX_TRIES: u32 = 100;
static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn commits_are_durable_and_readers_only_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pragmas.db");
        let store = SqlxStore::open(path.to_str().unwrap()).await.unwrap();
        for pool in [&store.writer, &store.readers] {
            let mode: String = sqlx::query_scalar("PRAGMA journal_mode")
                .fetch_one(pool)
                .await
                .unwrap();
            assert_eq!(mode, "wal");
        }
        let numbers = [
            ("PRAGMA synchronous", &store.writer, 2),
            ("PRAGMA foreign_keys", &store.writer, 1),
            ("PRAGMA secure_delete", &store.writer, 1),
            ("PRAGMA busy_timeout", &store.writer, 5_000),
            ("PRAGMA query_only", &store.writer, 0),
            ("PRAGMA query_only", &store.readers, 1),
        ];
        for (pragma, pool, expected) in numbers {
            let value: i64 = sqlx::query_scalar(pragma).fetch_one(pool).await.unwrap();
            assert_eq!(value, expected, "{pragma}");
        }
    }
}
