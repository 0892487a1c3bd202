//! Pool of read connections to a SQLite file.
//!
//! The driver's pool tests each connection with a query when it is released. The test would double
//! the time of a read and is not needed, because a connection to a file is not lost.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{Connection, Sqlite, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

use super::{
    super::{
        step::BoundStatement,
        value::{Row, Value, bind, rows},
    },
    batch,
};

/// The pool, shared by the clones of a store.
#[derive(Clone)]
pub(crate) struct Readers(Arc<Connections>);

struct Connections {
    connect: SqliteConnectOptions,
    max: u32,
    permits: Semaphore,
    acquire_timeout: Duration,
    idle: Mutex<Vec<SqliteConnection>>,
}

impl Readers {
    /// Creates a pool of up to `max` connections (at least one), which are opened when needed.
    pub(crate) fn new(connect: SqliteConnectOptions, max: u32, acquire_timeout: Duration) -> Self {
        let max = max.max(1);
        Self(Arc::new(Connections {
            connect,
            max,
            permits: Semaphore::new(max as usize),
            acquire_timeout,
            idle: Mutex::default(),
        }))
    }

    /// Returns the rows of a statement.
    pub(super) async fn all(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, sqlx::Error> {
        let mut reader = self.reader().await?;
        let connection = reader.connection()?;
        let found = bind::<Sqlite>(sql, values).fetch_all(connection).await;
        reader.keep_unless_broken(found).map(rows)
    }

    /// Returns the rows of each statement.
    pub(super) async fn all_of(
        &self,
        statements: &[BoundStatement<'_>],
    ) -> Result<Vec<Vec<Row>>, sqlx::Error> {
        let mut reader = self.reader().await?;
        let found = batch::read(reader.connection()?, statements).await;
        reader.keep_unless_broken(found)
    }

    pub(crate) async fn reader(&self) -> Result<Reader<'_>, sqlx::Error> {
        let permit = timeout(self.0.acquire_timeout, self.0.permits.acquire()).await;
        let permit = permit
            .map_err(|_| sqlx::Error::PoolTimedOut)?
            .map_err(|_| sqlx::Error::PoolClosed)?;
        let connection = match self.0.take() {
            Some(connection) => connection,
            None => SqliteConnection::connect_with(&self.0.connect).await?,
        };
        Ok(Reader {
            connection: Some(connection),
            connections: &self.0,
            _permit: permit,
        })
    }

    /// Closes the connections after the reads in progress.
    pub(crate) async fn close(&self) {
        // An error means that the pool is already closed.
        let _all = self.0.permits.acquire_many(self.0.max).await;
        self.0.permits.close();
        while let Some(connection) = self.0.take() {
            // A failure loses nothing, because the connection only read.
            let _ = connection.close().await;
        }
    }
}

impl Connections {
    fn take(&self) -> Option<SqliteConnection> {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
    }
}

/// A connection for one read. It is reused even if the read was dropped, because the connection
/// runs its commands in sequence.
pub(crate) struct Reader<'a> {
    pub(crate) connection: Option<SqliteConnection>,
    connections: &'a Connections,
    // Dropped after the connection is back in the pool.
    _permit: SemaphorePermit<'a>,
}

impl Reader<'_> {
    fn connection(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        self.connection.as_mut().ok_or(sqlx::Error::WorkerCrashed)
    }

    /// Discards the connection after an error, unless the statement caused the error.
    fn keep_unless_broken<T>(&mut self, found: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        if matches!(&found, Err(error) if error.as_database_error().is_none()) {
            self.connection = None;
        }
        found
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let idle = self.connections.idle.lock();
        let mut idle = idle.unwrap_or_else(PoisonError::into_inner);
        idle.extend(self.connection.take());
    }
}
