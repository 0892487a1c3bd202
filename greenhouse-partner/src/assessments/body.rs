//! What the bodies of the assessment endpoints have in common.

use greenhouse_core::InvitationId;
use serde_json::{Map, Value};

use crate::PartnerError;

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

/// Reads a text, however it was written: ids were numbers in older bodies (published samples), and
/// a member without a value is sent as null (documented). `None` if blank.
pub(super) fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.trim())
            .filter(|text| !text.is_empty())
            .map(str::to_owned),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Reads an invitation id that Greenhouse sends back; `None` if longer than any of ours.
pub(super) fn invitation(text: String) -> Option<InvitationId> {
    (text.len() <= MAX_ID).then(|| InvitationId::new(text))
}

const MAX_ID: usize = 255;
