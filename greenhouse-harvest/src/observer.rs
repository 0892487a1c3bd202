use std::{fmt, time::Duration};

use crate::Route;

/// Is told what the client does, for metrics. Called in the middle of calls, so it must neither block nor panic.
pub trait HarvestObserver: fmt::Debug + Send + Sync {
    /// Something has happened.
    fn observe(&self, event: &HarvestEvent);
}

/// What an observer is told. Holds no query, body, token or personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HarvestEvent {
    /// A call has ended.
    #[non_exhaustive]
    Call {
        /// The call.
        route: Route,
        /// The status of the last answer; none where there was no answer.
        status: Option<u16>,
        /// How often it was sent.
        attempts: u32,
        /// How long it waited for its turn and between attempts.
        waited: Duration,
        /// How long it took, waits included.
        took: Duration,
    },
    /// The token host was asked for a token.
    #[non_exhaustive]
    Token {
        /// Whether it gave one.
        given: bool,
    },
    /// An answer told how much of the rate limit is left.
    #[non_exhaustive]
    Budget {
        /// How many requests a window allows.
        limit: u32,
        /// How many of them are left in this one.
        left: u32,
    },
}
