use thiserror::Error;

/// Error from an action in this Greenhouse.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ActError {
    /// The record does not exist. Contains the kind of record, for example `Application`.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// Greenhouse does not permit the action. Contains the reason.
    #[error("{0}")]
    Refused(String),
}
