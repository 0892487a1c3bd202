//! HTTP responses of both directions: JSON bodies, and errors with stable codes.

use std::error::Error;

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{Text, chain, texts::operator as texts};

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
    let (code, message) = (text.code(), text.as_str());
    let error = Problem { code, message };
    json(status, &ProblemBody { error })
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

/// Returns an error response whose `error` object also contains the members of `more`. Ignores
/// `more` if it is not an object.
pub fn problem_with(
    status: StatusCode,
    code: &'static str,
    message: impl Into<String>,
    more: Value,
) -> Response<Bytes> {
    let mut error = json!({ "code": code, "message": message.into() });
    if let (Value::Object(error), Value::Object(more)) = (&mut error, more) {
        error.extend(more);
    }
    json(status, &json!({ "error": error }))
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

#[derive(Serialize)]
struct ProblemBody<'a> {
    error: Problem<'a>,
}

#[derive(Serialize)]
struct Problem<'a> {
    code: &'a str,
    message: &'a str,
}
