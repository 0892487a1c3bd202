//! How a section is saved while the push is switched on or off.

use maud::{Markup, html};
use serde_json::Value;

use crate::{
    api::{ApiError, PushChecks, Settings, SettingsChange},
    draft::{Draft, is_below},
    pages::{
        Answer,
        settings::{Saved, is_current},
    },
    request::ConsoleRequest,
};

/// Saves a change of one member of the push settings, such as `credential`, if it can work.
///
/// While the push is switched on, saving checks all settings. While it is switched off, only the
/// problems of this member refuse the change, so that an account can be set up step by step. With
/// the button of [`save_off_button`], the push is switched off and the change saved unchecked.
pub(super) async fn save_checked<'a>(
    request: &'a ConsoleRequest<'_>,
    member: &str,
    page: &str,
    change: impl FnOnce(&mut Value),
) -> Result<Saved<'a>, ApiError> {
    let form = &request.form;
    let Settings {
        version,
        mut settings,
    } = request.api.get(PATH).await?;
    if !is_current(form, version) {
        return Ok(Saved::Stale(Draft::typed(form)));
    }
    let is_unchecked = form.is_checked(SAVE_OFF);
    let is_on = is_on(&settings) && !is_unchecked;
    change(&mut settings);
    settings["enabled"] = is_on.into();
    let body = SettingsChange { version, settings };
    if !is_on && !is_unchecked {
        let checked = request.api.post::<PushChecks>("settings/push/check", &body);
        let problems = match checked.await {
            Ok(checked) => checked.problems,
            Err(error) => return Saved::not_saved(form, error),
        };
        let own = problems.into_iter();
        let own: Vec<_> = own
            .filter(|problem| is_below(&problem.member, member))
            .collect();
        if !own.is_empty() {
            return Ok(Saved::Refused(Draft::refused(form, own)));
        }
    }
    put(request, &body, page).await
}

/// Saves a change of the switch, or `null` to remove the settings. An account without settings
/// stays without settings.
pub(super) async fn save_switch<'a>(
    request: &'a ConsoleRequest<'_>,
    page: &str,
    change: impl FnOnce(&mut Value),
) -> Result<Saved<'a>, ApiError> {
    let Settings {
        version,
        mut settings,
    } = request.api.get(PATH).await?;
    if !is_current(&request.form, version) || settings.is_null() {
        return Ok(Saved::Stale(Draft::typed(&request.form)));
    }
    change(&mut settings);
    put(request, &SettingsChange { version, settings }, page).await
}

async fn put<'a>(
    request: &'a ConsoleRequest<'_>,
    body: &SettingsChange,
    page: &str,
) -> Result<Saved<'a>, ApiError> {
    match request.api.put::<Settings>(PATH, body).await {
        Ok(_) => Ok(Saved::Done(Answer::Redirect(request.link(page)))),
        Err(error) => Saved::not_saved(&request.form, error),
    }
}

/// Returns `true` if these settings are switched on.
pub(super) fn is_on(settings: &Value) -> bool {
    settings["enabled"].as_bool() == Some(true)
}

/// The button that saves a refused form and switches the push off. Empty if nothing was refused.
pub(super) fn save_off_button(request: &ConsoleRequest<'_>, draft: &Draft<'_>) -> Markup {
    let texts = &request.texts().push;
    html! {
        @if draft.has_problems() {
            div.gh-save-off {
                p.gh-hint #gh-save-off { (texts.save_off_text) }
                button.gh-button type="submit" name=(SAVE_OFF) value="true"
                    aria-describedby="gh-save-off" { (texts.save_off) }
            }
        }
    }
}

/// An id from a form: `null` if the field is empty. Text that is not an id is kept, so that the
/// endpoint refuses it at its field.
pub(super) fn id(typed: &str) -> Value {
    match typed.parse::<u64>() {
        Ok(id) => id.into(),
        Err(_) if typed.is_empty() => Value::Null,
        Err(_) => typed.into(),
    }
}

const PATH: &str = "settings/push";
const SAVE_OFF: &str = "save_off";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_id_that_is_no_number_is_left_to_the_endpoint() {
        assert_eq!(id("42"), json!(42));
        assert_eq!(id(""), Value::Null);
        assert_eq!(id("4x"), json!("4x"));
    }
}
