use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::time::{as_millis, as_millis_or_null};

/// One test that was sent to one candidate. `Debug` shows ids alone.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TakeHomeTest {
    /// The number at the end of `url`.
    pub id: i64,
    /// The candidate.
    pub candidate_id: i64,
    /// The application.
    pub application_id: i64,
    /// Which test.
    pub partner_test_id: String,
    /// Where the partner reports completion; names this one request (inferred).
    pub url: String,
    /// The partner's name for it, once it has answered.
    pub partner_interview_id: Option<String>,
    /// The last `partner_status` that was well formed.
    pub status: Option<String>,
    /// `partner_score` of the stored result.
    pub score: Option<f64>,
    /// `partner_profile_url` of the stored result.
    pub profile_url: Option<String>,
    /// `metadata` of the stored result, flat.
    pub metadata: Option<Map<String, Value>>,
    /// What the public saw at `profile_url` when it was last opened.
    pub opened: Option<OpenedLink>,
    /// Why the last complete result was not stored.
    pub dropped: Option<String>,
    /// Completion calls that were taken.
    pub completions: u64,
    /// When it was first sent.
    #[serde(serialize_with = "as_millis")]
    pub sent_at: DateTime<Utc>,
    /// When Greenhouse asks by itself how it stands; `None` once it does not any more.
    #[serde(serialize_with = "as_millis_or_null")]
    pub next_poll_at: Option<DateTime<Utc>>,
}

impl fmt::Debug for TakeHomeTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TakeHomeTest")
            .field("id", &self.id)
            .field("application_id", &self.application_id)
            .field("partner_interview_id", &self.partner_interview_id)
            .field("status", &self.status)
            .field("dropped", &self.dropped)
            .finish_non_exhaustive()
    }
}

/// What came back from a report link, opened without credentials and without following redirects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OpenedLink {
    /// The status.
    pub status: u16,
    /// The `Location` header of a redirect.
    pub location: Option<String>,
}

impl OpenedLink {
    /// Whether the public gets to see something: any 2xx or 3xx.
    #[must_use]
    pub fn is_open(&self) -> bool {
        (200..400).contains(&self.status)
    }
}
