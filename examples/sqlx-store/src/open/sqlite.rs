use std::{fs::OpenOptions, path::Path, str::FromStr, sync::LazyLock, time::Duration};

use sqlx::{
    Connection, SqliteConnection, SqlitePool,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous},
};

use super::{StoreOptions, embedded::embedded_migrations, migrate, upgrade_schema};
use crate::{
    error::OpenError,
    seal::MasterKeys,
    session::{Database, Readers, SqliteFile, Transaction, WriteAheadLog, begin},
};

pub(super) async fn open(
    address: &str,
    keys: &MasterKeys,
    options: &StoreOptions,
) -> Result<Database, OpenError> {
    if !options.create_if_missing {
        existing_file(address)?;
    }
    let connect = with_pragmas(connect_options(address)?, options).create_if_missing(true);
    check_schema(options)?;
    refuse_another_program(&connect, options).await?;
    create_private(connect.get_filename());
    // Another host can hold the write lock during a long migration.
    let migrating = connect.clone().busy_timeout(options.opening_timeout);
    switch_to_wal(&migrating).await.map_err(OpenError::open)?;
    let opening = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(migrating)
        .await
        .map_err(OpenError::open)?;
    if let Err(error) = migrate(&opening, keys).await {
        opening.close().await;
        return Err(error);
    }
    let connect = connect.create_if_missing(false);
    // A connection to a file is not lost. The pool tests a connection when it is released; a second
    // test before each use would take as long as a read.
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(options.write_timeout)
        .test_before_acquire(false)
        .connect_with(connect.clone())
        .await
        .map_err(OpenError::open)?;
    opening.close().await;
    let read_only = connect.clone().pragma("query_only", "ON");
    let readers = Readers::new(read_only, options.readers, options.lock_timeout);
    let log = WriteAheadLog::new(connect);
    // A host that stopped right after an erasure can have left the erased data in the log. If a
    // reader blocks the checkpoint now, this store's next write removes it.
    if !log.truncate(Duration::ZERO).await.unwrap_or(false) {
        log.mark_erased();
    }
    Ok(Database::Sqlite(SqliteFile {
        writer,
        readers,
        log,
    }))
}

/// Opens read-only connections to an existing file. Also returns the expected migrations.
pub(super) async fn open_read_only(
    address: &str,
    options: &StoreOptions,
) -> Result<(Database, &'static Migrator), OpenError> {
    let connect = with_pragmas(existing_file(address)?, options).pragma("query_only", "ON");
    check_schema(options)?;
    Ok((read_only(connect, options), &MIGRATIONS))
}

/// Returns a database whose connections are opened when needed. `connect` must be read-only.
fn read_only(connect: SqliteConnectOptions, options: &StoreOptions) -> Database {
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(options.write_timeout);
    Database::Sqlite(SqliteFile {
        writer: writer.connect_lazy_with(connect.clone()),
        readers: Readers::new(connect.clone(), options.readers, options.lock_timeout),
        log: WriteAheadLog::new(connect),
    })
}

/// Fails if the file belongs to another program. The migration repeats this check under the write
/// lock.
async fn refuse_another_program(
    connect: &SqliteConnectOptions,
    options: &StoreOptions,
) -> Result<(), OpenError> {
    let path = connect.get_filename();
    if path.metadata().is_ok_and(|file| file.len() == 0) || !path.exists() {
        return Ok(());
    }
    let connect = connect.clone().create_if_missing(false).read_only(true);
    let file = read_only(connect.busy_timeout(options.opening_timeout), options);
    let refused = migrate::refuse_another_program(&file, &MIGRATIONS).await;
    file.close().await;
    match refused {
        Err(OpenError::AnotherProgram { .. }) => refused,
        // The write connection reports any other error.
        _ => Ok(()),
    }
}

fn check_schema(options: &StoreOptions) -> Result<(), OpenError> {
    match options.schema {
        Some(_) => Err(OpenError::Schema(
            "is not supported by SQLite: remove the option or use PostgreSQL",
        )),
        None => Ok(()),
    }
}

pub(super) async fn has_free_write_lock(
    address: &str,
    options: &StoreOptions,
) -> Result<bool, OpenError> {
    let connect = with_pragmas(existing_file(address)?, options);
    let probe = async {
        let mut connection = SqliteConnection::connect_with(&connect).await?;
        let mut lock = connection.begin_with("BEGIN IMMEDIATE").await?;
        // `BEGIN IMMEDIATE` succeeds on a read-only file; this UPDATE does not.
        sqlx::query(WRITES_NOTHING).execute(&mut *lock).await?;
        lock.rollback().await?;
        connection.close().await
    };
    match probe.await {
        Ok(()) => Ok(true),
        Err(error) if is_busy(&error) => Ok(false),
        Err(error) => Err(OpenError::open(error)),
    }
}

pub(super) fn free_space(address: &str) -> Result<u64, OpenError> {
    let connect = existing_file(address)?;
    let free = fs4::available_space(connect.get_filename());
    free.map_err(|error| OpenError::open(error.into()))
}

/// Returns the connect options for a file, and fails if the file does not exist. If the file cannot
/// be accessed, connecting reports the error.
fn existing_file(address: &str) -> Result<SqliteConnectOptions, OpenError> {
    let connect = connect_options(address)?.create_if_missing(false);
    if connect
        .get_filename()
        .try_exists()
        .is_ok_and(|there| !there)
    {
        return Err(OpenError::Missing);
    }
    Ok(connect)
}

