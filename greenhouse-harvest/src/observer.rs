use std::{fmt, time::Duration};

use crate::Route;

/// Observer of the client's events, for metrics. Runs during calls, so it must neither block nor
/// panic.
pub trait HarvestObserver: fmt::Debug + Send + Sync {
    /// Receives an event.
    fn observe(&self, event: &HarvestEvent);
}

/// Event in the client. Contains no query, body, token or personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HarvestEvent {
    /// A call ended.
    #[non_exhaustive]
    Call {
        /// Call that ended.
        route: Route,
        /// Status of the last response; `None` if no response was received.
        status: Option<u16>,
        /// Number of attempts.
        attempts: u32,
        /// Total wait, for the rate limit and between attempts.
        waited: Duration,
        /// Total duration, including waits.
        took: Duration,
    },
    /// A token was requested from the token host.
    #[non_exhaustive]
    Token {
        /// `true` if a token was issued.
        given: bool,
    },
    /// A response reported the remaining rate limit.
    #[non_exhaustive]
    Budget {
        /// Requests per window.
        limit: u32,
        /// Requests left in the current window.
        left: u32,
    },
}
