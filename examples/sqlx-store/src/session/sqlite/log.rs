//! The write-ahead log of a SQLite file. Erased data stays readable in the log until the
//! log is truncated.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

/// The log, shared by the clones of a store.
#[derive(Clone)]
pub(crate) struct WriteAheadLog {
    connect: Arc<SqliteConnectOptions>,
    erasures: Arc<Erasures>,
}

#[derive(Default)]
struct Erasures {
    marked: AtomicU64,
    cleaned: AtomicU64,
}

impl WriteAheadLog {
    pub(crate) fn new(connect: SqliteConnectOptions) -> Self {
        Self {
            connect: Arc::new(connect),
            erasures: Arc::default(),
        }
    }

    /// Records that the log can contain erased data.
    pub(crate) fn mark_erased(&self) {
        self.erasures.marked.fetch_add(1, Ordering::SeqCst);
    }

    /// Truncates the log if it can contain erased data. If readers block this for longer than
    /// `timeout`, the next write tries again.
    pub(crate) async fn clean(&self, timeout: Duration) {
        let marked = self.erasures.marked.load(Ordering::SeqCst);
        if marked == self.erasures.cleaned.load(Ordering::SeqCst) {
            return;
        }
        if self.truncate(timeout).await.unwrap_or(false) {
            self.erasures.cleaned.fetch_max(marked, Ordering::SeqCst);
        }
    }

    /// Truncates the log. Returns `false` if readers blocked this for longer than `timeout`. Opens
    /// a new connection, because the timeout is a setting of the connection.
    pub(crate) async fn truncate(&self, timeout: Duration) -> Result<bool, sqlx::Error> {
        let connect = SqliteConnectOptions::clone(&self.connect).busy_timeout(timeout);
        let mut connection = SqliteConnection::connect_with(&connect).await?;
        let (busy, _, _): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut connection)
            .await?;
        connection.close().await?;
        Ok(busy == 0)
    }
}
