use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::time::{as_millis, as_millis_or_null};

/// A test that was sent to a candidate. `Debug` shows only ids.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TakeHomeTest {
    /// Id of the test, which `url` contains.
    pub id: i64,
    /// Id of the candidate.
    pub candidate_id: i64,
    /// Id of the application.
    pub application_id: i64,
    /// The partner's id for the test.
    pub partner_test_id: String,
    /// URL for the completion call, which identifies this test (inferred).
    pub url: String,
    /// The partner's id for this instance. `None` before the partner has responded.
    pub partner_interview_id: Option<String>,
    /// The last well-formed `partner_status`.
    pub status: Option<String>,
    /// `partner_score` of the stored result.
    pub score: Option<f64>,
    /// `partner_profile_url` of the stored result.
    pub profile_url: Option<String>,
    /// `metadata` of the stored result.
    pub metadata: Option<Map<String, Value>>,
    /// Response when the report link was last opened. `None` if there was no response, or if the
    /// link was never opened.
    pub opened_link: Option<OpenedLink>,
    /// Reason why the last complete result was not stored. `None` if it was stored, or if there is
    /// no complete result.
    pub drop_reason: Option<String>,
    /// Number of accepted completion calls.
    pub completions: u64,
    /// Time of the first request.
    #[serde(serialize_with = "as_millis")]
    pub sent_at: DateTime<Utc>,
    /// Time of the next status request. `None` if polling has stopped.
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
            .field("drop_reason", &self.drop_reason)
            .finish_non_exhaustive()
    }
}

/// The response of a report link that was opened without credentials and without following
/// redirects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OpenedLink {
    /// The status.
    pub status: u16,
    /// The `Location` header of a redirect.
    pub location: Option<String>,
}

impl OpenedLink {
    /// Returns `true` if the link is public: any 2xx or 3xx.
    #[must_use]
    pub fn is_open(&self) -> bool {
        (200..400).contains(&self.status)
    }
}
