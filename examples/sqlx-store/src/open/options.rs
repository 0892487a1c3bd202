use std::time::Duration;

/// Options for opening a store.
///
/// ```
/// use sqlx_store::StoreOptions;
///
/// let mut options = StoreOptions::default().schema("greenhouse");
/// options.connections = 20;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreOptions {
    /// Maximum time that a call waits for a connection, and then for a lock: the write lock on
    /// SQLite, the `lock_timeout` of each statement on PostgreSQL. The call then fails as
    /// unavailable. Default: 5 s.
    pub lock_timeout: Duration,
    /// SQLite: maximum time that a write waits in the store's queue. (All writes share one
    /// connection.) Default: 20 s.
    pub write_timeout: Duration,
    /// Maximum time to wait while another host migrates the schema. Default: 10 min.
    pub opening_timeout: Duration,
    /// SQLite: create the file if it is missing. Default: `true`.
    pub create_if_missing: bool,
    /// SQLite: maximum number of read connections, at least one. Default: 4.
    pub readers: u32,
    /// PostgreSQL: maximum number of connections, at least one. Default: 10.
    pub connections: u32,
    /// PostgreSQL: maximum run time of a statement (`statement_timeout`), except in migrations. If
    /// the server does not respond within one more second, the store closes the connection.
    /// Default: 30 s.
    pub statement_timeout: Duration,
    /// PostgreSQL: maximum time between two statements of a transaction
    /// (`idle_in_transaction_session_timeout`). Releases the locks of a host that has disappeared.
    /// Default: 30 s.
    pub idle_in_transaction_timeout: Duration,
    /// PostgreSQL: schema for all of the store's tables, created if it is missing. At most 63
    /// lower-case letters, digits and underscores, not starting with a digit. Default: the user's
    /// default schema, usually `public`.
    pub schema: Option<String>,
}

impl StoreOptions {
    /// Sets the PostgreSQL schema for all of the store's tables.
    #[must_use]
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.schema = Some(name.into());
        self
    }
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            lock_timeout: Duration::from_secs(5),
            write_timeout: Duration::from_secs(20),
            opening_timeout: Duration::from_secs(600),
            create_if_missing: true,
            readers: 4,
            connections: 10,
            statement_timeout: Duration::from_secs(30),
            idle_in_transaction_timeout: Duration::from_secs(30),
            schema: None,
        }
    }
}
