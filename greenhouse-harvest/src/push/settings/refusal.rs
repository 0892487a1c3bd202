//! Error responses of the settings endpoints.

use bytes::Bytes;
use greenhouse_core::{
    answer::{self, ErrorDetails, problem_with as problem},
    operator::{settings_answer, store_down},
};
use http::{HeaderValue, Response, StatusCode, header};

use super::PushSettingsError;
use crate::{Error, push::texts::refusal as texts};

pub(super) fn refusal_answer(error: PushSettingsError) -> Response<Bytes> {
    use StatusCode as Status;
    let text = error.to_string();
    match error {
        PushSettingsError::Settings(error) => settings_answer(&Err(error)),
        PushSettingsError::NotConfigured => problem(
            Status::CONFLICT,
            "not_configured",
            text,
            ErrorDetails::remedy(texts::SAVE_CREDENTIAL),
        ),
        PushSettingsError::NotVerified(error) => greenhouse_failure(&error),
        PushSettingsError::Product(error) => {
            let more = ErrorDetails::remedy(texts::TRY_AGAIN);
            let status = Status::SERVICE_UNAVAILABLE;
            let response = problem(status, "product_unavailable", text, more);
            answer::caused_by(response, &error)
        }
    }
}

/// Returns the response for a failed call to Greenhouse.
pub(in crate::push) fn greenhouse_failure(error: &Error) -> Response<Bytes> {
    let (status, code) = match error {
        Error::Store { source, .. } => return store_down(source),
        Error::Auth { .. } => (StatusCode::CONFLICT, "greenhouse_refused"),
        Error::RateLimited { .. } => (StatusCode::SERVICE_UNAVAILABLE, "rate_limited"),
        error if error.is_unexpected_response() => {
            (StatusCode::SERVICE_UNAVAILABLE, "greenhouse_answer")
        }
        _ => (StatusCode::SERVICE_UNAVAILABLE, "greenhouse_unreachable"),
    };
    let more = ErrorDetails::remedy(error.remedy());
    let mut response = problem(status, code, error.to_string(), more);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response = answer::caused_by(response, error);
    }
    if let Error::RateLimited { retry_after, .. } = error {
        let seconds = retry_after.as_secs().saturating_add(1);
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
