use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    super::{Section, show},
    View,
};
use crate::{
    api::{ApiError, Hooks, ManagedHook, Problem},
    draft::Draft,
    pages::{Answer, settings::Saved},
    parts::{Confirm, Tone, confirm, notice, time},
    request::ConsoleRequest,
    texts::SyncTexts,
};

/// Actions of the forms, as in `POST hooks`.
pub(super) const ACTIONS: [&str; 4] = ["create", "check", "repair", "remove"];

/// Carries out an action. Shows the section with what failed, if anything did.
pub(super) async fn run(request: &ConsoleRequest<'_>, action: &str) -> Result<Answer, ApiError> {
    let form = &request.form;
    let body = json!({ "action": action });
    let refused = match request.api.post::<Value>("hooks", &body).await {
        Ok(report) => {
            let problems = problems(&report);
            if problems.is_empty() {
                return Ok(Answer::Redirect(request.link("push#sync")));
            }
            Saved::Refused(Draft::refused(form, problems))
        }
        Err(error) => Saved::not_saved(form, error)?,
    };
    show(request, Some((Section::Sync, refused))).await
}

/// What failed, each reason once. Defects that a check found are shown in the list.
fn problems(report: &Value) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for hook in report["hooks"].as_array().into_iter().flatten() {
        let text = |member: &str| hook[member].as_str().map(str::to_owned);
        if !FAILURES.contains(&hook["result"].as_str().unwrap_or_default()) {
            continue;
        }
        let message = text("message").unwrap_or_default();
        if problems.iter().all(|known| known.message != message) {
            problems.push(Problem {
                member: "hooks".to_owned(),
                code: "hooks_incomplete".to_owned(),
                message,
                remedy: text("remedy"),
                scope: None,
            });
        }
    }
    problems
}

/// The webhooks that the server created in Greenhouse, or the button that creates them, or the
/// reason why it cannot.
pub(super) fn markup(view: &View<'_>, hooks: &Hooks) -> Markup {
    let texts = &view.request.texts().sync;
    let management = &hooks.management;
    let permission = &management.permission;
    html! {
        h3 #managed-hooks { (texts.managed) }
        @if !management.hooks.is_empty() {
            (list(view, hooks))
        } @else if permission.allowed == Some(false) {
            p data-hooks="not-allowed" {
                (texts.managed_not_allowed)
                @for text in [&permission.message, &permission.remedy].into_iter().flatten() {
                    " " (text)
                }
            }
        } @else {
            p { (texts.managed_lead) }
            (button(view, "create", texts.managed_create, true))
        }
    }
}

/// Returns `true` if the server created the webhooks, so that the steps by hand are not needed.
pub(super) fn is_managed(hooks: &Hooks) -> bool {
    !hooks.management.hooks.is_empty()
}

fn list(view: &View<'_>, hooks: &Hooks) -> Markup {
    let texts = &view.request.texts().sync;
    let management = &hooks.management;
    let existing = management.hooks.iter().filter(|hook| hook.id.is_some());
    let is_missing = |action: &str| management.hooks.iter().all(|own| own.action != action);
    let defective: Vec<_> = management
        .hooks
        .iter()
        .filter(|hook| !hook.defects.is_empty())
        .collect();
    html! {
        p data-hooks="managed" {
            (texts.managed_count.of(existing.count() as u64))
            @if let Some(at) = &management.last_check {
                " " (texts.managed_checked) ": " (time(at))
            }
        }
        @if let Some(failure) = &management.failure {
            (notice(Tone::Warning, &html! {
                p { (failure) }
                @if let Some(remedy) = &management.failure_remedy { p { (remedy) } }
            }))
        }
        @if !defective.is_empty() {
            ul data-hooks="defective" {
                @for hook in &defective {
                    li data-hook=(hook.action) {
                        (label(hooks, hook)) ": " (defects(texts, hook).join(", "))
                    }
                }
            }
        }
        @if !defective.is_empty() || hooks.hooks.iter().any(|hook| is_missing(&hook.action)) {
            (button(view, "repair", texts.managed_repair, true))
        }
        (button(view, "check", texts.managed_check, false))
        (confirm(Confirm {
            action: texts.managed_remove,
            label: texts.managed_remove,
            text: texts.managed_remove_text,
            address: &view.action("hooks/remove"),
        }, &view.version_field()))
    }
}

fn button(view: &View<'_>, action: &str, label: &str, is_primary: bool) -> Markup {
    html! {
        form method="post" action=(view.action(&format!("hooks/{action}"))) data-partial {
            (view.version_field())
            button.gh-button.gh-primary[is_primary] type="submit" { (label) }
        }
    }
}

fn label<'a>(hooks: &'a Hooks, managed: &'a ManagedHook) -> &'a str {
    let mut events = hooks.hooks.iter();
    let event = events.find(|event| event.action == managed.action);
    event.map_or(&managed.action, |event| &event.label)
}

fn defects<'a>(texts: &'a SyncTexts, hook: &'a ManagedHook) -> Vec<&'a str> {
    let words = hook.defects.iter().map(|defect| match defect.as_str() {
        "missing" => texts.defect_missing,
        "disabled" => texts.defect_disabled,
        "wrong_address" => texts.defect_wrong_address,
        "few_attempts" => texts.defect_few_attempts,
        "old_secret" => texts.defect_old_secret,
        "duplicate" => texts.defect_duplicate,
        "unconfirmed" => texts.defect_unconfirmed,
        // A newer server may know more defects.
        other => other,
    });
    words.collect()
}

/// Results of which the user has to know.
const FAILURES: [&str; 3] = ["failed", "not_attempted", "unconfirmed"];
