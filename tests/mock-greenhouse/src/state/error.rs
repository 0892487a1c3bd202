use thiserror::Error;

/// Error from an action in this Greenhouse.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ActError {
    /// The record does not exist; the text names its kind, for example `Application`.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// Greenhouse does not permit the action, for the reason in the text.
    #[error("{0}")]
    Refused(String),
}
