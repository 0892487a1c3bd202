//! The switch of Candidate Push, what is to do before it, and the removal of the settings.

use maud::{Markup, html};
use serde_json::Value;

use super::{
    saving::{is_on, save_switch},
    section::{Section, Sections},
    show,
};
use crate::{
    api::{ApiError, Problem},
    draft::Draft,
    form::Form,
    pages::{Answer, settings::Saved},
    parts::{Icon, Tone, help_link, hidden, icon, notice},
    request::ConsoleRequest,
};

pub(super) fn markup(sections: &Sections<'_>, draft: &Draft<'_>) -> Markup {
    let request = sections.request;
    let texts = &request.texts().push;
    let is_on = is_on(&sections.settings);
    let to_do = to_do(sections);
    html! {
        @if draft.has_problems() { (problems(request, draft)) }
        p.gh-switch-state {
            @if is_on {
                span.gh-status.gh-ok { (icon(Icon::Done)) (texts.is_on) }
            } @else {
                span.gh-status { (icon(Icon::Skipped)) (texts.is_off) }
            }
        }
        @if is_on {
            details.gh-confirm {
                summary.gh-button { (texts.turn_off) }
                p { (texts.turn_off_text) }
                (switch(sections, "false", texts.turn_off))
            }
        } @else if to_do.is_empty() {
            p { (texts.ready) }
            (switch(sections, "true", texts.turn_on))
        } @else {
            p { (texts.to_do) }
            ol.gh-to-do {
                @for (section, text) in to_do {
                    li { a href={ "#" (section.name()) } { (text) } }
                }
            }
        }
        @if !sections.settings.is_null() {
            details.gh-confirm {
                summary.gh-button.gh-danger { (texts.remove) }
                p { (texts.remove_text) }
                form method="post" action=(request.link("push/remove")) data-partial {
                    (sections.version_field())
                    button.gh-button.gh-danger type="submit" { (texts.remove_confirm) }
                }
            }
        }
    }
}

/// What a person does before the push can be switched on. Empty if nothing is missing.
fn to_do(sections: &Sections<'_>) -> Vec<(Section, &'static str)> {
    let texts = &sections.request.texts().push;
    let settings = &sections.settings;
    let has_credential = !settings["credential"].is_null();
    let jobs = settings["jobs"].as_object();
    if jobs.is_some_and(|jobs| !jobs.is_empty()) {
        return Vec::new();
    }
    let credential = (!has_credential).then_some((Section::Credential, texts.to_do_credential));
    // No acting user is a choice, too, so this step is only named.
    let needs_user = settings["acting_user"].is_null() && !is_partner(settings);
    let user = needs_user.then_some((Section::User, texts.to_do_user));
    let jobs = Some((Section::Jobs, texts.to_do_jobs));
    credential.into_iter().chain(user).chain(jobs).collect()
}

/// Returns `true` if the stored credential belongs to a partner's app.
pub(super) fn is_partner(settings: &Value) -> bool {
    settings["credential"]["grant"] == "authorization_code"
}

fn switch(sections: &Sections<'_>, enabled: &str, label: &str) -> Markup {
    let request = sections.request;
    html! {
        form method="post" action=(request.link("push/switch")) data-partial {
            (sections.version_field())
            (hidden("enabled", enabled))
            button.gh-button.gh-primary type="submit" data-busy=(request.texts().common.checking) {
                (label)
            }
        }
    }
}

/// The problems of all settings, each with a link to its section.
fn problems(request: &ConsoleRequest<'_>, draft: &Draft<'_>) -> Markup {
    let texts = request.texts();
    notice(
        Tone::Problem,
        &html! {
            p { (texts.push.cannot_turn_on) }
            ul.gh-field-problems {
                @for problem in draft.other_problems(&[]) {
                    li data-code=(problem.code) {
                        (problem.message)
                        @if let Some(remedy) = &problem.remedy { " " (remedy) }
                        @if let Some(section) = section_of(problem) {
                            " " a href={ "#" (section.name()) } { (section.title(request)) }
                        }
                        (help_link(request, &problem.code))
                    }
                }
            }
        },
    )
}

fn section_of(problem: &Problem) -> Option<Section> {
    let top = problem.member.split(['.', '[']).next().unwrap_or_default();
    Some(match top {
        "credential" => Section::Credential,
        "acting_user" => Section::User,
        "jobs" => Section::Jobs,
        "trigger" => Section::Triggers,
        "" => return None,
        _ => Section::Scorecard,
    })
}

pub(super) fn change(form: &Form, settings: &mut Value) {
    settings["enabled"] = (form.get("enabled") == Some("true")).into();
}

/// `POST push/remove`: removes all push settings.
pub(super) async fn remove(request: &ConsoleRequest<'_>) -> Result<Answer, ApiError> {
    let removed = save_switch(request, "push?saved=switch#switch", |settings| {
        *settings = Value::Null;
    });
    match removed.await? {
        Saved::Done(answer) => Ok(answer),
        refused => show(request, Some((Section::Switch, refused))).await,
    }
}
