//! The banner with failed and waiting operations, and the retry of all failed ones.

use std::{collections::BTreeMap, time::Duration};

use greenhouse_core::later;
use maud::{Markup, html};
use serde_json::json;

use crate::{
    api::{ApiError, OpenOperations, RefusedRetry, Retried, Summary},
    pages::Answer,
    parts::{Tone, help_drawer, hidden, notice, time},
    request::ConsoleRequest,
};

/// `GET activity/open`: the banner alone.
pub(super) async fn open(request: &ConsoleRequest<'_>) -> Result<Answer, ApiError> {
    let summary: Summary = request.api.get("sync-log/summary?days=1").await?;
    Ok(Answer::Fragment(banner(request, &summary.open)))
}

/// The banner. Empty if no operation has failed or is waiting.
pub(super) fn banner(request: &ConsoleRequest<'_>, open: &OpenOperations) -> Markup {
    let texts = &request.texts().activity;
    let status = |status: &str| request.link(&format!("activity?status={status}"));
    html! {
        @if open.failed + open.pending > 0 {
            (notice(if open.failed > 0 { Tone::Warning } else { Tone::Info }, &html! {
                p {
                    @if open.failed > 0 { strong { (texts.open_failed.of(open.failed)) } " " }
                    @if open.pending > 0 { (texts.open_pending.of(open.pending)) " " }
                    @if let Some(oldest) = &open.oldest { (texts.oldest) " " (time(oldest)) "." }
                }
                @if open.failed > 0 { (form(request, texts.retry_all, None)) }
                p.gh-links {
                    @if open.failed > 0 { a href=(status("failed")) { (texts.show_failed) } " " }
                    @if open.pending > 0 { a href=(status("pending")) { (texts.show_waiting) } }
                }
            }))
        }
    }
}

/// The form that retries failed operations before an entry, or all.
fn form(request: &ConsoleRequest<'_>, label: &str, before: Option<i64>) -> Markup {
    html! {
        form method="post" action=(request.link("activity/retry-failed")) data-partial {
            @if let Some(before) = before { (hidden("before", &before.to_string())) }
            button.gh-button type="submit" data-busy=(request.texts().activity.retrying) { (label) }
        }
    }
}

/// Result of a retry of all failed operations.
#[derive(Default)]
pub(super) struct Outcome {
    queued: u64,
    refused: Vec<RefusedRetry>,
    /// Entry before which there are further failed ones.
    next: Option<i64>,
    /// `true` if the product or the database did not respond.
    is_stopped: bool,
}

/// `POST activity/retry-failed`: queues failed operations again, for at most ten seconds.
pub(super) async fn retry_failed(request: &ConsoleRequest<'_>) -> Result<Outcome, ApiError> {
    let mut outcome = Outcome::default();
    let before = request.form.filled("before").map(str::parse).transpose();
    let mut before: Option<i64> = before.map_err(|_| ApiError::not_found())?;
    let end = later(request.now(), LONGEST_RETRY);
    loop {
        let mut path = format!("sync-log/retry-failed?limit={BATCH}");
        if let Some(before) = before {
            path.push_str(&format!("&before={before}"));
        }
        let retried: Retried = match request.api.post(&path, &json!({})).await {
            Ok(retried) => retried,
            Err(error) if outcome.queued == 0 && outcome.refused.is_empty() => return Err(error),
            Err(_) => {
                outcome.is_stopped = true;
                break;
            }
        };
        outcome.queued += retried.queued;
        let last = retried.refused.last().map(|refused| refused.code.as_str());
        outcome.is_stopped = last == Some("product_unavailable");
        outcome.refused.extend(retried.refused);
        before = retried.next;
        if before.is_none() || outcome.is_stopped || request.now() >= end {
            break;
        }
    }
    outcome.next = before;
    Ok(outcome)
}

impl Outcome {
    /// The result in the address of the page.
    pub(super) fn of_address(request: &ConsoleRequest<'_>) -> Option<Self> {
        let number = |name| request.query.filled(name);
        Some(Self {
            queued: number("retried")?.parse().ok()?,
            next: number("next").and_then(|next| next.parse().ok()),
            ..Self::default()
        })
    }

    /// Address of the page that shows the result. `None` if the address cannot contain it, because
    /// entries were refused.
    pub(super) fn address(&self) -> Option<String> {
        let is_short = self.refused.is_empty() && !self.is_stopped;
        let next = self.next.map(|next| format!("&next={next}"));
        is_short.then(|| {
            format!(
                "activity?retried={}{}",
                self.queued,
                next.unwrap_or_default()
            )
        })
    }

    pub(super) fn markup(&self, request: &ConsoleRequest<'_>) -> Markup {
        let texts = &request.texts().activity;
        let is_complete = self.refused.is_empty() && !self.is_stopped;
        let tone = if is_complete {
            Tone::Success
        } else {
            Tone::Warning
        };
        notice(
            tone,
            &html! {
                p { (texts.queued.of(self.queued)) }
                @if !self.refused.is_empty() { (self.refusals(request)) }
                @if self.is_stopped { p { (texts.retry_stopped) } }
                @if let (Some(next), false) = (self.next, self.is_stopped) {
                    p { (texts.retry_more) }
                    (form(request, texts.retry_continue, Some(next)))
                }
            },
        )
    }

    /// The refused entries by their reason.
    fn refusals(&self, request: &ConsoleRequest<'_>) -> Markup {
        let texts = &request.texts().activity;
        let mut reasons: BTreeMap<&str, Vec<&RefusedRetry>> = BTreeMap::new();
        for refused in &self.refused {
            reasons.entry(&refused.message).or_default().push(refused);
        }
        html! {
            p { (texts.refused_count.of(self.refused.len() as u64)) }
            ul.gh-refusals {
                @for (reason, entries) in reasons {
                    @let code = entries.first().map_or("", |refused| &refused.code);
                    li data-code=(code) {
                        span dir="auto" { (reason) }
                        (help_drawer(request, code))
                        details {
                            summary { (texts.refused_entries.of(entries.len() as u64)) }
                            ul {
                                @for refused in entries {
                                    li {
                                        a data-drawer
                                            href=(request.link(&format!("activity/{}", refused.log))) {
                                            "#" (refused.log)
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Maximum time of one request to retry all failed operations.
const LONGEST_RETRY: Duration = Duration::from_secs(10);
/// Operations in each call of the endpoint.
const BATCH: usize = 50;
