use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use serde::Serialize;

use crate::assessment::AssessmentError;
use crate::config::Partner;
use crate::outbound::{self, Incoming, Outgoing};
use crate::rows::Complaint;
use crate::wire::basic_header;
use crate::world::World;

/// The call, test and candidate that `response_error` reports. Unknown values are `None`.
#[derive(Debug, Default, Clone)]
pub(super) struct CallSubject {
    pub(super) api_call: &'static str,
    pub(super) partner_test_id: Option<String>,
    pub(super) partner_interview_id: Option<String>,
    pub(super) candidate_email: Option<String>,
}

pub(super) fn partner_of(world: &World) -> Result<Partner, AssessmentError> {
    world.partner().ok_or(AssessmentError::NoPartner)
}

/// Calls the partner with its key. Any 2xx status is a success (documented).
pub(super) async fn call(
    world: &Arc<World>,
    partner: &Partner,
    method: Method,
    url: &str,
    body: Option<Bytes>,
) -> Result<Incoming, AssessmentError> {
    if partner.api_key.chars().count() >= KEY_LIMIT {
        return Err(AssessmentError::Refused(
            "expected a partner key of at most 170 characters".to_owned(),
        ));
    }
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let key = basic_header(&partner.api_key, "").ok_or_else(|| {
        AssessmentError::Refused("the partner key is not a valid header value".to_owned())
    })?;
    headers.insert(AUTHORIZATION, key);
    if body.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    let outgoing = Outgoing {
        method,
        url: url.to_owned(),
        headers,
        body: body.unwrap_or_default(),
    };
    let answer = outbound::send(world, outgoing)
        .await
        .map_err(|error| AssessmentError::NoAnswer(error.to_string()))?;
    if answer.status.is_success() {
        Ok(answer)
    } else {
        Err(AssessmentError::Status(answer.status.as_u16()))
    }
}

/// Reports a malformed response to the partner and records a complaint.
pub(super) async fn report_malformed(
    world: &Arc<World>,
    partner: &Partner,
    about: CallSubject,
    errors: Vec<String>,
) -> AssessmentError {
    let partner_test_name = about
        .partner_test_id
        .as_ref()
        .and_then(|id| world.state().partner_tests.get(id).cloned());
    let report = ResponseError {
        api_call: about.api_call,
        errors: &errors,
        partner_test_id: about.partner_test_id.as_deref(),
        partner_test_name: partner_test_name.as_deref(),
        partner_interview_id: about.partner_interview_id.as_deref(),
        candidate_email: about.candidate_email.as_deref(),
    };
    let body = serde_json::to_vec(&report).unwrap_or_default();
    let reported = match call(
        world,
        partner,
        Method::POST,
        &partner.response_error_url,
        Some(body.into()),
    )
    .await
    {
        Ok(answer) => Some(answer.status.as_u16()),
        Err(AssessmentError::Status(status)) => Some(status),
        Err(_) => None,
    };
    world.state().complaints.push(Complaint {
        api_call: about.api_call.to_owned(),
        errors: errors.clone(),
        partner_test_id: about.partner_test_id,
        partner_interview_id: about.partner_interview_id,
        reported,
    });
    AssessmentError::Malformed(errors)
}

/// The body of `response_error`. Members without a value are null, not absent (documented for all
/// bodies).
#[derive(Serialize)]
struct ResponseError<'a> {
    api_call: &'a str,
    errors: &'a [String],
    partner_test_id: Option<&'a str>,
    partner_test_name: Option<&'a str>,
    partner_interview_id: Option<&'a str>,
    candidate_email: Option<&'a str>,
}

/// Greenhouse rejects keys of this length or longer (documented).
const KEY_LIMIT: usize = 171;
