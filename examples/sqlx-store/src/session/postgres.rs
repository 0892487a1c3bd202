//! PostgreSQL connections. Every response has a timeout, and a connection returns to the pool only
//! without an open transaction.
//!
//! Behind a pooler in transaction mode (PgBouncer), no session state survives a transaction. So
//! every statement runs in a transaction that first sets its timeouts and schema, and named
//! prepared statements are not used.

use std::{future::Future, io, time::Duration};

use sqlx::{PgConnection, PgPool, SqlStr, pool::PoolConnection, query::Query, raw_sql};

use super::{
    statement::Statement,
    step::{BoundStatement, Step, StepCondition, StepsResult},
    value::{Row, Value, bind, rows},
};

#[derive(Clone)]
pub(crate) struct Postgres {
    pool: PgPool,
    /// Command that begins a transaction and applies its settings.
    begin: SqlStr,
    is_pooled: bool,
    response_timeout: Duration,
}

impl Postgres {
    /// Wraps a pool of direct connections to the server. `response_timeout` limits the wait for
    /// every response, in case the server has disappeared.
    pub(crate) fn new(pool: PgPool, begin: SqlStr, response_timeout: Duration) -> Self {
        Self {
            pool,
            begin,
            is_pooled: false,
            response_timeout,
        }
    }

    /// Wraps a pool of connections through a pooler in transaction mode.
    pub(crate) fn pooled(pool: PgPool, begin: SqlStr, response_timeout: Duration) -> Self {
        Self {
            is_pooled: true,
            ..Self::new(pool, begin, response_timeout)
        }
    }

    pub(super) async fn all(
        &self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, sqlx::Error> {
        let mut results = self.read(&[(statement, values)]).await?;
        Ok(results.pop().unwrap_or_default())
    }

    pub(super) async fn all_of(
        &self,
        statements: &[BoundStatement<'_>],
    ) -> Result<Vec<Vec<Row>>, sqlx::Error> {
        let statements: Vec<_> = statements
            .iter()
            .map(|(statement, values)| (*statement, values.as_slice()))
            .collect();
        self.read(&statements).await
    }

    async fn read(
        &self,
        statements: &[(Statement, &[Value<'_>])],
    ) -> Result<Vec<Vec<Row>>, sqlx::Error> {
        let mut results = Vec::with_capacity(statements.len());
        if self.is_pooled {
            let mut transaction = self.begin().await?;
            for (statement, values) in statements {
                results.push(transaction.all(*statement, values).await?);
            }
            transaction.commit().await?;
            return Ok(results);
        }
        let mut connection = self.pool.acquire().await?;
        for (statement, values) in statements {
            let query = bind::<sqlx::Postgres>(statement.postgres, *values);
            let fetched =
                with_timeout(self.response_timeout, query.fetch_all(&mut *connection)).await;
            if is_timeout(&fetched) {
                connection.close_on_drop();
            }
            results.push(rows(fetched?));
        }
        Ok(results)
    }

    /// Begins a transaction. Behind a pooler, retries if the server connection was lost, because
    /// the pooler reports the loss only when the connection is next used.
    pub(crate) async fn begin(&self) -> Result<PostgresTransaction, sqlx::Error> {
        let mut attempts = if self.is_pooled { MAX_ATTEMPTS } else { 1 };
        loop {
            attempts -= 1;
            match self.begin_once().await {
                Err(error) if attempts > 0 && is_connection_lost(&error) => {}
                begun => return begun,
            }
        }
    }

    async fn begin_once(&self) -> Result<PostgresTransaction, sqlx::Error> {
        let mut transaction = PostgresTransaction {
            connection: self.pool.acquire().await?,
            is_pooled: self.is_pooled,
            ended: false,
            response_timeout: self.response_timeout,
        };
        transaction.command(self.begin.clone()).await?;
        Ok(transaction)
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

/// A transaction. If it is dropped before its end, it closes its connection, and the server rolls
/// back. Otherwise a connection dropped during `BEGIN` would return to the pool with an open
/// transaction.
pub(crate) struct PostgresTransaction {
    connection: PoolConnection<sqlx::Postgres>,
    is_pooled: bool,
    ended: bool,
    response_timeout: Duration,
}

impl PostgresTransaction {
    pub(super) async fn all(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, sqlx::Error> {
        let query = self.query(statement, values);
        let found = with_timeout(
            self.response_timeout,
            query.fetch_all(&mut *self.connection),
        )
        .await;
        found.map(rows)
    }

    pub(super) async fn execute(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<u64, sqlx::Error> {
        let query = self.query(statement, values);
        let done =
            with_timeout(self.response_timeout, query.execute(&mut *self.connection)).await?;
        Ok(done.rows_affected())
    }

    /// Stops at the first unmet step.
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
            let met = match step.condition {
                StepCondition::FindsNoRow => {
                    let found = self.all(step.statement, &step.values).await;
                    found.map(|rows| step.condition.is_met(0, rows.len()))
                }
                StepCondition::None | StepCondition::WritesRow => {
                    let written = self.execute(step.statement, &step.values).await;
                    written.map(|rows| step.condition.is_met(rows, 0))
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

    /// Runs a script with its own timeout.
    pub(crate) async fn script_within(
        &mut self,
        response_timeout: Duration,
        sql: SqlStr,
    ) -> Result<(), sqlx::Error> {
        with_timeout(response_timeout, self.script(sql)).await
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
        bind::<sqlx::Postgres>(statement.postgres, values).persistent(!self.is_pooled)
    }

    fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    async fn command(&mut self, command: impl sqlx::SqlSafeStr) -> Result<(), sqlx::Error> {
        let response_timeout = self.response_timeout;
        let done = raw_sql(command).execute(self.connection());
        with_timeout(response_timeout, done).await.map(drop)
    }
}

impl Drop for PostgresTransaction {
    fn drop(&mut self) {
        if !self.ended {
            self.connection.close_on_drop();
        }
    }
}

async fn with_timeout<T>(
    response_timeout: Duration,
    response: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    tokio::time::timeout(response_timeout, response)
        .await
        .unwrap_or_else(|_| Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())))
}

/// Returns `true` if a pooler or the operating system reports a lost connection.
fn is_connection_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() != io::ErrorKind::TimedOut,
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            code.starts_with("08") || code.starts_with("57P")
        }
        _ => false,
    }
}

fn is_timeout<T>(response: &Result<T, sqlx::Error>) -> bool {
    matches!(response, Err(sqlx::Error::Io(error)) if error.kind() == io::ErrorKind::TimedOut)
}

/// Maximum number of connection attempts. A pooler can hand out several dead connections after the
/// server restarts.
const MAX_ATTEMPTS: u32 = 10;
