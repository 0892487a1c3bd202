mod auth;
#[cfg(test)]
pub(crate) mod samples;

use std::{error, time::Duration};

use greenhouse_core::{TransportError, store::StoreError};

use crate::Route;

pub use self::auth::AuthProblem;

/// Error from a call to Harvest, classified by what the caller can do about it.
///
/// An error contains no body, token or personal data. Error texts from Greenhouse are redacted and
/// cut to 300 characters. The redaction removes the values that were sent (in full, in part, or in
/// another spelling), addresses, links, tokens and control characters. A text may still contain the
/// name of a person whom the call did not mention.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request could not be built and was not sent. A retry fails in the same way.
    #[error("could not build the request {route}")]
    Construction {
        /// Failed call.
        route: Route,
        /// Cause.
        source: Option<BoxError>,
    },
    /// The credential, its scopes or the acting user's rights are not sufficient. Nothing was
    /// carried out.
    #[error("access denied for {route}: {problem}")]
    Auth {
        /// Failed call.
        route: Route,
        /// Reason for the refusal.
        problem: AuthProblem,
    },
    /// No response was received and nothing was carried out. The call was a read, or a write that
    /// was certainly not sent.
    #[error("no response from Greenhouse for {route}")]
    Transport {
        /// Failed call.
        route: Route,
        /// Cause.
        source: TransportError,
    },
    /// A write may or may not have been carried out. Search for its result before writing again.
    #[error("the outcome of {route} is unknown")]
    Ambiguous {
        /// Failed call.
        route: Route,
        /// Status, if a response was received: a server error, a redirect, or a success whose body
        /// could not be parsed.
        status: Option<u16>,
        /// Failure of the exchange, or the part of the response that could not be parsed.
        source: Option<BoxError>,
    },
    /// Greenhouse refused the call. A write was not carried out.
    #[error("request {route} failed with status {status}{}", refusal(message.as_deref(), errors))]
    Api {
        /// Failed call.
        route: Route,
        /// Status.
        status: u16,
        /// Redacted message from the response, if any.
        message: Option<String>,
        /// Redacted individual errors from the response.
        errors: Vec<String>,
    },
    /// The store that shares tokens and rate limits failed. The call was not sent.
    #[error("could not send {route}: the store for tokens and rate limits failed")]
    Store {
        /// Failed call.
        route: Route,
        /// Cause.
        source: StoreError,
    },
    /// The rate limit is exhausted for longer than the call may wait. Nothing was carried out.
    #[error("{route} was not sent: the rate limit of the credential is exhausted; retry after {} s", retry_after.as_secs())]
    RateLimited {
        /// Failed call.
        route: Route,
        /// Time to wait before a retry.
        retry_after: Duration,
    },
    /// The call could not be sent in the remaining time. Nothing was carried out.
    #[error("not enough time left to send {route}")]
    OutOfTime {
        /// Failed call.
        route: Route,
    },
    /// The response body of a read differs from the documented shape.
    #[error("could not parse the response to {route} at {path}")]
    Decode {
        /// Failed call.
        route: Route,
        /// Path of the unexpected value.
        path: String,
    },
    /// The pages of a list are inconsistent.
    #[error("could not follow the pages of {route}: {problem}")]
    Paging {
        /// Failed call.
        route: Route,
        /// Reason why the next page was not read.
        problem: PagingProblem,
    },
}

impl Error {
    /// Returns the failed call.
    pub fn route(&self) -> Route {
        match self {
            Self::Construction { route, .. }
            | Self::Auth { route, .. }
            | Self::Transport { route, .. }
            | Self::Ambiguous { route, .. }
            | Self::Api { route, .. }
            | Self::Store { route, .. }
            | Self::RateLimited { route, .. }
            | Self::OutOfTime { route }
            | Self::Decode { route, .. }
            | Self::Paging { route, .. } => *route,
        }
    }

    /// Returns the remedy, as one or more sentences.
    pub fn remedy(&self) -> String {
        let remedy = match self {
            Self::Auth { problem, .. } => return problem.remedy(),
            Self::Store { .. } => "Check the database.",
            Self::RateLimited { .. } => {
                "Retry in a minute. The credential's rate limit is exhausted by this server or by \
                 other servers that share the credential."
            }
            _ if self.is_unexpected_response() => {
                "Retry. If Greenhouse's response is still unexpected, report the problem."
            }
            _ => {
                "Check that this server can reach harvest.greenhouse.io and auth.greenhouse.io, then retry."
            }
        };
        remedy.to_owned()
    }

    /// Returns `true` if Greenhouse's response was not as documented, or if the request could not
    /// be built.
    pub(crate) fn is_unexpected_response(&self) -> bool {
        match self {
            Self::Api { status, .. } => *status < 500,
            Self::Decode { .. } | Self::Paging { .. } | Self::Construction { .. } => true,
            _ => false,
        }
    }

    /// Returns `true` if the write may have been carried out. Otherwise, it was certainly not
    /// carried out.
    pub fn outcome_unknown(&self) -> bool {
        matches!(self, Self::Ambiguous { .. })
    }
}

/// Reason why the next page of a list was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PagingProblem {
    /// The link cannot be parsed.
    #[error("invalid link to the next page")]
    Unreadable,
    /// The link points to another host or contains its own credentials. The token must not be sent
    /// there.
    #[error("the link to the next page points to another host")]
    ForeignOrigin,
    /// The link points to a page that was already read.
    #[error("the link to the next page points to a page that was already read")]
    Loop,
    /// The list has more than 100 pages, the limit of [`List::all`](crate::List::all).
    #[error("expected at most 100 pages, but the list has more")]
    TooMany,
}

pub(crate) type BoxError = Box<dyn error::Error + Send + Sync>;

/// Formats the texts in a response as a suffix for its status. The suffix begins with a colon or a
/// space, or is empty.
pub(crate) fn refusal(message: Option<&str>, errors: &[String]) -> String {
    let mut text = String::new();
    if let Some(message) = message {
        text.push_str(": ");
        text.push_str(message);
    }
    if !errors.is_empty() {
        text.push_str(" (");
        text.push_str(&errors.join("; "));
        text.push(')');
    }
    text
}
