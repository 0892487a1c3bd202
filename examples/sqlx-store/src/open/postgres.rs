use std::{borrow::Cow, io, net::IpAddr, str::FromStr, time::Duration};

use sqlx::{
    PgConnection,
    migrate::{Migration, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions, PgSslMode},
};
use url::Url;

use super::{OpenError, StoreOptions, complete, migrate};
use crate::{
    error::DatabaseError,
    seal::MasterKeys,
    session::{Database, Postgres, Transaction},
};

pub(super) async fn open(
    address: &str,
    keys: &MasterKeys,
    options: &StoreOptions,
) -> Result<Database, OpenError> {
    let postgres = connect(connect_options(address)?, options).await?;
    if let Err(error) = bring_up_to_date(&postgres, keys, options).await {
        Database::Postgres(postgres).close().await;
        return Err(error);
    }
    Ok(Database::Postgres(postgres))
}

/// Connections whose transactions the server lets do nothing but read; and the migrations that there are to be.
pub(super) async fn open_to_look(
    address: &str,
    options: &StoreOptions,
) -> Result<(Database, &'static Migrator), OpenError> {
    let read_only = [("default_transaction_read_only", "on")];
    let postgres = connect(connect_options(address)?.options(read_only), options).await?;
    let encoded = async {
        let mut transaction = postgres.begin().await.map_err(OpenError::open)?;
        check_encoding(transaction.connection()).await
    };
    let encoded = encoded.await;
    let database = Database::Postgres(postgres);
    if let Err(error) = encoded {
        database.close().await;
        return Err(error);
    }
    Ok((database, &MIGRATIONS))
}

async fn connect(connect: PgConnectOptions, options: &StoreOptions) -> Result<Postgres, OpenError> {
    let connect = connect.options([
        ("statement_timeout", millis(options.statement_timeout)),
        ("lock_timeout", millis(options.lock_timeout)),
        (
            "idle_in_transaction_session_timeout",
            millis(options.idle_in_transaction_timeout),
        ),
    ]);
    let pool = PgPoolOptions::new()
        .max_connections(options.connections.max(1))
        .acquire_timeout(options.lock_timeout)
        .connect_with(connect)
        .await
        .map_err(OpenError::open)?;
    let patience = options.statement_timeout.saturating_add(GRACE);
    Ok(Postgres::new(pool, patience))
}

/// What the driver does not know it would ignore, and repeat in a log with its value.
fn connect_options(address: &str) -> Result<PgConnectOptions, OpenError> {
    let unreadable = OpenError::Address(
        "is not a readable postgres: URL; what is special in user and password is percent-encoded",
    );
    let url = match Url::parse(address) {
        Ok(url) if url.has_authority() => url,
        _ => return Err(unreadable),
    };
    let mut told_mode = false;
    let mut told_root = false;
    for (name, _) in url.query_pairs() {
        match &*name {
            "sslmode" | "ssl-mode" => told_mode = true,
            "sslrootcert" | "ssl-root-cert" | "ssl-ca" => told_root = true,
            name if KNOWN.contains(&name) => {}
            _ => {
                return Err(OpenError::Address(
                    "has a parameter that is not known for PostgreSQL",
                ));
            }
        }
    }
    let Ok(options) = PgConnectOptions::from_str(address) else {
        return Err(unreadable);
    };
    let mode = match options.get_ssl_mode() {
        mode if told_mode => mode,
        _ if is_local(&options) => PgSslMode::Prefer,
        _ => PgSslMode::Require,
    };
    // As the documentation of PostgreSQL has it; the driver would encrypt and verify nothing.
    let mode = match mode {
        PgSslMode::Require if told_root => PgSslMode::VerifyCa,
        mode => mode,
    };
    Ok(options.ssl_mode(mode))
}

fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The server takes no end of time as zero, so that less than a millisecond becomes one.
fn millis(time: Duration) -> u128 {
    time.as_millis().clamp(1, MAX_MILLIS)
}

