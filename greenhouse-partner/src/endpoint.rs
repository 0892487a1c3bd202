//! What Greenhouse may call, one endpoint a file.

pub(crate) mod list_tests;
pub(crate) mod report;
pub(crate) mod response_error;
pub(crate) mod send_test;
pub(crate) mod test_status;
pub(crate) mod webhook;

use greenhouse_core::InvitationId;
use serde_json::{Map, Value};

use crate::PartnerError;

/// Refuses a body over its limit, for hosts that did not.
pub(crate) fn bounded(body: &[u8], limit: usize) -> Result<(), PartnerError> {
    if body.len() > limit {
        Err(PartnerError::TooLarge { limit })
    } else {
        Ok(())
    }
}

/// Reads a body that must be a JSON object. The error repeats nothing of the body.
pub(crate) fn object(body: &[u8]) -> Result<Map<String, Value>, PartnerError> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(PartnerError::Malformed(
            "the body is no json object".to_owned(),
        )),
        Err(error) => Err(PartnerError::Malformed(format!(
            "the body is not json, at line {} column {}",
            error.line(),
            error.column()
        ))),
    }
}

/// A text, however it was written: ids were numbers in older bodies (published samples), and a member without a value is
/// sent as null (documented). Blank is none.
pub(crate) fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.trim())
            .filter(|text| !text.is_empty())
            .map(str::to_owned),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// An id that Greenhouse sends back to us, bounded: those we gave out are short.
pub(crate) fn invitation(text: String) -> Option<InvitationId> {
    (text.len() <= MAX_ID).then(|| InvitationId::new(text))
}

const MAX_ID: usize = 255;
