use greenhouse_core::platform::PlatformError;

/// Error from the methods of [`DemoProduct`](crate::DemoProduct).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProductError {
    /// The database cannot be opened.
    #[error("the product's database cannot be opened")]
    Open(#[source] sqlx::Error),
    /// The base URL for reports is not an http or https URL.
    #[error("the base URL for reports must be an http or https URL")]
    ReportBase,
    /// The record does not exist, or belongs to another account.
    #[error("{what} not found in the product")]
    NotFound {
        /// Kind of record: `assessment`, `scenario` or `report`.
        what: &'static str,
    },
    /// The assessment has ended, so it cannot be started or completed.
    #[error("the assessment has ended")]
    Ended,
    /// A database query failed.
    #[error("a query on the product's database failed")]
    Database(#[from] sqlx::Error),
    /// A row in the database is invalid.
    #[error("the product's database contains an invalid row")]
    Unreadable,
    /// The operating system provided no random bytes for a report's URL.
    #[error("could not get random bytes from the operating system")]
    Random,
}

impl From<ProductError> for PlatformError {
    fn from(error: ProductError) -> Self {
        match error {
            ProductError::NotFound { what } => Self::NotFound { what },
            ProductError::Ended => Self::Refused {
                reason: error.to_string(),
            },
            error => Self::Unavailable(Box::new(error)),
        }
    }
}
