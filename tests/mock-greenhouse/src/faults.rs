use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::wire::Call;

/// A failure of selected requests. Add it with
/// [`MockGreenhouse::add_fault`](crate::MockGreenhouse::add_fault) or `POST /_mock/faults`.
///
/// As JSON: `{"method": "POST", "path": "/v3/candidates", "when": {"nth": 2}, "kind": {"cut":
/// {"applied": true}}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Fault {
    /// The HTTP method; `*` for any.
    pub method: String,
    /// The path with `{id}` for an id, for example `/v3/applications/{id}/move`; `*` for any.
    pub path: String,
    /// Text that the decoded query must contain, for example an email address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Selects which of the matching requests fail.
    #[serde(default)]
    pub when: When,
    /// The failure.
    pub kind: FaultKind,
}

impl Fault {
    /// Creates a fault for the next request to this endpoint.
    #[must_use]
    pub fn new(method: impl Into<String>, path: impl Into<String>, kind: FaultKind) -> Self {
        Self {
            method: method.into(),
            path: path.into(),
            query: None,
            when: When::default(),
            kind,
        }
    }

    /// Applies only to requests whose decoded query contains this text.
    #[must_use]
    pub fn query(mut self, text: impl Into<String>) -> Self {
        self.query = Some(text.into());
        self
    }

    /// Applies only to the `nth` request from now on, counted from 1.
    #[must_use]
    pub fn nth(mut self, nth: u64) -> Self {
        self.when = When::Nth(nth);
        self
    }

    /// Applies to the next `count` requests.
    #[must_use]
    pub fn next(mut self, count: u64) -> Self {
        self.when = When::Next(count);
        self
    }

    /// Applies to every request.
    #[must_use]
    pub fn every(mut self) -> Self {
        self.when = When::Every;
        self
    }

    fn matches(&self, call: &Call) -> bool {
        let method = self.method == "*" || self.method == call.method.as_str();
        method
            && (self.path == "*" || same_endpoint(&self.path, &call.path))
            && self.query.as_ref().is_none_or(|text| call.has_query(text))
    }
}

/// Selects requests to an endpoint, counted from the moment the fault was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum When {
    /// Only the request with this number, counted from 1.
    Nth(u64),
    /// The first requests, up to this number, to which no earlier fault applies.
    Next(u64),
    /// Every request.
    Every,
}

impl When {
    fn is_due(self, seen: u64, occurrences: u64) -> bool {
        match self {
            Self::Nth(nth) => seen == nth,
            Self::Next(count) => occurrences < count,
            Self::Every => true,
        }
    }

    /// Returns the number of occurrences after which the fault counts as used.
    fn wanted(self) -> u64 {
        match self {
            Self::Nth(_) | Self::Every => 1,
            Self::Next(count) => count,
        }
    }
}

impl Default for When {
    fn default() -> Self {
        Self::Next(1)
    }
}

/// Kind of failure. "Applied" means that the state changes, although the caller does not learn
/// about the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum FaultKind {
    /// Resets the connection that carries the request; not applied. To make the system refuse
    /// connections before any request, use
    /// [`MockGreenhouse::refuse_connections`](crate::MockGreenhouse::refuse_connections).
    Refuse,
    /// Never responds; applied immediately.
    StallApplied,
    /// Never responds; applied this many seconds, on the mock's clock, after the caller gives up. A
    /// lookup in between finds nothing.
    StallThenApply {
        /// Default 10.
        #[serde(default = "ten")]
        seconds: u32,
    },
    /// Resets the connection instead of responding.
    Cut {
        /// If `true`, the request is applied first.
        applied: bool,
    },
    /// Responds with a 4xx or 5xx status.
    Status {
        /// From 400 to 599, for example 408 or 503.
        status: u16,
        /// If `true`, the request is applied first.
        applied: bool,
    },
    /// Responds with 429; not applied.
    TooManyRequests {
        /// Value of `Retry-After`. Default: seconds until the end of the rate window.
        #[serde(default)]
        retry_after_seconds: Option<u32>,
    },
    /// Expires the request's token permanently and responds with 401; not applied.
    ExpiredToken,
    /// Sends the whole response head and half of the body; applied. For a response without a body,
    /// resets the connection.
    TruncatedBody,
    /// Declares the response as HTML; applied.
    WrongContentType,
    /// Ends the JSON of the response half-way, with a matching length; applied.
    MalformedJson,
    /// Shows a list as it was this many seconds ago on the mock's clock. States from before the
    /// fault was added are not available.
    Lag {
        /// Default 5.
        #[serde(default = "five")]
        seconds: u32,
    },
    /// Shows the newest row that a list's filters exclude instead of the rows that they select, so
    /// that the response to a look-up contains another record. The list is empty if the filters
    /// exclude no row, and unchanged without filters.
    OtherRow,
    /// Shows the first row of a list twice: in its place and at the end of the page.
    RepeatedRow,
}

