//! HTTP responses of both directions: JSON bodies, and errors with stable codes.

use std::error::Error;

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header};
use serde::Serialize;
use serde_json::json;

use crate::{Text, chain, settings::SettingsProblem, texts::operator as texts};

/// Returns a JSON response, or a 500 error response if `body` cannot be serialized.
pub fn json(status: StatusCode, body: &impl Serialize) -> Response<Bytes> {
    match serde_json::to_vec(body) {
        Ok(bytes) => with_body(status, "application/json", bytes),
        Err(_) => {
            let internal = texts::internal();
            let (code, message) = (internal.code(), internal.as_str());
            let body = json!({ "error": { "code": code, "message": message } });
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            with_body(status, "application/json", body.to_string())
        }
    }
}

/// Returns an error response: `{"error":{"code":...,"message":...}}`. The stable code is for
/// programs, and the message is for people.
pub fn problem(
    status: StatusCode,
    code: &'static str,
    message: impl Into<String>,
) -> Response<Bytes> {
    problem_text(status, &Text::new(code, message))
}

/// Returns an error response with the code and wording of a text.
pub fn problem_text(status: StatusCode, text: &Text) -> Response<Bytes> {
    error(status, text.code(), text.as_str(), ErrorDetails::default())
}

/// Returns an error response with the code and wording of a text, and further members.
pub fn problem_text_with(
    status: StatusCode,
    text: &Text,
    details: ErrorDetails,
) -> Response<Bytes> {
    error(status, text.code(), text.as_str(), details)
}

/// Logs the cause of a response that does not state it, such as 503, and returns the response.
pub fn caused_by(response: Response<Bytes>, cause: &(dyn Error + 'static)) -> Response<Bytes> {
    let status = response.status().as_u16();
    tracing::warn!(status, error = %chain(cause), "request failed");
    response
}

/// Returns a 404 response, for an unknown path or for an item that does not exist in the account.
pub fn not_found() -> Response<Bytes> {
    problem_text(StatusCode::NOT_FOUND, &texts::not_found())
}

/// Returns a 405 response with the methods that the path accepts in `Allow` (RFC 9110).
pub fn method_not_allowed(allowed: &[Method]) -> Response<Bytes> {
    let mut response = problem_text(StatusCode::METHOD_NOT_ALLOWED, &texts::method_not_allowed());
    let allowed: Vec<_> = allowed.iter().map(Method::as_str).collect();
    if let Ok(allowed) = HeaderValue::from_str(&allowed.join(", ")) {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}

/// Returns an error response with further members.
pub fn problem_with(
    status: StatusCode,
    code: &'static str,
    message: impl Into<String>,
    details: ErrorDetails,
) -> Response<Bytes> {
    error(status, code, &message.into(), details)
}

fn error(status: StatusCode, code: &str, message: &str, details: ErrorDetails) -> Response<Bytes> {
    let error = ErrorMembers {
        code,
        message,
        details,
    };
    json(status, &ErrorBody { error })
}

/// Returns a plain-text response.
pub fn text(status: StatusCode, text: &'static str) -> Response<Bytes> {
    with_body(status, "text/plain; charset=utf-8", text)
}

/// Returns a response without a body.
pub fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

fn with_body(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Body of an error.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "Error"))]
pub(crate) struct ErrorBody<'a> {
    error: ErrorMembers<'a>,
}

/// Members of an error.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(inline))]
struct ErrorMembers<'a> {
    /// Stable code for programs.
    code: &'a str,
    /// Cause, for people. The wording may change.
    message: &'a str,
    #[serde(flatten)]
    details: ErrorDetails,
}

/// Further members of an error. Which ones are present depends on the code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ErrorDetails {
    /// Remedy, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// Path of the invalid member of the body, with `bad_body`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// Current version of the settings, with `stale_version`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// Problems with the settings, with `cannot_work`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problems: Option<Vec<SettingsProblem>>,
}

impl ErrorDetails {
    /// Creates the members of an error that a person can correct.
    pub fn remedy(remedy: impl Into<String>) -> Self {
        Self {
            remedy: Some(remedy.into()),
            ..Self::default()
        }
    }
}

/// Body of a response to a change without a result of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct NewState {
    /// State after the change, such as `queued`, `revoked` or `removed`.
    pub state: &'static str,
}

impl NewState {
    /// Creates the body.
    pub const fn new(state: &'static str) -> Self {
        Self { state }
    }
}
