use thiserror::Error;

/// Error of an action in this Greenhouse.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ActError {
    /// The record does not exist; the text names its kind, for example `Application`.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// Greenhouse does not permit the action; the text gives the reason.
    #[error("{0}")]
    Refused(String),
}
