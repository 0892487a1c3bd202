//! The switch of the whole account.

use maud::{Markup, html};
use serde_json::json;

use super::{Section, View, show};
use crate::{
    api::{AccountState, ApiError},
    pages::{
        Answer,
        settings::{ACCOUNT_SWITCH, Saved},
    },
    parts::{Confirm, confirm, hidden, problem_summary},
    request::ConsoleRequest,
};

/// Pages from which the account can be switched on.
const PAGES: [&str; 5] = ["assessments", "push", "health", "activity", "help"];

pub(super) async fn switch(request: &ConsoleRequest<'_>) -> Result<Answer, ApiError> {
    let enabled = request.form.get("enabled") == Some("true");
    let body = json!({ "enabled": enabled });
    match request.api.put::<AccountState>("account", &body).await {
        Ok(_) => {
            let page = request.form.get("page");
            let page = PAGES.into_iter().find(|own| Some(*own) == page);
            let page = page.unwrap_or("assessments");
            let anchor = if page == "assessments" {
                "#account"
            } else {
                ""
            };
            let address = format!("{page}?saved=account{anchor}");
            Ok(Answer::Redirect(request.link(&address)))
        }
        Err(error) => {
            let refused = Saved::refused(&request.form, error)?;
            show(request, Some((Section::Account, refused))).await
        }
    }
}

pub(super) fn markup(view: &View<'_>) -> Markup {
    let request = view.request;
    let (common, texts) = (&request.texts().common, &request.texts().assessments);
    let address = request.link(ACCOUNT_SWITCH);
    html! {
        (problem_summary(request, view.draft(Section::Account), &[]))
        @if request.is_account_off {
            p { (common.account_off) }
            form method="post" action=(address) data-partial {
                (hidden("enabled", "true"))
                button.gh-button type="submit" { (common.switch_on) }
            }
        } @else {
            p { (texts.account_on) }
            (confirm(Confirm {
                action: texts.switch_off,
                label: texts.switch_off,
                text: texts.switch_off_text,
                address: &address,
            }, &hidden("enabled", "false")))
        }
    }
}
