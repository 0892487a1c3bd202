//! The answers that both directions give: JSON, and problems with a stable code.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};

/// A JSON answer.
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

/// A problem: `{"error":{"code":...,"message":...}}`. The code is stable and for programs, the message is for people.
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

/// A problem with more than code and message: the members of the object `more`.
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

/// A plain text page.
pub fn text(status: StatusCode, text: &'static str) -> Response<Bytes> {
    with_body(status, "text/plain; charset=utf-8", text)
}

/// An answer without a body.
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
    br#"{"error":{"code":"internal","message":"the answer could not be written"}}"#;
