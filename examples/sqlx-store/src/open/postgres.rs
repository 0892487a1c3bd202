use std::{borrow::Cow, net::IpAddr, str::FromStr, sync::LazyLock, time::Duration};

use sqlx::{
    AssertSqlSafe, PgPool, Row as _, SqlSafeStr,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions, PgSslMode},
    raw_sql,
};
use url::Url;

use super::{StoreOptions, embedded::embedded_migrations, upgrade_schema};
use crate::{
    error::{DatabaseError, OpenError},
    seal::MasterKeys,
    session::{Database, Postgres, Statement, Transaction, both},
};

pub(super) async fn open(
    address: &str,
    keys: &MasterKeys,
    options: &StoreOptions,
) -> Result<Database, OpenError> {
    let postgres = connect(address, options, Access::ReadWrite).await?;
    let migrated = migrate(&postgres, keys, options).await;
    let database = Database::Postgres(postgres);
    if let Err(error) = migrated {
        database.close().await;
        return Err(error);
    }
    Ok(database)
}

/// Opens connections whose transactions are read-only. Also returns the expected migrations.
pub(super) async fn open_read_only(
    address: &str,
    options: &StoreOptions,
) -> Result<(Database, &'static Migrator), OpenError> {
    let postgres = connect(address, options, Access::ReadOnly).await?;
    Ok((Database::Postgres(postgres), &MIGRATIONS))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    ReadOnly,
    ReadWrite,
}

/// Connects and applies the store's settings to each session. Behind a pooler in transaction mode,
/// which keeps no sessions, each transaction applies them.
async fn connect(
    address: &str,
    options: &StoreOptions,
    access: Access,
) -> Result<Postgres, OpenError> {
    let connect = connect_options(address)?;
    let settings = settings(options)?;
    let response_timeout = options.statement_timeout.saturating_add(GRACE);
    let named = settings.iter().map(|(name, value)| (*name, value));
    let mut session = connect.clone().options(named).options([MARK]);
    let mut begin = BEGIN.to_owned();
    for (name, value) in &settings {
        begin += &format!("; SET LOCAL {name} = {value}");
    }
    if access == Access::ReadOnly {
        session = session.options([("default_transaction_read_only", "on")]);
        begin += "; SET LOCAL transaction_read_only = on";
    }
    match pool(session, options).await {
        Ok(pool) => {
            if keeps_sessions(&pool).await? {
                return Ok(Postgres::new(pool, BEGIN.into_sql_str(), response_timeout));
            }
            pool.close().await;
        }
        Err(error) if is_pooler_refusal(&error) => {}
        Err(error) => return Err(OpenError::open(error)),
    }
    let pool = pool(connect, options).await.map_err(OpenError::open)?;
    keeps_sessions(&pool).await?;
    let begin = AssertSqlSafe(begin).into_sql_str();
    Ok(Postgres::pooled(pool, begin, response_timeout))
}

async fn pool(connect: PgConnectOptions, options: &StoreOptions) -> Result<PgPool, sqlx::Error> {
    PgPoolOptions::new()
        .max_connections(options.connections.max(1))
        .acquire_timeout(options.lock_timeout)
        .connect_with(connect)
        .await
}

/// Returns the session settings. Each value is valid in a startup message and in `SET`.
fn settings(options: &StoreOptions) -> Result<Vec<(&'static str, String)>, OpenError> {
    let timeouts = [
        ("statement_timeout", options.statement_timeout),
        ("lock_timeout", options.lock_timeout),
        (
            "idle_in_transaction_session_timeout",
            options.idle_in_transaction_timeout,
        ),
    ];
    let mut settings: Vec<_> = timeouts
        .into_iter()
        .map(|(name, timeout)| (name, millis(timeout).to_string()))
        .collect();
    if let Some(schema) = &options.schema {
        check_schema(schema)?;
        settings.push(("search_path", format!("\"{schema}\"")));
    }
    Ok(settings)
}

/// Fails if the schema name needs quotes, is reserved, or is too long.
fn check_schema(name: &str) -> Result<(), OpenError> {
    let is_plain = name
        .bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    let has_valid_start =
        name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
    let is_reserved = name.starts_with("pg_") || name == "information_schema";
    if is_plain && has_valid_start && name.len() <= MAX_NAME && !is_reserved {
        return Ok(());
    }
    Err(OpenError::Schema(
        "must consist of 1 to 63 lower-case letters, digits and underscores, must not start with a digit, and must not be reserved by PostgreSQL",
    ))
}

/// Returns `true` if the session has the requested settings. A pooler in transaction mode can be
/// configured to ignore them. Fails if the database is not encoded in UTF-8.
async fn keeps_sessions(pool: &PgPool) -> Result<bool, OpenError> {
    // Not a prepared statement, because a pooler can send its parts to different sessions.
    let row = raw_sql(SESSION).fetch_one(pool).await;
    let row = row.map_err(OpenError::open)?;
    let encoding: String = row.try_get(0).map_err(OpenError::open)?;
    if encoding != "UTF8" {
        let text = "the database is not encoded in UTF-8";
        return Err(OpenError::Open(DatabaseError::text(Cow::Borrowed(text))));
    }
    let mark: Option<String> = row.try_get(1).map_err(OpenError::open)?;
    Ok(mark.as_deref() == Some(MARK.1))
}

