//! A SQLite file with one write connection and several read connections, which never wait for a
//! write.

mod batch;
mod log;
mod readers;

use std::time::Duration;

use sqlx::{SqlStr, Sqlite, SqlitePool, raw_sql};

pub(crate) use self::{log::WriteAheadLog, readers::Readers};
use super::{
    statement::Statement,
    step::{BoundStatement, Step, StepsResult},
    value::{Row, Value, bind, rows},
};

/// The connections to a SQLite file, shared by the clones of a store.
#[derive(Clone)]
pub(crate) struct SqliteFile {
    pub(crate) writer: SqlitePool,
    pub(crate) readers: Readers,
    pub(crate) log: WriteAheadLog,
}

impl SqliteFile {
    pub(super) async fn all(
        &self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, sqlx::Error> {
        self.readers.all(statement.sqlite, values).await
    }

    pub(super) async fn all_of(
        &self,
        statements: &[BoundStatement<'_>],
    ) -> Result<Vec<Vec<Row>>, sqlx::Error> {
        self.readers.all_of(statements).await
    }

    pub(crate) async fn begin(&self) -> Result<SqliteTransaction, sqlx::Error> {
        begin(&self.writer).await
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Begins a transaction and takes the write lock. `writer` must have one connection.
pub(crate) async fn begin(writer: &SqlitePool) -> Result<SqliteTransaction, sqlx::Error> {
    let begun = match writer.begin_with(BEGIN).await {
        // After some errors, such as a full disk, SQLite rolls the transaction back itself. The
        // driver then still counts it as open and refuses to begin another one.
        Err(sqlx::Error::InvalidSavePointStatement) => {
            writer.acquire().await?.close().await?;
            writer.begin_with(BEGIN).await
        }
        begun => begun,
    };
    begun.map(SqliteTransaction)
}

const BEGIN: &str = "BEGIN IMMEDIATE";

pub(crate) struct SqliteTransaction(sqlx::Transaction<'static, Sqlite>);

impl SqliteTransaction {
    pub(super) async fn all(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, sqlx::Error> {
        let query = bind::<Sqlite>(statement.sqlite, values);
        query.fetch_all(&mut *self.0).await.map(rows)
    }

    pub(super) async fn execute(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<u64, sqlx::Error> {
        let query = bind::<Sqlite>(statement.sqlite, values);
        let done = query.execute(&mut *self.0).await?;
        Ok(done.rows_affected())
    }

    pub(super) async fn run(
        &mut self,
        commands: &[&'static str],
        steps: &[Step<'_>],
    ) -> StepsResult {
        batch::run(&mut self.0, commands, steps).await
    }

    pub(super) async fn script(&mut self, sql: SqlStr) -> Result<(), sqlx::Error> {
        raw_sql(sql).execute(&mut *self.0).await.map(drop)
    }

    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        self.0.commit().await
    }

    pub(super) async fn rollback(self) -> Result<(), sqlx::Error> {
        self.0.rollback().await
    }
}

/// Maximum time to wait for readers. Reads are short and rarely block a checkpoint for longer.
pub(super) const CHECKPOINT_TIMEOUT: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use sqlx::{SqlSafeStr, sqlite::SqlitePoolOptions};

    use super::*;

    #[tokio::test]
    async fn a_transaction_ended_by_sqlite_does_not_block_the_next() {
        let writer = SqlitePoolOptions::new().max_connections(1);
        let writer = writer.connect("sqlite::memory:").await.unwrap();
        let mut ended = begin(&writer).await.unwrap();
        ended.script("ROLLBACK".into_sql_str()).await.unwrap();
        assert!(ended.commit().await.is_err());
        let next = begin(&writer).await.unwrap();
        next.commit().await.unwrap();
    }
}
