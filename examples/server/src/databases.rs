//! Opens the two databases: the integration's and the demo product's.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Read},
    path::Path,
    sync::Arc,
};

use demo_product::{DemoProduct, ProductError};
use greenhouse_core::{BuildError, chain, platform::AssessmentPlatform, store::Store};
use sqlx_store::{KeyId, MasterKeys, OpenError, SqlxStore};

use crate::{
    Config, HostEnvironment, Program,
    accounts::{self, AccountConfig, AppliedAccount, ApplyError, VerifyError},
};

/// Opens the integration's database. Creates a missing file, and migrates the schema.
///
/// # Errors
///
/// [`DatabasesError`] if the database cannot be opened, or if a master key is missing.
pub async fn open(config: &Config) -> Result<SqlxStore, DatabasesError> {
    open_with(config, true).await
}

/// Opens the database like [`open`], but never creates a file.
///
/// # Errors
///
/// Same as [`open`], and [`DatabasesError::Missing`] if the file does not exist.
pub async fn open_existing(config: &Config) -> Result<SqlxStore, DatabasesError> {
    open_with(config, false).await
}

async fn open_with(config: &Config, create: bool) -> Result<SqlxStore, DatabasesError> {
    let keys = &config.master_keys;
    let mut options = config.store_options();
    options.create_if_missing = create;
    let opening = SqlxStore::open_with(config.database.expose(), keys.clone(), options);
    opening.await.map_err(|error| match error {
        OpenError::MissingKey { key } => DatabasesError::MissingKey {
            key,
            given: ids(keys),
        },
        OpenError::Missing => DatabasesError::Missing {
            file: sqlite_file(config.database.expose()).to_owned(),
        },
        OpenError::Schema(reason) => DatabasesError::Schema(reason),
        OpenError::Open(_) | OpenError::Migrate(_) => {
            match file_problem(config.database.expose()) {
                Some(reason) => DatabasesError::File { reason },
                None => DatabasesError::Store(error),
            }
        }
        error => DatabasesError::Store(error),
    })
}

/// Describes why a SQLite file cannot be opened. `None` if the file and its folder have no visible
/// problem, or if the address is neither a path nor a `sqlite:` URL and may contain a password.
fn file_problem(address: &str) -> Option<String> {
    let name = sqlite_file(address);
    if name.contains([':', '@']) {
        return None;
    }
    let path = Path::new(name);
    let folder = match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => path,
    };
    let folder_name = folder.display();
    match (fs::metadata(path), fs::metadata(folder)) {
        (Ok(file), _) if file.is_dir() => Some(format!("{name} is a folder; specify a file in it")),
        (Ok(_), _) => match File::options().read(true).write(true).open(path) {
            Ok(mut file) => {
                let mut magic = [0; SQLITE_MAGIC.len()];
                let read = file.read_exact(&mut magic);
                (read.is_err() || magic != *SQLITE_MAGIC)
                    .then(|| format!("{name} is not a SQLite database; specify another file"))
            }
            Err(error) => is_denied(&error).then(|| {
                format!(
                    "this user is not allowed to write to {name}; change its owner or permissions"
                )
            }),
        },
        (_, Err(error)) if error.kind() == ErrorKind::NotFound => Some(format!(
            "the folder {folder_name} does not exist; create it or correct the path"
        )),
        (_, Ok(parent)) if !parent.is_dir() => Some(format!(
            "{folder_name} is a file, not a folder; correct the path"
        )),
        _ => None,
    }
}

/// Returns the path in the address of a SQLite database.
fn sqlite_file(address: &str) -> &str {
    let name = address.strip_prefix("sqlite:").unwrap_or(address);
    let name = name.strip_prefix("//").unwrap_or(name);
    name.split_once('?').map_or(name, |(name, _)| name)
}

fn is_denied(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
    )
}

/// First bytes of every SQLite database.
const SQLITE_MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Opens the database of the demo product, but never creates the file. If the file does not exist,
/// reads fail.
///
/// # Errors
///
/// [`DatabasesError::Product`] or [`DatabasesError::ProductFile`].
pub async fn open_existing_product(config: &Config) -> Result<DemoProduct, DatabasesError> {
    if Path::new(&config.product_database).exists() {
        return open_product(config).await;
    }
    let product = DemoProduct::open_read_only(&config.product_database, config.public_url.clone());
    product.map_err(|error| product_error(config, error))
}

