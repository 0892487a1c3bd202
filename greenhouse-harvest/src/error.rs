mod auth;

use std::{error, time::Duration};

use greenhouse_core::{TransportError, store::StoreError};

use crate::Route;

pub use self::auth::AuthProblem;

/// Why a call to Harvest did not succeed, by what a caller can do about it.
///
/// An error holds neither body, token nor personal data: texts of Greenhouse are kept without what was sent (as it is, in
/// part, or spelled otherwise), without addresses, links, tokens and control characters, and cut to 300 characters. One
/// thing it cannot know: a text that names somebody whom the call itself did not name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request could not be made, and was not sent. Repeating it changes nothing.
    #[error("the request {route} could not be built")]
    Construction {
        /// The call.
        route: Route,
        /// What was wrong with it.
        source: Option<BoxError>,
    },
    /// The credential, its scopes or the acting user's rights do not do. Nothing was carried out.
    #[error("greenhouse refused {route}: {problem}")]
    Auth {
        /// The call.
        route: Route,
        /// What is missing.
        problem: AuthProblem,
    },
    /// There was no answer, and nothing was carried out: a read, or a write that was certainly not sent.
    #[error("greenhouse gave no answer to {route}")]
    Transport {
        /// The call.
        route: Route,
        /// How the exchange failed.
        source: TransportError,
    },
    /// A write may or may not have been carried out. Look it up before anything is written again.
    #[error("it is unknown whether {route} was carried out")]
    Ambiguous {
        /// The call.
        route: Route,
        /// The status, where there was an answer: a failure of the server, a redirect, or a success that could not be
        /// read.
        status: Option<u16>,
        /// How the exchange failed, or what could not be read.
        source: Option<BoxError>,
    },
    /// Greenhouse answered, and refused. A write was not carried out.
    #[error("greenhouse answered {route} with {status}{}", refusal(message.as_deref(), errors))]
    Api {
        /// The call.
        route: Route,
        /// The status.
        status: u16,
        /// The text of the answer, cleared of personal data.
        message: Option<String>,
        /// The single errors of the answer, likewise.
        errors: Vec<String>,
    },
    /// Tokens and rate limits are shared through a store that could not be asked. The call was not sent.
    #[error("the store of tokens and rate limits failed before {route}")]
    Store {
        /// The call.
        route: Route,
        /// How the store failed.
        source: StoreError,
    },
    /// The rate limit is used up for longer than the call may wait. Nothing was carried out.
    #[error("the rate limit leaves no room for {route} in time")]
    RateLimited {
        /// The call.
        route: Route,
        /// How long until it is worth another try.
        retry_after: Duration,
    },
    /// The call could not be sent in the time that was left for it. Nothing was carried out.
    #[error("there was not enough time left to send {route}")]
    OutOfTime {
        /// The call.
        route: Route,
    },
    /// A read was answered with a body that is not of the documented shape.
    #[error("the answer to {route} could not be read at {path}")]
    Decode {
        /// The call.
        route: Route,
        /// Where in the body.
        path: String,
    },
    /// The pages of a list do not hang together.
    #[error("the pages of {route} cannot be followed: {problem}")]
    Paging {
        /// The call.
        route: Route,
        /// What is wrong with the link to the next page.
        problem: PagingProblem,
    },
}

impl Error {
    /// The call that failed.
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

    /// Whether the write may have been carried out. In every other case it certainly was not.
    pub fn outcome_unknown(&self) -> bool {
        matches!(self, Self::Ambiguous { .. })
    }
}

/// Why a link to the next page was not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PagingProblem {
    /// The link cannot be read.
    #[error("the link to the next page cannot be read")]
    Unreadable,
    /// The link leads to another host, or shows credentials of its own: neither may have the token.
    #[error("the next page lies on another host")]
    ForeignOrigin,
    /// The link leads to a page that was read before.
    #[error("the next page was read before")]
    Loop,
    /// There are more pages than anybody would want at once.
    #[error("there are too many pages")]
    TooMany,
}

pub(crate) type BoxError = Box<dyn error::Error + Send + Sync>;

/// What an answer said beside its status, led by a colon or a blank.
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
