//! Direct reads of the host's database and the product's file, for one account.

use std::str::FromStr;

use serde_json::Value;
use server::Config;
use sqlx::{
    PgPool, Row, SqlitePool,
    postgres::PgConnectOptions,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

use super::letter::Name;

pub(crate) struct Files {
    host: Database,
    product: SqlitePool,
}

enum Database {
    File(SqlitePool),
    Server(PgPool),
}

impl Database {
    async fn open(address: &str) -> Self {
        if address.starts_with("postgres:") {
            // PgBouncer refuses unknown startup parameters.
            let options = PgConnectOptions::from_str(address).unwrap();
            let pool = PgPool::connect_with(options.extra_float_digits(None));
            Self::Server(pool.await.unwrap())
        } else {
            Self::File(open(address).await)
        }
    }
}

/// Reads each row of a statement without preparing it. PgBouncer could prepare and execute it on
/// different connections.
macro_rules! read {
    ($database:expr, $sql:expr, |$row:ident| $read:expr) => {
        match $database {
            Database::File(pool) => {
                let rows = sqlx::raw_sql($sql).fetch_all(pool).await.unwrap();
                rows.iter().map(|$row| $read).collect()
            }
            Database::Server(pool) => {
                let rows = sqlx::raw_sql($sql).fetch_all(pool).await.unwrap();
                rows.iter().map(|$row| $read).collect()
            }
        }
    };
}

/// A row of `deliveries`.
pub(crate) struct Kept {
    pub(crate) name: Name,
    pub(crate) verdict: String,
    pub(crate) has_body: bool,
}

/// An outcome that the product accepted, from the log of the trigger.
pub(crate) struct AppliedOutcome {
    pub(crate) assessment: String,
    pub(crate) outcome: String,
    pub(crate) revision: i64,
}

impl Files {
    /// Opens the files. Adds a trigger to the product's file that logs every accepted outcome in
    /// the same transaction.
    pub(crate) async fn open(config: &Config) -> Self {
        let files = Self {
            host: Database::open(config.database.expose()).await,
            product: open(&config.product_database).await,
        };
        sqlx::raw_sql(NOTE).execute(&files.product).await.unwrap();
        files
    }

    /// Returns the number of unfinished tasks of each kind, without reconciliations.
    pub(crate) async fn due(&self) -> Vec<(String, i64)> {
        read!(&self.host, DUE, |row| (row.get(0), row.get(1)))
    }

    /// Makes every check of earlier webhooks due, because after the last delivery there is no
    /// reason to wait for a second check.
    pub(crate) async fn make_all_due(&self) {
        match &self.host {
            Database::File(pool) => drop(sqlx::query(HASTEN).execute(pool).await.unwrap()),
            Database::Server(pool) => drop(sqlx::raw_sql(HASTEN).execute(pool).await.unwrap()),
        }
    }

    pub(crate) async fn deliveries(&self) -> Vec<Kept> {
        read!(&self.host, DELIVERIES, |row| Kept {
            name: (row.get(0), row.get::<Vec<u8>, _>(1).try_into().unwrap()),
            verdict: row.get(2),
            has_body: row.get(3),
        })
    }

    /// Returns the links by assessment.
    pub(crate) async fn links(&self) -> Vec<(String, Value)> {
        read!(&self.host, LINKS, |row| (row.get(0), json(row.get(1))))
    }

    pub(crate) async fn log(&self) -> Vec<Value> {
        read!(&self.host, LOG, |row| json(row.get(0)))
    }

    /// Returns the outcomes in order of arrival.
    pub(crate) async fn applied_outcomes(&self) -> Vec<AppliedOutcome> {
        let rows = sqlx::query(TOLD).fetch_all(&self.product).await.unwrap();
        let outcomes = rows.iter().map(|row| AppliedOutcome {
            assessment: format!("asm-{}", row.get::<i64, _>(0)),
            outcome: row.get(1),
            revision: row.get(2),
        });
        outcomes.collect()
    }

    /// Returns the assessment, outcome and revision of each accepted outcome.
    pub(crate) async fn outcomes(&self) -> Vec<(String, Option<String>, i64)> {
        let rows = sqlx::query(OUTCOMES).fetch_all(&self.product).await;
        let rows = rows.unwrap();
        let outcomes = rows.iter().map(|row| {
            let id = format!("asm-{}", row.get::<i64, _>(0));
            (id, row.get(1), row.get(2))
        });
        outcomes.collect()
    }

    pub(crate) async fn close(self) {
        match self.host {
            Database::File(pool) => pool.close().await,
            Database::Server(pool) => pool.close().await,
        }
        self.product.close().await;
    }
}

async fn open(path: &str) -> SqlitePool {
    let options = SqliteConnectOptions::new().filename(path);
    let pool = SqlitePoolOptions::new().max_connections(1);
    pool.connect_with(options).await.unwrap()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

const NOTE: &str = "CREATE TABLE told (number INTEGER PRIMARY KEY, assessment BIGINT NOT NULL, \
    outcome TEXT NOT NULL, revision BIGINT NOT NULL); \
    CREATE TRIGGER note AFTER UPDATE OF outcome, outcome_revision ON assessments BEGIN \
    INSERT INTO told (assessment, outcome, revision) VALUES (new.number, new.outcome, new.outcome_revision); END";
const TOLD: &str = "SELECT assessment, outcome, revision FROM told ORDER BY number";
const OUTCOMES: &str =
    "SELECT number, outcome, outcome_revision FROM assessments WHERE account = 'acme'";
const DELIVERIES: &str =
    "SELECT event_id, digest, verdict, body IS NOT NULL FROM deliveries ORDER BY id";
const LINKS: &str =
    "SELECT assessment, record FROM links WHERE account = 'acme' ORDER BY assessment";
const LOG: &str = "SELECT record FROM sync_log WHERE account = 'acme' ORDER BY id";
const HASTEN: &str = "UPDATE due_work SET claimable_at = 0 \
    WHERE kind = 'look_back' AND claimed = 0 AND claimable_at > 0";
/// Reconciliations are left out, because the next one is always scheduled hours ahead.
const DUE: &str = "SELECT kind, count(*) FROM due_work WHERE kind <> 'reconcile' GROUP BY kind";
