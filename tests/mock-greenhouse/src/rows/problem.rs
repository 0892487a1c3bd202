use serde::Serialize;

/// A response from the partner that violates the documentation. `response_error` reports the same
/// errors to the partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Complaint {
    /// The call: `list_tests`, `send_test` or `test_status`.
    pub api_call: String,
    /// The errors in the response.
    pub errors: Vec<String>,
    /// The partner's id for the test, if known.
    pub partner_test_id: Option<String>,
    /// The partner's id for the instance of the test, if known.
    pub partner_interview_id: Option<String>,
    /// The status of the partner's response to `response_error`. `None` without a response.
    pub reported: Option<u16>,
}

/// A request that no route serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UnexpectedRequest {
    /// The HTTP method.
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The requests that the path supports, or an overview of all paths.
    pub expected: String,
}
