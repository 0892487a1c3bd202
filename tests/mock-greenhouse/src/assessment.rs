//! Greenhouse calling an assessment partner, and being told that a test is complete.

use serde_json::{Map, Value};
use thiserror::Error;

pub(crate) use self::calls::{list_tests, resend_test, send_test};
pub(crate) use self::polling::poll_due;
pub(crate) use self::results::test_status;

mod calls;
mod check;
pub(crate) mod completion;
mod partner;
mod polling;
mod results;

/// A test that the partner offers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartnerTest {
    /// The partner's id.
    pub partner_test_id: String,
    /// What a recruiter reads.
    pub partner_test_name: String,
}

/// A well-formed answer to a status request.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TestStatus {
    /// `complete`, or anything else for "not yet".
    pub partner_status: String,
    /// The report link; always there when complete.
    pub partner_profile_url: Option<String>,
    /// The score; always there when complete.
    pub partner_score: Option<f64>,
    /// Flat.
    pub metadata: Option<Map<String, Value>>,
}

impl TestStatus {
    /// Whether the test is done; no other status has a meaning (documented).
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.partner_status == "complete"
    }
}

/// Why a call to the partner came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AssessmentError {
    /// No partner was configured.
    #[error("no assessment partner is configured")]
    NoPartner,
    /// There is no such record; the text names its kind.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// Greenhouse does not make this call; the text says why.
    #[error("{0}")]
    Refused(String),
    /// No answer came; the text says why.
    #[error("the partner did not answer: {0}")]
    NoAnswer(String),
    /// The answer's status was not a 2xx.
    #[error("the partner answered with status {0}")]
    Status(u16),
    /// The answer breaks the documentation; the partner was told by `response_error`, and a complaint was recorded.
    #[error("the partner's answer is malformed: {}", .0.join(", "))]
    Malformed(Vec<String>),
}
