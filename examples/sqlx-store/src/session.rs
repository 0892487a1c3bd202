//! Common interface to SQLite and PostgreSQL.
//!
//! Only this module and `open` distinguish the databases. A [`Statement`] has a text for each
//! database; the two are usually the same.

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
mod statement;
mod step;
mod value;

use greenhouse_core::store::StoreError;
use sqlx::SqlStr;

#[cfg(feature = "postgres")]
pub(crate) use self::postgres::{Postgres, PostgresTransaction};
#[cfg(feature = "sqlite")]
pub(crate) use self::sqlite::{Readers, SqliteFile, SqliteTransaction, WriteAheadLog, begin};
#[cfg(any(test, feature = "testing"))]
pub(crate) use self::statement::FileStatements;
pub(crate) use self::{
    statement::{Statement, both, each, statements},
    step::{BoundStatement, Step, StepCondition, StepsResult},
    value::{Row, Value},
};
use crate::error::unavailable;

/// An open database. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub(crate) enum Database {
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteFile),
    #[cfg(feature = "postgres")]
    Postgres(Postgres),
}

/// Calls the same method on either database.
macro_rules! either {
    ($this:expr, $it:ident => $call:expr) => {
        match $this {
            #[cfg(feature = "sqlite")]
            Self::Sqlite($it) => $call,
            #[cfg(feature = "postgres")]
            Self::Postgres($it) => $call,
        }
    };
}

impl Database {
    /// Returns the rows of a read-only statement.
    pub(crate) async fn all(
        &self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        self.all_raw(statement, values).await.map_err(unavailable)
    }

    /// Like [`all`](Self::all), but returns the driver's error.
    pub(crate) async fn all_raw(
        &self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, sqlx::Error> {
        either!(self, database => database.all(statement, values).await)
    }

    /// Returns the first row of a read-only statement.
    pub(crate) async fn first(
        &self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.all(statement, values).await?.into_iter().next())
    }

    /// Returns the rows of each read-only statement. SQLite runs the statements in one call.
    /// Another transaction can commit between two statements.
    pub(crate) async fn all_of(
        &self,
        statements: &[BoundStatement<'_>],
    ) -> Result<Vec<Vec<Row>>, StoreError> {
        either!(self, database => database.all_of(statements).await).map_err(unavailable)
    }

    /// Begins a write transaction, which is rolled back if it is dropped without a commit.
    ///
    /// On SQLite, this acquires the write lock, because a transaction that starts with a read can
    /// fail at its first write.
    pub(crate) async fn begin(&self) -> Result<Transaction, StoreError> {
        self.begin_raw().await.map_err(unavailable)
    }

    /// Like [`begin`](Self::begin), but returns the driver's error.
    pub(crate) async fn begin_raw(&self) -> Result<Transaction, sqlx::Error> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(file) => file.begin().await.map(Transaction::Sqlite),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.begin().await.map(Transaction::Postgres),
        }
    }

    /// Commits an erasure. On SQLite, also removes the erased data from the write-ahead log.
    /// PostgreSQL removes the data from its files at the next vacuum.
    pub(crate) async fn commit_and_clean(
        &self,
        transaction: Transaction,
    ) -> Result<(), sqlx::Error> {
        self.commit_erasure(transaction).await?;
        self.clean_log_waiting().await;
        Ok(())
    }

    /// Commits an erasure. On SQLite, the erased data stays in the write-ahead log until
    /// [`clean_log`](Self::clean_log) truncates the log.
    pub(crate) async fn commit_erasure(&self, transaction: Transaction) -> Result<(), sqlx::Error> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(file) => {
                // Marked before the commit, because this future can be dropped, and after it,
                // because the log can have been cleaned in between.
                file.log.mark_erased();
                transaction.commit().await?;
                file.log.mark_erased();
                Ok(())
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => transaction.commit().await,
        }
    }

    /// Removes erased data from SQLite's write-ahead log. If readers block this for too long, the
    /// next write removes the data.
    pub(crate) async fn clean_log_waiting(&self) {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(file) => file.log.clean(sqlite::CHECKPOINT_TIMEOUT).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => {}
        }
    }

    /// Removes data of earlier erasures from SQLite's write-ahead log, without waiting for readers.
    pub(crate) async fn clean_log(&self) {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(file) => file.log.clean(std::time::Duration::ZERO).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => {}
        }
    }

    pub(crate) async fn close(&self) {
        either!(self, database => database.close().await);
    }
}

/// A write transaction. Its methods return the driver's errors, so that callers can detect a
/// conflict.
pub(crate) enum Transaction {
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteTransaction),
    #[cfg(feature = "postgres")]
    Postgres(PostgresTransaction),
}

impl Transaction {
    /// Returns the rows of a statement.
    pub(crate) async fn all(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, sqlx::Error> {
        either!(self, transaction => transaction.all(statement, values).await)
    }

    /// Returns the first row of a statement.
    pub(crate) async fn first(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Option<Row>, sqlx::Error> {
        Ok(self.all(statement, values).await?.into_iter().next())
    }

    /// Runs a statement and returns the number of rows written.
    pub(crate) async fn execute(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<u64, sqlx::Error> {
        either!(self, transaction => transaction.execute(statement, values).await)
    }

    /// Runs the commands (SQL without values, such as a savepoint) and then the steps. After an
    /// unmet step, PostgreSQL stops and SQLite runs the remaining steps, so the caller must roll
    /// back.
    pub(crate) async fn run(
        &mut self,
        commands: &[&'static str],
        steps: &[Step<'_>],
    ) -> StepsResult {
        either!(self, transaction => transaction.run(commands, steps).await)
    }

    /// Runs one command.
    #[cfg(feature = "sqlite")]
    pub(crate) async fn command(&mut self, command: &'static str) -> Result<(), sqlx::Error> {
        match self.run(&[command], &[]).await {
            StepsResult::Failed(_, error) => Err(error),
            StepsResult::Done | StepsResult::Unmet(_) => Ok(()),
        }
    }

    /// Runs statements without values, such as a migration. There is no timeout.
    pub(crate) async fn script(&mut self, sql: SqlStr) -> Result<(), sqlx::Error> {
        either!(self, transaction => transaction.script(sql).await)
    }

    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        either!(self, transaction => transaction.commit().await)
    }

    pub(crate) async fn rollback(self) -> Result<(), sqlx::Error> {
        either!(self, transaction => transaction.rollback().await)
    }
}