/// The advisory lock comes first: whoever waits for it finds the schema up to date. It ends with the transaction.
async fn bring_up_to_date(
    postgres: &Postgres,
    keys: &MasterKeys,
    options: &StoreOptions,
) -> Result<(), OpenError> {
    let mut transaction = postgres.begin().await.map_err(OpenError::open)?;
    let connection = transaction.connection();
    check_encoding(connection).await?;
    // What another migrates may be large, and so may be what is migrated here. Only the lock of migrations is waited for so
    // long: whoever waits to change a table has everybody else wait behind.
    set(connection, "statement_timeout", "0".to_owned()).await?;
    let opening_timeout = millis(options.opening_timeout).to_string();
    set(connection, "lock_timeout", opening_timeout).await?;
    let locked = sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(MIGRATION_LOCK)
        .execute(&mut *connection);
    let patience = options.opening_timeout.saturating_add(GRACE);
    tokio::time::timeout(patience, locked)
        .await
        .unwrap_or_else(|_| Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())))
        .map_err(OpenError::open)?;
    let lock_timeout = millis(options.lock_timeout).to_string();
    set(connection, "lock_timeout", lock_timeout).await?;
    migrate::run(&migrations(), connection).await?;
    let mut transaction = Transaction::Postgres(transaction);
    complete(&mut transaction, keys).await?;
    transaction.commit().await.map_err(OpenError::migrate)
}

async fn check_encoding(connection: &mut PgConnection) -> Result<(), OpenError> {
    let encoding: String = sqlx::query_scalar("SHOW server_encoding")
        .fetch_one(connection)
        .await
        .map_err(OpenError::open)?;
    if encoding == "UTF8" {
        return Ok(());
    }
    let text = "the database is not encoded in UTF-8";
    Err(OpenError::Open(DatabaseError::text(Cow::Borrowed(text))))
}

/// Until the transaction ends.
async fn set(connection: &mut PgConnection, name: &str, value: String) -> Result<(), OpenError> {
    sqlx::query("SELECT set_config($1, $2, TRUE)")
        .bind(name)
        .bind(value)
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(OpenError::open)
}

/// As parts of a transaction that has begun and has the lock. The driver would begin one for each migration, and end ours
/// with the first of them.
fn migrations() -> Migrator {
    let parts = MIGRATIONS.iter().cloned().map(|migration| Migration {
        no_tx: true,
        ..migration
    });
    let mut migrations = Migrator::with_migrations(parts.collect());
    migrations.set_locking(false);
    migrations
}

/// How much longer than the server's own time-out an answer is waited for.
const GRACE: Duration = Duration::from_secs(1);
/// The server takes its time-outs as 32-bit numbers.
const MAX_MILLIS: u128 = i32::MAX as u128;
/// Any number that all hosts use, and hardly anybody else.
const MIGRATION_LOCK: i64 = 0x6768_5f73_746f_7265;
const KNOWN: &[&str] = &[
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
    "statement-cache-capacity",
];
static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/postgres");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_to_other_machines_are_encrypted() {
        let modes = [
            ("postgres://localhost/db", "Prefer"),
            ("postgres://127.0.0.1:5433/db", "Prefer"),
            ("postgres://[::1]/db", "Prefer"),
            ("postgres:///db?host=/var/run/postgresql", "Prefer"),
            ("postgres://%2Frun%2Fpostgresql/db", "Prefer"),
            ("postgres://db.example.com/db", "Require"),
            ("postgres://localhost/db?host=db.example.com", "Require"),
            ("postgresql://10.0.0.5/db", "Require"),
            ("postgres://db.example.com/db?sslmode=disable", "Disable"),
            ("postgres://localhost/db?sslmode=verify-full", "VerifyFull"),
            (
                "postgres://db.example.com/db?sslrootcert=/ca.pem",
                "VerifyCa",
            ),
            (
                "postgres://db.example.com/db?sslmode=require&sslrootcert=/ca.pem",
                "VerifyCa",
            ),
        ];
        for (address, mode) in modes {
            let options = connect_options(address).unwrap();
            assert_eq!(format!("{:?}", options.get_ssl_mode()), mode, "{address}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_without_being_quoted() {
        for address in [
            "postgres://localhost/db?pasword=canary",
            "postgres://localhost:canary/db",
            "postgres://localhost/db?sslmode=canary",
            "postgres:canary",
        ] {
            let refused = connect_options(address);
            let Err(error) = refused else {
                panic!("{address} is taken");
            };
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
    }
}
