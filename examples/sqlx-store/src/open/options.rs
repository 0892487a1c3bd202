use std::time::Duration;

/// How a store uses its database.
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
    /// How long a call waits for a connection, and then again for a lock that another holds, before it answers that the
    /// store is unavailable. On SQLite that is the write lock; on PostgreSQL the `lock_timeout` of each statement.
    /// Default: 5 s.
    pub lock_timeout: Duration,
    /// SQLite: how long a write waits for its turn, instead, since all writes of a store share one connection: a burst has
    /// this long to be written. Default: 20 s.
    pub write_timeout: Duration,
    /// How long opening waits while another host brings the schema up to date. Default: 10 min.
    pub opening_timeout: Duration,
    /// SQLite: creates the file if it is missing. Default: yes.
    pub create_if_missing: bool,
    /// SQLite: how many connections read at once, at least one, beside the one that writes. Default: 4.
    pub readers: u32,
    /// PostgreSQL: maximum number of connections, at least one. Default: 10.
    pub connections: u32,
    /// PostgreSQL: how long a statement runs before the server ends it (`statement_timeout`); migrations are not ended. The
    /// store gives up on a server that does not answer a second later. Default: 30 s.
    pub statement_timeout: Duration,
    /// PostgreSQL: how long a transaction waits for its next statement before the server ends it
    /// (`idle_in_transaction_session_timeout`), so that a host that is gone without a word holds no locks. Default: 30 s.
    pub idle_in_transaction_timeout: Duration,
    /// PostgreSQL: the schema that holds every table of the store, created if it is missing. A lower-case name of up to 63
    /// letters, digits and underscores. Default: none, and the tables are in the schema that the server takes for the user,
    /// usually `public`.
    pub schema: Option<String>,
}

impl StoreOptions {
    /// Keeps every table in this schema of a PostgreSQL database.
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
