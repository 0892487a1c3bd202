use std::{fmt, fs::OpenOptions, path::Path, time::Duration};

use sqlx::{
    Sqlite, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use url::Url;

use crate::error::ProductError;

/// An assessment product in a SQLite file. Cheap to clone; clones share one connection. Several
/// instances can open the same file.
#[derive(Clone)]
pub struct DemoProduct {
    pub(crate) database: SqlitePool,
    pub(crate) report_base: Url,
}

impl DemoProduct {
    /// Opens the product's database file, and creates it if it does not exist. On Unix, a new file
    /// is accessible only to its owner, and other users lose access to an existing file.
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
        make_private(options.get_filename());
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

    /// Creates a product that opens its database file read-only, at the first query. The file is
    /// never created or changed. Writes always fail, and reads fail if the file does not exist.
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

/// Creates a missing file that only its owner can access, and removes the access of other users to
/// an existing file, because the file contains personal data. SQLite copies the mode to its other
/// files. Errors are ignored here, because opening the database reports them.
fn make_private(path: &Path) {
    if path.as_os_str() == ":memory:" {
        return;
    }
    let mut file = OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, OWNER_ONLY);
    let is_new = file.open(path).is_ok();
    #[cfg(unix)]
    if let Ok(known) = path.metadata().map(|known| known.permissions())
        && !is_new
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = known.mode() & 0o777;
        if mode & !OWNER_ONLY != 0 {
            let own = std::fs::Permissions::from_mode(mode & OWNER_ONLY);
            let _ = std::fs::set_permissions(path, own);
        }
    }
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
#[cfg(unix)]
const OWNER_ONLY: u32 = 0o600;
const SCHEMA: &str = include_str!("schema.sql");

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[tokio::test]
    async fn the_file_is_accessible_only_to_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        for (name, before, after) in [
            ("new.sqlite", None, 0o600),
            ("open.sqlite", Some(0o644), 0o600),
            ("group.sqlite", Some(0o660), 0o600),
            ("own.sqlite", Some(0o600), 0o600),
        ] {
            let path = folder.path().join(name);
            if let Some(mode) = before {
                std::fs::write(&path, "").unwrap();
                let mode = std::fs::Permissions::from_mode(mode);
                std::fs::set_permissions(&path, mode).unwrap();
            }
            let base = Url::parse("https://assess.example.com").unwrap();
            let product = DemoProduct::open(&path, base).await.unwrap();
            let mut writing = product.begin().await.unwrap();
            let statement = "CREATE TABLE written (one INTEGER)";
            sqlx::raw_sql(statement)
                .execute(&mut *writing)
                .await
                .unwrap();
            for file in std::fs::read_dir(folder.path()).unwrap() {
                let file = file.unwrap();
                let mode = file.metadata().unwrap().permissions().mode();
                assert_eq!(mode & 0o777, after, "{:?}", file.path());
            }
            writing.commit().await.unwrap();
        }
    }
}
