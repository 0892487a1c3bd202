//! `push`: the eight sections of Candidate Push, in the order in which they are set up.

pub(super) mod connection;
mod credential;
mod failure;
mod jobs;
mod past;
mod results;
mod saving;
mod scorecard;
mod section;
mod stage_tests;
mod switch;
mod sync;
mod triggers;
mod user;

use futures_util::future::join_all;
use http::StatusCode;
use maud::{Markup, html};
use serde_json::Value;

use self::{
    saving::save_checked,
    section::{Section, Sections, stale},
};
use super::{
    Answer,
    settings::{self, Saved, Tab, page, save, saved},
};
use crate::{
    api::{ApiError, Settings},
    draft::Draft,
    request::ConsoleRequest,
    texts::fill,
};

/// Answers `push` and the forms of its sections: `push/credential`, `push/jobs`, ...
pub(super) async fn answer(
    request: &ConsoleRequest<'_>,
    path: &[&str],
) -> Result<Answer, ApiError> {
    match path {
        [] if request.is_read() => show(request, None).await,
        ["connection", rest @ ..] => connection::answer(request, rest).await,
        ["sync", rest @ ..] => sync::answer(request, rest).await,
        ["scorecard", "preview"] => scorecard::preview(request).await,
        ["triggers", "estimate"] => triggers::estimate(request).await,
        ["credential", "scopes"] if request.is_read() => credential::scopes(request).await,
        ["job-checks"] if request.is_read() => jobs::checks(request).await,
        ["jobs"] if request.is_read() => jobs::open(request),
        ["jobs", product_job] => jobs::mapping::answer(request, product_job).await,
        ["past", rest @ ..] => past::answer(request, rest).await,
        ["remove"] if !request.is_read() => switch::remove(request).await,
        [name] if !request.is_read() => match Section::of(name) {
            Some(section) => save_section(request, section).await,
            None => Err(ApiError::not_found()),
        },
        _ => Err(ApiError::not_found()),
    }
}

/// Shows the page. A form that could not be saved is shown in its section.
pub(super) async fn show(
    request: &ConsoleRequest<'_>,
    refused: Option<(Section, Saved<'_>)>,
) -> Result<Answer, ApiError> {
    let stored: Settings = request.api.get("settings/push").await?;
    let sections = Sections::read(request, stored).await?;
    let status = status(refused.as_ref());
    let content = markup(&sections, refused.as_ref()).await;
    let page = page(request, Tab::Push, &content).with_status(status);
    Ok(page.into())
}

/// Saves the form of one section.
async fn save_section(request: &ConsoleRequest<'_>, section: Section) -> Result<Answer, ApiError> {
    let address = format!("push?saved={0}#{0}", section.name());
    let form = &request.form;
    let problems = match section {
        Section::Scorecard => scorecard::problems(request),
        _ => Vec::new(),
    };
    if !problems.is_empty() {
        let refused = Saved::Refused(Draft::refused(form, problems));
        return show(request, Some((section, refused))).await;
    }
    let change = |settings: &mut Value| match section {
        Section::Switch => switch::change(form, settings),
        Section::Credential => credential::change(form, settings),
        Section::User => user::change(form, settings),
        Section::Scorecard => scorecard::change(form, settings),
        Section::Triggers => triggers::change(form, settings),
        Section::Results => results::change(form, settings),
        Section::StageTests => stage_tests::change(form, settings),
        // The table of jobs, the webhooks and past results have forms of their own.
        Section::Jobs | Section::Sync | Section::Past => (),
    };
    let saved = match section {
        Section::Credential => save_checked(request, "credential", &address, change).await?,
        Section::User => save_checked(request, "acting_user", &address, change).await?,
        Section::StageTests => save_checked(request, "stage_tests", &address, change).await?,
        Section::Switch => saving::save_switch(request, &address, change).await?,
        _ => save(request, "settings/push", &address, change).await?,
    };
    match saved {
        Saved::Done(answer) => Ok(answer),
        refused => show(request, Some((section, refused))).await,
    }
}

/// The draft of a section: what the user typed if it was refused, or else nothing.
fn draft_of<'a>(
    section: Section,
    refused: Option<&'a (Section, Saved<'_>)>,
) -> Option<&'a Draft<'a>> {
    let (own, saved) = refused?;
    (*own == section).then_some(saved)?.draft()
}

/// The switch, then the numbered sections.
async fn markup(sections: &Sections<'_>, refused: Option<&(Section, Saved<'_>)>) -> Markup {
    let none = Draft::default();
    let request = sections.request;
    let (none, is_stale) = (
        &none,
        |section| matches!(refused, Some((own, Saved::Stale(_))) if *own == section),
    );
    // Concurrently, because several sections load lists from Greenhouse.
    let shown = Section::ALL.map(|section| {
        let draft = draft_of(section, refused).unwrap_or(none);
        async move { (section, content(sections, section, draft).await) }
    });
    let shown = join_all(shown).await;
    let draft = draft_of(Section::Switch, refused).unwrap_or(none);
    let framed = |section: Section, title: &Markup, content: &Markup| {
        let content = html! {
            @if is_stale(section) { (stale(request, section.name())) }
            (content)
        };
        settings::section(request, section.name(), title, &saved(request), &content)
    };
    let switch = Section::Switch;
    html! {
        (framed(switch, &html! { (switch.title(request)) }, &switch::markup(sections, draft)))
        @if !sections.settings["credential"].is_null() {
            (failure::lists_age(request, &request.link("push")))
        }
        @for (number, (section, content)) in (1..).zip(&shown) {
            @let title = html! {
                span.gh-number aria-hidden="true" { (number) } " " (section.title(request))
            };
            (framed(*section, &title, content))
        }
    }
}

async fn content(sections: &Sections<'_>, section: Section, draft: &Draft<'_>) -> Markup {
    if let Some(missing) = sections.missing_before(section) {
        return locked(sections.request, missing);
    }
    match section {
        Section::Switch => switch::markup(sections, draft),
        Section::Credential => credential::markup(sections, draft).await,
        Section::User => user::markup(sections, draft).await,
        Section::Jobs => jobs::markup(sections, draft).await,
        Section::Scorecard => scorecard::markup(sections, draft).await,
        Section::Triggers => triggers::markup(sections, draft).await,
        Section::Results => results::markup(sections, draft).await,
        Section::StageTests => stage_tests::markup(sections, draft).await,
        Section::Sync => sync::markup(sections.request, draft).await,
        Section::Past => past::markup(sections, draft).await,
    }
}

/// Status of the page: 422 if a form was refused, 409 if the settings were changed meanwhile.
fn status(refused: Option<&(Section, Saved<'_>)>) -> StatusCode {
    refused.map_or(StatusCode::OK, |(_, saved)| saved.status())
}

fn locked(request: &ConsoleRequest<'_>, missing: Section) -> Markup {
    let text = request.texts().common.locked;
    html! {
        p.gh-locked {
            a href={ "#" (missing.name()) } {
                (fill(text, &[("section", missing.title(request))]))
            }
        }
    }
}