/// Returns `true` if a pooler rejected a startup parameter.
fn is_pooler_refusal(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        error.code().as_deref() == Some(PROTOCOL_VIOLATION)
            && error.message().contains("startup parameter")
    })
}

/// Parses the address. Rejects unknown parameters, because the driver would ignore them and log
/// their values.
fn connect_options(address: &str) -> Result<PgConnectOptions, OpenError> {
    let unreadable = OpenError::Address(
        "is not a valid postgres: URL: percent-encode special characters in the user name and password",
    );
    let url = match Url::parse(address) {
        Ok(url) if url.has_authority() => url,
        _ => return Err(unreadable),
    };
    let mut has_mode = false;
    let mut has_root_certificate = false;
    for (name, _) in url.query_pairs() {
        match &*name {
            "sslmode" | "ssl-mode" => has_mode = true,
            "sslrootcert" | "ssl-root-cert" | "ssl-ca" => has_root_certificate = true,
            name if KNOWN.contains(&name) => {}
            _ => {
                return Err(OpenError::Address(
                    "contains an unknown parameter: check the parameter names after the `?`",
                ));
            }
        }
    }
    let Ok(options) = PgConnectOptions::from_str(address) else {
        return Err(unreadable);
    };
    let mode = match options.get_ssl_mode() {
        mode if has_mode => mode,
        _ if is_local(&options) => PgSslMode::Prefer,
        _ => PgSslMode::Require,
    };
    // As in libpq, `require` with a root certificate also verifies the server's certificate. The
    // driver would only encrypt.
    let mode = match mode {
        PgSslMode::Require if has_root_certificate => PgSslMode::VerifyCa,
        mode => mode,
    };
    // A pooler rejects `extra_float_digits`, and the store has no float columns that need it.
    Ok(options.ssl_mode(mode).extra_float_digits(None))
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

/// Returns the milliseconds, at least one, because zero disables a timeout.
fn millis(time: Duration) -> u128 {
    time.as_millis().clamp(1, MAX_MILLIS)
}

/// Migrates the schema under an advisory lock, which is released at the end of the transaction.
async fn migrate(
    postgres: &Postgres,
    keys: &MasterKeys,
    options: &StoreOptions,
) -> Result<(), OpenError> {
    let mut transaction = postgres.begin().await.map_err(OpenError::open)?;
    // A migration can take a long time, so its statements have no timeout, and the migration lock
    // has a long one. All other locks keep the short timeout, because every host would queue behind
    // a migration that waits for a table.
    let lock = format!(
        "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = {}; \
         SELECT pg_advisory_xact_lock({MIGRATION_LOCK}); SET LOCAL lock_timeout = {}",
        millis(options.opening_timeout),
        millis(options.lock_timeout),
    );
    let lock = AssertSqlSafe(lock).into_sql_str();
    let response_timeout = options.opening_timeout.saturating_add(GRACE);
    transaction
        .script_within(response_timeout, lock)
        .await
        .map_err(OpenError::open)?;
    let mut transaction = Transaction::Postgres(transaction);
    if let Some(schema) = &options.schema {
        create_schema(&mut transaction, schema).await?;
    }
    upgrade_schema(transaction, &MIGRATIONS, keys).await
}

/// Creates the schema if it is missing. If it exists, the user needs no permission to create one.
async fn create_schema(transaction: &mut Transaction, name: &str) -> Result<(), OpenError> {
    let found = transaction.first(SCHEMA, &[name.into()]).await;
    if found.map_err(OpenError::open)?.is_some() {
        return Ok(());
    }
    let create = AssertSqlSafe(format!("CREATE SCHEMA \"{name}\"")).into_sql_str();
    transaction.script(create).await.map_err(OpenError::migrate)
}

/// Extra time to wait for a response after the server's own timeout.
const GRACE: Duration = Duration::from_secs(1);
/// Maximum timeout. PostgreSQL's timeouts are 32-bit numbers.
const MAX_MILLIS: u128 = i32::MAX as u128;
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
/// Custom setting that shows whether a session keeps its settings.
const MARK: (&str, &str) = ("greenhouse.session", "own");
const SESSION: &str =
    "SELECT current_setting('server_encoding'), current_setting('greenhouse.session', TRUE)";
const SCHEMA: Statement = both("SELECT 1 FROM pg_namespace WHERE nspname = $1");
const PROTOCOL_VIOLATION: &str = "08P01";
/// Maximum length of a schema name. PostgreSQL truncates longer names.
const MAX_NAME: usize = 63;
/// Key of the advisory lock: an arbitrary number shared by all hosts (`gh_store` in ASCII).
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
static MIGRATIONS: LazyLock<Migrator> = embedded_migrations!("postgres");

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
    fn invalid_addresses_are_rejected_without_quoting_them() {
        for address in [
            "postgres://localhost/db?pasword=canary",
            "postgres://localhost:canary/db",
            "postgres://localhost/db?sslmode=canary",
            "postgres:canary",
        ] {
            let Err(error) = connect_options(address) else {
                panic!("{address} is accepted");
            };
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
    }
}
