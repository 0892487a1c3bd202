//! Connections of PostgreSQL that wait for no answer without end, and come back to the pool only without a transaction.

use std::{future::Future, io, time::Duration};

use sqlx::{PgConnection, PgPool, pool::PoolConnection, raw_sql};

use super::{
    step::{Needs, Question, Step, Went},
    value::{Row, Value, bound, rows},
};

#[derive(Clone)]
pub(crate) struct Postgres {
    pub(super) pool: PgPool,
    patience: Duration,
}

impl Postgres {
    /// No answer takes longer than `patience`, even where the server has gone without a word.
    pub(crate) fn new(pool: PgPool, patience: Duration) -> Self {
        Self { pool, patience }
    }

    pub(super) async fn all(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, sqlx::Error> {
        let mut connection = self.pool.acquire().await?;
        self.all_by(&mut connection, sql, values).await
    }

    pub(super) async fn all_of(
        &self,
        questions: &[Question<'_>],
    ) -> Result<Vec<Vec<Row>>, sqlx::Error> {
        let mut connection = self.pool.acquire().await?;
        let mut answers = Vec::with_capacity(questions.len());
        for (statement, values) in questions {
            let answer = self
                .all_by(&mut connection, statement.postgres, values)
                .await?;
            answers.push(answer);
        }
        Ok(answers)
    }

    async fn all_by(
        &self,
        connection: &mut PoolConnection<sqlx::Postgres>,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, sqlx::Error> {
        let query = bound::<sqlx::Postgres>(sql, values);
        let answer = in_time(self.patience, query.fetch_all(&mut **connection)).await;
        if is_late(&answer) {
            connection.close_on_drop();
        }
        answer.map(rows)
    }

    pub(crate) async fn begin(&self) -> Result<PostgresTransaction, sqlx::Error> {
        let mut transaction = PostgresTransaction {
            connection: self.pool.acquire().await?,
            ended: false,
            patience: self.patience,
        };
        transaction
            .command("BEGIN ISOLATION LEVEL READ COMMITTED")
            .await?;
        Ok(transaction)
    }
}

/// Closes its connection where it did not end, at whatever wait it was dropped: the server rolls back then. To hand the
/// connection back and have it rolled back by its next user would leave a window while the `BEGIN` is on its way.
pub(crate) struct PostgresTransaction {
    connection: PoolConnection<sqlx::Postgres>,
    ended: bool,
    patience: Duration,
}

impl PostgresTransaction {
    pub(super) async fn all(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, sqlx::Error> {
        let query = bound::<sqlx::Postgres>(sql, values);
        let found = in_time(self.patience, query.fetch_all(&mut *self.connection)).await;
        found.map(rows)
    }

    pub(super) async fn all_of(
        &mut self,
        questions: &[Question<'_>],
    ) -> Result<Vec<Vec<Row>>, sqlx::Error> {
        let mut answers = Vec::with_capacity(questions.len());
        for (statement, values) in questions {
            answers.push(self.all(statement.postgres, values).await?);
        }
        Ok(answers)
    }

    pub(super) async fn execute(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<u64, sqlx::Error> {
        let query = bound::<sqlx::Postgres>(sql, values);
        let done = in_time(self.patience, query.execute(&mut *self.connection)).await?;
        Ok(done.rows_affected())
    }

    /// Ends with the first step that does not do what it must.
    pub(super) async fn run(&mut self, commands: &[&'static str], steps: &[Step<'_>]) -> Went {
        for command in commands {
            if let Err(error) = self.command(command).await {
                return Went::Wrong(0, error);
            }
        }
        for (at, step) in steps.iter().enumerate() {
            let sql = step.statement.postgres;
            let met = match step.needs {
                Needs::Absence => {
                    let found = self.all(sql, &step.values).await;
                    found.map(|rows| step.needs.are_met(0, rows.len()))
                }
                Needs::Nothing | Needs::Writing => {
                    let written = self.execute(sql, &step.values).await;
                    written.map(|rows| step.needs.are_met(rows, 0))
                }
            };
            match met {
                Ok(true) => {}
                Ok(false) => return Went::InVain(at),
                Err(error) => return Went::Wrong(at, error),
            }
        }
        Went::Well
    }

    pub(super) async fn end(mut self, command: &'static str) -> Result<(), sqlx::Error> {
        self.command(command).await?;
        self.ended = true;
        Ok(())
    }

    /// For what is not run as a [`Statement`](super::Statement), and may take its time.
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    async fn command(&mut self, command: &'static str) -> Result<(), sqlx::Error> {
        let done = raw_sql(command).execute(&mut *self.connection);
        in_time(self.patience, done).await?;
        Ok(())
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

fn is_late<T>(answer: &Result<T, sqlx::Error>) -> bool {
    matches!(answer, Err(sqlx::Error::Io(error)) if error.kind() == io::ErrorKind::TimedOut)
}
