//! The seam between the ports and the two databases: every statement is written once, on these types.
//!
//! Only this module and opening know that there are two databases. A [`Statement`] has a text for each, mostly the same.

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
pub(crate) use self::statement::Listed;
pub(crate) use self::{
    statement::{Statement, both, each, statements},
    step::{Needs, Question, Step, StepsResult},
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

/// Calls the same method of either database.
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
    /// The rows of a statement that only reads.
    pub(crate) async fn all(
        &self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        self.all_raw(statement, values).await.map_err(unavailable)
    }

    /// The rows like [`all`](Self::all), with the error of the driver.
    pub(crate) async fn all_raw(
        &self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, sqlx::Error> {
        either!(self, database => database.all(statement, values).await)
    }

    /// The row of a statement that only reads, and finds one row at most.
    pub(crate) async fn first(
        &self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.all(statement, values).await?.into_iter().next())
    }

    /// The rows of each of several statements that only read, in one exchange on SQLite. Another transaction may commit
    /// between two of them.
    pub(crate) async fn all_of(
        &self,
        questions: &[Question<'_>],
    ) -> Result<Vec<Vec<Row>>, StoreError> {
        either!(self, database => database.all_of(questions).await).map_err(unavailable)
    }

    /// Begins to write. Dropped without a commit, a transaction leaves nothing behind.
    ///
    /// SQLite takes the write lock at once: a transaction that begins by reading can fail for having read too early.
    pub(crate) async fn begin(&self) -> Result<Transaction, StoreError> {
        self.begin_raw().await.map_err(unavailable)
    }

    /// Begins like [`begin`](Self::begin), with the error of the driver.
    pub(crate) async fn begin_raw(&self) -> Result<Transaction, sqlx::Error> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(file) => file.begin().await.map(Transaction::Sqlite),
            #[cfg(feature = "postgres")]
            Self::Postgres(postgres) => postgres.begin().await.map(Transaction::Postgres),
        }
    }

    /// Commits an erasure, and removes the erased data from every file. PostgreSQL removes it from the table, and from its
    /// files with the next vacuum.
    pub(crate) async fn commit_erasing(&self, transaction: Transaction) -> Result<(), sqlx::Error> {
        self.commit_what_erases(transaction).await?;
        self.forget_erased_patiently().await;
        Ok(())
    }

    /// Commits an erasure. The erased data may stay in a file until it is forgotten, too.
    pub(crate) async fn commit_what_erases(
        &self,
        transaction: Transaction,
    ) -> Result<(), sqlx::Error> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(file) => {
                // Noted before the commit, since this future can be dropped, and after it, since the log may have been
                // emptied in between.
                file.log.holds_erased();
                transaction.commit().await?;
                file.log.holds_erased();
                Ok(())
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => transaction.commit().await,
        }
    }

    /// Removes erased data from every file. If readers are in the way for long, the next write removes it.
    pub(crate) async fn forget_erased_patiently(&self) {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(file) => file.log.empty(sqlite::PATIENCE_WITH_READERS).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => {}
        }
    }

    /// Removes what an earlier erasure left to the next write, without waiting.
    pub(crate) async fn forget_erased(&self) {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(file) => file.log.empty(std::time::Duration::ZERO).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => {}
        }
    }

    pub(crate) async fn close(&self) {
        either!(self, database => database.close().await);
    }
}

/// A write that has begun. Its errors are those of the driver: a caller can recognise a conflict by them.
pub(crate) enum Transaction {
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteTransaction),
    #[cfg(feature = "postgres")]
    Postgres(PostgresTransaction),
}

impl Transaction {
    /// The rows that a statement finds or returns.
    pub(crate) async fn all(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, sqlx::Error> {
        either!(self, transaction => transaction.all(statement, values).await)
    }

    /// The row of a statement that finds or returns one row at most.
    pub(crate) async fn first(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Option<Row>, sqlx::Error> {
        Ok(self.all(statement, values).await?.into_iter().next())
    }

    /// Runs a statement, and returns how many rows it wrote.
    pub(crate) async fn execute(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<u64, sqlx::Error> {
        either!(self, transaction => transaction.execute(statement, values).await)
    }

    /// Runs commands, which are no [`Statement`]s, such as a savepoint, and then the steps, up to the first that does not do
    /// what it must, or beyond.
    pub(crate) async fn run(
        &mut self,
        commands: &[&'static str],
        steps: &[Step<'_>],
    ) -> StepsResult {
        either!(self, transaction => transaction.run(commands, steps).await)
    }

    /// Runs one command, such as a savepoint.
    #[cfg(feature = "sqlite")]
    pub(crate) async fn command(&mut self, command: &'static str) -> Result<(), sqlx::Error> {
        match self.run(&[command], &[]).await {
            StepsResult::Failed(_, error) => Err(error),
            StepsResult::Done | StepsResult::Unmet(_) => Ok(()),
        }
    }

    /// Runs any number of statements without values, such as a migration, for as long as they take.
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
