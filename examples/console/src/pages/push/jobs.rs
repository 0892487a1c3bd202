//! Section 3: the product's jobs and the Greenhouse jobs that they are mapped to.

pub(super) mod mapping;
mod table;

use maud::{Markup, html};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use self::table::Table;
pub(super) use self::table::job_name;
use super::{failure::failed, section::Sections};
use crate::{
    api::{ApiError, CheckState, JobChoices, PushChecks, Settings, sentence},
    draft::Draft,
    pages::Answer,
    parts::{Icon, Tone, icon, notice},
    request::ConsoleRequest,
};

/// The table of all jobs. Its rows are changed on pages of their own, so it loads one list.
pub(super) async fn markup(sections: &Sections<'_>, _draft: &Draft<'_>) -> Markup {
    let request = sections.request;
    let texts = &request.texts().jobs;
    let choices: Result<JobChoices, ApiError> =
        request.api.get(&request.list("choices/jobs")).await;
    let search = request.query.filled("jobs_q");
    let table = Table::new(mapped(&sections.settings), choices.as_ref().ok(), search);
    html! {
        p.gh-lead { (texts.lead) }
        @if let Err(error) = &choices {
            (failed(request, request.texts().push.choices_failed, error))
            @if error.code == "cannot_see" {
                p { a href="#user" { (request.texts().push.user) } }
            }
        }
        @if !mapped(&sections.settings).is_empty() {
            @match &sections.checked {
                Some(checked) => (check_results(request, checked)),
                None => div data-load=(request.part("push/job-checks")) {
                    p { a href=(request.link("push?check=1#jobs")) data-partial { (texts.check_now) } }
                },
            }
        }
        (table.markup(request))
        @if choices.is_err() { (unknown_job(request)) }
    }
}

/// The form for a product job that could not be listed.
fn unknown_job(request: &ConsoleRequest<'_>) -> Markup {
    let texts = &request.texts().jobs;
    html! {
        form method="get" action=(request.link("push/jobs")) {
            label for="gh-job-id" { (texts.unknown_id) }
            p.gh-hint #gh-job-id-hint { (texts.unknown_id_hint) }
            input.gh-input #gh-job-id type="text" name="id" required autocomplete="off"
                aria-describedby="gh-job-id-hint";
            button.gh-button type="submit" { (texts.open) }
        }
    }
}

/// `GET push/jobs?id=`: redirects to the page of a product job.
pub(super) fn open(request: &ConsoleRequest<'_>) -> Result<Answer, ApiError> {
    let id = request.query.filled("id");
    let id = id.map(|id| address(request, id));
    Ok(Answer::Redirect(
        id.unwrap_or_else(|| request.link("push#jobs")),
    ))
}

/// `GET push/job-checks`: what is wrong with the mapped jobs, stages and interview kits. Not below
/// `push/jobs/`, where every name is the id of a product job.
pub(super) async fn checks(request: &ConsoleRequest<'_>) -> Result<Answer, ApiError> {
    let stored: Settings = request.api.get("settings/push").await?;
    let sections = Sections::read(request, stored).await?;
    if mapped(&sections.settings).is_empty() {
        return Ok(Answer::Fragment(html! {}));
    }
    let checked = sections.check(request.accepted_age()).await;
    Ok(Answer::Fragment(check_results(request, &checked)))
}

fn check_results(request: &ConsoleRequest<'_>, checked: &Result<PushChecks, ApiError>) -> Markup {
    let texts = &request.texts().jobs;
    let checked = match checked {
        Ok(checked) => checked,
        Err(error) => return failed(request, request.texts().push.check_failed, error),
    };
    let all = checked.checks.iter();
    let of_jobs = all.filter(|check| check.name.starts_with("mapped_job"));
    let (lost, fine): (Vec<_>, Vec<_>) = of_jobs.partition(|check| check.state > CheckState::Ok);
    let text = |check: &crate::api::Check| {
        let id = check.name.strip_prefix("mapped_job:");
        html! {
            @if let Some(id) = id {
                a href=(address(request, id)) data-drawer { bdi { (super::failure::short(id)) } } ": "
            }
            span dir="auto" { (sentence(&check.text)) }
            @if let Some(remedy) = &check.remedy { " " (remedy) }
        }
    };
    html! {
        @if lost.is_empty() && !fine.is_empty() {
            p { span.gh-status.gh-ok { (icon(Icon::Done)) (texts.all_fine) } }
        }
        @if !lost.is_empty() {
            (notice(Tone::Warning, &html! {
                p { (texts.lost_count.of(lost.len() as u64)) }
                ul { @for check in &lost { li data-check=(check.name) { (text(check)) } } }
            }))
        }
        @if !fine.is_empty() {
            details {
                summary { (texts.details) }
                ul { @for check in &fine { li data-check=(check.name) { (text(check)) } } }
            }
        }
    }
}

/// The mapped jobs in the settings.
fn mapped(settings: &Value) -> &Map<String, Value> {
    static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    settings["jobs"].as_object().unwrap_or(&NONE)
}

/// Address of the page on which a product job is mapped.
fn address(request: &ConsoleRequest<'_>, product_job: &str) -> String {
    let id = utf8_percent_encode(product_job, SEGMENT);
    request.link(&format!("push/jobs/{id}"))
}

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');
