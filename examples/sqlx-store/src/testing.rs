//! PostgreSQL for tests: a private cluster, or new databases on an existing server.
//!
//! All calls block. Starting a cluster takes one to two seconds, and creating a database takes tens
//! of milliseconds. PostgreSQL's programs must be installed.

mod cleanup;
mod pooler;
mod private_cluster;
mod programs;
mod user;

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    sync::atomic::{AtomicU32, Ordering},
};

use self::{cleanup::CleanupProcess, private_cluster::PrivateCluster, programs::Programs};

/// A PostgreSQL server for tests, and the databases created on it.
///
/// The databases and a private cluster are removed on drop and when the process ends. A separate
/// process removes them, even if this process is killed. Threads can share the cluster.
#[derive(Debug)]
pub struct PostgresCluster {
    // Dropped before `server`, which removes the folder that the running server uses.
    cleanup: CleanupProcess,
    server: Server,
    programs: Programs,
    databases: AtomicU32,
    run: u64,
}

impl PostgresCluster {
    /// Uses the server at `TEST_DATABASE_URL`, whose user must be allowed to create databases.
    /// Starts a private cluster if the variable is unset or empty.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the server cannot be used or the private cluster cannot be started.
    pub fn start() -> Result<Self, Unavailable> {
        match std::env::var(GIVEN) {
            Ok(url) if !url.is_empty() => Self::given(url),
            _ => Self::private(ClusterOptions::from_env()),
        }
    }

    /// Starts a private cluster, which a test can restart and configure. Ignores
    /// `TEST_DATABASE_URL`.
    ///
    /// The cluster listens on a free port of 127.0.0.1 without authentication, and keeps its data
    /// in a temporary folder. If the tests run as root, the cluster runs as the user `postgres`,
    /// because PostgreSQL refuses to run as root.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if PostgreSQL's programs are missing or fail.
    pub fn private(options: ClusterOptions) -> Result<Self, Unavailable> {
        let programs = Programs::of_server()?;
        let (private, cleanup) = PrivateCluster::start(&programs, options)?;
        Ok(Self::new(Server::Private(private), programs, cleanup))
    }

    /// Checks that the programs for a private cluster are installed, including PgBouncer if
    /// `PGBOUNCER` is set.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] with the names of the missing programs.
    pub fn can_be_private() -> Result<(), Unavailable> {
        if ClusterOptions::from_env().pgbouncer {
            pooler::program()?;
        }
        Programs::of_server().map(drop)
    }

    /// Creates an empty database and returns its URL.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] with PostgreSQL's message.
    pub fn fresh_database(&self) -> Result<String, Unavailable> {
        // Copying a template fails if it has open connections. template0 never has any.
        self.create_database("template0")
    }

    /// Creates a copy of a database of this server and returns the URL of the copy. The original
    /// must have no open connections, including those of PgBouncer, so connect to it only through
    /// its [`direct_url`](Self::direct_url).
    ///
    /// # Errors
    ///
    /// [`Unavailable`] with PostgreSQL's message.
    pub fn copy_of(&self, url: &str) -> Result<String, Unavailable> {
        let (_, database) = url.rsplit_once('/').unwrap_or_default();
        self.create_database(database)
    }

    fn create_database(&self, template: &str) -> Result<String, Unavailable> {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("greenhouse_test_{:016x}_{number}", self.run);
        // Registered first, so that a process killed in between leaves no database behind.
        self.cleanup.register(&name)?;
        let mut create = self.programs.command("createdb");
        create.args(["--encoding=UTF8", "--template", template]);
        create.arg("--maintenance-db").arg(self.maintenance_url());
        programs::run(create.arg(&name))?;
        Ok(self.url(&name))
    }

    /// Returns the URL of the database with this name, through PgBouncer if enabled.
    pub fn url(&self, database: &str) -> String {
        match &self.server {
            Server::Private(private) => private.url(database),
            Server::Given(url) => with_database(url, database),
        }
    }

    /// Converts a URL to one that bypasses PgBouncer.
    pub fn direct_url(&self, url: &str) -> String {
        match (&self.server, url.rsplit_once('/')) {
            (Server::Private(private), Some((_, database))) => private.direct_url(database),
            _ => url.to_owned(),
        }
    }

