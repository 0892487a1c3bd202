//! Responses of both directions: JSON, and errors with a stable code.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};

/// Returns a JSON response.
pub fn json(status: StatusCode, body: &impl Serialize) -> Response<Bytes> {
    match serde_json::to_vec(body) {
        Ok(bytes) => with_body(status, "application/json", bytes),
        Err(_) => with_body(
            StatusCode::INTERNAL_SERVER_ERROR,
            "application/json",
            UNWRITABLE,
        ),
    }
}

/// Returns an error response: `{"error":{"code":...,"message":...}}`. The code is stable, for
/// programs; the message is for people.
pub fn problem(
    status: StatusCode,
    code: &'static str,
    message: impl Into<String>,
) -> Response<Bytes> {
    json(
        status,
        &ProblemBody {
            error: Problem {
                code,
                message: message.into(),
            },
        },
    )
}

/// Returns an error response with the members of the object `more` besides code and message.
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

/// Returns a plain-text page.
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
struct ProblemBody {
    error: Problem,
}

#[derive(Serialize)]
struct Problem {
    code: &'static str,
    message: String,
}

const UNWRITABLE: &[u8] =
    br#"{"error":{"code":"internal","message":"the response could not be serialized"}}"#;
