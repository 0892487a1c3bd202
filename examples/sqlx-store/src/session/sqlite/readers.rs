//! The connections of a SQLite file that only read.
//!
//! A pool of the driver tests each connection with a question of its own whenever it is given back. A read is so short that
//! this would double it, and there is no server that could have gone away.

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
        step::Question,
        value::{Row, Value, bound, rows},
    },
    batch,
};

/// Shared by the clones of a store.
#[derive(Clone)]
pub(crate) struct Readers(Arc<Connections>);

struct Connections {
    connect: SqliteConnectOptions,
    most: u32,
    turns: Semaphore,
    patience: Duration,
    idle: Mutex<Vec<SqliteConnection>>,
}

impl Readers {
    /// At most so many at once, at least one, each made when it is first needed. Nobody waits longer than `patience` for one.
    pub(crate) fn new(connect: SqliteConnectOptions, most: u32, patience: Duration) -> Self {
        let most = most.max(1);
        Self(Arc::new(Connections {
            connect,
            most,
            turns: Semaphore::new(most as usize),
            patience,
            idle: Mutex::default(),
        }))
    }

    /// The rows that a statement finds.
    pub(super) async fn all(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, sqlx::Error> {
        let mut reader = self.reader().await?;
        let connection = reader.connection()?;
        let found = bound::<Sqlite>(sql, values).fetch_all(connection).await;
        reader.keep_unless_failed(found).map(rows)
    }

    /// The rows that each statement finds.
    pub(super) async fn all_of(
        &self,
        questions: &[Question<'_>],
    ) -> Result<Vec<Vec<Row>>, sqlx::Error> {
        let mut reader = self.reader().await?;
        let found = batch::ask(reader.connection()?, questions).await;
        reader.keep_unless_failed(found)
    }

    pub(crate) async fn reader(&self) -> Result<Reader<'_>, sqlx::Error> {
        let turn = timeout(self.0.patience, self.0.turns.acquire()).await;
        let turn = turn
            .map_err(|_| sqlx::Error::PoolTimedOut)?
            .map_err(|_| sqlx::Error::PoolClosed)?;
        let connection = match self.0.take() {
            Some(connection) => connection,
            None => SqliteConnection::connect_with(&self.0.connect).await?,
        };
        Ok(Reader {
            connection: Some(connection),
            connections: &self.0,
            _turn: turn,
        })
    }

    /// Closes the connections once what they read has been read.
    pub(crate) async fn close(&self) {
        // Where it was closed before, it is closed.
        let _all = self.0.turns.acquire_many(self.0.most).await;
        self.0.turns.close();
        while let Some(connection) = self.0.take() {
            // It only read, so that nothing is lost with it.
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

/// A connection to read with once. Given up in the middle of a read it serves the next all the same: it does one thing after
/// the other.
pub(crate) struct Reader<'a> {
    pub(crate) connection: Option<SqliteConnection>,
    connections: &'a Connections,
    // Free for the next only when the connection is back.
    _turn: SemaphorePermit<'a>,
}

impl Reader<'_> {
    fn connection(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        self.connection.as_mut().ok_or(sqlx::Error::WorkerCrashed)
    }

    /// Where more than the statement failed, the next read has a new connection.
    fn keep_unless_failed<T>(&mut self, found: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
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
