use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::wire::Call;

/// Something that goes wrong with chosen requests. Added by [`MockGreenhouse::add_fault`](crate::MockGreenhouse::add_fault) or
/// `POST /_mock/faults`.
///
/// As JSON: `{"method": "POST", "path": "/v3/candidates", "when": {"nth": 2}, "kind": {"cut": {"applied": true}}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Fault {
    /// The HTTP method; `*` for any.
    pub method: String,
    /// The path with `{id}` for an id, for example `/v3/applications/{id}/move`; `*` for any.
    pub path: String,
    /// Which of the matching requests.
    #[serde(default)]
    pub when: When,
    /// What goes wrong.
    pub kind: FaultKind,
}

impl Fault {
    /// Befalls the next request to this endpoint.
    #[must_use]
    pub fn new(method: impl Into<String>, path: impl Into<String>, kind: FaultKind) -> Self {
        Self {
            method: method.into(),
            path: path.into(),
            when: When::default(),
            kind,
        }
    }

    /// Befalls the `nth` request from now on, counted from 1, and no other.
    #[must_use]
    pub fn nth(mut self, nth: u64) -> Self {
        self.when = When::Nth(nth);
        self
    }

    /// Befalls the next `count` requests.
    #[must_use]
    pub fn next(mut self, count: u64) -> Self {
        self.when = When::Next(count);
        self
    }

    /// Befalls every request.
    #[must_use]
    pub fn every(mut self) -> Self {
        self.when = When::Every;
        self
    }

    fn matches(&self, call: &Call) -> bool {
        let method = self.method == "*" || self.method == call.method.as_str();
        method && (self.path == "*" || same_endpoint(&self.path, &call.path))
    }
}

/// Which of the requests to an endpoint, counted from when the fault was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum When {
    /// One, counted from 1.
    Nth(u64),
    /// The first so many that no fault added before befalls.
    Next(u64),
    /// All.
    Every,
}

impl When {
    fn is_due(self, seen: u64, happened: u64) -> bool {
        match self {
            Self::Nth(nth) => seen == nth,
            Self::Next(count) => happened < count,
            Self::Every => true,
        }
    }

    /// How often it must have happened for nothing to be left of it.
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

/// What goes wrong. "Applied" means that the state changes and the caller is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum FaultKind {
    /// The connection that brings the request is reset, and nothing is applied. To have the system refuse connections, before
    /// anybody knows what they would bring, use [`MockGreenhouse::refuse_connections`](crate::MockGreenhouse::refuse_connections).
    Refuse,
    /// The request is applied at once and never answered.
    StallApplied,
    /// The request is never answered, and applied so many seconds of the mock's clock after the caller gave up: a look-up in between
    /// finds nothing.
    StallThenApply {
        /// Default 10.
        #[serde(default = "ten")]
        seconds: u32,
    },
    /// The connection is reset instead of an answer.
    Cut {
        /// Whether the request is applied first.
        applied: bool,
    },
    /// An answer of the 500s.
    Status {
        /// For example 503.
        status: u16,
        /// Whether the request is applied first.
        applied: bool,
    },
    /// 429; not applied.
    TooManyRequests {
        /// What `Retry-After` says; by default the seconds until the window on the clock ends.
        #[serde(default)]
        retry_after_seconds: Option<u32>,
    },
    /// The token that the request shows expires now, for good: 401; not applied.
    ExpiredToken,
    /// Applied; the answer's head is whole and half of its body missing. An answer without a body is cut.
    TruncatedBody,
    /// Applied; the answer says that it is HTML.
    WrongContentType,
    /// Applied; the answer's JSON ends half-way, under the right length.
    MalformedJson,
    /// A list shows what was so many seconds of the mock's clock ago. Nothing older than the adding of the fault is remembered.
    Lag {
        /// Default 5.
        #[serde(default = "five")]
        seconds: u32,
    },
}

fn ten() -> u32 {
    10
}

fn five() -> u32 {
    5
}

/// A fault with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlannedFault {
    /// Counts from 1.
    pub id: u64,
    /// The fault.
    #[serde(flatten)]
    pub fault: Fault,
    /// How many matching requests came since it was added.
    pub seen: u64,
    /// How often it happened.
    pub happened: u64,
}

impl PlannedFault {
    /// Whether it happened as often as it was to; once is enough for [`When::Every`].
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.happened >= self.fault.when.wanted()
    }
}

/// The faults of one mock.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    planned: Mutex<Planned>,
}

#[derive(Debug, Default)]
struct Planned {
    added: u64,
    faults: Vec<PlannedFault>,
}

impl Faults {
    pub(crate) fn add(&self, fault: Fault) -> u64 {
        let mut planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        planned.added += 1;
        let id = planned.added;
        planned.faults.push(PlannedFault {
            id,
            fault,
            seen: 0,
            happened: 0,
        });
        id
    }

    pub(crate) fn all(&self) -> Vec<PlannedFault> {
        let planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        planned.faults.clone()
    }

    /// Returns whether there was one.
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

    /// What befalls this call. Every fault that matches counts it; of several that are due, the one added first happens.
    pub(crate) fn due(&self, call: &Call) -> Option<FaultKind> {
        let mut planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        let mut due = None;
        // Many faults of one endpoint are added in a row.
        let mut last: Option<(&str, &str, bool)> = None;
        for fault in &mut planned.faults {
            let (method, path) = (&*fault.fault.method, &*fault.fault.path);
            let matches = match last {
                Some((of, to, matches)) if (of, to) == (method, path) => matches,
                _ => fault.fault.matches(call),
            };
            last = Some((method, path, matches));
            if !matches {
                continue;
            }
            fault.seen += 1;
            if due.is_none() && fault.fault.when.is_due(fault.seen, fault.happened) {
                fault.happened += 1;
                due = Some(fault.fault.kind);
            }
        }
        due
    }

    /// The longest lag of any list, in seconds.
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
