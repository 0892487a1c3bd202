//! What the host's file and the product's hold, read past both of them.

use axum_host::Config;
use serde_json::Value;
use sqlx::{
    Row, SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

use super::letter::Name;

pub(super) struct Files {
    host: SqlitePool,
    product: SqlitePool,
}

/// A row of `deliveries`.
pub(super) struct Kept {
    pub(super) name: Name,
    pub(super) verdict: String,
    pub(super) has_body: bool,
}

/// What the product was told, and took.
pub(super) struct Told {
    pub(super) assessment: String,
    pub(super) outcome: String,
    pub(super) revision: i64,
}

impl Files {
    /// From now on the product's file notes every outcome that it takes, in the transaction in which it takes it.
    pub(super) async fn open(config: &Config) -> Self {
        let files = Self {
            host: open(config.database.expose()).await,
            product: open(&config.product_database).await,
        };
        sqlx::raw_sql(NOTE).execute(&files.product).await.unwrap();
        files
    }

    /// How much of each kind is left to do.
    pub(super) async fn due(&self) -> Vec<(String, i64)> {
        let rows = sqlx::query(DUE).fetch_all(&self.host).await.unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    }

    /// Once every delivery is taken there is nothing left to wait for with a second look.
    pub(super) async fn hasten(&self) {
        sqlx::query(HASTEN).execute(&self.host).await.unwrap();
    }

    pub(super) async fn deliveries(&self) -> Vec<Kept> {
        let rows = sqlx::query(DELIVERIES).fetch_all(&self.host).await.unwrap();
        let kept = rows.iter().map(|row| Kept {
            name: (row.get(0), row.get::<Vec<u8>, _>(1).try_into().unwrap()),
            verdict: row.get(2),
            has_body: row.get(3),
        });
        kept.collect()
    }

    /// By assessment.
    pub(super) async fn links(&self) -> Vec<(String, Value)> {
        let rows = sqlx::query("SELECT assessment, record FROM links ORDER BY assessment");
        let rows = rows.fetch_all(&self.host).await.unwrap();
        let links = rows.iter().map(|row| (row.get(0), json(row.get(1))));
        links.collect()
    }

    pub(super) async fn log(&self) -> Vec<Value> {
        let rows = sqlx::query("SELECT record FROM sync_log ORDER BY id");
        let rows = rows.fetch_all(&self.host).await.unwrap();
        rows.iter().map(|row| json(row.get(0))).collect()
    }

    /// In order.
    pub(super) async fn told(&self) -> Vec<Told> {
        let rows = sqlx::query(TOLD).fetch_all(&self.product).await.unwrap();
        let told = rows.iter().map(|row| Told {
            assessment: format!("asm-{}", row.get::<i64, _>(0)),
            outcome: row.get(1),
            revision: row.get(2),
        });
        told.collect()
    }

    /// Assessment, outcome and revision.
    pub(super) async fn outcomes(&self) -> Vec<(String, Option<String>, i64)> {
        let rows = sqlx::query("SELECT number, outcome, outcome_revision FROM assessments");
        let rows = rows.fetch_all(&self.product).await.unwrap();
        let outcomes = rows.iter().map(|row| {
            let id = format!("asm-{}", row.get::<i64, _>(0));
            (id, row.get(1), row.get(2))
        });
        outcomes.collect()
    }

    pub(super) async fn close(self) {
        self.host.close().await;
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
const DELIVERIES: &str =
    "SELECT event_id, digest, verdict, body IS NOT NULL FROM deliveries ORDER BY id";
const HASTEN: &str = "UPDATE due_work SET claimable_at = 0 \
    WHERE kind = 'look_back' AND claimed = 0 AND claimable_at > 0";
/// The comparison with Greenhouse is always planned, hours from now.
const DUE: &str = "SELECT kind, count(*) FROM due_work WHERE kind <> 'reconcile' GROUP BY kind";
