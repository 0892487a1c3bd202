use std::error::Error;

/// Error from a store.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct StoreError {
    kind: StoreErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// Kind of a [`StoreError`], which determines what a caller can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The database sent no usable response. Retry. A write may or may not have happened.
    #[error("the store is unavailable")]
    Unavailable,
    /// A stored row cannot be read. Retrying does not help; an operator must repair it.
    #[error("the store contains a row that cannot be read")]
    Corrupt,
}

#[derive(Debug, thiserror::Error)]
#[error("eight consecutive write conflicts on the same records")]
struct Contended;

impl StoreError {
    /// Creates an error of kind [`Unavailable`](StoreErrorKind::Unavailable).
    pub fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            kind: StoreErrorKind::Unavailable,
            source: Some(source.into()),
        }
    }

    /// Creates an error of kind [`Unavailable`](StoreErrorKind::Unavailable) after too many
    /// conflicts.
    pub(super) fn contended() -> Self {
        Self::unavailable(Contended)
    }

    /// Returns `true` after too many conflicts in
    /// [`decide_and_apply`](super::decide_and_apply). Nothing was written.
    pub fn is_contended(&self) -> bool {
        let source = self.source.as_deref();
        source.is_some_and(|source| source.is::<Contended>())
    }

    /// Creates an error of kind [`Corrupt`](StoreErrorKind::Corrupt).
    pub fn corrupt(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            kind: StoreErrorKind::Corrupt,
            source: Some(source.into()),
        }
    }

    /// The kind of the error.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}
