use std::{
    error::{self, Error as _},
    fmt,
    sync::Arc,
    time::Duration,
};

use greenhouse_core::{
    TransportError, TransportErrorKind,
    store::{StoreError, StoreErrorKind},
};

use crate::{AuthProblem, Error, Route};

/// Reason why no token is available. Cloned for all callers that waited for the token.
#[derive(Debug, Clone)]
pub(super) enum Failure {
    Auth(AuthProblem),
    /// The store failed to respond, or to save a token that must be saved before use.
    Store(Arc<StoreError>),
    Transport(Arc<TransportError>),
    /// Failure status from the token host.
    Status(u16),
    RateLimited(Duration),
    /// Path at which the response could not be parsed.
    Unreadable(String),
    /// The request could not be built.
    Construction(Arc<str>),
    /// Another host has been fetching the token for longer than the call may wait.
    OutOfTime,
}

impl Failure {
    pub(super) fn into_error(self, route: Route) -> Error {
        match self {
            Self::Auth(problem) => Error::Auth { route, problem },
            Self::Store(source) => {
                let source = match source.kind() {
                    StoreErrorKind::Corrupt => StoreError::corrupt(CauseOf(source)),
                    _ => StoreError::unavailable(CauseOf(source)),
                };
                Error::Store { route, source }
            }
            Self::Transport(source) if source.kind() == TransportErrorKind::Construction => {
                Error::Construction {
                    route,
                    source: Some(source.into()),
                }
            }
            Self::Transport(source) => Error::Transport {
                route,
                source: match source.source() {
                    Some(_) => TransportError::new(source.kind()).with_source(CauseOf(source)),
                    None => TransportError::new(source.kind()),
                },
            },
            Self::Status(status) => Error::Api {
                route,
                status,
                message: None,
                errors: Vec::new(),
            },
            Self::RateLimited(retry_after) => Error::RateLimited { route, retry_after },
            Self::Unreadable(path) => Error::Decode { route, path },
            Self::Construction(why) => Error::Construction {
                route,
                source: Some(why.as_ref().into()),
            },
            Self::OutOfTime => Error::OutOfTime { route },
        }
    }
}

/// Cause of an error that several callers share, for use as the source of each caller's own error.
#[derive(Debug)]
struct CauseOf<E>(Arc<E>);

impl<E: error::Error> fmt::Display for CauseOf<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.source() {
            Some(cause) => fmt::Display::fmt(cause, f),
            None => fmt::Display::fmt(&self.0, f),
        }
    }
}

impl<E: error::Error> error::Error for CauseOf<E> {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.0.source()?.source()
    }
}

impl From<AuthProblem> for Failure {
    fn from(problem: AuthProblem) -> Self {
        Self::Auth(problem)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

/// Failed attempt, with the time of a possible retry.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) failure: Failure,
    pub(super) again: Again,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// A retry changes nothing.
    Never,
    /// Retry after a growing wait.
    Later,
    /// Retry after this wait.
    After(Duration),
}

impl<T: Into<Failure>> From<T> for Failed {
    fn from(failure: T) -> Self {
        Self {
            failure: failure.into(),
            again: Again::Never,
        }
    }
}

impl Failed {
    pub(super) fn later(failure: Failure) -> Self {
        Self {
            failure,
            again: Again::Later,
        }
    }

    /// Creates a failed attempt with an immediate retry, because the state has changed in the
    /// meantime.
    pub(super) fn at_once(failure: Failure) -> Self {
        Self {
            failure,
            again: Again::After(Duration::ZERO),
        }
    }

    /// Returns the wait before the next attempt, after this many attempts. `None` if a retry is
    /// useless.
    pub(super) fn wait(&self, attempts: u32) -> Option<Duration> {
        match self.again {
            Again::Never => None,
            Again::Later => {
                let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1).min(5));
                Some(FIRST_BACKOFF.saturating_mul(doubled))
            }
            Again::After(wait) => Some(wait),
        }
    }
}

const FIRST_BACKOFF: Duration = Duration::from_millis(500);
