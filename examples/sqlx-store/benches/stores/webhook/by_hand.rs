//! A webhook's transaction in plain sqlx.

use std::{
    str::FromStr,
    time::{Duration, Instant},
};

use sqlx::{
    PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous},
};
use sqlx_store::StoreOptions;

use crate::place::Kind;

/// Values of one webhook's statements.
pub(super) struct Webhook {
    pub(super) account: String,
    pub(super) event_id: String,
    pub(super) digest: Vec<u8>,
    pub(super) at: i64,
    pub(super) candidate: i64,
    pub(super) application: i64,
    pub(super) event: String,
    pub(super) body: Vec<u8>,
    pub(super) assessment: String,
    pub(super) version: i64,
    pub(super) link: String,
    pub(super) entry: String,
    pub(super) work: String,
}

/// A pool with the store's settings, and the id of the sealing key.
pub(super) enum ByHand {
    Sqlite(SqlitePool, String),
    Postgres(PgPool, String),
}

impl ByHand {
    pub(super) async fn open(kind: Kind, address: &str) -> Self {
        let options = StoreOptions::default();
        match kind {
            Kind::Sqlite => {
                let connect = SqliteConnectOptions::from_str(&format!("sqlite:{address}"))
                    .unwrap()
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .pragma("secure_delete", "ON")
                    .busy_timeout(options.lock_timeout);
                let pool = SqlitePoolOptions::new().max_connections(1);
                let pool = pool.connect_with(connect).await.unwrap();
                let key = sqlx::query_scalar(KEY).fetch_one(&pool).await.unwrap();
                Self::Sqlite(pool, key)
            }
            Kind::Postgres => {
                let pool = PgPoolOptions::new().max_connections(options.connections);
                let pool = pool.connect(address).await.unwrap();
                let key = sqlx::query_scalar(KEY).fetch_one(&pool).await.unwrap();
                Self::Postgres(pool, key)
            }
        }
    }

    /// Writes the webhook and returns the duration of the commit. The first webhook creates the
    /// link.
    pub(super) async fn write(&self, webhook: &Webhook, first: bool) -> Duration {
        match self {
            Self::Sqlite(pool, key) => {
                let transaction = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
                write_sqlite(transaction, webhook, key, first).await
            }
            Self::Postgres(pool, key) => {
                let begin = "BEGIN ISOLATION LEVEL READ COMMITTED";
                let transaction = pool.begin_with(begin).await.unwrap();
                write_postgres(transaction, webhook, key, first).await
            }
        }
    }

    pub(super) async fn close(self) {
        match self {
            Self::Sqlite(pool, _) => pool.close().await,
            Self::Postgres(pool, _) => pool.close().await,
        }
    }
}

macro_rules! written {
    ($write:ident, $database:ty) => {
        async fn $write(
            mut transaction: sqlx::Transaction<'static, $database>,
            webhook: &Webhook,
            key: &str,
            first: bool,
        ) -> Duration {
            let delivery: i64 = sqlx::query_scalar(DELIVERY)
                .bind(&webhook.account)
                .bind(&webhook.event_id)
                .bind(&webhook.digest)
                .bind(webhook.at)
                .bind("effective")
                .bind(webhook.candidate)
                .bind(&webhook.event)
                .bind(&webhook.body)
                .bind(key)
                .fetch_one(&mut *transaction)
                .await
                .unwrap();
            sqlx::query(CONCERNED)
                .bind(&webhook.account)
                .bind(webhook.application)
                .bind(delivery)
                .execute(&mut *transaction)
                .await
                .unwrap();
            sqlx::query(if first { NEW_LINK } else { LINK })
                .bind(&webhook.account)
                .bind(&webhook.assessment)
                .bind(webhook.version + 1)
                .bind(&webhook.link)
                .bind(webhook.candidate)
                .bind(webhook.application)
                .execute(&mut *transaction)
                .await
                .unwrap();
            sqlx::query(ENTRY)
                .bind(&webhook.account)
                .bind(None::<&str>)
                .bind("from_greenhouse")
                .bind("done")
                .bind(&webhook.assessment)
                .bind(&webhook.entry)
                .bind(webhook.at)
                .bind("event")
                .execute(&mut *transaction)
                .await
                .unwrap();
            sqlx::query(WORK)
                .bind(&webhook.account)
                .bind("tell_product")
                .bind(&webhook.work)
                .bind(webhook.at)
                .execute(&mut *transaction)
                .await
                .unwrap();
            let began = Instant::now();
            transaction.commit().await.unwrap();
            began.elapsed()
        }
    };
}

written!(write_sqlite, sqlx::Sqlite);
written!(write_postgres, sqlx::Postgres);

const KEY: &str = "SELECT key_id FROM sealing_keys";
const DELIVERY: &str = "INSERT INTO deliveries \
    (account, event_id, digest, received_at, verdict, candidate, event, body, sealed_by) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING id";
const CONCERNED: &str = "INSERT INTO delivery_applications (account, application, delivery) \
    VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const NEW_LINK: &str = "INSERT INTO links \
    (account, assessment, version, record, candidate, application) VALUES ($1, $2, $3, $4, $5, $6)";
const LINK: &str = "UPDATE links SET version = $3, record = $4, candidate = $5, application = $6 \
    WHERE account = $1 AND assessment = $2 AND version = $3 - 1";
const ENTRY: &str = "INSERT INTO sync_log \
    (account, entry_key, direction, status, assessment, record, happened_at, subject) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
    ON CONFLICT (account, entry_key) DO UPDATE SET direction = excluded.direction, \
    status = excluded.status, assessment = excluded.assessment, record = excluded.record, \
    happened_at = excluded.happened_at, subject = excluded.subject";
const WORK: &str = "INSERT INTO due_work \
    (account, kind, work, since, claimable_at, claimed, attempts, generation) \
    VALUES ($1, $2, $3, $4, $4, 0, 0, 0)";
