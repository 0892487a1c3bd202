//! A SQLite file: one connection writes; the readers never wait for it.

mod batch;
mod log;
mod readers;

use std::time::Duration;

use sqlx::{SqlStr, Sqlite, SqlitePool, raw_sql};

pub(crate) use self::{log::WriteAheadLog, readers::Readers};
use super::{
    statement::Statement,
    step::{Question, Step, StepsResult},
    value::{Row, Value, bound, rows},
};

/// Shared by the clones of a store.
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
        questions: &[Question<'_>],
    ) -> Result<Vec<Vec<Row>>, sqlx::Error> {
        self.readers.all_of(questions).await
    }

    pub(crate) async fn begin(&self) -> Result<SqliteTransaction, sqlx::Error> {
        begin(&self.writer).await
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Takes the write lock.
pub(crate) async fn begin(writer: &SqlitePool) -> Result<SqliteTransaction, sqlx::Error> {
    let begun = writer.begin_with("BEGIN IMMEDIATE").await?;
    Ok(SqliteTransaction(begun))
}

pub(crate) struct SqliteTransaction(sqlx::Transaction<'static, Sqlite>);

impl SqliteTransaction {
    pub(super) async fn all(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, sqlx::Error> {
        let query = bound::<Sqlite>(statement.sqlite, values);
        query.fetch_all(&mut *self.0).await.map(rows)
    }

    pub(super) async fn execute(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<u64, sqlx::Error> {
        let query = bound::<Sqlite>(statement.sqlite, values);
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

/// Reads are short, so that they are seldom in the way for longer.
pub(super) const PATIENCE_WITH_READERS: Duration = Duration::from_millis(250);
