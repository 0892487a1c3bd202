//! `GET` and `PUT settings/{assessments,sync}`; see
//! [`PartnerSettings`](crate::PartnerSettings).

use bytes::Bytes;
#[cfg(feature = "openapi")]
use greenhouse_core::openapi::{Operation, OrNull};
use greenhouse_core::{
    AccountId,
    answer::method_not_allowed,
    chain,
    operator::{OperatorRequest, settings_answer},
    settings::{SettingsChange, SettingsError, SettingsView},
};
#[cfg(feature = "openapi")]
use http::StatusCode;
use http::{Method, Response};
#[cfg(feature = "openapi")]
use schemars::JsonSchema;

use crate::{PartnerService, SettingsPart};

/// Responds to a request to one of these endpoints. Returns `None` for any other path.
pub(super) async fn answer(
    service: &PartnerService,
    request: &OperatorRequest,
) -> Option<Response<Bytes>> {
    let settings = service.settings();
    let path = request.path();
    let ["settings", part] = path.as_slice() else {
        return None;
    };
    let part = SettingsPart::from_name(part)?;
    let account = &request.account;
    let result = match request.method {
        Method::GET => settings.view(account, part).await,
        Method::PUT => match SettingsChange::from_json(&request.body) {
            Ok(change) => save(service, account, part, change).await,
            Err(error) => Err(error.into()),
        },
        _ => return Some(method_not_allowed(&[Method::GET, Method::PUT])),
    };
    Some(settings_answer(&result))
}

/// Saves the change. If it switches webhooks off, also deletes the webhooks that the host created
/// in Greenhouse. The settings are saved even if that fails.
async fn save(
    service: &PartnerService,
    account: &AccountId,
    part: SettingsPart,
    change: SettingsChange,
) -> Result<SettingsView, SettingsError> {
    let saved = service.settings().save(account, part, change).await?;
    let is_on = saved
        .settings
        .as_ref()
        .is_some_and(|own| own["enabled"] == true);
    if part != SettingsPart::Sync || is_on {
        return Ok(saved);
    }
    match service.hooks.remove_if_off(account).await {
        Ok(false) => return Ok(saved),
        Ok(true) => {}
        Err(error) => {
            tracing::warn!(%account, error = %chain(&error), "webhooks in Greenhouse were not removed");
        }
    }
    // Removing the webhooks changes the version.
    service.settings().view(account, part).await
}

#[cfg(feature = "openapi")]
pub(super) fn operations() -> Vec<Operation> {
    use crate::settings::{AssessmentsForm, AssessmentsView, SyncForm, SyncView};

    let mut operations = of_part::<AssessmentsView, AssessmentsForm>(
        "settings/assessments",
        "Returns the assessment settings without the completion credential.",
        "Saves the assessment settings.",
    );
    operations.extend(of_part::<SyncView, SyncForm>(
        "settings/sync",
        "Returns the webhook settings, with each secret replaced by its index.",
        "Saves the webhook settings.",
    ));
    operations
}

#[cfg(feature = "openapi")]
fn of_part<View: JsonSchema, Form: JsonSchema>(
    path: &'static str,
    get: &'static str,
    put: &'static str,
) -> Vec<Operation> {
    let of = |method, summary, description| {
        Operation::new(method, path, summary)
            .response::<SettingsView<View>>(StatusCode::OK, description)
            .error(StatusCode::NOT_FOUND)
    };
    vec![
        of(Method::GET, get, "The settings, with every default."),
        of(Method::PUT, put, "The saved settings.")
            .body::<SettingsChange<OrNull<Form>>>()
            .error(StatusCode::CONFLICT),
    ]
}