fn with_pragmas(connect: SqliteConnectOptions, options: &StoreOptions) -> SqliteConnectOptions {
    connect
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("secure_delete", "ON")
        .busy_timeout(options.lock_timeout)
}

fn connect_options(address: &str) -> Result<SqliteConnectOptions, OpenError> {
    let options = match address.split_once(':') {
        Some(("sqlite", rest)) => {
            if rest.contains(":memory:") || rest.contains("mode=memory") {
                return Err(OpenError::Address(
                    "must be the path of a file: in-memory databases are not supported",
                ));
            }
            SqliteConnectOptions::from_str(address)
                .map_err(|_| OpenError::Address("is not a valid sqlite: URL"))?
        }
        Some((_, rest)) if rest.starts_with("//") => {
            return Err(OpenError::Address(
                "must be a path, a sqlite: URL or a postgres: URL",
            ));
        }
        _ if address.is_empty() || address == ":memory:" => {
            return Err(OpenError::Address(
                "must be the path of a file: in-memory databases are not supported",
            ));
        }
        _ => SqliteConnectOptions::new().filename(Path::new(address)),
    };
    Ok(options)
}

/// Creates a missing file that only its owner can access, because it contains personal data. SQLite
/// copies the mode to its other files. Errors are ignored here, because opening the database
/// reports them.
fn create_private(path: &Path) {
    let mut file = OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    let _ = file.open(path);
}

/// Switches the file to WAL mode. While another host writes, SQLite immediately reports that the
/// file is busy, despite the timeout, so this function waits for the write lock between attempts.
async fn switch_to_wal(options: &SqliteConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = SqliteConnection::connect_with(options).await?;
    let mut attempts = 0;
    loop {
        let switched = sqlx::query("PRAGMA journal_mode = WAL")
            .execute(&mut connection)
            .await;
        match switched {
            Ok(_) => return connection.close().await,
            Err(error) if is_busy(&error) && attempts < MAX_ATTEMPTS => {
                attempts += 1;
                let lock = connection.begin_with("BEGIN IMMEDIATE").await?;
                lock.rollback().await?;
            }
            Err(error) => return Err(error),
        }
    }
}

fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    // The lowest byte of an extended code is the primary code.
    code.and_then(|code| code.parse::<u32>().ok())
        .is_some_and(|code| code & 0xff == SQLITE_BUSY)
}

/// Migrates the schema under the write lock.
async fn migrate(opening: &SqlitePool, keys: &MasterKeys) -> Result<(), OpenError> {
    let begun = begin(opening).await.map_err(OpenError::open)?;
    upgrade_schema(Transaction::Sqlite(begun), &MIGRATIONS, keys).await
}

const WRITES_NOTHING: &str = "UPDATE _greenhouse_migrations SET version = version WHERE FALSE";
const SQLITE_BUSY: u32 = 5;
const MAX_ATTEMPTS: u32 = 100;
static MIGRATIONS: LazyLock<Migrator> = embedded_migrations!("sqlite");

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::*;
    use crate::MasterKey;

    #[cfg(unix)]
    #[tokio::test]
    async fn a_new_file_is_accessible_only_to_its_owner() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rights.db");
        let keys = MasterKeys::new(MasterKey::generate().unwrap(), []);
        let opened = open(path.to_str().unwrap(), &keys, &StoreOptions::default()).await;
        let Ok(_open) = opened else {
            panic!("the file does not open");
        };
        for suffix in ["", "-wal", "-shm"] {
            let file = std::fs::metadata(format!("{}{suffix}", path.display())).unwrap();
            assert_eq!(file.permissions().mode() & 0o777, 0o600, "{suffix}");
        }
    }

    #[tokio::test]
    async fn commits_are_durable_and_readers_only_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pragmas.db");
        let keys = MasterKeys::new(MasterKey::generate().unwrap(), []);
        let opened = open(path.to_str().unwrap(), &keys, &StoreOptions::default()).await;
        let database = opened.unwrap();
        #[cfg_attr(not(feature = "postgres"), expect(irrefutable_let_patterns))]
        let Database::Sqlite(SqliteFile {
            writer, readers, ..
        }) = database
        else {
            panic!("expected a SQLite database");
        };
        let pragmas = [
            ("PRAGMA journal_mode", "wal", "wal"),
            ("PRAGMA synchronous", "2", "2"),
            ("PRAGMA foreign_keys", "1", "1"),
            ("PRAGMA secure_delete", "1", "1"),
            ("PRAGMA busy_timeout", "5000", "5000"),
            ("PRAGMA query_only", "0", "1"),
        ];
        for (pragma, for_writer, for_reader) in pragmas {
            let (mut read, mut written) = (
                readers.reader().await.unwrap(),
                writer.acquire().await.unwrap(),
            );
            assert_eq!(value(pragma, &mut written).await, for_writer, "{pragma}");
            assert_eq!(
                value(pragma, read.connection.as_mut().unwrap()).await,
                for_reader,
                "{pragma}"
            );
        }
    }

    async fn value(pragma: &'static str, connection: &mut SqliteConnection) -> String {
        let row = sqlx::query(pragma).fetch_one(connection).await.unwrap();
        let number = row.try_get::<i64, _>(0).map(|number| number.to_string());
        number.unwrap_or_else(|_| row.get(0))
    }
}
