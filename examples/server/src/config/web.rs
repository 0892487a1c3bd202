use std::time::Duration;

use serde::{Deserialize, Deserializer};

use super::section::{Number, Span, Switch, section};

/// Limits on incoming connections and requests, and the pages for recruiters and admins.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebConfig {
    /// `true` if the console is served at `/console`. Default: `true`.
    pub console: bool,
    /// Maximum number of connections. At the maximum, a new connection closes the longest idle
    /// connection. Default: 10,000, or fewer if the limit on open files is lower.
    pub connections: usize,
    /// Deadline for the first byte of a new connection. Also the deadline for the head of each
    /// request, counted from its first byte. Default: 10 seconds.
    pub head_deadline: Duration,
    /// Maximum size in bytes of the head of a request: its first line and its headers. Default: 32
    /// KiB.
    pub head_bytes: usize,
    /// Maximum number of headers in a request. Default: 100.
    pub headers: usize,
    /// Deadline for the whole body of a request. Default: 20 seconds.
    pub body_deadline: Duration,
    /// Maximum total size in bytes of the request bodies in memory. Requests with bodies that
    /// exceed it get 503 with `Retry-After`. Default: 64 MiB.
    pub body_budget: usize,
    /// Deadline for a client to continue reading a response that does not fit into the
    /// operating system's buffer. Default: 30 seconds.
    pub answer_deadline: Duration,
    /// Time that an idle connection is kept open for the next request. Default: 75 seconds.
    pub keep_alive: Duration,
    /// Time for which a stopping host continues to answer accepted requests. Default: 10 seconds.
    pub stop_grace: Duration,
}

impl Default for WebConfig {
    fn default() -> Self {
        Self {
            console: true,
            connections: 10_000,
            head_deadline: Duration::from_secs(10),
            head_bytes: 32 * 1024,
            headers: 100,
            body_deadline: Duration::from_secs(20),
            body_budget: 64 * 1024 * 1024,
            answer_deadline: Duration::from_secs(30),
            keep_alive: Duration::from_secs(75),
            stop_grace: Duration::from_secs(10),
        }
    }
}

section! {
    /// The section `[web]`: limits on incoming connections and requests, and the console.
    WebSection for WebConfig {
        console: Switch => console,
        connections: Number<1, 1_000_000> => connections,
        head_deadline: Span => head_deadline,
        // hyper's minimum.
        head_bytes: Number<8_192, 1_048_576> => head_bytes,
        headers: Number<1, 1_000> => headers,
        body_deadline: Span => body_deadline,
        body_budget: Number<1_048_576, 1_099_511_627_776> => body_budget,
        answer_deadline: Span => answer_deadline,
        keep_alive: Span => keep_alive,
        stop_grace: Span => stop_grace,
    }
}

pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<WebConfig, D::Error> {
    Ok(WebSection::deserialize(deserializer)?.over_defaults())
}
