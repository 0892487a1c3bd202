//! PostgreSQL for tests: a private cluster that is gone with the process, or databases of their own on a given server.
//!
//! Everything here blocks: a start takes a second or two, a database some tens of milliseconds. It needs PostgreSQL's
//! programs, and no driver.

mod keeper;
mod pooler;
mod private;
mod programs;
mod user;

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    sync::atomic::{AtomicU32, Ordering},
};

use self::{keeper::Keeper, private::Private, programs::Programs};

/// A PostgreSQL server for tests, and the databases made on it.
///
/// Whatever it made is gone afterwards: at drop, at the end of the process, and also where the process is killed, since a
/// process of its own waits for that. Any number of threads may ask it for databases.
#[derive(Debug)]
pub struct PostgresCluster {
    // The first to be dropped, since it stops what uses the folder that the server holds.
    keeper: Keeper,
    server: Server,
    programs: Programs,
    databases: AtomicU32,
    run: u64,
}

impl PostgresCluster {
    /// The server that `TEST_DATABASE_URL` names (its user must be allowed to create databases), else a private cluster.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] where neither is to be had.
    pub fn start() -> Result<Self, Unavailable> {
        match std::env::var(GIVEN) {
            Ok(url) if !url.is_empty() => Self::given(url),
            _ => Self::private(ClusterOptions::from_env()),
        }
    }

    /// A private cluster, whatever the environment names: one that a test may restart, or that has settings of its own.
    ///
    /// It listens on a free port of 127.0.0.1, trusts whoever connects there, and keeps everything in a temporary folder.
    /// As root it runs as the user `postgres`, because PostgreSQL refuses to be root.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] where PostgreSQL's programs are missing or fail.
    pub fn private(options: ClusterOptions) -> Result<Self, Unavailable> {
        let programs = Programs::of_server()?;
        let (private, keeper) = Private::start(&programs, options)?;
        Ok(Self::new(Server::Private(private), programs, keeper))
    }

    /// Whether the programs of a private cluster are there, with PgBouncer if `PGBOUNCER` is set.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] with what is missing.
    pub fn can_be_private() -> Result<(), Unavailable> {
        if ClusterOptions::from_env().pgbouncer {
            pooler::program()?;
        }
        Programs::of_server().map(drop)
    }

    /// Makes an empty database and answers its URL.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] with what PostgreSQL said.
    pub fn fresh_database(&self) -> Result<String, Unavailable> {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("greenhouse_test_{:016x}_{number}", self.run);
        // Told before it is there: a process that is killed in between leaves nothing.
        self.keeper.tell(&name)?;
        // Nobody can be connected to template0, and a connection is what a copy would fail for.
        let mut create = self.programs.command("createdb");
        create.args(["--template=template0", "--encoding=UTF8"]);
        create.arg("--maintenance-db").arg(self.maintenance_url());
        programs::run(create.arg(&name))?;
        Ok(self.url(&name))
    }

    /// The URL of a database of this name on this server, through PgBouncer if there is one.
    pub fn url(&self, database: &str) -> String {
        match &self.server {
            Server::Private(private) => private.url(database),
            Server::Given(url) => with_database(url, database),
        }
    }

    /// The URL that reaches the server itself, of a database whose URL may lead through PgBouncer.
    pub fn direct_url(&self, url: &str) -> String {
        match (&self.server, url.rsplit_once('/')) {
            (Server::Private(private), Some((_, database))) => private.direct_url(database),
            _ => url.to_owned(),
        }
    }

    /// Everything in the database at this URL, as `pg_dump` writes it: text, and columns of bytes in hex.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] with what PostgreSQL said.
    pub fn dump(&self, url: &str) -> Result<Vec<u8>, Unavailable> {
        let url = self.direct_url(url);
        programs::run(self.programs.command("pg_dump").arg("--dbname").arg(url))
    }

    /// Ends every connection and starts again on the same port.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] with what PostgreSQL said, and for a server that was given.
    pub fn restart(&self) -> Result<(), Unavailable> {
        match &self.server {
            Server::Private(private) => private.restart(&self.programs),
            Server::Given(_) => Err(Unavailable::new("a server that was given is not restarted")),
        }
    }

    fn given(url: String) -> Result<Self, Unavailable> {
        if !url.contains("://") {
            return Err(Unavailable::new(format!("{GIVEN} is no URL")));
        }
        let programs = Programs::of_client()?;
        let keeper = Keeper::of_databases(&programs, &url)?;
        Ok(Self::new(Server::Given(url), programs, keeper))
    }

    fn new(server: Server, programs: Programs, keeper: Keeper) -> Self {
        Self {
            keeper,
            server,
            programs,
            databases: AtomicU32::new(0),
            // Other runs may be on the same server.
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

/// How a private cluster is made. By default for speed: what is committed does not survive a crash of the machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClusterOptions {
    /// Whether commits wait for the disk, as they do on a server that is in use.
    pub durable: bool,
    /// Further lines of `postgresql.conf`, as name and value.
    pub settings: Vec<(String, String)>,
    /// Files for the data folder, as name and content, readable by the server alone: certificates, or a `pg_hba.conf`.
    pub files: Vec<(String, Vec<u8>)>,
    /// Whether PgBouncer in transaction mode stands in front of the cluster.
    pub pgbouncer: bool,
}

impl ClusterOptions {
    /// The defaults, with PgBouncer if the environment variable `PGBOUNCER` is set.
    #[must_use]
    pub fn from_env() -> Self {
        Self {
            pgbouncer: std::env::var_os("PGBOUNCER").is_some_and(|value| !value.is_empty()),
            ..Self::default()
        }
    }
}

/// Why there is no PostgreSQL for tests.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no PostgreSQL for tests: {reason}")]
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
    Private(Private),
    Given(String),
}

/// A URL can hold a password.
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
    let mut other = format!("{}/{database}", &address[..end]);
    if let Some(query) = query {
        other.push('?');
        other.push_str(query);
    }
    other
}

const GIVEN: &str = "TEST_DATABASE_URL";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_turned_to_another_database() {
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
