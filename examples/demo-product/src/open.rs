use std::{fmt, path::Path, time::Duration};

use sqlx::{
    Sqlite, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use url::Url;

use crate::error::ProductError;

/// The product. Cheap to clone; clones share their connection, and several may be open on one file.
#[derive(Clone)]
pub struct DemoProduct {
    pub(crate) database: SqlitePool,
    pub(crate) report_base: Url,
}

impl DemoProduct {
    /// Opens the product's file, and makes it where it is missing.
    ///
    /// `report_base` is where the host serves [`report_page`](Self::report_page): a report is found under
    /// `{report_base}/product/reports/{token}`.
    ///
    /// # Errors
    ///
    /// [`ProductError::Open`] and [`ProductError::ReportBase`].
    pub async fn open(path: impl AsRef<Path>, report_base: Url) -> Result<Self, ProductError> {
        if !matches!(report_base.scheme(), "http" | "https") {
            return Err(ProductError::ReportBase);
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(LOCK_TIMEOUT);
        let database = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(LOCK_TIMEOUT)
            .connect_with(options)
            .await
            .map_err(ProductError::Open)?;
        let product = Self {
            database,
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

    /// A transaction that holds the write lock.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
        self.database.begin_with("BEGIN IMMEDIATE").await
    }
}

impl fmt::Debug for DemoProduct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DemoProduct").finish_non_exhaustive()
    }
}

/// How long a call waits for the connection, and then again for another process.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
const SCHEMA: &str = include_str!("schema.sql");
