//! Opens a database: parses its address, connects, and migrates its schema.

mod embedded;
mod migrate;
mod options;
#[cfg(feature = "postgres")]
mod postgres;
mod read_only;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use self::options::StoreOptions;
use crate::{SqlxStore, backfill, error::OpenError, keys, seal::MasterKeys, session::Transaction};

impl SqlxStore {
    /// Opens a database with the default [`StoreOptions`] and migrates its schema.
    ///
    /// A path or a `sqlite:` URL opens a SQLite file, which is created if it is missing. A file
    /// that contains only another program's tables is rejected.
    ///
    /// A `postgres://` or `postgresql://` URL opens a PostgreSQL database, which must exist and be
    /// encoded in UTF-8. The database can contain other programs' tables; in that case, give the
    /// store its own schema ([`StoreOptions::schema`]). The URL can point to PgBouncer in
    /// transaction mode.
    ///
    /// Without `sslmode` in the URL, the connection is encrypted (`require`) unless the server is
    /// on this machine (`prefer`). `sslrootcert` enables verification of the server's certificate.
    ///
    /// `keys` encrypt the secrets in the database. Before a new key becomes the current key, every
    /// host must have it among its previous keys.
    ///
    /// # Errors
    ///
    /// Returns an [`OpenError`] and leaves the database unchanged.
    pub async fn open(url_or_path: impl AsRef<str>, keys: MasterKeys) -> Result<Self, OpenError> {
        Self::open_with(url_or_path, keys, StoreOptions::default()).await
    }

    /// Opens a database like [`open`](Self::open), with custom options.
    ///
    /// # Errors
    ///
    /// The same as for [`open`](Self::open).
    pub async fn open_with(
        url_or_path: impl AsRef<str>,
        keys: MasterKeys,
        options: StoreOptions,
    ) -> Result<Self, OpenError> {
        let address = url_or_path.as_ref();
        let database = match DatabaseKind::of(address)? {
            #[cfg(feature = "sqlite")]
            DatabaseKind::Sqlite => sqlite::open(address, &keys, &options).await?,
            #[cfg(feature = "postgres")]
            DatabaseKind::Postgres => postgres::open(address, &keys, &options).await?,
        };
        Ok(Self::new(database, keys, &options))
    }
}

/// Kind of database, which depends on the scheme of the address.
enum DatabaseKind {
    #[cfg(feature = "sqlite")]
    Sqlite,
    #[cfg(feature = "postgres")]
    Postgres,
}

impl DatabaseKind {
    fn of(address: &str) -> Result<Self, OpenError> {
        let scheme = address.split_once(':').map(|(scheme, _)| scheme);
        if matches!(scheme, Some("postgres" | "postgresql")) {
            #[cfg(feature = "postgres")]
            return Ok(Self::Postgres);
            #[cfg(not(feature = "postgres"))]
            return Err(OpenError::Address(
                "refers to a PostgreSQL database, but this program was built without PostgreSQL support: enable the cargo feature `postgres` of sqlx-store",
            ));
        }
        #[cfg(feature = "sqlite")]
        return Ok(Self::Sqlite);
        #[cfg(not(feature = "sqlite"))]
        return Err(OpenError::Address(
            "refers to a SQLite file, but this program was built without SQLite support: enable the cargo feature `sqlite` of sqlx-store",
        ));
    }
}

/// Migrates the schema in a transaction that holds the migration lock.
async fn upgrade_schema(
    mut transaction: Transaction,
    migrations: &sqlx::migrate::Migrator,
    keys: &MasterKeys,
) -> Result<(), OpenError> {
    migrate::run(&mut transaction, migrations).await?;
    keys::require(&mut transaction, keys).await?;
    backfill::invitation_persons(&mut transaction)
        .await
        .map_err(OpenError::migrate)?;
    transaction.commit().await.map_err(OpenError::migrate)
}
