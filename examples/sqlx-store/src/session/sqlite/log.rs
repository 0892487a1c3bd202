//! The write-ahead log of a SQLite file. What was erased stays readable in it until it is emptied.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

/// Shared by the clones of a store.
#[derive(Clone)]
pub(crate) struct WriteAheadLog {
    connect: Arc<SqliteConnectOptions>,
    erasures: Arc<Erasures>,
}

#[derive(Default)]
struct Erasures {
    begun: AtomicU64,
    emptied: AtomicU64,
}

impl WriteAheadLog {
    pub(crate) fn new(connect: SqliteConnectOptions) -> Self {
        Self {
            connect: Arc::new(connect),
            erasures: Arc::default(),
        }
    }

    /// From now on the log may hold what was erased.
    pub(crate) fn holds_erased(&self) {
        self.erasures.begun.fetch_add(1, Ordering::SeqCst);
    }

    /// Empties the log where it may hold what was erased. Where readers are in the way for longer than `patience`, the next
    /// write tries again.
    pub(crate) async fn empty(&self, patience: Duration) {
        let begun = self.erasures.begun.load(Ordering::SeqCst);
        if begun == self.erasures.emptied.load(Ordering::SeqCst) {
            return;
        }
        if self.truncate(patience).await.unwrap_or(false) {
            self.erasures.emptied.fetch_max(begun, Ordering::SeqCst);
        }
    }

    /// Whether everything went into the file. A connection of its own, since it waits for readers by a time-out of its own.
    pub(crate) async fn truncate(&self, patience: Duration) -> Result<bool, sqlx::Error> {
        let connect = SqliteConnectOptions::clone(&self.connect).busy_timeout(patience);
        let mut connection = SqliteConnection::connect_with(&connect).await?;
        let (busy, _, _): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut connection)
            .await?;
        connection.close().await?;
        Ok(busy == 0)
    }
}
