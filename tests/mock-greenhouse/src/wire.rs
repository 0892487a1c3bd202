use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde::Serialize;
use serde_json::Value;
use subtle::ConstantTimeEq;
use url::form_urlencoded;

use crate::state::ActError;
use crate::switches::ForbiddenBody;

/// A request with its complete body.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) request_id: String,
    /// Lag of lists in seconds, for this call only.
    pub(crate) lag_seconds: Option<u32>,
    /// Distortion of lists for this call only.
    pub(crate) distortion: Option<Distortion>,
}

/// A distortion of a list's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Distortion {
    /// Shows a row that the filters exclude.
    OtherRow,
    /// Shows the first row twice.
    RepeatedRow,
}

impl Call {
    /// Returns `true` if a decoded `name=value` pair of the query contains this text.
    pub(crate) fn has_query(&self, text: &str) -> bool {
        form_urlencoded::parse(self.query.as_bytes())
            .any(|(name, value)| format!("{name}={value}").contains(text))
    }

    /// Returns the path and query, as in the request line.
    pub(crate) fn target(&self) -> String {
        if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query)
        }
    }

    pub(crate) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.authorization()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token)
    }

    /// Returns the username and password in a Basic `Authorization` header.
    pub(crate) fn basic(&self) -> Option<(String, String)> {
        let (scheme, encoded) = self.authorization()?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (user, password) = decoded.split_once(':')?;
        Some((user.to_owned(), password.to_owned()))
    }

    pub(crate) fn has_content_type(&self, wanted: &str) -> bool {
        let sent = self
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        sent.split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .eq_ignore_ascii_case(wanted)
    }

    fn authorization(&self) -> Option<&str> {
        self.headers.get(AUTHORIZATION)?.to_str().ok()
    }
}

/// The response to a [`Call`].
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// A list instead of a map, which keeps this type small enough for an error.
    pub(crate) headers: Vec<(&'static str, HeaderValue)>,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Self {
        match serde_json::to_string(body) {
            Ok(text) => Self::text(status, text),
            Err(_) => Self::empty(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// Creates a response from serialized JSON.
    pub(crate) fn text(status: StatusCode, json: String) -> Self {
        let mut answer = Self::empty(status);
        answer.body = json.into();
        answer.with(
            "content-type",
            HeaderValue::from_static("application/json;charset=utf-8"),
        )
    }

    /// Sets a header, replacing an existing header with the same name.
    pub(crate) fn with(mut self, name: &'static str, value: HeaderValue) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value));
        self
    }

    /// Creates the 401 response recorded live for a Harvest call without a valid token.
    pub(crate) fn unauthorized() -> Self {
        let text = "Token could not be decoded. Please ensure your token is from a trusted source.";
        Self::json(
            StatusCode::UNAUTHORIZED,
            &ErrorBody {
                message: "Unauthorized",
                errors: Some(vec![Value::from(text)].into()),
            },
        )
    }

    /// Creates the 403 response for a missing scope. The real body is unknown.
    pub(crate) fn forbidden(body: ForbiddenBody) -> Self {
        match body {
            ForbiddenBody::Message => Self::message(StatusCode::FORBIDDEN, "Forbidden"),
            ForbiddenBody::EmptyObject => Self::text(StatusCode::FORBIDDEN, "{}".to_owned()),
            ForbiddenBody::Empty => Self::empty(StatusCode::FORBIDDEN),
        }
    }

    /// Creates the 404 response recorded live for an unknown route.
    pub(crate) fn no_route() -> Self {
        Self::json(
            StatusCode::NOT_FOUND,
            &ErrorBody {
                message: "Resource not found",
                errors: None,
            },
        )
    }

    /// Creates the 404 response recorded live for a write to an unknown record, in which `errors`
    /// is a string.
    pub(crate) fn no_record(what: &str) -> Self {
        let errors = Some(Value::from(format!("{what} not found")));
        Self::json(
            StatusCode::NOT_FOUND,
            &ErrorBody {
                message: "Resource not found",
                errors,
            },
        )
    }

    /// Creates a 422 response as documented and recorded live. Items are strings or one-key
    /// objects.
    pub(crate) fn unprocessable(errors: Vec<Value>) -> Self {
        Self::json(
            StatusCode::UNPROCESSABLE_ENTITY,
            &ErrorBody {
                message: "Unprocessable Content",
                errors: Some(errors.into()),
            },
        )
    }

    pub(crate) fn refused(text: impl Into<String>) -> Self {
        Self::unprocessable(vec![Value::from(text.into())])
    }

    /// Creates a 429 response. The real body is unknown.
    pub(crate) fn too_many_requests() -> Self {
        Self::json(
            StatusCode::TOO_MANY_REQUESTS,
            &ErrorBody {
                message: "Too Many Requests",
                errors: None,
            },
        )
    }

    /// Creates the 200 response after a deletion, with the message in the official specification.
    pub(crate) fn deleted(what: &str, id: i64) -> Self {
        Self::message(StatusCode::OK, &format!("{what} {id} deleted successfully"))
    }

    /// Creates a response with the body `{"message": ...}`.
    pub(crate) fn message(status: StatusCode, message: &str) -> Self {
        Self::json(
            status,
            &ErrorBody {
                message,
                errors: None,
            },
        )
    }
}

impl From<ActError> for Answer {
    fn from(error: ActError) -> Self {
        match error {
            ActError::NotFound(what) => Self::no_record(what),
            ActError::Refused(why) => Self::refused(why),
        }
    }
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Value>,
}

/// Compares two secrets in constant time.
pub(crate) fn same_secret(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// Returns the value of a Basic `Authorization` header.
pub(crate) fn basic_header(user: &str, password: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!(
        "Basic {}",
        STANDARD.encode(format!("{user}:{password}"))
    ))
    .ok()?;
    value.set_sensitive(true);
    Some(value)
}
