//! Opening what a host stands on: the database of the integration, and the file of the stand-in for the product.

use std::{path::Path, sync::Arc};

use demo_product::{DemoProduct, ProductError};
use greenhouse_core::{BuildError, platform::AssessmentPlatform, store::Store};
use sqlx_store::{KeyId, MasterKeys, OpenError, SqlxStore};

use crate::{
    Config, Outside, Program,
    accounts::{self, AccountConfig, AppliedAccount, ApplyError, VerifyError},
};

/// Opens the database of the integration, creates a missing file and brings the schema up to date.
///
/// # Errors
///
/// [`DatabasesError::Store`] and [`DatabasesError::MissingKey`].
pub async fn open(config: &Config) -> Result<SqlxStore, DatabasesError> {
    open_with(config, true).await
}

/// Opens the database like [`open`], and never creates a file: for commands that only read or change what is there.
///
/// # Errors
///
/// As [`open`]; [`DatabasesError::Missing`] if there is no file.
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
        OpenError::Missing => DatabasesError::Missing,
        OpenError::Schema(reason) => DatabasesError::Schema(reason),
        error => DatabasesError::Store(error),
    })
}

/// Opens the file of the stand-in for the product if there is one. Reads fail if there is none; it is never created.
///
/// # Errors
///
/// [`DatabasesError::Product`].
pub async fn open_existing_product(config: &Config) -> Result<DemoProduct, DatabasesError> {
    if Path::new(&config.product_database).exists() {
        return open_product(config).await;
    }
    let product = DemoProduct::open_read_only(&config.product_database, config.public_url.clone());
    Ok(product?)
}

/// Opens the file of the stand-in for the product.
///
/// # Errors
///
/// [`DatabasesError::Product`].
pub async fn open_product(config: &Config) -> Result<DemoProduct, DatabasesError> {
    let opened = DemoProduct::open(&config.product_database, config.public_url.clone()).await;
    Ok(opened?)
}

/// Brings accounts into the database, and what their candidates can take into the stand-in for the product. With an
/// `outside`, Greenhouse is asked first whether their push settings can work.
///
/// # Errors
///
/// [`DatabasesError`]; both databases are opened and everything is checked before anything is written.
pub async fn set_up(
    config: &Config,
    accounts: &[AccountConfig],
    outside: Option<&Outside>,
) -> Result<Vec<AppliedAccount>, DatabasesError> {
    let store = Arc::new(open(config).await?);
    let product = Arc::new(open_product(config).await?);
    if let Some(outside) = outside {
        accounts::check(&*store, accounts).await?;
        let all: Arc<dyn Store> = Arc::clone(&store) as _;
        let platform: Arc<dyn AssessmentPlatform> = Arc::clone(&product) as _;
        accounts::verify(config, &all, &platform, outside, accounts).await?;
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

fn ids(keys: &MasterKeys) -> String {
    let ids: Vec<_> = keys.key_ids().map(|id| id.to_string()).collect();
    ids.join(", ")
}

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabasesError {
    /// The database of the integration cannot be opened.
    #[error("database (GREENHOUSE_DATABASE) cannot be used")]
    Store(#[source] OpenError),
    /// The schema cannot be used.
    #[error("database_schema (GREENHOUSE_DATABASE_SCHEMA) {0}")]
    Schema(&'static str),
    /// There is no database file yet.
    #[error(
        "there is no file at database (GREENHOUSE_DATABASE): `{program} accounts apply` creates it, with the accounts of its \
         file",
        program = Program::this()
    )]
    Missing,
    /// The database holds what a master key sealed that was not given.
    #[error(
        "the database needs master key {key}, which master_keys (GREENHOUSE_MASTER_KEYS) does not hold (it holds {given}): \
         add it behind the first one"
    )]
    MissingKey {
        /// The id of the key.
        key: KeyId,
        /// The ids of those that were given.
        given: String,
    },
    /// The product's database cannot be used.
    #[error("product_database (GREENHOUSE_PRODUCT_DATABASE) cannot be used")]
    Product(#[from] ProductError),
    /// The accounts cannot be brought in.
    #[error(transparent)]
    Accounts(#[from] ApplyError),
    /// A value of the configuration cannot work.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The accounts' push settings cannot work, or nobody could be asked.
    #[error(transparent)]
    Settings(#[from] VerifyError),
}
