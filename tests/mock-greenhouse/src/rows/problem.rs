use serde::Serialize;

/// An answer of the partner that breaks the documentation. `response_error` tells the partner the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Complaint {
    /// `list_tests`, `send_test` or `test_status`.
    pub api_call: String,
    /// What is wrong with the answer.
    pub errors: Vec<String>,
    /// The test, when known.
    pub partner_test_id: Option<String>,
    /// The instance, when known.
    pub partner_interview_id: Option<String>,
    /// The status that the partner gave to the `response_error` call; `None` if none came.
    pub reported: Option<u16>,
}

/// A request that no route serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Unexpected {
    /// The HTTP method.
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// What would have been served.
    pub expected: String,
}
