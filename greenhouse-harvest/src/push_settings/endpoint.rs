//! `GET` and `PUT settings/push`, and the way to the choices.

use bytes::Bytes;
use greenhouse_core::{
    answer::{self, problem_with as problem},
    operator::{OperatorRequest, settings_answer, store_down},
    settings::SettingsView,
};
use http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::json;

use super::{PushSettingsError, PushSettingsService, PushSettingsUpdate, choices};
use crate::{Error, PushParts};

/// Answers a request whose path is one of these endpoints; none for any other.
pub(crate) async fn answer(
    parts: &PushParts,
    request: &OperatorRequest,
) -> Option<Response<Bytes>> {
    let path = request.path();
    let get = request.method == Method::GET;
    let service = || PushSettingsService::new(parts.clone());
    let answered = match path.as_slice() {
        ["settings", "push"] if get => shown(service().view(&request.account).await),
        ["settings", "push"] if request.method == Method::PUT => put(&service(), request).await,
        ["settings", "push"] => wrong_method("this endpoint takes GET and PUT"),
        ["choices", what] => {
            let choice = choices::Choice::named(what)?;
            if get {
                choices::offered(&service(), choice, request).await
            } else {
                wrong_method("this endpoint takes GET")
            }
        }
        _ => return None,
    };
    Some(answered)
}

async fn put(service: &PushSettingsService, request: &OperatorRequest) -> Response<Bytes> {
    let saved = match PushSettingsUpdate::from_json(&request.body) {
        Ok(update) => service.save(&request.account, update).await,
        Err(error) => Err(error.into()),
    };
    shown(saved)
}

fn shown(view: Result<SettingsView, PushSettingsError>) -> Response<Bytes> {
    match view {
        Ok(view) => settings_answer(&Ok(view)),
        Err(error) => refused(error),
    }
}

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

fn wrong_method(message: &str) -> Response<Bytes> {
    answer::problem(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        message,
    )
}

const UNREACHABLE: &str =
    "Check that this host can reach harvest.greenhouse.io and auth.greenhouse.io, and try again.";
const UNEXPECTED: &str =
    "Greenhouse answered in a way that is not known; try again, and report it if it stays so.";
