//! The answers if settings are not shown, checked or saved.

use bytes::Bytes;
use greenhouse_core::{
    answer::problem_with as problem,
    operator::{settings_answer, store_down},
};
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

use super::PushSettingsError;
use crate::Error;

pub(super) fn refused(error: PushSettingsError) -> Response<Bytes> {
    use StatusCode as Status;
    let text = error.to_string();
    match error {
        PushSettingsError::Settings(error) => settings_answer(&Err(error)),
        PushSettingsError::NotConfigured => problem(
            Status::CONFLICT,
            "not_configured",
            text,
            json!({ "remedy": "Save the credential in settings/push first." }),
        ),
        PushSettingsError::NotVerified(error) => greenhouse_failed(&error),
        PushSettingsError::Product(_) => problem(
            Status::SERVICE_UNAVAILABLE,
            "product_unavailable",
            text,
            json!({ "remedy": "Try again." }),
        ),
    }
}

/// Greenhouse gave no answer that can be used.
pub(super) fn greenhouse_failed(error: &Error) -> Response<Bytes> {
    let unavailable = |code, remedy: &str| {
        let more = json!({ "remedy": remedy });
        problem(
            StatusCode::SERVICE_UNAVAILABLE,
            code,
            error.to_string(),
            more,
        )
    };
    match error {
        Error::Auth { problem: why, .. } => problem(
            StatusCode::CONFLICT,
            "greenhouse_refused",
            error.to_string(),
            json!({ "remedy": why.remedy() }),
        ),
        Error::Store { source, .. } => store_down(source),
        Error::RateLimited { retry_after, .. } => {
            let mut response = unavailable("rate_limited", "Try again when other work is done.");
            let seconds = retry_after.as_secs().saturating_add(1);
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            response
        }
        Error::Api { status, .. } if *status < 500 => unavailable("greenhouse_answer", UNEXPECTED),
        Error::Decode { .. } | Error::Paging { .. } | Error::Construction { .. } => {
            unavailable("greenhouse_answer", UNEXPECTED)
        }
        _ => unavailable("greenhouse_unreachable", UNREACHABLE),
    }
}

const UNREACHABLE: &str =
    "Check that this host can reach harvest.greenhouse.io and auth.greenhouse.io, and try again.";
const UNEXPECTED: &str =
    "Greenhouse answered in a way that is not known; try again, and report it if it stays so.";
