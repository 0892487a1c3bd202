//! Properties that hold for every input from the network, for the fuzz targets and the property
//! tests.

mod webhooks;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::DateTime;
use greenhouse_core::{
    InvitationId,
    store::{Invitation, InvitedPerson},
};
use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use serde_json::Value;

use crate::{
    BasicError, CallbackPolicy, PartnerError,
    assessments::{SendTestRequest, object},
    auth::partner_key,
};

pub use self::webhooks::{webhook_body, webhook_header};

/// Checks the body of a `send_test`. If the body is accepted, the callback is on a Greenhouse host,
/// and the request can be stored and read again. A refusal does not contain the input.
pub fn send_test(input: &[u8]) {
    let policy = CallbackPolicy::default();
    let read = |input: &[u8]| SendTestRequest::read(object(input)?, &policy);
    let request = match read(input) {
        Ok(request) => request,
        Err(error) => return check_refusal(&error),
    };
    let email = request.email.as_str();
    assert!(!email.contains(char::is_whitespace) && email.len() <= 320);
    let parts = email.rsplit_once('@');
    assert!(parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()));
    assert!(!request.scenario.as_str().trim().is_empty());
    if let Some(url) = &request.callback {
        let host = url.host_str().unwrap_or_default();
        assert!(host.ends_with(".greenhouse.io"), "{url}");
        assert!(url.scheme() == "https" && url.port().is_none(), "{url}");
        assert!(url.username().is_empty() && url.password().is_none());
    }
    let key = request.key();
    let key = key.as_str();
    assert!(key.len() <= 255 && key.is_ascii(), "{key}");

    // Greenhouse may add members at any time; the request key stays the same.
    let longer = String::from_utf8_lossy(input).replacen('{', r#"{"and more":{"a":[null]},"#, 1);
    let again = read(longer.as_bytes());
    assert_eq!(again.ok().map(|request| request.key()), Some(request.key()));

    check_record(request);
}

/// Checks `Authorization` headers, one per line. A parsed key encodes to the same header, and any
/// username is parsed as the key.
pub fn basic_header(input: &[u8]) {
    let lines = input.split(|byte| *byte == b'\n');
    let values: Vec<HeaderValue> = lines
        .filter_map(|line| HeaderValue::from_bytes(line).ok())
        .collect();
    let parsed = read(&values);
    if let Ok(key) = &parsed {
        assert_eq!(values.len(), 1, "several headers");
        assert!(!key.is_empty());
        let written = STANDARD.encode(format!("{key}:"));
        for value in &values {
            let value = value.to_str().unwrap_or_default();
            let (scheme, rest) = value.split_once(' ').unwrap_or_default();
            assert!(scheme.eq_ignore_ascii_case("basic"), "{value:?}");
            assert_eq!(rest.trim(), written);
        }
    }

    let Ok(key) = str::from_utf8(input) else {
        return;
    };
    if !key.is_empty() && key.len() < 171 {
        assert_eq!(self::read(&[basic(&format!("{key}:"))]), Ok(key.to_owned()));
        let with_password = self::read(&[basic(&format!("{key}:secret"))]);
        assert_eq!(with_password, Err(BasicError::Password));
    }
}

/// Checks that a refusal is short, on one line, and does not contain the input.
fn check_refusal(error: &PartnerError) {
    let text = error.to_string();
    assert!(text.len() <= 120, "{text:?}");
    assert!(
        !text.contains(|letter: char| letter.is_control() || letter == '@'),
        "{text:?}"
    );
    assert!(CODES.contains(&error.code()), "{error:?}");
}

fn check_record(request: SendTestRequest) {
    let key = request.key();
    let mut person = InvitedPerson::new(request.first_name, request.last_name, request.email);
    person.more = request.more;
    let more = Value::Object(person.more.clone()).to_string();
    assert!(more.len() <= 20 * 1024, "{} bytes", more.len());
    let id = InvitationId::new("i");
    let at = DateTime::UNIX_EPOCH;
    let mut invitation = Invitation::new(id, key, request.scenario, person, at);
    invitation.callback = request.callback;
    let stored = serde_json::to_string(&invitation).unwrap_or_default();
    let read = serde_json::from_str::<Invitation>(&stored);
    assert!(read.is_ok(), "{stored}");
    let debug = format!("{invitation:?}");
    assert!(debug.contains("InvitedPerson(..)"), "{debug}");
}

fn read(values: &[HeaderValue]) -> Result<String, BasicError> {
    let pairs = values.iter().map(|value| (AUTHORIZATION, value.clone()));
    partner_key(&pairs.collect::<HeaderMap>()).map(|key| key.expose().to_owned())
}

fn basic(pair: &str) -> HeaderValue {
    let text = format!("Basic {}", STANDARD.encode(pair));
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}

const CODES: [&str; 5] = [
    "malformed",
    "missing_test",
    "missing_email",
    "bad_email",
    "bad_callback_url",
];

#[cfg(test)]
mod tests;
