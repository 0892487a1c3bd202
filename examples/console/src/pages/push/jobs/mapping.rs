//! `push/jobs/{product_job}`: the mapping of one product job.

mod fields;

use http::StatusCode;
use maud::{Markup, html};
use serde_json::{Value, json};

use self::fields::{Mapping, job_step, stage_step};
use super::{address, mapped};
use crate::{
    api::{ApiError, JobChoices, Settings, StageChoices},
    draft::Draft,
    form::Form,
    pages::{
        Answer,
        push::{
            failure::{failed, lists_age, short},
            saving::{id, save_checked, save_off_button},
            section::stale,
        },
        settings::{Saved, Tab, page},
    },
    parts::{Tone, hidden, notice, problem_summary},
    request::ConsoleRequest,
    texts::fill,
};

pub(in crate::pages::push) async fn answer(
    request: &ConsoleRequest<'_>,
    product_job: &str,
) -> Result<Answer, ApiError> {
    if request.is_read() {
        return show(request, product_job, None).await;
    }
    let form = &request.form;
    let member = format!("jobs.{product_job}");
    let change = |settings: &mut Value| change(form, product_job, settings);
    match save_checked(request, &member, "push?saved=jobs#jobs", change).await? {
        Saved::Done(answer) => Ok(answer),
        refused => show(request, product_job, Some(&refused)).await,
    }
}

fn change(form: &Form, product_job: &str, settings: &mut Value) {
    if form.is_checked("remove") {
        if let Some(jobs) = settings["jobs"].as_object_mut() {
            jobs.remove(product_job);
        }
        return;
    }
    let own = |name: &str| {
        let name = format!("jobs.{product_job}.{name}");
        id(form.get(&name).unwrap_or_default())
    };
    settings["jobs"][product_job] = json!({
        "job": own("job"), "stage": own("stage"), "interview_kit": own("interview_kit"),
        "advance_to": own("advance_to"),
    });
}

async fn show(
    request: &ConsoleRequest<'_>,
    product_job: &str,
    refused: Option<&Saved<'_>>,
) -> Result<Answer, ApiError> {
    let stored: Settings = request.api.get("settings/push").await?;
    if stored.settings.is_null() {
        return Ok(Answer::Redirect(request.link("push#credential")));
    }
    let none = Draft::default();
    let (status, draft) = match refused {
        Some(Saved::Refused(draft)) => (StatusCode::UNPROCESSABLE_ENTITY, draft),
        Some(Saved::Stale(draft)) => (StatusCode::CONFLICT, draft),
        Some(Saved::Done(_)) | None => (StatusCode::OK, &none),
    };
    // A refused removal contains no fields to show again.
    let is_removal = request.form.is_checked("remove");
    let (removed, draft) = match is_removal {
        true => (draft, &none),
        false => (&none, draft),
    };
    let jobs: Result<JobChoices, ApiError> = request.api.get(&request.list("choices/jobs")).await;
    let name = match &jobs {
        Ok(jobs) => {
            let own = jobs.product_jobs.iter().find(|job| job.id == product_job);
            own.map(|job| job.name.as_str())
        }
        Err(_) => None,
    };
    let own = &mapped(&stored.settings);
    let own = own.get(product_job);
    if own.is_none() && jobs.is_ok() && name.is_none() {
        return Err(ApiError::not_found());
    }
    let mapping = Mapping::new(request, draft, product_job, own);
    let stages: Option<Result<StageChoices, ApiError>> = match mapping.job {
        Some(job) => {
            let path = request.list(&format!("choices/stages?job={job}"));
            Some(request.api.get(&path).await)
        }
        None => None,
    };
    let texts = &request.texts().jobs;
    let shown_name = short(name.unwrap_or(product_job));
    let is_stale = matches!(refused, Some(Saved::Stale(_)));
    let content = html! {
        nav { a href=(request.link("push#jobs")) { (texts.back) } }
        h2 dir="auto" { (fill(texts.map_title, &[("job", &shown_name)])) }
        @if is_stale { (stale(request, "jobs")) }
        @if jobs.is_ok() && name.is_none() {
            (notice(Tone::Warning, &html! { p { (texts.product_gone) } }))
        }
        @if let Err(error) = &jobs { (failed(request, request.texts().push.choices_failed, error)) }
        @if let Some(Err(error)) = &stages {
            @if jobs.is_ok() { (failed(request, request.texts().push.choices_failed, error)) }
        }
        @if jobs.is_ok() { (lists_age(request, &address(request, product_job))) }
        @if let Ok(jobs) = &jobs { (job_step(&mapping, jobs)) }
        @if stages.is_some() || jobs.is_err() {
            (stage_step(
                &mapping,
                stored.version,
                jobs.is_ok(),
                stages.as_ref().and_then(|stages| stages.as_ref().ok()),
            ))
        }
        @if own.is_some() { (removal(request, removed, product_job, stored.version)) }
    };
    let page = page(request, Tab::Push, &content).with_status(status);
    Ok(page.into())
}

fn removal(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    product_job: &str,
    version: u64,
) -> Markup {
    let texts = &request.texts().jobs;
    html! {
        details.gh-confirm open[draft.has_problems()] {
            summary.gh-button.gh-danger { (texts.remove) }
            p { (texts.remove_text) }
            form method="post" action=(address(request, product_job)) data-partial {
                (hidden("version", &version.to_string()))
                (hidden("remove", "true"))
                (problem_summary(request, draft, &[]))
                button.gh-button.gh-danger type="submit" { (texts.remove_confirm) }
                (save_off_button(request, draft))
            }
        }
    }
}
