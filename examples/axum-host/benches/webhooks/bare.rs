//! A minimal handler in plain axum and sqlx that inserts one row, with the settings of the host's
//! store.

use std::{net::SocketAddr, path::Path};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use sqlx::{
    SqliteExecutor, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use sqlx_store::StoreOptions;
use tokio::net::TcpListener;

use crate::body::{EVENT_ID, PATH, SEAL};

pub(crate) async fn serve(database: &Path) -> SocketAddr {
    let database = open(database).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = Router::new().route(PATH, post(take)).with_state(database);
    // The server ends with the process.
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

/// Opens one connection, because SQLite has one writer.
pub(crate) async fn open(database: &Path) -> SqlitePool {
    let options = StoreOptions::default();
    let connect = SqliteConnectOptions::new()
        .filename(database)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("secure_delete", "ON")
        .busy_timeout(options.lock_timeout);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(options.write_timeout)
        .test_before_acquire(false)
        .connect_with(connect)
        .await
        .unwrap();
    sqlx::query(TABLE).execute(&pool).await.unwrap();
    pool
}

async fn take(State(database): State<SqlitePool>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let id = headers[EVENT_ID].to_str().unwrap();
    // The row is as long as the sealed body.
    let mut row = body.to_vec();
    row.extend([0; SEAL]);
    insert(&database, id, &row).await;
    StatusCode::OK
}

/// Inserts a row in its own transaction.
pub(crate) async fn insert(database: impl SqliteExecutor<'_>, id: &str, row: &[u8]) {
    let insert = sqlx::query(INSERT).bind(id).bind(row);
    let inserted = insert.execute(database).await.unwrap();
    assert_eq!(inserted.rows_affected(), 1);
}

const TABLE: &str = "CREATE TABLE deliveries (event_id TEXT PRIMARY KEY, body BLOB NOT NULL)";
const INSERT: &str = "INSERT INTO deliveries (event_id, body) VALUES ($1, $2)";
