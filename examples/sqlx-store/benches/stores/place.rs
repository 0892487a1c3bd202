//! Databases for the benches, deleted at the end of the run.

use greenhouse_core::AccountId;
use sqlx_store::{
    MasterKeys, SqlxStore,
    testing::{ClusterOptions, PostgresCluster, Unavailable},
};
use tempfile::TempDir;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// A folder for SQLite files, or a cluster.
pub(crate) enum Place {
    Sqlite(TempDir),
    Postgres(PostgresCluster),
}

impl Place {
    /// Creates a place whose commits wait for the disk, as in production.
    pub(crate) fn durable(kind: Kind) -> Result<Self, Unavailable> {
        let mut options = ClusterOptions::default();
        options.durable = true;
        Self::new(kind, options)
    }

    /// Creates a place for benches that measure only reads. PostgreSQL commits do not wait for the
    /// disk; SQLite commits as in production.
    pub(crate) fn relaxed(kind: Kind) -> Result<Self, Unavailable> {
        let mut options = ClusterOptions::default();
        let settings = [
            ("max_wal_size", "16GB"),
            ("maintenance_work_mem", "1GB"),
            ("wal_level", "minimal"),
            ("max_wal_senders", "0"),
        ];
        options.settings = settings
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        Self::new(kind, options)
    }

    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Sqlite(_) => Kind::Sqlite,
            Self::Postgres(_) => Kind::Postgres,
        }
    }

    /// Returns the path or URL of a new database.
    pub(crate) fn database(&self, name: &str) -> String {
        match self {
            Self::Sqlite(folder) => {
                let path = folder.path().join(format!("{name}.db"));
                path.to_str().unwrap().to_owned()
            }
            Self::Postgres(cluster) => cluster.fresh_database().unwrap(),
        }
    }

    fn new(kind: Kind, options: ClusterOptions) -> Result<Self, Unavailable> {
        match kind {
            Kind::Sqlite => Ok(Self::Sqlite(tempfile::tempdir().unwrap())),
            Kind::Postgres => PostgresCluster::private(options).map(Self::Postgres),
        }
    }
}

pub(crate) async fn open(address: &str) -> SqlxStore {
    let key = format!("ghmk_{}", "5a".repeat(32));
    let keys = MasterKeys::new(key.parse().unwrap(), []);
    SqlxStore::open(address, keys).await.unwrap()
}

pub(crate) fn account() -> AccountId {
    AccountId::new("acme")
}
