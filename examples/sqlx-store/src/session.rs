//! The seam between the ports and the two databases: whatever asks a database is written once, on these types.
//!
//! Nothing but this module and opening knows that there are two. A [`Statement`] has a text for each, mostly the same.

mod postgres;
mod readers;
mod sqlite;
mod statement;
mod step;
mod value;

use std::time::Duration;

use greenhouse_core::store::StoreError;
use sqlx::{Sqlite, SqlitePool};

#[cfg(any(test, feature = "testing"))]
pub(crate) use self::statement::Listed;
use self::value::{bound, rows};
pub(crate) use self::{
    postgres::{Postgres, PostgresTransaction},
    readers::Readers,
    sqlite::WriteAheadLog,
    statement::{Statement, both, each, statements},
    step::{Needs, Question, Step, Went},
    value::{Row, Value},
};
use crate::error::unavailable;

/// An open database. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub(crate) enum Database {
    /// One connection writes; the readers never wait for it.
    Sqlite {
        writer: SqlitePool,
        readers: Readers,
        log: WriteAheadLog,
    },
    /// Any connection does anything.
    Postgres(Postgres),
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
        match self {
            Self::Sqlite { readers, .. } => readers.all(statement.sqlite, values).await,
            Self::Postgres(postgres) => postgres.all(statement.postgres, values).await,
        }
    }

    /// The row of a statement that only reads, and finds one row at most.
    pub(crate) async fn first(
        &self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.all(statement, values).await?.into_iter().next())
    }

    /// The rows of each of several statements that only read, in one exchange where the database has that. What is written in
    /// between may show in some of them.
    pub(crate) async fn all_of(
        &self,
        questions: &[Question<'_>],
    ) -> Result<Vec<Vec<Row>>, StoreError> {
        match self {
            Self::Sqlite { readers, .. } => readers.all_of(questions).await,
            Self::Postgres(postgres) => postgres.all_of(questions).await,
        }
        .map_err(unavailable)
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
            Self::Sqlite { writer, .. } => {
                let begun = writer.begin_with("BEGIN IMMEDIATE").await;
                begun.map(Transaction::Sqlite)
            }
            Self::Postgres(postgres) => postgres.begin().await.map(Transaction::Postgres),
        }
    }

    /// Commits what erases, and sees to it that what was erased is in no file. On PostgreSQL that is the server's to see
    /// to: it is gone from the table, and from its files with the next vacuum.
    pub(crate) async fn commit_erasing(&self, transaction: Transaction) -> Result<(), sqlx::Error> {
        self.commit_what_erases(transaction).await?;
        self.forget_erased_patiently().await;
        Ok(())
    }

    /// Commits what erases. What was erased may be in a file until it is forgotten, too.
    pub(crate) async fn commit_what_erases(
        &self,
        transaction: Transaction,
    ) -> Result<(), sqlx::Error> {
        let Self::Sqlite { log, .. } = self else {
            return transaction.commit().await;
        };
        // Said before the commit, since this future can be dropped, and after it, since the log may have been emptied in
        // between.
        log.holds_erased();
        transaction.commit().await?;
        log.holds_erased();
        Ok(())
    }

    /// Sees to it that what was erased is in no file. Where readers are in the way for long, the next write sees to it.
    pub(crate) async fn forget_erased_patiently(&self) {
        if let Self::Sqlite { log, .. } = self {
            log.empty(PATIENCE_WITH_READERS).await;
        }
    }

    /// Sees to what was left to the next write, without waiting.
    pub(crate) async fn forget_erased(&self) {
        if let Self::Sqlite { log, .. } = self {
            log.empty(Duration::ZERO).await;
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite {
                writer, readers, ..
            } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(postgres) => postgres.pool.close().await,
        }
    }
}

/// A write that has begun. Its errors are those of the driver: a caller can tell a conflict by them.
pub(crate) enum Transaction {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(PostgresTransaction),
}

impl Transaction {
    /// The rows that a statement finds or returns.
    pub(crate) async fn all(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, sqlx::Error> {
        match self {
            Self::Sqlite(transaction) => {
                let query = bound::<Sqlite>(statement.sqlite, values);
                query.fetch_all(&mut **transaction).await.map(rows)
            }
            Self::Postgres(transaction) => transaction.all(statement.postgres, values).await,
        }
    }

    /// The rows that each of several statements finds.
    pub(crate) async fn all_of(
        &mut self,
        questions: &[Question<'_>],
    ) -> Result<Vec<Vec<Row>>, sqlx::Error> {
        match self {
            Self::Sqlite(transaction) => step::ask(transaction, questions).await,
            Self::Postgres(transaction) => transaction.all_of(questions).await,
        }
    }

    /// The row of a statement that finds or returns one row at most.
    pub(crate) async fn first(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Option<Row>, sqlx::Error> {
        Ok(self.all(statement, values).await?.into_iter().next())
    }

    /// Runs a statement, and says how many rows it wrote.
    pub(crate) async fn execute(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<u64, sqlx::Error> {
        match self {
            Self::Sqlite(transaction) => {
                let query = bound::<Sqlite>(statement.sqlite, values);
                let done = query.execute(&mut **transaction).await?;
                Ok(done.rows_affected())
            }
            Self::Postgres(transaction) => transaction.execute(statement.postgres, values).await,
        }
    }

    /// Runs commands, which are no [`Statement`]s, such as a savepoint, and then the steps, up to the first that does not do
    /// what it must, or beyond.
    pub(crate) async fn run(&mut self, commands: &[&'static str], steps: &[Step<'_>]) -> Went {
        match self {
            Self::Sqlite(transaction) => step::run(transaction, commands, steps).await,
            Self::Postgres(transaction) => transaction.run(commands, steps).await,
        }
    }

    /// Runs what is no [`Statement`], such as a savepoint.
    pub(crate) async fn command(&mut self, command: &'static str) -> Result<(), sqlx::Error> {
        match self.run(&[command], &[]).await {
            Went::Wrong(_, error) => Err(error),
            Went::Well | Went::InVain(_) => Ok(()),
        }
    }

    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await,
            Self::Postgres(transaction) => transaction.end("COMMIT").await,
        }
    }

    pub(crate) async fn rollback(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(transaction) => transaction.rollback().await,
            Self::Postgres(transaction) => transaction.end("ROLLBACK").await,
        }
    }
}

/// Reads are short, so that they are seldom in the way for longer.
const PATIENCE_WITH_READERS: Duration = Duration::from_millis(250);
