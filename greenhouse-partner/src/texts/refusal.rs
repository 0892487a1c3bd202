//! Codes and texts of refused requests. Greenhouse may show a text to a recruiter. No text contains
//! personal data or a secret.

use std::fmt;

use greenhouse_core::Text;

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
    NOT_SIGNED = "bad_signature", "the signature does not match the account's webhook secret";
    NOT_FOUND = "not_found", "not found";
    PRODUCT_UNAVAILABLE = "product_unavailable", "the product is temporarily unavailable";
    STORE_UNAVAILABLE = "unavailable", "the database is temporarily unavailable";
    NO_RANDOMNESS = "unavailable", "could not get random bytes from the operating system";
    MISSING_TEST = "missing_test", "partner_test_id: expected a test id, got none";
    UNKNOWN_TEST = "unknown_test", "partner_test_id: the product has no test with this id";
    MISSING_EMAIL = "missing_email", "candidate.email: expected an email address, got none";
    BAD_EMAIL = "bad_email", "candidate.email: not a valid email address";
}

/// Code for a malformed request.
pub(crate) const MALFORMED: &str = "malformed";
/// Code for a request whose body is too large.
pub(crate) const TOO_LARGE: &str = "too_large";
/// Code for a request that the product rejected.
pub(crate) const REJECTED_BY_PRODUCT: &str = "refused";
/// Code for a refused callback address.
pub(crate) const BAD_CALLBACK: &str = "bad_callback_url";

pub(crate) const BODY_NOT_AN_OBJECT: &str = "body: expected a JSON object";

pub(crate) fn body_not_json(line: usize, column: usize) -> String {
    format!("body: invalid JSON at line {line} column {column}")
}

pub(crate) const MISSING_INTERVIEW_ID: &str =
    "partner_interview_id: expected the id that send_test returned, got none";

/// The invitation of a notice does not exist.
pub(crate) fn no_invitation() -> Text {
    Text::new("not_found", "the invitation does not exist")
}

/// The notice cannot be retried, because it has not failed.
pub(crate) fn not_failed() -> Text {
    Text::new("not_failed", "the completion notice has not failed")
}
