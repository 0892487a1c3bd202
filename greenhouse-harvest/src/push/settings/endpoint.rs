//! Endpoints `settings/push`, `settings/push/check` and `choices/…`.

use bytes::Bytes;
use greenhouse_core::{
    answer,
    operator::{OperatorRequest, settings_answer},
    settings::SettingsView,
};
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::{
    PushSettingsError, PushSettingsService, PushSettingsUpdate, choices,
    refusal::{greenhouse_failure, refusal_answer},
};

/// Handles a request to one of these endpoints. Returns `None` for any other path.
pub(in crate::push) async fn answer(
    service: &PushSettingsService,
    request: &OperatorRequest,
) -> Option<Response<Bytes>> {
    let path = request.path();
    let get = request.method == Method::GET;
    let answered = match path.as_slice() {
        ["settings", "push"] if get => view_answer(service.view(&request.account).await),
        ["settings", "push"] if request.method == Method::PUT => put(service, request).await,
        ["settings", "push"] => answer::method_not_allowed(&[Method::GET, Method::PUT]),
        ["settings", "push", "check"] if request.method == Method::POST => {
            check(service, request).await
        }
        ["settings", "push", "check"] => answer::method_not_allowed(&[Method::POST]),
        ["choices", what] => {
            let choice = choices::ChoiceList::of_name(what)?;
            if get {
                choices::answer_choice(service, choice, request).await
            } else {
                answer::method_not_allowed(&[Method::GET])
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
    view_answer(saved)
}

/// Checks the settings in the body, or without a body the stored ones, and saves nothing.
async fn check(service: &PushSettingsService, request: &OperatorRequest) -> Response<Bytes> {
    let update = match request.body.trim_ascii() {
        [] => None,
        body => match PushSettingsUpdate::from_json(body) {
            Ok(update) => Some(update),
            Err(error) => return refusal_answer(error.into()),
        },
    };
    let diagnosis = match service.diagnose(&request.account, update).await {
        Ok(diagnosis) => diagnosis,
        Err(error) => return refusal_answer(error),
    };
    let checks: Vec<_> = diagnosis.findings.iter().map(|own| &own.check).collect();
    let checks = json!(checks);
    match diagnosis.into_settings_problems() {
        Ok(problems) => answer::json(
            StatusCode::OK,
            &json!({ "checks": checks, "problems": problems }),
        ),
        Err(error) => greenhouse_failure(&error),
    }
}

fn view_answer(view: Result<SettingsView, PushSettingsError>) -> Response<Bytes> {
    match view {
        Ok(view) => settings_answer(&Ok(view)),
        Err(error) => refusal_answer(error),
    }
}
