//! `GET` and `PUT settings/{assessments,sync}`; see [`PartnerSettings`].

use bytes::Bytes;
use greenhouse_core::{
    answer::method_not_allowed,
    operator::{OperatorRequest, settings_answer},
    settings::SettingsChange,
};
use http::{Method, Response};

use crate::{PartnerSettings, SettingsPart};

/// Responds to a request to one of these endpoints. Returns `None` for any other path.
pub(super) async fn answer(
    settings: &PartnerSettings,
    request: &OperatorRequest,
) -> Option<Response<Bytes>> {
    let path = request.path();
    let ["settings", part] = path.as_slice() else {
        return None;
    };
    let part = SettingsPart::from_name(part)?;
    let account = &request.account;
    let result = match request.method {
        Method::GET => settings.view(account, part).await,
        Method::PUT => match SettingsChange::from_json(&request.body) {
            Ok(change) => settings.save(account, part, change).await,
            Err(error) => Err(error.into()),
        },
        _ => return Some(method_not_allowed(&[Method::GET, Method::PUT])),
    };
    Some(settings_answer(&result))
}
