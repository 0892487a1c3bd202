//! Calls to the assessment partner, and the endpoint for completion calls.

use serde_json::{Map, Value};
use thiserror::Error;

pub(crate) use self::calls::{list_tests, resend_test, send_test, send_triggered};
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
    /// The partner's id for the test.
    pub partner_test_id: String,
    /// Name that recruiters see.
    pub partner_test_name: String,
}

/// A well-formed response to a status request.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TestStatus {
    /// `complete`, or any other value for a test that is not complete.
    pub partner_status: String,
    /// The report link. Always present if the test is complete.
    pub partner_profile_url: Option<String>,
    /// The score. It can be absent even if the test is complete (documented).
    pub partner_score: Option<f64>,
    /// Additional values. No value is an object or an array.
    pub metadata: Option<Map<String, Value>>,
}

impl TestStatus {
    /// Returns `true` if the test is complete. No other status has a meaning (documented).
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.partner_status == "complete"
    }
}

/// Error from a call to the partner.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AssessmentError {
    /// No partner is configured.
    #[error("no assessment partner is configured")]
    NoPartner,
    /// The record does not exist. Contains the kind of record, for example `Application`.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// Greenhouse does not make this call. Contains the reason.
    #[error("{0}")]
    Refused(String),
    /// The partner sent no complete response. Contains the reason.
    #[error("the call to the partner failed: {0}")]
    NoAnswer(String),
    /// The status of the response is not 2xx.
    #[error("expected a 2xx status from the partner, got {0}")]
    Status(u16),
    /// The response violates the documentation. The mock reported this to the partner with
    /// `response_error` and recorded a complaint.
    #[error("the partner's response is malformed: {}", .0.join(", "))]
    Malformed(Vec<String>),
}
