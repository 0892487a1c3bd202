use http::StatusCode;
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::{Section, View, show};
use crate::{
    api::{ApiError, Key, NewKey, Problem},
    draft::Draft,
    pages::{
        Answer,
        settings::{Saved, Tab, with_dialog},
    },
    parts::{
        Confirm, Icon, NewSecret, Tone, confirm, icon, notice, problem_list, secret_dialog, time,
    },
    request::ConsoleRequest,
    texts::fill,
};

/// Answers the forms of the keys.
pub(super) async fn answer(
    request: &ConsoleRequest<'_>,
    path: &[&str],
) -> Result<Answer, ApiError> {
    let texts = &request.texts().assessments;
    let changed = match path {
        [] => {
            let next: &[&str] = &[texts.new_key_next];
            mint(request, "keys", next).await
        }
        [id, "rotate"] => {
            let next: &[&str] = &[texts.rotated_key_next, texts.new_key_next];
            mint(request, &format!("{}/rotate", key_path(id)), next).await
        }
        [id, "revoke"] => {
            let revoked = request.api.delete::<serde_json::Value>(&key_path(id)).await;
            revoked.map(|_| Answer::Redirect(request.link(&Section::Keys.saved())))
        }
        _ => return Err(ApiError::not_found()),
    };
    let error = match changed {
        Ok(answer) => return Ok(answer),
        Err(error) => error,
    };
    let refused = match error.status {
        // Another user revoked the key meanwhile.
        StatusCode::NOT_FOUND => Saved::Refused(Draft::refused(
            &request.form,
            vec![Problem {
                member: String::new(),
                code: "partner_key".to_owned(),
                message: texts.key_gone.to_owned(),
                remedy: None,
                scope: None,
            }],
        )),
        _ => Saved::refused(&request.form, error)?,
    };
    show(request, Some((Section::Keys, refused))).await
}

fn key_path(id: &str) -> String {
    format!("keys/{}", utf8_percent_encode(id, NON_ALPHANUMERIC))
}

/// Creates a key, and shows it once on the page.
async fn mint(request: &ConsoleRequest<'_>, path: &str, next: &[&str]) -> Result<Answer, ApiError> {
    let texts = &request.texts().assessments;
    let minted: NewKey = request.api.post(path, &json!({})).await?;
    let dialog = secret_dialog(
        request,
        &NewSecret {
            title: texts.new_key,
            label: texts.key,
            value: &minted.key,
            next,
            page: "assessments#keys",
        },
    );
    let shown = show(request, None).await;
    Ok(with_dialog(request, Tab::Assessments, shown, &dialog))
}

/// Why a key could not be changed.
pub(super) fn problems(view: &View<'_>) -> Markup {
    let draft = view.draft(Section::Keys);
    let list = problem_list(view.request, "gh-keys-problems", draft.problems_of(""));
    html! {
        @if draft.has_problems() { (notice(Tone::Problem, &list)) }
    }
}

pub(super) fn markup(view: &View<'_>) -> Markup {
    let request = view.request;
    let texts = &request.texts().assessments;
    html! {
        p { (texts.keys_lead) }
        (problems(view))
        @if view.keys.is_empty() {
            (notice(Tone::Info, &html! { p { (texts.no_keys) } }))
        } @else {
            table aria-labelledby="keys-title" {
                thead {
                    tr {
                        @for title in [
                            texts.key, texts.key_created, texts.key_used, texts.key_state,
                            texts.key_actions,
                        ] {
                            th scope="col" { (title) }
                        }
                    }
                }
                tbody { @for key in &view.keys { (row(request, key)) } }
            }
            p.gh-hint { (texts.rotate_text) }
        }
        form method="post" action=(request.link("assessments/keys")) data-partial {
            button.gh-button type="submit" { (texts.create_key) }
        }
    }
}

fn row(request: &ConsoleRequest<'_>, key: &Key) -> Markup {
    let texts = &request.texts().assessments;
    let prefix = key.prefix.as_ref().map(|prefix| format!("{prefix}…"));
    let name = prefix.as_deref().unwrap_or(&key.id);
    let address = |action: &str| {
        let id = utf8_percent_encode(&key.id, NON_ALPHANUMERIC);
        request.link(&format!("assessments/keys/{id}/{action}"))
    };
    let named = |text| fill(text, &[("key", name)]);
    html! {
        tr data-key=(key.id) data-state=(key.state) {
            th scope="row" {
                code { (name) }
                @if key.prefix.is_none() { " " (texts.key_unnamed) }
            }
            td data-label=(texts.key_created) {
                @match &key.created_at {
                    Some(at) => (time(at)),
                    None => (texts.key_created_unknown),
                }
            }
            td data-label=(texts.key_used) {
                @match &key.last_used_at {
                    Some(at) => (time(at)),
                    None => (texts.key_unused),
                }
            }
            td data-label=(texts.key_state) { (state(request, key)) }
            td {
                div.gh-actions {
                    @if key.state != "expired" {
                        form method="post" action=(address("rotate")) data-partial {
                            button.gh-button type="submit"
                                aria-label=(named(texts.rotate_label)) { (texts.rotate) }
                        }
                    }
                    (confirm(Confirm {
                        action: texts.revoke,
                        label: &named(texts.revoke_label),
                        text: texts.revoke_text,
                        address: &address("revoke"),
                    }, &html! {}))
                }
            }
        }
    }
}

fn state(request: &ConsoleRequest<'_>, key: &Key) -> Markup {
    let texts = &request.texts().assessments;
    let (class, shown, word) = match key.state.as_str() {
        "valid" => ("gh-ok", Icon::Done, texts.key_valid),
        "ending" => ("gh-warning", Icon::Pending, texts.key_ending),
        _ => ("gh-problem", Icon::Failed, texts.key_expired),
    };
    html! {
        span class={ "gh-status " (class) } { (icon(shown)) (word) }
        @if let Some(at) = &key.expires_at { " " (time(at)) }
    }
}
