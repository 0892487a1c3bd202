use std::{fmt, path::Path, time::Duration};

use sqlx::{
    Sqlite, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use url::Url;

use crate::error::ProductError;

/// The product. Cloning is cheap, and clones share a connection. Several instances can open the
/// same file.
#[derive(Clone)]
pub struct DemoProduct {
    pub(crate) database: SqlitePool,
    pub(crate) report_base: Url,
}

impl DemoProduct {
    /// Opens the product's database file, and creates it if it does not exist.
    ///
    /// The host must serve [`report_page`](Self::report_page) at
    /// `{report_base}/product/reports/{token}`.
    ///
    /// # Errors
    ///
    /// [`ProductError::Open`] if the file cannot be opened, or [`ProductError::ReportBase`] if
    /// `report_base` is not an http or https URL.
    pub async fn open(path: impl AsRef<Path>, report_base: Url) -> Result<Self, ProductError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true);
        let report_base = web_url(report_base)?;
        let connecting = pool().connect_with(with_timeouts(options));
        let product = Self {
            database: connecting.await.map_err(ProductError::Open)?,
            report_base,
        };
        let mut transaction = product.begin().await.map_err(ProductError::Open)?;
        sqlx::raw_sql(SCHEMA)
            .execute(&mut *transaction)
            .await
            .map_err(ProductError::Open)?;
        transaction.commit().await.map_err(ProductError::Open)?;
        Ok(product)
    }

    /// Opens the product's database file read-only, at the first query. The file is never created
    /// or changed. Writes always fail, and reads fail if the file does not exist.
    ///
    /// # Errors
    ///
    /// [`ProductError::ReportBase`] if `report_base` is not an http or https URL.
    pub fn open_read_only(path: impl AsRef<Path>, report_base: Url) -> Result<Self, ProductError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(false)
            .pragma("query_only", "ON");
        Ok(Self {
            report_base: web_url(report_base)?,
            database: pool().connect_lazy_with(with_timeouts(options)),
        })
    }

    /// Begins a transaction that holds the write lock.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
        self.database.begin_with("BEGIN IMMEDIATE").await
    }
}

impl fmt::Debug for DemoProduct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DemoProduct").finish_non_exhaustive()
    }
}

fn web_url(report_base: Url) -> Result<Url, ProductError> {
    let is_web = matches!(report_base.scheme(), "http" | "https");
    is_web
        .then_some(report_base)
        .ok_or(ProductError::ReportBase)
}

fn pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(LOCK_TIMEOUT)
}

fn with_timeouts(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options.foreign_keys(true).busy_timeout(LOCK_TIMEOUT)
}

/// Maximum time that a call waits for the connection, and then for another process's lock.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
const SCHEMA: &str = include_str!("schema.sql");