    /// Returns the contents of the database as `pg_dump` text, with byte columns in hex.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] with PostgreSQL's message.
    pub fn dump(&self, url: &str) -> Result<Vec<u8>, Unavailable> {
        let url = self.direct_url(url);
        programs::run(self.programs.command("pg_dump").arg("--dbname").arg(url))
    }

    /// Restarts the private cluster on the same port. All connections end.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] with PostgreSQL's message, or if the server is not a private cluster.
    pub fn restart(&self) -> Result<(), Unavailable> {
        match &self.server {
            Server::Private(private) => private.restart(&self.programs),
            Server::Given(_) => Err(Unavailable::new("only a private cluster can be restarted")),
        }
    }

    fn given(url: String) -> Result<Self, Unavailable> {
        if !url.contains("://") {
            return Err(Unavailable::new(format!(
                "{GIVEN} is not a URL, expected postgres://…"
            )));
        }
        let programs = Programs::of_client()?;
        let cleanup = CleanupProcess::of_databases(&programs, &url)?;
        Ok(Self::new(Server::Given(url), programs, cleanup))
    }

    fn new(server: Server, programs: Programs, cleanup: CleanupProcess) -> Self {
        Self {
            cleanup,
            server,
            programs,
            databases: AtomicU32::new(0),
            // Other test runs can use the same server.
            run: RandomState::new().hash_one(std::process::id()),
        }
    }

    fn maintenance_url(&self) -> String {
        match &self.server {
            Server::Private(private) => private.direct_url("postgres"),
            Server::Given(url) => url.clone(),
        }
    }
}

/// Options for a private cluster. By default, commits are not synced to disk, which is faster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClusterOptions {
    /// Sync commits to disk, as in production.
    pub durable: bool,
    /// Additional settings for `postgresql.conf`, as name and value.
    pub settings: Vec<(String, String)>,
    /// Files for the data folder, as name and content, such as certificates or `pg_hba.conf`. Only
    /// the server's user can read them.
    pub files: Vec<(String, Vec<u8>)>,
    /// Connect through PgBouncer in transaction mode.
    pub pgbouncer: bool,
}

impl ClusterOptions {
    /// Returns the default options, with PgBouncer if the environment variable `PGBOUNCER` is set.
    #[must_use]
    pub fn from_env() -> Self {
        Self {
            pgbouncer: std::env::var_os("PGBOUNCER").is_some_and(|value| !value.is_empty()),
            ..Self::default()
        }
    }
}

/// Error from starting or using PostgreSQL in tests.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("PostgreSQL is not available for tests: {reason}")]
pub struct Unavailable {
    reason: String,
}

impl Unavailable {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
        }
    }

    pub(crate) fn from_io(what: &'static str) -> impl Fn(std::io::Error) -> Self {
        move |error| Self::new(format!("{what}: {error}"))
    }
}

enum Server {
    Private(PrivateCluster),
    Given(String),
}

/// Hides the URL, which can contain a password.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Private(private) => private.fmt(f),
            Self::Given(_) => f.write_str("Given(..)"),
        }
    }
}

fn with_database(url: &str, database: &str) -> String {
    let (address, query) = match url.split_once('?') {
        Some((address, query)) => (address, Some(query)),
        None => (url, None),
    };
    let authority = address.find("://").map_or(0, |at| at + 3);
    let end = address[authority..]
        .find('/')
        .map_or(address.len(), |at| authority + at);
    let mut changed = format!("{}/{database}", &address[..end]);
    if let Some(query) = query {
        changed.push('?');
        changed.push_str(query);
    }
    changed
}

const GIVEN: &str = "TEST_DATABASE_URL";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_database_replaces_the_database_of_a_url() {
        for (url, expected) in [
            ("postgres://h", "postgres://h/x"),
            ("postgres://h/", "postgres://h/x"),
            ("postgres://u:p@h:1/db", "postgres://u:p@h:1/x"),
            ("postgres://h/db?a=b/c", "postgres://h/x?a=b/c"),
            ("postgres:///db?host=/tmp", "postgres:///x?host=/tmp"),
        ] {
            assert_eq!(with_database(url, "x"), expected);
        }
    }
}
