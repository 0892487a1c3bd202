use maud::{Markup, html};
use serde_json::{Value, json};

use super::{Section, View};
use crate::{
    form::Form,
    parts::{Confirm, Field, Icon, confirm, icon, problem_summary, text_input},
};

/// The credential for completion notices. It is never shown.
pub(super) fn markup(view: &View<'_>) -> Markup {
    let request = view.request;
    let texts = &request.texts().assessments;
    let draft = view.draft(Section::Completion);
    let stored = &view.settings["completion"];
    let is_set = !stored.is_null();
    let has_password = stored["password_set"] == json!(true);
    let user = Field {
        name: USER,
        label: texts.completion_user,
        hint: match has_password {
            true => texts.completion_user_kept,
            false => texts.completion_user_hint,
        },
    };
    let password = Field {
        name: PASSWORD,
        label: texts.completion_password_label,
        hint: texts.completion_password_hint,
    };
    let (class, shown, state) = match (is_set, has_password) {
        (false, _) => ("gh-warning", Icon::Warning, texts.completion_missing),
        (true, true) => ("gh-ok", Icon::Done, texts.completion_password),
        (true, false) => ("gh-ok", Icon::Done, texts.completion_key),
    };
    html! {
        p { (texts.completion_lead) }
        p {
            span class={ "gh-status " (class) } { (icon(shown)) (state) }
            @if !is_set { " " (texts.completion_missing_text) }
        }
        form method="post" action=(request.link("assessments/completion"))
            data-guard=(draft.guard_of(USER)) data-partial {
            (view.stale(Section::Completion))
            (problem_summary(request, draft, &[USER, PASSWORD]))
            (view.version_field())
            (text_input(request, draft, user, "password", ""))
            (text_input(request, draft, password, "password", ""))
            div.gh-save {
                button.gh-button.gh-primary type="submit" {
                    @if is_set { (texts.completion_replace) } @else { (texts.completion_set) }
                }
                span.gh-unsaved { (request.texts().common.unsaved) }
            }
        }
        @if is_set {
            (confirm(Confirm {
                action: texts.completion_remove,
                label: texts.completion_remove,
                text: texts.completion_remove_text,
                address: &request.link("assessments/completion/remove"),
            }, &view.version_field()))
        }
    }
}

/// A password alone replaces the password of a stored user name. In every other case both members
/// are sent, so that an empty form is refused.
pub(super) fn change(form: &Form, settings: &mut Value) {
    let has_password = settings["completion"]["password_set"] == json!(true);
    let user = form.get(USER).unwrap_or_default();
    let password = form.get(PASSWORD).unwrap_or_default();
    settings["completion"] = match user.is_empty() && !password.is_empty() && has_password {
        true => json!({ "password": password }),
        false => json!({ "user": user, "password": password }),
    };
}

const USER: &str = "completion.user";
const PASSWORD: &str = "completion.password";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_alone_keeps_the_user_name() {
        let with_password = json!({ "user_set": true, "password_set": true });
        let single_key = json!({ "user_set": true, "password_set": false });
        let both = json!({ "user": "", "password": "p" });
        for (stored, form, expected) in [
            (
                &with_password,
                "completion.password=p",
                json!({ "password": "p" }),
            ),
            (&single_key, "completion.password=p", both.clone()),
            (&Value::Null, "completion.password=p", both),
            (
                &with_password,
                "completion.user=u",
                json!({ "user": "u", "password": "" }),
            ),
            (&with_password, "", json!({ "user": "", "password": "" })),
        ] {
            let mut settings = json!({ "completion": stored });
            change(&Form::parse(form.as_bytes()), &mut settings);
            assert_eq!(settings["completion"], expected, "{stored} {form}");
        }
    }
}
