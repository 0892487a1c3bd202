//! Migrations, and the table that lists them.
//!
//! The table `_greenhouse_migrations` belongs to the store. Earlier versions used
//! `_sqlx_migrations`, the table of every program that migrates with sqlx. The store recognizes its
//! rows in that table by the checksum of its first migration, and moves them once.

use std::borrow::Cow;

use sqlx::migrate::{Migration, Migrator};

use crate::{
    error::{DatabaseError, OpenError, is_name_taken},
    session::{Database, Row, Statement, Transaction, Value, both, each},
};

/// Runs the missing migrations. Does not commit.
pub(super) async fn run(
    transaction: &mut Transaction,
    migrations: &Migrator,
) -> Result<(), OpenError> {
    let remedy = remedy(transaction);
    let mut executor = Executor::Transaction(transaction);
    let history = History::read(&mut executor, migrations).await?;
    if history.is_of_another_program(&mut executor).await? {
        return Err(another_program_error(remedy));
    }
    history.check(migrations)?;
    if history.table != HistoryTable::Own {
        script(transaction, CREATE)
            .await
            .map_err(OpenError::migrate)?;
    }
    if let HistoryTable::Shared { has_other_rows } = history.table {
        move_shared_rows(transaction, &history, has_other_rows)
            .await
            .map_err(OpenError::migrate)?;
    }
    for migration in migrations.iter().filter(|known| !history.has(known)) {
        match apply(transaction, migration).await {
            Ok(()) => {}
            Err(error) if is_name_taken(&error) => {
                return Err(OpenError::AnotherProgram {
                    remedy,
                    source: Some(DatabaseError::new(&error)),
                });
            }
            Err(error) => return Err(OpenError::migrate(error)),
        }
    }
    Ok(())
}

/// Fails if a migration is missing or unknown.
pub(super) async fn check_up_to_date(
    database: &Database,
    migrations: &Migrator,
) -> Result<(), OpenError> {
    let mut executor = Executor::Database(database);
    let history = History::read(&mut executor, migrations).await?;
    if history.is_of_another_program(&mut executor).await? {
        return Err(another_program_error(USE_OWN_FILE));
    }
    history.check(migrations)?;
    if history.table != HistoryTable::Own || migrations.iter().any(|known| !history.has(known)) {
        return Err(OpenError::OlderSchema {
            found: history.newest(),
            known: newest(migrations),
        });
    }
    Ok(())
}

/// Fails if a SQLite file contains another program's tables but none of the store's.
#[cfg(feature = "sqlite")]
pub(super) async fn refuse_another_program(
    database: &Database,
    migrations: &Migrator,
) -> Result<(), OpenError> {
    let mut executor = Executor::Database(database);
    let history = History::read(&mut executor, migrations).await?;
    match history.is_of_another_program(&mut executor).await? {
        true => Err(another_program_error(USE_OWN_FILE)),
        false => Ok(()),
    }
}

/// The migrations that have run on a database.
struct History {
    table: HistoryTable,
    /// Version and checksum of each migration, ordered by version.
    ran: Vec<(i64, Vec<u8>)>,
}

/// The table that lists the store's migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HistoryTable {
    /// `_greenhouse_migrations`.
    Own,
    /// `_sqlx_migrations`, used by earlier versions. Another program can have rows in this table.
    Shared { has_other_rows: bool },
    /// No table, because none of the store's migrations has run.
    Missing,
}

impl History {
    async fn read(executor: &mut Executor<'_>, migrations: &Migrator) -> Result<Self, OpenError> {
        let tables = executor.all(TABLES).await?;
        let names = tables.iter().map(|row| row.text(0));
        let names: Vec<String> = names.collect::<Result<_, _>>().map_err(unreadable)?;
        let has = |name: &str| names.iter().any(|found| found == name);
        if has(OWN) {
            return Ok(Self {
                table: HistoryTable::Own,
                ran: rows(executor.all(RAN).await?)?,
            });
        }
        if has(SHARED) {
            let found = rows(executor.all(RAN_SHARED).await?)?;
            let is_first = |known: &&Migration| known.version == first(migrations);
            let is_ours = migrations.iter().find(is_first).is_some_and(|known| {
                let mut rows = found.iter();
                rows.any(|(version, sum)| *version == known.version && *sum == *known.checksum)
            });
            if is_ours {
                let count = found.len();
                // The others belong to an application, also if the store has such a version now.
                let is_of_store = |version: i64, sum: &[u8]| {
                    let mut known = migrations.iter();
                    version <= LAST_SHARED
                        || known.any(|own| own.version == version && *own.checksum == *sum)
                };
                let ran: Vec<_> = found
                    .into_iter()
                    .filter(|(version, sum)| is_of_store(*version, sum))
                    .collect();
                let has_other_rows = ran.len() < count;
                return Ok(Self {
                    table: HistoryTable::Shared { has_other_rows },
                    ran,
                });
            }
        }
        Ok(Self {
            table: HistoryTable::Missing,
            ran: Vec::new(),
        })
    }

    /// Returns `true` if a SQLite file contains only another program's tables. Always `false` on
    /// PostgreSQL, whose schemas can be shared.
    async fn is_of_another_program(&self, executor: &mut Executor<'_>) -> Result<bool, OpenError> {
        if self.table != HistoryTable::Missing {
            return Ok(false);
        }
        Ok(!executor.all(ANY_TABLE).await?.is_empty())
    }