/// Opens the database of the demo product. Creates a missing file.
///
/// # Errors
///
/// [`DatabasesError::Product`] or [`DatabasesError::ProductFile`].
pub async fn open_product(config: &Config) -> Result<DemoProduct, DatabasesError> {
    let opened = DemoProduct::open(&config.product_database, config.public_url.clone()).await;
    opened.map_err(|error| product_error(config, error))
}

fn product_error(config: &Config, error: ProductError) -> DatabasesError {
    match file_problem(&config.product_database) {
        Some(reason) => DatabasesError::ProductFile { reason },
        None => DatabasesError::Product(error),
    }
}

/// Creates or updates accounts in the database, and their scenarios and jobs in the demo product.
/// If `environment` is `Some`, checks their push settings against Greenhouse first.
///
/// # Errors
///
/// [`DatabasesError`] if a database cannot be opened or written, or if an account is invalid. All
/// accounts are checked before the first one is written.
pub async fn set_up(
    config: &Config,
    accounts: &[AccountConfig],
    environment: Option<&HostEnvironment>,
) -> Result<Vec<AppliedAccount>, DatabasesError> {
    let store = Arc::new(open(config).await?);
    let product = Arc::new(open_product(config).await?);
    if let Some(environment) = environment {
        accounts::check(&*store, accounts).await?;
        let all: Arc<dyn Store> = Arc::clone(&store) as _;
        let platform: Arc<dyn AssessmentPlatform> = Arc::clone(&product) as _;
        accounts::verify(config, &all, &platform, environment, accounts).await?;
    }
    let applied = accounts::apply(&*store, accounts).await?;
    for account in accounts {
        for scenario in &account.scenarios {
            product.add_scenario(&account.id, scenario).await?;
        }
        for job in &account.product_jobs {
            product.add_job(&account.id, job).await?;
        }
    }
    store.close().await;
    Ok(applied)
}

/// Formats an error without words that repeat the name of the setting.
fn describe(error: &OpenError) -> String {
    match error {
        OpenError::Address(reason) => format!("the address {reason}"),
        OpenError::Open(cause) | OpenError::Migrate(cause) => cause.to_string(),
        error => chain(error).to_string(),
    }
}

fn ids(keys: &MasterKeys) -> String {
    let ids: Vec<_> = keys.key_ids().map(|id| id.to_string()).collect();
    ids.join(", ")
}

/// Error from opening the databases or applying accounts.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabasesError {
    /// The integration's database cannot be opened.
    #[error("database (GREENHOUSE_DATABASE): {}", describe(.0))]
    Store(OpenError),
    /// The integration's database file cannot be opened.
    #[error("database (GREENHOUSE_DATABASE): {reason}")]
    File {
        /// Problem of the path, with its remedy.
        reason: String,
    },
    /// The schema is invalid.
    #[error("database_schema (GREENHOUSE_DATABASE_SCHEMA) {0}")]
    Schema(&'static str),
    /// The database file does not exist.
    #[error(
        "database (GREENHOUSE_DATABASE): the file {file} does not exist; correct the path, or create \
         the file with `{program} accounts apply`",
        program = Program::this()
    )]
    Missing {
        /// Path of the file.
        file: String,
    },
    /// The database contains values encrypted with a master key that is not configured.
    #[error(
        "master_keys (GREENHOUSE_MASTER_KEYS): the database needs master key {key}, but the \
         configuration contains only {given}; add the missing key after the first key"
    )]
    MissingKey {
        /// Id of the key.
        key: KeyId,
        /// Ids of the configured keys.
        given: String,
    },
    /// The product's database cannot be opened.
    #[error("product_database (GREENHOUSE_PRODUCT_DATABASE) cannot be used")]
    Product(#[from] ProductError),
    /// The product's database file cannot be opened.
    #[error("product_database (GREENHOUSE_PRODUCT_DATABASE): {reason}")]
    ProductFile {
        /// Problem of the path, with its remedy.
        reason: String,
    },
    /// The accounts cannot be applied.
    #[error(transparent)]
    Accounts(#[from] ApplyError),
    /// The configuration is invalid.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The accounts' push settings are invalid, or could not be checked.
    #[error(transparent)]
    Settings(#[from] VerifyError),
}
