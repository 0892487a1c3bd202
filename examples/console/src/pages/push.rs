//! `push`: the six sections of Candidate Push, in the order in which they are set up.

mod credential;
mod failure;
mod jobs;
mod saving;
mod scorecard;
mod section;
mod switch;
mod sync;
mod triggers;
mod user;

use serde_json::Value;

use self::{
    saving::save_checked,
    section::{Section, Sections},
};
use super::{
    Answer,
    settings::{Saved, Tab, page, save},
};
use crate::{
    api::{ApiError, Settings},
    draft::Draft,
    request::ConsoleRequest,
};

/// Answers `push` and the forms of its sections: `push/credential`, `push/jobs`, ...
pub(super) async fn answer(
    request: &ConsoleRequest<'_>,
    path: &[&str],
) -> Result<Answer, ApiError> {
    match path {
        [] if request.is_read() => show(request, None).await,
        ["sync", rest @ ..] => sync::answer(request, rest).await,
        ["scorecard", "preview"] => scorecard::preview(request).await,
        ["triggers", "estimate"] => triggers::estimate(request).await,
        ["credential", "scopes"] if request.is_read() => credential::scopes(request).await,
        ["job-checks"] if request.is_read() => jobs::checks(request).await,
        ["jobs"] if request.is_read() => jobs::open(request),
        ["jobs", product_job] => jobs::mapping::answer(request, product_job).await,
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
    let status = section::status(refused.as_ref());
    let content = sections.markup(refused.as_ref()).await;
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
        // The table of jobs and the webhooks have forms of their own.
        Section::Jobs | Section::Sync => (),
    };
    let saved = match section {
        Section::Credential => save_checked(request, "credential", &address, change).await?,
        Section::User => save_checked(request, "acting_user", &address, change).await?,
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