    fn check(&self, migrations: &Migrator) -> Result<(), OpenError> {
        let (found, known) = (self.newest(), newest(migrations));
        if found > known {
            return Err(OpenError::NewerSchema { found, known });
        }
        for (version, sum) in &self.ran {
            let migration = migrations.iter().find(|known| known.version == *version);
            if migration.is_none_or(|known| *known.checksum != **sum) {
                let text =
                    format!("migration {version} in the database differs from this program's");
                return Err(OpenError::Migrate(DatabaseError::text(Cow::Owned(text))));
            }
        }
        Ok(())
    }

    fn has(&self, migration: &Migration) -> bool {
        let mut ran = self.ran.iter();
        ran.any(|(version, _)| *version == migration.version)
    }

    fn newest(&self) -> i64 {
        self.ran.last().map_or(0, |(version, _)| *version)
    }
}

/// Moves the store's rows out of `_sqlx_migrations`. Drops that table if it is then empty.
async fn move_shared_rows(
    transaction: &mut Transaction,
    history: &History,
    has_other_rows: bool,
) -> Result<(), sqlx::Error> {
    for (version, _) in &history.ran {
        let version: [Value<'_>; 1] = [(*version).into()];
        transaction.execute(COPY, &version).await?;
        transaction.execute(DELETE_SHARED, &version).await?;
    }
    match has_other_rows {
        true => Ok(()),
        false => script(transaction, DROP_SHARED).await,
    }
}

async fn apply(transaction: &mut Transaction, migration: &Migration) -> Result<(), sqlx::Error> {
    transaction.script(migration.sql.clone()).await?;
    let values = [
        migration.version.into(),
        (&*migration.description).into(),
        (&*migration.checksum).into(),
    ];
    transaction.execute(INSERT, &values).await.map(drop)
}

async fn script(transaction: &mut Transaction, statement: Statement) -> Result<(), sqlx::Error> {
    transaction.execute(statement, &[]).await.map(drop)
}

/// Runs queries inside or outside a transaction.
enum Executor<'a> {
    Database(&'a Database),
    Transaction(&'a mut Transaction),
}

impl Executor<'_> {
    async fn all(&mut self, statement: Statement) -> Result<Vec<Row>, OpenError> {
        match self {
            Self::Database(database) => database.all_raw(statement, &[]).await,
            Self::Transaction(transaction) => transaction.all(statement, &[]).await,
        }
        .map_err(OpenError::open)
    }
}

fn rows(rows: Vec<Row>) -> Result<Vec<(i64, Vec<u8>)>, OpenError> {
    let read = |row: &Row| Ok((row.number(0)?, row.bytes(1)?));
    let read: Result<_, _> = rows.iter().map(read).collect();
    read.map_err(unreadable)
}

fn unreadable(_: greenhouse_core::store::StoreError) -> OpenError {
    let text = "the list of migrations cannot be read";
    OpenError::Open(DatabaseError::text(Cow::Borrowed(text)))
}

fn first(migrations: &Migrator) -> i64 {
    let versions = migrations.iter().map(|known| known.version);
    versions.min().unwrap_or_default()
}

fn newest(migrations: &Migrator) -> i64 {
    let versions = migrations.iter().map(|known| known.version);
    versions.max().unwrap_or_default()
}

fn another_program_error(remedy: &'static str) -> OpenError {
    OpenError::AnotherProgram {
        remedy,
        source: None,
    }
}

fn remedy(transaction: &Transaction) -> &'static str {
    match transaction {
        #[cfg(feature = "sqlite")]
        Transaction::Sqlite(_) => USE_OWN_FILE,
        #[cfg(feature = "postgres")]
        Transaction::Postgres(_) => "give the store its own schema",
    }
}

const USE_OWN_FILE: &str = "give the store its own file";
const OWN: &str = "_greenhouse_migrations";
const SHARED: &str = "_sqlx_migrations";
/// Last version that a store has recorded in `_sqlx_migrations`.
const LAST_SHARED: i64 = 6;

// Ignores tables that this user has no permission to read, because they belong to another program.
const TABLES: Statement = each(
    "SELECT name FROM sqlite_master WHERE type = 'table' \
        AND name IN ('_greenhouse_migrations', '_sqlx_migrations')",
    "SELECT relname::TEXT FROM pg_class WHERE oid IN \
        (to_regclass('_greenhouse_migrations'), to_regclass('_sqlx_migrations')) \
        AND has_table_privilege(oid, 'SELECT')",
);
const ANY_TABLE: Statement = each(
    "SELECT 1 FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' LIMIT 1",
    "SELECT 1 WHERE FALSE",
);
const CREATE: Statement = each(
    "CREATE TABLE _greenhouse_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
        installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, checksum BLOB NOT NULL)",
    "CREATE TABLE _greenhouse_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
        installed_on TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP, checksum BYTEA NOT NULL)",
);
const RAN: Statement =
    both("SELECT version, checksum FROM _greenhouse_migrations ORDER BY version");
const RAN_SHARED: Statement =
    both("SELECT version, checksum FROM _sqlx_migrations ORDER BY version");
const INSERT: Statement =
    both("INSERT INTO _greenhouse_migrations (version, description, checksum) VALUES ($1, $2, $3)");
const COPY: Statement = both(
    "INSERT INTO _greenhouse_migrations (version, description, installed_on, checksum) \
        SELECT version, description, installed_on, checksum FROM _sqlx_migrations WHERE version = $1",
);
const DELETE_SHARED: Statement = both("DELETE FROM _sqlx_migrations WHERE version = $1");
const DROP_SHARED: Statement = both("DROP TABLE _sqlx_migrations");
