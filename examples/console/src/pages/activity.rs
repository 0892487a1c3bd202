//! `activity`: what was exchanged with Greenhouse, and what failed or waits.

mod chart;
mod entry;
mod filter;
mod log;
mod retry;
mod words;

use http::StatusCode;
use maud::{Markup, html};

use self::{filter::Filter, log::Log, retry::Outcome};
use super::{
    Answer, Page,
    settings::{Tab, page},
};
use crate::{
    api::{AccountState, ApiError, Summary},
    parts::{Tone, notice},
    request::ConsoleRequest,
};

pub(super) async fn answer(
    request: &ConsoleRequest<'_>,
    path: &[&str],
) -> Result<Answer, ApiError> {
    match path {
        [] if request.is_read() => show(request, Outcome::of_address(request)).await,
        ["open"] if request.is_read() => retry::open(request).await,
        ["new"] if request.is_read() => log::new_entries(request).await,
        ["rows"] if request.is_read() => log::rows(request).await,
        ["retry-failed"] if !request.is_read() => {
            let outcome = retry::retry_failed(request).await?;
            match outcome.address() {
                Some(address) => Ok(Answer::Redirect(request.link(&address))),
                None => show(request, Some(outcome)).await,
            }
        }
        [id] if request.is_read() => entry::show(request, id, None).await,
        [id, "state"] if request.is_read() => entry::state(request, id).await,
        [id, "retry"] if !request.is_read() => entry::retry(request, id).await,
        [id, "push"] if !request.is_read() => entry::push(request, id).await,
        _ => Err(ApiError::not_found()),
    }
}

/// The page with the chart and the log, and the result of a retry.
async fn show(request: &ConsoleRequest<'_>, outcome: Option<Outcome>) -> Result<Answer, ApiError> {
    let filter = Filter::read(request)?;
    let summary: Summary = request.api.get("sync-log/summary").await?;
    let account: AccountState = request.api.get("account").await?;
    let log = Log::read(request, &filter).await?;
    let is_new = log.is_empty() && !filter.is_set() && !filter.is_older();
    let (common, texts) = (&request.texts().common, &request.texts().activity);
    let content = html! {
        h2 { (texts.title) }
        @if !account.enabled { (notice(Tone::Warning, &html! { p { (common.account_off) } })) }
        @if let Some(outcome) = &outcome { (outcome.markup(request)) }
        @if is_new {
            (empty(request))
        } @else {
            div.gh-open data-poll=(request.link("activity/open")) data-every="5" aria-live="polite" {
                (retry::banner(request, &summary.open))
            }
            (chart::section(request, &summary.days))
            (log.section(request, &filter).await)
        }
    };
    let status = match filter.is_valid() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok(framed(request, &content).with_status(status).into())
}

/// What to do first.
fn empty(request: &ConsoleRequest<'_>) -> Markup {
    let texts = &request.texts().activity;
    html! {
        div.gh-empty {
            h3 { (texts.empty) }
            p { (texts.empty_first) }
            p {
                a.gh-button.gh-primary href=(request.link("push")) { (texts.empty_push) } " "
                a.gh-button href=(request.link("assessments")) { (texts.empty_assessments) }
            }
        }
    }
}

fn framed(request: &ConsoleRequest<'_>, content: &Markup) -> Page {
    let region = "activity";
    Page {
        region,
        ..page(request, Tab::Activity, content)
    }
}
