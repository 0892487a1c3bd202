//! Endpoints `settings/push`, `settings/push/check` and `choices/…`.

use bytes::Bytes;
use greenhouse_core::{
    answer,
    health::Check,
    operator::{OperatorRequest, settings_answer},
    settings::{SettingsProblem, SettingsView},
};
#[cfg(feature = "openapi")]
use greenhouse_core::{
    openapi::{Operation, OrNull},
    settings::{PushSettings, SettingsChange},
};
use http::{Method, Response, StatusCode};
use serde::Serialize;

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

#[cfg(feature = "openapi")]
pub(in crate::push) fn operations() -> Vec<Operation> {
    type View = SettingsView<PushSettings>;

    let (ok, path) = (StatusCode::OK, "settings/push");
    let mut operations = choices::operations();
    operations.extend([
        Operation::new(
            Method::GET,
            path,
            "Returns the push settings without the secret.",
        )
        .response::<View>(ok, "The settings, with every default.")
        .error(StatusCode::NOT_FOUND),
        Operation::new(
            Method::PUT,
            path,
            "Checks the push settings in Greenhouse and saves them.",
        )
        .body::<SettingsChange<OrNull<PushSettings>>>()
        .response::<View>(ok, "The saved settings.")
        .error(StatusCode::NOT_FOUND)
        .error(StatusCode::CONFLICT),
        Operation::new(
            Method::POST,
            "settings/push/check",
            "Checks push settings in Greenhouse, even if they are switched off. Saves nothing.",
        )
        .query::<u64>(
            "max_age",
            "Without a body: maximum age in seconds of an earlier check without problems. Default: 0.",
        )
        .optional_body::<SettingsChange<OrNull<PushSettings>>>()
        .response::<PushSettingsCheck>(ok, "The checks and the problems.")
        .error(StatusCode::BAD_REQUEST)
        .error(StatusCode::NOT_FOUND)
        .error(StatusCode::CONFLICT),
    ]);
    operations
}

async fn put(service: &PushSettingsService, request: &OperatorRequest) -> Response<Bytes> {
    let saved = match PushSettingsUpdate::from_json(&request.body) {
        Ok(update) => service.save(&request.account, update).await,
        Err(error) => Err(error.into()),
    };
    view_answer(saved)
}

/// Result of a check of push settings.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct PushSettingsCheck {
    /// The checks, in the order in which they ran.
    checks: Vec<Check>,
    /// Problems with the settings, in the order of the settings. Empty if a push would work.
    problems: Vec<SettingsProblem>,
}

/// Checks the settings in the body, or without a body the stored ones, and saves nothing.
async fn check(service: &PushSettingsService, request: &OperatorRequest) -> Response<Bytes> {
    match request.body.trim_ascii() {
        [] => check_stored(service, request).await,
        body => match PushSettingsUpdate::from_json(body) {
            Ok(update) => run_check(service, request, Some(update)).await.0,
            Err(error) => refusal_answer(error.into()),
        },
    }
}

/// Checks the stored settings, unless a recent check of the same settings found no problem. A
/// problem is checked again each time, because the user may have corrected it in Greenhouse.
async fn check_stored(service: &PushSettingsService, request: &OperatorRequest) -> Response<Bytes> {
    let max_age = match request.max_age() {
        Ok(max_age) => max_age,
        Err(text) => return answer::problem_text(StatusCode::BAD_REQUEST, &text),
    };
    let account = &request.account;
    let version = match service.version(account).await {
        Ok(version) => version,
        Err(error) => return refusal_answer(error),
    };
    let (checks, now) = (&service.engine.checks, service.engine.now());
    if let Some((of, recent)) = checks.get(account, now, max_age)
        && of == version
    {
        return recent;
    }
    let begun = checks.begin(now);
    let (response, works) = run_check(service, request, None).await;
    if works {
        checks.put(account.clone(), (version, response.clone()), begun);
    }
    response
}

/// Returns the response, and `true` if the settings have no problem.
async fn run_check(
    service: &PushSettingsService,
    request: &OperatorRequest,
    update: Option<PushSettingsUpdate>,
) -> (Response<Bytes>, bool) {
    let diagnosis = match service.diagnose(&request.account, update).await {
        Ok(diagnosis) => diagnosis,
        Err(error) => return (refusal_answer(error), false),
    };
    let findings = diagnosis.findings.iter();
    let checks = findings.map(|own| own.check.clone()).collect();
    match diagnosis.into_settings_problems() {
        Ok(problems) => {
            let works = problems.is_empty();
            let check = PushSettingsCheck { checks, problems };
            (answer::json(StatusCode::OK, &check), works)
        }
        Err(error) => (greenhouse_failure(&error), false),
    }
}

fn view_answer(view: Result<SettingsView, PushSettingsError>) -> Response<Bytes> {
    match view {
        Ok(view) => settings_answer(&Ok(view)),
        Err(error) => refusal_answer(error),
    }
}
