//! Refused requests of the endpoints: the code for programs, and the text that Greenhouse may show
//! to a recruiter. They contain no personal data and no secret.

use std::fmt;

/// Code and text of a refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    pub(crate) text: &'static str,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

macro_rules! refusals {
    ($($name:ident = $code:literal, $text:literal;)*) => {
        $(pub(crate) const $name: Refusal = Refusal { code: $code, text: $text };)*
    };
}

refusals! {
    UNAUTHENTICATED = "unauthorized", "the request contains no partner key";
    UNKNOWN_KEY = "unauthorized", "unknown or revoked partner key";
    NOT_SIGNED = "bad_signature", "the signature does not match the webhook secret of the account";
    NOT_FOUND = "not_found", "not found";
    PRODUCT_UNAVAILABLE = "product_unavailable", "the product is temporarily unavailable";
    STORE_UNAVAILABLE = "unavailable", "the database is temporarily unavailable";
    NO_RANDOMNESS = "unavailable", "the operating system returned no random numbers";
    MISSING_TEST = "missing_test", "partner_test_id: expected the id of a test, got none";
    UNKNOWN_TEST = "unknown_test", "partner_test_id: the product has no test with this id";
    MISSING_EMAIL = "missing_email", "candidate.email: expected an email address, got none";
    BAD_EMAIL = "bad_email", "candidate.email: expected an email address, got another text";
}

/// Code of a malformed request.
pub(crate) const MALFORMED: &str = "malformed";
/// Code of a request whose body is too large.
pub(crate) const TOO_LARGE: &str = "too_large";
/// Code of a request that the product rejected.
pub(crate) const REJECTED_BY_PRODUCT: &str = "refused";
/// Code of a refused callback address.
pub(crate) const BAD_CALLBACK: &str = "bad_callback_url";

pub(crate) const BODY_NOT_AN_OBJECT: &str = "body: expected a JSON object";

pub(crate) fn body_not_json(line: usize, column: usize) -> String {
    format!("body: expected JSON, got an error at line {line} column {column}")
}

pub(crate) const MISSING_INTERVIEW_ID: &str =
    "partner_interview_id: expected the id of a sent test, got none";