fn ten() -> u32 {
    10
}

fn five() -> u32 {
    5
}

/// A fault with its number of occurrences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FaultRecord {
    /// Number of the fault, counted from 1.
    pub id: u64,
    /// The fault.
    #[serde(flatten)]
    pub fault: Fault,
    /// Number of matching requests since the fault was added.
    pub seen: u64,
    /// Number of occurrences.
    pub occurrences: u64,
}

impl FaultRecord {
    /// Returns `true` if the fault has occurred as often as planned. Once is enough for
    /// [`When::Every`].
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.occurrences >= self.fault.when.wanted()
    }
}

/// Method, path and query of a fault.
type Selection<'a> = (&'a str, &'a str, Option<&'a str>);

/// The faults of one mock.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    planned: Mutex<Planned>,
}

#[derive(Debug, Default)]
struct Planned {
    added: u64,
    faults: Vec<FaultRecord>,
}

impl Faults {
    pub(crate) fn add(&self, fault: Fault) -> u64 {
        let mut planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        planned.added += 1;
        let id = planned.added;
        planned.faults.push(FaultRecord {
            id,
            fault,
            seen: 0,
            occurrences: 0,
        });
        id
    }

    pub(crate) fn all(&self) -> Vec<FaultRecord> {
        let planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        planned.faults.clone()
    }

    /// Removes a fault. Returns `true` if the fault existed.
    pub(crate) fn remove(&self, id: u64) -> bool {
        let mut planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        let before = planned.faults.len();
        planned.faults.retain(|fault| fault.id != id);
        planned.faults.len() < before
    }

    pub(crate) fn clear(&self) {
        let mut planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        planned.faults.clear();
    }

    /// Returns the failure for this call, if any. Every matching fault counts the call. If several
    /// faults are due, the one added first occurs.
    pub(crate) fn due(&self, call: &Call) -> Option<FaultKind> {
        let mut planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        let mut due = None;
        // Reuses the last comparison, because consecutive faults often have the same endpoint.
        let mut last: Option<(Selection<'_>, bool)> = None;
        for fault in &mut planned.faults {
            let Fault {
                method,
                path,
                query,
                ..
            } = &fault.fault;
            let selection = (&**method, &**path, query.as_deref());
            let matches = match last {
                Some((of, matches)) if of == selection => matches,
                _ => fault.fault.matches(call),
            };
            last = Some((selection, matches));
            if !matches {
                continue;
            }
            fault.seen += 1;
            if due.is_none() && fault.fault.when.is_due(fault.seen, fault.occurrences) {
                fault.occurrences += 1;
                due = Some(fault.fault.kind);
            }
        }
        due
    }

    /// Returns the longest lag of any fault, in seconds.
    pub(crate) fn longest_lag(&self) -> u32 {
        let planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        let lags = planned.faults.iter().map(|fault| match fault.fault.kind {
            FaultKind::Lag { seconds } => seconds,
            _ => 0,
        });
        lags.max().unwrap_or(0)
    }
}

fn same_endpoint(template: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    let matches = template.split('/').all(|wanted| {
        let is_id = wanted.starts_with('{') && wanted.ends_with('}');
        segments
            .next()
            .is_some_and(|segment| segment == wanted || (is_id && !segment.is_empty()))
    });
    matches && segments.next().is_none()
}
