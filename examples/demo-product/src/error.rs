use greenhouse_core::platform::PlatformError;

/// Error of the product.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProductError {
    /// The database cannot be opened.
    #[error("the product's database cannot be opened")]
    Open(#[source] sqlx::Error),
    /// The base address of reports is not an http or https URL.
    #[error("the base address of reports must be an http or https URL")]
    ReportBase,
    /// The account has no such record.
    #[error("the product has no such {what}")]
    NotFound {
        /// Kind of record: `assessment`, `scenario`, `report`.
        what: &'static str,
    },
    /// The assessment has ended, so it cannot be started or completed.
    #[error("the assessment has ended")]
    Ended,
    /// The database failed.
    #[error("the product's database failed")]
    Database(#[from] sqlx::Error),
    /// A row in the database is invalid.
    #[error("the product's database has an invalid row")]
    Unreadable,
    /// The operating system returned no random numbers for the address of a report.
    #[error("the operating system returned no random numbers")]
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
