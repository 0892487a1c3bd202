use std::{borrow::Cow, net::IpAddr, str::FromStr, time::Duration};

use sqlx::{
    AssertSqlSafe, PgPool, Row as _, SqlSafeStr,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions, PgSslMode},
    raw_sql,
};
use url::Url;

use super::{StoreOptions, bring_up_to_date};
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
    let postgres = connect(address, options, Use::ReadAndWrite).await?;
    let migrated = migrate(&postgres, keys, options).await;
    let database = Database::Postgres(postgres);
    if let Err(error) = migrated {
        database.close().await;
        return Err(error);
    }
    Ok(database)
}

/// Connections whose transactions the server lets do nothing but read; and the migrations that there are to be.
pub(super) async fn open_read_only(
    address: &str,
    options: &StoreOptions,
) -> Result<(Database, &'static Migrator), OpenError> {
    let postgres = connect(address, options, Use::Read).await?;
    Ok((Database::Postgres(postgres), &MIGRATIONS))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Read,
    ReadAndWrite,
}

/// Connects with the settings of the store in each session, or, behind a pooler that does not keep sessions, in each
/// transaction.
async fn connect(
    address: &str,
    options: &StoreOptions,
    what_for: Use,
) -> Result<Postgres, OpenError> {
    let connect = connect_options(address)?;
    let settings = settings(options)?;
    let patience = options.statement_timeout.saturating_add(GRACE);
    let named = settings.iter().map(|(name, value)| (*name, value));
    let mut session = connect.clone().options(named).options([MARK]);
    let mut begin = BEGIN.to_owned();
    for (name, value) in &settings {
        begin += &format!("; SET LOCAL {name} = {value}");
    }
    if what_for == Use::Read {
        session = session.options([("default_transaction_read_only", "on")]);
        begin += "; SET LOCAL transaction_read_only = on";
    }
    match pool(session, options).await {
        Ok(pool) => {
            if keeps_sessions(&pool).await? {
                return Ok(Postgres::new(pool, BEGIN.into_sql_str(), patience));
            }
            pool.close().await;
        }
        Err(error) if is_of_pooler(&error) => {}
        Err(error) => return Err(OpenError::open(error)),
    }
    let pool = pool(connect, options).await.map_err(OpenError::open)?;
    keeps_sessions(&pool).await?;
    let begin = AssertSqlSafe(begin).into_sql_str();
    let postgres = Postgres::pooled(pool, begin, patience);
    Ok(postgres)
}

async fn pool(connect: PgConnectOptions, options: &StoreOptions) -> Result<PgPool, sqlx::Error> {
    PgPoolOptions::new()
        .max_connections(options.connections.max(1))
        .acquire_timeout(options.lock_timeout)
        .connect_with(connect)
        .await
}

/// The settings of a session. Each value is as valid in a startup message as in `SET`.
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

/// Refuses what would have to be quoted to be found again by its name.
fn check_schema(name: &str) -> Result<(), OpenError> {
    let is_plain = name
        .bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    let begins = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
    let is_reserved = name.starts_with("pg_") || name == "information_schema";
    if is_plain && begins && name.len() <= MAX_NAME && !is_reserved {
        return Ok(());
    }
    Err(OpenError::Schema(
        "must be a name of lower-case letters, digits and underscores, at most 63, that PostgreSQL does not reserve",
    ))
}

/// Whether the connection is a session of the server with the settings that were asked for. A pooler in transaction mode
/// can be told to ignore them. Refuses a database that cannot hold every text.
async fn keeps_sessions(pool: &PgPool) -> Result<bool, OpenError> {
    // Without parameters: a pooler may send the parts of a prepared statement to different sessions.
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

/// Whether a pooler refused a setting that it cannot keep.
fn is_of_pooler(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        error.code().as_deref() == Some(PROTOCOL_VIOLATION)
            && error.message().contains("startup parameter")
    })
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
    // A pooler refuses what it does not know, and no column holds such a number.
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

/// The server takes no end of time as zero, so that less than a millisecond becomes one.
fn millis(time: Duration) -> u128 {
    time.as_millis().clamp(1, MAX_MILLIS)
}

/// The advisory lock comes first: a host that waits for it finds the schema up to date. It ends with the transaction.
async fn migrate(
    postgres: &Postgres,
    keys: &MasterKeys,
    options: &StoreOptions,
) -> Result<(), OpenError> {
    let mut transaction = postgres.begin().await.map_err(OpenError::open)?;
    // What another migrates may be large, and so may be what is migrated here. Only the lock of migrations is waited for so
    // long: everybody else waits behind a host that waits to change a table.
    let lock = format!(
        "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = {}; \
         SELECT pg_advisory_xact_lock({MIGRATION_LOCK}); SET LOCAL lock_timeout = {}",
        millis(options.opening_timeout),
        millis(options.lock_timeout),
    );
    let lock = AssertSqlSafe(lock).into_sql_str();
    let patience = options.opening_timeout.saturating_add(GRACE);
    transaction
        .script_within(patience, lock)
        .await
        .map_err(OpenError::open)?;
    let mut transaction = Transaction::Postgres(transaction);
    if let Some(schema) = &options.schema {
        create_schema(&mut transaction, schema).await?;
    }
    bring_up_to_date(transaction, &MIGRATIONS, keys).await
}

/// A user who may create no schema can be given one that is there.
async fn create_schema(transaction: &mut Transaction, name: &str) -> Result<(), OpenError> {
    let found = transaction.first(SCHEMA, &[name.into()]).await;
    if found.map_err(OpenError::open)?.is_some() {
        return Ok(());
    }
    let create = AssertSqlSafe(format!("CREATE SCHEMA \"{name}\"")).into_sql_str();
    transaction.script(create).await.map_err(OpenError::migrate)
}

/// How much longer than the server's own time-out an answer is waited for.
const GRACE: Duration = Duration::from_secs(1);
/// The server takes its time-outs as 32-bit numbers.
const MAX_MILLIS: u128 = i32::MAX as u128;
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
/// A setting that only a session of the store's own has.
const MARK: (&str, &str) = ("greenhouse.session", "own");
const SESSION: &str =
    "SELECT current_setting('server_encoding'), current_setting('greenhouse.session', TRUE)";
const SCHEMA: Statement = both("SELECT 1 FROM pg_namespace WHERE nspname = $1");
const PROTOCOL_VIOLATION: &str = "08P01";
/// The server cuts longer names.
const MAX_NAME: usize = 63;
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
