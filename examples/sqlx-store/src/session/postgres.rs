//! Connections of PostgreSQL that wait for no answer without end, and return to the pool only without a transaction.
//!
//! A connection is the store's own, or leads through a pooler in transaction mode (PgBouncer), which lends a connection of
//! the server for one transaction. Then nothing of a session survives: every statement is in a transaction, which begins by
//! setting its limits and its schema, and no statement is prepared by a name.

use std::{future::Future, io, time::Duration};

use sqlx::{PgConnection, PgPool, SqlStr, pool::PoolConnection, query::Query, raw_sql};

use super::{
    statement::Statement,
    step::{Needs, Question, Step, StepsResult},
    value::{Row, Value, bound, rows},
};

#[derive(Clone)]
pub(crate) struct Postgres {
    pool: PgPool,
    /// The command that begins a transaction, with its settings.
    begin: SqlStr,
    is_pooled: bool,
    patience: Duration,
}

impl Postgres {
    /// Connections of the store's own. No answer takes longer than `patience`, even if the server is gone without a word.
    pub(crate) fn new(pool: PgPool, begin: SqlStr, patience: Duration) -> Self {
        Self {
            pool,
            begin,
            is_pooled: false,
            patience,
        }
    }

    /// Connections through a pooler in transaction mode.
    pub(crate) fn pooled(pool: PgPool, begin: SqlStr, patience: Duration) -> Self {
        Self {
            is_pooled: true,
            ..Self::new(pool, begin, patience)
        }
    }

    pub(super) async fn all(
        &self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, sqlx::Error> {
        let questions = [(statement, values)];
        let mut answers = self.ask(&questions).await?;
        Ok(answers.pop().unwrap_or_default())
    }

    pub(super) async fn all_of(
        &self,
        questions: &[Question<'_>],
    ) -> Result<Vec<Vec<Row>>, sqlx::Error> {
        let questions: Vec<_> = questions
            .iter()
            .map(|(statement, values)| (*statement, values.as_slice()))
            .collect();
        self.ask(&questions).await
    }

    async fn ask(
        &self,
        questions: &[(Statement, &[Value<'_>])],
    ) -> Result<Vec<Vec<Row>>, sqlx::Error> {
        let mut answers = Vec::with_capacity(questions.len());
        if self.is_pooled {
            let mut transaction = self.begin().await?;
            for (statement, values) in questions {
                answers.push(transaction.all(*statement, values).await?);
            }
            transaction.commit().await?;
            return Ok(answers);
        }
        let mut connection = self.pool.acquire().await?;
        for (statement, values) in questions {
            let query = bound::<sqlx::Postgres>(statement.postgres, *values);
            let answer = in_time(self.patience, query.fetch_all(&mut *connection)).await;
            if is_late(&answer) {
                connection.close_on_drop();
            }
            answers.push(rows(answer?));
        }
        Ok(answers)
    }

    /// A pooler tells nobody that a connection of the server is gone before it was asked to use it. Nothing has been done
    /// by then, so that a transaction is begun again, as one of the store's own connections would be made again.
    pub(crate) async fn begin(&self) -> Result<PostgresTransaction, sqlx::Error> {
        let mut tries = if self.is_pooled { MOST_TRIES } else { 1 };
        loop {
            tries -= 1;
            match self.begin_once().await {
                Err(error) if tries > 0 && is_lost(&error) => {}
                begun => return begun,
            }
        }
    }

    async fn begin_once(&self) -> Result<PostgresTransaction, sqlx::Error> {
        let mut transaction = PostgresTransaction {
            connection: self.pool.acquire().await?,
            is_pooled: self.is_pooled,
            ended: false,
            patience: self.patience,
        };
        transaction.command(self.begin.clone()).await?;
        Ok(transaction)
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

/// Closes its connection if it did not end, at whatever wait it was dropped: the server rolls back then. Returning the
/// connection and having it rolled back by its next user would leave a window while the `BEGIN` is on its way.
pub(crate) struct PostgresTransaction {
    connection: PoolConnection<sqlx::Postgres>,
    is_pooled: bool,
    ended: bool,
    patience: Duration,
}

impl PostgresTransaction {
    pub(super) async fn all(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, sqlx::Error> {
        let query = self.query(statement, values);
        let found = in_time(self.patience, query.fetch_all(&mut *self.connection)).await;
        found.map(rows)
    }

    pub(super) async fn execute(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<u64, sqlx::Error> {
        let query = self.query(statement, values);
        let done = in_time(self.patience, query.execute(&mut *self.connection)).await?;
        Ok(done.rows_affected())
    }

    /// Ends with the first step that does not do what it must.
    pub(super) async fn run(
        &mut self,
        commands: &[&'static str],
        steps: &[Step<'_>],
    ) -> StepsResult {
        for command in commands {
            if let Err(error) = self.command(*command).await {
                return StepsResult::Failed(0, error);
            }
        }
        for (at, step) in steps.iter().enumerate() {
            let met = match step.needs {
                Needs::Absence => {
                    let found = self.all(step.statement, &step.values).await;
                    found.map(|rows| step.needs.are_met(0, rows.len()))
                }
                Needs::Nothing | Needs::Writing => {
                    let written = self.execute(step.statement, &step.values).await;
                    written.map(|rows| step.needs.are_met(rows, 0))
                }
            };
            match met {
                Ok(true) => {}
                Ok(false) => return StepsResult::Unmet(at),
                Err(error) => return StepsResult::Failed(at, error),
            }
        }
        StepsResult::Done
    }

    pub(crate) async fn script(&mut self, sql: SqlStr) -> Result<(), sqlx::Error> {
        raw_sql(sql).execute(self.connection()).await.map(drop)
    }

    /// Runs a script that waits for something, for as long as `patience`.
    pub(crate) async fn script_within(
        &mut self,
        patience: Duration,
        sql: SqlStr,
    ) -> Result<(), sqlx::Error> {
        in_time(patience, self.script(sql)).await
    }

    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        self.end("COMMIT").await
    }

    pub(super) async fn rollback(self) -> Result<(), sqlx::Error> {
        self.end("ROLLBACK").await
    }

    async fn end(mut self, command: &'static str) -> Result<(), sqlx::Error> {
        self.command(command).await?;
        self.ended = true;
        Ok(())
    }

    fn query<'q>(
        &self,
        statement: Statement,
        values: &'q [Value<'q>],
    ) -> Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments> {
        bound::<sqlx::Postgres>(statement.postgres, values).persistent(!self.is_pooled)
    }

    fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    async fn command(&mut self, command: impl sqlx::SqlSafeStr) -> Result<(), sqlx::Error> {
        let patience = self.patience;
        let done = raw_sql(command).execute(self.connection());
        in_time(patience, done).await.map(drop)
    }
}

impl Drop for PostgresTransaction {
    fn drop(&mut self) {
        if !self.ended {
            self.connection.close_on_drop();
        }
    }
}

async fn in_time<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    tokio::time::timeout(patience, answer)
        .await
        .unwrap_or_else(|_| Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())))
}

/// Whether the connection is gone, in the words of a pooler or of the system.
fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() != io::ErrorKind::TimedOut,
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            code.starts_with("08") || code.starts_with("57P")
        }
        _ => false,
    }
}

fn is_late<T>(answer: &Result<T, sqlx::Error>) -> bool {
    matches!(answer, Err(sqlx::Error::Io(error)) if error.kind() == io::ErrorKind::TimedOut)
}

/// A pooler may hold this many dead connections to a server that was restarted.
const MOST_TRIES: u32 = 10;
