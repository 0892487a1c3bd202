use serde::Serialize;

/// A partner's answer that breaks the documentation. `response_error` reports the same to the
/// partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Complaint {
    /// `list_tests`, `send_test` or `test_status`.
    pub api_call: String,
    /// The errors in the answer.
    pub errors: Vec<String>,
    /// The test, if known.
    pub partner_test_id: Option<String>,
    /// The instance of the test, if known.
    pub partner_interview_id: Option<String>,
    /// The status with which the partner answered `response_error`; `None` without an answer.
    pub reported: Option<u16>,
}

/// A request that no route serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UnexpectedRequest {
    /// The HTTP method.
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// The requests that would be served.
    pub expected: String,
}
