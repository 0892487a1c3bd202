use thiserror::Error;

/// Why something could not be done in this Greenhouse.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ActError {
    /// There is no such record; the text names its kind, for example `Application`.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// Greenhouse does not do this; the text says why.
    #[error("{0}")]
    Refused(String),
}
