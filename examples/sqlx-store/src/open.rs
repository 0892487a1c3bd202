//! Opening: address, connections, migrations.

mod migrate;
mod options;
#[cfg(feature = "postgres")]
mod postgres;
mod read_only;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use self::options::StoreOptions;
use crate::{SqlxStore, error::OpenError, keys, seal::MasterKeys, session::Transaction, upgrade};

impl SqlxStore {
    /// Opens a database with the default [`StoreOptions`], and brings its schema up to date.
    ///
    /// A path or a `sqlite:` URL names a SQLite file of the store's own, which is created if it is missing; a file with
    /// tables of another program is refused. A `postgres://` or `postgresql://` URL names a PostgreSQL database, which must
    /// exist and be encoded in UTF-8. Other programs may have tables in it; give the store a schema of its own there
    /// ([`StoreOptions::schema`]). The URL may be that of a PgBouncer in transaction mode.
    ///
    /// Without `sslmode` in its URL the connection is encrypted (`require`) unless the server is on this machine (then
    /// `prefer`); `sslrootcert` has the server's certificate verified. `keys` seal what must not be read in the database; a
    /// host may be started with another current key once every host opens with it among the previous ones.
    ///
    /// # Errors
    ///
    /// [`OpenError`]; the database is unchanged then.
    pub async fn open(url_or_path: impl AsRef<str>, keys: MasterKeys) -> Result<Self, OpenError> {
        Self::open_with(url_or_path, keys, StoreOptions::default()).await
    }

    /// Opens like [`open`](Self::open), with other options.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub async fn open_with(
        url_or_path: impl AsRef<str>,
        keys: MasterKeys,
        options: StoreOptions,
    ) -> Result<Self, OpenError> {
        let address = url_or_path.as_ref();
        let database = match Kind::of(address)? {
            #[cfg(feature = "sqlite")]
            Kind::Sqlite => sqlite::open(address, &keys, &options).await?,
            #[cfg(feature = "postgres")]
            Kind::Postgres => postgres::open(address, &keys, &options).await?,
        };
        Ok(Self::new(database, keys, &options))
    }
}

/// The database that an address names.
enum Kind {
    #[cfg(feature = "sqlite")]
    Sqlite,
    #[cfg(feature = "postgres")]
    Postgres,
}

impl Kind {
    fn of(address: &str) -> Result<Self, OpenError> {
        let scheme = address.split_once(':').map(|(scheme, _)| scheme);
        if matches!(scheme, Some("postgres" | "postgresql")) {
            #[cfg(feature = "postgres")]
            return Ok(Self::Postgres);
            #[cfg(not(feature = "postgres"))]
            return Err(OpenError::Address(
                "names PostgreSQL, and this program was built without it: enable the cargo feature `postgres` of sqlx-store",
            ));
        }
        #[cfg(feature = "sqlite")]
        return Ok(Self::Sqlite);
        #[cfg(not(feature = "sqlite"))]
        return Err(OpenError::Address(
            "names a SQLite file, and this program was built without SQLite: enable the cargo feature `sqlite` of sqlx-store",
        ));
    }
}

/// Brings the schema up to date, in a transaction that has locked out other migrations.
async fn bring_up_to_date(
    mut transaction: Transaction,
    migrations: &sqlx::migrate::Migrator,
    keys: &MasterKeys,
) -> Result<(), OpenError> {
    migrate::run(&mut transaction, migrations).await?;
    keys::require(&mut transaction, keys).await?;
    upgrade::invitations_of_persons(&mut transaction)
        .await
        .map_err(OpenError::migrate)?;
    transaction.commit().await.map_err(OpenError::migrate)
}
